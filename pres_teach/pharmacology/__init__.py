"""Drugs, doses, levels: the formulary, the levels that published models give, and what a laboratory makes of them."""

from __future__ import annotations

from .advice import Advice, advise, starting_dose
from .cautions import LOUD, check_order, check_stop, substrate
from .crowd import Exposures, exposures
from .drug import SUBSTRATES, Drug
from .formulary import Formulary, UnknownDrug, formulary, formulary_of
from .laboratory import REGIMENS, Report, Target, draw, last_dose, report_level, target_range
from .levels import Levels, levels
from .models import MODELLED, MODELS, Own, choose, own
from .shares import Factor, factors

__all__ = [
    "LOUD",
    "MODELLED",
    "MODELS",
    "REGIMENS",
    "SUBSTRATES",
    "Advice",
    "Drug",
    "Exposures",
    "Factor",
    "Formulary",
    "Levels",
    "Own",
    "Report",
    "Target",
    "UnknownDrug",
    "advise",
    "check_order",
    "check_stop",
    "choose",
    "draw",
    "exposures",
    "factors",
    "formulary",
    "formulary_of",
    "last_dose",
    "levels",
    "own",
    "report_level",
    "starting_dose",
    "substrate",
    "target_range",
]
