"""The switch board in a real browser: by keyboard, with the focus kept, the plan said, nothing cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

CELLS = (
    'import pres_teach; lesson = pres_teach.lesson("kidney-azole", "presentation"); lesson.where()',
    "lesson.switch_board()",
)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_plan_by_keyboard(open_notebook, screenshots: Path, width: int) -> None:
    sheet = open_notebook(CELLS, width=width, height=900)
    page = sheet.page
    board = page.locator("[data-widget=planning]")
    status = board.get_by_role("status").first
    expect(status).to_have_text("Nothing is changed: the chart goes on as it stands.")
    board.get_by_label("as the chart has it").focus()
    for _ in range(3):
        sheet.after("planning", lambda: page.keyboard.press("ArrowRight"))
    expect(board.get_by_label("stop", exact=True)).to_be_checked()
    expect(board.get_by_label("stop", exact=True)).to_be_focused()
    expect(status).to_have_text("Tacrolimus is stopped.")
    sheet.after("planning", lambda: board.get_by_label("ciclosporin", exact=True).check())
    expect(board).to_contain_text("not checked: see local guidance")
    sheet.after("planning", lambda: board.get_by_label("begins, after the last tacrolimus").select_option("at once"))
    expect(board.locator(".pt-plan-said")).to_contain_text("They are never given together")
    plot = page.locator("[data-widget=course]").last
    expect(plot).to_contain_text("Brain oedema, over several mixtures of the drivers")
    board.screenshot(path=screenshots / f"board-{width}.png")
    plot.screenshot(path=screenshots / f"board-plot-{width}.png")
    take = board.get_by_role("button", name="Write it into the chart")
    take.focus()
    sheet.after("planning", lambda: page.keyboard.press("Enter"))
    expect(board.get_by_role("status").last).to_contain_text("Written into the chart.")
    expect(take).to_be_disabled()
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.pt')].filter(e => e.scrollWidth > e.clientWidth + 2)"
        ".map(e => e.className)"
    )
    assert wide == []
    assert sheet.outside == []
    assert sheet.errors == []
