"""Every case that ships: walked by a monkey and by the expert, and every known error made in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache

import pytest
from players import follow, play

from pres_teach import case as cases
from pres_teach.case import Case
from pres_teach.encounter import ATTENTION, Encounter, commit
from pres_teach.encounter.courses import Courses
from pres_teach.encounter.path import key_response
from pres_teach.quiz import mark

EVERY = cases.ids()
ERRORS = [(id_, error.id) for id_ in EVERY for error in cases.read(id_).errors]
STEPS = 150
SHORT_H = 90 * 24.0


@cache
def of(id_: str) -> Case:
    return cases.read(id_)


@cache
def courses(id_: str) -> Courses:
    return Courses(of(id_))


@cache
def followed(id_: str) -> Encounter:
    encounter = Encounter(of(id_))
    follow(encounter)
    return encounter


@pytest.mark.parametrize("id_", EVERY)
def test_a_case_is_whole(id_: str) -> None:
    case = of(id_)
    questions = [question for stage in case.stages.values() for question in stage.questions]
    assert tuple(case.stages) == ("presentation", "mri", "switching", "outcome")
    assert len(questions) >= 8
    assert any(question.kind == "reflection" for question in questions)
    assert len([finding for stage in case.stages.values() for finding in stage.findings]) >= 8
    assert any(test.scan for stage in case.stages.values() for test in stage.tests)
    assert sum(check.scored for check in case.checks) >= 5
    assert sum(bool(step.why) for step in case.expert) >= 3
    assert len(case.errors) >= 2
    assert case.debrief
    assert case.based_on.invented
    assert case.review.status == "draft" or case.review.reviewers


@pytest.mark.parametrize("id_", EVERY)
def test_the_title_and_the_first_story_do_not_tell_the_diagnosis(id_: str) -> None:
    case = of(id_)
    told = f"{case.title} {case.stages['presentation'].story}"
    for words in (case.illness.diagnosis, "PRES", "posterior reversible", "infarct", "encephalitis"):
        assert not re.search(rf"\b{words}\b", told, re.IGNORECASE)


@pytest.mark.parametrize("id_", EVERY)
@pytest.mark.parametrize("seed", [1, 2])
def test_random_play_meets_no_dead_end_and_replays_to_the_bit(id_: str, seed: int) -> None:
    # a course of years takes its time: fewer steps there, as many in weeks
    steps = max(40, round(STEPS * min(1.0, SHORT_H / of(id_).horizon_h)))
    encounter = play(of(id_), seed, steps)
    assert Encounter.replay(of(id_), json.loads(json.dumps(encounter.events))).state == encounter.state
    encounter.enter(encounter.stages[-1])
    assert encounter.stage == encounter.stages[-1]
    assert encounter.debrief().points


@pytest.mark.parametrize("id_", EVERY)
def test_who_does_what_the_expert_does_meets_every_scored_point(id_: str) -> None:
    debrief = followed(id_).debrief()
    assert {event["by"] for event in followed(id_).events} == {"learner"}
    assert {p.id: p.status for p in debrief.points if p.scored and p.status not in ("done", "not harmed")} == {}
    assert debrief.process.points == debrief.process.possible > 0


@pytest.mark.parametrize("id_", EVERY)
def test_the_key_of_every_question_earns_full_marks(id_: str) -> None:
    for stage in of(id_).stages.values():
        for question in stage.questions:
            marked = mark(question, key_response(question))
            assert marked.points == marked.possible


@pytest.mark.parametrize("id_", EVERY)
def test_the_expert_answers_right(id_: str) -> None:
    wrong = [a.question for a in followed(id_).answers if a.mark.points < a.mark.possible]
    assert wrong == []


@pytest.mark.parametrize("id_", EVERY)
def test_the_expert_does_no_harm(id_: str) -> None:
    case, debrief = of(id_), followed(id_).debrief()
    here = Counter(event.kind for event in debrief.events if event.kind in ATTENTION)
    untreated = courses(id_).of(case.chart).events
    alone = Counter(event.kind for event in untreated if case.opens_h < event.time_h <= debrief.time_h)
    assert here - alone == Counter()
    assert "harmful" not in {point.status for point in debrief.points}
    assert not {"hypoperfusion", "rejection"} & set(here)


@pytest.mark.parametrize("id_", EVERY)
def test_doing_nothing_scores_nothing(id_: str) -> None:
    encounter = Encounter(of(id_))
    encounter.wait(0.01)
    encounter.enter("outcome")
    assert encounter.debrief().process.points == 0


@pytest.mark.parametrize(("id_", "error"), ERRORS, ids=["-".join(pair) for pair in ERRORS])
def test_a_known_error_shows_its_consequence(id_: str, error: str) -> None:
    known = next(one for one in of(id_).errors if one.id == error)
    committed = commit(courses(id_), known)
    assert committed.absent == ()
    assert committed.shown


def test_there_are_twelve_cases_and_more_and_three_are_not_pres() -> None:
    assert len(EVERY) >= 12
    diagnoses = [of(id_).illness.diagnosis for id_ in EVERY]
    assert len({name for name in diagnoses if name not in ("PRES", "neurotoxicity")}) >= 3
    assert {of(id_).patient.organ for id_ in EVERY} == {"kidney", "liver", "heart", "lung", "allo-hsct"}
    assert any(of(id_).patient.age_years < 18 for id_ in EVERY)


def test_no_two_cases_have_the_same_story() -> None:
    titles = [of(id_).title for id_ in EVERY]
    assert len(set(titles)) == len(titles)
    stories = {of(id_).stages["presentation"].story for id_ in EVERY}
    assert len(stories) == len(titles)
