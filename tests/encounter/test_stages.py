"""Stages: none is locked, and what the expert did for the learner is marked as the expert's."""

from __future__ import annotations

import pytest

from pres_teach.case import Case
from pres_teach.encounter import Encounter, Refusal
from pres_teach.encounter.path import step_event
from pres_teach.quiz import Response


def test_a_stage_never_played_is_passed_along_the_experts_path(encounter: Encounter) -> None:
    encounter.enter("mri")
    assert encounter.stage == "mri"
    assert encounter.clock_h >= 369.5
    assert encounter.decisions
    assert {d.by for d in encounter.decisions} == {"expert"}
    assert {r.by for r in encounter.state.requested} == {"expert"}
    assert encounter.marks == {}
    assert encounter.debrief().by_expert == ("presentation",)


def test_a_stage_the_learner_played_is_left_as_it_is(encounter: Encounter) -> None:
    encounter.ask("vision")
    chart = encounter.chart
    encounter.enter("mri")
    assert encounter.chart == chart
    assert encounter.clock_h == 369.5
    assert not [d for d in encounter.decisions if d.by == "expert"]


def test_the_clock_never_goes_back_on_entering(encounter: Encounter) -> None:
    encounter.ask("vision")
    while encounter.clock_h < 380:
        encounter.wait_until(380)
    clock = encounter.clock_h
    encounter.enter("mri")
    assert encounter.clock_h == clock


def test_entering_the_last_stage_at_once_plays_all_before_it(encounter: Encounter, case: Case) -> None:
    encounter.enter("outcome")
    assert encounter.stage == "outcome"
    assert encounter.clock_h >= case.stages["switching"].closes
    assert encounter.scans
    assert encounter.debrief().by_expert == ("presentation", "mri", "switching")


def test_an_earlier_stage_stays_as_it_was_left(encounter: Encounter) -> None:
    encounter.enter("switching")
    state = encounter.state
    encounter.enter("presentation")
    assert encounter.state is state


def test_an_unknown_stage_is_refused(encounter: Encounter) -> None:
    with pytest.raises(Refusal, match="no part"):
        encounter.enter("dessert")


def test_what_belongs_to_a_later_part_is_not_told_before(encounter: Encounter) -> None:
    with pytest.raises(Refusal, match="later part"):
        encounter.ask("scanner")
    with pytest.raises(Refusal, match="later part"):
        encounter.answer("ticks", Response(chosen=(0,)))


def test_tests_of_an_earlier_stage_stay_at_hand(encounter: Encounter) -> None:
    encounter.enter("outcome")
    assert "mmHg" in encounter.test("pressure")


def test_the_case_can_be_begun_again(encounter: Encounter) -> None:
    encounter.enter("outcome")
    encounter.begin_again()
    assert (encounter.stage, encounter.clock_h, encounter.decisions) == ("presentation", 367.5, ())
    assert encounter.state.begun == 2


def test_an_experts_step_whose_time_has_gone_by_is_taken_now(case: Case) -> None:
    encounter = Encounter(case)
    encounter.wait(1)
    step = case.expert[1]
    assert step.at is not None
    assert step.at < encounter.clock_h
    assert step_event(encounter.state, 1, step, case)["at_h"] == encounter.clock_h
    assert step_event(Encounter(case).state, 1, step, case)["at_h"] == step.at


def test_the_experts_steps_that_no_longer_fit_are_left_out(encounter: Encounter) -> None:
    encounter.stop("tacrolimus")
    encounter.stop("fluconazole")
    encounter.enter("outcome")
    assert encounter.stage == "outcome"
