"""Troughs, peak and AUC of many patients: the same as from the levels themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import MODELS, exposures, levels, own
from pres_teach.pharmacology.exposure import exposure
from pres_teach.pharmacology.propagation import NO_INFUSION, Infusion, System, concentration

KIDNEY = Patient(1, 28, "male", 68, "kidney", "*3/*3", 32, 88, 130, 0.78)
TACROLIMUS = Order("tacrolimus", 20.0, 3.0, "mg", "mouth", 12.0)
AZOLE = Chart((TACROLIMUS, Order("fluconazole", 120.0, 200.0, "mg", "mouth", 24.0)))
UNTIL = 20.0 + 14 * 24.0


@pytest.mark.parametrize("number", [0, 7, 1500])
def test_a_patient_of_the_crowd_has_the_levels_that_the_patient_has_alone(number: int) -> None:
    crowd = exposures(3, KIDNEY, AZOLE, 5, until_h=UNTIL, first=number)
    alone = own(MODELS["woillard2011-immediate"], 5, number)
    grid = np.arange(20.0, UNTIL + 1e-9, 0.01)
    fine = levels(KIDNEY, AZOLE, grid, band=False, own=alone).ng_ml
    troughs = levels(KIDNEY, AZOLE, crowd.trough_h, band=False, own=alone).ng_ml
    np.testing.assert_allclose(crowd.trough_ng_ml[0], troughs, rtol=1e-9, atol=1e-12)
    assert crowd.peak_ng_ml[0] >= fine.max() * (1 - 1e-12)
    assert crowd.peak_ng_ml[0] == pytest.approx(fine.max(), rel=1e-4)
    assert crowd.auc_ng_h_ml[0] == pytest.approx(np.trapezoid(fine, grid), rel=1e-5)


@settings(max_examples=50)
@given(
    steps=st.integers(0, 5),
    ktr=st.floats(0.1, 8.0),
    cl=st.floats(2.0, 60.0),
    q=st.floats(0.0, 120.0),
    vc=st.floats(20.0, 600.0),
    factor=st.floats(0.2, 3.0),
    rate=st.floats(0.0, 1.0),
)
def test_the_peak_is_no_lower_than_any_level_and_is_reached(
    steps: int, ktr: float, cl: float, q: float, vc: float, factor: float, rate: float
) -> None:
    system = System(
        np.array([0.0, 30.0]),
        steps,
        np.array([[ktr]]),
        cl * np.array([[1.0], [factor]]),
        np.array([[vc]]),
        np.array([[q]]),
        np.array([[200.0]]),
    )
    infusion = Infusion(np.array([20.0]), np.array([40.0]), np.array([rate])) if rate else NO_INFUSION
    doses = ([0.0, 12.0, 24.0], [3.0, 3.0, 5.0], infusion)
    found = exposure(system, [12.0, 24.0], 60.0, *doses)
    grid = np.arange(0.0, 60.0, 0.05)
    # nothing is higher than the peak, up to the distance from a bolus to the first point after it
    fine = concentration(system, grid, *doses)[0]
    assert found.peak[0] >= fine.max() * (1 - 2e-4) - 1e-12
    if steps:
        at_peak = concentration(system, found.peak_h, *doses)[0]
        assert at_peak[0] == pytest.approx(found.peak[0], rel=1e-6, abs=1e-9)
    np.testing.assert_allclose(found.trough[0], concentration(system, [12.0, 24.0], *doses)[0], rtol=1e-7, atol=1e-10)


def test_an_infusions_auc_is_what_was_given_less_what_is_left_over_clearance() -> None:
    system = System(np.array([0.0]), 0, *(np.array([[v]]) for v in (1.0, 4.2, 61.9, 8.4, 123.8)))
    infusion = Infusion(np.array([0.0]), np.array([24.0]), np.array([0.0875]))
    found = exposure(system, [], 5000.0, [], [], infusion)
    assert found.auc[0] == pytest.approx(1000 * 24 * 0.0875 / 4.2, rel=1e-9)
    assert found.peak_h[0] == pytest.approx(24.0)


def test_a_transit_rate_that_meets_alpha_does_no_harm() -> None:
    k10, k12, k21 = 21.2 / 140.94, 79.0 / 140.94, 79.0 / 271.0
    alpha = 0.5 * (k10 + k12 + k21 + np.sqrt((k10 + k12 + k21) ** 2 - 4 * k10 * k21))
    ktr = np.array([[alpha, alpha * (1 + 1e-7), 5.0]])
    system = System(np.array([0.0]), 3, ktr, *(np.array([[v]]) for v in (21.2, 140.94, 79.0, 271.0)))
    found = exposure(system, [12.0], 24.0, [0.0, 12.0], [3.0, 3.0])
    for member in range(3):
        alone = system.member(member)
        grid = np.arange(0.0, 24.0, 0.002)
        fine = concentration(alone, grid, [0.0, 12.0], [3.0, 3.0])[0]
        assert found.peak[member] == pytest.approx(fine.max(), rel=1e-6)
        assert found.trough[member, 0] == pytest.approx(concentration(alone, [12.0], [0.0], [3.0])[0, 0], rel=1e-9)


def test_the_answer_does_not_depend_on_the_chunks() -> None:
    whole = exposures(60, KIDNEY, AZOLE, 5, until_h=UNTIL)
    parts = exposures(60, KIDNEY, AZOLE, 5, until_h=UNTIL, chunk=7)
    for name in ("trough_ng_ml", "peak_ng_ml", "peak_h", "auc_ng_h_ml"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))
    assert len(whole) == 60


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n": 0}, '"n": must be a whole number of patients, 1 or more; received 0'),
        ({"n": 2.5}, '"n": must be a whole number'),
        ({"chunk": 0}, '"chunk": must be a whole number of patients'),
        ({"chart": Chart()}, '"chart": must give tacrolimus in one formulation by one route; received 0'),
        ({"drug": "everolimus"}, '"model": must give whole blood straight away'),
        ({"trough_h": [UNTIL + 1]}, '"trough_h": must not lie after the end'),
    ],
)
def test_what_cannot_be_computed_is_refused_in_words(changes: dict[str, object], said: str) -> None:
    chart = Chart((TACROLIMUS, Order("everolimus", 20.0, 1.0, "mg", "mouth", 12.0)))
    known: dict[str, object] = {"n": 2, "chart": chart, "until_h": UNTIL} | changes
    n, given_chart = known.pop("n"), known.pop("chart")
    with pytest.raises(ValueError, match=said):
        exposures(n, KIDNEY, given_chart, 5, **known)  # type: ignore[arg-type]
