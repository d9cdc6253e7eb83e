"""Alternative text of a slice: what is seen and where, from what was drawn; no diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid, lesions, tissue
from pres_teach.imaging.places import SEEN_MM2, counted, layers, level, listed, places, region_of

if TYPE_CHECKING:
    from pres_teach.imaging.scan import Scan

_NORMAL = "Nothing is brighter or darker than expected at this level."
_SIDES = "The patient's right is on the left of the picture."


def _brightness(scan: Scan, sequence: str, index: int, where: NDArray[np.bool_]) -> tuple[float, float]:
    """Mean value in a part of a slice, and what the same tissue gives when it is healthy."""
    head = scan.head
    clean = where & ((head.white[index] + head.grey[index]) > 0.85)
    if not clean.any():
        clean = where
    value = float(scan.values(sequence, index)[clean].mean())
    how, of = tissue.sequences(scan.field_t)[sequence], tissue.tissues(scan.field_t)
    white, grey = head.white[index][clean].mean(), head.grey[index][clean].mean()
    if sequence == "ADC":
        healthy = (white * of["white"].adc + grey * of["grey"].adc) / (white + grey)
    else:
        healthy = (white * abs(tissue.signal_of(how, of["white"])) + grey * abs(tissue.signal_of(how, of["grey"]))) / (
            white + grey
        )
        healthy /= tissue.reference(sequence, scan.field_t)
    return value, float(healthy)


def describe(scan: Scan, sequence: str, index: int) -> str:
    """Alternative text of a slice: level, what is brighter or darker than normal, where; no diagnosis.

    Parameters
    ----------
    scan, sequence, index
        The slice.
    """
    z = float(grid.Z_MM[index])
    parts = [f"Synthetic {tissue.SHOWN[sequence]}, axial slice at z = {z:g} mm: {level(z)}."]
    seen = _lesion(scan, sequence, index) + _restricted(scan, sequence, index) + _core(scan, sequence, index)
    seen += _uptake(scan, sequence, index) + _lost(scan, index) + _sinus(scan, sequence, index)
    seen += _blood(scan, sequence, index)
    parts += seen or [_NORMAL]
    parts.append(_SIDES)
    return " ".join(parts)


def _shape(extent: NDArray[np.bool_]) -> str:
    """ "an area" when most of it hangs together on a side, else "patches"."""
    parts, count = ndi.label(extent)
    sizes = np.sort(ndi.sum_labels(extent, parts, np.arange(1, count + 1)))[::-1]
    return "an area" if sizes[0] > 0.8 * sizes.sum() else "patches"


def _lesion(scan: Scan, sequence: str, index: int) -> list[str]:
    head, drawn = scan.head, scan.drawn
    extent = drawn.extent[index] & ~drawn.core[index]
    found = places(extent, SEEN_MM2, head.white[index] + head.grey[index], index)
    if not found:
        return []
    out: list[str] = []
    restricted = drawn.restricted[index].astype(np.float32) > 0.5
    shown = extent & ~restricted & (drawn.haematoma[index] < 0.3) & (drawn.microbleeds[index] < 0.2)
    if shown.sum() < SEEN_MM2 and sequence in ("DWI", "ADC"):
        return []  # all of it is restricted, and told as such
    value, healthy = _brightness(scan, sequence, index, shown if shown.any() else extent)
    ratio = value / healthy
    where = listed(f"{name} (about {total / 100:.1f} cm²)" for name, total in found)
    how = f"{_shape(extent)} {layers(head, extent, index)}, {where}."
    if sequence == "ADC" and ratio > 1.15:
        out.append(f"Brighter than normal brain, ADC about {value:.2f} against {healthy:.2f} × 10⁻³ mm²/s: {how}")
    elif ratio > 1.15:
        out.append(f"Brighter than normal brain, about {ratio:.1f} times: {how}")
    elif ratio < 0.87:
        out.append(f"Darker than normal brain, about {ratio:.1f} times: {how}")
    elif sequence in ("DWI", "ADC"):
        out.append(f"About as bright as normal brain where FLAIR is bright: {listed(name for name, _ in found)}.")
    if sequence in ("FLAIR", "T2") and _calcarine_here(scan, index):
        out.append("The cortex along the calcarine sulcus looks normal.")
    return out


def _restricted(scan: Scan, sequence: str, index: int) -> list[str]:
    head, drawn = scan.head, scan.drawn
    mask = (drawn.restricted[index] > 0.5) & ~drawn.core[index]
    spots = places(mask, 6.0, index=index)
    if not spots or sequence not in ("DWI", "ADC"):
        return []
    word = "Very bright" if sequence == "DWI" else "Darker than normal brain"
    total = sum(size for _, size in spots)
    size = "a small area" if total < 400 else f"an area of about {total / 100:.0f} cm²"
    cortical = float(head.cortex[index][mask].mean()) > 0.5
    what = "of cortex" if cortical else "of cortex and white matter" if head.cortex[index][mask].mean() > 0.15 else ""
    white = "" if what else "of white matter or deep grey matter"
    return [f"{word}: {size} {what or white}, {listed(name for name, _ in spots)}."]


def _core(scan: Scan, sequence: str, index: int) -> list[str]:
    drawn = scan.drawn
    found = places(drawn.core[index], 12.0, index=index)
    if not found:
        return []
    inside = drawn.core[index]
    value, healthy = _brightness(scan, sequence, index, inside)
    ratio = value / max(healthy, 1e-6)
    word = "brighter than" if ratio > 1.15 else "darker than" if ratio < 0.87 else "as bright as"
    where = listed(f"{name} (about {total / 100:.1f} cm²)" for name, total in found)
    rim = ", with a thin darker wall" if sequence == "T2" and float(drawn.t2[index][inside].max()) > 1 else ""
    return [f"Round, sharply outlined, {word} normal brain{rim}: {where}."]


def _uptake(scan: Scan, sequence: str, index: int) -> list[str]:
    """What takes up contrast medium, on a sequence that was taken with it."""
    if "contrast" not in tissue.SHOWN[sequence].casefold():
        return []
    found = places(scan.drawn.enhancement[index] > 0.3, 8.0, index=index)
    if not found:
        return []
    form = {
        "gyral": "a band that follows the cortex",
        "leptomeningeal": "thin lines that follow the sulci",
        "ring": "a ring",
        "edge": "a faint edge",
    }[scan.drawn.enhances]
    return [f"Brighter after contrast medium: {form}, {listed(name for name, _ in found)}."]


def _lost(scan: Scan, index: int) -> list[str]:
    found = places((scan.drawn.loss[index] > 0.2) & ~scan.drawn.core[index], SEEN_MM2, index=index)
    return [f"Less tissue and more fluid than expected: {listed(name for name, _ in found)}."] if found else []


def _sinus(scan: Scan, sequence: str, index: int) -> list[str]:
    filled = scan.drawn.thrombus[index] > 0.5
    if sequence not in ("FLAIR", "T2") or filled.sum() < 6:
        return []
    ends = {"front" if y > -20 else "back" for y in grid.Y_MM[np.flatnonzero(filled.any(axis=1))]}
    return [f"Bright instead of black: the large vein in the midline, at the {listed(sorted(ends, reverse=True))}."]


def _calcarine_here(scan: Scan, index: int) -> bool:
    """Whether the slice crosses the calcarine cortex beside a lesion, and the cortex there is spared."""
    zone = (lesions.calcarine()[index] > 0.5) & (scan.head.cortex[index] > 0.5)
    return bool(zone.sum() > 60 and scan.drawn.extent[index][zone].mean() < 0.15)


def _blood(scan: Scan, sequence: str, index: int) -> list[str]:
    drawn, out = scan.drawn, []
    z = float(grid.Z_MM[index])
    if sequence == "SWI":
        dots = [d for d in drawn.dots_mm if abs(d[2] - z) <= 2.0]
        if dots:
            where = sorted({region_of(d) for d in dots})
            number = counted(len(dots), "small round black dot", "small round black dots")
            out.append(f"{number.capitalize()}: {listed(where)}.")
    clot = places(drawn.haematoma[index] > 0.5, 10.0, index=index)
    if clot:
        word = {"SWI": "Black", "DWI": "Darker than normal brain", "ADC": "Darker than normal brain"}.get(
            sequence, "Dark with a bright rim"
        )
        out.append(f"{word}: a rounded area of about {clot[0][1] / 100:.1f} cm², {clot[0][0]}.")
    line = places(drawn.sulcal_blood[index] > 0.5, 12.0, index=index)
    if line and sequence in ("FLAIR", "SWI"):
        word = "Bright instead of dark" if sequence == "FLAIR" else "Black"
        out.append(f"{word}: a line that follows a sulcus, {line[0][0]}.")
    return out
