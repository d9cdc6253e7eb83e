"""Vasogenic oedema of PRES: how it fills its terrain, and how it recovers.

A growing lesion contains the smaller one it was. What recovers is drawn from the region at its greatest volume: a
second random field decides what goes first, so a lesion shrinks, breaks up and leaves remnants.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage as ndi

from pres_teach.imaging.grid import Mask, Volume
from pres_teach.imaging.states import LesionState
from pres_teach.imaging.terrain import Terrain, fill, smoothed, soft

FEATHER = 0.30  # width of the soft margin, in units of the score
RECOVERY = 1.5  # how much the field of recovery weighs against the score


def oedema(land: Terrain, lesion: LesionState) -> tuple[Volume, Mask, bool]:
    """Strength of the oedema in the terrain's box, the voxels it counts, and whether less fitted than was asked.

    Parameters
    ----------
    land, lesion
        The terrain, and the lesion's state.
    """
    nothing = np.zeros(land.score.shape, np.float32)
    if lesion.oedema_ml <= 0:
        return nothing, np.zeros(land.score.shape, bool), False
    part = min(1.0, lesion.oedema_ml / lesion.peak_ml)
    gone = 1 - part
    margin = FEATHER * (1 + 0.6 * gone)
    was, level, capped = fill(land, land.score, lesion.peak_ml)
    if gone > 1e-6:
        left = land.score + RECOVERY * min(1.0, 1.6 * gone) * land.recovery
        # the parts of a lesion hold the shares of what was there, so that each of them recovers
        kept, level, _ = fill(land, left, lesion.oedema_ml, was)
        near = ndi.gaussian_filter(was.astype(np.float32), (0, 1.0, 1.0))
        strength = soft((left - level) / margin + 0.55 * part) * near
    else:
        kept, strength = was, soft((land.score - level) / margin + 0.55)
    strength = smoothed(strength * np.asarray(land.strengths, np.float32)[land.compartment], 0.65)
    # full in the core, weaker where the field is low; in recovery uneven
    body = np.clip(0.88 + 0.13 * land.uneven + 0.10 * land.field, 0.5, 1.08)
    fade = 1 - np.clip(gone * (0.38 + 0.22 * land.uneven), 0, 0.6)
    return np.asarray(strength * body * fade, np.float32), kept, capped
