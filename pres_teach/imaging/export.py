"""What leaves the package: a scan as a NIfTI file for ITK-SNAP or 3D Slicer, a panel as a PNG for a slide."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pres_teach.imaging import grid, tissue
from pres_teach.imaging.anatomy import template
from pres_teach.imaging.panel import captioned, sheet
from pres_teach.imaging.settings import ScanError

if TYPE_CHECKING:
    from pres_teach.imaging.scan import Scan

EXTRA = 'pip install "pres_teach[nifti]"'
COPYRIGHT = (
    "Anatomy derived from ICBM 2009a, Copyright (C) 1993-2004 Louis Collins, McConnell Brain Imaging Centre, "
    "Montreal Neurological Institute, McGill University"
)
SYNTHETIC = "SYNTHETIC: computed, not a patient; for teaching, not for diagnosis"


class ExportError(RuntimeError):
    """A file that cannot be made here: what is missing, and how to get it."""


def to_nifti(scan: Scan, sequence: str) -> Any:
    """One sequence, or the CT, as a NIfTI image in MNI millimetres.

    Parameters
    ----------
    scan
        The scan.
    sequence
        Which sequence; values are those of :meth:`Scan.values`.

    Returns
    -------
    nibabel.Nifti1Image
        (x, y, z), stored from the patient's right to the left, from the front to the back and from the feet up, as the
        affine says. ``to_filename("flair.nii.gz")`` saves it, ``to_bytes()`` gives its bytes.

    Raises
    ------
    ScanError
        For an unknown sequence.
    ExportError
        When nibabel is not installed.
    """
    scan.slice(sequence, 0)  # an unknown sequence is named before anything else
    try:
        import nibabel
    except ModuleNotFoundError as error:
        raise ExportError(f'"nibabel": needed to write NIfTI files; not installed here; {EXTRA}') from error
    planes = [scan.values(sequence, k) for k in range(grid.SHAPE[0])]
    volume = np.stack(planes).transpose(2, 1, 0).astype(np.float32)
    (x0, y0, z0), (x1, y1, z1) = scan.mni(0, 0, 0), scan.mni(1, 1, 1)
    affine = np.diag([x1 - x0, y1 - y0, z1 - z0, 1.0])
    affine[:3, 3] = x0, y0, z0
    image: Any = nibabel.Nifti1Image(volume, affine)
    image.header["descrip"] = b"SYNTHETIC, not a patient; for teaching, not for diagnosis"
    image.header["intent_name"] = sequence.encode("ascii")
    image.header.set_xyzt_units("mm")
    image.header["cal_min"], image.header["cal_max"] = tissue.shades(sequence, scan.field_t)[0]
    image.set_sform(affine, code="mni")
    image.set_qform(affine, code="mni")
    note = f"{SYNTHETIC}\n{template().notice}"
    image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", note.encode("ascii")))
    return image


@dataclass(frozen=True)
class Slide:
    """A panel for a slide.

    Attributes
    ----------
    png
        The picture, with caption and licence note written below it; both are in the file's own text fields, too.
    alt
        What each slice shows, in words; no diagnosis.
    caption, licence
        The same as below the picture.
    """

    png: bytes
    alt: str
    caption: str
    licence: str


def slide(
    scan: Scan,
    sequences: Sequence[str] = ("FLAIR", "DWI", "ADC", "SWI"),
    positions: Sequence[float] = (4, 16, 28, 40),
    scale: float = 1.5,
    title: str = "",
) -> Slide:
    """Slices side by side with their caption and licence note, as a PNG for a slide.

    Parameters
    ----------
    scan, sequences, positions, scale
        As for :func:`pres_teach.imaging.panel`.
    title
        First words of the caption, as a case's title; shown as it is, never run.

    Raises
    ------
    ScanError
        As :func:`pres_teach.imaging.panel`, and for a title that is too long.
    """
    if len(title) > 120:
        raise ScanError(f'"title": at most 120 characters; found {len(title)}; shorten it')
    picture = sheet(scan, sequences, positions, scale, footer=False)
    caption = _caption(scan, sequences, title)
    licence = f"{COPYRIGHT}."
    image = captioned(picture, (caption, licence))
    from PIL.PngImagePlugin import PngInfo

    fields = PngInfo()
    fields.add_text("Title", f"SYNTHETIC {', '.join(tissue.SHOWN[s] for s in sequences)}")
    fields.add_itxt("Description", caption)
    fields.add_text("Copyright", template().notice)
    with io.BytesIO() as out:
        image.save(out, "PNG", compress_level=6, pnginfo=fields)
        png = out.getvalue()
    said = [scan.describe(sequence, scan.index_of(z)) for sequence in sequences for z in positions]
    alt = "Synthetic slices, the patient's right on the left of each. " + " ".join(said)
    return Slide(png, alt, caption, licence)


def _caption(scan: Scan, sequences: Sequence[str], title: str) -> str:
    magnet = [tissue.SHOWN[s] for s in sequences if s != "CT"]
    parts = [f"{', '.join(magnet)} at {scan.field_t:g} T"] if magnet else []
    parts += ["CT without contrast"] if "CT" in sequences else []
    since = scan.lesion.since_onset_h
    when = (
        "" if since <= 0 else f", {since:.0f} h after onset" if since < 72 else f", {since / 24:.0f} days after onset"
    )
    lead = f"{title.strip()}. " if title.strip() else ""
    return f"{lead}{'; '.join(parts)}; axial, {grid.SPACING_MM[0]:g} mm, age {scan.age_years:.0f}{when}. {SYNTHETIC}."
