"""Uptake of contrast medium in PRES: gyral or leptomeningeal, in part of the patients."""

from __future__ import annotations

import numpy as np
from scipy import ndimage as ndi

from pres_teach.imaging import grid
from pres_teach.imaging.anatomy import Anatomy
from pres_teach.imaging.bleeding import ridges
from pres_teach.imaging.grid import Volume
from pres_teach.imaging.lexicon import lexicon
from pres_teach.imaging.states import LesionState
from pres_teach.patient import stream


def kind(lesion: LesionState) -> str:
    """ "none", "gyral" or "leptomeningeal": as asked for, or drawn from the seed.

    The share is 29 in 93, of a cohort chosen for atypical sites (Li 2020, doi 10.3389/fneur.2020.00194).

    Parameters
    ----------
    lesion
        The state; its ``enhances`` decides if it is not None.
    """
    given = lexicon().enhancement
    random = stream(lesion.seed, 0, "enhancement")
    by_chance, which = random.random() < given.number / given.of, random.random()
    asked = getattr(lesion, "enhances", None)
    if not (by_chance if asked is None else asked):
        return "none"
    total = sum(given.kinds.values())
    return "gyral" if which * total < given.kinds["gyral"] else "leptomeningeal"


def uptake(head: Anatomy, strength: Volume, which: str, seed: int, level: float = 1.0) -> Volume:
    """Where contrast medium is taken up, 0..1: cortex of the lesion in patches, or the lining of the sulci over it.

    Parameters
    ----------
    head
        In whom.
    strength
        Strength of the lesion on the whole grid, 0..1.
    which
        "gyral" or "leptomeningeal".
    seed
        Seed of the lesion: which gyri.
    level
        How much, 0..1.
    """
    random = stream(seed, 0, "uptake")
    patches = np.clip(0.5 + 0.9 * grid.smooth_noise(lexicon().enhancement.patch_mm, random), 0, 1)
    if which == "gyral":
        where = np.clip(1.4 * head.cortex.astype(np.float32), 0, 1) * np.clip(1.2 * strength, 0, 1)
    else:
        near = np.clip(2.0 * ndi.gaussian_filter(strength, (0, 2.0, 2.0)), 0, 1)
        where = ndi.maximum_filter(ridges(head), (1, 2, 2)) * near
    return np.asarray(level * ndi.gaussian_filter(where * patches, (0, 0.5, 0.5)), np.float32)
