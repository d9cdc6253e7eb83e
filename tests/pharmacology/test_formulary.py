"""The formulary: complete, well supported, and careful about what it refuses."""

from __future__ import annotations

import json
import math
import re
from importlib import resources
from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import ValidationError
from ruamel.yaml import YAML

from pres_teach.evidence import library
from pres_teach.patient import Chart, Order, OrderError, Patient
from pres_teach.pharmacology import MODELS, SUBSTRATES, Drug, UnknownDrug, check_order, formulary, substrate
from pres_teach.pharmacology.drug import Condition, Interaction
from pres_teach.pharmacology.propagation import System, concentration
from pres_teach.pharmacology.reading import read
from pres_teach.text import citations

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
    "voriconazole",
    "posaconazole",
    "micafungin",
    "clarithromycin",
    "rifampicin",
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
    "carbamazepine",
    "valproate",
    "magnesium sulphate",
    *(FOR_MIMICS := ["aciclovir", "ganciclovir", "enoxaparin", "alteplase", "nimodipine", "ceftriaxone"]),
]
INHIBITORS = [
    "fluconazole",
    "voriconazole",
    "posaconazole",
    "clarithromycin",
    "nicardipine",
    "diltiazem",
    "amlodipine",
]
INDUCERS = ["rifampicin", "phenytoin", "carbamazepine"]
SILENT = [
    "micafungin",
    "labetalol",
    "clevidipine",
    "hydralazine",
    "levetiracetam",
    "lorazepam",
    "midazolam",
    "valproate",
]


def once(drug: str, dose: float, unit: str, route: str, at_h: float = NOW) -> Order:
    return Order(drug, at_h, dose, unit, route)


def said(order: Order, patient: Patient = KIDNEY, chart: Chart | None = None) -> str:
    return " ".join(check_order(order, patient, chart or Chart()))


# -- the data


def interactions() -> list[tuple[str, Interaction]]:
    return [(drug.name, one) for drug in formulary().drugs for one in drug.interactions]


def numbers() -> list[tuple[str, Any]]:
    """Everything with a support and a source."""
    found: list[tuple[str, Any]] = [(drug.name, dose) for drug in formulary().drugs for dose in drug.usual]
    found += [(drug.name, drug.bioavailability) for drug in formulary().drugs if drug.bioavailability]
    return found + interactions()


def test_it_holds_every_drug_of_the_switch() -> None:
    assert list(formulary()) == DRUGS


def test_every_usual_dose_and_interaction_rests_on_a_source_of_the_library() -> None:
    named = {one.source for _, one in numbers()}
    assert len(named) > 15
    assert named - set(library().sources) == set()


def test_no_number_is_better_known_than_its_source() -> None:
    well_read = {"table", "abstract"}
    better = {
        (name, one.source)
        for name, one in numbers()
        if one.support in well_read and library().source(one.source).read not in well_read
    }
    assert better == set()


def test_common_knowledge_and_guesses_are_never_called_more() -> None:
    for name, one in numbers():
        if library().source(one.source).read in ("unverified", "illustrative"):
            assert one.support in ("unverified", "illustrative"), name


@pytest.mark.parametrize("name", DRUGS)
def test_every_drug_has_class_routes_units_and_a_usual_dose_with_its_source(name: str) -> None:
    drug = formulary().drug(name)
    assert drug.group != "other" or name in FOR_MIMICS
    assert drug.routes
    assert all(drug.routes.values())
    assert drug.usual
    assert all(dose.source in library().sources for dose in drug.usual)
    assert drug.largest_reasoning
    assert set(drug.largest) == set(drug.routes)


def test_what_was_not_checked_has_a_range_and_a_reasoning() -> None:
    for drug in formulary().drugs:
        for dose in drug.usual:
            if dose.support in ("unverified", "illustrative"):
                assert dose.range, drug.name
                assert dose.reasoning, drug.name


@pytest.mark.parametrize("name", DRUGS)
def test_every_caution_cites_what_the_library_holds(name: str) -> None:
    for caution in formulary().drug(name).cautions:
        cited = citations(caution.text)
        assert cited, caution.text
        assert all(library().cite(key) is not None for key in cited), caution.text


@pytest.mark.parametrize(
    ("drug", "routes"),
    [
        ("tacrolimus", {"mouth", "iv"}),
        ("tacrolimus prolonged release", {"mouth"}),
        ("ciclosporin", {"mouth", "iv"}),
        ("sirolimus", {"mouth"}),
        ("everolimus", {"mouth"}),
    ],
)
def test_a_drug_whose_level_counts_has_models_by_each_route(drug: str, routes: set[str]) -> None:
    found = formulary()[drug]
    assert set(found.models) == set(found.routes) == routes
    for route, names in found.models.items():
        assert {(MODELS[name].drug, MODELS[name].route) for name in names} == {(substrate(drug), route)}


