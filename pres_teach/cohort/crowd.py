"""A crowd: patients alike in all but their number, and what became of each."""

from __future__ import annotations

import math
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pres_teach.cohort.share import Share, at_least_one
from pres_teach.patient import Chart, Patient
from pres_teach.physiology import Illness, Traits, draw, parameters
from pres_teach.physiology.cascade import Brain, Setting, brain, column, injury_of, setting
from pres_teach.physiology.chemistry import arrhythmia_hazard
from pres_teach.physiology.course import bleeds, complicated_h, harms, meet, presenting, threshold_for
from pres_teach.physiology.harm import hypoperfused
from pres_teach.physiology.seizures import Remedy, cumulated, remedies, seizures
from pres_teach.physiology.traits import tabulate

if TYPE_CHECKING:
    import pandas

__all__ = ["CHUNK", "MOST", "Crowd", "simulate"]

CHUNK = 500  # patients whose series are held at one time; the answer does not depend on it
MOST = 1_000_000  # patients told one by one; more are counted
STEP_H = 0.5

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Crowd:
    """What became of many patients; one entry a patient, in the order of their numbers, no series kept.

    Parameters
    ----------
    number
        (n,) keys of the patients.
    onset_h, seizure_h, haemorrhage_h, rejection_h, hypoperfusion_h, complication_h
        First time of each, not a number where it never came [h since transplantation].
    cleared_h
        First time after onset from which oedema is no longer seen, not a number where it is seen to the end [h].
    seizures, status
        How many seizures, and how many of them status.
    peak_ml
        Oedema at its peak [mL].
    deficit
        Accumulated harm at the end, 0 to 1.
    headache, visual, confused
        Whether the patient shows it, given PRES.
    rejection_risk
        Chance of rejection in the model by the end, alike for all.
    """

    number: NDArray[np.int64]
    onset_h: Floats
    seizure_h: Floats
    haemorrhage_h: Floats
    rejection_h: Floats
    hypoperfusion_h: Floats
    complication_h: Floats
    cleared_h: Floats
    seizures: NDArray[np.int64]
    status: NDArray[np.int64]
    peak_ml: Floats
    deficit: Floats
    headache: Flags
    visual: Flags
    confused: Flags
    rejection_risk: float
    until_h: float

    def __len__(self) -> int:
        return len(self.number)

    @property
    def sick(self) -> Flags:
        """Who has PRES, (n,)."""
        return ~np.isnan(self.onset_h)

    def pres(self) -> Share:
        """Share with PRES."""
        return Share(int(self.sick.sum()), len(self))

    def of_sick(self, flags: Flags) -> Share:
        """Share of those with PRES for whom something holds."""
        return Share(int((flags & self.sick).sum()), int(self.sick.sum()))

    def seizure(self) -> Share:
        """Share with a seizure, of those with PRES."""
        return self.of_sick(self.seizures > 0)

    def in_status(self) -> Share:
        """Share with status, of those who seized."""
        seized = self.seizures > 0
        return Share(int((self.status > 0).sum()), int(seized.sum()))

    def haemorrhage(self) -> Share:
        """Share with a haemorrhage, of those with PRES."""
        return self.of_sick(~np.isnan(self.haemorrhage_h))

    def altered(self) -> Share:
        """Share with altered mental state, of those with PRES."""
        return self.of_sick(self.confused)

    def disturbed_sight(self) -> Share:
        """Share with visual disturbance, of those with PRES."""
        return self.of_sick(self.visual)

    def hypoperfused(self) -> Share:
        """Share whose pressure fell too fast or too far."""
        return Share(int((~np.isnan(self.hypoperfusion_h)).sum()), len(self))

    def complicated(self) -> Share:
        """Share with an arrhythmia, or with what a warning disregarded leads to."""
        return Share(int((~np.isnan(self.complication_h)).sum()), len(self))

    def rejected(self) -> Share:
        """Share whose graft was rejected."""
        return Share(int((~np.isnan(self.rejection_h)).sum()), len(self))

    def clear_by(self, days: float) -> Share:
        """Share of those with PRES whose scan is clear so many days after onset."""
        if np.any(self.onset_h[self.sick] + 24.0 * days > self.until_h):
            raise ValueError(
                f'"days": the course must last that long after every onset; received {days:g}; simulate for longer'
            )
        with np.errstate(invalid="ignore"):
            return self.of_sick(self.cleared_h <= self.onset_h + 24.0 * days)

    def frame(self) -> pandas.DataFrame:
        """One row a patient, units in the names of the columns."""
        import pandas

        units = {"onset_h": "onset [h]", "seizure_h": "first seizure [h]", "haemorrhage_h": "haemorrhage [h]"}
        units |= {"rejection_h": "rejection [h]", "hypoperfusion_h": "hypoperfusion [h]", "cleared_h": "scan clear [h]"}
        units |= {"complication_h": "complication [h]"}
        units |= {"peak_ml": "peak oedema [mL]", "deficit": "deficit [1]"}
        names = [f.name for f in fields(self) if f.name not in ("rejection_risk", "until_h")]
        return pandas.DataFrame({units.get(name, name): getattr(self, name) for name in names})


