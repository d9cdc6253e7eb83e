"""MR slices: the signal equations on a patient's tissue, then what a scanner adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid, signal, tissue
from pres_teach.imaging.grid import Volume
from pres_teach.patient import stream

if TYPE_CHECKING:
    from pres_teach.imaging.scan import Scan

HOLDS_BRAIN = 0.004  # fraction from which a pixel is computed
_PER_MS = 1e-3  # from 1/s


@dataclass(frozen=True, eq=False)
class Slab:
    """Tissue of one slice, at the pixels that hold any brain or fluid (flat arrays).

    Attributes
    ----------
    at
        Which pixels of the slice.
    white, grey, fluid
        Fractions, after swelling and loss.
    t1, t2, t2_star, pd, adc
        Of "white" and "grey" [ms; 1; 1e-3 mm2/s].
    """

    at: NDArray[np.intp]
    white: Volume
    grey: Volume
    fluid: Volume
    t1: Mapping[str, Volume]
    t2: Mapping[str, Volume]
    t2_star: Mapping[str, Volume]
    pd: Mapping[str, Volume]
    adc: Mapping[str, Volume]

    def here(self, plane: NDArray[np.float16] | Volume) -> Volume:
        """A plane of the slice at these pixels."""
        out: Volume = plane.ravel()[self.at].astype(np.float32)
        return out

    def there(self, values: Volume) -> Volume:
        """Values at these pixels, as a plane."""
        out = np.zeros(grid.SHAPE[1:], np.float32)
        out.ravel()[self.at] = values
        return out


def fractions(scan: Scan, index: int) -> tuple[Volume, Volume, Volume]:
    """White matter, grey matter and fluid of a slice: swollen gyri narrow their sulci, fluid replaces lost tissue."""
    head, drawn, k = scan.head, scan.drawn, index
    white, grey, fluid = head.white[k], head.grey[k], head.fluid[k]
    if drawn.swelling[k].any():
        swelling = np.clip(1.5 * ndi.gaussian_filter(drawn.swelling[k].astype(np.float32), 3.0), 0, 1)
        pressed = 0.75 * fluid * swelling * ~head.ventricle[k]
        fluid, grey = fluid - pressed, grey + pressed
    if drawn.loss[k].any():
        gone = drawn.loss[k].astype(np.float32)
        white, grey, fluid = white * (1 - gone), grey * (1 - gone), fluid + gone * (white + grey)
    return white, grey, fluid


def slab(scan: Scan, index: int) -> Slab:
    """The tissue of one slice."""
    of, value = tissue.tissues(scan.field_t), tissue.parameter
    head, drawn, k = scan.head, scan.drawn, index
    parts = fractions(scan, k)
    at = np.flatnonzero((head.white[k] + head.grey[k] + head.fluid[k]).ravel() > HOLDS_BRAIN)

    def here(plane: NDArray[np.float16] | Volume) -> Volume:
        out: Volume = plane.ravel()[at].astype(np.float32)
        return out

    white, grey, fluid = (here(part) for part in parts)
    oedema, restricted, shine = here(drawn.oedema[k]), here(drawn.restricted[k]), here(drawn.shine[k])
    iron, long_t2, texture = here(head.iron[k]), here(head.long_t2[k]), here(head.texture[k])
    own_t2 = here(drawn.t2[k])
    t1_factor = (1 + (value("oedema", "t1_factor") - 1) * oedema) * here(drawn.t1[k])
    t2_factor = 1 + (value("oedema", "t2_factor") - 1) * (1 + value("oedema", "t2_spread") * 1.6 * shine) * oedema
    t2_factor = t2_factor * (1 + (value("restricted", "t2_factor") - 1) * restricted) * own_t2
    t2_star_factor = (1 + 0.35 * oedema) * (1 + 0.35 * (own_t2 - 1))
    pd_factor = (1 + (value("oedema", "pd_factor") - 1) * oedema) * here(drawn.pd[k])
    evenness = 1 + value("normal_variation", "texture") * texture
    own = {"white": evenness * (1 + value("normal_variation", "long_t2") * long_t2), "grey": evenness}
    iron_r2, iron_r2_star = (iron * value("normal_variation", name) for name in ("iron_r2", "iron_r2_star"))
    adc = {}
    for name in ("white", "grey"):
        free = (of[name].adc + (value("oedema", f"adc_{name}") - of[name].adc) * oedema) * here(drawn.adc[k])
        adc[name] = free + (value("restricted", "adc") - free) * restricted
    adc["white"] = adc["white"] * (1 + 0.025 * texture)
    return Slab(
        at=at,
        white=white,
        grey=grey,
        fluid=fluid,
        t1={name: of[name].t1 * t1_factor for name in own},
        t2={name: 1 / (1 / (of[name].t2 * t2_factor * own[name]) + iron_r2) for name in own},
        t2_star={name: 1 / (1 / (of[name].t2_star * t2_star_factor) + iron_r2_star) for name in own},
        pd={name: of[name].pd * pd_factor for name in own},
        adc=adc,
    )


def _shortened(t1: Volume | float, t2: Volume | float, agent_mm: Volume | float) -> tuple[Volume, Volume]:
    """T1 and T2 with a concentration of contrast medium [mmol/L]."""
    value = tissue.parameter
    faster_t1 = value("contrast", "relaxivity_t1") * _PER_MS * agent_mm
    faster_t2 = value("contrast", "relaxivity_t2") * _PER_MS * agent_mm
    return np.asarray(1 / (1 / t1 + faster_t1), np.float32), np.asarray(1 / (1 / t2 + faster_t2), np.float32)


def _of(how: tissue.Sequence, of: tissue.Tissue, agent_mm: Volume | float = 0.0) -> Volume | float:
    """Signal of one tissue, with contrast medium where there is any."""
    if not how.contrast_mm:
        return tissue.signal_of(how, of)
    t1, t2 = _shortened(of.t1, of.t2, how.contrast_mm * np.atleast_1d(np.asarray(agent_mm, np.float32)))
    fixed = [np.asarray(v, np.float32) for v in (of.t2_star, of.pd, of.adc)]
    return tissue.equation(how, t1, t2, *fixed)


def _brain(scan: Scan, how: tissue.Sequence, index: int, held: Slab) -> Volume:
    """Signed signal of the brain, its fluid, vessels and blood, at the pixels of a slab."""
    of, value = tissue.tissues(scan.field_t), tissue.parameter
    head, drawn, k, here = scan.head, scan.drawn, index, held.here
    uptake = here(drawn.enhancement[k]) * value("contrast", "in_tissue")
    choroid = here(head.choroid[k])
    out = np.zeros(held.at.size, np.float32)
    for name, part in (("white", held.white), ("grey", held.grey)):
        t1, t2 = held.t1[name], held.t2[name]
        if how.contrast_mm:
            t1, t2 = _shortened(t1, t2, how.contrast_mm * (uptake + value("contrast", "in_brain")))
        out += part * tissue.equation(how, t1, t2, held.t2_star[name], held.pd[name], held.adc[name])
    out += held.fluid * _of(how, of["fluid"], uptake + 0.9 * choroid)
    if how.kind == "inversion recovery":  # fluid that flows is not quite nulled
        out += held.fluid * 0.004 * (1 + 0.6 * here(head.texture[k]))
    void = here(head.void[k] * (1 - drawn.thrombus[k]))
    if how.kind == "gradient echo":
        dark = np.clip(0.94 * here(head.vein[k]), 0, 1)
        out += (tissue.signal_of(how, of["vein"]) - out) * dark
        bloom = ndi.gaussian_filter(np.maximum(drawn.microbleeds[k], drawn.haematoma[k]).astype(np.float32), 0.7)
        out *= 1 - np.clip(1.7 * here(bloom), 0, 1) * 0.97
    else:
        out *= 1 - 0.9 * void
        if how.contrast_mm:  # blood with contrast medium shines where it flows
            flows = np.maximum(void, np.clip(1.2 * here(head.vein[k] * (1 - drawn.thrombus[k])) - 0.75, 0, 0.3))
            out += (_of(how, of["blood"], 1.0) - out) * flows
        clot, blood = here(drawn.haematoma[k]), here(drawn.microbleeds[k])
        out += 1.15 * here(drawn.thrombus[k]) * abs(tissue.signal_of(how, of["grey"]))
        out += (tissue.signal_of(how, of["haematoma"]) - out) * np.maximum(clot, 0.35 * blood)
    out += (tissue.signal_of(how, of["sulcal_blood"]) - out) * here(drawn.sulcal_blood[k])
    out += 0.25 * choroid * abs(tissue.signal_of(how, of["grey"]))
    return out


def noise_free(scan: Scan, sequence: str, index: int, how: tissue.Sequence | None = None) -> Volume:
    """One slice from the signal equations alone, relative to normal white matter (ADC in 1e-3 mm2/s).

    Parameters
    ----------
    scan, sequence, index
        The slice.
    how
        Other settings of the sequence than the usual ones; the scale stays that of the usual.
    """
    how = how or tissue.sequences(scan.field_t)[sequence]
    held = slab(scan, index)
    if how.kind == "apparent diffusion":  # from two echoes, as a scanner computes it
        without, weighted = (_brain(scan, replace(how, kind="spin echo", b=b), index, held) for b in (0.0, how.b))
        brain = held.white + held.grey + held.fluid > 0.4
        ratio = np.maximum(without, 1e-6), np.maximum(weighted, 1e-6)
        return held.there(signal.apparent_diffusion(*ratio, how.b) * brain)
    picture = held.there(_brain(scan, how, index, held))
    if sequence not in tissue.ECHO_PLANAR:
        of = tissue.tissues(scan.field_t)
        for name, layer in scan.head.shell.items():
            left = how.fat if name in ("fat", "marrow") else 1.0
            agent = tissue.parameter("contrast", "in_scalp") if name == "soft" else 0.0
            picture += layer[index].astype(np.float32) * (left * _of(how, of[name], agent))
    return np.asarray(np.abs(picture) / tissue.reference(sequence, scan.field_t), np.float32)


def grain(seed: int, index: int, name: str, width: float) -> Volume:
    """Two planes of noise of variance 1, a little smooth, as pixels of a scanner are."""
    random = stream(seed, index, f"noise {name}")
    out = random.standard_normal((2, *grid.SHAPE[1:]), dtype=np.float32)
    out = ndi.gaussian_filter(out, (0, width, width), truncate=3.0)
    out /= out.std()
    return np.asarray(out, np.float32)


@lru_cache(maxsize=1)
def from_middle() -> Volume:
    """Squared distance from the middle of the head in a slice, 1 near its edge."""
    y, x = grid.Y_MM[:, None] + 18, grid.X_MM[None, :]
    return np.asarray((x**2 + y**2) / 75.0**2, np.float32)


def measured(scan: Scan, sequence: str, index: int, how: tissue.Sequence | None = None) -> Volume:
    """A slice with what a scanner adds: blur, uneven sensitivity, Rician noise that is stronger in the middle."""
    looks = tissue.document()["picture"]
    clean = noise_free(scan, sequence, index, how)
    clean = ndi.gaussian_filter(clean, looks["blur_mm"][sequence])
    echo_planar = sequence in tissue.ECHO_PLANAR
    if echo_planar:
        clean = _distorted(clean, float(grid.Z_MM[index]), looks["distortion_mm"], stretch=sequence != "ADC")
    noise = grain(scan.seed, index, sequence, 0.85 if echo_planar else 0.55)
    amount = looks["noise"][sequence] * (0.8 + 0.7 * np.exp(-1.8 * from_middle())) * (1.5 if scan.field_t < 3 else 1.0)
    if sequence == "ADC":
        return np.asarray(
            np.where(clean > 0.12, np.clip(clean * (1 + amount * noise[0]) + 0.5 * amount * noise[1], 0, None), 0),
            np.float32,
        )
    clean = clean * _sensitivity(scan.seed)[index] * (1 + looks["bias"] * (from_middle() - 0.6))
    return np.asarray(np.hypot(clean + amount * noise[0], amount * noise[1]), np.float32)


def _distorted(plane: Volume, z_mm: float, most_mm: float, *, stretch: bool) -> Volume:
    """Echo-planar distortion along the rows, above the frontal sinus and beside the ears; none from z = 16 mm up.

    ``stretch`` lets the brightness follow the squeezing, as in the pictures; a computed map keeps its values.
    """
    low = float(np.clip((16 - z_mm) / 24, 0, 1))
    if low == 0:
        return plane
    y, x = grid.Y_MM[:, None], grid.X_MM[None, :]
    sinus = np.exp(-((x / 24) ** 2) - ((y - 72) / 18) ** 2) * low
    ears = 0.6 * np.exp(-(((np.abs(x) - 56) / 12) ** 2) - ((y + 14) / 20) ** 2) * np.exp(-(((z_mm + 30) / 14) ** 2))
    shift = most_mm * (sinus + ears)
    rows, columns = np.meshgrid(np.arange(plane.shape[0]), np.arange(plane.shape[1]), indexing="ij")
    out = ndi.map_coordinates(plane, [rows + shift, columns], order=1, mode="nearest")
    return np.asarray(out * (1 + np.gradient(shift, axis=0)) if stretch else out, np.float32)


@lru_cache(maxsize=2)
def _sensitivity(seed: int) -> NDArray[np.float16]:
    """Smooth unevenness of the receiving coils, about 1."""
    field = grid.smooth_noise(40.0, stream(seed, 0, "sensitivity"))
    return np.asarray(np.exp(tissue.document()["picture"]["bias"] * 0.7 * field), np.float16)
