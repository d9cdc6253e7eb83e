"""The course of an encounter as numbers for the plot: what was measured, and after the reveal what the model knows."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pres_teach.case import Case
from pres_teach.encounter import Twin, level_drawn
from pres_teach.pharmacology import target_range
from pres_teach.physiology import Course
from pres_teach.units import show_time

from .course_plot import CoursePlot
from .sitting import Sitting

SHOWN = ("level", "pressure", "oedema", "cover")
MOST_POINTS = 700
LOOKING_BACK_H = 5 * 24.0
STAMP = "Teaching model, illustrative: never validated on patients"
STAMP_LEVEL = "A published model of the level, for a typical patient: not a measurement"
TWINS = {"expert": "under the expert's chart", "in range": "had the level stayed in range"}
SHORT = {"expert": "expert's chart", "in range": "level in range"}


@dataclass(frozen=True)
class _Panel:
    """One panel: which series of a course, and how to show it."""

    name: str
    title: str
    series: str
    unit: str
    tone: int
    digits: int
    least: float
    most: float
    drug: str = ""


PANELS = (
    _Panel("level", "Tacrolimus", "level_ng_ml", "ng/mL", 1, 1, 0.0, 15.0, "tacrolimus"),
    _Panel("ciclosporin", "Ciclosporin", "ciclosporin_ng_ml", "ng/mL", 1, 0, 0.0, 400.0, "ciclosporin"),
    _Panel("sirolimus", "Sirolimus", "sirolimus_ng_ml", "ng/mL", 1, 1, 0.0, 15.0, "sirolimus"),
    _Panel("everolimus", "Everolimus", "everolimus_ng_ml", "ng/mL", 1, 1, 0.0, 15.0, "everolimus"),
    _Panel("pressure", "Mean arterial pressure", "map_mmhg", "mmHg", 2, 0, 60.0, 120.0),
    _Panel("oedema", "Brain oedema", "oedema_ml", "mL", 4, 0, 0.0, 10.0),
    _Panel("cover", "Graft cover", "cover", "of an ordinary three-drug regimen", 3, 2, 0.0, 1.4),
)


class Plotting:
    """Wires the course plot to an encounter.

    Parameters
    ----------
    sitting
        The lesson's case and encounter.
    reveal
        False shows what was measured, True all that the model knows, a collection of names from `SHOWN` only those.
    twin
        "expert" or "in range": the same patient under another chart, dashed; None for none.
    """

    def __init__(self, sitting: Sitting, reveal: bool | Collection[str] = False, twin: str | None = None) -> None:
        names = SHOWN if reveal is True else () if reveal is False else tuple(reveal)
        for name in names:
            if name not in SHOWN:
                raise ValueError(f'"reveal": of {", ".join(SHOWN)}; found "{name}"; leave it out or correct it')
        if twin is not None and twin not in TWINS:
            raise ValueError(f'"twin": one of {", ".join(TWINS)}; found "{twin}"; choose one of these')
        self.sitting = sitting
        self.names = names
        self.twin = twin
        self.widget = CoursePlot()
        sitting.follow(self.refresh)

    def refresh(self) -> None:
        """Draw the plot from the encounter."""
        if self.twin and "Debrief" not in self.sitting.opened:
            self.widget.data = {"title": "The twin", "lead": "This picture opens with the debrief.", "panels": []}
            return
        encounter = self.sitting.encounter
        course = encounter.course
        twin = next((t for t in encounter.debrief().twins if t.id == self.twin), None) if self.twin else None
        start = max(0.0, self.sitting.case.opens_h - LOOKING_BACK_H)
        end = max(encounter.clock_h, start + 24.0)
        wanted = list(self._wanted())
        measured = {panel.name: self._levels(panel.drug) for panel in wanted if panel.drug}
        measured["pressure"] = self._pressures()
        panels = [self._panel(panel, course, twin, start, end, measured.get(panel.name, [])) for panel in wanted]
        data: dict[str, Any] = {
            "title": "The course so far" if self.names else "What was measured so far",
            "lead": self._lead(twin),
            "stamp": "" if not self.names else STAMP_LEVEL if set(self.names) == {"level"} else STAMP,
            "range": [start, end],
            "now": encounter.clock_h,
            "panels": panels,
            "events": self._events(start, end),
            "limits": self._limits(course, twin),
            "table": self._table(wanted, course, twin, start, end) if self.names else self._measured_table(measured),
        }
        self.widget.data = data

    # --- parts -----------------------------------------------------------------------------------------------------

    def _wanted(self) -> Iterable[_Panel]:
        """The panels asked for; with the level of tacrolimus those of the drugs that took its place."""
        names = self.names or ("level", "pressure")
        given = {order.drug for order in self.sitting.encounter.chart.orders}
        for panel in PANELS:
            if panel.name in names or ("level" in names and panel.drug in given):
                yield panel

    def _lead(self, twin: Twin | None) -> str:
        if twin is not None:
            return f"Solid: your patient. Dashed: the same patient with the same luck, {TWINS[twin.id]}."
        if not self.names:
            return "Only what was asked for is known. What nobody measured is not drawn."
        return ""

    def _limits(self, course: Course, twin: Twin | None) -> list[str]:
        if not self.names:
            return []
        said = list(course.limits)
        if twin is not None and twin.comparison.spread:
            said.append(
                "The two charts differ in immunosuppression alone. What that does to the brain depends on drivers that "
                "nobody knows at the bedside, so no second line of oedema is drawn."
            )
        return said

    def _levels(self, drug: str) -> list[tuple[float, float]]:
        case, encounter = self.sitting.case, self.sitting.encounter
        found = []
        for one in encounter.results:
            test = case.test(one.test)
            if test.measures == drug:
                report = level_drawn(case, encounter.chart, encounter.course, test, one.drawn_h)
                found += [(one.drawn_h, report.ng_ml)] if report is not None else []
        return found

    def _pressures(self) -> list[tuple[float, float]]:
        course = self.sitting.encounter.course
        return [(t, float(course.at(t).map_mmhg)) for t in self._drawn("map")]

    def _drawn(self, measure: str) -> list[float]:
        case = self.sitting.case
        return [r.drawn_h for r in self.sitting.encounter.results if case.test(r.test).measures == measure]

    def _panel(
        self,
        panel: _Panel,
        course: Course,
        twin: Twin | None,
        start: float,
        end: float,
        points: Sequence[tuple[float, float]],
    ) -> dict[str, Any]:
        made: dict[str, Any] = {"title": panel.title, "unit": panel.unit, "digits": panel.digits, "lines": []}
        low, high = panel.least, panel.most
        alt = []
        if self.names:
            drawn = [("this patient" if twin else panel.title.lower(), course, False)]
            if twin is not None and not (panel.name == "oedema" and twin.comparison.spread):
                drawn.append((SHORT[twin.id], twin.course, True))
            for label, one, dash in drawn:
                time, values = thinned(one.time_h, getattr(one, panel.series), start, end)
                made["lines"].append(
                    {"label": label, "time": time, "values": values, "tone": 5 if dash else panel.tone, "dash": dash}
                )
                low, high = min(low, *values), max(high, *values)
                alt.append(_in_words(label, values, panel))
        if panel.drug:
            made["targets"] = targets_of(self.sitting.case, panel.drug, start, end)
            high = max(high, *(each["high"][0] for each in made["targets"]), 0.0)
            if self.names and panel.name == "level":
                time, least = thinned(course.time_h, course.level_low_ng_ml, start, end)
                _, most = thinned(course.time_h, course.level_high_ng_ml, start, end)
                made["bands"] = [{"time": time, "low": least, "high": most, "tone": panel.tone}]
                high = max(high, *most)
        elif panel.name == "pressure":
            own = self.sitting.case.patient.baseline_map_mmhg
            made["levels"] = [{"value": own, "label": f"own, {own:.0f}"}]
            low, high = min(low, own - 5), max(high, own + 5)
            alt.append(f"the patient's own baseline is {own:.0f} {panel.unit}")
        elif panel.name == "cover":
            time, needed = thinned(course.time_h, course.cover_needed, start, end)
            made["lines"].append({"label": "needed", "time": time, "values": needed, "tone": 5, "thin": True})
        if points:
            made["points"] = [{"time": round(t, 3), "value": round(v, 2)} for t, v in points]
            made["points_label"] = "measured"
            high = max(high, *(v for _, v in points))
            low = min(low, *(v for _, v in points))
            alt.append("measured: " + ", ".join(f"{v:.{panel.digits}f} on {show_time(t)}" for t, v in points))
        elif not self.names:
            alt.append("nothing measured yet")
            made["empty"] = "Nothing measured yet"
        step = 5.0 if panel.name != "cover" else 0.2
        made["y"] = [math.floor(low / step) * step, math.ceil(high * 1.04 / step) * step]
        made["alt"] = f"{panel.title}: {'; '.join(alt)}."
        return made

    def _events(self, start: float, end: float) -> list[dict[str, Any]]:
        case, encounter = self.sitting.case, self.sitting.encounter
        marks: list[tuple[float, str, str]] = []
        for order in case.chart.orders:
            if order.at_h < case.opens_h:
                why = f", for {order.indication}" if order.indication else ""
                marks.append((order.at_h, order.words() + why, "order"))
        marks += [(done.time_h, done.words, "order") for done in encounter.decisions]
        marks += [(event.time_h, event.text, "event") for event in encounter.course.events]
        marks.sort(key=lambda mark: mark[0])
        return [{"time": t, "text": text, "kind": kind} for t, text, kind in marks if start <= t <= end]

    def _table(
        self, panels: Iterable[_Panel], course: Course, twin: Twin | None, start: float, end: float
    ) -> dict[str, Any]:
        shown = list(panels)
        columns = ["When", *(f"{panel.title} [{panel.unit}]" for panel in shown)]
        twins = [p for p in shown if twin and not (p.name == "oedema" and twin.comparison.spread)]
        columns += [f"{panel.title}, twin [{panel.unit}]" for panel in twins]
        rows = []
        # at 08:00, when most twice-daily drugs are at their lowest
        for hours in [day * 24.0 + 8.0 for day in range(math.floor(start / 24), math.ceil(end / 24))]:
            if not start <= hours <= end:
                continue
            here = course.at(hours)
            row = [show_time(hours), *(f"{getattr(here, panel.series):.{panel.digits}f}" for panel in shown)]
            if twin is not None:
                there = twin.course.at(hours)
                row += [f"{getattr(there, panel.series):.{panel.digits}f}" for panel in twins]
            rows.append(row)
        return {"caption": "The same as a table, every day at 08:00", "columns": columns, "rows": rows}

    def _measured_table(self, measured: dict[str, list[tuple[float, float]]]) -> dict[str, Any] | None:
        rows = [
            (time_h, panel.title, f"{value:.{panel.digits}f} {panel.unit}")
            for panel in PANELS
            for time_h, value in measured.get(panel.name, [])
        ]
        if not rows:
            return None
        shown = [[show_time(time_h), title, value] for time_h, title, value in sorted(rows)]
        return {"caption": "What was measured", "columns": ["Drawn", "What", "Value"], "rows": shown}


def targets_of(case: Case, drug: str, start: float, end: float) -> list[dict[str, Any]]:
    """The trough range, piece by piece, because it changes with the days."""
    pieces: list[dict[str, Any]] = []
    for day in range(math.floor(start / 24), math.ceil(end / 24)):
        found = target_range(drug, case.patient.organ, float(day), case.regimen, age_years=case.patient.age_years)
        if found is None:
            continue
        begins, ends = max(start, day * 24.0), min(end, (day + 1) * 24.0)
        last = pieces[-1] if pieces else None
        if last is not None and (last["low"][0], last["high"][0]) == (found.low, found.high):
            last["time"][1] = ends
        else:
            label = f"troughs {found.low:g} to {found.high:g}"
            pieces.append({"time": [begins, ends], "low": [found.low] * 2, "high": [found.high] * 2, "label": label})
    for piece in pieces[:-1]:
        piece["label"] = ""
    return pieces


def thinned(
    time_h: NDArray[np.float64], values: NDArray[np.float64], start: float, end: float
) -> tuple[list[float], list[float]]:
    """A series within a window, with few enough points to draw and send at once."""
    inside = np.flatnonzero((time_h >= start) & (time_h <= end))
    step = max(1, math.ceil(inside.size / MOST_POINTS))
    kept = np.unique(np.append(inside[::step], inside[-1:]))
    return [round(float(t), 3) for t in time_h[kept]], [round(float(v), 3) for v in values[kept]]


def _in_words(label: str, values: Sequence[float], panel: _Panel) -> str:
    lowest, highest, last = (f"{v:.{panel.digits}f}" for v in (min(values), max(values), values[-1]))
    return f"{label} from {lowest} to {highest}, last {last} {panel.unit}"
