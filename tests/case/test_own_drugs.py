"""A drug that a case brings along is ordered, warned of and acts like one of the formulary."""

from __future__ import annotations

from pathlib import Path

import pytest

from pres_teach.case import Case, read
from pres_teach.encounter import Encounter, Refusal
from pres_teach.pharmacology import factors, formulary

FILE = Path(__file__).parent / "own_drug.yaml"


@pytest.fixture(scope="module")
def case() -> Case:
    return read(FILE)


@pytest.fixture
def encounter(case: Case) -> Encounter:
    return Encounter(case)


def test_the_case_knows_its_own_drug_and_all_the_others(case: Case) -> None:
    assert "felodipine" in case.formulary
    assert set(formulary()) < set(case.formulary)
    assert "felodipine" not in formulary()


def test_it_can_be_ordered_and_warns_as_its_entry_says(encounter: Encounter) -> None:
    said = " ".join(encounter.order("felodipine", 5, "mg", "mouth", every_h=24))
    assert "Not for an emergency" in said
    assert "Felodipine raises tacrolimus; the size is unknown [@common-knowledge]." in said


def test_it_acts_on_pressure_and_level(case: Case) -> None:
    plain, treated = Encounter(case), Encounter(case)
    treated.order("felodipine", 10, "mg", "mouth", every_h=24)
    here, there = (case.course(one.chart).at(case.opens_h + 48.0) for one in (treated, plain))
    assert here.map_mmhg < there.map_mmhg - 1
    assert here.level_ng_ml > there.level_ng_ml
    assert here.level_low_ng_ml < here.level_ng_ml < here.level_high_ng_ml


def test_it_stands_among_what_made_the_level(case: Case) -> None:
    encounter = Encounter(case)
    encounter.order("felodipine", 10, "mg", "mouth", every_h=24)
    found = factors(case.patient, encounter.chart, case.opens_h + 48.0)
    (both,) = [one for one in found if one.name == "felodipine, both"]
    assert both.factor > 1.0
    assert "The size is unknown" in both.text


def test_its_limit_is_said_with_the_course(case: Case) -> None:
    encounter = Encounter(case)
    encounter.order("felodipine", 10, "mg", "mouth", every_h=24)
    assert any("How much felodipine raises tacrolimus" in limit for limit in encounter.course.limits)


def test_a_drug_that_nobody_knows_offers_the_cases_own(encounter: Encounter) -> None:
    with pytest.raises(Refusal, match='did you mean "felodipine" or "amlodipine"'):
        encounter.order("felodipin", 5, "mg", "mouth")


def test_a_known_name_takes_the_place_of_the_known_drug(case: Case) -> None:
    own = case.formulary["felodipine"].model_copy(update={"name": "amlodipine"})
    assert formulary().extended([own])["amlodipine"].shown == "felodipine"
    assert len(formulary().extended([own])) == len(formulary())
