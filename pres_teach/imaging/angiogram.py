"""Arteries and veins as schematic projections: what a maximum intensity projection of a vessel study looks like.

Courses are drawn by eye (illustrative), each patient's a little different; nothing is measured on them. Narrowed
segments and a filled sinus come from the lesion.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid, tissue, vesseltree
from pres_teach.imaging.grid import Volume
from pres_teach.imaging.settings import ScanError
from pres_teach.patient import stream

if TYPE_CHECKING:
    from pres_teach.imaging.scan import Scan

KINDS = ("MRA", "MRV")
VIEWS = ("front", "side", "above")
SHOWN = {"MRA": "MR angiogram (arteries)", "MRV": "MR venogram (veins)"}
PIXEL_MM = 0.5
_ACROSS, _UP = (-92.0, 92.0), {"front": (-78.0, 84.0), "side": (-78.0, 84.0), "above": (-122.0, 84.0)}
_SIDEWAYS = (-84.0, 122.0)  # of the side view: the front on the left
NOTE = "Schematic: vessels drawn by eye, nothing to be measured; a projection hides what lies behind."


@dataclass(frozen=True, eq=False)
class Angiogram:
    """A projection of vessels.

    Attributes
    ----------
    kind, view
        "MRA" or "MRV"; "front", "side" or "above".
    picture
        8-bit grey, 0.5 mm a pixel. Front and above: the patient's right on the image's left. Side: the front on the
        left.
    narrowed, filled
        Whether arteries are beaded; share of the great sinuses that is filled by clot, 0..1.
    note, alt
        That it is schematic; what the picture shows, in words, without a diagnosis.
    """

    kind: str
    view: str
    picture: NDArray[np.uint8]
    narrowed: bool
    filled: float
    note: str
    alt: str

    @property
    def axes(self) -> str:
        """Which axes columns and rows run along, and which one is hidden: "xzy" from the front, "yzx", "xyz"."""
        return {"front": "xzy", "side": "yzx", "above": "xyz"}[self.view]

    @property
    def affine(self) -> Mapping[str, float]:
        """Where pixels lie on those axes: columns at ``x0 + column * dx``, rows at ``y0 + row * dy`` [mm]."""
        x0 = -_SIDEWAYS[0] if self.view == "side" else -_ACROSS[0]
        return {"x0": x0, "dx": -PIXEL_MM, "y0": _UP[self.view][1], "dy": -PIXEL_MM}

    def png(self) -> bytes:
        """The picture as a PNG, with SYNTHETIC, "schematic" and the sides written into it."""
        from pres_teach.imaging.panel import marked

        ends = ("front", "back") if self.view == "side" else ("R", "L")
        seen = {"front": "from the front", "side": "from the side", "above": "from below"}[self.view]
        image = marked(self.picture, self.kind, seen, ends, "SYNTHETIC, schematic", scale=1.0)
        with io.BytesIO() as out:
            image.save(out, "PNG", compress_level=6)
            return out.getvalue()


def narrowing(scan: Scan) -> float:
    """How strongly arteries are beaded now, 0..1: none in the first hours, and none again after weeks."""
    if scan.drawn.vessels != "beaded":
        return 0.0
    read, since = tissue.document()["vessels"]["narrowing"], scan.lesion.since_onset_h
    return float(np.interp(since, read["hours"], read["strength"]))


def angiogram(scan: Scan, kind: str, view: str = "front", *, narrowed: bool | None = None) -> Angiogram:
    """Project the vessels of a patient.

    Parameters
    ----------
    scan
        Whose: the seed is that of the head, narrowing and clot are those of the lesion.
    kind, view
        "MRA" or "MRV"; "front", "side" or "above".
    narrowed
        Whether arteries are beaded; None as the lesion has it.

    Raises
    ------
    ScanError
        For another kind or view.
    """
    for name, found, known in (("kind", kind, KINDS), ("view", view, VIEWS)):
        if found not in known:
            raise ScanError(f'"{name}": must be one of {", ".join(known)}; found "{found}"; choose one of these')
    beads = (narrowing(scan) if narrowed is None else float(narrowed)) if kind == "MRA" else 0.0
    filled = 0.0
    if kind == "MRA":
        pieces = vesseltree.arteries(scan.seed, beads)
    else:
        pieces, filled = vesseltree.emptied(vesseltree.veins(scan.seed), scan.drawn.thrombus)
    picture = _projected(pieces, view, scan.seed, kind)
    return Angiogram(
        kind, view, picture, beads > 0.15, filled, NOTE, _alt(kind, view, beads, filled, scan.drawn.thrombus)
    )


def _alt(kind: str, view: str, beads: float, filled: float, thrombus: NDArray[np.float16]) -> str:
    start = f"Synthetic {SHOWN[kind]}, schematic projection {'from below' if view == 'above' else f'from the {view}'}."
    side = (
        "The front of the head is on the left of the picture."
        if view == "side"
        else ("The patient's right is on the left of the picture.")
    )
    if kind == "MRA":
        seen = (
            "The carotid, vertebral and basilar arteries are smooth. "
            "The middle, anterior and posterior cerebral arteries "
            + (
                "narrow and widen in turn, like beads on a string, on both sides."
                if beads > 0.15
                else "are smooth, too."
            )
        )
    elif filled > 0.01:
        y = grid.Y_MM[np.flatnonzero((thrombus > 0.5).any(axis=(0, 2)))]
        where = "over its whole length" if y.size and y.max() > 30 and y.min() < -60 else "over a part of its length"
        seen = (
            f"The large vein in the midline, the superior sagittal sinus, is missing {where}; few veins join it. "
            "The transverse and sigmoid sinuses are there."
        )
    else:
        seen = "Superior sagittal, straight, transverse and sigmoid sinuses are filled with flowing blood all along."
        seen += " One transverse sinus is narrower than the other, as in many healthy people."
    return f"{start} {seen} {side}"


def _projected(pieces: tuple[vesseltree.Piece, ...], view: str, seed: int, kind: str) -> NDArray[np.uint8]:
    """Greatest intensity along the line of sight, with the faint unevenness of a measured picture."""
    across = _SIDEWAYS if view == "side" else _ACROSS
    up = _UP[view]
    width, height = round((across[1] - across[0]) / PIXEL_MM), round((up[1] - up[0]) / PIXEL_MM)
    sheet = np.zeros((height, width), np.float32)
    for piece in pieces:
        x, y, z = piece.points.T
        sideways = -y if view == "side" else -x  # the patient's right on the left, or the front on the left
        upwards = y if view == "above" else z
        column = (sideways - across[0]) / PIXEL_MM
        row = (up[1] - upwards) / PIXEL_MM
        for c, r, radius in zip(column, row, piece.radii / PIXEL_MM, strict=True):
            _dab(sheet, float(c), float(r), float(radius), piece.brightness)
    soft = ndi.gaussian_filter(sheet, 0.6)
    random = stream(seed, 0, f"noise {kind} {view}")
    noise = ndi.gaussian_filter(random.standard_normal(sheet.shape, dtype=np.float32), 0.9)
    rows, columns = np.mgrid[: sheet.shape[0], : sheet.shape[1]]
    middle = ((rows - height * 0.45) / (height * 0.5)) ** 2 + ((columns - width / 2) / (width * 0.42)) ** 2
    tissue_left = 0.09 / (1 + np.exp(9 * (np.sqrt(middle) - 0.92)))  # what is left of the brain
    return grid.greys(soft + tissue_left + 0.05 * noise, 0.0, 1.0)


def _dab(sheet: Volume, column: float, row: float, radius: float, brightness: float) -> None:
    """A soft disc, keeping the greater value (in place); thin vessels are fainter, as in a thick voxel."""
    reach = int(np.ceil(radius + 2))
    c0, r0 = int(column) - reach, int(row) - reach
    c1, r1 = int(column) + reach + 1, int(row) + reach + 1
    if c1 <= 0 or r1 <= 0 or c0 >= sheet.shape[1] or r0 >= sheet.shape[0]:
        return
    c0, r0 = max(c0, 0), max(r0, 0)
    part = sheet[r0:r1, c0:c1]
    dy, dx = np.arange(r0, r0 + part.shape[0]) - row, np.arange(c0, c0 + part.shape[1]) - column
    away = np.sqrt(dy[:, None] ** 2 + dx[None, :] ** 2)
    profile = np.clip(radius + 0.5 - away, 0, 1) * np.sqrt(np.clip(1 - (away / (radius + 0.8)) ** 2, 0.15, 1))
    np.maximum(part, brightness * min(1.0, 0.42 + 0.28 * radius) * profile, out=part)
