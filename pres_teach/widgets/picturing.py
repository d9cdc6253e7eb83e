"""Scans of an encounter, for the viewer: nothing is computed before it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from pres_teach.units import show_duration, show_time

from .scan_viewer import ScanViewer
from .sitting import Sitting

if TYPE_CHECKING:
    from pres_teach.imaging import Scan

WHICH = ("latest", "normal", "compare")
NOTE = "Synthetic: computed for teaching, nobody's head; no radiologist has reviewed it. Not for diagnosis."


class Pictures:
    """Where the viewer gets its pictures from.

    Parameters
    ----------
    heads
        `label` and `when` of each scan.
    acquire
        What makes each of them.
    since
        How long after the first symptom each was made, in words, for the caption.
    """

    def __init__(
        self,
        heads: Sequence[Mapping[str, str]],
        acquire: Sequence[Callable[[], Scan]],
        since: Sequence[str],
    ) -> None:
        from pres_teach.imaging import SEQUENCES

        self.heads = heads
        self.names: Sequence[str] = list(SEQUENCES)
        self._acquire = acquire
        self._since = since

    @cached_property
    def _scans(self) -> list[Scan]:
        return [make() for make in self._acquire]

    def frame(self) -> Mapping[str, Any]:
        scan = self._scans[0]
        (x0, y0, _), (x1, y1, _) = scan.mni(0, 0, 0), scan.mni(0, 1, 1)
        affine = {"x0": x0, "dx": x1 - x0, "y0": y0, "dy": y1 - y0}
        return {"positions": [float(z) for z in scan.positions_mm], "affine": affine}

    def sheet(self, which: int, sequence: str) -> Mapping[str, Any]:
        scan = self._scans[which]
        mosaic = scan.mosaic(sequence)
        grey = 255.0 / (mosaic.high - mosaic.low)
        low, high = (mosaic.window_low - mosaic.low) * grey, (mosaic.window_high - mosaic.low) * grey
        return {
            "png": mosaic.png,
            "tile_w": mosaic.tile_width,
            "tile_h": mosaic.tile_height,
            "columns": mosaic.columns,
            "window": [round((low + high) / 2), max(round(high - low), 8)],
            "caption": self._caption(scan, which, sequence),
        }

    def _caption(self, scan: Scan, which: int, sequence: str) -> str:
        made = scan.parameters[sequence]
        parts = [f"TR {made['TR_ms']:.0f} ms", f"TE {made['TE_ms']:.0f} ms"]
        if made["TI_ms"]:
            parts.append(f"TI {made['TI_ms']:.0f} ms")
        if made["b"]:
            parts.append(f"b {made['b']:.0f} s/mm²")
        slab = scan.spacing_mm[0]
        said = f"Synthetic {sequence} at {scan.field_t:g} T: {', '.join(parts)}; slices of {slab:g} mm."
        return f"{said} {self._since[which]}".strip()

    def describe(self, which: int, sequence: str) -> Sequence[str]:
        scan = self._scans[which]
        return [scan.describe(sequence, index) for index in range(len(scan.positions_mm))]

    def reading(self, x: float, y: float, z: float) -> str:
        where = self._scans[0].region_at(x, y, z)
        if where.startswith("outside"):
            return f"{where.capitalize()}."
        values = " and ".join(f"{scan.adc_at(x, y, z):.2f}" for scan in self._scans)
        then = ", first and second scan" if len(self._scans) > 1 else ""
        return f"{where[:1].upper()}{where[1:]}. ADC there: {values} × 10⁻³ mm²/s{then}."


class Scans:
    """Wires the viewer to the scans of an encounter.

    Parameters
    ----------
    sitting
        The lesson's case and encounter.
    which
        "latest", "normal" (the same head without a lesion) or "compare" (the first scan beside the latest).
    """

    def __init__(self, sitting: Sitting, which: str = "latest") -> None:
        if which not in WHICH:
            raise ValueError(f'"which": one of {", ".join(WHICH)}; found "{which}"; choose one of these')
        self.sitting = sitting
        self.which = which
        self._shown: tuple[float, ...] | None = None
        labels = {"latest": "MR scan", "normal": "The same head, normal", "compare": "Two scans side by side"}
        self.widget = ScanViewer(label=labels[which], note=NOTE)
        sitting.follow(self.refresh)

    def refresh(self) -> None:
        """Show a scan that has come since."""
        encounter = self.sitting.encounter
        if self.which == "normal":
            wanted: tuple[float, ...] = (0.0,)
        else:
            times = [scan.time_h for scan in encounter.scans]
            wanted = tuple(times[-1:]) if self.which == "latest" else (times[0], times[-1]) if len(times) > 1 else ()
        if wanted == self._shown:
            return
        self._shown = wanted
        if not wanted:
            self.widget.message = self._none_yet()
            return
        self.widget.show(self._normal() if self.which == "normal" else self._taken(wanted))

    def _none_yet(self) -> str:
        scans = self.sitting.encounter.scans
        coming = [one for one in self.sitting.encounter.results_due() if one.scan]
        if coming:
            return f"{coming[0].name}: the pictures are due {show_time(coming[0].due_h)}. Let time pass at the bedside."
        if scans and self.which == "compare":
            return f"One scan so far, {show_time(scans[0].time_h)}. Ask for a second at the bedside, among the tests."
        return "No scan has been made yet. Ask for one at the bedside, among the tests."

    def _normal(self) -> Pictures:
        def acquire() -> Scan:
            from pres_teach.imaging import Lesion
            from pres_teach.imaging import acquire as made

            case = self.sitting.case
            return made(Lesion(), seed=case.seed)

        return Pictures([{"label": "Without any lesion", "when": ""}], [acquire], [""])

    def _taken(self, times: Sequence[float]) -> Pictures:
        encounter = self.sitting.encounter
        only = "Latest scan" if len(encounter.scans) > 1 else "The scan"
        names = ["First scan", "Latest scan"] if len(times) > 1 else [only]
        heads = [{"label": name, "when": show_time(time_h)} for name, time_h in zip(names, times, strict=True)]
        onset = [event.time_h for event in encounter.course.events if event.kind == "onset"]
        since = []
        for time_h in times:
            after = time_h - onset[0] if onset else 0.0
            since.append(f"{show_duration(round(after))} after the first symptom." if after > 0 else "")
        return Pictures(heads, [partial(encounter.scan, time_h) for time_h in times], since)