def test_every_published_model_stands_in_the_formulary() -> None:
    named = {model for drug in formulary().drugs for names in drug.models.values() for model in names}
    assert named == set(MODELS)


def test_the_drip_of_tacrolimus_is_ordered_by_weight_and_time_or_by_time() -> None:
    assert formulary()["tacrolimus"].routes["iv"] == ("microgram/kg/h", "mg/h")
    assert formulary()["tacrolimus"].amount(once("tacrolimus", 1.25, "microgram/kg/h", "iv"), KIDNEY) == pytest.approx(
        0.085
    )


def test_bioavailabilities_are_those_of_their_sources() -> None:
    tacrolimus = formulary()["tacrolimus"].bioavailability
    ciclosporin = formulary()["ciclosporin"].bioavailability
    assert tacrolimus is not None
    assert ciclosporin is not None
    assert (tacrolimus.share, tacrolimus.expresser_factor, tacrolimus.support) == (0.14, 0.82, "secondhand")
    assert (ciclosporin.share, ciclosporin.source) == (0.71, "wilhelm2012")
    assert formulary()["sirolimus"].bioavailability is None


# -- interactions


@pytest.mark.parametrize("on", SUBSTRATES)
@pytest.mark.parametrize("name", [*INHIBITORS, *INDUCERS])
def test_every_azole_and_inducer_acts_on_every_substrate(name: str, on: str) -> None:
    found = formulary()[name].interaction(on)
    assert found is not None
    assert found.raises == (name in INHIBITORS)
    assert found.gut / found.clearance != pytest.approx(1.0, abs=0.01)
    assert len(found.pairs) > 1
    assert min(g / c for g, c in found.pairs) < max(g / c for g, c in found.pairs)


@pytest.mark.parametrize("name", SILENT)
def test_a_drug_without_an_interaction_says_so(name: str) -> None:
    drug = formulary()[name]
    assert drug.interactions == ()
    assert any("interaction with" in c.text and c.when == Condition() for c in drug.cautions)


def test_a_size_that_nobody_published_is_called_unknown_and_has_a_band() -> None:
    unknown = [(name, one) for name, one in interactions() if one.size == "unknown"]
    assert len(unknown) > 25
    for name, one in unknown:
        assert one.support in ("unverified", "illustrative")
        assert "unknown" in one.text
        assert "unknown" in one.limit
        assert name in one.limit.lower()
        logs = sorted(abs(math.log(gut / clearance)) for gut, clearance in one.pairs)
        assert logs[0] < 0.12
        assert logs[-1] > 1.3 * logs[0]
    assert all(one.support in ("table", "abstract", "secondhand") for _, one in interactions() if one.size != "unknown")


def test_no_text_says_that_nothing_happens_where_only_the_size_is_unknown() -> None:
    for _, one in interactions():
        assert "no effect" not in one.text
        assert one.text.startswith(("raises", "lowers", "may raise", "slows"))


def test_every_number_of_an_interaction_gives_its_reason() -> None:
    for name, one in interactions():
        where = f"{name} on {one.on}"
        assert one.onset_reasoning, where
        assert one.half_life_reasoning, where
        assert one.expresser_reasoning, where
        assert not one.pairs or one.pairs_reasoning or one.clearance_reasoning, where
        assert one.full_dose_per_day is None or one.half_dose_reasoning, where


@pytest.mark.parametrize("name", [*INHIBITORS, *INDUCERS])
def test_onset_and_fading_give_a_range_in_words(name: str) -> None:
    found = formulary()[name].interaction("tacrolimus")
    assert found is not None
    assert re.search(r"range|within|case report", found.onset_reasoning)
    assert re.search(r"range \d+ to \d+", found.half_life_reasoning)


@pytest.mark.parametrize("name", INDUCERS)
@pytest.mark.parametrize("on", SUBSTRATES)
def test_inducers_take_days_and_inhibitors_hours(name: str, on: str) -> None:
    induced, inhibited = formulary()[name].interaction(on), formulary()["fluconazole"].interaction(on)
    assert induced is not None
    assert inhibited is not None
    assert induced.onset_h >= 5 * 24 > inhibited.onset_h
    assert induced.half_life_h > 2 * inhibited.half_life_h


def test_only_fluconazole_waits_for_the_kidney() -> None:
    assert {name for name, one in interactions() if one.renal} == {"fluconazole"}


