"""Each drug acts as the formulary says: how much, how fast, how long, and upon which level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import formulary
from pres_teach.physiology import Illness, draw, simulate
from pres_teach.physiology.acts import acting_doses, acts
from pres_teach.physiology.cascade import setting
from pres_teach.physiology.pressure import pressures

STEP_H = 0.05
TIME_H = np.arange(0.0, 700.0, STEP_H)
PATIENT = Patient(0, 40, "male", 70, "kidney", "*3/*3", 33, 90, 90, 0.8, ebv="positive")
HIGH = Illness(pressure=((-24.0, 2000.0, 50.0, "for the test"),))
LOWERING = [drug.name for drug in formulary().drugs if drug.acts.pressure is not None]
COVERING = [drug.name for drug in formulary().drugs if drug.acts.cover is not None]
PROTECTING = [drug.name for drug in formulary().drugs if drug.acts.seizure is not None]


def lowering(name: str) -> tuple[Order, float, float]:
    """An ordinary order of an antihypertensive, with the formulary's onset and offset [h]."""
    act = formulary().drug(name).acts.pressure
    assert act is not None
    if act.per_rate is not None:
        return Order(name, 24.0, act.per_rate, "mg/h", "iv", None, 324.0), act.onset_h, act.offset_h
    if act.per_dose is not None:
        return Order(name, 24.0, act.per_dose, "mg", "iv"), act.onset_h, act.offset_h
    dose = act.per_mouth or 1.0
    onset = act.mouth_onset_h or act.onset_h
    return Order(name, 24.0, dose, "mg", "mouth", 24.0, 324.0), onset, act.mouth_offset_h or act.offset_h


def fall(*orders: Order) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return pressures(PATIENT, Chart(orders), HIGH, TIME_H, np.zeros(len(TIME_H))).fall


def at(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], time_h: float) -> float:
    return float(values[round(time_h / STEP_H)])


@pytest.mark.parametrize("name", LOWERING)
def test_an_antihypertensive_comes_on_in_its_time_and_goes_in_its_time(name: str) -> None:
    order, onset_h, offset_h = lowering(name)
    found = fall(order)
    assert at(found, 24.0) == 0
    top = float(found.max())
    assert at(found, 24.0 + onset_h) > 0.4 * top
    assert at(found, 24.0 + 0.1 * onset_h) < 0.5 * top
    end = order.ends_h if not order.single else 24.0
    assert at(found, end + offset_h + onset_h + 24.0 * bool(order.every_h)) < 0.1 * top


@pytest.mark.parametrize("name", LOWERING)
def test_ten_times_the_dose_takes_no_more_than_the_most_of_that_drug(name: str) -> None:
    order, _, _ = lowering(name)
    act = formulary().drug(name).acts.pressure
    assert act is not None
    above = pressures(PATIENT, Chart(), HIGH, TIME_H, np.zeros(len(TIME_H))).untreated - 0.75 * 90
    usual, much = (fall(one) / above for one in (order, replace(order, dose=10 * order.dose)))
    assert usual.max() < much.max() <= min(act.most, 1.15) + 1e-9
    assert much.max() < 4 * usual.max()


@pytest.mark.parametrize("name", ["nicardipine", "diltiazem"])
def test_a_calcium_channel_blocker_that_slows_cyp3a4_raises_tacrolimus(name: str) -> None:
    base = Chart((Order("tacrolimus", 0.0, 3, "mg", "mouth", 12.0),))
    order, _, _ = lowering(name)
    with_it, without = (setting(PATIENT, c, Illness(), 300.0, 1.0, band=False) for c in (base.give(order), base))
    assert with_it.level[-1] > 1.05 * without.level[-1]
    assert with_it.exposure[-1] > without.exposure[-1]


@pytest.mark.parametrize("name", ["labetalol", "clevidipine", "hydralazine"])
def test_others_leave_tacrolimus_alone(name: str) -> None:
    base = Chart((Order("tacrolimus", 0.0, 3, "mg", "mouth", 12.0),))
    with_it, without = (
        setting(PATIENT, c, Illness(), 300.0, 1.0, band=False) for c in (base.give(lowering(name)[0]), base)
    )
    np.testing.assert_array_equal(with_it.level, without.level)


COVER_ORDERS = {
    "tacrolimus": (3, "mg", "mouth", 12.0),
    "tacrolimus prolonged release": (6, "mg", "mouth", 24.0),
    "ciclosporin": (200, "mg", "mouth", 12.0),
    "sirolimus": (3, "mg", "mouth", 24.0),
    "everolimus": (0.75, "mg", "mouth", 12.0),
    "belatacept": (10, "mg/kg", "iv", None),
    "basiliximab": (20, "mg", "iv", None),
    "mycophenolate": (1000, "mg", "mouth", 12.0),
    "azathioprine": (100, "mg", "mouth", 24.0),
    "prednisolone": (20, "mg", "mouth", 24.0),
    "methylprednisolone": (500, "mg", "iv", 24.0),
}


