"""A JupyterLab and a browser for tests that click, with the network shut.

Each run has folders of its own for everything Jupyter keeps. Requests to anything but 127.0.0.1 are refused and noted,
so that a test can say there were none. Pictures go to `screenshots/`, or where PRES_TEACH_SCREENSHOTS says.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import find_browser
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from server import ROOT, Server
from walk import KERNEL_READY, Watch

# a kernel that computes pictures on a busy machine answers late
expect.set_options(timeout=30_000)

RUN_ALL = "() => jupyterapp.commands.execute('notebook:run-all-cells')"


@dataclass
class Sheet:
    """A notebook open in the browser.

    Parameters
    ----------
    page
        Playwright's page.
    outside
        Addresses outside 127.0.0.1 that something asked for; all were refused.
    errors
        What the page's console called an error.
    """

    page: Page
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Run all cells and wait for them, and for the widgets to be drawn."""
        self.page.evaluate(KERNEL_READY, ".ipynb")
        self.page.evaluate(RUN_ALL)
        self.page.evaluate(KERNEL_READY, ".ipynb")
        self.page.wait_for_load_state("networkidle")

    def handled(self, widget: str) -> int:
        """How many requests of this widget Python has dealt with."""
        return int(self.page.locator(f"[data-widget='{widget}']").first.get_attribute("data-handled") or 0)

    def after(self, widget: str, act: Callable[[], object]) -> None:
        """Do something to a widget and wait until Python has dealt with it."""
        before = self.handled(widget)
        act()
        self.page.wait_for_function(
            "([name, n]) => Number(document.querySelector(`[data-widget='${name}']`).dataset.handled) > n",
            arg=[widget, before],
        )


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One JupyterLab for all tests of single widgets."""
    running = Server(tmp_path_factory.mktemp("lab") / "server")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A JupyterLab with copies of the real notebooks and a record of its own, for one test."""
    running = Server(tmp_path / "server")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the whole run."""
    try:
        path = find_browser.find()
    except find_browser.NoBrowser as missing:
        pytest.fail(str(missing))
    flags = ["--disable-background-networking", "--disable-component-update", "--disable-default-apps"]
    flags += [
        "--no-first-run",
        "--no-pings",
        "--disable-domain-reliability",
        "--disable-sync",
        "--font-render-hinting=none",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=flags, headless=True)
        yield chromium
        chromium.close()


def as_notebook(cells: Sequence[str]) -> dict[str, Any]:
    """A notebook of code cells."""
    code: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    made = [code | {"id": f"cell-{n}", "source": source} for n, source in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


Opener = Callable[..., Sheet]


@pytest.fixture
def open_notebook(lab: Server, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Open a notebook in a fresh browser profile: `open_notebook(cells or a path, width=1280, height=900)`."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []

    def opener(
        cells: Sequence[str] | Path, *, width: int = 1280, height: int = 900, run: bool = True, **options: Any
    ) -> Sheet:
        name = f"{request.node.name.translate(str.maketrans('[]/ ', '----'))}-{len(contexts)}.ipynb"
        text = cells.read_text(encoding="utf-8") if isinstance(cells, Path) else json.dumps(as_notebook(cells))
        (lab.folder / name).write_text(text, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(30_000)
        watch = Watch(context, lab.url)
        sheet = Sheet(context.new_page(), watch.outside, watch.errors)
        pages.append(sheet.page)
        sheet.page.goto(f"{lab.url}/doc/tree/{name}?reset")
        sheet.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context")
        if run:
            sheet.run()
        return sheet

    yield opener
    if pages:
        # the next test begins with no kernel and no record
        pages[-1].evaluate("() => jupyterapp.serviceManager.sessions.shutdownAll()")
    for context in contexts:
        context.close()
    for file in lab.record.parent.iterdir():
        file.unlink()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The folder for pictures of what was drawn."""
    folder = Path(os.environ.get("PRES_TEACH_SCREENSHOTS") or ROOT / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
