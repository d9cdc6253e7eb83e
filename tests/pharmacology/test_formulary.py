"""The formulary: complete, well supported, and careful about what it refuses."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from pres_teach.evidence import library
from pres_teach.patient import Chart, Order, OrderError, Patient
from pres_teach.pharmacology import UnknownDrug, check_order, check_stop, formulary
from pres_teach.pharmacology.formulary import Drug

KIDNEY = Patient(1, 28, "male", 68, "kidney", "*3/*3", 32, 88, 130, 0.78)
NOW = 367.5

DRUGS = [
    "tacrolimus",
    "tacrolimus prolonged release",
    "ciclosporin",
    "sirolimus",
    "everolimus",
    "belatacept",
    "basiliximab",
    "mycophenolate",
    "prednisolone",
    "methylprednisolone",
    "fluconazole",
    "micafungin",
    "labetalol",
    "clevidipine",
    "nicardipine",
    "diltiazem",
    "amlodipine",
    "hydralazine",
    "levetiracetam",
    "lorazepam",
    "midazolam",
    "phenytoin",
    "valproate",
    "magnesium sulphate",
]


def once(drug: str, dose: float, unit: str, route: str, at_h: float = NOW) -> Order:
    return Order(drug, at_h, dose, unit, route)


def said(order: Order, patient: Patient = KIDNEY, chart: Chart | None = None) -> str:
    return " ".join(check_order(order, patient, chart or Chart()))


# -- the data


def test_it_holds_the_drugs_of_a_kidney_case() -> None:
    assert list(formulary()) == DRUGS


def test_every_usual_dose_and_interaction_rests_on_a_source_of_the_library() -> None:
    named = {dose.source for drug in formulary().drugs for dose in drug.usual}
    named |= {interaction.source for drug in formulary().drugs for interaction in drug.interactions}
    assert len(named) > 9
    assert named - set(library().sources) == set()


def test_no_dose_is_better_known_than_its_source() -> None:
    well_read = {"table", "abstract"}
    claimed = [(drug.name, dose) for drug in formulary().drugs for dose in drug.usual]
    claimed += [(drug.name, act) for drug in formulary().drugs for act in drug.interactions]
    better = {
        (name, one.source)
        for name, one in claimed
        if one.support in well_read and library().source(one.source).read not in well_read
    }
    assert better == set()


@pytest.mark.parametrize("name", DRUGS)
def test_every_caution_cites_and_every_drug_names_a_usual_dose(name: str) -> None:
    drug = formulary().drug(name)
    assert drug.usual
    assert all("[@" in caution.text for caution in drug.cautions)


@pytest.mark.parametrize("name", DRUGS)
def test_largest_doses_pass_without_a_remark_on_size(name: str) -> None:
    drug = formulary().drug(name)
    for route, largest in drug.largest.items():
        base = drug.base_unit
        if largest.dose is not None:
            assert "largest" not in said(once(name, largest.dose, base, route))
        if largest.rate is not None:
            assert "largest" not in said(once(name, largest.rate, f"{base}/h", route))


def test_what_the_teaching_model_lets_drugs_do_is_marked_illustrative() -> None:
    acting = {name for name, drug in formulary().items() if drug.acts.support == "illustrative"}
    assert acting == set(DRUGS)
    assert {name for name, drug in formulary().items() if drug.acts.pressure} == {
        "labetalol",
        "clevidipine",
        "nicardipine",
        "diltiazem",
        "amlodipine",
        "hydralazine",
    }
    assert not formulary()["magnesium sulphate"].acts.seizure


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "name": "aspirin",
        "shown": "aspirin",
        "group": "other",
        "routes": {"mouth": ["mg"]},
        "usual": [{"text": "75 mg", "support": "table", "source": "common-knowledge"}],
        "largest": {"mouth": {"dose": 900}},
        "acts": {},
    } | changes


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "white"}, "colour"),
        ({"group": "painkiller"}, "group"),
        ({"largest": {"mouth": {"dose": -1}}}, "largest"),
        ({"largest": {}}, '"largest": must name a dose'),
        ({"routes": {"ear": ["mg"]}}, "routes"),
        ({"usual": [{"text": "75 mg", "support": "unverified", "source": "common-knowledge"}]}, '"reasoning"'),
        ({"cautions": [{"text": "x", "when": {"after_drugs": ["y"]}}]}, '"within_h"'),
        ({"acts": {"seizure": {"protection": 2}}}, "protection"),
    ],
)
def test_a_wrong_entry_is_refused_by_field(change: dict[str, Any], field: str) -> None:
    Drug.model_validate(entry())
    with pytest.raises(ValidationError) as refusal:
        Drug.model_validate(entry(**change))
    assert field in str(refusal.value)


# -- what is refused


def test_an_unknown_drug_offers_the_nearest() -> None:
    with pytest.raises(UnknownDrug) as refusal:
        formulary().drug("takrolimus")
    assert str(refusal.value) == '"drug": must be in the formulary; received "takrolimus"; did you mean "tacrolimus"?'


def test_a_route_or_unit_that_is_not_the_drugs_is_refused() -> None:
    with pytest.raises(OrderError, match='"route": clevidipine is given by iv; received mouth; choose one of these'):
        said(once("clevidipine", 2, "mg/h", "mouth"))
    with pytest.raises(OrderError, match='"unit": tacrolimus by mouth is ordered in mg, microgram, mg/kg; received g'):
        said(once("tacrolimus", 3, "g", "mouth"))


def test_the_largest_dose_is_that_of_the_route_and_of_an_infusion_its_rate() -> None:
    labetalol = formulary()["labetalol"]
    by_vein, by_mouth = labetalol.largest["iv"], labetalol.largest["mouth"]
    assert labetalol.largest_for(once("labetalol", 20, "mg", "iv")) == by_vein.dose
    assert labetalol.largest_for(once("labetalol", 20, "mg/h", "iv")) == by_vein.rate
    assert labetalol.largest_for(once("labetalol", 20, "mg", "mouth")) == by_mouth.dose
    assert labetalol.largest_for(once("labetalol", 20, "mg", "im")) == math.inf


def test_ten_times_too_much_is_a_loud_warning_a_thousand_times_is_refused() -> None:
    assert "is it meant?" in said(once("lorazepam", 10, "mg", "iv"))
    assert "STOP AND CHECK" in said(once("lorazepam", 100, "mg", "iv"))
    with pytest.raises(OrderError, match='"dose": 10000 mg of lorazepam is more than a thousand times'):
        said(once("lorazepam", 10000, "mg", "iv"))


def test_a_dose_by_weight_is_judged_by_its_amount() -> None:
    assert "largest" not in said(once("levetiracetam", 60, "mg/kg", "iv"))
    assert "above the largest" in said(once("levetiracetam", 100, "mg/kg", "iv"))


def test_grams_of_magnesium_count_as_four_millimoles() -> None:
    drug = formulary()["magnesium sulphate"]
    assert drug.amount(once("magnesium sulphate", 2, "g", "iv"), KIDNEY) == 8.0
    assert drug.base_unit == "mmol"


# -- what is warned of


def test_ciclosporin_is_warned_of_with_tacrolimus_and_within_a_day_of_it(plain: Chart) -> None:
    ciclosporin = Order("ciclosporin", NOW, 200, "mg", "mouth", 12.0)
    assert "never given together" in said(ciclosporin, chart=plain)
    stopped = plain.stop("tacrolimus", NOW)
    assert "less than 24 h ago" in said(ciclosporin, chart=stopped)
    later = replace(ciclosporin, at_h=NOW + 30)
    assert "less than 24 h ago" not in said(later, chart=stopped)
    assert "same class" in said(later, chart=stopped)


def test_hours_since_ciclosporin_are_not_told_while_it_still_runs() -> None:
    running = Chart((Order("ciclosporin", 20.0, 200, "mg", "mouth", 12.0),))
    tacrolimus = Order("tacrolimus", NOW, 3, "mg", "mouth", 12.0)
    assert "never given together" in said(tacrolimus, chart=running)
    assert "less than 24 h ago" not in said(tacrolimus, chart=running)
    assert "less than 24 h ago" in said(tacrolimus, chart=running.stop("ciclosporin", NOW))


def test_tacrolimus_that_waits_on_a_hold_still_counts(plain: Chart) -> None:
    held = plain.hold("tacrolimus", NOW, NOW + 48)
    assert "never given together" in said(Order("ciclosporin", NOW + 30, 200, "mg", "mouth", 12.0), chart=held)


@pytest.mark.parametrize(("organ", "part"), [("liver", "not after a liver"), ("lung", "not after a lung")])
def test_sirolimus_has_its_boxed_warnings(organ: str, part: str) -> None:
    sirolimus = once("sirolimus", 2, "mg", "mouth")
    assert part in said(sirolimus, replace(KIDNEY, organ=organ))
    assert "Boxed" not in said(sirolimus)


def test_sirolimus_with_tacrolimus_is_not_recommended_after_a_heart(plain: Chart) -> None:
    heart = replace(KIDNEY, organ="heart")
    assert "after a heart is not recommended" in said(once("sirolimus", 2, "mg", "mouth"), heart, plain)
    assert "after a heart is not recommended" not in said(once("sirolimus", 2, "mg", "mouth"), heart)


@pytest.mark.parametrize(("ebv", "warned"), [("unknown", True), ("negative", True), ("positive", False)])
def test_belatacept_needs_ebv_serology(ebv: str, warned: bool) -> None:
    assert ("EBV serology first" in said(once("belatacept", 5, "mg/kg", "iv"), replace(KIDNEY, ebv=ebv))) == warned


@pytest.mark.parametrize(
    ("order", "change", "part"),
    [
        (once("labetalol", 20, "mg", "iv"), {"asthma": True}, "**Asthma:**"),
        (once("valproate", 40, "mg/kg", "iv"), {"sex": "female"}, "**Pregnancy test first:**"),
        (once("valproate", 40, "mg/kg", "iv"), {"organ": "liver"}, "damage the liver"),
        (once("magnesium sulphate", 2, "g", "iv"), {"creatinine_umol_l": 200.0}, "halve the dose"),
    ],
)
def test_a_condition_of_the_patient_brings_its_caution(order: Order, change: dict[str, Any], part: str) -> None:
    assert part in said(order, replace(KIDNEY, **change))
    assert part not in said(order, replace(KIDNEY, creatinine_umol_l=80.0))


@pytest.mark.parametrize(
    ("drug", "unit", "part"),
    [
        ("nicardipine", "mg/h", "slows CYP3A4"),
        ("diltiazem", "mg/h", "Diltiazem raises tacrolimus"),
        ("phenytoin", "mg", "enzyme inducer"),
        ("fluconazole", "mg", "raises tacrolimus within a day"),
    ],
)
def test_an_interacting_drug_is_named_while_tacrolimus_runs(plain: Chart, drug: str, unit: str, part: str) -> None:
    order = once(drug, 10, unit, "iv")
    assert part in said(order, chart=plain)
    assert part not in said(order)


def test_prednisolone_is_not_stopped_abruptly_after_weeks() -> None:
    chart = Chart((Order("prednisolone", 32.0, 20, "mg", "mouth", 24.0),))
    assert "Never stopped abruptly" in " ".join(check_stop("prednisolone", 32.0 + 14 * 24, KIDNEY, chart))
    assert "Never stopped abruptly" not in " ".join(check_stop("prednisolone", 32.0 + 72, KIDNEY, chart))


def test_fluconazole_was_started_for_a_reason(azole: Chart) -> None:
    found = " ".join(check_stop("fluconazole", NOW, KIDNEY, azole))
    assert "started for a reason" in found
    assert "can fall too low" in found


def test_holding_one_or_two_doses_of_tacrolimus_is_not_warned_of_but_stopping_is(plain: Chart) -> None:
    assert check_stop("tacrolimus", NOW, KIDNEY, plain, until_h=NOW + 30) == []
    assert "Think of the graft" in check_stop("tacrolimus", NOW, KIDNEY, plain)[0]
    assert "Think of the graft" in check_stop("tacrolimus", NOW, KIDNEY, plain, until_h=NOW + 96)[0]
