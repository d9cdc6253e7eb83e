"""Speed and memory of courses and cohorts, in one fresh process.

Run with ``python benchmarks/course.py``.
"""

from __future__ import annotations

import math

import numpy as np
from measure import Figures, cold_seconds, most_memory_mb, seconds
from scipy.integrate import solve_ivp

from pres_teach import cohort
from pres_teach.patient import Chart, Order, Patient
from pres_teach.physiology import Course, Drivers, Illness, simulate, solve

PATIENT = Patient(0, 28, "male", 68, "kidney", "*3/*3", 32, 88, 128, 0.80)
CHART = Chart(
    (
        Order("tacrolimus", 20.0, 3.0, "mg", "mouth", 12.0, by="author"),
        Order("mycophenolate", 20.0, 1000.0, "mg", "mouth", 12.0, by="author"),
        Order("prednisolone", 32.0, 20.0, "mg", "mouth", 24.0, by="author"),
        Order("fluconazole", 297.0, 200.0, "mg", "mouth", 24.0, by="author"),
    )
)
ILLNESS = Illness(onset_h=366.0, untreated=(("seizure", 458.0),), drivers=Drivers(0.6, 0.3, 0.1))
UNTIL_H = 1440.0


def oedema_by_solver(course: Course) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The oedema alone, from the leak of a course, by scipy's LSODA [mL]."""
    own, clear = course.traits, math.log(2) / course.traits.half_life_h

    def change(time_h: float, volume: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[float]:
        leak = course.leak[min(int(time_h / course.step_h), len(course.leak) - 1)]
        return [own.fill_per_h * leak * (own.volume_ml - volume[0]) - clear * volume[0]]

    solved = solve_ivp(
        change, (0.0, UNTIL_H), [0.0], method="LSODA", t_eval=course.time_h, rtol=1e-6, max_step=course.step_h
    )
    return np.asarray(solved.y[0])


def main() -> None:
    """Measure."""
    figures = Figures()
    traits = solve(PATIENT, CHART, ILLNESS, 6, UNTIL_H)
    course = simulate(PATIENT, CHART, ILLNESS, traits, UNTIL_H)
    one = 1000 * seconds(lambda: simulate(PATIENT, CHART, ILLNESS, traits, UNTIL_H), 25)
    theirs = 1000 * seconds(lambda: oedema_by_solver(course), 3)
    figures.add("a 60-day course", one, "ms", 20, ("its oedema alone by scipy's LSODA", theirs))
    apart = np.abs(oedema_by_solver(course) - course.oedema_ml).max()
    print(f"largest difference of the oedema to LSODA: {apart:.1e} mL")
    figures.add("solving an onset", 1000 * seconds(lambda: solve(PATIENT, CHART, ILLNESS, 6, UNTIL_H), 15), "ms", 30)
    people = 200
    sick = seconds(lambda: cohort.simulate(people, PATIENT, CHART, Illness(onset_h=366.0), 1, until_h=UNTIL_H), 3)
    figures.add("200 patients with PRES, 60 days", sick, "s", 1, ("one by one", people * one / 1000))

    kept = cold_seconds(lambda: cohort.simulate(100_000, PATIENT, CHART, Illness(), 1, until_h=720.0, step_h=1.0))
    counted = cold_seconds(lambda: cohort.count(100_000, PATIENT, CHART, Illness(), 1, until_h=720.0, step_h=1.0))
    figures.add("100 000 patients over 30 days, one core", counted, "s", 20, ("each one kept", kept))
    figures.add("most memory of all this", most_memory_mb(), "MB", 1000)
    figures.end()


if __name__ == "__main__":
    main()
