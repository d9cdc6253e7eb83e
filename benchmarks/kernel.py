"""What a learner waits for: a real kernel, asked for what the first lessons ask for.

Run with ``python benchmarks/kernel.py``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel
from measure import Figures

FIRST_QUESTION = (
    'import pres_teach; lesson = pres_teach.lesson("kidney-azole", "presentation"); lesson.where()',
    "lesson.story()",
    'lesson.question("first-act")',
)
COURSE = "plot = lesson.course(); plot"
BUTTON = """\
import statistics, time
from pres_teach import figures
encounter = lesson.encounter
def spent(action, times):
    took = []
    for _ in range(times):
        start = time.process_time(); action(); took.append(time.process_time() - start)
    return 1000 * statistics.median(took)
doses = iter(range(10, 40))
print(spent(lambda: encounter.order("labetalol", next(doses), "mg", "iv"), 9),
      spent(lambda: figures.course_figure({"You": encounter.course}, title="The course"), 3))
"""
SCAN = """\
import pres_teach
lesson = pres_teach.lesson("kidney-azole", "mri")
encounter = lesson.encounter
encounter.enter("mri")
if not encounter.scans:
    encounter.test(next(test.id for stage in encounter.case.stages.values() for test in stage.tests if test.scan))
    encounter.wait_until(encounter.results_due()[0].due_h)
for sequence in encounter.scan().sequences:
    encounter.scan().mosaic(sequence)
lesson.scan()
"""


class Kernel:
    """A kernel and the process behind it."""

    def __init__(self, client: BlockingKernelClient, process: psutil.Process) -> None:
        self.client = client
        self.process = process

    def spent(self) -> float:
        """Processor time so far [s]."""
        used = self.process.cpu_times()
        return float(used.user + used.system)

    def memory_mb(self) -> float:
        """Memory held [MB]."""
        return float(self.process.memory_info().rss) / 1e6

    def run(self, code: str) -> str:
        """Run a cell to its end, and give what it printed."""
        printed: list[str] = []

        def hear(message: dict[str, dict[str, object]]) -> None:
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "error":
                raise RuntimeError(f"{code}: {content['ename']}: {content['evalue']}")
            if kind == "stream":
                printed.append(str(content["text"]))

        self.client.execute_interactive(code, timeout=120, output_hook=hear)
        return "".join(printed)


@contextmanager
def kernel() -> Iterator[Kernel]:
    """A fresh kernel with a record of its own."""
    with tempfile.TemporaryDirectory() as folder:
        own = {**os.environ, "PRES_TEACH_RECORD": str(Path(folder) / "record.sqlite")}
        manager, client = start_new_kernel(env=own)
        try:
            yield Kernel(client, psutil.Process(getattr(manager.provisioner, "pid", None)))
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def main() -> None:
    """Measure."""
    figures = Figures()
    with kernel() as learner:
        before = learner.spent()
        for cell in FIRST_QUESTION:
            learner.run(cell)
        figures.add("first question from a cold kernel", learner.spent() - before, "s", 1.5, ("the kernel", before))
        learner.run(COURSE)
        ours, theirs = (float(number) for number in learner.run(BUTTON).split())
        figures.add("an order to its new course plot", ours, "ms", 50, ("the same by matplotlib", theirs))
    with kernel() as learner:
        learner.run(SCAN)
        figures.add("memory of a kernel, a whole scan looked at", learner.memory_mb(), "MB", 600)
    figures.end()


if __name__ == "__main__":
    main()
