from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from pres_teach.imaging import SEQUENCES, Lesion, Scan, ScanError, acquire, grid, panel
from pres_teach.imaging.scan import noise_free

DIGEST = """
import hashlib
from pres_teach.imaging import Lesion, acquire
scan = acquire(Lesion(oedema_ml=30, peak_ml=40, restricted_ml=1, microbleeds=2, seed=9), seed=9)
mix = hashlib.sha256()
for sequence in scan.sequences:
    mix.update(scan.slice(sequence, scan.index_of(28)).tobytes())
print(mix.hexdigest())
"""


def test_same_arguments_give_the_same_pixels_in_another_process() -> None:
    found = []
    for hash_seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", DIGEST],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        found.append(ran.stdout.strip())
    scan = acquire(Lesion(oedema_ml=30, peak_ml=40, restricted_ml=1, microbleeds=2, seed=9), seed=9)
    mix = hashlib.sha256()
    for sequence in scan.sequences:
        mix.update(scan.slice(sequence, scan.index_of(28)).tobytes())
    assert found == [mix.hexdigest()] * 2


def test_pixels_do_not_depend_on_the_order_of_looking() -> None:
    lesion = Lesion(oedema_ml=21, peak_ml=21, seed=4)
    once = acquire(lesion, seed=4).values("DWI", 20)
    other = acquire(Lesion(oedema_ml=22, peak_ml=22, seed=4), seed=4)
    other.values("FLAIR", 3)
    again = acquire(lesion, seed=4)
    again.values("SWI", 5)
    np.testing.assert_array_equal(again.values("DWI", 20), once)


def test_other_seeds_give_other_patients_and_other_noise(peak: Scan) -> None:
    other = acquire(peak.lesion, seed=5)
    assert float(np.abs(other.values("FLAIR", 20) - peak.values("FLAIR", 20)).mean()) > 0.02


def test_scan_is_cached_by_values() -> None:
    one = acquire(Lesion(oedema_ml=3, peak_ml=3, seed=4), seed=4)
    assert acquire(Lesion(oedema_ml=3.0, peak_ml=3.0, seed=4), seed=4) is one


def test_any_object_with_the_attributes_is_a_lesion() -> None:
    class State:
        pattern = "parieto-occipital"
        asymmetry = 0.2
        oedema_ml = peak_ml = 12.0
        since_onset_h = 6.0
        restricted_ml = haematoma_ml = 0.0
        microbleeds = 0
        sulcal_blood = False
        seed = 4

    assert acquire(State(), seed=4).lesion_ml == pytest.approx(12, rel=0.05)


def test_slices_are_radiological_bytes(peak: Scan) -> None:
    for sequence in SEQUENCES:
        picture = peak.slice(sequence, 20)
        assert picture.dtype == np.uint8
        assert picture.shape == grid.SHAPE[1:]
    assert peak.mni(20, 0, 0)[0] > 0


def test_pixel_and_position_agree(peak: Scan) -> None:
    x, y, z = peak.mni(peak.index_of(28), 60, 150)
    assert (x, y, z) == (32.0, -58.0, 28.0)
    assert peak.index_of(z) == peak.index_of(28)


def test_slice_nearest_to_a_height(peak: Scan) -> None:
    assert peak.positions_mm[peak.index_of(29.9)] == 28
    with pytest.raises(ScanError, match='"z_mm": must lie between -60 and 76 mm; found 120'):
        peak.index_of(120)


def test_unknown_sequence_is_refused_with_the_nearest_name(peak: Scan) -> None:
    with pytest.raises(
        ScanError, match='"sequence": must be one of FLAIR, T2, DWI.*; found "flare"; did you mean "FLAIR"'
    ):
        peak.slice("flare", 3)


@pytest.mark.parametrize("index", [-1, 35])
def test_slice_outside_is_refused(peak: Scan, index: int) -> None:
    with pytest.raises(ScanError, match=f'"index": must lie between 0 and 34; found {index}'):
        peak.values("T2", index)


def test_pixel_outside_is_refused(peak: Scan) -> None:
    with pytest.raises(ScanError, match='"column", "row": must lie inside 185 x 222 pixels'):
        peak.mni(3, 500, 2)


def test_values_handed_out_cannot_spoil_the_scan(peak: Scan) -> None:
    first = peak.values("FLAIR", 20)
    first[:] = 0
    assert float(peak.values("FLAIR", 20).max()) > 0


def test_adc_is_read_where_one_clicks(peak: Scan) -> None:
    strongest = np.unravel_index(
        int(np.argmax(np.where(peak.drawn.restricted < 0.01, peak.drawn.oedema * (peak.head.white > 0.95), 0))),
        grid.SHAPE,
    )
    x, y, z = peak.mni(int(strongest[0]), int(strongest[2]), int(strongest[1]))
    assert peak.adc_at(x, y, z) > 1.05
    assert peak.adc_at(25, 25, 28) == pytest.approx(0.72, abs=0.06)


