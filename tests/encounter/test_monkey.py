"""A player who presses everything: no dead end, no error but a refusal, and the replay is the same to the bit."""

from __future__ import annotations

import json

import numpy as np
import pytest
from players import follow, play

from pres_teach import case as cases
from pres_teach.case import Case
from pres_teach.encounter import ATTENTION, Encounter

STEPS = 200


@pytest.mark.parametrize("seed", range(6))
def test_random_play_meets_no_dead_end_and_replays_to_the_bit(case: Case, seed: int) -> None:
    encounter = play(case, seed, STEPS)
    again = Encounter.replay(case, json.loads(json.dumps(encounter.events)))
    assert again.messages == ()
    assert again.state == encounter.state
    for series in ("level_ng_ml", "map_mmhg", "oedema_ml", "deficit"):
        np.testing.assert_array_equal(getattr(again.course, series), getattr(encounter.course, series))
    encounter.enter(encounter.stages[-1])
    assert encounter.stage == encounter.stages[-1]
    assert encounter.debrief().points


@pytest.mark.parametrize("seed", range(6))
def test_what_was_lived_through_is_what_the_course_holds(case: Case, seed: int) -> None:
    encounter = play(case, seed, STEPS)
    lived = [(event.kind, event.time_h) for event in encounter.state.happened]
    course = [(event.kind, event.time_h) for event in encounter.course.events if event.time_h > case.opens_h]
    assert lived == course


def test_who_does_what_the_expert_does_meets_every_scored_point_of_the_real_case_and_no_harm() -> None:
    encounter = Encounter(cases.read("kidney-azole"))
    follow(encounter)
    debrief = encounter.debrief()
    assert {event["by"] for event in encounter.events} == {"learner"}
    assert {p.id: p.status for p in debrief.points if p.scored and p.status not in ("done", "not harmed")} == {}
    assert debrief.process.points == debrief.process.possible > 0
    assert not {event.kind for event in debrief.events} & (ATTENTION - {"onset"})
    expert = debrief.twins[0]
    np.testing.assert_array_equal(expert.course.oedema_ml, debrief.course.oedema_ml)


def test_who_is_brought_along_the_experts_path_has_no_point_of_their_own() -> None:
    encounter = Encounter(cases.read("kidney-azole"))
    encounter.enter("outcome")
    debrief = encounter.debrief()
    assert debrief.process.points == 0
    assert {p.status for p in debrief.points} <= {"expert", "open", "not harmed"}
