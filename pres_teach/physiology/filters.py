"""First-order filters on a uniform grid, written once for one patient (time) and for many (time, patients).

Every filter is causal: its value at a grid point depends on what lies before it, never on what follows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Series",
    "active_dose",
    "daily_dose",
    "on_and_off",
    "recurrence",
    "relax",
    "running_hours",
    "window_minimum",
]

Series = NDArray[np.float64]

# Two times closer than this are one grid point: dosing times are sums of floats.
SAME_TIME_H = 1e-6
# Length of a block of a slow decay, and how small its last power may be before sums lose figures.
_BLOCK = 64
_SMALLEST = 1e-6


def recurrence(decay: Series | float, gain: Series, start: Series | float = 0.0) -> Series:
    """Solve x[k+1] = decay[k] x[k] + gain[k] from x[0] = start.

    Parameters
    ----------
    decay
        Factor of each step, a number or as `gain`.
    gain
        (T,) or (T, n).
    start
        A number or (n,).

    Returns
    -------
    ndarray
        As `gain`.
    """
    if gain.ndim == 1 and isinstance(decay, float) and decay**_BLOCK > _SMALLEST and len(gain) > _BLOCK:
        return _in_blocks(decay, gain, float(start))
    if gain.ndim == 1:
        gains = gain[:-1].tolist()
        if isinstance(decay, float):
            factor = decay
            return np.fromiter(
                itertools.accumulate(gains, lambda x, g: x * factor + g, initial=float(start)), float, len(gain)
            )
        factors = np.broadcast_to(decay, gain.shape)[:-1].tolist()
        values = [float(start)]
        x = values[0]
        for factor, g in zip(factors, gains, strict=True):
            x = x * factor + g
            values.append(x)
        return np.array(values)
    result = np.empty_like(gain)
    row = np.broadcast_to(np.asarray(start, dtype=float), gain.shape[1:]).copy()
    result[0] = row
    rows = decay if isinstance(decay, np.ndarray) and decay.ndim == 2 else None
    for k in range(len(gain) - 1):
        row = row * (rows[k] if rows is not None else decay) + gain[k]
        result[k + 1] = row
    return result


def _in_blocks(decay: float, gain: Series, start: float) -> Series:
    """The same for one slow decay: inside a block x[j] decay**-j is a running sum; each block hands on its last value.

    Blocks begin at the same grid points however long the series is, so that nothing depends on what follows.
    """
    blocks = -(-len(gain) // _BLOCK)
    padded = np.zeros(blocks * _BLOCK)
    padded[: len(gain)] = gain
    powers = decay ** np.arange(1.0, _BLOCK + 1.0)
    grown = np.cumsum(padded.reshape(blocks, _BLOCK) / powers, axis=1) * powers
    begins, x, whole = [], start, float(powers[-1])
    for added in grown[:, -1].tolist():
        begins.append(x)
        x = x * whole + added
    after = grown + np.array(begins)[:, None] * powers
    result = np.empty(len(gain))
    result[0] = start
    result[1:] = after.reshape(-1)[: len(gain) - 1]
    return result


def relax(target: Series, rate: Series | float, step_h: float, start: Series | float | None = None) -> Series:
    """First-order approach to a target held over each step: exact for dx/dt = rate (target - x).

    Parameters
    ----------
    target
        (T,) or (T, n).
    rate
        A number, or as `target` [1/h].
    step_h
        Grid step [h].
    start
        First value; None starts at rest on the first target.
    """
    decay: Series | float = math.exp(-rate * step_h) if isinstance(rate, (int, float)) else np.exp(-rate * step_h)
    return recurrence(decay, target * (1.0 - decay), target[0] if start is None else start)


def active_dose(
    times: Sequence[float], amounts: Sequence[float], time_h: Series, onset_h: float, offset_h: float
) -> Series:
    """Amount that acts, after doses that come on and wear off with one time constant each, exact at grid points.

    Parameters
    ----------
    times, amounts
        Doses [h, any unit].
    time_h
        Uniform grid (T,) [h].
    onset_h, offset_h
        Time constants [h].

    Returns
    -------
    ndarray
        (T,), in the unit of the amounts; a single dose peaks below its amount.
    """
    step = float(time_h[1] - time_h[0])
    on = 1.0 / onset_h
    off = 1.0 / offset_h
    if abs(on - off) < 1e-6 * on:
        off *= 1.0 - 1e-5  # the closed form has a removable singularity there
    start, size = float(time_h[0]), len(time_h)
    waiting, acting = np.zeros(size), np.zeros(size)
    for at_h, amount in zip(times, amounts, strict=True):
        k = max(math.ceil((at_h - start - SAME_TIME_H) / step), 0)
        if k >= size:
            continue
        lag = max(start + k * step - at_h, 0.0)
        waiting[k] += amount * math.exp(-on * lag)
        acting[k] += amount * on / (on - off) * (math.exp(-off * lag) - math.exp(-on * lag))
    keep_on, keep_off = math.exp(-on * step), math.exp(-off * step)
    # Doses enter at a grid point, so they belong to the step that leads up to it.
    depot = recurrence(keep_on, np.append(waiting[1:], 0.0), float(waiting[0]))
    passed = depot * (on / (on - off) * (keep_off - keep_on))
    return recurrence(keep_off, passed + np.append(acting[1:], 0.0), float(acting[0]))


def daily_dose(times: Sequence[float], amounts: Sequence[float], every_h: Sequence[float], time_h: Series) -> Series:
    """Dose per day as it is given: each dose counts from its time for one interval.

    Parameters
    ----------
    times, amounts, every_h
        Doses and the interval each of them covers [h, any unit, h].
    time_h
        Uniform grid (T,) [h].

    Returns
    -------
    ndarray
        (T,) [unit of the amounts per day].
    """
    step = float(time_h[1] - time_h[0])
    change = np.zeros(len(time_h) + 1)
    last = len(time_h)
    for at_h, amount, interval in zip(times, amounts, every_h, strict=True):
        rate = amount * 24.0 / interval
        begin = math.ceil((at_h - time_h[0] - SAME_TIME_H) / step)
        end = math.ceil((at_h + interval - time_h[0] - SAME_TIME_H) / step)
        change[min(max(begin, 0), last)] += rate
        change[min(max(end, 0), last)] -= rate
    dose = np.cumsum(change[:-1])
    return np.where(dose < 1e-9, 0.0, dose)  # sums of floats do not cancel to zero


def on_and_off(part: Series, onset_h: float, offset_h: float, step_h: float) -> Series:
    """An effect that comes on and goes off at different paces, (T,).

    Parameters
    ----------
    part
        Dose as a share of the usual one, (T,).
    onset_h, offset_h
        Until 95 % of it is there, until 5 % is left: three time constants each [h].
    """
    result = np.empty(len(part))
    on, off = (1.0 - math.exp(-3.0 * step_h / hours) for hours in (onset_h, offset_h))
    x = 0.0
    for k, target in enumerate(part.tolist()):
        result[k] = x
        x += (target - x) * (on if target > x else off)
    return result


def running_hours(condition: NDArray[np.bool_], step_h: float) -> Series:
    """Hours for which a condition has held without a break, (T,) or (T, n) [h]."""
    count = np.cumsum(condition, axis=0, dtype=float)
    broken = np.maximum.accumulate(np.where(condition, 0.0, count), axis=0)
    return (count - broken) * step_h


def window_minimum(values: Series, hours: float, step_h: float) -> Series:
    """Smallest value over the hours up to and including each grid point, (T,) [as `values`]."""
    steps = round(hours / step_h)
    padded = np.concatenate([np.full(steps, values[0]), values])
    result: Series = np.lib.stride_tricks.sliding_window_view(padded, steps + 1).min(axis=1)
    return result
