"""The reading room: pictures without a patient. Pairs, all patterns, physics to turn, and scans to be read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pres_teach.record import Record, RecordError

from .desk import AtHand, Desk
from .foundation import PanelWidget, Request, words
from .physics import Physics
from .picturing import NOTE, Pictures
from .question import QuestionWidget
from .reading_test import KEPT_AS, SHOWN, ReadingTest, chosen_in
from .scan_viewer import ScanViewer
from .shelf import Shelf, Stack

__all__ = ["ReadingRoom", "reading_room"]

# which pattern of PRES a mimic is set beside, where another than the usual one is nearer
_LIKE = {
    "osmotic demyelination": "central and brainstem",
    "progressive multifocal leukoencephalopathy": "asymmetric",
    "venous infarct": "superior frontal sulcus",
    "convexity bleeding": "superior frontal sulcus",
}


class ReadingRoom(AtHand):
    """Pictures without a patient; each method is one cell.

    Parameters
    ----------
    record
        Where what was read is kept.
    """

    def __init__(self, record: Record) -> None:
        self.kept_in = record
        self.desk = Desk(record)
        self._made: dict[object, Any] = {}

    def __repr__(self) -> str:
        return "The reading room"

    def _once(self, key: object, make: Callable[[], Any]) -> Any:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def where(self) -> PanelWidget:
        """What this room is; it dresses the page's citations."""

        def made() -> PanelWidget:
            panel = PanelWidget(label="The reading room", landing=True)
            panel.body = (
                '<p class="pt-eyebrow">The reading room</p><p>Every picture here is <strong>synthetic</strong>: '
                "computed for teaching, nobody's head, reviewed by no neuroradiologist. What you read is kept on this "
                "computer, and is for practice.</p>"
            )
            self.desk.dresses(panel)
            return panel

        panel: PanelWidget = self._once("where", made)
        return panel

    def physics(self, which: str) -> Physics:
        """A setting to turn: "flair", "contrast" or "adc"."""
        from pres_teach.imaging.unseen import example

        made: Physics = self._once(("physics", which), lambda: Physics(which, example("parieto-occipital").scan))
        return made

    def adc_by_hand(self) -> QuestionWidget:
        """The ADC of oedema, computed by the reader from two signals."""
        made: QuestionWidget = self._once("adc by hand", self._adc_by_hand)
        return made

    def follow_up(self) -> ScanViewer:
        """One head with PRES on three days: at its worst, two weeks later, and after two months with what stays."""
        from pres_teach.imaging import Lesion, acquire

        def made() -> ScanViewer:
            days = ((2.0, 60.0, "Day 2"), (14.0, 15.0, "Day 14"), (60.0, 0.0, "Day 60"))
            lesions = [
                Lesion(oedema_ml=ml, peak_ml=60, since_onset_h=24 * day, restricted_ml=3, microbleeds=3, seed=8)
                for day, ml, _ in days
            ]
            heads = [
                {"label": label, "when": "", "since": f"{day:g} days after the first symptom"} for day, _, label in days
            ]
            makers = [partial(acquire, lesion, seed=8, age_years=40.0) for lesion in lesions]
            panes = [{"which": 0}, {"which": 2}]
            return ScanViewer(Pictures(heads, makers), panes=panes, label="The same head on three days", note=NOTE)

        viewer: ScanViewer = self._once("follow-up", made)
        return viewer

    def blood(self) -> ScanViewer:
        """One head with PRES that has bled, on a conventional sequence and on SWI, locked."""
        from pres_teach.imaging import Lesion, acquire

        def made() -> ScanViewer:
            lesion = Lesion(oedema_ml=45, peak_ml=45, since_onset_h=40, microbleeds=4, sulcal_blood=True, seed=6)
            shown = Pictures([{"label": "The scan", "when": ""}], [partial(acquire, lesion, seed=6, age_years=40.0)])
            panes = [{"which": 0, "sequence": "T2"}, {"which": 0, "sequence": "SWI"}]
            return ScanViewer(shown, panes=panes, label="The same slice on T2 and on SWI", note=NOTE)

        viewer: ScanViewer = self._once("blood", made)
        return viewer

    def pair(self, mimic: str) -> Stack:
        """PRES and what looks like it, side by side: which is which, and by what?

        Parameters
        ----------
        mimic
            A mimic of the lexicon.
        """
        made: Stack = self._once(("pair", mimic), lambda: self._pair(mimic))
        return made

    def patterns(self) -> Stack:
        """All patterns of PRES and what looks like it, each in a viewer, with how often it was seen."""
        made: Stack = self._once("patterns", self._patterns)
        return made

    def vessels(self, mimic: str = "convexity bleeding") -> ScanViewer:
        """One head on MR, CT, angiogram and venogram."""
        from pres_teach.imaging import STUDIES
        from pres_teach.imaging.unseen import example

        def made() -> ScanViewer:
            shown = Pictures(
                [{"label": "The scan", "when": ""}], [example(mimic).scan], [n for n in STUDIES if n != "DWI b0"]
            )
            return ScanViewer(shown, label="MR, CT and vessels", note=NOTE)

        viewer: ScanViewer = self._once(("vessels", mimic), made)
        return viewer

    def test(self, seed: int = 1, n: int = 12, title: str = "Scans to read") -> Stack:
        """Unseen scans, one after the other, each with confidence; at the end sensitivity and specificity.

        Parameters
        ----------
        seed
            The same gives the same scans.
        n
            How many.
        title
            What it is called.
        """
        made: Stack = self._once(("test", seed, n), lambda: ReadingTest(self, seed, n, title).stack)
        return made

    def slide(self, pattern: str = "parieto-occipital") -> PanelWidget:
        """A picture for a slide, with its caption and licence notice: saved by the browser."""

        def made() -> PanelWidget:
            panel = PanelWidget(
                label="A picture for a slide",
                lead="<p>FLAIR, DWI, ADC and SWI of four slices as one picture, with its caption and the notice of the "
                "anatomy below it. Both belong to it wherever it is shown.</p>",
                button="Save the picture",
                file_name="pres-teach-slide.png",
            )

            def save(request: Request) -> None:
                from pres_teach.imaging import slide
                from pres_teach.imaging.unseen import example

                panel.file = b""
                panel.file = slide(example(pattern).scan(), title="A synthetic teaching picture").png

            panel.on("open", save)
            return panel

        panel: PanelWidget = self._once(("slide", pattern), made)
        return panel

    def nifti(self, pattern: str = "parieto-occipital", sequence: str = "FLAIR") -> PanelWidget:
        """A scan as a NIfTI file, for ITK-SNAP or 3D Slicer; where nibabel is missing it says so."""

        def made() -> PanelWidget:
            panel = PanelWidget(
                label="A scan as a file",
                lead=f"<p>The {words(sequence)} volume as a NIfTI file, with millimetres and sides in it: opens in "
                "ITK-SNAP and 3D Slicer.</p>",
                button="Save the volume",
                file_name=f"pres-teach-{sequence.lower()}.nii",
            )

            def save(request: Request) -> None:
                from pres_teach.imaging import ExportError, to_nifti
                from pres_teach.imaging.unseen import example

                try:
                    image = to_nifti(example(pattern).scan(), sequence)
                except ExportError as refused:
                    panel.lead = f"<p>{words(refused)}</p>"
                    return
                panel.file = b""
                panel.file = image.to_bytes()

            panel.on("open", save)
            return panel

        panel: PanelWidget = self._once(("nifti", pattern, sequence), made)
        return panel

    # --- inside -----------------------------------------------------------------------------------------------------

    def _adc_by_hand(self) -> QuestionWidget:
        from pres_teach.imaging import signals

        # one scale for all: relative to white matter with the usual weighting
        plain, weighted = (signals("DWI", of=("white", "oedema"), b=b) for b in (0.0, 1000.0))
        true, white = (math.log(plain[name] / weighted[name]) for name in ("oedema", "white"))
        shown = {
            "id": "adc by hand",
            "kind": "numeric",
            "ask": f"Fully swollen white matter gives a signal of {plain['oedema']:.2f} at b 0 and of "
            f"{weighted['oedema']:.2f} at b 1000 s/mm². What is its ADC, in 10⁻³ mm²/s?",
            "more": f"<p>ADC = ln(S₀ / S_b) / b. Normal white matter gives {plain['white']:.2f} and "
            f"{weighted['white']:.2f}: work out its own as well.</p>",
            "units": [],
            "eyebrow": "By hand",
            "label": "The ADC by hand",
        }

        def answer(response: Mapping[str, Any]) -> Mapping[str, Any]:
            said = _number(response)
            right = abs(said - true) <= 0.06
            self.keep({"do": "adc", "at_h": 0.0, "said": said})
            text = (
                f"ln({plain['oedema']:.2f} / {weighted['oedema']:.2f}) = {true:.2f}; b is 1000 s/mm², so the ADC is "
                f"{true:.2f} × 10⁻³ mm²/s. White matter has {white:.2f}. So it is in this package; in "
                "the oedema of three conditions 1.28, 1.21 and 1.08 were measured, none of them tacrolimus "
                "[@shim2001-ciclosporin] [@shim2001-hypertension] [@shim2001-eclampsia]."
            )
            return {"verdict": "right" if right else "not right", "explain": self.desk.block(text)}

        return QuestionWidget(shown, answer)

    def _pair(self, mimic: str) -> Stack:
        from pres_teach.imaging.unseen import example, tells

        foreign = example(mimic)
        if foreign.kind != "other":
            raise ValueError(f'"mimic": a mimic of the lexicon; found "{mimic}"; choose one that is not PRES')
        pres = example(_LIKE.get(mimic, "parieto-occipital"), seed=9)
        first = sum(map(ord, mimic)) % 2  # which side it stands on, without any order that could be learnt
        scans = [foreign, pres] if first == 0 else [pres, foreign]
        heads = [{"label": "Scan A", "when": ""}, {"label": "Scan B", "when": ""}]
        viewer = ScanViewer(
            Pictures(heads, [one.scan for one in scans]),
            panes=[{"which": 0}, {"which": 1}],
            label="Two scans side by side",
            note=NOTE,
            reports=False,
        )
        shown = {
            "id": f"pair {mimic}",
            "kind": "single",
            "ask": "One of the two is PRES. Which?",
            "more": "<p>Go through slices and sequences; DWI is never read without ADC.</p>",
            "options": ["Scan A", "Scan B"],
            "confidence": True,
            "eyebrow": "A pair",
            "label": "Which is PRES?",
        }
        right = scans.index(pres)
        what = SHOWN.get(mimic, mimic)

        def answer(response: Mapping[str, Any]) -> Mapping[str, Any]:
            chosen = chosen_in(response)
            self.keep({"do": "pair", "at_h": 0.0, "mimic": mimic, "chosen": chosen})
            return {
                "verdict": "right" if chosen == right else "not right",
                "feedback": [
                    {
                        "index": k,
                        "html": f"<p>{'PRES' if k == right else words(what[:1].upper() + what[1:])}.</p>",
                        "right": k == right,
                        "chosen": k == chosen,
                    }
                    for k in (0, 1)
                ],
                "explain": self.desk.block(
                    f"**What tells it:** {tells()[mimic]}\n\n**And in PRES:** {tells()['PRES']}"
                ),
            }

        return Stack(f"A pair: PRES and {what}", [viewer, QuestionWidget(shown, answer)])

    def _patterns(self) -> Stack:
        from pres_teach.imaging.lexicon import lexicon, mimics, patterns
        from pres_teach.imaging.unseen import example, tells

        viewer = ScanViewer(label="The pattern", note=NOTE)
        names = [
            *((name, f"PRES: {name}") for name in patterns()),
            *((name, f"Not PRES: {SHOWN.get(name, name)}") for name in mimics()),
        ]

        def chosen(name: str) -> str:
            one = example(name)
            viewer.show(Pictures([{"label": dict(names)[name], "when": ""}], [one.scan]))
            if one.kind == "other":
                return self.desk.block(one.tells)
            entry = lexicon().patterns[name]
            often = "No share of it was published with the others; it is an atypical site [@common-knowledge]."
            if entry.percent is not None and entry.claim:
                often = f"Seen in {entry.percent:g} % of 136 patients [@{entry.claim}]."
            return self.desk.block(f"{often}\n\n{tells()['PRES']}")

        return Stack("All patterns", [Shelf("Choose a pattern", names, chosen), viewer])

    def keep(self, event: Mapping[str, Any]) -> None:
        """Keep what was read."""
        try:
            self.kept_in.append(KEPT_AS, event)
        except RecordError as refused:
            raise ValueError(str(refused)) from refused


def _number(response: Mapping[str, Any]) -> float:
    """A number as a learner types it; a ValueError for the learner where it is none."""
    text = str(response.get("number") or "").strip().replace(",", ".")
    try:
        return float(text)
    except ValueError:
        raise ValueError("Write a number, such as 0.85.") from None


def reading_room(record: Record | None = None) -> ReadingRoom:
    """Open the reading room.

    Parameters
    ----------
    record
        Where what was read is kept; the learner's own record without one.
    """
    return ReadingRoom(Record() if record is None else record)
