"""Lesions: from a few numbers (pattern, volumes, seed) to fields on a patient's anatomy.

Each voxel has a score: how readily it takes up oedema. It is the sum of the region's prior, the tissue's affinity and a
random field of gyral size. Oedema fills the voxels with the highest scores, on each side as many as that side's share
of the volume asks. So a growing lesion contains the smaller one it was. What recovers is drawn from the region at its
greatest volume: a second random field decides what goes first, so a lesion shrinks, breaks up and leaves remnants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid
from pres_teach.imaging.anatomy import Anatomy
from pres_teach.imaging.grid import Mask, Volume
from pres_teach.patient import stream

FEATHER = 0.36  # width of the soft margin, in units of the score
PATCHINESS = 1.05
ACUTE_FOCUS_ML = 1.6  # a restricted focus grows to about this before there is another


class LesionError(ValueError):
    """A lesion that cannot be drawn: which field, the rule, what was received, the remedy."""


class LesionState(Protocol):
    """What a lesion is at one time: the attributes that ``physiology.LesionState`` has.

    Attributes
    ----------
    pattern
        Name of a pattern in ``patterns.yaml``.
    asymmetry
        0 is even; 1 puts all but the lesser side's least share on the patient's right, -1 on the left.
    oedema_ml, peak_ml
        Volume of oedema now, and the greatest so far [mL].
    since_onset_h
        Time since the onset [h].
    restricted_ml
        Volume of restricted diffusion [mL].
    microbleeds
        Number of microbleeds.
    sulcal_blood
        Whether there is blood in a sulcus.
    haematoma_ml
        Volume of a haematoma in the brain [mL].
    seed
        Where the lesions lie.
    """

    @property
    def pattern(self) -> str: ...
    @property
    def asymmetry(self) -> float: ...
    @property
    def oedema_ml(self) -> float: ...
    @property
    def peak_ml(self) -> float: ...
    @property
    def since_onset_h(self) -> float: ...
    @property
    def restricted_ml(self) -> float: ...
    @property
    def microbleeds(self) -> int: ...
    @property
    def sulcal_blood(self) -> bool: ...
    @property
    def haematoma_ml(self) -> float: ...
    @property
    def seed(self) -> int: ...


@dataclass(frozen=True)
class Lesion:
    """A plain lesion state, for pictures without a course; attributes as in :class:`LesionState`."""

    pattern: str = "parieto-occipital"
    asymmetry: float = 0.2
    oedema_ml: float = 0.0
    peak_ml: float = 0.0
    since_onset_h: float = 0.0
    restricted_ml: float = 0.0
    microbleeds: int = 0
    sulcal_blood: bool = False
    haematoma_ml: float = 0.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Drawn:
    """Fields of one lesion on one anatomy (weights 0..1), and what was drawn.

    Attributes
    ----------
    oedema, restricted, haematoma, sulcal_blood, microbleeds
        How strongly each voxel is affected.
    shine
        Local T2 of the oedema relative to its mean, -1..1.
    extent
        Voxels counted as oedema.
    dots_mm
        Centre and radius of each microbleed (x, y, z, r) [mm].
    capped
        True when more was asked than the region holds.
    """

    oedema: NDArray[np.float16]
    restricted: NDArray[np.float16]
    haematoma: NDArray[np.float16]
    sulcal_blood: NDArray[np.float16]
    microbleeds: NDArray[np.float16]
    shine: NDArray[np.float16]
    extent: Mask
    dots_mm: tuple[tuple[float, float, float, float], ...]
    capped: bool


@lru_cache(maxsize=1)
def document() -> Mapping[str, Any]:
    """``patterns.yaml`` as read."""
    from ruamel.yaml import YAML

    text = (resources.files("pres_teach.imaging") / "patterns.yaml").read_text(encoding="utf-8")
    read: Mapping[str, Any] = YAML(typ="safe", pure=True).load(text)
    return read


def patterns() -> tuple[str, ...]:
    """Names of the patterns that can be drawn."""
    return tuple(document()["patterns"])


def check(lesion: LesionState) -> None:
    """Refuse a lesion that cannot be.

    Raises
    ------
    LesionError
        For an unknown pattern, a negative or not finite volume, a present volume above the peak, an asymmetry outside
        -1..1, or a number of microbleeds that is not a whole number from 0.
    """
    if lesion.pattern not in patterns():
        known = ", ".join(f'"{name}"' for name in patterns())
        raise LesionError(f'"pattern": must be one of {known}; found "{lesion.pattern}"; choose one of these')
    for name in ("oedema_ml", "peak_ml", "restricted_ml", "haematoma_ml", "since_onset_h"):
        value = getattr(lesion, name)
        if not np.isfinite(value) or value < 0:
            raise LesionError(f'"{name}": must be a finite number, 0 or more; found {value!r}; correct the lesion')
    if lesion.oedema_ml > lesion.peak_ml * (1 + 1e-9):
        raise LesionError(
            f'"peak_ml": must be the greatest volume so far, at least "oedema_ml" ({lesion.oedema_ml:g}); '
            f"found {lesion.peak_ml:g}; give the greater of the two"
        )
    if not -1 <= lesion.asymmetry <= 1:
        raise LesionError(
            f'"asymmetry": must lie between -1 (left) and 1 (right); found {lesion.asymmetry!r}; choose a number there'
        )
    if lesion.microbleeds < 0 or int(lesion.microbleeds) != lesion.microbleeds:
        raise LesionError(
            f'"microbleeds": must be a whole number, 0 or more; found {lesion.microbleeds!r}; correct the lesion'
        )


def right_share(asymmetry: float) -> float:
    """Share of the volume on the patient's right: 0.5 when even, never beyond the least share of the lesser side."""
    least = float(document()["lesser_side"])
    return 0.5 + (0.5 - least) * asymmetry


