"""What comes of disregarding a warning of the formulary, each with its hazard and in plain words."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator
from ruamel.yaml import YAML

from pres_teach.patient import Chart, Patient, stream
from pres_teach.physiology.filters import Series

__all__ = ["Applied", "Consequence", "applied", "consequences", "threshold"]

Words = Annotated[str, Field(min_length=1)]
_DOSE_H = 24.0


class Consequence(BaseModel):
    """One warning with what comes of it; fields as in consequences.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    drugs: tuple[Words, ...] = Field(min_length=1)
    with_drugs: tuple[Words, ...] = ()
    after_drugs: tuple[Words, ...] = ()
    organs: tuple[Words, ...] = ()
    ebv: tuple[Words, ...] = ()
    days_below: PositiveFloat | None = None
    within_h: PositiveFloat | None = None
    stops_after_h: PositiveFloat | None = None
    acts_h: PositiveFloat = _DOSE_H
    becomes: Literal["event", "rejection", "creatinine"]
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    over_days: PositiveFloat | None = None
    factor: Annotated[float, Field(ge=1)] | None = None
    range: tuple[float, float] | None = None
    size: Literal["published", "illustrative"]
    claims: tuple[Words, ...] = Field(min_length=1)
    text: Words
    why: Words

    @model_validator(mode="after")
    def _whole(self) -> Consequence:
        number = self.factor if self.becomes == "creatinine" else self.share
        if number is None or (self.share is None) != (self.over_days is None):
            raise ValueError(
                '"share": goes with "over_days", and a rise of creatinine has a "factor" instead; '
                "received neither or one of two; complete it"
            )
        if self.size == "illustrative" and (self.range is None or not self.range[0] <= number <= self.range[1]):
            raise ValueError(
                f'"range": an illustrative size needs one that holds it; received {self.range} for {number:g}; '
                "correct it"
            )
        return self

    @property
    def per_h(self) -> float:
        """Hazard while it holds; zero of what only raises creatinine [1/h]."""
        if self.share is None or self.over_days is None:
            return 0.0
        return -math.log1p(-self.share) / (24.0 * self.over_days)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    consequences: Mapping[str, Consequence]


@dataclass(frozen=True)
class Applied:
    """A consequence that a chart brings upon a patient, and where it holds, (T,)."""

    name: str
    what: Consequence
    holds: NDArray[np.bool_]

    @property
    def hazard_per_h(self) -> Series:
        """Of its event, (T,) [1/h]."""
        return np.where(self.holds, self.what.per_h, 0.0)


@functools.cache
def consequences() -> Mapping[str, Consequence]:
    """All of them by name, read once."""
    text = resources.files("pres_teach.physiology").joinpath("consequences.yaml").read_text(encoding="utf-8")
    return _File.model_validate(YAML(typ="safe", pure=True).load(text)).consequences


def _spans(chart: Chart, drugs: tuple[str, ...], acts_h: float, last_h: float) -> list[tuple[float, float]]:
    """From when until when each order of these drugs acts [h]."""
    found = []
    for drug in drugs:
        for order in chart.of(drug):
            given = order.times(last_h)
            if order.infusion:
                found.append((order.at_h, order.ends_h))
            elif given:
                found.append((given[0], given[-1] + acts_h))
    return found


def _acting(spans: list[tuple[float, float]], time_h: Series) -> NDArray[np.bool_]:
    on = np.zeros(len(time_h), dtype=bool)
    for from_h, until_h in spans:
        on |= (time_h >= from_h - 1e-9) & (time_h < until_h)
    return on


def _stopped(chart: Chart, what: Consequence, time_h: Series) -> NDArray[np.bool_]:
    """For a while after a stop of what was taken for long."""
    on = np.zeros(len(time_h), dtype=bool)
    for drug in what.drugs:
        orders = sorted((o for o in chart.of(drug) if not o.single), key=lambda order: order.at_h)
        begun, end = None, -math.inf
        for order in [*orders, None]:
            # Orders that follow each other within a day are one course.
            if begun is not None and (order is None or order.at_h > end + _DOSE_H):
                if math.isfinite(end) and end - begun >= (what.stops_after_h or 0.0):
                    until = end + _DOSE_H + what.acts_h
                    until = min(until, order.at_h) if order is not None else until
                    on |= (time_h >= end + _DOSE_H) & (time_h < until)
                begun = None
            if order is not None:
                begun = order.at_h if begun is None else begun
                end = max(end, order.ends_h)
    return on


def applied(patient: Patient, chart: Chart, time_h: Series) -> Iterator[Applied]:
    """The consequences that a chart brings upon a patient, with where they hold."""
    ordered = {order.drug for order in chart.orders}
    last_h = float(time_h[-1]) + 1e-9
    for name, what in consequences().items():
        if not ordered.intersection(what.drugs) or (what.organs and patient.organ not in what.organs):
            continue
        if (what.with_drugs and not ordered.intersection(what.with_drugs)) or (
            what.ebv and patient.ebv not in what.ebv
        ):
            continue
        if what.stops_after_h is not None:
            holds = _stopped(chart, what, time_h)
        else:
            spans = _spans(chart, what.drugs, what.acts_h, last_h)
            if not spans:
                continue
            first_h = min(from_h for from_h, _ in spans)
            if what.after_drugs and not any(
                order.at_h < first_h for drug in what.after_drugs for order in chart.of(drug)
            ):
                continue
            holds = _acting(spans, time_h)
            if what.within_h is not None:
                holds &= time_h < first_h + what.within_h
            if what.with_drugs:
                holds &= _acting(_spans(chart, what.with_drugs, _DOSE_H, last_h), time_h)
        if what.days_below is not None:
            holds &= time_h < 24.0 * what.days_below
        if holds.any():
            yield Applied(name, what, holds)


def threshold(number: int, seed: int, name: str) -> float:
    """Cumulated hazard at which it comes to this patient: drawn by name, so that no other draw moves it."""
    return float(stream(seed, number, f"consequence {name}").standard_exponential())