@pytest.mark.parametrize(
    ("name", "auc", "patients"),
    [("voriconazole", 3.2, 1 / 0.53), ("posaconazole", 4.5, 1 / 0.43)],
)
def test_the_band_of_an_azole_reaches_from_patients_to_volunteers(name: str, auc: float, patients: float) -> None:
    """Area under the curve, as printed: × 3.2 and 4.5; clearance by mouth × 0.53 (Pei 2023) and 0.43 (Chen 2022)."""
    found = formulary()[name].interaction("tacrolimus")
    assert found is not None
    assert found.gut / found.clearance == pytest.approx(auc, rel=0.005)
    least = min(found.pairs, key=lambda pair: pair[0] / pair[1])
    assert least[0] / least[1] == pytest.approx(patients, rel=0.005)
    power = math.log(patients) / math.log(auc)
    assert least == pytest.approx((found.gut**power, found.clearance**power), rel=0.005)


def test_the_band_of_voriconazole_reaches_the_fourfold_trough_of_lung_recipients() -> None:
    found = formulary()["voriconazole"].interaction("tacrolimus")
    assert found is not None
    assert trough(*max(found.pairs, key=lambda pair: pair[0] / pair[1])) == pytest.approx(4.0, rel=0.01)


def trough(gut: float, clearance: float) -> float:
    """Steady trough over that without the drug: Woillard 2011, 3 mg every 12 h, haematocrit 32 %, no CYP3A5."""
    dose_h = np.arange(0.0, 2400.0, 12.0)

    def level(fg: float, fc: float) -> float:
        parameters = (3.34 * 1.53, 21.2 * (32 / 35) ** -1.14 * fc, 486 * 0.29, 79.0, 271.0)
        system = System(np.array([0.0]), 3, *map(np.array, parameters))
        return float(concentration(system, [2400.0], dose_h, np.full(dose_h.size, 3.0 * fg))[0, 0])

    return level(gut, clearance) / level(1.0, 1.0)


@pytest.mark.parametrize(
    ("name", "times"), [("posaconazole", 5.6), ("voriconazole", 3.66), ("fluconazole", 3.1), ("nicardipine", 1.9)]
)
def test_the_pair_used_gives_the_steady_trough_of_the_paper(name: str, times: float) -> None:
    found = formulary()[name].interaction("tacrolimus")
    assert found is not None
    assert trough(found.gut, found.clearance) == pytest.approx(times, rel=0.01)


def test_the_band_of_nicardipine_is_that_of_the_paper() -> None:
    """Highest troughs 24.3 over 14.6 ng/mL, and 330 over 175 once adjusted for the dose (Hooper 2012)."""
    found = formulary()["nicardipine"].interaction("tacrolimus")
    assert found is not None
    assert sorted(trough(*pair) for pair in found.pairs) == pytest.approx([24.3 / 14.6, 330 / 175], rel=0.01)


def test_rifampicin_has_its_two_measured_factors() -> None:
    found = formulary()["rifampicin"].interaction("tacrolimus")
    assert found is not None
    assert found.gut == pytest.approx(7 / 14)
    assert found.clearance == pytest.approx(0.053 / 0.036, rel=0.005)


@pytest.mark.parametrize("name", ["fluconazole", "voriconazole", "posaconazole"])
def test_an_azole_does_less_to_a_drip_than_to_a_capsule(name: str) -> None:
    drip = formulary()[name].interaction("tacrolimus", "brooks2021")
    assert drip is not None
    assert (drip.gut, drip.clearance) == (1.0, 0.8)
    assert sorted(clearance for _, clearance in drip.pairs) == [0.67, 0.8, 0.9]


def test_posaconazole_has_the_size_of_the_toddlers_under_their_own_model() -> None:
    found = formulary()["posaconazole"].interaction("tacrolimus", "chen2022")
    assert found is not None
    assert (found.gut, found.clearance) == pytest.approx((1.0, 1 - 0.57))


@pytest.mark.parametrize("name", ["fluconazole", "voriconazole", "posaconazole"])
def test_a_triazole_on_ciclosporin_has_the_size_of_children_after_stem_cells(name: str) -> None:
    found = formulary()[name].interaction("ciclosporin")
    assert found is not None
    assert (found.clearance, found.source, found.support) == (0.64, "li2019", "secondhand")


