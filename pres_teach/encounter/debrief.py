"""The debrief: what was done, missed and harmful; marks; calibration; twins. Data only, and never a survival."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pres_teach.case import Case
from pres_teach.encounter import path
from pres_teach.encounter.checks import closed, met
from pres_teach.encounter.courses import Courses, until
from pres_teach.encounter.held import Held, held
from pres_teach.encounter.state import State
from pres_teach.encounter.words import Answer, Decision
from pres_teach.evidence import wilson
from pres_teach.patient import Chart, Order
from pres_teach.physiology import Comparison, Course, Event, compare
from pres_teach.text import citations

__all__ = ["Calibration", "Debrief", "Point", "Score", "Twin", "debrief"]

LEARNER = frozenset({"learner"})
ANYBODY = frozenset({"learner", "expert"})


@dataclass(frozen=True)
class Point:
    """One process point.

    Parameters
    ----------
    id, text, why
        As the author wrote them (`why` is Markdown with citations).
    status
        "done", "missed", "harmful", "not harmed" (a harm that did not happen; it earns nothing), "expert" (taken on
        the expert's path, so not the learner's) or "open" (there is still time).
    scored
        Whether it counts; what reasonable people would do differently does not.
    time_h
        When it was done or happened [h since transplantation].
    sources
        Keys cited in `why`.
    """

    id: str
    text: str
    why: str
    status: str
    scored: bool
    time_h: float | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """Points reached, points possible, and both in words."""

    points: float
    possible: float
    text: str


@dataclass(frozen=True)
class Calibration:
    """How sure the learner was, and how often that was right.

    Parameters
    ----------
    confidence
        As stated [%].
    right, asked
        First answers given with that confidence that were wholly right, of how many.
    low, high
        Wilson interval (95 %) of the share right.
    text
        The same in words.
    """

    confidence: int
    right: int
    asked: int
    low: float
    high: float
    text: str


@dataclass(frozen=True)
class Twin:
    """The same patient under another chart.

    Parameters
    ----------
    id, title
        "expert" or "in range", and what to call it.
    chart, course
        That chart, and what came of it until now.
    comparison
        Row by row, here and there. Never survival.
    """

    id: str
    title: str
    chart: Chart
    course: Course
    comparison: Comparison


@dataclass(frozen=True)
class Debrief:
    """All that is talked about afterwards.

    Parameters
    ----------
    points, process
        Process points in the author's order, and their score.
    first_answers, marks
        The learner's first try at each question, and their score.
    reflections
        What the learner wrote, never marked.
    calibration
        One row for each confidence used.
    course, doses, decisions, events
        The patient's course until now, the orders it comes from, the acts on them, and what happened.
    held
        Which dose would have held the level, by the model.
    twins
        The same patient under the expert's chart and, where the case has one, with the level in range.
    by_expert
        Stages that were brought about along the expert's path.
    text
        The author's debrief (Markdown).
    limits
        What the model does not cover for this patient, in sentences.
    time_h
        Until when all of this reaches [h since transplantation].
    """

    points: tuple[Point, ...]
    process: Score
    first_answers: tuple[Answer, ...]
    marks: Score
    reflections: tuple[Answer, ...]
    calibration: tuple[Calibration, ...]
    course: Course
    doses: tuple[Order, ...]
    decisions: tuple[Decision, ...]
    events: tuple[Event, ...]
    held: tuple[Held, ...]
    twins: tuple[Twin, ...]
    by_expert: tuple[str, ...]
    text: str
    limits: tuple[str, ...]
    time_h: float


def debrief(courses: Courses, state: State) -> Debrief:
    """The debrief of an encounter as it stands.

    Parameters
    ----------
    courses
        The case and its courses.
    state
        How far the learner has come.
    """
    case = courses.case
    points = tuple(_points(case, state))
    learner = [a for a in state.answers if a.by == "learner"]
    first = tuple(a for a in learner if a.attempt == 1 and not _reflection(case, a))
    course = until(courses.of(state.chart), state.clock_h)
    taken = {case.expert[number].stage for number in state.steps}
    return Debrief(
        points=points,
        process=_process(points),
        first_answers=first,
        marks=_marks(case, state, first),
        reflections=tuple(a for a in learner if _reflection(case, a)),
        calibration=_calibration(first),
        course=course,
        doses=state.chart.orders,
        decisions=state.decisions,
        events=state.happened,
        held=held(case, state),
        twins=tuple(_twins(courses, state, course)),
        by_expert=tuple(stage for stage in case.stages if stage in taken),
        text=case.debrief,
        limits=course.limits,
        time_h=state.clock_h,
    )


def _reflection(case: Case, answer: Answer) -> bool:
    return case.question(answer.question).kind == "reflection"


def _points(case: Case, state: State) -> Iterable[Point]:
    for check in case.checks:
        status, time_h = "not harmed", None
        if check.harm is not None and (harmed_h := met(case, state, check.harm, LEARNER)) is not None:
            status, time_h = "harmful", harmed_h
        elif check.done is not None:
            if (time_h := met(case, state, check.done, LEARNER)) is not None:
                status = "done"
            elif (time_h := met(case, state, check.done, ANYBODY)) is not None:
                status = "expert"
            else:
                status = "missed" if closed(case, state, check.done) else "open"
        yield Point(check.id, check.text, check.why, status, check.scored, time_h, citations(check.why))


def _process(points: tuple[Point, ...]) -> Score:
    counted = [point for point in points if point.scored]
    done = sum(point.status == "done" for point in counted)
    missed = sum(point.status == "missed" for point in counted)
    harmful = sum(point.status == "harmful" for point in counted)
    # A harm takes a point off; a harm that did not happen gives none, or doing nothing would score.
    reached = max(0, done - harmful)
    text = f"{done} of {done + missed} done in time"
    if harmful:
        text += f", {harmful} harmful: {reached} of {done + missed} points"
    return Score(float(reached), float(done + missed), text + ".")


def _marks(case: Case, state: State, first: tuple[Answer, ...]) -> Score:
    scored = [a for a in first if a.mark.possible > 0]
    asked = sum(q.possible > 0 for stage in case.stages.values() for q in stage.questions)
    points = sum(a.mark.points for a in scored)
    possible = sum(a.mark.possible for a in scored)
    text = (
        f"{points:.1f} of {possible:.0f} points at the first try; {len(scored)} of {asked} scored questions answered."
    )
    return Score(points, possible, text)


def _calibration(first: tuple[Answer, ...]) -> tuple[Calibration, ...]:
    rows = []
    said = [a for a in first if a.response.confidence is not None and a.mark.possible > 0]
    for confidence in sorted({a.response.confidence for a in said if a.response.confidence is not None}):
        answers = [a for a in said if a.response.confidence == confidence]
        right = sum(a.mark.verdict == "right" for a in answers)
        low, high = wilson(right, len(answers))
        text = (
            f"{confidence} % sure: {right} of {len(answers)} right "
            f"(95 % interval {100 * low:.0f} to {100 * high:.0f} %)."
        )
        rows.append(Calibration(confidence, right, len(answers), low, high, text))
    return tuple(rows)


def _twins(courses: Courses, state: State, course: Course) -> Iterable[Twin]:
    case = courses.case
    charts = []
    if case.expert:
        charts.append(("expert", "The same patient, treated as the expert did", path.expert(courses).chart))
    if case.in_range_chart is not None:
        charts.append(("in range", "The same patient, had the level stayed in range", case.in_range_chart))
    for id_, title, chart in charts:
        twin = until(courses.of(chart), state.clock_h)
        yield Twin(id_, title, chart, twin, compare(course, twin))
