"""The clock: what costs time, what happens meanwhile, where waiting stops."""

from __future__ import annotations

import pytest

from pres_teach.case import Case
from pres_teach.encounter import ATTENTION, Encounter, Refusal
from pres_teach.quiz import Response


def test_a_case_opens_at_its_own_time_in_its_first_stage(encounter: Encounter, case: Case) -> None:
    assert encounter.clock_h == case.opens_h == 367.5
    assert encounter.stage == "presentation"
    assert encounter.log == ()


def test_asking_tells_the_finding_and_costs_its_minutes(encounter: Encounter) -> None:
    assert encounter.ask("vision") == "Blurred."
    assert encounter.clock_h == pytest.approx(367.5 + 3 / 60)
    assert encounter.asked[-1].found


def test_a_test_costs_its_minutes_and_answering_costs_none(encounter: Encounter) -> None:
    encounter.test("level")
    assert encounter.clock_h == pytest.approx(367.5 + 2 / 60)
    before = encounter.clock_h
    encounter.answer("first-act", Response(chosen=(0,)))
    assert encounter.clock_h == before


def test_waiting_stops_at_an_event_that_needs_somebody(encounter: Encounter) -> None:
    events = encounter.wait(48)
    assert events[-1].kind in ATTENTION
    assert encounter.clock_h == events[-1].time_h < 367.5 + 48
    assert any(entry.kind == "event" and entry.time_h == events[-1].time_h for entry in encounter.log)


def test_waiting_goes_on_after_the_event_it_stopped_at(encounter: Encounter) -> None:
    encounter.wait(48)
    stopped = encounter.clock_h
    encounter.wait(0.1)
    assert encounter.clock_h > stopped


def _until_seizure(encounter: Encounter) -> None:
    for _ in range(20):
        if encounter.vitals().awareness == "seizing":
            return
        encounter.wait(48)
    pytest.fail("the untreated patient of this case has a seizure")


def test_nothing_can_be_asked_of_a_patient_in_a_seizure(encounter: Encounter) -> None:
    _until_seizure(encounter)
    assert encounter.ask("vision") == "She is having a seizure: nothing can be asked now."
    assert not encounter.asked[-1].found
    assert encounter.ask("airway") == "She breathes freely."


def test_after_a_seizure_the_patient_does_not_answer_at_once(encounter: Encounter) -> None:
    _until_seizure(encounter)
    while encounter.vitals().awareness == "seizing":
        encounter.wait(0.05)
    assert encounter.ask("vision").startswith("She has just had a seizure and does not answer yet")


def test_no_scan_is_made_during_a_seizure(encounter: Encounter) -> None:
    _until_seizure(encounter)
    with pytest.raises(Refusal, match="while she is having a seizure"):
        encounter.test("mri")


@pytest.mark.parametrize("hours", [0, -1, float("nan"), float("inf"), "soon", None])
def test_time_only_goes_forward_and_in_numbers(encounter: Encounter, hours: object) -> None:
    with pytest.raises(Refusal):
        encounter.wait(hours)  # type: ignore[arg-type]
    assert encounter.clock_h == 367.5
    assert encounter.events == ()


def _for_ever(encounter: Encounter) -> None:
    for _ in range(100):
        encounter.wait_until(87_000)


def test_a_case_cannot_be_followed_for_ever(encounter: Encounter) -> None:
    with pytest.raises(Refusal, match="can be followed until"):
        _for_ever(encounter)
    before = encounter.clock_h
    encounter.wait(0.01)
    assert encounter.clock_h > before


def test_the_course_shown_ends_at_the_clock(encounter: Encounter) -> None:
    assert encounter.course.time_h[-1] <= encounter.clock_h
    assert all(event.time_h <= encounter.clock_h for event in encounter.course.events)
    assert len(encounter.course.map_mmhg) == len(encounter.course.time_h)


def test_vitals_are_those_of_the_course_now(encounter: Encounter) -> None:
    vitals = encounter.vitals()
    assert vitals.map_mmhg == encounter.course.at(encounter.clock_h).map_mmhg
    assert f"mean {vitals.map_mmhg:.0f}" in vitals.text


def test_what_the_patient_says_changes_once_the_course_says_recovered(encounter: Encounter) -> None:
    encounter.stop("fluconazole")
    encounter.hold("tacrolimus", 367.5 + 96)
    encounter.order("levetiracetam", 1000, "mg", "iv", 12)
    for _ in range(200):
        if any(event.kind == "recovery" for event in encounter.course.events):
            assert encounter.ask("vision") == "Clear."
            return
        try:
            encounter.wait(24)
        except Refusal:
            break
    pytest.skip("this simulated patient does not recover within the case")
