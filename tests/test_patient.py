"""Patient, orders, chart: shapes that are refused, holds and changes, and random streams."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach.patient import Chart, Order, OrderError, Patient, PatientError, stream

TACROLIMUS = Order("tacrolimus", 20.0, 3.0, "mg", "mouth", 12.0, by="author")


def patient(**changes: Any) -> Patient:
    fields: dict[str, Any] = {
        "number": 1,
        "age_years": 28,
        "sex": "male",
        "weight_kg": 68,
        "organ": "kidney",
        "cyp3a5": "*3/*3",
        "haematocrit_percent": 32,
        "baseline_map_mmhg": 88,
        "creatinine_umol_l": 130,
        "magnesium_mmol_l": 0.78,
    }
    return Patient(**(fields | changes))


def chart() -> Chart:
    return Chart().give(TACROLIMUS)


def doses(chart: Chart, drug: str, until_h: float) -> list[tuple[float, float]]:
    return sorted((t, o.dose) for o in chart.of(drug) for t in o.times(until_h))


# -- patient


def test_carriers_of_a_1_allele_are_expressers() -> None:
    assert [patient(cyp3a5=g).expresser for g in ("*3/*3", "*1/*3", "*1/*1")] == [False, True, True]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"haematocrit_percent": 0.32}, '"haematocrit_percent": must be 5 to 70 %; received 0.32; give it in percent'),
        ({"organ": "pancreas"}, "\"organ\": must be one of kidney, liver, heart, lung, allo-hsct; received 'pancreas'"),
        ({"age_years": float("nan")}, '"age_years": must be 0 to 110 years; received nan'),
        ({"number": -1}, '"number": must be a whole number, zero or above; received -1'),
        ({"cyp3a5": "3/3"}, '"cyp3a5": must be one of'),
    ],
)
def test_a_patient_who_cannot_be_is_refused_by_field(change: dict[str, Any], said: str) -> None:
    with pytest.raises(PatientError) as refusal:
        patient(**change)
    assert str(refusal.value).startswith(said)


# -- orders


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dose": -3}, '"dose": must be above zero; received -3 mg; give a positive dose or use Stop'),
        ({"dose": 0}, '"dose": must be above zero; received 0 mg; give a positive dose or use Stop'),
        ({"dose": float("inf")}, '"dose": must be a number; received inf; give a dose such as 3 mg'),
        ({"dose": True}, '"dose": must be a number; received True; give a dose such as 3 mg'),
        ({"every_h": 0}, '"every": must be 0.25 h or longer; received 0 h; give a longer interval or an infusion'),
        (
            {"until_h": 8.0},
            '"until": must be later than the start (day 0 20:00); received day 0 08:00; give a later time',
        ),
        ({"route": "ear"}, "\"route\": must be one of mouth, iv, im; received 'ear'; choose one of these"),
        ({"unit": "mg/h"}, '"every": an infusion (mg/h) has no interval; received 12.0 h; leave it out'),
        ({"drug": " "}, "\"drug\": must be a word; received ' '; choose one from the formulary"),
    ],
)
def test_an_order_without_a_possible_shape_is_refused_in_a_sentence(change: dict[str, Any], said: str) -> None:
    with pytest.raises(OrderError) as refusal:
        replace(TACROLIMUS, **change)
    assert str(refusal.value) == said


def test_a_time_that_is_not_finite_is_refused() -> None:
    with pytest.raises(OrderError, match='"at": must be a time between a year before and ten years after'):
        replace(TACROLIMUS, at_h=float("nan"))


def test_dosing_times_stop_before_the_end() -> None:
    assert TACROLIMUS.times(44.0) == (20.0, 32.0)
    assert replace(TACROLIMUS, until_h=32.0).times(1000.0) == (20.0,)
    assert TACROLIMUS.times(20.0) == ()


def test_an_order_ends_when_it_says_a_single_dose_at_once_and_others_never() -> None:
    assert replace(TACROLIMUS, until_h=32.0).ends_h == 32.0
    assert TACROLIMUS.ends_h == math.inf
    assert replace(TACROLIMUS, every_h=None).ends_h == TACROLIMUS.at_h
    assert Order("clevidipine", 4.0, 2.0, "mg/h", "iv").ends_h == math.inf


def test_an_order_runs_from_its_first_moment_to_just_before_its_end() -> None:
    order = replace(TACROLIMUS, until_h=32.0)
    assert [order.runs(at_h) for at_h in (19.9, 20.0, 31.9, 32.0)] == [False, True, True, False]


def test_a_single_dose_is_given_once_and_never_runs() -> None:
    once = Order("basiliximab", 4.0, 20.0, "mg", "iv")
    assert once.times(1000.0) == (4.0,)
    assert not once.runs(4.0)


@given(at=st.floats(-100, 1000), every=st.floats(0.25, 200), steps=st.integers(0, 200))
def test_dosing_times_do_not_drift(at: float, every: float, steps: int) -> None:
    order = replace(TACROLIMUS, at_h=at, every_h=every)
    times = order.times(at + (steps + 0.5) * every)
    assert len(times) == steps + 1
    assert times[-1] == at + steps * every


# -- chart


def test_a_chart_is_never_altered() -> None:
    first = chart()
    first.stop("tacrolimus", 366.0)
    assert first.orders == (TACROLIMUS,)
    with pytest.raises(FrozenInstanceError):
        first.orders = ()  # type: ignore[misc]


def test_a_second_running_order_of_the_same_drug_and_route_is_refused() -> None:
    with pytest.raises(OrderError) as refusal:
        chart().give(replace(TACROLIMUS, at_h=60.0, dose=5.0))
    assert str(refusal.value) == (
        '"drug": tacrolimus already runs (tacrolimus 3 mg every 12 h by mouth); received a second order, '
        "tacrolimus 5 mg every 12 h by mouth; change it or stop it first"
    )


def test_an_extra_single_dose_is_allowed_beside_a_running_order() -> None:
    assert len(chart().give(replace(TACROLIMUS, at_h=60.0, every_h=None)).orders) == 2


def test_time_goes_forward_for_a_drug() -> None:
    with pytest.raises(OrderError, match="tacrolimus is already ordered from day 0 20:00.*change it or stop it first"):
        chart().give(replace(TACROLIMUS, at_h=8.0, until_h=10.0))


def test_the_order_of_entry_of_different_drugs_makes_no_difference() -> None:
    other = Order("prednisolone", 8.0, 20.0, "mg", "mouth", 24.0)
    assert Chart().give(TACROLIMUS).give(other) == Chart().give(other).give(TACROLIMUS)


def test_a_hold_pauses_and_starts_again_at_the_first_scheduled_time_after_it() -> None:
    held = chart().hold("tacrolimus", 367.0, 390.0)
    given_at = [t for t, _ in doses(held, "tacrolimus", 420.0) if t > 340]
    assert given_at == [344.0, 356.0, 392.0, 404.0, 416.0]
    assert held.running("tacrolimus", 380.0) is None
    assert held.pending("tacrolimus", 380.0) is not None


def test_a_dose_due_at_the_moment_of_the_hold_is_not_given() -> None:
    assert 368.0 not in [t for t, _ in doses(chart().hold("tacrolimus", 368.0, 380.0), "tacrolimus", 500.0)]


def test_a_hold_can_be_made_longer_and_ended_early() -> None:
    held = chart().hold("tacrolimus", 367.0, 390.0)
    longer = held.hold("tacrolimus", 370.0, 420.0)
    assert [t for t, _ in doses(longer, "tacrolimus", 450.0) if t > 360] == [428.0, 440.0]
    early = held.resume("tacrolimus", 375.0)
    assert [t for t, _ in doses(early, "tacrolimus", 400.0) if t > 360] == [380.0, 392.0]


def test_a_hold_past_the_end_of_the_order_leaves_nothing_to_resume() -> None:
    short = Chart().give(replace(TACROLIMUS, until_h=100.0)).hold("tacrolimus", 50.0, 200.0)
    assert short.pending("tacrolimus", 60.0) is None


def test_a_change_of_the_interval_keeps_the_first_dose_that_was_due() -> None:
    changed = chart().change("tacrolimus", 40.0, dose=3.0, every_h=24.0)
    assert [order.every_h for order in changed.orders] == [12.0, 24.0]
    assert changed.orders[1].times(100.0) == (44.0, 68.0, 92.0)
    assert chart().change("tacrolimus", 40.0, dose=2.0).orders[1].every_h == 12.0


def test_a_change_keeps_history_and_starts_at_the_next_scheduled_dose() -> None:
    changed = chart().change("tacrolimus", 363.0, dose=1.5, by="learner")
    assert [d for d in doses(changed, "tacrolimus", 400.0) if d[0] > 350] == [
        (356.0, 3.0),
        (368.0, 1.5),
        (380.0, 1.5),
        (392.0, 1.5),
    ]


def test_a_change_of_mind_before_the_next_dose_replaces_the_first_change() -> None:
    changed = chart().change("tacrolimus", 363.0, dose=1.5).change("tacrolimus", 364.0, dose=2.0)
    assert [d for d in doses(changed, "tacrolimus", 381.0) if d[0] > 350] == [(356.0, 3.0), (368.0, 2.0), (380.0, 2.0)]


def test_a_change_during_a_hold_alters_what_will_be_given_after_it() -> None:
    changed = chart().hold("tacrolimus", 367.0, 390.0).change("tacrolimus", 370.0, dose=1.0)
    assert [d for d in doses(changed, "tacrolimus", 405.0) if d[0] > 360] == [(392.0, 1.0), (404.0, 1.0)]


def test_an_infusion_changes_at_once() -> None:
    infusion = Chart().give(Order("nicardipine", 367.0, 5.0, "mg/h", "iv")).change("nicardipine", 368.5, dose=7.5)
    assert [(o.at_h, o.until_h, o.dose) for o in infusion.of("nicardipine")] == [
        (367.0, 368.5, 5.0),
        (368.5, None, 7.5),
    ]


def test_a_stop_ends_what_runs_and_what_waits() -> None:
    stopped = chart().hold("tacrolimus", 367.0, 390.0).stop("tacrolimus", 370.0)
    assert max(t for t, _ in doses(stopped, "tacrolimus", 1000.0)) == 356.0


@pytest.mark.parametrize("act", ["stop", "hold", "change", "resume"])
def test_what_does_not_run_cannot_be_stopped_held_changed_or_resumed(act: str) -> None:
    acts = {
        "stop": lambda: chart().stop("fluconazole", 366.0),
        "hold": lambda: chart().hold("fluconazole", 366.0, 400.0),
        "change": lambda: chart().change("fluconazole", 366.0, dose=100),
        "resume": lambda: chart().resume("fluconazole", 366.0),
    }
    with pytest.raises(OrderError, match='"drug": fluconazole is not'):
        acts[act]()


def test_a_refused_change_names_the_dose() -> None:
    with pytest.raises(OrderError, match='"dose": must be above zero; received -3 mg'):
        chart().change("tacrolimus", 366.0, dose=-3)


@given(at=st.floats(20, 400), hold=st.floats(0.1, 100))
def test_a_hold_never_alters_the_past_and_gives_nothing_while_it_lasts(at: float, hold: float) -> None:
    before = [t for t, _ in doses(chart(), "tacrolimus", at)]
    times = [t for t, _ in doses(chart().hold("tacrolimus", at, at + hold), "tacrolimus", 600.0)]
    assert [t for t in times if t < at] == before
    assert not [t for t in times if at <= t < at + hold - 1e-3]
    assert set(times) <= {t for t, _ in doses(chart(), "tacrolimus", 600.0)}


def test_a_chart_without_a_drug_keeps_the_others() -> None:
    both = chart().give(Order("fluconazole", 297.0, 200.0, "mg", "mouth", 24.0))
    assert both.without("fluconazole") == chart()
    assert {o.drug for o in both.drugs(300.0)} == {"tacrolimus", "fluconazole"}


# -- random streams


def test_streams_differ_by_seed_number_and_name_and_repeat() -> None:
    draws = {key: stream(*key).random() for key in ((6, 1, "levels"), (7, 1, "levels"), (6, 2, "levels"), (6, 1, "x"))}
    assert len(set(draws.values())) == 4
    assert stream(6, 1, "levels").random() == draws[6, 1, "levels"]


def test_streams_are_the_same_in_another_process() -> None:
    code = "from pres_teach.patient import stream; print(repr(float(stream(6, 1, 'levels').random())))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert float(said) == np.float64(stream(6, 1, "levels").random())
