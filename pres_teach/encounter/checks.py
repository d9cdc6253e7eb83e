"""What a process point looks for, and whether it was done in time."""

from __future__ import annotations

from pres_teach.case import Case, Condition
from pres_teach.encounter.state import State, stages
from pres_teach.patient import SAME_TIME_H

__all__ = ["closed", "met"]


def met(case: Case, state: State, condition: Condition, by: frozenset[str]) -> float | None:
    """When a condition was first met by the acts of these people, or None [h since transplantation].

    An event of the course belongs to nobody and counts whoever acted.
    """
    return min(_found(case, state, condition, by), default=None)


def _found(case: Case, state: State, condition: Condition, by: frozenset[str]) -> list[float]:
    """All times at which a condition was met [h since transplantation]."""
    if condition.any:
        times = [time_h for part in condition.any for time_h in _found(case, state, part, by)]
    elif condition.all:
        parts = [_found(case, state, part, by) for part in condition.all]
        times = [max(min(part) for part in parts)] if all(parts) else []
    else:
        times = _times(state, condition, by)
    return [time_h for time_h in times if _in_time(case, condition, time_h)]


def _times(state: State, condition: Condition, by: frozenset[str]) -> list[float]:
    if condition.ask is not None:
        return [a.time_h for a in state.asked if a.finding == condition.ask and a.found and a.by in by]
    if condition.test is not None:
        return [r.drawn_h for r in state.requested if r.test == condition.test and r.by in by]
    for act in ("order", "hold", "stop", "change"):
        drug = getattr(condition, act)
        if drug is not None:
            return [d.time_h for d in state.decisions if d.act == act and d.drug == drug and d.by in by]
    if condition.together and condition.apart is not None:
        return _too_close(state, condition.together, condition.apart, by)
    if condition.event is not None:
        return [e.time_h for e in state.happened if e.kind == condition.event]
    return [
        a.time_h
        for a in state.answers
        if a.question == condition.question and a.attempt == 1 and a.mark.verdict == "right" and a.by in by
    ]


def _too_close(state: State, drugs: tuple[str, ...], apart_h: float, by: frozenset[str]) -> list[float]:
    """When doses of two drugs that were given lay less than so long apart, if one of them is by these people [h]."""
    one, other = (
        [(time_h, order.by in by) for order in state.chart.of(drug) for time_h in order.times(state.clock_h)]
        for drug in drugs
    )
    return [
        max(here, there)
        for here, mine in one
        for there, theirs in other
        if (mine or theirs) and abs(here - there) < apart_h - SAME_TIME_H
    ]


def _in_time(case: Case, condition: Condition, time_h: float) -> bool:
    early = condition.after is not None and time_h < condition.after
    late = condition.before is not None and time_h >= condition.before
    slow = condition.within is not None and time_h > case.opens_h + condition.within
    return not (early or late or slow)


def closed(case: Case, state: State, condition: Condition) -> bool:
    """Whether it is too late to meet a condition: its time is over, or its part of the case, or the whole case."""
    if condition.before is not None and state.clock_h >= condition.before:
        return True
    if condition.within is not None and state.clock_h > case.opens_h + condition.within:
        return True
    if condition.any:
        return all(closed(case, state, part) for part in condition.any)
    if condition.all:
        return any(closed(case, state, part) for part in condition.all)
    order = stages(case)
    stage = _stage_of(case, condition)
    if condition.after is not None:
        # What is wanted later than its own stage can still be done until the end.
        return _over(case, state) and state.clock_h > condition.after
    if stage is not None:
        return order.index(stage) < order.index(state.stage) or _over(case, state)
    return state.stage == order[-1] or _over(case, state)


def _over(case: Case, state: State) -> bool:
    order = stages(case)
    closes = case.stages[order[-1]].closes
    return state.stage == order[-1] and closes is not None and state.clock_h >= closes


def _stage_of(case: Case, condition: Condition) -> str | None:
    for what, id_ in (("findings", condition.ask), ("tests", condition.test), ("questions", condition.question)):
        if id_ is not None:
            return next(
                (name for name, stage in case.stages.items() if any(item.id == id_ for item in getattr(stage, what))),
                None,
            )
    return None
