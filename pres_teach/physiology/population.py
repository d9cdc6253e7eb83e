"""Virtual recipients: who they are, what befalls them, how they are treated. What the model is calibrated on.

Each has one episode (a rise of pressure, an infection or rejection, an azole) at a time of its setting, on a clock
that begins ten days before it. Those who would get PRES are drawn by weight: an episode reaches an injury, the
susceptibility is drawn among those below it, and the weight is how common these are. Illustrative throughout.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from pres_teach.patient import Chart, Order, Patient, stream
from pres_teach.pharmacology import REGIMENS, levels, target_range
from pres_teach.physiology.cascade import brain, injury_of, setting
from pres_teach.physiology.course import Course, simulate
from pres_teach.physiology.illness import Illness
from pres_teach.physiology.parameters import parameters
from pres_teach.physiology.seizures import remedies, seizures
from pres_teach.physiology.traits import draw

__all__ = ["Case", "Setting", "patients_with_pres", "value_for"]

_RUN_IN_H = 240.0
_STEP_H = 1.0
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Setting:
    """Where virtual recipients come from: an organ, and whether they are children."""

    organ: str
    child: bool = False

    @property
    def name(self) -> str:
        """As the tables of the parameters name it."""
        return f"{self.organ} child" if self.child else self.organ


@dataclass(frozen=True)
class Case:
    """One virtual recipient with PRES.

    Parameters
    ----------
    patient, course
        Under the care described in the model card.
    begins_h
        When the clock of the course begins [h since transplantation].
    weight
        How common patients like this one are among those with an episode, 0 to 1.
    care_h
        When care begins, on the clock of the course [h].
    infected
        Whether an infection or rejection is part of the episode.
    """

    patient: Patient
    course: Course
    begins_h: float
    weight: float
    care_h: float
    infected: bool


def value_for(table: str, setting: Setting) -> float:
    """A number of a table for a setting: the children's own if there is one, else the adults'."""
    values = parameters().table(table)
    return values.get(setting.name, values[setting.organ])


def _patient(number: int, seed: int, of: Setting) -> Patient:
    p = parameters().group("population")
    rng = stream(seed, number, "recipient")
    age = float(rng.uniform(3, 16) if of.child else rng.uniform(20, 65))
    # A child's weight by age, roughly; an adult's by chance.
    weight = float(2.5 * age + 8 + rng.normal(0, 2) if of.child else rng.uniform(52, 95))
    base = (p.child_baseline_mmhg + age - 8) if of.child else p.baseline_mmhg
    return Patient(
        number=number,
        age_years=age,
        sex="female" if rng.random() < 0.45 else "male",
        weight_kg=max(weight, 8.0),
        organ=of.organ,
        cyp3a5="*3/*3" if rng.random() < 0.8 else "*1/*3",
        haematocrit_percent=float(rng.uniform(25, 38)),
        baseline_map_mmhg=float(np.clip(base + p.baseline_sd_mmhg * rng.standard_normal(), 50, 120)),
        creatinine_umol_l=float(rng.uniform(40, 70) if of.child else rng.uniform(80, 140)),
        magnesium_mmol_l=float(rng.uniform(0.75, 0.95)),
    )


def _dose(patient: Patient, day: float, aim: float) -> float:
    """Dose that brings the trough to an aim within the usual range: each patient is dosed by level [mg]."""
    first = 0.05 * patient.weight_kg
    chart = Chart((Order("tacrolimus", 0.0, first, "mg", "mouth", 12.0, by="author"),))
    trough = float(levels(patient, chart, np.array([0.0, 168.0]), "tacrolimus", band=False).ng_ml[-1])
    target = target_range("tacrolimus", patient.organ, day, REGIMENS[1], patient.age_years)
    low, high = (target.low, target.high) if target is not None else (5.0, 10.0)
    return max(round(first * (low + aim * (high - low)) / trough * 4) / 4, 0.25)


def _episode(of: Setting, z: float, from_h: float, ends_h: float, size: float) -> Illness:
    """An episode: a rise of pressure, and where the size is above zero a systemic part."""
    rise = value_for("episode_pressure_mmhg", of) + value_for("episode_pressure_sd_mmhg", of) * z
    return Illness(
        systemic=(("infection or rejection", from_h, ends_h, size),) if size > 0 else (),
        pressure=((from_h, ends_h, float(np.clip(rise, -30.0, 95.0)), "episode"),),
    )


def _joined(one: Illness, two: Illness) -> Illness:
    return Illness(systemic=one.systemic + two.systemic, pressure=one.pressure + two.pressure)


def patients_with_pres(of: Setting, n: int, seed: int) -> Iterator[Case]:
    """Of n virtual recipients with an episode each, those whom it can bring PRES, with their weights.

    Parameters
    ----------
    of
        Organ and age.
    n
        How many episodes.
    seed
        Zero or above; the same gives the same recipients whatever the parameters are, as far as these let it.
    """
    # Each setting has people of its own, so that what is pooled over settings is not one cohort seen many times.
    first = zlib.crc32(of.name.encode()) % 1000 * 1_000_000
    for number in range(first, first + n):
        case = _case(of, number, seed)
        if case is not None:
            yield case


def _case(of: Setting, number: int, seed: int) -> Case | None:
    p = parameters().group("population")
    patient = _patient(number, seed, of)
    rng = stream(seed, number, "episode")
    u = rng.random(8)
    z = rng.standard_normal(4)
    day = value_for("episode_day", of) * math.exp(value_for("episode_day_spread", of) * float(z[0]))
    begins_h = max(24.0 * day - _RUN_IN_H, 0.0)
    from_h = 24.0 * day - begins_h
    until_h = from_h + 24.0 * p.follow_up_days
    infected = bool(u[0] < value_for("episode_infected", of))
    size = p.systemic_size * math.exp(0.4 * float(z[1])) if infected else 0.0
    chart = _before(patient, day, float(u[3]), float(u[4]) < value_for("episode_level", of), from_h)

    # First as long as nobody does anything ...
    short_h = from_h + 24.0 * p.episode_days
    first = _episode(of, float(z[3]), from_h, short_h, size)
    at = setting(patient, chart, first, short_h, _STEP_H, band=False)
    own = draw(patient, first, seed)
    _, injury = injury_of(at, own)
    spread = parameters().group("drive").threshold_spread
    median = parameters().group("drive").threshold_median
    # Whom the usual drugs alone would have made ill is not of this episode.
    usual, highest = float(injury[at.time_h < from_h].max(initial=0.0)), float(injury.max())
    if highest <= usual:
        return None
    below, within = (_NORMAL.cdf(math.log(max(x, 1e-9) / median) / spread) for x in (usual, highest))
    weight = within - below
    if weight < 1e-9:
        return None
    drawn = median * math.exp(spread * _NORMAL.inv_cdf(below + float(u[5]) * weight))
    own = replace(own, threshold=min(drawn, highest * (1.0 - 1e-6)))
    found = brain(at, first, own, patient.organ)
    onset = int(found.onset)
    if onset >= len(at.time_h):
        return None
    care_h = float(at.time_h[onset]) + p.delay_h * math.exp(p.delay_spread * float(z[2]))
    fits = seizures(found.cumulated, at.time_h, own, remedies(patient, chart, short_h))
    seized_h = next((fit.time_h for fit in fits if fit.time_h <= care_h), None)
    status_h = next((fit.time_h for fit in fits if fit.status and fit.time_h <= care_h), None)
    if status_h is not None:
        care_h = min(care_h, status_h + 0.3)
    above = float(np.interp(care_h, at.time_h, at.pressures.mean)) / patient.baseline_map_mmhg
    treated = _treated(patient, chart, care_h, above, seized_h is not None, status_h is not None, int(3 * u[6]))
    # ... then with care, which takes the cause away as well, and in a few with another episode.
    ends_h = max(care_h, from_h + 1.0) + 24.0 * p.treated_days
    illness = _episode(of, float(z[3]), from_h, ends_h, size)
    if u[2] < p.recurrent_share:
        again_h = from_h + 24.0 * (30.0 + 50.0 * float(u[1]))
        again = _episode(of, float(z[3]), again_h, again_h + 24.0 * (p.treated_days + 1.0), size)
        illness = _joined(illness, again)
    course = simulate(patient, treated, illness, own, until_h, step_h=_STEP_H, opens_h=care_h, band=False)
    later = [event.time_h for event in course.events if event.kind == "status" and event.time_h > care_h]
    if later:  # in hospital somebody treats it at once
        for at_h in later:
            treated = treated.give(Order("lorazepam", at_h + 0.2, 0.1, "mg/kg", "iv"))
            treated = treated.give(Order("valproate", at_h + 0.4, 40.0, "mg/kg", "iv"))
        course = simulate(patient, treated, illness, own, until_h, step_h=_STEP_H, opens_h=care_h, band=False)
    return Case(patient, course, begins_h, weight, care_h, infected)


def _before(patient: Patient, day: float, aim: float, azole: bool, from_h: float) -> Chart:
    """The usual three drugs, tacrolimus by level; perhaps an azole that nobody thought of."""
    dose = _dose(patient, day, 0.1 + 0.5 * aim)
    per_kg = patient.weight_kg / 70.0
    orders = [
        Order("tacrolimus", 6.0, dose, "mg", "mouth", 12.0, by="author"),
        Order("mycophenolate", 6.0, 1000.0 * per_kg, "mg", "mouth", 12.0, by="author"),
        Order("prednisolone", 8.0, 15.0 * per_kg, "mg", "mouth", 24.0, by="author"),
    ]
    if azole:
        at_h = max(from_h - 48.0, 7.0)
        orders.append(Order("fluconazole", at_h, 3.0, "mg/kg", "mouth", 24.0, by="author"))
    return Chart(tuple(orders))


def _treated(
    patient: Patient, chart: Chart, care_h: float, above: float, seized: bool, status: bool, plan: int
) -> Chart:
    """Ordinary care: pressure lowered gently, azole replaced, less tacrolimus, a seizure treated.

    `above` is the mean pressure against the patient's own.
    """
    per_kg = patient.weight_kg / 70.0
    dose = chart.of("tacrolimus")[0].dose
    chart = chart.change("tacrolimus", care_h, dose=dose / 2)
    if plan == 0:
        chart = chart.hold("tacrolimus", care_h, care_h + 24.0)
    chart = chart.change("tacrolimus", care_h + 168.0, dose=0.7 * dose)
    if chart.of("fluconazole"):
        chart = chart.stop("fluconazole", care_h).give(Order("micafungin", care_h, 1.5, "mg/kg", "iv", 24.0))
    if above > 1.12 and patient.child:  # slowly, by mouth
        chart = chart.give(Order("amlodipine", care_h, 5.0 * per_kg, "mg", "mouth", 24.0))
    elif above > 1.12:
        chart = chart.give(Order("labetalol", care_h, 15.0 * per_kg, "mg", "iv"))
        chart = chart.give(Order("amlodipine", care_h + 1.0, 5.0 * per_kg, "mg", "mouth", 24.0))
        if above > 1.25:
            later, days = (200.0 if above < 1.45 else 400.0) * per_kg, parameters().group("population").treated_days
            chart = chart.give(Order("labetalol", care_h + 3.0, later, "mg", "mouth", 8.0, care_h + 24.0 * days))
    if status:
        chart = chart.give(Order("lorazepam", care_h, 0.1, "mg/kg", "iv"))
    if seized or status:
        load = 60.0 if status else 20.0
        chart = chart.give(Order("levetiracetam", care_h + 0.05, load, "mg/kg", "iv"))
        until_h = care_h + 24.0 * 90
        chart = chart.give(Order("levetiracetam", care_h + 12.0, 10.0, "mg/kg", "mouth", 12.0, until_h))
    return chart
