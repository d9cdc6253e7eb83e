"""Other illnesses of the brain: fixed time curves, so that treating them as PRES leaves them as they are."""

from __future__ import annotations

import math

import numpy as np

from pres_teach.physiology.filters import Series
from pres_teach.physiology.parameters import parameters

__all__ = ["course_of"]


def course_of(
    diagnosis: str, time_h: Series, onset_h: float, volume_ml: Series | float
) -> tuple[Series, Series, Series]:
    """Activity (0 to 1), volume and restricted volume of another illness; no chart changes it.

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

    Returns
    -------
    tuple of ndarray
        Each (T,) or (T, n): activity, volume [mL], restricted volume [mL].
    """
    p = parameters()
    rise_h, stays_h, half_life_h, activity_at_peak = (
        p.table(name)[diagnosis] for name in ("other_rise_h", "other_stays_h", "other_half_life_h", "other_activity")
    )
    since = np.maximum(time_h - onset_h, 0.0)
    grown = 1.0 - np.exp(-since / rise_h)
    kept = np.exp(-math.log(2.0) * np.maximum(since - stays_h, 0.0) / half_life_h)
    shape = grown * kept
    activity = np.where(since > 0, activity_at_peak * kept, 0.0)
    if isinstance(volume_ml, np.ndarray):
        shape, activity = shape[:, None], np.repeat(activity[:, None], len(volume_ml), axis=1)
    volume = p.table("other_volume_share")[diagnosis] * volume_ml * shape
    return activity, volume, p.table("other_restricted")[diagnosis] * volume
