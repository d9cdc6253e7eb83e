"""Levels of many patients, each with their own parameters: troughs, peak and AUC, never the series.

A patient's peak is looked for between doses on the patient's own clock (shares of the transit time and of the two
half-lives), then brought to the top by Newton's steps. The AUC needs no sum over time: what was cleared is what was
given less what is left, and clearance is known in every stretch.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pres_teach.patient import Chart, Patient

from .exposure import Exposure, exposure
from .interactions import effect
from .levels import inputs, parts
from .models import Own, owns, through

__all__ = ["CHUNK", "Exposures", "exposures"]

Floats = NDArray[np.float64]

CHUNK = 4096  # patients whose states are held at one time; the answer does not depend on it


@dataclass(frozen=True, eq=False)
class Exposures:
    """What became of the levels of n patients.

    Parameters
    ----------
    trough_h
        When troughs were taken, shape (K,) [h].
    trough_ng_ml
        Troughs, shape (n, K) [ng/mL].
    peak_ng_ml, peak_h
        Highest level until the end and when it came, shape (n,) [ng/mL], [h].
    auc_ng_h_ml
        Area under the level from the first dose to the end, shape (n,) [ng h/mL].
    """

    trough_h: Floats
    trough_ng_ml: Floats
    peak_ng_ml: Floats
    peak_h: Floats
    auc_ng_h_ml: Floats

    def __len__(self) -> int:
        return self.peak_ng_ml.size


def exposures(
    n: int,
    patient: Patient,
    chart: Chart,
    seed: int,
    *,
    until_h: float,
    trough_h: ArrayLike | None = None,
    drug: str = "tacrolimus",
    model: str = "",
    first: int = 0,
    chunk: int = CHUNK,
) -> Exposures:
    """Troughs, peak and AUC of n patients alike in all but how they vary, as the model's study found it.

    Parameters
    ----------
    n
        How many, 1 or more.
    patient, chart
        The patient they are alike to, and what they all get.
    seed
        Of the draw; with the patient's number it fixes a patient's own parameters.
    until_h
        End [h].
    trough_h
        When to take troughs; by default just before each dose [h].
    drug, model
        As in `levels`.
    first
        Number of the first patient.
    chunk
        How many are computed together.

    Raises
    ------
    ValueError
        If n or chunk is below 1, or the chart gives the drug in more than one formulation or route, or not at all.
    """
    for name, number in (("n", n), ("chunk", chunk)):
        if type(number) is not int or number < 1:
            raise ValueError(f'"{name}": must be a whole number of patients, 1 or more; received {number!r}; give 1000')
    given = parts(patient, chart, drug, model)
    if len(given) != 1:
        raise ValueError(
            f'"chart": must give {drug} in one formulation by one route; received {len(given)} of them; '
            "leave the others out"
        )
    (part,) = given
    if part.model.blood is not through:
        raise ValueError(
            '"model": must give whole blood straight away, or the AUC would be one of plasma; '
            f"received {part.model.id}; use levels() for it"
        )
    acting = effect(patient, chart, drug, model=part.model.id, band=False)
    found: list[Exposure] = []
    wanted: Floats | None = None if trough_h is None else np.atleast_1d(np.asarray(trough_h, dtype=float))
    for start in range(0, n, chunk):
        drawn = owns(part.model, seed, first + start, min(chunk, n - start))
        row = Own(**{f.name: np.atleast_2d(getattr(drawn, f.name)) for f in fields(Own)})
        put = inputs(part, patient, chart, until_h, acting, row)
        if wanted is None:
            wanted = np.unique(put.dose_h[put.dose_h <= until_h])
        found.append(exposure(put.system, wanted, until_h, put.dose_h, put.dose_mg, put.infusion))
    return Exposures(
        trough_h=np.empty(0) if wanted is None else wanted,
        trough_ng_ml=np.concatenate([one.trough for one in found]),
        peak_ng_ml=np.concatenate([one.peak for one in found]),
        peak_h=np.concatenate([one.peak_h for one in found]),
        auc_ng_h_ml=np.concatenate([one.auc for one in found]),
    )
