"""A laboratory's value of a level, and the range it is held against; the numbers are in laboratory.yaml."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator
from ruamel.yaml import YAML

from pres_teach.patient import ORGANS, stream

__all__ = ["REGIMENS", "Target", "assay_cv", "report_level", "target_range"]

ADULT_YEARS = 18.0


class _Assay(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    cv_percent: PositiveFloat
    support: Literal["unverified"]
    range: tuple[PositiveFloat, PositiveFloat]
    reasoning: Annotated[str, Field(min_length=1)]
    round_ng_ml: PositiveFloat


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    organ: Literal["kidney", "liver", "heart", "lung", "allo-hsct"]
    regimen: str = ""
    children: bool | None = None
    from_day: float
    until_day: float | None = None
    low: PositiveFloat
    high: PositiveFloat
    support: Literal["table", "unverified"]
    source: Annotated[str, Field(min_length=1)]
    reasoning: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> _Row:
        if self.low >= self.high:
            raise ValueError(f'"low": must be below "high" ({self.high:g}); received {self.low:g}; swap them')
        return self


class _Laboratory(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    assay: _Assay
    targets: tuple[_Row, ...]


@functools.cache
def _laboratory() -> _Laboratory:
    text = (resources.files(__package__) / "laboratory.yaml").read_text(encoding="utf-8")
    return _Laboratory.model_validate(YAML(typ="safe", pure=True).load(text))


# Regimens after a kidney that the label tells apart.
REGIMENS = ("azathioprine", "mycophenolate and IL-2 receptor antibody")


@dataclass(frozen=True)
class Target:
    """A trough range.

    Parameters
    ----------
    low, high
        Its ends [`unit`].
    unit
        "ng/mL".
    text
        What it is and whose, in words.
    source
        Key of its source.
    support
        "table", or "unverified": then the text says so.
    """

    low: float
    high: float
    unit: str
    text: str
    source: str
    support: str = "table"


def target_range(
    drug: str, organ: str, days: float, regimen: str = "", age_years: float | None = None
) -> Target | None:
    """Trough range of the US label (11/2022), or None where it names none.

    Parameters
    ----------
    drug
        "tacrolimus" (either formulation); no range is known here for another.
    organ
        One of `patient.ORGANS`.
    days
        Days since transplantation [days].
    regimen
        After a kidney one of `REGIMENS`, which the label tells apart; otherwise it does not matter.
    age_years
        Under 18 the label's rows for children; None for an adult [years].

    Raises
    ------
    ValueError
        If the organ is unknown.
    """
    if organ not in ORGANS:
        raise ValueError(f'"organ": must be one of {", ".join(ORGANS)}; received {organ!r}; choose one of these')
    if not drug.startswith("tacrolimus"):
        return None
    child = age_years is not None and age_years < ADULT_YEARS
    for row in _laboratory().targets:
        if row.organ != organ or (row.children is not None and row.children != child):
            continue
        if row.regimen and row.regimen != regimen:
            continue
        if row.from_day <= days and (row.until_day is None or days < row.until_day):
            return Target(row.low, row.high, "ng/mL", _words(row, child), row.source, row.support)
    return None


def _words(row: _Row, child: bool) -> str:
    if row.support == "unverified":
        return f"{row.low:g} to {row.high:g} ng/mL, {row.reasoning}"
    months = {(0, 91): "months 1 to 3", (91, 365): "months 4 to 12", (0, 365): "months 1 to 12"}
    end = math.inf if row.until_day is None else row.until_day
    when = months.get((int(row.from_day), int(end)) if end < math.inf else (0, 0), "from month 4")
    # The rows for children were read on another reprint, which shows no date.
    label, who = ("US label", "a child's ") if child else ("US label 11/2022", "")
    regimen = f" with {row.regimen}" if row.regimen else ""
    words = f"{row.low:g} to {row.high:g} ng/mL ({label}, {who}{row.organ}{regimen}, {when})"
    # Lower aims are remembered of adults with a kidney or a liver, of nobody else.
    lower = not child and row.organ in ("kidney", "liver")
    return f"{words}; many programmes aim lower today (not checked: see local guidance)" if lower else words


def assay_cv() -> float:
    """Coefficient of variation of the measurement, as a share; unverified, see laboratory.yaml [1]."""
    return _laboratory().assay.cv_percent / 100.0


def report_level(true_value: float, seed: int, number: int, at_h: float) -> float:
    """What the laboratory reports of a true level: with its assay error, rounded to 0.1.

    The same blood drawn at the same time gives the same report, in every process.

    Parameters
    ----------
    true_value
        The simulated level [ng/mL].
    seed, number
        Of the case and the patient.
    at_h
        When it was drawn [h].
    """
    if not math.isfinite(true_value) or true_value < 0:
        raise ValueError(f'"true_value": must be finite, zero or above; received {true_value!r}; give a level in ng/mL')
    assay = _laboratory().assay
    error = float(stream(seed, number, f"assay at {at_h:.3f} h").standard_normal())
    reported = true_value * max(0.0, 1.0 + assay.cv_percent / 100.0 * error)
    return round(round(reported / assay.round_ng_ml) * assay.round_ng_ml, 6)
