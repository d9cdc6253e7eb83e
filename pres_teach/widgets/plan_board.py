"""The switch board: a plan on paper, and what the model makes of it, in words, pictures and a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets
import numpy as np
import traitlets

from pres_teach.encounter import Outlook, Plan, Refusal, Standing, outlook, standing
from pres_teach.encounter.plan import AGENTS, BRIDGE, CUTS, GAPS_H, HOLDS_H, TACROLIMUS, doses, interacting
from pres_teach.patient import OrderError
from pres_teach.units import show_duration, show_time

from .course_plot import CoursePlot
from .foundation import PresWidget, Request, page, script, style, words
from .plotting import PANELS, STAMP, targets_of, thinned
from .prescribing import NOT_CHECKED, ROUTES
from .sitting import Sitting

__all__ = ["PlanControls", "SwitchBoard"]

LOOKING_BACK_H = 48.0
LEAD = (
    "<p>Try a plan before you write it down. Nothing here is done to your patient. What becomes of the brain depends "
    "on drivers that nobody knows at the bedside, so it is shown as a band over several mixtures of them; no plan is "
    "known to be better.</p>"
)


class PlanControls(PresWidget):
    """What is planned, and what it comes to in words.

    Parameters
    ----------
    choices
        What there is to choose from, by the names of `Plan`.
    """

    _esm = script("plan_board")
    _css = style("plan_board")

    choices = traitlets.Dict().tag(sync=True)
    lead = traitlets.Unicode(LEAD).tag(sync=True)
    plan = traitlets.Dict().tag(sync=True)
    short = traitlets.Unicode("").tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
    told = traitlets.Unicode("").tag(sync=True)
    changed = traitlets.Bool(False).tag(sync=True)

    def static_html(self) -> str:
        return f"<h3>A plan on paper</h3>{self.lead}<p>{words(self.short)}</p>{self.said}"

    def __repr__(self) -> str:
        return "A plan on paper"


class SwitchBoard(ipywidgets.VBox):
    """Controls, and the pictures below them.

    Parameters
    ----------
    sitting
        The lesson's case and encounter.
    """

    def __init__(self, sitting: Sitting) -> None:
        self.sitting = sitting
        self.controls = PlanControls()
        self.plot = CoursePlot()
        self._now = _look(sitting)
        self.controls.on("set", self._set)
        self.controls.on("take", self._take)
        self.controls.on("back", self._back)
        super().__init__([self.controls, self.plot])
        sitting.follow(self.refresh)

    # --- what is asked for ------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look at the chart as it stands now; the plan stays where it can."""
        encounter, now = self.sitting.encounter, self._now
        if now.chart != encounter.chart or now.now_h != encounter.clock_h:
            self._now = _look(self.sitting)
        elif self.controls.choices:
            return
        away = interacting(encounter.chart, encounter.clock_h)
        self.controls.choices = _choices(away)
        kept = _plan_of(self.controls.plan) if self.controls.plan else Plan()
        self._draw(_with(kept, away=tuple(drug for drug in kept.away if drug in away)))

    def _set(self, request: Request) -> None:
        self.controls.told = ""
        self._draw(_plan_of(request["plan"]))

    def _back(self, request: Request) -> None:
        self.controls.told = "The plan is empty again."
        self._draw(Plan())

    def _take(self, request: Request) -> None:
        plan = _plan_of(self.controls.plan)
        try:
            later = self._write(plan)
        except (Refusal, OrderError) as refused:
            self.controls.told = str(refused)
            return
        self._draw(Plan())
        self.controls.told = " ".join(["Written into the chart.", *later])
        self.sitting.remembers(self.controls)

    def _write(self, plan: Plan) -> list[str]:
        """Give the orders that are due now, all or none; what is due later is said: nobody but the learner gives it."""
        encounter = self.sitting.encounter
        chart, now_h = encounter.chart, encounter.clock_h
        planned = self._outlook(plan).chart
        there = {order.drug for order in chart.drugs(now_h)}
        there |= {drug for drug in {o.drug for o in chart.orders} if chart.pending(drug, now_h) is not None}
        tacrolimus = [drug for drug in TACROLIMUS if drug in there]
        missing = [drug for drug in plan.away if drug not in there]
        if plan.tacrolimus != "go on" and not tacrolimus:
            missing.append("tacrolimus")
        if missing:
            raise Refusal(f"Not running now: {', '.join(missing)}. Nothing was written; change the plan.")
        later = []
        for drug in plan.away:
            encounter.stop(drug)
        for drug in tacrolimus:
            if plan.tacrolimus == "stop":
                encounter.stop(drug)
            elif plan.tacrolimus == "hold":
                encounter.hold(drug, now_h + plan.hold_h)
                if plan.cut in CUTS:
                    later.append(f"When {drug} begins again, change its dose.")
            elif plan.tacrolimus == "less":
                encounter.change(drug, planned.of(drug)[-1].dose)
        for order in planned.orders:
            if order.drug not in (*AGENTS, BRIDGE) or order.at_h < encounter.clock_h or order in encounter.chart.orders:
                continue
            if order.at_h <= encounter.clock_h + 0.01:
                encounter.order(order.drug, order.dose, order.unit, order.route, order.every_h)
            else:
                later.append(f"Order {order.drug} yourself on {show_time(order.at_h)}.")
        return later

    # --- what is shown ---------------------------------------------------------------------------------------------

    def _outlook(self, plan: Plan) -> Outlook:
        return outlook(self._now, plan)

    def _draw(self, plan: Plan) -> None:
        try:
            found = self._outlook(plan)
        except OrderError as refused:
            self.controls.told = str(refused)
            return
        self.controls.plan = _dict_of(plan)
        self.controls.changed = plan != Plan()
        self.controls.short = _short(plan)
        self.controls.said = "<ul>" + "".join(f"<li>{self.sitting.line(one)}</li>" for one in found.said) + "</ul>"
        self.plot.data = self._data(found)

    def _data(self, found: Outlook) -> dict[str, Any]:
        now = self._now
        case = now.case
        start, end = max(0.0, now.now_h - LOOKING_BACK_H), float(found.at.time_h[-1])
        panels = []
        rows: list[tuple[str, Any, Any]] = []
        given = {order.drug for order in (*found.chart.orders, *now.chart.orders)}
        for panel in PANELS:
            if panel.drug and panel.drug != "tacrolimus" and panel.drug not in given:
                continue
            if panel.name == "oedema":
                panels += self._oedema(found, start, end)
                continue
            here, there = (getattr(at, _FIELDS[panel.name]) for at in (found.at, now.at))
            if panel.name == "pressure":
                here, there = here.mean, there.mean
            made: dict[str, Any] = {"title": panel.title, "unit": panel.unit, "digits": panel.digits, "lines": []}
            time, values = thinned(found.at.time_h, here, start, end)
            _, as_it_stands = thinned(now.at.time_h, there, start, end)
            made["lines"].append({"label": "this plan", "time": time, "values": values, "tone": panel.tone})
            if found.chart != now.chart:
                made["lines"].append(
                    {"label": "as it stands", "time": time, "values": as_it_stands, "tone": 5, "dash": True}
                )
            low, high = min(panel.least, *values, *as_it_stands), max(panel.most, *values, *as_it_stands)
            if panel.drug:
                made["targets"] = targets_of(case, panel.drug, start, end)
            if panel.name == "cover":
                _, needed = thinned(found.at.time_h, found.at.cover_needed, start, end)
                made["lines"].append({"label": "needed", "time": time, "values": needed, "tone": 5, "thin": True})
            step = 0.2 if panel.name == "cover" else 5.0
            made["y"] = [float(np.floor(low / step) * step), float(np.ceil(high * 1.04 / step) * step)]
            made["alt"] = f"{panel.title}: {_in_words(values, panel)} under this plan."
            panels.append(made)
            rows.append((f"{panel.title} [{panel.unit}]", here, panel.digits))
        return {
            "title": "What the model makes of it",
            "lead": f"From {show_time(now.now_h)} on, for two weeks. Solid: this plan. Dashed: the chart as it stands.",
            "stamp": STAMP,
            "range": [start, end],
            "now": now.now_h,
            "panels": panels,
            "events": [],
            "limits": [],
            "table": _table(found, rows, now.now_h),
        }

    def _oedema(self, found: Outlook, start: float, end: float) -> list[dict[str, Any]]:
        now = self._now
        if found.oedema_ml is None or now.oedema_ml is None:
            return []
        bands = []
        alt = []
        high = 10.0
        for label, spread, tone in (("as it stands", now.oedema_ml, 5), ("this plan", found.oedema_ml, 4)):
            if label == "as it stands" and found.chart == now.chart:
                continue
            time, low = thinned(found.at.time_h, spread[0], start, end)
            _, most = thinned(found.at.time_h, spread[1], start, end)
            bands.append({"time": time, "low": low, "high": most, "tone": tone, "label": label})
            high = max(high, *most)
            alt.append(f"{label} between {low[-1]:.0f} and {most[-1]:.0f} mL at the end, at most {max(most):.0f}")
        return [
            {
                "title": "Brain oedema, over several mixtures of the drivers",
                "unit": "mL",
                "digits": 0,
                "lines": [],
                "bands": bands,
                "y": [0.0, float(np.ceil(high * 1.04 / 5) * 5)],
                "alt": f"Brain oedema as a band: {'; '.join(alt)}.",
            }
        ]

    def static_html(self) -> str:
        """What is shown where no script runs."""
        return self.controls.static_html() + self.plot.static_html()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "text/plain": repr(self), "text/html": page(self.static_html())}, dict(metadata)

    def __repr__(self) -> str:
        return "The switch board"


