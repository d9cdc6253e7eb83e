"""Where a lesion may lie on one anatomy: each voxel's score, from its prior, the tissue's affinity, and chance.

A pattern has parts, and each part its share of the volume on each side: a compartment. A voxel belongs to the part
whose prior is greatest there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid
from pres_teach.imaging.anatomy import Anatomy
from pres_teach.imaging.frequencies import draw_sites
from pres_teach.imaging.grid import Mask, Volume
from pres_teach.imaging.lexicon import Affinity, Part, Shape, Site, lexicon
from pres_teach.imaging.states import right_share
from pres_teach.patient import stream

PATCHINESS = 1.05
FILLED_AT_MOST = 0.7  # of the tissue of a compartment
REACH = 0.02  # prior below which nothing lies


def _draw(volume: Volume, shape: Shape, weight: float) -> None:
    for side in (1,) if shape.once else (-1, 1):
        if shape.tube is not None and shape.radius is not None:
            grid.draw_tube(volume, grid.mirrored(shape.tube, side), shape.radius, weight * shape.weight)
        elif shape.ellipsoid is not None and shape.radii is not None:
            x, y, z = shape.ellipsoid
            grid.draw_ellipsoid(volume, (side * x, y, z), shape.radii, weight * shape.weight)


def prior_of(part: Part | Site) -> Volume:
    """Where a part may lie, as weights 0..1."""
    out = np.zeros(grid.SHAPE, np.float32)
    for region, weight in part.regions.items():
        for shape in lexicon().regions[region]:
            _draw(out, shape, weight)
    return out


@lru_cache(maxsize=1)
def calcarine() -> Volume:
    """The calcarine and paramedian occipital region, as weights 0..1."""
    out = np.zeros(grid.SHAPE, np.float32)
    _draw(out, lexicon().spared["calcarine"], 1.0)
    return out


def reached(pattern: str, seed: int, sites: tuple[str, ...] | None) -> tuple[str, ...]:
    """The sites that a lesion reaches: its pattern's own, and those asked for or drawn from the seed."""
    entry = lexicon().patterns.get(pattern)
    if entry is None:
        return ()
    if sites is None:
        return draw_sites(pattern, seed)
    own = entry.always or (() if "frontal" in sites else ("parieto-occipital",))
    return tuple(name for name in lexicon().sites if name in sites or name in own)


def parts(pattern: str, seed: int, sites: tuple[str, ...]) -> list[tuple[Part | Site, float]]:
    """Parts of a lesion and the share of the volume that each holds; the first is the greatest.

    Parameters
    ----------
    pattern, seed
        The pattern or mimic, and the seed of the lesion.
    sites
        The sites that it reaches (:func:`reached`).
    """
    read = lexicon()
    if pattern in read.mimics:
        return [(part, part.share) for part in read.mimics[pattern].parts]
    entry = read.patterns[pattern]
    base, own = entry.parts, set(entry.always) | {"parieto-occipital"}
    if "parieto-occipital" not in sites:
        base, own = entry.without_parieto_occipital or entry.parts, own | {"frontal"}
    random = stream(seed, 0, "site shares")
    amount = {name: float(random.uniform(*site.share)) for name, site in read.sites.items()}
    extra: list[tuple[Part | Site, float]] = [(read.sites[name], amount[name]) for name in sites if name not in own]
    left = 1 - sum(share for _, share in extra)
    main: list[tuple[Part | Site, float]] = [(part, part.share * left) for part in base]
    return sorted(main, key=lambda p: -p[1]) + extra


def prior(pattern: str, sites: tuple[str, ...] = ()) -> Volume:
    """Where a pattern with its sites may lie, as weights 0..1; calcarine cortex not yet spared."""
    out = np.zeros(grid.SHAPE, np.float32)
    named = sites or reached(pattern, 0, ())
    for part, _ in parts(pattern, 0, named):
        np.maximum(out, prior_of(part), out=out)
    return out


def affinity(head: Anatomy, given: Affinity) -> Volume:
    """How readily each voxel takes part, 0..1."""
    from_cortex = head.from_cortex_mm.astype(np.float32)
    from_ventricle = head.from_ventricle_mm.astype(np.float32)
    cortex = head.cortex.astype(np.float32)
    white = head.white * given.white
    if given.deep_mm is not None:
        white = white * np.exp(-((np.maximum(from_cortex - given.from_mm, 0) / given.deep_mm) ** 2))
    if given.wall_mm is not None:
        white = white * (1 - np.exp(-((from_ventricle / given.wall_mm) ** 2)))
    if given.near_wall_mm is not None:
        white = white * np.exp(-((from_ventricle / given.near_wall_mm) ** 2))
    out = white + given.cortex * cortex + given.deep_grey * np.clip(head.grey - cortex, 0, 1)
    out *= 1 - (1 - given.calcarine) * calcarine()
    return np.asarray(out, np.float32)


