"""Reported levels and the ranges of the label."""

from __future__ import annotations

import numpy as np
import pytest

from pres_teach.evidence import library
from pres_teach.pharmacology import REGIMENS, report_level, target_range
from pres_teach.pharmacology.laboratory import assay_cv

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
    assert "check local guidance" in found.text


@pytest.mark.parametrize(
    ("drug", "organ", "days", "regimen"),
    [
        ("tacrolimus", "kidney", 15, "belatacept"),
        ("tacrolimus", "kidney", 400, MYCOPHENOLATE),
        ("ciclosporin", "kidney", 15, ""),
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
