"""The scan viewer: slices on a canvas, moved, windowed, measured and marked in the browser."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import traitlets

from pres_teach import text
from pres_teach.evidence import library

from .foundation import PresWidget, Request, script, style, words

MOST_SCANS = 4
MOST_SEQUENCES = 12
MOST_MARKS = 20
LONGEST_NAME = 120
SLOTS = [(which, number) for which in range(MOST_SCANS) for number in range(MOST_SEQUENCES)]


class Pictures(Protocol):
    """Where a viewer gets its pictures from; nothing is computed before it is asked for."""

    heads: Sequence[Mapping[str, str]]
    """One to four scans of one head: `label`, `when`, and `since` (how long after the first symptom)."""
    names: Sequence[str]
    """The sequences."""

    def frame(self) -> Mapping[str, Any]:
        """Where the pictures lie, unless a sheet brings a frame of its own.

        `positions` of the slices [mm]; `affine`: a column lies at `x0 + column * dx`, a row at `y0 + row * dy` [mm];
        `axes`: which axes columns, rows and slices run along, "xyz" for axial slices (without the key), "xzy" for
        coronal, "yzx" for sagittal ones; `projection`: true where there is no depth. MNI: x to the right, y to the
        front, z to the head.
        """

    def first(self, which: int, sequence: str, index: int) -> Mapping[str, Any]:
        """One slice, quickly: as `sheet`, with one tile."""

    def sheet(self, which: int, sequence: str) -> Mapping[str, Any]:
        """All slices in one 8-bit grey `png` of `columns` tiles a row, each `tile_w` by `tile_h`.

        The patient's right is on the image's left; `window`: level and width, of 0 to 255; `low`, `high`: what grey 0
        and 255 stand for, in `unit`; `caption`; `parameters`: TR, TE, TI, b in short; `frame`, where it differs.
        """

    def describe(self, which: int, sequence: str) -> Sequence[str]:
        """Every slice in words."""

    def place(self, x: float, y: float, z: float) -> str:
        """The name of a place [mm, MNI], as "right occipital lobe, white matter"."""

    def reading(self, x: float, y: float, z: float, shown: Sequence[int]) -> str:
        """A sentence about a place [mm, MNI] on the scans that are shown, or nothing."""

    def report(self, which: int) -> str:
        """The written report, in Markdown; called only when the learner asks for it."""


class ScanViewer(PresWidget):
    """One picture, or two side by side that move together: two scans, or two sequences of one scan.

    The browser asks for `load` (`wanted`: `which`, `sequence` and the `index` that is seen), for a `look` at the place
    under the crosshair (`x`, `y`, `z` [mm], `shown`), for a `mark` there, to `unmark` one by its `number`, and for the
    `report` of a scan (`which`). A sequence goes over once: its present slice first, then all of it, then its words.

    Parameters
    ----------
    pictures
        Where the pictures come from; None shows `message` instead.
    panes
        What is shown first: one or two of `which` and `sequence`; the first of each without any.
    index
        The slice that is shown first.
    reports
        Whether the learner may ask for the written report.
    label, note
        The eyebrow, and a line below.
    message
        What is said as long as there is no scan.
    """

    _esm = script("scan_picture", "scan_hands", "scan_panels", "scan_viewer")
    _css = style("scan_viewer")
    _twin_style = ("scan_viewer",)

    heads: Any = traitlets.List().tag(sync=True)
    names: Any = traitlets.List().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    panes: Any = traitlets.List().tag(sync=True)
    index = traitlets.Int(20).tag(sync=True)
    depths = traitlets.Dict().tag(sync=True)
    windows = traitlets.Dict().tag(sync=True)
    position = traitlets.Dict().tag(sync=True)
    reading = traitlets.Unicode("").tag(sync=True)
    marks: Any = traitlets.List().tag(sync=True)
    measures: Any = traitlets.List().tag(sync=True)
    reports = traitlets.Bool(True).tag(sync=True)
    told = traitlets.Dict().tag(sync=True)
    label = traitlets.Unicode("MR scan").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    version = traitlets.Int(0).tag(sync=True)
    # What is needed at once, then one trait for each picture, so that what has gone over once never goes again.
    first: Any = traitlets.List().tag(sync=True)
    locals().update({f"sheet_{which}_{n}": traitlets.Dict().tag(sync=True) for which, n in SLOTS})
    locals().update({f"words_{which}_{n}": traitlets.List().tag(sync=True) for which, n in SLOTS})

    def __init__(
        self,
        pictures: Pictures | None = None,
        *,
        panes: Sequence[Mapping[str, Any]] = (),
        **traits: Any,
    ) -> None:
        super().__init__(**traits)
        self._pictures: Pictures | None = None
        self.on("load", self._load)
        self.on("look", self._look)
        self.on("mark", self._mark)
        self.on("unmark", self._unmark)
        self.on("report", self._report)
        if pictures is not None:
            self.show(pictures, panes=panes)

    def show(self, pictures: Pictures, *, panes: Sequence[Mapping[str, Any]] = (), same_head: bool = False) -> None:
        """Show other pictures from now on.

        Parameters
        ----------
        pictures
            Where they come from.
        panes
            What is shown first: one or two of `which` and `sequence`.
        same_head
            Whether marks, measures and the crosshair stay where they are.

        Raises
        ------
        ValueError
            For no scan or too many, no sequence or too many, or a pane that shows what there is not.
        """
        heads, names = [dict(head) for head in pictures.heads], list(pictures.names)
        if not 1 <= len(heads) <= MOST_SCANS:
            raise ValueError(f'"heads": 1 to {MOST_SCANS} scans; found {len(heads)}; choose those to show')
        if not 1 <= len(names) <= MOST_SEQUENCES:
            raise ValueError(f'"names": 1 to {MOST_SEQUENCES} sequences; found {len(names)}; choose those to show')
        shown = [{"which": 0, "sequence": names[0], **pane} for pane in panes or [{}]]
        if len(shown) > 2 or any(
            one["which"] not in range(len(heads)) or one["sequence"] not in names for one in shown
        ):
            raise ValueError(
                f'"panes": one or two, each a scan of 0 to {len(heads) - 1} and a sequence of {", ".join(names)}; '
                f"found {shown}; choose among them"
            )
        self._pictures = pictures
        with self.hold_trait_notifications():
            for which, number in SLOTS:
                self.set_trait(f"sheet_{which}_{number}", {})
                self.set_trait(f"words_{which}_{number}", [])
            self.heads, self.names, self.panes = heads, names, shown
            self.frame = {}
            self.first = []
            self.told = {}
            if not same_head:
                self.position, self.depths, self.reading = {}, {}, ""
                self.marks, self.measures = [], []
        self.version += 1

    def sheet(self, which: int, sequence: str) -> Mapping[str, Any]:
        """What has gone over of a sequence of a scan, or nothing."""
        sheet: Mapping[str, Any] = getattr(self, f"sheet_{which}_{self.names.index(sequence)}")
        return sheet

    def load(self, *wanted: tuple[int, str, int]) -> None:
        """Send sequences of scans: the slices that are looked at, then all slices, then their words.

        Parameters
        ----------
        wanted
            Which scan, which sequence, and the slice that is looked at.
        """
        pictures = self._pictures
        if pictures is None:
            return
        known = [one for one in wanted if one[0] in range(len(self.heads)) and one[1] in self.names]
        missing = [one for one in known if not self.sheet(*one[:2])]
        if missing and not self.frame:
            self.frame = dict(pictures.frame())
        if missing:
            last = len(self.frame["positions"]) - 1
            seen = [(which, sequence, min(max(index, 0), last)) for which, sequence, index in missing]
            self.first = [
                {"which": which, "sequence": sequence, "index": index, **pictures.first(which, sequence, index)}
                for which, sequence, index in seen
            ]
        for which, sequence, _ in missing:
            self.set_trait(f"sheet_{which}_{self.names.index(sequence)}", dict(pictures.sheet(which, sequence)))
        for which, sequence, _ in known:
            name = f"words_{which}_{self.names.index(sequence)}"
            if not getattr(self, name):
                self.set_trait(name, list(pictures.describe(which, sequence)))

    def _load(self, request: Request) -> None:
        wanted = request.get("wanted") or []
        self.load(*((int(one["which"]), str(one["sequence"]), int(one["index"])) for one in wanted))

    def _look(self, request: Request) -> None:
        if self._pictures is not None:
            shown = [int(which) for which in request.get("shown") or [0] if int(which) in range(len(self.heads))]
            self.reading = self._pictures.reading(*_point(request), shown)

    def _mark(self, request: Request) -> None:
        if self._pictures is None:
            return
        if len(self.marks) >= MOST_MARKS:
            self.reading = f"{MOST_MARKS} places are marked. Remove one first."
            return
        x, y, z = _point(request)
        number = max((int(mark["number"]) for mark in self.marks), default=0) + 1
        place = self._pictures.place(x, y, z)
        name = (place[:1].upper() + place[1:])[:LONGEST_NAME]
        self.marks = [*self.marks, {"number": number, "name": name, "x": x, "y": y, "z": z}]

    def _unmark(self, request: Request) -> None:
        self.marks = [mark for mark in self.marks if mark["number"] != request.get("number")]

    def _report(self, request: Request) -> None:
        which = int(request.get("which", 0))
        if self._pictures is not None and self.reports and which in range(len(self.heads)):
            report = text.render(self._pictures.report(which), library().cite)
            self.told = {**self.told, str(which): report}

    def static_html(self) -> str:
        title = f"<h3>{words(self.label)}</h3>"
        if self._pictures is None:
            return f"{title}<p>{words(self.message)}</p>"
        # Pictures take seconds: a page that is built to be read without Python says that it wants them all.
        everything = os.environ.get("PRES_TEACH_STATIC", "") not in ("", "0")
        seen = [
            (which, sequence)
            for which in dict.fromkeys(pane["which"] for pane in self.panes)
            for sequence in self.names
            if everything or self.sheet(which, sequence)
        ]
        if not seen:
            return f"{title}<p>Run this notebook to see the scan.</p>"
        if not self.frame:
            self.frame = dict(self._pictures.frame())
        figures = "".join(self._figure(self._pictures, which, sequence) for which, sequence in seen)
        lead = "<p>One slice on each sequence. The patient's right is on the left of the picture.</p>"
        marks = "".join(f"<li>{words(mark['name'])}</li>" for mark in self.marks)
        listed = f"<p>Marked places:</p><ol>{marks}</ol>" if marks else ""
        note = f"<p>{words(self.note)}</p>" if self.note else ""
        return f'{title}{lead}<div class="pt-twins">{figures}</div>{listed}{note}'

    def _figure(self, pictures: Pictures, which: int, sequence: str) -> str:
        head = self.heads[which]
        one = pictures.first(which, sequence, self.index)
        said = list(pictures.describe(which, sequence))
        here = said[min(self.index, len(said) - 1)] if said else ""
        when = " · ".join(filter(None, (head["label"], head.get("when"), head.get("since"))))
        alt = f"{sequence}, the patient's right on the left. {here}"
        return (
            f'<figure><img alt="{words(alt)}" src="data:image/png;base64,{_stamped(one)}">'
            f"<figcaption>SYNTHETIC. {words(when)}. {words(one.get('caption') or sequence)} {words(here)}</figcaption>"
            "</figure>"
        )

    def __repr__(self) -> str:
        if not self.heads:
            return "Scan: none yet"
        return f"Scan: {', '.join(self.names)}" + ", two compared" * (len(self.panes) > 1)


def _point(request: Request) -> tuple[float, float, float]:
    return float(request["x"]), float(request["y"]), float(request["z"])


def _stamped(one: Mapping[str, Any]) -> str:
    """A slice as it is first shown, with its sides and the word SYNTHETIC in it; base64 of a PNG."""
    from PIL import Image, ImageDraw

    wide, tall = int(one["tile_w"]), int(one["tile_h"])
    level, width = one.get("window") or (128, 255)
    with Image.open(io.BytesIO(one["png"])) as sheet:
        tile = sheet.convert("L")
    tile = tile.point([round(min(max((v - level + width / 2) / width, 0.0), 1.0) * 255) for v in range(256)])
    tile = tile.resize((2 * wide, 2 * tall))
    left, right = sides(one.get("frame") or {})
    pen = ImageDraw.Draw(tile)
    for place, said in (((6, 4), "SYNTHETIC"), ((6, tall), left), ((2 * wide - 14, tall), right)):
        pen.text(place, said, fill=240, stroke_width=1, stroke_fill=0)
    data = io.BytesIO()
    tile.save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


def sides(frame: Mapping[str, Any]) -> tuple[str, str]:
    """The letters at the left and the right edge of a picture: R and L, or A and P of a sagittal one."""
    low, high = {"x": ("L", "R"), "y": ("P", "A"), "z": ("F", "H")}[str(frame.get("axes", "xyz"))[0]]
    grows = (frame.get("affine") or {}).get("dx", -1) > 0
    return (low, high) if grows else (high, low)
