"""The next dose of a calcineurin inhibitor, and whether somebody has decided about it."""

from __future__ import annotations

import pytest

from pres_teach import case as cases
from pres_teach.encounter import Encounter
from pres_teach.units import time


@pytest.fixture
def ward() -> Encounter:
    encounter = Encounter(cases.read("kidney-azole"))
    encounter.enter("presentation")
    return encounter


def due(encounter: Encounter) -> float | None:
    dose = encounter.next_dose
    return None if dose is None else dose.due_h


def test_the_next_dose_is_the_one_in_the_chart(ward: Encounter) -> None:
    assert due(ward) == pytest.approx(time("day 15 08:00"))
    ward.wait_until(time("day 15 08:30"))
    assert due(ward) == pytest.approx(time("day 15 20:00"))


def test_a_held_drug_comes_next_when_the_hold_ends(ward: Encounter) -> None:
    ward.hold("tacrolimus", time("day 16 20:00"))
    assert due(ward) == pytest.approx(time("day 16 20:00"))


def test_nothing_is_next_once_it_is_stopped(ward: Encounter) -> None:
    ward.stop("tacrolimus")
    assert due(ward) is None


def test_nobody_is_asked_long_before_the_dose(ward: Encounter) -> None:
    assert ward.undecided_dose is None


def test_somebody_is_asked_shortly_before_the_dose_and_after_it(ward: Encounter) -> None:
    ward.wait_until(time("day 15 07:50"))
    assert ward.undecided_dose is not None
    assert ward.undecided_dose.due_h == pytest.approx(time("day 15 08:00"))
    ward.wait_until(time("day 15 09:00"))
    assert ward.undecided_dose is not None


@pytest.mark.parametrize("decide", ["hold", "change", "stop"])
def test_a_decision_ends_the_asking(ward: Encounter, decide: str) -> None:
    ward.wait_until(time("day 15 07:52"))
    if decide == "hold":
        ward.hold("tacrolimus", time("day 15 20:00"))
    elif decide == "change":
        ward.change("tacrolimus", 1.0)
    else:
        ward.stop("tacrolimus")
    assert ward.undecided_dose is None


def test_a_decision_about_another_drug_does_not(ward: Encounter) -> None:
    ward.wait_until(time("day 15 07:52"))
    ward.stop("fluconazole")
    assert ward.undecided_dose is not None