def threshold(score: Volume, weight: Volume, wanted: float) -> float:
    """Score above which ``weight`` adds up to ``wanted``."""
    if wanted <= 0:
        return float("inf")
    order = np.argsort(score)[::-1]
    total = np.cumsum(weight[order])
    place = min(int(np.searchsorted(total, wanted)), order.size - 1)
    return float(score[order[place]])


def soft(value: Volume) -> Volume:
    """0 far below, 1 far above, 0.5 at 0."""
    out: Volume = 1 / (1 + np.exp(-np.clip(value, -30, 30)))
    return out


@dataclass(frozen=True, eq=False)
class Terrain:
    """What doesn't change while a lesion grows and recovers: scores, and where other findings would lie.

    Attributes
    ----------
    where
        The box of the whole grid in which all other fields are given.
    score, tissue, candidates
        How readily each voxel is taken, how much tissue it holds, and whether it may be taken at all.
    compartment
        Number of the part that each voxel belongs to.
    shares
        For each part its share of the volume on the (right, left).
    strengths
        How strong oedema gets in each part, 0..1.
    recovery, uneven, shine, field
        Random fields: what recovers first, unevenness, local T2, and the field in the score.
    right
        Whether a voxel is on the patient's right.
    """

    where: tuple[slice, slice, slice]
    score: Volume
    tissue: Volume
    candidates: Mask
    compartment: NDArray[np.int8]
    shares: tuple[tuple[float, float], ...]
    strengths: tuple[float, ...]
    recovery: Volume
    uneven: Volume
    shine: Volume
    field: Volume
    right: Mask
    sites: tuple[str, ...]


def sides(pattern: str, asymmetry: float, seed: int) -> float:
    """Share of the whole lesion on the patient's right.

    Parameters
    ----------
    pattern, seed
        The pattern or mimic, and the seed of the lesion.
    asymmetry
        As in the lesion's state.
    """
    read = lexicon()
    random = stream(seed, 0, "sides")
    by_chance, much = random.random() < 0.5, random.random()
    if pattern in read.patterns:
        least = read.patterns[pattern].least_asymmetry
        if abs(asymmetry) < least:
            asymmetry = -least if asymmetry < 0 or (asymmetry == 0 and by_chance) else least
        return right_share(asymmetry)
    kind = read.mimics[pattern].sides
    if kind == "both":
        return float(0.46 + 0.08 * much)
    on_right = asymmetry > 0 if abs(asymmetry) >= 0.5 else by_chance
    greater = 1.0 if kind == "one" else 0.72 + 0.16 * much
    return float(greater if on_right else 1 - greater)


