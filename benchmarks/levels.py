"""How long levels take, beside two ODE solvers in the same run.

Run with ``python benchmarks/levels.py``.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from measure import Figures, most_memory_mb, seconds
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import MODELS, exposures, levels
from pres_teach.pharmacology.models import Parameters

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


def road_runner(parameters: Parameters) -> Any:
    """The same system in libroadrunner, or None where it is not installed: the dose is an amount in the depot."""
    try:
        import roadrunner
    except ImportError:
        return None
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    p = parameters
    runner = roadrunner.RoadRunner()
    runner.addCompartment("body", 1.0, False)
    chain = [f"t{k}" for k in range(p.steps)]
    for name in (*chain, "central", "peripheral"):
        runner.addSpeciesAmount(name, "body", 0.0, False, False, "", False)
    flows = [(a, [b], f"{p.ktr_per_h} * {a}") for a, b in itertools.pairwise([*chain, "central"])]
    flows += [
        ("central", [], f"{p.cl_l_per_h / p.vc_l} * central"),
        ("central", ["peripheral"], f"{p.q_l_per_h / p.vc_l} * central"),
        ("peripheral", ["central"], f"{p.q_l_per_h / p.vp_l} * peripheral"),
    ]
    for number, (source, to, law) in enumerate(flows):
        runner.addReaction(f"r{number}", [source], to, law, number == len(flows) - 1)
    runner.integrator.setValue("relative_tolerance", 1e-8)
    runner.integrator.setValue("absolute_tolerance", 1e-10)
    return runner


def by_road_runner(
    runner: Any, parameters: Parameters, grid: NDArray[np.float64], mg: float, every_h: float
) -> NDArray[np.float64]:
    """The same levels by libroadrunner's CVODE, stopped at every dose [ng/mL]."""
    runner.resetAll()
    found = np.zeros(grid.size)
    for start in np.arange(0.0, grid[-1], every_h):
        runner["t0"] = float(runner["t0"]) + mg
        inside = (grid > start) & (grid <= start + every_h)
        points = int(inside.sum()) + 1
        made = runner.simulate(0.0, every_h, points, ["central"])
        found[inside] = 1000.0 * np.asarray(made)[1:, 0] / parameters.vc_l
    return found


def main() -> None:
    """Measure; how far the ways lie apart is looked at first."""
    figures = Figures()
    fortnight = np.arange(0.0, 14 * 24 + 0.1, 0.25)
    long = np.arange(0.0, 45 * 24 + 0.1, 0.25)
    parameters = MODELS["woillard2011-immediate"].parameters(PATIENT)
    here = levels(PATIENT, PLAIN, fortnight).ng_ml
    apart = np.abs(here - by_solver(parameters, fortnight, 3.0, 12.0)).max()
    print(f"largest difference to LSODA: {apart:.1e} ng/mL")
    assert apart < 1e-5
    ours = 1000 * seconds(lambda: levels(PATIENT, PLAIN, fortnight), 50)
    theirs = 1000 * seconds(lambda: by_solver(parameters, fortnight, 3.0, 12.0), 5)
    figures.add("levels of 14 days at 15 min", ours, "ms", 1, ("scipy's LSODA", theirs))
    runner = road_runner(parameters)
    if runner is None:
        print("libroadrunner is not installed (dependency group benchmarks): not compared")
    else:
        apart = np.abs(here - by_road_runner(runner, parameters, fortnight, 3.0, 12.0)).max()
        print(f"largest difference to libroadrunner: {apart:.1e} ng/mL")
        assert apart < 1e-5
        theirs = 1000 * seconds(lambda: by_road_runner(runner, parameters, fortnight, 3.0, 12.0), 20)
        figures.add("the same", ours, "ms", 1, ("libroadrunner's CVODE", theirs))
    figures.add("45 days, an azole, a band of 5", 1000 * seconds(lambda: levels(PATIENT, AZOLE, long), 50), "ms")
    until = 14 * 24.0
    figures.add(
        "100 000 patients over 14 days: troughs, peak, AUC",
        seconds(lambda: exposures(100_000, PATIENT, PLAIN, 1, until_h=until), 1),
        "s",
        5,
    )
    figures.add("most memory so far", most_memory_mb(), "MB", 1000)
    figures.end()


if __name__ == "__main__":
    main()
