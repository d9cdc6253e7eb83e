"""What an encounter's scans hand to the viewer: sequences, a CT, vessels."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from pres_teach.imaging import SEQUENCES, STUDIES, Lesion, acquire
from pres_teach.widgets.picturing import Pictures
from pres_teach.widgets.scan_viewer import MOST_SEQUENCES

HEADS = [{"label": "The scan", "when": "day 15", "since": "30 hours after the first symptom"}]


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    return Pictures(HEADS, [lambda: acquire(Lesion(oedema_ml=40, peak_ml=40, seed=4), seed=4)], STUDIES)


def test_all_mr_sequences_unless_others_are_named() -> None:
    assert list(Pictures(HEADS, []).names) == list(SEQUENCES)
    assert len(STUDIES) <= MOST_SEQUENCES


def test_a_ct_is_captioned_without_a_field_strength_and_read_in_hounsfield_units(pictures: Pictures) -> None:
    face = pictures.first(0, "CT", 20)
    assert face["caption"] == "Synthetic CT; slices of 4 mm. 30 hours after the first symptom."
    assert face["unit"] == "HU"
    assert face["parameters"] == ""


@pytest.mark.parametrize(("kind", "axes"), [("MRA", "xzy"), ("MRV", "yzx")])
def test_vessels_are_one_projection_with_a_geometry_of_its_own(pictures: Pictures, kind: str, axes: str) -> None:
    face = pictures.sheet(0, kind)
    assert face["frame"]["axes"] == axes
    assert face["frame"]["projection"] is True
    assert Image.open(io.BytesIO(face["png"])).size == (face["tile_w"], face["tile_h"])
    assert face["caption"].startswith(f"Synthetic {kind}. Schematic")
    assert len(pictures.describe(0, kind)) == 1
    assert pictures.first(0, kind, 20)["png"] == face["png"]


def test_the_middle_of_the_head_is_in_the_middle_of_a_front_view(pictures: Pictures) -> None:
    face = pictures.sheet(0, "MRA")
    affine = face["frame"]["affine"]
    assert (0 - affine["x0"]) / affine["dx"] == pytest.approx(face["tile_w"] / 2, abs=1)
