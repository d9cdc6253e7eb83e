from __future__ import annotations

import hashlib
from importlib import resources

import numpy as np
import pytest

from pres_teach.imaging import anatomy as rooms
from pres_teach.imaging import grid
from pres_teach.imaging.anatomy import Anatomy, AssetError, anatomy, sulcal_width, template

PINNED = (resources.files("pres_teach.imaging") / "anatomy.sha256").read_text(encoding="ascii").split()[0]


@pytest.fixture(scope="module")
def head() -> Anatomy:
    return anatomy(4)


def test_asset_is_the_pinned_one() -> None:
    data = (resources.files("pres_teach.imaging") / "anatomy.bin").read_bytes()
    assert hashlib.sha256(data).hexdigest() == PINNED
    assert len(data) < 700_000


def test_asset_carries_the_notice_of_the_template() -> None:
    text = (resources.files("pres_teach.imaging") / "MNI_COPYING.txt").read_text(encoding="utf-8")
    assert template().notice == text
    assert "Copyright (C) 1993-2004 Louis Collins" in text


def test_damaged_asset_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Damaged:
        def __truediv__(self, name: str) -> Damaged:
            return self

        def read_bytes(self) -> bytes:
            return b"PTBRAIN1 but not ours"

        def read_text(self, encoding: str) -> str:
            return "0" * 64 + "  anatomy.bin"

    monkeypatch.setattr(rooms.resources, "files", lambda package: Damaged())
    with pytest.raises(AssetError, match='"anatomy.bin": sha256 must be 0000'):
        template.__wrapped__()


def test_fractions_fill_the_brain_and_no_more(head: Anatomy) -> None:
    total = head.white + head.grey + head.fluid
    assert float(total.min()) >= 0
    assert float(np.percentile(total, 99.9)) < 1.1
    inside = (head.white + head.grey) > 0.95
    np.testing.assert_allclose(total[inside].mean(), 1.0, atol=0.02)


def test_brain_has_the_size_of_a_brain(head: Anatomy) -> None:
    assert 1000 < float((head.white + head.grey).sum() * grid.VOXEL_ML) < 1800


def test_brainstem_and_cerebellum_are_whole(head: Anatomy) -> None:
    tissue = head.white + head.grey
    assert grid.Z_MM[0] == -60
    below = tissue[grid.Z_MM < -40].sum() * grid.VOXEL_ML
    assert below > 40


def test_no_synthetic_face_is_shown(head: Anatomy) -> None:
    low = grid.Z_MM < -34
    front = grid.Y_MM > 60
    for layer in head.shell.values():
        assert float(layer[low][:, front].max()) < 0.02


def test_every_patient_has_another_brain_of_his_own(head: Anatomy) -> None:
    other = anatomy(5)
    assert float(np.abs(other.grey - head.grey).mean()) > 0.02
    right_left = np.abs(head.white - head.white[:, :, ::-1]).mean()
    assert float(right_left) > 0.01


def test_sulci_open_with_age(head: Anatomy) -> None:
    old = anatomy(4, 75.0)
    sulci = head.depth_mm > 3
    assert float(old.fluid[sulci].sum()) > 1.1 * float(head.fluid[sulci].sum())
    assert sulcal_width(20) < sulcal_width(50) < sulcal_width(80)


def test_skull_has_no_wavy_halo(head: Anatomy) -> None:
    """Along the skin the distance to the middle changes slowly: no ripple shorter than 40 degrees."""
    k = int(np.argmin(np.abs(grid.Z_MM - 28)))
    outside = (sum(layer[k].astype(float) for layer in head.shell.values()) > 0.5) | ((head.white + head.grey)[k] > 0.5)
    rows, columns = np.nonzero(outside)
    x, y = grid.X_MM[columns], grid.Y_MM[rows] + 18
    angle = np.floor((np.arctan2(y, x) / (2 * np.pi) + 0.5) * 120).astype(int) % 120
    radius = np.zeros(120)
    np.maximum.at(radius, angle, np.hypot(x, y))
    ripple = np.abs(np.fft.rfft(radius))[14:] / 120
    assert float(ripple.max()) < 0.5


def test_deep_iron_and_veins_are_there(head: Anatomy) -> None:
    z, y, x = grid.mesh()
    pallidum = (np.abs(np.abs(x) - 18) < 3) & (np.abs(y + 4) < 4) & (np.abs(z) < 3)
    assert float(head.iron[pallidum].mean()) > 0.3
    assert float((head.vein > 0.3).sum()) > 2000


def test_noise_field_is_the_same_whatever_was_drawn_before() -> None:
    once = grid.smooth_noise(5.0, np.random.default_rng(3))
    again = grid.smooth_noise(5.0, np.random.default_rng(3))
    np.testing.assert_array_equal(once, again)
    assert abs(float(once.mean())) < 0.2
    assert 0.7 < float(once.std()) < 1.3
