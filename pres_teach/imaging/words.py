"""What is seen, in words: alternative text of a slice, and the report of a scan. Both come from what was drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pres_teach.imaging import grid, lesions, regions, tissue
from pres_teach.imaging.anatomy import Anatomy
from pres_teach.imaging.lesions import Drawn

if TYPE_CHECKING:
    from pres_teach.imaging.scan import Scan

SEEN_MM2 = 25.0  # smaller patches are left out of the words
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
_NORMAL = "Nothing is brighter or darker than expected at this level."
_FITS = "The distribution fits PRES in the right setting; imaging alone does not make the diagnosis."
_SIDES = "The patient's right is on the left of the picture."


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


def _count(number: int, one: str, many: str) -> str:
    small = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return f"{small[number] if number < len(small) else number} {one if number == 1 else many}"


def _places(
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


def _layers(cortex_part: grid.Volume, white_part: grid.Volume, extent: NDArray[np.bool_]) -> str:
    cortex = float(cortex_part[extent].sum(dtype=np.float64))
    white = float(white_part[extent].sum(dtype=np.float64))
    share = cortex / max(cortex + white, 1e-9)
    if share > 0.75:
        return "mainly in the cortex"
    if share < 0.2:
        return "mainly in the white matter beneath the cortex"
    return "in the cortex and the white matter beneath it"


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
    head, drawn = scan.head, scan.drawn
    z = float(grid.Z_MM[index])
    parts = [f"Synthetic {tissue.SHOWN[sequence]}, axial slice at z = {z:g} mm: {level(z)}."]
    seen: list[str] = []
    extent = drawn.extent[index]
    places = _places(extent, SEEN_MM2, head.white[index] + head.grey[index], index)
    restricted = drawn.restricted[index].astype(np.float32) > 0.5
    if places:
        shown = extent & ~restricted & (drawn.haematoma[index] < 0.3) & (drawn.microbleeds[index] < 0.2)
        value, healthy = _brightness(scan, sequence, index, shown if shown.any() else extent)
        ratio = value / healthy
        where = listed(f"{name} (about {total / 100:.1f} cm²)" for name, total in places)
        layers = _layers(head.cortex[index], head.white[index], extent)
        if sequence == "ADC" and ratio > 1.15:
            seen.append(
                f"Brighter than normal brain, ADC about {value:.2f} against {healthy:.2f} × 10⁻³ mm²/s: "
                f"patches {layers}, {where}."
            )
        elif ratio > 1.15:
            seen.append(f"Brighter than normal brain, about {ratio:.1f} times: patches {layers}, {where}.")
        elif ratio < 0.87:
            seen.append(f"Darker than normal brain, about {ratio:.1f} times: patches {layers}, {where}.")
        elif sequence in ("DWI", "ADC"):
            seen.append(f"About as bright as normal brain where FLAIR is bright: {listed(name for name, _ in places)}.")
        if sequence in ("FLAIR", "T2") and _calcarine_here(scan, index):
            seen.append("The cortex along the calcarine sulcus looks normal.")
    spots = _places(restricted, 6.0, index=index)
    if spots and sequence in ("DWI", "ADC"):
        word = "Very bright" if sequence == "DWI" else "Darker than normal brain"
        seen.append(f"{word}: a small area of cortex, {listed(name for name, _ in spots)}.")
    seen += _blood(scan, sequence, index)
    parts += seen or [_NORMAL]
    parts.append(_SIDES)
    return " ".join(parts)


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
            where = sorted({_region(d) for d in dots})
            out.append(
                f"{_count(len(dots), 'small round black dot', 'small round black dots').capitalize()}: {listed(where)}."
            )
    clot = _places(drawn.haematoma[index] > 0.5, 10.0, index=index)
    if clot:
        word = {"SWI": "Black", "DWI": "Darker than normal brain", "ADC": "Darker than normal brain"}.get(
            sequence, "Dark with a bright rim"
        )
        out.append(f"{word}: a rounded area of about {clot[0][1] / 100:.1f} cm², {clot[0][0]}.")
    line = _places(drawn.sulcal_blood[index] > 0.5, 12.0, index=index)
    if line and sequence in ("FLAIR", "SWI"):
        word = "Bright instead of dark" if sequence == "FLAIR" else "Black"
        out.append(f"{word}: a line that follows a sulcus, {line[0][0]}.")
    return out


def _region(dot: tuple[float, float, float, float]) -> str:
    k = int(np.argmin(np.abs(grid.Z_MM - dot[2])))
    row, column = round(float(grid.Y_MM[0]) - dot[1]), round(float(grid.X_MM[0]) - dot[0])
    return f"{regions.side_of(dot[0])} {regions.NAMES[int(regions.labels()[k, row, column])]}"


def adc_inside(scan: Scan) -> float | None:
    """Mean ADC of the oedema without restricted foci and blood [1e-3 mm2/s]; None without oedema."""
    drawn, head = scan.drawn, scan.head
    clean = drawn.extent & (drawn.restricted < 0.1) & (drawn.haematoma < 0.05) & (drawn.microbleeds < 0.05)
    clean &= (head.white + head.grey) > 0.9
    total, count = 0.0, 0
    for k in np.flatnonzero(clean.any(axis=(1, 2))):
        part = scan.values("ADC", int(k))[clean[k]]
        total, count = total + float(part.sum(dtype=np.float64)), count + part.size
    return total / count if count else None


def adc_normal(scan: Scan) -> float:
    """Mean ADC of frontal white matter away from any lesion [1e-3 mm2/s]."""
    k = int(np.argmin(np.abs(grid.Z_MM - 28)))
    y = grid.Y_MM[:, None]
    clean = (scan.head.white[k] > 0.97) & (y > 5) & (scan.drawn.oedema[k] < 0.01)
    return float(scan.values("ADC", k)[clean].mean())


def calcarine_share(scan: Scan) -> tuple[float, float]:
    """Share of the cortex that is in the lesion: along the calcarine sulcus, and in the rest of the lesion's region."""
    cortex = scan.head.cortex > 0.5
    along = lesions.calcarine() > 0.5
    rest = (lesions.prior(scan.lesion.pattern) > 0.5) & (lesions.calcarine() < 0.1)
    return float(scan.drawn.extent[cortex & along].mean()), float(scan.drawn.extent[cortex & rest].mean())


