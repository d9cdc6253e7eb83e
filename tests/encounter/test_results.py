"""Results: when they come, what they say, and that a level knows when it was drawn."""

from __future__ import annotations

import pytest

from pres_teach.encounter import Encounter, Refusal


def test_a_result_comes_when_it_is_due_and_not_before(encounter: Encounter) -> None:
    assert encounter.test("level") == "Tacrolimus level: the result is due day 15 15:30."
    assert encounter.results == ()
    assert [r.test for r in encounter.results_due()] == ["level"]
    while encounter.results_due():
        encounter.wait(8)
    assert [r.test for r in encounter.results] == ["level"]
    assert any(entry.kind == "result" and "ng/mL" in entry.text for entry in encounter.log)


def test_a_result_that_is_there_at_once_is_told_at_once(encounter: Encounter) -> None:
    assert encounter.test("glucose") == "Bedside glucose: 6.1 mmol/L (110 mg/dL)"
    assert "mmHg" in encounter.test("pressure")


def test_a_level_is_told_in_its_unit_with_its_range_and_its_hours_after_the_dose(encounter: Encounter) -> None:
    encounter.test("level")
    encounter.wait_until(encounter.results_due()[0].due_h)
    text = encounter.results[-1].text
    assert "ng/mL" in text
    assert "Drawn day 15 07:30, 11.5 h after the last dose: a true trough." in text
    assert "[@" in text


def test_magnesium_and_creatinine_are_told_in_both_systems_of_units(encounter: Encounter) -> None:
    encounter.test("magnesium")
    encounter.test("creatinine")
    encounter.wait(2)
    magnesium, creatinine = (r.text for r in encounter.results)
    assert "mmol/L (" in magnesium
    assert "mg/dL)" in magnesium
    assert "µmol/L (" in creatinine


def test_a_level_is_that_of_the_time_it_was_drawn_whatever_is_ordered_later(encounter: Encounter) -> None:
    other = Encounter(encounter.case)
    for one in (encounter, other):
        one.test("level")
    encounter.stop("tacrolimus")
    for one in (encounter, other):
        one.wait_until(367.5 + 8)
    assert encounter.results[-1].text == other.results[-1].text


def test_no_result_comes_before_its_test_is_over(encounter: Encounter) -> None:
    encounter.test("pressure")
    (done,) = encounter.results
    assert done.due_h == pytest.approx(done.drawn_h + 1 / 60)


def test_a_test_can_be_asked_for_again_at_another_time(encounter: Encounter) -> None:
    encounter.test("level")
    encounter.wait(1)
    encounter.test("level")
    encounter.wait(9)
    first, second = encounter.results
    assert first.drawn_h < second.drawn_h
    assert first.text != second.text


def test_a_scan_is_there_when_its_pictures_have_come(encounter: Encounter) -> None:
    with pytest.raises(Refusal, match="No scan has been done yet"):
        encounter.scan()
    encounter.test("mri")
    assert encounter.scans == ()
    with pytest.raises(Refusal, match="pictures are due day 15 08:30"):
        encounter.scan()
    encounter.wait(1)
    (taken,) = encounter.scans
    assert taken.time_h == 367.5
    assert encounter.scan().sequences == encounter.scan(367.5).sequences
    assert encounter.scan().age_years == encounter.case.patient.age_years
    with pytest.raises(Refusal, match="No scan was taken at that time"):
        encounter.scan(500)
