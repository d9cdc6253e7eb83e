"""Cerebral arteries and veins as smooth centre lines with a radius: drawn by eye, a little different in each head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid
from pres_teach.imaging.grid import Volume, mirrored
from pres_teach.patient import stream

STEP_MM = 0.6
Point = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Piece:
    """One vessel.

    Attributes
    ----------
    name
        As "middle cerebral".
    points
        Centre line (N, 3), MNI x, y, z [mm].
    radii
        At each point [mm].
    brightness
        0..1.
    """

    name: str
    points: NDArray[np.float64]
    radii: NDArray[np.float64]
    brightness: float = 1.0


def _smooth(points: Sequence[Point], radius: tuple[float, float], name: str, brightness: float = 1.0) -> Piece:
    """A curve through or near the points, evenly sampled, tapering from the first radius to the second."""
    rough = np.asarray(points, float)
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(rough, axis=0), axis=1))])
    count = max(int(lengths[-1] / STEP_MM), 3)
    at = np.linspace(0, lengths[-1], count)
    fine = np.stack([np.interp(at, lengths, rough[:, k]) for k in range(3)], axis=1)
    width = 0.35 * lengths[-1] / max(len(rough) - 1, 1) / STEP_MM
    fine = ndi.gaussian_filter1d(fine, width, axis=0, mode="nearest")
    share = np.linspace(0, 1, count)[:, None]  # the ends stay where they were
    fine = fine + (1 - share) ** 3 * (rough[0] - fine[0]) + share**3 * (rough[-1] - fine[-1])
    return Piece(name, fine, np.linspace(radius[0], radius[1], count), brightness)


def _wavy(piece: Piece, random: np.random.Generator, amount_mm: float, wave_mm: float) -> Piece:
    """The same vessel with small bends, none at its start."""
    noise = ndi.gaussian_filter1d(random.standard_normal(piece.points.shape), wave_mm / STEP_MM, axis=0, mode="nearest")
    noise /= max(float(noise.std()), 1e-9)
    rise = np.minimum(np.arange(len(noise)) * STEP_MM / 12.0, 1.0)[:, None]
    return replace(piece, points=piece.points + amount_mm * noise * rise)


# Of the right side. Radii in mm, from the start to the end.
_CAROTID: Sequence[Point] = (
    (24, -12, -78), (24, -14, -62), (25, -18, -50), (23, -14, -44), (14, -6, -40), (9, -6, -34), (10, -1, -28),
    (11, 5, -25), (11, 6, -20), (9, 1, -18), (11, 1, -13),
)  # fmt: skip
_VERTEBRAL: Sequence[Point] = ((14, -30, -78), (17, -33, -66), (11, -28, -58), (4, -20, -50), (0.5, -18, -45))
_BASILAR: Sequence[Point] = ((0, -18, -45), (0.5, -15, -38), (-0.5, -14, -28), (0, -13, -19))
_OF_EACH_SIDE: tuple[tuple[str, Sequence[Point], tuple[float, float]], ...] = (
    ("middle cerebral", ((11, 1, -13), (18, 3, -15), (27, 3, -15), (35, 2, -13)), (1.35, 1.15)),
    ("anterior cerebral", ((11, 1, -13), (6, 4, -13), (2.5, 6, -12)), (1.1, 1.0)),
    (
        "anterior cerebral",
        (
            (2.5, 6, -12),
            (2, 20, -12),
            (2, 33, -4),
            (2.5, 37, 8),
            (2.5, 30, 22),
            (2.5, 14, 31),
            (3, -8, 36),
            (3, -30, 38),
        ),
        (1.0, 0.45),
    ),
    ("anterior cerebral", ((2, 35, 2), (4, 48, 14), (4, 50, 30), (6, 44, 44)), (0.7, 0.35)),
    ("anterior cerebral", ((2.5, 30, 22), (5, 28, 38), (7, 20, 54), (10, 12, 64)), (0.65, 0.32)),
    ("anterior cerebral", ((2.5, 8, 33), (6, 0, 48), (8, -8, 62), (13, -12, 70)), (0.6, 0.3)),
    ("posterior cerebral", ((0, -13, -19), (6, -14, -18), (13, -20, -16), (17, -30, -12), (17, -42, -6)), (1.1, 0.9)),
    ("posterior cerebral", ((17, -42, -6), (15, -58, 2), (12, -72, 8), (12, -88, 8)), (0.8, 0.4)),
    ("posterior cerebral", ((17, -40, -7), (24, -52, -12), (28, -66, -12), (30, -80, -6)), (0.7, 0.35)),
    ("posterior cerebral", ((16, -52, -1), (14, -62, 14), (13, -72, 26), (14, -78, 36)), (0.6, 0.3)),
    ("posterior communicating", ((11, 0, -16), (10, -8, -18), (9, -15, -18)), (0.5, 0.45)),
    (
        "superior cerebellar",
        ((0, -14, -22), (8, -18, -22), (15, -30, -22), (17, -46, -18), (22, -60, -20)),
        (0.65, 0.35),
    ),
    ("anterior inferior cerebellar", ((0, -15, -32), (10, -18, -34), (20, -28, -36), (28, -42, -38)), (0.5, 0.3)),
    ("posterior inferior cerebellar", ((7, -24, -54), (9, -34, -56), (10, -44, -52), (16, -58, -54)), (0.6, 0.35)),
)
_MIDDLE_BRANCHES: tuple[Sequence[Point], ...] = (  # from the bend at the insula over the convexity
    ((35, 2, -13), (38, 10, -6), (42, 22, 2), (50, 32, 10), (50, 40, 24), (44, 40, 36)),
    ((35, 2, -13), (39, 6, 0), (42, 8, 12), (52, 10, 18), (58, 8, 32), (54, 6, 46)),
    ((35, 2, -13), (39, 2, 2), (42, -4, 15), (54, -10, 20), (62, -14, 34), (56, -14, 52)),
    ((35, 2, -13), (39, -4, 0), (42, -16, 15), (54, -26, 20), (62, -34, 34), (54, -40, 54)),
    ((35, 2, -13), (40, -8, -4), (42, -24, 10), (52, -38, 18), (58, -52, 30), (46, -62, 46)),
    ((35, 2, -13), (41, -8, -8), (44, -26, 4), (54, -44, 8), (56, -60, 14), (46, -76, 20)),
    ((35, 2, -13), (42, -4, -12), (50, -14, -10), (60, -28, -8), (62, -44, -8), (54, -62, -8)),
    ((35, 2, -13), (40, 6, -18), (48, 8, -26), (56, 0, -30), (62, -14, -26), (62, -28, -24)),
)


def arteries(seed: int, narrowed: float = 0.0) -> tuple[Piece, ...]:
    """The arteries of one patient.

    Parameters
    ----------
    seed
        Whose.
    narrowed
        How strongly the cerebral arteries narrow and widen in turn, 0..1; carotids and basilar never do.
    """
    random = stream(seed, 0, "arteries")
    out: list[Piece] = []
    dominant = random.uniform(0.75, 1.25)
    for side in (1, -1):
        out.append(_wavy(_smooth(mirrored(_CAROTID, side), (2.4, 1.9), "internal carotid"), random, 0.7, 9))
        radius = 1.35 * (dominant if side > 0 else 2 - dominant)
        out.append(_wavy(_smooth(mirrored(_VERTEBRAL, side), (radius, radius * 0.9), "vertebral"), random, 0.6, 9))
        for name, course, radii in _OF_EACH_SIDE:
            if name == "posterior communicating" and random.random() < 0.5:
                continue
            out.append(_wavy(_smooth(mirrored(course, side), radii, name), random, 0.8, 5))
        for course in _MIDDLE_BRANCHES:
            trunk = _wavy(_smooth(mirrored(course, side), (0.95, 0.42), "middle cerebral"), random, 1.7, 5)
            out.append(trunk)
            out += [_twig(trunk, start, random) for start in (0.45, 0.62, 0.78)]
    out.append(_wavy(_smooth(_BASILAR, (1.7, 1.55), "basilar"), random, 0.5, 8))
    return tuple(_beaded(piece, narrowed, random) for piece in out)


def _twig(trunk: Piece, start: float, random: np.random.Generator) -> Piece:
    """A small branch that leaves a vessel and runs beside it."""
    k = int(start * (len(trunk.points) - 2))
    along = trunk.points[min(k + 6, len(trunk.points) - 1)] - trunk.points[k]
    along /= max(float(np.linalg.norm(along)), 1e-9)
    aside = np.cross(along, trunk.points[k] / max(float(np.linalg.norm(trunk.points[k])), 1e-9))
    aside *= random.choice([-1.0, 1.0])
    length = random.uniform(14, 26)
    points = [
        tuple(trunk.points[k] + length * t * (along * (1 - 0.3 * t) + 0.9 * aside * t)) for t in (0, 0.35, 0.7, 1.0)
    ]
    piece = _smooth(points, (float(trunk.radii[k]) * 0.75, 0.28), trunk.name)
    return _wavy(piece, random, 0.9, 4)


def _beaded(piece: Piece, strength: float, random: np.random.Generator) -> Piece:
    """Narrow and wide in turn along the cerebral arteries beyond their first centimetre."""
    phase, wave = random.uniform(0, 2 * np.pi), random.uniform(5.0, 8.5)
    patches = ndi.gaussian_filter1d(random.standard_normal(len(piece.points)), 10 / STEP_MM, mode="nearest")
    patches = patches / max(float(np.abs(patches).max()), 1e-9)
    if strength <= 0 or not piece.name.endswith(" cerebral"):
        return piece
    along = np.arange(len(piece.points)) * STEP_MM
    share = np.clip(0.75 + 0.6 * patches, 0, 1) * np.clip(along / 6.0, 0, 1)
    ripple = 0.5 * (1 + np.sin(2 * np.pi * along / wave + phase))
    radii = piece.radii * (1 - strength * share * (0.85 * ripple) + 0.25 * strength * share * (1 - ripple))
    return replace(piece, radii=np.maximum(radii, 0.12))


_SAGITTAL: Sequence[Point] = (
    (0, 62, -4), (0, 66, 10), (0, 60, 38), (0, 32, 67), (0, -10, 79), (0, -50, 76), (0, -84, 54), (0, -100, 24),
    (0, -104, -4),
)  # fmt: skip
_STRAIGHT: Sequence[Point] = ((0, -40, 3), (0, -52, 6), (0, -72, 12), (0, -92, 4), (0, -104, -4))
_LOWER_SAGITTAL: Sequence[Point] = ((0, 26, 26), (0, 10, 36), (0, -14, 38), (0, -32, 22), (0, -40, 3))
_TRANSVERSE: Sequence[Point] = ((0, -104, -4), (16, -101, -12), (34, -92, -18), (48, -74, -24), (54, -58, -32))
_SIGMOID: Sequence[Point] = (
    (54, -58, -32),
    (54, -48, -42),
    (44, -40, -52),
    (34, -36, -58),
    (28, -28, -66),
    (27, -22, -78),
)
_DEEP: tuple[tuple[Sequence[Point], tuple[float, float]], ...] = (  # of the right side
    (((2, -2, 15), (2.5, -14, 17), (2.5, -32, 13), (1, -40, 6), (0, -40, 3)), (0.8, 1.1)),  # internal cerebral
    (((24, -16, 22), (18, -6, 21), (9, 2, 18), (2, -2, 15)), (0.5, 0.8)),  # thalamostriate
    (((14, 24, 14), (8, 14, 15), (2, -2, 15)), (0.45, 0.7)),  # septal
    (((14, -2, -16), (16, -18, -12), (14, -34, -4), (3, -42, 3)), (0.6, 0.9)),  # basal
)
_LABBE: Sequence[Point] = ((46, -14, 2), (56, -30, 2), (60, -46, -6), (56, -60, -20), (48, -74, -24))


def veins(seed: int) -> tuple[Piece, ...]:
    """The veins and sinuses of one patient.

    Parameters
    ----------
    seed
        Whose. The right transverse sinus is the wider one in most.
    """
    random = stream(seed, 0, "veins")
    right_wide = random.random() < 0.65
    lesser = random.uniform(0.45, 0.8)
    out = [
        _wavy(_smooth(_SAGITTAL, (1.6, 3.3), "superior sagittal sinus"), random, 0.5, 12),
        _wavy(_smooth(_STRAIGHT, (2.0, 2.2), "straight sinus"), random, 0.4, 9),
        _wavy(_smooth(_LOWER_SAGITTAL, (0.6, 1.0), "inferior sagittal sinus"), random, 0.6, 8),
    ]
    for side in (1, -1):
        wide = 1.0 if (side > 0) == right_wide else lesser
        out.append(
            _wavy(_smooth(mirrored(_TRANSVERSE, side), (3.0 * wide, 3.1 * wide), "transverse sinus"), random, 0.8, 10)
        )
        out.append(_wavy(_smooth(mirrored(_SIGMOID, side), (3.1 * wide, 3.5 * wide), "sigmoid sinus"), random, 0.7, 10))
        for course, radii in _DEEP:
            out.append(_wavy(_smooth(mirrored(course, side), radii, "deep vein"), random, 0.6, 6))
        out.append(_wavy(_smooth(mirrored(_LABBE, side), (0.5, 1.0), "cortical vein", 0.9), random, 1.2, 6))
        for _ in range(9):
            out.append(_cortical(random, side))
    return tuple(out)


def _cortical(random: np.random.Generator, side: int) -> Piece:
    """A vein of the convexity that climbs to the sagittal sinus and joins it against the stream."""
    y = float(random.uniform(-78, 52))
    top = np.interp(y, [-104, -84, -50, -10, 32, 60, 66], [0, 54, 76, 79, 67, 38, 10])
    reach = float(random.uniform(0.35, 1.1))
    back = float(random.uniform(2, 14))
    points: list[Point] = []
    for t in np.linspace(1.0, 0.0, 6):
        angle = t * reach * 1.25
        points.append((side * 66 * np.sin(angle), y - back * t, float(top) - 62 * (1 - np.cos(angle)) - 2 * t))
    return _wavy(_smooth(points, (0.4, 0.95), "cortical vein", 0.9), random, 1.5, 6)


def emptied(pieces: Sequence[Piece], thrombus: NDArray[np.float16]) -> tuple[tuple[Piece, ...], float]:
    """What still flows when a clot fills a part, and the share of the great sinuses that is filled.

    Parameters
    ----------
    pieces
        Veins and sinuses.
    thrombus
        Clot on the common grid, 0..1.
    """
    if not thrombus.any():
        return tuple(pieces), 0.0
    near = ndi.maximum_filter(thrombus.astype(np.float32), (3, 5, 5)) > 0.4
    out: list[Piece] = []
    blocked = sinus = 0
    for piece in pieces:
        inside = _inside(near, piece.points)
        if piece.name.endswith("sinus"):
            blocked, sinus = blocked + int(inside.sum()), sinus + len(inside)
        if piece.name == "cortical vein" and inside[-8:].any():
            if len(out) % 3:  # few veins of the convexity find another way
                continue
            piece = replace(piece, radii=piece.radii * 0.7, brightness=0.6)
        free, parts = ~inside, np.flatnonzero(np.diff(inside.astype(int))) + 1
        for part in np.split(np.arange(len(free)), parts):
            if len(part) > (30 if piece.name.endswith("sinus") else 14) and free[part[0]]:
                out.append(replace(piece, points=piece.points[part], radii=piece.radii[part]))
    return tuple(out), blocked / max(sinus, 1)


def _inside(mask: NDArray[np.bool_], points: Volume) -> NDArray[np.bool_]:
    k = np.rint((points[:, 2] - grid.Z_MM[0]) / grid.SPACING_MM[0]).astype(int)
    row, column = np.rint(grid.Y_MM[0] - points[:, 1]).astype(int), np.rint(grid.X_MM[0] - points[:, 0]).astype(int)
    # a sinus above the highest slice is filled as it is there
    k, row, column = (np.clip(v, 0, n - 1) for v, n in zip((k, row, column), mask.shape, strict=True))
    found: NDArray[np.bool_] = mask[k, row, column]
    return found
