"""The grid of every volume here, and what is drawn on it: smooth random fields, ellipsoids, tubes.

Volumes are arrays (slice, row, column). Slices run from the feet up, rows from the front to the back, columns from the
patient's **right** to the left: each slice is already in radiological orientation. Positions are MNI mm: x grows to
the patient's right, y to the front, z to the head. One column or row is 1 mm, one slice 4 mm.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
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

Box = tuple[slice, slice, slice]
_MANY = 250_000  # samples of a random field
_LEAST = 6.2e-5  # a little above the least normal number of half precision
_AXES = (Z_MM, Y_MM, X_MM)
# the box on which random fields are drawn, so that they don't depend on the grid of the pictures [mm]
_FIELD_BOX = ((-76.0, 110.0), (-136.0, 100.0), (-100.0, 100.0))


def greys(values: Volume, low: float, high: float) -> NDArray[np.uint8]:
    """Values as 8-bit grey: 0 at ``low`` and below, 255 at ``high`` and above."""
    return np.asarray(np.clip((values - low) * (255.0 / (high - low)) + 0.5, 0, 255), np.uint8)


def mesh() -> tuple[Volume, Volume, Volume]:
    """Open axes (z, y, x) that broadcast to a whole volume [mm]."""
    return Z_MM[:, None, None], Y_MM[None, :, None], X_MM[None, None, :]


def half(field: Volume) -> NDArray[np.float16]:
    """A field in half precision; what would be subnormal there becomes 0: converting it is twenty times as slow."""
    tiny = np.abs(field) < _LEAST
    return np.asarray(np.where(tiny, np.float32(0), field).astype(np.float16))


def _between(field: Volume, axis: int, at: Volume, start: float, step: float) -> Volume:
    """Values between samples along an axis, linear; without a matrix product, so that every machine gives the same."""
    place = np.clip((at - start) / step, 0, field.shape[axis] - 1.001)
    left = place.astype(int)
    shape = [1, 1, 1]
    shape[axis] = at.size
    weight = (place - left).astype(np.float32).reshape(shape)
    out: Volume = np.take(field, left + 1, axis)
    below = np.take(field, left, axis)
    out -= below
    out *= weight
    out += below
    return out


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
    width = sigma_mm / step
    wanted = where or (slice(None), slice(None), slice(None))
    fine = coarse.size > _MANY  # then mean and variance are those of theory, and what isn't wanted isn't smoothed
    if fine:
        coarse *= np.float32(1 / _spread(width) ** 3)
    else:
        coarse = ndi.gaussian_filter(coarse, width, mode="wrap", truncate=3.0)
        coarse = (coarse - coarse.mean()) / coarse.std()
    for axis in (0, 2, 1):  # slices first, for they are the fewest; rows last, for they are taken whole
        if fine:
            coarse = ndi.gaussian_filter1d(coarse, width, axis, mode="wrap", truncate=3.0)
        coarse = _between(coarse, axis, _AXES[axis][wanted[axis]], _FIELD_BOX[axis][0], step)
    return coarse


@lru_cache(maxsize=16)
def _spread(width: float) -> float:
    """Standard deviation of white noise after smoothing along one axis."""
    pulse = np.zeros(129)
    pulse[64] = 1
    return float(np.sqrt((ndi.gaussian_filter1d(pulse, width, truncate=3.0) ** 2).sum()))


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
