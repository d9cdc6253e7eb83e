"""The state of an encounter, and the one function that moves it on: `play(courses, state, event)`.

An event is a plain dict that JSON can carry: ``{"do": "ask", "by": "learner", "at_h": 367.5, "finding": "vision"}``.
The state is nothing but the replay of its events, so `play` asks no clock, no file and no chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from pres_teach import quiz, units
from pres_teach.case import Case, Finding
from pres_teach.encounter.courses import Courses
from pres_teach.encounter.deeds import done, number, order_of, word
from pres_teach.encounter.results import result
from pres_teach.encounter.words import (
    Answer,
    Asked,
    Decision,
    LogEntry,
    Refusal,
    Requested,
    Unconfirmed,
)
from pres_teach.patient import Chart, Order, OrderError
from pres_teach.pharmacology import LOUD, check_order, check_stop
from pres_teach.physiology import Course, Event

T = TypeVar("T")

__all__ = ["State", "opening", "play", "reached", "recovered", "stages"]

DO_NOT_TALK = {
    "seizing": "{He} is having a seizure: nothing can be asked now.",
    "post-ictal": "{He} has just had a seizure and does not answer yet: nothing can be asked now.",
}

MOST_PLACES = 20
LONGEST_PLACE = 120


@dataclass(frozen=True)
class State:
    """All that is known of an encounter at one moment.

    Parameters
    ----------
    stage
        The stage that is open.
    clock_h
        Simulated time [h since transplantation].
    chart
        The author's orders and all that was done to them since.
    asked, requested, decisions, answers
        What was done, in order.
    happened
        Events of the course since the case opened.
    log
        Everything, in order of time.
    played
        Stages in which the learner did something.
    steps
        Places in the case's expert path that were taken for the learner.
    begun
        How often the learner began the case: 1 at first.
    places
        What the learner marked on the scans: `number`, `name`, and `x`, `y`, `z` [mm, MNI].
    """

    stage: str
    clock_h: float
    chart: Chart
    asked: tuple[Asked, ...] = ()
    requested: tuple[Requested, ...] = ()
    decisions: tuple[Decision, ...] = ()
    answers: tuple[Answer, ...] = ()
    happened: tuple[Event, ...] = ()
    log: tuple[LogEntry, ...] = ()
    played: frozenset[str] = frozenset()
    steps: frozenset[int] = frozenset()
    begun: int = 1
    places: tuple[Mapping[str, Any], ...] = ()


def stages(case: Case) -> tuple[str, ...]:
    """The stages this case has, in order."""
    return tuple(case.stages)


def opening(case: Case) -> State:
    """The state in which a case opens."""
    return State(stage=stages(case)[0], clock_h=case.opens_h, chart=case.chart)


def play(courses: Courses, state: State, event: Mapping[str, Any]) -> State:
    """The state after an event.

    Parameters
    ----------
    courses
        The case and its courses.
    state
        The state before.
    event
        "do", "by", "at_h", and what that deed needs.

    Raises
    ------
    Refusal
        If it cannot be done. The state before is untouched.
    """
    do = event.get("do")
    deed = _DEEDS.get(do) if isinstance(do, str) else None
    if deed is None:
        raise Refusal(f"An event that this version does not know was left out: {do!r}.")
    by = event.get("by")
    if by not in ("learner", "expert"):
        raise Refusal(f"An event by nobody known was left out: {by!r}.")
    # Recorded times lead, so that a wait ends where it ended when it was lived through.
    state = reached(courses, state, number(event, "at_h"))
    state = deed(courses, state, event, by)
    if by == "learner" and do not in ("enter", "begin again", "mark places"):
        state = replace(state, played=state.played | {state.stage})
    step = event.get("step")
    if by == "expert" and isinstance(step, int):
        state = replace(state, steps=state.steps | {step})
    return state


def reached(courses: Courses, state: State, to_h: float) -> State:
    """The state when the clock has come to a time: what happened and what came back meanwhile is in the log [h]."""
    if to_h <= state.clock_h:
        return state
    if to_h > courses.horizon_h:
        raise Refusal(
            f"This case can be followed until {units.show_time(courses.horizon_h)}; "
            f"{units.show_time(to_h)} is later. Choose an earlier time."
        )
    happened = tuple(e for e in courses.of(state.chart).events if state.clock_h < e.time_h <= to_h)
    entries = [LogEntry(e.time_h, "event", e.text, "course", state.stage) for e in happened]
    entries += [
        LogEntry(r.due_h, "result", f"{r.name}: {r.text}", r.by, state.stage)
        for r in state.requested
        if state.clock_h < r.due_h <= to_h
    ]
    entries.sort(key=lambda entry: entry.time_h)
    return replace(state, clock_h=to_h, happened=(*state.happened, *happened), log=(*state.log, *entries))


def recovered(state: State, course: Course) -> bool:
    """Whether the illness has left this patient by now, as the course has it."""
    past = [e for e in course.events if e.time_h <= state.clock_h and e.kind in ("onset", "recovery")]
    return bool(past) and past[-1].kind == "recovery"


def _logged(state: State, kind: str, text: str, by: str) -> State:
    return replace(state, log=(*state.log, LogEntry(state.clock_h, kind, text, by, state.stage)))


def _open(case: Case, state: State, stage: str, what: str) -> None:
    order = stages(case)
    if order.index(stage) > order.index(state.stage):
        raise Refusal(f'{what} belongs to a later part of the case, "{stage}". Open that part first.')


# --- the deeds -----------------------------------------------------------------------------------------------------


def _enter(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    order = stages(courses.case)
    stage = word(event, "stage")
    if stage not in order:
        raise Refusal(f'This case has no part "{stage}". It has: {", ".join(order)}.')
    if order.index(stage) <= order.index(state.stage):
        return state
    before = courses.case.stages[order[order.index(stage) - 1]]
    if before.closes is not None:
        state = reached(courses, state, before.closes)
    return _logged(replace(state, stage=stage), "stage", stage, by)


def _ask(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    case = courses.case
    id_ = word(event, "finding")
    stage, finding = _find(case, "findings", id_, "Nothing of that name can be asked or examined here")
    _open(case, state, stage, "This")
    course = courses.of(state.chart)
    silence = DO_NOT_TALK.get(course.at(state.clock_h).awareness) if finding.ask else None
    if silence is not None:
        text, cost, found = silence.format(He="He" if case.patient.sex == "male" else "She"), 0.0, False
    else:
        text, cost, found = _finds(finding, state, course), finding.cost, True
    prompt = str(finding.ask or finding.examine)
    asked = Asked(id_, prompt, text, state.clock_h, by, found)
    told = f"{prompt} {text}" if finding.ask else f"{prompt}: {text}"
    state = _logged(replace(state, asked=(*state.asked, asked)), "ask", told, by)
    return reached(courses, state, state.clock_h + cost)


def _finds(finding: Finding, state: State, course: Course) -> str:
    if finding.recovered and recovered(state, course):
        return finding.recovered
    return finding.finds


def _test(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    case = courses.case
    id_ = word(event, "test")
    stage, test = _find(case, "tests", id_, "No test of that name can be asked for here")
    _open(case, state, stage, "This test")
    course = courses.of(state.chart)
    drawn_h = state.clock_h
    if test.scan and course.at(drawn_h).awareness == "seizing":
        he = "he" if case.patient.sex == "male" else "she"
        raise Refusal(f"No scan can be made while {he} is having a seizure: treat the seizure first.")
    due_h = drawn_h + max(test.after, test.cost)
    done = Requested(
        number=len(state.requested) + 1,
        test=id_,
        name=test.test,
        drawn_h=drawn_h,
        due_h=due_h,
        text=result(case, state.chart, course, test, drawn_h),
        by=by,
        scan=test.scan,
    )
    due = f"the result is due {units.show_time(due_h)}"
    state = _logged(replace(state, requested=(*state.requested, done)), "test", f"{test.test}: {due}.", by)
    return reached(courses, state, drawn_h + test.cost)


def _order(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    drug = word(event, "drug")
    _may_order(courses.case, drug, by)
    order = _carried_out(lambda: order_of(event, state.clock_h, by))
    warnings = _carried_out(lambda: check_order(order, courses.case.patient, state.chart))
    _confirmed(courses.case, order, event, by)
    chart = _carried_out(lambda: done(state.chart, event, state.clock_h, by))
    return _decided(state, chart, event, order.words(), by, warnings)


def _change(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    drug = word(event, "drug")
    at_h = state.clock_h
    chart = _carried_out(lambda: done(state.chart, event, at_h, by))
    new = next((o for o in chart.of(drug) if o not in state.chart.orders and o.at_h >= at_h), None)
    if new is None:
        raise Refusal(f"This is what {drug} is given as already.")
    # The pharmacy looks at the new order against what else is running, not against the order it replaces.
    warnings = _carried_out(lambda: check_order(new, courses.case.patient, state.chart.without(drug)))
    _confirmed(courses.case, new, event, by)
    words = f"{new.words()}, from {units.show_time(new.at_h)}"
    return _decided(state, chart, event, words, by, warnings)


def _hold(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    drug, until_h = word(event, "drug"), number(event, "until_h")
    chart = _carried_out(lambda: done(state.chart, event, state.clock_h, by))
    warnings = check_stop(drug, state.clock_h, courses.case.patient, state.chart, until_h)
    return _decided(state, chart, event, f"{drug} held until {units.show_time(until_h)}", by, warnings)


def _resume(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    drug = word(event, "drug")
    chart = _carried_out(lambda: done(state.chart, event, state.clock_h, by))
    return _decided(state, chart, event, f"{drug} given again", by)


def _stop(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    drug = word(event, "drug")
    chart = _carried_out(lambda: done(state.chart, event, state.clock_h, by))
    warnings = check_stop(drug, state.clock_h, courses.case.patient, state.chart)
    return _decided(state, chart, event, f"{drug} stopped", by, warnings)


def _wait(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    to_h = number(event, "to_h")
    if to_h <= state.clock_h:
        raise Refusal(f"It is {units.show_time(state.clock_h)} already. Choose a later time.")
    from_h = state.clock_h
    state = reached(courses, state, to_h)
    return _logged(state, "wait", f"Waited {units.show_duration(to_h - from_h)}.", by)


def _answer(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    case = courses.case
    id_ = word(event, "question")
    stage, question = _find(case, "questions", id_, "There is no question of that name here")
    _open(case, state, stage, "This question")
    try:
        response = quiz.Response.model_validate(event.get("response"))
        mark = quiz.mark(question, response)
    except quiz.ResponseError as error:
        raise Refusal(str(error)) from error
    except ValidationError as error:
        raise Refusal(f"The answer cannot be read: {error.errors()[0]['msg']}.") from error
    attempt = 1 + sum(a.question == id_ and a.by == by for a in state.answers)
    answer = Answer(id_, stage, response, mark, state.clock_h, by, attempt)
    said = "written down" if mark.verdict == "not marked" else mark.verdict
    return _logged(replace(state, answers=(*state.answers, answer)), "answer", f"{id_}: {said}", by)


def _begin_again(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    return replace(opening(courses.case), begun=state.begun + 1)


def _mark_places(courses: Courses, state: State, event: Mapping[str, Any], by: str) -> State:
    given = event.get("places")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Refusal(f'"places" must be a list of places; received {given!r}.')
    if len(given) > MOST_PLACES:
        raise Refusal(f"Up to {MOST_PLACES} places can be marked; received {len(given)}. Remove one first.")
    places = tuple(
        {
            "number": int(number(one, "number")),
            "name": word(one, "name")[:LONGEST_PLACE],
            **{axis: number(one, axis) for axis in "xyz"},
        }
        for one in given
    )
    return replace(state, places=places)


_Deed = Callable[[Courses, State, Mapping[str, Any], str], State]
_DEEDS: Mapping[str, _Deed] = {
    "enter": _enter,
    "ask": _ask,
    "test": _test,
    "order": _order,
    "change": _change,
    "hold": _hold,
    "resume": _resume,
    "stop": _stop,
    "wait": _wait,
    "answer": _answer,
    "mark places": _mark_places,
    "begin again": _begin_again,
}


def _find(case: Case, what: str, id_: str, missing: str) -> tuple[str, Any]:
    known: list[str] = []
    for name, stage in case.stages.items():
        for item in getattr(stage, what):
            if item.id == id_:
                return name, item
            known.append(item.id)
    raise Refusal(f'{missing}: "{id_}". There are: {", ".join(known) or "none"}.')


def _may_order(case: Case, drug: str, by: str) -> None:
    if by == "learner" and case.drugs and drug not in case.drugs:
        raise Refusal(f'"{drug}" cannot be ordered in this case. It can be one of: {", ".join(case.drugs)}.')


def _confirmed(case: Case, order: Order, event: Mapping[str, Any], by: str) -> None:
    """Ask back, before it is given, where a dose is above the largest plausible one: mostly a slip of the pen."""
    drug = case.formulary.drug(order.drug)
    if by == "expert" or event.get("confirmed") is True:
        return
    times = drug.amount(order, case.patient) / drug.largest_for(order)
    if times > 1:
        far = f"more than {LOUD:g} times " if times > LOUD else "above "
        raise Unconfirmed(
            f"{order.dose:g} {order.unit} of {drug.name} is {far}the largest plausible dose. "
            "Check the unit and the decimal point, or confirm that it is meant."
        )


def _carried_out(deed: Callable[[], T]) -> T:
    try:
        return deed()
    except OrderError as error:
        raise Refusal(str(error)) from error


def _decided(
    state: State,
    chart: Chart,
    event: Mapping[str, Any],
    words: str,
    by: str,
    warnings: list[str] | tuple[str, ...] = (),
) -> State:
    act, drug = str(event["do"]), str(event["drug"])
    decision = Decision(act, drug, words, state.clock_h, by, tuple(warnings), event)
    state = replace(state, chart=chart, decisions=(*state.decisions, decision))
    return _logged(state, act, words, by)