def _shape(volume: Volume, part: Mapping[str, Any], weight: float = 1.0) -> None:
    for side in (-1, 1):
        if "tube" in part:
            points = grid.mirrored(part["tube"], side)
            grid.draw_tube(volume, points, part["radius"], weight * part.get("weight", 1.0))
        else:
            x, y, z = part["ellipsoid"]
            grid.draw_ellipsoid(volume, (side * x, y, z), part["radii"], weight * part.get("weight", 1.0))


@lru_cache(maxsize=4)
def prior(pattern: str) -> Volume:
    """Where a pattern may lie, as weights 0..1; calcarine cortex not yet spared."""
    read = document()
    out = np.zeros(grid.SHAPE, np.float32)
    for region, weight in read["patterns"][pattern]["regions"].items():
        for part in read["regions"][region]:
            _shape(out, part, weight)
    return out


@lru_cache(maxsize=1)
def calcarine() -> Volume:
    """The calcarine and paramedian occipital region, as weights 0..1."""
    out = np.zeros(grid.SHAPE, np.float32)
    _shape(out, document()["spared"]["calcarine"])
    return out


def _affinity(head: Anatomy) -> Volume:
    given = document()["affinity"]
    from_cortex = head.from_cortex_mm.astype(np.float32)
    from_ventricle = head.from_ventricle_mm.astype(np.float32)
    deep = np.exp(-((np.maximum(from_cortex - 4.0, 0) / given["deep_white_mm"]["value"]) ** 2))
    wall = 1 - np.exp(-((from_ventricle / given["ventricle_wall_mm"]["value"]) ** 2))
    white = head.white * deep * wall * given["subcortical_white"]["value"]
    out = white + given["cortex"]["value"] * head.cortex.astype(np.float32)
    out *= 1 - (1 - document()["spared"]["calcarine"]["keeps"]) * calcarine()
    return np.asarray(out, np.float32)


def _threshold(score: Volume, weight: Volume, wanted: float) -> float:
    """Score above which ``weight`` adds up to ``wanted``."""
    if wanted <= 0:
        return float("inf")
    order = np.argsort(score)[::-1]
    total = np.cumsum(weight[order])
    place = min(int(np.searchsorted(total, wanted)), order.size - 1)
    return float(score[order[place]])


