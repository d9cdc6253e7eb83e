"""A question in its widget: what is shown before, what after, and what is kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pres_teach.widgets import Lesson

from .conftest import press

RIGHT, WRONG = 2, 0


def test_nothing_is_chosen_before_the_learner_chooses(first: Lesson) -> None:
    widget = first.question("first-act")
    assert widget.draft == {}
    assert widget.mark == {}


def test_it_names_itself_and_gives_nothing_away(first: Lesson) -> None:
    assert repr(first.question("first-act")) == "Question first-act: 4 options"


def test_a_wrong_answer_brings_feedback_to_every_option(first: Lesson) -> None:
    widget = first.question("first-act")
    press(widget, "answer", response={"chosen": [WRONG], "confidence": 70})
    assert widget.mark["verdict"] == "not right"
    assert [one["index"] for one in widget.mark["feedback"]] == [0, 1, 2, 3]
    assert all(one["html"] for one in widget.mark["feedback"])
    assert [one["chosen"] for one in widget.mark["feedback"]] == [n == WRONG for n in range(4)]
    assert [one["right"] for one in widget.mark["feedback"]] == [n == RIGHT for n in range(4)]


def test_a_verdict_is_not_said_twice(first: Lesson) -> None:
    widget = first.question("first-act")
    press(widget, "answer", response={"chosen": [WRONG]})
    assert "summary" not in widget.mark or "Not right." not in widget.mark["summary"]


def test_it_can_be_answered_again_and_the_first_try_counts(first: Lesson) -> None:
    widget = first.question("first-act")
    press(widget, "answer", response={"chosen": [WRONG]})
    press(widget, "answer", response={"chosen": [RIGHT]})
    assert widget.mark["verdict"] == "right"
    assert widget.mark["points"] == "The first try counts: 0 of 1 point"


def test_confidence_is_kept_with_the_answer(first: Lesson) -> None:
    widget = first.question("first-act")
    press(widget, "answer", response={"chosen": [RIGHT], "confidence": 90})
    assert first.encounter.answers[-1].response.confidence == 90
    assert widget.draft["confidence"] == 90


def test_a_number_that_cannot_be_read_is_refused_and_kept(first: Lesson) -> None:
    widget = first.question("relative-rise")
    press(widget, "answer", response={"number": "about ten", "unit": "%"})
    assert widget.mark == {}
    assert widget.notice["text"]
    assert widget.draft["number"] == "about ten"
    assert first.encounter.answers == ()


def test_a_reflection_brings_a_model_answer_and_no_verdict(first: Lesson) -> None:
    widget = first.question("before-you-start")
    press(widget, "answer", response={"text": "I don't believe <it>."})
    assert widget.mark["verdict"] == "not marked"
    assert widget.mark["model_answer"]
    assert "points" not in widget.mark
    assert widget.draft["text"] == "I don't believe <it>."


def test_a_new_kernel_draws_the_last_answer(open_lesson: Callable[..., Lesson]) -> None:
    press(open_lesson().question("first-act"), "answer", response={"chosen": [WRONG], "confidence": 60})
    again = open_lesson().question("first-act")
    assert again.draft == {"chosen": [WRONG], "confidence": 60}
    assert again.mark["verdict"] == "not right"
    assert again.mark["given"] == again.draft


def test_a_draft_under_way_survives_what_happens_elsewhere(first: Lesson) -> None:
    widget = first.question("first-act")
    widget.draft = {"chosen": [1]}
    press(first.bedside(), "ask", id="vision")
    assert widget.draft == {"chosen": [1]}


def test_the_expert_s_answers_are_not_shown_as_the_learner_s(open_lesson: Callable[..., Lesson]) -> None:
    later = open_lesson("mri")
    assert later.question("first-act").mark == {}


def test_the_twin_shows_question_and_options_and_later_the_feedback(first: Lesson) -> None:
    widget = first.question("first-act")
    before = widget._repr_mimebundle_()[0]["text/html"]
    assert "Send him to MRI now." in before
    assert "Run this notebook to answer." in before
    press(widget, "answer", response={"chosen": [WRONG]})
    after = widget._repr_mimebundle_()[0]["text/html"]
    assert "Not right" in after
    assert widget.mark["feedback"][0]["html"] in after


def test_an_unknown_question_is_named_with_those_there_are(first: Lesson) -> None:
    with pytest.raises(KeyError, match='no question "first-akt" in this case; there are: .*first-act'):
        first.question("first-akt")
