"""Build ``pres_teach/imaging/anatomy.bin``, the small anatomy that the wheel carries.

Development only. It needs nilearn (for the ICBM 2009a volumes in its wheel) and nibabel, neither of which the
library needs at run time::

    python tools/build_anatomy.py            # writes the asset and its checksum
    python tools/build_anatomy.py --check    # builds in memory and compares with the shipped asset

What is kept: the fractions of white and grey matter and of brain (tissue and fluid together), on a grid of
1 mm in the slice and 4 mm between slices, from z = -60 mm to z = 76 mm. What is derived here: fluid is sharpened
with the help of the T1 volume, because an average brain blurs its narrow sulci, and so are the folia.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import importlib.util
import json
import lzma
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

Volume = NDArray[np.float32]

HERE = Path(__file__).resolve().parent.parent / "pres_teach" / "imaging"
MAGIC = b"PTBRAIN1"
NILEARN = "0.14.1"
FILES = "mni_icbm152_{}_tal_nlin_sym_09a_converted.nii.gz"
TEMPLATE_ORIGIN_MM = (-98.0, -134.0, -72.0)
X_MM = (92, -92)  # columns run from the patient's right (image left) to the left
Y_MM = (92, -129)  # rows run from the front to the back
Z_MM = (-60, 76, 4)
SLICE_PROFILE = (0.25, 0.5, 0.25)  # weights of neighbouring 1 mm planes in one slice
SHARPNESS = 1.7
LEVELS = 85  # steps of 1.2 %: a third smaller than 255 levels, and not seen under the noise of a picture
GREY_T1, FLUID_T1 = 178.0, 80.0  # intensities of the template's T1 volume


def template() -> dict[str, Volume]:
    """Read the T1, grey and white matter volumes that nilearn ships, as float arrays (x, y, z)."""
    import nibabel

    found = importlib.metadata.version("nilearn")
    if found != NILEARN:
        raise SystemExit(f'"nilearn": the asset is built from version {NILEARN}; found {found}; install that version')
    spec = importlib.util.find_spec("nilearn")
    if spec is None or spec.origin is None:
        raise SystemExit('"nilearn": not installed; install the development requirements')
    folder = Path(spec.origin).parent / "datasets" / "data"
    volumes: dict[str, Volume] = {}
    for name in ("t1", "gm", "wm"):
        image: Any = nibabel.load(folder / FILES.format(name))
        volumes[name] = np.asarray(image.dataobj).astype(np.float32)
    return volumes


def fractions(volumes: dict[str, Volume]) -> tuple[Volume, Volume, Volume]:
    """White matter, grey matter and brain (with its fluid) as fractions on the 1 mm grid."""
    t1 = np.pad(volumes["t1"], 8)
    grey, white = (np.pad(volumes[k] / 255.0, 8) for k in ("gm", "wm"))
    brain = ndi.binary_fill_holes(ndi.binary_closing(t1 > 0, iterations=4)) | (grey + white > 0.25)
    for plane in range(brain.shape[2]):  # the template fades out at the temporal tips: drop patches without tissue
        patches, count = ndi.label(brain[:, :, plane])
        most = ndi.maximum((grey + white)[:, :, plane], patches, np.arange(1, count + 1))
        brain[:, :, plane] &= np.isin(patches, 1 + np.flatnonzero(np.asarray(most) > 0.75))
    fluid = np.clip(1 - grey - white, 0, 1) * brain
    dark = np.clip((GREY_T1 - t1) / (GREY_T1 - FLUID_T1), 0, 1) * (t1 > 0)
    # a sulcus of the average brain is a grey line in T1: it is darker than its surroundings
    groove = np.clip((ndi.gaussian_filter(t1, 2.5) - t1) / 45.0, 0, 1) * (grey > 0.3) * (white < 0.3) * (t1 > 0)
    fluid = np.maximum(fluid, np.maximum(0.55 * dark * (white < 0.35), 0.75 * groove) * brain)
    # folia: the T1 volume shows more of the cerebellum's white matter than the map does
    z = np.arange(t1.shape[2]) - 8 + TEMPLATE_ORIGIN_MM[2]
    y = np.arange(t1.shape[1]) - 8 + TEMPLATE_ORIGIN_MM[1]
    behind = ((z < -12)[None, None, :] & (y < -40)[None, :, None]).astype(np.float32)
    behind = ndi.gaussian_filter(behind, 3.0)
    leaf = (t1 - ndi.gaussian_filter(t1, 2.2)) / 38.0 * behind * (grey > 0.4)
    white = np.clip(white + np.clip(leaf, 0, 0.6), 0, 1)
    grey = np.clip(grey - np.clip(leaf, 0, 0.6), 0, 1)
    fluid = np.maximum(fluid, np.clip(-leaf * 0.5, 0, 0.4))
    # the insula of the average brain is a row of beads: smooth it along its length
    x = np.arange(t1.shape[0]) - 8 + TEMPLATE_ORIGIN_MM[0]
    squared = (
        ((np.abs(x) - 39) / 9)[:, None, None] ** 2
        + ((y - 0) / 26)[None, :, None] ** 2
        + ((z - 3) / 17)[None, None, :] ** 2
    )
    insula = np.exp(-0.5 * squared**3)
    white, grey, fluid = (
        v * (1 - insula) + insula * ndi.gaussian_filter1d(v, 3.0, axis=1) for v in (white, grey, fluid)
    )
    parts = np.stack([white * brain, grey * brain, np.where(brain, fluid, 1.0)]) + 1e-4
    parts = parts**SHARPNESS
    parts /= parts.sum(0)
    soft = ndi.gaussian_filter(brain.astype(np.float32), 0.6)
    return (parts[0] * soft).astype(np.float32), (parts[1] * soft).astype(np.float32), soft.astype(np.float32)


def resample(volume: Volume) -> NDArray[np.uint8]:
    """One slice every 4 mm, radiological (rows from the front, columns from the patient's right), 8 bits."""
    x0, y0, z0 = (round(v) - 8 for v in TEMPLATE_ORIGIN_MM)
    thick = ndi.convolve1d(volume, np.asarray(SLICE_PROFILE), axis=2)
    columns = np.arange(X_MM[0], X_MM[1] - 1, -1) - x0
    rows = np.arange(Y_MM[0], Y_MM[1] - 1, -1) - y0
    planes = np.arange(Z_MM[0], Z_MM[1] + 1, Z_MM[2]) - z0
    out = thick[np.ix_(columns, rows, planes)].transpose(2, 1, 0)
    steps = np.clip(np.rint(out * LEVELS), 0, LEVELS) * (255.0 / LEVELS)
    return np.asarray(np.rint(steps), np.uint8)


def asset() -> bytes:
    """The whole file: magic word, length of the header, header with the notice, compressed volumes."""
    volumes = [resample(v) for v in fractions(template())]
    header = {
        "volumes": ["white", "grey", "brain"],
        "shape": list(volumes[0].shape),
        "x_mm": list(X_MM),
        "y_mm": list(Y_MM),
        "z_mm": list(Z_MM),
        "notice": (HERE / "MNI_COPYING.txt").read_text(encoding="utf-8"),
        "derived": "resampled and sharpened from the ICBM 2009a nonlinear symmetric volumes in nilearn " + NILEARN,
    }
    head = json.dumps(header, sort_keys=True).encode("utf-8")
    body = lzma.compress(b"".join(v.tobytes() for v in volumes), preset=9 | lzma.PRESET_EXTREME)
    return MAGIC + len(head).to_bytes(4, "little") + head + body


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the shipped asset, write nothing")
    check = parser.parse_args().check
    built = asset()
    digest = hashlib.sha256(built).hexdigest()
    target, checksum = HERE / "anatomy.bin", HERE / "anatomy.sha256"
    if check:
        same = checksum.read_text(encoding="ascii").split()[0] == digest
        print("the same" if same else f"another: {digest}")
        return 0 if same else 1
    target.write_bytes(built)
    checksum.write_text(f"{digest}  anatomy.bin\n", encoding="ascii")
    print(f"{len(built) / 1e6:.2f} MB, sha256 {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
