"""Blood of three kinds: microbleeds, a haematoma, and blood in a sulcus."""

from __future__ import annotations

import numpy as np
from scipy import ndimage as ndi

from pres_teach.imaging import grid
from pres_teach.imaging.anatomy import Anatomy
from pres_teach.imaging.grid import Volume
from pres_teach.imaging.states import LesionState
from pres_teach.imaging.terrain import Terrain, threshold
from pres_teach.patient import stream

Dots = tuple[tuple[float, float, float, float], ...]


def dots(land: Terrain, head: Anatomy, lesion: LesionState) -> Dots:
    """Microbleeds at the border of cortex and white matter; the first ones stay where they are when more come."""
    if lesion.microbleeds <= 0:
        return ()
    random = stream(lesion.seed, 0, "microbleeds")
    near = np.abs(head.from_cortex_mm[land.where].astype(np.float32) - 2.0) < 2.1
    border = land.candidates & near & (land.tissue > 0.8)
    level = threshold(land.score[land.candidates], land.tissue[land.candidates] * grid.VOXEL_ML, 45.0)
    places = np.argwhere(border & (land.score >= level))
    z, y, x = (axis[part] for axis, part in zip((grid.Z_MM, grid.Y_MM, grid.X_MM), land.where, strict=True))
    out: list[tuple[float, float, float, float]] = []
    for k in random.permutation(len(places)):
        at = places[k]
        radius = float(random.uniform(1.2, 2.2))
        centre = (float(x[at[2]]), float(y[at[1]]), float(z[at[0]]))
        if all((centre[0] - d[0]) ** 2 + (centre[1] - d[1]) ** 2 + (centre[2] - d[2]) ** 2 > 64 for d in out):
            out.append((*centre, radius))
        if len(out) == int(lesion.microbleeds):
            break
    return tuple(out)


def of_dots(where: Dots) -> Volume:
    """Microbleeds as a field, 0..1."""
    out = np.zeros(grid.SHAPE, np.float32)
    for x, y, z, radius in where:
        grid.draw_ellipsoid(out, (x, y, z), (radius, radius, max(radius, 1.8)))
    return out


def haematoma(land: Terrain, head: Anatomy, lesion: LesionState, volume_ml: float) -> Volume:
    """A clot in white matter, 0..1.

    Parameters
    ----------
    land, head, lesion
        Where, in whom, and the state whose seed places it.
    volume_ml
        Its volume [mL].
    """
    out = np.zeros(grid.SHAPE, np.float32)
    if volume_ml <= 0:
        return out
    random = stream(lesion.seed, 0, "haematoma")
    white = land.candidates & (head.white[land.where] > 0.8) & (head.from_ventricle_mm[land.where] > 10)
    level = threshold(land.score[white], np.ones(int(white.sum()), np.float32) * grid.VOXEL_ML, 12.0)
    places = np.argwhere(white & (land.score >= level))
    at = places[random.integers(len(places))]
    centre = [float(a[p][i]) for a, p, i in zip((grid.Z_MM, grid.Y_MM, grid.X_MM), land.where, at, strict=True)]
    z, y, x = grid.mesh()
    squared = ((x - centre[2]) / 1.0) ** 2 + ((y - centre[1]) / 1.3) ** 2 + ((z - centre[0]) / 1.1) ** 2
    rough = np.sqrt(squared) + 1.6 * grid.smooth_noise(4.0, random)
    tissue = (head.white + head.grey) > 0.5
    level = threshold(-rough[tissue], np.full(int(tissue.sum()), grid.VOXEL_ML, np.float32), volume_ml)
    out[tissue & (-rough >= level)] = 1
    return np.asarray(ndi.gaussian_filter(out, (0, 0.6, 0.6)), np.float32)


def rim(head: Anatomy, clot: Volume) -> Volume:
    """The narrow swollen rim around a clot, 0..1; not counted as oedema of PRES."""
    near = np.clip(ndi.gaussian_filter(clot, (0.3, 2.0, 2.0)) * 2.2, 0, 1)
    return np.asarray(0.75 * near * (clot < 0.5) * (head.white + head.grey > 0.5), np.float32)


def ridges(head: Anatomy) -> Volume:
    """The middle of each sulcus, 0..1."""
    sulcus = head.sulcus.astype(np.float32)
    return np.asarray(np.clip((sulcus - ndi.gaussian_filter(sulcus, (0, 2.5, 2.5))) * 9.0, 0, 1), np.float32)


def _lines(head: Anatomy, lesion: LesionState, zone: Volume) -> tuple[Volume, Volume]:
    """Sulci of the convexity where blood may lie, 0..1, and the distance from where it begins [mm]."""
    random = stream(lesion.seed, 0, "sulcal blood")
    z, y, x = grid.mesh()
    ridge = ridges(head)
    depth = head.depth_mm.astype(np.float32)
    near = ndi.gaussian_filter(zone, (1, 4, 4))
    fit = (
        ndi.gaussian_filter(ridge, (0.8, 5, 5))
        * (depth > 4)
        * (depth < 20)
        * (near > 0.3)
        * (np.abs(x) > 12)
        * (z > 22)
        * (z < 62)
    )
    places = np.argwhere(fit > 0.85 * fit.max())
    at = places[random.integers(len(places))]
    centre = (grid.X_MM[at[2]], grid.Y_MM[at[1]], grid.Z_MM[at[0]])
    away = np.sqrt((x - centre[0]) ** 2 + (y - centre[1]) ** 2 + (1.4 * (z - centre[2])) ** 2)
    away = away + 2.0 * grid.smooth_noise(4.0, random)
    return np.asarray(ndi.maximum_filter(ridge, (1, 2, 2)), np.float32), np.asarray(away, np.float32)


def _within(line: Volume, away: Volume, reach_mm: float) -> Volume:
    out = line * np.clip((reach_mm - away) / 3.0, 0, 1)
    return np.asarray(ndi.gaussian_filter(out, (0, 0.5, 0.5)), np.float32)


def sulcal(head: Anatomy, lesion: LesionState, zone: Volume, reach_mm: float = 15.0) -> Volume:
    """Blood along a sulcus of the convexity, over a few slices, 0..1.

    Parameters
    ----------
    head, lesion
        In whom, and the state whose seed places it.
    zone
        Where the pattern lies, 0..1.
    reach_mm
        How far along the sulci it spreads from its middle [mm].
    """
    return _within(*_lines(head, lesion, zone), reach_mm)


def sulcal_of_volume(head: Anatomy, lesion: LesionState, zone: Volume, volume_ml: float) -> tuple[Volume, bool]:
    """Blood in the sulci of one side's convexity, spread until its volume is reached; whether less was found.

    Parameters
    ----------
    head, lesion, zone
        As in :func:`sulcal`.
    volume_ml
        Volume of the blood [mL].
    """
    if abs(lesion.asymmetry) >= 0.5:  # a side that was asked for, as in other lesions of one side
        zone = zone * (grid.X_MM * np.sign(lesion.asymmetry) > 0)
    line, away = _lines(head, lesion, zone)
    first = np.unravel_index(int(np.argmin(away)), away.shape)
    line = line * (grid.X_MM * grid.X_MM[first[2]] > 0)
    held, reaches = [], np.arange(4.0, 61.0, 4.0)
    for reach in reaches:
        held.append(float((line * np.clip((reach - away) / 3.0, 0, 1)).sum(dtype=np.float64)) * grid.VOXEL_ML)
    reach = float(np.interp(volume_ml, held, reaches))
    return _within(line, away, reach), held[-1] < volume_ml
