"""Trough, peak and AUC of many members at once, from the same exact solution as the levels, without their series."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .propagation import NO_INFUSION, Curves, Events, Floats, Infusion, Rates, System, amounts, balance_of, states_of

__all__ = ["Exposure", "exposure"]

# Places between two events at which a peak is looked for, denser after the dose; Newton's steps do the rest.
LOOKED_AT, NEWTON_STEPS = 24, 4
# Here eight of sixteen digits are enough: beyond this gain a member is computed by the propagator.
LARGEST_GAIN = 1e8
# So far its transit rate is moved away to find about where its peak lies; there the true curve is looked at closely.
MOVED = 1.003
AROUND_H = np.linspace(-0.2, 0.2, 201)


class Exposure(NamedTuple):
    """Exposure of B members; AUC of the central compartment.

    Parameters
    ----------
    trough
        Shape (B, K) [ng/mL].
    peak, peak_h
        Highest level and when, shape (B,) [ng/mL], [h].
    auc
        Shape (B,) [ng h/mL].
    """

    trough: Floats
    peak: Floats
    peak_h: Floats
    auc: Floats


def exposure(
    system: System,
    trough_h: ArrayLike,
    until_h: float,
    dose_h: ArrayLike,
    dose_mg: ArrayLike,
    infusion: Infusion = NO_INFUSION,
) -> Exposure:
    """Troughs at some times, and peak and AUC until an end.

    Parameters
    ----------
    system
        Parameters of all members.
    trough_h
        Times of the troughs, each before the dose due then, not after the end, shape (K,) [h].
    until_h
        The end [h].
    dose_h, dose_mg, infusion
        As in `concentration`.

    Raises
    ------
    ValueError
        If a trough is asked for after the end.
    """
    troughs = np.atleast_1d(np.asarray(trough_h, dtype=float))
    if (troughs > until_h).any():
        raise ValueError(
            f'"trough_h": must not lie after the end ({until_h:g} h); received {troughs.max():g} h; move the end'
        )
    times = np.atleast_1d(np.asarray(dose_h, dtype=float))
    mg = np.asarray(dose_mg, dtype=float)
    mg = np.broadcast_to(mg[:, None] if mg.ndim == 1 else mg, (times.size, system.batch))
    # A last event at the end, with nothing given, closes the last stretch.
    events = Events.of(
        system, np.append(times, until_h), np.concatenate((mg, np.zeros((1, system.batch)))), infusion, until_h
    )
    rates = Rates.of(system, events.segment)
    balance = balance_of(system, events, rates)
    states = states_of(system, events, balance)
    lost = rates.loses_digits(system.steps, LARGEST_GAIN)
    if lost.any():
        rates = replace(rates, k=np.where(lost, MOVED * rates.k, rates.k))
    curves = Curves.of(system, events, rates, states, balance)

    auc = np.zeros(system.batch)
    peak, peak_h = np.zeros(system.batch), np.full(system.batch, events.time_h[0])
    total = states.sum(axis=-1)
    for event in range(events.time_h.size - 1):
        length = float(events.time_h[event + 1] - events.time_h[event])
        kept = total[event + 1] - events.mg[event + 1]
        cleared = total[event] + events.mg_per_h[event] * length - kept
        auc += 1000.0 * cleared / system.cl_l_per_h[events.segment[event]]
        tau = _top(curves, event, length)
        top = curves.one(event, tau)
        higher = top > peak
        peak[higher], peak_h[higher] = top[higher], events.time_h[event] + tau[higher]

    before = np.searchsorted(events.time_h, troughs, side="left") - 1
    found = np.zeros((system.batch, troughs.size))
    for place, event in enumerate(before.tolist()):
        if event >= 0:
            found[:, place] = curves.one(event, np.full(system.batch, troughs[place] - events.time_h[event]))

    for member in np.flatnonzero(lost.any(axis=0)).tolist():
        _exactly(system, member, troughs, (times, mg[:, member], infusion), found, peak, peak_h)
    return Exposure(found, peak, peak_h, auc)


def _top(curves: Curves, event: int, length: float) -> Floats:
    """When each member's curve is highest between two events, counted from the first, shape (B,) [h]."""
    grid = length * (np.arange(LOOKED_AT + 1) / LOOKED_AT) ** 2
    best = np.argmax(curves.one(event, grid[:, None]), axis=0)
    tau = grid[best]
    low, high = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, LOOKED_AT)]
    for _ in range(NEWTON_STEPS):
        slope, bend = curves.slopes(event, tau)
        step = np.where(bend < 0.0, -slope / np.where(bend < 0.0, bend, -1.0), 0.0)
        tau = np.minimum(np.maximum(tau + step, low), high)
    top: Floats = tau
    return top


def _exactly(
    system: System,
    member: int,
    trough_h: Floats,
    given: tuple[Floats, Floats, Infusion],
    trough: Floats,
    peak: Floats,
    peak_h: Floats,
) -> None:
    """Levels of one member by the propagator, the peak around the time that the direct sum found."""
    dose_h, dose_mg, infusion = given
    alone = system.member(member)
    rates = infusion.mg_per_h
    one = Infusion(infusion.from_h, infusion.until_h, rates[:, member] if rates.ndim == 2 else rates)
    times = np.append(trough_h, np.maximum(peak_h[member] + AROUND_H, 0.0))
    central = amounts(alone, times, dose_h, dose_mg, one)[0, :, system.steps]
    level = 1000.0 * central / alone.vc_l[alone.segment(times), 0]
    trough[member], near = level[: trough_h.size], level[trough_h.size :]
    highest = int(near.argmax())
    peak[member], peak_h[member] = near[highest], times[trough_h.size + highest]
