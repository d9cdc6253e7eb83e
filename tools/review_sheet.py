"""Write the review sheet for a neuroradiologist: 24 panels, questions, and a place for the verdict, in one HTML file.

Run with ``python tools/review_sheet.py review.html``; open it in a browser, fill it in there or print it. What each
panel was meant to be stands on the last page, so that the pictures are read first. Nothing in it is fetched from
elsewhere.
"""

from __future__ import annotations

import argparse
import base64
import html
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from pres_teach.imaging import Lesion, acquire, panel
from pres_teach.imaging.anatomy import template

DAY = 24.0
SEQUENCES = ("FLAIR", "T2", "T1", "T1+C", "DWI", "ADC", "SWI", "CT")
STANDARD = (-32.0, -8.0, 4.0, 16.0, 28.0, 44.0)
LOW = (-44.0, -32.0, -20.0, -8.0, 4.0, 16.0)
HIGH = (4.0, 16.0, 28.0, 44.0, 52.0, 60.0)


ARTERIES = (("MRA", "front"), ("MRA", "above"))
VEINS = (("MRV", "front"), ("MRV", "side"))


@dataclass(frozen=True)
class Panel:
    """One panel: what it is meant to be, the lesion, the age [years], the field [T], the heights shown [mm], and the
    vessels shown below the slices, each a kind and a view."""

    meant: str
    lesion: Lesion
    age: float = 34
    field_t: float = 3.0
    heights: tuple[float, ...] = STANDARD
    seed: int = 0
    vessels: tuple[tuple[str, str], ...] = ()


def _at(pattern: str, ml: float, day: float, seed: int, **more: Any) -> Lesion:
    lesion = Lesion(pattern=pattern, oedema_ml=ml, peak_ml=ml, since_onset_h=DAY * day, seed=seed)
    return replace(lesion, **more)


def panels() -> tuple[Panel, ...]:
    """The 24 panels, mixed by hand so that neighbours differ."""
    pres, infarct = "parieto-occipital", "posterior cerebral artery infarct"
    shrunk = Lesion(oedema_ml=15, peak_ml=60, since_onset_h=12 * DAY, microbleeds=3, seed=3)
    scar = Lesion(oedema_ml=0, peak_ml=60, since_onset_h=75 * DAY, restricted_ml=3, microbleeds=2, seed=8)
    return (
        Panel("normal, 28 years", Lesion(), 28, seed=1, vessels=(*ARTERIES, *VEINS)),
        Panel("PRES, parieto-occipital, early (15 mL)", _at(pres, 15, 0.3, 2), seed=2),
        Panel("posterior cerebral artery infarct, day 1", _at(infarct, 40, 1, 5), 52, seed=3),
        Panel("PRES, superior frontal sulcus", _at("superior frontal sulcus", 60, 1, 3), heights=HIGH, seed=4),
        Panel("PML", _at("progressive multifocal leukoencephalopathy", 45, 30, 4), 46, heights=HIGH, seed=5),
        Panel("PRES, central and brainstem", _at("central and brainstem", 60, 1, 5), heights=LOW, seed=6),
        Panel("osmotic demyelination, day 6", _at("osmotic demyelination", 9, 6, 4), 55, heights=LOW, seed=7),
        Panel("PRES, holohemispheric watershed", _at("holohemispheric watershed", 60, 1, 8), heights=HIGH, seed=8),
        Panel("metastases", _at("metastases", 45, 10, 7), 61, seed=9),
        Panel("PRES, parieto-occipital, peak", _at(pres, 60, 2, 12), seed=10),
        Panel(
            "venous infarct, sagittal sinus", _at("venous infarct", 40, 2, 4), 37, heights=HIGH, seed=11, vessels=VEINS
        ),
        Panel("PRES, cerebellar", _at("cerebellar", 60, 1, 2), heights=LOW, seed=12),
        Panel("HSV encephalitis, day 3", _at("HSV encephalitis", 40, 3, 6), 44, heights=LOW, seed=13),
        Panel("PRES, asymmetric", _at("asymmetric", 60, 1, 9), seed=14),
        Panel("small-vessel change, 74 years", _at("small-vessel change", 30, 400, 3), 74, seed=15),
        Panel(
            "PRES with restricted foci and microbleeds", _at(pres, 60, 2, 4, restricted_ml=3, microbleeds=4), seed=16
        ),
        Panel("abscess", _at("abscess", 35, 6, 5), 50, seed=17),
        Panel("PRES, recovering, day 12 (15 of 60 mL)", shrunk, seed=18),
        Panel("HHV-6 encephalitis", _at("HHV-6 encephalitis", 9, 4, 3), 33, heights=LOW, seed=19),
        Panel(
            "PRES with a haematoma and blood in a sulcus, 1.5 T",
            _at(pres, 50, 2, 6, haematoma_ml=8, sulcal_blood=True),
            field_t=1.5,
            seed=20,
        ),
        Panel(
            "convexity bleeding, as in RCVS",
            _at("convexity bleeding", 5, 2, 4),
            41,
            heights=HIGH,
            seed=21,
            vessels=ARTERIES,
        ),
        Panel("normal, 75 years", Lesion(), 75, seed=22),
        Panel("posterior cerebral artery infarct, day 90", _at(infarct, 40, 90, 5), 52, seed=23),
        Panel("scar of restricted foci after PRES, day 75", scar, seed=24),
    )


