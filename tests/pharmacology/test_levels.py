"""Levels under a chart, their limits, and what made a level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import factors, levels
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


def test_several_interacting_drugs_are_said_to_be_multiplied_and_one_is_not(patient: Patient, azole: Chart) -> None:
    times = np.array([400.0])
    two = azole.give(Order("diltiazem", 300.0, 60.0, "mg", "mouth", 8.0))
    said = "Effects of several drugs are multiplied, an assumption."
    assert said in levels(patient, two, times).limits
    assert said not in levels(patient, azole, times).limits


def test_a_time_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match='"time_h": must be finite times'):
        levels(KIDNEY, Chart(), [np.nan])


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
