"""What a screen reader and a weak eye meet in the real notebooks after all cells have run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, expect
from server import Server
from walk import LESSONS, Keyboard, Watch

ARTICLE = "06_reading_the_evidence.ipynb"
PREVENTION = "05_prevention_and_monitoring.ipynb"
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
# headings of markdown and of widgets, as they follow each other; what is folded away is not met
HEADINGS = """() => [...document.querySelectorAll(".jp-NotebookPanel :is(h1, h2, h3, h4, h5, h6)")]
    .filter(node => node.checkVisibility() && !node.closest("[aria-hidden=true]"))
    .map(node => [Number(node.tagName[1]), node.textContent.replace("¶", "").trim()])"""
NO_ALT = """() => [...document.querySelectorAll(".jp-NotebookPanel img")]
    .filter(image => !image.hasAttribute("alt") && !image.getAttribute("role"))
    .map(image => image.outerHTML.slice(0, 120))"""
# Texts of ours whose contrast with what lies behind them is below WCAG's 4.5:1, or 3:1 for large ones.
TOO_FAINT = """() => {
    const pen = Object.assign(document.createElement("canvas"), {width: 1, height: 1})
        .getContext("2d", {willReadFrequently: true});
    const rgba = colour => {
        pen.clearRect(0, 0, 1, 1);
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], [r2, g2, b2]) => [r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a), 1];
    const behind = node => {
        const layers = [];
        for (let at = node; at; at = at.parentElement) {
            const colour = rgba(getComputedStyle(at).backgroundColor);
            if (colour[3] > 0) layers.push(colour);
            if (colour[3] === 1) break;
        }
        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
    };
    const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
    const texts = [...document.querySelectorAll(".pt *")].filter(node =>
        node.checkVisibility({opacityProperty: true}) && !node.closest("canvas, option, [disabled]")
        && [...node.childNodes].some(child => child.nodeType === Node.TEXT_NODE && child.data.trim()));
    const faint = new Map();
    for (const node of texts) {
        const style = getComputedStyle(node);
        // a number in a disc stands on the disc
        const disc = node.previousElementSibling?.tagName === "circle" ? node.previousElementSibling : null;
        const [text, round] = [node, disc ?? node].map(one => one.getBoundingClientRect());
        const inside = disc && text.left >= round.left && text.right <= round.right;
        const ground = inside ? over(rgba(getComputedStyle(disc).fill), behind(node)) : behind(node);
        const ink = over(rgba(node.closest("svg") ? style.fill : style.color), ground);
        const [dim, bright] = [light(ink), light(ground)].sort((a, b) => a - b);
        const ratio = (bright + 0.05) / (dim + 0.05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        if (ratio < (large ? 3 : 4.5)) faint.set(
            `${node.tagName.toLowerCase()}.${node.getAttribute("class") || ""} ${ratio.toFixed(2)}`,
            node.textContent.trim().slice(0, 40));
    }
    return {seen: texts.length, faint: [...faint].map(([what, text]) => `${what}: ${text}`)};
}"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all notebooks; each is opened in a profile of its own, after those before it."""
    server = Server(tmp_path_factory.mktemp("accessibility") / "server")
    server.start()
    yield server
    server.stop()


def open_everything(learner: Keyboard, lesson: str) -> None:
    """Bring a notebook into the state in which it says most."""
    if lesson == LESSONS[0]:
        question = learner.widget("question")
        learner.write(question.get_by_role("textbox"), "I doubt it.")
        learner.check(question)
    if lesson == LESSONS[1]:
        learner.choose(learner.question("What comes first?"), "Send him to MRI now")
        learner.do("Blood pressure")
        learner.stop("Fluconazole")
    if lesson == ARTICLE:
        question = learner.widget("question").nth(3)
        learner.choose(question, "It holds")
        learner.show(learner.panel("What is missing"), "Show what is missing")
        learner.show(learner.panel("Chance alone"), "Draw the study again")
    if lesson == PREVENTION:
        learner.choose(learner.question("For how long"), "The first week")
        told = learner.question("She is going home")
        learner.write(told.get_by_role("textbox"), "You had a swelling in the brain.")
        learner.check(told)
        plan = learner.widget("plan")
        learner.tick(plan.get_by_label("At the next visit"))
        learner.show(plan, "Check my plan")
        learner.show(learner.panel("The management algorithm"), "Show the page")
        learner.panel("The management algorithm").locator("summary").click()
    if lesson == LESSONS[4]:
        learner.show(learner.panel("The letter"), "Show the letter")
        learner.show(learner.panel("Debrief"), "Show the debrief")


@pytest.mark.parametrize("lesson", [*LESSONS, PREVENTION, ARTICLE])
def test_a_notebook_is_for_everybody(shared: Server, browser: Browser, screenshots: Path, lesson: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    watch = Watch(context, shared.url)
    learner = Keyboard(context.new_page(), screenshots, f"dark-{lesson[:2]}")
    learner.page.goto(shared.address(lesson))
    learner.arrive(lesson)
    page = learner.page
    open_everything(learner, lesson)

    found = Axe().run(page, context={"include": [[".jp-OutputArea-output"]]}, options=AXE)
    assert [
        f"{rule['id']}: {node['html'][:200]}" for rule in found.response["violations"] for node in rule["nodes"]
    ] == []

    headings = page.evaluate(HEADINGS)
    assert [level for level, _ in headings].count(1) == 1, headings
    assert headings[0][0] == 1
    jumps = [(a, b) for a, b in itertools.pairwise(headings) if b[0] > a[0] + 1]
    assert jumps == []
    assert page.evaluate(NO_ALT) == []

    light = page.evaluate(TOO_FAINT)
    assert light["seen"] > 5
    assert light["faint"] == []
    page.evaluate("() => jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    learner.picture("theme")
    assert page.evaluate(TOO_FAINT)["faint"] == []
    assert watch.outside == []
    assert watch.errors == []
    page.evaluate("() => jupyterapp.serviceManager.sessions.shutdownAll()")
    context.close()
