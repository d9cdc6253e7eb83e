"""The debrief: process, first answers, calibration, twins."""

from __future__ import annotations

import dataclasses

import pytest

from pres_teach import case as cases
from pres_teach.case import Case
from pres_teach.encounter import Debrief, Encounter, Refusal
from pres_teach.encounter.held import held
from pres_teach.encounter.state import opening
from pres_teach.patient import Order
from pres_teach.quiz import Response


def status(debrief: Debrief) -> dict[str, str]:
    return {point.id: point.status for point in debrief.points}


def words(value: object) -> str:
    return repr(dataclasses.asdict(value)) if dataclasses.is_dataclass(value) else repr(value)  # type: ignore[call-overload]


def test_what_was_done_in_time_is_done_and_what_was_not_is_missed(encounter: Encounter) -> None:
    encounter.ask("vision")
    encounter.stop("fluconazole")
    encounter.wait(1)
    encounter.test("glucose")
    found = status(encounter.debrief())
    assert found["azole"] == "done"
    assert found["glucose-seen"] == "missed"
    assert found["decided"] == "open"


@pytest.mark.parametrize("act", ["hold", "change", "stop"])
def test_any_defensible_decision_on_the_next_dose_counts_the_same(encounter: Encounter, act: str) -> None:
    if act == "hold":
        encounter.hold("tacrolimus", 400)
    elif act == "change":
        encounter.change("tacrolimus", 1)
    else:
        encounter.stop("tacrolimus")
    assert status(encounter.debrief())["decided"] == "done"


def test_doing_nothing_scores_nothing(case: Case) -> None:
    encounter = Encounter(case)
    encounter.wait(0.01)
    encounter.enter("mri")
    debrief = encounter.debrief()
    assert debrief.process.points == 0
    assert debrief.marks.points == 0


def test_a_harm_is_named_and_takes_a_point_off(encounter: Encounter) -> None:
    encounter.test("glucose")
    assert encounter.debrief().process.points == 1
    encounter.order("phenytoin", 300, "mg", "mouth", 24)
    debrief = encounter.debrief()
    assert status(debrief)["inducer"] == "harmful"
    assert debrief.process.points == 0
    assert "harmful" in debrief.process.text


@pytest.mark.parametrize(("hours", "harm"), [(12, "harmful"), (23, "harmful"), (25, "not harmed")])
def test_two_calcineurin_inhibitors_need_a_day_between_them(hours: float, harm: str) -> None:
    encounter = Encounter(cases.read("kidney-azole"))
    encounter.enter("presentation")
    encounter.stop("tacrolimus")  # the last dose was on day 14 20:00
    encounter.wait_until(14 * 24 + 20 + hours)
    while encounter.clock_h < 14 * 24 + 20 + hours:
        encounter.wait_until(14 * 24 + 20 + hours)
    encounter.order("ciclosporin", 150, "mg", "mouth", 12)
    encounter.wait(3)
    assert status(encounter.debrief())["both-inhibitors"] == harm


def test_a_harm_that_did_not_happen_earns_nothing(encounter: Encounter) -> None:
    debrief = encounter.debrief()
    assert status(debrief)["inducer"] == "not harmed"
    assert debrief.process.points == 0


def test_what_the_expert_did_is_not_the_learners(encounter: Encounter) -> None:
    encounter.enter("mri")
    debrief = encounter.debrief()
    assert status(debrief)["glucose-seen"] == "expert"
    assert (debrief.process.points, debrief.process.possible) == (0, 0)


def test_every_point_has_a_reason_and_a_source(encounter: Encounter) -> None:
    for point in encounter.debrief().points:
        assert point.why
        assert point.sources


def test_unscored_points_are_shown_and_not_counted(encounter: Encounter) -> None:
    encounter.answer("first-act", Response(chosen=(0,)))
    debrief = encounter.debrief()
    plan = next(point for point in debrief.points if point.id == "plan")
    assert (plan.status, plan.scored) == ("done", False)
    assert debrief.process.points == 0


