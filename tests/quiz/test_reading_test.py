"""Marking a reader of scans."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach.evidence import wilson
from pres_teach.quiz import Rate, Read, score

KINDS = st.sampled_from(["PRES", "other", "normal"])


def test_sensitivity_and_specificity_are_counted() -> None:
    reads = [
        Read("PRES", "PRES", 90),
        Read("other", "PRES", 90),
        Read("PRES", "other", 60),
        Read("other", "other", 60),
        Read("other", "normal", None),
        Read("normal", "normal", 90),
    ]
    found = score(reads)
    assert found.sensitivity == Rate(1, 2)
    assert found.specificity == Rate(3, 4)
    assert found.right == Rate(3, 6)
    assert found.missed == (1,)
    assert found.taken_for_pres == (2,)
    assert found.sure == ((60, Rate(1, 2)), (90, Rate(2, 3)))
    assert found.youden == pytest.approx(0.25)


def test_a_rate_has_its_wilson_interval() -> None:
    low, high = wilson(4, 6)
    assert str(Rate(4, 6)) == f"4 of 6 (67 %, 95 % interval {100 * low:.0f} to {100 * high:.0f} %)"
    assert str(Rate(0, 0)) == "none of that kind was read"


def test_who_calls_everything_pres_is_no_reader() -> None:
    found = score([Read("PRES", "PRES"), Read("PRES", "other"), Read("PRES", "normal")])
    assert found.sensitivity == Rate(1, 1)
    assert found.specificity == Rate(0, 2)
    assert found.youden == 0


def test_without_a_scan_of_one_kind_nothing_is_made_up() -> None:
    assert math.isnan(score([Read("PRES", "PRES")]).youden)
    assert score([]).right == Rate(0, 0)


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match='"said": one of PRES, other, normal; received "stroke"'):
        score([Read("stroke", "PRES")])


@given(st.lists(st.builds(Read, KINDS, KINDS, st.sampled_from([None, 50, 80, 100]))))
def test_every_scan_is_counted_once(reads: list[Read]) -> None:
    found = score(reads)
    assert found.sensitivity.n + found.specificity.n == len(reads) == found.right.n
    assert found.sensitivity.k == found.sensitivity.n - len(found.missed)
    assert found.specificity.k == found.specificity.n - len(found.taken_for_pres)
    assert sum(rate.n for _, rate in found.sure) == sum(one.confidence is not None for one in reads)
