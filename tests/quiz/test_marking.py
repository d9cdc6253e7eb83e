from __future__ import annotations

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pres_teach.quiz import Answer, Misconception, Option, Question, Response, ResponseError, mark


def choice(kind: str, key: list[bool], **more: object) -> Question:
    options = [{"text": f"Option {i}", "right": right, "feedback": f"Because {i}."} for i, right in enumerate(key)]
    return Question.model_validate({"id": "q", "kind": kind, "ask": "Which?", "options": options, **more})


def number(**more: object) -> Question:
    written = {"id": "q", "kind": "numeric", "ask": "MAP?", "answer": {"value": 97, "unit": "mmHg", "tolerance": 2}}
    return Question.model_validate(written | more)


keys = st.lists(st.booleans(), min_size=2, max_size=8).filter(lambda key: any(key) and not all(key))


@st.composite
def multiples_and_ticks(draw: st.DrawFn) -> tuple[Question, list[int]]:
    key = draw(keys)
    ticks = draw(st.lists(st.integers(0, len(key) - 1), min_size=1, unique=True))
    return choice("multiple", key), ticks


# several answers


@given(multiples_and_ticks())
def test_points_lie_between_none_and_all(drawn: tuple[Question, list[int]]) -> None:
    question, ticks = drawn
    made = mark(question, Response(chosen=tuple(ticks)))
    assert 0 <= made.points <= made.possible == 1


@given(multiples_and_ticks())
def test_right_is_all_that_is_right_and_nothing_else(drawn: tuple[Question, list[int]]) -> None:
    question, ticks = drawn
    made = mark(question, Response(chosen=tuple(ticks)))
    exact = set(ticks) == set(question.key)
    assert (made.verdict == "right") is exact
    assert (made.points == made.possible) is exact


@given(multiples_and_ticks(), st.randoms(use_true_random=False))
def test_the_order_of_the_ticks_makes_no_difference(drawn: tuple[Question, list[int]], order: random.Random) -> None:
    question, ticks = drawn
    mixed = ticks.copy()
    order.shuffle(mixed)
    assert mark(question, Response(chosen=tuple(ticks))) == mark(question, Response(chosen=tuple(mixed)))


@given(multiples_and_ticks(), st.integers(50, 100))
def test_confidence_makes_no_difference(drawn: tuple[Question, list[int]], confidence: int) -> None:
    question, ticks = drawn
    assert mark(question, Response(chosen=tuple(ticks))) == mark(
        question, Response(chosen=tuple(ticks), confidence=confidence)
    )


@given(keys)
def test_ticking_everything_is_never_right(key: list[bool]) -> None:
    made = mark(choice("multiple", key), Response(chosen=tuple(range(len(key)))))
    assert made.points < made.possible
    assert made.verdict != "right"


@given(multiples_and_ticks())
def test_one_more_wrong_tick_never_helps(drawn: tuple[Question, list[int]]) -> None:
    question, ticks = drawn
    strays = set(range(len(question.options))) - set(question.key) - set(ticks)
    assume(strays)
    more = mark(question, Response(chosen=(*ticks, min(strays))))
    assert more.points <= mark(question, Response(chosen=tuple(ticks))).points


def test_a_wrong_tick_takes_a_right_one_off() -> None:
    made = mark(choice("multiple", [True, True, False]), Response(chosen=(0, 1, 2)))
    assert (made.points, made.verdict) == (0.5, "partly right")
    assert made.summary == "Partly right: 2 of 2 found, and 1 chosen that does not belong."


def test_every_option_gets_its_feedback_chosen_or_not() -> None:
    made = mark(choice("multiple", [True, False, True]), Response(chosen=(0,)))
    assert [(f.index, f.text, f.right, f.chosen) for f in made.feedback] == [
        (0, "Because 0.", True, True),
        (1, "Because 1.", False, False),
        (2, "Because 2.", True, False),
    ]