def test_mosaic_holds_every_slice_over_the_whole_range(peak: Scan) -> None:
    mosaic = peak.mosaic("FLAIR")
    sheet = np.asarray(Image.open(io.BytesIO(mosaic.png)))
    assert sheet.dtype == np.uint8
    assert (mosaic.tile_width, mosaic.tile_height) == (185, 222)
    k = 22
    row, column = divmod(k, mosaic.columns)
    tile = sheet[row * 222 : (row + 1) * 222, column * 185 : (column + 1) * 185]
    back = mosaic.low + tile / 255 * (mosaic.high - mosaic.low)
    step = (mosaic.high - mosaic.low) / 255
    inside = peak.values("FLAIR", k).clip(mosaic.low, mosaic.high)
    np.testing.assert_allclose(back, inside, atol=0.51 * step + 0.002)
    assert mosaic.low <= mosaic.window_low < mosaic.window_high <= mosaic.high


def test_parameters_are_shown_with_their_units(peak: Scan) -> None:
    assert peak.parameters["FLAIR"] == {"TR_ms": 9000, "TE_ms": 110, "TI_ms": 2372, "b": 0}
    assert peak.parameters["DWI"]["b"] == 1000


def test_age_outside_a_life_is_refused() -> None:
    with pytest.raises(ValueError, match='"age_years": must lie between 0 and 110'):
        acquire(Lesion(), seed=1, age_years=-3)


def test_cerebrospinal_fluid_is_black_on_flair_and_bright_on_t2(normal: Scan) -> None:
    k = normal.index_of(16)
    deep = normal.head.ventricle[k] & (normal.head.fluid[k] > 0.95) & (normal.head.choroid[k] < 0.05)
    assert float(noise_free(normal, "FLAIR", k)[deep].mean()) < 0.15
    assert float(noise_free(normal, "T2", k)[deep].mean()) > 3


def test_tile_of_the_panel_says_synthetic(peak: Scan) -> None:
    """The word is drawn into each tile: the lower edge of a normal tile is brighter there than the slice alone."""
    scale = 2.0
    sheet = np.asarray(Image.open(io.BytesIO(panel(peak, ("FLAIR", "ADC"), (28, 40), scale=scale))))
    height, width = round(222 * scale), round(185 * scale)
    for row, sequence in enumerate(("FLAIR", "ADC")):
        for column, z in enumerate((28, 40)):
            top, left = 4 + row * (height + 4), 4 + column * (width + 4)
            strip = sheet[top + height - 16 : top + height - 2, left + width // 2 - 40 : left + width // 2 + 40].astype(
                int
            )
            alone = Image.fromarray(peak.slice(sequence, peak.index_of(z))).resize((width, height))
            bare = np.asarray(alone)[height - 16 : height - 2, width // 2 - 40 : width // 2 + 40].astype(int)
            assert (strip - bare > 150).sum() > 60


def test_panel_marks_right_and_left(peak: Scan) -> None:
    sheet = np.asarray(Image.open(io.BytesIO(panel(peak, ("ADC",), (28,), scale=2.0))))
    middle = 4 + 222
    assert (sheet[middle - 8 : middle + 8, 5:20] > 150).sum() > 10
    assert (sheet[middle - 8 : middle + 8, -20:-5] > 150).sum() > 10


def test_panel_of_nothing_is_refused(peak: Scan) -> None:
    with pytest.raises(ScanError, match="at least one of each"):
        panel(peak, (), (28,))


def test_one_and_a_half_tesla_looks_different_and_works() -> None:
    scan = acquire(Lesion(oedema_ml=40, peak_ml=40, seed=4), seed=4, field_t=1.5)
    inside = scan.drawn.extent[22] & (scan.head.white[22] > 0.9)
    assert float(noise_free(scan, "FLAIR", 22)[inside].mean()) > 1.4
    assert scan.parameters["FLAIR"]["TI_ms"] == 1705


def test_echo_planar_pictures_are_distorted_near_the_sinus_only(normal: Scan) -> None:
    def front_mm(sequence: str, z: float) -> float:
        tissue = normal.values(sequence, normal.index_of(z))[:, 80:105] > 0.5
        inside = (normal.head.white + normal.head.grey)[normal.index_of(z)][:, 80:105] > 0.6
        return float(np.argmax(inside.any(axis=1)) - np.argmax((tissue & (np.arange(222) > 10)[:, None]).any(axis=1)))

    assert front_mm("DWI", -12) - front_mm("DWI", 40) > 2