@dataclass(frozen=True, eq=False)
class _Terrain:
    """What doesn't change while a lesion grows and recovers: scores, and where other findings would lie."""

    where: tuple[slice, slice, slice]
    score: Volume  # inside the box
    tissue: Volume
    candidates: Mask
    recovery: Volume
    uneven: Volume
    shine: Volume
    field: Volume


@lru_cache(maxsize=2)
def _terrain(head: Anatomy, pattern: str, seed: int) -> _Terrain:
    weight = prior(pattern)
    inside = np.argwhere(weight > 0.02)
    low, high = inside.min(0), inside.max(0) + 1
    where = (slice(int(low[0]), int(high[0])), slice(int(low[1]), int(high[1])), slice(int(low[2]), int(high[2])))
    random = stream(seed, 0, "lesion")
    field = 0.60 * grid.smooth_noise(8.5, random)[where] + 0.52 * grid.smooth_noise(4.2, random)[where]
    field += 0.30 * grid.smooth_noise(2.2, random)[where]
    tissue = (head.white + head.grey)[where]
    score = np.log(np.clip(weight[where], 1e-3, None)) + 1.1 * np.log(np.clip(_affinity(head)[where], 3e-2, None))
    # the cortex over an affected gyrus takes part in some places and is left out in others
    ribbon = 0.75 * grid.smooth_noise(5.0, random)[where] * np.clip(head.cortex[where].astype(np.float32), 0, 1)
    score = (score + PATCHINESS * field + ribbon).astype(np.float32)
    return _Terrain(
        where=where,
        score=score,
        tissue=tissue,
        candidates=(tissue > 0.5) & (weight[where] > 0.02),
        recovery=grid.smooth_noise(5.0, random)[where],
        uneven=grid.smooth_noise(4.0, random)[where],
        shine=np.clip(0.55 * grid.smooth_noise(6.0, random)[where], -1, 1),
        field=field,
    )


def _soft(value: Volume) -> Volume:
    out: Volume = 1 / (1 + np.exp(-np.clip(value, -30, 30)))
    return out


def _oedema(land: _Terrain, lesion: LesionState) -> tuple[Volume, Mask, bool]:
    """Strength of the oedema in the box, the voxels it counts, and whether less fitted than was asked."""
    strength = np.zeros(land.score.shape, np.float32)
    extent = np.zeros(land.score.shape, bool)
    capped = False
    if lesion.oedema_ml <= 0:
        return strength, extent, capped
    part = min(1.0, lesion.oedema_ml / lesion.peak_ml)
    gone = 1 - part
    right = np.broadcast_to(grid.X_MM[land.where[2]] >= 0, land.score.shape)
    share = right_share(lesion.asymmetry)
    margin = FEATHER * (1 + 0.6 * gone)
    for side, of_volume in ((right, share), (~right, 1 - share)):
        here = land.candidates & side
        weight = land.tissue[here] * grid.VOXEL_ML
        room = 0.7 * float(weight.sum())
        peak, now = of_volume * lesion.peak_ml, of_volume * lesion.oedema_ml
        capped = capped or peak > room
        peak, now = min(peak, room), min(now, room)
        level = _threshold(land.score[here], weight, peak)
        was = here & (land.score >= level)
        if gone > 1e-6:
            left = land.score + 1.1 * min(1.0, 1.6 * gone) * land.recovery
            level = max(_threshold(left[was], land.tissue[was] * grid.VOXEL_ML, now), -1e6)
            kept = was & (left >= level)
            soft = _soft((left - level) / margin + 0.55 * part) * ndi.gaussian_filter(
                was.astype(np.float32), (0, 1.0, 1.0)
            )
        else:
            kept, soft = was, _soft((land.score - level) / margin + 0.55)
        extent |= kept
        strength += soft * side
    strength = ndi.gaussian_filter(strength, (0, 0.8, 0.8))
    # full in the core, weaker where the field is low; in recovery uneven
    body = np.clip(0.90 + 0.14 * land.uneven, 0.55, 1.08)
    fade = 1 - np.clip(gone * (0.38 + 0.22 * land.uneven), 0, 0.6)
    return strength * body * fade, extent, capped


