"""Interacting drugs: how large, from when, for how long."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import SUBSTRATES, formulary, levels
from pres_teach.pharmacology.interactions import combined, effect, strength
from pres_teach.pharmacology.propagation import System, concentration

FLUCONAZOLE = Order("fluconazole", 297.0, 200.0, "mg", "mouth", 24.0)
LATE = 297.0 + 24.0 * 60
AZOLES = ("fluconazole", "voriconazole", "posaconazole")
INDUCERS = ("rifampicin", "phenytoin", "carbamazepine")
ACTING = (*AZOLES, "clarithromycin", "nicardipine", "diltiazem", *INDUCERS)


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


def clearance(patient: Patient, chart: Chart) -> float:
    return float(effect(patient, chart, band=False).clearance[-1, 0])


NICARDIPINE = Order("nicardipine", 297.0, 5.0, "mg/h", "iv")


def test_loads_of_several_inhibitors_add_up(patient: Patient, azole: Chart) -> None:
    """1 / f - 1 of both together is the sum of theirs: between the stronger alone and their product."""
    both = clearance(patient, azole.give(NICARDIPINE))
    one, other = clearance(patient, azole), clearance(patient, azole.without("fluconazole").give(NICARDIPINE))
    assert 1 / both - 1 == pytest.approx((1 / one - 1) + (1 / other - 1), rel=1e-12)
    assert one * other < both < min(one, other)


def test_an_inducer_takes_back_what_an_inhibitor_does(patient: Patient, azole: Chart) -> None:
    phenytoin = Order("phenytoin", 297.0, 100.0, "mg", "mouth", 8.0)
    one, other = clearance(patient, azole), clearance(patient, azole.without("fluconazole").give(phenytoin))
    assert clearance(patient, azole.give(phenytoin)) == pytest.approx(one * other, rel=1e-12)


factors_drawn = st.lists(st.floats(0.05, 20.0), min_size=1, max_size=6)


@given(factors_drawn)
def test_one_factor_stays_itself_and_order_does_not_matter(found: list[float]) -> None:
    assert combined(np.array(found[:1])) == pytest.approx(found[0], rel=1e-12)
    assert combined(np.array(found)) == pytest.approx(combined(np.array(found[::-1])), rel=1e-12)


@given(factors_drawn, st.floats(0.05, 0.99))
def test_another_inhibitor_never_raises_the_clearance(found: list[float], inhibitor: float) -> None:
    assert combined(np.array([*found, inhibitor])) < combined(np.array(found)) * (1 + 1e-12)


@given(st.lists(st.floats(0.05, 1.0), min_size=1, max_size=6))
def test_inhibitors_together_are_weaker_than_their_product_and_no_weaker_than_the_strongest(found: list[float]) -> None:
    together = combined(np.array(found))
    assert np.prod(found) * (1 - 1e-9) <= together <= min(found) * (1 + 1e-9)


@given(st.lists(st.sampled_from(AZOLES), min_size=1, max_size=3, unique=True), st.sampled_from(("*3/*3", "*1/*1")))
def test_no_more_than_the_whole_dose_reaches_the_blood(names: list[str], genotype: str) -> None:
    who = Patient(1, 28, "male", 68, "kidney", genotype, 32, 88, 130, 0.78)
    chart = Chart(tuple(Order(name, 0.0, 200.0, "mg", "mouth", 12.0) for name in names))
    for on in SUBSTRATES:
        share = formulary()[on].bioavailability
        if share is not None:
            lowest = share.share * (share.expresser_factor if who.expresser else 1.0)
            assert (effect(who, chart, on).gut * lowest <= 1.0 + 1e-12).all()


@pytest.mark.parametrize("name", ACTING)
@pytest.mark.parametrize("on", SUBSTRATES)
def test_every_azole_and_inducer_moves_every_substrate_its_way(patient: Patient, name: str, on: str) -> None:
    drug = formulary()[name]
    interaction = drug.interaction(on)
    assert interaction is not None
    assert interaction.raises == (name not in INDUCERS)
    route = next(iter(drug.routes))
    unit = drug.routes[route][0]
    order = Order(
        name, 200.0, 5.0 if unit.endswith("/h") else 300.0, unit, route, None if unit.endswith("/h") else 12.0
    )
    substrate = Order(on, 20.0, 2.0, "mg", "mouth", 12.0)
    alone, together = Chart((substrate,)), Chart((substrate, order))
    here, there = (levels(patient, chart, [1500.0], on).ng_ml[0] for chart in (together, alone))
    assert (here > there) == interaction.raises
    assert here != pytest.approx(there, rel=0.02)


@pytest.mark.parametrize("name", ["levetiracetam", "micafungin", "labetalol", "clevidipine", "valproate"])
def test_what_does_not_touch_the_enzyme_does_nothing(patient: Patient, plain: Chart, name: str) -> None:
    drug = formulary()[name]
    route = next(iter(drug.routes))
    chart = plain.give(Order(name, 200.0, 2.0, drug.routes[route][0], route))
    assert effect(patient, chart).drugs == ()
    assert trough_ratio(patient, plain, Order(name, 200.0, 2.0, drug.routes[route][0], route)) == 1.0


@pytest.mark.parametrize(("name", "auc"), [("posaconazole", 4.5), ("voriconazole", 3.2)])
def test_healthy_volunteers_auc_is_reached_and_the_band_reaches_down_to_patients(name: str, auc: float) -> None:
    interaction = formulary()[name].interaction("tacrolimus")
    assert interaction is not None
    assert interaction.gut / interaction.clearance == pytest.approx(auc, rel=0.005)
    least = min(gut / cleared for gut, cleared in interaction.pairs)
    assert least < 0.75 * auc


def test_rifampicin_has_its_two_measured_factors() -> None:
    interaction = formulary()["rifampicin"].interaction("tacrolimus")
    assert interaction is not None
    assert (interaction.gut, interaction.clearance) == (0.50, 1.47)


def test_an_azole_hardly_moves_a_drip_and_a_capsule_much(patient: Patient) -> None:
    """Into a vein the clearance falls by 20 % (10 to 33 %); by mouth more of each dose gets through the gut, too."""
    azole = Order("voriconazole", 0.0, 200.0, "mg", "mouth", 12.0)
    drip = Order("tacrolimus", 0.0, 1.25, "microgram/kg/h", "iv")
    capsule = Order("tacrolimus", 0.0, 3.0, "mg", "mouth", 12.0)
    ratios = [
        levels(patient, Chart((one, azole)), [2000.0]).ng_ml[0] / levels(patient, Chart((one,)), [2000.0]).ng_ml[0]
        for one in (drip, capsule)
    ]
    assert ratios[0] == pytest.approx(1 / 0.8, rel=0.01)
    assert ratios[1] > 2.5


def test_an_inducer_works_over_days_and_not_at_once(patient: Patient, plain: Chart) -> None:
    chart = plain.give(Order("rifampicin", 248.0, 600.0, "mg", "mouth", 24.0))
    after = [
        levels(patient, chart, [248.0 + 24 * d]).ng_ml[0] / levels(patient, plain, [248.0]).ng_ml[0] for d in (0, 1, 10)
    ]
    assert after[0] == pytest.approx(1.0)
    assert after[1] > 0.6
    assert after[2] < 0.5


def test_fluconazole_fades_more_slowly_with_poor_kidneys(patient: Patient, azole: Chart) -> None:
    stopped = azole.stop("fluconazole", 368.0)
    later = [
        levels(replace(patient, creatinine_umol_l=creatinine), stopped, [368.0 + 96.0]).ng_ml[0]
        for creatinine in (90.0, 300.0)
    ]
    assert later[1] > 1.3 * later[0]


@pytest.mark.parametrize("name", ["nicardipine", "diltiazem", "fluconazole"])
def test_expressers_lose_less_clearance(patient: Patient, plain: Chart, name: str) -> None:
    unit = "mg/h" if name == "nicardipine" else "mg"
    order = Order(name, 297.0, 5.0 if unit == "mg/h" else 100.0, unit, "iv", None if unit == "mg/h" else 24.0)
    expresser = replace(patient, cyp3a5="*1/*3")
    assert clearance(patient, plain.give(order)) < clearance(expresser, plain.give(order)) < 1.0


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
