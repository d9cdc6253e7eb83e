"""What is this patient's own: thresholds and parameters, drawn once from the seed before the course starts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pres_teach.patient import Patient, stream
from pres_teach.physiology.illness import Illness
from pres_teach.physiology.parameters import parameters

__all__ = ["BLEEDS", "SEIZURES", "TraitTable", "Traits", "draw", "tabulate"]

SEIZURES = 8  # as many thresholds are drawn; nobody needs more to learn
BLEEDS = ("minute", "sulcal", "haematoma")  # of equal frequency (claim hefzy2009-types)


@dataclass(frozen=True)
class Traits:
    """Own thresholds and parameters of one patient; the same under every chart.

    Parameters
    ----------
    number, seed
        Key of the patient, seed of the draw.
    exposure, pressure, systemic
        Weights of the drivers, summing to 1.
    threshold
        Injury at which PRES is noticed.
    volume_ml
        Largest volume of oedema [mL].
    fill_per_h
        Fastest filling [1/h].
    half_life_h
        Half-life of clearing [h].
    fades_h
        Time constant with which symptoms fade [h].
    restricted
        Share of the oedema with restricted diffusion.
    remnant
        Part of that which does not reverse.
    headache, visual, confused
        Whether this patient is prone to it.
    seizures
        Cumulated hazards at which seizures come, rising.
    status
        Whether each of these becomes status.
    first_line, second_line
        Luck of each treatment of these, 0 to 1: a drug ends status if its share of successes is above it.
    bleeds_h
        Hours of full leak after which there is a haemorrhage; infinite in those not susceptible [h].
    bleed
        One of `BLEEDS`.
    haematoma_ml
        Volume of a haematoma [mL].
    microbleeds
        How many there will be on SWI.
    rejection
        Cumulated hazard at which the graft is rejected.
    scar_per_h
        Hazard of an unprovoked seizure once PRES is over; zero in nearly everybody [1/h].
    """

    number: int
    seed: int
    exposure: float
    pressure: float
    systemic: float
    threshold: float
    volume_ml: float
    fill_per_h: float
    half_life_h: float
    fades_h: float
    restricted: float
    remnant: float
    headache: bool
    visual: bool
    confused: bool
    seizures: tuple[float, ...]
    status: tuple[bool, ...]
    first_line: tuple[float, ...]
    second_line: tuple[float, ...]
    bleeds_h: float
    bleed: str
    haematoma_ml: float
    microbleeds: int
    rejection: float
    scar_per_h: float = 0.0


@dataclass(frozen=True)
class TraitTable:
    """The numbers of many patients that the cascade needs, each (n,); names and units as in `Traits`."""

    exposure: NDArray[np.float64]
    pressure: NDArray[np.float64]
    systemic: NDArray[np.float64]
    threshold: NDArray[np.float64]
    volume_ml: NDArray[np.float64]
    fill_per_h: NDArray[np.float64]
    half_life_h: NDArray[np.float64]
    restricted: NDArray[np.float64]
    remnant: NDArray[np.float64]
    scar_per_h: NDArray[np.float64]


def tabulate(traits: Sequence[Traits]) -> TraitTable:
    """Traits of many patients, field by field."""
    columns: dict[str, Any] = {
        field.name: np.array([getattr(t, field.name) for t in traits], dtype=float) for field in fields(TraitTable)
    }
    return TraitTable(**columns)


def draw(patient: Patient, illness: Illness, seed: int) -> Traits:
    """Traits of one patient, drawn from the seed and the patient's number alone.

    Every trait has its own place in the streams, so that a change of one parameter moves no other trait.

    Parameters
    ----------
    patient
        Only number and organ matter.
    illness
        Its drivers, when given, replace the drawn weights.
    seed
        Zero or above.

    Returns
    -------
    Traits
        With nothing solved: `solve` meets the conditions of an illness.
    """
    p = parameters()
    oedema, bleeding, seizures, drive = (p.group(name) for name in ("oedema", "bleeding", "seizures", "drive"))
    symptoms = p.group("symptoms")
    rng = stream(seed, patient.number, "traits")
    z = rng.standard_normal(16).tolist()
    u = rng.random(64).tolist()
    e = rng.standard_exponential(SEIZURES + 8).tolist()
    g = rng.standard_gamma(drive.weight_concentration, 3).tolist()
    microbleeds = 1 + int(rng.poisson(bleeding.microbleeds_mean - 1))
    if illness.drivers is not None:
        weights = (illness.drivers.exposure, illness.drivers.pressure, illness.drivers.systemic)
    else:
        total = g[0] + g[1] + g[2]
        weights = (g[0] / total, g[1] / total, g[2] / total)

    def lognormal(median: float, spread: float, normal: float) -> float:
        return median * math.exp(spread * normal)

    slow = oedema.slow_factor if u[0] < oedema.slow_share else 1.0
    restricted = 0.0
    if u[4] < oedema.restricted_share:
        restricted = oedema.restricted_low + (oedema.restricted_high - oedema.restricted_low) * u[5]
    # How often blood is seen is known for PRES alone; in another illness it comes where the author says so.
    pres = illness.diagnosis == "PRES"
    susceptible = pres and u[1] < p.table("haemorrhage_share")[patient.organ]
    hazards, reached = [], 0.0
    for k in range(SEIZURES):
        reached += e[k]
        hazards.append(reached)
    return Traits(
        number=patient.number,
        seed=seed,
        exposure=weights[0],
        pressure=weights[1],
        systemic=weights[2],
        threshold=lognormal(drive.threshold_median, drive.threshold_spread, z[0]),
        volume_ml=lognormal(oedema.volume_ml, oedema.volume_spread, z[1]),
        fill_per_h=lognormal(oedema.fill_per_h, oedema.fill_spread, z[2]),
        half_life_h=slow * lognormal(oedema.half_life_h, oedema.half_life_spread, z[3]),
        fades_h=lognormal(symptoms.fades_h, symptoms.fades_spread, z[6]),
        restricted=restricted,
        remnant=oedema.remnant_part if u[6] < oedema.remnant_share else 0.0,
        headache=u[7] < p.table("headache_share")[patient.organ],
        visual=u[8] < p.table("visual_share")[patient.organ],
        confused=u[9] < p.table("altered_share")[patient.organ],
        seizures=tuple(hazards),
        status=tuple(
            x < seizures.status_share * (1.0 if k == 0 else seizures.status_again)
            for k, x in enumerate(u[16 : 16 + SEIZURES])
        ),
        first_line=tuple(u[24 : 24 + SEIZURES]),
        second_line=tuple(u[32 : 32 + SEIZURES]),
        bleeds_h=lognormal(bleeding.threshold_h, bleeding.threshold_spread, z[4]) if susceptible else math.inf,
        bleed=BLEEDS[min(int(3 * u[2]), 2)],
        haematoma_ml=lognormal(bleeding.haematoma_ml, bleeding.haematoma_spread, z[5]),
        microbleeds=microbleeds if pres and u[3] < bleeding.microbleeds_share else 0,
        rejection=e[SEIZURES],
        scar_per_h=seizures.scar_per_h if pres and u[10] < seizures.scar_share else 0.0,
    )
