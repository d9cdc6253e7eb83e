"""The cascade without feedback: what a chart makes of anybody (`Setting`), then of one patient's brain (`Brain`)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from pres_teach.patient import Chart, Patient
from pres_teach.pharmacology import REGIMENS, levels, target_range
from pres_teach.physiology import chemistry, drive, graft, oedema, other, seizures
from pres_teach.physiology.consequences import Applied, applied
from pres_teach.physiology.filters import Series
from pres_teach.physiology.illness import Illness
from pres_teach.physiology.parameters import parameters
from pres_teach.physiology.pressure import Pressures, pressures, steroid_dose
from pres_teach.physiology.traits import Traits, TraitTable
from pres_teach.units import show_time

__all__ = ["Brain", "Setting", "brain", "grid", "setting"]

LONGEST_H = 24.0 * 3660
_YEAR_H = 24.0 * 365.25


@dataclass(frozen=True)
class Setting:
    """What follows from patient, chart and illness alone, each series (T,); nothing drawn is in it.

    Parameters
    ----------
    time_h
        Uniform grid [h].
    level, level_low, level_high
        Tacrolimus, with its band [ng/mL].
    ciclosporin, sirolimus, everolimus
        Their levels [ng/mL].
    exposure
        To all calcineurin inhibitors, 1 for an ordinary level.
    pressures
        Mean, systolic, diastolic ... [mmHg].
    by_exposure, by_pressure, by_systemic
        The three parts of the drive before they are weighted.
    protection
        From seizures, 0 to 1.
    cover, cover_needed
        Of the graft.
    rejection_per_h
        Hazard [1/h].
    magnesium, creatinine
        [mmol/L], [umol/L].
    treated, illness_harm_per_h
        Of an illness that is not PRES: how far it is treated rightly, and what it harms by itself; zero in PRES [1/h].
    consequences
        Warnings disregarded, with where they hold.
    limits
        What the models do not cover, in sentences.
    """

    time_h: Series
    step_h: float
    level: Series
    level_low: Series
    level_high: Series
    ciclosporin: Series
    sirolimus: Series
    everolimus: Series
    exposure: Series
    pressures: Pressures
    by_exposure: Series
    by_pressure: Series
    by_systemic: Series
    protection: Series
    cover: Series
    cover_needed: Series
    rejection_per_h: Series
    magnesium: Series
    creatinine: Series
    treated: Series
    illness_harm_per_h: Series
    consequences: tuple[Applied, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True)
class Brain:
    """What the setting makes of a patient's brain, each series (T,), or (T, n) for many.

    Parameters
    ----------
    drive, injury
        The weighted drive, and the injury that follows it.
    leak
        0 to 1.
    oedema_ml, restricted_ml
        [mL].
    hazard_per_h, cumulated
        Of a seizure, and its sum [1/h], [1].
    leaked_h
        Hours of full leak so far [h].
    onset
        Index of the first grid point at which it is noticed, the length of the grid if never.
    """

    drive: Series
    injury: Series
    leak: Series
    oedema_ml: Series
    restricted_ml: Series
    hazard_per_h: Series
    cumulated: Series
    leaked_h: Series
    onset: np.intp | np.ndarray[tuple[int, ...], np.dtype[np.intp]]


def grid(until_h: float, step_h: float) -> Series:
    """Uniform grid from 0 to `until_h` or just beyond [h].

    Raises
    ------
    ValueError
        If the span or the step is not a sensible positive number.
    """
    if not (math.isfinite(step_h) and 0.01 <= step_h <= 6):
        raise ValueError(f'"step_h": must be 0.01 to 6 h; received {step_h!r}; leave it at 0.25')
    if not (math.isfinite(until_h) and 0 < until_h <= LONGEST_H):
        raise ValueError(
            f'"until_h": must be after transplantation and within ten years of it; received {until_h!r} h; '
            "give hours such as 720"
        )
    steps = max(math.ceil(until_h / step_h - 1e-9), 2)
    return np.linspace(0.0, steps * step_h, steps + 1)


def _check(patient: Patient, chart: Chart, illness: Illness) -> None:
    """Refuse in words what no course can be simulated from."""
    for name, given, kind in (("patient", patient, Patient), ("chart", chart, Chart), ("illness", illness, Illness)):
        if not isinstance(given, kind):
            raise TypeError(
                f'"{name}": must be a {kind.__name__}; received {given!r:.60}; '
                f"make one with pres_teach.{'physiology.' if kind is Illness else ''}{kind.__name__}"
            )
    born_h = -patient.age_years * _YEAR_H
    early = next((order for order in chart.orders if order.at_h < born_h), None)
    if early is not None:
        raise ValueError(
            f'"chart": no order can come before the patient was born ({-born_h / 24:.0f} days before transplantation); '
            f"received {early.words()} from {show_time(early.at_h)}; correct its time, or the age"
        )


def regimen_in(chart: Chart) -> str:
    """The regimen of the label that is nearer to a chart; only a kidney's range depends on it."""
    return REGIMENS[0] if chart.of("azathioprine") else REGIMENS[1]