def report(scan: Scan) -> str:
    """A radiology report in Markdown, made from what was drawn; sources as ``[@key]``.

    Parameters
    ----------
    scan
        The scan.
    """
    lesion, drawn = scan.lesion, scan.drawn
    out = [
        f"**MRI of the brain, SYNTHETIC.** {scan.field_t:g} T; FLAIR, T2, DWI b1000 with ADC map, SWI; "
        "axial slices every 4 mm. No contrast medium, no vessel imaging."
    ]
    bleeding = bool(drawn.dots_mm or lesion.haematoma_ml > 0 or lesion.sulcal_blood)
    if not drawn.extent.any() and not bleeding and lesion.restricted_ml <= 0:
        out.append(
            "**Findings.** Grey and white matter, ventricles and sulci are normal for the age. Diffusion is normal, "
            "there is no blood on SWI."
        )
        out.append(
            "**Conclusion.** Normal scan. It does not exclude neurotoxicity of a calcineurin inhibitor: some patients "
            "with symptoms on tacrolimus had a normal MRI [@furukawa]."
        )
        return "\n\n".join(out)
    findings: list[str] = []
    supports: list[str] = []
    questions: list[str] = []
    if drawn.extent.any():
        findings += _oedema_findings(scan, supports, questions)
    if lesion.restricted_ml > 0:
        where = listed(name for name, _ in _places(drawn.restricted > 0.5, 15.0)) or "the cortex"
        findings.append(
            f"Restricted diffusion, about {lesion.restricted_ml:.1f} mL: bright on DWI with a low ADC, "
            f"in the cortex of the {where}."
        )
        questions.append(
            "the restricted diffusion: it may still recover, and it may be an infarct; look at the vessels and scan "
            "again [@wagih2015]"
        )
    elif drawn.extent.any():
        findings.append("No restricted diffusion.")
        supports.append("no restricted diffusion")
    findings += _blood_findings(scan)
    if bleeding:
        questions.append(
            "the blood: it occurs in PRES, and SWI shows more of it than other sequences [@mckinney2012]; "
            "check coagulation"
        )
    out.append("**Findings.** " + " ".join(findings))
    if supports:
        out.append("**For PRES:** " + "; ".join(supports) + ".")
    questions.append(
        "no contrast medium and no vessel imaging: venous thrombosis and vasoconstriction are not excluded by this scan"
    )
    out.append("**Against, or still to be explained:** " + "; ".join(questions) + ".")
    if not drawn.extent.any():
        conclusion = "Blood or restricted diffusion without oedema: PRES cannot be read from this scan."
    elif lesion.restricted_ml > 0:
        conclusion = "Mostly vasogenic oedema, with restricted foci. " + _FITS
    else:
        conclusion = "Vasogenic oedema. " + _FITS
    out.append("**Conclusion.** " + conclusion)
    return "\n\n".join(out)


