"""Coronal and sagittal pictures from the axial slices: coarse, and said to be so."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid, tissue
from pres_teach.imaging.grid import Volume
from pres_teach.imaging.settings import ScanError

if TYPE_CHECKING:
    from pres_teach.imaging.scan import Scan

KINDS = ("coronal", "sagittal")
STEP = int(grid.SPACING_MM[0])  # rows of a reformat for each slice


@dataclass(frozen=True, eq=False)
class Reformat:
    """A coarse picture in another plane.

    Attributes
    ----------
    kind, at_mm, sequence
        "coronal" or "sagittal"; MNI y or x of the plane [mm]; what is shown.
    values
        (H, W), 1 mm each way, the top of the head above. Coronal: the patient's right on the image's left. Sagittal:
        the front on the image's left. Units as of :meth:`Scan.values`.
    picture
        The same as 8-bit grey in the default window.
    note, alt
        That it is coarse; what the picture shows, in words.
    """

    kind: str
    at_mm: float
    sequence: str
    values: Volume
    picture: NDArray[np.uint8]
    note: str
    alt: str

    def png(self) -> bytes:
        """The picture as a PNG, with SYNTHETIC, "coarse" and the sides written into it."""
        from pres_teach.imaging.panel import marked

        ends = ("R", "L") if self.kind == "coronal" else ("front", "back")
        axis = "y" if self.kind == "coronal" else "x"
        image = marked(
            self.picture, tissue.SHOWN[self.sequence], f"{axis} = {self.at_mm:g} mm", ends, "SYNTHETIC, coarse"
        )
        with io.BytesIO() as out:
            image.save(out, "PNG", compress_level=6)
            return out.getvalue()


def reformat(scan: Scan, kind: str, at_mm: float, sequence: str) -> Reformat:
    """A coronal or sagittal picture of a scan.

    Parameters
    ----------
    scan, sequence
        What is shown.
    kind, at_mm
        "coronal" at MNI y, or "sagittal" at MNI x [mm].

    Raises
    ------
    ScanError
        For another kind, or a plane outside the head.
    """
    if kind not in KINDS:
        hint = "axial slices are those of slice()" if kind == "axial" else "choose one of these"
        raise ScanError(f'"kind": must be one of {", ".join(KINDS)}; found "{kind}"; {hint}')
    axis, name = (grid.Y_MM, "y") if kind == "coronal" else (grid.X_MM, "x")
    at = _where(scan, axis, kind, name, at_mm)
    place = slice(None), at
    lines = [scan.values(sequence, k)[at if kind == "coronal" else place] for k in range(grid.SHAPE[0])]
    coarse = np.stack(lines[::-1])  # the head above
    rows = np.linspace(0, len(lines) - 1, STEP * (len(lines) - 1) + 1)
    fine = np.stack([ndi.map_coordinates(column, [rows], order=1) for column in coarse.T]).T.astype(np.float32)
    window, _ = tissue.shades(sequence, scan.field_t)
    side = "" if kind == "coronal" else f", {'right' if at_mm > 1 else 'left' if at_mm < -1 else 'middle'}"
    note = (
        f"Coarse: put together from axial slices {grid.SPACING_MM[0]:g} mm apart, so steps and blur from top to bottom "
        "come from the method."
    )
    convention = (
        "The patient's right is on the left of the picture."
        if kind == "coronal"
        else "The front of the head is on the left of the picture."
    )
    alt = (
        f"Synthetic {tissue.SHOWN[sequence]}, coarse {kind} reformat at {name} = {float(axis[at]):g} mm{side}. "
        f"{_seen(scan, at, kind)} {convention}"
    )
    return Reformat(kind, float(axis[at]), sequence, fine, grid.greys(fine, *window), note, alt)


def _where(scan: Scan, axis: Volume, kind: str, name: str, at_mm: float) -> int:
    brain = scan.head.white + scan.head.grey > 0.5
    along = brain.any(axis=(0, 2)) if kind == "coronal" else brain.any(axis=(0, 1))
    inside = axis[along]
    low, high = float(inside.min()), float(inside.max())
    if not low <= at_mm <= high:
        raise ScanError(
            f'"at_mm": the brain lies between {name} = {low:g} and {high:g} mm; found {at_mm:g}; choose a plane there'
        )
    return int(np.argmin(np.abs(axis - at_mm)))


def _seen(scan: Scan, at: int, kind: str) -> str:
    """Where the plane crosses what was drawn; no diagnosis."""
    from pres_teach.imaging.places import SEEN_MM2, listed, places

    mask = np.zeros(grid.SHAPE, bool)
    cut = (slice(None), at) if kind == "coronal" else (slice(None), slice(None), at)
    mask[cut] = scan.drawn.extent[cut]
    found = places(mask, SEEN_MM2 / grid.SPACING_MM[0])
    if not found:
        return "Nothing that differs from normal brain is crossed."
    return f"It crosses a changed area in the {listed(name for name, _ in found)}."
