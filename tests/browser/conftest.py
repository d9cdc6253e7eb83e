"""A JupyterLab and a browser for tests that click, with the network shut.

Each run has folders of its own for everything Jupyter keeps. Requests to anything but 127.0.0.1 are refused and noted,
so that a test can say there were none. Pictures go to `screenshots/`, or where PRES_TEACH_SCREENSHOTS says.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import find_browser
import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from server import Server

ROOT = Path(__file__).resolve().parents[2]

# a kernel that computes pictures on a busy machine answers late
expect.set_options(timeout=30_000)

SETTINGS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False},
    # every cell stays in the page, so that a test can find it
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}

# The execution indicator says "idle" before a kernel is connected; the kernel itself is asked.
KERNEL_READY = """async () => {
    const widget = jupyterapp.shell.currentWidget;
    await widget.context.ready;
    await widget.sessionContext.ready;
    const kernel = widget.sessionContext.session.kernel;
    await kernel.info;
    const ready = () => kernel.status === 'idle' && kernel.connectionStatus === 'connected';
    while (!ready()) await new Promise(resolve => setTimeout(resolve, 50));
}"""
RUN_ALL = "() => jupyterapp.commands.execute('notebook:run-all-cells')"


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: where it is, and the folder of its notebooks."""

    url: str
    folder: Path
    record: Path


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
        self.page.evaluate(KERNEL_READY)
        self.page.evaluate(RUN_ALL)
        self.page.evaluate(KERNEL_READY)
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _address(runtime: Path) -> str:
    """Where the server answers, by its own word: the port that was free may have been taken meanwhile."""
    for file in runtime.glob("jpserver-*.json"):
        try:
            url = str(json.loads(file.read_text(encoding="utf-8"))["url"]).rstrip("/")
            with urllib.request.urlopen(f"{url}/api/status", timeout=2):
                return url
        except (urllib.error.URLError, ConnectionError, TimeoutError, ValueError):
            continue
    return ""


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for the whole run."""
    home = tmp_path_factory.mktemp("lab")
    folders = {name: home / name.lower() for name in ("CONFIG", "DATA", "RUNTIME", "SETTINGS", "WORKSPACES", "IPYTHON")}
    for folder in folders.values():
        folder.mkdir()
    for name, settings in SETTINGS.items():
        path = folders["SETTINGS"] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")
    notebooks = home / "notebooks"
    notebooks.mkdir()
    record = home / "record" / "record.sqlite"
    record.parent.mkdir()
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(folders["CONFIG"]),
        "JUPYTER_DATA_DIR": str(folders["DATA"]),
        "JUPYTER_RUNTIME_DIR": str(folders["RUNTIME"]),
        "JUPYTERLAB_SETTINGS_DIR": str(folders["SETTINGS"]),
        "JUPYTERLAB_WORKSPACES_DIR": str(folders["WORKSPACES"]),
        "IPYTHONDIR": str(folders["IPYTHON"]),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        "PRES_TEACH_RECORD": str(record),
        "PRES_TEACH_STRICT": "1",
        "PYTHONWARNINGS": "default",
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={_free_port()}"),
        *("--ServerApp.port_retries=50", "--IdentityProvider.token=", f"--ServerApp.root_dir={notebooks}"),
        *("--LabApp.expose_app_in_browser=True", "--allow-root"),
    ]
    with (home / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=notebooks)
        try:
            give_up = time.monotonic() + 90
            while not (url := _address(folders["RUNTIME"])):
                if server.poll() is not None or time.monotonic() > give_up:
                    said = (home / "server.log").read_text(encoding="utf-8")
                    pytest.fail(f"JupyterLab did not start:\n{said[-3000:]}")
                time.sleep(0.1)
            yield Lab(url, notebooks, record)
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


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
def open_notebook(lab: Lab, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Open a notebook in a fresh browser profile: `open_notebook(cells or a path, width=1280, height=900)`."""
    contexts = []
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
        sheet = Sheet(context.new_page())
        pages.append(sheet.page)

        def gate(route: Route) -> None:
            address = route.request.url
            if address.startswith((lab.url, "data:", "blob:")):
                route.continue_()
            else:
                sheet.outside.append(address)
                route.abort()

        context.route("**/*", gate)
        sheet.page.on("pageerror", lambda error: sheet.errors.append(str(error)))
        sheet.page.on("console", lambda said: sheet.errors.append(said.text) if said.type == "error" else None)
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
