"""Lesions: from a few numbers (pattern, volumes, seed) to fields on a patient's anatomy.

The patterns are data (:mod:`pres_teach.imaging.lexicon`). Each voxel has a score: how readily it is taken
(:mod:`pres_teach.imaging.terrain`). The voxels with the highest scores are filled, on each side as many as that side's
share of the volume asks; what a lesion then looks like, and how it changes with time, differs between PRES
(:mod:`pres_teach.imaging.oedema`, :mod:`pres_teach.imaging.foci`) and its mimics (:mod:`pres_teach.imaging.mimics`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pres_teach.imaging import bleeding, enhancement, foci, grid, mimics
from pres_teach.imaging.anatomy import Anatomy
from pres_teach.imaging.grid import Volume
from pres_teach.imaging.lexicon import FACTORS, lexicon, patterns
from pres_teach.imaging.oedema import oedema
from pres_teach.imaging.states import Drawn, Lesion, LesionError, LesionState, check, plain, right_share
from pres_teach.imaging.terrain import calcarine, prior, whole

__all__ = [
    "Drawn",
    "Lesion",
    "LesionError",
    "LesionState",
    "calcarine",
    "check",
    "draw",
    "patterns",
    "plain",
    "prior",
    "right_share",
]

Half = NDArray[np.float16]
_ONES: Half = np.broadcast_to(np.float16(1), grid.SHAPE)
_ZEROS: Half = np.broadcast_to(np.float16(0), grid.SHAPE)


def _half(field: Volume) -> Half:
    return np.asarray(field, np.float16) if field.any() else _ZEROS


def _factor(strength: Volume, most: float) -> Volume:
    return 1 + (most - 1) * strength


def _side(drawn: Volume) -> int:
    right = float(drawn[..., grid.X_MM >= 0].sum(dtype=np.float64))
    return 1 if right >= 0.5 * float(drawn.sum(dtype=np.float64)) else -1


def draw(head: Anatomy, lesion: LesionState) -> Drawn:
    """Draw a lesion on an anatomy.

    Raises
    ------
    LesionError
        See :func:`check`.
    """
    check(lesion)
    return _mimic(head, lesion) if lesion.pattern in lexicon().mimics else _pres(head, lesion)


def _blood(head: Anatomy, lesion: LesionState) -> tuple[Volume, Volume, bleeding.Dots, Volume]:
    """Haematoma, blood in a sulcus, and microbleeds as dots and as a field."""
    land = mimics.terrain_of(head, lesion)
    volume_ml = lesion.haematoma_ml
    entry = lexicon().mimics.get(lesion.pattern)
    if entry is not None:
        volume_ml = max(volume_ml, entry.haematoma_share * lesion.peak_ml)
    clot = bleeding.haematoma(land, head, lesion, volume_ml)
    line = np.zeros(grid.SHAPE, np.float32)
    if lesion.sulcal_blood:
        line = bleeding.sulcal(head, lesion, prior(lesion.pattern, land.sites))
    dots = bleeding.dots(land, head, lesion)
    return clot, line, dots, bleeding.of_dots(dots)


def _pres(head: Anatomy, lesion: LesionState) -> Drawn:
    land = mimics.terrain_of(head, lesion)
    strength, kept, capped = oedema(land, lesion)
    extent = whole(land, kept) > 0.5
    vasogenic = whole(land, strength * np.clip(land.tissue * 1.15, 0, 1)).astype(np.float32)
    restricts, scars = foci.stage(lesion.since_onset_h)
    ribbons = whole(land, foci.foci(land, head, lesion)).astype(np.float32)
    scar, look = scars * ribbons, lexicon().scar
    clot, line, dots, bleeds = _blood(head, lesion)
    kind = enhancement.kind(lesion) if lesion.oedema_ml > 0 else "none"
    uptake = np.zeros(grid.SHAPE, np.float32)
    if kind != "none":
        uptake = enhancement.uptake(head, vasogenic, kind, lesion.seed)
    if lesion.haematoma_ml > 0:
        vasogenic = np.maximum(vasogenic, bleeding.rim(head, clot))
    scarred = bool(scar.any())
    return Drawn(
        oedema=_half(vasogenic),
        restricted=_half(restricts * ribbons),
        haematoma=_half(clot),
        sulcal_blood=_half(line),
        microbleeds=_half(bleeds),
        shine=whole(land, land.shine),
        extent=extent,
        core=np.zeros(grid.SHAPE, bool),
        dots_mm=dots,
        capped=capped,
        sites=land.sites,
        swelling=_half(vasogenic),
        loss=_half(look.loss * scar),
        scar=_half(scar),
        enhancement=_half(uptake),
        thrombus=_ZEROS,
        water=_half(np.maximum(vasogenic, 0.6 * ribbons)),
        t1=_half(_factor(scar, look.t1)) if scarred else _ONES,
        t2=_half(_factor(scar, look.t2)) if scarred else _ONES,
        pd=_half(_factor(scar, look.pd)) if scarred else _ONES,
        adc=_half(_factor(scar, look.adc)) if scarred else _ONES,
        enhances=kind,
        vessels=None,
        side=_side(vasogenic),
    )


def _mimic(head: Anatomy, lesion: LesionState) -> Drawn:
    entry = lexicon().mimics[lesion.pattern]
    land = mimics.terrain_of(head, lesion)
    found = mimics.body(head, lesion, land)
    now = entry.at(lesion.since_onset_h)
    strength = found.strength
    outside = strength * (1 - found.core)  # around a core
    clot, line, dots, bleeds = _blood(head, lesion)
    looks = {name: _factor(outside, now[name]) for name in FACTORS}
    if entry.growth == "foci":
        for name in FACTORS:
            looks[name] = looks[name] * _factor(found.core, getattr(entry.core, name))
        looks["t2"] = looks["t2"] * _factor(found.ring, 0.62)  # the wall of a core is dark on T2
    vasogenic = now["vasogenic"] * outside
    if clot.any():
        vasogenic = np.maximum(vasogenic, bleeding.rim(head, clot))
    restricted = now["restricted"] * mimics.restricted(entry, found, land, lesion)
    loss = now["loss"] * strength
    if entry.lacunes:  # small holes full of fluid
        loss = np.maximum(loss, 0.95 * found.core)
    water = np.maximum(vasogenic, np.clip(looks["t2"] - 1, 0, 1))
    line = np.maximum(line, found.blood)
    drawn_parts = np.maximum(strength, np.maximum(found.core, line))
    return Drawn(
        oedema=_half(vasogenic),
        restricted=_half(restricted),
        haematoma=_half(clot),
        sulcal_blood=_half(line),
        microbleeds=_half(bleeds),
        shine=_ZEROS,
        extent=found.extent,
        core=found.core > 0.5,
        dots_mm=dots,
        capped=found.capped,
        sites=(),
        swelling=_half(now["swelling"] * np.maximum(strength, found.core * (entry.growth == "foci"))),
        loss=_half(loss),
        scar=_ZEROS,
        enhancement=_half(mimics.uptake(entry, found, head, lesion, now["enhancement"])),
        thrombus=_ZEROS if entry.thrombus is None or lesion.peak_ml <= 0 else _half(mimics.thrombus(entry.thrombus)),
        water=_half(np.maximum(water, 0.8 * restricted)),
        t1=_half(looks["t1"]),
        t2=_half(looks["t2"]),
        pd=_half(looks["pd"]),
        adc=_half(looks["adc"]),
        enhances=entry.enhances if now["enhancement"] > 0 and lesion.oedema_ml > 0 else "none",
        vessels=entry.vessels if lesion.peak_ml > 0 else None,
        side=_side(drawn_parts),
    )
