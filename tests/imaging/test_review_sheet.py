"""The review sheet for a neuroradiologist, and the pictures that answer the objections."""

from __future__ import annotations

import re
import runpy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pres_teach.imaging import STUDIES, mimics, patterns
from pres_teach.imaging.states import check

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tools" / "review_sheet.py"))


def test_the_sheet_has_24_panels_with_every_pattern_and_every_mimic(tool: dict[str, Any]) -> None:
    panels = tool["panels"]()
    assert len(panels) == 24
    assert {*patterns(), *mimics()} <= {panel.lesion.pattern for panel in panels}
    assert len({panel.meant for panel in panels}) == 24
    for panel in panels:
        check(panel.lesion)


def test_a_panel_has_picture_questions_and_a_place_for_the_verdict(tool: dict[str, Any]) -> None:
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    text = tool["panel_html"](2, tool["panels"]()[1])
    Reader().feed(text)
    images = [attrs for tag, attrs in found if tag == "img"]
    assert len(images) == 1
    assert str(images[0]["src"]).startswith("data:image/png;base64,")
    assert str(images[0]["alt"]).startswith("Synthetic FLAIR")
    assert sum(tag == "textarea" for tag, _ in found) == len(tool["QUESTIONS"])
    assert [attrs["value"] for tag, attrs in found if tag == "input"] == list(tool["VERDICTS"])
    assert "http" not in re.sub(r"base64,[^\"]*", "", text)
    named = {attrs.get("for") for tag, attrs in found if tag == "label"} - {None}
    assert named == {attrs["id"] for tag, attrs in found if tag == "textarea"}


def test_the_check_list_asks_what_the_sheet_asks(tool: dict[str, Any]) -> None:
    text = (ROOT / "pres_teach" / "imaging" / "REVIEW.md").read_text(encoding="utf-8")
    for question in (*tool["QUESTIONS"], *tool["LAST"]):
        assert f"| {question} |" in text


def test_each_objection_has_a_picture_before_and_now() -> None:
    text = (ROOT / "docs" / "imaging_objections.md").read_text(encoding="utf-8")
    parts = text.split("\n## ")[1:]
    assert len(parts) == 10
    for part in parts:
        assert re.search(r"!\[Before[^\]]{10,}\]\(images/objection_\d\d_before\.png\)", part)
        assert re.search(r"!\[Now[^\]]{10,}\]\(images/objection_\d\d_after\.png\)", part)
    named = set(re.findall(r"images/(objection_\d\d_\w+\.png)", text))
    kept = {path.name: path.stat().st_size for path in (ROOT / "docs" / "images").glob("objection_*.png")}
    assert named == set(kept)
    assert max(kept.values()) < 150_000
    assert sum(kept.values()) < 1_500_000


def test_the_set_shows_every_study_that_can_be_asked_for(tool: dict[str, Any]) -> None:
    vessels = {kind for panel in tool["panels"]() for kind, _ in panel.vessels}
    assert {*tool["SEQUENCES"], *vessels} == {*STUDIES} - {"DWI b0"}
    beaded = next(panel for panel in tool["panels"]() if panel.lesion.pattern == "convexity bleeding")
    clot = next(panel for panel in tool["panels"]() if panel.lesion.pattern == "venous infarct")
    assert {kind for kind, _ in beaded.vessels} == {"MRA"}
    assert {kind for kind, _ in clot.vessels} == {"MRV"}


def test_a_panel_with_vessels_shows_them_below_its_slices(tool: dict[str, Any]) -> None:
    text = tool["panel_html"](21, tool["panels"]()[20])
    assert text.count("<img ") == 3
    assert re.search(r'alt="[^"]*(?:narrow|bead)', text, re.IGNORECASE)
