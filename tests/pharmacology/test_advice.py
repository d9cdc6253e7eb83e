"""Which dose would have held the target, by the model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import MODELS, advise, levels, own

KIDNEY = Patient(1, 28, "male", 68, "kidney", "*3/*3", 32, 88, 130, 0.78)
TACROLIMUS = Order("tacrolimus", 20.0, 3.0, "mg", "mouth", 12.0)
AZOLE = Chart((TACROLIMUS, Order("fluconazole", 297.0, 200.0, "mg", "mouth", 24.0)))


def test_the_dose_brings_the_level_to_the_target() -> None:
    advice = advise(KIDNEY, AZOLE, 297.0, 464.0, 8.0, 6)
    assert advice is not None
    changed = AZOLE.change("tacrolimus", 297.0, dose=advice.dose_mg)
    assert levels(KIDNEY, changed, [464.0]).ng_ml[0] == pytest.approx(8.0, rel=1e-9)
    assert advice.every_h == 12.0
    assert advice.low_mg < advice.dose_mg < advice.high_mg
    assert advice.dose_mg < 3.0


def test_the_interval_holds_nine_of_ten_patients_of_the_published_spread() -> None:
    advice = advise(KIDNEY, AZOLE, 297.0, 464.0, 8.0, 6)
    assert advice is not None
    model = MODELS["woillard2011-immediate"]
    reached = []
    for number in range(400):
        who = own(model, 6, number)
        low, high = (
            levels(KIDNEY, AZOLE.change("tacrolimus", 297.0, dose=mg), [464.0], band=False, own=who).ng_ml[0]
            for mg in (advice.low_mg, advice.high_mg)
        )
        reached.append(low <= 8.0 <= high)
    assert np.mean(reached) == pytest.approx(0.9, abs=0.01)


def test_where_earlier_doses_keep_the_level_above_the_target_no_dose_is_small_enough() -> None:
    advice = advise(KIDNEY, AZOLE, 367.5, 380.0, 5.0, 6)
    assert advice is not None
    assert advice.dose_mg == 0.0
    assert "No dose of tacrolimus" in advice.text


def test_it_is_said_to_be_the_models_and_names_its_source() -> None:
    advice = advise(KIDNEY, AZOLE, 297.0, 464.0, 8.0, 6)
    assert advice is not None
    assert advice.text.startswith("By the model [@woillard2011], tacrolimus ")
    assert "in 90 of 100 patients like this one, by the published variability" in advice.text
    assert advice == advise(KIDNEY, AZOLE, 297.0, 464.0, 8.0, 6)


def test_a_dose_that_waits_on_a_hold_is_advised_on_from_its_next_time() -> None:
    held = AZOLE.hold("tacrolimus", 367.5, 416.0)
    advice = advise(KIDNEY, held, 367.5, 500.0, 8.0, 6)
    assert advice is not None
    assert "every 12 h from day 17 08:00" in advice.text


def test_what_another_formulation_leaves_counts() -> None:
    switched = Chart((TACROLIMUS,)).stop("tacrolimus", 248.0)
    switched = switched.give(Order("tacrolimus prolonged release", 248.0, 6.0, "mg", "mouth", 24.0))
    advice = advise(KIDNEY, switched, 248.0, 272.0, 6.0, 6)
    assert advice is not None
    changed = switched.change("tacrolimus prolonged release", 248.0, dose=advice.dose_mg)
    assert levels(KIDNEY, changed, [272.0]).ng_ml[0] == pytest.approx(6.0, rel=1e-9)


def test_without_a_repeated_dose_by_mouth_there_is_no_advice() -> None:
    drip = Chart((Order("tacrolimus", 20.0, 0.08, "mg/h", "iv"),))
    assert advise(KIDNEY, drip, 100.0, 200.0, 8.0, 6) is None
    assert advise(KIDNEY, Chart(), 100.0, 200.0, 8.0, 6) is None
    assert advise(KIDNEY, AZOLE, 368.5, 370.0, 8.0, 6) is None


def test_the_same_advice_for_any_number_of_the_patient() -> None:
    one, other = (advise(replace(KIDNEY, number=n), AZOLE, 297.0, 464.0, 8.0, 6) for n in (1, 2))
    assert one is not None
    assert other is not None
    assert one.dose_mg == other.dose_mg


@pytest.mark.parametrize(
    ("at_h", "target", "said"),
    [(200.0, 8.0, '"at_h": must be later than "from_h" \\(297\\)'), (464.0, 0.0, '"target_ng_ml": must be above zero')],
)
def test_times_out_of_order_and_a_target_of_nothing_are_refused(at_h: float, target: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        advise(KIDNEY, AZOLE, 297.0, at_h, target, 6)
