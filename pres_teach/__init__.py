"""Teaching posterior reversible encephalopathy syndrome (PRES) in transplant recipients on tacrolimus.

This module is a table of contents: each public name is loaded from its room when it is first touched (PEP 562), so that
importing the package costs little and a plain script never loads a widget.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pres_teach.case import check
    from pres_teach.case import read as read_case
    from pres_teach.encounter import Encounter
    from pres_teach.evidence import library
    from pres_teach.figures.algorithm import algorithm
    from pres_teach.imaging import acquire
    from pres_teach.patient import Chart, Order, Patient
    from pres_teach.pharmacology.formulary import formulary
    from pres_teach.physiology import simulate
    from pres_teach.record import Record
    from pres_teach.widgets.desk import look_up
    from pres_teach.widgets.lesson import lesson
    from pres_teach.widgets.preventing import prevention
    from pres_teach.widgets.reading import reading
    from pres_teach.widgets.whole_case import whole_case

__version__ = "0.1.0"

__all__ = [
    "Chart",
    "Encounter",
    "Order",
    "Patient",
    "Record",
    "__version__",
    "acquire",
    "algorithm",
    "check",
    "formulary",
    "lesson",
    "library",
    "look_up",
    "prevention",
    "read_case",
    "reading",
    "simulate",
    "whole_case",
]

#: Public name: the room it lives in and what it is called there.
_ROOMS = {
    "Chart": ("patient", "Chart"),
    "Encounter": ("encounter", "Encounter"),
    "Order": ("patient", "Order"),
    "Patient": ("patient", "Patient"),
    "Record": ("record", "Record"),
    "acquire": ("imaging", "acquire"),
    "algorithm": ("figures.algorithm", "algorithm"),
    "check": ("case", "check"),
    "formulary": ("pharmacology", "formulary"),
    "lesson": ("widgets", "lesson"),
    "library": ("evidence", "library"),
    "look_up": ("widgets.desk", "look_up"),
    "prevention": ("widgets.preventing", "prevention"),
    "read_case": ("case", "read"),
    "reading": ("widgets.reading", "reading"),
    "simulate": ("physiology", "simulate"),
    "whole_case": ("widgets.whole_case", "whole_case"),
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room, inside = _ROOMS[name]
    found = getattr(import_module(f"{__name__}.{room}"), inside)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
