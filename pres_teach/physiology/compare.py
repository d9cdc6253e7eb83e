"""Two courses of the same patient, row by row, in words. Never survival: nothing here knows how to compute it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from pres_teach.patient import Chart, Order
from pres_teach.pharmacology import formulary_of
from pres_teach.physiology.cascade import Setting, brain, column, injury_of, setting
from pres_teach.physiology.course import LEVEL_OF, Course
from pres_teach.physiology.parameters import parameters
from pres_teach.physiology.seizures import cumulated
from pres_teach.physiology.traits import TraitTable, tabulate
from pres_teach.units import show_time

__all__ = ["Comparison", "Row", "alike", "compare", "mixed", "plans_alone"]

# Mixtures of exposure, pressure and systemic drive: what nobody knows at the bedside.
MIXTURES = (
    (0.34, 0.33, 0.33),
    (0.6, 0.2, 0.2),
    (0.2, 0.6, 0.2),
    (0.2, 0.2, 0.6),
    (0.45, 0.45, 0.1),
    (0.45, 0.1, 0.45),
    (0.1, 0.45, 0.45),
)
_IMMUNOSUPPRESSION = ("calcineurin inhibitor", "mtor inhibitor", "biologic", "antimetabolite", "steroid")


@dataclass(frozen=True)
class Row:
    """One thing compared: what, the value here and there, and the difference in words."""

    what: str
    here: str
    there: str
    in_words: str


@dataclass(frozen=True)
class Comparison:
    """Two courses of one patient, row by row.

    Parameters
    ----------
    rows
        What, here, there, in words.
    spread
        Whether the brain is shown as a spread over the unknown weights of the drivers: so it is where the two charts
        differ in immunosuppression alone, because one patient's weights would make a strategy look better than it is
        known to be.
    note
        How to read it.
    """

    rows: tuple[Row, ...]
    spread: bool
    note: str


def compare(course: Course, twin: Course, spread: bool | None = None) -> Comparison:
    """Compare two courses of the same patient under two charts.

    Parameters
    ----------
    course, twin
        Of one patient with one set of traits; compared for as long as both last.
    spread
        Whether to show the brain as a spread over the driver weights; None does so when the charts differ in
        immunosuppression alone.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If the two are not of one patient and one set of traits, or not on one grid.
    """
    alike(course, twin)
    last = min(len(course.time_h), len(twin.time_h))
    first = min(round((course.opens_h or 0.0) / course.step_h), last - 1)
    window = slice(first, last)
    until_h = float(course.time_h[last - 1])
    if spread is None:
        spread = plans_alone(course, twin)
    mixed = _mixtures(course, twin, until_h) if spread else None
    rows = [*_levels(course, twin, window), *_pressure(course, twin, window, until_h)]
    rows += mixed if mixed is not None else _brain(course, twin, until_h)
    rows += [*_graft(course, twin, window, until_h), *_chemistry(course, twin, window)]
    note = "The same patient and the same luck; only the orders differ. A teaching model, not a forecast."
    if mixed is not None:
        note += (
            " The charts differ in immunosuppression alone. What the drivers weigh in this patient nobody can know at "
            "the bedside, so the brain is shown for several mixtures of them; no strategy is known to be better."
        )
    return Comparison(tuple(rows), mixed is not None, note)


def alike(course: Course, twin: Course) -> None:
    """Refuse two courses that are not of one patient, one set of traits and one grid."""
    if course.patient != twin.patient or course.traits != twin.traits or course.step_h != twin.step_h:
        raise ValueError(
            '"twin": must be the same patient with the same traits on the same grid; received another; '
            "use course.twin(chart)"
        )


def _immunosuppression_alone(here: Chart, there: Chart) -> bool:
    """Whether two charts differ, and in immunosuppression alone."""
    known = formulary_of(here)

    def others(chart: Chart) -> set[tuple[str, float, float, str, str, float | None, float | None]]:
        return {_what(order) for order in chart.orders if known.drug(order.drug).group not in _IMMUNOSUPPRESSION}

    return {_what(o) for o in here.orders} != {_what(o) for o in there.orders} and others(here) == others(there)


def plans_alone(course: Course, twin: Course) -> bool:
    """Whether two courses of PRES differ in the plan for the immunosuppression alone: none is known to be better.

    In another illness less immunosuppression may be the treatment itself.
    """
    return course.illness.diagnosis == "PRES" and _immunosuppression_alone(course.chart, twin.chart)


def _what(order: Order) -> tuple[str, float, float, str, str, float | None, float | None]:
    return order.drug, order.at_h, order.dose, order.unit, order.route, order.every_h, order.until_h


def _differ(
    what: str, here: float, there: float, show: Callable[[float], str], same: float, more: str, less: str
) -> Row:
    """A row of numbers; differences below `same` are none."""
    gap = here - there
    words = "The same." if abs(gap) < same else f"{show(abs(gap))} {more if gap > 0 else less} here."
    return Row(what, show(here), show(there), words)


def _ng_ml(value: float) -> str:
    return f"{value:.1f} ng/mL"


def _mmhg(value: float) -> str:
    return f"{value:.0f} mmHg"


def _levels(course: Course, twin: Course, window: slice) -> list[Row]:
    rows = []
    for shown, name in LEVEL_OF.items():
        here, there = getattr(course, name)[window], getattr(twin, name)[window]
        if max(here.max(), there.max()) <= 0:
            continue
        rows.append(
            _differ(f"Mean {shown} level", float(here.mean()), float(there.mean()), _ng_ml, 0.1, "higher", "lower")
        )
        rows.append(
            _differ(f"Highest {shown} level", float(here.max()), float(there.max()), _ng_ml, 0.1, "higher", "lower")
        )
    return rows


def _count(course: Course, kinds: tuple[str, ...], until_h: float) -> int:
    return sum(event.kind in kinds and event.time_h <= until_h for event in course.events)


def _times(count: int) -> str:
    return ("never", "once", "twice")[count] if count < 3 else f"{count} times"


def _events(what: str, course: Course, twin: Course, kinds: tuple[str, ...], until_h: float) -> Row:
    here, there = _count(course, kinds, until_h), _count(twin, kinds, until_h)
    words = "The same." if here == there else "More often here." if here > there else "Less often here."
    return Row(what, _times(here), _times(there), words)


def _pressure(course: Course, twin: Course, window: slice, until_h: float) -> list[Row]:
    here, there = course.map_mmhg[window], twin.map_mmhg[window]
    return [
        _differ("Highest mean pressure", float(here.max()), float(there.max()), _mmhg, 1.0, "higher", "lower"),
        _differ("Lowest mean pressure", float(here.min()), float(there.min()), _mmhg, 1.0, "higher", "lower"),
        _events("Pressure that fell too fast, or below the patient's own", course, twin, ("hypoperfusion",), until_h),
    ]


def _ml(value: float) -> str:
    return f"{value:.0f} mL"


def _day(time_h: float | None) -> str:
    return "not yet" if time_h is None else show_time(time_h)


def _cleared_h(course: Course, until_h: float) -> float | None:
    """When oedema is no longer seen, after it was; None if not by `until_h` or never seen."""
    seen = (course.oedema_ml > parameters().group("oedema").seen_ml) & (course.time_h <= until_h)
    if not seen.any():
        return None
    k = int(np.flatnonzero(seen)[-1]) + 1
    return float(course.time_h[k]) if k < len(course.time_h) and course.time_h[k] <= until_h else None


def _sooner(what: str, here: float | None, there: float | None, never_here: bool, never_there: bool) -> Row:
    shown = ("none to clear" if never_here else _day(here), "none to clear" if never_there else _day(there))
    if shown[0] == shown[1]:
        words = "The same."
    elif here is not None and there is not None:
        days = abs(here - there) / 24.0
        words = f"{days:.1f} days {'later' if here > there else 'sooner'} here."
    elif never_here or never_there:
        words = "Nothing to clear here." if never_here else "Nothing to clear there."
    else:
        words = "Not yet here." if here is None else "Not yet there."
    return Row(what, *shown, words)


def _brain(course: Course, twin: Course, until_h: float) -> list[Row]:
    inside = course.time_h[: len(twin.time_h)] <= until_h
    size = int(inside.sum())
    here, there = float(course.oedema_ml[:size].max()), float(twin.oedema_ml[:size].max())
    seen = parameters().group("oedema").seen_ml
    recovered = [
        next((e.time_h for e in reversed(c.events) if e.kind == "recovery" and e.time_h <= until_h), None)
        for c in (course, twin)
    ]
    never = [c.onset_h is None or c.onset_h > until_h for c in (course, twin)]
    return [
        _differ("Oedema at its peak", here, there, _ml, 0.5, "more", "less"),
        _sooner(
            "Oedema no longer seen", _cleared_h(course, until_h), _cleared_h(twin, until_h), here <= seen, there <= seen
        ),
        _sooner("Headache, sight and mind clear", recovered[0], recovered[1], never[0], never[1]),
        _events("Seizures", course, twin, ("seizure", "status"), until_h),
        _events("Status epilepticus", course, twin, ("status",), until_h),
        _events("Haemorrhage", course, twin, ("haemorrhage",), until_h),
        _differ(
            "Lasting harm, on a scale of 0 to 1",
            float(course.deficit[size - 1]),
            float(twin.deficit[size - 1]),
            lambda value: f"{value:.2f}",
            0.01,
            "more",
            "less",
        ),
    ]


def _graft(course: Course, twin: Course, window: slice, until_h: float) -> list[Row]:
    def days(c: Course) -> float:
        return float(np.sum(c.cover[window] < c.cover_needed[window])) * c.step_h / 24.0

    def risk(c: Course) -> float:
        """Chance that a patient like this rejects in that time [%]."""
        return 100.0 * float(1.0 - np.exp(-np.sum(c.rejection_hazard_per_h[window]) * c.step_h))

    name = "Graft-versus-host disease" if course.patient.organ == "allo-hsct" else "Rejection"
    return [
        _differ(
            "Days with less cover than the graft needs",
            days(course),
            days(twin),
            lambda value: f"{value:.1f} days",
            0.2,
            "more",
            "fewer",
        ),
        _differ(
            f"{name}: chance in the model",
            risk(course),
            risk(twin),
            lambda value: f"{value:.0f} %",
            1.0,
            "more",
            "less",
        ),
        _events(name, course, twin, ("rejection",), until_h),
    ]


def _chemistry(course: Course, twin: Course, window: slice) -> list[Row]:
    return [
        _differ(
            "Lowest magnesium",
            float(course.magnesium_mmol_l[window].min()),
            float(twin.magnesium_mmol_l[window].min()),
            lambda value: f"{value:.2f} mmol/L",
            0.01,
            "higher",
            "lower",
        ),
        _differ(
            "Highest creatinine",
            float(course.creatinine_umol_l[window].max()),
            float(twin.creatinine_umol_l[window].max()),
            lambda value: f"{value:.0f} µmol/L",
            1.0,
            "higher",
            "lower",
        ),
    ]


def mixed(course: Course, at: Setting) -> TraitTable | None:
    """Traits under several mixtures of the drivers, each with the susceptibility that gives the onset of a course.

    None where it has no onset within the setting, where the illness is not PRES, or where fewer than two mixtures can
    have their onset then.

    Parameters
    ----------
    course
        Whose onset it is.
    at
        The setting under its chart.
    """
    onset_h = course.onset_h
    if course.illness.diagnosis != "PRES" or onset_h is None or onset_h >= float(at.time_h[-1]):
        return None
    k = round(onset_h / at.step_h)
    own = []
    for exposure, pressure, systemic in MIXTURES:
        one = replace(course.traits, exposure=exposure, pressure=pressure, systemic=systemic)
        _, injury = injury_of(at, one)
        # Some mixtures cannot have their onset then; those are not this patient's.
        if injury[k] > injury[:k].max():
            own.append(replace(one, threshold=float(injury[k])))
    return tabulate(own) if len(own) >= 2 else None


def _mixtures(course: Course, twin: Course, until_h: float) -> list[Row] | None:
    """Rows of a spread; None where the two courses have no onset in common: there is no one illness to vary."""
    if course.onset_h != twin.onset_h:
        return None
    charts = (course.chart, twin.chart)
    settings = [setting(course.patient, c, course.illness, until_h, course.step_h, band=False) for c in charts]
    table = mixed(course, settings[0])
    if table is None:
        return None
    peaks, hazards, left = [], [], []
    for at in settings:
        found = brain(column(at), course.illness, table, course.patient.organ)
        peaks.append(found.oedema_ml.max(axis=0))
        hazards.append(cumulated(found.hazard_per_h, course.step_h)[-1])
        left.append(found.oedema_ml[-1])
    chance = [100.0 * (1.0 - np.exp(-hazard)) for hazard in hazards]
    rows = []
    for what, (here, there), unit in (
        ("Oedema at its peak", peaks, "mL"),
        ("Oedema at the end", left, "mL"),
        ("Chance of a seizure in the model", chance, "%"),
    ):
        verdict = "the two overlap"
        if here.min() > there.max():
            verdict = "more here in all of them"
        elif here.max() < there.min():
            verdict = "less here in all of them"
        shown = [f"{values.min():.0f} to {values.max():.0f} {unit}" for values in (here, there)]
        rows.append(Row(what, shown[0], shown[1], f"Over {len(peaks[0])} mixtures of the drivers; {verdict}."))
    return rows
