"""What the scan viewer has to wait for: the first slice of a scan, and all of a sequence.

Run with ``python benchmarks/viewer.py``. What the browser does with them (16.7 ms from a key to its painted slice, one
frame) needs no Python and is not measured here.
"""

from __future__ import annotations

import io
import itertools
import statistics
import time
from functools import partial

from matplotlib.figure import Figure
from measure import Figures, seconds

from pres_teach.imaging import Lesion, Scan, acquire
from pres_teach.widgets.picturing import Pictures
from pres_teach.widgets.scan_viewer import ScanViewer


def scan_of(oedema_ml: float) -> Scan:
    """A scan of the same head with another lesion."""
    return acquire(Lesion(oedema_ml=oedema_ml, peak_ml=60, microbleeds=3, seed=3), seed=3)


def waits(volumes: itertools.count[int]) -> tuple[float, float]:
    """From a new scan asked for to its first slice, and to the whole sequence with its words [ms]."""
    viewer = ScanViewer(Pictures([{"label": "The scan", "when": ""}], [partial(scan_of, next(volumes))]), index=20)
    came: list[float] = []
    viewer.observe(lambda change: came.append(time.process_time()), names=["first", "words_0_0"])
    start = time.process_time()
    viewer.load((0, "FLAIR", 20))
    return 1000 * (came[0] - start), 1000 * (came[-1] - start)


def by_matplotlib(scan: Scan) -> None:
    """The same slice as a picture of matplotlib."""
    figure = Figure(figsize=(1.85, 2.22), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.imshow(scan.values("FLAIR", 20), cmap="gray")
    figure.savefig(io.BytesIO(), format="png")


def main() -> None:
    """Measure."""
    figures = Figures()
    scan = scan_of(10)
    scan.tile("FLAIR", 20)
    one = 1000 * seconds(lambda: scan.tile("FLAIR", 20), 20)
    figures.add("slice to PNG", one, "ms", 10, ("by matplotlib", 1000 * seconds(lambda: by_matplotlib(scan), 5)))
    volumes = itertools.count(20)
    first, whole = zip(*(waits(volumes) for _ in range(5)), strict=True)
    figures.add("a new scan of a known head to its first slice", statistics.median(first), "ms", 300)
    figures.add("the same to the whole sequence and its words", statistics.median(whole), "ms", 1500)
    known = ScanViewer(Pictures([{"label": "The scan", "when": ""}], [lambda: scan]), index=20)
    came: list[float] = []
    known.observe(lambda change: came.append(time.process_time()), names="first")
    start = time.process_time()
    known.load((0, "T2", 20))
    figures.add("another sequence of a known scan to its slice", 1000 * (came[0] - start), "ms", 100)
    figures.end()


if __name__ == "__main__":
    main()
