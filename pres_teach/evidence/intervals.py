"""Intervals and tests for small numbers of patients.

Only what the lessons need, and without ``scipy.stats``, which takes longer to load than a lesson may take to open.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import NamedTuple


class Interval(NamedTuple):
    """The two ends of an interval, lower first."""

    low: float
    high: float


def _z(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise ValueError(f'"level": must lie between 0 and 1, both left out; found {level}; a 95 % interval is 0.95')
    return NormalDist().inv_cdf(0.5 + level / 2.0)


def _check_count(k: float, n: float) -> None:
    if not (math.isfinite(k) and math.isfinite(n)):
        raise ValueError(f'"k" and "n": must be finite numbers; found {k} of {n}; give counts of patients')
    if n <= 0:
        raise ValueError(f'"n": must be above 0; found {n}; a share needs patients to be a share of')
    if not 0 <= k <= n:
        raise ValueError(f'"k": must lie between 0 and n; found {k} of {n}; check which is the numerator')


def wilson(k: float, n: float, level: float = 0.95) -> Interval:
    """Wilson's score interval of a share.

    Unlike the interval drawn from the standard error alone it stays within 0 to 1 and behaves for few patients and for
    shares near 0 or 1.

    Parameters
    ----------
    k : float
        Patients with the feature [patients]. A share printed only in per cent may give a fraction of a patient.
    n : float
        Patients looked at [patients].
    level : float, optional
        How often such intervals cover the true share [1].

    Returns
    -------
    Interval
        Lower and upper end, as shares from 0 to 1 [1].

    Raises
    ------
    ValueError
        When ``n`` is not above 0, ``k`` lies outside 0 to ``n``, or ``level`` outside 0 to 1.
    """
    _check_count(k, n)
    z = _z(level)
    share = k / n
    middle = share + z * z / (2.0 * n)
    half = z * math.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n))
    scale = 1.0 + z * z / n
    # at 0 of n and n of n the ends are exactly 0 and 1; rounding must not push them past the share itself
    return Interval(max(0.0, min(share, (middle - half) / scale)), min(1.0, max(share, (middle + half) / scale)))


def newcombe(k1: float, n1: float, k2: float, n2: float, level: float = 0.95) -> Interval:
    """Newcombe's interval of the difference between two shares, first minus second.

    It joins the two Wilson intervals, and so keeps their good manners for few patients.

    Parameters
    ----------
    k1, k2 : float
        Patients with the feature in each group [patients].
    n1, n2 : float
        Patients in each group [patients].
    level : float, optional
        How often such intervals cover the true difference [1].

    Returns
    -------
    Interval
        Lower and upper end of the difference, from -1 to 1 [1].
    """
    first, second = wilson(k1, n1, level), wilson(k2, n2, level)
    p1, p2 = k1 / n1, k2 / n2
    low = p1 - p2 - math.hypot(p1 - first.low, second.high - p2)
    high = p1 - p2 + math.hypot(first.high - p1, p2 - second.low)
    return Interval(low, high)


def exact_p(groups: Sequence[tuple[int, int]]) -> float:
    """The exact test of whether several groups share one proportion (Fisher; Freeman and Halton for more than two).

    All tables with the same margins are listed; the value is the probability of those no likelier than the one seen.

    Parameters
    ----------
    groups : sequence of (int, int)
        Patients with the feature and patients in all, one pair a group [patients].

    Returns
    -------
    float
        The two-sided p value [1].
    """
    if len(groups) < 2:
        raise ValueError(f'"groups": at least two are compared; found {len(groups)}; give a (k, n) pair for each')
    for k, n in groups:
        _check_count(k, n)
    with_feature = sum(k for k, _ in groups)
    sizes = [n for _, n in groups]
    ways_in_all = math.comb(sum(sizes), with_feature)

    def ways(counts: Sequence[int]) -> int:
        return math.prod(math.comb(n, k) for k, n in zip(counts, sizes, strict=True))

    seen = ways([k for k, _ in groups])
    # whole numbers throughout, so that tables exactly as likely as the one seen are counted without a tolerance
    no_likelier = 0
    for head in itertools.product(*(range(min(n, with_feature) + 1) for n in sizes[:-1])):
        last = with_feature - sum(head)
        if 0 <= last <= sizes[-1]:
            table = ways([*head, last])
            if table <= seen:
                no_likelier += table
    return no_likelier / ways_in_all


def chance_of_gap(groups: Sequence[tuple[int, int]]) -> float:
    """How often groups of these sizes would differ by at least as much as they did, had the truth been equal in all.

    The common truth is the share of all groups together; every outcome is listed, nothing is drawn. The gap is between
    the highest and the lowest share.

    Parameters
    ----------
    groups : sequence of (int, int)
        Patients with the feature and patients in all, one pair a group [patients].

    Returns
    -------
    float
        The probability of such a gap or a larger one [1].
    """
    return _chance(groups, lambda shares, seen: _gap(shares) >= _gap(seen))


def chance_of_outcome(groups: Sequence[tuple[int, int]]) -> float:
    """How often exactly these counts would come out, had the truth been equal in all groups [1]; as `chance_of_gap`."""
    return _chance(groups, lambda shares, seen: shares == seen)


def _gap(shares: Sequence[Fraction]) -> Fraction:
    return max(shares) - min(shares)


def _chance(
    groups: Sequence[tuple[int, int]], counts_for: Callable[[Sequence[Fraction], Sequence[Fraction]], bool]
) -> float:
    if len(groups) < 2:
        raise ValueError(f'"groups": at least two are compared; found {len(groups)}; give a (k, n) pair for each')
    for k, n in groups:
        _check_count(k, n)
    # exact fractions: two shares that are equal must not differ by a rounding
    truth = Fraction(sum(k for k, _ in groups), sum(n for _, n in groups))
    seen = tuple(Fraction(k, n) for k, n in groups)
    total = Fraction(0)
    for counts in itertools.product(*(range(n + 1) for _, n in groups)):
        if counts_for(tuple(Fraction(k, n) for k, (_, n) in zip(counts, groups, strict=True)), seen):
            total += math.prod(
                (math.comb(n, k) * truth**k * (1 - truth) ** (n - k) for k, (_, n) in zip(counts, groups, strict=True)),
                start=Fraction(1),
            )
    return float(total)


def patients_per_arm(share1: float, share2: float, power: float = 0.8, level: float = 0.95) -> int:
    """How many patients a trial would need in each arm to tell two shares apart.

    The textbook formula for two independent shares of equal arms, two-sided, pooled variance under no difference.

    Parameters
    ----------
    share1, share2 : float
        The two true shares, each between 0 and 1 [1].
    power : float, optional
        How often the trial shall find the difference [1].
    level : float, optional
        One minus the two-sided error of the first kind [1].

    Returns
    -------
    int
        Patients in each arm, rounded up [patients].
    """
    for name, share in (("share1", share1), ("share2", share2)):
        if not 0.0 < share < 1.0:
            raise ValueError(f'"{name}": must lie between 0 and 1, both left out; found {share}; give 0.4 for 40 %')
    if share1 == share2:
        raise ValueError(f'"share2": must differ from share1; found {share2} twice; no trial tells equal shares apart')
    pooled = (share1 + share2) / 2.0
    under_none = _z(level) * math.sqrt(2.0 * pooled * (1.0 - pooled))
    under_true = NormalDist().inv_cdf(power) * math.sqrt(share1 * (1.0 - share1) + share2 * (1.0 - share2))
    return math.ceil(((under_none + under_true) / (share1 - share2)) ** 2)
