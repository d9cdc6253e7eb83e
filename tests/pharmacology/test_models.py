"""The published models against reference values, and whom they were made from."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pres_teach.patient import Patient
from pres_teach.pharmacology.models import (
    Parameters,
    models_of,
    own,
    woillard2011_immediate,
    woillard2011_prolonged,
    woillard2014,
)
from pres_teach.pharmacology.propagation import System, concentration

RECIPIENT: dict[str, Any] = {
    "number": 1,
    "age_years": 28,
    "sex": "male",
    "weight_kg": 68,
    "organ": "kidney",
    "cyp3a5": "*3/*3",
    "haematocrit_percent": 35,
    "baseline_map_mmhg": 88,
    "creatinine_umol_l": 130,
    "magnesium_mmol_l": 0.78,
}
LEAST_POSITIVE = 1e-6


def recipient(**changes: Any) -> Patient:
    return Patient(**(RECIPIENT | changes))


SUBJECTS: dict[tuple[str, str], Parameters] = {
    ("Woillard_2011", "Prograf HCT35 CYP3A5expr=0"): woillard2011_immediate(recipient()),
    ("Woillard_2011", "Prograf HCT35 CYP3A5expr=1"): woillard2011_immediate(recipient(cyp3a5="*1/*3")),
    ("Woillard_2011", "Prograf HCT25 CYP3A5expr=0"): woillard2011_immediate(recipient(haematocrit_percent=25)),
    ("Woillard_2011", "Advagraf HCT35 CYP3A5expr=0"): woillard2011_prolonged(recipient()),
    ("Woillard_2014_ciclosporin", "typical"): woillard2014(recipient()),
    # Five transit steps: not used for any patient, a check that the engine takes any number (Monchaud 2012, lung).
    ("Monchaud_2012_lung", "non-CF CYP3A5*1=0"): Parameters(5, 7.06, 17.5, 136.0, 41.1, 529.0),
}


def rows() -> list[tuple[str, str, float, float, float]]:
    with (Path(__file__).parent / "reference.csv").open(encoding="utf-8", newline="") as file:
        return [
            (row["model"], row["scenario"], float(row["dose_mg_or_mg_per_h"]), float(row["time_h"]), float(row["conc"]))
            for row in csv.DictReader(file)
        ]


def system(p: Parameters) -> System:
    return System(np.array([0.0]), p.steps, *map(np.array, (p.ktr_per_h, p.cl_l_per_h, p.vc_l, p.q_l_per_h, p.vp_l)))


@pytest.mark.parametrize(("model", "scenario", "mg", "time_h", "ng_ml"), rows())
def test_a_single_dose_gives_the_reference_value(
    model: str, scenario: str, mg: float, time_h: float, ng_ml: float
) -> None:
    found = concentration(system(SUBJECTS[model, scenario]), [time_h], [0.0], [mg])[0, 0]
    assert found == pytest.approx(ng_ml, rel=1e-6)


def test_every_subject_has_all_its_sixteen_times() -> None:
    counted = [sum((model, scenario) == key for model, scenario, *_ in rows()) for key in SUBJECTS]
    assert counted == [16] * 6


def test_the_steady_trough_of_the_source_table() -> None:
    """3 mg every 12 h, haematocrit 32 %, *3/*3: 6.98 ng/mL."""
    p = system(woillard2011_immediate(recipient(haematocrit_percent=32)))
    dose_h = np.arange(0.0, 600.0, 12.0)
    assert concentration(p, [600.0], dose_h, np.full(dose_h.size, 3.0))[0, 0] == pytest.approx(6.98, abs=0.005)


@pytest.mark.parametrize(("factor", "troughs"), [(0.53, (11.64, 13.78, 14.87, 15.71, 15.92, 15.99))])
def test_the_rise_after_an_azole_of_the_source_table(factor: float, troughs: tuple[float, ...]) -> None:
    p = woillard2011_immediate(recipient(haematocrit_percent=32))
    changing = System(
        np.array([0.0, 600.0]),
        p.steps,
        np.array(p.ktr_per_h),
        p.cl_l_per_h * np.array([[1.0], [factor]]),
        np.array(p.vc_l),
        np.array(p.q_l_per_h),
        np.array(p.vp_l),
    )
    dose_h = np.arange(0.0, 900.0, 12.0)
    days = np.array([1, 2, 3, 5, 7, 10])
    found = concentration(changing, 600.0 + 24.0 * days, dose_h, np.full(dose_h.size, 3.0))[0]
    np.testing.assert_allclose(found, troughs, atol=0.006)


def test_a_childs_clearances_and_volumes_are_scaled_by_weight() -> None:
    model = models_of("tacrolimus")[0]
    adult, child = recipient(weight_kg=20), recipient(weight_kg=20, age_years=6)
    scaled, plain = model.parameters(child), model.parameters(adult)
    assert scaled.cl_l_per_h == pytest.approx(plain.cl_l_per_h * (20 / 70) ** 0.75)
    assert scaled.vc_l == pytest.approx(plain.vc_l * 20 / 70)
    assert scaled.ktr_per_h == plain.ktr_per_h


def test_the_limits_name_age_and_organ() -> None:
    model = models_of("tacrolimus")[0]
    assert model.limits(recipient()) == ()
    assert model.limits(recipient(age_years=6, organ="liver")) == (
        "Adult kidney recipients aged 18 to 70 were studied; this patient is 6 years old.",
        "Adult kidney recipients aged 18 to 70 were studied; this patient received a liver.",
        "No model covers a child on these capsules: the adult one is scaled by weight, an assumption.",
    )
    assert "stem cells" in model.limits(recipient(organ="allo-hsct"))[0]


def test_a_drug_without_a_model_is_refused() -> None:
    with pytest.raises(ValueError, match='"drug": levels are computed of tacrolimus and ciclosporin; received "x"'):
        models_of("x")


def test_own_parameters_are_the_same_for_the_same_patient_and_spread_as_published() -> None:
    assert own(6, 1) == own(6, 1)
    assert own(6, 1) != own(6, 2)
    logs = np.log([own(1, number).cl for number in range(400)])
    assert logs.mean() == pytest.approx(0.0, abs=0.05)
    assert logs.std() == pytest.approx(0.07546**0.5, rel=0.1)
