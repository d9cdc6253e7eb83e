"""Slices of a scan, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pres_teach.figures.picture import Picture

if TYPE_CHECKING:
    from pres_teach.imaging import Scan


def panel(
    scan: Scan, sequences: Sequence[str] = ("FLAIR", "DWI", "ADC", "SWI"), positions: Sequence[float] = (4, 16, 28, 40)
) -> Picture:
    """Slices of a scan side by side, with what they show in words.

    Parameters
    ----------
    scan : Scan
        The scan.
    sequences : sequence of str, optional
        One row each.
    positions : sequence of float, optional
        Heights, one column each [mm].

    Returns
    -------
    Picture
        Each slice described in the alternative text, without a diagnosis.
    """
    from pres_teach.imaging import panel as draw

    said = [scan.describe(sequence, scan.index_of(z)) for sequence in sequences for z in positions]
    return Picture(
        draw(scan, sequences, positions),
        alt="Synthetic MR slices, the patient's right on the left of each. " + " ".join(said),
        caption=f"{', '.join(sequences)}. SYNTHETIC: computed, not a patient; educational, not for diagnosis.",
    )