def _restricted(land: _Terrain, head: Anatomy, lesion: LesionState) -> Volume:
    """Ribbons of cortex with restricted diffusion, each grown from a centre until the volume is reached."""
    out = np.zeros(land.score.shape, np.float32)
    if lesion.restricted_ml <= 0:
        return out
    random = stream(lesion.seed, 0, "restricted")
    cortex = land.candidates & (head.cortex[land.where] > 0.62)
    core = cortex & (
        land.score >= _threshold(land.score[land.candidates], land.tissue[land.candidates] * grid.VOXEL_ML, 30.0)
    )
    places = np.argwhere(core)
    order = random.permutation(len(places))
    rough = 1.8 * grid.smooth_noise(2.2, random)[land.where]
    foci = max(1, round(lesion.restricted_ml / ACUTE_FOCUS_ML))
    spacing = np.asarray(grid.SPACING_MM)
    centres: list[NDArray[np.float64]] = []
    for k in order:
        at = places[k] * spacing
        if all(np.linalg.norm(at - other) > 18 for other in centres):
            centres.append(at)
        if len(centres) == foci:
            break
    axes = [np.arange(n) * s for n, s in zip(land.score.shape, spacing, strict=True)]
    distance = np.full(land.score.shape, np.inf, np.float32)
    for k, at in enumerate(centres):
        squared = (
            ((axes[0] - at[0]) ** 2)[:, None, None]
            + ((axes[1] - at[1]) ** 2)[None, :, None]
            + ((axes[2] - at[2]) ** 2)[None, None, :]
        )
        distance = np.minimum(distance, np.sqrt(squared) * (1 + 0.25 * k))
    level = _threshold(-(distance + rough)[cortex], land.tissue[cortex] * grid.VOXEL_ML, lesion.restricted_ml)
    out[cortex & (-(distance + rough) >= level)] = 1
    return np.asarray(0.9 * ndi.gaussian_filter(out, (0, 0.6, 0.6)), np.float32)


def _dots(land: _Terrain, head: Anatomy, lesion: LesionState) -> tuple[tuple[float, float, float, float], ...]:
    """Microbleeds at the border of cortex and white matter; the first ones stay where they are when more come."""
    if lesion.microbleeds <= 0:
        return ()
    random = stream(lesion.seed, 0, "microbleeds")
    near = np.abs(head.from_cortex_mm[land.where].astype(np.float32) - 2.0) < 2.1
    border = land.candidates & near & (land.tissue > 0.8)
    level = _threshold(land.score[land.candidates], land.tissue[land.candidates] * grid.VOXEL_ML, 45.0)
    places = np.argwhere(border & (land.score >= level))
    z, y, x = (axis[part] for axis, part in zip((grid.Z_MM, grid.Y_MM, grid.X_MM), land.where, strict=True))
    dots: list[tuple[float, float, float, float]] = []
    for k in random.permutation(len(places)):
        at = places[k]
        radius = float(random.uniform(1.2, 2.2))
        centre = (float(x[at[2]]), float(y[at[1]]), float(z[at[0]]))
        if all((centre[0] - d[0]) ** 2 + (centre[1] - d[1]) ** 2 + (centre[2] - d[2]) ** 2 > 64 for d in dots):
            dots.append((*centre, radius))
        if len(dots) == int(lesion.microbleeds):
            break
    return tuple(dots)


def _haematoma(land: _Terrain, head: Anatomy, lesion: LesionState) -> Volume:
    out = np.zeros(grid.SHAPE, np.float32)
    if lesion.haematoma_ml <= 0:
        return out
    random = stream(lesion.seed, 0, "haematoma")
    white = land.candidates & (head.white[land.where] > 0.8) & (head.from_ventricle_mm[land.where] > 10)
    level = _threshold(land.score[white], np.ones(int(white.sum()), np.float32) * grid.VOXEL_ML, 12.0)
    places = np.argwhere(white & (land.score >= level))
    at = places[random.integers(len(places))]
    centre = [float(a[p][i]) for a, p, i in zip((grid.Z_MM, grid.Y_MM, grid.X_MM), land.where, at, strict=True)]
    z, y, x = grid.mesh()
    squared = ((x - centre[2]) / 1.0) ** 2 + ((y - centre[1]) / 1.3) ** 2 + ((z - centre[0]) / 1.1) ** 2
    rough = np.sqrt(squared) + 1.6 * grid.smooth_noise(4.0, random)
    tissue = (head.white + head.grey) > 0.5
    level = _threshold(-rough[tissue], np.full(int(tissue.sum()), grid.VOXEL_ML, np.float32), lesion.haematoma_ml)
    out[tissue & (-rough >= level)] = 1
    return np.asarray(ndi.gaussian_filter(out, (0, 0.6, 0.6)), np.float32)


