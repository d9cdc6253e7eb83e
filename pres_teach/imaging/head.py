"""Skull and scalp around a brain: smooth rings in each slice, the synthetic face left out.

The inner table is the brain's outline in polar coordinates, kept to its low frequencies (so there is no wavy halo) and
never inside the brain. Where the skull is cut at a slant, towards the vertex, it looks thicker, as in a real slice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid
from pres_teach.imaging.grid import Mask, Volume

ANGLES = 240
HARMONICS = 9
LAYERS = ("bone", "base", "marrow", "fat", "soft")


def _outline(brain: Volume) -> tuple[Volume, Volume]:
    """Radius of the inner table at each angle of each slice [mm], and the row of each slice's centre (y) [mm]."""
    y, x = grid.Y_MM[:, None], grid.X_MM[None, :]
    radius = np.zeros((grid.SHAPE[0], ANGLES), np.float32)
    middle = np.zeros(grid.SHAPE[0], np.float32)
    for k in range(grid.SHAPE[0]):
        rows = np.flatnonzero((brain[k] > 0.5).any(axis=1))
        middle[k] = 0.5 * (grid.Y_MM[rows[0]] + grid.Y_MM[rows[-1]])
    low = grid.Z_MM < -20
    # below the frontal lobes the centre stays behind the temporal poles, else the rings of two slices don't meet
    middle[low] = np.minimum(middle[low], -32.0 - 0.5 * (-20 - grid.Z_MM[low]))
    middle = ndi.gaussian_filter1d(middle, 1.0, mode="nearest")
    for k in range(grid.SHAPE[0]):
        dy, dx = np.nonzero(brain[k] > 0.5)
        py, px = y[dy, 0] - middle[k], x[0, dx]
        index = (np.floor((np.arctan2(py, px) / (2 * np.pi) + 0.5) * ANGLES).astype(int)) % ANGLES
        np.maximum.at(radius[k], index, np.hypot(py, px))
    radius = np.maximum(radius, ndi.maximum_filter1d(radius, 15, axis=1, mode="wrap") * (radius < 5))
    for k in range(int(np.sum(low)) - 1, -1, -1):  # the head doesn't taper below the temporal lobes as the brain does
        radius[k] = np.maximum(radius[k], radius[k + 1] - 1.6)
    goal = radius
    allowed = np.where(low | (grid.Z_MM > 44), 5, HARMONICS)
    cut = np.arange(ANGLES // 2 + 1)[None, :] >= allowed[:, None]
    for _ in range(6):
        spectrum = np.fft.rfft(goal, axis=1)
        spectrum[cut] = 0
        smooth = np.fft.irfft(spectrum, ANGLES, axis=1)
        smooth = ndi.gaussian_filter1d(smooth, 0.8, axis=0, mode="nearest")
        goal = np.maximum(radius, smooth)
    return np.asarray(smooth, np.float32), middle


def _gap_mm(outside: Mask, most: int = 14) -> Volume:
    """Distance to the brain in a slice, as far as it matters [mm]."""
    rows, columns = np.flatnonzero(~outside.all(axis=1)), np.flatnonzero(~outside.all(axis=0))
    out = np.full(outside.shape, most, np.float32)
    box = (
        slice(max(int(rows[0]) - most, 0), int(rows[-1]) + most + 1),
        slice(max(int(columns[0]) - most, 0), int(columns[-1]) + most + 1),
    )
    out[box] = np.minimum(ndi.distance_transform_edt(outside[box]), most)
    return out


def draw(brain: Volume, random: np.random.Generator, rim_mm: float) -> tuple[dict[str, NDArray[np.float16]], Volume]:
    """Fractions of bone, base of the skull, marrow, fat and soft tissue, and of the fluid between brain and skull.

    Parameters
    ----------
    brain
        Fraction of brain with its fluid.
    random
        Generator for the thickness of this patient's skull and scalp.
    rim_mm
        Width of the fluid between brain and inner table [mm].
    """
    table, middle = _outline(brain)
    table = table + rim_mm
    slope = np.gradient(table, grid.SPACING_MM[0], axis=0)
    slant = np.clip(np.sqrt(1 + slope**2), 1.0, 2.6)
    slant = ndi.gaussian_filter(slant, (0.7, 8), mode=("nearest", "wrap"))
    skull_mm = 5.6 * (1 + 0.08 * random.standard_normal())
    scalp_mm = 5.0 * (1 + 0.10 * random.standard_normal())
    out = {name: np.zeros(grid.SHAPE, np.float16) for name in LAYERS}
    rim = np.zeros(grid.SHAPE, np.float32)
    y, x = grid.Y_MM[:, None], grid.X_MM[None, :]
    texture = np.clip(0.75 + 0.25 * grid.smooth_noise(3.0, random), 0.2, 1.2)

    def upto(distance: Volume, edge: Volume | float) -> Volume:
        """1 inside ``edge``, 0 outside, one voxel soft."""
        return np.clip(edge - distance + 0.5, 0, 1)

    for k, level in enumerate(grid.Z_MM):
        around = np.arctan2(y - middle[k], x) / (2 * np.pi) + 0.5
        place = around * ANGLES - 0.5
        at = np.clip(place % ANGLES, 0, ANGLES - 1e-3)
        left = at.astype(int)
        part = (at - left).astype(np.float32)

        def look(values: Volume, left: NDArray[np.int_] = left, part: Volume = part) -> Volume:
            return values[left] * (1 - part) + values[(left + 1) % ANGLES] * part

        distance = (np.hypot(y - middle[k], x) - look(table[k])) / look(slant[k])
        behind = np.clip((-y - 60) / 40.0, 0, 1)
        bone_mm = skull_mm * (1 + 0.35 * behind * (level < 20) + 0.15 * np.clip((y - 45) / 25, 0, 1))
        fat_mm = scalp_mm * (1 + 0.2 * behind)
        neck_mm = np.clip((-34 - level) / 14.0, 0, 1) * 9.0 * behind
        inner, spongy = bone_mm * 0.28, bone_mm * 0.72
        galea = bone_mm + 0.9 + neck_mm
        temporal = 4.5 * np.clip((np.abs(x) - 48) / 12, 0, 1) * np.clip(1 - np.abs(level + 14) / 26, 0, 1)
        temporal = temporal * np.clip(1 - np.abs(y - 5) / 45, 0, 1)
        galea = galea + temporal
        fat_end = galea + 0.66 * fat_mm
        skin_end = galea + fat_mm
        steps = [upto(distance, e) for e in (0.0, inner, spongy, bone_mm, galea, fat_end, skin_end)]
        # the front of the low slices would be an invented face: it fades out
        front = 200.0 if level > -26 else 34.0 + (level + 28) * 1.2
        shown = np.clip((front - y) / 22.0 + 0.5, 0, 1)
        gap = _gap_mm(brain[k] <= 0.5)
        inside = steps[0] * (1 - brain[k])
        near = np.clip(rim_mm + 1.0 - gap + 0.5, 0, 1) if level > -24 else np.clip(1.8 - gap, 0, 1)
        rim[k] = inside * near
        base = inside * (1 - near)
        out["bone"][k] = ((steps[1] - steps[0]) + (steps[3] - steps[2])) * shown
        out["base"][k] = base * 0.6 * shown
        out["marrow"][k] = ((steps[2] - steps[1]) * shown + base * 0.25 * (gap > 4) * shown) * texture[k]
        out["soft"][k] = ((steps[4] - steps[3]) + (steps[6] - steps[5])) * shown
        out["fat"][k] = (steps[5] - steps[4]) * shown
    return out, rim
