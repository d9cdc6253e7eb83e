"""Marking a reader of scans: sensitivity and specificity with intervals, what was missed, and how sure one was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pres_teach.evidence import wilson

__all__ = ["Rate", "Read", "ReadingScore", "score"]

SURE = (50, 60, 70, 80, 90, 100)


@dataclass(frozen=True)
class Read:
    """One scan that was read.

    Parameters
    ----------
    said, truth
        "PRES", "other" or "normal".
    confidence
        How sure [%]; None where nobody asked.
    """

    said: str
    truth: str
    confidence: int | None = None

    @property
    def right(self) -> bool:
        """Whether it is what was said."""
        return self.said == self.truth


@dataclass(frozen=True)
class Rate:
    """How many of how many, with the Wilson 95 % interval."""

    k: int
    n: int

    def __str__(self) -> str:
        if not self.n:
            return "none of that kind was read"
        low, high = wilson(self.k, self.n)
        return (
            f"{self.k} of {self.n} ({100 * self.k / self.n:.0f} %, 95 % interval {100 * low:.0f} to {100 * high:.0f} %)"
        )


@dataclass(frozen=True)
class ReadingScore:
    """What a reader found.

    Parameters
    ----------
    sensitivity
        Of the scans with PRES, how many were called PRES.
    specificity
        Of the others, how many were not.
    right
        Of all, how many were called what they are.
    missed, taken_for_pres
        Places, from 0: PRES not called so, and others called PRES.
    sure
        By confidence: stated [%], how many right of how many. Shown, never graded.
    """

    sensitivity: Rate
    specificity: Rate
    right: Rate
    missed: tuple[int, ...]
    taken_for_pres: tuple[int, ...]
    sure: tuple[tuple[int, Rate], ...]

    @property
    def youden(self) -> float:
        """Sensitivity + specificity - 1, not a number where one of them is unknown: 0 for a reader who guesses."""
        if not self.sensitivity.n or not self.specificity.n:
            return math.nan
        return self.sensitivity.k / self.sensitivity.n + self.specificity.k / self.specificity.n - 1.0


def score(reads: Sequence[Read]) -> ReadingScore:
    """Count what a reader said against what the scans are.

    Parameters
    ----------
    reads
        In the order in which they were read.

    Raises
    ------
    ValueError
        For a word that is none of "PRES", "other", "normal".
    """
    for one in reads:
        for word in (one.said, one.truth):
            if word not in ("PRES", "other", "normal"):
                raise ValueError(f'"said": one of PRES, other, normal; received "{word}"; choose one of these')
    sick = [one for one in reads if one.truth == "PRES"]
    rest = [one for one in reads if one.truth != "PRES"]
    sure = []
    for percent in sorted({one.confidence for one in reads if one.confidence is not None}):
        said = [one for one in reads if one.confidence == percent]
        sure.append((percent, Rate(sum(one.right for one in said), len(said))))
    return ReadingScore(
        sensitivity=Rate(sum(one.said == "PRES" for one in sick), len(sick)),
        specificity=Rate(sum(one.said != "PRES" for one in rest), len(rest)),
        right=Rate(sum(one.right for one in reads), len(reads)),
        missed=tuple(k for k, one in enumerate(reads) if one.truth == "PRES" and one.said != "PRES"),
        taken_for_pres=tuple(k for k, one in enumerate(reads) if one.truth != "PRES" and one.said == "PRES"),
        sure=tuple(sure),
    )
