"""Pressure: how it falls, and when that harms."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from pres_teach.patient import Chart, Patient
from pres_teach.physiology import Course, Drivers, Illness, Traits, draw, simulate


def kinds(course: Course) -> list[str]:
    return [event.kind for event in course.events]


def test_pulse_pressure_and_mean_belong_together(as_authored: Course) -> None:
    pulse = as_authored.systolic_mmhg - as_authored.diastolic_mmhg
    np.testing.assert_allclose(as_authored.diastolic_mmhg + pulse / 3, as_authored.map_mmhg, rtol=1e-12)


def test_a_normal_pressure_must_not_be_lowered(main_case: SimpleNamespace, charting: SimpleNamespace) -> None:
    patient, well = main_case.patient, Illness()
    traits = draw(patient, well, 1)
    chart = charting.charted([charting.give("labetalol", 48.0, 80, route="iv")])
    course = simulate(patient, chart, well, traits, 72.0, opens_h=47.0)
    assert "hypoperfusion" in kinds(course)
    event = next(event for event in course.events if event.kind == "hypoperfusion")
    assert "below the patient's own 88 mmHg" in event.text
    assert course.deficit[-1] > 0


def test_the_same_fall_taken_slowly_is_no_harm(main_case: SimpleNamespace, charting: SimpleNamespace) -> None:
    base = main_case.cared_for.without("labetalol")
    fast = main_case.course(base.give(charting.give("clevidipine", 367.75, 14, unit="mg/h", route="iv", until_h=380.0)))
    slow = main_case.course(
        charting.charted(
            [
                charting.give("clevidipine", 367.75 + 2 * k, 2.0 + k, unit="mg/h", route="iv", until_h=369.75 + 2 * k)
                for k in range(5)
            ],
            base,
        )
    )
    assert "hypoperfusion" in kinds(fast)
    assert "hypoperfusion" not in kinds(slow)
    assert fast.deficit[-1] > slow.deficit[-1]


def test_a_fall_that_no_drug_has_made_is_no_overshoot(main_case: SimpleNamespace) -> None:
    illness = replace(main_case.illness, pressure=((360.0, 372.0, 12.0, "pain"), (371.0, 500.0, -40.0, "sepsis")))
    course = simulate(main_case.patient, main_case.author, illness, main_case.traits, 450.0, opens_h=main_case.opens_h)
    assert course.map_mmhg.min() < 85
    assert "hypoperfusion" not in kinds(course)


@pytest.fixture(scope="module")
def child(charting: SimpleNamespace) -> SimpleNamespace:
    patient = Patient(3, 6, "female", 20, "liver", "*1/*3", 30, 70, 40, 0.8)
    illness = Illness(
        drivers=Drivers(0.3, 0.6, 0.1), pressure=((180.0, 900.0, 30.0, "fluid, steroid, calcineurin inhibitor"),)
    )
    traits: Traits = draw(patient, illness, 2)

    def course(*orders: object) -> Course:
        chart: Chart = charting.charted(orders)
        return simulate(patient, chart, illness, traits, 360.0, opens_h=240.0)

    return SimpleNamespace(course=course, give=charting.give)


def test_a_child_is_harmed_by_what_an_adult_bears(child: SimpleNamespace) -> None:
    course = child.course(child.give("clevidipine", 240.5, 1.5, unit="mg/h", route="iv", until_h=300.0))
    presenting = course.at(240.0).map_mmhg
    lowest = course.map_mmhg.min() if course.map_mmhg.min() > 71 else course.map_mmhg[course.time_h > 240].min()
    assert lowest > 0.8 * presenting
    event = next(event for event in course.events if event.kind == "hypoperfusion")
    assert "For a child that is too fast" in event.text


def test_a_child_bears_a_quarter_of_the_way_in_eight_hours(child: SimpleNamespace) -> None:
    course = child.course(
        child.give("clevidipine", 240.5, 0.3, unit="mg/h", route="iv", until_h=249.0),
        child.give("clevidipine", 249.0, 0.6, unit="mg/h", route="iv", until_h=258.0),
    )
    assert course.at(257.0).map_mmhg < course.at(240.0).map_mmhg - 4
    assert "hypoperfusion" not in kinds(course)


def test_a_severe_pressure_left_alone_harms_and_feeds_the_leak(
    main_case: SimpleNamespace, charting: SimpleNamespace
) -> None:
    held = main_case.author.hold("tacrolimus", 367.75, 408.0).stop("fluconazole", 367.75)
    illness = replace(main_case.illness, pressure=((288.0, 1440.0, 22.0, "salt and water"),))
    left = simulate(main_case.patient, held, illness, main_case.traits, 700.0, opens_h=367.5)
    treated_chart = held.give(charting.give("labetalol", 367.75, 20, route="iv")).give(
        charting.give("amlodipine", 368.0, 10, every_h=24)
    )
    treated = simulate(main_case.patient, treated_chart, illness, main_case.traits, 700.0, opens_h=367.5)
    assert left.oedema_ml.max() > treated.oedema_ml.max()
    assert left.deficit[-1] > treated.deficit[-1]


def test_a_precipitant_left_running_means_more_oedema(main_case: SimpleNamespace) -> None:
    held = main_case.author.hold("tacrolimus", 367.75, 392.0)
    running, stopped = main_case.course(held), main_case.course(held.stop("fluconazole", 367.75))
    assert running.oedema_ml.sum() > 1.2 * stopped.oedema_ml.sum()


def test_after_a_bleed_uncontrolled_pressure_harms(main_case: SimpleNamespace, charting: SimpleNamespace) -> None:
    traits = replace(main_case.traits, bleeds_h=4.0, bleed="haematoma")
    base = main_case.author.stop("fluconazole", 367.75).hold("tacrolimus", 367.75, 408.0)
    left = main_case.course(base, traits)
    treated = main_case.course(
        charting.charted(
            [
                charting.give("labetalol", 367.75, 20, route="iv"),
                charting.give("labetalol", 368.5, 20, unit="mg/h", route="iv", until_h=440.0),
            ],
            base,
        ),
        traits,
    )
    assert "haemorrhage" in kinds(left)
    assert "haemorrhage" in kinds(treated)
    assert left.deficit[-1] > treated.deficit[-1] > 0


def test_pressure_makes_no_bleed(main_case: SimpleNamespace) -> None:
    """A bleed comes from the leak and from susceptibility, never from the presenting pressure."""
    high = replace(main_case.illness, pressure=((0.0, 1440.0, 50.0, "untreated"),))
    patient = main_case.patient
    traits = replace(main_case.traits, bleeds_h=4.0, exposure=1.0, pressure=0.0, systemic=0.0)
    usual = simulate(patient, main_case.author, main_case.illness, traits, 450.0)
    risen = simulate(patient, main_case.author, high, traits, 450.0)
    assert [e.time_h for e in usual.events if e.kind == "haemorrhage"] == [
        e.time_h for e in risen.events if e.kind == "haemorrhage"
    ]
