"""Published totals beside those of virtual recipients: measured, and the parameters moved until they meet."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from statistics import NormalDist
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

from pres_teach.evidence import library, wilson
from pres_teach.pharmacology import REGIMENS, target_range
from pres_teach.physiology.parameters import parameters, using
from pres_teach.physiology.population import Case, Setting, patients_with_pres, value_for

__all__ = [
    "COHORTS",
    "QUANTITIES",
    "Cohort",
    "Row",
    "Simulated",
    "Target",
    "cohort",
    "fit",
    "measure",
    "simulated",
    "targets",
]

Words = Annotated[str, Field(min_length=1)]
Floats = NDArray[np.float64]
# Pattern and sites of a lesion by its seed; they are drawn in the imaging room, which lies above this one.
Places = Callable[[int], tuple[str, Sequence[str]]]

COHORTS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("kidney"),
        Setting("liver"),
        Setting("heart"),
        Setting("lung"),
        Setting("allo-hsct"),
        Setting("kidney", child=True),
        Setting("liver", child=True),
        Setting("allo-hsct", child=True),
    )
}
_NORMAL = NormalDist()
_DAY = 24.0


class Target(BaseModel):
    """One published total and what is held against it; fields as in targets.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: Words
    of: tuple[Words, ...] | Literal["all"]
    quantity: Words
    among: Words | None = None
    statistic: Literal["share", "mean", "sd", "median"]
    claims: tuple[Words, ...] = Field(min_length=1)
    n: int | None = None
    within: tuple[float, float] | None = None
    assumed: Words | None = None
    shown: Words | None = None
    use: Literal["fit", "check", "told"]
    free: tuple[Words, ...] = ()
    move: Literal["odds", "ratio", "add", "probit", "inverse"] | None = None
    aim: float | None = None

    @model_validator(mode="after")
    def _whole(self) -> Target:
        if (self.use == "fit") != bool(self.free) or bool(self.free) != (self.move is not None):
            raise ValueError(
                '"free": a target to fit needs what is free and how it moves, others have none; correct it'
            )
        if (self.n is not None or self.within is not None) and self.assumed is None:
            raise ValueError('"assumed": an n or interval of our own needs a reason; received none; say why')
        return self

    @property
    def cohorts(self) -> tuple[str, ...]:
        """Names of the cohorts it is measured in."""
        return tuple(COHORTS) if self.of == "all" else tuple(self.of)

    @property
    def published(self) -> float:
        """The published number: a share from 0 to 1, or the value in its unit."""
        claims = [library().claim(name) for name in self.claims]
        if self.statistic == "share":
            counted = [claim for claim in claims if claim.k is not None and claim.n is not None]
            if len(counted) == len(claims):
                return sum(claim.k or 0 for claim in counted) / sum(claim.n or 0 for claim in counted)
            if self.within is not None:
                return self.aim if self.aim is not None else math.nan
            return (claims[0].value or 0.0) / 100.0
        if self.statistic == "sd":
            return claims[0].sd or math.nan
        return claims[0].value if claims[0].value is not None else (self.aim or math.nan)

    @property
    def interval(self) -> tuple[float, float]:
        """The interval that a cohort has to lie in."""
        if self.within is not None:
            return self.within
        claims = [library().claim(name) for name in self.claims]
        if self.statistic == "share":
            total = self.n or sum(claim.n or 0 for claim in claims)
            low, high = wilson(self.published * total, total)
            return low, high
        n = self.n or claims[0].n or 2
        if self.statistic == "sd":
            half = 1.96 / math.sqrt(2.0 * (n - 1))
            return self.published * (1.0 - half), self.published * (1.0 + half)
        half = 1.96 * (claims[0].sd or 0.0) / math.sqrt(n)
        return self.published - half, self.published + half

    @property
    def words(self) -> str:
        """The published number in one phrase."""
        if self.shown is not None:
            return self.shown
        if self.statistic == "sd":
            return f"{self.published:g} mmHg"
        if self.statistic == "share" and len(self.claims) > 1 and self.within is None:
            claims = [library().claim(name) for name in self.claims]
            return f"{sum(c.k or 0 for c in claims)}/{sum(c.n or 0 for c in claims)} = {100 * self.published:.0f} %"
        numbers = [library().claim(name).numbers for name in self.claims]
        return "; ".join(dict.fromkeys(number for number in numbers if number)) or "in words only"


