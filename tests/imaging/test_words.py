from __future__ import annotations

import pytest

from pres_teach.imaging import SEQUENCES, Lesion, Scan, acquire, grid, words

LESION_WORDS = ("right occipital", "left occipital", "parietal", "dot", "times", "patches", "oedema", "PRES")
DIAGNOSES = ("PRES", "encephalopathy", "infarct", "oedema", "vasogenic", "haemorrhage", "tacrolimus")


def test_normal_slices_are_called_normal(normal: Scan) -> None:
    for sequence in SEQUENCES:
        for index in range(grid.SHAPE[0]):
            text = normal.describe(sequence, index)
            assert "Nothing is brighter or darker than expected" in text
            assert not any(word in text for word in LESION_WORDS)


def test_description_says_sequence_height_and_that_it_is_synthetic(peak: Scan) -> None:
    text = peak.describe("DWI", peak.index_of(28))
    assert text.startswith("Synthetic DWI b1000, axial slice at z = 28 mm: bodies of the lateral ventricles.")


def test_description_names_sides_lobes_and_brightness(peak: Scan) -> None:
    text = peak.describe("FLAIR", peak.index_of(28))
    assert "Brighter than normal brain, about 1." in text
    assert "right parietal lobe" in text
    assert "left occipital lobe" in text


def test_description_gives_no_diagnosis(peak: Scan, recovering: Scan) -> None:
    for scan in (peak, recovering):
        for sequence in SEQUENCES:
            for index in range(grid.SHAPE[0]):
                assert not any(word in scan.describe(sequence, index) for word in DIAGNOSES)


def test_description_of_adc_gives_the_value(peak: Scan) -> None:
    assert "ADC about 1." in peak.describe("ADC", peak.index_of(28))


def test_restricted_focus_is_named_on_dwi(peak: Scan) -> None:
    k = int((peak.drawn.restricted > 0.5).sum(axis=(1, 2)).argmax())
    assert "Very bright: a small area of cortex" in peak.describe("DWI", k)
    assert "Darker than normal brain: a small area of cortex" in peak.describe("ADC", k)


def test_microbleeds_are_named_on_swi_only(peak: Scan) -> None:
    k = peak.index_of(peak.drawn.dots_mm[0][2])
    assert "small round black dot" in peak.describe("SWI", k)
    assert "dot" not in peak.describe("FLAIR", k)


def test_one_sided_lesion_is_described_on_its_side() -> None:
    scan = acquire(Lesion(oedema_ml=50, peak_ml=50, asymmetry=-1, seed=4), seed=4)
    places = words.places(scan.drawn.extent, 1.0)
    assert places[0][0].startswith("left")


def test_report_of_a_normal_scan(normal: Scan) -> None:
    text = normal.report()
    assert "Normal scan." in text
    assert "does not exclude" in text
    assert "mL" not in text


def test_report_is_made_from_what_was_drawn(peak: Scan) -> None:
    text = peak.report()
    assert "SYNTHETIC" in text
    assert "about 60 mL" in text
    assert "three microbleeds" in text
    assert "Restricted diffusion, about 1.5 mL" in text
    assert "calcarine sulcus is spared" in text
    assert "ADC inside 1." in text
    assert "**For PRES:**" in text
    assert "**Against, or still to be explained:**" in text


def test_report_says_that_a_lesion_was_larger(recovering: Scan) -> None:
    assert "It was about 60 mL at its greatest" in recovering.report()


def test_report_points_out_a_one_sided_lesion() -> None:
    text = acquire(Lesion(oedema_ml=50, peak_ml=50, asymmetry=1, seed=4), seed=4).report()
    assert "The right side holds 8" in text
    assert "infarct" in text


def test_report_tells_of_each_kind_of_blood() -> None:
    text = acquire(Lesion(oedema_ml=40, peak_ml=40, sulcal_blood=True, haematoma_ml=6, seed=4), seed=4).report()
    assert "Haematoma of about 6 mL" in text
    assert "Blood in a sulcus" in text
    assert "check coagulation" in text


@pytest.mark.parametrize(
    ("place", "words_there"),
    [
        ((-30, 30, 30), "left frontal lobe, white matter"),
        ((30, 30, 30), "right frontal lobe, white matter"),
        ((20, -88, 16), "right occipital lobe"),
        ((-28, -60, 48), "left parietal lobe"),
        ((46, -20, -20), "right temporal lobe"),
        ((-24, -62, -40), "left cerebellum"),
        ((6, -28, -32), "right brainstem"),
        ((18, -2, 0), "right basal ganglia and thalamus"),
        ((88, 88, 60), "outside the brain"),
    ],
)
def test_places_have_names(normal: Scan, place: tuple[float, float, float], words_there: str) -> None:
    assert normal.region_at(*place).startswith(words_there)


def test_place_outside_the_picture_is_refused(normal: Scan) -> None:
    with pytest.raises(ValueError, match="must lie inside the picture"):
        normal.region_at(300, 0, 0)
