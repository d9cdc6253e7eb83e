"""Onset and untreated events are conditions that the solved thresholds meet."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from pres_teach.physiology import ConditionError, Course, Drivers, Illness, simulate, solve


def times(course: Course, kind: str) -> list[float]:
    return [event.time_h for event in course.events if event.kind == kind]


@pytest.mark.parametrize("seed", [0, 1, 6, 11])
def test_onset_and_seizure_come_when_the_author_says(main_case: SimpleNamespace, seed: int) -> None:
    traits = solve(main_case.patient, main_case.author, main_case.illness, seed, 31 * 24)
    course = main_case.course(main_case.author, traits)
    assert times(course, "onset")[0] == 366.0
    assert min(times(course, "seizure") + times(course, "status")) == 458.0


def test_an_authored_seizure_is_status_only_where_it_is_called_so(main_case: SimpleNamespace) -> None:
    illness = replace(main_case.illness, untreated=(("status", 458.0),))
    traits = solve(main_case.patient, main_case.author, illness, 6, 31 * 24)
    assert times(main_case.course(main_case.author, traits), "status")[0] == 458.0


def test_a_haemorrhage_can_be_a_condition(main_case: SimpleNamespace) -> None:
    illness = replace(main_case.illness, untreated=(("haemorrhage", 380.0), ("seizure", 458.0)))
    traits = solve(main_case.patient, main_case.author, illness, 6, 31 * 24)
    course = main_case.course(main_case.author, traits)
    assert times(course, "haemorrhage") == [380.0]
    assert min(times(course, "seizure") + times(course, "status")) == 458.0


def test_an_onset_that_cannot_be_names_time_and_what_was_reached(main_case: SimpleNamespace) -> None:
    falling = main_case.author.stop("tacrolimus", 300.0)
    with pytest.raises(ConditionError, match=r'"onset": .* at day 15 06:00 but was \d\.\d+ at day 12'):
        solve(main_case.patient, falling, main_case.illness, 6, 31 * 24)


def test_a_driver_that_is_not_there_drives_nothing(main_case: SimpleNamespace) -> None:
    illness = Illness(onset_h=366.0, drivers=Drivers(0.0, 0.0, 1.0))
    with pytest.raises(ConditionError, match='"onset": .*add a cause'):
        solve(main_case.patient, main_case.author, illness, 6, 31 * 24)


def test_a_systemic_cause_can_be_the_driver(main_case: SimpleNamespace) -> None:
    illness = Illness(onset_h=366.0, drivers=Drivers(0.0, 0.0, 1.0), systemic=(("infection", 350.0, 500.0, 0.8),))
    traits = solve(main_case.patient, main_case.author, illness, 6, 31 * 24)
    course = simulate(main_case.patient, main_case.author.without("fluconazole"), illness, traits, 500.0)
    assert times(course, "onset") == [366.0]


def test_a_seizure_before_the_leak_cannot_be(main_case: SimpleNamespace) -> None:
    illness = replace(main_case.illness, untreated=(("seizure", 300.0),))
    with pytest.raises(ConditionError, match=r'"untreated.seizure": there must be a seizure hazard at that time'):
        solve(main_case.patient, main_case.author, illness, 6, 31 * 24)


def test_a_condition_beyond_the_end_is_refused(main_case: SimpleNamespace) -> None:
    with pytest.raises(ConditionError, match="must lie before the end of the course"):
        solve(main_case.patient, main_case.author, main_case.illness, 6, 400.0)