QUESTIONS = (
    "What would you report?",
    "Likely diagnosis",
    "Anything that gives it away as computed?",
    "Brightness right on each sequence, and on CT? (which not)",
    "Place and shape believable?",
    "Report below right, free of overstatement?",
)
VERDICTS = ("fit to teach from", "fit after a change", "not fit")
LAST = (
    "Are the schematic angiograms and venograms fit to teach beading and a filled sinus?",
    "Are microbleeds, haematoma, blood in a sulcus, veins and deep iron believable?",
    "Is the anatomy believable for each age?",
    "Could any PRES panel be taken for a mimic, or the other way round?",
    "What must not be shown to students?",
)
STYLE = """
body{font:15px/1.4 system-ui,sans-serif;max-width:62rem;margin:1rem auto;padding:0 1rem;color:#111;background:#fff}
section{break-before:page;border-top:2px solid #444;padding-top:.5rem}
img{max-width:100%;height:auto;background:#000}
label{display:block;margin:.35rem 0 .1rem}
textarea{width:100%;min-height:2.2rem;font:inherit;border:1px solid #555}
fieldset{border:1px solid #555;margin:.5rem 0}
fieldset label{display:inline-block;margin-right:1.5rem}
details{margin:.4rem 0}
pre{white-space:pre-wrap;font:inherit}
"""


def _pictures(given: Panel) -> tuple[list[tuple[str, str]], str]:
    """The panel's pictures as base64 PNG, each with its alternative text, and the package's report."""
    scan = acquire(given.lesion, seed=given.seed, field_t=given.field_t, age_years=given.age)
    slices = Image.open(io.BytesIO(panel(scan, SEQUENCES, given.heights, 1.0)))
    vessels = [scan.angiogram(kind, view) for kind, view in given.vessels]
    pictures = [_png(slices), *(_png(Image.open(io.BytesIO(one.png()))) for one in vessels)]
    middle = scan.index_of(given.heights[len(given.heights) // 2])
    said = [scan.describe("FLAIR", middle), *(one.alt for one in vessels)]
    return list(zip(pictures, said, strict=True)), scan.report()


def _png(picture: Image.Image) -> str:
    """A picture in 48 greys as base64 PNG."""
    with io.BytesIO() as out:
        picture.convert("L").quantize(48).save(out, "PNG", optimize=True)
        return base64.b64encode(out.getvalue()).decode()


def _box(name: str, question: str) -> str:
    return f'<label for="{name}">{html.escape(question)}</label><textarea id="{name}"></textarea>'


def panel_html(number: int, given: Panel) -> str:
    """One panel with its questions, its report and its verdict."""
    pictures, report = _pictures(given)
    shown = "".join(
        f'<img alt="{html.escape(said, quote=True)}" src="data:image/png;base64,{picture}">'
        for picture, said in pictures
    )
    boxes = "".join(_box(f"p{number}q{k}", question) for k, question in enumerate(QUESTIONS))
    verdicts = "".join(
        f'<label><input type="radio" name="v{number}" value="{verdict}"> {verdict}</label>' for verdict in VERDICTS
    )
    return (
        f'<section aria-labelledby="p{number}"><h2 id="p{number}">Panel {number}</h2>'
        f"<p>{given.age:g} years, {given.field_t:g} T. Synthetic.</p>"
        f"{shown}{boxes}"
        f"<details><summary>The report that the package writes</summary><pre>{html.escape(report)}</pre></details>"
        f"<fieldset><legend>Verdict on panel {number}</legend>{verdicts}</fieldset></section>"
    )


def sheet() -> str:
    """The whole sheet as HTML."""
    given = panels()
    body = "".join(panel_html(number, one) for number, one in enumerate(given, 1))
    last = "".join(_box(f"l{k}", question) for k, question in enumerate(LAST))
    key = "".join(f"<li>{html.escape(one.meant)}</li>" for one in given)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Review of synthetic MR pictures</title>'
        f"<style>{STYLE}</style></head><body><h1>Review of synthetic MR pictures of PRES and its mimics</h1>"
        "<p>All pictures are computed; none is of a patient. No neuroradiologist has seen them before you. Please read "
        "each panel as you would at work, then open its report, then give a verdict. What each was meant to be stands "
        f"at the end.</p>{_box('who', 'Reader, training, date')}"
        f"{body}<section><h2>The set as a whole</h2>{last}"
        f"{_box('sign', 'Verdict on the set, name, signature')}</section>"
        f"<section><h2>What each panel was meant to be</h2><ol>{key}</ol><h2>Notice of the anatomy</h2>"
        f"<pre>{html.escape(template().notice)}</pre></section></body></html>"
    )


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="where to write it, such as review.html")
    target: Path = parser.parse_args().file
    text = sheet()
    target.write_text(text, encoding="utf-8")
    print(f"{len(panels())} panels in {target} ({len(text) / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
