"""Exposure, the three drivers and the injury of the blood-brain barrier."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pres_teach.physiology.filters import Series, relax
from pres_teach.physiology.illness import Illness
from pres_teach.physiology.parameters import parameters

__all__ = ["exposure", "exposure_drive", "injury", "pressure_drive", "systemic_drive"]


def exposure(levels_ng_ml: Mapping[str, Series], step_h: float) -> Series:
    """Exposure to all calcineurin inhibitors together, smoothed, (T,); 1 for an ordinary level.

    Parameters
    ----------
    levels_ng_ml
        Whole-blood levels of "tacrolimus" and "ciclosporin", each (T,) [ng/mL].
    """
    p = parameters().group("exposure")
    reference = {"tacrolimus": p.tacrolimus_reference_ng_ml, "ciclosporin": p.ciclosporin_reference_ng_ml}
    total = sum(level / reference[drug] for drug, level in levels_ng_ml.items())
    return relax(np.asarray(total, dtype=float), 1.0 / p.smoothing_h, step_h, start=0.0)


def exposure_drive(exposure: Series) -> Series:
    """Part of the drive by exposure: rises steeply, then saturates, (T,)."""
    p = parameters().group("drive")
    square = exposure * exposure
    return p.exposure_scale * square / (square + p.exposure_half**2)


def pressure_drive(mean_mmhg: Series, baseline_mmhg: float) -> Series:
    """Part of the drive by pressure above the patient's own baseline, (T,)."""
    result: Series = np.maximum(mean_mmhg / baseline_mmhg - 1.0, 0.0) / parameters().group("drive").pressure_scale
    return result


def systemic_drive(illness: Illness, time_h: Series, steroid_mg_day: Series) -> Series:
    """Part of the drive by infection, rejection and steroid pulses, (T,)."""
    p = parameters().group("drive")
    target = np.maximum(steroid_mg_day - p.pulse_from_mg_day, 0.0) / p.pulse_scale_mg_day
    for _, from_h, until_h, size in illness.systemic:
        target = target + size * ((time_h >= from_h) & (time_h < until_h))
    return relax(target, 1.0 / p.systemic_time_h, float(time_h[1] - time_h[0]))


def injury(drive: Series, step_h: float) -> Series:
    """Injury follows drive within hours, (T,) or (T, n)."""
    return relax(drive, 1.0 / parameters().group("drive").injury_time_h, step_h, start=0.0)
