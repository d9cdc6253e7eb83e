"""What is known, from whom, and how well: claims, sources and intervals.

``library.yaml`` is the data; every number that a learner sees comes from it, with its source, its denominator and
its interval.
"""

from __future__ import annotations

from pres_teach.evidence.intervals import (
    Interval,
    exact_p,
    newcombe,
    patients_per_arm,
    wilson,
)
from pres_teach.evidence.library import (
    Claim,
    Library,
    LibraryError,
    Reference,
    Source,
    UnknownKey,
    library,
    read_library,
)

__all__ = [
    "Claim",
    "Interval",
    "Library",
    "LibraryError",
    "Reference",
    "Source",
    "UnknownKey",
    "exact_p",
    "library",
    "newcombe",
    "patients_per_arm",
    "read_library",
    "wilson",
]
