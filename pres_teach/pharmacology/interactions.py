"""What other drugs do to the bioavailability and the clearance of a calcineurin inhibitor, in steps of time.

Each interacting drug has a strength between 0 and 1 that rises towards its daily dose's share while it is given and
fades by a half-life once it is not. Its factors are taken to that power, and the factors of several drugs multiplied:
additive on the log scale, an assumption. The strength is held constant over short steps, so that levels stay exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pres_teach.patient import Chart, Order, Patient

from .formulary import Drug, Interaction, formulary

__all__ = ["Effect", "effect", "strength"]

Floats = NDArray[np.float64]

# One dose that is not repeated acts like a day of treatment.
SINGLE_DOSE_LASTS_H = 24.0
STEPS_PER_ONSET = 8
STEPS_PER_HALF_LIFE = 4
# Onset is exponential and 95 % complete at onset_h, hence a rate of 3 / onset_h.
ONSET_RATE = 3.0
# What is left of the way after this many time constants is dropped.
SETTLED = 4.0
REFERENCE_CREATININE, MOST_RENAL = 100.0, 4.0


@dataclass(frozen=True)
class Effect:
    """Factors on bioavailability and clearance from each time in `from_h` on.

    Parameters
    ----------
    from_h
        Starts of the steps, rising, shape (S,) [h].
    gut, clearance
        Factors, shape (S, B); B runs over the members of the band.
    main
        Which member of the band is the value itself.
    drugs
        The interacting drugs that were ever ordered.
    """

    from_h: Floats
    gut: Floats
    clearance: Floats
    main: int
    drugs: tuple[str, ...]


def _half_life_h(interaction: Interaction, patient: Patient) -> float:
    if not interaction.renal:
        return interaction.half_life_h
    renal = patient.creatinine_umol_l / REFERENCE_CREATININE
    return interaction.half_life_h * min(max(renal, 1.0), MOST_RENAL)


def _end(order: Order) -> float:
    return order.at_h + SINGLE_DOSE_LASTS_H if order.single else order.ends_h


def strength(drug: Drug, interaction: Interaction, patient: Patient, chart: Chart) -> tuple[list[float], list[float]]:
    """Strength of one drug's effect over time, as steps.

    Steps before a time depend only on orders before that time.

    Returns
    -------
    tuple of list
        Starts of the steps [h] and the strength from there on, 0 to 1; empty when it was never ordered.
    """
    orders = chart.of(drug.name)
    bounds = sorted({order.at_h for order in orders} | {end for order in orders if (end := _end(order)) < math.inf})
    rise = ONSET_RATE / interaction.onset_h
    half_life = _half_life_h(interaction, patient)
    fall = math.log(2.0) / half_life
    times: list[float] = []
    values: list[float] = []
    now = 0.0
    for start, stop in zip(bounds, [*bounds[1:], math.inf], strict=True):
        per_day = sum(drug.per_day(order, patient) for order in orders if order.at_h <= start < _end(order))
        target = interaction.strength(per_day) if per_day > 0 else 0.0
        rate, width = (rise, interaction.onset_h / STEPS_PER_ONSET)
        if target < now:
            rate, width = (fall, half_life / STEPS_PER_HALF_LIFE)
        steps = math.ceil(SETTLED / (rate * width)) if target != now else 0
        for step in range(steps):
            at = start + step * width
            if at >= stop:
                break
            times.append(at)
            values.append(target + (now - target) * math.exp(-rate * (step + 0.5) * width))
        settled_h = start + steps * width
        if settled_h < stop:
            times.append(settled_h)
            values.append(target)
            now = target
        else:
            now = target + (now - target) * math.exp(-rate * (stop - start))
    return times, values


def effect(
    patient: Patient,
    chart: Chart,
    on: str = "tacrolimus",
    *,
    band: bool = True,
    without: frozenset[tuple[str, str]] = frozenset(),
) -> Effect:
    """All interacting drugs of a chart together.

    Parameters
    ----------
    patient, chart
        Whose, and what was ordered.
    on
        "tacrolimus" or "ciclosporin".
    band
        Whether to carry the other (gut, clearance) pairs along.
    without
        Parts left out, as (drug, "gut") or (drug, "clearance").

    Returns
    -------
    Effect
        With one step and factors of 1 when nothing interacts.
    """
    found: list[tuple[Drug, Interaction, Floats, Floats]] = []
    ordered = {order.drug for order in chart.orders}
    for drug in formulary().drugs:
        if drug.name not in ordered:
            continue
        for interaction in drug.interactions:
            if interaction.on == on:
                steps = strength(drug, interaction, patient, chart)
                found.append((drug, interaction, np.array(steps[0]), np.array(steps[1])))
    if not found:
        one = np.ones((1, 1))
        return Effect(np.array([0.0]), one, one, 0, ())
    start = np.array([min(float(times[0]) for *_, times, _ in found) - 1.0])
    from_h = np.unique(np.concatenate((start, *(times for *_, times, _ in found))))
    size = max((len(interaction.pairs) or 1) for _, interaction, _, _ in found) if band else 1
    log_gut, log_clearance = np.zeros((from_h.size, size)), np.zeros((from_h.size, size))
    main = 0
    for drug, interaction, starts, values in found:
        held = np.searchsorted(starts, from_h, side="right") - 1
        now = np.where(held >= 0, values[np.maximum(held, 0)], 0.0)[:, None]
        pairs = np.array([(interaction.gut, interaction.clearance)])
        if band and interaction.pairs:
            pairs = np.array(interaction.pairs)
            main = interaction.pairs.index((interaction.gut, interaction.clearance))
        share = interaction.expresser_share if patient.expresser else 1.0
        if (drug.name, "gut") not in without:
            log_gut += now * np.log(pairs[:, 0])
        if (drug.name, "clearance") not in without:
            log_clearance += now * share * np.log(pairs[:, 1])
    return Effect(from_h, np.exp(log_gut), np.exp(log_clearance), main, tuple(drug.name for drug, *_ in found))
