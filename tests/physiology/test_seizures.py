"""Seizures, status and what ends it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import SimpleNamespace

import pytest

from pres_teach.patient import Chart
from pres_teach.physiology import Course, Event, solve


@pytest.fixture(scope="module")
def status(main_case: SimpleNamespace) -> SimpleNamespace:
    """The main case with status at day 19 02:00, in a patient whom the first benzodiazepine would help."""
    illness = replace(main_case.illness, untreated=(("status", 458.0),))
    traits = solve(main_case.patient, main_case.author, illness, 6, 31 * 24)
    lucky = replace(traits, first_line=(0.1,) * 8, second_line=(0.1,) * 8)
    stubborn = replace(traits, first_line=(0.95,) * 8, second_line=(0.1,) * 8)

    def first(chart: Chart, traits: object = lucky) -> tuple[Event, Course]:
        course = main_case.course(chart, traits, 480.0)
        return next(event for event in course.events if event.kind == "status"), course

    return SimpleNamespace(first=first, lucky=lucky, stubborn=stubborn, author=main_case.author)


def test_untreated_it_goes_on_for_hours(status: SimpleNamespace) -> None:
    event, course = status.first(status.author)
    assert event.ends_h == 464.0
    assert course.at(460.0).awareness == "seizing"
    assert course.at(464.5).awareness == "post-ictal"


def test_a_benzodiazepine_ends_it_within_minutes(status: SimpleNamespace, charting: SimpleNamespace) -> None:
    event, _ = status.first(status.author.give(charting.give("lorazepam", 458.1, 4, route="iv")))
    assert 458.1 < event.ends_h < 458.25


def test_where_it_fails_a_second_drug_ends_it(status: SimpleNamespace, charting: SimpleNamespace) -> None:
    orders = [charting.give("lorazepam", 458.1, 4, route="iv")]
    event, _ = status.first(charting.charted(orders, status.author), status.stubborn)
    assert event.ends_h == 464.0
    orders.append(charting.give("levetiracetam", 458.3, 3000, route="iv"))
    event, _ = status.first(charting.charted(orders, status.author), status.stubborn)
    assert 458.3 < event.ends_h < 458.7


def test_where_one_second_line_drug_fails_another_ends_it(status: SimpleNamespace, charting: SimpleNamespace) -> None:
    hard = replace(status.stubborn, second_line=(0.9,) * 8)
    orders = [charting.give("levetiracetam", at_h, 3000, route="iv") for at_h in (458.3, 458.5)]
    event, _ = status.first(charting.charted(orders, status.author), hard)
    assert event.ends_h == 464.0
    orders.append(charting.give("valproate", 459.0, 3000, route="iv"))
    event, _ = status.first(charting.charted(orders, status.author), hard)
    assert 459.0 < event.ends_h < 459.5


def test_magnesium_and_a_maintenance_dose_end_no_status(status: SimpleNamespace, charting: SimpleNamespace) -> None:
    orders = [
        charting.give("magnesium sulphate", 458.1, 8, unit="mmol", route="iv"),
        charting.give("levetiracetam", 458.1, 250, route="iv"),
        charting.give("lorazepam", 458.1, 1, route="iv"),
    ]
    event, _ = status.first(charting.charted(orders, status.author))
    assert event.ends_h == 464.0


def test_status_left_alone_leaves_a_deficit(status: SimpleNamespace, charting: SimpleNamespace) -> None:
    _, left = status.first(status.author)
    _, treated = status.first(status.author.give(charting.give("lorazepam", 458.1, 4, route="iv")))
    assert left.deficit[-1] > treated.deficit[-1] + 0.2


def test_levetiracetam_protects_in_part(main_case: SimpleNamespace, charting: SimpleNamespace) -> None:
    with_it = main_case.course(
        main_case.cared_for.give(charting.give("levetiracetam", 368.0, 500, route="iv", every_h=12))
    )
    without = main_case.course(main_case.cared_for)
    later = without.time_h > 370
    ratio = with_it.seizure_hazard_per_h[later].sum() / without.seizure_hazard_per_h[later].sum()
    assert 0.3 < ratio < 0.8


def test_an_ordinary_seizure_lasts_two_minutes_and_leaves_him_drowsy(as_authored: Course) -> None:
    event = next(event for event in as_authored.events if event.kind == "seizure")
    assert event.ends_h - event.time_h == pytest.approx(2 / 60, rel=1e-3)
    assert as_authored.at(event.time_h).awareness == "seizing"
    assert as_authored.at(event.time_h + 0.5).awareness == "post-ictal"


def test_no_two_seizures_within_six_hours(as_authored: Course) -> None:
    times = [event.time_h for event in as_authored.events if event.kind in ("seizure", "status")]
    assert all(b - a >= 6 for a, b in itertools.pairwise(times))


def test_the_text_of_an_event_knows_nothing_of_its_end(status: SimpleNamespace, charting: SimpleNamespace) -> None:
    left, _ = status.first(status.author)
    treated, _ = status.first(status.author.give(charting.give("lorazepam", 458.1, 4, route="iv")))
    assert left.text == treated.text
