"""The radiology report of a scan, made from what was measured on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pres_teach.imaging import grid, tissue
from pres_teach.imaging.findings import Findings, measure
from pres_teach.imaging.places import counted, layers, listed, places, region_of
from pres_teach.imaging.suspicion import suspected, why

if TYPE_CHECKING:
    from pres_teach.imaging.scan import Scan

RAISED = 1.3  # ADC against that of the same tissue in health, from where it is called raised
_FITS = "The distribution fits PRES in the right setting; imaging alone does not make the diagnosis."


def _has(scan: Scan, word: str) -> bool:
    return any(word in tissue.SHOWN[sequence].casefold() for sequence in scan.sequences)


def report(scan: Scan) -> str:
    """A radiology report in Markdown, made from what was drawn; sources as ``[@key]``.

    Parameters
    ----------
    scan
        The scan.
    """
    drawn, found = scan.drawn, measure(scan)
    contrast, vessels = _has(scan, "contrast"), _has(scan, "angio")
    taken = "; ".join(("FLAIR, T2, DWI b1000 with ADC map, SWI", "axial slices every 4 mm"))
    missing = [name for name, there in (("contrast medium", contrast), ("vessel imaging", vessels)) if not there]
    out = [
        f"**MRI of the brain, SYNTHETIC.** {scan.field_t:g} T; {taken}."
        + (f" No {', no '.join(missing)}." if missing else "")
    ]
    if not drawn.extent.any() and not found.bled and found.restricted_ml <= 0 and found.scar_ml <= 0:
        out.append(
            "**Findings.** Grey and white matter, ventricles and sulci are normal for the age. Diffusion is normal, "
            "there is no blood on SWI."
        )
        out.append(
            "**Conclusion.** Normal scan. It does not exclude neurotoxicity of a calcineurin inhibitor: some patients "
            "with symptoms on tacrolimus had a normal MRI [@furukawa]."
        )
        return "\n\n".join(out)
    others = suspected(found)
    supports = _supports(found)
    questions = [why(name) for name in others] + _questions(found)
    sentences = _lesion(scan, found) + _diffusion(scan, found) + _mass(found) + _blood(scan)
    if contrast:
        sentences += _contrast(scan)
    out.append("**Findings.** " + " ".join(sentences))
    if supports:
        out.append("**For PRES:** " + "; ".join(supports) + ".")
    if missing:
        undone = []
        if not vessels:
            undone.append("venous thrombosis and vasoconstriction are not excluded by this scan")
        if not contrast:
            undone.append("whether anything takes up contrast medium is not known")
        questions.append(f"no {' and no '.join(missing)}: " + ", and ".join(undone))
    out.append("**Against, or still to be explained:** " + "; ".join(questions) + ".")
    out.append("**Conclusion.** " + _conclusion(found, others))
    return "\n\n".join(out)


def _vasogenic(found: Findings) -> bool:
    return found.adc_inside is not None and found.adc_inside > RAISED * found.adc_expected


def _supports(found: Findings) -> list[str]:
    out: list[str] = []
    if found.volume_ml < 0.3:
        return out
    if 0.3 <= found.right_share <= 0.7:
        out.append("both sides")
    if found.posterior_share > 0.5:
        out.append(
            "parietal and occipital lobes"
            + (", cortex and the white matter beneath it" if found.cortex_share > 0.2 else "")
        )
    along, rest = found.calcarine
    if rest > 0.08 and along < 0.5 * rest:
        out.append(
            "calcarine cortex spared, which the territory of the posterior cerebral artery would include "
            "[@fugate2010-calcarine]"
        )
    if _vasogenic(found):
        out.append("raised ADC, as in vasogenic oedema")
    if found.restricted_ml <= 0.05:
        out.append("no restricted diffusion")
    return out


def _questions(found: Findings) -> list[str]:
    out: list[str] = []
    if found.volume_ml < 0.3 and not found.bled:
        return out
    side, share = found.greater_side
    if found.volume_ml >= 0.3 and share > 0.7:
        other = "though the other side takes part" if share < 0.95 else "and the other side takes no part"
        out.append(f"more on the {side}: an infarct or another one-sided disease must be thought of, {other}")
    if found.volume_ml >= 0.3 and found.posterior_share < 0.3:
        out.append(
            "parietal and occipital lobes are hardly involved, as in few patients with PRES "
            "[@bartynski2007-parieto-occipital]"
        )
    if found.cortex_share < 0.1 and found.volume_ml >= 0.3:
        out.append("the cortex is left out")
    if found.restricted_ml > 0.05:
        out.append(
            "the restricted diffusion: it may still recover, and it may be an infarct; look at the vessels and scan "
            "again [@wagih2015]"
        )
    if found.bled:
        out.append(
            "the blood: it occurs in PRES, and SWI shows more of it than other sequences [@mckinney2012]; "
            "check coagulation"
        )
    return out


def _lesion(scan: Scan, found: Findings) -> list[str]:
    lesion, drawn, head = scan.lesion, scan.drawn, scan.head
    if not drawn.extent.any():
        return ["No oedema."] if found.scar_ml <= 0 else []
    amount = (head.white + head.grey) * np.float32(grid.VOXEL_ML)
    where = places(drawn.extent, 0.3, amount) or places(drawn.extent, 0.0, amount)
    bright = "Bright on FLAIR and T2"
    form = "patchy, " if found.core_ml < 1 and found.greater_side[1] < 0.95 else ""
    out = [
        f"{bright}, {layers(head, drawn.extent)}, {form}about {found.volume_ml:.0f} mL: "
        + listed(f"{name} ({ml:.1f} mL)" for name, ml in where)
        + "."
    ]
    if found.core_ml > 1:
        out.append(
            f"Inside it {'a round core' if found.core_ml < 8 else 'round cores or one large core'} of about "
            f"{found.core_ml:.0f} mL in all, with a wall that is dark on T2."
        )
    if lesion.oedema_ml < 0.9 * lesion.peak_ml:
        left = "; what is left lies in separate patches" if form else ""
        out.append(f"It was about {lesion.peak_ml:.0f} mL at its greatest{left}.")
    side, share = found.greater_side
    if share > 0.7:
        out.append(f"The {side} side holds {100 * share:.0f} % of it.")
    along, rest = found.calcarine
    if rest > 0.08 and along < 0.5 * rest:
        out.append("The cortex along the calcarine sulcus is spared.")
    elif along > 0.35:
        out.append("The cortex along the calcarine sulcus is involved.")
    if found.t1 > 1.5:
        out.append(
            f"T1 inside is about {found.t1:.1f} times that of normal tissue: clearly dark on a T1-weighted picture."
        )
    return out


def _diffusion(scan: Scan, found: Findings) -> list[str]:
    drawn, out = scan.drawn, []
    if found.adc_inside is not None:
        kind = " where diffusion is not restricted" if found.restricted_ml > 0.05 else ""
        out.append(
            f"ADC inside {found.adc_inside:.2f}{kind}, in normal white matter {found.adc_normal:.2f} × 10⁻³ mm²/s."
        )
    if found.restricted_ml > 0.05:
        names = listed(name for name, _ in places(drawn.restricted > 0.5, 15.0)) or "one place"
        cortical = float(scan.head.cortex[drawn.restricted > 0.5].mean()) > 0.5
        core = bool(drawn.core.any()) and float((drawn.restricted[drawn.core] > 0.5).mean()) > 0.5
        what = "in the core, " if core else "in the cortex of the " if cortical else ""
        out.append(
            f"Restricted diffusion, about {found.restricted_ml:.1f} mL: bright on DWI with a low ADC, {what}{names}."
        )
    elif drawn.extent.any():
        out.append("No restricted diffusion.")
    if found.scar_ml > 0.05:
        names = listed(name for name, _ in places(drawn.scar > 0.4, 10.0)) or "the cortex"
        out.append(f"Scar (gliosis) of about {found.scar_ml:.1f} mL where diffusion was restricted: {names}.")
    return out


def _mass(found: Findings) -> list[str]:
    if found.volume_ml < 0.3:
        return []
    out = ["Sulci beside it are narrowed." if found.swelling > 0.35 else "No mass effect."]
    if found.lost_ml > 0.5 and found.lost_ml > 0.05 * found.volume_ml:
        out.append(f"About {found.lost_ml:.0f} mL of tissue is lost, with fluid in its place.")
    if found.thrombus:
        out.append("The superior sagittal sinus has no flow void: it is filled.")
    return out


def _blood(scan: Scan) -> list[str]:
    drawn, out = scan.drawn, []
    if drawn.dots_mm:
        where = listed(sorted({region_of(d) for d in drawn.dots_mm}))
        out.append(f"SWI: {counted(len(drawn.dots_mm), 'microbleed', 'microbleeds')}, {where}.")
    clot = places(drawn.haematoma > 0.5, 1.0)
    if clot:
        size = float((drawn.haematoma > 0.5).sum() * grid.VOXEL_ML)
        out.append(f"Haematoma of about {size:.0f} mL, {clot[0][0]}.")
    line = places(drawn.sulcal_blood > 0.5, 1.0)
    if line:
        out.append(f"Blood in a sulcus, {line[0][0]}.")
    return out or ["No blood on SWI."]


def _contrast(scan: Scan) -> list[str]:
    drawn = scan.drawn
    where = places(drawn.enhancement > 0.3, 10.0)
    if not where:
        return ["Nothing takes up contrast medium."]
    form = {"gyral": "in the cortex", "leptomeningeal": "along the sulci", "ring": "as a ring", "edge": "at the edge"}
    return [f"Uptake of contrast medium {form[drawn.enhances]}: {listed(name for name, _ in where[:4])}."]


def _conclusion(found: Findings, others: tuple[str, ...]) -> str:
    if others:
        return (
            "Another illness explains this picture better than PRES: "
            + "; or ".join(why(name).split(": ", 1)[1] for name in others)
            + "."
        )
    if found.volume_ml < 0.05:
        if found.scar_ml > 0.05:
            return "What is left is a scar; of oedema nothing is seen any more."
        return "Blood or restricted diffusion without oedema: PRES cannot be read from this scan."
    if found.posterior_share < 0.15 and found.volume_ml > 1:
        return "No more than a distribution that PRES rarely has; think of others first, and scan again."
    if found.restricted_share > 0.5:
        return "Mostly restricted diffusion: rather cytotoxic than vasogenic. It must be read with the vessels."
    if found.restricted_ml > 0.05:
        return "Mostly vasogenic oedema, with restricted foci. " + _FITS
    return "Vasogenic oedema. " + _FITS
