"""From levels and pressure to oedema, seizures and rejection: one patient's course. Illustrative, a teaching model."""

from __future__ import annotations

from .course import Course, Event, Moment, simulate, solve
from .illness import DIAGNOSES, PATTERNS, ConditionError, Drivers, Illness, IllnessError
from .lesions import LesionState
from .parameters import parameters
from .traits import Traits, draw

__all__ = [
    "DIAGNOSES",
    "PATTERNS",
    "ConditionError",
    "Course",
    "Drivers",
    "Event",
    "Illness",
    "IllnessError",
    "LesionState",
    "Moment",
    "Traits",
    "draw",
    "parameters",
    "simulate",
    "solve",
]
