"""Names for places and amounts, for every text about a scan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pres_teach.imaging import grid, regions
from pres_teach.imaging.anatomy import Anatomy
from pres_teach.imaging.states import Drawn

SEEN_MM2 = 25.0  # smaller patches are left out of the words
DEEP_MM = 8.0  # from the cortex
LEVELS = (  # up to this height, what a slice shows [mm]
    (-50, "medulla and lower cerebellum"),
    (-38, "lower pons, cerebellum and temporal poles"),
    (-22, "pons, cerebellum and temporal lobes"),
    (-6, "midbrain, temporal lobes and lower occipital lobes"),
    (10, "basal ganglia and occipital lobes"),
    (22, "thalami and trigones of the lateral ventricles"),
    (34, "bodies of the lateral ventricles"),
    (50, "white matter above the ventricles"),
    (100, "vertex"),
)


def level(z_mm: float) -> str:
    """What a slice at this height shows."""
    return next(text for top, text in LEVELS if z_mm <= top)


def listed(parts: Iterable[str]) -> str:
    """Parts joined as in a sentence: "a, b and c"."""
    items = list(parts)
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def volume_ml(head: Anatomy, drawn: Drawn) -> float:
    """Volume of the oedema that was drawn [mL]."""
    tissue_part = head.white[drawn.extent] + head.grey[drawn.extent]
    return float(tissue_part.sum(dtype=np.float64) * grid.VOXEL_ML)


def counted(number: int, one: str, many: str) -> str:
    """A number and its noun: "three microbleeds"."""
    small = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return f"{small[number] if number < len(small) else number} {one if number == 1 else many}"


def places(
    mask: NDArray[np.bool_], least: float, amount: grid.Volume | float = 1.0, index: int | None = None
) -> list[tuple[str, float]]:
    """Regions in which ``amount`` adds up to at least ``least``, greatest first: ("right occipital lobe", sum).

    ``mask`` and ``amount`` are whole volumes, or planes of the slice ``index``.
    """
    where_to = np.nonzero(mask)
    if not where_to[0].size:
        return []
    names = (regions.labels() if index is None else regions.labels()[index])[where_to]
    right = grid.X_MM[where_to[-1]] >= 0
    values = amount[where_to] if isinstance(amount, np.ndarray) else np.full(names.size, amount)
    found: list[tuple[str, float]] = []
    for number, name in enumerate(regions.NAMES):
        for side, where in (("right", right), ("left", ~right)):
            total = float(values[where & (names == number)].sum(dtype=np.float64))
            if total >= least and total > 0:
                found.append((f"{side} {name}", total))
    return sorted(found, key=lambda place: -place[1])


def layers(head: Anatomy, extent: NDArray[np.bool_], index: int | None = None) -> str:
    """Which layers a lesion takes, in words.

    Parameters
    ----------
    head
        In whom.
    extent, index
        The lesion, whole or in the slice ``index``.
    """

    def part(field: NDArray[Any]) -> NDArray[Any]:
        chosen: NDArray[Any] = (field if index is None else field[index])[extent]
        return chosen

    cortex = float(part(head.cortex).sum(dtype=np.float64))
    white = float(part(head.white).sum(dtype=np.float64))
    if float((part(head.from_cortex_mm) > DEEP_MM).mean()) > 0.5:
        return "mainly deep in the brain, away from the cortex"
    share = cortex / max(cortex + white, 1e-9)
    if share > 0.75:
        return "mainly in the cortex"
    if share < 0.2:
        return "mainly in the white matter beneath the cortex"
    return "in the cortex and the white matter beneath it"


def region_of(dot: tuple[float, float, float, float]) -> str:
    """Side and region of a microbleed."""
    k = int(np.argmin(np.abs(grid.Z_MM - dot[2])))
    row, column = round(float(grid.Y_MM[0]) - dot[1]), round(float(grid.X_MM[0]) - dot[0])
    return f"{regions.side_of(dot[0])} {regions.NAMES[int(regions.labels()[k, row, column])]}"
