"""Signal equations: what one tissue gives in one sequence, without noise.

Fractions of tissues in a voxel mix their *signed* signals; the magnitude is taken afterwards.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Values = TypeVar("Values", float, NDArray[np.floating[Any]])


def null_inversion_time(t1: float, tr: float) -> float:
    """Inversion time at which a tissue gives no signal [ms]: TI = T1 ln(2 / (1 + exp(-TR/T1))).

    Parameters
    ----------
    t1, tr
        Longitudinal relaxation time of the tissue, repetition time [ms].
    """
    return float(t1 * np.log(2 / (1 + np.exp(-tr / t1))))


def inversion_recovery(t1: Values, t2: Values, pd: Values, *, tr: float, te: float, ti: float) -> Values:
    """PD (1 - 2 exp(-TI/T1) + exp(-TR/T1)) exp(-TE/T2), signed; ideal inversion, spin echo read-out, all times [ms]."""
    out: Values = pd * (1 - 2 * np.exp(-ti / t1) + np.exp(-tr / t1)) * np.exp(-te / t2)
    return out


def spin_echo(
    t1: Values, t2: Values, pd: Values, *, tr: float, te: float, b: float = 0.0, adc: Values | float = 0.0
) -> Values:
    """PD (1 - exp(-TR/T1)) exp(-TE/T2) exp(-b ADC); times [ms], b [s/mm2], ADC [1e-3 mm2/s]."""
    out: Values = pd * (1 - np.exp(-tr / t1)) * np.exp(-te / t2) * np.exp(-b * 1e-3 * adc)
    return out


def gradient_echo(t1: Values, t2_star: Values, pd: Values, *, tr: float, te: float, flip_deg: float) -> Values:
    """Spoiled gradient echo: PD sin(a) (1 - E1) / (1 - cos(a) E1) exp(-TE/T2*), with E1 = exp(-TR/T1).

    Times [ms], angle [degrees].
    """
    angle = np.deg2rad(flip_deg)
    recovery = np.exp(-tr / t1)
    out: Values = pd * np.sin(angle) * (1 - recovery) / (1 - np.cos(angle) * recovery) * np.exp(-te / t2_star)
    return out


def apparent_diffusion(without: Values, weighted: Values, b: float) -> Values:
    """ADC from two spin echoes [1e-3 mm2/s]: ln(S0 / Sb) / b.

    Parameters
    ----------
    without, weighted
        Signal without and with diffusion weighting.
    b
        Diffusion weighting [s/mm2].
    """
    out: Values = np.log(without / weighted) / (b * 1e-3)
    return out
