"""Scans of an encounter, for the viewer: nothing is computed before it is looked at."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from pres_teach.units import show_duration, show_time

from .foundation import Html
from .scan_viewer import MOST_SCANS, ScanViewer
from .sitting import Sitting
from .volume_view import volume_view

if TYPE_CHECKING:
    from pres_teach.imaging import Mosaic, Scan

WHICH = ("latest", "normal", "compare")
UNITS = {"ADC": "× 10⁻³ mm²/s", "CT": "HU"}
VESSELS = {"MRA": "front", "MRV": "side"}  # from where each is looked at
# Scans held at a time, of all viewers together: each takes some 60 MB, and a page may have a dozen. What has gone over
# to the browser stays there; a scan is made again when it is asked about.
KEPT = 2
_kept: OrderedDict[tuple[int, int], Scan] = OrderedDict()
_tokens = count()
NOTE = "Synthetic: computed for teaching, nobody's head; no radiologist has reviewed it. Not for diagnosis."


class Pictures:
    """Where the viewer gets its pictures from.

    Parameters
    ----------
    heads
        `label`, `when` and `since` of each scan.
    acquire
        What makes each of them.
    names
        What can be looked at, of `imaging.STUDIES`: MR sequences, "CT", "MRA", "MRV"; None for all MR sequences.
    """

    def __init__(
        self,
        heads: Sequence[Mapping[str, str]],
        acquire: Sequence[Callable[[], Scan]],
        names: Sequence[str] | None = None,
    ) -> None:
        from pres_teach.imaging import SEQUENCES

        self.heads = heads
        self.names: Sequence[str] = list(SEQUENCES if names is None else names)
        self._acquire = acquire
        self._token = next(_tokens)

    def scan(self, which: int) -> Scan:
        """One of the scans, made when it is wanted; the last few of all viewers are kept."""
        key = (self._token, which)
        if key not in _kept:
            _kept[key] = self._acquire[which]()
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key]

    def _any(self) -> Scan:
        mine = next((which for token, which in reversed(_kept) if token == self._token), len(self._acquire) - 1)
        return self.scan(mine)

    def frame(self) -> Mapping[str, Any]:
        scan = self._any()
        (x0, y0, _), (x1, y1, _) = scan.mni(0, 0, 0), scan.mni(0, 1, 1)
        affine = {"x0": x0, "dx": x1 - x0, "y0": y0, "dy": y1 - y0}
        return {"positions": [float(z) for z in scan.positions_mm], "affine": affine}

    def first(self, which: int, sequence: str, index: int) -> Mapping[str, Any]:
        scan = self.scan(which)
        if sequence in VESSELS:
            return self._projection(which, sequence)
        at = min(max(index, 0), len(scan.positions_mm) - 1)
        return self._face(which, sequence, scan.tile(sequence, at))

    def sheet(self, which: int, sequence: str) -> Mapping[str, Any]:
        if sequence in VESSELS:
            return self._projection(which, sequence)
        return self._face(which, sequence, self.scan(which).mosaic(sequence))

    def _projection(self, which: int, kind: str) -> Mapping[str, Any]:
        """Vessels: one picture with a geometry of its own, in grey without a unit."""
        from PIL import Image

        made, since = self.scan(which).angiogram(kind, VESSELS[kind]), self.heads[which].get("since", "")
        with io.BytesIO() as out:
            Image.fromarray(made.picture).save(out, "PNG", compress_level=4)
            png = out.getvalue()
        frame = {"positions": [0.0], "affine": dict(made.affine), "axes": made.axes, "projection": True}
        height, width = made.picture.shape
        return {
            "png": png,
            "tile_w": width,
            "tile_h": height,
            "columns": 1,
            "window": [128, 255],
            "low": 0.0,
            "high": 1.0,
            "unit": "of full brightness",
            "parameters": "schematic",
            "frame": frame,
            "caption": f"Synthetic {kind}. {made.note} {since[:1].upper()}{since[1:]}{'.' if since else ''}".strip(),
        }

    def _face(self, which: int, sequence: str, mosaic: Mosaic) -> Mapping[str, Any]:
        grey = 255.0 / (mosaic.high - mosaic.low)
        low, high = (mosaic.window_low - mosaic.low) * grey, (mosaic.window_high - mosaic.low) * grey
        parameters = self._parameters(which, sequence)
        scan, since = self.scan(which), self.heads[which].get("since", "")
        how = "" if sequence == "CT" else f" at {scan.field_t:g} T: {', '.join(parameters)}"
        said = f"Synthetic {sequence}{how}; slices of {scan.spacing_mm[0]:g} mm."
        return {
            "png": mosaic.png,
            "tile_w": mosaic.tile_width,
            "tile_h": mosaic.tile_height,
            "columns": mosaic.columns,
            "window": [round((low + high) / 2), max(round(high - low), 8)],
            "low": mosaic.low,
            "high": mosaic.high,
            "unit": UNITS.get(sequence, "× white matter"),
            "parameters": " · ".join(parameters),
            "caption": f"{said} {since[:1].upper()}{since[1:]}{'.' if since else ''}".strip(),
        }

    def _parameters(self, which: int, sequence: str) -> list[str]:
        made = self.scan(which).parameters[sequence]
        parts = [f"{name} {made[f'{name}_ms']:.0f} ms" for name in ("TR", "TE", "TI") if made[f"{name}_ms"]]
        return [*parts, f"b {made['b']:.0f} s/mm²"] if made["b"] else parts

    def describe(self, which: int, sequence: str) -> Sequence[str]:
        scan = self.scan(which)
        if sequence in VESSELS:
            return [scan.angiogram(sequence, VESSELS[sequence]).alt]
        return [scan.describe(sequence, index) for index in range(len(scan.positions_mm))]

    def place(self, x: float, y: float, z: float) -> str:
        return self._any().region_at(x, y, z)

    def reading(self, x: float, y: float, z: float, shown: Sequence[int]) -> str:
        where = self.place(x, y, z)
        if where.startswith("outside"):
            return f"{where.capitalize()}."
        scans = list(dict.fromkeys(shown)) or [0]
        values = " and ".join(f"{self.scan(which).adc_at(x, y, z):.2f}" for which in scans)
        labels = ", ".join(self.heads[which]["label"].lower() for which in scans)
        then = f" ({labels})" if len(scans) > 1 else ""
        return f"{where[:1].upper()}{where[1:]}. ADC there: {values} × 10⁻³ mm²/s{then}."

    def report(self, which: int) -> str:
        return self.scan(which).report()


class Scans:
    """Wires the viewer to the scans of an encounter.

    Parameters
    ----------
    sitting
        The lesson's case and encounter.
    which
        "latest", "normal" (the same head without a lesion) or "compare" (the first scan beside the latest).
    """

    def __init__(self, sitting: Sitting, which: str = "latest", *, reports: bool = True) -> None:
        if which not in WHICH:
            raise ValueError(f'"which": one of {", ".join(WHICH)}; found "{which}"; choose one of these')
        self.sitting = sitting
        self.which = which
        self._shown: tuple[float, ...] | None = None
        labels = {"latest": "MR scan", "normal": "The same head, normal", "compare": "Two scans side by side"}
        self.widget = ScanViewer(label=labels[which], note=NOTE, reports=reports)
        sitting.follow(self.refresh)
        self.widget.observe(self._keep, names="marks")

    def refresh(self) -> None:
        """Show a scan that has come since, and the marks that were set elsewhere."""
        encounter = self.sitting.encounter
        if self.which == "normal":
            wanted: tuple[float, ...] = (0.0,)
        else:
            times = [scan.time_h for scan in encounter.scans]
            wanted = (*times[:1], *times[1:][1 - MOST_SCANS :]) if self.which == "latest" or len(times) > 1 else ()
        if wanted != self._shown:
            self._shown = wanted
            if wanted:
                self._show(wanted)
            else:
                self.widget.message = none_yet(self.sitting, self.which)
        if wanted:
            self.widget.marks = [dict(place) for place in encounter.places]

    def _show(self, times: Sequence[float]) -> None:
        if self.which == "normal":
            normal = Pictures([{"label": "Without any lesion", "when": ""}], [partial(normal_scan, self.sitting)])
            self.widget.show(normal, same_head=True)
            return
        last = len(times) - 1
        panes = [{"which": 0}, {"which": last}] if self.which == "compare" else [{"which": last}]
        self.widget.show(self._taken(times), panes=panes, same_head=True)

    def _keep(self, change: object) -> None:
        encounter = self.sitting.encounter
        if list(self.widget.marks) != list(encounter.places):
            encounter.mark_places(self.widget.marks)
            self.sitting.remembers(self.widget)

    def _taken(self, times: Sequence[float]) -> Pictures:
        encounter = self.sitting.encounter
        names = ["First scan", "Second scan", "Third scan"][: len(times) - 1] + ["Latest scan"]
        if len(times) == 1:
            names = ["The scan"]
        onset = [event.time_h for event in encounter.course.events if event.kind == "onset"]
        heads = []
        for name, time_h in zip(names, times, strict=True):
            after = time_h - onset[0] if onset else 0.0
            since = f"{show_duration(round(after))} after the first symptom" if after > 0 else ""
            heads.append({"label": name, "when": show_time(time_h), "since": since})
        return Pictures(heads, [partial(encounter.scan, time_h) for time_h in times])


def none_yet(sitting: Sitting, which: str = "latest") -> str:
    """Why there is no scan to show, and how to get one."""
    scans = sitting.encounter.scans
    coming = [one for one in sitting.encounter.results_due() if one.scan]
    if coming:
        return f"{coming[0].name}: the pictures are due {show_time(coming[0].due_h)}. Let time pass at the bedside."
    if scans and which == "compare":
        return f"One scan so far, {show_time(scans[0].time_h)}. Ask for a second at the bedside, among the tests."
    return "No scan has been made yet. Ask for one at the bedside, among the tests."


def normal_scan(sitting: Sitting) -> Scan:
    """The patient's own head without a lesion."""
    from pres_teach.imaging import Lesion, acquire

    return acquire(Lesion(), seed=sitting.case.seed, age_years=sitting.case.patient.age_years)


def in_3d(sitting: Sitting, which: str, sequence: str) -> Any:
    """The latest scan or the normal head in three planes, or words about why not."""
    if which not in WHICH[:2]:
        raise ValueError(f'"which": one of {", ".join(WHICH[:2])}; found "{which}"; choose one of these')
    label = "The same head, normal, in three planes" if which == "normal" else "The scan in three planes"
    scans = sitting.encounter.scans
    if which == "latest" and not scans:
        return Html(f"<h3>{label}</h3><p>{none_yet(sitting)}</p>", f"{label}: none yet")
    scan = normal_scan(sitting) if which == "normal" else sitting.encounter.scan(scans[-1].time_h)
    return volume_view(scan, sequence, label=label)
