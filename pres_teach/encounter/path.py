"""The expert's path: the steps an author wrote, as events, and where they lead."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from pres_teach import quiz
from pres_teach.case import Case, ExpertStep
from pres_teach.encounter.courses import Courses
from pres_teach.encounter.state import State, opening, play, stages
from pres_teach.encounter.words import Refusal

# The path of a case never changes, and a debrief is looked at more than once.
_walked: WeakKeyDictionary[Courses, State] = WeakKeyDictionary()

__all__ = ["expert", "key_response", "step_event", "steps_of"]


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
    return quiz.Response(chosen=question.key or (0,))


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
    if step.give is not None:
        order = step.order(at_h, "expert")
        drug = {"drug": order.drug, "dose": order.dose, "unit": order.unit, "route": order.route}
        return {"do": "order", **event, **drug, "every_h": order.every_h, "until_h": order.until_h}
    if step.change is not None and step.dose is not None:
        dose = {"dose": step.dose.value, "unit": step.dose.unit, "every_h": step.every}
        return {"do": "change", **event, "drug": step.change, **dose}
    if step.hold is not None:
        return {"do": "hold", **event, "drug": step.hold, "until_h": step.until}
    return {"do": "stop", **event, "drug": step.stop}


def expert(courses: Courses) -> State:
    """The state at the end of the expert's path, played from the opening.

    A step that does not fit (the file's checker names it) is left out.
    """
    known = _walked.get(courses)
    if known is not None:
        return known
    case = courses.case
    state = opening(case)
    order = stages(case)
    for place, stage in enumerate(order):
        for number, step in steps_of(case, stage):
            with suppress(Refusal):
                state = play(courses, state, step_event(state, number, step, case))
        if place + 1 < len(order):
            enter = {"do": "enter", "by": "expert", "at_h": state.clock_h, "stage": order[place + 1]}
            state = play(courses, state, enter)
    _walked[courses] = state
    return state
