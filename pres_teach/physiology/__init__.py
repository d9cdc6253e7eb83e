"""From levels and pressure to oedema, seizures and rejection: one patient's course. Illustrative, a teaching model."""

from __future__ import annotations

from .compare import Comparison, Row, compare
from .course import LEVEL_OF, Course, Event, Moment, simulate, solve
from .illness import DIAGNOSES, PATTERNS, ConditionError, Drivers, Illness, IllnessError
from .lesions import LesionState
from .parameters import parameters
from .traits import Traits, draw

__all__ = [
    "DIAGNOSES",
    "LEVEL_OF",
    "PATTERNS",
    "Comparison",
    "ConditionError",
    "Course",
    "Drivers",
    "Event",
    "Illness",
    "IllnessError",
    "LesionState",
    "Moment",
    "Row",
    "Traits",
    "compare",
    "draw",
    "parameters",
    "simulate",
    "solve",
]
