"""What is truly going on, hidden from the learner: `Drivers` and `Illness`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = [
    "CONDITIONS",
    "DIAGNOSES",
    "MIMICS",
    "PATTERNS",
    "SITES",
    "ConditionError",
    "Drivers",
    "Illness",
    "IllnessError",
    "patterns_of",
]

CONDITIONS = ("seizure", "status", "haemorrhage")
DIAGNOSES = (
    "PRES",
    "infarct",
    "PML",
    "venous infarct",
    "RCVS",
    "encephalitis",
    "osmotic demyelination",
    "metastases",
    "abscess",
    "small-vessel change",
    "neurotoxicity",
)
PATTERNS = (
    "parieto-occipital",
    "superior frontal sulcus",
    "holohemispheric watershed",
    "asymmetric",
    "cerebellar",
    "central and brainstem",
)
MIMICS: Mapping[str, tuple[str, ...]] = MappingProxyType(  # pictures of each other diagnosis, the usual one first
    {
        "infarct": ("posterior cerebral artery infarct",),
        "PML": ("progressive multifocal leukoencephalopathy",),
        "venous infarct": ("venous infarct",),
        "RCVS": ("convexity bleeding",),
        "encephalitis": ("HSV encephalitis", "HHV-6 encephalitis"),
        "osmotic demyelination": ("osmotic demyelination",),
        "metastases": ("metastases",),
        "abscess": ("abscess",),
        "small-vessel change": ("small-vessel change",),
        "neurotoxicity": (),  # of a calcineurin inhibitor, with a normal MRI: nothing to draw
    }
)
SITES = (
    "parieto-occipital",
    "frontal",
    "temporal",
    "cerebellum",
    "basal ganglia",
    "brainstem",
    "deep white matter",
    "splenium",
)


def patterns_of(diagnosis: str) -> tuple[str, ...]:
    """Patterns in which a diagnosis shows itself, the usual one first; those of PRES where there is nothing to draw."""
    return (() if diagnosis == "PRES" else MIMICS[diagnosis]) or PATTERNS


class IllnessError(ValueError):
    """An illness that cannot be: names the field, the rule, what was received and the remedy."""


class ConditionError(ValueError):
    """A condition the model cannot meet under the author's chart: names the time and what was reached."""


@dataclass(frozen=True)
class Drivers:
    """How much each driver weighs in this patient; nobody knows it at the bedside.

    Parameters
    ----------
    exposure, pressure, systemic
        Weights, zero or above, that add up to 1.

    Raises
    ------
    IllnessError
        If a weight is below zero or they do not add up to 1.
    """

    exposure: float
    pressure: float
    systemic: float

    def __post_init__(self) -> None:
        for field in ("exposure", "pressure", "systemic"):
            value = getattr(self, field)
            if not (isinstance(value, (int, float)) and math.isfinite(value) and value >= 0):
                raise IllnessError(
                    f'"drivers.{field}": must be a number, zero or above; received {value!r}; give a share such as 0.3'
                )
        total = self.exposure + self.pressure + self.systemic
        if abs(total - 1.0) > 1e-6:
            raise IllnessError(
                f'"drivers": the three weights must add up to 1; received {self.exposure:g} + {self.pressure:g} + '
                f"{self.systemic:g} = {total:g}; change them until they do, for example 0.6, 0.3 and 0.1"
            )


@dataclass(frozen=True)
class Illness:
    """One illness of one patient.

    Parameters
    ----------
    diagnosis
        One of `DIAGNOSES`. All but PRES follow a fixed time curve that no treatment of PRES changes.
    onset_h
        When it is first noticed, a condition that `solve` meets under the author's chart; None leaves the
        susceptibility as drawn [h since transplantation].
    untreated
        Further conditions under the author's chart: (kind, time) with a kind of `CONDITIONS` [h since transplantation].
    drivers
        Weights; None draws them.
    pattern
        One of `PATTERNS`, or of the `MIMICS` of the diagnosis.
    asymmetry
        0 alike on both sides, 1 as one-sided as it gets.
    sites
        Some of `SITES` that PRES reaches beside its pattern; None leaves them to chance, with published frequencies.
    systemic
        (kind, from, until, size) of infections, rejection ...: size 1 counts as one unit of drive [h].
    pressure
        (from, until, rise, why) of rises of mean pressure given by the author [h, h, mmHg].

    Raises
    ------
    IllnessError
        If a field is out of its range.
    """

    diagnosis: str = "PRES"
    onset_h: float | None = None
    untreated: tuple[tuple[str, float], ...] = ()
    drivers: Drivers | None = None
    pattern: str = "parieto-occipital"
    asymmetry: float = 0.2
    systemic: tuple[tuple[str, float, float, float], ...] = ()
    pressure: tuple[tuple[float, float, float, str], ...] = ()
    sites: tuple[str, ...] | None = None

    @property
    def drawn_pattern(self) -> str:
        """The pattern that a scan shows: the one named, or the usual one if that isn't of the diagnosis."""
        allowed = patterns_of(self.diagnosis)
        return self.pattern if self.pattern in allowed else allowed[0]

    def __post_init__(self) -> None:
        known = (*PATTERNS, *(name for names in MIMICS.values() for name in names))
        named = [("diagnosis", self.diagnosis, DIAGNOSES), ("pattern", self.pattern, known)]
        named += [("sites", site, SITES) for site in self.sites or ()]
        for field, value, allowed in named:
            if value not in allowed:
                raise IllnessError(
                    f'"{field}": must be one of {", ".join(allowed)}; received {value!r}; choose one of these'
                )
        if not (math.isfinite(self.asymmetry) and 0 <= self.asymmetry <= 1):
            raise IllnessError(f'"asymmetry": must be 0 to 1; received {self.asymmetry!r}; give a share such as 0.2')
        if self.onset_h is not None and not (math.isfinite(self.onset_h) and self.onset_h > 0):
            raise IllnessError(
                f'"onset": must be a time after transplantation; received {self.onset_h!r} h; '
                "give one such as day 15 06:00"
            )
        if self.diagnosis != "PRES" and self.onset_h is None:
            raise IllnessError(
                f'"onset": {self.diagnosis} follows a curve from its onset; received none; '
                "give one such as day 15 06:00"
            )
        last = -math.inf
        for kind, at_h in self.untreated:
            if kind not in CONDITIONS:
                raise IllnessError(
                    f'"untreated": each must be one of {", ".join(CONDITIONS)}; received {kind!r}; choose one of these'
                )
            if not math.isfinite(at_h):
                raise IllnessError(
                    f'"untreated.{kind}": must be a time; received {at_h!r}; give one such as day 19 02:00'
                )
            if kind != "haemorrhage":
                if at_h <= last:
                    raise IllnessError(
                        f'"untreated.{kind}": seizures must stand in the order of time; received {at_h:g} h after '
                        f"{last:g} h; put the earlier one first"
                    )
                last = at_h
        for kind, from_h, until_h, size in self.systemic:
            if not (until_h > from_h and math.isfinite(size) and size >= 0):
                raise IllnessError(
                    f'"systemic": {kind} must end after it begins and have a size of zero or above; '
                    f"received {from_h:g} h to {until_h:g} h, size {size!r}; correct them"
                )
        for from_h, until_h, rise, _ in self.pressure:
            if not (until_h > from_h and math.isfinite(rise) and abs(rise) <= 100):
                raise IllnessError(
                    '"pressure": a rise must end after it begins and be at most 100 mmHg; '
                    f"received {from_h:g} h to {until_h:g} h, {rise!r} mmHg; correct them"
                )
