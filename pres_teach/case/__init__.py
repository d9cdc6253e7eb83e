"""The case file: its schema, reading it, checking it."""

from __future__ import annotations

from pres_teach.case.case import Case
from pres_teach.case.faults import CaseError, Fault
from pres_teach.case.reading import Listed, catalogue, check, ids, read, titles
from pres_teach.case.schema import (
    EVENTS,
    Act,
    BasedOn,
    ChartEntry,
    Check,
    Condition,
    Consequence,
    CriticalError,
    ExpertStep,
    Finding,
    InRangeTwin,
    Review,
    Stage,
    Test,
)

__all__ = [
    "EVENTS",
    "Act",
    "BasedOn",
    "Case",
    "CaseError",
    "ChartEntry",
    "Check",
    "Condition",
    "Consequence",
    "CriticalError",
    "ExpertStep",
    "Fault",
    "Finding",
    "InRangeTwin",
    "Listed",
    "Review",
    "Stage",
    "Test",
    "catalogue",
    "check",
    "ids",
    "read",
    "titles",
]
