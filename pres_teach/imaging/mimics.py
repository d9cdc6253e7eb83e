"""Mimics: what may be taken for PRES, drawn from the lexicon's entry and the time since onset."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from pres_teach.imaging import bleeding, enhancement, grid, vessels
from pres_teach.imaging.anatomy import Anatomy
from pres_teach.imaging.grid import Mask, Volume
from pres_teach.imaging.lexicon import Mimic, lexicon
from pres_teach.imaging.states import LesionState
from pres_teach.imaging.terrain import (
    FILLED_AT_MOST,
    Terrain,
    affinity,
    fill,
    prior,
    smoothed,
    soft,
    terrain,
    threshold,
    whole,
)
from pres_teach.patient import stream

EDGE_MM = 3.0  # width of an active edge
APART_MM = 32.0  # least distance of two cores
PATCH_SHARE = 0.45  # of a patchily restricted lesion


@dataclass(frozen=True, eq=False)
class Body:
    """What of a mimic is drawn before its look: strengths 0..1 on the whole grid."""

    strength: Volume
    extent: Mask
    core: Volume
    ring: Volume
    blood: Volume
    capped: bool


def _empty() -> Volume:
    return np.zeros(grid.SHAPE, np.float32)


def _field(land: Terrain, entry: Mimic, lesion: LesionState) -> Body:
    """A lesion that fills its territory; when it shrinks, it shrinks from its edge."""
    kept, level, capped = fill(land, land.score, lesion.oedema_ml)
    strength = smoothed(soft((land.score - level) / entry.feather + 0.5), 0.6) * np.clip(land.tissue * 1.15, 0, 1)
    strength *= np.clip(1 + 0.10 * entry.patchiness * land.uneven, 0.7, 1.0)
    return Body(whole(land, strength).astype(np.float32), whole(land, kept) > 0.5, _empty(), _empty(), _empty(), capped)


def _lacunes(land: Terrain, head: Anatomy, lesion: LesionState, number: int) -> Volume:
    random = stream(lesion.seed, 0, "lacunes")
    out = _empty()
    deep = land.candidates & (head.white[land.where] > 0.9) & (head.from_cortex_mm[land.where] > 5)
    places = np.argwhere(deep)
    z, y, x = (axis[part] for axis, part in zip((grid.Z_MM, grid.Y_MM, grid.X_MM), land.where, strict=True))
    for k in random.permutation(len(places))[:number]:
        at = places[k]
        radius = float(random.uniform(1.6, 2.8))
        centre = (float(x[at[2]]), float(y[at[1]]), float(z[at[0]]))
        grid.draw_ellipsoid(out, centre, (radius, radius, radius))
    return out


def _foci(land: Terrain, head: Anatomy, entry: Mimic, lesion: LesionState) -> Body:
    """Round cores at the border of cortex and white matter, oedema in the white matter around them."""
    random = stream(lesion.seed, 0, "foci")
    z, y, x = (axis[part] for axis, part in zip((grid.Z_MM, grid.Y_MM, grid.X_MM), land.where, strict=True))
    near = np.abs(head.from_cortex_mm[land.where].astype(np.float32) - 5.0) < 3.0
    right = sum(shares[0] for shares in land.shares)
    wanted = [("right", round(entry.foci * right)), ("left", entry.foci - round(entry.foci * right))]
    centres: list[tuple[float, float, float]] = []
    for side, count in wanted:
        here = land.candidates & near & (land.right if side == "right" else ~land.right) & (land.score > -2.5)
        places = np.argwhere(here)
        found = 0
        for k in random.permutation(len(places)):
            if found == count:
                break
            at = places[k]
            centre = (float(x[at[2]]), float(y[at[1]]), float(z[at[0]]))
            apart = all(math.dist(centre, other) > APART_MM for other in centres)
            if abs(centre[0]) > 14 and apart:
                centres.append(centre)
                found += 1
    sizes = random.uniform(0.6, 1.0, max(len(centres), 1))
    rough = grid.smooth_noise(5.0, random)
    zz, yy, xx = grid.mesh()
    away = np.full(grid.SHAPE, np.inf, np.float32)
    for centre, size in zip(centres, sizes, strict=True):
        one = np.sqrt((xx - centre[0]) ** 2 + (yy - centre[1]) ** 2 + (zz - centre[2]) ** 2) / size
        away = np.minimum(away, one)
    brain = (head.white + head.grey) > 0.5
    tissue = head.white + head.grey
    # not larger than its share of the oedema that fits around it
    room_ml = FILLED_AT_MOST * float(land.tissue[land.candidates].sum(dtype=np.float64)) * grid.VOXEL_ML
    wanted_ml = min(lesion.oedema_ml, room_ml)
    core_ml = entry.core_share * wanted_ml
    shaped = -(away + 0.8 * rough)
    level = threshold(shaped[brain], tissue[brain] * grid.VOXEL_ML, core_ml)
    inside = brain & (shaped >= level)
    core = ndi.gaussian_filter(inside.astype(np.float32), (0, 0.7, 0.7))
    beyond = np.clip(-shaped + level, -20, None)  # distance outside the core [mm, by its size]
    ring = np.exp(-((beyond / (0.6 * entry.rim_mm)) ** 2)) * brain
    white = affinity(head, lexicon().affinities[entry.parts[0].affinity])
    spread = 1.1 * np.log(np.clip(white, 3e-2, None)) - np.clip(beyond, 0, None) / 7.0
    spread[land.where] += entry.patchiness * land.field
    around = brain & ~inside
    rest = wanted_ml - float(tissue[inside].sum(dtype=np.float64)) * grid.VOXEL_ML
    level = threshold(spread[around], tissue[around] * grid.VOXEL_ML, rest)
    taken = around & (spread >= level)
    strength = ndi.gaussian_filter(soft((spread - level) / entry.feather + 0.5) * around, (0, 0.6, 0.6))
    strength = strength * np.clip(1.1 * tissue, 0, 1)
    return Body(
        np.asarray(strength, np.float32),
        taken | inside,
        core,
        np.asarray(ring, np.float32),
        _empty(),
        lesion.oedema_ml > room_ml,
    )


def _sulci(head: Anatomy, lesion: LesionState) -> Body:
    """Blood in the sulci of the convexity; the volume asked is that of the blood."""
    blood, capped = bleeding.sulcal_of_volume(head, lesion, prior(lesion.pattern), lesion.oedema_ml)
    return Body(_empty(), np.zeros(grid.SHAPE, bool), _empty(), _empty(), blood, capped)


def body(head: Anatomy, lesion: LesionState, land: Terrain) -> Body:
    """Where a mimic lies, before its look.

    Parameters
    ----------
    head, lesion, land
        In whom, the state, and its terrain.
    """
    entry = lexicon().mimics[lesion.pattern]
    if lesion.oedema_ml <= 0:
        return Body(_empty(), np.zeros(grid.SHAPE, bool), _empty(), _empty(), _empty(), False)
    if entry.growth == "foci":
        return _foci(land, head, entry, lesion)
    if entry.growth == "sulci":
        return _sulci(head, lesion)
    found = _field(land, entry, lesion)
    if entry.lacunes:
        core = _lacunes(land, head, lesion, entry.lacunes)
        return Body(found.strength, found.extent, core, _empty(), _empty(), found.capped)
    return found


def thrombus(name: str) -> Volume:
    """A clot that fills a sinus, 0..1.

    Parameters
    ----------
    name
        Name of the sinus in :data:`pres_teach.imaging.vessels.SINUS_COURSES`.
    """
    out = _empty()
    points, radius = vessels.SINUS_COURSES[name]
    grid.draw_tube(out, points, radius)
    return out


def edge(extent: Mask) -> Volume:
    """The rim of a lesion in each slice, 0..1."""
    inner = np.stack([ndi.distance_transform_edt(plane) if plane.any() else plane * 0.0 for plane in extent])
    return np.asarray(np.clip(1.5 - inner / EDGE_MM, 0, 1) * extent, np.float32)


def restricted(entry: Mimic, found: Body, land: Terrain, lesion: LesionState) -> Volume:
    """Which part of the lesion is restricted when any is, 0..1."""
    if entry.restricted_where == "core":
        return found.core
    if entry.restricted_where == "edge":
        random = stream(lesion.seed, 0, "edge")
        patches = np.clip(0.6 + 0.9 * grid.smooth_noise(9.0, random), 0, 1)
        return np.asarray(ndi.gaussian_filter(edge(found.extent), (0, 0.7, 0.7)) * patches, np.float32)
    if entry.restricted_where == "patches":
        random = stream(lesion.seed, 0, "patches")
        field = grid.smooth_noise(7.0, random)
        if not found.extent.any():
            return _empty()
        level = float(np.quantile(field[found.extent], 1 - PATCH_SHARE))
        return np.asarray(found.strength * soft((field - level) / 0.2), np.float32)
    return found.strength


def uptake(entry: Mimic, found: Body, head: Anatomy, lesion: LesionState, level: float) -> Volume:
    """Where a mimic takes up contrast medium, 0..1."""
    if entry.enhances == "none" or level <= 0:
        return _empty()
    if entry.enhances == "ring":
        return np.asarray(level * found.ring, np.float32)
    if entry.enhances == "edge":
        return np.asarray(level * edge(found.extent), np.float32)
    return enhancement.uptake(head, found.strength, "gyral", lesion.seed, level)


def terrain_of(head: Anatomy, lesion: LesionState) -> Terrain:
    """The terrain of any lesion state; cached."""
    asked = getattr(lesion, "sites", None)
    return terrain(
        head, lesion.pattern, int(lesion.seed), None if asked is None else tuple(asked), float(lesion.asymmetry)
    )
