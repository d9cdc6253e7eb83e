"""Through all five lessons by finger on a tablet held upright; nothing scrolls sideways, not even on a narrow phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect
from server import Server
from walk import LESSONS, Finger, Watch

# What is wider than the place it stands in, in words. A table that scrolls in a frame of its own is not meant.
TOO_WIDE = """nodes => nodes.filter(node => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1)
    .map(node => [node.dataset.widget || node.className || node.tagName, node.scrollWidth, node.clientWidth])
    .map(([name, wide, place]) => `${name}: ${wide} in ${place}`)"""
# until the widgets kept their sizes for ten frames
SETTLED = """async () => {
    const widgets = () => [...document.querySelectorAll("[data-widget]")];
    for (let same = 0, before = ""; same < 10;) {
        await new Promise(requestAnimationFrame);
        const now = JSON.stringify(widgets().map(node => [node.scrollWidth, node.scrollHeight]));
        same = now === before ? same + 1 : 0;
        before = now;
    }
}"""
TABLET = ViewportSize(width=768, height=1024)


@pytest.fixture
def learner(server: Server, browser: Browser, screenshots: Path) -> Iterator[Finger]:
    context = browser.new_context(viewport=TABLET, has_touch=True, accept_downloads=True)
    watch = Watch(context, server.url)
    finger = Finger(context.new_page(), screenshots, "touch")
    finger.page.goto(server.address(LESSONS[0]))
    yield finger
    context.close()
    assert watch.outside == []
    assert watch.errors == []


def test_through_all_lessons_by_touch(learner: Finger) -> None:
    learner.arrive(LESSONS[0])
    begin(learner)
    learner.go_to(LESSONS[1], "The first hour")
    the_first_hour(learner)
    learner.go_to(LESSONS[2], "What the scan says")
    the_scan(learner)
    learner.go_to(LESSONS[3], "The next dose")
    the_next_dose(learner)
    learner.go_to(LESSONS[4], "The days after")
    the_days_after(learner)


def nothing_scrolls_sideways(learner: Finger) -> None:
    """The page and its outputs at the tablet's width; at 320 px, less JupyterLab's bars, our widgets."""
    outputs = learner.notebook.locator(".jp-OutputArea-output, .jp-OutputArea")
    assert learner.page.locator("html, body").evaluate_all(TOO_WIDE) == []
    assert outputs.evaluate_all(TOO_WIDE) == []
    assert learner.notebook.locator("[data-widget]").evaluate_all(TOO_WIDE) == []
    learner.page.set_viewport_size(ViewportSize(width=320, height=800))
    # plots and pictures are drawn anew at the new width
    learner.page.evaluate(SETTLED)
    learner.picture("narrow")
    assert learner.page.locator("html, body").evaluate_all(TOO_WIDE) == []
    assert learner.notebook.locator("[data-widget]").evaluate_all(TOO_WIDE) == []
    learner.page.set_viewport_size(TABLET)
    learner.page.evaluate(SETTLED)


def begin(learner: Finger) -> None:
    learner.picture("start")
    question = learner.question("requires immediate discontinuation")
    learner.write(question.get_by_role("textbox"), "I doubt it.")
    assert "A model answer" in learner.check(question)
    nothing_scrolls_sideways(learner)


def the_first_hour(learner: Finger) -> None:
    question = learner.question("What comes first?")
    learner.tick(question.get_by_label("90 %"))
    assert learner.choose(question, "Airway, breathing, circulation").startswith("Right")
    learner.picture("question")
    learner.do("Blood pressure")
    learner.do("Tacrolimus level")
    learner.do("Has any medicine been started")
    expect(learner.found()).to_contain_text("fluconazole 200 mg once a day from day 12", use_inner_text=True)
    learner.picture("bedside")
    learner.hold("Tacrolimus", "two doses")
    assert "held until day 16 08:00" in learner.said_to_order()
    learner.stop("Fluconazole")
    learner.fill_order("Micafungin", "into a vein", "100", "mg", "every 24 h")
    assert "Micafungin 100 mg every 24 h into a vein: ordered" in learner.said_to_order()
    learner.picture("orders")
    expect(learner.widget("course").get_by_role("listitem").filter(has_text="icafungin").first).to_be_visible()
    nothing_scrolls_sideways(learner)


def the_scan(learner: Finger) -> None:
    learner.do("MRI of the head")
    scan = learner.widget("scan").nth(1)
    learner.drawn(scan)
    learner.tick(scan.get_by_role("radio", name="FLAIR"))
    learner.drawn(scan, "FLAIR:")
    before = scan.locator("canvas").get_attribute("data-drawn")
    learner.tap(scan.get_by_label("Slice", exact=True))
    expect(scan.locator("canvas")).not_to_have_attribute("data-drawn", before or "")
    learner.after(scan, lambda: learner.tap(scan.locator("canvas")))
    expect(scan.get_by_role("status").filter(has_text="Crosshair:")).to_contain_text("ADC there:")
    learner.picture("scan")
    nothing_scrolls_sideways(learner)


def the_next_dose(learner: Finger) -> None:
    learner.let_pass("Until the next result")
    level = learner.found().get_by_role("article").filter(has_text="Tacrolimus level")
    expect(level).to_contain_text(re.compile(r"\d+(\.\d+)? ng/mL"))
    question = learner.question("Survival is 40 %")
    assert learner.choose(question, "Nothing. It is 2 of 5").startswith("Right")
    learner.picture("level")
    nothing_scrolls_sideways(learner)


def the_days_after(learner: Finger) -> None:
    learner.let_pass("1 week")
    learner.do("MRI of the head", cost="40 min")
    compare = learner.widget("scan").first
    learner.drawn(compare)
    expect(compare.locator("canvas")).to_have_count(2)
    learner.show(learner.panel("The letter"), "Show the letter")
    expect(learner.panel("The letter")).to_contain_text("Dear colleague")
    learner.show(learner.panel("Debrief"), "Show the debrief")
    expect(learner.panel("Debrief")).to_contain_text("Was it you, or was it luck?")
    learner.picture("debrief")
    record = learner.widget("record")
    with learner.page.expect_download() as download:
        learner.press(record.get_by_role("button", name="Save my work"))
    assert download.value.suggested_filename.endswith(".sqlite")
    nothing_scrolls_sideways(learner)