def simulate(
    n: int,
    patient_template: Patient,
    chart: Chart,
    illness: Illness,
    seed: int,
    *,
    until_h: float | None = None,
    author: Chart | None = None,
    opens_h: float | None = None,
    step_h: float = STEP_H,
    numbers: Iterable[int] | None = None,
    chunk: int = CHUNK,
) -> Crowd:
    """Simulate n patients alike in all but their number, which keys everything drawn.

    A patient's answer does not depend on who else is simulated, nor on the order or the chunks.

    Parameters
    ----------
    n
        How many, 1 to 1 000 000; more are counted by `pres_teach.cohort.count`.
    patient_template
        Its number is replaced by 0 to n - 1 (or by `numbers`).
    chart
        What they all get.
    illness
        With an onset, every susceptibility is solved for it; without one it stays as drawn.
    seed
        Of the cohort.
    until_h
        End; None runs four weeks beyond the onset, or thirty days [h since transplantation].
    author
        Chart under which conditions are solved; None takes `chart`. Give it when `chart` is a twin of it.
    opens_h
        When treatment begins: sets the presenting pressure; None takes that at onset [h].
    step_h
        Grid step [h].
    numbers
        Numbers of the patients; None counts from 0.
    chunk
        How many are computed together.

    Returns
    -------
    Crowd

    Raises
    ------
    ValueError
        If n or chunk is below 1, n is above a million, or `numbers` are not n.
    ConditionError
        If a condition cannot be met for one of them.
    """
    at_least_one(n=n, chunk=chunk)
    if n > MOST:
        raise ValueError(
            f'"n": at most {MOST} patients are told one by one; received {n}; '
            "take fewer, or count them: cohort.count(n, ...)"
        )
    keys = list(range(n)) if numbers is None else [int(number) for number in numbers]
    if len(keys) != n:
        raise ValueError(f'"numbers": must be as many as n; received {len(keys)} for {n}; leave one of them out')
    if until_h is None:
        until_h = illness.onset_h + 28 * 24.0 if illness.onset_h is not None else 30 * 24.0
    at = setting(patient_template, chart, illness, until_h, step_h, band=False)
    solved_under = at
    if author is not None and (illness.onset_h is not None or illness.untreated):
        solved_under = setting(patient_template, author, illness, until_h, step_h, band=False)
    doses = remedies(patient_template, chart, float(at.time_h[-1]) + step_h)
    parts = [
        _chunk(_people(patient_template, keys[i : i + chunk]), at, solved_under, illness, seed, doses, opens_h)
        for i in range(0, n, chunk)
    ]
    joined: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    risk = 1.0 - math.exp(-float(np.sum(at.rejection_per_h)) * step_h)
    return Crowd(**joined, rejection_risk=risk, until_h=float(at.time_h[-1]))


def _people(template: Patient, numbers: list[int]) -> list[Patient]:
    """Patients alike in all but their number; nothing else is checked again."""
    first = replace(template, number=min(numbers))
    people = []
    for number in numbers:
        person = copy(first)
        object.__setattr__(person, "number", number)
        people.append(person)
    return people


def _solved(people: list[Patient], at: Setting, illness: Illness, seed: int) -> list[Traits]:
    """Traits of a chunk; susceptibility solved patient by patient where there is an onset."""
    drawn = [draw(patient, illness, seed) for patient in people]
    if illness.diagnosis == "PRES" and illness.onset_h is not None:
        drawn = [replace(traits, threshold=threshold_for(at, traits, illness.onset_h)) for traits in drawn]
    if illness.untreated:
        drawn = [meet(at, brain(at, illness, t, p.organ), illness, t) for t, p in zip(drawn, people, strict=True)]
    return drawn


