"""What one decision changed, in words."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from pres_teach.patient import Order
from pres_teach.physiology import Course, Illness, differences, draw, plans_alone, simulate, solve


def told(course: Course, twin: Course) -> dict[str, str]:
    return {one.what: one.words for one in differences(course, twin)}


def test_a_course_differs_in_nothing_from_itself(cared_for: Course) -> None:
    assert differences(cared_for, cared_for) == ()


def test_seizures_are_counted_in_words(as_authored: Course, cared_for: Course) -> None:
    many = sum(event.kind in ("seizure", "status") for event in as_authored.events)
    assert many
    assert re.fullmatch(r"(one|two|three|four|five|six|\d+) seizures? fewer", told(as_authored, cared_for)["seizure"])
    assert told(cared_for, as_authored)["seizure"].endswith("more")


def test_treating_the_pressure_is_told_in_hours_and_harm(main_case: SimpleNamespace, cared_for: Course) -> None:
    left = main_case.course(main_case.cared_for.without("labetalol", "amlodipine"))
    found = {one.what: one for one in differences(left, cared_for)}
    assert re.fullmatch(
        r"[\d.]+ (hours?|days) fewer with a pressure more than a quarter above the own", found["pressure"].words
    )
    assert found["pressure"].better
    assert found["oedema"].words.endswith("mL less oedema at its peak")


def test_taking_the_azole_away_brings_the_trough_back_earlier(main_case: SimpleNamespace) -> None:
    """Without the interacting drug the level is back in its range days earlier."""
    running = main_case.course(main_case.author)
    stopped = running.twin(main_case.author.stop("fluconazole", 368.0))
    words = told(running, stopped)["level"]
    assert re.fullmatch(r"the trough of tacrolimus back below the top of its range \S+ days? earlier", words)


def test_too_fast_a_fall_is_told_and_is_worse(main_case: SimpleNamespace, cared_for: Course) -> None:
    fast = main_case.course(main_case.cared_for.give(Order("labetalol", 367.9, 160.0, "mg", "iv")))
    one = next(one for one in differences(cared_for, fast) if one.what == "hypoperfusion")
    assert one.words.endswith("more that the pressure fell too fast or too far")
    assert not one.better


def test_between_plans_of_immunosuppression_nothing_is_said_of_the_brain(
    main_case: SimpleNamespace, cared_for: Course
) -> None:
    bare = main_case.cared_for
    for drug in ("tacrolimus", "mycophenolate", "prednisolone"):
        bare = bare.stop(drug, 400.0)
    found = differences(cared_for, main_case.course(bare))
    assert {one.what for one in found} <= {"level", "cover", "risk", "rejection"}
    assert "cover" in {one.what for one in found}


def test_in_another_illness_less_immunosuppression_may_be_the_treatment(
    main_case: SimpleNamespace, cared_for: Course
) -> None:
    illness = Illness("neurotoxicity", onset_h=366.0)
    traits = draw(main_case.patient, illness, 6)
    here, there = (
        simulate(main_case.patient, chart, illness, traits, 366.0 + 28 * 24, opens_h=main_case.opens_h)
        for chart in (main_case.author, main_case.author.stop("tacrolimus", 368.0))
    )
    assert {"seizure", "oedema", "deficit", "clear"} & {one.what for one in differences(here, there)}
    assert not plans_alone(here, there)
    assert plans_alone(cared_for, cared_for.twin(main_case.cared_for.stop("tacrolimus", 400.0)))


def test_a_complication_of_a_plan_is_told_though_the_brain_is_not(main_case: SimpleNamespace) -> None:
    """Sirolimus early after a liver clots the artery of the graft: the label warns of it."""
    liver = replace(main_case.patient, organ="liver")
    illness = Illness(onset_h=366.0)
    with_sirolimus = main_case.author.give(Order("sirolimus", 368.0, 6.0, "mg", "mouth", 24.0))
    # a seed of whose patient the artery clots
    traits = replace(solve(liver, main_case.author, illness, 6, 366.0 + 28 * 24), seed=3)
    here, there = (
        simulate(liver, chart, illness, traits, 366.0 + 28 * 24, opens_h=main_case.opens_h)
        for chart in (main_case.author, with_sirolimus)
    )
    assert plans_alone(here, there)
    found = {one.what: one.words for one in differences(here, there)}
    assert found["complication"] == "one complication more of the treatment"
    assert not {"seizure", "oedema", "pressure"} & set(found)


def test_what_matters_most_comes_first(as_authored: Course, cared_for: Course) -> None:
    weights = [one.weight for one in differences(as_authored, cared_for)]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0


def test_nothing_is_said_of_survival(as_authored: Course, cared_for: Course) -> None:
    text = " ".join(one.words for one in differences(as_authored, cared_for))
    assert not re.search(r"surviv|death|\bdie|dead|mortal", text, re.IGNORECASE)


def test_another_patient_is_no_twin(main_case: SimpleNamespace, cared_for: Course) -> None:
    other = main_case.course(main_case.cared_for, draw(main_case.patient, main_case.illness, 99))
    with pytest.raises(ValueError, match='"twin": must be the same patient'):
        differences(other, cared_for)
