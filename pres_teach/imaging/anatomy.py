"""One patient's head: tissue fractions, skull and scalp, and the maps that follow from them.

The brain is the ICBM 2009a average (see ``MNI_COPYING.txt``), made each patient's own by a smooth seeded
warp, and young or old by the width of its sulci and ventricles. Skull and scalp are computed around it: the
template has none.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid, head, vessels
from pres_teach.imaging.grid import Mask, Volume
from pres_teach.patient import stream

VENTRICLE_REACH_MM = 11.0  # how far the growth of a ventricle moves the brain around it
BENT_AT_MOST_MM = 12.0
_MAGIC = b"PTBRAIN1"


class AssetError(RuntimeError):
    """The anatomy file of the package is missing, damaged or another one."""


@dataclass(frozen=True)
class Template:
    """The shipped average brain: fractions of white matter, grey matter and brain with fluid (0..255)."""

    white: NDArray[np.uint8]
    grey: NDArray[np.uint8]
    brain: NDArray[np.uint8]
    notice: str
    header: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Anatomy:
    """One patient's head on the common grid (slice, row, column).

    Fractions are 0..1. ``white + grey + fluid`` is the brain; ``shell`` holds the fractions of bone, base of the skull,
    marrow, fat and soft tissue around it. The other maps are weights 0..1 unless their name ends in its unit.
    """

    white: Volume
    grey: Volume
    fluid: Volume
    shell: Mapping[str, NDArray[np.float16]]
    ventricle: Mask
    from_cortex_mm: NDArray[np.float16]
    from_ventricle_mm: NDArray[np.float16]
    depth_mm: NDArray[np.float16]
    cortex: NDArray[np.float16]
    iron: NDArray[np.float16]
    long_t2: NDArray[np.float16]
    texture: NDArray[np.float16]
    void: NDArray[np.float16]
    vein: NDArray[np.float16]
    choroid: NDArray[np.float16]
    sulcus: NDArray[np.float16]


@lru_cache(maxsize=1)
def template() -> Template:
    """The average brain of the package, checked against its checksum.

    Raises
    ------
    AssetError
        When the file is missing or its sha256 is not the pinned one.
    """
    folder = resources.files("pres_teach.imaging")
    remedy = "install pres_teach again"
    try:
        data = (folder / "anatomy.bin").read_bytes()
        pinned = (folder / "anatomy.sha256").read_text(encoding="ascii").split()[0]
    except OSError as error:
        raise AssetError(f'"anatomy.bin": must ship with the package; {error.strerror}; {remedy}') from error
    found = hashlib.sha256(data).hexdigest()
    if found != pinned or data[:8] != _MAGIC:
        raise AssetError(f'"anatomy.bin": sha256 must be {pinned}; found {found}; {remedy}')
    length = int.from_bytes(data[8:12], "little")
    header = json.loads(data[12 : 12 + length])
    volumes = np.frombuffer(lzma.decompress(data[12 + length :]), np.uint8).reshape(3, *header["shape"])
    return Template(volumes[0], volumes[1], volumes[2], str(header["notice"]), header)


def template_notice() -> str:
    """The notice that must go with the average brain and whatever is made from it."""
    return template().notice


@dataclass(frozen=True, eq=False)
class _Ready:
    """The average brain made ready for bending: spline coefficients, and the way out of the ventricles."""

    coefficients: tuple[Volume, Volume, Volume]
    ventricle: Volume
    beside: Mask  # where a bent ventricle may lie
    near: Mask  # where anything of a bent brain may lie
    outwards_y: NDArray[np.float16]  # unit vectors away from the ventricles, weaker with the distance [rows, columns]
    outwards_x: NDArray[np.float16]


@lru_cache(maxsize=1)
def _ready() -> _Ready:
    source = template()
    volumes = [volume.astype(np.float32) / 255 for volume in (source.white, source.grey, source.brain)]
    brain = volumes[2]
    ventricle = _ventricles(np.clip(brain - volumes[0] - volumes[1], 0, 1), _in_plane_distance_mm(brain > 0.5))
    ways = np.zeros((2, *grid.SHAPE), np.float16)
    beside = np.zeros(grid.SHAPE, bool)
    for k in np.flatnonzero(ventricle.any(axis=(1, 2))):
        out, inside = (ndi.distance_transform_edt(mask) for mask in (~ventricle[k], ventricle[k]))
        beside[k] = out < BENT_AT_MOST_MM
        slope = np.stack(np.gradient(ndi.gaussian_filter(out - inside, 1.5)))
        ways[:, k] = slope * np.exp(-((np.maximum(out, 0) / VENTRICLE_REACH_MM) ** 2))
    near = np.stack([ndi.distance_transform_edt(plane < 0.02) < BENT_AT_MOST_MM for plane in brain])
    coefficients = [
        np.stack([ndi.spline_filter(plane, order=2, output=np.float32, mode="nearest") for plane in volume])
        for volume in volumes
    ]
    return _Ready(
        (coefficients[0], coefficients[1], coefficients[2]),
        ventricle.astype(np.float32),
        beside,
        near,
        ways[0],
        ways[1],
    )


def ventricular_growth_mm(age_years: float) -> float:
    """How far the walls of the ventricles lie outwards of those of the average brain; negative in the young [mm].

    A parameter of the drawing, not a measurement.

    Parameters
    ----------
    age_years
        Age of the patient [years].
    """
    return float(np.interp(age_years, [0, 20, 40, 60, 85], [-0.9, -0.7, 0.0, 0.9, 2.6]))


def _warped(seed: int, age_years: float) -> tuple[Volume, Volume, Volume, Volume]:
    """The template bent to one patient: size, shape, left-right difference, course of the gyri, ventricles by age.

    White and grey matter, brain, and where the ventricles are.
    """
    random = stream(seed, 0, "anatomy")
    scale_x, scale_y = 1 + 0.022 * random.standard_normal(2)
    lean = (
        1.6 * random.standard_normal()
    )  # the right frontal and left occipital poles reach further, or the other way [mm]
    bend_y = 1.9 * grid.smooth_noise(20.0, random) + 0.75 * grid.smooth_noise(8.0, random)
    bend_x = 1.9 * grid.smooth_noise(20.0, random) + 0.75 * grid.smooth_noise(8.0, random)
    own = stream(seed, 0, "ventricles")
    growth = ventricular_growth_mm(age_years) + 0.35 * own.standard_normal()
    one_sided = 0.35 * own.standard_normal()  # one side is often a little wider
    rows, columns = np.meshgrid(np.arange(grid.SHAPE[1]), np.arange(grid.SHAPE[2]), indexing="ij")
    y, x = grid.Y_MM[rows], grid.X_MM[columns]
    petalia = lean * np.tanh(x / 25.0) * np.sign(y + 20) * np.clip(np.abs(y + 20) / 90.0, 0, 1)
    base_rows = rows + (y + 18) * (1 - 1 / scale_y) + petalia
    base_columns = columns + x * (1 - 1 / scale_x)
    wider = growth + one_sided * np.tanh(x / 6.0)
    ready = _ready()
    out = [np.zeros(grid.SHAPE, np.float32) for _ in range(4)]
    for k in range(grid.SHAPE[0]):
        near = ready.near[k]
        at = np.stack(
            [
                (base_rows + bend_y[k] - wider * ready.outwards_y[k])[near],
                (base_columns + bend_x[k] - wider * ready.outwards_x[k])[near],
            ]
        )
        beside = ready.beside[k] & near
        if beside.any():
            out[3][k][beside] = ndi.map_coordinates(ready.ventricle[k], at[:, beside[near]], order=1, mode="nearest")
        for volume, result in zip(ready.coefficients, out[:3], strict=True):
            bent = ndi.map_coordinates(volume[k], at, order=2, mode="nearest", prefilter=False)
            result[k][near] = np.clip(bent, 0, 1)
    return out[0], out[1], out[2], out[3]


def sulcal_width(age_years: float) -> float:
    """How open the sulci are: 0 narrow (a young adult), 1 as in the average brain, more in old age.

    A parameter of the drawing, not a measurement.

    Parameters
    ----------
    age_years
        Age of the patient [years].
    """
    return float(np.clip((age_years - 18.0) / 42.0, 0.0, 1.5))


def _fluid_by_age(white: Volume, grey: Volume, brain: Volume, width: float) -> tuple[Volume, Volume, Volume]:
    fluid = np.clip(brain - white - grey, 0, 1)
    # partial fluid closes first, wide cisterns stay open
    fluid = fluid ** (1.8 - 0.8 * min(width, 1.0))
    if width > 1:
        fluid = np.minimum(fluid * (1 + 0.5 * (width - 1)), brain)
    tissue = white + grey
    fill = np.clip(brain - fluid, 0, 1) / np.maximum(tissue, 1e-3)
    thin = tissue < 0.05
    white = np.where(thin, white, white * fill).astype(np.float32)
    grey = np.where(thin, np.clip(brain - fluid - white, 0, 1), grey * fill).astype(np.float32)
    return white, grey, fluid.astype(np.float32)


def _distance_mm(mask: Mask, within: tuple[slice, slice, slice], every: int = 1) -> Volume:
    """Distance to the nearest voxel that is not in the mask, inside a box, at most 60 mm.

    With ``every`` 2 the mask is looked at on every other row and column, which is four times as fast.
    """
    spacing = (grid.SPACING_MM[0], every * grid.SPACING_MM[1], every * grid.SPACING_MM[2])
    found = ndi.distance_transform_edt(mask[within][:, ::every, ::every], sampling=spacing).astype(np.float32)
    if every > 1:
        found = np.repeat(np.repeat(found, every, axis=1), every, axis=2)
        found = ndi.uniform_filter1d(ndi.uniform_filter1d(found, every, axis=1), every, axis=2)
    out = np.full(grid.SHAPE, 60, np.float32)
    part = out[within]
    part[:] = found[:, : part.shape[1], : part.shape[2]]
    return np.minimum(out, 60, out=out)


def _in_plane_distance_mm(mask: Mask) -> Volume:
    out = np.zeros(mask.shape, np.float32)
    for k in np.flatnonzero(mask.any(axis=(1, 2))):
        where = _around(mask[k : k + 1])[1:]
        out[k][where] = ndi.distance_transform_edt(mask[k][where])
    return out


def _around(mask: Mask, margin: int = 1) -> tuple[slice, slice, slice]:
    """The box that holds a mask, with a margin in the slice."""
    k = np.flatnonzero(mask.any(axis=(1, 2)))
    row, column = (np.flatnonzero(mask.any(axis=axes)) for axes in ((0, 2), (0, 1)))
    return (
        slice(int(k[0]), int(k[-1]) + 1),
        slice(max(int(row[0]) - margin, 0), int(row[-1]) + margin + 1),
        slice(max(int(column[0]) - margin, 0), int(column[-1]) + margin + 1),
    )


def _ventricles(fluid: Volume, depth: Volume) -> Mask:
    z, y, x = grid.mesh()
    core = (fluid > 0.55) & (depth > 13) & (np.abs(x) < 42) & (z > -48) & ((z > -14) | (y < -25))
    parts, count = ndi.label(core)
    sizes = ndi.sum_labels(core, parts, np.arange(1, count + 1)) * grid.VOXEL_ML
    core = np.isin(parts, 1 + np.flatnonzero(sizes > 0.15))
    grown: Mask = ndi.binary_dilation(core, ndi.generate_binary_structure(3, 1)[1:2]) & (fluid > 0.3)
    return grown


_IRON = (  # (x, y, z) of the right side, radii [mm], weight: pallidum, red nucleus, nigra, dentate, putamen, caudate
    ((18, -4, -1), (5, 9, 6), 1.0),
    ((5, -20, -9), (3.5, 3.5, 4), 0.9),
    ((10, -17, -13), (5, 4, 3.5), 0.9),
    ((15, -58, -36), (6, 6, 5), 0.6),
    ((26, 2, 2), (6, 14, 9), 0.3),
    ((12, 12, 8), (5, 8, 8), 0.25),
)


def deep_grey() -> Volume:
    """Where grey matter is not cortex: basal ganglia, thalamus, brainstem (weights 0..1)."""
    deep = np.zeros(grid.SHAPE, np.float32)
    for side in (-1, 1):
        grid.draw_ellipsoid(deep, (side * 16, -8, 6), (20, 32, 17))
    grid.draw_ellipsoid(deep, (0, -27, -32), (17, 20, 34))
    return deep


@lru_cache(maxsize=2)
def anatomy(seed: int, age_years: float = 30.0) -> Anatomy:
    """The head of one patient; cached.

    Parameters
    ----------
    seed
        Seed of the case: one seed, one head.
    age_years
        Age; it opens or narrows sulci and ventricles [years].
    """
    half = grid.half  # as soon as a map is made, so that few are ever held in full
    white, grey, brain, hollow = _warped(seed, age_years)
    white, grey, fluid = _fluid_by_age(white, grey, brain, sulcal_width(age_years))
    ventricle: Mask = (hollow > 0.4) & (fluid > 0.3)
    del hollow
    inside = brain > 0.5
    depth = _in_plane_distance_mm(inside)
    in_sulci = np.clip(brain - white - grey, 0, 1) * (depth > 1.5) * (depth < 30) * ~ventricle
    drawn = vessels.draw(stream(seed, 0, "vessels"), white, fluid, in_sulci, ventricle, depth)
    void, vein = half(drawn[0]), half(drawn[1])
    sulcus, depth_mm = half(in_sulci), half(np.clip(depth, 0, 80))
    del depth, drawn, in_sulci
    shell, rim = head.draw(brain, stream(seed, 0, "head"), rim_mm=1.0 + 1.2 * sulcal_width(age_years))
    fluid = np.maximum(fluid, rim, out=fluid)
    del rim, brain
    head_box = _around(inside, 3)
    away = _distance_mm(~ventricle, head_box, every=2)
    long_t2, from_ventricle = 0.6 * np.exp(-((away / 1.8) ** 2)), half(away)
    folded = grey * (deep_grey() < 0.5) * (away > 3)
    cortex, from_cortex = half(folded), half(_distance_mm(~(folded > 0.5), head_box))
    del away, folded
    iron = np.zeros(grid.SHAPE, np.float32)
    choroid = np.zeros(grid.SHAPE, np.float32)
    for side in (-1, 1):
        for centre, radii, weight in _IRON:
            grid.draw_ellipsoid(iron, (side * centre[0], centre[1], centre[2]), radii, weight)
        grid.draw_tube(long_t2, [(side * 24, -22, 10), (side * 26, -24, 26)], 4.0, 0.4)
        grid.draw_ellipsoid(long_t2, (side * 27, -60, 18), (6, 12, 7), 0.3)
        grid.draw_ellipsoid(long_t2, (side * 18, 36, 8), (5, 4, 8), 0.35)
        grid.draw_tube(choroid, [(side * 25, -42, 6), (side * 21, -38, 14), (side * 12, -26, 18)], 2.4)
    iron *= (grey + white) * np.clip(age_years / 45.0, 0.35, 1.2)
    random = stream(seed, 0, "texture")
    texture = 0.6 * grid.smooth_noise(2.4, random) + 0.5 * grid.smooth_noise(7.0, random)
    return Anatomy(
        white=white,
        grey=grey,
        fluid=fluid,
        shell=shell,
        ventricle=ventricle,
        from_cortex_mm=from_cortex,
        from_ventricle_mm=from_ventricle,
        depth_mm=depth_mm,
        cortex=cortex,
        iron=half(iron),
        long_t2=half(long_t2 * white),
        texture=half(texture),
        void=void,
        vein=vein,
        choroid=half(choroid * ventricle),
        sulcus=sulcus,
    )
