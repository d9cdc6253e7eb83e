"""T1 with contrast: vessels always, brain only where a lesion takes it up."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from pres_teach.imaging import Lesion, Scan, acquire, measuring, tissue
from pres_teach.imaging.scan import noise_free

TAKES_UP = Lesion(oedema_ml=50, peak_ml=50, seed=4, since_onset_h=48, enhances=True)


@pytest.fixture(scope="module")
def bright() -> Scan:
    return acquire(TAKES_UP, seed=4)


@pytest.mark.parametrize("field_t", tissue.FIELDS_T)
def test_blood_with_contrast_follows_the_equation(field_t: float) -> None:
    how, blood = tissue.sequences(field_t)["T1+C"], tissue.tissues(field_t)["blood"]
    t1 = 1 / (1 / blood.t1 + 4.5e-3 * 0.8)
    t2 = 1 / (1 / blood.t2 + 5.5e-3 * 0.8)
    plainly = blood.pd * (1 - 2 * math.exp(-how.ti / t1) + math.exp(-how.tr / t1)) * math.exp(-how.te / t2)
    assert float(np.squeeze(measuring._of(how, blood, 1.0))) == pytest.approx(plainly, rel=1e-4)


def test_brain_brightens_where_the_lesion_takes_up_and_nowhere_else(bright: Scan) -> None:
    without = acquire(dataclasses.replace(TAKES_UP, enhances=False), seed=4)
    k = int((bright.drawn.enhancement > 0.4).sum(axis=(1, 2)).argmax())
    more = noise_free(bright, "T1+C", k) - noise_free(without, "T1+C", k)
    where = bright.drawn.enhancement[k] > 0.5
    assert where.sum() > 30
    assert float(more[where].mean()) > 0.2
    assert float(np.abs(more[bright.drawn.enhancement[k] < 1e-4]).max()) < 1e-3
    np.testing.assert_allclose(noise_free(bright, "T1", k), noise_free(without, "T1", k), atol=1e-6)


def test_normal_brain_hardly_changes_and_its_vessels_do(normal: Scan) -> None:
    k = normal.index_of(28)
    before, after = noise_free(normal, "T1", k), noise_free(normal, "T1+C", k)
    quiet = (normal.head.white[k] > 0.97) & (normal.head.vein[k] < 0.01)
    assert float((after - before)[quiet].mean()) == pytest.approx(0.07, abs=0.03)
    sinus = normal.head.void[k] > 0.8
    assert float(before[sinus].mean()) < 0.3
    assert float(after[sinus].mean()) > 1.3


def test_a_clot_leaves_a_gap_in_the_bright_sinus(normal: Scan) -> None:
    filled = acquire(Lesion(pattern="venous infarct", oedema_ml=30, peak_ml=30, since_onset_h=48, seed=4), seed=4)
    k = filled.index_of(28)
    clot = (filled.drawn.thrombus[k] > 0.8) & (filled.head.void[k] > 0.8)
    assert clot.sum() > 6
    assert float(noise_free(filled, "T1+C", k)[clot].mean()) < 0.7 * float(noise_free(normal, "T1+C", k)[clot].mean())
    assert "Grey instead of white: the large vein" in filled.describe("T1+C", k)


def test_uptake_is_told_with_contrast_only(bright: Scan) -> None:
    k = int((bright.drawn.enhancement > 0.4).sum(axis=(1, 2)).argmax())
    assert "Brighter after contrast medium" in bright.describe("T1+C", k)
    assert "contrast medium" not in bright.describe("T1", k)
    assert "Uptake of contrast medium" in bright.report()
