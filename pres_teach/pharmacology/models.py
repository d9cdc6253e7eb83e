"""Published population models, typical subject, as parameters of one transit-chain system.

Parameters were read through open transcriptions of the papers. A test pins each model to reference values.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from pres_teach.patient import Patient, stream

__all__ = ["CICLOSPORIN", "TACROLIMUS", "Model", "Own", "Parameters", "models_of", "own"]

# Haematocrit of Woillard's reference subject [%].
REFERENCE_HAEMATOCRIT = 35.0


@dataclass(frozen=True)
class Parameters:
    """Apparent parameters of one patient.

    Parameters
    ----------
    steps
        Transit steps, depot included.
    ktr_per_h
        Transit rate [1/h].
    cl_l_per_h, q_l_per_h
        Clearance and exchange, over the bioavailability [L/h].
    vc_l, vp_l
        Central and peripheral volume, over the bioavailability [L].
    """

    steps: int
    ktr_per_h: float
    cl_l_per_h: float
    vc_l: float
    q_l_per_h: float
    vp_l: float


@dataclass(frozen=True)
class Own:
    """How one patient differs from the typical one, as factors on the parameters [1]."""

    ktr: float = 1.0
    cl: float = 1.0
    vc: float = 1.0
    q: float = 1.0
    vp: float = 1.0

    def of(self, typical: Parameters) -> Parameters:
        """The typical parameters times the factors."""
        return replace(
            typical,
            ktr_per_h=typical.ktr_per_h * self.ktr,
            cl_l_per_h=typical.cl_l_per_h * self.cl,
            vc_l=typical.vc_l * self.vc,
            q_l_per_h=typical.q_l_per_h * self.q,
            vp_l=typical.vp_l * self.vp,
        )


def own(seed: int, number: int, drug: str = "tacrolimus") -> Own:
    """Draw how patient `number` differs from the typical one.

    Log-normal between-subject variances omega² = ln(1 + CV²), the reading of nlmixr2lib: Woillard 2011 (%CV: ktr 24,
    CL 28, Vc 31, Q 54, Vp 60) and Woillard 2014 (ktr 50, CL 40, Vc 57, Q 72, Vp not estimated). Variances between
    occasions are left out.
    """
    variances = {
        "tacrolimus": (0.05605, 0.07546, 0.09161, 0.25593, 0.30748),
        "ciclosporin": (0.22314, 0.14842, 0.28141, 0.41773, 0.0),
    }[drug]
    rng = stream(seed, number, f"levels of {drug}")
    drawn = [float(value) for value in rng.standard_normal(5)]
    ktr, cl, vc, q, vp = (math.exp(math.sqrt(v) * z) for v, z in zip(variances, drawn, strict=True))
    return Own(ktr, cl, vc, q, vp)


def _woillard2011(patient: Patient, immediate: int) -> Parameters:
    expresser = 1 if patient.expresser else 0
    return Parameters(
        steps=3,
        ktr_per_h=3.34 * 1.53**immediate,
        cl_l_per_h=21.2 * (patient.haematocrit_percent / REFERENCE_HAEMATOCRIT) ** -1.14 * 2.00**expresser,
        vc_l=486.0 * 0.29**immediate,
        q_l_per_h=79.0,
        vp_l=271.0,
    )


def woillard2011_immediate(patient: Patient) -> Parameters:
    """Tacrolimus, immediate release, by mouth, adults after a kidney.

    Woillard and others, Br J Clin Pharmacol 2011;71:391-402, doi 10.1111/j.1365-2125.2010.03837.x, Table 4, whole data
    set (73 patients, 186 profiles; 6 of them CYP3A5 expressers)::

        ktr = 3.34 * 1.53^IR 1/h     CL/F = 21.2 * (haematocrit / 35 %)^-1.14 * 2.00^expresser L/h
        Vc/F = 486 * 0.29^IR L       Q/F = 79 L/h     Vp/F = 271 L     3 transit steps, IR = 1

    The factor 0.29 on Vc also takes up time since transplantation: it is not a pure effect of the formulation.
    """
    return _woillard2011(patient, 1)


def woillard2011_prolonged(patient: Patient) -> Parameters:
    """Tacrolimus, prolonged release: as `woillard2011_immediate` with IR = 0."""
    return _woillard2011(patient, 0)


def woillard2014(patient: Patient) -> Parameters:
    """Ciclosporin by mouth, adults after stem cells.

    Woillard and others, Br J Clin Pharmacol 2014;78:836: ktr 5.72 1/h, 5 transit steps, CL/F 41.2 L/h, Vc/F 222 L,
    Q/F 33.7 L/h, Vp/F 500 L (fixed). No covariate.
    """
    del patient
    return Parameters(steps=5, ktr_per_h=5.72, cl_l_per_h=41.2, vc_l=222.0, q_l_per_h=33.7, vp_l=500.0)


@dataclass(frozen=True)
class Model:
    """A published model and the people it was made from."""

    name: str
    formulation: str
    source: str
    studied: str
    organ: str
    ages: tuple[float, float]
    adult_parameters: Callable[[Patient], Parameters]

    def parameters(self, patient: Patient) -> Parameters:
        """Parameters of this patient; a child's are scaled, clearances by (WT/70)^0.75, volumes by WT/70: assumed."""
        found = self.adult_parameters(patient)
        if not patient.child:
            return found
        size = patient.weight_kg / 70.0
        return Own(cl=size**0.75, q=size**0.75, vc=size, vp=size).of(found)

    def limits(self, patient: Patient) -> tuple[str, ...]:
        """What makes this patient differ from the people studied, in sentences."""
        said = []
        youngest, oldest = self.ages
        outside_age = not youngest <= patient.age_years <= oldest
        whose = {"allo-hsct": "stem cells from a donor"}.get(patient.organ, f"a {patient.organ}")
        if outside_age:
            said.append(f"{self.studied} were studied; this patient is {patient.age_years:g} years old.")
        if patient.organ != self.organ:
            said.append(f"{self.studied} were studied; this patient received {whose}.")
        if patient.child:
            said.append("No model covers a child on these capsules: the adult one is scaled by weight, an assumption.")
        return tuple(said)


TACROLIMUS = (
    Model(
        "Woillard 2011, immediate release",
        "tacrolimus",
        "woillard2011",
        "Adult kidney recipients aged 18 to 70",
        "kidney",
        (18.0, 70.0),
        woillard2011_immediate,
    ),
    Model(
        "Woillard 2011, prolonged release",
        "tacrolimus prolonged release",
        "woillard2011",
        "Adult kidney recipients aged 18 to 70",
        "kidney",
        (18.0, 70.0),
        woillard2011_prolonged,
    ),
)
# The ages of its patients were not read; adults of any age pass.
CICLOSPORIN = (
    Model(
        "Woillard 2014",
        "ciclosporin",
        "woillard2014",
        "Adults after stem cells from a donor",
        "allo-hsct",
        (18.0, 110.0),
        woillard2014,
    ),
)


def models_of(drug: str) -> tuple[Model, ...]:
    """The models of a drug, one for each formulation.

    Raises
    ------
    ValueError
        If no level of that drug is computed.
    """
    found = {"tacrolimus": TACROLIMUS, "ciclosporin": CICLOSPORIN}.get(drug)
    if found is None:
        raise ValueError(
            f'"drug": levels are computed of tacrolimus and ciclosporin; received "{drug}"; choose one of the two'
        )
    return found
