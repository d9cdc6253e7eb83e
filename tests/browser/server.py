"""A JupyterLab server for one test run, in folders of its own, as `pres-teach learn` starts it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
from pathlib import Path

from pres_teach import cli

__all__ = ["ROOT", "Server"]

ROOT = Path(__file__).resolve().parents[2]

OPTIONS = ("--ip=127.0.0.1", "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True")
_HOMES = ("CONFIG", "DATA", "RUNTIME", "IPYTHON")


class Server:
    """JupyterLab with copies of the notebooks, and a record of its own.

    Parameters
    ----------
    home
        An empty folder, for everything that Jupyter and the lessons keep.

    Attributes
    ----------
    url
        Where it answers, by its own word; the same after each start.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.url = ""
        self.folder = home / "lessons"
        self.notebooks = self.folder / "notebooks"
        self.record = home / "record" / "record.sqlite"
        self._process: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None
        self._log: list[str] = []
        for name in _HOMES:
            (home / name.lower()).mkdir(parents=True)
        self.record.parent.mkdir()
        cli.place_notebooks(ROOT / "notebooks", self.folder)
        cli._place_settings(home)
        shutil.copyfile(home / "workspaces" / "default-37a8.jupyterlab-workspace", home / "folded.json")

    def address(self, notebook: str) -> str:
        """Where a notebook opens in the whole JupyterLab."""
        return f"{self.url}/lab/tree/notebooks/{notebook}"

    def start(self) -> None:
        """Start it, and wait until it says that it runs."""
        launch = cli.jupyterlab(self.folder, self.home, browser=False)
        own = {f"JUPYTER_{name}_DIR": str(self.home / name.lower()) for name in _HOMES[:3]}
        own |= {
            "IPYTHONDIR": str(self.home / "ipython"),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
            "PRES_TEACH_RECORD": str(self.record),
            "PRES_TEACH_STRICT": "1",
        }
        self._process = subprocess.Popen(
            [*launch.command, *self._port(), *OPTIONS],
            env={**os.environ, **launch.environment, **own},
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        runs = threading.Event()
        self._listener = threading.Thread(target=self._listen, args=(self._process, runs), daemon=True)
        self._listener.start()
        if not runs.wait(90) or self._process.poll() is not None:
            self.stop()
            raise RuntimeError("JupyterLab did not start:\n" + "".join(self._log[-40:]))

    def _port(self) -> tuple[str, str]:
        """A port that is free now, or the next free one if it was taken meanwhile; later the same again."""
        if self.url:
            return f"--ServerApp.port={self.url.rpartition(':')[2]}", "--ServerApp.port_retries=0"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return f"--ServerApp.port={probe.getsockname()[1]}", "--ServerApp.port_retries=50"

    def _listen(self, process: subprocess.Popen[str], runs: threading.Event) -> None:
        if process.stderr is not None:
            with process.stderr as said:
                for line in said:
                    self._log.append(line)
                    answers = re.search(r"(http://127\.0\.0\.1:\d+)/lab", line)
                    if answers:
                        self.url = answers[1]
                        runs.set()
        runs.set()

    def stop(self) -> None:
        """End it and its kernels."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._listener is not None:
            self._listener.join(20)
            self._listener = None

    def forget(self) -> None:
        """Lose what a lent computer loses: the record, and which windows were open."""
        for file in self.record.parent.iterdir():
            file.unlink()
        workspaces = self.home / "workspaces"
        shutil.rmtree(workspaces)
        workspaces.mkdir()
        shutil.copyfile(self.home / "folded.json", workspaces / "default-37a8.jupyterlab-workspace")
