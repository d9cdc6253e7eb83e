"""Citations and terms in a real browser: cards on focus and hover, put away by Escape; search; narrow screens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from server import ROOT

ARTICLE = ROOT / "notebooks" / "06_reading_the_evidence.ipynb"
PROSE = ".jp-MarkdownCell .jp-RenderedMarkdown"
CARD = "#pt-card-shown"


@pytest.mark.parametrize("width", [1280, 768, 320])
def test_the_article_on_the_table(open_notebook, screenshots: Path, width: int) -> None:
    sheet = open_notebook(ARTICLE, width=width, height=900)
    page = sheet.page
    citation = page.locator(f"{PROSE} a.pt-cite").first
    expect(citation).to_have_text("The article")
    expect(page.locator(PROSE).get_by_text("[@")).to_have_count(0)
    # on focus, with words for a screen reader; put away by Escape, with the focus where it was
    citation.scroll_into_view_if_needed()
    citation.focus()
    card = page.locator(CARD)
    expect(card).to_be_visible()
    expect(card).to_contain_text("pending human review")
    assert citation.get_attribute("aria-describedby") == "pt-card-shown"
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.screenshot(path=screenshots / f"article-card-{width}.png")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(citation).to_be_focused()
    # on hover, and the pointer may move onto it
    term = page.locator(f"{PROSE} .pt-term").first
    term.scroll_into_view_if_needed()
    term.hover()
    expect(card).to_be_visible()
    card.hover()
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    # judge, then see
    question = page.locator("[data-widget=question]").nth(3)
    question.scroll_into_view_if_needed()
    question.get_by_label("It holds").check()
    question.get_by_role("button", name="Check my answer").click()
    expect(question.get_by_text("The papers contradict it.")).to_be_visible()
    expect(question.locator("figure img")).to_have_attribute("alt", re.compile("^Interval plot"))
    question.screenshot(path=screenshots / f"article-judged-{width}.png")
    page.get_by_role("button", name="Draw the study again").click()
    chance = page.locator("[data-widget=panel]").filter(has=page.locator("img"))
    expect(chance.locator("img")).to_have_count(1)
    chance.screenshot(path=screenshots / f"article-chance-{width}.png")
    # look it up
    search = page.get_by_role("search")
    search.get_by_role("searchbox").fill("magnesium")
    search.get_by_role("searchbox").press("Enter")
    looking = page.locator("[data-widget=looking]")
    expect(looking.get_by_role("status")).to_contain_text("every word of your question")
    looking.screenshot(path=screenshots / f"article-search-{width}.png")
    page.locator("[data-widget=reader]").screenshot(path=screenshots / f"article-reader-{width}.png")
    page.locator("[data-widget=panel]").last.screenshot(path=screenshots / f"article-tally-{width}.png")
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.pt')].filter((e) => e.scrollWidth > e.clientWidth + 2)"
        ".map((e) => e.className)"
    )
    assert wide == []
    assert sheet.outside == []
    assert sheet.errors == []
