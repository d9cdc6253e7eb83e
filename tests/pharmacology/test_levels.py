"""Levels under a chart, their limits, and what made a level."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from pres_teach.patient import Chart, Order, OrderError, Patient, PatientError
from pres_teach.pharmacology import factors, levels
from pres_teach.pharmacology.interactions import Effect, effect
from pres_teach.pharmacology.models import Own

KIDNEY = Patient(1, 28, "male", 68, "kidney", "*3/*3", 32, 88, 130, 0.78)
TACROLIMUS = Order("tacrolimus", 20.0, 3.0, "mg", "mouth", 12.0)
FLUCONAZOLE = Order("fluconazole", 297.0, 200.0, "mg", "mouth", 24.0)
GRID = np.arange(0.0, 480.0, 0.5)


def trough(day: int) -> float:
    """08:00 on a day, just before the morning dose [h]."""
    return 24.0 * day + 8.0


def test_the_troughs_of_the_kidney_case(azole: Chart) -> None:
    found = levels(KIDNEY, azole, [trough(day) for day in (10, 12, 13, 14, 15, 16, 19)])
    np.testing.assert_allclose(found.ng_ml, [6.98, 6.98, 11.32, 16.53, 19.19, 20.47, 21.52], atol=0.01)


def test_the_band_holds_the_value_and_opens_only_with_the_azole(azole: Chart) -> None:
    found = levels(KIDNEY, azole, GRID)
    assert (found.low_ng_ml <= found.ng_ml).all()
    assert (found.ng_ml <= found.high_ng_ml).all()
    width = found.high_ng_ml - found.low_ng_ml
    assert not width[GRID <= 297.0].any()
    assert width[(GRID > 320.0) & (GRID < 400.0)].min() > 0.1


def test_without_a_band_low_and_high_are_the_value(azole: Chart) -> None:
    found = levels(KIDNEY, azole, GRID, band=False)
    assert (found.low_ng_ml == found.ng_ml).all()
    np.testing.assert_allclose(found.ng_ml, levels(KIDNEY, azole, GRID).ng_ml, rtol=1e-12)


@given(at=st.floats(20.0, 400.0), dose=st.floats(0.1, 10.0))
def test_levels_do_not_know_later_orders(at: float, dose: float) -> None:
    chart = Chart((TACROLIMUS,))
    if at < FLUCONAZOLE.at_h:
        changed = chart.give(FLUCONAZOLE).change("tacrolimus", at, dose=dose)
    else:
        chart = chart.give(FLUCONAZOLE)
        changed = chart.stop("fluconazole", at).change("tacrolimus", at, dose=dose)
    before = GRID[at >= GRID]
    np.testing.assert_array_equal(levels(KIDNEY, changed, before).ng_ml, levels(KIDNEY, chart, before).ng_ml)


@given(st.floats(0.1, 20.0))
def test_levels_are_proportional_to_the_dose(factor: float) -> None:
    charts = [Chart((replace(TACROLIMUS, dose=3.0 * f), FLUCONAZOLE)) for f in (1.0, factor)]
    one, other = (levels(KIDNEY, chart, GRID).ng_ml for chart in charts)
    np.testing.assert_allclose(other, factor * one, rtol=1e-9, atol=1e-12)


def test_times_may_come_in_any_order(azole: Chart) -> None:
    turned = levels(KIDNEY, azole, GRID[::-1]).ng_ml[::-1]
    np.testing.assert_allclose(turned, levels(KIDNEY, azole, GRID).ng_ml, rtol=1e-12, atol=1e-12)


def test_a_hold_lets_the_level_fall_over_days(azole: Chart) -> None:
    held = azole.hold("tacrolimus", trough(15) - 0.5, trough(17))
    on, off = (levels(KIDNEY, chart, [trough(16)]).ng_ml[0] for chart in (azole, held))
    assert 0.25 < off / on < 0.75


def test_stopping_the_azole_brings_the_level_back_over_a_week(azole: Chart) -> None:
    stopped = azole.stop("fluconazole", trough(15))
    found = levels(KIDNEY, stopped, [trough(15), trough(16), trough(18), trough(40)]).ng_ml
    assert found[1] > 0.7 * found[0]
    assert found[2] < found[1]
    assert found[3] == pytest.approx(6.98, abs=0.02)


def test_both_formulations_count(plain: Chart) -> None:
    switched = plain.stop("tacrolimus", trough(10)).give(
        Order("tacrolimus prolonged release", trough(10), 6.0, "mg", "mouth", 24.0)
    )
    found = levels(KIDNEY, switched, [trough(10), trough(11), trough(40)])
    assert found.ng_ml.min() > 4.0
    assert found.model == "Woillard 2011, immediate release, then Woillard 2011, prolonged release"


def test_ciclosporin_has_levels_of_its_own(plain: Chart) -> None:
    chart = plain.stop("tacrolimus", trough(15)).give(Order("ciclosporin", trough(17), 200.0, "mg", "mouth", 12.0))
    found = levels(KIDNEY, chart, [trough(17) - 1.0, trough(17) + 1.5], drug="ciclosporin")
    np.testing.assert_allclose(found.ng_ml, [0.0, 667.74321844], rtol=1e-6)
    assert found.limits[0].startswith("Adults after stem cells")
    assert levels(KIDNEY, chart, [trough(30)]).ng_ml[0] < 0.01


def test_nothing_ordered_is_no_level() -> None:
    assert not levels(KIDNEY, Chart(), GRID).ng_ml.any()


def test_a_dose_by_weight_is_multiplied_by_weight() -> None:
    by_weight = Chart((replace(TACROLIMUS, dose=3.0 / 68, unit="mg/kg"),))
    found = levels(KIDNEY, by_weight, [trough(10)]).ng_ml[0]
    assert found == pytest.approx(levels(KIDNEY, Chart((TACROLIMUS,)), [trough(10)]).ng_ml[0])


def test_twice_the_clearance_halves_the_average(plain: Chart) -> None:
    day = trough(30) + np.arange(0.0, 12.0, 0.05)
    fast = levels(KIDNEY, plain, day, own=Own(cl=2.0)).ng_ml.mean()
    assert fast == pytest.approx(0.5 * levels(KIDNEY, plain, day).ng_ml.mean(), rel=0.005)


def test_the_limits_say_who_was_studied_and_how_little_is_known_of_the_azole(azole: Chart) -> None:
    child = replace(KIDNEY, age_years=6.0, organ="liver", cyp3a5="*1/*3")
    said = " ".join(levels(child, azole, [0.0]).limits)
    for part in ("this patient is 6 years old", "received a liver", "Only 6 of the 73", "8 people, second-hand"):
        assert part in said
    assert len(levels(KIDNEY, azole, [0.0]).limits) == 1


def test_several_interacting_drugs_are_said_to_add_up_and_one_is_not(patient: Patient, azole: Chart) -> None:
    times = np.array([400.0])
    two = azole.give(Order("diltiazem", 300.0, 60.0, "mg", "mouth", 8.0))
    said = "Loads of several drugs on one enzyme are added up, an assumption."
    assert said in levels(patient, two, times).limits
    assert said not in levels(patient, azole, times).limits


def test_a_unit_that_does_not_convert_is_refused_with_its_order() -> None:
    chart = Chart((replace(TACROLIMUS, unit="mL"),))
    with pytest.raises(
        OrderError, match='"unit": must convert to mg of tacrolimus; received tacrolimus 3 mL every 12 h'
    ):
        levels(KIDNEY, chart, [100.0])


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (Order("tacrolimus", 30.0, 0.1, "mg/h", "iv"), "already runs \\(tacrolimus 0.08 mg/h into a vein\\)"),
        (Order("tacrolimus", 10.0, 0.1, "mg/h", "iv"), "is already ordered from day 0 20:00 \\(tacrolimus 0.08 mg/h"),
    ],
)
def test_infusions_that_overlap_or_come_out_of_order_are_refused_with_their_order(second: Order, said: str) -> None:
    with pytest.raises(OrderError, match=said):
        Chart((Order("tacrolimus", 20.0, 0.08, "mg/h", "iv"),)).give(second)


def test_a_negative_haematocrit_is_refused() -> None:
    with pytest.raises(PatientError, match='"haematocrit_percent": must be 5 to 70 %; received -32'):
        replace(KIDNEY, haematocrit_percent=-32)
    with pytest.raises(PatientError, match='"haematocrit_later": its times must rise'):
        replace(KIDNEY, haematocrit_later=((50.0, 30.0), (20.0, 28.0)))


def test_a_time_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match='"time_h": must be finite times'):
        levels(KIDNEY, Chart(), [np.nan])


# -- what changes over time


def by_solver(patient: Patient, chart: Chart, acting: Effect, at_h: float) -> float:
    """The level by LSODA, with the haematocrit of each hour and the factors of each step [ng/mL]."""
    turns = {0.0, at_h, *acting.from_h.tolist(), *(t for t, _ in patient.haematocrit_later)}
    doses = [(t, o.dose) for o in chart.of("tacrolimus") for t in o.times(at_h)]
    bounds = sorted(t for t in {*turns, *(t for t, _ in doses)} if 0.0 <= t <= at_h)
    state = np.zeros(5)
    ktr, vc, q, vp = 3.34 * 1.53, 486 * 0.29, 79.0, 271.0
    for start, end in itertools.pairwise(bounds):
        step = max(int(np.searchsorted(acting.from_h, start, side="right")) - 1, 0)
        state[0] += sum(mg for t, mg in doses if t == start) * acting.gut[step, 0]
        cl = 21.2 * (patient.haematocrit_at(start) / 35) ** -1.14 * acting.clearance[step, 0]
        rates = np.diag([-ktr, -ktr, -ktr, -cl / vc - q / vc, -q / vp]) + np.diag([ktr, ktr, ktr, q / vc], -1)
        rates[3, 4] = q / vp
        found = solve_ivp(lambda _, y, m=rates: m @ y, (start, end), state, method="LSODA", rtol=1e-10, atol=1e-10)
        state = found.y[:, -1]
    return float(1000 * state[3] / vc)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 170), st.floats(15.0, 50.0)), max_size=3, unique_by=lambda pair: pair[0]),
    st.floats(20.0, 150.0),
    st.booleans(),
)
def test_levels_equal_the_solvers_whatever_changes(
    later: list[tuple[int, float]], azole_h: float, stopped: bool
) -> None:
    patient = replace(KIDNEY, haematocrit_later=tuple((float(t), h) for t, h in sorted(later)))
    chart = Chart((TACROLIMUS, replace(FLUCONAZOLE, at_h=round(azole_h, 2), until_h=160.0 if stopped else None)))
    acting = effect(patient, chart, "tacrolimus", model="woillard2011-immediate", band=False)
    assert levels(patient, chart, [200.0]).ng_ml[0] == pytest.approx(by_solver(patient, chart, acting, 200.0), rel=1e-7)


def test_a_transfusion_changes_the_level_over_days_not_at_once(plain: Chart) -> None:
    later = replace(KIDNEY, haematocrit_later=((248.0, 40.0),))
    times = [248.0, 260.0, 600.0]
    before, after = levels(KIDNEY, plain, times).ng_ml, levels(later, plain, times).ng_ml
    assert after[0] == pytest.approx(before[0], rel=1e-12)
    assert before[1] < after[1]
    steady = levels(replace(KIDNEY, haematocrit_percent=40.0), plain, times).ng_ml[2]
    assert after[2] == pytest.approx(steady, rel=1e-6)


def test_in_a_model_of_plasma_the_haematocrit_moves_the_level_at_once(plain: Chart) -> None:
    later = replace(KIDNEY, haematocrit_later=((248.0, 40.0),))
    just = [248.0 - 1e-6, 248.0 + 1e-6]
    found = levels(later, plain.stop("tacrolimus", 247.0), just, model="storset2014").ng_ml
    assert found[1] / found[0] == pytest.approx(40 / 32, rel=0.01)


def test_what_happens_later_changes_no_earlier_level(azole: Chart) -> None:
    later = replace(KIDNEY, haematocrit_later=((400.0, 22.0),))
    before = GRID[GRID <= 400.0]
    here, there = (levels(who, azole, before).ng_ml for who in (later, KIDNEY))
    np.testing.assert_allclose(here, there, rtol=1e-12, atol=1e-14)


@given(st.lists(st.floats(0.0, 470.0), min_size=1, max_size=6))
def test_a_level_does_not_depend_on_where_the_grid_lies(times: list[float]) -> None:
    patient = replace(KIDNEY, haematocrit_later=((100.0, 25.0), (300.0, 33.0)))
    chart = Chart((TACROLIMUS, FLUCONAZOLE))
    together = levels(patient, chart, times).ng_ml
    alone = [levels(patient, chart, [time]).ng_ml[0] for time in times]
    np.testing.assert_allclose(together, alone, rtol=1e-11, atol=1e-12)


def test_prednisolone_lowers_the_bioavailability_of_the_doses_it_meets(plain: Chart) -> None:
    chart = plain.give(Order("prednisolone", 200.0, 20.0, "mg", "mouth", 24.0))
    with_it, without = (levels(KIDNEY, c, [196.0, 500.0], model="storset2014").ng_ml for c in (chart, plain))
    assert with_it[0] == without[0]
    assert with_it[1] / without[1] == pytest.approx(1 - 0.67 * 20 / 55, rel=0.1)


def test_a_lag_is_waited_for() -> None:
    chart = Chart((Order("tacrolimus", 10.0, 3.0, "mg", "mouth"),))
    found = levels(KIDNEY, chart, [10.41, 10.5], model="storset2014").ng_ml
    assert found[0] == 0.0
    assert found[1] > 0.0


def test_a_drip_and_capsules_add_up_and_say_that_this_is_rough() -> None:
    drip = Order("tacrolimus", 0.0, 1.25, "microgram/kg/h", "iv", until_h=48.0)
    both = Chart((drip, Order("tacrolimus", 40.0, 3.0, "mg", "mouth", 12.0)))
    child = replace(KIDNEY, organ="allo-hsct")
    times = np.array([30.0, 47.0, 60.0, 100.0])
    alone = [levels(child, Chart((order,)), times).ng_ml for order in both.orders]
    found = levels(child, both, times)
    np.testing.assert_allclose(found.ng_ml, alone[0] + alone[1], rtol=1e-12)
    assert "two routes come from two studies" in " ".join(found.limits)
    assert "Brooks 2021" in found.why
    assert "Dunlap 2025" in found.why


@pytest.mark.parametrize(("drug", "mg"), [("sirolimus", 2.0), ("everolimus", 0.75)])
def test_the_mtor_inhibitors_have_levels(drug: str, mg: float) -> None:
    chart = Chart((Order(drug, 0.0, mg, "mg", "mouth", 12.0),))
    found = levels(KIDNEY, chart, np.arange(0.0, 2000.0, 1.0), drug)
    assert found.ng_ml[-1] > found.ng_ml[24] > 0.0
    assert drug not in found.why or "typical patient" in found.why


def test_sirolimus_is_not_steady_for_weeks() -> None:
    chart = Chart((Order("sirolimus", 0.0, 2.0, "mg", "mouth", 24.0),))
    week, month, quarter = levels(KIDNEY, chart, [168.0, 720.0, 2160.0], "sirolimus").ng_ml
    assert week < 0.7 * quarter
    assert month == pytest.approx(quarter, rel=0.05)


# -- what made this level


def test_each_factor_is_what_leaving_it_out_changes(azole: Chart) -> None:
    found = {factor.name: factor.factor for factor in factors(KIDNEY, azole, trough(15))}
    here = levels(KIDNEY, azole, [trough(15)]).ng_ml[0]
    assert list(found) == [
        "dose",
        "fluconazole, gut",
        "fluconazole, clearance",
        "fluconazole, both",
        "haematocrit",
        "genotype",
    ]
    alone = levels(KIDNEY, azole.without("fluconazole"), [trough(15)]).ng_ml[0]
    assert found["fluconazole, both"] == pytest.approx(here / alone)
    other = levels(replace(KIDNEY, haematocrit_percent=35.0), azole, [trough(15)]).ng_ml[0]
    assert found["haematocrit"] == pytest.approx(here / other)
    assert 1.0 < found["fluconazole, gut"] < found["fluconazole, clearance"] < found["fluconazole, both"]
    assert found["haematocrit"] < 1.0
    assert found["dose"] == found["genotype"] == 1.0


def test_a_changed_dose_and_a_genotype_show_as_factors(plain: Chart) -> None:
    chart = plain.change("tacrolimus", trough(10), dose=6.0)
    expresser = replace(KIDNEY, cyp3a5="*1/*3")
    found = {factor.name: factor for factor in factors(expresser, chart, trough(30))}
    assert found["dose"].factor == pytest.approx(2.0, rel=1e-3)
    assert "changes and holds" in found["dose"].text
    assert found["genotype"].factor < 0.5


def test_no_level_has_no_factors() -> None:
    assert factors(KIDNEY, Chart(), 100.0) == []


def test_an_interaction_in_one_place_is_one_row() -> None:
    chart = Chart((TACROLIMUS, Order("diltiazem", 297.0, 60.0, "mg", "mouth", 12.0)))
    names = [factor.name for factor in factors(KIDNEY, chart, trough(15))]
    assert names == ["dose", "diltiazem", "haematocrit", "genotype"]
