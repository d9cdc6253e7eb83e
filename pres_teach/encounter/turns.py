"""The decisions that mattered most: each one changed alone, and the same patient followed once more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pres_teach.encounter import path
from pres_teach.encounter.courses import Courses, until
from pres_teach.encounter.deeds import done
from pres_teach.encounter.state import State
from pres_teach.encounter.words import Decision
from pres_teach.patient import Chart, OrderError
from pres_teach.physiology import Difference, differences, plans_alone
from pres_teach.units import show_time

__all__ = ["Turn", "turns"]

# A convention of this display: more twins than this are not tried, and no more than this are told.
TRIED, TOLD = 30, 6


@dataclass(frozen=True)
class Turn:
    """One decision changed, everything else as it was.

    Parameters
    ----------
    time_h
        When the decision was made, or would have been [h since transplantation].
    words
        The other decision: "without this: ...", "with fluconazole as the colleague handled it: ...".
    differences
        What would have been otherwise, what matters most first; never empty.
    chart
        The other chart.
    plan_alone
        Whether only immunosuppression is otherwise: then a level is told, and no plan told first or judged for it.
    """

    time_h: float
    words: str
    differences: tuple[Difference, ...]
    chart: Chart
    plan_alone: bool = False

    @property
    def weight(self) -> float:
        """How much is otherwise, for the order in which turns are told; no score."""
        return sum(one.weight for one in self.differences if not (self.plan_alone and one.what == "level"))

    @property
    def better(self) -> bool | None:
        """Whether the other decision does better in all that differs, worse in all (False), or neither (None)."""
        found = {one.better for one in self.differences}
        return found.pop() if len(found) == 1 and not self.level_alone else None

    @property
    def level_alone(self) -> bool:
        """Whether plans for the immunosuppression differ in nothing but the level: no reason to prefer one."""
        return self.plan_alone and all(one.what == "level" for one in self.differences)


def turns(courses: Courses, state: State, told: int = TOLD) -> tuple[Turn, ...]:
    """The decisions of a learner that mattered most until now, found by trying each.

    Each act of the learner is left out once, and each drug is handled once as the expert did. Where only
    immunosuppression is otherwise, what is told is the level and the cover of the graft, never the brain.

    Parameters
    ----------
    courses
        The case and its courses.
    state
        How far the learner has come.
    told
        How many are told at most.
    """
    case = courses.case
    course = until(courses.of(state.chart), state.clock_h)
    found: list[Turn] = []
    seen = {state.chart}
    for time_h, words, decisions in _others(courses, state):
        chart = _rebuilt(case.chart, decisions)
        if chart in seen:
            continue
        seen.add(chart)
        if len(seen) > TRIED + 1:
            break
        twin = until(case.course(chart, state.clock_h), state.clock_h)
        differ = differences(course, twin)
        if differ:
            found.append(Turn(time_h, words, differ, chart, plans_alone(course, twin)))
    return tuple(sorted(found, key=lambda turn: -turn.weight)[:told])


def _others(courses: Courses, state: State) -> Iterator[tuple[float, str, list[Decision]]]:
    """Each decision changed alone: when, in words, and all decisions then."""
    mine = [one for one in state.decisions if one.by == "learner"]
    theirs = [one for one in path.expert(courses).decisions if one.time_h <= state.clock_h]
    if not state.played:
        return
    # What was missed comes first: where too many twins would have to be tried, it is not the one that falls out.
    for drug in dict.fromkeys(one.drug for one in (*theirs, *mine)):
        here, there = [d for d in state.decisions if d.drug == drug], [d for d in theirs if d.drug == drug]
        if not any(d.by == "learner" for d in here) and any(d.by == "expert" for d in here):
            continue  # brought about on the expert's path already
        if there:
            rest = [d for d in state.decisions if d.drug != drug]
            said = "; ".join(f"{show_time(d.time_h)}, {d.words}" for d in there[:2])
            more = f", and {len(there) - 2} more" if len(there) > 2 else ""
            words = f"with {drug} as an experienced colleague handled it ({said}{more})"
            yield there[0].time_h, words, [*rest, *there]
    for one in mine:
        rest = [d for d in state.decisions if d is not one]
        yield one.time_h, f"without this decision of {show_time(one.time_h)}: {one.words}", rest


def _rebuilt(chart: Chart, decisions: Iterable[Decision]) -> Chart:
    """The author's chart after these decisions, in the order of time; one that makes no sense any more is left out."""
    for one in sorted(decisions, key=lambda decision: decision.time_h):
        try:
            chart = done(chart, one.event, one.time_h, one.by)
        except OrderError:
            continue
    return chart
