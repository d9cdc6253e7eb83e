"""Reported levels and the ranges of the label."""

from __future__ import annotations

import numpy as np
import pytest

from pres_teach.evidence import library
from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import REGIMENS, report_level, target_range
from pres_teach.pharmacology.laboratory import assay_cv, draw, timing

AZATHIOPRINE, MYCOPHENOLATE = REGIMENS


@pytest.mark.parametrize(
    ("organ", "days", "regimen", "low", "high"),
    [
        ("kidney", 15, AZATHIOPRINE, 7, 20),
        ("kidney", 91, AZATHIOPRINE, 5, 15),
        ("kidney", 120, AZATHIOPRINE, 5, 15),
        ("kidney", 15, MYCOPHENOLATE, 4, 11),
        ("kidney", 300, MYCOPHENOLATE, 4, 11),
        ("liver", 15, "", 5, 20),
        ("heart", 15, "", 10, 20),
        ("heart", 1000, "", 5, 15),
        ("lung", 15, "", 10, 15),
        ("lung", 200, "", 8, 12),
    ],
)
def test_the_trough_ranges_of_the_us_label(organ: str, days: float, regimen: str, low: float, high: float) -> None:
    found = target_range("tacrolimus", organ, days, regimen)
    assert found is not None
    assert (found.low, found.high, found.unit, found.support) == (low, high, "ng/mL", "table")
    assert found.text.startswith(f"{low} to {high} ng/mL (US label 11/2022, {organ}")
    assert found.source in library().sources


def test_a_child_has_the_childrens_row() -> None:
    found = target_range("tacrolimus", "kidney", 15, MYCOPHENOLATE, age_years=6)
    assert found is not None
    assert (found.low, found.high, found.source) == (5, 20, "tacrolimus-label-children")


def test_after_stem_cells_the_range_is_said_to_be_unverified() -> None:
    found = target_range("tacrolimus", "allo-hsct", 30)
    assert found is not None
    assert found.support == "unverified"
    assert "not checked: see local guidance" in found.text


def test_children_after_stem_cells_have_the_aim_of_their_study() -> None:
    found = target_range("tacrolimus", "allo-hsct", 30, age_years=6)
    assert found is not None
    assert (found.low, found.high, found.support, found.source) == (7, 10, "secondhand", "brooks2021")
    assert "second-hand" in found.text


@pytest.mark.parametrize("drug", ["ciclosporin", "sirolimus", "everolimus"])
@pytest.mark.parametrize("organ", ["kidney", "liver", "heart", "lung", "allo-hsct"])
@pytest.mark.parametrize("days", [1, 400])
def test_other_drugs_have_a_recalled_range_that_says_so(drug: str, organ: str, days: float) -> None:
    found = target_range(drug, organ, days)
    assert found is not None
    assert found.support == "unverified"
    assert "not checked: see local guidance" in found.text


@pytest.mark.parametrize(
    ("drug", "organ", "days", "regimen"),
    [
        ("tacrolimus", "kidney", 15, "belatacept"),
        ("tacrolimus", "kidney", 400, MYCOPHENOLATE),
    ],
)
def test_where_the_label_names_no_range_there_is_none(drug: str, organ: str, days: float, regimen: str) -> None:
    assert target_range(drug, organ, days, regimen) is None


def test_an_unknown_organ_is_refused() -> None:
    with pytest.raises(ValueError, match='"organ": must be one of kidney, liver, heart, lung, allo-hsct'):
        target_range("tacrolimus", "spleen", 15)


def test_the_same_blood_gives_the_same_report_to_one_decimal() -> None:
    first = report_level(19.19, 6, 1, 367.5)
    assert first == report_level(19.19, 6, 1, 367.5)
    assert first == round(first, 1)
    assert len({report_level(19.19, 6, 1, 300.0 + hour) for hour in range(20)}) > 5


def test_the_assay_error_has_no_bias_and_the_spread_of_the_data_file() -> None:
    reports = np.array([report_level(100.0, 6, number, 367.5) for number in range(600)])
    assert reports.mean() == pytest.approx(100.0, rel=0.01)
    assert reports.std() == pytest.approx(100.0 * assay_cv(), rel=0.1)


def test_no_drug_is_reported_as_none_and_a_level_below_zero_is_refused() -> None:
    assert report_level(0.0, 6, 1, 10.0) == 0.0
    with pytest.raises(ValueError, match='"true_value": must be finite, zero or above'):
        report_level(-1.0, 6, 1, 10.0)


# -- samples

