"""A level as a laboratory gives it: drawn at a time, by an assay with an error, held against a range.

The numbers are in laboratory.yaml. A laboratory does not know whether a sample is a true trough, nor whether it was
drawn from the line through which the drug runs: `Report` does, for the learner's eyes and for the debrief.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator

from pres_teach import units
from pres_teach.patient import ORGANS, Chart, Order, Patient, stream

from .cautions import substrate
from .reading import read

__all__ = [
    "REGIMENS",
    "Report",
    "Target",
    "Timing",
    "assay_cv",
    "draw",
    "last_dose",
    "report_level",
    "target_range",
    "timing",
]

ADULT_YEARS = 18.0


class _Assay(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    cv_percent: PositiveFloat
    support: Literal["unverified"]
    range: tuple[PositiveFloat, PositiveFloat]
    reasoning: Annotated[str, Field(min_length=1)]
    round_ng_ml: dict[str, PositiveFloat]


class _Contamination(BaseModel):
    """A sample from the line that carries the drug: how many times too high, and for how long; illustrative."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    factor: PositiveFloat
    spread: PositiveFloat
    lasts_h: PositiveFloat
    support: Literal["illustrative"]
    range: tuple[PositiveFloat, PositiveFloat]
    reasoning: Annotated[str, Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    drug: Literal["tacrolimus", "ciclosporin", "sirolimus", "everolimus"] = "tacrolimus"
    organ: Literal["kidney", "liver", "heart", "lung", "allo-hsct", "any"]
    regimen: str = ""
    children: bool | None = None
    from_day: float
    until_day: float | None = None
    low: PositiveFloat
    high: PositiveFloat
    support: Literal["table", "secondhand", "unverified"]
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
    contamination: _Contamination
    targets: tuple[_Row, ...]


@functools.cache
def _laboratory() -> _Laboratory:
    return _Laboratory.model_validate(read("laboratory.yaml"))


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
    """Trough range: of tacrolimus that of the US label (11/2022) where it names one, or None where none was read.

    Parameters
    ----------
    drug
        "tacrolimus" (either formulation), "ciclosporin", "sirolimus" or "everolimus".
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
    name = substrate(drug)
    child = age_years is not None and age_years < ADULT_YEARS
    for row in _laboratory().targets:
        if row.drug != name or row.organ not in (organ, "any") or (row.children is not None and row.children != child):
            continue
        if row.regimen and row.regimen != regimen:
            continue
        if row.from_day <= days and (row.until_day is None or days < row.until_day):
            return Target(row.low, row.high, "ng/mL", _words(row, child), row.source, row.support)
    return None


def _words(row: _Row, child: bool) -> str:
    if row.support != "table":
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


def report_level(
    true_value: float, seed: int, number: int, at_h: float, drug: str = "tacrolimus", *, from_line: bool = False
) -> float:
    """What the laboratory reports of a true level: with its assay error, rounded as it rounds.

    The same blood drawn at the same time gives the same report, in every process.

    Parameters
    ----------
    true_value
        The simulated level [ng/mL].
    seed, number
        Of the case and the patient.
    at_h
        When it was drawn [h].
    drug
        Whose level it is.
    from_line
        Whether it was drawn from the line that carries the drug: then it is too high, illustratively.
    """
    if not math.isfinite(true_value) or true_value < 0:
        raise ValueError(f'"true_value": must be finite, zero or above; received {true_value!r}; give a level in ng/mL')
    laboratory = _laboratory()
    other = "" if drug == "tacrolimus" else f" of {drug}"
    error = float(stream(seed, number, f"assay{other} at {at_h:.3f} h").standard_normal())
    reported = true_value * max(0.0, 1.0 + laboratory.assay.cv_percent / 100.0 * error)
    if from_line:
        drawn = float(stream(seed, number, f"line{other} at {at_h:.3f} h").standard_normal())
        most_low, most_high = laboratory.contamination.range
        factor = laboratory.contamination.factor * math.exp(laboratory.contamination.spread * drawn)
        reported *= min(max(factor, most_low), most_high)
    step = laboratory.assay.round_ng_ml.get(drug, 0.1)
    return round(round(reported / step) * step, 6)


class Timing(NamedTuple):
    """When a sample was drawn with respect to the last dose, in words, and whether it is a true trough."""

    text: str
    trough: bool


# A convention of this display, never scored: a level drawn within this of the next dose is called a trough.
TROUGH_WINDOW_H = 1.0


def last_dose(chart: Chart, drug: str, at_h: float) -> tuple[Order, float] | None:
    """The last dose of a drug, in any formulation, before a time, with its order; of an infusion, when it last ran [h].

    A dose due at that very time is not given yet: blood is drawn before the tablet.
    """
    given: list[tuple[float, Order]] = []
    for order in chart.orders:
        if order.at_h > at_h or drug not in (order.drug, substrate(order.drug)):
            continue
        if order.infusion:
            given.append((at_h if order.runs(at_h) else float(order.until_h or at_h), order))
        elif times := order.times(at_h):
            given.append((times[-1], order))
    if not given:
        return None
    time_h, order = max(given, key=lambda pair: pair[0])
    return order, time_h


def timing(chart: Chart, drug: str, drawn_h: float) -> Timing:
    """When a level was drawn with respect to the last dose, and whether it is a trough.

    Parameters
    ----------
    chart, drug
        What was given, and whose level it is.
    drawn_h
        When [h since transplantation].
    """
    last = last_dose(chart, drug, drawn_h)
    if last is None:
        return Timing(f"before any dose of {drug}", False)
    order, given_h = last
    if order.infusion:
        if order.runs(drawn_h):
            return Timing("during an infusion: not a trough", False)
        return Timing(f"{_hours(drawn_h - given_h)} after the infusion ended: not a trough", False)
    since_h = drawn_h - given_h
    after = f"{_hours(since_h)} after the last dose"
    if order.every_h is None:
        return Timing(f"{after}, which was a single one: not a trough", False)
    left_h = order.every_h - since_h
    if left_h > TROUGH_WINDOW_H:
        return Timing(f"{after}: not a trough", False)
    if left_h < -TROUGH_WINDOW_H:
        return Timing(f"{after}: later than a trough, because no dose was given since", False)
    return Timing(f"{after}: a true trough", True)


def _hours(hours: float) -> str:
    return f"{units.show_number(hours, 1).removesuffix('.0')} h"


@dataclass(frozen=True)
class Report:
    """One sample and what the laboratory made of it.

    Parameters
    ----------
    drug
        Whose level.
    drawn_h
        When it was drawn [h since transplantation].
    ng_ml
        What is reported [ng/mL].
    timing
        When it was drawn with respect to the last dose.
    target
        The trough range for this organ and time, or None where none was read.
    contaminated
        Whether it was drawn from a line that carried the drug: the laboratory does not know.
    """

    drug: str
    drawn_h: float
    ng_ml: float
    timing: Timing
    target: Target | None
    contaminated: bool

    @property
    def text(self) -> str:
        """What the laboratory prints, as Markdown with its source: level, time, range; nothing it cannot know."""
        said = [
            f"{units.both(self.ng_ml, 'ng/mL', self.drug)}.",
            f"Drawn {units.show_time(self.drawn_h)}, {self.timing.text}.",
        ]
        if self.target is not None:
            said.append(f"Trough range: {self.target.text} [@{self.target.source}].")
        return " ".join(said)


def draw(
    patient: Patient,
    chart: Chart,
    drug: str,
    drawn_h: float,
    true_ng_ml: float,
    seed: int,
    *,
    regimen: str = "",
    from_line: bool = False,
) -> Report:
    """A sample of blood, as the laboratory reports it.

    Parameters
    ----------
    patient, chart
        Whose, and what was given.
    drug
        "tacrolimus", "ciclosporin", "sirolimus" or "everolimus".
    drawn_h
        When [h since transplantation].
    true_ng_ml
        The simulated level [ng/mL].
    seed
        Of the case.
    regimen
        After a kidney one of `REGIMENS`: it chooses the range.
    from_line
        Whether it was drawn from the central line: that makes it too high while the drug runs there, and for a time
        after.
    """
    contaminated = from_line and _in_the_line(chart, drug, drawn_h)
    return Report(
        drug=drug,
        drawn_h=drawn_h,
        ng_ml=report_level(true_ng_ml, seed, patient.number, drawn_h, drug, from_line=contaminated),
        timing=timing(chart, drug, drawn_h),
        target=target_range(drug, patient.organ, drawn_h / 24.0, regimen, patient.age_years),
        contaminated=contaminated,
    )


def _in_the_line(chart: Chart, drug: str, at_h: float) -> bool:
    """Whether a line still carries a drug that is, or was lately, given into a vein."""
    lasts_h = _laboratory().contamination.lasts_h
    return any(
        substrate(order.drug) == drug
        and order.route == "iv"
        and order.at_h <= at_h
        and at_h <= (order.times(at_h)[-1] if not order.infusion and order.times(at_h) else order.ends_h) + lasts_h
        for order in chart.orders
    )
