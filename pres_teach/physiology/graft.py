"""The graft's cover by all agents together, the cover it needs, and the hazard of rejection."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from pres_teach.patient import Chart, Patient
from pres_teach.physiology.acts import acting_doses, acts, per_day
from pres_teach.physiology.filters import Series, on_and_off, relax
from pres_teach.physiology.parameters import parameters

__all__ = ["cover", "needed", "rejection_hazard"]


def cover(
    patient: Patient,
    chart: Chart,
    time_h: Series,
    levels_ng_ml: Mapping[str, Series],
    low_ng_ml: Mapping[str, Series | float],
    mtor_ng_ml: Mapping[str, Series] = MappingProxyType({}),
) -> Series:
    """Cover by all agents together, (T,); 1 is what an ordinary three-drug regimen gives.

    Parameters
    ----------
    levels_ng_ml
        Levels of the drugs that cover by level, each (T,) [ng/mL].
    low_ng_ml
        Low end of the target trough of each of them [ng/mL].
    mtor_ng_ml
        Levels of mTOR inhibitors, which cover by their mean, each (T,) [ng/mL].
    """
    p = parameters().group("graft")
    full = parameters().table("full_mg_day")
    step = float(time_h[1] - time_h[0])
    total = np.zeros(len(time_h))
    inhibitors = np.zeros(len(time_h))
    largest = 0.0
    counted: set[str] = set()
    for act in acts(chart, "cover"):
        share = act.get("share", 0.0)
        onset, offset = act.get("onset_h", 24.0), act.get("offset_h", 96.0)
        if act.group == "calcineurin inhibitor":
            # Both formulations of tacrolimus are one level.
            drug = act.drug.split()[0]
            if drug in levels_ng_ml and drug not in counted:
                counted.add(drug)
                largest = max(largest, share)
                # The mean of a day stands for the trough, so that peaks do not count as cover.
                mean = relax(levels_ng_ml[drug], 1.0 / p.cni_time_h, step, start=0.0)
                inhibitors = inhibitors + share * np.minimum(p.trough_share * mean / low_ng_ml[drug], p.cni_cap)
        elif act.group == "biologic":
            amount = acting_doses(patient, chart, act, time_h, any_dose=True)
            total = total + share * (1.0 + p.biologic_half) * np.minimum(amount, 1.0) / (
                p.biologic_half + np.minimum(amount, 1.0)
            )
        elif act.drug in mtor_ng_ml:
            mean = relax(mtor_ng_ml[act.drug], 1.0 / p.cni_time_h, step, start=0.0)
            part = np.minimum(mean / parameters().table("full_mean_ng_ml")[act.drug], p.cni_cap)
            # Going, it goes with the level.
            total = total + share * on_and_off(part, onset, step, step)
        else:
            reference = full.get(act.drug) or act.get("per_dose", 1.0)
            part = np.minimum(per_day(patient, chart, act.drug, time_h) / reference, p.cni_cap)
            if act.drug == "mycophenolate" and "ciclosporin" in levels_ng_ml:
                # Less mycophenolate gets into the blood beside ciclosporin.
                beside = np.minimum(levels_ng_ml["ciclosporin"] / p.ciclosporin_low_ng_ml, 1.0)
                part = part * (1.0 - p.mycophenolate_lost * beside)
            total = total + share * on_and_off(part, onset, offset, step)
    # Two inhibitors at once, while one is leaving, cover no better than one above its range.
    return total + np.minimum(inhibitors, largest * p.cni_cap)


def needed(time_h: Series) -> Series:
    """Cover the graft needs: most early, less with the months, (T,)."""
    p = parameters().group("graft")
    result: Series = p.needed_late + (p.needed_early - p.needed_late) * np.exp(
        -np.maximum(time_h, 0.0) / p.needed_time_h
    )
    return result


def rejection_hazard(cover: Series, needed: Series, organ: str, time_h: Series) -> Series:
    """Hazard of rejection (in allo-HSCT of graft-versus-host disease), (T,) [1/h].

    Grows with the square of what is lacking: a day or two below is forgiven, a week is not. The first days after
    transplantation, while cover is being built up, are not counted.
    """
    p = parameters().group("graft")
    lack = np.maximum(needed - cover, 0.0)
    settled = time_h >= p.settled_h
    hazard: Series = parameters().table("rejection_factor")[organ] * np.where(
        settled, p.background_per_h + p.rejection_per_h * lack * lack, 0.0
    )
    return hazard
