"""The published models against reference values, whom they were made from, and how people vary."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pres_teach.evidence import library
from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import MODELS, exposures, levels, starting_dose
from pres_teach.pharmacology.models import Covariates, Own, own, owns
from pres_teach.pharmacology.models.page import table
from pres_teach.pharmacology.propagation import NO_INFUSION, Infusion, System, concentration

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


def recipient(**changes: Any) -> Patient:
    return Patient(**(RECIPIENT | changes))


# who was computed in the table of reference values, and with which factor on the clearance
SUBJECTS: dict[tuple[str, str], tuple[str, Covariates, float]] = {
    ("Woillard_2011", "Prograf HCT35 CYP3A5expr=0"): ("woillard2011-immediate", Covariates(), 1.0),
    ("Woillard_2011", "Prograf HCT35 CYP3A5expr=1"): ("woillard2011-immediate", Covariates(expresser=True), 1.0),
    ("Woillard_2011", "Prograf HCT25 CYP3A5expr=0"): (
        "woillard2011-immediate",
        Covariates(haematocrit_percent=25.0),
        1.0,
    ),
    ("Woillard_2011", "Advagraf HCT35 CYP3A5expr=0"): ("woillard2011-prolonged", Covariates(), 1.0),
    ("Andrews_2019_final", "reference subject"): (
        "andrews2019",
        Covariates(age_years=55.72, creatinine_umol_l=134.98, haematocrit_percent=34.0),
        1.0,
    ),
    ("Andrews_2019_startingdose", "reference subject"): ("andrews2019-starting", Covariates(age_years=55.72), 1.0),
    **{
        ("Storset_2014", f"FFM60 CYP0 pred20 day>1 HCT{share:g}"): (
            "storset2014",
            Covariates(prednisolone_mg_day=20.0, haematocrit_percent=100.0 * share),
            1.0,
        )
        for share in (0.25, 0.33, 0.45)
    },
    ("Dunlap_2025", "70kg PM MAC"): ("dunlap2025", Covariates(), 1.0),
    ("Dunlap_2025", "70kg PM RIC"): ("dunlap2025", Covariates(reduced_conditioning=True), 1.0),
    ("Monchaud_2012_lung", "non-CF CYP3A5*1=0"): ("monchaud2012", Covariates(), 1.0),
    ("Woillard_2014_ciclosporin", "typical"): ("woillard2014", Covariates(), 1.0),
    ("Wilhelm_2012_ciclosporin", "oral typical"): ("wilhelm2012", Covariates(), 1.0),
    ("Golubovic_2019_sirolimus", "age44 AST<=37"): ("golubovic2019", Covariates(age_years=44.0), 1.0),
    ("TerHeine_2018_everolimus", "FFM57.2 HCT0.36 pred<20"): (
        "terheine2018",
        Covariates(haematocrit_percent=36.0),
        1.0,
    ),
    ("Brooks_2021", "WT70 azole0"): ("brooks2021", Covariates(), 1.0),
    ("Brooks_2021", "WT23.9 azole0"): ("brooks2021", Covariates(weight_kg=23.9), 1.0),
    # the paper's azole is the formulary's (clearance x 0.8 into a vein)
    ("Brooks_2021", "WT23.9 azole1"): ("brooks2021", Covariates(weight_kg=23.9), 0.8),
}


def rows() -> list[tuple[str, str, float, float, float]]:
    with (Path(__file__).parent / "reference.csv").open(encoding="utf-8", newline="") as file:
        return [
            (row["model"], row["scenario"], float(row["dose_mg_or_mg_per_h"]), float(row["time_h"]), float(row["conc"]))
            for row in csv.DictReader(file)
        ]


def system_of(name: str, of: Covariates, clearance: float = 1.0) -> System:
    p = MODELS[name].parameters_of(of, Own(cl=clearance))
    names = ("ktr_per_h", "cl_l_per_h", "vc_l", "q_l_per_h", "vp_l")
    return System(np.array([0.0]), p.steps, *(np.atleast_2d(getattr(p, name)) for name in names))


@pytest.mark.parametrize(("model", "scenario", "mg", "time_h", "ng_ml"), rows())
def test_a_single_dose_or_infusion_gives_the_reference_value(
    model: str, scenario: str, mg: float, time_h: float, ng_ml: float
) -> None:
    name, of, clearance = SUBJECTS[model, scenario]
    p = MODELS[name].parameters_of(of, Own())
    dose_h, dose_mg, infusion = [p.lag_h], [mg * float(np.squeeze(p.bioavailability))], NO_INFUSION
    if MODELS[name].route == "iv":
        dose_h, dose_mg = [], []
        infusion = Infusion(np.array([0.0]), np.array([np.inf]), np.array([mg]))
    central = concentration(system_of(name, of, clearance), [time_h], dose_h, dose_mg, infusion)
    found = MODELS[name].blood(central, np.array(of.haematocrit_percent))[0, 0]
    assert found == pytest.approx(ng_ml, rel=1e-6, abs=1e-8)


def test_every_subject_of_the_table_is_computed() -> None:
    assert {(model, scenario) for model, scenario, *_ in rows()} == set(SUBJECTS)
    # no rows for these two; the tests below hold them
    assert {name for name, _, _ in SUBJECTS.values()} | {"wilhelm2012-iv", "chen2022"} == set(MODELS)
    assert len(rows()) == 280


def test_the_toddlers_model_has_one_compartment() -> None:
    """Chen 2022 at 10 kg: the curve of one compartment with first-order absorption, by hand."""
    ka, cl, v = 4.48, 19.8 * (10 / 70) ** 0.75, 11300 * 10 / 70
    times = np.array([0.5, 2.0, 12.0, 240.0])
    by_hand = 1000 * 0.5 / v * ka / (ka - cl / v) * (np.exp(-cl / v * times) - np.exp(-ka * times))
    found = concentration(system_of("chen2022", Covariates(weight_kg=10.0)), times, [0.0], [0.5])[0]
    np.testing.assert_allclose(found, by_hand, rtol=1e-12)


def test_ciclosporin_into_a_vein_comes_to_rate_over_clearance() -> None:
    infusion = Infusion(np.array([0.0]), np.array([np.inf]), np.array([10.0]))
    found = concentration(system_of("wilhelm2012-iv", Covariates()), [1000.0], [], [], infusion)[0, 0]
    assert found == pytest.approx(1000 * 10 / 21.9, rel=1e-12)


def test_the_steady_trough_of_the_source_table() -> None:
    """3 mg every 12 h, haematocrit 32 %, *3/*3: 6.98 ng/mL."""
    p = system_of("woillard2011-immediate", Covariates(haematocrit_percent=32.0))
    dose_h = np.arange(0.0, 600.0, 12.0)
    assert concentration(p, [600.0], dose_h, np.full(dose_h.size, 3.0))[0, 0] == pytest.approx(6.98, abs=0.005)


@pytest.mark.parametrize(
    ("factor", "troughs"),
    [
        (0.53, (11.64, 13.78, 14.87, 15.71, 15.92, 15.99)),
        (1 / 4.5, (16.88, 23.69, 28.76, 35.34, 38.98, 41.64)),
    ],
)
def test_the_rise_after_an_azole_of_the_source_table(factor: float, troughs: tuple[float, ...]) -> None:
    p = system_of("woillard2011-immediate", Covariates(haematocrit_percent=32.0))
    changing = System(
        np.array([0.0, 600.0]),
        p.steps,
        p.ktr_per_h[0],
        p.cl_l_per_h * np.array([[1.0], [factor]]),
        p.vc_l[0],
        p.q_l_per_h[0],
        p.vp_l[0],
    )
    dose_h = np.arange(0.0, 900.0, 12.0)
    days = np.array([1, 2, 3, 5, 7, 10])
    found = concentration(changing, 600.0 + 24.0 * days, dose_h, np.full(dose_h.size, 3.0))[0]
    np.testing.assert_allclose(found, troughs, atol=0.006)


@pytest.mark.parametrize(
    ("model", "alpha", "beta"),
    [
        ("woillard2011-immediate", 0.72, 15.1),
        ("woillard2011-prolonged", 1.5, 25.7),
        ("storset2014", 2.0, 49.0),
        ("dunlap2025", 1.5, 56.0),
        ("monchaud2012", 1.4, 33.8),
        ("andrews2019", 13.7, 487.0),
        ("woillard2014", 1.9, 20.6),
        ("golubovic2019", 6.3, 144.0),
    ],
)
def test_the_half_lives_of_the_source_table(model: str, alpha: float, beta: float) -> None:
    reference = {"andrews2019": 55.72, "golubovic2019": 44.0}.get(model, 45.0)
    of = Covariates(age_years=reference, creatinine_umol_l=134.98, haematocrit_percent=34.0)
    if model.startswith("woillard"):
        of = Covariates()
    p = system_of(model, of)
    k10, k12, k21 = (float(v[0, 0]) for v in (p.cl_l_per_h / p.vc_l, p.q_l_per_h / p.vc_l, p.q_l_per_h / p.vp_l))
    total = k10 + k12 + k21
    fast = 0.5 * (total + np.sqrt(total**2 - 4 * k10 * k21))
    assert np.log(2) / fast == pytest.approx(alpha, rel=0.04)
    assert np.log(2) * fast / (k10 * k21) == pytest.approx(beta, rel=0.02)


def test_red_cells_hide_the_plasma_level_in_anaemia() -> None:
    """One plasma level, haematocrit 25, 33 and 45 %: 5.86, 7.66 and 10.37 ng/mL in whole blood."""
    blood = MODELS["storset2014"].blood
    plasma = np.array([0.2142])
    found = [float(blood(plasma, np.array(percent))[0]) for percent in (25.0, 33.0, 45.0)]
    np.testing.assert_allclose(np.array(found) / found[0], np.array([5.86, 7.66, 10.37]) / 5.86, rtol=2e-3)


def test_brooks_labelled_rate_overshoots_after_the_second_day() -> None:
    """23.9 kg: 8.83 after 24 h, 11.91 after 48 h, 15.93 ng/mL in the end."""
    child = recipient(organ="allo-hsct", age_years=8, weight_kg=23.9)
    chart = Chart((Order("tacrolimus", 0.0, 1.25, "microgram/kg/h", "iv"),))
    found = levels(child, chart, [24.0, 48.0, 5000.0]).ng_ml
    np.testing.assert_allclose(found, [8.83, 11.91, 15.93], atol=0.006)


# -- people


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_every_model_names_its_paper_and_whom_it_was_made_from(model: Any) -> None:
    assert library().source(model.source)
    assert model.studied
    assert model.variances
    assert model.residual.proportional or model.residual.additive_ng_ml or model.id == "andrews2019-starting"


def test_a_childs_clearances_and_volumes_are_scaled_by_weight() -> None:
    model = MODELS["woillard2011-immediate"]
    adult, child = recipient(weight_kg=20), recipient(weight_kg=20, age_years=6)
    scaled, plain = model.parameters(child), model.parameters(adult)
    assert scaled.cl_l_per_h == pytest.approx(plain.cl_l_per_h * (20 / 70) ** 0.75)
    assert scaled.vc_l == pytest.approx(plain.vc_l * 20 / 70)
    assert scaled.ktr_per_h == plain.ktr_per_h


def test_a_model_that_knows_weight_is_not_scaled_twice() -> None:
    child = recipient(weight_kg=20, age_years=6, organ="allo-hsct")
    assert MODELS["brooks2021"].parameters(child).cl_l_per_h == pytest.approx(4.2 * (20 / 70) ** 0.75)
    assert MODELS["dunlap2025"].parameters(child).cl_l_per_h == pytest.approx(23 * (20 / 70) ** 0.75)


def test_the_limits_name_age_and_organ() -> None:
    model = MODELS["woillard2011-immediate"]
    assert model.limits(recipient()) == ()
    assert model.limits(recipient(age_years=6, organ="liver")) == (
        "Adult kidney recipients aged 18 to 70 were studied; this patient is 6 years old.",
        "Adult kidney recipients aged 18 to 70 were studied; this patient received a liver.",
        "No model covers a child like this one: the adult one is scaled by weight, an assumption.",
    )
    assert "stem cells" in model.limits(recipient(organ="allo-hsct"))[0]


def test_a_model_for_dose_finding_says_that_it_is_for_nothing_else() -> None:
    assert "terminal half-life of 487 h" in MODELS["andrews2019"].limits(recipient())[0]
    assert {name for name, one in MODELS.items() if one.dose_finding_only} == {"andrews2019", "andrews2019-starting"}


@pytest.mark.parametrize(
    ("age", "surface", "genotype", "mg"),
    [(25, 1.5, "*3/*3", 6.22), (25, 1.5, "*1/*3", 10.08), (75, 2.25, "*1/*3", 7.79), (55.72, 1.93, "*3/*3", 4.995)],
)
def test_the_starting_doses_of_the_source_table(age: float, surface: float, genotype: str, mg: float) -> None:
    patient = recipient(age_years=age, body_surface_m2=surface, cyp3a5=genotype)
    assert starting_dose(patient) == pytest.approx(mg, abs=0.006)


@pytest.mark.parametrize(
    ("model", "changes", "parameter", "ratio"),
    [
        ("monchaud2012", {"cystic_fibrosis": True}, "ktr_per_h", 0.47),
        ("monchaud2012", {"cyp3a5": "*1/*1"}, "cl_l_per_h", 1.4),
        ("dunlap2025", {"conditioning": "reduced"}, "cl_l_per_h", 0.63),
        ("dunlap2025", {"cyp3a5": "*1/*3"}, "cl_l_per_h", 2.14),
        ("storset2014", {"cyp3a5": "*1/*3"}, "cl_l_per_h", 1.30),
        ("storset2014", {"cyp3a5": "*1/*3"}, "bioavailability", 0.82),
        ("andrews2019", {"cyp3a4_22": True}, "cl_l_per_h", 0.80),
        ("golubovic2019", {"ast_u_l": 60.0}, "cl_l_per_h", 0.63),
        ("woillard2011-immediate", {"cyp3a5": "*1/*3"}, "cl_l_per_h", 2.0),
        ("woillard2011-immediate", {"haematocrit_percent": 25.0}, "cl_l_per_h", (25 / 35) ** -1.14),
    ],
)
def test_a_trait_changes_its_parameter_as_published(
    model: str, changes: dict[str, Any], parameter: str, ratio: float
) -> None:
    here = getattr(MODELS[model].parameters(recipient(**changes)), parameter)
    assert here / getattr(MODELS[model].parameters(recipient()), parameter) == pytest.approx(ratio)


def test_prednisolone_raises_the_intrinsic_clearance_of_everolimus_from_20_mg_on() -> None:
    model = MODELS["terheine2018"]
    low, high = (model.parameters(recipient(), prednisolone_mg_day=np.array([[mg]])) for mg in (19.9, 20.0))
    assert float(np.squeeze(high.bioavailability)) < float(np.squeeze(low.bioavailability))
    assert float(np.squeeze(high.cl_l_per_h)) > float(np.squeeze(low.cl_l_per_h))


# -- variability


def test_own_parameters_are_the_same_for_the_same_patient_and_spread_as_published() -> None:
    model = MODELS["woillard2011-immediate"]
    assert own(model, 6, 1) == own(model, 6, 1)
    assert own(model, 6, 1) != own(model, 6, 2)
    logs = np.log(owns(model, 1, 0, 4000).cl)
    assert logs.mean() == pytest.approx(0.0, abs=0.02)
    assert logs.std() == pytest.approx(0.07546**0.5, rel=0.03)


@pytest.mark.parametrize("number", [0, 1, 1023, 1024, 5000])
def test_a_patients_own_parameters_do_not_depend_on_who_else_is_drawn(number: int) -> None:
    model = MODELS["woillard2011-immediate"]
    among = owns(model, 6, max(0, number - 700), 1500)
    place = number - max(0, number - 700)
    assert own(model, 6, number).vp == float(np.asarray(among.vp)[place])


def test_correlated_parameters_are_drawn_correlated() -> None:
    drawn = owns(MODELS["storset2014"], 3, 0, 20000)
    cl, vc, q = (np.log(getattr(drawn, name)) for name in ("cl", "vc", "q"))
    assert np.corrcoef(cl, vc)[0, 1] == pytest.approx(0.43, abs=0.02)
    assert np.corrcoef(cl, q)[0, 1] == pytest.approx(0.62, abs=0.02)
    assert np.corrcoef(vc, q)[0, 1] == pytest.approx(0.0, abs=0.02)


def test_the_steady_auc_of_a_cohort_is_dose_over_clearance_and_spreads_as_clearance_does() -> None:
    """2 mg every 12 h, typical clearance 21.2 L/h with 28 %: a geometric mean of 94.3 ng h/mL and 28 %."""
    chart = Chart((Order("tacrolimus", 0.0, 2.0, "mg", "mouth", 12.0),))
    longer, before = (exposures(4000, recipient(), chart, 1, until_h=until).auc_ng_h_ml for until in (2412.0, 2400.0))
    logs = np.log(longer - before)
    assert np.exp(logs.mean()) == pytest.approx(2000 / 21.2, rel=0.02)
    assert np.sqrt(np.expm1(logs.var())) == pytest.approx(0.28, rel=0.05)


def test_the_page_of_models_says_what_the_models_say() -> None:
    page = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
    assert table() in page


def test_fewer_than_one_patient_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match='"count": must be one patient or more'):
        owns(MODELS["woillard2011-immediate"], 1, 0, 0)
    assert replace(recipient(), number=2).number == 2
