"""Veins and sinuses: what is dark on susceptibility-weighted pictures, and what is a flow void.

Large vessels follow fixed courses. Small ones are drawn for each patient: medullary veins fan out from the lateral
ventricles through the white matter, cortical veins lie in sulci. They are there to look like a venous tree, not
to be one.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage as ndi

from pres_teach.imaging import grid
from pres_teach.imaging.grid import Mask, Volume, mirrored

_Vessels = tuple[tuple[list[tuple[float, float, float]], float], ...]  # polylines [mm] and radii [mm]
_SINUSES: _Vessels = (
    (
        [(0, 66, 8), (0, 60, 36), (0, 32, 66), (0, -10, 78), (0, -50, 76), (0, -84, 54), (0, -100, 24), (0, -104, -4)],
        3.0,
    ),
    ([(0, -40, 2), (0, -50, 6), (0, -66, 16), (0, -100, -2)], 1.9),
)
_SINUSES_OF_EACH_SIDE: _Vessels = (
    ([(0, -103, -6), (30, -94, -18), (50, -70, -28), (55, -50, -38), (46, -38, -52)], 3.2),
)
SINUS_COURSES = {"superior sagittal sinus": _SINUSES[0]}  # by name, for a clot that fills one
_DEEP_VEINS: _Vessels = (  # of the right side: internal cerebral, thalamostriate, septal, basal, petrosal
    ([(2, -42, 6), (2.5, -34, 12), (2.5, -14, 17), (2.5, -2, 15)], 1.1),
    ([(3, -2, 15), (9, 2, 18), (16, -4, 21), (20, -14, 22)], 0.9),
    ([(3, -1, 15), (4, 10, 15), (9, 20, 14)], 0.8),
    ([(4, -42, 4), (14, -34, -4), (14, -18, -12), (10, -6, -16)], 1.0),
)
_ARTERIES: _Vessels = (  # of the right side: middle, anterior, posterior cerebral
    ([(5, 1, -15), (16, 3, -16), (30, 2, -17), (38, 4, -10)], 1.6),
    ([(3, 4, -14), (2, 28, -8), (2, 36, 10), (2, 24, 28)], 1.2),
    ([(3, -14, -17), (12, -24, -12), (20, -38, -8)], 1.2),
)
_BASILAR: _Vessels = (([(0, -14, -18), (0, -20, -44)], 1.7),)


def _medullary(volume: Volume, random: np.random.Generator) -> None:
    """Fine veins from the wall of each lateral ventricle outwards, at right angles to it."""
    wall = np.array(
        [(20, 30, 14), (18, 18, 20), (20, 4, 23), (22, -12, 25), (25, -28, 24), (28, -40, 18), (28, -50, 12)], float
    )
    for side in (-1, 1):
        for _ in range(80):
            place = random.uniform(0, len(wall) - 1.001)
            k, part = int(place), place % 1
            start = wall[k] * (1 - part) + wall[k + 1] * part + random.normal(0, (1.2, 2.0, 2.5))
            # outwards: sideways in the middle, more to the front at the front horn and to the back at the trigone
            angle = (start[1] + 8) / 62.0 * 1.05 + random.normal(0, 0.16)
            length = random.uniform(9, 24)
            rise = random.normal(0.12, 0.18)
            step = np.array([np.cos(angle), np.sin(angle), rise]) * length / 5
            points = [start]
            for _ in range(5):
                points.append(points[-1] + step + random.normal(0, 0.55, 3))
            grid.draw_tube(volume, mirrored(points, side), 0.52, random.uniform(0.2, 0.62), stretch_z=3.2)


def draw(
    random: np.random.Generator, white: Volume, fluid: Volume, sulcus: Volume, ventricle: Mask, depth_mm: Volume
) -> tuple[Volume, Volume]:
    """Flow voids (arteries and sinuses) and veins, as weights 0..1.

    Parameters
    ----------
    random
        Generator of this patient's small veins.
    white, fluid, sulcus
        Fractions of white matter and fluid, and of the fluid that lies in sulci.
    ventricle
        Where the ventricles are.
    depth_mm
        Distance from the brain's outline in the slice [mm].
    """
    void = np.zeros(grid.SHAPE, np.float32)
    vein = np.zeros(grid.SHAPE, np.float32)
    for points, radius in _SINUSES:
        grid.draw_tube(void, points, radius)
        grid.draw_tube(vein, points, radius)
    for points, radius in _BASILAR:
        grid.draw_tube(void, points, radius)
    for side in (-1, 1):
        for course, radius in (*_ARTERIES, *_SINUSES_OF_EACH_SIDE):
            grid.draw_tube(void, mirrored(course, side), radius)
        for points, radius in _SINUSES_OF_EACH_SIDE:
            grid.draw_tube(vein, mirrored(points, side), radius)
        for points, radius in _DEEP_VEINS:
            grid.draw_tube(vein, mirrored(points, side), radius, stretch_z=1.5)
    fine = np.zeros(grid.SHAPE, np.float32)
    _medullary(fine, random)
    vein = np.maximum(vein, fine * white * ~ventricle)
    ridge = np.clip((sulcus - ndi.gaussian_filter(sulcus, (0, 2.2, 2.2))) * 5.0, 0, 1)
    some = np.clip(1.5 * grid.smooth_noise(6.0, random) - 0.15, 0, 1)
    z = grid.mesh()[0]
    cortical = ridge * some * (depth_mm > 2) * (z > -16) * 0.95
    vein = np.maximum(vein, cortical)
    return void * (fluid > 0.2), vein
