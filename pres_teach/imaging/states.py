"""What a lesion is at one time, before and after it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pres_teach.imaging.grid import Mask
from pres_teach.imaging.lexicon import lexicon, mimics, nearest, patterns, sites


class LesionError(ValueError):
    """A lesion that cannot be drawn: which field, the rule, what was received, the remedy."""


class LesionState(Protocol):
    """What a lesion is at one time: the attributes that ``physiology.LesionState`` has.

    A state may also have ``sites`` and ``enhances``, see :class:`Lesion`.

    Attributes
    ----------
    pattern
        Name of a pattern or of a mimic in ``patterns.yaml``.
    asymmetry
        0 is even; 1 puts all but the lesser side's least share on the patient's right, -1 on the left. A mimic of one
        side lies on the right from 0.5, on the left from -0.5, and between them where the seed puts it.
    oedema_ml, peak_ml
        Volume of the lesion now, and the greatest so far [mL].
    since_onset_h
        Time since the onset [h].
    restricted_ml
        Volume of restricted diffusion [mL]; a mimic brings its own.
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
    """A plain lesion state, for pictures without a course; attributes as in :class:`LesionState`, and two more.

    Attributes
    ----------
    sites
        Places that a pattern of PRES reaches as well, such as "cerebellum"; None draws them from the seed with their
        published frequencies, an empty tuple keeps the pattern to itself.
    enhances
        Whether it takes up contrast; None draws it from the seed.
    """

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
    sites: tuple[str, ...] | None = None
    enhances: bool | None = None


@dataclass(frozen=True, eq=False)
class Drawn:
    """Fields of one lesion on one anatomy, and what was drawn.

    Weights are 0..1; factors multiply the tissue's own value.

    Attributes
    ----------
    oedema, restricted, haematoma, sulcal_blood, microbleeds
        How strongly each voxel is affected; ``oedema`` is vasogenic.
    shine
        Local T2 of the oedema relative to its mean, -1..1.
    extent
        Voxels counted as the lesion.
    core
        Voxels of a core (necrosis, pus), inside ``extent``.
    dots_mm
        Centre and radius of each microbleed (x, y, z, r) [mm].
    capped
        True when more was asked than the region holds.
    sites
        Places that the pattern reached as well.
    swelling
        Mass effect: how much the sulci around are narrowed.
    loss
        Share of the tissue that is gone, with fluid in its place.
    scar
        What restricted foci left behind.
    enhancement
        Uptake of contrast medium.
    thrombus
        Clot in a venous sinus.
    water
        How much water has been added, for the density on CT.
    t1, t2, pd, adc
        Factors beyond those of oedema and restriction.
    enhances
        "none", "gyral", "leptomeningeal", "edge" or "ring".
    vessels
        "beaded" where an angiogram shows beaded arteries.
    side
        1 when the greater part is on the patient's right, -1 on the left.
    """

    oedema: NDArray[np.float16]
    restricted: NDArray[np.float16]
    haematoma: NDArray[np.float16]
    sulcal_blood: NDArray[np.float16]
    microbleeds: NDArray[np.float16]
    shine: NDArray[np.float16]
    extent: Mask
    core: Mask
    dots_mm: tuple[tuple[float, float, float, float], ...]
    capped: bool
    sites: tuple[str, ...]
    swelling: NDArray[np.float16]
    loss: NDArray[np.float16]
    scar: NDArray[np.float16]
    enhancement: NDArray[np.float16]
    thrombus: NDArray[np.float16]
    water: NDArray[np.float16]
    t1: NDArray[np.float16]
    t2: NDArray[np.float16]
    pd: NDArray[np.float16]
    adc: NDArray[np.float16]
    enhances: str
    vessels: str | None
    side: int


def plain(lesion: LesionState) -> Lesion:
    """Any lesion state as a :class:`Lesion`."""
    reached = getattr(lesion, "sites", None)
    return Lesion(
        pattern=lesion.pattern,
        asymmetry=float(lesion.asymmetry),
        oedema_ml=float(lesion.oedema_ml),
        peak_ml=float(lesion.peak_ml),
        since_onset_h=float(lesion.since_onset_h),
        restricted_ml=float(lesion.restricted_ml),
        microbleeds=lesion.microbleeds,
        sulcal_blood=bool(lesion.sulcal_blood),
        haematoma_ml=float(lesion.haematoma_ml),
        seed=int(lesion.seed),
        sites=None if reached is None else tuple(reached),
        enhances=getattr(lesion, "enhances", None),
    )


def check(lesion: LesionState) -> None:
    """Refuse a lesion that cannot be.

    Raises
    ------
    LesionError
        For an unknown pattern or site, a negative or not finite volume, a present volume above the peak, an asymmetry
        outside -1..1, or a number of microbleeds that is not a whole number from 0.
    """
    known = (*patterns(), *mimics())
    if lesion.pattern not in known:
        named = ", ".join(f'"{name}"' for name in known)
        raise LesionError(
            f'"pattern": must be one of {named}; found "{lesion.pattern}"; {nearest(str(lesion.pattern), known)}'
        )
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
    for site in getattr(lesion, "sites", None) or ():
        if lesion.pattern in mimics():
            raise LesionError(
                f'"sites": must be empty for "{lesion.pattern}", which lies where it lies; found "{site}"; leave it out'
            )
        if site not in sites():
            named = ", ".join(f'"{name}"' for name in sites())
            raise LesionError(f'"sites": each must be one of {named}; found "{site}"; {nearest(site, sites())}')


def right_share(asymmetry: float) -> float:
    """Share of the volume on the patient's right: 0.5 when even, never beyond the least share of the lesser side."""
    return 0.5 + (0.5 - lexicon().lesser_side) * asymmetry