def _sulcal_blood(land: _Terrain, head: Anatomy, lesion: LesionState) -> Volume:
    """Blood along a sulcus of the convexity, over a few slices."""
    out = np.zeros(grid.SHAPE, np.float32)
    if not lesion.sulcal_blood:
        return out
    random = stream(lesion.seed, 0, "sulcal blood")
    z, y, x = grid.mesh()
    sulcus = head.sulcus.astype(np.float32)
    ridge = np.clip((sulcus - ndi.gaussian_filter(sulcus, (0, 2.5, 2.5))) * 9.0, 0, 1)
    depth = head.depth_mm.astype(np.float32)
    zone = ndi.gaussian_filter(prior(lesion.pattern), (1, 4, 4))
    fit = (
        ndi.gaussian_filter(ridge, (0.8, 5, 5))
        * (depth > 4)
        * (depth < 20)
        * (zone > 0.3)
        * (np.abs(x) > 12)
        * (z > 22)
        * (z < 62)
    )
    places = np.argwhere(fit > 0.85 * fit.max())
    at = places[random.integers(len(places))]
    centre = (grid.X_MM[at[2]], grid.Y_MM[at[1]], grid.Z_MM[at[0]])
    reach = np.sqrt(
        (x - centre[0]) ** 2 + (y - centre[1]) ** 2 + (1.4 * (z - centre[2])) ** 2
    ) + 2.0 * grid.smooth_noise(4.0, random)
    out = ndi.maximum_filter(ridge, (1, 2, 2)) * np.clip((15.0 - reach) / 3.0, 0, 1)
    return np.asarray(ndi.gaussian_filter(out, (0, 0.5, 0.5)), np.float32)


def draw(head: Anatomy, lesion: LesionState) -> Drawn:
    """Draw a lesion on an anatomy.

    Raises
    ------
    LesionError
        See :func:`check`.
    """
    check(lesion)
    land = _terrain(head, lesion.pattern, lesion.seed)

    def whole(part: Volume) -> NDArray[np.float16]:
        out = np.zeros(grid.SHAPE, np.float16)
        out[land.where] = part
        return out

    oedema, kept, capped = _oedema(land, lesion)
    extent = np.zeros(grid.SHAPE, bool)
    extent[land.where] = kept
    clot = _haematoma(land, head, lesion)
    dots = _dots(land, head, lesion)
    bleeds = np.zeros(grid.SHAPE, np.float32)
    for px, py, pz, radius in dots:
        grid.draw_ellipsoid(bleeds, (px, py, pz), (radius, radius, max(radius, 1.8)))
    drawn_oedema = whole(oedema * np.clip(land.tissue * 1.15, 0, 1))
    if lesion.haematoma_ml > 0:  # a narrow swollen rim around the clot, not counted as PRES oedema
        rim = (
            0.75
            * np.clip(ndi.gaussian_filter(clot, (0.3, 2.0, 2.0)) * 2.2, 0, 1)
            * (clot < 0.5)
            * (head.white + head.grey > 0.5)
        )
        drawn_oedema = np.maximum(drawn_oedema, rim.astype(np.float16))
    return Drawn(
        oedema=drawn_oedema,
        restricted=whole(_restricted(land, head, lesion)),
        haematoma=clot.astype(np.float16),
        sulcal_blood=_sulcal_blood(land, head, lesion).astype(np.float16),
        microbleeds=bleeds.astype(np.float16),
        shine=whole(land.shine),
        extent=extent,
        dots_mm=dots,
        capped=capped,
    )
