"""The reading room in a real browser: physics turned and scans read by keyboard, nothing cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

CELLS = (
    "import pres_teach; room = pres_teach.reading_room(); room.where()",
    'room.physics("flair")',
    'room.test(seed=7, n=3, title="Three scans")',
)


@pytest.mark.parametrize("width", [1280, 320])
def test_physics_and_scans_by_keyboard(open_notebook, screenshots: Path, width: int) -> None:
    sheet = open_notebook(CELLS, width=width, height=900)
    page = sheet.page
    physics = page.locator("[data-widget=physics]")
    sheet.after("physics", lambda: physics.get_by_role("button", name="Show the slice").press("Enter"))
    expect(physics.locator("img")).to_be_visible()
    turned = physics.get_by_role("slider", name="Inversion time TI")
    turned.focus()
    sheet.after("physics", lambda: page.keyboard.press("Home"))
    expect(turned).to_have_attribute("aria-valuetext", "300 ms")
    expect(turned).to_be_focused()
    expect(physics.get_by_role("status")).to_contain_text("At Inversion time TI 300 ms")
    physics.screenshot(path=screenshots / f"physics-{width}.png")
    for number in (1, 2, 3):
        question = page.locator("[data-widget=question]")
        expect(question).to_contain_text(f"scan {number} of 3")
        question.get_by_label("A pattern of PRES").focus()
        page.keyboard.press("Space")
        check = question.get_by_role("button", name="Check my answer")
        sheet.after("question", lambda button=check: button.press("Enter"))
        onward = page.locator("section[data-widget=panel][aria-label='Going on']").get_by_role("button")
        expect(onward).to_have_text("Next scan" if number < 3 else "Show what I found")
        onward.press("Enter")
    found = page.locator("section[data-widget=panel][aria-label='Going on']")
    expect(found).to_contain_text("sensitivity")
    expect(found).to_contain_text("1 of 1 (100 %, 95 % interval 21 to 100 %)")
    found.screenshot(path=screenshots / f"reading-found-{width}.png")
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.pt')].filter(e => e.scrollWidth > e.clientWidth + 2)"
        ".map(e => e.className)"
    )
    assert wide == []
    assert sheet.outside == []
    assert sheet.errors == []