TACROLIMUS = Order("tacrolimus", 20.0, 3, "mg", "mouth", 12.0)


@pytest.mark.parametrize(
    ("drawn_h", "said"),
    [
        (10.0, "before any dose of tacrolimus"),
        (22.0, "2 h after the last dose: not a trough"),
        (31.5, "11.5 h after the last dose: a true trough"),
        (32.0, "12 h after the last dose: a true trough"),
        (32.5, "0.5 h after the last dose: not a trough"),
    ],
)
def test_a_level_is_a_trough_only_at_the_end_of_the_interval(drawn_h: float, said: str) -> None:
    assert timing(Chart((TACROLIMUS,)), "tacrolimus", drawn_h).text == said


def test_after_missed_doses_a_level_is_later_than_a_trough() -> None:
    chart = Chart((TACROLIMUS,)).hold("tacrolimus", 30.0, 80.0)
    said = "36 h after the last dose: later than a trough, because no dose was given since"
    assert timing(chart, "tacrolimus", 56.0).text == said


def test_during_an_infusion_there_is_no_trough() -> None:
    chart = Chart((Order("tacrolimus", 20.0, 0.1, "mg/h", "iv"),))
    assert timing(chart, "tacrolimus", 22.0).text == "during an infusion: not a trough"


def test_only_the_end_of_the_interval_is_a_true_trough() -> None:
    chart = Chart((TACROLIMUS,))
    assert timing(chart, "tacrolimus", 32.0).trough
    assert not timing(chart, "tacrolimus", 26.0).trough


def test_a_trough_of_either_formulation_counts() -> None:
    once_a_day = Order("tacrolimus prolonged release", 20.0, 6, "mg", "mouth", 24.0)
    assert timing(Chart((once_a_day,)), "tacrolimus", 44.0).text == "24 h after the last dose: a true trough"


KIDNEY = Patient(1, 28, "male", 68, "kidney", "*3/*3", 32, 88, 130, 0.78)
DRIP = Chart((Order("tacrolimus", 20.0, 1.25, "microgram/kg/h", "iv", until_h=60.0),))


def test_a_report_has_level_unit_time_and_range() -> None:
    report = draw(KIDNEY, Chart((TACROLIMUS,)), "tacrolimus", 368.0, 19.19, 6, regimen=MYCOPHENOLATE)
    assert report.text.startswith(f"{report.ng_ml:.1f} ng/mL")
    assert "Drawn day 15 08:00, 12 h after the last dose: a true trough." in report.text
    assert "Trough range: 4 to 11 ng/mL (US label 11/2022, kidney" in report.text
    assert "[@prograf-label]" in report.text


@pytest.mark.parametrize(
    ("chart", "drawn_h", "from_line", "contaminated"),
    [
        (DRIP, 40.0, True, True),
        (DRIP, 40.0, False, False),
        (DRIP, 60.0 + 23.9, True, True),
        (DRIP, 60.0 + 24.1, True, False),
        (DRIP, 19.0, True, False),
        (Chart((TACROLIMUS,)), 40.0, True, False),
    ],
)
def test_blood_from_the_line_that_carries_the_drug_reads_too_high(
    chart: Chart, drawn_h: float, from_line: bool, contaminated: bool
) -> None:
    report = draw(KIDNEY, chart, "tacrolimus", drawn_h, 10.0, 6, from_line=from_line)
    clean = draw(KIDNEY, chart, "tacrolimus", drawn_h, 10.0, 6)
    assert report.contaminated == contaminated
    assert (report.ng_ml > 1.2 * clean.ng_ml) == contaminated
    assert (report.ng_ml == clean.ng_ml) != contaminated


def test_the_laboratory_does_not_tell_that_a_sample_was_contaminated() -> None:
    report = draw(KIDNEY, DRIP, "tacrolimus", 40.0, 10.0, 6, from_line=True)
    assert report.contaminated
    assert "line" not in report.text


@pytest.mark.parametrize("drug", ["ciclosporin", "sirolimus", "everolimus"])
def test_other_drugs_are_reported_in_their_own_digits_with_an_error_of_their_own(drug: str) -> None:
    chart = Chart((Order(drug, 20.0, 1, "mg", "mouth", 12.0),))
    report = draw(KIDNEY, chart, drug, 368.0, 123.456, 6)
    assert report.ng_ml == round(report.ng_ml, 0 if drug == "ciclosporin" else 1)
    assert report.ng_ml != draw(KIDNEY, chart, "tacrolimus", 368.0, 123.456, 6).ng_ml
