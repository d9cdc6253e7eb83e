"""What the model must never do, each over many patients and not over one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from pres_teach.cohort import Crowd
from pres_teach.cohort import simulate as many
from pres_teach.patient import ORGANS, Chart, Order, Patient
from pres_teach.physiology import Course, Illness, Moment, draw, parameters, simulate, solve

DAY, ONSET_H, OPENS_H, ACTS_H = 24.0, 366.0, 367.5, 367.75
UNTIL_H = ONSET_H + 60 * DAY
SICK = Illness(onset_h=ONSET_H, pressure=((288.0, UNTIL_H, 14.0, "salt and water"),))
ADULT = Patient(0, 40, "male", 68, "kidney", "*3/*3", 32, 88, 100, 0.80)
CHILD = Patient(0, 6, "female", 20, "liver", "*3/*3", 30, 70, 40, 0.8)
SERIES = [name for name in Moment._fields if name not in ("awareness", "headache", "visual")]


def give(
    drug: str, at_h: float, dose: float, every_h: float | None = None, route: str = "mouth", unit: str = "mg"
) -> Order:
    return Order(drug, at_h, dose, unit, route, every_h)


BASE = Chart((give("tacrolimus", 20, 3, 12), give("mycophenolate", 20, 1000, 12), give("prednisolone", 32, 20, 24)))
AUTHOR = BASE.give(give("fluconazole", 297, 200, 24))
CARE = (
    AUTHOR.stop("fluconazole", ACTS_H)
    .give(give("labetalol", ACTS_H, 20, route="iv"))
    .give(give("amlodipine", ACTS_H + 1, 5, 24))
)
LOW = CARE.change("tacrolimus", ACTS_H, dose=1.5)
PLANS = {
    "hold two doses and resume low": LOW.hold("tacrolimus", ACTS_H, ACTS_H + 24),
    "reduce": LOW,
    "change to ciclosporin after a day": CARE.stop("tacrolimus", ACTS_H).give(
        give("ciclosporin", ACTS_H + 24.25, 200, 12)
    ),
    "hold two doses and resume as before": CARE.hold("tacrolimus", ACTS_H, ACTS_H + 24),
}


def run(chart: Chart, organ: str = "kidney", n: int = 120, until_h: float = UNTIL_H) -> Crowd:
    patient = replace(ADULT, organ=organ)
    return many(n, patient, chart, SICK, 11, until_h=until_h, author=AUTHOR, opens_h=OPENS_H)


def courses(chart: Chart, patient: Patient = ADULT, n: int = 25, until_h: float = 800.0) -> Iterator[Course]:
    for number in range(n):
        one = replace(patient, number=number)
        traits = solve(one, AUTHOR, SICK, 11, until_h)
        yield simulate(one, chart, SICK, traits, until_h, step_h=0.5, opens_h=OPENS_H, band=False)


def kinds(course: Course) -> set[str]:
    return {event.kind for event in course.events}


# -- survival


@pytest.mark.parametrize("organ", ORGANS)
def test_no_course_by_any_plan_knows_survival(organ: str) -> None:
    told = set()
    for chart in (*PLANS.values(), AUTHOR, CARE.stop("tacrolimus", ACTS_H)):
        for course in courses(chart, replace(ADULT, organ=organ), n=6):
            told |= {event.text for event in course.events} | set(course.limits) | set(vars(course))
    assert told
    assert not [text for text in told if re.search(r"surviv|death|\bdie|dead|mortal", text, re.IGNORECASE)]


@pytest.mark.parametrize("organ", ORGANS)
def test_plans_differ_in_the_brain_by_no_more_than_declared(organ: str) -> None:
    declared = parameters().group("declared_difference")
    found = [run(chart, organ) for chart in PLANS.values()]
    pairs = list(itertools.combinations(found, 2))
    assert max(abs(a.seizure().share - b.seizure().share) for a, b in pairs) <= declared.seizures
    assert max(abs(float(a.deficit.mean() - b.deficit.mean())) for a, b in pairs) <= declared.deficit
    days = [float((np.where(np.isnan(c.cleared_h), UNTIL_H, c.cleared_h) - c.onset_h).mean()) / DAY for c in found]
    assert max(days) - min(days) <= declared.clearing_days


# -- levels and magnesium


@pytest.fixture(scope="module")
def by_dose() -> dict[float, Crowd]:
    return {
        dose: many(2500, ADULT, BASE.change("tacrolimus", 21, dose=dose), Illness(), 5, until_h=24 * 21, step_h=1.0)
        for dose in (1.5, 3.0, 6.0, 10.0)
    }


def test_pres_comes_at_levels_in_range_and_most_at_high_levels_have_none(by_dose: dict[float, Crowd]) -> None:
    shares = [by_dose[dose].pres().share for dose in sorted(by_dose)]
    assert shares == sorted(shares)
    assert by_dose[3.0].pres().k > 0
    assert shares[-1] < 0.25


def test_no_level_parts_those_with_pres_from_those_without() -> None:
    """Levels at onset, and highest levels of those spared, overlap whatever the level."""
    illness = Illness(pressure=SICK.pressure, systemic=(("infection", 300.0, 500.0, 1.2),))
    sick, well = [], []
    for number in range(120):
        one = replace(ADULT, number=number, haematocrit_percent=26 + number % 10)
        chart = BASE.change("tacrolimus", 21, dose=1.5 + 0.5 * (number % 8))
        own = replace(draw(one, illness, 4), threshold=0.35 + 0.01 * (number * 7 % 120))
        course = simulate(one, chart, illness, own, 500.0, step_h=1.0, band=False)
        if course.onset_h is None:
            well.append(float(course.level_ng_ml[course.time_h > 300].mean()))
        else:
            sick.append(course.at(course.onset_h).level_ng_ml)
    assert min(sick) < np.median(well)
    assert max(well) > np.median(sick)


@pytest.mark.parametrize("organ", ["kidney", "liver", "allo-hsct"])
def test_magnesium_changes_nobodys_brain_while_it_is_not_far_too_low(organ: str) -> None:
    given = run(LOW.give(give("magnesium sulphate", 368.0, 8, 24, route="iv", unit="mmol")), organ)
    without = run(LOW, organ)
    for name in ("onset_h", "peak_ml", "deficit", "seizures", "cleared_h", "haemorrhage_h"):
        np.testing.assert_array_equal(getattr(given, name), getattr(without, name))


def test_severe_deficiency_seizes_without_pres_and_correction_prevents_it() -> None:
    low = replace(ADULT, magnesium_mmol_l=0.42)
    healthy = Illness()
    drip = BASE.give(give("magnesium sulphate", 24, 1, route="iv", unit="mmol/h"))
    found = {
        name: many(400, patient, chart, healthy, 5, until_h=500.0)
        for name, patient, chart in (("left", low, BASE), ("corrected", low, drip), ("ordinary", ADULT, BASE))
    }
    share = {name: float(np.mean((crowd.seizures > 0) & ~crowd.sick)) for name, crowd in found.items()}
    assert share["left"] > 0.5
    assert share["corrected"] < 0.5 * share["left"]
    assert share["ordinary"] == 0


# -- reversibility


def test_nothing_known_at_onset_tells_who_will_clear_when() -> None:
    """Two patients alike but for how they clear are the same to the last bit until they clear."""
    for course in courses(LOW, n=15):
        slow = replace(course.traits, half_life_h=4 * course.traits.half_life_h, remnant=0.9)
        other = simulate(course.patient, LOW, SICK, slow, 800.0, step_h=0.5, opens_h=OPENS_H, band=False)
        before = course.time_h <= ONSET_H
        for name in SERIES:
            if name not in ("oedema_ml", "restricted_ml", "symptoms", "seizure_hazard_per_h"):
                np.testing.assert_array_equal(getattr(course, name)[before], getattr(other, name)[before])
        assert np.abs(course.oedema_ml[before] - other.oedema_ml[before]).max() < 2.0
        first = [next(e.text for e in c.events if e.kind == "onset") for c in (course, other)]
        assert first[0] == first[1]
        assert not re.search(r"revers|recover|resolve|\bwill\b", first[0])
        assert course.oedema_ml[-1] < other.oedema_ml[-1]


@pytest.mark.parametrize("organ", ORGANS)
def test_no_day_clears_every_scan(organ: str) -> None:
    crowd = run(LOW, organ, until_h=ONSET_H + 92 * DAY)
    shares = [crowd.clear_by(days).share for days in (14, 28, 42, 60, 90)]
    assert all(0 < share < 1 for share in shares[:4])
    assert shares == sorted(shares)
    assert shares[4] > 0.9


# -- the graft


def without_cover(days: float) -> Chart:
    chart = CARE
    for drug in ("tacrolimus", "mycophenolate"):
        chart = chart.hold(drug, ACTS_H, ACTS_H + days * DAY)
    return chart


@pytest.mark.parametrize("organ", ORGANS)
def test_weeks_without_cover_are_punished_and_two_doses_held_are_not(organ: str) -> None:
    until_h = ACTS_H + 40 * DAY
    given, held, week, fortnight = (
        run(chart, organ, until_h=until_h)
        for chart in (CARE, CARE.hold("tacrolimus", ACTS_H, ACTS_H + 24), without_cover(7), without_cover(14))
    )
    assert held.rejection_risk == pytest.approx(given.rejection_risk, abs=0.01)
    assert held.rejected().k <= given.rejected().k + 1
    assert week.rejection_risk > given.rejection_risk + 0.03
    assert fortnight.rejection_risk > week.rejection_risk + 0.1
    assert fortnight.rejected().k > given.rejected().k + 20


@pytest.mark.parametrize("organ", ORGANS)
def test_a_bridge_spares_some_of_those_whom_a_bare_stop_costs_the_graft(organ: str) -> None:
    stop = CARE.stop("tacrolimus", ACTS_H)
    bridge = stop.give(give("basiliximab", ACTS_H + 1, 20, route="iv")).give(
        give("basiliximab", ACTS_H + 97, 20, route="iv")
    )
    until_h = ACTS_H + 14 * DAY
    assert run(bridge, organ, 20, until_h).rejection_risk < 0.6 * run(stop, organ, 20, until_h).rejection_risk


# -- pressure


def test_more_than_a_quarter_within_an_hour_harms_every_adult_and_a_gentle_fall_none() -> None:
    fast = AUTHOR.give(give("labetalol", ACTS_H, 200, route="iv"))
    for gentle, harsh in zip(courses(CARE), courses(fast), strict=True):
        assert "hypoperfusion" not in kinds(gentle)
        assert "hypoperfusion" in kinds(harsh)
        at = harsh.at(ACTS_H + 1)
        assert at.map_mmhg < 0.76 * harsh.at(OPENS_H).map_mmhg
        assert harsh.at(ACTS_H + 12).deficit > gentle.at(ACTS_H + 12).deficit


def test_below_the_patients_own_pressure_harms_however_slowly_it_came() -> None:
    slowly = CARE.give(give("nicardipine", ACTS_H + 6, 15, route="iv", unit="mg/h"))
    slowly = slowly.give(give("labetalol", ACTS_H + 8, 400, 8)).give(give("hydralazine", ACTS_H + 10, 50, 6))
    for course in courses(slowly, n=15):
        baseline = course.patient.baseline_map_mmhg
        if course.map_mmhg[course.time_h > ACTS_H].min() < 0.93 * baseline:
            assert "hypoperfusion" in kinds(course)
            break
    else:
        pytest.fail("the drip never got below the patient's own pressure")


def test_every_child_is_harmed_by_a_fall_that_adults_bear_and_none_by_a_slow_one() -> None:
    illness = Illness(pressure=((180.0, 900.0, 34.0, "fluid and steroid"),))
    fast = Chart((give("clevidipine", 240.5, 1.7, route="iv", unit="mg/h"),))
    slow = Chart((give("amlodipine", 240.5, 2.5, 24),))
    for number in range(20):
        child = replace(CHILD, number=number, baseline_map_mmhg=66 + number % 8)
        own = draw(child, illness, 2)
        harsh, gentle = (simulate(child, c, illness, own, 330.0, opens_h=240.0, band=False) for c in (fast, slow))
        adult = simulate(
            replace(child, age_years=30), fast, illness, draw(child, illness, 2), 330.0, opens_h=240.0, band=False
        )
        assert "hypoperfusion" in kinds(harsh)
        assert "hypoperfusion" not in kinds(gentle)
        assert "hypoperfusion" not in kinds(adult)


def test_severe_pressure_left_alone_harms_on_average() -> None:
    severe = replace(SICK, pressure=((288.0, UNTIL_H, 40.0, "untreated"),))
    held = AUTHOR.stop("fluconazole", ACTS_H).change("tacrolimus", ACTS_H, dose=1.5)
    treated = held.give(give("labetalol", ACTS_H, 20, route="iv")).give(give("labetalol", ACTS_H + 3, 300, 8))
    left, cared = (
        many(80, ADULT, chart, severe, 11, until_h=800.0, author=AUTHOR, opens_h=OPENS_H) for chart in (held, treated)
    )
    assert left.deficit.mean() > cared.deficit.mean() + 0.1
    assert left.peak_ml.mean() > cared.peak_ml.mean()


def test_status_left_alone_harms_everybody_whom_it_comes_to() -> None:
    illness = replace(SICK, untreated=(("status", 400.0),))
    for number in range(20):
        one = replace(ADULT, number=number)
        own = replace(solve(one, AUTHOR, illness, 11, 500.0), first_line=(0.1,) * 8)
        treated = AUTHOR.give(give("lorazepam", 400.15, 4, route="iv"))
        here, there = (simulate(one, chart, illness, own, 500.0, band=False) for chart in (AUTHOR, treated))
        assert here.deficit[-1] > there.deficit[-1] + 0.1


@pytest.mark.parametrize("organ", ORGANS)
def test_a_precipitant_left_running_costs_on_average(organ: str) -> None:
    running = AUTHOR.give(give("labetalol", ACTS_H, 20, route="iv")).give(give("amlodipine", ACTS_H + 1, 5, 24))
    left, stopped = run(running, organ, 80), run(CARE, organ, 80)
    assert left.peak_ml.mean() > stopped.peak_ml.mean() + 5
    assert left.seizures.mean() > stopped.seizures.mean()
    assert left.deficit.mean() > stopped.deficit.mean()
