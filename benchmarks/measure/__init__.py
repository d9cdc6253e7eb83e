"""What all benchmarks share: medians of processor time, and figures held against what they have to reach.

Processor time and not time on the clock: on a machine that does other things too it stays the same.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

#: A figure above its limit is told; above this many times its limit it fails the run.
BY_FAR = 2.0


def seconds(action: Callable[[], object], times: int) -> float:
    """Median processor time of an action, after one run to warm up [s]."""
    action()
    return cold_seconds(action, times)


def cold_seconds(action: Callable[[], object], times: int = 1) -> float:
    """Median processor time of an action, the first run included [s]."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        action()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def fresh_seconds(code: str, times: int = 5) -> float:
    """Median processor time of a fresh Python that runs the code [s]."""
    spent = []
    for _ in range(times):
        start = spent_by_children()
        subprocess.run([sys.executable, "-c", code], check=True)
        spent.append(spent_by_children() - start)
    return statistics.median(spent)


def spent_by_children() -> float:
    """Processor time of all processes that this one started and that have ended [s]."""
    used = psutil.Process().cpu_times()
    return float(used.children_user + used.children_system)


def most_memory_mb() -> float:
    """The most memory that this process has held so far [MB]."""
    status = Path("/proc/self/status")  # on Linux, because there the other counts what the parent process held, too
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1024 / 1e6
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


@dataclass
class Figures:
    """Figures of one script, printed as they are measured."""

    missed: list[str] = field(default_factory=list)

    def add(
        self, what: str, value: float, unit: str, at_most: float | None = None, peer: tuple[str, float] | None = None
    ) -> None:
        """Print one figure, what it has to reach, and how many times as much a peer takes in the same run.

        Parameters
        ----------
        what
            What was measured.
        value
            The figure [`unit`].
        unit
            "ms", "s" or "MB".
        at_most
            What it has to reach [`unit`]; None where nothing is promised.
        peer
            What it is compared with, and that one's figure [`unit`].
        """
        words = f"{what:44} {value:9.2f} {unit}"
        if at_most is not None:
            verdict = "" if value <= at_most else "  MISSED" if value <= BY_FAR * at_most else "  MISSED BY FAR"
            words += f"   at most {at_most:g} {unit}{verdict}"
            if value > BY_FAR * at_most:
                self.missed.append(what)
        if peer is not None:
            words += f"   {peer[0]}: {peer[1]:.2f} {unit}, {peer[1] / value:.1f} times as much"
        print(words, flush=True)

    def end(self) -> None:
        """Fail if a figure was missed by far."""
        if self.missed:
            sys.exit(f"More than {BY_FAR:g} times what it has to be: {'; '.join(self.missed)}")
