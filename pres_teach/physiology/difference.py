"""What one decision changed, in words: the same patient with the same luck under two charts. Never survival.

Where two charts differ in immunosuppression alone, nothing is said of the brain: what the drivers weigh in this patient
nobody knows at the bedside, and no strategy is known to be better. `compare` shows the spread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pres_teach.pharmacology import target_range
from pres_teach.physiology.cascade import regimen_in
from pres_teach.physiology.compare import alike, plans_alone
from pres_teach.physiology.course import Course
from pres_teach.physiology.filters import Series
from pres_teach.physiology.parameters import parameters

__all__ = ["Difference", "differences"]

# Conventions of this display, never scored: what is worth a word, and how far above the own pressure is far.
FAR_ABOVE = 1.25
_WORTH = {"pressure_h": 1.0, "oedema_ml": 5.0, "cleared_h": 24.0, "deficit": 0.02, "cover_days": 0.5, "risk": 0.02}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
# How much each weighs when the decisions that mattered most are told first.
_WEIGHT = {
    "status": 4.0,
    "seizure": 3.0,
    "haemorrhage": 3.0,
    "hypoperfusion": 3.0,
    "rejection": 3.0,
    "complication": 2.0,
    "deficit": 20.0,  # for each whole of the scale
    "pressure": 0.1,  # for each hour
    "oedema": 0.03,  # for each mL
    "clear": 0.05,  # for each day
    "level": 0.3,  # for each day, of the first three
    "cover": 0.4,  # for each day
    "risk": 5.0,  # for each whole of a chance
}


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise under the other chart.

    Parameters
    ----------
    what
        "seizure", "pressure", "level" and so on.
    words
        Said of the other chart: "one seizure fewer".
    weight
        How much it matters for the order in which differences are told; no score.
    better
        Whether the other chart does better in it.
    """

    what: str
    words: str
    weight: float
    better: bool


def differences(course: Course, twin: Course) -> tuple[Difference, ...]:
    """What is otherwise for the twin, what matters most first.

    Parameters
    ----------
    course, twin
        Of one patient with one set of traits and on one grid; compared from the opening for as long as both last.

    Raises
    ------
    ValueError
        If they are not of one patient.
    """
    alike(course, twin)
    found = [*_level(course, twin), *_graft(course, twin), *_events(course, twin, _OF_TREATMENT)]
    if not plans_alone(course, twin):
        found += [*_events(course, twin, _OF_THE_BRAIN), *_pressure(course, twin), *_brain(course, twin)]
    return tuple(sorted(found, key=lambda one: -one.weight))


def _window(course: Course, twin: Course) -> slice:
    last = min(len(course.time_h), len(twin.time_h))
    return slice(min(round((course.opens_h or 0.0) / course.step_h), last - 1), last)


# what is counted, one of it, many of it, and what is said behind
_Counted = tuple[tuple[str, ...], str, str, str]
_OF_THE_BRAIN: tuple[_Counted, ...] = (
    (("seizure", "status"), "seizure", "seizures", ""),
    (("status",), "status epilepticus", "times status epilepticus", ""),
    (("haemorrhage",), "bleed", "bleeds", ""),
    (("hypoperfusion",), "time", "times", " that the pressure fell too fast or too far"),
)
_OF_TREATMENT: tuple[_Counted, ...] = (
    (("complication", "arrhythmia"), "complication", "complications", " of the treatment"),
)


def _events(course: Course, twin: Course, counted: tuple[_Counted, ...]) -> Iterator[Difference]:
    until_h = float(min(course.time_h[-1], twin.time_h[-1]))
    for kinds, one, many, tail in counted:
        here, there = (
            sum(event.kind in kinds and event.time_h <= until_h for event in one_of.events) for one_of in (course, twin)
        )
        gap = there - here
        if gap:
            number = abs(gap)
            told = f"{_NUMBERS[number] if number < len(_NUMBERS) else number} {one if number == 1 else many}"
            words = f"{told} {'more' if gap > 0 else 'fewer'}{tail}"
            yield Difference(kinds[0], words, _WEIGHT[kinds[0]] * number, gap < 0)


def _pressure(course: Course, twin: Course) -> Iterator[Difference]:
    window = _window(course, twin)
    far = FAR_ABOVE * course.patient.baseline_map_mmhg
    here, there = (float(np.sum(one.map_mmhg[window] > far)) * one.step_h for one in (course, twin))
    gap = there - here
    if abs(gap) >= _WORTH["pressure_h"]:
        words = f"{_span(abs(gap))} {'more' if gap > 0 else 'fewer'} with a pressure more than a quarter above the own"
        yield Difference("pressure", words, _WEIGHT["pressure"] * abs(gap), gap < 0)


