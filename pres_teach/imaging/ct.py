"""Plain CT of the same head: densities of tissues, less where water has been added, more where there is blood."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid, measuring, tissue
from pres_teach.imaging.grid import Volume
from pres_teach.patient import stream

if TYPE_CHECKING:
    from pres_teach.imaging.scan import Scan

PINEAL_MM = (0.0, -29.0, 3.0)


def noise_free(scan: Scan, index: int) -> Volume:
    """Density of one slice without noise [Hounsfield units]."""
    of = {name: one.hu for name, one in tissue.densities().items()}
    head, drawn, k = scan.head, scan.drawn, index
    white, grey, fluid = measuring.fractions(scan, k)
    out = white * of["white"] + grey * of["grey"] + fluid * of["fluid"]
    filled = white + grey + fluid
    for name, layer in head.shell.items():
        part = layer[k].astype(np.float32)
        out, filled = out + part * of[name], filled + part
    # a little less than full inside the head is fluid; air begins where most of a pixel is empty
    empty = np.clip((1 - filled - 0.45) / 0.55, 0, 1)
    out = out / np.maximum(filled, 1.0) + np.clip(1 - filled - empty, 0, 1) * of["fluid"] + empty * of["air"]
    base = head.shell["base"][k].astype(np.float32)
    if base.any():
        pyramid = _pyramids()[k].astype(np.float32)
        out += (of["base"] + (of["bone"] - of["base"]) * pyramid - out) * np.clip(1.6 * base, 0, 1)
    out += tissue.parameter("ct", "water_hu") * drawn.water[k].astype(np.float32) * (white + grey)
    for field, name in (
        (drawn.core[k].astype(np.float32), "core"),
        (0.9 * head.void[k].astype(np.float32), "blood"),
        ((drawn.thrombus[k] * head.void[k]).astype(np.float32), "clot"),
        (drawn.haematoma[k].astype(np.float32), "clot"),
        (drawn.sulcal_blood[k].astype(np.float32), "sulcal_blood"),
    ):
        if field.any():
            out += (of[name] - out) * field
    lime = _lime(scan, k)
    out += (of["lime"] - out) * lime
    return np.asarray(out, np.float32)


@lru_cache(maxsize=1)
def _pyramids() -> NDArray[np.float16]:
    """The petrous bones, 0..1."""
    out = np.zeros(grid.SHAPE, np.float32)
    for side in (-1, 1):
        grid.draw_tube(out, grid.mirrored(((14, -18, -38), (34, -26, -36), (58, -34, -32)), side), 7.0)
    return grid.half(out)


def _lime(scan: Scan, index: int) -> Volume:
    """Calcified plexus and pineal body, 0..1: more in the old, not in all, and not the same on both sides."""
    random = stream(scan.seed, 0, "lime")
    much = np.clip((scan.age_years - 15) / 45, 0, 1) * random.uniform(0.2, 1.0, 3)
    x = np.broadcast_to(grid.X_MM[None, :], grid.SHAPE[1:])
    back = grid.Y_MM[:, None] < -34
    choroid = np.clip(scan.head.choroid[index].astype(np.float32) - 0.35, 0, 1) * back
    out = choroid * np.where(x >= 0, much[0], much[1])
    if abs(float(grid.Z_MM[index]) - PINEAL_MM[2]) <= 3:
        r2 = (x - PINEAL_MM[0]) ** 2 + (grid.Y_MM[:, None] - PINEAL_MM[1]) ** 2
        out = np.maximum(out, much[2] * np.exp(-0.5 * (r2 / 2.0**2) ** 2))
    return np.asarray(out, np.float32)


def measured(scan: Scan, index: int) -> Volume:
    """A slice as measured: blur, brighter beside the skull, noise [Hounsfield units]."""
    value = tissue.parameter
    clean = ndi.gaussian_filter(noise_free(scan, index), value("ct", "blur_mm"))
    depth = scan.head.depth_mm[index].astype(np.float32)
    clean += value("ct", "hardening_hu") * np.exp(-depth / 7.0) * (depth > 0)
    noise = measuring.grain(scan.seed, index, "CT", 0.6)[0]
    amount = value("ct", "noise") * (0.75 + 0.5 * np.exp(-1.8 * measuring.from_middle()))
    return np.asarray(np.clip(clean + amount * noise, -1024, 3000), np.float32)
