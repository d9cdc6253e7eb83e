"""What is warned of: each warning under its condition, and not otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pres_teach.evidence import library
from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import SUBSTRATES, check_order, check_stop, formulary
from pres_teach.text import citations

KIDNEY = Patient(1, 28, "male", 68, "kidney", "*3/*3", 32, 88, 130, 0.78)
WOMAN = replace(KIDNEY, sex="female")
NOW = 367.5
UNKNOWN = "unknown"
INHIBITORS = ("fluconazole", "voriconazole", "posaconazole", "clarithromycin", "nicardipine", "diltiazem", "amlodipine")
INDUCERS = ("rifampicin", "phenytoin", "carbamazepine")


def once(drug: str, dose: float, unit: str, route: str, at_h: float = NOW) -> Order:
    return Order(drug, at_h, dose, unit, route)


def running(drug: str, at_h: float = 20.0) -> Order:
    """An ordinary order that goes on: by the first route, in the first unit."""
    found = formulary()[drug]
    route, units = next(iter(found.routes.items()))
    return Order(drug, at_h, 1.0, units[0], route, None if units[0].endswith("/h") else 12.0)


def with_(*drugs: str) -> Chart:
    return Chart(tuple(running(drug) for drug in drugs))


def said(order: Order, patient: Patient = KIDNEY, chart: Chart | None = None) -> str:
    return " ".join(check_order(order, patient, chart or Chart()))


def at_stop(drug: str, patient: Patient = KIDNEY, chart: Chart | None = None, until_h: float | None = None) -> str:
    return " ".join(check_stop(drug, NOW, patient, chart or with_(drug), until_h))


# -- two calcineurin inhibitors


def test_ciclosporin_is_warned_of_with_tacrolimus_and_within_a_day_of_it(plain: Chart) -> None:
    ciclosporin = Order("ciclosporin", NOW, 200, "mg", "mouth", 12.0)
    assert "never given together" in said(ciclosporin, chart=plain)
    stopped = plain.stop("tacrolimus", NOW)
    assert "less than 24 h ago" in said(ciclosporin, chart=stopped)
    later = replace(ciclosporin, at_h=NOW + 30)
    assert "less than 24 h ago" not in said(later, chart=stopped)
    assert "same class" in said(later, chart=stopped)


def test_hours_since_ciclosporin_are_not_told_while_it_still_runs() -> None:
    chart = Chart((Order("ciclosporin", 20.0, 200, "mg", "mouth", 12.0),))
    tacrolimus = Order("tacrolimus", NOW, 3, "mg", "mouth", 12.0)
    assert "never given together" in said(tacrolimus, chart=chart)
    assert "less than 24 h ago" not in said(tacrolimus, chart=chart)
    stopped = chart.stop("ciclosporin", NOW)
    assert "less than 24 h ago" in said(tacrolimus, chart=stopped)
    assert "less than 24 h ago" in said(running("tacrolimus prolonged release", NOW), chart=stopped)


def test_tacrolimus_that_waits_on_a_hold_still_counts(plain: Chart) -> None:
    held = plain.hold("tacrolimus", NOW, NOW + 48)
    assert "never given together" in said(Order("ciclosporin", NOW + 30, 200, "mg", "mouth", 12.0), chart=held)


@pytest.mark.parametrize("name", ["tacrolimus", "tacrolimus prolonged release"])
def test_either_tacrolimus_is_warned_of_with_ciclosporin_into_a_vein(name: str) -> None:
    drip = Order("ciclosporin", 20.0, 5, "mg/h", "iv")
    assert "never given together" in said(running(name, NOW), chart=Chart((drip,)))
    assert "never given together" in said(replace(drip, at_h=NOW), chart=with_(name))


def test_tacrolimus_twice_is_named_by_formulation_and_by_route(plain: Chart) -> None:
    drip = Order("tacrolimus", NOW, 1.25, "microgram/kg/h", "iv")
    assert "**Tacrolimus 3 mg every 12 h by mouth already runs:** this would be tacrolimus twice." in said(
        drip, chart=plain
    )
    assert "tacrolimus twice" not in said(drip, chart=plain.stop("tacrolimus", NOW))
    assert "tacrolimus twice" in said(running("tacrolimus prolonged release", NOW), chart=plain)
    assert "tacrolimus twice" in said(running("tacrolimus", NOW), chart=with_("tacrolimus prolonged release"))


def test_another_drug_may_go_from_vein_to_mouth_without_that_remark() -> None:
    drip = Order("labetalol", 20.0, 60, "mg/h", "iv")
    assert "twice" not in said(Order("labetalol", NOW, 200, "mg", "mouth", 12.0), chart=Chart((drip,)))


# -- organ, time, serology


@pytest.mark.parametrize(("organ", "part"), [("liver", "not after a liver"), ("lung", "not after a lung")])
def test_sirolimus_has_its_boxed_warnings(organ: str, part: str) -> None:
    sirolimus = once("sirolimus", 2, "mg", "mouth")
    assert part in said(sirolimus, replace(KIDNEY, organ=organ))
    assert "Boxed" not in said(sirolimus)


@pytest.mark.parametrize("name", ["tacrolimus", "tacrolimus prolonged release"])
def test_sirolimus_with_either_tacrolimus_is_not_recommended_after_a_heart_and_only_there(name: str) -> None:
    part = "after a heart is not recommended"
    heart = replace(KIDNEY, organ="heart")
    for order, chart in ((running("sirolimus", NOW), with_(name)), (running(name, NOW), with_("sirolimus"))):
        assert part in said(order, heart, chart)
        assert part not in said(order, KIDNEY, chart)
        assert part not in said(order, heart)


@pytest.mark.parametrize("name", ["sirolimus", "everolimus"])
def test_a_wound_of_less_than_a_month_and_two_inhibitors_are_told_with_an_mtor_inhibitor(
    name: str, plain: Chart
) -> None:
    order = running(name, NOW)
    assert "wound healing" in said(order)
    assert "wound healing" not in said(replace(order, at_h=30 * 24.0))
    assert "thrombotic microangiopathy" in said(order, chart=plain)
    assert "thrombotic microangiopathy" not in said(order)


def test_everolimus_waits_a_month_after_a_liver_and_is_watched_with_ciclosporin_after_a_kidney() -> None:
    order = running("everolimus", NOW)
    assert "not usually started in the first month" in said(order, replace(KIDNEY, organ="liver"))
    assert "not usually started in the first month" not in said(order)
    assert "harms the new kidney" in said(order, chart=with_("ciclosporin"))
    heart = replace(KIDNEY, organ="heart")
    assert "harms the new kidney" not in said(order, heart, with_("ciclosporin"))
    assert "harms the new kidney" not in said(running("ciclosporin", NOW), heart, with_("everolimus"))


@pytest.mark.parametrize(("ebv", "warned"), [("unknown", True), ("negative", True), ("positive", False)])
def test_belatacept_needs_ebv_serology(ebv: str, warned: bool) -> None:
    assert ("EBV serology first" in said(once("belatacept", 5, "mg/kg", "iv"), replace(KIDNEY, ebv=ebv))) == warned


def test_belatacept_is_boxed_after_a_liver_and_costs_rejections_early() -> None:
    order = once("belatacept", 5, "mg/kg", "iv")
    assert "not after a liver" in said(order, replace(KIDNEY, organ="liver", ebv="positive"))
    stopped = with_("tacrolimus").stop("tacrolimus", NOW)
    assert "5 of 30" in said(replace(order, at_h=NOW + 24), chart=stopped)
    assert "5 of 30" not in said(order)


@pytest.mark.parametrize(
    ("order", "change", "part"),
    [
        (once("labetalol", 20, "mg", "iv"), {"asthma": True}, "**Asthma:**"),
        (once("labetalol", 20, "mg", "iv"), {"organ": "heart"}, "has no nerves"),
        (once("valproate", 40, "mg/kg", "iv"), {"sex": "female"}, "**Pregnancy test first:**"),
        (once("mycophenolate", 1, "g", "mouth"), {"sex": "female"}, "**Pregnancy test first:**"),
        (once("magnesium sulphate", 2, "g", "iv"), {"sex": "female"}, "Could it be eclampsia?"),
        (once("valproate", 40, "mg/kg", "iv"), {"organ": "liver"}, "damage the liver"),
        (once("valproate", 40, "mg/kg", "iv"), {"organ": "allo-hsct"}, "while the marrow engrafts"),
        (once("phenytoin", 20, "mg/kg", "iv"), {"organ": "allo-hsct"}, "while the marrow engrafts"),
        (once("carbamazepine", 200, "mg", "mouth"), {"organ": "allo-hsct"}, "while the marrow engrafts"),
        (once("magnesium sulphate", 2, "g", "iv"), {"creatinine_umol_l": 200.0}, "halve the dose"),
        (once("levetiracetam", 60, "mg/kg", "iv"), {"creatinine_umol_l": 200.0}, "never the dose for status"),
    ],
)
def test_a_condition_of_the_patient_brings_its_caution(order: Order, change: dict[str, Any], part: str) -> None:
    assert part in said(order, replace(KIDNEY, **change))
    assert part not in said(order, replace(KIDNEY, creatinine_umol_l=80.0))


@pytest.mark.parametrize("age", [6, 50, 70])
@pytest.mark.parametrize("drug", ["valproate", "mycophenolate"])
def test_no_pregnancy_test_is_asked_of_a_small_girl_or_an_old_woman(drug: str, age: float) -> None:
    assert "Pregnancy test" not in said(running(drug, NOW), replace(WOMAN, age_years=age))


def test_valproate_always_asks_for_platelets_and_liver() -> None:
    assert "lowers platelets and can harm the liver" in said(once("valproate", 40, "mg/kg", "iv"))


def test_the_dose_of_eclampsia_is_named() -> None:
    assert "dose for eclampsia" in said(once("magnesium sulphate", 16, "mmol", "iv"))
    assert "dose for eclampsia" not in said(once("magnesium sulphate", 8, "mmol", "iv"))


# -- into a vein


@pytest.mark.parametrize(("drug", "unit"), [("tacrolimus", "mg/h"), ("ciclosporin", "mg/h")])
def test_a_drip_asks_for_blood_from_another_vein(drug: str, unit: str) -> None:
    assert "false high values" in said(once(drug, 0.05, unit, "iv"))
    assert "false high values" not in said(once(drug, 3, "mg", "mouth"))


def test_the_labelled_rate_is_said_to_overshoot() -> None:
    assert "after the second day" in said(once("tacrolimus", 1.25, "microgram/kg/h", "iv"))
    assert "after the second day" not in said(once("tacrolimus", 3, "mg", "mouth"))


# -- interactions, both ways and at the end


@pytest.mark.parametrize("on", SUBSTRATES)
@pytest.mark.parametrize("name", [*INHIBITORS, *INDUCERS])
def test_an_interaction_is_told_whichever_drug_comes_second(name: str, on: str) -> None:
    found = formulary()[name].interaction(on)
    assert found is not None
    sentence = f"{name[:1].upper()}{name[1:]} {found.text} [@{found.source}]."
    assert sentence in check_order(running(name, NOW), KIDNEY, with_(on))
    assert sentence in check_order(running(on, NOW), KIDNEY, with_(name))
    assert sentence not in check_order(running(name, NOW), KIDNEY, Chart())
    assert (UNKNOWN in sentence) == (found.size == "unknown")


@pytest.mark.parametrize("on", SUBSTRATES)
@pytest.mark.parametrize("name", [*INHIBITORS, *INDUCERS])
def test_when_the_other_drug_goes_the_level_comes_back(name: str, on: str) -> None:
    way = "falls again" if name in INHIBITORS else "rises again"
    found = at_stop(name, chart=with_(name, on))
    assert f"Without {name} the {on} level {way} over days" in found
    assert ("more slowly with poor kidneys" in found) == (name == "fluconazole")
    assert f"the {on} level" not in at_stop(name)


@pytest.mark.parametrize("name", ["tacrolimus", "tacrolimus prolonged release"])
def test_either_tacrolimus_is_raised(name: str) -> None:
    assert "raises tacrolimus" in said(running("voriconazole", NOW), chart=with_(name))


def test_no_interaction_is_told_twice(plain: Chart) -> None:
    for name in (*INHIBITORS, *INDUCERS):
        order = running(name, NOW)
        told = check_order(order, KIDNEY, plain)
        assert sum("raises tacrolimus" in one or "lowers tacrolimus" in one for one in told) == 1, name


@pytest.mark.parametrize(
    "name", ["micafungin", "labetalol", "clevidipine", "hydralazine", "levetiracetam", "valproate"]
)
def test_a_drug_without_an_interaction_says_so_with_its_source(name: str, plain: Chart) -> None:
    (told,) = [one for one in check_order(running(name, NOW), KIDNEY, plain) if "interaction with tacrolimus" in one]
    assert citations(told)


@pytest.mark.parametrize("name", ["fluconazole", "voriconazole", "posaconazole", "clarithromycin", "rifampicin"])
def test_an_anti_infective_was_started_for_a_reason(name: str) -> None:
    assert "started for a reason" in at_stop(name)


def test_the_first_cut_of_tacrolimus_is_told_with_its_source(plain: Chart) -> None:
    assert "40 % as the usual first cut" in said(running("fluconazole", NOW), chart=plain)
    assert "may not be enough" in said(running("voriconazole", NOW), chart=plain)
    third = said(running("posaconazole", NOW), chart=plain)
    assert "not checked, see local guidance" in third
    assert "first cut" not in said(running("fluconazole", NOW))


@pytest.mark.parametrize("name", ["voriconazole", "posaconazole"])
def test_a_strong_azole_with_an_mtor_inhibitor_is_warned_of_both_ways(name: str) -> None:
    for mtor in ("sirolimus", "everolimus"):
        for found in (said(running(name, NOW), chart=with_(mtor)), said(running(mtor, NOW), chart=with_(name))):
            assert "as remembered: not checked, see local guidance" in found
        assert "as remembered" not in said(running(mtor, NOW))


@pytest.mark.parametrize("acting", ["fluconazole", "voriconazole", "posaconazole", "clarithromycin"])
@pytest.mark.parametrize("tacrolimus", ["tacrolimus", "tacrolimus prolonged release"])
def test_two_drugs_that_lengthen_the_qt_interval_are_told_louder_with_low_magnesium(
    acting: str, tacrolimus: str
) -> None:
    low = replace(KIDNEY, magnesium_mmol_l=0.6)
    for order, chart in ((running(acting, NOW), with_(tacrolimus)), (running(tacrolimus, NOW), with_(acting))):
        assert "QT interval" in said(order, chart=chart)
        assert "**Low magnesium" not in said(order, chart=chart)
        assert check_order(order, low, chart)[0].startswith("**Low magnesium, and drugs that lengthen the QT interval")
        assert "QT" not in said(order, low)


@pytest.mark.parametrize("name", ["micafungin", "labetalol", "phenytoin", "rifampicin"])
def test_the_qt_interval_is_not_brought_up_for_others(name: str, plain: Chart) -> None:
    assert "QT" not in said(running(name, NOW), replace(KIDNEY, magnesium_mmol_l=0.6), plain)


def test_nicardipine_gives_the_count_of_high_levels_and_other_choices(plain: Chart) -> None:
    found = said(running("nicardipine", NOW), chart=plain)
    assert "6 of 8" in found
    assert "labetalol or clevidipine" in found
    assert "slows CYP3A4" in said(running("nicardipine", NOW), chart=with_("everolimus"))
    assert "slows CYP3A4" not in said(running("nicardipine", NOW))


def test_phenytoin_never_unawares_and_raised_by_tacrolimus(plain: Chart) -> None:
    for found in (
        said(running("phenytoin", NOW), chart=plain),
        said(running("tacrolimus", NOW), chart=with_("phenytoin")),
    ):
        assert "tacrolimus raises phenytoin" in found
    assert "never unawares" in said(running("phenytoin", NOW), chart=plain)
    assert "never unawares" not in said(running("phenytoin", NOW))
    assert "tacrolimus raises phenytoin" not in said(running("phenytoin", NOW), chart=with_("ciclosporin"))


@pytest.mark.parametrize("name", ["fluconazole", "voriconazole", "posaconazole", "clarithromycin", "diltiazem"])
def test_midazolam_acts_longer_on_an_inhibitor(name: str) -> None:
    assert "acts longer" in said(once("midazolam", 10, "mg", "im"), chart=with_(name))
    drip = Chart((Order("midazolam", 20.0, 3, "mg/h", "iv"),))
    assert "acts longer" in said(running(name, NOW), chart=drip)
    assert "acts longer" not in said(once("midazolam", 10, "mg", "im"))


@pytest.mark.parametrize("name", INDUCERS)
def test_midazolam_acts_shorter_on_an_inducer(name: str) -> None:
    assert "acts shorter" in said(once("midazolam", 10, "mg", "im"), chart=with_(name))


# -- beyond levels


@pytest.mark.parametrize("name", INDUCERS)
def test_an_inducer_speeds_up_prednisolone_both_ways(name: str) -> None:
    assert "covers less of the graft and of the adrenals" in said(running(name, NOW), chart=with_("prednisolone"))
    assert "covers less of the graft and of the adrenals" in said(running("prednisolone", NOW), chart=with_(name))
    assert "adrenals" not in said(running(name, NOW))


def test_prednisolone_is_not_stopped_abruptly_after_weeks() -> None:
    chart = Chart((Order("prednisolone", 32.0, 20, "mg", "mouth", 24.0),))
    weeks = " ".join(check_stop("prednisolone", 32.0 + 14 * 24, KIDNEY, chart))
    assert "Never stopped abruptly" in weeks
    assert "adrenal crisis" in weeks
    assert "Never stopped abruptly" not in " ".join(check_stop("prednisolone", 32.0 + 72, KIDNEY, chart))


def test_mycophenolate_falls_under_ciclosporin_and_rises_when_it_is_replaced(plain: Chart) -> None:
    with_mycophenolate = with_("ciclosporin", "mycophenolate")
    assert "covers less" in said(running("ciclosporin", NOW), chart=with_("mycophenolate"))
    assert "is lower than with tacrolimus" in said(running("mycophenolate", NOW), chart=with_("ciclosporin"))
    assert "rises again" in at_stop("ciclosporin", chart=with_mycophenolate)
    assert "mycophenolate" not in at_stop("ciclosporin")
    stopped = with_mycophenolate.stop("ciclosporin", NOW)
    assert "mycophenolate rises again" in said(running("tacrolimus", NOW + 24), chart=stopped)
    assert "mycophenolate" not in said(running("tacrolimus", NOW), chart=plain.without("tacrolimus"))


def test_holding_one_or_two_doses_of_tacrolimus_is_not_warned_of_but_stopping_is(plain: Chart) -> None:
    assert check_stop("tacrolimus", NOW, KIDNEY, plain, until_h=NOW + 30) == []
    assert "Think of the graft" in check_stop("tacrolimus", NOW, KIDNEY, plain)[0]
    assert "Think of the graft" in check_stop("tacrolimus", NOW, KIDNEY, plain, until_h=NOW + 96)[0]


@pytest.mark.parametrize("name", ["tacrolimus", "tacrolimus prolonged release"])
def test_stopping_after_stem_cells_names_graft_versus_host_disease(name: str) -> None:
    assert "graft-versus-host" in at_stop(name, replace(KIDNEY, organ="allo-hsct"))
    assert "graft-versus-host" not in at_stop(name)


# -- all of them

HEALTHY = replace(KIDNEY, age_years=30, ebv="positive", creatinine_umol_l=80, magnesium_mmol_l=0.85)
LATE = 400 * 24.0
# What is told whatever the patient, in parts of the sentences and in their order.
ALWAYS: dict[str, tuple[str, ...]] = {
    "ciclosporin": ("raises the blood pressure and can harm the kidney",),
    "sirolimus": ("not a guarantee",),
    "everolimus": ("A series of 7 proves nothing",),
    "belatacept": ("Progressive multifocal leukoencephalopathy",),
    "basiliximab": ("A bridge",),
    "methylprednisolone": ("say what it is for",),
    "micafungin": ("no effect on CYP3A4",),
    "labetalol": ("Not in decompensated heart failure",),
    "clevidipine": ("not with soya or egg allergy",),
    "amlodipine": ("Too slow for an emergency",),
    "hydralazine": ("Unpredictable",),
    "levetiracetam": ("No meaningful interaction",),
    "lorazepam": ("Airway and oxygen",),
    "midazolam": ("Airway and oxygen",),
    "carbamazepine": ("Too slow for status",),
    "valproate": ("lowers platelets",),
    "magnesium sulphate": ("nothing shows that it treats PRES",),
    "aciclovir": ("Begun on suspicion",),
    "ganciclovir": ("lowers the counts",),
    "enoxaparin": ("Look for blood on the scan",),
    "alteplase": ("Only when it is an infarct",),
    "nimodipine": ("is not proven",),
    "ceftriaxone": ("Alone it does not cover",),
}
AT_STOP: dict[str, tuple[str, ...]] = {
    "tacrolimus": ("Think of the graft",),
    "tacrolimus prolonged release": ("Think of the graft",),
    "ciclosporin": ("Think of the graft",),
    "prednisolone": ("part of what covers the graft",),
    "fluconazole": ("started for a reason",),
    "voriconazole": ("started for a reason",),
    "posaconazole": ("started for a reason",),
    "clarithromycin": ("started for a reason",),
    "rifampicin": ("started for a reason",),
}


@pytest.mark.parametrize("name", formulary())
def test_a_patient_without_any_condition_hears_what_always_holds_and_no_more(name: str) -> None:
    start = LATE - 48.0
    for told, parts in (
        (check_order(running(name, LATE), HEALTHY, Chart()), ALWAYS.get(name, ())),
        (check_stop(name, LATE, HEALTHY, Chart((running(name, start),))), AT_STOP.get(name, ())),
    ):
        assert len(told) == len(parts), told
        for sentence, part in zip(told, parts, strict=True):
            assert part in sentence


ACTING_ON_LEVELS = (*SUBSTRATES, "tacrolimus prolonged release")


@pytest.mark.parametrize(
    ("name", "others", "part"),
    [
        ("tacrolimus", ("sirolimus", "everolimus"), "thrombotic microangiopathy"),
        ("tacrolimus prolonged release", ("sirolimus", "everolimus"), "thrombotic microangiopathy"),
        ("tacrolimus prolonged release", ("phenytoin",), "raises phenytoin"),
        ("ciclosporin", ("sirolimus", "everolimus"), "thrombotic microangiopathy"),
        ("ciclosporin", ("everolimus",), "harms the new kidney"),
        ("voriconazole", ("rifampicin", "phenytoin", "carbamazepine"), "lowers voriconazole too"),
        ("posaconazole", ("rifampicin", "phenytoin", "carbamazepine"), "may lower posaconazole too"),
        ("everolimus", ("clarithromycin",), "advise against it, as remembered"),
        ("clarithromycin", ("everolimus",), "advise against it, as remembered"),
        ("clarithromycin", ACTING_ON_LEVELS, "Is there another antibiotic?"),
        ("rifampicin", ACTING_ON_LEVELS, "may lose its cover within days"),
        ("rifampicin", ("voriconazole", "posaconazole"), "may go untreated"),
        ("rifampicin", ("midazolam",), "acts shorter now"),
        ("phenytoin", ("voriconazole", "posaconazole"), "may go untreated"),
        ("phenytoin", ("tacrolimus", "tacrolimus prolonged release"), "on purpose to clear"),
        ("carbamazepine", ("voriconazole", "posaconazole"), "may go untreated"),
        ("carbamazepine", ACTING_ON_LEVELS, "is an enzyme inducer"),
        ("nicardipine", ("midazolam",), "acts longer now"),
        ("diltiazem", ACTING_ON_LEVELS, "avoided as an antihypertensive in PRES"),
        ("diltiazem", ("labetalol",), "both slow the heart"),
    ],
)
def test_a_drug_that_runs_beside_it_brings_its_warning(name: str, others: tuple[str, ...], part: str) -> None:
    for other in others:
        beside = Chart((Order("midazolam", 20.0, 3, "mg/h", "iv"),)) if other == "midazolam" else with_(other)
        assert part in said(running(name, NOW), chart=beside), other


def test_what_a_heart_or_a_lung_is_told_of_belatacept() -> None:
    order = once("belatacept", 5, "mg/kg", "iv")
    for organ in ("heart", "lung", "allo-hsct"):
        assert "studied after a kidney, not here" in said(order, replace(HEALTHY, organ=organ))
    assert "Early conversion" not in said(
        replace(order, at_h=181 * 24.0), chart=Chart((replace(running("tacrolimus"), until_h=180 * 24.0),))
    )


def test_a_boost_of_prednisolone_is_told_from_more_than_30_mg() -> None:
    assert "steroid boost" in said(once("prednisolone", 60, "mg", "mouth"))
    assert "steroid boost" not in said(once("prednisolone", 30, "mg", "mouth"))


def test_a_month_after_a_liver_everolimus_may_start() -> None:
    order = replace(running("everolimus", NOW), at_h=31 * 24.0)
    assert "first month" not in said(order, replace(KIDNEY, organ="liver"))


@pytest.mark.parametrize("age", [6, 50])
def test_eclampsia_is_not_asked_of_a_small_girl_or_an_old_woman(age: float) -> None:
    assert "eclampsia?" not in said(once("magnesium sulphate", 8, "mmol", "iv"), replace(WOMAN, age_years=age))


@pytest.mark.parametrize("name", ["tacrolimus", "tacrolimus prolonged release"])
def test_mycophenolate_rises_with_either_tacrolimus_only_after_ciclosporin(name: str) -> None:
    both = with_("ciclosporin", "mycophenolate").stop("ciclosporin", NOW)
    assert "mycophenolate rises again" in said(running(name, NOW + 24), chart=both)
    assert "mycophenolate rises again" not in said(running(name, NOW + 24 + 337), chart=both)
    assert "mycophenolate rises again" not in said(running(name, NOW), chart=with_("mycophenolate"))
    alone = with_("ciclosporin").stop("ciclosporin", NOW)
    assert "mycophenolate rises again" not in said(running(name, NOW + 24), chart=alone)


def test_each_warning_cites_what_the_library_holds() -> None:
    """Every drug ordered and stopped while every other runs: all sentences but those on the size of a dose."""
    for organ in ("kidney", "liver", "heart", "lung", "allo-hsct"):
        who = replace(WOMAN, organ=organ, magnesium_mmol_l=0.6, creatinine_umol_l=200.0, asthma=True)
        for name in formulary():
            chart = with_(*(other for other in formulary() if other != name))
            told = [*check_order(running(name, NOW), who, chart), *check_stop(name, NOW, who, with_(*formulary()))]
            assert told, name
            for sentence in told:
                keys = citations(sentence)
                assert keys, sentence
                assert all(library().cite(key) is not None for key in keys), sentence
