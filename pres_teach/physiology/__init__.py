"""From levels and pressure to oedema, seizures and rejection: one patient's course. Illustrative, a teaching model."""

from __future__ import annotations

from .compare import Comparison, Row, compare, plans_alone
from .course import LEVEL_OF, Course, Event, Moment, simulate, solve
from .difference import Difference, differences
from .illness import (
    DIAGNOSES,
    MIMICS,
    PATTERNS,
    SITES,
    ConditionError,
    Drivers,
    Illness,
    IllnessError,
    patterns_of,
)
from .lesions import LesionState
from .parameters import parameters
from .traits import Traits, draw

__all__ = [
    "DIAGNOSES",
    "LEVEL_OF",
    "MIMICS",
    "PATTERNS",
    "SITES",
    "Comparison",
    "ConditionError",
    "Course",
    "Difference",
    "Drivers",
    "Event",
    "Illness",
    "IllnessError",
    "LesionState",
    "Moment",
    "Row",
    "Traits",
    "compare",
    "differences",
    "draw",
    "model_card",
    "parameters",
    "patterns_of",
    "plans_alone",
    "simulate",
    "solve",
]


def model_card() -> str:
    """What the teaching model is, what it was fitted to, what was free and what it cannot say, as Markdown.

    The evidence behind it is read only when somebody asks.
    """
    from .card import model_card as written

    return written()
