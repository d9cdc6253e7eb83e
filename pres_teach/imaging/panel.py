"""A printed sheet of slices: one row a sequence, one column a height, with side marks and the word SYNTHETIC."""

from __future__ import annotations

import io
from collections.abc import Sequence

from pres_teach.imaging import grid
from pres_teach.imaging.scan import Scan, ScanError
from pres_teach.imaging.tissue import SHOWN

FOOTERS = (  # the longest that fits
    "SYNTHETIC: computed, not a patient; anatomy from the MNI ICBM 2009a average brain; educational, not for diagnosis",
    "SYNTHETIC: computed, not a patient; not for diagnosis",
    "SYNTHETIC, not a patient",
)
MARGIN = 4


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
    from PIL import Image, ImageDraw, ImageFont

    if not sequences or not positions:
        raise ScanError('"sequences", "positions": at least one of each; found none; name what to show')
    indices = [scan.index_of(z) for z in positions]
    width, height = round(grid.SHAPE[2] * scale), round(grid.SHAPE[1] * scale)
    across, down = width + MARGIN, height + MARGIN
    sheet = Image.new("L", (across * len(indices) + MARGIN, down * len(sequences) + MARGIN + 22), 0)
    pen = ImageDraw.Draw(sheet)
    small, normal = ImageFont.load_default(11), ImageFont.load_default(13)

    def write(x: float, y: float, text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, anchor: str) -> None:
        pen.text((x, y), text, fill=240, font=font, anchor=anchor, stroke_width=1, stroke_fill=0)

    for row, sequence in enumerate(sequences):
        for column, index in enumerate(indices):
            tile = Image.fromarray(scan.slice(sequence, index)).resize((width, height), Image.Resampling.BICUBIC)
            left, top = MARGIN + column * across, MARGIN + row * down
            sheet.paste(tile, (left, top))
            write(left + 3, top + 2, SHOWN[sequence], normal, "la")
            write(left + width - 3, top + 2, f"z = {grid.Z_MM[index]:g} mm", small, "ra")
            write(left + 3, top + height / 2, "R", normal, "lm")
            write(left + width - 3, top + height / 2, "L", normal, "rm")
            write(left + width / 2, top + height - 3, "SYNTHETIC", small, "ms")
    footer = next(
        (text for text in FOOTERS if pen.textlength(text, font=small) < sheet.width - 2 * MARGIN), FOOTERS[-1]
    )
    write(MARGIN + 2, down * len(sequences) + MARGIN + 4, footer, small, "la")
    with io.BytesIO() as out:
        sheet.save(out, "PNG", compress_level=6)
        return out.getvalue()
