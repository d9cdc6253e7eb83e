"""Where the curves of the teaching model bend, begin and end: each edge on its own."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from pres_teach.patient import Chart, Order, Patient
from pres_teach.physiology import (
    Course,
    Drivers,
    Illness,
    chemistry,
    compare,
    draw,
    graft,
    harm,
    oedema,
    parameters,
    pressure,
    simulate,
    solve,
)
from pres_teach.physiology.acts import acting_doses, acts

STEP_H = 0.25
TIME_H = np.arange(0.0, 240.0, STEP_H)


def once(drug: str, at_h: float, dose: float, unit: str = "mg", until_h: float | None = None) -> Order:
    return Order(drug, at_h, dose, unit, "iv", None, until_h)


# -- graft


def test_twice_the_lack_of_cover_is_four_times_the_hazard() -> None:
    needed, background = np.ones(3), parameters().group("graft").background_per_h
    cover = np.array([0.9, 0.8, 1.2])
    over = graft.rejection_hazard(cover, needed, "kidney", np.full(3, 400.0))
    factor = parameters().table("rejection_factor")["kidney"]
    assert over[2] == pytest.approx(factor * background)
    assert over[1] - over[2] == pytest.approx(4 * (over[0] - over[2]))


def test_the_first_days_without_cover_are_not_counted() -> None:
    settled_h = parameters().group("graft").settled_h
    time_h = np.array([0.0, settled_h - STEP_H, settled_h])
    hazard = graft.rejection_hazard(np.zeros(3), np.ones(3), "kidney", time_h)
    assert hazard[:2].tolist() == [0.0, 0.0]
    assert hazard[2] > 0


# -- harm


def test_an_overshoot_harms_at_once_and_then_for_some_hours_only() -> None:
    p = parameters().group("harm")
    flags = (TIME_H >= 24) & (TIME_H < 72)
    rate = harm.of_hypoperfusion(flags, STEP_H)
    assert rate.sum() * STEP_H == pytest.approx(p.hypoperfusion_fixed + p.hypoperfusion_hours * p.hypoperfusion_per_h)


def test_a_small_bleed_harms_less_than_a_haematoma() -> None:
    small, large = (
        harm.of_bleed(np.full(len(TIME_H), 90.0), 90.0, TIME_H, 48.0, haematoma, STEP_H).sum() * STEP_H
        for haematoma in (False, True)
    )
    p = parameters().group("harm")
    assert large == pytest.approx(p.bleed_fixed)
    assert small == pytest.approx(p.bleed_fixed * p.small_bleed_share)


def test_what_does_not_reverse_stays_when_the_oedema_has_gone() -> None:
    volume = np.interp(TIME_H, [0, 48, 120], [0, 40, 0])
    gone = oedema.restricted(volume, 85.0, 0.2, 0.0, STEP_H)
    stays = oedema.restricted(volume, 85.0, 0.2, 0.5, STEP_H)
    assert gone[-1] == 0.0
    assert stays[-1] == pytest.approx(0.5 * gone.max())


# -- chemistry and pressure


def test_magnesium_has_a_floor(main_case: SimpleNamespace) -> None:
    wasted = replace(main_case.patient, magnesium_mmol_l=0.3)
    found = chemistry.magnesium(wasted, Chart(), TIME_H, np.full(len(TIME_H), 2.0))
    assert found.min() == parameters().group("chemistry").lowest_mmol_l


def test_no_amount_of_drugs_takes_more_than_the_largest_fall(main_case: SimpleNamespace) -> None:
    patient: Patient = main_case.patient
    chart = Chart(tuple(once("hydralazine", 24.0 + hour / 4, 20) for hour in range(24)))
    illness = Illness(pressure=((0.0, 240.0, 40.0, "for the test"),))
    found = pressure.pressures(patient, chart, illness, TIME_H, np.zeros(len(TIME_H)))
    p = parameters().group("pressure")
    above = found.untreated - p.floor_share * patient.baseline_map_mmhg
    assert (found.fall / above).max() == pytest.approx(p.largest_fall)


def test_a_titrated_infusion_wears_off_after_its_end(main_case: SimpleNamespace) -> None:
    chart = Chart((once("nicardipine", 24.0, 7.5, "mg/h", until_h=48.0),))
    (act,) = acts(chart, "pressure")
    acting = acting_doses(main_case.patient, chart, act, TIME_H)
    full, later, gone = (float(acting[hour == TIME_H][0]) for hour in (48.0, 49.5, 54.0))
    assert later > 0.3 * full
    assert gone < 0.05 * full


# -- what is told


def overshoots(course: Course) -> list[float]:
    return [event.time_h for event in course.events if event.kind == "hypoperfusion"]


@pytest.mark.parametrize(("apart_h", "told"), [(3.0, 1), (14.0, 2)])
def test_overshoots_close_together_are_told_as_one(main_case: SimpleNamespace, apart_h: float, told: int) -> None:
    chart = Chart(tuple(once("clevidipine", at_h, 20, "mg/h", until_h=at_h + 1) for at_h in (48.0, 49.0 + apart_h)))
    course = simulate(main_case.patient, chart, Illness(), draw(main_case.patient, Illness(), 1), 96.0, opens_h=47.0)
    assert len(overshoots(course)) == told


def test_a_minute_bleed_adds_microbleeds(main_case: SimpleNamespace) -> None:
    traits = replace(main_case.traits, bleeds_h=4.0, bleed="minute", microbleeds=0)
    course = main_case.course(main_case.author, traits)
    bled_h = next(event.time_h for event in course.events if event.kind == "haemorrhage")
    assert course.lesion(bled_h - 1).microbleeds == 0
    assert course.lesion(bled_h).microbleeds == parameters().group("bleeding").minute_bleeds
    assert course.lesion(bled_h).haematoma_ml == 0
    assert not course.lesion(bled_h).sulcal_blood


def test_a_mixture_that_cannot_have_its_onset_then_is_left_out(main_case: SimpleNamespace) -> None:
    """Where the level has long been falling, what drives cannot be exposure for the most part."""
    chart = main_case.author.without("fluconazole").change("tacrolimus", 320.0, dose=0.5)
    illness = Illness(onset_h=366.0, drivers=Drivers(0.1, 0.1, 0.8), systemic=(("infection", 340.0, 600.0, 1.0),))
    traits = solve(main_case.patient, chart, illness, 6, 600.0)
    course = simulate(main_case.patient, chart, illness, traits, 600.0, opens_h=367.5)
    stopped = course.twin(chart.stop("tacrolimus", 368.0))
    words = {row.in_words for row in compare(stopped, course).rows if "mixtures" in row.in_words}
    assert {said.split(";")[0] for said in words} == {"Over 4 mixtures of the drivers"}
