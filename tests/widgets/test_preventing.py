"""The lesson on prevention: questions without a patient, a plan, and what is kept of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import pres_teach
from pres_teach.case.sheet import sheet
from pres_teach.record import Record
from pres_teach.widgets import Prevention, prevention, reading
from pres_teach.widgets.foundation import words

from .conftest import press

PLAN = sheet("prevention").plan
BEST = {row.id: [choice.fits for choice in row.choices].index("fits") for row in PLAN.rows}


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "record.sqlite")


@pytest.fixture
def page(record: Record) -> Prevention:
    return prevention(record)


def state(widget: Any) -> str:
    return str({name: value for name, value in widget.get_state().items() if name not in ("_esm", "_css")})


# --- questions ----------------------------------------------------------------------------------------------------


def test_nothing_is_told_before_it_is_answered(page: Prevention) -> None:
    for question in page.sheet.questions:
        widget = page.question(question.id)
        shown = state(widget) + widget.static_html() + repr(widget)
        for option in question.options:
            assert option.feedback[:40] not in shown
        assert "Tick what yours says" not in shown


def test_an_answer_is_marked_and_kept_and_the_first_try_counts(record: Record) -> None:
    page = prevention(record)
    widget = page.question("how-long")
    press(widget, "answer", response={"chosen": [1], "confidence": 90})
    assert widget.mark["verdict"] == "not right"
    press(widget, "answer", response={"chosen": [0]})
    assert widget.mark["verdict"] == "right"
    again = prevention(record).question("how-long")
    assert again.draft["chosen"] == [0]
    assert again.mark["points"] == "The first try counts: 0 of 1 point"


def test_an_empty_answer_is_asked_for_and_keeps_nothing(page: Prevention) -> None:
    widget = page.question("how-long")
    press(widget, "answer", response={"chosen": []})
    assert widget.notice["text"] == "Nothing is chosen yet. Choose an answer, then check it."
    assert "Nothing is answered yet." in page.where().body


def test_the_first_piece_counts_what_is_answered(page: Prevention) -> None:
    where = page.where()
    press(page.question("how-long"), "answer", response={"chosen": [0]})
    assert "1 of 10 questions are answered." in where.body


def test_own_words_are_set_beside_a_model_answer_with_points_to_tick(page: Prevention) -> None:
    widget = page.question("tell-patient")
    press(widget, "answer", response={"text": "You had a swelling."})
    assert widget.mark["verdict"] == "not marked"
    assert widget.mark["model_answer"].count('<input type="checkbox">') == len(
        page.sheet.question("tell-patient").checks
    )


def test_an_answer_to_an_earlier_wording_is_not_drawn_again(record: Record) -> None:
    stale = {"do": "answer", "at_h": 0.0, "question": "how-long", "response": {"chosen": [17]}}
    record.append("prevention-and-monitoring", stale)
    assert prevention(record).question("how-long").mark == {}


def test_an_unknown_question_names_the_nearest(page: Prevention) -> None:
    with pytest.raises(KeyError, match='did you mean "how-long"'):
        page.question("how-lon")


def test_what_was_counted_waits_until_the_question_above_it_is_answered(page: Prevention) -> None:
    panel = page.counted("bartynski2008-incidence", title="How often")
    assert "21/4222" not in state(panel) + panel.static_html()
    press(panel, "open")
    assert "21/4222 = 0.50 %" in panel.body
    assert panel.button == ""


def test_a_judgement_here_counts_in_the_lesson_on_the_evidence(record: Record) -> None:
    press(prevention(record).judge("prevention"), "answer", response={"chosen": [2]})
    assert "1 of 28 statements are judged." in reading(record).where().body


# --- the plan -------------------------------------------------------------------------------------------------------


def test_which_choice_fits_is_nowhere_before_it_is_checked(page: Prevention) -> None:
    widget = page.plan()
    shown = state(widget) + widget.static_html() + repr(widget)
    assert "Fits" not in shown
    assert "Leaves a gap" not in shown
    for row in PLAN.rows:
        assert all(choice.feedback[:40] not in shown for choice in row.choices)


def test_the_best_plan_fits_throughout_and_is_not_marked(page: Prevention) -> None:
    widget = page.plan()
    press(widget, "check", chosen=BEST)
    assert widget.mark["summary"] == "Of 8 things: 8 fit."
    assert "points" not in widget.mark
    assert "Neurotoxicity review" in widget.mark["explain"]


def test_each_kind_of_choice_is_told_apart_in_words(page: Prevention) -> None:
    widget = page.plan()
    press(widget, "check", chosen={"brain": 1, "pressure": 0, "scan": 1})
    assert widget.mark["summary"] == "Of 8 things: 1 fits, 1 can be defended, 1 leaves a gap, 5 are not in your plan."
    assert widget.mark["rows"]["brain"]["word"] == "Can be defended"
    assert widget.mark["rows"]["pressure"]["word"] == "Leaves a gap"
    assert widget.mark["rows"]["level"]["word"] == "Not in your plan"


def test_doing_nothing_is_no_plan(page: Prevention) -> None:
    widget = page.plan()
    press(widget, "check", chosen={})
    assert widget.notice["text"] == "Choose a way for something first."
    press(widget, "check", chosen={"nonsense": 1, "pressure": 99})
    assert widget.mark == {}


def test_the_plan_is_kept_and_drawn_again(record: Record) -> None:
    press(prevention(record).plan(), "check", chosen={"scan": 1, "gone": 3})
    again = prevention(record).plan()
    assert again.draft == {"scan": 1}
    assert again.mark["rows"]["scan"]["word"] == "Fits"


def test_the_static_twin_shows_every_way_and_later_the_own(page: Prevention) -> None:
    widget = page.plan()
    assert all(words(choice.text) in widget.static_html() for row in PLAN.rows for choice in row.choices)
    press(widget, "check", chosen={"scan": 1})
    assert widget.static_html().count("(your choice)") == 1


def test_it_can_be_had_by_its_public_name() -> None:
    assert repr(pres_teach.prevention()) == "Prevention and monitoring"