@pytest.mark.parametrize("model", ["wilhelm2012", "wilhelm2012-iv"])
def test_fluconazole_50_mg_adds_next_to_nothing_where_everybody_took_it(model: str) -> None:
    found = formulary()["fluconazole"].interaction("ciclosporin", model)
    assert found is not None
    assert found.clearance ** found.strength(50.0) == pytest.approx(1.0, abs=0.05)
    assert found.clearance ** found.strength(200.0) == pytest.approx(0.64 ** (1 - 0.25), rel=0.01)
    assert "unknown" in found.text


@pytest.mark.parametrize("name", [*INHIBITORS, "ciclosporin"])
def test_an_inhibitor_takes_nothing_of_everolimus_out_of_the_gut(name: str) -> None:
    """The model of everolimus lets the whole dose reach the liver: no more than all of it can."""
    found = formulary()[name].interaction("everolimus")
    assert found is not None
    assert {gut for gut, _ in found.pairs} == {1.0}


@pytest.mark.parametrize("name", [*INHIBITORS, *INDUCERS])
def test_no_band_lets_more_than_the_whole_dose_of_ciclosporin_reach_the_blood(name: str) -> None:
    share = formulary()["ciclosporin"].bioavailability
    found = formulary()[name].interaction("ciclosporin")
    assert share is not None
    assert found is not None
    assert all(gut * share.share <= 1.0 for gut, _ in found.pairs)


@pytest.mark.parametrize("name", ["fluconazole", "voriconazole", "posaconazole", "clarithromycin", "nicardipine"])
def test_carriers_of_cyp3a5_lose_less_clearance(name: str) -> None:
    found = formulary()[name].interaction("tacrolimus")
    assert found is not None
    assert found.expresser_share < 1.0


# -- the form of the files


@pytest.mark.parametrize("file", ["formulary.yaml", "laboratory.yaml"])
def test_two_readers_of_yaml_find_the_same(file: str) -> None:
    """The files keep to what old and new YAML agree on: no bare on, yes or no, no 12:30, no dates."""
    text = (resources.files("pres_teach.pharmacology") / file).read_text(encoding="utf-8")
    first = YAML(typ="safe", pure=True).load(text)
    assert first == yaml.safe_load(text)
    assert json.dumps(first) == json.dumps(yaml.safe_load(text))
    assert first == read(file)


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
    assert {drug.acts.support for drug in formulary().drugs} == {"illustrative"}
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


BAND = [[1.0, 0.95], [1.0, 0.8], [1.0, 0.5]]


def acting(**changes: Any) -> dict[str, Any]:
    return {
        "on": "tacrolimus",
        "support": "secondhand",
        "source": "common-knowledge",
        "gut": 1.0,
        "clearance": 0.8,
        "onset_h": 24,
        "half_life_h": 24,
        "half_life_reasoning": "a guess",
        "text": "raises tacrolimus",
        "limit": "A guess.",
    } | changes


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "white"}, "colour"),
        ({"group": "painkiller"}, "group"),
        ({"largest": {"mouth": {"dose": -1}}}, "largest"),
        ({"largest": {}}, '"largest": must name a dose'),
        ({"routes": {"ear": ["mg"]}}, "routes"),
        ({"usual": [{"text": "75 mg", "support": "unverified", "source": "common-knowledge"}]}, '"range"'),
        (
            {"usual": [{"text": "75 mg", "support": "unverified", "source": "common-knowledge", "range": "to 300 mg"}]},
            '"reasoning"',
        ),
        ({"cautions": [{"text": "x", "when": {"after_drugs": ["y"]}}]}, '"within_h"'),
        ({"cautions": [{"text": "x", "when": {"routes": ["iv"]}}]}, "routes must be routes of the drug (mouth)"),
        ({"models": {"iv": ["woillard2014"]}}, '"models": must name routes of the drug'),
        ({"interactions": [acting(clearance=1.0)]}, '"gut", "clearance": one of them must differ from 1'),
        ({"interactions": [acting(), acting()]}, '"interactions": one entry for tacrolimus'),
        ({"interactions": [acting(pairs=[[1.0, 0.5]])]}, '"pairs": must hold the pair used'),
        ({"interactions": [acting(size="unknown", support="unverified")]}, '"pairs": a size that is unknown'),
        ({"interactions": [acting(size="unknown", pairs=BAND)]}, '"support": a size that is unknown'),
        (
            {"interactions": [acting(size="unknown", support="unverified", pairs=BAND)]},
            '"text": must say that the size is unknown',
        ),
        ({"interactions": [acting(full_dose_per_day=100)]}, '"half_dose_strength"'),
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
    assert str(refusal.value) == (
        '"drug": must be in the formulary; received "takrolimus"; '
        'did you mean "tacrolimus" or "sirolimus" or "everolimus"?'
    )


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
