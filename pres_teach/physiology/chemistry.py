"""Magnesium and creatinine."""

from __future__ import annotations

import numpy as np

from pres_teach.patient import Chart, Patient
from pres_teach.physiology.acts import Act, acting_doses, acts
from pres_teach.physiology.filters import Series, relax
from pres_teach.physiology.parameters import parameters

__all__ = ["arrhythmia_hazard", "creatinine", "magnesium"]

# The formulary gives the rise by 8 mmol.
_REFERENCE_MMOL = 8.0


def magnesium(patient: Patient, chart: Chart, time_h: Series, exposure: Series) -> Series:
    """Plasma magnesium: wasted with exposure over days, replaced for about a day by an infusion, (T,) [mmol/L]."""
    p = parameters().group("chemistry")
    step = float(time_h[1] - time_h[0])
    wasted = relax(
        p.wasting_mmol_l * exposure / (1.0 + p.wasting_saturation * exposure), 1.0 / p.wasting_time_h, step, start=0.0
    )
    replaced = np.zeros(len(time_h))
    for act in acts(chart, "magnesium"):
        referred = Act(act.drug, act.group, {**act.numbers, "per_dose": _REFERENCE_MMOL})
        replaced = replaced + act.get("mmol_l_per_8_mmol", 0.0) * acting_doses(patient, chart, referred, time_h)
    result: Series = np.maximum(patient.magnesium_mmol_l - wasted + replaced, p.lowest_mmol_l)
    return result


def creatinine(patient: Patient, exposure: Series, step_h: float, factor: Series | float = 1.0) -> Series:
    """Plasma creatinine: rises with exposure above an ordinary one, over one to two days, (T,) [umol/L].

    Parameters
    ----------
    factor
        Further harm to the kidney, a number or (T,).
    """
    p = parameters().group("chemistry")
    target = patient.creatinine_umol_l * (1.0 + p.creatinine_rise * np.maximum(exposure - 1.0, 0.0)) * factor
    return relax(target, 1.0 / p.creatinine_time_h, step_h, start=patient.creatinine_umol_l)


def arrhythmia_hazard(magnesium_mmol_l: Series) -> Series:
    """Hazard of an arrhythmia by severe deficiency of magnesium, none above it, (T,) [1/h]."""
    p = parameters()
    lack = np.maximum(p.group("seizures").magnesium_from_mmol_l - magnesium_mmol_l, 0.0)
    return p.group("chemistry").arrhythmia_per_h * lack
