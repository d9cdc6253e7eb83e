"""Schematic projections of arteries and veins."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pres_teach.imaging import Lesion, Scan, ScanError, acquire, angiogram, vesseltree

DIAGNOSES = ("PRES", "RCVS", "vasoconstriction", "thrombosis", "stenosis", "infarct")


@pytest.fixture(scope="module")
def constricted() -> Scan:
    return acquire(Lesion(pattern="convexity bleeding", oedema_ml=4, peak_ml=4, since_onset_h=72, seed=4), seed=4)


@pytest.fixture(scope="module")
def clotted() -> Scan:
    return acquire(Lesion(pattern="venous infarct", oedema_ml=30, peak_ml=30, since_onset_h=48, seed=4), seed=4)


def test_arteries_are_smooth_in_pres_and_beaded_in_vasoconstriction(normal: Scan, constricted: Scan) -> None:
    assert not normal.angiogram("MRA").narrowed
    assert constricted.angiogram("MRA").narrowed
    assert "like beads on a string" in constricted.angiogram("MRA").alt
    assert "are smooth, too" in normal.angiogram("MRA").alt


def test_beads_narrow_and_widen_cerebral_arteries_and_leave_the_carotid_alone() -> None:
    for plain, beaded in zip(vesseltree.arteries(4), vesseltree.arteries(4, 1.0), strict=True):
        ratio = beaded.radii / plain.radii
        if plain.name == "middle cerebral" and len(ratio) > 60:
            assert float(ratio.min()) < 0.45
            assert float(ratio.max()) > 0.95
            turns = np.count_nonzero(np.diff(np.sign(np.diff(ratio))))
            assert turns >= 6
        if not plain.name.endswith(" cerebral"):
            np.testing.assert_array_equal(plain.radii, beaded.radii)


def test_the_first_angiogram_may_be_normal_and_the_next_days_not() -> None:
    def narrowed(hours: float) -> bool:
        lesion = Lesion(pattern="convexity bleeding", oedema_ml=4, peak_ml=4, since_onset_h=hours, seed=4)
        return acquire(lesion, seed=4).angiogram("MRA").narrowed

    assert [narrowed(h) for h in (2, 36, 24 * 100)] == [False, True, False]


def test_a_filled_sinus_is_missing_from_the_venogram(normal: Scan, clotted: Scan) -> None:
    flowing, blocked = (scan.angiogram("MRV", "side") for scan in (normal, clotted))
    assert flowing.filled == 0
    assert blocked.filled > 0.2
    assert "superior sagittal sinus, is missing" in blocked.alt
    top = slice(0, 60)  # where the sagittal sinus runs
    assert (flowing.picture[top] > 150).sum() > 5 * (blocked.picture[top] > 150).sum()


def test_no_words_of_a_diagnosis(normal: Scan, constricted: Scan, clotted: Scan) -> None:
    for scan in (normal, constricted, clotted):
        for kind in angiogram.KINDS:
            for view in angiogram.VIEWS:
                made = scan.angiogram(kind, view)
                assert not any(word in made.alt for word in DIAGNOSES)
                assert "schematic" in made.alt


def test_the_patients_right_is_on_the_left_of_the_picture() -> None:
    right = vesseltree.Piece("x", np.array([[40.0, 0.0, 0.0]]), np.array([3.0]))
    for view in ("front", "above"):
        picture = angiogram._projected((right,), view, 1, "MRA").astype(float)
        assert picture[:, : picture.shape[1] // 2].max() > 200
        assert picture[:, picture.shape[1] // 2 :].max() < 120
    front = vesseltree.Piece("x", np.array([[0.0, 60.0, 0.0]]), np.array([3.0]))
    side = angiogram._projected((front,), "side", 1, "MRA").astype(float)
    assert side[:, : side.shape[1] // 2].max() > 200


def test_the_same_patient_has_the_same_vessels_and_another_has_others(normal: Scan) -> None:
    again = angiogram.angiogram(normal, "MRA")
    np.testing.assert_array_equal(again.picture, normal.angiogram("MRA").picture)
    other = acquire(Lesion(seed=9), seed=9)
    assert (other.angiogram("MRA").picture != again.picture).mean() > 0.2


def test_vessels_lie_inside_the_head() -> None:
    for piece in (*vesseltree.arteries(5), *vesseltree.veins(5)):
        assert float(np.abs(piece.points[:, 0]).max()) < 78
        assert float(piece.points[:, 1].min()) > -115
        assert float(piece.points[:, 1].max()) < 80
        assert float(piece.radii.min()) > 0


def test_picture_as_png(normal: Scan) -> None:
    made = normal.angiogram("MRV", "above")
    assert Image.open(io.BytesIO(made.png())).size == made.picture.shape[::-1]
    assert made.note.startswith("Schematic")


def test_other_kinds_and_views_are_refused_and_it_has_no_slices(normal: Scan) -> None:
    with pytest.raises(ScanError, match='"kind": must be one of MRA, MRV; found "CTA"'):
        normal.angiogram("CTA")
    with pytest.raises(ScanError, match='"view": must be one of front, side, above; found "behind"'):
        normal.angiogram("MRA", "behind")
    with pytest.raises(ScanError, match='it has no slices: use angiogram\\("MRA"\\)'):
        normal.slice("MRA", 3)
