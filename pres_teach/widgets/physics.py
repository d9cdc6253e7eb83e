"""Physics to turn: one setting of a sequence, the slice it makes, and the signal of each tissue along it."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from .foundation import PresWidget, script, style, words

if TYPE_CHECKING:
    from pres_teach.imaging import Scan

__all__ = ["PHYSICS", "Physics", "curves_svg"]

Series = NDArray[np.float64]

PHYSICS: Mapping[str, Mapping[str, Any]] = {
    "flair": {
        "title": "Why is fluid dark on FLAIR?",
        "sequence": "FLAIR",
        "setting": "TI_ms",
        "name": "Inversion time TI",
        "unit": "ms",
        "low": 300,
        "high": 4000,
        "step": 50,
        "of": ("white", "grey", "fluid", "oedema"),
        "lead": "After the inversion the signal of each tissue climbs from below zero, each at its own pace. Where the "
        "line of fluid crosses zero, fluid is black. Turn the inversion time and find that place; then go past it.",
    },
    "contrast": {
        "title": "What does the echo time do?",
        "sequence": "T2",
        "setting": "TE_ms",
        "name": "Echo time TE",
        "unit": "ms",
        "low": 10,
        "high": 300,
        "step": 10,
        "of": ("white", "grey", "fluid", "oedema"),
        "lead": "The longer one waits for the echo, the more is left of what decays slowly, and water decays slowly. "
        "At which echo time does the oedema stand out most? What is lost beyond it?",
    },
    "recovery": {
        "title": "What does the repetition time do?",
        "sequence": "T2",
        "setting": "TR_ms",
        "name": "Repetition time TR",
        "unit": "ms",
        "low": 300,
        "high": 8000,
        "step": 100,
        "of": ("white", "grey", "fluid", "oedema"),
        "lead": "Between two pulses each tissue recovers, white matter fast and fluid slowly. When the next pulse "
        "comes too soon, slow tissues have little to give. At which repetition time is fluid no brighter than white "
        "matter?",
    },
    "adc": {
        "title": "From b0 and b1000 to the ADC",
        "sequence": "DWI",
        "setting": "b",
        "name": "Diffusion weighting b",
        "unit": "s/mm²",
        "low": 0,
        "high": 2000,
        "step": 100,
        "of": ("white", "fluid", "oedema"),
        "lead": "Water that moves loses signal as b grows; on this scale of logarithms each tissue falls along a "
        "straight line, and its slope is the ADC: ln(S₀ / S_b) / b. What is bright without any slope only shines "
        "through from T2.",
    },
}
TISSUES = {"white": "white matter", "grey": "grey matter", "fluid": "fluid", "oedema": "oedema"}
DASHES = {"white": "", "grey": "6 3", "fluid": "2 3", "oedema": "10 3 2 3"}


class Physics(PresWidget):
    """One setting of a sequence to turn: the slice it makes, and the signal of each tissue along it.

    Parameters
    ----------
    which
        A name of `PHYSICS`.
    scan
        What makes the scan that is shown, when it is first wanted.
    """

    _esm = script("physics")
    _css = style("physics")

    title = traitlets.Unicode("").tag(sync=True)
    lead = traitlets.Unicode("").tag(sync=True)
    setting = traitlets.Dict().tag(sync=True)
    value = traitlets.Float(0.0).tag(sync=True)
    picture = traitlets.Unicode("").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    curve = traitlets.Unicode("").tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)

    def __init__(self, which: str, scan: Callable[[], Scan]) -> None:
        if which not in PHYSICS:
            raise ValueError(f'"which": one of {", ".join(PHYSICS)}; found "{which}"; choose one of these')
        super().__init__()
        self._how = how = PHYSICS[which]
        self._scan = scan
        self.title, self.lead = str(how["title"]), str(how["lead"])
        self.setting = {key: how[key] for key in ("name", "unit", "low", "high", "step")}
        self.on("turn", lambda request: self.turn(float(request["value"])))
        self.on("look", lambda request: self.turn(self.value or self._usual()))
        self.turn(self._usual(), draw=False)

    def _usual(self) -> float:
        from pres_teach.imaging.settings import changed

        made = changed(str(self._how["sequence"]))
        return float(getattr(made, str(self._how["setting"]).removesuffix("_ms").lower(), 0.0) or self._how["low"])

    def turn(self, value: float, draw: bool = True) -> None:
        """Show another value; what no scanner can measure is said in words."""
        from pres_teach.imaging import ScanError, signals

        how = self._how
        given = {how["setting"]: value}
        try:
            found = signals(how["sequence"], of=how["of"], **given)
            self.curve, self.said = self._drawn(value, found), self._in_words(value, found)
            if draw:
                self._slice(given)
        except ScanError as refused:
            self.said = str(refused)
            return
        self.value = value

    def _slice(self, given: Mapping[str, float]) -> None:
        from PIL import Image

        from pres_teach.imaging import grid, tissue

        scan, how = self._scan(), self._how
        index = scan.index_of(16)
        values = scan.measured_with(how["sequence"], index, **given)
        window, _ = tissue.shades(how["sequence"], scan.field_t)
        with io.BytesIO() as out:
            grey = Image.fromarray(grid.greys(values, *window))
            grey.resize((grey.width * 2, grey.height * 2)).save(out, "PNG", compress_level=4)
            self.picture = base64.b64encode(out.getvalue()).decode()
        self.alt = f"Synthetic {how['sequence']} slice, the patient's right on the left. {self.said}"

    def _in_words(self, value: float, found: Mapping[str, float]) -> str:
        parts = ", ".join(f"{TISSUES[name]} {round(signal, 2) + 0.0:.2f}" for name, signal in found.items())
        return f"At {self._how['name']} {value:.0f} {self._how['unit']}: {parts} (× usual white matter)."

    def _drawn(self, value: float, found: Mapping[str, float]) -> str:
        """The curves as SVG."""
        from pres_teach.imaging import curve

        how = self._how
        x = np.linspace(how["low"], how["high"], 60)
        lines = curve(how["sequence"], how["setting"], x, of=how["of"])
        log = how["setting"] == "b"
        shown = {name: np.log(np.maximum(y, 1e-3)) if log else y for name, y in lines.items()}
        axis = "Logarithm of the signal" if log else "Signal"
        label = f"{axis} of {', '.join(TISSUES[name] for name in how['of'])} along {how['name']}. "
        return curves_svg(x, shown, value, str(how["unit"]), label + self._in_words(value, found))

    def static_html(self) -> str:
        return f"<h3>{words(self.title)}</h3><p>{words(self.lead)}</p>{self.curve}<p>{words(self.said)}</p>"

    def __repr__(self) -> str:
        return f"Physics: {self.title}"


def curves_svg(x: Series, lines: Mapping[str, Series], now: float, unit: str, label: str) -> str:
    """Lines over one setting, told apart by dashes and by words at their ends, and an upright line at its value.

    Parameters
    ----------
    x
        Values of the setting, (N,).
    lines
        By tissue, each (N,).
    now
        Where the setting stands.
    unit, label
        Of the setting; what the picture shows, in words.
    """
    wide, tall, right, foot = 420.0, 220.0, 122.0, 26.0
    every = np.concatenate(list(lines.values()))
    low, high = max(min(float(every.min()), 0.0), -4.0), float(every.max())

    def across(value: float) -> float:
        return 8 + (value - float(x[0])) / float(x[-1] - x[0]) * (wide - right - 8)

    def down(value: float) -> float:
        return 10 + (high - min(max(value, low), high)) / (high - low) * (tall - foot - 14)

    def line(x1: float, y1: float, x2: float, y2: float, more: str = "") -> str:
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        return f'<line {ends} stroke="currentColor" stroke-width=".9" {more}/>'

    def said(at_x: float, at_y: float, text: str, more: str = "") -> str:
        return f'<text x="{at_x:.0f}" y="{at_y:.1f}" font-size="13" fill="currentColor" {more}>{words(text)}</text>'

    parts = [line(8, down(0.0), wide - right, down(0.0))]
    ends: list[tuple[float, str]] = []
    for name, values in lines.items():
        points = " ".join(f"{across(float(a)):.1f},{down(float(b)):.1f}" for a, b in zip(x, values, strict=True))
        dash = f'stroke-dasharray="{DASHES[name]}"' if DASHES[name] else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2" {dash}/>')
        ends.append((down(float(values[-1])), TISSUES[name]))
    lowest = -15.0
    for place, name in sorted(ends):
        lowest = max(place, lowest + 15)
        parts.append(said(wide - right + 6, lowest + 4, name))
    parts.append(line(across(now), 6, across(now), tall - foot, 'stroke-dasharray="4 4"'))
    parts.append(said(8, tall - 6, f"{x[0]:g}"))
    parts.append(said(wide - right, tall - 6, f"{x[-1]:g} {unit}", 'text-anchor="end"'))
    size = f"0 0 {wide:.0f} {tall:.0f}"
    return f'<svg viewBox="{size}" role="img" aria-label="{words(label)}">{"".join(parts)}</svg>'
