"""The grid of every volume here, and what is drawn on it: smooth random fields, ellipsoids, tubes.

Volumes are arrays (slice, row, column). Slices run from the feet up, rows from the front to the back, columns from the
patient's **right** to the left: each slice is already in radiological orientation. Positions are MNI mm: x grows to
the patient's right, y to the front, z to the head. One column or row is 1 mm, one slice 4 mm.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

Volume = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

X_MM: Volume = np.arange(92.0, -93.0, -1.0, dtype=np.float32)
Y_MM: Volume = np.arange(92.0, -130.0, -1.0, dtype=np.float32)
Z_MM: Volume = np.arange(-60.0, 77.0, 4.0, dtype=np.float32)
SHAPE = (Z_MM.size, Y_MM.size, X_MM.size)
SPACING_MM = (4.0, 1.0, 1.0)
VOXEL_ML = 4.0e-3

_AXES = (Z_MM, Y_MM, X_MM)
# the box on which random fields are drawn, so that they don't depend on the grid of the pictures [mm]
_FIELD_BOX = ((-76.0, 110.0), (-136.0, 100.0), (-100.0, 100.0))


def mesh() -> tuple[Volume, Volume, Volume]:
    """Open axes (z, y, x) that broadcast to a whole volume [mm]."""
    return Z_MM[:, None, None], Y_MM[None, :, None], X_MM[None, None, :]


def _interpolation(at: Volume, start: float, step: float, count: int) -> Volume:
    place = np.clip((at - start) / step, 0, count - 1.001)
    left = place.astype(int)
    weight = (place - left).astype(np.float32)
    matrix = np.zeros((at.size, count), np.float32)
    rows = np.arange(at.size)
    matrix[rows, left] = 1 - weight
    matrix[rows, left + 1] = weight
    return matrix


Box = tuple[slice, slice, slice]


def smooth_noise(sigma_mm: float, random: np.random.Generator, where: Box | None = None) -> Volume:
    """A Gaussian random field of mean 0 and variance 1, drawn in millimetres.

    Parameters
    ----------
    sigma_mm
        Width of the smoothing kernel; structures are about twice as wide [mm].
    random
        Where the numbers come from: one generator state gives one field on any grid.
    where
        Only this box of the grid; the numbers drawn are the same.
    """
    step = max(sigma_mm / 1.4, 1.0)
    counts = [int(np.ceil((high - low) / step)) + 2 for low, high in _FIELD_BOX]
    coarse = random.standard_normal(counts, dtype=np.float32)
    coarse = ndi.gaussian_filter(coarse, sigma_mm / step, mode="wrap", truncate=3.0)
    coarse = (coarse - coarse.mean()) / coarse.std()
    # slices first: they are the fewest, so the large products come last
    wanted = where or (slice(None), slice(None), slice(None))
    for axis, (at, part, box, count) in enumerate(zip(_AXES, wanted, _FIELD_BOX, counts, strict=True)):
        matrix = _interpolation(at[part], box[0], step, count)
        coarse = np.moveaxis(np.tensordot(matrix, coarse, axes=(1, axis)), 0, axis)
    return np.ascontiguousarray(coarse, dtype=np.float32)


def box(
    low_mm: Sequence[float], high_mm: Sequence[float]
) -> tuple[tuple[slice, slice, slice], tuple[Volume, Volume, Volume]]:
    """Index slices of a box given as (x, y, z) corners, and the open axes (z, y, x) inside it [mm]."""
    where: list[slice] = []
    for axis, low, high in zip(_AXES, low_mm[::-1], high_mm[::-1], strict=True):
        inside = np.flatnonzero((axis >= low) & (axis <= high))
        where.append(slice(int(inside[0]), int(inside[-1]) + 1) if inside.size else slice(0, 0))
    z, y, x = where
    return (z, y, x), (Z_MM[z][:, None, None], Y_MM[y][None, :, None], X_MM[x][None, None, :])


def draw_ellipsoid(
    volume: Volume, centre_mm: Sequence[float], radii_mm: Sequence[float], weight: float = 1.0, sharpness: float = 4.0
) -> None:
    """Draw a flat-topped ellipsoid, ``weight * exp(-r**sharpness / 2)``, keeping the greater value (in place)."""
    centre, radii = np.asarray(centre_mm, float), np.asarray(radii_mm, float)
    where, (z, y, x) = box((centre - 2.2 * radii).tolist(), (centre + 2.2 * radii).tolist())
    squared = ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2 + ((z - centre[2]) / radii[2]) ** 2
    part = volume[where]
    np.maximum(part, (weight * np.exp(-0.5 * squared ** (sharpness / 2))).astype(np.float32), out=part)


def draw_tube(
    volume: Volume, points_mm: Sequence[Sequence[float]], radius_mm: float, weight: float = 1.0, stretch_z: float = 1.0
) -> None:
    """Draw a flat-topped tube along a polyline, keeping the greater value (in place).

    ``stretch_z`` makes the tube taller than wide, so that a thin vessel is not lost between two slices.
    """
    points = np.asarray(points_mm, float)
    margin = np.array([2.2, 2.2, 2.2 * stretch_z]) * radius_mm
    for start, end in pairwise(points):
        where, (z, y, x) = box((np.minimum(start, end) - margin).tolist(), (np.maximum(start, end) + margin).tolist())
        along = end - start
        dx, dy, dz = x - start[0], y - start[1], z - start[2]
        share = np.clip((dx * along[0] + dy * along[1] + dz * along[2]) / max(float(along @ along), 1e-9), 0, 1)
        squared = (
            (dx - share * along[0]) ** 2 + (dy - share * along[1]) ** 2 + ((dz - share * along[2]) / stretch_z) ** 2
        )
        part = volume[where]
        np.maximum(part, (weight * np.exp(-0.5 * (squared / radius_mm**2) ** 2)).astype(np.float32), out=part)


def mirrored(points_mm: Sequence[Sequence[float]], side: int) -> list[tuple[float, float, float]]:
    """Points given for the patient's right side (x > 0), on the right (+1) or the left (-1)."""
    return [(side * p[0], p[1], p[2]) for p in points_mm]
