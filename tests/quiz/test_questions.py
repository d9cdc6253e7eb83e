from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pres_teach.quiz import Question

RIGHT = {"text": "Glucose", "right": True, "feedback": "Low glucose mimics it."}
WRONG = {"text": "Nothing", "feedback": "Doing nothing loses time."}


def question(**changes: Any) -> dict[str, Any]:
    return {"id": "first", "kind": "single", "ask": "What first?", "options": [RIGHT, WRONG]} | changes


def number(**changes: Any) -> dict[str, Any]:
    return {
        "id": "map",
        "kind": "numeric",
        "ask": "MAP?",
        "answer": {"value": 97, "unit": "mmHg", "tolerance": 1},
    } | changes


def refusal(written: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        Question.model_validate(written)
    return [(item["loc"], item["msg"]) for item in caught.value.errors()]


def test_a_scored_question_needs_a_right_option() -> None:
    assert refusal(question(options=[WRONG, {**RIGHT, "right": False}])) == [
        (
            ("options",),
            (
                "a scored question has a right option; found 2 options, none of them right; "
                'write "right: true" at the right one, or "scored: false" where several answers can be defended'
            ),
        )
    ]


def test_a_choice_among_defensible_plans_needs_no_right_option_when_unscored() -> None:
    made = Question.model_validate(question(scored=False, options=[WRONG, {**RIGHT, "right": False}]))
    assert made.possible == 0


@pytest.mark.parametrize("kind", ["single", "multiple"])
def test_options_that_are_all_right_are_refused(kind: str) -> None:
    ((where, text),) = refusal(question(kind=kind, options=[RIGHT, {**WRONG, "right": True}]))
    assert where == ("options",)
    assert text.startswith(
        "a scored question has an option that is not right, or ticking everything would be the answer"
    )


def test_a_single_choice_has_one_right_option() -> None:
    ((where, text),) = refusal(question(options=[RIGHT, {**RIGHT, "text": "Airway"}, WRONG]))
    assert where == ("options",)
    assert 'write "kind: multiple"' in text


def test_an_option_needs_feedback() -> None:
    assert [where for where, _ in refusal(question(options=[RIGHT, {"text": "Nothing"}]))] == [
        ("options", 1, "feedback")
    ]


def test_an_option_with_blank_feedback_is_refused() -> None:
    assert [where for where, _ in refusal(question(options=[RIGHT, {**WRONG, "feedback": "  "}]))] == [
        ("options", 1, "feedback")
    ]


def test_two_options_may_not_say_the_same() -> None:
    ((where, text),) = refusal(question(options=[RIGHT, {**WRONG, "text": "Glucose"}]))
    assert where == ("options", 1, "text")
    assert "option 1 says the same" in text


def test_a_choice_has_at_least_two_options() -> None:
    assert [where for where, _ in refusal(question(options=[RIGHT]))] == [("options",)]


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = refusal(question(ask="", hint="look", options=[{"text": "Glucose"}, WRONG], model_answer="x"))
    assert {where for where, _ in found} == {
        ("ask",),
        ("hint",),
        ("options", 0, "feedback"),
        ("options",),
        ("model_answer",),
    }


def test_a_number_needs_its_answer() -> None:
    ((where, text),) = refusal(number(answer=None))
    assert where == ("answer",)
    assert 'add "answer: {value: 97, unit: mmHg, tolerance: 2}"' in text


def test_an_answer_may_be_written_with_its_units() -> None:
    made = Question.model_validate(number(answer={"value": "97 mmHg", "tolerance": "2 mmHg"}))
    assert made.answer is not None
    assert (made.answer.value, made.answer.unit, made.answer.margin) == (97.0, "mmHg", 2.0)


def test_a_tolerance_may_be_a_share_of_the_value() -> None:
    made = Question.model_validate(number(answer={"value": 200, "unit": "mmHg", "tolerance": "5 %"}))
    assert made.answer is not None
    assert made.answer.margin == 10.0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "97 * 2", True, "9**9**9"])
def test_an_answer_is_a_finite_number(value: object) -> None:
    assert [where for where, _ in refusal(number(answer={"value": value, "unit": "mmHg"}))] == [("answer", "value")]


def test_a_misconception_cannot_be_the_right_answer() -> None:
    ((where, text),) = refusal(number(misconceptions=[{"value": 97.5, "feedback": "No."}]))
    assert where == ("misconceptions", 0, "value")
    assert "97.5, where 97 within 1 is right" in text


def test_the_answers_unit_is_among_the_units_offered() -> None:
    assert [where for where, _ in refusal(number(units=["kPa"]))] == [("units",)]


def test_units_of_another_kind_are_found_by_the_authors_check() -> None:
    made = Question.model_validate(number(units=["mmHg", "mg"]))
    assert [problem.at for problem in made.conversions()] == [("units", 1)]


def test_an_unknown_unit_of_the_answer_is_found_by_the_authors_check() -> None:
    made = Question.model_validate(number(answer={"value": 97, "unit": "parsecs"}))
    assert [problem.at for problem in made.conversions()] == [("answer", "unit")]


def test_a_plain_count_has_no_unit() -> None:
    made = Question.model_validate(number(answer={"value": 4}))
    assert made.accepted_units == ("",)
    assert list(made.conversions()) == []


def test_a_reflection_needs_a_model_answer() -> None:
    ((where, _),) = refusal({"id": "why", "kind": "reflection", "ask": "Why?"})
    assert where == ("model_answer",)


def test_options_belong_to_choices() -> None:
    found = refusal(
        {"id": "why", "kind": "reflection", "ask": "Why?", "model_answer": "So.", "options": [RIGHT, WRONG]}
    )
    assert [where for where, _ in found] == [("options",)]


def test_a_question_cannot_be_altered() -> None:
    made = Question.model_validate(question())
    with pytest.raises(ValidationError):
        made.ask = "Else?"  # type: ignore[misc]


@pytest.mark.parametrize("name", ["First", "first act", "first_act", "-first", "", "x" * 61])
def test_an_id_is_small_letters_digits_and_hyphens(name: str) -> None:
    assert [where for where, _ in refusal(question(id=name))] == [("id",)]


def test_a_misconception_may_be_written_with_its_unit() -> None:
    written = [{"value": "142 mmHg", "tolerance": "3 mmHg", "feedback": "A plain mean."}]
    made = Question.model_validate(number(misconceptions=written))
    assert (made.misconceptions[0].value, made.misconceptions[0].tolerance) == (142.0, 3.0)


def test_a_misconception_in_another_unit_is_refused() -> None:
    ((where, text),) = refusal(number(misconceptions=[{"value": "13 kPa", "feedback": "No."}]))
    assert where == ("misconceptions", 0, "value")
    assert text.endswith('write it in "mmHg"')
