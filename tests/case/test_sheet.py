"""Questions that belong to no patient: a sheet is read, checked and cited like a case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pres_teach.case import CaseError
from pres_teach.case.sheet import read_sheet, sheet
from pres_teach.evidence import patients_per_arm, uncited
from pres_teach.evidence.library import library
from pres_teach.quiz import Response, mark

GOOD = """\
id: sheet
review: {status: draft, updated: 2026-11-26}
questions:
  - id: one
    kind: single
    ask: Which?
    options:
      - {text: This, right: true, feedback: "Yes [@datar2015-status]."}
      - {text: That, right: false, feedback: No.}
plan:
  id: plan
  ask: For whom?
  rows:
    - id: pressure
      watch: Blood pressure
      choices:
        - {text: Often, fits: fits, feedback: Yes.}
        - {text: Never, fits: gap, feedback: No.}
"""
OURS = sheet("prevention")


def told() -> Iterator[tuple[str, str]]:
    """All that a learner reads, but the options: those are judged, not told."""
    for question in OURS.questions:
        for part in (question.ask, question.explain, question.feedback_right, question.feedback_wrong):
            yield question.id, part
        yield question.id, question.model_answer
        for option in question.options:
            yield question.id, option.feedback
        for misconception in question.misconceptions:
            yield question.id, misconception.feedback
    yield OURS.plan.id, OURS.plan.ask
    yield OURS.plan.id, OURS.plan.explain
    for row in OURS.plan.rows:
        for choice in row.choices:
            yield row.id, choice.feedback


def test_every_number_told_has_its_source() -> None:
    assert [(name, one.found) for name, part in told() for one in uncited(part)] == []


def test_every_row_of_the_plan_can_be_done_well_and_not_well() -> None:
    for row in OURS.plan.rows:
        fits = [choice.fits for choice in row.choices]
        assert fits.count("fits") == 1
        assert "gap" in fits


def test_what_fits_has_no_favourite_place() -> None:
    places = [[choice.fits for choice in row.choices].index("fits") for row in OURS.plan.rows]
    assert max(places.count(place) for place in set(places)) <= len(places) / 2
    right = [question.key[0] for question in OURS.questions if question.kind == "single"]
    assert max(right.count(place) for place in set(right)) <= (len(right) + 1) / 2


def test_the_right_answers_are_marked_right_and_ticking_all_is_not() -> None:
    for question in OURS.questions:
        if question.kind in ("single", "multiple"):
            assert mark(question, Response(chosen=question.key)).verdict == "right"
        if question.kind == "multiple":
            every = tuple(range(len(question.options)))
            assert mark(question, Response(chosen=every)).points < 1


def test_every_unit_of_a_number_converts() -> None:
    assert [problem for question in OURS.questions for problem in question.conversions()] == []


def test_the_guess_is_the_share_of_the_series_by_the_thousand() -> None:
    answer = OURS.question("per-thousand").answer
    share = library().claim("bartynski2008-incidence").share
    assert answer is not None
    assert share is not None
    assert answer.value == pytest.approx(1000 * share, abs=0.1)


def test_the_trial_that_nobody_has_done_is_as_large_as_it_says() -> None:
    claim = library().claim("prevention-halved")
    now = 21 / 4222
    assert claim.value == pytest.approx(patients_per_arm(now, now / 2), rel=0.01)
    assert 1 / (now - now / 2) == pytest.approx(400, rel=0.01)


def test_none_of_the_three_is_called_prevention() -> None:
    for name in ("magnesium", "pressure", "levels"):
        question = OURS.question(name)
        right = question.options[question.key[0]].text.casefold()
        assert "prevents pres" not in right or "never tested" in right


def test_a_patient_is_told_no_date_and_no_promise() -> None:
    question = OURS.question("tell-patient")
    assert "can't promise a date" in question.model_answer
    assert any("no full recovery" in check for check in question.checks)


# --- bad input ------------------------------------------------------------------------------------------------------


def test_a_good_sheet_is_read() -> None:
    made = read_sheet(GOOD)
    assert made.question("one").key == (0,)
    with pytest.raises(KeyError, match='did you mean "one"'):
        made.question("onee")


@pytest.mark.parametrize(
    ("wrong", "line", "message"),
    [
        (GOOD.replace("datar2015-status", "nobody2099"), 8, "a citation is the id of a source or a claim"),
        (GOOD.replace("fits: gap", "fits: maybe"), 18, 'one of "fits", "defensible", "gap"'),
        (GOOD.replace("fits: gap", "fits: fits"), 16, "one of the choices fits, and one does not"),
        (GOOD.replace("right: true", "right: false"), 7, "a scored question has a right option"),
        (GOOD.replace("status: draft", "status: approved"), 2, "an approved case names who approved it"),
        (GOOD.replace("    ask: Which?\n", ""), 4, "ask"),
        (GOOD.replace("plan:\n  id: plan", "plan:\n  idd: plan"), 11, '"plan.idd": a field that is known here'),
        ("just words\n", 1, "a sheet is a page of fields"),
    ],
)
def test_a_wrong_sheet_is_refused_with_its_line(wrong: str, line: int, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        read_sheet(wrong)
    assert f"sheet.yaml:{line}:" in str(caught.value)
    assert message in str(caught.value)


def test_an_id_stands_once() -> None:
    first, rest = GOOD.split("plan:\n")
    again = first + first[first.index("  - id: one") :] + "plan:\n" + rest
    with pytest.raises(CaseError, match="an id stands once"):
        read_sheet(again)
