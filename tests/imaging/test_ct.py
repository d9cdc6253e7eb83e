"""The plain CT: densities, what is seen early and what is not."""

from __future__ import annotations

import numpy as np
import pytest

from pres_teach.imaging import Lesion, Scan, acquire, ct, tissue


@pytest.fixture(scope="module")
def bled() -> Scan:
    return acquire(Lesion(oedema_ml=40, peak_ml=40, haematoma_ml=8, microbleeds=4, seed=4, since_onset_h=24), seed=4)


def test_every_density_says_how_well_it_is_known_and_lies_in_its_range() -> None:
    for one in tissue.densities().values():
        assert one.support in tissue.SUPPORT
        assert one.reasoning
        assert one.range[0] <= one.hu <= one.range[1]


def test_tissues_have_their_densities(normal: Scan) -> None:
    of, k = tissue.densities(), normal.index_of(16)
    head, picture = normal.head, ct.noise_free(normal, normal.index_of(16))
    clear = (head.void[k] < 0.01) & (head.choroid[k] < 0.01)
    assert float(picture[(head.white[k] > 0.99) & clear].mean()) == pytest.approx(of["white"].hu, abs=0.5)
    assert float(picture[(head.grey[k] > 0.97) & clear].mean()) == pytest.approx(of["grey"].hu, abs=1)
    assert float(picture[head.ventricle[k] & (head.fluid[k] > 0.97) & clear].mean()) == pytest.approx(
        of["fluid"].hu, abs=2
    )
    assert float(picture[head.shell["bone"][k] > 0.98].min()) > 500
    assert float(picture[:5, :5].mean()) == -1000


def test_a_haematoma_is_white_and_microbleeds_are_not_seen(bled: Scan) -> None:
    k = int((bled.drawn.haematoma > 0.9).sum(axis=(1, 2)).argmax())
    clot = bled.drawn.haematoma[k] > 0.98
    assert 50 <= float(bled.values("CT", k)[clot].mean()) <= 80
    assert "White, much denser than brain: a rounded area" in bled.describe("CT", k)
    dot = bled.index_of(bled.drawn.dots_mm[0][2])
    assert "dot" in bled.describe("SWI", dot)
    assert "dot" not in bled.describe("CT", dot)


def test_early_pres_drowns_in_the_noise_and_a_large_one_is_darker() -> None:
    def contrast(ml: float) -> tuple[float, float]:
        scan = acquire(Lesion(oedema_ml=ml, peak_ml=ml, seed=4, sites=()), seed=4)
        k = int(scan.drawn.extent.sum(axis=(1, 2)).argmax())
        inside = scan.drawn.extent[k] & (scan.head.white[k] > 0.8)
        outside = ~scan.drawn.extent[k] & (scan.drawn.water[k] < 0.01) & (scan.head.white[k] > 0.8)
        picture = scan.values("CT", k)
        return float(picture[outside].mean() - picture[inside].mean()), float(picture[outside].std())

    early, noise = contrast(4)
    late, _ = contrast(60)
    assert early < 2.5 * noise
    assert 4 < late < 16
    assert noise > 2


def test_a_ct_knows_no_field_strength(normal: Scan) -> None:
    other = acquire(normal.lesion, seed=normal.seed, field_t=1.5)
    np.testing.assert_array_equal(normal.values("CT", 20), other.values("CT", 20))


def test_a_clot_in_a_sinus_is_denser_than_blood(normal: Scan) -> None:
    filled = acquire(Lesion(pattern="venous infarct", oedema_ml=30, peak_ml=30, since_onset_h=48, seed=4), seed=4)
    k = filled.index_of(28)
    where = (filled.drawn.thrombus[k] > 0.9) & (filled.head.void[k] > 0.9)
    assert where.sum() > 6
    assert float(ct.noise_free(filled, k)[where].mean()) > float(ct.noise_free(normal, k)[where].mean()) + 10
    assert "Whiter than flowing blood" in filled.describe("CT", k)


def test_the_plexus_calcifies_with_age() -> None:
    young, old = (acquire(Lesion(seed=4), seed=4, age_years=age) for age in (16, 75))
    assert float(ct._lime(young, young.index_of(4)).max()) < 0.05
    assert max(float(ct._lime(old, k).max()) for k in range(14, 22)) > 0.3


def test_right_is_on_the_left_of_the_picture(normal: Scan) -> None:
    scan = acquire(Lesion(oedema_ml=60, peak_ml=60, asymmetry=1, seed=4, sites=()), seed=4)
    k = int(scan.drawn.extent.sum(axis=(1, 2)).argmax())
    less = ct.noise_free(normal, k) - ct.noise_free(scan, k)
    half = less.shape[1] // 2
    assert less[:, :half].sum() > 2 * less[:, half + 1 :].sum() > 0


def test_the_window_is_wide_and_a_ct_has_no_echo_times(normal: Scan) -> None:
    mosaic = normal.mosaic("CT")
    assert (mosaic.window_low, mosaic.window_high) == (-10, 90)
    assert normal.parameters["CT"]["TR_ms"] == 0
    assert normal.slice("CT", 20).dtype == np.uint8
