"""Interacting drugs: how large, from when, for how long."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import formulary, levels
from pres_teach.pharmacology.interactions import effect, strength
from pres_teach.pharmacology.propagation import System, concentration

FLUCONAZOLE = Order("fluconazole", 297.0, 200.0, "mg", "mouth", 24.0)
LATE = 297.0 + 24.0 * 60


def trough_ratio(patient: Patient, plain: Chart, *orders: Order) -> float:
    chart = plain
    for order in orders:
        chart = chart.give(order)
    at = np.array([20.0 + 12.0 * 180])
    return float(levels(patient, chart, at).ng_ml[0] / levels(patient, plain, at).ng_ml[0])


def test_fluconazole_200_mg_raises_the_steady_trough_threefold(patient: Patient, plain: Chart) -> None:
    assert trough_ratio(patient, plain, FLUCONAZOLE) == pytest.approx(3.1, abs=0.05)


def test_every_pair_of_the_band_gives_the_same_steady_trough(patient: Patient, azole: Chart) -> None:
    plain = azole.without("fluconazole")
    at = np.array([20.0 + 12.0 * 180])
    found = levels(patient, azole, at)
    before = levels(patient, plain, at).ng_ml[0]
    assert found.low_ng_ml[0] / before == pytest.approx(3.1, abs=0.05)
    assert found.high_ng_ml[0] / before == pytest.approx(3.1, abs=0.05)


@pytest.mark.parametrize("pair", [(1.0, 0.412), (1.3, 0.513), (1.5, 0.576), (1.8, 0.666), (2.1, 0.750)])
def test_each_pair_alone_gives_a_trough_of_3_1(pair: tuple[float, float]) -> None:
    assert pair in formulary()["fluconazole"].interactions[0].pairs
    dose_h = np.arange(0.0, 2400.0, 12.0)

    def trough(gut: float, clearance: float) -> float:
        cl = 21.2 * (32 / 35) ** -1.14 * clearance
        model = System(np.array([0.0]), 3, *map(np.array, (3.34 * 1.53, cl, 486 * 0.29, 79.0, 271.0)))
        return float(concentration(model, [2400.0], dose_h, np.full(dose_h.size, 3.0 * gut))[0, 0])

    assert trough(*pair) / trough(1.0, 1.0) == pytest.approx(3.1, abs=0.05)


def test_fluconazole_100_mg_raises_it_by_1_4(patient: Patient, plain: Chart) -> None:
    assert trough_ratio(patient, plain, replace(FLUCONAZOLE, dose=100.0)) == pytest.approx(1.4, abs=0.01)


def test_above_200_mg_the_effect_of_200_mg_is_kept(patient: Patient, plain: Chart) -> None:
    more = trough_ratio(patient, plain, replace(FLUCONAZOLE, dose=400.0))
    assert more == pytest.approx(trough_ratio(patient, plain, FLUCONAZOLE), rel=1e-12)


def test_an_expresser_sees_a_smaller_effect(patient: Patient, plain: Chart) -> None:
    expresser = replace(patient, cyp3a5="*1/*3")
    assert 1.5 < trough_ratio(expresser, plain, FLUCONAZOLE) < 0.85 * trough_ratio(patient, plain, FLUCONAZOLE)


def test_nicardipine_raises_the_trough_by_1_9_without_cyp3a5_and_little_with_it(patient: Patient, plain: Chart) -> None:
    infusion = Order("nicardipine", 297.0, 5.0, "mg/h", "iv")
    assert trough_ratio(patient, plain, infusion) == pytest.approx(1.9, abs=0.02)
    assert trough_ratio(replace(patient, cyp3a5="*1/*1"), plain, infusion) < 1.3


@pytest.mark.parametrize(("genotype", "times"), [("*3/*3", 1.44), ("*1/*3", 1.25)])
def test_diltiazem_raises_the_area_as_in_the_trial(patient: Patient, plain: Chart, genotype: str, times: float) -> None:
    who = replace(patient, cyp3a5=genotype)
    chart = plain.give(Order("diltiazem", 297.0, 30.0, "mg", "mouth", 12.0))
    grid = 20.0 + 12.0 * 180 + np.arange(0.0, 12.0, 0.05)
    area = levels(who, chart, grid).ng_ml.sum() / levels(who, plain, grid).ng_ml.sum()
    assert area == pytest.approx(times, rel=0.005)


def test_phenytoin_lowers_the_level_within_days_and_it_comes_back_after_weeks(patient: Patient, plain: Chart) -> None:
    chart = plain.give(Order("phenytoin", 297.0, 100.0, "mg", "mouth", 8.0)).stop("phenytoin", 297.0 + 240.0)
    at = 20.0 + 12.0 * np.array([22, 25, 33, 43, 46, 60, 110])
    ratio = levels(patient, chart, at).ng_ml / levels(patient, plain, at).ng_ml
    assert ratio[0] == pytest.approx(1.0)
    assert (np.diff(ratio[:4]) < 0).all()
    assert ratio[3] < 0.65
    assert ratio[4] < 0.75
    assert ratio[6] == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("drug", ["labetalol", "clevidipine", "levetiracetam", "micafungin", "mycophenolate"])
def test_drugs_without_an_interaction_change_no_level(patient: Patient, plain: Chart, drug: str) -> None:
    found = formulary().drug(drug)
    route = next(iter(found.routes))
    unit = found.routes[route][0]
    every = None if unit.endswith("/h") else 12.0
    assert trough_ratio(patient, plain, Order(drug, 297.0, 1.0, unit, route, every)) == 1.0


def test_half_the_effect_of_fluconazole_is_gone_after_a_half_life_prolonged_by_the_kidney(
    patient: Patient, azole: Chart
) -> None:
    drug = formulary()["fluconazole"]
    interaction = drug.interactions[0]
    stopped = azole.stop("fluconazole", 500.0)

    def left(creatinine: float, after_h: float) -> float:
        times, values = strength(drug, interaction, replace(patient, creatinine_umol_l=creatinine), stopped)
        return values[int(np.searchsorted(times, 500.0 + after_h, side="right")) - 1]

    assert left(80.0, 30.0) == pytest.approx(0.5, abs=0.05)
    assert left(200.0, 60.0) == pytest.approx(0.5, abs=0.05)
    assert left(80.0, 240.0) == 0.0


def test_most_of_the_onset_is_within_a_day(patient: Patient, azole: Chart) -> None:
    drug = formulary()["fluconazole"]
    times, values = strength(drug, drug.interactions[0], patient, azole)
    assert times[0] == 297.0
    assert np.interp(297.0 + 24.0, times, values) > 0.9
    assert values[-1] == 1.0


def test_several_drugs_multiply(patient: Patient, azole: Chart) -> None:
    nicardipine = Order("nicardipine", 297.0, 5.0, "mg/h", "iv")
    both = azole.give(nicardipine)
    alone = azole.without("fluconazole").give(nicardipine)

    def clearance(chart: Chart) -> float:
        return float(effect(patient, chart, band=False).clearance[-1, 0])

    assert clearance(both) == pytest.approx(clearance(azole) * clearance(alone), rel=1e-12)


@given(stop=st.floats(298.0, 700.0), again=st.floats(1.0, 300.0))
def test_what_acts_before_a_time_does_not_know_later_orders(stop: float, again: float) -> None:
    who = Patient(1, 28, "male", 68, "kidney", "*3/*3", 32, 88, 130, 0.78)
    chart = Chart((FLUCONAZOLE,))
    later = chart.stop("fluconazole", stop).give(replace(FLUCONAZOLE, at_h=stop + again, dose=100.0))
    drug = formulary()["fluconazole"]
    first, second = (
        [
            (time, value)
            for time, value in zip(*strength(drug, drug.interactions[0], who, c), strict=True)
            if time < stop
        ]
        for c in (chart, later)
    )
    assert first == second


@given(st.lists(st.floats(0.0, 900.0), min_size=1, max_size=6, unique=True))
def test_strength_stays_between_none_and_full(bounds: list[float]) -> None:
    who = Patient(1, 28, "male", 68, "kidney", "*3/*3", 32, 88, 130, 0.78)
    chart = Chart()
    for number, at in enumerate(sorted(round(b, 2) for b in set(bounds))):
        if chart.running("fluconazole", at):
            chart = chart.stop("fluconazole", at)
        elif not chart.pending("fluconazole", at):
            chart = chart.give(replace(FLUCONAZOLE, at_h=at, dose=100.0 * (1 + number % 3)))
    drug = formulary()["fluconazole"]
    times, values = strength(drug, drug.interactions[0], who, chart)
    assert times == sorted(times)
    assert all(0.0 <= value <= 1.0 for value in values)
