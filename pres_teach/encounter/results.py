"""What a test says: typed results as written, measured ones from the course at the time they were drawn."""

from __future__ import annotations

from pres_teach import units
from pres_teach.case import Case, Test
from pres_teach.patient import Chart, Order
from pres_teach.pharmacology import report_level, target_range
from pres_teach.physiology import Course

__all__ = ["last_dose", "result", "timing"]

# A convention of this display, never scored: a level drawn within this of the next dose is called a trough.
TROUGH_WINDOW_H = 1.0


def result(case: Case, chart: Chart, course: Course, test: Test, drawn_h: float) -> str:
    """The result of a test drawn at a time [h], as Markdown."""
    if test.scan:
        return "The pictures have come."
    if test.measures is None:
        return test.result or ""
    moment = course.at(drawn_h)
    if test.measures == "tacrolimus":
        return _level(case, chart, float(moment.level_ng_ml), drawn_h)
    drawn = f"Drawn {units.show_time(drawn_h)}."
    if test.measures == "magnesium":
        return f"{units.both(float(moment.magnesium_mmol_l), 'mmol/L', 'magnesium')}. {drawn}"
    if test.measures == "creatinine":
        return f"{units.both(float(moment.creatinine_umol_l), 'umol/L', 'creatinine')}. {drawn}"
    return (
        f"{moment.systolic_mmhg:.0f}/{moment.diastolic_mmhg:.0f} mmHg, mean {moment.map_mmhg:.0f} mmHg. "
        f"Measured {units.show_time(drawn_h)}."
    )


def _level(case: Case, chart: Chart, true_ng_ml: float, drawn_h: float) -> str:
    reported = report_level(true_ng_ml, case.seed, case.patient.number, drawn_h)
    range_ = target_range("tacrolimus", case.patient.organ, drawn_h / 24.0, case.regimen, case.patient.age_years)
    target = f"Trough range: {range_.text} [@{range_.source}]." if range_ is not None else ""
    said = timing(chart, "tacrolimus", drawn_h)
    return " ".join(
        part
        for part in (
            f"{units.both(reported, 'ng/mL', 'tacrolimus')}.",
            f"Drawn {units.show_time(drawn_h)}, {said}.",
            target,
        )
        if part
    )


def last_dose(chart: Chart, drug: str, at_h: float) -> tuple[Order, float] | None:
    """The last dose of a drug before a time [h], with its order; of an infusion, the last time it ran [h].

    A dose due at that very time is not given yet: blood is drawn before the tablet.
    """
    given: list[tuple[float, Order]] = []
    for order in chart.of(drug):
        if order.at_h > at_h:
            continue
        if order.infusion:
            given.append((at_h if order.runs(at_h) else float(order.until_h or at_h), order))
        elif times := order.times(at_h):
            given.append((times[-1], order))
    if not given:
        return None
    time_h, order = max(given, key=lambda pair: pair[0])
    return order, time_h


def timing(chart: Chart, drug: str, drawn_h: float) -> str:
    """When a level was drawn with respect to the last dose, and whether it is a trough.

    Parameters
    ----------
    drawn_h
        When [h since transplantation].
    """
    last = last_dose(chart, drug, drawn_h)
    if last is None:
        return f"before any dose of {drug}"
    order, given_h = last
    if order.infusion:
        if order.runs(drawn_h):
            return "during an infusion: not a trough"
        return f"{_hours(drawn_h - given_h)} after the infusion ended: not a trough"
    since_h = drawn_h - given_h
    after = f"{_hours(since_h)} after the last dose"
    if order.every_h is None:
        return f"{after}, which was a single one: not a trough"
    left_h = order.every_h - since_h
    if left_h > TROUGH_WINDOW_H:
        return f"{after}: not a trough"
    if left_h < -TROUGH_WINDOW_H:
        return f"{after}: later than a trough, because no dose was given since"
    return f"{after}: a true trough"


def _hours(hours: float) -> str:
    return f"{units.show_number(hours, 1).removesuffix('.0')} h"
