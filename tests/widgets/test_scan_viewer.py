"""The scan viewer without a browser: what goes over when, what it keeps, and what it shows where no script runs."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pres_teach.encounter import Refusal
from pres_teach.widgets import Lesson, ScanViewer

from .conftest import press

Arguments = dict[str, Any]


def grey_png(values: np.ndarray) -> bytes:
    with io.BytesIO() as out:
        Image.fromarray(values.astype(np.uint8)).save(out, "PNG")
        return out.getvalue()


class Drawn:
    """Pictures of two scans: three slices of each sequence, and a venogram that is one projection from the side."""

    heads: Sequence[Mapping[str, str]] = ({"label": "First scan", "when": "day 1"}, {"label": "Latest scan"})
    names: Sequence[str] = ("FLAIR", "ADC", "venogram")

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def frame(self) -> Mapping[str, Any]:
        return {"positions": [0.0, 4.0, 8.0], "affine": {"x0": 5.0, "dx": -1.0, "y0": 6.0, "dy": -1.0}}

    def first(self, which: int, sequence: str, index: int) -> Mapping[str, Any]:
        self.calls.append(("first", which, sequence, index))
        return self._face(sequence, 1)

    def sheet(self, which: int, sequence: str) -> Mapping[str, Any]:
        self.calls.append(("sheet", which, sequence))
        return self._face(sequence, 3)

    def _face(self, sequence: str, slices: int) -> Mapping[str, Any]:
        face = {"columns": slices, "tile_w": 10, "tile_h": 12, "window": [128, 256], "caption": f"Synthetic {sequence}"}
        if sequence == "venogram":
            affine = {"x0": 5.0, "dx": -1.0, "y0": 9.0, "dy": -1.0}
            frame = {"positions": [0.0], "affine": affine, "axes": "yzx", "projection": True}
            return {**face, "columns": 1, "png": grey_png(np.full((12, 10), 200)), "frame": frame}
        return {**face, "png": grey_png(np.full((12, 10 * slices), 100))}

    def describe(self, which: int, sequence: str) -> Sequence[str]:
        self.calls.append(("describe", which, sequence))
        return [f"{sequence} of scan {which}, slice {n}" for n in range(1 if sequence == "venogram" else 3)]

    def place(self, x: float, y: float, z: float) -> str:
        return "right occipital lobe, cortex"

    def reading(self, x: float, y: float, z: float, shown: Sequence[int]) -> str:
        return f"Read at {x:g} {y:g} {z:g} on {list(shown)}"

    def report(self, which: int) -> str:
        self.calls.append(("report", which))
        return f"**Findings of scan {which}.** <b>Bright.</b>"


def wanted(*some: tuple[int, str, int]) -> Arguments:
    return {"wanted": [{"which": which, "sequence": sequence, "index": index} for which, sequence, index in some]}


def test_the_slice_that_is_looked_at_goes_first_then_all_then_the_words() -> None:
    pictures = Drawn()
    widget = ScanViewer(pictures, index=1)
    sent: list[str] = []
    widget.observe(lambda change: sent.append(change["name"]), names=["first", "sheet_0_0", "words_0_0"])
    press(widget, "load", **wanted((0, "FLAIR", 1)))
    assert pictures.calls == [("first", 0, "FLAIR", 1), ("sheet", 0, "FLAIR"), ("describe", 0, "FLAIR")]
    assert sent == ["first", "sheet_0_0", "words_0_0"]
    assert widget.first[0]["index"] == 1
    assert widget.first[0]["png"].startswith(b"\x89PNG")


def test_a_slice_beyond_the_highest_is_the_highest() -> None:
    widget = ScanViewer(Drawn(), index=20)
    press(widget, "load", **wanted((0, "FLAIR", 20)))
    assert widget.first[0]["index"] == 2


def test_nothing_goes_over_twice() -> None:
    pictures = Drawn()
    widget = ScanViewer(pictures)
    press(widget, "load", **wanted((0, "FLAIR", 1), (1, "FLAIR", 1)))
    before = len(pictures.calls)
    press(widget, "load", **wanted((0, "FLAIR", 2), (1, "FLAIR", 2)))
    assert len(pictures.calls) == before
    assert widget.sheet(1, "FLAIR")["png"]


@pytest.mark.parametrize("pane", [(0, "CT", 0), (7, "FLAIR", 0)])
def test_what_there_is_not_is_not_sent(pane: tuple[int, str, int]) -> None:
    pictures = Drawn()
    press(ScanViewer(pictures), "load", **wanted(pane))
    assert pictures.calls == []


def test_a_sheet_may_bring_its_own_geometry() -> None:
    widget = ScanViewer(Drawn())
    press(widget, "load", **wanted((0, "venogram", 1)))
    assert widget.sheet(0, "venogram")["frame"]["axes"] == "yzx"
    assert widget.frame["positions"] == [0.0, 4.0, 8.0]


def test_twelve_sequences_fit_and_thirteen_do_not() -> None:
    pictures = Drawn()
    pictures.names = [f"sequence {n}" for n in range(12)]
    press(widget := ScanViewer(pictures), "load", **wanted((1, "sequence 11", 0)))
    assert widget.sheet(1, "sequence 11")
    pictures.names = [f"sequence {n}" for n in range(13)]
    with pytest.raises(ValueError, match='"names": 1 to 12 sequences; found 13; choose those to show'):
        ScanViewer(pictures)


def test_panes_that_there_are_not_are_refused() -> None:
    with pytest.raises(ValueError, match='"panes": one or two, each a scan of 0 to 1 and a sequence of FLAIR, ADC'):
        ScanViewer(Drawn(), panes=[{"which": 2}])


def test_a_place_is_read_on_the_scans_that_are_shown() -> None:
    widget = ScanViewer(Drawn())
    press(widget, "look", x=1.0, y=-2.0, z=4.0, shown=[0, 1, 9])
    assert widget.reading == "Read at 1 -2 4 on [0, 1]"


def test_marks_are_named_kept_and_removed_one_by_one() -> None:
    widget = ScanViewer(Drawn())
    for x in (1.0, 2.0, 3.0):
        press(widget, "mark", x=x, y=0.0, z=4.0)
    press(widget, "unmark", number=2)
    press(widget, "mark", x=4.0, y=0.0, z=4.0)
    assert [(mark["number"], mark["x"]) for mark in widget.marks] == [(1, 1.0), (3, 3.0), (4, 4.0)]
    assert widget.marks[0]["name"] == "Right occipital lobe, cortex"


def test_no_more_than_twenty_places_are_marked() -> None:
    widget = ScanViewer(Drawn())
    for x in range(21):
        press(widget, "mark", x=float(x), y=0.0, z=4.0)
    assert len(widget.marks) == 20
    assert widget.reading == "20 places are marked. Remove one first."


def test_marks_stay_on_the_same_head_and_go_with_another() -> None:
    widget = ScanViewer(Drawn())
    press(widget, "mark", x=1.0, y=0.0, z=4.0)
    widget.show(Drawn(), same_head=True)
    assert len(widget.marks) == 1
    widget.show(Drawn())
    assert widget.marks == []


def test_the_report_is_not_there_before_it_is_asked_for() -> None:
    pictures = Drawn()
    widget = ScanViewer(pictures)
    press(widget, "load", **wanted((0, "FLAIR", 1)))
    assert ("report", 0) not in pictures.calls
    assert "Findings" not in str(widget.get_state()) + widget._repr_mimebundle_()[0]["text/html"]
    press(widget, "report", which=0)
    assert widget.told["0"].startswith("<p><strong>Findings of scan 0.</strong>")
    assert "<b>" not in widget.told["0"]


def test_a_report_that_is_withheld_is_not_told() -> None:
    pictures = Drawn()
    widget = ScanViewer(pictures, reports=False)
    press(widget, "report", which=0)
    assert widget.told == {}
    assert pictures.calls == []


def test_the_page_without_script_shows_every_sequence_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    widget = ScanViewer(Drawn(), index=1)
    assert "Run this notebook to see the scan." in widget.static_html()
    monkeypatch.setenv("PRES_TEACH_STATIC", "1")
    page = widget.static_html()
    assert page.count("<figure>") == 3
    assert 'alt="FLAIR, the patient&#x27;s right on the left. FLAIR of scan 0, slice 1"' in page
    assert page.count("SYNTHETIC. First scan · day 1.") == 3
    # the window is applied, so that what is bright in the picture is bright on the page
    first = re.search(r"base64,([^\"]+)", page)
    assert first
    with Image.open(io.BytesIO(base64.b64decode(first[1]))) as shown:
        assert shown.size == (20, 24)


def test_the_patients_right_is_written_on_the_left_of_an_axial_picture() -> None:
    from pres_teach.widgets.scan_viewer import sides

    assert sides(Drawn().frame()) == ("R", "L")
    assert sides({"affine": {"dx": 1}}) == ("L", "R")
    assert sides({"affine": {"dx": -1}, "axes": "yzx"}) == ("A", "P")


# --- in a lesson ------------------------------------------------------------------------------------------------------


def test_a_mark_is_there_again_after_a_restart(open_lesson: Callable[..., Lesson]) -> None:
    widget = open_lesson().scan("normal")
    press(widget, "mark", x=20.0, y=-80.0, z=20.0)
    again = open_lesson().scan("normal")
    assert [mark["name"] for mark in again.marks] == [mark["name"] for mark in widget.marks]
    assert again.marks[0]["name"].startswith("Right occipital lobe")
    press(again, "unmark", number=1)
    assert open_lesson().scan("normal").marks == []


def test_two_viewers_of_one_head_show_the_same_marks(open_lesson: Callable[..., Lesson]) -> None:
    opened = open_lesson()
    press(opened.bedside(), "test", id="mri")
    press(opened.scan("normal"), "mark", x=-20.0, y=-80.0, z=20.0)
    assert [mark["name"] for mark in opened.scan().marks] == [mark["name"] for mark in opened.scan("normal").marks]


def test_a_mark_is_no_step_of_the_case(open_lesson: Callable[..., Lesson]) -> None:
    opened = open_lesson()
    press(opened.scan("normal"), "mark", x=20.0, y=-80.0, z=20.0)
    assert opened.encounter.state.played == frozenset()
    assert opened.encounter.log == open_lesson().encounter.log


def test_marks_that_cannot_be_read_are_refused(open_lesson: Callable[..., Lesson]) -> None:
    encounter = open_lesson().encounter
    with pytest.raises(Refusal, match="\"x\" must be a number; received 'left'."):
        encounter.mark_places([{"number": 1, "name": "here", "x": "left", "y": 0.0, "z": 0.0}])
    many = [{"number": n, "name": "here", "x": 0.0, "y": 0.0, "z": 0.0} for n in range(21)]
    with pytest.raises(Refusal, match="Up to 20 places can be marked; received 21"):
        encounter.mark_places(many)
    assert encounter.places == ()


def test_all_scans_of_the_patient_can_be_chosen(open_lesson: Callable[..., Lesson]) -> None:
    opened = open_lesson("outcome")
    press(opened.bedside(), "test", id="mri")
    latest, compare = opened.scan(), opened.scan("compare")
    assert [head["label"] for head in latest.heads] == ["First scan", "Latest scan"]
    assert [pane["which"] for pane in latest.panes] == [1]
    assert [pane["which"] for pane in compare.panes] == [0, 1]
    assert all("after the first symptom" in head["since"] for head in latest.heads)


def test_the_normal_head_is_the_patients_own(open_lesson: Callable[..., Lesson]) -> None:
    opened = open_lesson("outcome")
    press(opened.scan("normal"), "load", **wanted((0, "T2", 20)))
    press(opened.scan(), "load", **wanted((0, "T2", 34)))
    # the highest slice has no lesion in it: the same head gives the same pixels
    tops = []
    for viewer in (opened.scan("normal"), opened.scan()):
        sheet = viewer.sheet(0, "T2")
        with Image.open(io.BytesIO(sheet["png"])) as whole:
            row, column = divmod(34, sheet["columns"])
            left, top = column * sheet["tile_w"], row * sheet["tile_h"]
            tops.append(np.asarray(whole.crop((left, top, left + sheet["tile_w"], top + sheet["tile_h"]))))
    assert np.array_equal(*tops)


def test_a_sheet_says_what_its_greys_mean(open_lesson: Callable[..., Lesson]) -> None:
    opened = open_lesson()
    widget = opened.scan("normal")
    press(widget, "load", **wanted((0, "ADC", 20)))
    sheet = widget.sheet(0, "ADC")
    case = opened.encounter.case
    assert (sheet["low"], sheet["high"], sheet["unit"]) == (0.0, 3.5, "× 10⁻³ mm²/s")
    assert sheet["parameters"] == "TR 6000 ms · TE 80 ms · b 1000 s/mm²"
    # the value that the browser reads off the sheet is the one that the scan gives
    from pres_teach.imaging import Lesion, acquire

    made = acquire(Lesion(), seed=case.seed, age_years=case.patient.age_years)
    index = made.index_of(20)
    with Image.open(io.BytesIO(sheet["png"])) as whole:
        row, column = divmod(index, sheet["columns"])
        grey = np.asarray(whole)[row * sheet["tile_h"] :, column * sheet["tile_w"] :]
    x, y = 30, -20
    c, r = round(widget.frame["affine"]["x0"] - x), round(widget.frame["affine"]["y0"] - y)
    around = grey[r - 2 : r + 3, c - 2 : c + 3].mean() * 3.5 / 255
    assert around == pytest.approx(made.adc_at(x, y, 20), abs=3.5 / 255)


def test_the_first_slice_is_the_one_of_the_sheet(open_lesson: Callable[..., Lesson]) -> None:
    widget = open_lesson().scan("normal")
    press(widget, "load", **wanted((0, "T2", 17)))
    sheet = widget.sheet(0, "T2")
    with Image.open(io.BytesIO(widget.first[0]["png"])) as one, Image.open(io.BytesIO(sheet["png"])) as whole:
        row, column = divmod(17, sheet["columns"])
        left, top = column * sheet["tile_w"], row * sheet["tile_h"]
        same = whole.crop((left, top, left + sheet["tile_w"], top + sheet["tile_h"]))
        assert np.array_equal(np.asarray(one), np.asarray(same))
