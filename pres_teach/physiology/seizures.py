"""Seizures: hazard, protection, the times at which they come, and what ends status."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pres_teach.patient import Chart, Patient
from pres_teach.physiology.acts import acting_doses, acts, amount
from pres_teach.physiology.filters import Series
from pres_teach.physiology.parameters import parameters
from pres_teach.physiology.traits import Traits

__all__ = ["Remedy", "Seizure", "cumulated", "hazard", "of_scar", "protection", "remedies", "seizures"]


@dataclass(frozen=True)
class Seizure:
    """One seizure: from, until, whether it is status, and what ended it ("itself", a drug, "anaesthesia") [h]."""

    time_h: float
    ends_h: float
    status: bool
    ended_by: str


@dataclass(frozen=True)
class Remedy:
    """A dose that can end status: when [h], whether first line, of which drug, and in what share of patients."""

    time_h: float
    first: bool
    drug: str
    works: float


def protection(patient: Patient, chart: Chart, time_h: Series) -> Series:
    """Protection from seizures by all antiseizure drugs together, 0 to 1, (T,)."""
    left = np.ones(len(time_h))
    steepness = parameters().group("antiseizure").steepness
    for act in acts(chart, "seizure"):
        acting = acting_doses(patient, chart, act, time_h)
        left = left * (1.0 - act.get("protection", 0.0) * (1.0 - np.exp(-steepness * acting)))
    result: Series = 1.0 - left
    return result


def hazard(
    leak: Series, volume: Series, volume_ml: Series | float, protection: Series, magnesium: Series, organ: str
) -> Series:
    """Hazard of a seizure, (T,) or (T, n) [1/h].

    Magnesium enters only where it is severely low: there it can cause seizures of its own.
    """
    p = parameters().group("seizures")
    of_pres = p.per_h * parameters().table("seizure_factor")[organ] * (leak + p.by_oedema * volume / volume_ml)
    of_magnesium = p.magnesium_per_h * np.maximum(p.magnesium_from_mmol_l - magnesium, 0.0)
    result: Series = of_pres * (1.0 - protection) + of_magnesium
    return result


def of_scar(since_onset_h: Series, scar_per_h: Series | float, protection: Series) -> Series:
    """Hazard of an unprovoked seizure long after onset, in the few whom PRES leaves with it, (T,) or (T, n) [1/h]."""
    late = since_onset_h > parameters().group("seizures").scar_after_h
    result: Series = np.where(late, scar_per_h * (1.0 - protection), 0.0)
    return result


def cumulated(hazard: Series, step_h: float) -> Series:
    """Hazard summed up to each grid point, (T,) or (T, n)."""
    total = np.cumsum(hazard, axis=0) * step_h
    result: Series = np.concatenate([np.zeros_like(total[:1]), total[:-1]])
    return result


def remedies(patient: Patient, chart: Chart, until_h: float) -> tuple[Remedy, ...]:
    """Doses that can end status, in the order of time; a maintenance dose or one by mouth is none."""
    p = parameters().group("antiseizure")
    found: list[Remedy] = []
    # An adult needs an adult's dose, a child one by weight.
    scale = max(parameters().group("pressure").weight_kg / patient.weight_kg, 1.0)
    for act in acts(chart, "seizure"):
        works = act.get("stops_status", 0.0)
        first = act.group == "benzodiazepine"
        smallest = act.get("per_dose", 0.0) * (p.first_line_share if first else p.second_line_share)
        for order in chart.of(act.drug):
            if order.route == "mouth" or order.infusion or works <= 0:
                continue
            if amount(order, patient, chart) * scale >= smallest * 0.999:
                found.extend(Remedy(at_h, first, act.drug, works) for at_h in order.times(until_h))
    return tuple(sorted(found, key=lambda remedy: (remedy.time_h, remedy.drug)))


def seizures(cumulated: Series, time_h: Series, traits: Traits, remedies: tuple[Remedy, ...]) -> tuple[Seizure, ...]:
    """Seizures of one patient: one each time the cumulated hazard passes the next threshold.

    Parameters
    ----------
    cumulated
        (T,), never falling.
    time_h
        (T,) [h].
    """
    p = parameters().group("seizures")
    found: list[Seizure] = []
    free_h = -np.inf
    for k, threshold in enumerate(traits.seizures):
        at = int(np.searchsorted(cumulated, threshold * (1.0 - 1e-9)))
        if at >= len(time_h):
            break
        time = float(time_h[at])
        if time < free_h:
            continue  # it falls into the aftermath of the last one and is not told apart from it
        if traits.status[k]:
            ends, by = _status_ends(time, k, traits, remedies)
        else:
            ends, by = time + p.duration_h, "itself"
        found.append(Seizure(time, ends, traits.status[k], by))
        free_h = max(time + p.apart_h, ends)
    return tuple(found)


def _status_ends(time_h: float, k: int, traits: Traits, remedies: tuple[Remedy, ...]) -> tuple[float, str]:
    p = parameters().group("seizures")
    candidates = [(time_h + p.anaesthesia_after_h, "anaesthesia")]
    given = [remedy for remedy in remedies if time_h <= remedy.time_h < candidates[0][0]]
    first = next((remedy for remedy in given if remedy.first), None)
    if first is not None and traits.first_line[k] < first.works:
        candidates.append((first.time_h + p.benzodiazepine_acts_h, first.drug))
    second = [remedy for remedy in given if not remedy.first]
    if second and traits.second_line[k] >= second[0].works:
        second = [remedy for remedy in second if remedy.drug != second[0].drug]  # where one fails, another ends it
    if second:
        candidates.append((second[0].time_h + p.second_line_acts_h, second[0].drug))
    return min(candidates)
