"""The scan viewer: slices on a canvas, moved and windowed in the browser."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import traitlets

from .foundation import PresWidget, Request, script, style, words

MOST_SEQUENCES = 8


class Pictures(Protocol):
    """Where a viewer gets its pictures from; nothing is computed before it is asked for."""

    heads: Sequence[Mapping[str, str]]
    """One or two scans: `label` and `when`."""
    names: Sequence[str]
    """The sequences."""

    def frame(self) -> Mapping[str, Any]:
        """`positions` of the slices [mm, MNI z]; `affine`: x is `x0 + column * dx`, y is `y0 + row * dy` [mm]."""

    def sheet(self, which: int, sequence: str) -> Mapping[str, Any]:
        """All slices in one 8-bit grey `png` of `columns` tiles a row, each `tile_w` by `tile_h`, the patient's right
        on the image's left; `window`: level and width, of 0 to 255; `caption`."""

    def describe(self, which: int, sequence: str) -> Sequence[str]:
        """Every slice in words."""

    def reading(self, x: float, y: float, z: float) -> str:
        """A sentence about a marked place [mm, MNI], or nothing."""


class ScanViewer(PresWidget):
    """One scan, or two side by side that move together.

    A sequence goes over once, when it is first looked at: it asks for `load` (`sequence`), and after a click for `mark`
    (`x`, `y`, `z` [mm]).

    Parameters
    ----------
    pictures
        Where the pictures come from; None shows `message` instead.
    index, sequence
        What is shown first.
    label, note
        The eyebrow, and a line below.
    message
        What is said as long as there is no scan.
    """

    _esm = script("scan_viewer")
    _css = style("scan_viewer")

    heads: Any = traitlets.List().tag(sync=True)
    names: Any = traitlets.List().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    index = traitlets.Int(20).tag(sync=True)
    sequence = traitlets.Unicode("").tag(sync=True)
    windows = traitlets.Dict().tag(sync=True)
    position = traitlets.Dict().tag(sync=True)
    reading = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("MR scan").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    version = traitlets.Int(0).tag(sync=True)
    # One trait for each sequence, so that what has gone over once never goes again: a list with one entry a scan.
    locals().update({f"sheet_{n}": traitlets.List().tag(sync=True) for n in range(MOST_SEQUENCES)})
    locals().update({f"words_{n}": traitlets.List().tag(sync=True) for n in range(MOST_SEQUENCES)})

    def __init__(self, pictures: Pictures | None = None, **traits: Any) -> None:
        super().__init__(**traits)
        self._pictures: Pictures | None = None
        self.on("load", lambda request: self.load(str(request.get("sequence"))))
        self.on("mark", self._marked)
        if pictures is not None:
            self.show(pictures)

    def show(self, pictures: Pictures) -> None:
        """Show other pictures from now on."""
        names = list(pictures.names)
        if not 1 <= len(pictures.heads) <= 2:
            raise ValueError(f'"heads": one scan, or two to compare; found {len(pictures.heads)}; choose them')
        if not 1 <= len(names) <= MOST_SEQUENCES:
            raise ValueError(f'"names": 1 to {MOST_SEQUENCES} sequences; found {len(names)}; choose those to show')
        self._pictures = pictures
        with self.hold_trait_notifications():
            for number in range(MOST_SEQUENCES):
                self.set_trait(f"sheet_{number}", [])
                self.set_trait(f"words_{number}", [])
            self.heads = [dict(head) for head in pictures.heads]
            self.names = names
            self.frame = {}
            self.position = {}
            self.reading = ""
            if self.sequence not in names:
                self.sequence = names[0]
        self.version += 1

    def load(self, sequence: str) -> None:
        """Send a sequence, first its pictures, then their words."""
        if self._pictures is None or sequence not in self.names:
            return
        number = self.names.index(sequence)
        count = range(len(self.heads))
        if not self.frame:
            self.frame = dict(self._pictures.frame())
        if not getattr(self, f"sheet_{number}"):
            self.set_trait(f"sheet_{number}", [dict(self._pictures.sheet(which, sequence)) for which in count])
        if not getattr(self, f"words_{number}"):
            self.set_trait(f"words_{number}", [list(self._pictures.describe(which, sequence)) for which in count])

    def _marked(self, request: Request) -> None:
        if self._pictures is not None:
            self.reading = self._pictures.reading(*(float(request[name]) for name in ("x", "y", "z")))

    def static_html(self) -> str:
        title = f"<h3>{words(self.label)}</h3>"
        if self._pictures is None:
            return f"{title}<p>{words(self.message)}</p>"
        number = self.names.index(self.sequence)
        # Pictures take seconds: a page that is built to be read without Python says that it wants them.
        if os.environ.get("PRES_TEACH_STATIC", "") not in ("", "0"):
            self.load(self.sequence)
        sheets, said = getattr(self, f"sheet_{number}"), getattr(self, f"words_{number}")
        if not sheets:
            return f"{title}<p>Run this notebook to see the scan.</p>"
        figures = []
        for which, head in enumerate(self.heads):
            alt = f"{self.sequence}, the patient's right on the left. {said[which][self.index]}"
            caption = f"{head['label']} {head.get('when') or ''} {sheets[which].get('caption') or ''}"
            figures.append(
                f'<figure><img alt="{words(alt)}" src="data:image/png;base64,{self._slice(sheets[which])}">'
                f"<figcaption>SYNTHETIC. {words(caption)}</figcaption></figure>"
            )
        return title + "".join(figures)

    def _slice(self, one: Mapping[str, Any]) -> str:
        from PIL import Image, ImageDraw

        row, column = divmod(self.index, int(one["columns"]))
        wide, tall = int(one["tile_w"]), int(one["tile_h"])
        left, top = column * wide, row * tall
        level, width = one.get("window") or (128, 255)
        with Image.open(io.BytesIO(one["png"])) as sheet:
            tile = sheet.convert("L").crop((left, top, left + wide, top + tall))
        tile = tile.point([round(min(max((v - level + width / 2) / width, 0.0), 1.0) * 255) for v in range(256)])
        tile = tile.resize((2 * wide, 2 * tall))
        pen = ImageDraw.Draw(tile)
        for place, text in (((6, 4), "SYNTHETIC"), ((6, tall), "R"), ((2 * wide - 14, tall), "L")):
            pen.text(place, text, fill=240)
        data = io.BytesIO()
        tile.save(data, "PNG")
        return base64.b64encode(data.getvalue()).decode()

    def __repr__(self) -> str:
        if not self.heads:
            return "Scan: none yet"
        return f"Scan: {', '.join(self.names)}" + ", two compared" * (len(self.heads) > 1)