def _level(course: Course, twin: Course) -> Iterator[Difference]:
    """Troughs of tacrolimus above the range, and when they are back in it."""
    window = _window(course, twin)
    back = []
    for one in (course, twin):
        troughs = _daily_lowest(one.level_ng_ml[window], one.step_h)
        high = [_top(one, float(one.time_h[window][0]) / 24.0 + day) for day in range(len(troughs))]
        above = [day for day, (trough, top) in enumerate(zip(troughs, high, strict=True)) if trough > top]
        back.append(above[-1] + 1 if above else 0)
    gap = back[1] - back[0]
    if gap:
        days = f"{_NUMBERS[abs(gap)] if abs(gap) < len(_NUMBERS) else abs(gap)} day{'s' if abs(gap) > 1 else ''}"
        words = f"the trough of tacrolimus back below the top of its range {days} {'later' if gap > 0 else 'earlier'}"
        yield Difference("level", words, _WEIGHT["level"] * min(abs(gap), 3), gap < 0)


def _top(course: Course, day: float) -> float:
    patient = course.patient
    regimen = regimen_in(course.chart)
    target = target_range("tacrolimus", patient.organ, day, regimen, patient.age_years)
    return float("inf") if target is None else target.high


def _daily_lowest(values: Series, step_h: float) -> list[float]:
    size = round(24.0 / step_h)
    return [float(values[start : start + size].min()) for start in range(0, len(values), size)]


def _brain(course: Course, twin: Course) -> Iterator[Difference]:
    window = _window(course, twin)
    gap = float(twin.oedema_ml[window].max() - course.oedema_ml[window].max())
    if abs(gap) >= _WORTH["oedema_ml"]:
        words = f"{abs(gap):.0f} mL {'more' if gap > 0 else 'less'} oedema at its peak"
        yield Difference("oedema", words, _WEIGHT["oedema"] * abs(gap), gap < 0)
    seen = parameters().group("oedema").seen_ml
    clear = [_last(one.oedema_ml[window] > seen) * one.step_h for one in (course, twin)]
    if clear[0] and clear[1] and abs(clear[1] - clear[0]) >= _WORTH["cleared_h"]:
        gap = clear[1] - clear[0]
        words = f"the oedema no longer seen {_span(abs(gap))} {'later' if gap > 0 else 'earlier'}"
        yield Difference("clear", words, _WEIGHT["clear"] * abs(gap) / 24.0, gap < 0)
    gap = float(twin.deficit[window][-1] - course.deficit[window][-1])
    if abs(gap) >= _WORTH["deficit"]:
        words = f"{'more' if gap > 0 else 'less'} lasting harm, by {abs(gap):.2f} on a scale of 0 to 1"
        yield Difference("deficit", words, _WEIGHT["deficit"] * abs(gap), gap < 0)


def _last(flags: NDArray[np.bool_]) -> int:
    found = np.flatnonzero(flags)
    return int(found[-1]) + 1 if len(found) and found[-1] + 1 < len(flags) else 0


def _graft(course: Course, twin: Course) -> Iterator[Difference]:
    window = _window(course, twin)
    bare = [float(np.sum(one.cover[window] < one.cover_needed[window])) * one.step_h / 24.0 for one in (course, twin)]
    gap = bare[1] - bare[0]
    if abs(gap) >= _WORTH["cover_days"]:
        words = f"{_span(24.0 * abs(gap))} {'more' if gap > 0 else 'fewer'} with less cover than the graft needs"
        yield Difference("cover", words, _WEIGHT["cover"] * abs(gap), gap < 0)
    risk = [1.0 - float(np.exp(-np.sum(one.rejection_hazard_per_h[window]) * one.step_h)) for one in (course, twin)]
    gap = risk[1] - risk[0]
    name = "graft-versus-host disease" if course.patient.organ == "allo-hsct" else "rejection"
    if abs(gap) >= _WORTH["risk"]:
        words = f"a chance of {name} of {100 * risk[1]:.0f} % in the model instead of {100 * risk[0]:.0f} %"
        yield Difference("risk", words, _WEIGHT["risk"] * abs(gap), gap < 0)
    here, there = (any(event.kind == "rejection" for event in one.events) for one in (course, twin))
    if here != there:
        words = f"{name} comes" if there else f"no {name}"
        yield Difference("rejection", words, _WEIGHT["rejection"], here)


def _span(hours: float) -> str:
    if hours < 36:
        return f"{hours:.0f} hour{'s' if round(hours) != 1 else ''}"
    return f"{hours / 24:.1f} days"
