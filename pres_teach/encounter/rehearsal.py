"""A case tried out before a learner meets it: the expert's path walked, every known error made."""

from __future__ import annotations

from collections.abc import Iterator

from pres_teach.case import Case, CaseError, Fault
from pres_teach.encounter import path
from pres_teach.encounter.checks import met
from pres_teach.encounter.courses import Courses
from pres_teach.encounter.errors import errors_of
from pres_teach.encounter.state import State
from pres_teach.encounter.words import Refusal
from pres_teach.quiz import Problem

__all__ = ["rehearse"]

_EXPERT = frozenset({"expert"})


def rehearse(case: Case) -> list[Fault]:
    """What does not come out as its author says, in the order of the file's lines; an empty list for a good case.

    Parameters
    ----------
    case
        A case that was read without a fault.
    """
    try:
        courses = Courses(case)
        problems = [*_steps(courses), *_checks(courses), *_errors(courses)]
    except CaseError as error:
        return list(error.faults)
    return sorted((case.fault(problem) for problem in problems), key=lambda fault: fault.line)


def _steps(courses: Courses) -> list[Problem]:
    """Steps of the expert that cannot be done when their time comes."""
    found: list[Problem] = []

    def refused(number: int | None, refusal: Refusal) -> None:
        rule, remedy = "a step can be done when its time comes", "give it another time, or take it out"
        found.append(Problem(("expert", number or 0), rule, str(refusal), remedy))

    path.walk(courses, refused=refused)
    return found


def _checks(courses: Courses) -> Iterator[Problem]:
    """Scored checks that the expert misses, and harm that the expert does."""
    case = courses.case
    if not case.expert:
        return
    state: State = path.expert(courses)
    for place, check in enumerate(case.checks):
        if check.done is not None and check.scored and met(case, state, check.done, _EXPERT) is None:
            yield Problem(
                ("checks", place, "done"),
                "the expert's path meets every scored check",
                "the expert misses it",
                'add a step to "expert", change the time here, or write "scored: false"',
            )
        if check.harm is not None and met(case, state, check.harm, _EXPERT) is not None:
            yield Problem(
                ("checks", place, "harm"),
                "the expert does no harm",
                "the expert's path does it",
                'change the step in "expert", or what counts as harm',
            )


def _errors(courses: Courses) -> Iterator[Problem]:
    for place, committed in enumerate(errors_of(courses)):
        for field, found in committed.absent:
            at = ("errors", place, "do") if field == "do" else ("errors", place, "shows", field)
            yield Problem(
                at,
                "what an error shows comes of it, and not on the expert's path",
                found,
                "change what is done or left out, or what it shows",
            )
