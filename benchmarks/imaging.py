"""Speed and memory of the pictures, in one fresh process.

Run with ``python benchmarks/imaging.py``. Where nilearn is installed, its picture of the same slice is the peer.
"""

from __future__ import annotations

import importlib.util
import io
import itertools
import os
import subprocess
import sys
import tempfile
import warnings
from typing import Any

from measure import Figures, cold_seconds, seconds
from PIL import Image

from pres_teach.imaging import SEQUENCES, SLICED, Lesion, Scan, acquire, panel, to_nifti
from pres_teach.imaging.anatomy import anatomy, template

SIX = ("FLAIR", "T2", "DWI", "ADC", "SWI", "T1+C")
HEIGHT_MM = 16.0


def lesion(oedema_ml: float, seed: int = 3) -> Lesion:
    """A lesion with everything that is drawn in it."""
    return Lesion(oedema_ml=oedema_ml, peak_ml=60, restricted_ml=1, microbleeds=3, seed=seed)


def scan_of(oedema_ml: float, seed: int = 3) -> Scan:
    """A scan of that lesion, always in one head."""
    return acquire(lesion(oedema_ml, seed), seed=3)


def png(scan: Scan, sequence: str, index: int) -> bytes:
    """A slice as a PNG."""
    with io.BytesIO() as out:
        Image.fromarray(scan.slice(sequence, index)).save(out, "PNG", compress_level=4)
        return out.getvalue()


def peer(scan: Scan) -> tuple[str, float] | None:
    """Milliseconds that nilearn takes for a picture of the same slice; None where it isn't installed."""
    if importlib.util.find_spec("nilearn") is None or importlib.util.find_spec("nibabel") is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import matplotlib as mpl

        mpl.use("agg")
        from nilearn import plotting

        image: Any = to_nifti(scan, "FLAIR")

        def draw() -> None:
            shown = plotting.plot_anat(image, display_mode="z", cut_coords=[HEIGHT_MM], annotate=True)
            shown.savefig(os.path.join(folder, "slice.png"))  # it writes to nothing but a path
            shown.close()

        with tempfile.TemporaryDirectory() as folder:
            return "nilearn's plot_anat", 1000 * seconds(draw, 3)


LEARNER = """
from measure import most_memory_mb
bare = most_memory_mb()
from pres_teach.imaging import SLICED, Lesion, acquire
for oedema_ml in (60, 20):
    scan = acquire(Lesion(oedema_ml=oedema_ml, peak_ml=60, restricted_ml=1, microbleeds=3, seed=3), seed=3)
    for sequence in SLICED:
        scan.mosaic(sequence)
    scan.report()
print(most_memory_mb() - bare)
"""


def learners_memory_mb() -> float:
    """What a fresh process needs to look through all of a first and a second scan, packages included [MB]."""
    folder = os.path.dirname(os.path.abspath(__file__))
    done = subprocess.run([sys.executable, "-c", LEARNER], cwd=folder, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Measure. Nothing is asked for twice, because pictures are kept."""
    figures = Figures()
    template()
    seeds, volumes, lesions = itertools.count(7), itertools.count(20), itertools.count(100)
    figures.add("the first head, with the average brain", cold_seconds(lambda: anatomy(next(seeds))), "s")
    figures.add("a patient's head, once", cold_seconds(lambda: anatomy(next(seeds)), 3), "s", 1)
    scan_of(10)
    figures.add("the same lesion grown, to scan", cold_seconds(lambda: scan_of(next(volumes)), 5), "s")
    six = cold_seconds(lambda: panel(scan_of(30, next(lesions)), SIX, (HEIGHT_MM,)), 5)
    figures.add("new lesion to panel of six sequences", six, "s", 0.4)
    more = cold_seconds(lambda: panel(scan_of(30, next(lesions)), SIX, (-12, 4, HEIGHT_MM, 40)), 3)
    figures.add("the same at four heights", more, "s")
    scan = scan_of(60)
    slices = iter([(sequence, index) for index in range(12, 24) for sequence in SLICED])
    one = 1000 * cold_seconds(lambda: png(scan, *next(slices)), 81)
    picture = peer(scan_of(41))
    figures.add("slice to PNG, computed", one, "ms", 10, picture)
    if picture is None:
        print(" " * 4 + "nilearn is not installed here: no peer (group anatomy in pyproject.toml)")
    angle = cold_seconds(lambda: scan.angiogram("MRA", "side").png(), 3)
    figures.add("angiogram to PNG", angle, "s")
    whole, sequences = scan_of(42), iter(SEQUENCES)
    figures.add("mosaic of a sequence", cold_seconds(lambda: whole.mosaic(next(sequences)), 5), "s", 0.8)
    figures.add("memory of two scans above a bare interpreter", learners_memory_mb(), "MB", 350)
    figures.end()


if __name__ == "__main__":
    main()
