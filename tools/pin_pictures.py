"""Write ``tests/imaging/pinned.json``: what pictures look like, block by block, and the random numbers behind them.

Development only, after a change that is meant to change pictures::

    python tools/pin_pictures.py            # writes the file
    python tools/pin_pictures.py --check    # says how far the pictures of this environment are from it

The test that reads the file runs in each environment; it holds that the oldest and the newest NumPy give the same.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from pres_teach.imaging import SLICED, Lesion, Scan, acquire
from pres_teach.patient import stream

TARGET = Path(__file__).resolve().parent.parent / "tests" / "imaging" / "pinned.json"
BLOCK = 16
HEIGHTS_MM = (-30, 16, 44)


def scan() -> Scan:
    """Something of everything."""
    lesion = Lesion(
        oedema_ml=40,
        peak_ml=55,
        since_onset_h=60,
        restricted_ml=1.5,
        microbleeds=4,
        sulcal_blood=True,
        haematoma_ml=5,
        seed=11,
        enhances=True,
    )
    return acquire(lesion, seed=12, age_years=58)


def blocks(picture: NDArray[np.uint8]) -> list[list[float]]:
    """Mean grey of each square block."""
    height, width = (n // BLOCK * BLOCK for n in picture.shape)
    square = picture[:height, :width].reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    found: list[list[float]] = np.round(square.mean(axis=(1, 3)), 2).tolist()
    return found


def draws() -> dict[str, Any]:
    """The first numbers of each kind that pictures draw."""
    random = stream(3, 4, "pinned")
    return {
        "normal": random.standard_normal(4).tolist(),
        "normal, single": [float(v) for v in random.standard_normal(4, dtype=np.float32)],
        "uniform": random.uniform(0, 1, 4).tolist(),
        "integers": random.integers(1000, size=4).tolist(),
        "permutation": random.permutation(9).tolist(),
        "choice": random.choice([-1.0, 1.0], 6).tolist(),
        "spread": random.normal(2, 0.5, 3).tolist(),
    }


def pinned() -> dict[str, Any]:
    """All that the file holds."""
    made = scan()
    pictures = {
        f"{sequence} at {z}": blocks(made.slice(sequence, made.index_of(z))) for sequence in SLICED for z in HEIGHTS_MM
    }
    for kind in ("MRA", "MRV"):
        pictures[kind] = blocks(made.angiogram(kind, "side").picture)
    return {"draws": draws(), "lesion_ml": round(made.lesion_ml, 3), "pictures": pictures}


def farthest(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Greatest difference between two sets of pictures [grey levels of a block]."""
    return max(
        float(np.abs(np.asarray(one["pictures"][name]) - np.asarray(other["pictures"][name])).max())
        for name in one["pictures"]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    check = parser.parse_args().check
    made = pinned()
    if check:
        held = json.loads(TARGET.read_text(encoding="utf-8"))
        far = farthest(held, made)
        same = held["draws"] == made["draws"]
        print(f"NumPy {np.__version__}, SciPy {scipy.__version__}: draws {'the same' if same else 'differ'}")
        print(f"pictures differ by at most {far:.2f} grey levels in any block of {BLOCK} x {BLOCK} pixels")
        return 0 if same and far <= 0.2 else 1
    TARGET.write_text(json.dumps(made, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{TARGET.stat().st_size / 1e3:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
