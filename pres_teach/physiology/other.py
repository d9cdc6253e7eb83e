"""Other illnesses of the brain: a course of their own, changed by their own treatment and by none of PRES.

Illustrative throughout: growth and natural course stand in parameters.yaml, the right treatment in remedies.yaml.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from importlib import resources
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator
from ruamel.yaml import YAML

from pres_teach.patient import Chart
from pres_teach.physiology.filters import Series, on_and_off, recurrence, relax
from pres_teach.physiology.parameters import parameters

__all__ = ["RightTreatment", "course_of", "harm_of", "right_treatments", "treated"]

Words = Annotated[str, Field(min_length=1)]
# A single dose, and the last dose of a course, count for this long [h].
_DOSE_H = 24.0


class RightTreatment(BaseModel):
    """What treats one illness that is not PRES, and its course then; illustrative, fields as in remedies.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    treatment: Words
    drugs: tuple[Words, ...] = ()
    stops: Literal["tacrolimus", "inhibitors", "cover"] | None = None
    below: Annotated[float, Field(gt=0, le=1)] | None = None
    within_h: PositiveFloat | None = None
    onset_h: PositiveFloat
    half_life_h: PositiveFloat
    harm_per_h: Annotated[float, Field(ge=0)]
    source: Words
    reasoning: Words

    @model_validator(mode="after")
    def _both(self) -> RightTreatment:
        if (self.stops is None) != (self.below is None):
            raise ValueError('"below": goes together with "stops"; received one of the two; give both or neither')
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    support: Literal["illustrative"]
    remedies: Mapping[str, RightTreatment]


@functools.cache
def right_treatments() -> Mapping[str, RightTreatment]:
    """The right treatment of each diagnosis but PRES, read once."""
    text = resources.files("pres_teach.physiology").joinpath("remedies.yaml").read_text(encoding="utf-8")
    return _File.model_validate(YAML(typ="safe", pure=True).load(text)).remedies


def treated(
    diagnosis: str,
    chart: Chart,
    time_h: Series,
    onset_h: float,
    tacrolimus_ng_ml: Series,
    exposure: Series,
    cover: Series,
    needed: Series,
) -> Series:
    """How far an illness is treated rightly, 0 to 1, (T,): by its drugs, or by what was taken away.

    Parameters
    ----------
    diagnosis
        One of `illness.DIAGNOSES` but PRES.
    tacrolimus_ng_ml, exposure, cover, needed
        Of the setting, each (T,); level in [ng/mL].
    """
    right = right_treatments()[diagnosis]
    step = float(time_h[1] - time_h[0])
    on = np.zeros(len(time_h), dtype=bool)
    for drug in right.drugs:
        for order in chart.of(drug):
            ends = order.at_h + _DOSE_H if order.single else order.ends_h
            if right.within_h is not None:
                ends = np.inf  # what was done in time stays done
            if right.within_h is None or order.at_h <= onset_h + right.within_h:
                on |= (time_h >= order.at_h - 1e-9) & (time_h < ends)
    if right.stops is not None and right.below is not None:
        k = min(int(np.searchsorted(time_h, onset_h - 1e-9)), len(time_h) - 1)
        level = relax(tacrolimus_ng_ml, 1.0 / _DOSE_H, step, start=0.0)
        judged: dict[str, tuple[Series, Series | float]] = {
            "tacrolimus": (level, max(float(level[k]), 1e-9)),
            "inhibitors": (exposure, 1.0),
            "cover": (cover, needed),
        }
        held, usual = judged[right.stops]
        on |= held <= right.below * usual
    on &= time_h >= onset_h - 1e-9
    return on_and_off(on.astype(float), right.onset_h, right.onset_h, step)


def course_of(
    diagnosis: str, time_h: Series, onset_h: float, volume_ml: Series | float, treated: Series | float = 0.0
) -> tuple[Series, Series, Series]:
    """Activity (0 to 1), volume and restricted volume of another illness.

    It grows towards its size, dV/dt = (1 - treated) (size - V) / rise, and clears, dV/dt = - ln 2 V / half-life: of
    itself after its time at the height, and with another half-life as far as it is treated.

    Parameters
    ----------
    diagnosis
        One of `illness.DIAGNOSES` but PRES.
    time_h
        (T,) [h].
    onset_h
        [h since transplantation].
    volume_ml
        Largest volume, a number or (n,) [mL].
    treated
        How far it is treated rightly, 0 to 1, (T,).

    Returns
    -------
    tuple of ndarray
        Each (T,) or (T, n): activity, volume [mL], restricted volume [mL].
    """
    p = parameters()
    rise_h, stays_h, half_life_h, activity_at_peak = (
        p.table(name)[diagnosis] for name in ("other_rise_h", "other_stays_h", "other_half_life_h", "other_activity")
    )
    step = float(time_h[1] - time_h[0])
    since = time_h - onset_h
    sick = since >= -1e-9
    right = right_treatments()[diagnosis]
    by = np.broadcast_to(treated, time_h.shape)
    grows = np.where(sick & (since <= stays_h), (1.0 - by) / rise_h, 0.0)
    clears = math.log(2.0) * np.where(sick, by / right.half_life_h + (since > stays_h) * (1.0 - by) / half_life_h, 0.0)
    rate = grows + clears
    decay = np.exp(-rate * step)
    gain = np.divide(grows, rate, out=np.zeros_like(rate), where=rate > 0) * (1.0 - decay)
    shape = recurrence(decay, gain)
    # Irritation is there at once and goes as the illness clears.
    activity = np.where(sick, activity_at_peak * np.exp(-np.cumsum(clears) * step), 0.0)
    if isinstance(volume_ml, np.ndarray):
        shape, activity = shape[:, None], np.repeat(activity[:, None], len(volume_ml), axis=1)
    volume = p.table("other_volume_share")[diagnosis] * volume_ml * shape
    return activity, volume, p.table("other_restricted")[diagnosis] * volume


def harm_of(diagnosis: str, time_h: Series, onset_h: float, treated: Series) -> Series:
    """Harm rate of the illness itself, by its size, less as far as it is treated, (T,) [1/h]."""
    rise_h = parameters().table("other_rise_h")[diagnosis]
    grown = 1.0 - np.exp(-np.maximum(time_h - onset_h, 0.0) / rise_h)
    lasts = np.where(time_h - onset_h <= parameters().table("other_stays_h")[diagnosis], 1.0, 0.0)
    result: Series = right_treatments()[diagnosis].harm_per_h * grown * lasts * (1.0 - treated)
    return result
