"""What other drugs do to the bioavailability and the clearance of a drug whose level is computed, in steps of time.

Each interacting drug has a strength between 0 and 1 that rises towards its daily dose's share while it is given and
fades by a half-life once it is not. Its two factors are taken to that power. The strength is held constant over short
steps, so that levels stay exact.

Several drugs act on one enzyme, so their loads add up (`combined`): inhibitors share the enzyme's places, inducers make
more of it. That is the rule for reversible inhibitors of one pathway; here it is an assumption.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pres_teach.patient import Chart, Order, Patient

from .drug import Drug, Interaction
from .formulary import formulary_of

__all__ = ["Effect", "combined", "effect", "most_gut", "strength"]

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
        Factors, shape (S, B); the first member is the value itself, the others make the band.
    drugs
        The interacting drugs that were ever ordered.
    """

    from_h: Floats
    gut: Floats
    clearance: Floats
    drugs: tuple[str, ...]


def combined(factors: Floats) -> Floats:
    """Factor of several drugs together from the factor of each, along the last axis.

    Lowering factors add up as 1/f - 1, raising ones as f - 1, and the two meet as a quotient::

        f = (1 + sum(f_i - 1 for f_i > 1)) / (1 + sum(1 / f_i - 1 for f_i < 1))

    One drug alone keeps its factor. Two lower the clearance more than either alone, and less than their product.
    """
    raised = np.where(factors > 1.0, factors - 1.0, 0.0).sum(axis=-1)
    lowered = np.where(factors < 1.0, 1.0 / factors - 1.0, 0.0).sum(axis=-1)
    together: Floats = (1.0 + raised) / (1.0 + lowered)
    return together


def most_gut(patient: Patient, chart: Chart, on: str) -> float:
    """Largest factor on the bioavailability: no more than the whole dose can reach the blood; infinite if not known."""
    share = formulary_of(chart).drug(on).bioavailability
    if share is None:
        return math.inf
    return 1.0 / (share.share * (share.expresser_factor if patient.expresser else 1.0))


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
    if not orders:
        return [], []
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
    model: str = "",
    band: bool = True,
    without: frozenset[tuple[str, str]] = frozenset(),
) -> Effect:
    """All interacting drugs of a chart together.

    Parameters
    ----------
    patient, chart
        Whose, and what was ordered.
    on
        The drug whose level is meant.
    model
        Id of the model of that level: a size found in its own patients takes the place of the general one.
    band
        Whether to carry the other (gut, clearance) pairs along, those of one drug at a time.
    without
        Parts left out, as (drug, "gut") or (drug, "clearance").

    Returns
    -------
    Effect
        With one step and factors of 1 when nothing interacts.
    """
    ordered = {order.drug for order in chart.orders}
    found = []
    for drug in formulary_of(chart).drugs:
        if drug.name in ordered and (interaction := drug.interaction(on, model)) is not None:
            steps = strength(drug, interaction, patient, chart)
            found.append((drug, interaction, np.array(steps[0]), np.array(steps[1])))
    if not found:
        one = np.ones((1, 1))
        return Effect(np.array([0.0]), one, one, ())
    start = np.array([min(float(times[0]) for *_, times, _ in found) - 1.0])
    from_h = np.unique(np.concatenate((start, *(times for *_, times, _ in found))))
    strengths = np.zeros((from_h.size, 1, len(found)))
    for place, (*_, starts, values) in enumerate(found):
        held = np.searchsorted(starts, from_h, side="right") - 1
        strengths[:, 0, place] = np.where(held >= 0, values[np.maximum(held, 0)], 0.0)
    members = [[(interaction.gut, interaction.clearance) for _, interaction, _, _ in found]]
    for place, (_, interaction, _, _) in enumerate(found if band else ()):
        for pair in interaction.pairs:
            if pair != members[0][place]:
                members.append([*members[0][:place], pair, *members[0][place + 1 :]])
    logs = np.log(np.array(members))
    for place, (drug, interaction, _, _) in enumerate(found):
        if patient.expresser:
            logs[:, place, 1] *= interaction.expresser_share
        for part, name in enumerate(("gut", "clearance")):
            if (drug.name, name) in without:
                logs[:, place, part] = 0.0
    gut = combined(np.exp(strengths * logs[None, :, :, 0]))
    clearance = combined(np.exp(strengths * logs[None, :, :, 1]))
    return Effect(
        from_h,
        np.minimum(gut, most_gut(patient, chart, on)),
        clearance,
        tuple(drug.name for drug, *_ in found),
    )
