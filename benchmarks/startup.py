"""How long a fresh Python takes to load the package, beside one that loads nothing: medians in milliseconds.

Run with ``python benchmarks/startup.py``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

LIMITS = {  # what, the code, and how much more than a bare Python it may take
    "import pres_teach [ms]": ("import pres_teach", 300.0),
    "a case, read and checked [ms]": ("import pres_teach; pres_teach.read_case('kidney-azole')", None),
    "a lesson, ready to show [ms]": ("import pres_teach; pres_teach.lesson", 1500.0),
}


def cold_ms(code: str, times: int = 7) -> float:
    """Median duration of a fresh interpreter that runs the code [ms]."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        took.append(time.perf_counter() - start)
    return 1000 * statistics.median(took)


def main() -> None:
    bare = cold_ms("pass")
    print(f"{'a bare Python [ms]':38} {bare:8.0f}")
    for what, (code, limit) in LIMITS.items():
        more = cold_ms(code) - bare
        print(f"{what:38} {more:8.0f}" + ("" if limit is None else f"   at most {limit:g}"))


if __name__ == "__main__":
    main()
