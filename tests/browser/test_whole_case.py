"""A whole case in one cell: chosen and left by keyboard, the focus where the learner was sent, nothing cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from server import ROOT

WARD = ROOT / "notebooks" / "07_whole_case.ipynb"
PANEL = "section[data-widget=panel][aria-label='{}']"


@pytest.mark.parametrize("width", [1280, 320])
def test_a_patient_is_chosen_and_followed_into_the_next_part(open_notebook, screenshots: Path, width: int) -> None:
    sheet = open_notebook(WARD, width=width, height=900)
    page = sheet.page
    chooser = page.locator("[data-widget=choosing]")
    chooser.get_by_label("A headache two weeks after a kidney").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(chooser.get_by_role("button", name="Go to the patient")).to_be_focused()
    chooser.screenshot(path=screenshots / f"ward-{width}.png")
    page.keyboard.press("Enter")
    where = page.locator(PANEL.format("Where you are"))
    expect(where).to_be_focused()
    expect(where.locator("[aria-current=step]")).to_have_text("1 · Presentation")
    expect(page.locator("[data-widget=bedside]")).to_be_visible()
    onward = page.locator(PANEL.format("Going on")).get_by_role("button")
    expect(onward).to_have_text("Go on to part 2")
    onward.focus()
    page.keyboard.press("Enter")
    expect(where.locator("[aria-current=step]")).to_have_text("2 · MRI findings")
    expect(where).to_be_focused()
    expect(where).to_be_in_viewport()
    page.screenshot(path=screenshots / f"ward-part-2-{width}.png")
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.pt')].filter(e => e.scrollWidth > e.clientWidth + 2)"
        ".map(e => [e.className, e.scrollWidth, e.clientWidth])"
    )
    assert wide == []
    assert sheet.outside == []
    assert sheet.errors == []
