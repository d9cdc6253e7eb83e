"""Mean arterial pressure: own baseline, rises, and falls by antihypertensives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pres_teach.patient import Chart, Patient
from pres_teach.physiology.acts import acting_doses, acts, per_day
from pres_teach.physiology.filters import Series, on_and_off, relax
from pres_teach.physiology.illness import Illness
from pres_teach.physiology.parameters import parameters

__all__ = ["Pressures", "pressures", "steroid_dose"]


@dataclass(frozen=True)
class Pressures:
    """Pressures over time, each (T,) [mmHg]: untreated mean, fall by antihypertensives, and what is measured."""

    untreated: Series
    fall: Series
    mean: Series
    systolic: Series
    diastolic: Series


def steroid_dose(patient: Patient, chart: Chart, time_h: Series) -> Series:
    """All steroids together as prednisolone, (T,) [mg/day]."""
    total = np.zeros(len(time_h))
    for drug, equivalent in parameters().table("prednisolone_equivalent").items():
        if chart.of(drug):
            total = total + equivalent * per_day(patient, chart, drug, time_h)
    return total


def _by_steroids(patient: Patient, chart: Chart, time_h: Series) -> Series:
    total = np.zeros(len(time_h))
    cap = parameters().group("pressure").steroid_cap
    step = float(time_h[1] - time_h[0])
    for act in acts(chart, "pressure_rise"):
        part = np.minimum(per_day(patient, chart, act.drug, time_h) / act.get("per_dose", 20.0), cap)
        onset, offset = act.get("onset_h", 24.0), act.get("offset_h", 48.0)
        total = total + act.get("mmhg", 0.0) * on_and_off(part, onset, offset, step)
    return total


def pressures(patient: Patient, chart: Chart, illness: Illness, time_h: Series, exposure: Series) -> Pressures:
    """Mean pressure = baseline + rises - falls; a fall takes a share of what lies above a floor.

    Parameters
    ----------
    time_h
        Uniform grid (T,) [h].
    exposure
        Smoothed exposure to calcineurin inhibitors (T,), 1 for an ordinary level.
    """
    p = parameters().group("pressure")
    step = float(time_h[1] - time_h[0])
    cni = relax(p.cni_rise_mmhg * exposure / (1.0 + p.cni_saturation * exposure), 1.0 / p.cni_time_h, step, start=0.0)
    untreated = patient.baseline_map_mmhg + cni + _by_steroids(patient, chart, time_h)
    for from_h, until_h, rise, _ in illness.pressure:
        full_h = from_h + p.ramp_h
        ends_h = max(until_h, full_h)
        untreated = untreated + np.interp(time_h, [from_h, full_h, ends_h, ends_h + p.ramp_h], [0.0, rise, rise, 0.0])
    kept = np.ones(len(time_h))
    for act in acts(chart, "pressure"):
        # One reference dose takes its fraction; more of them approach the most that this drug can take.
        most = act.get("most", 0.9)
        fraction = min(act.get("fraction", 0.0) / most, 0.999)
        kept = kept * (1.0 - most * (1.0 - (1.0 - fraction) ** acting_doses(patient, chart, act, time_h)))
    above = np.maximum(untreated - p.floor_share * patient.baseline_map_mmhg, 0.0)
    fall = above * np.minimum(1.0 - kept, p.largest_fall)
    mean = untreated - fall
    pulse = p.pulse_share * mean
    diastolic = mean - pulse / 3.0
    return Pressures(untreated, fall, mean, diastolic + pulse, diastolic)
