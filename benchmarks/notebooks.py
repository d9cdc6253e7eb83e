"""How long all notebooks take under nbval.

Run with ``python benchmarks/notebooks.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Figures, spent_by_children

ROOT = Path(__file__).resolve().parents[1]
NBVAL = ("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120", "-q", "-p", "no:cacheprovider")


def main() -> None:
    """Measure, with a record and an IPython profile of their own."""
    figures = Figures()
    before = spent_by_children()
    with tempfile.TemporaryDirectory() as own:
        environment = {**os.environ, "PRES_TEACH_RECORD": f"{own}/record.sqlite", "IPYTHONDIR": f"{own}/ipython"}
        command = [sys.executable, "-m", "pytest", *NBVAL, "notebooks"]
        run = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    if run.returncode:
        sys.exit("\n".join(run.stdout.splitlines()[-10:]))
    figures.add("all notebooks under nbval", spent_by_children() - before, "s", 120)
    figures.end()


if __name__ == "__main__":
    main()
