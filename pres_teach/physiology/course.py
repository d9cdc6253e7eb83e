"""One patient's course: `draw` the traits, `solve` the author's conditions, `simulate`."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pres_teach.patient import Chart, Patient
from pres_teach.physiology import harm, oedema
from pres_teach.physiology.cascade import Brain, Setting, brain, injury_of, setting
from pres_teach.physiology.chemistry import arrhythmia_hazard
from pres_teach.physiology.consequences import threshold
from pres_teach.physiology.filters import Series
from pres_teach.physiology.illness import ConditionError, Illness
from pres_teach.physiology.lesions import LesionState
from pres_teach.physiology.parameters import parameters
from pres_teach.physiology.seizures import Seizure, cumulated, remedies, seizures
from pres_teach.physiology.traits import SEIZURES, Traits, draw
from pres_teach.units import show_time

if TYPE_CHECKING:
    import pandas

__all__ = ["LEVEL_OF", "Course", "Event", "Moment", "simulate", "solve"]

STEP_H = 0.25

# After the level everything is a teaching model, and every course says so.
MODEL_LIMIT = (
    "What follows the level here, from pressure to oedema, seizures and rejection, is a teaching model: "
    "illustrative, never validated on patients."
)


ECLAMPSIA = (
    "Eclampsia is outside this model: a pregnancy test comes first, and there magnesium is the treatment, with the "
    "obstetricians. Here magnesium corrects magnesium and nothing else."
)


def _outside(patient: Patient) -> tuple[str, ...]:
    """What the teaching model leaves out and a reader of this course could miss."""
    return (ECLAMPSIA,) if patient.sex == "female" and 10 <= patient.age_years < 50 else ()


@dataclass(frozen=True)
class Event:
    """Something that happens to the patient.

    Parameters
    ----------
    time_h
        When [h since transplantation].
    kind
        "onset", "seizure", "status", "haemorrhage", "hypoperfusion", "rejection", "deficit", "recovery",
        "arrhythmia" or "complication" (what a warning disregarded leads to).
    text
        In plain words; knows nothing of what comes later.
    ends_h
        When it is over, None for what has no end [h since transplantation].
    """

    time_h: float
    kind: str
    text: str
    ends_h: float | None = None


class Moment(NamedTuple):
    """One moment of a course; names and units as in `Course`.

    `awareness` is "awake", "confused", "seizing" or "post-ictal"; `headache` and `visual` run from 0 to 1.
    """

    time_h: float
    level_ng_ml: float
    level_low_ng_ml: float
    level_high_ng_ml: float
    ciclosporin_ng_ml: float
    sirolimus_ng_ml: float
    everolimus_ng_ml: float
    map_mmhg: float
    systolic_mmhg: float
    diastolic_mmhg: float
    exposure: float
    pressure_drive: float
    systemic: float
    drive: float
    injury: float
    leak: float
    oedema_ml: float
    restricted_ml: float
    symptoms: float
    seizure_hazard_per_h: float
    protection: float
    cover: float
    cover_needed: float
    rejection_hazard_per_h: float
    magnesium_mmol_l: float
    creatinine_umol_l: float
    deficit: float
    awareness: str
    headache: float
    visual: float


_SERIES = Moment._fields[:-3]
# Which series is the level of which drug.
LEVEL_OF = {
    "tacrolimus": "level_ng_ml",
    "ciclosporin": "ciclosporin_ng_ml",
    "sirolimus": "sirolimus_ng_ml",
    "everolimus": "everolimus_ng_ml",
}
_UNITS = {
    "time_h": "time [h]",
    "level_ng_ml": "tacrolimus [ng/mL]",
    "level_low_ng_ml": "tacrolimus, low [ng/mL]",
    "level_high_ng_ml": "tacrolimus, high [ng/mL]",
    "ciclosporin_ng_ml": "ciclosporin [ng/mL]",
    "sirolimus_ng_ml": "sirolimus [ng/mL]",
    "everolimus_ng_ml": "everolimus [ng/mL]",
    "map_mmhg": "mean pressure [mmHg]",
    "systolic_mmhg": "systolic pressure [mmHg]",
    "diastolic_mmhg": "diastolic pressure [mmHg]",
    "exposure": "exposure [1]",
    "pressure_drive": "drive by pressure [1]",
    "systemic": "systemic drive [1]",
    "drive": "drive [1]",
    "injury": "injury [1]",
    "leak": "leak [1]",
    "oedema_ml": "oedema [mL]",
    "restricted_ml": "restricted diffusion [mL]",
    "symptoms": "symptoms [1]",
    "seizure_hazard_per_h": "seizure hazard [1/h]",
    "protection": "protection from seizures [1]",
    "cover": "graft cover [1]",
    "cover_needed": "graft cover needed [1]",
    "rejection_hazard_per_h": "rejection hazard [1/h]",
    "magnesium_mmol_l": "magnesium [mmol/L]",
    "creatinine_umol_l": "creatinine [umol/L]",
    "deficit": "deficit [1]",
}


@dataclass(frozen=True, eq=False)
class Course:
    """What happens to one patient under one chart. Illustrative: a teaching model, not a forecast.

    Parameters
    ----------
    patient, chart, illness, traits
        What it was computed from.
    step_h, opens_h
        Grid step, and when the learner takes over (sets the presenting pressure), or None [h].
    time_h
        Uniform grid from 0, (T,), as are all series below [h since transplantation].
    level_ng_ml, level_low_ng_ml, level_high_ng_ml
        Tacrolimus in whole blood, with its band [ng/mL].
    ciclosporin_ng_ml, sirolimus_ng_ml, everolimus_ng_ml
        The others in whole blood [ng/mL].
    map_mmhg, systolic_mmhg, diastolic_mmhg
        Pressures [mmHg].
    exposure
        To all calcineurin inhibitors, smoothed; 1 for an ordinary level.
    pressure_drive, systemic
        Parts of the drive by pressure and by what is systemic, before weighting.
    drive, injury, leak
        On the blood-brain barrier; leak from 0 to 1.
    oedema_ml, restricted_ml
        Oedema, and its part with restricted diffusion [mL].
    symptoms
        How strongly it is felt, 0 to 1.
    seizure_hazard_per_h
        [1/h].
    protection
        From seizures by drugs, 0 to 1.
    cover, cover_needed
        Of the graft; 1 for an ordinary three-drug regimen.
    rejection_hazard_per_h
        [1/h].
    magnesium_mmol_l, creatinine_umol_l
        [mmol/L], [umol/L].
    deficit
        Accumulated harm, 0 to 1.
    events
        In the order of time.
    limits
        What the models do not cover, in sentences.
    """

    patient: Patient
    chart: Chart
    illness: Illness
    traits: Traits
    step_h: float
    opens_h: float | None
    time_h: Series
    level_ng_ml: Series
    level_low_ng_ml: Series
    level_high_ng_ml: Series
    ciclosporin_ng_ml: Series
    sirolimus_ng_ml: Series
    everolimus_ng_ml: Series
    map_mmhg: Series
    systolic_mmhg: Series
    diastolic_mmhg: Series
    exposure: Series
    pressure_drive: Series
    systemic: Series
    drive: Series
    injury: Series
    leak: Series
    oedema_ml: Series
    restricted_ml: Series
    symptoms: Series
    seizure_hazard_per_h: Series
    protection: Series
    cover: Series
    cover_needed: Series
    rejection_hazard_per_h: Series
    magnesium_mmol_l: Series
    creatinine_umol_l: Series
    deficit: Series
    events: tuple[Event, ...]
    limits: tuple[str, ...]

    def _index(self, time_h: float) -> int:
        if not math.isfinite(time_h):
            raise ValueError(f'"time_h": must be a time; received {time_h!r}; give hours since transplantation')
        return min(max(math.floor(time_h / self.step_h + 1e-9), 0), len(self.time_h) - 1)

    def at(self, time_h: float) -> Moment:
        """The moment at the last grid point at or before a time [h]; beyond the ends, the nearest end."""
        k = self._index(time_h)
        values = [float(getattr(self, name)[k]) for name in _SERIES]
        felt = float(self.symptoms[k])
        visual = felt ** parameters().group("symptoms").visual_power if self.traits.visual else 0.0
        rest: dict[str, Any] = dict(zip(_SERIES, values, strict=True))
        return Moment(
            **rest, awareness=self._awareness(time_h, felt), headache=felt * self.traits.headache, visual=visual
        )

    def _awareness(self, time_h: float, felt: float) -> str:
        p = parameters()
        for event in self.events:
            if event.kind not in ("seizure", "status") or event.ends_h is None or event.time_h > time_h:
                continue
            if time_h < event.ends_h:
                return "seizing"
            after = p.group("seizures")
            if time_h < event.ends_h + (after.poststatus_h if event.kind == "status" else after.postictal_h):
                return "post-ictal"
        symptoms = p.group("symptoms")
        return (
            "confused" if felt > (symptoms.confused_at if self.traits.confused else symptoms.confused_all) else "awake"
        )

    @property
    def onset_h(self) -> float | None:
        """When it was first noticed, or None [h since transplantation]."""
        return next((event.time_h for event in self.events if event.kind == "onset"), None)

    def lesion(self, time_h: float) -> LesionState:
        """What a scan would see at a time [h].

        Raises
        ------
        ValueError
            Before the course begins: there is nothing to see yet.
        """
        k = self._index(time_h)
        if time_h < self.time_h[0]:
            raise ValueError(
                f'"time_h": a scan must not lie before the course begins, {float(self.time_h[0]):g} h; '
                f"found {time_h:g}; choose a later time"
            )
        traits, illness = self.traits, self.illness
        bleeding = parameters().group("bleeding")
        at_h = float(self.time_h[k])
        onset = self.onset_h
        leaked_h = float(np.sum(self.leak[:k])) * self.step_h
        bled = any(event.kind == "haemorrhage" and event.time_h <= at_h for event in self.events)
        microbleeds = traits.microbleeds if leaked_h > bleeding.microbleeds_after_h else 0
        if bled and traits.bleed == "minute":
            microbleeds += int(bleeding.minute_bleeds)
        return LesionState(
            pattern=illness.drawn_pattern,
            asymmetry=illness.asymmetry,
            oedema_ml=float(self.oedema_ml[k]),
            peak_ml=float(self.oedema_ml[: k + 1].max()),
            since_onset_h=max(at_h - onset, 0.0) if onset is not None else 0.0,
            restricted_ml=float(self.restricted_ml[k]),
            microbleeds=microbleeds,
            sulcal_blood=bled and traits.bleed == "sulcal",
            haematoma_ml=traits.haematoma_ml if bled and traits.bleed == "haematoma" else 0.0,
            seed=traits.seed,
            sites=illness.sites if illness.diagnosis == "PRES" else None,
        )

    def frame(self) -> pandas.DataFrame:
        """All series as a table, one row a grid point, units in the names of the columns."""
        import pandas

        return pandas.DataFrame({_UNITS[name]: getattr(self, name) for name in _SERIES})

    def twin(self, chart: Chart) -> Course:
        """The same patient, illness and thresholds under another chart."""
        return simulate(
            self.patient,
            chart,
            self.illness,
            self.traits,
            float(self.time_h[-1]),
            step_h=self.step_h,
            opens_h=self.opens_h,
        )


def solve(
    patient: Patient, chart: Chart, illness: Illness, seed: int, until_h: float, step_h: float = STEP_H
) -> Traits:
    """Traits under which the conditions of an illness are met by the author's chart.

    Onset sets the susceptibility to the injury reached then; each seizure sets its threshold to the hazard cumulated by
    then; a haemorrhage likewise. All other traits stay as drawn, except that an authored onset shows all symptoms and a
    seizure is status only where the author says so.

    Parameters
    ----------
    patient, chart, illness
        The chart is the author's alone.
    seed
        Of the case.
    until_h
        End of the course; conditions must lie before it [h since transplantation].
    step_h
        Grid step, the same as will be simulated with [h].

    Returns
    -------
    Traits

    Raises
    ------
    ConditionError
        If a condition cannot be met; names the time and what was reached.
    """
    traits = draw(patient, illness, seed)
    last = max([illness.onset_h or 0.0, *(at_h for _, at_h in illness.untreated)])
    if last <= 0:
        return traits
    if last > until_h:
        raise ConditionError(
            f'"illness": its conditions must lie before the end of the course ({show_time(until_h)}); received one at '
            f"{show_time(last)}; move it, or let the course run longer"
        )
    at = setting(patient, chart, illness, last + step_h, step_h, band=False)
    if illness.onset_h is not None:
        traits = replace(traits, headache=True, visual=True, confused=True)
        if illness.diagnosis == "PRES":
            traits = replace(traits, threshold=threshold_for(at, traits, illness.onset_h))
    if illness.untreated:
        traits = meet(at, brain(at, illness, traits, patient.organ), illness, traits)
    return traits


def threshold_for(at: Setting, traits: Traits, onset_h: float) -> float:
    """Susceptibility with which injury is first noticed at the onset; refuses an onset that would come earlier."""
    _, injury = injury_of(at, traits)
    k = math.ceil(onset_h / at.step_h - 1e-9)
    reached = float(injury[k])
    earlier = int(injury[:k].argmax()) if k else 0
    highest = float(injury[earlier]) if k else 0.0
    if reached <= highest or reached <= 0:
        raise ConditionError(
            f'"onset": the injury must be higher at the onset than ever before it; under the author\'s chart it is '
            f"{reached:.3f} at {show_time(onset_h)} but was {highest:.3f} at {show_time(float(at.time_h[earlier]))}; "
            "move the onset earlier, or add a cause before it (a dose, an interaction, a rise of pressure, ...)"
        )
    return reached


def meet(at: Setting, found: Brain, illness: Illness, traits: Traits) -> Traits:
    """Thresholds with which the untreated conditions come at their times under this setting."""
    thresholds, status = list(traits.seizures), list(traits.status)
    gaps = [thresholds[0], *(b - a for a, b in itertools.pairwise(thresholds))]
    solved, previous_h = 0, -math.inf
    apart = parameters().group("seizures").apart_h
    for kind, at_h in illness.untreated:
        k = math.ceil(at_h / at.step_h - 1e-9)
        series, what = (found.leaked_h, "leak") if kind == "haemorrhage" else (found.cumulated, "seizure hazard")
        reached, before = float(series[k]), float(series[k - 1])
        if reached <= before or reached <= 0:
            raise ConditionError(
                f'"untreated.{kind}": there must be a {what} at that time; under the author\'s chart it sums up to '
                f"{reached:.4g} by {show_time(at_h)} and does not grow there; move it after the onset, or earlier"
            )
        # Half-way between two grid points, so that rounding cannot move it.
        middle = before + 0.5 * (reached - before)
        if kind == "haemorrhage":
            traits = replace(traits, bleeds_h=middle)
            continue
        if at_h - previous_h < apart:
            raise ConditionError(
                f'"untreated.{kind}": two seizures must be at least {apart:g} h apart; received '
                f"{show_time(at_h)} after {show_time(previous_h)}; leave one out"
            )
        thresholds[solved], status[solved] = middle, kind == "status"
        solved, previous_h = solved + 1, at_h
        if solved == SEIZURES:
            break
    for k in range(max(solved, 1), SEIZURES):
        thresholds[k] = thresholds[k - 1] + gaps[k]
    return replace(traits, seizures=tuple(thresholds), status=tuple(status))


def simulate(
    patient: Patient,
    chart: Chart,
    illness: Illness,
    traits: Traits,
    until_h: float,
    step_h: float = STEP_H,
    opens_h: float | None = None,
    band: bool = True,
) -> Course:
    """Course of one patient under one chart; a pure function.

    Parameters
    ----------
    patient, chart, illness
        As they are.
    traits
        From `solve` or `draw`.
    until_h
        End [h since transplantation].
    step_h
        Grid step [h].
    opens_h
        When the learner takes over: the pressure then is the presenting one; None takes that at onset [h].
    band
        Whether to compute the band of the level as well; without it low and high are the level itself.

    Returns
    -------
    Course

    Raises
    ------
    ValueError
        If span or step are not sensible.
    """
    at = setting(patient, chart, illness, until_h, step_h, band)
    found = brain(at, illness, traits, patient.organ)
    fits = seizures(found.cumulated, at.time_h, traits, remedies(patient, chart, float(at.time_h[-1]) + step_h))
    presented = presenting(at, found, opens_h)
    flags = harm.hypoperfused(patient, at.pressures, presented, step_h)
    bleed_h = bleeds(at, found, traits)
    deficit = harms(patient, at, found, traits, fits, flags, bleed_h)
    felt = oedema.strength(found.leak, found.oedema_ml, traits.volume_ml, traits.fades_h, step_h)
    events = _events(patient, at, found, traits, fits, flags, bleed_h, deficit, felt, illness, presented)
    return Course(
        patient=patient,
        chart=chart,
        illness=illness,
        traits=traits,
        step_h=step_h,
        opens_h=opens_h,
        time_h=at.time_h,
        level_ng_ml=at.level,
        level_low_ng_ml=at.level_low,
        level_high_ng_ml=at.level_high,
        ciclosporin_ng_ml=at.ciclosporin,
        sirolimus_ng_ml=at.sirolimus,
        everolimus_ng_ml=at.everolimus,
        map_mmhg=at.pressures.mean,
        systolic_mmhg=at.pressures.systolic,
        diastolic_mmhg=at.pressures.diastolic,
        exposure=at.exposure,
        pressure_drive=at.by_pressure,
        systemic=at.by_systemic,
        drive=found.drive,
        injury=found.injury,
        leak=found.leak,
        oedema_ml=found.oedema_ml,
        restricted_ml=found.restricted_ml,
        symptoms=felt,
        seizure_hazard_per_h=found.hazard_per_h,
        protection=at.protection,
        cover=at.cover,
        cover_needed=at.cover_needed,
        rejection_hazard_per_h=at.rejection_per_h,
        magnesium_mmol_l=at.magnesium,
        creatinine_umol_l=at.creatinine,
        deficit=deficit,
        events=events,
        limits=(*at.limits, *_outside(patient), MODEL_LIMIT),
    )


def presenting(at: Setting, found: Brain, opens_h: float | None) -> Series:
    """Presenting mean pressure for each time; before the opening (or the onset) the untreated one [mmHg]."""
    k = int(found.onset) if opens_h is None else math.floor(opens_h / at.step_h + 1e-9)
    result = at.pressures.untreated.copy()
    if k < len(result):
        result[k:] = at.pressures.mean[k]
    return result


def bleeds(at: Setting, found: Brain, traits: Traits) -> float | None:
    """When there is a haemorrhage, or None [h]."""
    k = int(np.searchsorted(found.leaked_h, traits.bleeds_h))
    return float(at.time_h[k]) if k < len(at.time_h) else None


def harms(
    patient: Patient,
    at: Setting,
    found: Brain,
    traits: Traits,
    fits: tuple[Seizure, ...],
    flags: harm.Flags,
    bleed_h: float | None,
) -> Series:
    """Accumulated deficit of one patient, (T,)."""
    onset = int(found.onset)
    since = at.time_h - at.time_h[onset] if onset < len(at.time_h) else np.full(len(at.time_h), -1.0)
    mean, baseline = at.pressures.mean, patient.baseline_map_mmhg
    rate = (
        harm.of_hypoperfusion(flags, at.step_h)
        + harm.of_severe_pressure(mean, baseline, since)
        + harm.of_bleed(mean, baseline, at.time_h, bleed_h, traits.bleed == "haematoma", at.step_h)
        + harm.of_status(at.time_h, fits, at.step_h)
        + at.illness_harm_per_h
    )
    return harm.deficit(rate, harm.of_remnant(found.restricted_ml, traits.remnant, since), at.step_h)


_BLEED = {
    "minute": "Small bleeds have appeared in the swollen tissue.",
    "sulcal": "There is blood in a sulcus, a small subarachnoid haemorrhage.",
    "haematoma": "There is a haematoma in the brain: worse headache, drowsier than before.",
}
_REJECTION = {
    "kidney": "The kidney is being rejected: creatinine rises, and the biopsy shows it.",
    "liver": "The liver is being rejected: the enzymes rise, and the biopsy shows it.",
    "heart": "The heart is being rejected: the biopsy shows it.",
    "lung": "The lung is being rejected: the breath gets short, and the biopsy shows it.",
    "allo-hsct": "Graft-versus-host disease: a rash and diarrhoea, and the biopsy shows it.",
}


def _first(flags: harm.Flags) -> int:
    return int(flags.argmax()) if flags.any() else len(flags)


def _events(
    patient: Patient,
    at: Setting,
    found: Brain,
    traits: Traits,
    fits: tuple[Seizure, ...],
    flags: harm.Flags,
    bleed_h: float | None,
    deficit: Series,
    felt: Series,
    illness: Illness,
    presented_mmhg: Series,
) -> tuple[Event, ...]:
    time_h = at.time_h
    events = [*_onsets(at, found, felt, traits, illness)]
    for fit in fits:
        if fit.status:
            text = "A seizure that has not stopped after five minutes: status epilepticus. It needs treatment now."
            events.append(Event(fit.time_h, "status", text, fit.ends_h))
        else:
            text = "A generalised seizure has begun."
            events.append(Event(fit.time_h, "seizure", text, fit.ends_h))
    if bleed_h is not None:
        events.append(Event(bleed_h, "haemorrhage", _BLEED[traits.bleed]))
    events.extend(_overshoots(patient, at, flags, presented_mmhg))
    events.extend(_complications(patient, at, traits))
    rejected = int(np.searchsorted(cumulated(at.rejection_per_h, at.step_h), traits.rejection))
    if rejected < len(time_h):
        events.append(Event(float(time_h[rejected]), "rejection", _REJECTION[patient.organ]))
    lasting = _first(deficit >= parameters().group("harm").told_at)
    if lasting < len(time_h):
        text = "Part of the harm looks lasting. How much of it will stay, nobody can say yet."
        events.append(Event(float(time_h[lasting]), "deficit", text))
    return tuple(sorted(events, key=lambda event: (event.time_h, event.kind)))


def _onsets(at: Setting, found: Brain, felt: Series, traits: Traits, illness: Illness) -> list[Event]:
    """Onset and recovery, and both again where the symptoms come back."""
    events: list[Event] = []
    k, size = int(found.onset), len(at.time_h)
    gone = parameters().group("symptoms").gone_at
    pres = illness.diagnosis == "PRES"
    # Another illness only smoulders out, and only under its own treatment can its end be told.
    well = (felt < gone) & ((found.leak <= 0) if pres else (at.treated > 0.5))
    noticed = found.injury >= traits.threshold * (1.0 - 1e-12)
    while k < size:
        if events:
            text = "The symptoms are back."
        else:
            text = "New trouble from the brain: headache, disturbed sight, a mind that is slow."
        onset_h = float(at.time_h[k])
        k += _first(well[k:])
        events.append(Event(onset_h, "onset", text))
        if k >= size:
            break
        text = "The headache has gone, sight and mind are clear. A scan may lag behind by weeks."
        events.append(Event(float(at.time_h[k]), "recovery", text))
        if not pres:
            break
        k += _first(noticed[k:])
    return events


def complicated_h(patient: Patient, at: Setting, traits: Traits) -> float:
    """When the first complication or arrhythmia comes, not a number where none does [h]."""
    return min((event.time_h for event in _complications(patient, at, traits)), default=math.nan)


def _complications(patient: Patient, at: Setting, traits: Traits) -> list[Event]:
    """What comes of warnings disregarded, and of a magnesium that is far too low."""
    events: list[Event] = []
    hazards = [(one.name, "complication", one.what.text, one.hazard_per_h) for one in at.consequences]
    told = [h for h, one in zip(hazards, at.consequences, strict=True) if one.what.becomes == "event"]
    irregular = arrhythmia_hazard(at.magnesium)
    if irregular.any():
        text = (
            "The monitor shows runs of broad beats. Magnesium is very low, which can do this: correct it, and look at "
            "potassium and the ECG."
        )
        told.append(("arrhythmia", "arrhythmia", text, irregular))
    for name, kind, words, hazard in told:
        k = int(np.searchsorted(cumulated(hazard, at.step_h), threshold(patient.number, traits.seed, name)))
        if k < len(at.time_h):
            events.append(Event(float(at.time_h[k]), kind, words))
    for one in at.consequences:
        if one.what.becomes == "creatinine":
            events.append(Event(float(at.time_h[int(one.holds.argmax())]), "complication", one.what.text))
    return events


def _overshoots(patient: Patient, at: Setting, flags: harm.Flags, presented_mmhg: Series) -> list[Event]:
    """One event for each time the pressure overshoots; spells close together are one."""
    events: list[Event] = []
    p = parameters().group("harm")
    mean, baseline = at.pressures.mean, patient.baseline_map_mmhg
    starts = np.flatnonzero(flags & ~np.concatenate([[False], flags[:-1]]))
    ends = np.flatnonzero(flags & ~np.concatenate([flags[1:], [False]]))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        begins, over = float(at.time_h[start]), float(at.time_h[end]) + at.step_h
        if events and begins - (events[-1].ends_h or 0.0) < p.spell_h:
            events[-1] = replace(events[-1], ends_h=over)
            continue
        now = float(mean[start])
        if now < baseline * (1.0 - p.below_baseline):
            text = (
                f"The mean pressure is {now:.0f} mmHg, below the patient's own {baseline:.0f} mmHg: the brain gets "
                "too little blood. Let it rise."
            )
        elif patient.child:
            text = (
                f"The mean pressure is {now:.0f} mmHg: within eight hours it fell by more than a quarter of the "
                f"planned way from {presented_mmhg[start]:.0f} to {baseline:.0f} mmHg. For a child that is too fast."
            )
        else:
            text = (
                f"The mean pressure is {now:.0f} mmHg: within an hour it fell by more than a quarter of the presenting "
                f"{presented_mmhg[start]:.0f} mmHg. That is too fast, and the brain gets too little blood."
            )
        events.append(Event(begins, "hypoperfusion", text, over))
    return events
