"""Restricted foci of PRES: ribbons of cortex, and the scar that a focus leaves when it does not recover."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid
from pres_teach.imaging.anatomy import Anatomy
from pres_teach.imaging.grid import Volume
from pres_teach.imaging.lexicon import lexicon
from pres_teach.imaging.states import LesionState
from pres_teach.imaging.terrain import Terrain, threshold
from pres_teach.patient import stream

ACUTE_FOCUS_ML = 1.6  # a restricted focus grows to about this before there is another


def stage(since_onset_h: float) -> tuple[float, float]:
    """How far a focus is still restricted, and how far it is a scar, 0..1 each.

    Parameters
    ----------
    since_onset_h
        Time since the onset [h].
    """
    course = lexicon().restricted_course
    times = [s.after for s in course]
    return (
        float(np.interp(since_onset_h, times, [s.restricted for s in course])),
        float(np.interp(since_onset_h, times, [s.scar for s in course])),
    )


def foci(land: Terrain, head: Anatomy, lesion: LesionState) -> Volume:
    """Ribbons of cortex, each grown from a centre until the volume is reached; weights 0..1 in the terrain's box."""
    out = np.zeros(land.score.shape, np.float32)
    if lesion.restricted_ml <= 0:
        return out
    random = stream(lesion.seed, 0, "restricted")
    cortex = land.candidates & (head.cortex[land.where] > 0.62)
    level = threshold(land.score[land.candidates], land.tissue[land.candidates] * grid.VOXEL_ML, 30.0)
    places = np.argwhere(cortex & (land.score >= level))
    order = random.permutation(len(places))
    rough = 1.8 * grid.smooth_noise(2.2, random, land.where)
    number = max(1, round(lesion.restricted_ml / ACUTE_FOCUS_ML))
    spacing = np.asarray(grid.SPACING_MM)
    centres: list[NDArray[np.float64]] = []
    for k in order:
        at = places[k] * spacing
        if all(np.linalg.norm(at - other) > 18 for other in centres):
            centres.append(at)
        if len(centres) == number:
            break
    axes = [np.arange(n) * s for n, s in zip(land.score.shape, spacing, strict=True)]
    distance = np.full(land.score.shape, np.inf, np.float32)
    for k, at in enumerate(centres):
        squared = (
            ((axes[0] - at[0]) ** 2)[:, None, None]
            + ((axes[1] - at[1]) ** 2)[None, :, None]
            + ((axes[2] - at[2]) ** 2)[None, None, :]
        )
        distance = np.minimum(distance, np.sqrt(squared) * (1 + 0.25 * k))
    level = threshold(-(distance + rough)[cortex], land.tissue[cortex] * grid.VOXEL_ML, lesion.restricted_ml)
    out[cortex & (-(distance + rough) >= level)] = 1
    return np.asarray(0.9 * ndi.gaussian_filter(out, (0, 0.6, 0.6)), np.float32)
