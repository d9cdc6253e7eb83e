"""Mimics: each shows the finding that tells it from PRES, and no pattern of PRES shows it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import ndimage as ndi

from pres_teach.imaging import SEQUENCES, Lesion, Scan, acquire, enhancement, grid, mimics, patterns
from pres_teach.imaging.findings import Findings, measure
from pres_teach.imaging.lexicon import lexicon
from pres_teach.imaging.scan import noise_free
from pres_teach.imaging.suspicion import suspected

VOLUME_ML = {
    "posterior cerebral artery infarct": 40,
    "progressive multifocal leukoencephalopathy": 45,
    "venous infarct": 40,
    "HSV encephalitis": 40,
    "HHV-6 encephalitis": 9,
    "osmotic demyelination": 9,
    "convexity bleeding": 5,
    "metastases": 45,
    "abscess": 35,
    "small-vessel change": 30,
}
DAY = 24.0
NAMES_OF_ILLNESS = (
    "PRES",
    "infarct",
    "PML",
    "leukoenceph",
    "encephalitis",
    "demyelination",
    "RCVS",
    "vasoconstriction",
    "metasta",
    "abscess",
    "tumour",
    "thrombosis",
    "small-vessel",
    "oedema",
    "vasogenic",
    "restricted",
    "cytotoxic",
    "haemorrhage",
    "necrosis",
    "gliosis",
)


def scan_of(name: str, since_onset_h: float = 2 * DAY, seed: int = 4, **changes: Any) -> Scan:
    lesion = Lesion(
        pattern=name, oedema_ml=VOLUME_ML[name], peak_ml=VOLUME_ML[name], since_onset_h=since_onset_h, seed=seed
    )
    return acquire(replace(lesion, **changes), seed=4, age_years=70 if name == "small-vessel change" else 30)


# what was drawn once is measured once
@cache
def found_in(name: str, since_onset_h: float = 2 * DAY, seed: int = 4) -> Findings:
    return measure(scan_of(name, since_onset_h, seed))


def mean_of(scan: Scan, sequence: str, where: grid.Mask) -> float:
    planes = [noise_free(scan, sequence, int(k))[where[k]] for k in np.flatnonzero(where.any(axis=(1, 2)))]
    return float(np.concatenate(planes).mean())


@pytest.mark.parametrize("name", mimics())
@pytest.mark.parametrize("seed", [1, 4, 9])
def test_a_mimic_is_suspected_by_what_it_shows(name: str, seed: int) -> None:
    assert suspected(found_in(name, seed=seed)) == (name,)


@pytest.mark.parametrize("name", mimics())
@pytest.mark.parametrize("day", [0.1, 10, 40, 120])
def test_a_mimic_stays_recognisable_along_its_course(name: str, day: float) -> None:
    assert name in suspected(found_in(name, day * DAY))


@pytest.mark.parametrize("pattern", patterns())
@pytest.mark.parametrize(("oedema", "most", "day"), [(8, 8, 0.3), (60, 60, 1), (20, 60, 6), (100, 100, 2)])
def test_no_pattern_of_pres_looks_like_a_mimic(pattern: str, oedema: float, most: float, day: float) -> None:
    for seed in (1, 5):
        lesion = Lesion(
            pattern=pattern, oedema_ml=oedema, peak_ml=most, restricted_ml=1, since_onset_h=day * DAY, seed=seed
        )
        scan = acquire(lesion, seed=4)
        assert suspected(measure(scan)) == ()
    assert "explains this picture better" not in scan.report()


@pytest.mark.parametrize("name", [name for name in mimics() if name != "convexity bleeding"])
def test_the_volume_is_the_one_asked_for(name: str) -> None:
    scan = scan_of(name)
    assert scan.lesion_ml == pytest.approx(VOLUME_ML[name], rel=0.05)
    assert not scan.drawn.capped
    assert scan.remark is None


def test_blood_of_the_convexity_has_its_volume() -> None:
    for asked in (2.0, 5.0):
        drawn = scan_of("convexity bleeding", oedema_ml=asked, peak_ml=asked).drawn
        assert float(drawn.sulcal_blood.sum(dtype=np.float64) * grid.VOXEL_ML) == pytest.approx(asked, rel=0.1)


@pytest.mark.parametrize("name", mimics())
def test_a_volume_beyond_the_region_is_said_in_words(name: str) -> None:
    scan = scan_of(name, oedema_ml=1500.0, peak_ml=1500.0)
    assert scan.remark is not None
    assert f'"oedema_ml": must fit into the region of "{name}", which holds about' in scan.remark
    assert scan.lesion_ml < 1000
    brain = scan.head.white + scan.head.grey > 0.5
    assert (brain | ~scan.drawn.extent).all()


@pytest.mark.parametrize("name", mimics())
def test_words_of_a_mimic_give_no_diagnosis(name: str) -> None:
    for day in (1, 60):
        scan = scan_of(name, day * DAY)
        for sequence in SEQUENCES:
            for index in range(0, grid.SHAPE[0], 3):
                text = scan.describe(sequence, index)
                assert not [word for word in NAMES_OF_ILLNESS if word.casefold() in text.casefold()], text


@pytest.mark.parametrize("name", mimics())
def test_a_mimic_is_described_somewhere_on_flair(name: str) -> None:
    scan = scan_of(name)
    texts = [scan.describe("FLAIR", k) for k in range(grid.SHAPE[0])]
    assert any("right" in text.split("mm:")[1].split("The patient's")[0] or "left" in text for text in texts)
    assert sum("Nothing is brighter or darker" not in text for text in texts) >= 2


def test_same_seed_same_picture_and_another_seed_another() -> None:
    once = acquire(Lesion(pattern="abscess", oedema_ml=30, peak_ml=30, seed=2), seed=4).values("FLAIR", 22)
    acquire(Lesion(pattern="metastases", oedema_ml=30, peak_ml=30, seed=2), seed=4).values("FLAIR", 22)
    again = acquire(Lesion(pattern="abscess", oedema_ml=30, peak_ml=30, seed=2), seed=4).values("FLAIR", 22)
    other = acquire(Lesion(pattern="abscess", oedema_ml=30, peak_ml=30, seed=3), seed=4).drawn.extent
    np.testing.assert_array_equal(once, again)
    assert (other != acquire(Lesion(pattern="abscess", oedema_ml=30, peak_ml=30, seed=2), seed=4).drawn.extent).any()


# --- one discriminating finding each --------------------------------------------------------------------------------


def test_an_infarct_takes_the_calcarine_cortex_of_one_side_and_is_restricted() -> None:
    """Territory with its calcarine cortex, ADC low (evidence: stroke-features, unverified)."""
    scan = scan_of("posterior cerebral artery infarct", DAY)
    found = measure(scan)
    assert found.calcarine[0] > 0.6
    assert found.greater_side[1] > 0.97
    assert found.restricted_share > 0.8
    assert mean_of(scan, "ADC", scan.drawn.restricted > 0.8) < 0.6
    assert mean_of(scan, "DWI", scan.drawn.restricted > 0.8) > 1.8


def test_an_infarct_goes_from_low_adc_through_normal_to_lost_tissue() -> None:
    name = "posterior cerebral artery infarct"
    at = {day: scan_of(name, day * DAY) for day in (1, 12, 90)}
    inside = at[1].drawn.restricted > 0.8
    low, pseudo, late = (mean_of(scan, "ADC", inside) for scan in at.values())
    assert low < 0.6 < pseudo < 1.1 < 1.4 < late
    assert measure(at[1]).lost_ml == 0
    assert measure(at[90]).lost_ml > 0.3 * VOLUME_ML[name]


def test_an_infarct_lies_on_the_side_asked_for() -> None:
    name = "posterior cerebral artery infarct"
    assert measure(scan_of(name, asymmetry=-1.0)).right_share < 0.02
    assert measure(scan_of(name, asymmetry=1.0)).right_share > 0.98
    sides = {acquire(Lesion(pattern=name, oedema_ml=40, peak_ml=40, seed=s), seed=4).drawn.side for s in range(8)}
    assert sides == {-1, 1}


def test_pml_spares_the_cortex_is_dark_on_t1_and_pushes_nothing() -> None:
    """T1 dark, subcortical U-fibres, asymmetric, no mass effect, little enhancement (AJNR table)."""
    scan = scan_of("progressive multifocal leukoencephalopathy", 30 * DAY)
    found = measure(scan)
    assert found.cortex_share < 0.15
    near = scan.drawn.extent & (scan.head.from_cortex_mm < 5)
    assert near.sum() > 0.5 * scan.drawn.extent.sum()
    assert found.t1 > 1.5
    assert found.swelling < 0.05
    assert found.uptake_ml == 0
    assert 0.6 < found.greater_side[1] < 0.95


def test_restriction_of_pml_is_at_its_edge() -> None:
    scan = scan_of("progressive multifocal leukoencephalopathy")
    depth = np.stack([ndi.distance_transform_edt(plane) for plane in scan.drawn.extent])
    edge, inside = scan.drawn.restricted > 0.5, scan.drawn.extent & (scan.drawn.restricted < 0.2)
    assert edge.sum() > 50
    assert float(depth[edge].mean()) < 0.6 * float(depth[inside].mean())


def test_a_venous_infarct_has_a_filled_sinus_and_blood() -> None:
    scan = scan_of("venous infarct")
    k = scan.index_of(44)
    normal = acquire(Lesion(seed=4), seed=4)
    filled = (scan.drawn.thrombus[k] > 0.6) & (scan.head.void[k] > 0.6)
    assert filled.sum() >= 5
    assert float(noise_free(scan, "T2", k)[filled].mean()) > 2 * float(noise_free(normal, "T2", k)[filled].mean())
    assert "large vein in the midline" in scan.describe("T2", k)
    assert measure(scan).clot_ml == pytest.approx(4, rel=0.2)
    assert "sagittal sinus has no flow void" in scan.report()


def test_hsv_and_hhv6_lie_in_the_medial_temporal_lobe() -> None:
    hsv, hhv = found_in("HSV encephalitis"), found_in("HHV-6 encephalitis")
    assert hsv.limbic_share > 0.9
    assert hsv.striatal_share < 0.05
    assert hsv.greater_side[1] > 0.65
    assert hhv.hippocampal_share > 0.9
    assert hhv.greater_side[1] < 0.55


def test_osmotic_demyelination_is_central_in_the_pons_even_and_spares_its_edge() -> None:
    scan = scan_of("osmotic demyelination")
    found = measure(scan)
    assert found.pontine_share > 0.35
    assert found.greater_side[1] < 0.55
    assert found.swelling == 0
    k = scan.index_of(-32)
    wide = scan.drawn.extent[k].any(axis=0)
    pons = (scan.head.white[k] + scan.head.grey[k] > 0.5)[np.abs(grid.Y_MM + 24) < 1][0] & (np.abs(grid.X_MM) < 22)
    assert 6 < wide[np.abs(grid.X_MM) < 22].sum() < 0.8 * pons.sum()


@pytest.mark.parametrize("seed", range(6))
def test_central_and_brainstem_pres_is_not_central_in_the_pons(seed: int) -> None:
    """Patchy, less even than osmotic demyelination, with most of it in parietal and occipital lobes."""
    lesion = Lesion(pattern="central and brainstem", oedema_ml=60, peak_ml=60, seed=seed)
    scan = acquire(lesion, seed=4)
    found = measure(scan)
    assert found.pontine_share < 0.02
    assert found.posterior_share > 0.4
    pons = scan.drawn.extent[scan.index_of(-32)]
    middle = np.abs(grid.X_MM) < 5
    front = (grid.Y_MM > -30)[:, None]
    assert (pons & front & middle).sum() <= 0.35 * (pons & front).sum()


def test_an_abscess_has_a_restricted_core_with_a_ring() -> None:
    scan = scan_of("abscess")
    core = scan.drawn.core
    assert mean_of(scan, "ADC", core) < 0.6
    assert mean_of(scan, "DWI", core) > 2
    ring = scan.drawn.enhancement > 0.5
    assert ring.any()
    assert 0.2 < float(core[ring].mean()) < 0.8
    in_plane = np.ones((1, 3, 3), bool)
    assert (ndi.binary_dilation(core, in_plane, iterations=3) | ~ring).mean() > 0.999
    assert not (ndi.binary_erosion(core, in_plane, iterations=5) & ring).any()
    assert scan.drawn.enhances == "ring"


def test_oedema_around_a_core_leaves_the_cortex_out() -> None:
    for name in ("metastases", "abscess"):
        scan = scan_of(name)
        around = scan.drawn.extent & ~scan.drawn.core
        cortex = float(scan.head.cortex[around].sum(dtype=np.float64))
        assert cortex < 0.2 * float(scan.head.white[around].sum(dtype=np.float64))


def test_metastases_are_several_and_not_restricted() -> None:
    scan = scan_of("metastases")
    _, count = ndi.label(scan.drawn.core)
    assert 3 <= count <= 5
    assert mean_of(scan, "ADC", scan.drawn.core) > 0.9


def test_small_vessel_change_lies_along_the_ventricles_and_does_not_swell() -> None:
    found = found_in("small-vessel change")
    assert found.ventricular_share > 0.35
    assert found.cortex_share < 0.1
    assert found.swelling == 0
    assert 0.4 < found.right_share < 0.6


def test_bleeding_of_the_convexity_comes_without_oedema_on_one_side_with_beaded_arteries() -> None:
    scan = scan_of("convexity bleeding")
    blood = scan.drawn.sulcal_blood > 0.3
    assert scan.lesion_ml == 0
    sides = [int(blood[..., grid.X_MM > 0].sum()), int(blood[..., grid.X_MM < 0].sum())]
    assert min(sides) == 0 < max(sides)
    assert scan.drawn.vessels == "beaded"
    assert mean_of(scan, "FLAIR", scan.drawn.sulcal_blood > 0.8) > 1.5


@pytest.mark.parametrize("seed", [1, 4])
@pytest.mark.parametrize("asked", [1.0, -1.0])
def test_blood_of_the_convexity_lies_on_the_side_asked_for(asked: float, seed: int) -> None:
    blood = scan_of("convexity bleeding", seed=seed, asymmetry=asked).drawn.sulcal_blood > 0.3
    assert blood[..., grid.X_MM * asked > 0].any()
    assert not blood[..., grid.X_MM * asked < 0].any()


def test_only_an_entry_that_says_so_has_a_clot_in_a_sinus_or_beaded_arteries(peak: Scan) -> None:
    assert not peak.drawn.thrombus.any()
    assert peak.drawn.vessels is None
    assert lexicon().mimics["venous infarct"].thrombus == "superior sagittal sinus"


# --- what PRES leaves behind, and takes up --------------------------------------------------------------------------


def test_a_restricted_focus_that_stays_becomes_a_scar() -> None:
    def at(day: float) -> Scan:
        lesion = Lesion(oedema_ml=0, peak_ml=60, restricted_ml=2, since_onset_h=day * DAY, microbleeds=2, seed=4)
        return acquire(lesion, seed=4)

    early, late = at(1), at(70)
    where = early.drawn.restricted > 0.6
    assert mean_of(early, "ADC", where) < 0.68
    assert not early.drawn.scar.any()
    assert not late.drawn.restricted.any()
    assert mean_of(late, "ADC", where) > 1.1
    assert mean_of(late, "FLAIR", where) > mean_of(acquire(Lesion(seed=4), seed=4), "FLAIR", where)
    assert early.drawn.dots_mm == late.drawn.dots_mm
    assert "Scar (gliosis)" in late.report()
    assert "two microbleeds" in late.report()


@pytest.mark.parametrize("kind", ["gyral", "leptomeningeal"])
def test_uptake_in_pres_follows_cortex_or_sulci(kind: str) -> None:
    wanted = [Lesion(oedema_ml=60, peak_ml=60, seed=seed, enhances=True) for seed in range(20)]
    scan = acquire(next(lesion for lesion in wanted if enhancement.kind(lesion) == kind), seed=4)
    assert scan.drawn.enhances == kind
    up = scan.drawn.enhancement.astype(np.float32)
    in_cortex, in_fluid = (
        float((up * field.astype(np.float32)).sum(dtype=np.float64) / up.sum(dtype=np.float64))
        for field in (scan.head.cortex, scan.head.fluid)
    )
    assert in_cortex > 0.6
    assert (in_fluid > 0.12) == (kind == "leptomeningeal"), in_fluid


def test_lesions_that_are_asked_not_to_take_up_contrast_do_not() -> None:
    scan = acquire(Lesion(oedema_ml=60, peak_ml=60, seed=1, enhances=False), seed=4)
    assert scan.drawn.enhances == "none"
    assert not scan.drawn.enhancement.any()
