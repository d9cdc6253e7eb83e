"""How many, and how many of how many."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pres_teach.evidence import wilson

__all__ = ["Share", "at_least_one"]


@dataclass(frozen=True)
class Share:
    """How many of how many, with the Wilson 95 % interval."""

    k: int
    n: int

    @property
    def share(self) -> float:
        """k / n, not a number if there is nobody."""
        return self.k / self.n if self.n else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson 95 % interval of the share; 0 to 1 if there is nobody."""
        if not self.n:
            return 0.0, 1.0
        low, high = wilson(self.k, self.n)
        return low, high

    def __str__(self) -> str:
        if not self.n:
            return "0 of 0"
        low, high = self.interval
        return f"{self.k} of {self.n} ({100 * self.share:.1f} %, 95 % interval {100 * low:.1f} to {100 * high:.1f} %)"


def at_least_one(**numbers: object) -> None:
    """Refuse what is no whole number of patients, by the name it was given under."""
    for name, value in numbers.items():
        if type(value) is not int or value < 1:
            raise ValueError(f'"{name}": must be a whole number of patients, 1 or more; received {value!r}; give 1000')
