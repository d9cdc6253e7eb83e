"""Leak of the barrier, oedema, its restricted part, and what is felt of it."""

from __future__ import annotations

import math

import numpy as np

from pres_teach.physiology.filters import Series, on_and_off, recurrence, relax, running_hours
from pres_teach.physiology.parameters import parameters

__all__ = ["leak", "restricted", "strength", "volume"]


def leak(injury: Series, threshold: Series | float) -> Series:
    """How fast the barrier leaks, 0 to 1, from the injury over the own threshold, (T,) or (T, n)."""
    p = parameters().group("oedema")
    above = np.maximum(injury / threshold - p.leak_from, 0.0)
    result: Series = above / (above + p.leak_half)
    return result


def volume(
    leak: Series, volume_ml: Series | float, fill_per_h: Series | float, half_life_h: Series | float, step_h: float
) -> Series:
    """Oedema: dO/dt = fill leak (largest - O) - ln 2 / half-life O, exact for a leak held over each step [mL]."""
    clear = math.log(2.0) / half_life_h
    fill = fill_per_h * leak
    rate = fill + clear
    decay = np.exp(-rate * step_h)
    return recurrence(decay, fill * volume_ml / rate * (1.0 - decay))


def restricted(
    volume: Series, volume_ml: Series | float, own_share: Series | float, remnant: Series | float, step_h: float
) -> Series:
    """Part of the oedema with restricted diffusion; most of it goes with the oedema, a remnant may stay [mL]."""
    p = parameters().group("oedema")
    crowded = running_hours(volume > p.crowded_share * volume_ml, step_h) > p.crowded_after_h
    # The share can only grow: tissue that was crowded for long does not forget it.
    grown = np.maximum.accumulate(relax(crowded.astype(float), 1.0 / p.crowded_time_h, step_h, start=0.0), axis=0)
    share = np.minimum(own_share + p.crowded_restricted * grown, 1.0)
    now = share * volume
    result: Series = np.maximum(now, remnant * np.maximum.accumulate(now, axis=0))
    return result


def strength(leak: Series, volume: Series, volume_ml: float, fades_h: float, step_h: float) -> Series:
    """How strongly it is felt, 0 to 1, by one patient: follows the leak, fades over days, ahead of the scan, (T,).

    Parameters
    ----------
    fades_h
        Time constant of fading [h].
    """
    p = parameters().group("symptoms")
    irritated = on_and_off(leak, 3.0 * p.rises_h, 3.0 * fades_h, step_h)
    felt = p.by_leak * irritated + p.by_oedema * np.maximum(volume - p.silent_ml, 0.0) / volume_ml
    result: Series = 1.0 - np.exp(-felt)
    return result
