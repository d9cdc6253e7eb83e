"""What leaves the package: NIfTI files and slides."""

from __future__ import annotations

import builtins
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pres_teach.imaging import SLICED, ExportError, Lesion, Scan, ScanError, acquire, slide, template_notice, to_nifti

DIAGNOSES = ("PRES", "encephalopathy", "infarct", "oedema", "vasogenic")


@pytest.fixture(scope="module")
def image(peak: Scan) -> Any:
    nibabel = pytest.importorskip("nibabel")
    return nibabel.Nifti1Image.from_bytes(to_nifti(peak, "FLAIR").to_bytes())


@pytest.mark.parametrize("voxel", [(0, 0, 0), (60, 150, 22), (184, 221, 34)])
def test_a_voxel_lies_where_the_scan_says(image: Any, peak: Scan, voxel: tuple[int, int, int]) -> None:
    column, row, index = voxel
    np.testing.assert_allclose((image.affine @ [*voxel, 1])[:3], peak.mni(index, column, row), atol=1e-4)


def test_values_come_back_as_they_were_measured(image: Any, peak: Scan) -> None:
    volume = np.asarray(image.dataobj)
    assert volume.shape == (185, 222, 35)
    np.testing.assert_array_equal(volume[:, :, 22].T, peak.values("FLAIR", 22))


def test_orientation_says_what_the_array_is(image: Any) -> None:
    import nibabel

    assert nibabel.aff2axcodes(image.affine) == ("L", "P", "S")
    np.testing.assert_allclose(image.get_qform(), image.get_sform(), atol=1e-5)
    assert image.header.get_zooms() == (1.0, 1.0, 4.0)
    assert image.header.get_xyzt_units()[0] == "mm"


def test_left_is_left_in_a_viewer_that_follows_the_affine() -> None:
    nibabel = pytest.importorskip("nibabel")
    normal, sided = (
        acquire(Lesion(oedema_ml=ml, peak_ml=ml, asymmetry=-1, seed=4, sites=()), seed=4) for ml in (0, 50)
    )
    more = [
        np.asarray(nibabel.as_closest_canonical(to_nifti(scan, "T2")).dataobj) for scan in (normal, sided)
    ]  # now x grows to the patient's right
    change = np.clip(more[1] - more[0], 0, None)
    assert change[:92].sum() > 3 * change[93:].sum()


def test_the_file_says_synthetic_and_carries_the_notice(image: Any) -> None:
    assert b"SYNTHETIC" in bytes(image.header["descrip"])
    note = image.header.extensions[0].get_content().decode("ascii")
    assert note.startswith("SYNTHETIC")
    assert template_notice() in note


def test_a_ct_goes_out_in_hounsfield_units(normal: Scan) -> None:
    pytest.importorskip("nibabel")
    volume = np.asarray(to_nifti(normal, "CT").dataobj)
    assert float(volume.min()) < -900
    assert float(volume.max()) > 700


def test_without_nibabel_the_remedy_is_named(normal: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        if name.split(".")[0] == "nibabel":
            raise ModuleNotFoundError(name)
        return found(name, globals, locals, fromlist or (), level)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ExportError, match='"nibabel": needed to write NIfTI files; not installed here; pip install'):
        to_nifti(normal, "FLAIR")
    with pytest.raises(ScanError, match='did you mean "FLAIR"'):
        to_nifti(normal, "flare")


def test_a_slide_carries_caption_licence_and_the_word_synthetic(peak: Scan) -> None:
    made = slide(peak, ("FLAIR", "ADC", "CT"), (4, 28), 1.2, title="A headache two weeks after a kidney")
    picture = Image.open(io.BytesIO(made.png))
    assert made.caption.startswith("A headache two weeks after a kidney. FLAIR, ADC at 3 T; CT without contrast; axial")
    assert "SYNTHETIC: computed, not a patient" in made.caption
    assert "Copyright (C) 1993-2004 Louis Collins" in made.licence
    assert picture.text["Description"] == made.caption
    assert picture.text["Copyright"] == template_notice()
    below = np.asarray(picture)[4 + 3 * (round(222 * 1.2) + 4) :]
    assert (below > 150).sum() > 600  # the words are in the picture too


def test_a_slide_is_described_slice_by_slice_without_a_diagnosis(peak: Scan) -> None:
    alt = slide(peak, ("FLAIR", "SWI"), (28, 40)).alt
    assert alt.count("Synthetic") == 5
    assert not any(word in alt for word in DIAGNOSES)


def test_a_slide_says_when_after_onset(peak: Scan) -> None:
    later = acquire(Lesion(oedema_ml=20, peak_ml=60, since_onset_h=240, seed=4), seed=4, age_years=61)
    assert "age 61, 10 days after onset" in slide(later, ("T2",), (28,)).caption
    assert "after onset" not in slide(peak, ("T2",), (28,)).caption


def test_what_cannot_be_a_slide_is_refused(peak: Scan) -> None:
    with pytest.raises(ScanError, match='"title": at most 120 characters; found 121'):
        slide(peak, title="x" * 121)
    with pytest.raises(ScanError, match='"scale": must lie between 0.25 and 6; found 50'):
        slide(peak, scale=50)
    with pytest.raises(ScanError, match='"sequences": a list of names; found "FLAIR"'):
        slide(peak, "FLAIR")


def test_every_picture_with_slices_goes_out(normal: Scan) -> None:
    made = slide(normal, SLICED, (16,), 0.5)
    assert Image.open(io.BytesIO(made.png)).height > 9 * 111
