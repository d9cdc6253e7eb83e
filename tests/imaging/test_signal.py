from __future__ import annotations

import math

import numpy as np
import pytest

from pres_teach.imaging import Lesion, acquire, signal, tissue
from pres_teach.imaging.scan import noise_free

FIELDS = (1.5, 3.0)


def plainly(how: tissue.Sequence, of: tissue.Tissue) -> float:
    """The same equations written again, from text books, with the standard library."""
    if how.kind == "inversion recovery":
        along = 1 - 2 * math.exp(-how.ti / of.t1) + math.exp(-how.tr / of.t1)
        return of.pd * along * math.exp(-how.te / of.t2)
    if how.kind == "gradient echo":
        angle = math.radians(how.flip_deg)
        recovery = math.exp(-how.tr / of.t1)
        steady = math.sin(angle) * (1 - recovery) / (1 - math.cos(angle) * recovery)
        return of.pd * steady * math.exp(-how.te / of.t2_star)
    echo = of.pd * (1 - math.exp(-how.tr / of.t1)) * math.exp(-how.te / of.t2)
    return echo * math.exp(-how.b * of.adc / 1000)


@pytest.mark.parametrize("field_t", FIELDS)
@pytest.mark.parametrize("name", ["white", "grey", "fluid", "fat", "soft", "vein"])
@pytest.mark.parametrize("sequence", ["FLAIR", "T2", "T1", "DWI", "DWI b0", "SWI"])
def test_each_tissue_gives_what_the_equations_say(field_t: float, name: str, sequence: str) -> None:
    how, of = tissue.sequences(field_t)[sequence], tissue.tissues(field_t)[name]
    assert tissue.signal_of(how, of) == pytest.approx(plainly(how, of), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(("field_t", "ti"), [(3.0, 2372), (1.5, 1705)])
def test_flair_nulls_cerebrospinal_fluid(field_t: float, ti: float) -> None:
    how = tissue.sequences(field_t)["FLAIR"]
    assert how.ti == pytest.approx(ti, abs=1)
    assert abs(tissue.signal_of(how, tissue.tissues(field_t)["fluid"])) < 1e-5


def test_adc_is_recovered_from_two_echoes() -> None:
    without = signal.spin_echo(832.0, 80.0, 0.7, tr=6000, te=80)
    weighted = signal.spin_echo(832.0, 80.0, 0.7, tr=6000, te=80, b=1000, adc=0.72)
    assert signal.apparent_diffusion(without, weighted, 1000) == pytest.approx(0.72)


def test_every_number_says_how_well_it_is_known() -> None:
    read = tissue.document()
    for tissues in read["tissues"].values():
        assert all(one["support"] in tissue.SUPPORT and one["source"] for one in tissues.values())
    for group in ("oedema", "restricted", "normal_variation", "contrast"):
        for one in read[group].values():
            assert one["support"] in tissue.SUPPORT
            assert one["reasoning"]
            assert one["range"][0] <= one["value"] <= one["range"][1]


@pytest.mark.parametrize("field_t", FIELDS)
def test_normal_picture_has_the_signal_of_its_tissues(field_t: float) -> None:
    scan = acquire(Lesion(seed=4), seed=4, field_t=field_t)
    k = scan.index_of(28)
    white = scan.head.white[k] > 0.99
    white &= (scan.head.long_t2[k] < 0.01) & (scan.head.iron[k] < 0.01) & (scan.head.void[k] < 0.01)
    for sequence in ("FLAIR", "T2", "T1", "DWI"):
        assert float(noise_free(scan, sequence, k)[white].mean()) == pytest.approx(1.0, abs=0.02)
    assert float(noise_free(scan, "ADC", k)[white].mean()) == pytest.approx(0.72, abs=0.01)


def test_mixed_voxel_adds_signed_signals_before_the_magnitude() -> None:
    """With a shorter inversion time fluid is negative: half fluid and half white matter cancel in part."""
    how = tissue.sequences(3.0)["FLAIR"]
    of = tissue.tissues(3.0)
    early = {n: signal.inversion_recovery(of[n].t1, of[n].t2, of[n].pd, tr=how.tr, te=how.te, ti=1500.0) for n in of}
    assert early["fluid"] < 0 < early["white"]
    assert abs(0.5 * early["fluid"] + 0.5 * early["white"]) < 0.5 * abs(early["fluid"]) + 0.5 * abs(early["white"])


def test_unknown_field_strength_is_refused() -> None:
    with pytest.raises(ValueError, match='"field_t": must be 1.5 or 3.0'):
        acquire(Lesion(), seed=1, field_t=7.0)


def test_blur_and_noise_are_small_beside_the_signal() -> None:
    scan = acquire(Lesion(seed=4), seed=4)
    k = scan.index_of(28)
    white = scan.head.white[k] > 0.99
    measured, clean = scan.values("FLAIR", k)[white], noise_free(scan, "FLAIR", k)[white]
    assert float(np.std(measured - clean)) < 0.08
    assert float(np.std(measured - clean)) > 0.01
