"""The physics side step: what other times and weightings do to a slice, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach.imaging import Scan, ScanError, adc_map, curve, settings, signals, tissue
from pres_teach.imaging.scan import noise_free


def test_usual_settings_give_the_usual_slice(normal: Scan) -> None:
    k = normal.index_of(16)
    np.testing.assert_allclose(normal.measured_with("FLAIR", k), normal.values("FLAIR", k), atol=0.01)


def test_fluid_is_dark_on_flair_at_one_inversion_time_only(normal: Scan) -> None:
    k = normal.index_of(16)
    deep = normal.head.ventricle[k] & (normal.head.fluid[k] > 0.95) & (normal.head.choroid[k] < 0.05)
    usual = float(normal.values("FLAIR", k)[deep].mean())
    early = float(normal.measured_with("FLAIR", k, TI_ms=1200)[deep].mean())
    late = float(normal.measured_with("FLAIR", k, TI_ms=4000)[deep].mean())
    assert usual < 0.2
    assert early > 1
    assert late > 1


def test_a_longer_echo_time_darkens_white_matter_as_its_t2_says(normal: Scan) -> None:
    k = normal.index_of(28)
    white = (normal.head.white[k] > 0.99) & (normal.head.long_t2[k] < 0.01)
    ratio = (
        normal.measured_with("T2", k, TE_ms=150)[white].mean() / normal.measured_with("T2", k, TE_ms=95)[white].mean()
    )
    assert float(ratio) == pytest.approx(math.exp(-(150 - 95) / 79.6), rel=0.06)


def test_without_weighting_dwi_is_its_b0(peak: Scan) -> None:
    k = peak.index_of(28)
    how = settings.changed("DWI", b=0)
    np.testing.assert_allclose(noise_free(peak, "DWI", k, how), noise_free(peak, "DWI b0", k), rtol=1e-5)


def test_adc_is_computed_from_b0_and_b1000(peak: Scan) -> None:
    k = peak.index_of(28)
    made = adc_map(noise_free(peak, "DWI b0", k), noise_free(peak, "DWI", k), 1000)
    brain = (peak.head.white[k] + peak.head.grey[k]) > 0.9
    np.testing.assert_allclose(made[brain], noise_free(peak, "ADC", k)[brain], atol=0.01)


def test_adc_computed_from_noisy_pictures_is_that_of_the_map(peak: Scan) -> None:
    k = peak.index_of(28)
    made = adc_map(peak.values("DWI b0", k), peak.values("DWI", k), 1000)
    lesion = peak.drawn.extent[k] & (peak.drawn.restricted[k] < 0.05) & (peak.head.white[k] > 0.9)
    normal = (peak.head.white[k] > 0.97) & (peak.drawn.oedema[k] < 0.01)
    assert float(np.median(made[normal])) == pytest.approx(0.72, abs=0.04)
    assert float(np.median(made[lesion])) == pytest.approx(float(np.median(peak.values("ADC", k)[lesion])), abs=0.06)


@pytest.mark.parametrize(("field_t", "null_ms"), [(3.0, 2372), (1.5, 1705)])
def test_curve_of_the_inversion_time_crosses_zero_where_fluid_is_nulled(field_t: float, null_ms: float) -> None:
    times = np.arange(500.0, 4001.0, 1.0)
    fluid = curve("FLAIR", "TI_ms", times, field_t)["fluid"]
    assert times[np.argmin(np.abs(fluid))] == pytest.approx(null_ms, abs=1)
    assert fluid[0] < 0 < fluid[-1]


def test_oedema_is_brighter_than_white_matter_on_flair_and_t2_and_darker_on_t1() -> None:
    for field_t in tissue.FIELDS_T:
        for sequence, brighter in (("FLAIR", True), ("T2", True), ("T1", False)):
            found = signals(sequence, field_t, ("white", "oedema"))
            assert (found["oedema"] > found["white"]) is brighter


@given(b=st.floats(100, 3000), adc=st.floats(0.2, 3.0))
def test_adc_of_two_echoes_is_what_went_in(b: float, adc: float) -> None:
    without = np.full((2, 2), 2.0, np.float64)
    weighted = without * math.exp(-b * adc / 1000)
    expected = adc if weighted[0, 0] > 1e-3 else 0.0
    np.testing.assert_allclose(adc_map(without, weighted, b), expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("sequence", "given_settings", "said"),
    [
        ("FLAIR", {"TE_ms": 0}, '"TE_ms": must be more than 0; found 0; an echo takes time'),
        ("T2", {"TR_ms": -5000}, '"TR_ms": must be more than 0; found -5000'),
        ("FLAIR", {"TI_ms": 0}, '"TI_ms": must be more than 0; found 0'),
        ("FLAIR", {"TI_ms": 9000}, '"TI_ms" \\+ "TE_ms": must be shorter than TR; found 9110 of 9000 ms'),
        ("T2", {"TI_ms": 900}, '"TI_ms": T2 is set by TR_ms, TE_ms; found 900; leave "TI_ms" out'),
        ("T2", {"b": 500}, '"b": T2 is set by TR_ms, TE_ms; found 500'),
        ("DWI", {"b": -1}, '"b": must lie between 0 and 5000 s/mm2; found -1'),
        ("ADC", {"b": 0}, '"b": must lie between 1 and 5000 s/mm2; found 0; an ADC needs a weighting'),
        ("SWI", {"flip_deg": 0}, '"flip_deg": must be more than 0 and at most 90'),
        ("T1", {"TE_ms": float("nan")}, '"TE_ms": must be a finite number; found nan'),
        ("T1", {"TE_ms": "short"}, "\"TE_ms\": must be a finite number; found 'short'"),
        ("CT", {"TE_ms": 10}, "a CT has no echoes"),
    ],
)
def test_what_no_scanner_can_measure_is_refused_in_words(
    normal: Scan, sequence: str, given_settings: dict[str, float], said: str
) -> None:
    with pytest.raises(ScanError, match=said):
        normal.measured_with(sequence, 20, **given_settings)


def test_a_slice_outside_the_head_is_refused_here_too(normal: Scan) -> None:
    with pytest.raises(ScanError, match='"index": must lie between 0 and 34; found 35'):
        normal.measured_with("T1", 35, TE_ms=5)


def test_pictures_of_different_size_give_no_adc() -> None:
    with pytest.raises(ScanError, match='"weighted": must have the size of "without"'):
        adc_map(np.ones((2, 2), np.float32), np.ones((2, 3), np.float32), 1000)
    with pytest.raises(ScanError, match='"b": must be more than 0; found 0'):
        adc_map(np.ones((2, 2), np.float32), np.ones((2, 2), np.float32), 0)


def test_unknown_tissue_is_refused() -> None:
    with pytest.raises(ScanError, match='"of": must be of white, grey'):
        signals("T1", of=("tumour",))
