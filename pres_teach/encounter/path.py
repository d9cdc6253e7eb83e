"""The expert's path: the steps an author wrote, as events, and where they lead."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from pres_teach import quiz
from pres_teach.case import Act, Case, ChartEntry, ExpertStep
from pres_teach.encounter.courses import Courses
from pres_teach.encounter.state import State, opening, play, stages
from pres_teach.encounter.words import Refusal

# The path of a case never changes, and a debrief is looked at more than once.
_walked: WeakKeyDictionary[Courses, State] = WeakKeyDictionary()

__all__ = ["act_event", "expert", "key_response", "step_event", "steps_of", "walk"]


def steps_of(case: Case, stage: str) -> tuple[tuple[int, ExpertStep], ...]:
    """The expert's steps in a stage, each with its place in the whole path."""
    return tuple((number, step) for number, step in enumerate(case.expert) if step.stage == stage)


def key_response(question: quiz.Question) -> quiz.Response:
    """The right answer, as somebody would give it."""
    if question.kind == "reflection":
        return quiz.Response(text=question.model_answer)
    if question.answer is not None:
        return quiz.Response(value=f"{question.answer.value:.10g} {question.answer.unit}".strip())
    # Where several plans can be defended, the first listed stands for them.
    key = question.key or (0,)
    return quiz.Response(chosen=key[:1] if question.kind == "single" else key)


def step_event(state: State, number: int, step: ExpertStep, case: Case) -> dict[str, Any]:
    """An expert's step as the event it makes from this state: at its own time, or now if that has gone by.

    Parameters
    ----------
    state
        Where the encounter stands.
    number
        Place of the step in the whole path.
    step, case
        The step, and the case it belongs to.
    """
    at_h = state.clock_h if step.at is None else max(state.clock_h, step.at)
    event: dict[str, Any] = {"by": "expert", "at_h": at_h, "step": number}
    if step.ask is not None:
        return {"do": "ask", **event, "finding": step.ask}
    if step.test is not None:
        return {"do": "test", **event, "test": step.test}
    if step.answer is not None:
        response = step.response or key_response(case.question(step.answer))
        return {"do": "answer", **event, "question": step.answer, "response": response.model_dump(mode="json")}
    return {**event, **act_event(step, at_h, "expert")}


def act_event(act: Act, at_h: float, by: str) -> dict[str, Any]:
    """What is done to the chart, as the event it makes.

    Parameters
    ----------
    act
        It gives, changes, holds or stops a drug.
    at_h
        When [h since transplantation].
    by
        "learner" or "expert".
    """
    event: dict[str, Any] = {"by": by, "at_h": at_h}
    if act.give is not None:
        order = act.order(at_h, by)
        drug = {"drug": order.drug, "dose": order.dose, "unit": order.unit, "route": order.route}
        return {"do": "order", **event, **drug, "every_h": order.every_h, "until_h": order.until_h}
    if act.change is not None and act.dose is not None:
        dose = {"dose": act.dose.value, "unit": act.dose.unit, "every_h": act.every}
        return {"do": "change", **event, "drug": act.change, **dose}
    if act.hold is not None:
        return {"do": "hold", **event, "drug": act.hold, "until_h": act.until}
    return {"do": "stop", **event, "drug": act.stop}


def expert(courses: Courses) -> State:
    """The state at the end of the expert's path, played from the opening.

    A step that does not fit (the file's checker names it) is left out.
    """
    known = _walked.get(courses)
    if known is None:
        known = _walked[courses] = walk(courses)
    return known


def walk(
    courses: Courses,
    leave_out: Collection[str] = (),
    acts: Sequence[ChartEntry] = (),
    refused: Callable[[int | None, Refusal], object] = lambda number, refusal: None,
) -> State:
    """The state at the end of the expert's path, changed where somebody errs.

    Parameters
    ----------
    courses
        The case and its courses.
    leave_out
        Drugs: the expert's steps on them are not taken.
    acts
        What a learner does among the expert's steps, each at its time.
    refused
        Called with what cannot be done: the place of the expert's step, or None for an act, and why.
    """
    case = courses.case
    state = opening(case)
    waiting = sorted(acts, key=lambda act: act.at)

    def tried(state: State, number: int | None, event: dict[str, Any]) -> State:
        try:
            return play(courses, state, event)
        except Refusal as refusal:
            refused(number, refusal)
            return state

    def erring(state: State, before_h: float) -> State:
        while waiting and waiting[0].at < before_h:
            act = waiting.pop(0)
            event = act_event(act, max(state.clock_h, act.at), "learner")
            state = tried(state, None, {**event, "confirmed": True})
        return state

    order = stages(case)
    for place, stage in enumerate(order):
        for number, step in steps_of(case, stage):
            if step.drug in leave_out:
                continue
            if step.at is not None:
                state = erring(state, step.at)
            state = tried(state, number, step_event(state, number, step, case))
        closes = case.stages[stage].closes
        state = erring(state, state.clock_h if closes is None else closes)
        if place + 1 < len(order):
            enter = {"do": "enter", "by": "expert", "at_h": state.clock_h, "stage": order[place + 1]}
            state = play(courses, state, enter)
    return erring(state, math.inf)