def _oedema_findings(scan: Scan, supports: list[str], questions: list[str]) -> list[str]:
    lesion, drawn, head = scan.lesion, scan.drawn, scan.head
    volume = volume_ml(head, drawn)
    amount = (head.white + head.grey) * np.float32(grid.VOXEL_ML)
    places = _places(drawn.extent, 0.3, amount)
    findings = [
        f"Bright on FLAIR and T2, {_layers(head.cortex, head.white, drawn.extent)}, patchy, about {volume:.0f} mL: "
        + listed(f"{name} ({ml:.1f} mL)" for name, ml in places)
        + "."
    ]
    if lesion.oedema_ml < 0.9 * lesion.peak_ml:
        findings.append(f"It was about {lesion.peak_ml:.0f} mL at its greatest; what is left lies in separate patches.")
    right = drawn.extent & (grid.X_MM >= 0)
    share = float(amount[right].sum(dtype=np.float64)) / max(volume, 1e-9)
    if 0.3 <= share <= 0.7:
        supports.append("both sides")
    else:
        side = "right" if share > 0.5 else "left"
        findings.append(f"The {side} side holds {100 * max(share, 1 - share):.0f} % of it.")
        questions.append(
            f"more on the {side}: an infarct or another one-sided disease must be thought of, though the other side "
            "takes part"
        )
    if places and any(name.split(" ", 1)[1] in ("occipital lobe", "parietal lobe") for name, _ in places[:3]):
        supports.append("parietal and occipital lobes, cortex and the white matter beneath it")
    along, rest = calcarine_share(scan)
    if along < 0.5 * rest:
        findings.append("The cortex along the calcarine sulcus is spared.")
        supports.append(
            "calcarine cortex spared, which the territory of the posterior cerebral artery would include "
            "[@fugate2010-calcarine]"
        )
    inside, outside = adc_inside(scan), adc_normal(scan)
    if inside is not None:
        findings.append(f"ADC inside {inside:.2f}, in normal white matter {outside:.2f} × 10⁻³ mm²/s.")
        if inside > 1.15 * outside:
            supports.append("raised ADC: vasogenic oedema")
    return findings


def _blood_findings(scan: Scan) -> list[str]:
    lesion, drawn = scan.lesion, scan.drawn
    findings: list[str] = []
    if drawn.dots_mm:
        where = listed(sorted({_region(d) for d in drawn.dots_mm}))
        findings.append(f"SWI: {_count(len(drawn.dots_mm), 'microbleed', 'microbleeds')}, {where}.")
    if lesion.haematoma_ml > 0:
        clot = _places(drawn.haematoma > 0.5, 1.0)
        findings.append(f"Haematoma of about {lesion.haematoma_ml:.0f} mL" + (f", {clot[0][0]}." if clot else "."))
    if lesion.sulcal_blood:
        line = _places(drawn.sulcal_blood > 0.5, 1.0)
        findings.append("Blood in a sulcus" + (f", {line[0][0]}." if line else "."))
    return findings or ["No blood on SWI."]
