"""Print the path of a Chromium or Chrome for the browser tests; with ``--install``, fetch one if there is none.

In this order: ``PRES_TEACH_BROWSER``, the system's browser, Playwright's own; then, with ``--install``, a download by
Playwright, and on Debian and its relatives, as root, ``apt-get``. A browser counts only if it starts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["NoBrowser", "find", "install"]

_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_MAC_APPS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)


class NoBrowser(RuntimeError):
    """There is no browser; the message says what to install."""


def _starts(path: str) -> bool:
    """Whether it runs at all: a snap's stub or a download without its libraries does not."""
    try:
        run = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0


def _system() -> Iterator[str]:
    for command in _COMMANDS:
        path = shutil.which(command)
        if path:
            yield path
    if sys.platform == "darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            yield from (str(folder / app) for app in _MAC_APPS if (folder / app).exists())


def _own() -> Iterator[str]:
    """The browser that Playwright has downloaded before."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).exists():
        yield path


def find() -> str:
    """Give the path of a browser that starts.

    Raises
    ------
    NoBrowser
        If there is none, or if the one named by ``PRES_TEACH_BROWSER`` doesn't start.
    """
    named = os.environ.get("PRES_TEACH_BROWSER")
    if named:
        if _starts(named):
            return named
        raise NoBrowser(f'PRES_TEACH_BROWSER names "{named}", which does not start: correct it or unset it.')
    for search in (_system, _own):
        for path in search():
            if _starts(path):
                return path
    raise NoBrowser(
        "The browser tests need Chromium or Chrome, and none was found. Install one (Debian, Ubuntu: "
        '"sudo apt-get install chromium"; macOS: "brew install --cask google-chrome" or from google.com/chrome), '
        "or set PRES_TEACH_BROWSER to the path of one."
    )


def _run(*command: str) -> bool:
    print("+", *command, file=sys.stderr)
    try:
        # what they print goes to stderr: stdout is for the path alone
        return subprocess.run(command, stdout=sys.stderr, timeout=900, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> str:
    """Give the path of a browser, fetching one if there is none.

    Raises
    ------
    NoBrowser
        If none can be had; the message says what to install by hand.
    """
    try:
        return find()
    except NoBrowser:
        if os.environ.get("PRES_TEACH_BROWSER"):
            raise
    _run(sys.executable, "-m", "playwright", "install", "--no-shell", "chromium")
    try:
        return find()
    except NoBrowser:
        if not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
            raise
    if _run("apt-get", "update", "-q"):
        _run("apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core")
    return find()


def main(arguments: list[str]) -> int:
    try:
        print(install() if "--install" in arguments else find())
    except NoBrowser as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