class _Targets(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    targets: Mapping[str, Target]


class Simulated(BaseModel):
    """What the virtual recipients gave when the parameters were last fitted; written by tools/calibrate.py."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Words
    seed: int
    episodes: int
    values: Mapping[str, float]


@functools.cache
def _read(name: str) -> object:
    text = resources.files("pres_teach.physiology").joinpath(name).read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)


@functools.cache
def targets() -> Mapping[str, Target]:
    """All targets by name, read once."""
    return _Targets.model_validate(_read("targets.yaml")).targets


@functools.cache
def simulated() -> Simulated:
    """The stored result of the last fit."""
    return Simulated.model_validate(_read("simulated.yaml"))


# --- what is measured in one virtual patient -----------------------------------------------------------------------


def _since(case: Case, days: float) -> float:
    return (case.course.onset_h or 0.0) + _DAY * days


def _clear(case: Case, days: float) -> bool:
    return case.course.at(_since(case, days)).oedema_ml <= parameters().group("oedema").seen_ml


def _felt(case: Case) -> float:
    course = case.course
    first = (course.time_h >= (course.onset_h or 0.0)) & (course.time_h <= _since(case, 7))
    return float(course.symptoms[first].max())


def _altered(case: Case) -> bool:
    p = parameters().group("symptoms")
    return _felt(case) > (p.confused_at if case.course.traits.confused else p.confused_all)


def _fits(case: Case) -> list[float]:
    return [event.time_h for event in case.course.events if event.kind in ("seizure", "status")]


def _symptom_days(case: Case) -> float:
    recovered = [event.time_h for event in case.course.events if event.kind == "recovery"]
    return ((recovered[0] if recovered else float(case.course.time_h[-1])) - (case.course.onset_h or 0.0)) / _DAY


def _again(case: Case) -> float | None:
    onsets = [event.time_h for event in case.course.events if event.kind == "onset"]
    return onsets[1] if len(onsets) > 1 else None


def _recurrent_seizure(case: Case) -> bool:
    again = _again(case)
    return again is not None and any(time >= again - _DAY for time in _fits(case))


def _late(case: Case, provoked: bool) -> bool:
    """A seizure more than a month after onset, with or without anything of PRES on the scan at the time."""
    seen = parameters().group("oedema").seen_ml
    late = [time for time in _fits(case) if time > _since(case, 30)]
    return any((case.course.at(time).oedema_ml > seen) is provoked for time in late)


def _deficit(case: Case) -> bool:
    return case.course.at(_since(case, 28)).deficit >= parameters().group("harm").told_at


def _restricted(case: Case) -> bool:
    return case.course.traits.restricted > 0 and case.course.at(_since(case, 2)).restricted_ml > 0.5


def _stays(case: Case) -> bool:
    course = case.course
    return float(course.restricted_ml[-1]) > 0.2 * float(course.restricted_ml.max())


def _in_range(case: Case) -> bool:
    course = case.course
    onset = course.onset_h or 0.0
    day = (case.begins_h + onset) / _DAY
    target = target_range("tacrolimus", case.patient.organ, day, REGIMENS[1], case.patient.age_years)
    last = (course.time_h > onset - 12.0) & (course.time_h <= onset)
    return target is None or float(course.level_ng_ml[last].min()) <= target.high


def _onset_day(case: Case) -> float:
    return (case.begins_h + (case.course.onset_h or 0.0)) / _DAY


QUANTITIES: Mapping[str, Callable[[Case], float]] = {
    "onset_day": _onset_day,
    "within_7": lambda case: _onset_day(case) <= 7.0,
    "within_60": lambda case: _onset_day(case) <= 61.0,
    "within_90": lambda case: _onset_day(case) <= 91.0,
    "after_365": lambda case: _onset_day(case) > 365.0,
    "map_mmhg": lambda case: case.course.at(case.course.onset_h or 0.0).map_mmhg,
    "normotensive": lambda case: case.course.at(case.course.onset_h or 0.0).map_mmhg < 107.0,
    "risen": lambda case: case.course.at(case.course.onset_h or 0.0).map_mmhg > 1.1 * case.patient.baseline_map_mmhg,
    "level_in_range": _in_range,
    "infected": lambda case: case.infected,
    "altered": _altered,
    "visual": lambda case: case.course.traits.visual and _felt(case) > 0.1,
    "headache": lambda case: case.course.traits.headache and _felt(case) > 0.1,
    "seizure": lambda case: any(time <= _since(case, 30) for time in _fits(case)),
    "status": lambda case: any(
        event.kind == "status" and event.time_h <= _since(case, 30) for event in case.course.events
    ),
    "haemorrhage": lambda case: any(event.kind == "haemorrhage" for event in case.course.events),
    "microbleeds": lambda case: case.course.lesion(_since(case, 7)).microbleeds > 0,
    "restricted": _restricted,
    "stays": _stays,
    "symptom_days": _symptom_days,
    "well_30": lambda case: _symptom_days(case) <= 30.0,
    "improved_28": lambda case: case.course.at(_since(case, 28)).oedema_ml <= 0.5 * float(case.course.oedema_ml.max()),
    "clear_30": lambda case: _clear(case, 30),
    "clear_60": lambda case: _clear(case, 60),
    "not_clear_60": lambda case: not _clear(case, 60),
    "deficit": _deficit,
    "recovered": lambda case: not _deficit(case),
    "recurrent_seizure": _recurrent_seizure,
    "unprovoked": lambda case: _late(case, False),
    "provoked": lambda case: _late(case, True),
}
_PLACES = (
    "parieto-occipital",
    "superior frontal sulcus",
    "holohemispheric watershed",
    "asymmetric",
    "frontal",
    "cerebellum",
)


# --- a cohort, and a target in it ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Cohort:
    """Virtual recipients with PRES: each quantity (n,), weights that add up to 1, and the share of all with PRES."""

    setting: Setting
    weight: Floats
    values: Mapping[str, Floats]
    pres: float


def cohort(setting: Setting, episodes: int, seed: int, places: Places | None = None) -> Cohort:
    """Simulate a cohort and measure every quantity.

    Parameters
    ----------
    setting
        Organ and age.
    episodes
        How many virtual recipients with an episode.
    seed
        Zero or above.
    places
        Pattern and sites by the seed of a lesion; None leaves these quantities out.
    """
    found = _measured(setting, episodes, seed, places)
    weight = np.array([one["weight"] for one in found])
    if not len(found) or weight.sum() <= 0:
        raise ValueError(
            f'"episodes": none of {episodes} episodes could bring PRES in {setting.name}; take more, or larger ones'
        )
    values = {name: np.array([one[name] for one in found], dtype=float) for name in found[0] if name != "weight"}
    pres = 1.0 - math.exp(-value_for("episodes", setting) * float(weight.sum()) / episodes)
    return Cohort(setting, weight / weight.sum(), values, pres)


def _measured(setting: Setting, episodes: int, seed: int, places: Places | None) -> list[dict[str, float]]:
    # Series are let go patient by patient, so that memory does not grow with the cohort.
    found = []
    for case in patients_with_pres(setting, episodes, seed):
        one = {name: float(of(case)) for name, of in QUANTITIES.items()}
        if places is not None:
            pattern, sites = places(case.patient.number)
            one |= {name: float(name in (pattern, *sites)) for name in ("frontal", "cerebellum")}
            one |= {name: float(name == pattern) for name in _PLACES[:4]}
        found.append(one | {"weight": case.weight})
    return found


def _of(target: Target, one: Cohort) -> float:
    if target.quantity == "pres":
        return one.pres
    values, weight = one.values[target.quantity], one.weight
    if target.among is not None:
        weight = weight * one.values[target.among]
    if weight.sum() <= 0:
        return math.nan
    weight = weight / weight.sum()
    if target.statistic == "median":
        order = np.argsort(values)
        return float(values[order][np.searchsorted(np.cumsum(weight[order]), 0.5)])
    mean = float(np.dot(weight, values))
    if target.statistic == "sd":
        return math.sqrt(float(np.dot(weight, (values - mean) ** 2)))
    # Weights are floats and add up to one only nearly.
    return min(mean, 1.0) if target.statistic == "share" else mean


@dataclass(frozen=True)
class Row:
    """One target with what was simulated for it."""

    name: str
    target: Target
    value: float

    @property
    def met(self) -> bool:
        """Whether the simulated value lies in the interval."""
        low, high = self.target.interval
        return low <= self.value <= high


def measure(cohorts: Mapping[str, Cohort], only: Iterable[str] | None = None) -> Iterator[Row]:
    """Each target in these cohorts; those whose quantity was not measured are left out."""
    for name, target in targets().items():
        if only is not None and name not in only:
            continue
        members = [cohorts[of] for of in target.cohorts if of in cohorts]
        if not members or (target.quantity != "pres" and target.quantity not in members[0].values):
            continue
        values = np.array([_of(target, member) for member in members])
        if target.among is not None:  # each cohort counts by how many there are
            sizes = np.array([float(np.dot(m.weight, m.values[target.among])) for m in members])
            keep = np.isfinite(values)
            yield Row(name, target, float(np.dot(values[keep], sizes[keep]) / sizes[keep].sum()))
        else:
            yield Row(name, target, float(values.mean()))


# --- the fit -------------------------------------------------------------------------------------------------------


def _odds(share: float) -> float:
    share = min(max(share, 0.005), 0.995)
    return math.log(share / (1.0 - share))


def _moved(row: Row, path: str, value: float) -> float:
    """A free parameter after one damped step towards its target."""
    target = row.target
    aim = target.aim if target.aim is not None else target.published
    if target.move == "add":
        return value + 0.8 * (aim - row.value)
    if target.move == "ratio":
        return float(value * min(max(aim / max(row.value, 1e-9), 0.4), 2.5) ** 0.9)
    if target.move == "probit":
        p, q = (_NORMAL.inv_cdf(min(max(x, 0.02), 0.98)) for x in (aim, row.value))
        later = 1.0 if target.quantity.startswith("after") else -1.0
        return value * math.exp(0.7 * later * (p - q))
    gap = _odds(aim) - _odds(row.value)
    if target.move == "inverse":
        return value * math.exp(-0.25 * gap)
    if value > 1.0 or "factor" in path:
        return value * math.exp(0.6 * gap)
    return 1.0 / (1.0 + math.exp(-(_odds(value) + 0.8 * gap)))


def _bounds(path: str) -> tuple[float, float]:
    group, name = path.split(".", 1)
    p = parameters()
    if group in p.numbers:
        return p.numbers[group][name].range
    return p.tables[group].range or (-math.inf, math.inf)


def _value(path: str) -> float:
    group, name = path.split(".", 1)
    p = parameters()
    return p.group(group)[name] if group in p.numbers else p.table(group)[name]


def fit(
    episodes: int, seed: int, rounds: int, told: Callable[[int, list[Row]], None] | None = None
) -> dict[str, float]:
    """Move every free parameter towards its target, round after round on the same random numbers.

    Parameters
    ----------
    episodes
        Of each cohort.
    seed
        Zero or above.
    rounds
        How often.
    told
        Called after each round with its number and the rows that it began with.

    Returns
    -------
    dict
        New values by "group.name" or "table.organ", each inside its range.
    """
    now = {path: _value(path) for target in targets().values() for path in target.free}
    for turn in range(rounds):
        with using(now):
            rows = list(measure({name: cohort(of, episodes, seed) for name, of in COHORTS.items()}))
        for row in rows:
            for path in row.target.free:
                low, high = _bounds(path)
                now[path] = min(max(_moved(row, path, now[path]), low), high)
        if told is not None:
            told(turn, rows)
    # Written as they are printed: four figures.
    return {path: float(f"{value:.4g}") for path, value in now.items()}
