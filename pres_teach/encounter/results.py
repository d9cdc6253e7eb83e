"""What a test says: typed results as written, measured ones from the course at the time they were drawn."""

from __future__ import annotations

from pres_teach import units
from pres_teach.case import Case, Test
from pres_teach.patient import Chart
from pres_teach.pharmacology import Report, draw
from pres_teach.physiology import LEVEL_OF, Course

__all__ = ["level_drawn", "result"]


def level_drawn(case: Case, chart: Chart, course: Course, test: Test, drawn_h: float) -> Report | None:
    """The laboratory's report of a drug's level drawn at a time [h]; None for a test of anything else."""
    if test.measures not in LEVEL_OF:
        return None
    true = float(getattr(course.at(drawn_h), LEVEL_OF[test.measures]))
    return draw(
        case.patient,
        chart,
        test.measures,
        drawn_h,
        true,
        case.seed,
        regimen=case.regimen,
        from_line=test.drawn_from == "line",
    )


def result(case: Case, chart: Chart, course: Course, test: Test, drawn_h: float) -> str:
    """The result of a test drawn at a time [h], as Markdown."""
    if test.scan:
        return "The pictures have come."
    if test.measures is None:
        return test.result or ""
    moment = course.at(drawn_h)
    if (report := level_drawn(case, chart, course, test, drawn_h)) is not None:
        return report.text
    drawn = f"Drawn {units.show_time(drawn_h)}."
    if test.measures == "magnesium":
        return f"{units.both(float(moment.magnesium_mmol_l), 'mmol/L', 'magnesium')}. {drawn}"
    if test.measures == "creatinine":
        return f"{units.both(float(moment.creatinine_umol_l), 'umol/L', 'creatinine')}. {drawn}"
    return (
        f"{moment.systolic_mmhg:.0f}/{moment.diastolic_mmhg:.0f} mmHg, mean {moment.map_mmhg:.0f} mmHg. "
        f"Measured {units.show_time(drawn_h)}."
    )
