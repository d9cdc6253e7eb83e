"""Known errors: what an author says may go wrong, done on the expert's path, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pres_teach.case import Case, CriticalError
from pres_teach.encounter import path
from pres_teach.encounter.checks import met
from pres_teach.encounter.courses import Courses
from pres_teach.encounter.state import State, reached
from pres_teach.encounter.words import Refusal
from pres_teach.physiology import Course, Event
from pres_teach.units import show_time

__all__ = ["Committed", "commit", "errors_of"]

_EVERYBODY = frozenset({"learner", "expert"})


@dataclass(frozen=True)
class Committed:
    """A known error that was made, everything else done as the expert does it.

    Parameters
    ----------
    error
        As the author wrote it.
    state
        Where it led, at the end of the case.
    course
        What came of it, to four weeks beyond.
    shown
        The consequences that came, in words.
    absent
        What the author says should come and did not, by field, each with what was found.
    """

    error: CriticalError
    state: State
    course: Course
    shown: tuple[str, ...]
    absent: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Sign:
    """One consequence: its field, whether it shows, in words, and what was found where it does not."""

    field: str
    shows: bool
    words: str
    found: str


def errors_of(courses: Courses) -> tuple[Committed, ...]:
    """Every known error of a case, committed, in the author's order.

    Parameters
    ----------
    courses
        The case and its courses.
    """
    return tuple(commit(courses, error) for error in courses.case.errors)


def commit(courses: Courses, error: CriticalError) -> Committed:
    """Make one known error on the expert's path.

    Parameters
    ----------
    courses
        The case and its courses.
    error
        One of the case's.
    """
    refused: list[str] = []

    def noted(number: int | None, refusal: Refusal) -> None:
        # a step of the expert may well make no sense any more
        if number is None:
            refused.append(str(refusal))

    state = path.walk(courses, error.leave_out, error.do, noted)
    state = reached(courses, state, courses.case.ends_h)
    course = courses.of(state.chart)
    signs = list(_signs(courses, error, state, course))
    return Committed(
        error,
        state,
        course,
        tuple(sign.words for sign in signs if sign.shows),
        (*(("do", words) for words in refused), *((sign.field, sign.found) for sign in signs if not sign.shows)),
    )


def _signs(courses: Courses, error: CriticalError, state: State, course: Course) -> Iterator[_Sign]:
    case, shows = courses.case, error.shows
    expert_state = path.expert(courses)
    expert = courses.of(expert_state.chart)
    if shows.event is not None:
        event = _first(case, course, shows.event)
        right = _first(case, expert, shows.event)
        words = "" if event is None else f"{show_time(event.time_h)}: {event.text}"
        found = "it does not come" if event is None else "it comes on the expert's path too"
        yield _Sign("event", event is not None and right is None, words, found)
    if shows.missing is not None:
        event, right = _first(case, course, shows.missing), _first(case, expert, shows.missing)
        words = "" if right is None else f"what comes on the expert's path does not: {right.text}"
        found = "it comes all the same" if event is not None else "it does not come on the expert's path either"
        yield _Sign("missing", event is None and right is not None, words, found)
    if shows.harm is not None:
        check = next(check for check in case.checks if check.id == shows.harm)
        harmed, right_h = (
            None if check.harm is None else met(case, one, check.harm, _EVERYBODY) for one in (state, expert_state)
        )
        found = "nobody is harmed" if harmed is None else "the expert does the same harm"
        yield _Sign("harm", harmed is not None and right_h is None, check.text, found)
    yield from _measured(case, error, course, expert)


def _first(case: Case, course: Course, kind: str) -> Event | None:
    return next((event for event in course.events if event.kind == kind and event.time_h > case.opens_h), None)


def _measured(case: Case, error: CriticalError, course: Course, expert: Course) -> Iterator[_Sign]:
    shows = error.shows

    def after(series: npt.NDArray[np.float64], of: Course) -> npt.NDArray[np.float64]:
        return series[of.time_h > case.opens_h]

    if shows.oedema is not None:
        here, there = (float(after(one.oedema_ml, one).max()) for one in (course, expert))
        words = f"oedema reaches {here:.0f} mL instead of {there:.0f} mL (illustrative)"
        yield _Sign("oedema", here - there >= shows.oedema, words, f"{here:.0f} mL, the expert's {there:.0f} mL")
    for field, name, unit in (
        ("level", "tacrolimus", "ng/mL"),
        ("pressure", "the mean pressure", "mmHg"),
        ("cover", "graft cover", "% of what is needed"),
    ):
        here_s, there_s = (after(_series(one, field), one) for one in (course, expert))
        above, below = getattr(shows, f"{field}_above", None), getattr(shows, f"{field}_below", None)
        if above is not None:
            here, there = float(here_s.max()), float(there_s.max())
            words = f"{name} rises to {here:.0f} {unit} (with the expert {there:.0f})"
            yield _Sign(f"{field}_above", here > above >= there, words, f"at most {here:.1f}, the expert's {there:.1f}")
        if below is not None:
            here, there = float(here_s.min()), float(there_s.min())
            words = f"{name} falls to {here:.0f} {unit} (with the expert {there:.0f})"
            yield _Sign(
                f"{field}_below", here < below <= there, words, f"at least {here:.1f}, the expert's {there:.1f}"
            )


def _series(course: Course, field: str) -> npt.NDArray[np.float64]:
    if field == "level":
        return course.level_ng_ml
    if field == "pressure":
        return course.map_mmhg
    return 100 * course.cover / course.cover_needed
