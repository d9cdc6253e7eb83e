"""Speed and memory of the pictures: one fresh process, medians.

Run with ``python benchmarks/imaging.py``.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable

LIMITS = {  # what, and at most
    "a patient's head, once [s]": 2.0,
    "lesion to scan [s]": 0.8,
    "slice to uint8 [s]": 0.010,
    "mosaic of a sequence [s]": 0.8,
    "memory above numpy and scipy [MB]": 350.0,
}


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _median(action: Callable[[int], object], times: int) -> float:
    spent = []
    for k in range(times):
        start = time.perf_counter()
        action(k)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def measure() -> dict[str, float]:
    """Medians of each thing in :data:`LIMITS`."""
    import scipy.ndimage  # noqa: F401

    before = _memory_mb()
    from pres_teach.imaging import SEQUENCES, Lesion, acquire
    from pres_teach.imaging.anatomy import anatomy, template

    template()
    out = {"a patient's head, once [s]": _median(lambda k: anatomy(7 + k), 3)}
    acquire(Lesion(oedema_ml=1, peak_ml=1, seed=3), seed=3)
    out["lesion to scan [s]"] = _median(
        lambda k: acquire(Lesion(oedema_ml=50 + k, peak_ml=60, restricted_ml=1, microbleeds=3, seed=3), seed=3), 5
    )
    scan = acquire(Lesion(oedema_ml=60, peak_ml=60, restricted_ml=1, microbleeds=3, seed=3), seed=3)
    out["slice to uint8 [s]"] = _median(lambda k: scan.slice(SEQUENCES[k % 5], 12 + k // 5), 60)
    other = acquire(Lesion(oedema_ml=40, peak_ml=60, seed=3), seed=3)
    out["mosaic of a sequence [s]"] = _median(lambda k: other.mosaic(SEQUENCES[k]), 5)
    out["memory above numpy and scipy [MB]"] = _memory_mb() - before
    return out


if __name__ == "__main__":
    for what, value in measure().items():
        print(f"{what:38} {value:8.3f}   at most {LIMITS[what]:g}")