def _look(sitting: Sitting) -> Standing:
    encounter = sitting.encounter
    return standing(encounter.case, encounter.chart, encounter.clock_h)


_FIELDS = {
    "level": "level",
    "ciclosporin": "ciclosporin",
    "sirolimus": "sirolimus",
    "everolimus": "everolimus",
    "pressure": "pressures",
    "cover": "cover",
}


def _choices(away: tuple[str, ...]) -> dict[str, Any]:
    cuts = [[name, f"{name} of the dose"] for name in CUTS]
    return {
        "tacrolimus": [
            ["go on", "as the chart has it"],
            ["hold", "hold"],
            ["less", "lower dose"],
            ["stop", "stop"],
        ],
        "holds": [[hours, show_duration(hours)] for hours in HOLDS_H],
        "cuts": cuts,
        "after": [["whole", "the same dose again"], *cuts],
        "agents": [["", "nothing"], *([name, name] for name in AGENTS)],
        "gaps": [[hours, "at once" if hours == 0 else show_duration(hours)] for hours in GAPS_H],
        "doses": {name: _tried(name) for name in AGENTS},
        "bridge": f"a bridge: {_tried(BRIDGE)}",
        "away": [[drug, f"stop {drug}"] for drug in away],
    }


def _tried(drug: str) -> str:
    tried = doses()[drug]
    often = "once" if tried.every_h is None else f"every {show_duration(tried.every_h)}"
    return f"{drug} {tried.dose:g} {tried.unit} {often} {ROUTES[tried.route]}, for trying out; {NOT_CHECKED}"


