"""Which model a patient gets, and why."""

from __future__ import annotations

from typing import Any

import pytest

from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import choose, levels
from pres_teach.pharmacology.models import model


def who(**changes: Any) -> Patient:
    known = {"number": 1, "age_years": 40, "sex": "female", "weight_kg": 60, "organ": "kidney", "cyp3a5": "*3/*3"}
    known |= {"haematocrit_percent": 33, "baseline_map_mmhg": 90, "creatinine_umol_l": 90, "magnesium_mmol_l": 0.8}
    return Patient(**(known | changes))


@pytest.mark.parametrize(
    ("drug", "route", "changes", "chosen", "reason"),
    [
        ("tacrolimus", "mouth", {}, "woillard2011-immediate", "adults after a kidney"),
        ("tacrolimus", "mouth", {"organ": "lung"}, "monchaud2012", "adults after a lung"),
        ("tacrolimus", "mouth", {"organ": "allo-hsct"}, "dunlap2025", "stem cells from a donor, by mouth"),
        ("tacrolimus", "mouth", {"organ": "allo-hsct", "age_years": 2}, "chen2022", "toddlers after stem cells"),
        ("tacrolimus", "mouth", {"organ": "allo-hsct", "age_years": 4}, "dunlap2025", "stem cells from a donor"),
        ("tacrolimus", "mouth", {"organ": "liver"}, "woillard2011-immediate", "none was read for patients like this"),
        ("tacrolimus", "mouth", {"organ": "lung", "age_years": 9}, "woillard2011-immediate", "none was read"),
        ("tacrolimus", "mouth", {"age_years": 9}, "woillard2011-immediate", "none was read for patients like this"),
        ("tacrolimus", "iv", {"organ": "liver"}, "brooks2021", "knows tacrolimus into a vein"),
        ("tacrolimus prolonged release", "mouth", {}, "woillard2011-prolonged", "knows prolonged release"),
        ("ciclosporin", "mouth", {}, "woillard2014", "adults on ciclosporin by mouth"),
        ("ciclosporin", "iv", {}, "wilhelm2012-iv", "knows ciclosporin into a vein"),
        ("sirolimus", "mouth", {}, "golubovic2019", "changed over from a calcineurin inhibitor"),
        ("everolimus", "mouth", {}, "terheine2018", "the one model of everolimus read"),
    ],
)
def test_drug_route_organ_and_age_choose_the_model(
    drug: str, route: str, changes: dict[str, Any], chosen: str, reason: str
) -> None:
    found = choose(drug, route, who(**changes))
    assert found.model.id == chosen
    assert reason in found.reason


def test_the_reason_can_be_shown_with_its_source() -> None:
    chart = Chart((Order("tacrolimus", 0.0, 3.0, "mg", "mouth", 12.0),))
    assert levels(who(organ="lung"), chart, [24.0]).why == (
        "Monchaud 2012 [@monchaud2012] (adults after a lung), typical patient, CYP3A5 *3/*3."
    )


def test_a_formulation_of_a_case_takes_the_model_that_it_names() -> None:
    assert choose("envarsus", "mouth", who(), ("woillard2011-prolonged",)).model.id == "woillard2011-prolonged"


def test_another_model_can_be_taken_to_compare() -> None:
    chart = Chart((Order("tacrolimus", 0.0, 3.0, "mg", "mouth", 12.0),))
    found = levels(who(), chart, [240.0], model="storset2014")
    assert found.model == "Størset 2014, plasma and red cells"
    assert found.ng_ml[0] != levels(who(), chart, [240.0]).ng_ml[0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("storset", '"model": must be one of woillard2011-immediate'),
        ("golubovic2019", "\"model\": must be one of tacrolimus; received 'golubovic2019' of sirolimus"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(name: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        levels(who(), Chart(), [1.0], model=name)


def test_a_drug_without_a_model_is_refused() -> None:
    with pytest.raises(
        ValueError, match='"drug": levels are computed of tacrolimus, ciclosporin, sirolimus, everolimus'
    ):
        levels(who(), Chart(), [1.0], "aspirin")
    with pytest.raises(ValueError, match='received "sirolimus" by iv'):
        choose("sirolimus", "iv", who())
    with pytest.raises(ValueError, match="must be one of"):
        model("nobody1999")