def _lowest_targets(patient: Patient, chart: Chart, time_h: Series) -> Series:
    """Low end of the tacrolimus range on each day, (T,) [ng/mL]."""
    regimen = regimen_in(chart)
    last = int(time_h[-1] // 24)
    lowest = np.full(last + 1, parameters().group("graft").tacrolimus_low_ng_ml)
    for day in range(last + 1):
        target = target_range("tacrolimus", patient.organ, float(day), regimen, patient.age_years)
        if target is not None:
            lowest[day] = target.low
    result: Series = lowest[(time_h // 24).astype(int)]
    return result


def setting(
    patient: Patient, chart: Chart, illness: Illness, until_h: float, step_h: float, band: bool = True
) -> Setting:
    """Levels, pressures, graft and chemistry under a chart: the part of the cascade that is alike for all traits."""
    _check(patient, chart, illness)
    time_h = grid(until_h, step_h)
    zero = np.zeros(len(time_h))
    tacrolimus = levels(patient, chart, time_h, "tacrolimus", band=band)
    others = {
        drug: levels(patient, chart, time_h, drug, band=False)
        for drug in ("ciclosporin", "sirolimus", "everolimus")
        if chart.of(drug)
    }
    ciclosporin = others.get("ciclosporin")
    found = {"tacrolimus": tacrolimus.ng_ml}
    if ciclosporin is not None:
        found["ciclosporin"] = ciclosporin.ng_ml
    exposed = drive.exposure(found, step_h)
    steroid = steroid_dose(patient, chart, time_h)
    pressure = pressures(patient, chart, illness, time_h, exposed)
    low: dict[str, Series | float] = {
        "tacrolimus": _lowest_targets(patient, chart, time_h),
        "ciclosporin": parameters().group("graft").ciclosporin_low_ng_ml,
    }
    mtor: dict[str, Series] = {drug: others[drug].ng_ml for drug in ("sirolimus", "everolimus") if drug in others}
    cover = graft.cover(patient, chart, time_h, found, low, mtor)
    needed = graft.needed(time_h)
    disregarded = tuple(applied(patient, chart, time_h))
    rejection = graft.rejection_hazard(cover, needed, patient.organ, time_h)
    factor: Series | float = 1.0
    for one in disregarded:
        if one.what.becomes == "rejection":
            rejection = rejection + one.hazard_per_h
        elif one.what.factor is not None:
            factor = factor * np.where(one.holds, one.what.factor, 1.0)
    treated, harms = zero, zero
    if illness.diagnosis != "PRES" and illness.onset_h is not None:
        treated = other.treated(
            illness.diagnosis, chart, time_h, illness.onset_h, tacrolimus.ng_ml, exposed, cover, needed
        )
        harms = other.harm_of(illness.diagnosis, time_h, illness.onset_h, treated)
    limits = tuple(dict.fromkeys(limit for one in (tacrolimus, *others.values()) for limit in one.limits))
    return Setting(
        time_h=time_h,
        step_h=step_h,
        level=tacrolimus.ng_ml,
        level_low=tacrolimus.low_ng_ml,
        level_high=tacrolimus.high_ng_ml,
        ciclosporin=zero if ciclosporin is None else ciclosporin.ng_ml,
        sirolimus=others["sirolimus"].ng_ml if "sirolimus" in others else zero,
        everolimus=others["everolimus"].ng_ml if "everolimus" in others else zero,
        exposure=exposed,
        pressures=pressure,
        by_exposure=drive.exposure_drive(exposed),
        by_pressure=drive.pressure_drive(pressure.mean, patient.baseline_map_mmhg),
        by_systemic=drive.systemic_drive(illness, time_h, steroid),
        protection=seizures.protection(patient, chart, time_h),
        cover=cover,
        cover_needed=needed,
        rejection_per_h=rejection,
        magnesium=chemistry.magnesium(patient, chart, time_h, exposed),
        creatinine=chemistry.creatinine(patient, exposed, step_h, factor),
        treated=treated,
        illness_harm_per_h=harms,
        consequences=disregarded,
        limits=limits,
    )


def column(at: Setting) -> Setting:
    """The series that meet many patients' traits, as columns (T, 1)."""
    names = ("by_exposure", "by_pressure", "by_systemic", "protection", "magnesium")
    return replace(at, **{name: getattr(at, name)[:, None] for name in names})


def injury_of(at: Setting, own: Traits | TraitTable) -> tuple[Series, Series]:
    """Drive and injury, before any threshold."""
    driven = own.exposure * at.by_exposure + own.pressure * at.by_pressure + own.systemic * at.by_systemic
    return driven, drive.injury(driven, at.step_h)


def brain(at: Setting, illness: Illness, own: Traits | TraitTable, organ: str) -> Brain:
    """Drive, injury, leak, oedema and seizure hazard, for one patient, or for many on a setting of columns."""
    driven, injury = injury_of(at, own)
    if illness.diagnosis == "PRES":
        leak = oedema.leak(injury, own.threshold)
        volume = oedema.volume(leak, own.volume_ml, own.fill_per_h, own.half_life_h, at.step_h)
        restricted = oedema.restricted(volume, own.volume_ml, own.restricted, own.remnant, at.step_h)
        # The tolerance lets a solved onset be met in spite of rounding.
        noticed = injury >= own.threshold * (1.0 - 1e-12)
    else:
        # Another illness takes its own course: its own treatment changes it, that of PRES does not.
        onset_h = illness.onset_h if illness.onset_h is not None else math.inf
        leak, volume, restricted = other.course_of(illness.diagnosis, at.time_h, onset_h, own.volume_ml, at.treated)
        noticed = np.broadcast_to((at.time_h >= onset_h - 1e-9)[(...,) + (None,) * (injury.ndim - 1)], injury.shape)
    onset = np.where(noticed.any(axis=0), noticed.argmax(axis=0), len(injury))
    hazard = seizures.hazard(leak, volume, own.volume_ml, at.protection, at.magnesium, organ)
    if illness.diagnosis == "PRES" and np.any(own.scar_per_h):
        since = at.time_h[(...,) + (None,) * (injury.ndim - 1)] - np.append(at.time_h, math.inf)[onset]
        hazard = hazard + seizures.of_scar(since, own.scar_per_h, at.protection)
    return Brain(
        drive=driven,
        injury=injury,
        leak=leak,
        oedema_ml=volume,
        restricted_ml=restricted,
        hazard_per_h=hazard,
        cumulated=seizures.cumulated(hazard, at.step_h),
        leaked_h=seizures.cumulated(leak, at.step_h),
        onset=onset if onset.ndim else np.intp(onset),
    )