@pytest.mark.parametrize("kind", ["single", "multiple"])
def test_choosing_nothing_is_not_marked(kind: str) -> None:
    with pytest.raises(ResponseError, match=r"^Nothing is chosen yet\. Choose an answer, then check it\.$"):
        mark(choice(kind, [True, False]), Response())


@pytest.mark.parametrize("index", [-1, 2, 10**9])
def test_an_option_that_is_not_there_is_refused(index: int) -> None:
    with pytest.raises(ResponseError, match="has 2 options"):
        mark(choice("multiple", [True, False]), Response(chosen=(index,)))


# one answer


def test_the_right_choice_is_right() -> None:
    made = mark(choice("single", [False, True], feedback_right="Yes: glucose."), Response(chosen=(1,)))
    assert (made.points, made.verdict, made.summary) == (1.0, "right", "Yes: glucose.")


def test_a_wrong_choice_is_not_right() -> None:
    made = mark(choice("single", [False, True], explain="Why."), Response(chosen=(0,)))
    assert (made.points, made.verdict, made.summary, made.explain) == (0.0, "not right", "Not right.", "Why.")


def test_two_answers_to_a_single_choice_are_refused() -> None:
    with pytest.raises(ResponseError, match="Only one"):
        mark(choice("single", [True, False]), Response(chosen=(0, 1)))


def test_an_unscored_choice_is_never_marked() -> None:
    made = mark(choice("single", [False, False], scored=False), Response(chosen=(1,)))
    assert (made.points, made.possible, made.verdict) == (0.0, 0.0, "not marked")
    assert [f.right for f in made.feedback] == [None, None]


# a number


@pytest.mark.parametrize("typed", ["97", "97 mmHg", "97mmHg", " 97  mmHg ", "97.0 mmhg", "+97", "95", "99 mmHg"])
def test_a_number_within_the_tolerance_is_right(typed: str) -> None:
    assert mark(number(), Response(value=typed)).verdict == "right"


@pytest.mark.parametrize("typed", ["94.9", "99.1 mmHg", "-97", "\N{MINUS SIGN}97", "0"])
def test_a_number_outside_the_tolerance_is_not_right(typed: str) -> None:
    made = mark(number(), Response(value=typed))
    assert (made.points, made.verdict, made.summary) == (0.0, "not right", "Not right: the answer is 97 mmHg.")


@pytest.mark.parametrize(
    "typed",
    [
        "0.97e2 mmHg",
        "97e0",
        "1e2",
        "90+7",
        "9**9**9**9 mmHg",
        "97/1",
        "0x61",
        "nan",
        "inf",
        "ninety",
        "97 97",
        "1" * 400,
        "97.0.0",
        "(97)",
        "__import__('os')",
        "mmHg",
        "٩٧",
    ],
)
def test_nothing_but_one_plain_number_is_read(typed: str) -> None:
    with pytest.raises(ResponseError):
        mark(number(), Response.model_construct(value=typed, chosen=(), text="", confidence=None))


def test_a_decimal_comma_is_named() -> None:
    with pytest.raises(ResponseError, match="decimal point"):
        mark(number(), Response(value="96,5 mmHg"))


def test_an_empty_field_is_not_marked() -> None:
    with pytest.raises(
        ResponseError, match=r"^Nothing is written yet\. Write a number and its unit, such as 12 mmHg\.$"
    ):
        mark(number(), Response(value="  "))


def test_a_unit_that_is_not_asked_for_is_refused() -> None:
    with pytest.raises(ResponseError, match=r"Use one of these units: mmHg\."):
        mark(number(), Response(value="97 mg"))


MAGNESIUM = {
    "ask": "Magnesium?",
    "analyte": "magnesium",
    "answer": {"value": 0.72, "unit": "mmol/L", "tolerance": "2 %"},
    "units": ["mmol/L", "mg/dL"],
    "misconceptions": [{"value": 1.75, "feedback": "That is mg/dL."}],
}


def test_where_several_units_are_possible_the_unit_is_asked_for() -> None:
    with pytest.raises(ResponseError, match=r"^Say the unit as well: mmol/L, mg/dL\.$"):
        mark(number(**MAGNESIUM), Response(value="0.72"))


