"""Relaxation times, densities and diffusion of each tissue, with how well each is known.

The numbers are in ``parameters.yaml``; this module reads and checks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from pres_teach.imaging import signal
from pres_teach.imaging.grid import Volume

# what an MR scan offers, in the order in which it is looked through; a viewer shows at most ten names
SEQUENCES = ("FLAIR", "T2", "DWI", "ADC", "SWI", "T1", "T1+C", "DWI b0")
# what has slices: every sequence, and the plain CT of the same head; vessels are projections (angiogram.py)
SLICED = (*SEQUENCES, "CT")
# all that can be looked at in one head
STUDIES = (*SLICED, "MRA", "MRV")
SHOWN = {
    "FLAIR": "FLAIR",
    "T2": "T2",
    "DWI": "DWI b1000",
    "ADC": "ADC",
    "SWI": "SWI",
    "T1": "T1",
    "T1+C": "T1 with contrast",
    "DWI b0": "DWI b0",
    "CT": "CT",
}
ECHO_PLANAR = ("DWI", "DWI b0", "ADC")
FIELDS_T = (1.5, 3.0)
SUPPORT = ("table", "abstract", "recalled", "unverified", "illustrative")


@dataclass(frozen=True)
class Tissue:
    """One tissue at one field strength.

    Attributes
    ----------
    t1, t2, t2_star
        Relaxation times [ms].
    pd
        Proton density relative to cerebrospinal fluid [1].
    adc
        Apparent diffusion coefficient [1e-3 mm2/s].
    support, source
        How well it is known, and from where.
    """

    t1: float
    t2: float
    t2_star: float
    pd: float
    adc: float
    support: str
    source: str


@dataclass(frozen=True)
class Sequence:
    """One sequence at one field strength.

    Attributes
    ----------
    kind
        "inversion recovery", "spin echo", "gradient echo" or "apparent diffusion".
    tr, te, ti
        Repetition, echo and inversion time; ``ti`` is 0 without an inversion [ms].
    b
        Diffusion weighting [s/mm2].
    flip_deg
        Flip angle of a gradient echo [degrees].
    contrast_mm
        Contrast medium in blood and in tissue that takes it up fully [mmol/L].
    fat
        What fat suppression leaves of the signal of fat and marrow [1].
    window, range
        Shown by default, and kept in an 8-bit picture [signal relative to white matter; ADC 1e-3 mm2/s].
    """

    name: str
    kind: str
    tr: float
    te: float
    ti: float
    b: float
    flip_deg: float
    contrast_mm: float
    fat: float
    window: tuple[float, float]
    range: tuple[float, float]


@lru_cache(maxsize=1)
def document() -> Mapping[str, Any]:
    """``parameters.yaml`` as read."""
    from ruamel.yaml import YAML

    text = (resources.files("pres_teach.imaging") / "parameters.yaml").read_text(encoding="utf-8")
    read: Mapping[str, Any] = YAML(typ="safe", pure=True).load(text)
    return read


def _field(field_t: float) -> float:
    if field_t not in FIELDS_T:
        raise ValueError(f'"field_t": must be 1.5 or 3.0 [T]; found {field_t!r}; choose one of the two')
    return float(field_t)


@lru_cache(maxsize=2)
def tissues(field_t: float) -> Mapping[str, Tissue]:
    """All tissues at a field strength [T]."""
    return {name: Tissue(**values) for name, values in document()["tissues"][_field(field_t)].items()}


@lru_cache(maxsize=2)
def sequences(field_t: float) -> Mapping[str, Sequence]:
    """All sequences at a field strength [T]; an inversion time that is not given nulls fluid."""
    fluid = tissues(field_t)["fluid"]
    out: dict[str, Sequence] = {}
    for name, given in document()["sequences"].items():
        times = given[_field(field_t)]
        inverted = given["kind"] == "inversion recovery"
        out[name] = Sequence(
            name=name,
            kind=given["kind"],
            tr=float(times["tr"]),
            te=float(times["te"]),
            ti=float(times.get("ti", signal.null_inversion_time(fluid.t1, float(times["tr"])))) if inverted else 0.0,
            b=float(times.get("b", 0)),
            flip_deg=float(times.get("flip_deg", 90)),
            contrast_mm=float(given.get("contrast_mm", 0)),
            fat=float(given["fat"]),
            window=(float(given["window"][0]), float(given["window"][1])),
            range=(float(given["range"][0]), float(given["range"][1])),
        )
    return out


def parameter(group: str, name: str) -> float:
    """A value of the groups ``oedema``, ``restricted``, ``normal_variation``, ``contrast``, ``vessels`` and ``ct``."""
    return float(document()[group][name]["value"])


def equation(how: Sequence, t1: Volume, t2: Volume, t2_star: Volume, pd: Volume, adc: Volume) -> Volume:
    """Signed signal of a sequence; for ADC maps that of their diffusion-weighted picture.

    Parameters
    ----------
    how
        The sequence.
    t1, t2, t2_star
        Relaxation times [ms].
    pd, adc
        Proton density [1], apparent diffusion coefficient [1e-3 mm2/s].
    """
    if how.kind == "inversion recovery":
        return signal.inversion_recovery(t1, t2, pd, tr=how.tr, te=how.te, ti=how.ti)
    if how.kind == "gradient echo":
        return signal.gradient_echo(t1, t2_star, pd, tr=how.tr, te=how.te, flip_deg=how.flip_deg)
    return signal.spin_echo(t1, t2, pd, tr=how.tr, te=how.te, b=how.b, adc=adc)


def signal_of(how: Sequence, of: Tissue) -> float:
    """Signed signal of one healthy tissue."""
    values = (np.asarray([v], np.float32) for v in (of.t1, of.t2, of.t2_star, of.pd, of.adc))
    return float(equation(how, *values)[0])


def reference(sequence: str, field_t: float) -> float:
    """Signal of normal white matter, to which pictures are scaled; 1 for ADC.

    DWI with and without weighting share one scale, so that an ADC can be computed from the two.
    """
    how = sequences(field_t)["DWI" if sequence == "DWI b0" else sequence]
    return 1.0 if how.kind == "apparent diffusion" else abs(signal_of(how, tissues(field_t)["white"]))


@dataclass(frozen=True)
class Density:
    """How a tissue weakens X-rays.

    Attributes
    ----------
    hu
        [Hounsfield units].
    range
        From the lowest to the highest that may be right [Hounsfield units].
    support, reasoning
        How well it is known, and why this number.
    """

    hu: float
    range: tuple[float, float]
    support: str
    reasoning: str


@lru_cache(maxsize=1)
def densities() -> Mapping[str, Density]:
    """Densities of all tissues on CT."""
    read = document()["ct"]["densities"]
    return {
        name: Density(float(v["value"]), (float(v["range"][0]), float(v["range"][1])), v["support"], v["reasoning"])
        for name, v in read.items()
    }


def shades(sequence: str, field_t: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The window shown at first, and the range kept in an 8-bit picture, of whatever has slices."""
    if sequence == "CT":
        read = document()["ct"]
        low, high = read["window"]
        least, most = read["range"]
        return (float(low), float(high)), (float(least), float(most))
    how = sequences(field_t)[sequence]
    return how.window, how.range