def test_every_try_is_kept_and_the_first_one_counts(encounter: Encounter) -> None:
    assert encounter.answer("first-act", Response(chosen=(1,))).verdict == "not right"
    assert encounter.answer("first-act", Response(chosen=(0,))).verdict == "right"
    assert [a.attempt for a in encounter.answers] == [1, 2]
    assert encounter.marks["first-act"].points == 0
    assert encounter.debrief().marks.points == 0


def test_an_answer_that_cannot_be_read_is_refused_and_costs_no_try(encounter: Encounter) -> None:
    with pytest.raises(Refusal, match="Nothing is chosen yet"):
        encounter.answer("first-act", Response())
    assert encounter.answers == ()


def test_reflections_are_kept_and_not_marked(encounter: Encounter) -> None:
    encounter.answer("thoughts", Response(text="I wonder."))
    debrief = encounter.debrief()
    assert [a.response.text for a in debrief.reflections] == ["I wonder."]
    assert debrief.first_answers == ()


def test_calibration_sets_confidence_against_right_answers(encounter: Encounter) -> None:
    encounter.answer("first-act", Response(chosen=(1,), confidence=90))
    (row,) = encounter.debrief().calibration
    assert (row.confidence, row.right, row.asked) == (90, 0, 1)
    assert row.low == 0
    assert 0 < row.high < 1
    assert encounter.debrief().marks.points == 0


def test_twins_are_the_expert_and_the_level_in_range(encounter: Encounter) -> None:
    encounter.ask("vision")
    encounter.enter("outcome")
    debrief = encounter.debrief()
    assert [twin.id for twin in debrief.twins] == ["expert", "in range"]
    expert, in_range = debrief.twins
    assert not in_range.chart.of("fluconazole")
    assert in_range.course.level_ng_ml.max() < debrief.course.level_ng_ml.max()
    assert expert.chart.of("labetalol")
    for twin in debrief.twins:
        assert twin.comparison.rows
        assert twin.course.traits == debrief.course.traits
        assert twin.course.time_h[-1] == debrief.course.time_h[-1]


def test_the_learner_who_does_what_the_expert_did_has_the_experts_course(case: Case) -> None:
    encounter = Encounter(case)
    encounter.enter("outcome")
    expert = encounter.debrief().twins[0]
    assert (expert.course.oedema_ml == encounter.course.oedema_ml).all()


def test_no_word_of_survival(encounter: Encounter) -> None:
    encounter.ask("vision")
    encounter.enter("outcome")
    said = " ".join(words(row) for twin in encounter.debrief().twins for row in twin.comparison.rows) + " ".join(
        entry.text for entry in encounter.log
    )
    for word in ("survi", "death", "died", "mortality"):
        assert word not in said.lower()


def test_the_dose_that_would_have_held_the_level_is_told_for_the_azole_and_the_takeover(encounter: Encounter) -> None:
    encounter.ask("vision")
    encounter.enter("outcome")
    held = encounter.debrief().held
    assert [one.why for one in held] == ["fluconazole was begun", "you took over"]
    for one in held:
        assert one.target.low < one.advice.target_ng_ml < one.target.high
        assert one.advice.at_h >= one.from_h + 24
        assert one.advice.low_mg <= one.advice.dose_mg <= one.advice.high_mg


def test_a_drug_that_hardly_changes_the_level_is_no_moment_for_another_dose(case: Case) -> None:
    chart = case.chart.give(Order("amlodipine", case.opens_h, 5.0, "mg", "mouth", 24.0))
    state = dataclasses.replace(opening(case), chart=chart, clock_h=case.opens_h + 96)
    assert [one.why for one in held(case, state)] == ["fluconazole was begun", "you took over"]


def test_too_early_for_a_level_there_is_no_word_of_a_dose_from_the_takeover(encounter: Encounter) -> None:
    assert "you took over" not in [one.why for one in encounter.debrief().held]