@lru_cache(maxsize=2)
def terrain(head: Anatomy, pattern: str, seed: int, sites_asked: tuple[str, ...] | None, asymmetry: float) -> Terrain:
    """The terrain of a lesion on an anatomy; cached."""
    read = lexicon()
    mimic = read.mimics.get(pattern)
    sites = reached(pattern, seed, sites_asked)
    held = parts(pattern, seed, sites)
    weights = [prior_of(part) for part, _ in held]
    union = np.maximum.reduce(weights)
    inside = np.argwhere(union > REACH)
    low, high = inside.min(0), inside.max(0) + 1
    where = (slice(int(low[0]), int(high[0])), slice(int(low[1]), int(high[1])), slice(int(low[2]), int(high[2])))
    random = stream(seed, 0, "lesion")
    wave = 8.5 if mimic is None else mimic.wave_mm
    field = 0.56 * grid.smooth_noise(wave, random, where) + 0.52 * grid.smooth_noise(0.5 * wave, random, where)
    field += (0.46 if mimic is None else 0.30) * grid.smooth_noise(2.2, random, where)
    # the cortex over an affected gyrus takes part in some places and is left out in others
    cortex = np.clip(head.cortex[where].astype(np.float32), 0, 1)
    ribbon = (
        (0.75 if mimic is None else 0.4 * min(mimic.patchiness, 1)) * grid.smooth_noise(5.0, random, where) * cortex
    )
    stacked = np.stack([w[where] for w in weights])
    compartment = stacked.argmax(axis=0).astype(np.int8)
    score = np.full(field.shape, -50, np.float32)
    kept: dict[str, Volume] = {}
    usual = PATCHINESS if mimic is None else mimic.patchiness
    for number, (part, _) in enumerate(held):
        here = compartment == number
        if part.affinity not in kept:
            kept[part.affinity] = np.log(np.clip(affinity(head, read.affinities[part.affinity])[where], 3e-2, None))
        patchiness = usual if part.patchiness is None else part.patchiness
        own = np.log(np.clip(stacked[number], 1e-3, None)) + 1.1 * kept[part.affinity] + patchiness * field + ribbon
        score[here] = own[here]
    tissue = (head.white + head.grey)[where]
    return Terrain(
        where=where,
        score=score,
        tissue=tissue,
        candidates=(tissue > 0.5) & (union[where] > REACH) & ~head.ventricle[where],
        compartment=compartment,
        shares=_side_shares([share for _, share in held], sides(pattern, asymmetry, seed), seed, mimic is None),
        strengths=tuple(part.strength for part, _ in held),
        recovery=grid.smooth_noise(5.0, random, where),
        uneven=grid.smooth_noise(4.0, random, where),
        shine=np.clip(0.55 * grid.smooth_noise(6.0, random, where), -1, 1),
        field=field,
        right=np.broadcast_to(grid.X_MM[where[2]] >= 0, field.shape),
        sites=sites,
    )


def _side_shares(shares: list[float], right: float, seed: int, uneven: bool) -> tuple[tuple[float, float], ...]:
    """Each part's share on the right and on the left; small parts are less even, the first makes up for them."""
    random = stream(seed, 0, "side shares")
    out = []
    for share in shares[1:]:
        lean = float(np.clip(right + random.normal(0, 0.22), 0.15, 0.85)) if uneven else right
        out.append((share * lean, share * (1 - lean)))
    first = float(np.clip(right - sum(r for r, _ in out), 0.1 * shares[0] * uneven, shares[0] * (1 - 0.1 * uneven)))
    return ((first, shares[0] - first), *out)


def fill(land: Terrain, score: Volume, wanted_ml: float, within: Mask | None = None) -> tuple[Mask, Volume, bool]:
    """Take the voxels of the highest scores, in each compartment as much as its share asks.

    Parameters
    ----------
    land, score
        The terrain and the scores on it.
    wanted_ml
        How much in all [mL].
    within
        Only there.

    Returns
    -------
    tuple
        What was taken, the threshold at each voxel, and whether less fitted than was asked.
    """
    taken = np.zeros(score.shape, bool)
    level = np.full(score.shape, np.inf, np.float32)
    allowed = land.candidates if within is None else land.candidates & within
    capped = False
    for side, which in ((land.right, 0), (~land.right, 1)):
        places = [side & (land.compartment == number) for number in range(len(land.shares))]
        weights = [land.tissue[allowed & place] * grid.VOXEL_ML for place in places]
        most = np.array([float(w.sum()) for w in weights]) * (FILLED_AT_MOST if within is None else 1.0)
        amounts = np.array([shares[which] for shares in land.shares]) * wanted_ml
        over = float(np.maximum(amounts - most, 0).sum())
        amounts = np.minimum(amounts, most)
        if over > 1e-9:  # what a small part cannot hold goes to the others of its side
            free = (most - amounts) * (np.array([shares[which] for shares in land.shares]) > 0)
            amounts = amounts + free * min(1.0, over / max(float(free.sum()), 1e-9))
            capped = capped or (within is None and over > float(free.sum()) + 1e-6)
        for place, weight, amount in zip(places, weights, amounts, strict=True):
            here = allowed & place
            if amount <= 1e-9 or not weight.size:
                continue
            at = threshold(score[here], weight, float(amount))
            taken |= here & (score >= at)
            level[place] = at
    return taken, level, capped


def whole(land: Terrain, part: Volume | Mask) -> NDArray[np.float16]:
    """A field of the box on the whole grid."""
    out = np.zeros(grid.SHAPE, np.float16)
    out[land.where] = part
    return out


def smoothed(part: Volume, sigma: float = 0.8) -> Volume:
    """A field smoothed in each slice [mm]."""
    return np.asarray(ndi.gaussian_filter(part.astype(np.float32), (0, sigma, sigma)), np.float32)
