"""A player who presses everything: no dead end, no error but a refusal, and the replay is the same to the bit."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from pres_teach import case as cases
from pres_teach.case import Case
from pres_teach.encounter import ATTENTION, Encounter, Refusal
from pres_teach.encounter.path import key_response
from pres_teach.patient import stream
from pres_teach.pharmacology import formulary
from pres_teach.quiz import Response

STEPS = 200


def refusal(act: Callable[[], object]) -> str | None:
    """What an act is refused with, or None."""
    try:
        act()
    except Refusal as refused:
        return str(refused)
    return None


def play(case: Case, seed: int, steps: int) -> Encounter:
    """Play at random, from a seed."""
    chance = stream(seed, 0, "monkey")
    encounter = Encounter(case)
    everything = tuple(case.stages.values())
    findings = [finding.id for stage in everything for finding in stage.findings]
    tests = [test.id for stage in everything for test in stage.tests]
    questions = [question for stage in everything for question in stage.questions]
    drugs = [*formulary(), "moonshine"]

    def one(choices: list[str]) -> str:
        return choices[int(chance.integers(len(choices)))]

    def drug() -> str:
        running = [order.drug for order in encounter.chart.drugs(encounter.clock_h)]
        return one(running if running and chance.random() < 0.7 else drugs)

    def order() -> None:
        name = one(drugs)
        unit, route = "mg", one(["iv", "mouth"])
        if name != "moonshine" and chance.random() < 0.9:
            known = formulary().drug(name)
            route = one(list(known.routes))
            unit = one(list(known.routes[route]))
        every = [None, 6, 12, 24][int(chance.integers(4))]
        dose = float(10 ** chance.uniform(-1, 4))
        encounter.order(name, dose, unit, route, every, confirmed=bool(chance.random() < 0.5))

    def answer() -> None:
        question = questions[int(chance.integers(len(questions)))]
        chosen = tuple(int(n) for n in chance.integers(0, 5, size=int(chance.integers(0, 3))))
        text = one(["", "<b>Perhaps</b>", "I think so."])
        value = one(["", "100 mmHg", "41 %", "seven"])
        encounter.answer(question.id, Response(chosen=chosen, text=text, value=value, confidence=80))

    acts: list[Callable[[], object]] = [
        lambda: encounter.ask(one(findings)),
        lambda: encounter.ask(one(findings)),
        lambda: encounter.test(one(tests)),
        lambda: encounter.test(one(tests)),
        order,
        order,
        lambda: encounter.change(drug(), float(10 ** chance.uniform(-1, 3))),
        lambda: encounter.hold(drug(), encounter.clock_h + float(chance.uniform(-5, 72))),
        lambda: encounter.resume(drug()),
        lambda: encounter.stop(drug()),
        lambda: encounter.wait(float(chance.uniform(-1, 12))),
        answer,
        answer,
        lambda: encounter.enter(one([*encounter.stages, "dessert"])) if chance.random() < 0.1 else None,
        encounter.vitals,
        encounter.results_due,
        lambda: encounter.begin_again() if chance.random() < 0.02 else None,
    ]
    for _ in range(steps):
        before = encounter.state
        said = refusal(acts[int(chance.integers(len(acts)))])
        if said is not None:
            assert said.strip()
            assert encounter.state is before
        assert encounter.clock_h >= before.clock_h or encounter.state.begun > before.begun
        times = [entry.time_h for entry in encounter.log]
        assert times == sorted(times)
    return encounter


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


def test_random_play_of_the_real_case_meets_no_dead_end() -> None:
    real = cases.read("kidney-azole")
    encounter = play(real, 1, STEPS)
    assert Encounter.replay(real, encounter.events).state == encounter.state


def follow(encounter: Encounter) -> None:
    """Do by hand, as the learner, what the expert's path says."""
    case = encounter.case
    for step in case.expert:
        encounter.enter(step.stage or encounter.stage)
        while step.at is not None and encounter.clock_h < step.at:
            encounter.wait_until(step.at)
        if step.ask is not None:
            encounter.ask(step.ask)
        elif step.test is not None:
            encounter.test(step.test)
        elif step.answer is not None:
            encounter.answer(step.answer, step.response or key_response(case.question(step.answer)))
        elif step.give is not None:
            order = step.order(encounter.clock_h, "learner")
            encounter.order(order.drug, order.dose, order.unit, order.route, order.every_h, order.until_h)
        elif step.change is not None and step.dose is not None:
            encounter.change(step.change, step.dose.value, step.dose.unit, step.every)
        elif step.hold is not None and step.until is not None:
            encounter.hold(step.hold, step.until)
        elif step.stop is not None:
            encounter.stop(step.stop)


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