def test_the_ends_of_the_tolerance_are_right_whatever_binary_makes_of_them() -> None:
    tenth = number(answer={"value": 0.3, "unit": "mmHg", "tolerance": 0.1})
    for typed, verdict in (("0.2", "right"), ("0.4", "right"), ("0.199", "not right"), ("0.401", "not right")):
        assert mark(tenth, Response(value=f"{typed} mmHg")).verdict == verdict


def test_an_answer_in_another_unit_is_converted() -> None:
    assert mark(number(**MAGNESIUM), Response(value="1.75 mg/dL")).verdict == "right"


def test_a_known_misconception_has_its_own_feedback() -> None:
    made = mark(number(**MAGNESIUM, feedback_wrong="Look again."), Response(value="1.75 mmol/L"))
    assert (made.verdict, made.feedback[0].text) == ("not right", "That is mg/dL.")


def test_other_wrong_numbers_get_the_common_feedback() -> None:
    made = mark(number(**MAGNESIUM, feedback_wrong="Look again."), Response(value="9 mmol/L"))
    assert made.feedback[0].text == "Look again."


def test_a_micro_sign_is_the_letter_u() -> None:
    question = number(answer={"value": 130, "unit": "umol/L"})
    assert mark(question, Response(value="130 \N{MICRO SIGN}mol/L")).verdict == "right"


def test_a_plain_count_takes_no_unit() -> None:
    question = number(answer={"value": 4})
    assert mark(question, Response(value="4")).verdict == "right"
    with pytest.raises(ResponseError, match="it has no unit"):
        mark(question, Response(value="4 mg"))


@given(
    value=st.floats(-1e6, 1e6).map(lambda x: round(x, 3)),
    tolerance=st.floats(0, 100).map(lambda x: round(x, 3)),
    off=st.floats(-200, 200).map(lambda x: round(x, 3)),
)
def test_a_number_is_right_exactly_within_its_tolerance(value: float, tolerance: float, off: float) -> None:
    assume(abs(abs(off) - tolerance) > 1e-2)
    question = number(answer=Answer(value=value, unit="mmHg", tolerance=tolerance))
    made = mark(question, Response(value=f"{value + off:.6f} mmHg"))
    assert (made.verdict == "right") is (abs(off) < tolerance)
    assert 0 <= made.points <= made.possible


@given(st.text(max_size=200))
def test_whatever_is_typed_is_marked_or_refused_in_words(typed: str) -> None:
    try:
        said = mark(number(), Response(value=typed)).summary
    except ResponseError as refusal:
        said = str(refusal)
    assert said.endswith(".")


def test_a_number_marked_from_parts_made_in_python() -> None:
    question = Question(
        id="q",
        kind="numeric",
        ask="MAP?",
        answer=Answer(value=97, unit="mmHg", tolerance=1),
        misconceptions=(Misconception(value=142, feedback="A mean of the two counts diastole once."),),
    )
    assert mark(question, Response(value="142")).feedback[0].text.startswith("A mean")


# free text


def test_a_reflection_is_never_marked() -> None:
    question = Question(id="q", kind="reflection", ask="Why?", model_answer="Because.", explain="See.")
    made = mark(question, Response(text="I think so."))
    assert (made.points, made.possible, made.verdict, made.model_answer) == (0.0, 0.0, "not marked", "Because.")


def test_an_empty_reflection_is_refused() -> None:
    question = Question(id="q", kind="reflection", ask="Why?", model_answer="Because.")
    with pytest.raises(ResponseError, match="it is not marked"):
        mark(question, Response(text=" \n"))


def test_marking_is_a_function_of_question_and_response_alone() -> None:
    question = Question(
        id="q",
        kind="single",
        ask="Which?",
        options=(Option(text="A", right=True, feedback="Yes."), Option(text="B", feedback="No.")),
    )
    assert mark(question, Response(chosen=(0,))) == mark(question, Response(chosen=(0,)))
