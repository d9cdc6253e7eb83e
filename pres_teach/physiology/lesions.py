"""What a scan would see at one time: the state of the lesions, handed to the imaging room."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LesionState"]


@dataclass(frozen=True)
class LesionState:
    """Lesions at one time.

    Parameters
    ----------
    pattern
        Where, one of `pres_teach.physiology.PATTERNS` or `MIMICS`.
    asymmetry
        0 alike on both sides, 1 as one-sided as it gets.
    oedema_ml, peak_ml
        Oedema now and at its peak so far [mL].
    since_onset_h
        Time since onset, zero before it [h].
    restricted_ml
        Part with restricted diffusion [mL].
    microbleeds
        How many on SWI; they stay.
    sulcal_blood
        Whether there is blood in a sulcus.
    haematoma_ml
        Volume of a haematoma [mL].
    seed
        Draws the shapes; the same at every time of one course.
    sites
        What else is reached, some of `pres_teach.physiology.SITES`; None leaves it to the seed.
    """

    pattern: str
    asymmetry: float
    oedema_ml: float
    peak_ml: float
    since_onset_h: float
    restricted_ml: float
    microbleeds: int
    sulcal_blood: bool
    haematoma_ml: float
    seed: int
    sites: tuple[str, ...] | None = None
