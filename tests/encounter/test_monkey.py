"""A player who presses everything: no dead end, no error but a refusal, and the replay is the same to the bit."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from pres_teach import case as cases
from pres_teach.case import Case
from pres_teach.encounter import ATTENTION, Encounter, Refusal
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
    course = [
        (event.kind, event.time_h) for event in encounter.course.events if event.time_h > case.opens_h
    ]
    assert lived == course


def test_random_play_of_the_real_case_meets_no_dead_end() -> None:
    real = cases.read("kidney-azole")
    encounter = play(real, 1, STEPS)
    assert Encounter.replay(real, encounter.events).state == encounter.state


def test_the_expert_does_every_scored_point_of_the_real_case_and_no_harm() -> None:
    real = cases.read("kidney-azole")
    encounter = Encounter(real)
    encounter.enter(encounter.stages[-1])
    last = encounter.stages[-1]
    # The last stage's own steps are nobody's way into a later one: take them as the learner.
    for step in (step for step in real.expert if step.stage == last):
        while encounter.clock_h < step.at:
            encounter.wait_until(step.at)
        encounter.test(step.test)
    debrief = encounter.debrief()
    unmet = [p.id for p in debrief.points if p.scored and p.status in ("missed", "open", "harmful")]
    assert unmet == []
    assert not {event.kind for event in debrief.events} & (ATTENTION - {"onset"})
