"""The scan viewer: slices on a canvas, moved and windowed in the browser."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets
from PIL import Image

from .foundation import PresWidget, script, style, words


class ScanViewer(PresWidget):
    """One scan, or two side by side that move together.

    The pictures go over once, one PNG with all slices a sequence; they are not kept in the static twin but for one slice.

    Parameters
    ----------
    scans
        One or two: `label`, `when`, and `sequences`, by name: `png` (bytes, 8-bit grey, `columns` tiles of `tile_w` by
        `tile_h` pixels a row, patient's right on the image's left), `window` (level and width, of 0 to 255),
        `caption`, `descriptions` (one a slice).
    positions
        Height of each slice [mm, MNI z].
    affine
        `x0`, `dx`, `y0`, `dy`: a pixel's MNI place [mm] is `x0 + column * dx`, `y0 + row * dy`.
    reading
        Takes a place (x, y, z [mm, MNI]) that the learner marked and returns a sentence to add, or nothing.
    index, sequence
        What is shown first.
    label, note
        The eyebrow, and a line below.
    """

    _esm = script("scan_viewer")
    _css = style("scan_viewer")

    scans = traitlets.List().tag(sync=True)
    names = traitlets.List().tag(sync=True)
    positions = traitlets.List().tag(sync=True)
    affine = traitlets.Dict().tag(sync=True)
    index = traitlets.Int(0).tag(sync=True)
    sequence = traitlets.Unicode("").tag(sync=True)
    windows = traitlets.Dict().tag(sync=True)
    position = traitlets.Dict().tag(sync=True)
    reading = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("MR scan").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        scans: Sequence[Mapping[str, Any]],
        positions: Sequence[float],
        affine: Mapping[str, float],
        reading: Callable[[float, float, float], str] | None = None,
        **traits: Any,
    ) -> None:
        if not 1 <= len(scans) <= 2:
            raise ValueError(f'"scans": one, or two to compare; found {len(scans)}; choose them')
        names = [name for name in scans[0]["sequences"] if all(name in scan["sequences"] for scan in scans)]
        if not names or not positions:
            raise ValueError('"scans": at least one sequence and one slice in common; found none; acquire a scan')
        traits.setdefault("sequence", names[0])
        super().__init__(
            scans=[dict(scan) for scan in scans],
            names=names,
            positions=[float(z) for z in positions],
            affine=dict(affine),
            **traits,
        )
        self._reading = reading
        self.on("mark", lambda request: self._marked(float(request["x"]), float(request["y"]), float(request["z"])))

    def _marked(self, x: float, y: float, z: float) -> None:
        self.reading = self._reading(x, y, z) if self._reading is not None else ""

    def static_html(self) -> str:
        figures = []
        for scan in self.scans:
            one = scan["sequences"][self.sequence]
            alt = f"Synthetic {self.sequence}, patient's right on the left. {one['descriptions'][self.index]}"
            caption = f"{scan['label']} {scan.get('when') or ''} {one.get('caption') or ''}"
            figures.append(
                f'<figure><img alt="{words(alt)}" src="data:image/png;base64,{self._slice(one)}">'
                f"<figcaption>SYNTHETIC. {words(caption)}</figcaption></figure>"
            )
        return f"<h3>{words(self.label)}</h3>" + "".join(figures)

    def _slice(self, one: Mapping[str, Any]) -> str:
        row, column = divmod(self.index, int(one["columns"]))
        wide, tall = int(one["tile_w"]), int(one["tile_h"])
        left, top = column * wide, row * tall
        level, width = one.get("window") or (128, 255)
        with Image.open(io.BytesIO(one["png"])) as sheet:
            tile = sheet.convert("L").crop((left, top, left + wide, top + tall))
        windowed = tile.point([round(min(max((v - level + width / 2) / width, 0.0), 1.0) * 255) for v in range(256)])
        data = io.BytesIO()
        windowed.save(data, "PNG")
        return base64.b64encode(data.getvalue()).decode()

    def __repr__(self) -> str:
        return f"Scan: {', '.join(self.names)}, {len(self.positions)} slices" + (", two compared" * (len(self.scans) > 1))