def _plan_of(given: Mapping[str, Any]) -> Plan:
    return Plan(
        tacrolimus=given.get("tacrolimus", "go on"),
        hold_h=float(given.get("hold_h", 24.0)),
        cut=str(given.get("cut", "half")),
        agent=str(given.get("agent", "")),
        gap_h=float(given.get("gap_h", 24.0)),
        bridge=bool(given.get("bridge", False)),
        away=tuple(str(drug) for drug in given.get("away", ())),
    )


def _dict_of(plan: Plan) -> dict[str, Any]:
    return {**vars(plan), "away": list(plan.away)}


def _with(plan: Plan, **changes: Any) -> Plan:
    return _plan_of({**_dict_of(plan), **changes})


def _short(plan: Plan) -> str:
    """The plan in one line, for who hears it."""
    if plan == Plan():
        return "Nothing is changed: the chart goes on as it stands."
    after = "at the same dose" if plan.cut == "whole" else f"at {plan.cut} of the dose"
    parts = [
        {
            "go on": "Tacrolimus goes on",
            "hold": f"Tacrolimus is held for {show_duration(plan.hold_h)}, then {after}",
            "less": f"Tacrolimus goes on at {plan.cut} of the dose",
            "stop": "Tacrolimus is stopped",
        }[plan.tacrolimus]
    ]
    if plan.agent:
        gap = "at once" if plan.gap_h == 0 else f"{show_duration(plan.gap_h)} after the last tacrolimus"
        parts.append(f"{plan.agent} begins {gap}")
    if plan.bridge:
        parts.append(f"{BRIDGE} bridges")
    parts += [f"{drug} is stopped" for drug in plan.away]
    return "; ".join(parts) + "."


def _in_words(values: list[float], panel: Any) -> str:
    lowest, highest, last = (f"{v:.{panel.digits}f}" for v in (min(values), max(values), values[-1]))
    return f"from {lowest} to {highest}, last {last} {panel.unit}"


def _table(found: Outlook, rows: list[tuple[str, Any, Any]], now_h: float) -> dict[str, Any]:
    time_h = found.at.time_h
    shown = []
    for day in range(int(now_h // 24), int(time_h[-1] // 24) + 1):
        k = int(np.searchsorted(time_h, day * 24.0 + 8.0))
        if time_h[0] <= day * 24.0 + 8.0 and k < len(time_h) and time_h[k] >= now_h:
            row = [show_time(float(time_h[k])), *(f"{series[k]:.{digits}f}" for _, series, digits in rows)]
            if found.oedema_ml is not None:
                row.append(f"{found.oedema_ml[0][k]:.0f} to {found.oedema_ml[1][k]:.0f}")
            shown.append(row)
    columns = ["When", *(title for title, _, _ in rows)]
    if found.oedema_ml is not None:
        columns.append("Brain oedema [mL]")
    return {"caption": "This plan as a table, every day at 08:00", "columns": columns, "rows": shown}
