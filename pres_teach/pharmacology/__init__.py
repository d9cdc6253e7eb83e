"""Drugs, doses, levels: the formulary, the levels that published models give, and what a laboratory makes of them."""

from __future__ import annotations

from .formulary import Drug, Formulary, UnknownDrug, check_order, check_stop, formulary
from .laboratory import REGIMENS, Target, report_level, target_range
from .levels import Factor, Levels, factors, levels
from .models import Own, own

__all__ = [
    "REGIMENS",
    "Drug",
    "Factor",
    "Formulary",
    "Levels",
    "Own",
    "Target",
    "UnknownDrug",
    "check_order",
    "check_stop",
    "factors",
    "formulary",
    "levels",
    "own",
    "report_level",
    "target_range",
]
