"""The optional view in three planes: where its packages are, and where they are not."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from pres_teach.imaging import Lesion, ScanError, acquire
from pres_teach.widgets import Html, Lesson
from pres_teach.widgets import volume_view as room

from .conftest import press


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python without ipyniivue."""
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ipyniivue" else found(name))


@pytest.mark.usefixtures("bare")
def test_without_its_packages_it_says_what_to_install(first: Lesson) -> None:
    said = first.scan_in_3d("normal")
    assert isinstance(said, Html)
    assert "pip install &quot;pres_teach[viewer3d]&quot;" in said.body
    assert "This view needs ipyniivue, which is not installed here." in said.body
    assert repr(said) == "The same head, normal, in three planes: not installed (ipyniivue)"


def test_before_the_first_scan_it_says_so_and_afterwards_it_shows_it(open_lesson: Callable[..., Lesson]) -> None:
    opened = open_lesson()
    assert "No scan has been made yet." in opened.scan_in_3d().body
    press(opened.bedside(), "test", id="mri")
    view = opened.scan_in_3d()
    assert "No scan has been made yet." not in getattr(view, "body", "")


def test_an_unknown_sequence_or_scan_is_refused(first: Lesson) -> None:
    with pytest.raises(ScanError, match='"sequence": must be one of'):
        first.scan_in_3d("normal", "PET")
    with pytest.raises(ValueError, match='"which": one of latest, normal; found "best"'):
        first.scan_in_3d("best")


def test_the_package_runs_without_the_extra() -> None:
    code = "import sys; import pres_teach.widgets; sys.exit(any(n in sys.modules for n in ('ipyniivue', 'nibabel')))"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_view_has_words_above_it_and_the_right_on_the_left(first: Lesson) -> None:
    pytest.importorskip("ipyniivue")
    words, picture = first.scan_in_3d("normal").children
    assert "SYNTHETIC." in words.body
    assert "coarse reformat" in words.body
    assert "coarse reformat" in words.static_html()
    assert picture.opts.is_radiological_convention
    assert len(picture.volumes) == 1


def test_the_file_of_a_volume_has_left_where_left_is() -> None:
    nibabel = pytest.importorskip("nibabel")
    scan = acquire(Lesion(oedema_ml=30, peak_ml=30, asymmetry=0.8, seed=2), seed=2)
    image = nibabel.Nifti1Image.from_bytes(room.nifti(scan, "FLAIR"))
    index, row, column = 18, 150, 40
    values = scan.values("FLAIR", index)
    at = np.linalg.inv(image.affine) @ [*scan.mni(index, column, row), 1]
    i, j, k = np.round(at[:3]).astype(int)
    assert image.get_fdata()[i, j, k] == pytest.approx(values[row, column], rel=1e-3)
    assert nibabel.aff2axcodes(image.affine) == ("L", "P", "S")
    assert b"SYNTHETIC" in image.header["descrip"].item()
    assert scan.mni(index, column, row)[0] > 0  # a column on the image's left is the patient's right
