"""The models as a table in Markdown, for those who want to know what a level rests on (docs/models.md)."""

from __future__ import annotations

import math

from .choice import MODELS
from .model import Model

__all__ = ["table"]

_NAMES = {
    "ktr": "absorption",
    "cl": "CL",
    "vc": "Vc",
    "q": "Q",
    "vp": "Vp",
    "bioavailability": "F",
}


def table() -> str:
    """Every model: whose level, made from whom, how people varied, what was left, and its paper."""
    rows = [
        "| model | of | made from | between patients, CV | residual | paper |",
        "|---|---|---|---|---|---|",
    ]
    rows += [_row(one) for one in MODELS.values()]
    return "\n".join(rows)


def _row(model: Model) -> str:
    of = f"{model.drug}, {'by mouth' if model.route == 'mouth' else 'into a vein'}"
    ages = f", {model.ages[0]:g} to {model.ages[1]:g} years" if model.ages and "aged" not in model.studied else ""
    made = f"{model.studied.rstrip(',')}{ages}"
    if model.dose_finding_only:
        made += "; for finding a dose only"
    return f"| `{model.id}` | {of} | {made} | {_spread(model)} | {_residual(model)} | `{model.source}` |"


def _spread(model: Model) -> str:
    return ", ".join(
        f"{_NAMES[name]} {100 * math.sqrt(math.expm1(variance)):.0f} %" for name, variance in model.variances.items()
    )


def _residual(model: Model) -> str:
    parts = []
    if model.residual.proportional:
        parts.append(f"{100 * model.residual.proportional:g} %")
    if model.residual.additive_ng_ml:
        parts.append(f"{model.residual.additive_ng_ml:g} ng/mL")
    return " + ".join(parts) or "not seen"
