"""Draw the pictures of ``docs/imaging_objections.md``: what answers each objection to the prototype's pictures.

Run with ``python tools/draw_objections.py``; it writes ``docs/images/objection_NN_after.png``. The pictures named
``..._before.png`` are parts of the prototype's and are not made again.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

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


def uptake(scan: Scan, z: float) -> Image.Image:
    """Where contrast medium is taken up, laid in white over FLAIR."""
    k = scan.index_of(z)
    grey = scan.slice("FLAIR", k).astype(float) * 0.55
    grey += 200 * scan.drawn.enhancement[k].astype(float)
    out = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(out)
    for place, words, anchor in (
        ((3, 2), f"{scan.drawn.enhances}, z = {z:g} mm", "la"),
        ((92, 219), "SYNTHETIC", "ms"),
    ):
        pen.text(place, words, fill=240, anchor=anchor, font=ImageFont.load_default(11))
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
    both = Image.new("L", (half[0].width * 2, half[0].height))
    both.paste(half[0], (0, 0))
    both.paste(half[1], (half[0].width, 0))
    save(4, both)
    gyral = acquire(lesion("parieto-occipital", seed=2, enhances=True), seed=SEED)
    lining = acquire(lesion("parieto-occipital", seed=3, enhances=True), seed=SEED)
    tiles = [uptake(scan, z) for scan in (gyral, lining) for z in (28.0, 40.0)]
    row = Image.new("L", (sum(t.width for t in tiles), tiles[0].height))
    for place, tile in enumerate(tiles):
        row.paste(tile, (place * tile.width, 0))
    save(5, row)
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
    save(10, strip(acquire(lesion("parieto-occipital"), seed=SEED), ["FLAIR"], (28,), 2.2))


if __name__ == "__main__":
    main()