@pytest.mark.parametrize("name", COVERING)
def test_cover_comes_with_its_onset_and_goes_with_its_offset(name: str) -> None:
    dose, unit, route, every_h = COVER_ORDERS[name]
    act = formulary().drug(name).acts.cover
    assert act is not None
    until_h = 480.0 if every_h else None
    order = Order(name, 48.0, float(dose), unit, route, every_h, until_h)
    found = setting(PATIENT, Chart((order,)), Illness(), 480.0 + 1600.0, 2.0, band=False).cover
    top = float(found.max())
    assert 0.5 * act.share < top <= 1.25 * act.share
    reached = float(found[int((48.0 + act.onset_h) / 2)])
    assert reached > 0.4 * top
    assert float(found[int((48.0 + 0.08 * act.onset_h) / 2)]) < 0.6 * top
    end = 480.0 if every_h else 48.0
    assert float(found[int((end + 2.0 * act.offset_h) / 2 if end + 2 * act.offset_h < 2070 else -1)]) < 0.25 * top
    if act.offset_h > 100:  # one that lasts still covers after two days
        assert float(found[int((end + 48.0) / 2)]) > 0.25 * top


def test_an_azole_lifts_the_cover_by_sirolimus_and_an_inducer_takes_it_away() -> None:
    base = Chart((Order("sirolimus", 0.0, 1.5, "mg", "mouth", 24.0),))
    azole = base.give(Order("fluconazole", 240.0, 400, "mg", "mouth", 24.0))
    inducer = base.give(Order("phenytoin", 240.0, 300, "mg", "mouth", 24.0))
    plain, more, less = (
        setting(PATIENT, c, Illness(), 900.0, 2.0, band=False).cover[-1] for c in (base, azole, inducer)
    )
    assert less < plain < more


def test_mycophenolate_covers_less_beside_ciclosporin() -> None:
    mycophenolate = Order("mycophenolate", 0.0, 1000, "mg", "mouth", 12.0)
    ciclosporin = Order("ciclosporin", 0.0, 200, "mg", "mouth", 12.0)
    both, one, other = (
        setting(PATIENT, Chart(orders), Illness(), 400.0, 2.0, band=False).cover[-1]
        for orders in ((mycophenolate, ciclosporin), (mycophenolate,), (ciclosporin,))
    )
    assert both < one + other - 0.05


@pytest.mark.parametrize("name", PROTECTING)
def test_an_antiseizure_drug_protects_in_part_for_its_time(name: str) -> None:
    drug = formulary().drug(name)
    act = drug.acts.seizure
    assert act is not None
    route = next(iter(drug.routes))
    chart = Chart((Order(name, 24.0, act.per_dose, "mg", route),))
    found = setting(PATIENT, chart, Illness(), 400.0, 0.05, band=False).protection
    assert 0.5 * act.protection < found.max() <= act.protection
    assert found[int(23.9 / 0.05)] == 0
    assert found[int((24.0 + act.onset_h + 2 * act.offset_h) / 0.05)] < 0.25 * act.protection
    (one,) = acts(chart, "seizure")
    assert acting_doses(PATIENT, chart, one, np.arange(0, 100, 0.05)).max() <= 1


def test_the_hazard_of_rejection_falls_with_the_months_and_differs_by_organ() -> None:
    thin = Chart((Order("mycophenolate", 0.0, 1000, "mg", "mouth", 12.0),))
    by_organ = {
        organ: setting(replace(PATIENT, organ=organ), thin, Illness(), 24.0 * 200, 6.0, band=False).rejection_per_h
        for organ in ("kidney", "liver", "lung")
    }
    assert by_organ["kidney"][40] > 1.3 * by_organ["kidney"][-1]
    assert by_organ["liver"][-1] < by_organ["kidney"][-1] < by_organ["lung"][-1]


# -- what cannot be simulated


def test_an_order_before_birth_is_refused_in_words() -> None:
    infant = replace(PATIENT, age_years=0.25, weight_kg=6)
    chart = Chart((Order("tacrolimus", -24.0 * 200, 0.2, "mg", "mouth", 12.0),))
    with pytest.raises(ValueError, match=r'"chart": no order can come before the patient was born \(91 days before'):
        simulate(infant, chart, Illness(), draw(infant, Illness(), 1), 100.0)


@pytest.mark.parametrize(("place", "name"), [(0, "patient"), (1, "chart"), (2, "illness")])
def test_what_is_no_patient_chart_or_illness_is_refused_in_words(place: int, name: str) -> None:
    arguments: list[object] = [PATIENT, Chart(), Illness()]
    arguments[place] = None
    with pytest.raises(TypeError, match=f'"{name}": must be a {name.capitalize()}; received None; make one with'):
        simulate(*arguments, draw(PATIENT, Illness(), 1), 100.0)  # type: ignore[arg-type]


def test_a_patient_without_a_baseline_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match='"baseline_map_mmhg": must be 30 to 150 mmHg; received None'):
        replace(PATIENT, baseline_map_mmhg=None)  # type: ignore[arg-type]


def test_a_woman_who_could_be_pregnant_is_told_what_the_model_leaves_out() -> None:
    woman = replace(PATIENT, sex="female")
    own = draw(PATIENT, Illness(), 1)
    limits = [simulate(who, Chart(), Illness(), own, 50.0).limits for who in (woman, PATIENT)]
    assert any("Eclampsia is outside this model" in text for text in limits[0])
    assert not any("Eclampsia" in text for text in limits[1])
