"""What a scan shows, measured from what was drawn: sides, layers, ADC, T1, mass effect, blood. No diagnosis goes in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from pres_teach.imaging import grid, lesions, regions, terrain, tissue
from pres_teach.imaging.grid import Volume
from pres_teach.imaging.lexicon import Part, lexicon
from pres_teach.imaging.places import volume_ml

if TYPE_CHECKING:
    from pres_teach.imaging.scan import Scan


@dataclass(frozen=True)
class Findings:
    """Measured on one scan.

    Attributes
    ----------
    volume_ml, restricted_ml, core_ml, scar_ml, lost_ml, clot_ml, sulcal_ml, uptake_ml
        Volumes: lesion, restricted diffusion, cores, scars, lost tissue, haematoma, blood in sulci, uptake [mL].
    right_share, cortex_share, restricted_share
        Share of the lesion on the patient's right, in cortex, restricted.
    posterior_share, limbic_share, hippocampal_share, striatal_share, pontine_share, ventricular_share
        Share of the lesion in parietal and occipital lobes, limbic region, hippocampus, striatum, centre of the pons,
        and within 8 mm of the ventricles.
    calcarine
        Share of the cortex in the lesion: along the calcarine sulcus on the worse side, and in the rest of its region.
    t1
        T1 inside against normal, 1 when equal.
    swelling
        Mass effect, 0..1.
    adc_inside, adc_expected, adc_normal
        ADC in the lesion without restricted foci and blood, of the same places in health, and in normal white matter
        [1e-3 mm2/s].
    microbleeds
        Number of microbleeds.
    thrombus
        Whether a sinus is filled.
    """

    volume_ml: float
    restricted_ml: float
    core_ml: float
    scar_ml: float
    lost_ml: float
    clot_ml: float
    sulcal_ml: float
    uptake_ml: float
    right_share: float
    cortex_share: float
    restricted_share: float
    posterior_share: float
    limbic_share: float
    hippocampal_share: float
    striatal_share: float
    pontine_share: float
    ventricular_share: float
    calcarine: tuple[float, float]
    t1: float
    swelling: float
    adc_inside: float | None
    adc_expected: float
    adc_normal: float
    microbleeds: int
    thrombus: bool

    @property
    def bled(self) -> bool:
        """Whether there is any blood."""
        return self.microbleeds > 0 or self.clot_ml > 0.05 or self.sulcal_ml > 0.05

    @property
    def greater_side(self) -> tuple[str, float]:
        """The side that holds more of the lesion, and its share."""
        return ("right", self.right_share) if self.right_share >= 0.5 else ("left", 1 - self.right_share)


def _clean(scan: Scan) -> grid.Mask:
    """The lesion without restricted foci, core and blood; empty where all of it is restricted."""
    drawn, head = scan.drawn, scan.head
    solid = drawn.extent & ~drawn.core & (drawn.haematoma < 0.05) & (drawn.microbleeds < 0.05)
    solid &= (head.white + head.grey) > 0.9
    for most in (0.1, 0.5):
        clean: grid.Mask = solid & (drawn.restricted < most)
        if clean.sum() > 0.1 * solid.sum():
            return clean
    return np.zeros(grid.SHAPE, bool)


def adc_inside(scan: Scan) -> float | None:
    """Mean ADC of the lesion without restricted foci, core and blood [1e-3 mm2/s]; None where nothing of it is left."""
    clean = _clean(scan)
    total, count = 0.0, 0
    for k in np.flatnonzero(clean.any(axis=(1, 2))):
        part = scan.values("ADC", int(k))[clean[k]]
        total, count = total + float(part.sum(dtype=np.float64)), count + part.size
    return total / count if count else None


def adc_expected(scan: Scan) -> float:
    """ADC that the same places would have in health [1e-3 mm2/s]."""
    clean, of = _clean(scan), tissue.tissues(scan.field_t)
    white, grey = (float(field[clean].sum(dtype=np.float64)) for field in (scan.head.white, scan.head.grey))
    whole = white + grey
    return (white * of["white"].adc + grey * of["grey"].adc) / whole if whole > 0 else of["white"].adc


def adc_normal(scan: Scan) -> float:
    """Mean ADC of frontal white matter away from any lesion [1e-3 mm2/s]."""
    k = int(np.argmin(np.abs(grid.Z_MM - 28)))
    y, drawn = grid.Y_MM[:, None], scan.drawn
    touched = drawn.extent[k] | (drawn.oedema[k] > 0.01) | (np.abs(drawn.adc[k] - 1) > 0.01)
    clean = (scan.head.white[k] > 0.97) & (y > 5) & ~touched
    return float(scan.values("ADC", k)[clean].mean())


def calcarine_share(scan: Scan) -> tuple[float, float]:
    """Share of the cortex that is in the lesion: along the calcarine sulcus of the greater side, and in its region."""
    cortex = scan.head.cortex > 0.5
    side = np.broadcast_to(grid.X_MM * scan.drawn.side >= 0, grid.SHAPE)
    along = cortex & (lesions.calcarine() > 0.5) & side
    region = lesions.prior("parieto-occipital")
    rest = cortex & (region > 0.5) & (lesions.calcarine() < 0.1) & side
    return (
        float(scan.drawn.extent[along].mean()) if along.any() else 0.0,
        float(scan.drawn.extent[rest].mean()) if rest.any() else 0.0,
    )


@lru_cache(maxsize=4)
def _zone(names: tuple[str, ...]) -> grid.Mask:
    part = Part(share=1.0, affinity="territory", regions=dict.fromkeys(names, 1.0))
    return terrain.prior_of(part) > 0.25


def measure(scan: Scan) -> Findings:
    """Measure a scan.

    Parameters
    ----------
    scan
        The scan.
    """
    head, drawn = scan.head, scan.drawn
    amount = ((head.white + head.grey) * np.float32(grid.VOXEL_ML)).astype(np.float32)
    inside = drawn.extent & ~drawn.core
    whole = float(amount[drawn.extent].sum(dtype=np.float64))

    def share(where: grid.Mask) -> float:
        return float(amount[drawn.extent & where].sum(dtype=np.float64)) / whole if whole > 0 else 0.0

    def held(field: Volume | grid.Mask) -> float:
        return float((field.astype(np.float32) * amount).sum(dtype=np.float64))

    def mean(field: Volume) -> float:
        return float(field[inside].mean(dtype=np.float64)) if inside.any() else 0.0

    labels = regions.labels()
    cortex = float(head.cortex[drawn.extent].sum(dtype=np.float64))
    white = float(head.white[drawn.extent].sum(dtype=np.float64))
    restricted = held(drawn.restricted > 0.5)
    if restricted > 0.9 * whole > 0:  # all of it
        restricted = min(restricted, whole)
    oedema_t1 = tissue.parameter("oedema", "t1_factor") - 1
    clot = float((drawn.haematoma > 0.5).sum() * grid.VOXEL_ML)
    return Findings(
        volume_ml=volume_ml(head, drawn),
        restricted_ml=restricted,
        core_ml=float(drawn.core.sum() * grid.VOXEL_ML),
        scar_ml=held(drawn.scar > 0.5),
        lost_ml=held(drawn.loss),
        clot_ml=clot,
        sulcal_ml=float(drawn.sulcal_blood.sum(dtype=np.float64) * grid.VOXEL_ML),
        uptake_ml=float((drawn.enhancement > 0.3).sum() * grid.VOXEL_ML),
        right_share=share(np.broadcast_to(grid.X_MM >= 0, grid.SHAPE)),
        cortex_share=cortex / max(cortex + white, 1e-9),
        restricted_share=min(restricted / whole, 1.0) if whole > 0 else 0.0,
        posterior_share=share(np.isin(labels, (regions.PARIETAL, regions.OCCIPITAL))),
        limbic_share=share(_zone(tuple(lexicon().mimics["HSV encephalitis"].parts[0].regions))),
        hippocampal_share=share(_zone(("hippocampus",))),
        striatal_share=share(_zone(("striatum",))),
        pontine_share=share(_zone(("central pons",))),
        ventricular_share=share(head.from_ventricle_mm < 8),
        calcarine=calcarine_share(scan),
        t1=mean(drawn.t1) * (1 + oedema_t1 * mean(drawn.oedema)) if inside.any() else 1.0,
        swelling=mean(drawn.swelling),
        adc_inside=adc_inside(scan),
        adc_expected=adc_expected(scan),
        adc_normal=adc_normal(scan),
        microbleeds=len(drawn.dots_mm),
        thrombus=bool(drawn.thrombus.any()),
    )
