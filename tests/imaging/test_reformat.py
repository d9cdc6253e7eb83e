"""Coronal and sagittal pictures: coarse, on the right side, and refused outside the head."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pres_teach.imaging import Lesion, Scan, ScanError, acquire, grid


@pytest.fixture(scope="module")
def right_sided() -> Scan:
    return acquire(Lesion(oedema_ml=60, peak_ml=60, asymmetry=1, seed=4, sites=()), seed=4)


def test_its_rows_are_lines_of_the_axial_slices(peak: Scan) -> None:
    coronal, row = peak.plane("coronal", -70).values, int(grid.Y_MM[0] + 70)
    sagittal, column = peak.plane("sagittal", 30).values, int(grid.X_MM[0] - 30)
    assert coronal.shape == (137, grid.SHAPE[2])
    assert sagittal.shape == (137, grid.SHAPE[1])
    for k in (3, 20, 30):
        up = 4 * (grid.SHAPE[0] - 1 - k)
        np.testing.assert_allclose(coronal[up], peak.values("FLAIR", k)[row], atol=1e-4)
        np.testing.assert_allclose(sagittal[up], peak.values("FLAIR", k)[:, column], atol=1e-4)


def test_the_patients_right_is_on_the_left_of_a_coronal_picture(right_sided: Scan) -> None:
    normal = acquire(Lesion(seed=4), seed=4)
    more = right_sided.plane("coronal", -75).values - normal.plane("coronal", -75).values
    half = more.shape[1] // 2
    assert more[:, :half].sum() > 2 * abs(more[:, half + 1 :].sum())


def test_the_head_is_above_and_the_front_is_on_the_left(normal: Scan) -> None:
    middle = normal.plane("sagittal", 0, "T1")
    tissue = middle.values > 0.35
    assert tissue[-20:, 110:150].mean() > tissue[:10, 110:150].mean()  # brainstem and cerebellum below
    cerebellum = normal.plane("sagittal", 20).values[-25:]
    assert cerebellum[:, 111:].sum() > cerebellum[:, :111].sum()


@pytest.mark.parametrize("kind", ["coronal", "sagittal"])
def test_it_is_said_to_be_coarse(peak: Scan, kind: str) -> None:
    made = peak.plane(kind, 20, "T2")
    assert made.note.startswith("Coarse: put together from axial slices 4 mm apart")
    assert f"coarse {kind} reformat" in made.alt
    assert Image.open(io.BytesIO(made.png())).size == (2 * made.picture.shape[1], 2 * made.picture.shape[0])


def test_words_name_the_places_that_are_crossed(right_sided: Scan) -> None:
    assert "right occipital lobe" in right_sided.plane("coronal", -80).alt
    assert "Nothing that differs" in right_sided.plane("coronal", 40).alt


@pytest.mark.parametrize("at_mm", [-130, 120, float("nan")])
def test_a_plane_outside_the_head_is_refused(normal: Scan, at_mm: float) -> None:
    with pytest.raises(ScanError, match='"at_mm": the brain lies between y = -1[01]'):
        normal.plane("coronal", at_mm)


def test_another_plane_is_refused(normal: Scan) -> None:
    with pytest.raises(ScanError, match='"kind": must be one of coronal, sagittal; found "oblique"'):
        normal.plane("oblique", 0)
    with pytest.raises(ScanError, match="axial slices are those of slice"):
        normal.plane("axial", 0)
