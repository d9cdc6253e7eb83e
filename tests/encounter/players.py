"""Two who play a case: a monkey who presses everything, and somebody who does by hand what the expert's path says."""

from __future__ import annotations

from collections.abc import Callable

from pres_teach.case import Case
from pres_teach.encounter import Encounter, Refusal
from pres_teach.encounter.path import key_response
from pres_teach.patient import stream
from pres_teach.pharmacology import formulary
from pres_teach.quiz import Response


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
