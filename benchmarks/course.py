"""Speed and memory of courses and cohorts: one fresh process, medians.

Run with ``python benchmarks/course.py``; ``--large`` adds the cohort of 100 000, which takes a while.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable

LIMITS = {  # what, and at most
    "a 60-day course [s]": 0.020,
    "a course's moment [s]": 0.0005,
    "solving an onset [s]": 0.030,
    "200 patients with PRES, 60 days [s]": 1.0,
    "100 000 patients over 30 days [s]": 20.0,
    "memory of these [MB]": 1000.0,
}


def _median(action: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def measure(large: bool = False) -> dict[str, float]:
    """Medians of each thing in `LIMITS`."""
    from pres_teach import cohort
    from pres_teach.patient import Chart, Order, Patient
    from pres_teach.physiology import Drivers, Illness, simulate, solve

    patient = Patient(0, 28, "male", 68, "kidney", "*3/*3", 32, 88, 128, 0.80)
    chart = Chart()
    for drug, at_h, dose, every_h in (
        ("tacrolimus", 20.0, 3.0, 12.0),
        ("mycophenolate", 20.0, 1000.0, 12.0),
        ("prednisolone", 32.0, 20.0, 24.0),
        ("fluconazole", 297.0, 200.0, 24.0),
    ):
        chart = chart.give(Order(drug, at_h, dose, "mg", "mouth", every_h, None, "author"))
    illness = Illness(onset_h=366.0, untreated=(("seizure", 458.0),), drivers=Drivers(0.6, 0.3, 0.1))
    traits = solve(patient, chart, illness, 6, 1440.0)
    course = simulate(patient, chart, illness, traits, 1440.0)
    drawn = Illness()
    out = {
        "a 60-day course [s]": _median(lambda: simulate(patient, chart, illness, traits, 1440.0), 15),
        "a course's moment [s]": _median(lambda: course.at(500.0), 50),
        "solving an onset [s]": _median(lambda: solve(patient, chart, illness, 6, 1440.0), 9),
        "200 patients with PRES, 60 days [s]": _median(
            lambda: cohort.simulate(200, patient, chart, Illness(onset_h=366.0), 1, until_h=1440.0), 3
        ),
    }
    if large:
        out["100 000 patients over 30 days [s]"] = _median(
            lambda: cohort.simulate(100_000, patient, chart, drawn, 1, until_h=720.0, step_h=1.0), 1
        )
    out["memory of these [MB]"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return out


if __name__ == "__main__":
    for what, value in measure("--large" in sys.argv).items():
        print(f"{what:38} {value:9.4f}   at most {LIMITS[what]:g}")