def _chunk(
    people: list[Patient],
    at: Setting,
    solved_under: Setting,
    illness: Illness,
    seed: int,
    doses: tuple[Remedy, ...],
    opens_h: float | None,
) -> dict[str, NDArray[Any]]:
    traits = _solved(people, solved_under, illness, seed)
    n, size = len(people), len(at.time_h)
    never = np.full(n, np.nan)
    out: dict[str, NDArray[Any]] = {
        "number": np.array([p.number for p in people]),
        "complication_h": never.copy(),
        "headache": np.array([t.headache for t in traits]),
        "visual": np.array([t.visual for t in traits]),
        "confused": np.array([t.confused for t in traits]),
    }
    rejected = np.searchsorted(cumulated(at.rejection_per_h, at.step_h), [t.rejection for t in traits])
    out["rejection_h"] = np.where(rejected < size, at.time_h[np.minimum(rejected, size - 1)], np.nan)
    if at.consequences or arrhythmia_hazard(at.magnesium).any():
        out["complication_h"][:] = [complicated_h(p, at, t) for p, t in zip(people, traits, strict=True)]
    # Most people have neither PRES nor a seizure, and are all alike in what is left to compute: one stands for them.
    stirred = _stirred(at, illness, traits, people[0].organ)
    followed = [*np.flatnonzero(stirred).tolist(), *np.flatnonzero(~stirred)[:1].tolist()]
    rows = _follow([people[i] for i in followed], [traits[i] for i in followed], at, illness, doses, opens_h)
    place = np.full(n, len(followed) - 1)
    place[followed] = np.arange(len(followed))
    return out | {name: values[place] for name, values in rows.items()}


def _stirred(at: Setting, illness: Illness, traits: list[Traits], organ: str) -> Flags:
    """In whom the barrier leaks, PRES is noticed or a seizure comes, (n,)."""
    if illness.diagnosis != "PRES":
        return np.ones(len(traits), dtype=bool)
    table = tabulate(traits)
    _, injury = injury_of(column(at), table)
    leaks_from = min(parameters().group("oedema").leak_from, 1.0 - 1e-9)
    stirred: Flags = injury.max(axis=0) >= leaks_from * table.threshold
    if not stirred.all():
        still = brain(at, illness, traits[int(stirred.argmin())], organ)
        stirred |= np.array([t.seizures[0] for t in traits]) <= still.cumulated[-1]
    return stirred


def _follow(
    people: list[Patient],
    traits: list[Traits],
    at: Setting,
    illness: Illness,
    doses: tuple[Remedy, ...],
    opens_h: float | None,
) -> dict[str, NDArray[Any]]:
    """What becomes of the brain and by what harm, of each."""
    found = brain(column(at), illness, tabulate(traits), people[0].organ)
    n, size, seen = len(people), len(at.time_h), parameters().group("oedema").seen_ml
    onset = np.asarray(found.onset)
    never = np.full(n, np.nan)
    out: dict[str, NDArray[Any]] = {
        "onset_h": np.where(onset < size, at.time_h[np.minimum(onset, size - 1)], np.nan),
        "seizure_h": never.copy(),
        "haemorrhage_h": never.copy(),
        "hypoperfusion_h": never.copy(),
        "cleared_h": never.copy(),
        "seizures": np.zeros(n, dtype=np.int64),
        "status": np.zeros(n, dtype=np.int64),
        "peak_ml": found.oedema_ml.max(axis=0),
        "deficit": np.zeros(n),
    }
    for i, patient in enumerate(people):
        one = _of(found, i)
        fits = seizures(one.cumulated, at.time_h, traits[i], doses)
        flags = hypoperfused(patient, at.pressures, presenting(at, one, opens_h), at.step_h)
        bleed_h = bleeds(at, one, traits[i])
        out["deficit"][i] = harms(patient, at, one, traits[i], fits, flags, bleed_h)[-1]
        if flags.any():
            out["hypoperfusion_h"][i] = at.time_h[int(flags.argmax())]
        if fits:
            out["seizure_h"][i] = fits[0].time_h
            out["seizures"][i], out["status"][i] = len(fits), sum(fit.status for fit in fits)
        if bleed_h is not None:
            out["haemorrhage_h"][i] = bleed_h
        if onset[i] < size:
            visible = np.flatnonzero(one.oedema_ml > seen)
            clear = int(visible[-1]) + 1 if len(visible) else int(onset[i])
            if clear < size:
                out["cleared_h"][i] = max(at.time_h[clear], at.time_h[onset[i]])
    return out


def _of(found: Brain, i: int) -> Brain:
    """One patient's columns."""
    return Brain(**{f.name: getattr(found, f.name)[..., i] for f in fields(Brain)})
