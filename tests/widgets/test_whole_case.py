"""A whole case in one place: the list of patients, and part after part below it."""

from __future__ import annotations

from pathlib import Path

import pytest

import pres_teach
from pres_teach import case as cases
from pres_teach.encounter import Encounter
from pres_teach.record import Record
from pres_teach.widgets import WholeCase, whole_case
from pres_teach.widgets.choosing import how_far

from .conftest import CASE, press


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "record.sqlite")


@pytest.fixture
def ward(record: Record) -> WholeCase:
    return whole_case(record=record)


def labels(ward: WholeCase) -> list[str]:
    return [repr(child) for child in ward.children]


def onward(ward: WholeCase) -> None:
    press(next(child for child in ward.children if repr(child) == "Going on"), "open")


def test_every_case_that_ships_is_in_the_list_by_its_title(ward: WholeCase) -> None:
    assert ward.chooser is not None
    assert {one["id"]: one["title"] for one in ward.chooser.cases} == cases.titles()


def test_nothing_but_the_list_is_there_before_a_patient_is_chosen(ward: WholeCase) -> None:
    assert ward.children == (ward.chooser,)
    assert ward.chooser is not None
    press(ward.chooser, "open", id="")
    assert ward.chooser.said == "Choose a patient first."
    assert ward.children == (ward.chooser,)


def test_a_chosen_patient_opens_with_everything_of_the_first_part(ward: WholeCase) -> None:
    assert ward.chooser is not None
    press(ward.chooser, "open", id=CASE)
    found = labels(ward)
    assert found[1:3] == ["Where you are", "The story"]
    assert "Going on" in found
    questions = [text for text in found if text.startswith("Question ")]
    assert len(questions) == len(cases.read(CASE).stages["presentation"].questions)


def test_going_on_opens_part_after_part_and_ends_with_the_debrief(ward: WholeCase) -> None:
    assert ward.chooser is not None
    press(ward.chooser, "open", id=CASE)
    for stage in ("mri", "switching", "outcome"):
        onward(ward)
        assert ward.part is not None
        assert ward.part.stage == stage
        assert any("scan" in text.casefold() for text in labels(ward))
    found = labels(ward)
    assert "Going on" not in found
    assert [text for text in found if text in ("Debrief", "Known errors", "Take it with you")] == [
        "Debrief",
        "Known errors",
        "Take it with you",
    ]


def test_the_page_comes_to_what_was_asked_for(ward: WholeCase, record: Record) -> None:
    assert ward.chooser is not None
    press(ward.chooser, "open", id=CASE)
    assert ward.children[1].arriving
    assert not ward.children[1].landing
    alone = whole_case(CASE, record=record)
    assert alone.chooser is None
    assert not alone.children[0].arriving


def test_options_and_the_switch_board_come_with_the_switch(ward: WholeCase) -> None:
    assert ward.chooser is not None
    press(ward.chooser, "open", id=CASE)
    assert "The switch board" not in labels(ward)
    onward(ward)
    onward(ward)
    assert {"What is on offer", "The switch board"} <= set(labels(ward))


def test_a_case_is_read_once_however_many_parts_are_opened(ward: WholeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    original = cases.read
    monkeypatch.setattr(cases, "read", lambda name: (read.append(name), original(name))[1])
    assert ward.chooser is not None
    press(ward.chooser, "open", id=CASE)
    onward(ward)
    onward(ward)
    assert read == [CASE]


def test_a_patient_waits_where_the_learner_left(ward: WholeCase, record: Record) -> None:
    assert ward.chooser is not None
    press(ward.chooser, "open", id=CASE)
    assert ward.part is not None
    ward.part.encounter.ask("vision")
    onward(ward)
    again = whole_case(record=record)
    assert again.chooser is not None
    press(again.chooser, "open", id=CASE)
    assert again.part is not None
    assert again.part.stage == "mri"
    assert [one.finding for one in again.part.encounter.asked if one.by == "learner"] == ["vision"]


def test_how_far_a_learner_has_come_is_said(record: Record) -> None:
    assert how_far(record, CASE) == "not begun"
    encounter = Encounter(cases.read(CASE), record)
    encounter.ask("vision")
    assert how_far(record, CASE) == "begun: part 1, Presentation"
    encounter.enter("switching")
    assert how_far(record, CASE) == "begun: part 3, Immunosuppression switching"
    encounter.begin_again()
    assert how_far(record, CASE) == "not begun"


def test_an_authors_own_file_opens_at_once(record: Record) -> None:
    file = Path(cases.__file__).parents[2] / "tests" / "encounter" / "small.yaml"
    ward = whole_case(file, record=record)
    assert ward.part is not None
    assert "The story" in labels(ward)
    assert ward.part.encounter.case.title in ward.static_html()


def test_the_list_is_there_without_a_script_too(ward: WholeCase) -> None:
    data, _ = ward._repr_mimebundle_()
    assert cases.titles()[CASE] in data["text/html"]
    assert "kidney-azole" not in data["text/html"]


def test_it_is_a_public_name() -> None:
    assert pres_teach.whole_case is whole_case


def test_known_errors_are_told_after_a_press_with_what_came_of_them(ward: WholeCase, record: Record) -> None:
    lesson = pres_teach.lesson(CASE, "outcome", record=record)
    panel = lesson.known_errors()
    assert panel.body == ""
    press(panel, "open")
    assert "illustrative" in panel.body
    for error in cases.read(CASE).errors:
        assert error.text.split(",")[0].replace('"', "&quot;") in panel.body
    assert "of what is needed" in panel.body


def test_the_debrief_tells_the_decisions_that_mattered_most(record: Record) -> None:
    lesson = pres_teach.lesson(CASE, "presentation", record=record)
    lesson.encounter.order("labetalol", 300, "mg", "iv", confirmed=True)
    lesson.encounter.wait(3)
    panel = lesson.debrief()
    assert "One decision changed" not in panel.body
    press(panel, "open")
    assert "The decisions that mattered most" in panel.body
    assert "Without this decision of day 15 07:30: labetalol 300 mg once into a vein" in panel.body
    assert "no strategy is known to be better" in panel.body
