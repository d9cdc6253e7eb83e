"""Draw the pictures of ``docs/imaging_objections.md``: what answers each objection to the prototype's pictures.

Run with ``python tools/draw_objections.py``; it writes ``docs/images/objection_NN_after.png``. The pictures named
``..._before.png`` are parts of the prototype's and are not made again.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pres_teach.imaging import Lesion, Scan, acquire, panel

HERE = Path(__file__).resolve().parent.parent / "docs" / "images"
SEED = 4
HEADS = ((4, 28), (7, 75))  # seed and age of two people


def lesion(pattern: str, ml: float = 60, seed: int = SEED, **more: object) -> Lesion:
    """A lesion at its height."""
    return Lesion(**{"pattern": pattern, "oedema_ml": ml, "peak_ml": ml, "seed": seed, **more})  # type: ignore[arg-type]


def strip(scan: Scan, sequences: Sequence[str], heights: Sequence[float], scale: float = 0.9) -> Image.Image:
    """A panel as a picture."""
    return Image.open(io.BytesIO(panel(scan, sequences, heights, scale)))


def below(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures one below the other."""
    out = Image.new("L", (max(p.width for p in pictures), sum(p.height for p in pictures)))
    top = 0
    for picture in pictures:
        out.paste(picture, (0, top))
        top += picture.height
    return out


def save(number: int, picture: Image.Image) -> None:
    """Write one picture in 64 greys."""
    path = HERE / f"objection_{number:02d}_after.png"
    picture.convert("L").quantize(64).save(path, optimize=True)
    print(path.name, picture.size, f"{path.stat().st_size / 1000:.0f} kB")


def beside(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures side by side."""
    out = Image.new("L", (sum(p.width for p in pictures), max(p.height for p in pictures)))
    left = 0
    for picture in pictures:
        out.paste(picture, (left, 0))
        left += picture.width
    return out


def main() -> None:
    """Draw all."""
    save(1, strip(acquire(lesion("central and brainstem", seed=5), seed=SEED), ["FLAIR"], (-32, -20, 4, 16, 28)))
    save(2, strip(acquire(lesion("asymmetric", seed=9), seed=SEED), ["FLAIR"], (-8, 4, 16, 28, 40)))
    close = strip(acquire(lesion("parieto-occipital", seed=12), seed=SEED), ["FLAIR"], (16, 28), 2.4)
    save(3, close.crop((0, close.height // 2 - 40, close.width, close.height)))
    course = [(60, 2), (30, 9), (12, 25), (3, 60)]
    rows = []
    for seed in (4, 12):
        for ml, day in course[1:] if seed == 12 else course:
            state = Lesion(oedema_ml=ml, peak_ml=60, since_onset_h=24.0 * day, microbleeds=2, seed=seed)
            rows.append(strip(acquire(state, seed=seed), ["FLAIR"], (16, 28), 0.7))
    half = below(rows[:4]), below(rows[4:])
    save(4, beside(half))
    gyral = acquire(lesion("parieto-occipital", seed=2, enhances=True), seed=SEED)
    lining = acquire(lesion("parieto-occipital", seed=3, enhances=True), seed=SEED)
    save(5, beside([strip(scan, ["T1+C"], (28, 40)) for scan in (gyral, lining)]))
    bled = acquire(lesion("parieto-occipital", microbleeds=4, sulcal_blood=True, haematoma_ml=6), seed=SEED)
    line = [float(bled.positions_mm[k]) for k in np.argsort(-bled.drawn.sulcal_blood.sum(axis=(1, 2)))[:1]]
    clot = [float(bled.positions_mm[k]) for k in np.argsort(-bled.drawn.haematoma.sum(axis=(1, 2)))[:1]]
    dots = sorted({dot[2] for dot in bled.drawn.dots_mm})[-2:]
    save(6, strip(bled, ["SWI"], sorted({*line, *clot, *dots, -8.0})))
    save(
        7,
        below(
            [
                strip(acquire(lesion(name, seed=seed, sites=()), seed=SEED), ["FLAIR"], (-36, 16, 40, 52), 0.8)
                for name, seed in (("superior frontal sulcus", 3), ("holohemispheric watershed", 8), ("cerebellar", 2))
            ]
        ),
    )
    save(
        8,
        below(
            [
                strip(acquire(Lesion(), seed=seed, age_years=age), ["T2"], (4, 28, 48))
                for seed, age in ((4, 28), (7, 75))
            ]
        ),
    )
    save(
        9,
        strip(acquire(lesion("parieto-occipital", restricted_ml=2), seed=SEED), ["DWI", "ADC"], (-12, 16, 28, 40), 0.8),
    )
    early, late = (acquire(lesion("parieto-occipital", ml, since_onset_h=24), seed=SEED) for ml in (10, 60))
    clotted = acquire(lesion("parieto-occipital", haematoma_ml=6, since_onset_h=24), seed=SEED)
    at = float(clotted.positions_mm[int(clotted.drawn.haematoma.sum(axis=(1, 2)).argmax())])
    columns = [strip(scan, ["FLAIR", "CT"], (z,), 1.1) for scan, z in ((early, 28), (late, 28), (clotted, at))]
    save(10, beside(columns))


if __name__ == "__main__":
    main()
