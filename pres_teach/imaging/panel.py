"""A printed sheet of slices: one row a sequence, one column a height, with side marks and the word SYNTHETIC."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pres_teach.imaging import grid
from pres_teach.imaging.settings import ScanError
from pres_teach.imaging.tissue import SHOWN

if TYPE_CHECKING:
    from PIL import Image

    from pres_teach.imaging.scan import Scan

FOOTERS = (  # the longest that fits
    "SYNTHETIC: computed, not a patient; anatomy from the MNI ICBM 2009a average brain; educational, not for diagnosis",
    "SYNTHETIC: computed, not a patient; not for diagnosis",
    "SYNTHETIC, not a patient",
)
MARGIN = 4


def marked(
    picture: NDArray[np.uint8],
    name: str,
    place: str,
    ends: tuple[str, str],
    word: str = "SYNTHETIC",
    scale: float = 2.0,
) -> Image.Image:
    """One grey picture, enlarged, with its name, its place, what lies left and right, and the word SYNTHETIC.

    Parameters
    ----------
    picture
        8-bit grey.
    name, place
        Written above.
    ends
        What lies on the left and on the right of the picture, as ("R", "L").
    word
        Written below.
    scale
        Enlargement of each pixel.
    """
    from PIL import Image, ImageDraw, ImageFont

    width, height = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
    image = Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(image)
    small, normal = ImageFont.load_default(11), ImageFont.load_default(13)
    for x, y, text, font, anchor in (
        (3.0, 2.0, name, normal, "la"),
        (width - 3.0, 2.0, place, small, "ra"),
        (3.0, height / 2, ends[0], normal, "lm"),
        (width - 3.0, height / 2, ends[1], normal, "rm"),
        (width / 2, height - 3.0, word, small, "ms"),
    ):
        pen.text((x, y), text, fill=240, font=font, anchor=anchor, stroke_width=1, stroke_fill=0)
    return image


def panel(
    scan: Scan,
    sequences: Sequence[str] = ("FLAIR", "DWI", "ADC", "SWI"),
    positions: Sequence[float] = (4, 16, 28, 40),
    scale: float = 1.5,
) -> bytes:
    """Slices side by side as a PNG.

    Parameters
    ----------
    scan
        The scan.
    sequences
        One row each.
    positions
        Heights, one column each; the nearest slice is shown [mm].
    scale
        Enlargement of each 1 mm pixel.

    Raises
    ------
    ScanError
        For an unknown sequence, a height outside the scan, or nothing to show.
    """
    with io.BytesIO() as out:
        sheet(scan, sequences, positions, scale).save(out, "PNG", compress_level=3)
        return out.getvalue()


def sheet(
    scan: Scan, sequences: Sequence[str], positions: Sequence[float], scale: float, footer: bool = True
) -> Image.Image:
    """The picture of :func:`panel`, for one that writes more below it.

    Parameters
    ----------
    scan, sequences, positions, scale
        As for :func:`panel`.
    footer
        Whether a line below says that it is synthetic; each tile says so anyway.
    """
    from PIL import Image, ImageDraw, ImageFont

    if isinstance(sequences, str):
        raise ScanError(f'"sequences": a list of names; found "{sequences}"; write ("{sequences}",)')
    if not len(sequences) or not len(positions):
        raise ScanError('"sequences", "positions": at least one of each; found none; name what to show')
    if not 0.25 <= scale <= 6:
        raise ScanError(f'"scale": must lie between 0.25 and 6; found {scale:g}; choose a size there')
    indices = [scan.index_of(z) for z in positions]
    width, height = round(grid.SHAPE[2] * scale), round(grid.SHAPE[1] * scale)
    across, down = width + MARGIN, height + MARGIN
    out = Image.new("L", (across * len(indices) + MARGIN, down * len(sequences) + MARGIN + 22 * footer), 0)
    for row, sequence in enumerate(sequences):
        for column, index in enumerate(indices):
            picture = scan.slice(sequence, index)
            tile = marked(picture, SHOWN[sequence], f"z = {grid.Z_MM[index]:g} mm", ("R", "L"), scale=scale)
            out.paste(tile, (MARGIN + column * across, MARGIN + row * down))
    if footer:
        pen, small = ImageDraw.Draw(out), ImageFont.load_default(11)
        room = out.width - 2 * MARGIN
        text = next((text for text in FOOTERS if pen.textlength(text, font=small) < room), FOOTERS[-1])
        pen.text((MARGIN + 2, down * len(sequences) + MARGIN + 4), text, fill=240, font=small, anchor="la")
    return out


def captioned(picture: Image.Image, paragraphs: Sequence[str], size: int = 13) -> Image.Image:
    """A picture with text below it, broken into lines as wide as the picture.

    Parameters
    ----------
    picture
        8-bit grey.
    paragraphs
        What to write.
    size
        Of the letters [pixels].
    """
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size)
    pen = ImageDraw.Draw(picture)
    lines: list[str] = []
    for paragraph in paragraphs:
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and pen.textlength(longer, font=font) > picture.width - 4 * MARGIN:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    step = round(size * 1.35)
    out = Image.new("L", (picture.width, picture.height + step * len(lines) + 3 * MARGIN), 0)
    out.paste(picture, (0, 0))
    pen = ImageDraw.Draw(out)
    for number, line in enumerate(lines):
        pen.text((2 * MARGIN, picture.height + MARGIN + step * number), line, fill=240, font=font, anchor="la")
    return out
