"""The courses an encounter needs: one for each chart, computed once."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from pres_teach.case import Case
from pres_teach.patient import Chart
from pres_teach.physiology import Course

__all__ = ["Courses", "until"]

# An encounter changes its chart a few dozen times at most, and looks back at few of those charts.
KEPT = 8


class Courses:
    """Courses of one case's patient under any chart.

    Every course runs to the same `horizon_h`, so that a chart's course is computed once, however far the clock goes.

    Parameters
    ----------
    case
        The case whose patient, illness and solved thresholds are used.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.horizon_h = case.horizon_h
        self._kept: dict[Chart, Course] = {}

    def of(self, chart: Chart) -> Course:
        """The course under a chart, to `horizon_h`."""
        course = self._kept.pop(chart, None)
        if course is None:
            course = self.case.course(chart, self.horizon_h)
        self._kept[chart] = course  # the latest used stands last
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return course


def until(course: Course, time_h: float) -> Course:
    """A course as far as a time [h], that time's grid point included: what has happened, nothing of what will."""
    count = max(int(np.searchsorted(course.time_h, time_h, side="right")), 1)
    cut: dict[str, Any] = {}
    for field in fields(course):
        value = getattr(course, field.name)
        if isinstance(value, np.ndarray) and value.ndim and value.shape[-1] == course.time_h.size:
            cut[field.name] = value[..., :count]
    return replace(course, events=tuple(e for e in course.events if e.time_h <= time_h), **cut)
