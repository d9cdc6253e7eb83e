from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach.evidence import chance_of_gap, chance_of_outcome, exact_p, library, newcombe, patients_per_arm, wilson

# shares of the literature: k, n, the interval printed beside them in per cent, and its decimals
PRINTED = [
    (15, 19, 56.7, 91.5, 1),
    (10, 19, 31.7, 72.7, 1),
    (6, 19, 15.4, 54.0, 1),
    (2, 5, 11.8, 76.9, 1),
    (4, 10, 16.8, 68.7, 1),
    (2, 4, 15.0, 85.0, 1),
    (8, 19, 23.1, 63.7, 1),
    (11, 19, 36.3, 76.9, 1),
    (23, 151, 10.4, 21.8, 1),
    (4, 34, 4.7, 26.6, 1),
    (7, 15, 24.8, 69.9, 1),
    (20, 31, 46.9, 78.9, 1),
    (4, 36, 4.4, 25, 0),
    (21, 4222, 0.3, 0.8, 1),
    (4, 126, 1.2, 7.9, 1),
    (7, 146, 2.3, 9.6, 1),
    (13, 84, 9, 25, 0),
    (8, 127, 3.2, 11.9, 1),
    (3, 127, 0.8, 6.7, 1),
    (9, 23, 22, 59, 0),
    (0, 9, 0, 30, 0),
    (14, 635, 1.3, 3.7, 1),
]


@pytest.mark.parametrize(("k", "n", "low", "high", "decimals"), PRINTED)
def test_wilson_gives_the_printed_interval(k: int, n: int, low: float, high: float, decimals: int) -> None:
    interval = wilson(k, n)
    half_a_digit = 0.5 * 10**-decimals + 1e-9
    assert 100 * interval.low == pytest.approx(low, abs=half_a_digit)
    assert 100 * interval.high == pytest.approx(high, abs=half_a_digit)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_surrounds_the_share_and_stays_a_share(count: tuple[int, int]) -> None:
    k, n = count
    interval = wilson(k, n)
    assert 0.0 <= interval.low <= k / n <= interval.high <= 1.0


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_treats_having_and_lacking_alike(count: tuple[int, int]) -> None:
    k, n = count
    assert wilson(k, n).low == pytest.approx(1.0 - wilson(n - k, n).high, abs=1e-12)


def test_wilson_is_wider_at_a_higher_level() -> None:
    assert wilson(3, 20, 0.99).low < wilson(3, 20, 0.95).low
    assert wilson(3, 20, 0.99).high > wilson(3, 20, 0.95).high


@pytest.mark.parametrize(
    ("k", "n", "level", "message"),
    [
        (5, 4, 0.95, '"k": must lie between 0 and n; found 5 of 4; check which is the numerator'),
        (-1, 4, 0.95, '"k": must lie between 0 and n; found -1 of 4; check which is the numerator'),
        (0, 0, 0.95, '"n": must be above 0; found 0; a share needs patients to be a share of'),
        (float("nan"), 4, 0.95, '"k" and "n": must be finite numbers; found nan of 4; give counts of patients'),
        (1, 4, 95, '"level": must lie between 0 and 1, both left out; found 95; a 95 % interval is 0.95'),
    ],
)
def test_wilson_refuses_what_is_no_share(k: float, n: float, level: float, message: str) -> None:
    with pytest.raises(ValueError, match="must") as caught:
        wilson(k, n, level)
    assert str(caught.value) == message


def test_newcombe_gives_the_printed_difference_between_switched_and_not_held() -> None:
    low, high = newcombe(2, 4, 2, 5)
    assert (round(100 * low), round(100 * high)) == (-41, 55)


def test_newcombe_gives_the_printed_difference_between_switched_and_all_others() -> None:
    low, high = newcombe(2, 4, 6, 15)
    assert (round(100 * low), round(100 * high)) == (-33, 50)


def test_three_strategies_of_nineteen_patients_do_not_differ() -> None:
    assert exact_p([(2, 5), (4, 10), (2, 4)]) == 1.0


def test_exact_test_of_haemorrhage_after_marrow_and_organ() -> None:
    assert exact_p([(7, 15), (4, 34)]) == pytest.approx(0.02, abs=0.005)


def test_exact_test_of_the_lady_tasting_tea() -> None:
    assert exact_p([(3, 4), (1, 4)]) == pytest.approx(34 / 70)


def test_exact_test_needs_two_groups() -> None:
    with pytest.raises(ValueError, match='"groups": at least two'):
        exact_p([(1, 2)])


def test_telling_40_from_50_per_cent_needs_about_390_in_each_arm() -> None:
    assert patients_per_arm(0.4, 0.5) == 388


def test_equal_shares_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match='"share2": must differ'):
        patients_per_arm(0.4, 0.4)


STRATEGIES = [(2, 5), (4, 10), (2, 4)]


def test_equal_truth_makes_a_gap_of_ten_points_in_99_of_100_studies() -> None:
    assert chance_of_gap(STRATEGIES) == pytest.approx(0.992, abs=0.0005)
    assert chance_of_outcome(STRATEGIES) == pytest.approx(0.030, abs=0.001)


def test_the_library_says_what_is_computed() -> None:
    claim = library().claim("hammerstrom2013-chance")
    assert claim.value == pytest.approx(100 * chance_of_gap(STRATEGIES), abs=0.05)
    assert "in 3 of 100" in claim.statement
    assert round(100 * chance_of_outcome(STRATEGIES)) == 3


def test_a_gap_of_nothing_always_comes_and_two_coins_fall_as_coins_do() -> None:
    assert chance_of_gap([(1, 2), (1, 2)]) == pytest.approx(1.0)
    assert chance_of_outcome([(1, 2), (1, 2)]) == pytest.approx(0.5 * 0.5)  # one of two heads, twice


def test_a_gap_needs_two_groups() -> None:
    with pytest.raises(ValueError, match='"groups": at least two'):
        chance_of_gap([(1, 2)])
