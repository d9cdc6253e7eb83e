"""Speed and memory of the pictures, in one fresh process.

Run with ``python benchmarks/imaging.py``.
"""

from __future__ import annotations

import itertools

import scipy.ndimage  # noqa: F401  (loaded before memory is first read)
from measure import Figures, cold_seconds, most_memory_mb

from pres_teach.imaging import SEQUENCES, Lesion, Scan, acquire
from pres_teach.imaging.anatomy import anatomy, template


def scan_of(oedema_ml: float) -> Scan:
    """A scan with everything that is drawn in it."""
    return acquire(Lesion(oedema_ml=oedema_ml, peak_ml=60, restricted_ml=1, microbleeds=3, seed=3), seed=3)


def main() -> None:
    """Measure. Nothing is asked for twice, because pictures are kept."""
    figures = Figures()
    before = most_memory_mb()
    template()
    seeds, volumes = itertools.count(7), itertools.count(20)
    figures.add("a patient's head, once", cold_seconds(lambda: anatomy(next(seeds)), 3), "s", 2)
    scan_of(10)
    figures.add("lesion to scan", cold_seconds(lambda: scan_of(next(volumes)), 5), "s", 0.8)
    scan = scan_of(60)
    slices = iter([(sequence, index) for index in range(12, 24) for sequence in SEQUENCES])
    one = 1000 * cold_seconds(lambda: scan.slice(*next(slices)), 60)
    figures.add("slice to grey values", one, "ms", 10)
    whole, sequences = scan_of(40), iter(SEQUENCES)
    figures.add("mosaic of a sequence", cold_seconds(lambda: whole.mosaic(next(sequences)), 5), "s", 0.8)
    figures.add("memory above that of the packages", most_memory_mb() - before, "MB", 400)
    figures.end()


if __name__ == "__main__":
    main()
