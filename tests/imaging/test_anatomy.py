from __future__ import annotations

import hashlib
from importlib import resources

import numpy as np
import pytest

from pres_teach.imaging import anatomy as rooms
from pres_teach.imaging import grid
from pres_teach.imaging.anatomy import (
    Anatomy,
    AssetError,
    anatomy,
    sulcal_width,
    template,
    ventricular_growth_mm,
)

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


def test_ventricles_grow_with_age_and_the_head_does_not(head: Anatomy) -> None:
    def fluid_ml(one: Anatomy) -> float:
        return float(one.fluid[one.ventricle].sum(dtype=np.float64) * grid.VOXEL_ML)

    young, old = anatomy(4, 20.0), anatomy(4, 80.0)
    assert fluid_ml(young) < fluid_ml(anatomy(4, 50.0)) < fluid_ml(old)
    assert 1.5 < fluid_ml(old) / fluid_ml(young) < 6
    assert ventricular_growth_mm(20) < 0 < ventricular_growth_mm(80)
    outline = [float((one.white + one.grey + one.fluid > 0.5).sum() * grid.VOXEL_ML) for one in (young, old)]
    assert outline[1] == pytest.approx(outline[0], rel=0.05)


def test_brain_around_grown_ventricles_is_pushed_and_not_lost() -> None:
    young, old = anatomy(4, 20.0), anatomy(4, 80.0)
    k = int(np.argmin(np.abs(grid.Z_MM - 16)))
    rim = ~old.ventricle[k] & (old.from_ventricle_mm[k] < 4) & (old.from_ventricle_mm[k] > 1.5)
    assert float((old.white + old.grey)[k][rim].mean()) > 0.8
    assert (old.ventricle[k] & ~young.ventricle[k]).sum() > 100


def test_the_ventricles_are_not_mirror_images(head: Anatomy) -> None:
    differences = []
    for seed in (4, 5):
        one = anatomy(seed)
        right, left = one.ventricle[:, :, :92].sum(), one.ventricle[:, :, 93:].sum()
        differences.append(abs(int(right) - int(left)) / int(right + left))
    assert max(differences) > 0.01


def test_the_same_patient_has_the_same_brain_in_another_run(head: Anatomy) -> None:
    again = anatomy.__wrapped__(4)
    for name in ("white", "grey", "fluid", "vein", "texture"):
        np.testing.assert_array_equal(getattr(again, name), getattr(head, name))


def test_fields_in_half_precision_hold_nothing_subnormal() -> None:
    field = np.array([0.0, 1e-7, 5e-5, 1e-3, -1e-6, 0.5], np.float32)
    made = grid.half(field)
    assert made.dtype == np.float16
    np.testing.assert_array_equal(made == 0, [True, True, True, False, True, False])


def test_a_random_field_of_a_part_is_that_part_of_the_field() -> None:
    where = (slice(3, 9), slice(50, 90), slice(20, 60))
    for sigma_mm in (2.4, 8.0):
        whole = grid.smooth_noise(sigma_mm, np.random.default_rng(3))
        part = grid.smooth_noise(sigma_mm, np.random.default_rng(3), where)
        np.testing.assert_array_equal(part, whole[where])
        assert float(whole.std()) == pytest.approx(1, abs=0.25)


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
