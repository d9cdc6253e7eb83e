"""Hypoperfusion and the other harms, summed into a lasting deficit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pres_teach.patient import Patient
from pres_teach.physiology.filters import Series, running_hours, window_minimum
from pres_teach.physiology.parameters import parameters
from pres_teach.physiology.pressure import Pressures
from pres_teach.physiology.seizures import Seizure

__all__ = ["deficit", "hypoperfused", "of_bleed", "of_hypoperfusion", "of_remnant", "of_severe_pressure", "of_status"]

Flags = NDArray[np.bool_]


def hypoperfused(patient: Patient, pressures: Pressures, presenting_mmhg: Series, step_h: float) -> Flags:
    """Where treatment lets the pressure fall too fast or below the patient's own baseline, (T,).

    Adults: more than a quarter of the presenting mean pressure within an hour. Children: more than a quarter of the
    planned reduction (presenting mean to own baseline) within eight hours. Anybody: below the own baseline by more
    than a small margin. A low pressure that no drug has made is none of it.

    Parameters
    ----------
    presenting_mmhg
        Mean pressure at presentation, for each time, (T,) [mmHg].
    """
    p = parameters().group("harm")
    baseline = patient.baseline_map_mmhg
    lowest = baseline * (1.0 - p.below_baseline)
    # Pressure that is low already before treatment is not lowered "below the baseline" by a trace of a drug.
    below = (pressures.mean < lowest) & (pressures.fall > p.trace_mmhg)
    if patient.child:
        fallen = pressures.fall - window_minimum(pressures.fall, p.child_window_h, step_h)
        planned = np.maximum(presenting_mmhg - baseline, 0.0)
        fast = (fallen > p.child_share * planned) & (fallen > p.child_trace_mmhg)
    else:
        fallen = pressures.fall - window_minimum(pressures.fall, p.fast_fall_window_h, step_h)
        fast = fallen > p.fast_fall_share * presenting_mmhg
    result: Flags = below | fast
    return result


def of_hypoperfusion(flags: Flags, step_h: float) -> Series:
    """Harm rate: something at once, then by the hour for some hours of each overshoot, (T,) [1/h]."""
    p = parameters().group("harm")
    hours = running_hours(flags, step_h)
    begins = flags & ~np.concatenate([[False], flags[:-1]])
    rate: Series = np.where(flags & (hours <= p.hypoperfusion_hours), p.hypoperfusion_per_h, 0.0)
    return rate + np.where(begins, p.hypoperfusion_fixed / step_h, 0.0)


def of_severe_pressure(mean_mmhg: Series, baseline_mmhg: float, since_onset_h: Series) -> Series:
    """Harm rate of a severe pressure that is left, (T,) or (T, n) [1/h]."""
    p = parameters().group("harm")
    severe = (mean_mmhg > p.severe_pressure * baseline_mmhg) & (since_onset_h > p.severe_after_h)
    return np.where(severe, p.severe_per_h, 0.0)


def of_bleed(
    mean_mmhg: Series, baseline_mmhg: float, time_h: Series, bleed_h: float | None, haematoma: bool, step_h: float
) -> Series:
    """Harm rate of a haemorrhage and of uncontrolled pressure after it, (T,) [1/h]."""
    rate = np.zeros(len(time_h))
    if bleed_h is None:
        return rate
    p = parameters().group("harm")
    at = int(np.searchsorted(time_h, bleed_h - 1e-9))
    if at < len(time_h):
        rate[at] += p.bleed_fixed * (1.0 if haematoma else p.small_bleed_share) / step_h
    after = (time_h >= bleed_h) & (time_h < bleed_h + p.bleed_hours)
    result: Series = rate + np.where(after & (mean_mmhg > p.bleed_pressure * baseline_mmhg), p.bleed_per_h, 0.0)
    return result


def of_status(time_h: Series, seizures: Sequence[Seizure], step_h: float) -> Series:
    """Harm rate of status that lasts longer than half an hour, (T,) [1/h]."""
    p = parameters().group("harm")
    rate = np.zeros(len(time_h))
    for seizure in seizures:
        if seizure.status:
            begins, ends = seizure.time_h + p.status_after_h, seizure.ends_h
            lasts = np.clip(np.minimum(time_h + step_h, ends) - np.maximum(time_h, begins), 0.0, step_h)
            rate += p.status_per_h * lasts / step_h
    return rate


def of_remnant(restricted_ml: Series, remnant: Series | float, since_onset_h: Series) -> Series:
    """Harm so far of what stays restricted for long, as a sum that never falls, (T,) or (T, n)."""
    p = parameters().group("harm")
    # What still clears with the oedema is not lost: the remnant is where the restricted part comes to rest.
    rest = np.maximum.accumulate(restricted_ml, axis=0) * remnant
    result: Series = np.where(since_onset_h > p.remnant_after_h, p.remnant_per_ml * rest, 0.0)
    return result


def deficit(rate_per_h: Series, standing: Series | float, step_h: float) -> Series:
    """Accumulated harm, 0 to 1, saturating, (T,) or (T, n).

    Parameters
    ----------
    rate_per_h
        Sum of the harm rates [1/h].
    standing
        Harm that is already a sum.
    """
    total = np.cumsum(rate_per_h, axis=0) * step_h + standing
    result: Series = 1.0 - np.exp(-total)
    return result
