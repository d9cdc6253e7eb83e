"""What only looks like PRES gets better by its own treatment, not by that of PRES."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from pres_teach.evidence import library
from pres_teach.imaging import acquire
from pres_teach.imaging.findings import measure
from pres_teach.imaging.suspicion import suspected
from pres_teach.patient import Chart, Order
from pres_teach.pharmacology import Drug, formulary
from pres_teach.physiology import DIAGNOSES, Course, Illness, simulate, solve
from pres_teach.physiology.other import RightTreatment, right_treatments

ONSET_H, UNTIL_H = 366.0, 366.0 + 45 * 24
Run = Callable[..., Course]


@pytest.fixture(scope="module")
def run(main_case: SimpleNamespace) -> Run:
    def course(diagnosis: str, chart: Chart) -> Course:
        illness = Illness(diagnosis, onset_h=ONSET_H)
        traits = solve(main_case.patient, main_case.author, illness, 6, UNTIL_H)
        return simulate(main_case.patient, chart, illness, traits, UNTIL_H, opens_h=367.5)

    return course


def drug(name: str, dose: float, unit: str, every_h: float | None = None, route: str = "iv") -> Order:
    return Order(name, ONSET_H + 2, dose, unit, route, every_h)


DESMOPRESSIN = Drug.model_validate(
    {
        "name": "desmopressin",
        "shown": "desmopressin",
        "group": "other",
        "routes": {"iv": ["microgram"]},
        "usual": [{"text": "x", "support": "unverified", "source": "common-knowledge", "range": "x", "reasoning": "x"}],
        "largest": {"iv": {"dose": 0.01}},
    }
)
BY_DRUG = {
    "infarct": drug("alteplase", 60, "mg"),
    "venous infarct": drug("enoxaparin", 1, "mg/kg", 12),
    "RCVS": drug("nimodipine", 60, "mg", 4, "mouth"),
    "encephalitis": drug("aciclovir", 10, "mg/kg", 8),
    "osmotic demyelination": drug("desmopressin", 2, "microgram", 8),
    "abscess": drug("ceftriaxone", 2, "g", 12),
}


@pytest.mark.parametrize("diagnosis", BY_DRUG)
def test_its_own_drug_takes_it_away_and_spares_harm(run: Run, main_case: SimpleNamespace, diagnosis: str) -> None:
    as_pres = run(diagnosis, main_case.cared_for)
    known = formulary().extended([DESMOPRESSIN])
    rightly = run(diagnosis, replace(main_case.cared_for.give(BY_DRUG[diagnosis]), formulary=known))
    assert rightly.oedema_ml[-1] < 0.7 * as_pres.oedema_ml[-1]
    assert rightly.deficit[-1] < as_pres.deficit[-1]


def test_too_late_the_drug_for_an_infarct_does_nothing(run: Run, main_case: SimpleNamespace) -> None:
    late = Order("alteplase", ONSET_H + 12, 60, "mg", "iv")
    there = run("infarct", main_case.author)
    assert run("infarct", main_case.author.give(late)).oedema_ml.tolist() == there.oedema_ml.tolist()


def test_spasm_opens_when_every_calcineurin_inhibitor_is_taken_away(run: Run, main_case: SimpleNamespace) -> None:
    held = main_case.author.stop("fluconazole", 368.0)
    stopped = held.stop("tacrolimus", 368.0).give(Order("basiliximab", 368.0, 20, "mg", "iv"))
    assert run("RCVS", stopped).oedema_ml[-1] < 0.5 * run("RCVS", held).oedema_ml[-1]


def test_pml_answers_to_weeks_of_less_immunosuppression_alone(run: Run, main_case: SimpleNamespace) -> None:
    less = main_case.author.stop("tacrolimus", 368.0).stop("mycophenolate", 368.0)
    brief = main_case.author.hold("tacrolimus", 368.0, 392.0)
    whole = run("PML", main_case.author).oedema_ml[-1]
    assert run("PML", less).oedema_ml[-1] < 0.9 * whole
    assert run("PML", brief).oedema_ml[-1] == whole


def test_neurotoxicity_has_a_normal_scan_and_goes_with_tacrolimus(run: Run, main_case: SimpleNamespace) -> None:
    pressure = main_case.author.give(Order("labetalol", 368.0, 20, "mg", "iv"))
    left, treated = run("neurotoxicity", main_case.author), run("neurotoxicity", pressure)
    assert left.oedema_ml.max() == 0
    assert suspected(measure(acquire(left.lesion(600.0), seed=6))) == ()
    np.testing.assert_array_equal(left.symptoms, treated.symptoms)
    assert left.at(600.0).awareness == "confused"
    reduced = run("neurotoxicity", main_case.author.stop("fluconazole", 368.0).stop("tacrolimus", 368.0))
    assert [event.kind for event in reduced.events if event.kind in ("onset", "recovery")] == ["onset", "recovery"]
    assert reduced.symptoms[-1] < 0.2 * left.symptoms[-1]


@pytest.mark.parametrize("diagnosis", [name for name in DIAGNOSES if name not in ("PRES", "small-vessel change")])
def test_left_alone_it_harms(run: Run, main_case: SimpleNamespace, diagnosis: str) -> None:
    assert run(diagnosis, main_case.cared_for).deficit[-1] > 0.05


def test_every_diagnosis_names_its_treatment_its_source_and_drugs_that_can_be_ordered() -> None:
    assert set(right_treatments()) == set(DIAGNOSES) - {"PRES"}
    for right in right_treatments().values():
        assert right.source in library().sources
        assert set(right.drugs) <= {*formulary(), "desmopressin"}  # that one a case has to bring along


def test_a_treatment_by_taking_away_needs_its_limit() -> None:
    with pytest.raises(ValueError, match='"below": goes together with "stops"'):
        RightTreatment(treatment="x", stops="cover", onset_h=1, half_life_h=1, harm_per_h=0, source="x", reasoning="x")
