"""What is known, from whom, and how well: claims, sources and intervals.

``library.yaml`` is the data; every number that a learner sees comes from it, with its source, its denominator and
its interval.
"""

from __future__ import annotations

from pres_teach.evidence.citing import Uncited, uncited
from pres_teach.evidence.glossary import Glossary, Term, glossary
from pres_teach.evidence.intervals import (
    Interval,
    chance_of_gap,
    chance_of_outcome,
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
from pres_teach.evidence.readers import Reader

__all__ = [
    "Claim",
    "Glossary",
    "Interval",
    "Library",
    "LibraryError",
    "Reader",
    "Reference",
    "Source",
    "Term",
    "Uncited",
    "UnknownKey",
    "chance_of_gap",
    "chance_of_outcome",
    "exact_p",
    "glossary",
    "library",
    "newcombe",
    "patients_per_arm",
    "read_library",
    "uncited",
    "wilson",
]
