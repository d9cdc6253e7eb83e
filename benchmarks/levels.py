"""How long levels take, beside an ODE solver in the same run.

Run with ``python benchmarks/levels.py``.
"""

from __future__ import annotations

import numpy as np
from measure import Figures, seconds
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import levels
from pres_teach.pharmacology.models import Parameters, woillard2011_immediate

PATIENT = Patient(1, 28, "male", 68, "kidney", "*3/*3", 32, 88, 130, 0.78)
PLAIN = Chart((Order("tacrolimus", 0.0, 3.0, "mg", "mouth", 12.0),))
AZOLE = PLAIN.give(Order("fluconazole", 297.0, 200.0, "mg", "mouth", 24.0))


def by_solver(parameters: Parameters, grid: NDArray[np.float64], mg: float, every_h: float) -> NDArray[np.float64]:
    """The same levels by scipy's LSODA, restarted at every dose [ng/mL]."""
    p = parameters
    k10, k12, k21 = p.cl_l_per_h / p.vc_l, p.q_l_per_h / p.vc_l, p.q_l_per_h / p.vp_l
    n = p.steps
    rates = np.diag([-p.ktr_per_h] * n + [-k10 - k12, -k21])
    rates += np.diag([p.ktr_per_h] * n + [k12], -1)
    rates[n, n + 1] = k21
    state = np.zeros(n + 2)
    found = np.zeros(grid.size)
    for start in np.arange(0.0, grid[-1], every_h):
        state[0] += mg
        inside = (grid > start) & (grid <= start + every_h)
        solved = solve_ivp(
            lambda _, y: rates @ y,
            (start, start + every_h),
            state,
            method="LSODA",
            t_eval=grid[inside],
            rtol=1e-8,
            atol=1e-10,
        )
        found[inside] = 1000.0 * solved.y[n] / p.vc_l
        state = solved.y[:, -1]
    return found


def main() -> None:
    """Measure, and see how far the two ways lie apart."""
    figures = Figures()
    fortnight = np.arange(0.0, 14 * 24 + 0.1, 0.25)
    long = np.arange(0.0, 45 * 24 + 0.1, 0.25)
    parameters = woillard2011_immediate(PATIENT)
    ours = 1000 * seconds(lambda: levels(PATIENT, PLAIN, fortnight), 50)
    theirs = 1000 * seconds(lambda: by_solver(parameters, fortnight, 3.0, 12.0), 5)
    figures.add("levels of 14 days at 15 min", ours, "ms", 1, ("scipy's LSODA", theirs))
    figures.add("45 days, an azole, a band of 5", 1000 * seconds(lambda: levels(PATIENT, AZOLE, long), 50), "ms")
    apart = np.abs(levels(PATIENT, PLAIN, fortnight).ng_ml - by_solver(parameters, fortnight, 3.0, 12.0)).max()
    print(f"largest difference to LSODA: {apart:.1e} ng/mL")
    figures.end()


if __name__ == "__main__":
    main()
