"""The physics side step: other times and weightings than the usual ones, and what each tissue then gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pres_teach.imaging import signal, tissue
from pres_teach.imaging.grid import Volume

MOST_B = 5000.0  # beyond this the equation of a single exponent no longer holds
_OF = {  # which settings a kind of sequence has
    "inversion recovery": ("TR_ms", "TE_ms", "TI_ms"),
    "spin echo": ("TR_ms", "TE_ms"),
    "gradient echo": ("TR_ms", "TE_ms", "flip_deg"),
    "apparent diffusion": ("TR_ms", "TE_ms", "b"),
}
_FIELDS = {"TR_ms": "tr", "TE_ms": "te", "TI_ms": "ti", "b": "b", "flip_deg": "flip_deg"}


class ScanError(ValueError):
    """Something asked of a scan that it doesn't have: which field, the rule, what was received, the remedy."""


def allowed(sequence: str, field_t: float = 3.0) -> tuple[str, ...]:
    """Names of the settings of a sequence, as "TR_ms".

    Parameters
    ----------
    sequence
        Name of an MR sequence.
    field_t
        Field strength [T].

    Raises
    ------
    ScanError
        For an unknown sequence, and for a CT, which has none.
    """
    known = tissue.sequences(field_t)
    if sequence not in known:
        hint = "a CT has no echoes" if sequence == "CT" else "choose one of these"
        raise ScanError(f'"sequence": must be one of {", ".join(known)}; found "{sequence}"; {hint}')
    names = _OF[known[sequence].kind]
    return (*names, "b") if sequence in ("DWI", "DWI b0") else names


def changed(sequence: str, field_t: float = 3.0, **given: float | None) -> tissue.Sequence:
    """A sequence with other settings.

    Parameters
    ----------
    sequence, field_t
        Name of an MR sequence, field strength [T].
    given
        ``TR_ms``, ``TE_ms``, ``TI_ms`` [ms], ``b`` [s/mm2], ``flip_deg`` [degrees]; None leaves a setting as it is.

    Raises
    ------
    ScanError
        When the sequence doesn't have a setting, or no scanner can measure with it.
    """
    names = allowed(sequence, field_t)
    how = tissue.sequences(field_t)[sequence]
    for name, value in given.items():
        if value is None:
            continue
        if name not in names:
            raise ScanError(f'"{name}": {sequence} is set by {", ".join(names)}; found {value!r}; leave "{name}" out')
        settings: dict[str, Any] = {_FIELDS[name]: _number(name, value)}
        how = replace(how, **settings)
    _possible(sequence, how, names)
    return how


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise ScanError(f'"{name}": must be a finite number; found {value!r}; write it as 90')
    return number


def _possible(sequence: str, how: tissue.Sequence, names: Sequence[str]) -> None:
    if how.tr <= 0:
        raise ScanError(f'"TR_ms": must be more than 0; found {how.tr:g}; choose the time between two pulses')
    if how.te <= 0:
        raise ScanError(f'"TE_ms": must be more than 0; found {how.te:g}; an echo takes time, 3 ms at the least')
    if how.te + how.ti >= how.tr:
        what = '"TI_ms" + "TE_ms"' if how.ti else '"TE_ms"'
        raise ScanError(f"{what}: must be shorter than TR; found {how.te + how.ti:g} of {how.tr:g} ms; lengthen TR")
    if "TI_ms" in names and how.ti <= 0:
        raise ScanError(f'"TI_ms": must be more than 0; found {how.ti:g}; {sequence} waits after its inversion')
    if "b" in names:
        least = 0.0 if how.kind == "spin echo" else 1.0
        if not least <= how.b <= MOST_B:
            why = "an ADC needs a weighting" if least else "a weighting is not negative"
            raise ScanError(f'"b": must lie between {least:g} and {MOST_B:g} s/mm2; found {how.b:g}; {why}')
    if "flip_deg" in names and not 0 < how.flip_deg <= 90:
        raise ScanError(
            f'"flip_deg": must be more than 0 and at most 90 degrees; found {how.flip_deg:g}; choose an angle there'
        )


def signals(
    sequence: str, field_t: float = 3.0, of: Sequence[str] = ("white", "grey", "fluid"), **given: float | None
) -> Mapping[str, float]:
    """What tissues give in a sequence with these settings, signed, relative to white matter with the usual ones.

    Parameters
    ----------
    sequence, field_t, given
        As for :func:`changed`.
    of
        Names of tissues; "oedema" is fully swollen white matter.

    Raises
    ------
    ScanError
        As :func:`changed`, and for an unknown tissue.
    """
    how = changed(sequence, field_t, **given)
    known = dict(tissue.tissues(field_t), oedema=oedematous(field_t))
    out: dict[str, float] = {}
    for name in of:
        if name not in known:
            raise ScanError(f'"of": must be of {", ".join(known)}; found "{name}"; choose from these')
        if how.kind == "apparent diffusion":
            out[name] = known[name].adc
        else:
            out[name] = tissue.signal_of(how, known[name]) / tissue.reference(sequence, field_t)
    return out


def curve(
    sequence: str,
    setting: str,
    values: Sequence[float] | NDArray[np.floating[Any]],
    field_t: float = 3.0,
    of: Sequence[str] = ("white", "grey", "fluid"),
    **given: float | None,
) -> Mapping[str, NDArray[np.float64]]:
    """Signal of tissues along one setting: why fluid is dark at one inversion time only.

    Parameters
    ----------
    sequence, field_t, of, given
        As for :func:`signals`.
    setting
        Name of the setting that changes, as "TI_ms".
    values
        Its values.

    Returns
    -------
    dict
        For each tissue an array as long as ``values``.

    Raises
    ------
    ScanError
        As :func:`signals`.
    """
    found = [signals(sequence, field_t, of, **{**given, setting: float(value)}) for value in values]
    return {name: np.array([one[name] for one in found]) for name in of}


def oedematous(field_t: float) -> tissue.Tissue:
    """White matter with fully developed vasogenic oedema."""
    value, normal = tissue.parameter, tissue.tissues(field_t)["white"]
    return replace(
        normal,
        t1=normal.t1 * value("oedema", "t1_factor"),
        t2=normal.t2 * value("oedema", "t2_factor"),
        t2_star=normal.t2_star * 1.35,
        pd=normal.pd * value("oedema", "pd_factor"),
        adc=value("oedema", "adc_white"),
        support="illustrative",
        source="factors of the group oedema",
    )


def adc_map(without: Volume, weighted: Volume, b: float, least: float = 0.2) -> Volume:
    """ADC from two pictures of one scale, pixel by pixel [1e-3 mm2/s]; 0 where there is hardly any signal.

    Parameters
    ----------
    without, weighted
        The pictures without and with diffusion weighting, as of the sequences "DWI b0" and "DWI".
    b
        Diffusion weighting [s/mm2].
    least
        Signal without weighting below which a pixel is left out.

    Raises
    ------
    ScanError
        When the pictures differ in size, or ``b`` is not above 0.
    """
    if without.shape != weighted.shape:
        raise ScanError(
            f'"weighted": must have the size of "without", {without.shape}; found {weighted.shape}; take one slice'
        )
    if not b > 0:
        raise ScanError(f'"b": must be more than 0; found {b!r}; an ADC needs a weighting')
    seen = (without > least) & (weighted > 1e-3)
    out = signal.apparent_diffusion(np.where(seen, without, 1.0), np.where(seen, weighted, 1.0), b)
    return np.asarray(np.where(seen, np.clip(out, 0, None), 0), np.float32)
