"""What a published population model is: parameters of a patient, whom it was made from, and how people vary."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pres_teach.patient import Patient, stream

__all__ = ["TYPICAL", "Covariates", "Model", "Own", "Parameters", "Residual", "own", "owns", "through"]

Floats = NDArray[np.float64]
# One number, or an array that broadcasts to (segments of time, members of a batch).
Value = float | Floats

# Draws come in blocks: a patient's own are found without everybody's, and do not depend on who else is asked for.
BLOCK = 1024


@dataclass(frozen=True)
class Parameters:
    """Parameters of the transit-chain system of one patient; numbers, or arrays over segments of time and members.

    Parameters
    ----------
    steps
        Compartments passed before the central one, the depot included; 0 when the drug goes into the blood.
    ktr_per_h
        Rate from each of them to the next, the absorption rate when there is one [1/h].
    cl_l_per_h, q_l_per_h
        Clearance and exchange with the peripheral compartment; no exchange for one compartment [L/h].
    vc_l, vp_l
        Central and peripheral volume [L].
    bioavailability
        Factor on every dose by mouth [1].
    lag_h
        Time from swallowing until absorption begins [h].
    """

    steps: int
    ktr_per_h: Value
    cl_l_per_h: Value
    vc_l: Value
    q_l_per_h: Value = 0.0
    vp_l: Value = 1.0
    bioavailability: Value = 1.0
    lag_h: float = 0.0


@dataclass(frozen=True)
class Own:
    """How one patient differs from the typical one, as factors on the parameters [1]."""

    ktr: Value = 1.0
    cl: Value = 1.0
    vc: Value = 1.0
    q: Value = 1.0
    vp: Value = 1.0
    bioavailability: Value = 1.0

    def of(self, typical: Parameters) -> Parameters:
        """The typical parameters times the factors."""
        return replace(
            typical,
            ktr_per_h=typical.ktr_per_h * self.ktr,
            cl_l_per_h=typical.cl_l_per_h * self.cl,
            vc_l=typical.vc_l * self.vc,
            q_l_per_h=typical.q_l_per_h * self.q,
            vp_l=typical.vp_l * self.vp,
            bioavailability=typical.bioavailability * self.bioavailability,
        )


TYPICAL = Own()


@dataclass(frozen=True)
class Covariates:
    """What the models know of a patient; haematocrit and prednisolone may be arrays over segments of time (S, 1).

    Parameters
    ----------
    haematocrit_percent
        [%].
    prednisolone_mg_day
        All steroids as prednisolone [mg/day].
    first_day
        1 on the first day after transplantation, else 0.
    weight_kg, age_years
        [kg], [years].
    expresser, cyp3a4_22
        Carrier of CYP3A5*1; of CYP3A4*22.
    reduced_conditioning, cystic_fibrosis
        Whether the stem cells came after conditioning of reduced intensity; whether the patient has cystic fibrosis.
    creatinine_umol_l
        [umol/L].
    fat_free_mass_kg, lean_mass_kg, body_surface_m2, albumin_g_l, ast_u_l
        None where nobody measured it: a model then takes its reference subject's [kg], [kg], [m2], [g/L], [U/L].
    """

    haematocrit_percent: Value = 35.0
    prednisolone_mg_day: Value = 0.0
    first_day: Value = 0.0
    weight_kg: float = 70.0
    age_years: float = 45.0
    expresser: bool = False
    cyp3a4_22: bool = False
    reduced_conditioning: bool = False
    cystic_fibrosis: bool = False
    creatinine_umol_l: float = 100.0
    fat_free_mass_kg: float | None = None
    lean_mass_kg: float | None = None
    body_surface_m2: float | None = None
    albumin_g_l: float | None = None
    ast_u_l: float | None = None

    @classmethod
    def of(cls, patient: Patient, **over_time: Value) -> Covariates:
        """Those of a patient; what changes over time is given beside."""
        return cls(
            **({"haematocrit_percent": patient.haematocrit_percent} | over_time),
            weight_kg=patient.weight_kg,
            age_years=patient.age_years,
            expresser=patient.expresser,
            cyp3a4_22=patient.cyp3a4_22,
            reduced_conditioning=patient.conditioning == "reduced",
            cystic_fibrosis=patient.cystic_fibrosis,
            creatinine_umol_l=patient.creatinine_umol_l,
            fat_free_mass_kg=patient.fat_free_mass_kg,
            lean_mass_kg=patient.lean_mass_kg,
            body_surface_m2=patient.body_surface_m2,
            albumin_g_l=patient.albumin_g_l,
            ast_u_l=patient.ast_u_l,
        )


@dataclass(frozen=True)
class Residual:
    """What is left between a model's level and a measured one.

    Parameters
    ----------
    proportional
        As a share of the level [1].
    additive_ng_ml
        [ng/mL].
    """

    proportional: float = 0.0
    additive_ng_ml: float = 0.0


def log_normal(**cv_percent: float) -> Mapping[str, float]:
    """Variances of the logarithms, omega² = ln(1 + CV²), from published coefficients of variation [%]."""
    return {name: math.log1p((cv / 100.0) ** 2) for name, cv in cv_percent.items()}


def through(central_ng_ml: Floats, haematocrit_percent: Floats) -> Floats:
    """Whole blood is what the central compartment holds."""
    del haematocrit_percent
    return central_ng_ml


@dataclass(frozen=True)
class Model:
    """A published model, the people it was made from, and how they varied.

    Parameters
    ----------
    id, name
        Its key, and its name in words.
    drug
        Whose level it gives.
    route
        "mouth" or "iv".
    source
        Key of the paper in the evidence library.
    studied
        Who was studied, beginning a sentence.
    organs
        What they had received; empty when that does not matter.
    ages
        Youngest and oldest of them [years]; None where their ages were not read.
    parameters_of
        Parameters from covariates and from how a patient differs.
    blood
        What a laboratory measures of the central compartment: whole blood from central [ng/mL] and haematocrit [%].
    variances
        Of the logarithms of the parameters between patients, by field of `Own`.
    correlations
        Between pairs of them.
    occasions_cv_percent
        Between occasions in one patient, as published; not drawn [%].
    residual
        What is left.
    sized
        Whether weight is in the model; where it is not, a child's clearances and volumes are scaled: an assumption.
    adults
        Whether adults were studied.
    notes
        Limits that hold for everybody, in sentences.
    follows
        Covariates that may change over time, by field of `Covariates`.
    dose_finding_only
        A model that must not be used after a hold, a stop or a switch.
    """

    id: str
    name: str
    drug: str
    route: Literal["mouth", "iv"]
    source: str
    studied: str
    organs: tuple[str, ...]
    ages: tuple[float, float] | None
    parameters_of: Callable[[Covariates, Own], Parameters]
    blood: Callable[[Floats, Floats], Floats] = through
    variances: Mapping[str, float] = field(default_factory=dict)
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)
    occasions_cv_percent: Mapping[str, float] = field(default_factory=dict)
    residual: Residual = Residual()
    sized: bool = False
    adults: bool = True
    notes: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    dose_finding_only: bool = False

    def parameters(self, patient: Patient, own: Own = TYPICAL, **over_time: Value) -> Parameters:
        """Parameters of this patient.

        Parameters
        ----------
        patient
            Whose.
        own
            How the patient differs; by default not at all.
        over_time
            Covariates that change over time, each an array (segments, 1).
        """
        if patient.child and self.adults and not self.sized:
            size = patient.weight_kg / 70.0
            own = replace(own, cl=own.cl * size**0.75, q=own.q * size**0.75, vc=own.vc * size, vp=own.vp * size)
        return self.parameters_of(Covariates.of(patient, **over_time), own)

    def limits(self, patient: Patient) -> tuple[str, ...]:
        """What makes this patient differ from the people studied, in sentences."""
        said = []
        whose = {"allo-hsct": "stem cells from a donor"}.get(patient.organ, f"a {patient.organ}")
        ages = self.ages or ((18.0, 110.0) if self.adults else (0.0, 18.0))
        if not ages[0] <= patient.age_years <= ages[1]:
            said.append(f"{self.studied} were studied; this patient is {patient.age_years:g} years old.")
        if self.organs and patient.organ not in self.organs:
            said.append(f"{self.studied} were studied; this patient received {whose}.")
        if patient.child and self.adults:
            said.append(
                "No model covers a child like this one: the adult one is scaled by weight, an assumption."
                if not self.sized
                else "The adults' model is scaled by weight as it was among them; for a child that is an assumption."
            )
        return (*said, *self.notes)

    @cached_property
    def _spread(self) -> tuple[tuple[str, ...], Floats]:
        """Names of the parameters that vary, and the Cholesky factor of the covariance of their logarithms."""
        names = tuple(self.variances)
        deviations = np.sqrt([self.variances[name] for name in names])
        correlation = np.eye(len(names))
        for (one, other), value in self.correlations.items():
            a, b = names.index(one), names.index(other)
            correlation[a, b] = correlation[b, a] = value
        if not names:
            return names, np.zeros((0, 0))
        factor: Floats = np.linalg.cholesky(correlation * np.outer(deviations, deviations))
        return names, factor

    def spread(self, normal: Floats) -> Own:
        """Own factors from independent standard normal draws, shape (B, 6): one row a patient."""
        names, factor = self._spread
        logs = normal[:, : len(names)] @ factor.T
        drawn: dict[str, Any] = {name: np.exp(logs[:, place]) for place, name in enumerate(names)}
        return Own(**drawn)


def _block(seed: int, block: int, drug: str) -> Floats:
    return stream(seed, block, f"levels of {drug}").standard_normal((BLOCK, 6))


def owns(model: Model, seed: int, first: int, count: int) -> Own:
    """How patients number `first` to `first + count - 1` differ, as arrays (count,); each patient's own never changes.

    Variances between occasions are left out.
    """
    if count < 1 or first < 0:
        raise ValueError(
            f'"count": must be one patient or more, from 0 on; received {count} from {first}; give 1 or more'
        )
    blocks = [_block(seed, number, model.drug) for number in range(first // BLOCK, (first + count - 1) // BLOCK + 1)]
    start = first % BLOCK
    return model.spread(np.concatenate(blocks)[start : start + count])


def own(model: Model, seed: int, number: int) -> Own:
    """How patient `number` differs from the typical one, drawn from the model's published variability."""
    drawn = owns(model, seed, number, 1)
    return Own(**{name: float(getattr(drawn, name)[0]) for name in model.variances})
