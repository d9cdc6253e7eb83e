"""Names for places: side, lobe and tissue from MNI millimetres.

Borders are planes and ellipsoids drawn by eye along the great sulci of the MNI brain: good enough to
name a lobe, not to measure one.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pres_teach.imaging import grid
from pres_teach.imaging.anatomy import Anatomy

NAMES = (
    "frontal lobe",
    "parietal lobe",
    "occipital lobe",
    "temporal lobe",
    "insula",
    "basal ganglia and thalamus",
    "brainstem",
    "cerebellum",
)
FRONTAL, PARIETAL, OCCIPITAL, TEMPORAL, INSULA, DEEP, BRAINSTEM, CEREBELLUM = range(len(NAMES))


@lru_cache(maxsize=1)
def labels() -> NDArray[np.uint8]:
    """Number of the region (in :data:`NAMES`) of every voxel."""
    z, y, x = grid.mesh()
    side = np.abs(x)
    out = np.full(grid.SHAPE, FRONTAL, np.uint8)
    central = -6.0 - 0.55 * (z - 20)  # the central sulcus runs back as it rises
    fissure = -4.0 - 0.40 * np.clip(y, -55, 15)  # the Sylvian fissure rises to the back
    parieto_occipital = -62.0 - 0.52 * np.maximum(z - 10, 0)
    parietal = (y < central) & (z > np.where(side > 26, fissure, 6)) & (y < -20)
    out[np.broadcast_to(parietal, grid.SHAPE)] = PARIETAL
    temporal = ((z < fissure) & (side > 26) & (y < 22) & (y > -70)) | ((z < 4) & (side > 14) & (y < 2) & (y > -52))
    temporal |= (z < -12) & (y < 24) & (side > 12)
    out[np.broadcast_to(temporal, grid.SHAPE)] = TEMPORAL
    occipital = (y < parieto_occipital) & (z < 56)
    out[np.broadcast_to(occipital, grid.SHAPE)] = OCCIPITAL
    # what lies behind and beneath, along the midline: precuneus, parahippocampal and lingual gyri
    behind = (out == FRONTAL) & np.broadcast_to(y < -28, grid.SHAPE)
    out[behind & np.broadcast_to(z > 8, grid.SHAPE)] = PARIETAL
    out[behind & np.broadcast_to((z <= 8) & (y >= -48), grid.SHAPE)] = TEMPORAL
    out[behind & np.broadcast_to((z <= 8) & (y < -48), grid.SHAPE)] = OCCIPITAL
    insula = (side > 30) & (side < 44) & (y > -22) & (y < 24) & (z > -12) & (z < 18)
    out[np.broadcast_to(insula, grid.SHAPE)] = INSULA

    def ellipsoid(centre: tuple[float, float, float], radii: tuple[float, float, float]) -> NDArray[np.bool_]:
        inside = ((side - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2 + (
            (z - centre[2]) / radii[2]
        ) ** 2 < 1
        return np.broadcast_to(inside, grid.SHAPE)

    out[ellipsoid((16, -6, 6), (16, 28, 16))] = DEEP
    tentorium = -10.0 - 0.50 * np.clip(side - 12, 0, 60) - 0.10 * np.maximum(-y - 60, 0)
    cerebellum = (y < -38) & (z < tentorium) & (y > -100) | (z < -44) & (y < -25) & (side > 12) | (y < -30) & (z < -30)
    out[np.broadcast_to(cerebellum, grid.SHAPE)] = CEREBELLUM
    stem = (side < 17) & (y > -42) & (y < -8) & (z < -12)
    out[np.broadcast_to(stem, grid.SHAPE)] = BRAINSTEM
    return out


def side_of(x_mm: float) -> str:
    """ "right" or "left" of the patient."""
    return "right" if x_mm >= 0 else "left"


def describe(head: Anatomy, voxel: tuple[int, int, int]) -> str:
    """Side, lobe and tissue of a voxel, in words."""
    k, row, column = voxel
    white, grey, fluid = (float(v[k, row, column]) for v in (head.white, head.grey, head.fluid))
    if white + grey + fluid < 0.3:
        return "outside the brain"
    x = float(grid.X_MM[column])
    side = "midline" if abs(x) < 3 else side_of(x)
    if head.ventricle[k, row, column] and fluid > 0.5:
        return (
            f"{side} ventricle, cerebrospinal fluid"
            if side != "midline"
            else "ventricle in the midline, cerebrospinal fluid"
        )
    name = NAMES[int(labels()[k, row, column])]
    if fluid > max(white, grey):
        return (
            f"cerebrospinal fluid beside the {side} {name}"
            if side != "midline"
            else "cerebrospinal fluid in the midline"
        )
    kind = (
        "white matter" if white >= grey else ("cortex" if float(head.cortex[k, row, column]) > 0.3 else "grey matter")
    )
    return f"{side} {name}, {kind}"
