"""The chart of an encounter, and the learner's orders."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pres_teach.encounter import Refusal, Unconfirmed
from pres_teach.patient import Order, OrderError
from pres_teach.pharmacology import Drug, check_stop
from pres_teach.units import show_time

from .foundation import Request, words
from .orders import OrdersWidget
from .sitting import Sitting

ROUTES = {"mouth": "by mouth", "iv": "into a vein", "im": "into a muscle"}
GROUPS = {
    "calcineurin inhibitor": "Calcineurin inhibitors",
    "mtor inhibitor": "mTOR inhibitors",
    "biologic": "Biologics",
    "antimetabolite": "Antimetabolites",
    "steroid": "Steroids",
    "antihypertensive": "Blood pressure",
    "antiseizure": "Against seizures",
    "benzodiazepine": "Benzodiazepines",
    "electrolyte": "Electrolytes",
    "azole": "Azoles",
    "echinocandin": "Echinocandins",
    "antibiotic": "Antibiotics",
    "other": "Others",
}
INTERVALS_H = (4, 6, 8, 12, 24, 48)
WEEKS = (1, 2, 4)
NUMBER = re.compile(r"\d{1,7}(?:[.,]\d{1,6})?")
NOT_CHECKED = "not checked: see local guidance"


class Orders:
    """Wires the orders widget to an encounter."""

    def __init__(self, sitting: Sitting) -> None:
        self.sitting = sitting
        often = [{"value": "once", "label": "once, now"}]
        often += [{"value": str(hours), "label": f"every {hours} h"} for hours in INTERVALS_H]
        often += [{"value": str(n * 168), "label": "every week" if n == 1 else f"every {n} weeks"} for n in WEEKS]
        self.widget = OrdersWidget(menu=self._menu(), intervals=often)
        self._asked_back: Callable[[bool], list[str]] | None = None
        self._done = ""
        for do, deed in (
            ("give", self._give),
            ("change", self._change),
            ("hold", self._hold),
            ("resume", self._resume),
            ("stop", self._stop),
            ("anyway", self._anyway),
            ("back", self._back),
        ):
            self.widget.on(do, deed)
        sitting.follow(self.refresh)

    # --- what is done ----------------------------------------------------------------------------------------------

    def _carry_out(self, deed: Callable[[bool], list[str]], done: str, confirmed: bool = False) -> None:
        self.widget.confirm = {}
        try:
            warnings = deed(confirmed)
        except Unconfirmed as loud:
            self._asked_back, self._done = deed, done
            self.widget.confirm = {"text": [words(loud)], "button": "It is meant: give it anyway"}
            return
        except (Refusal, OrderError) as refused:
            self.widget.say("refused", [words(refused)])
            return
        self.widget.form = {}
        lines = [words(done), *(self.sitting.line(warning) for warning in warnings)]
        self.widget.say("warning" if warnings else "done", lines, clear=True)
        self.sitting.remembers(self.widget)

    def _anyway(self, request: Request) -> None:
        deed, self._asked_back = self._asked_back, None
        if deed is not None:
            self._carry_out(deed, self._done, confirmed=True)

    def _back(self, request: Request) -> None:
        self._asked_back = None
        self.widget.confirm = {}

    def _give(self, request: Request) -> None:
        self.widget.form = {key: str(request.get(key) or "") for key in ("drug", "dose", "unit", "route", "every")}
        dose = _dose(request)
        if dose is None:
            self._no_dose(request)
            return
        drug, unit, route = (str(request.get(key) or "") for key in ("drug", "unit", "route"))
        every_h = _every(request)
        often = "" if unit.endswith("/h") else " once" if every_h is None else f" every {every_h:g} h"

        def give(confirmed: bool) -> list[str]:
            return self.sitting.encounter.order(drug, dose, unit, route, every_h=every_h, confirmed=confirmed)

        self._carry_out(give, f"{self._shown(drug)} {dose:g} {unit}{often} {ROUTES.get(route, route)}: ordered.")

    def _change(self, request: Request) -> None:
        dose = _dose(request)
        if dose is None:
            self._no_dose(request)
            return
        drug, unit = str(request.get("drug") or ""), str(request.get("unit") or "")

        def change(confirmed: bool) -> list[str]:
            encounter = self.sitting.encounter
            return encounter.change(drug, dose, unit or None, every_h=_every(request), confirmed=confirmed)

        self._carry_out(change, f"{self._shown(drug)}: {dose:g} {unit} from the next dose on.")

    def _hold(self, request: Request) -> None:
        drug, until_h = str(request.get("drug") or ""), float(request["until"])
        self._carry_out(
            lambda _: self._at_stop(drug, until_h, lambda: self.sitting.encounter.hold(drug, until_h)),
            f"{self._shown(drug)}: held until {show_time(until_h)}.",
        )

    def _resume(self, request: Request) -> None:
        drug = str(request.get("drug") or "")
        self._carry_out(lambda _: self.sitting.encounter.resume(drug), f"{self._shown(drug)}: given again.")

    def _stop(self, request: Request) -> None:
        drug = str(request.get("drug") or "")
        self._carry_out(
            lambda _: self._at_stop(drug, None, lambda: self.sitting.encounter.stop(drug)),
            f"{self._shown(drug)}: stopped.",
        )

    def _at_stop(self, drug: str, until_h: float | None, deed: Callable[[], list[str]]) -> list[str]:
        encounter = self.sitting.encounter
        said = check_stop(drug, encounter.clock_h, self.sitting.case.patient, encounter.chart, until_h)
        return list(dict.fromkeys([*deed(), *said]))

    def _no_dose(self, request: Request) -> None:
        found = words(str(request.get("dose") or ""))
        self.widget.say("refused", [f"A dose is a number such as 20 or 0.5; you wrote “{found}”."])

    # --- what is shown ---------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw the chart from the encounter."""
        clock_h = self.sitting.encounter.clock_h
        self.widget.title = f"The chart, {show_time(clock_h)}"
        rows = [self._row(number, order) for number, order in enumerate(self.sitting.encounter.chart.orders)]
        rows.sort(key=lambda row: not row["running"])
        self.widget.running = rows

    def _row(self, number: int, order: Order) -> dict[str, Any]:
        encounter = self.sitting.encounter
        now = encounter.clock_h
        runs, waits = order.runs(now), encounter.chart.pending(order.drug, now) == order
        held = waits and len(encounter.chart.of(order.drug)) > 1
        if waits:
            state = f"{'on hold, again ' if held else ''}from {show_time(order.at_h)}"
            acts = ["change", "resume", "stop"]
        elif order.at_h > now:
            state, acts = f"from {show_time(order.at_h)}", []
        elif runs:
            ends = "" if order.until_h is None else f" until {show_time(order.until_h)}"
            state, acts = f"running{ends}", ["change", "hold", "stop"]
        elif order.single:
            state, acts = "given", []
        else:
            state, acts = f"ended {show_time(order.until_h or now)}", []
        drug = self.sitting.case.formulary.get(order.drug)
        known = [unit for route, names in drug.routes.items() if route == order.route for unit in names] if drug else []
        same = [unit for unit in known if unit.endswith("/h") == order.infusion]
        return {
            "key": f"{order.drug}-{number}",
            "drug": order.drug,
            "shown": self._shown(order.drug),
            "words": order.words().removeprefix(order.drug).strip(),
            "since": show_time(order.at_h),
            "state": state,
            "running": runs or order.at_h > now,
            "acts": acts,
            "dose": f"{order.dose:g}",
            "unit": order.unit,
            "units": list(dict.fromkeys([order.unit, *same])),
            "every_value": "" if order.every_h is None else f"{order.every_h:g}",
            "holds": _holds(order, now) if runs else [],
            "note": f"for {order.indication}" if order.indication else "",
        }

    def _shown(self, name: str) -> str:
        drug = self.sitting.case.formulary.get(name)
        text = drug.shown if drug is not None else name
        return text[:1].upper() + text[1:]

    def _menu(self) -> list[dict[str, Any]]:
        known = self.sitting.case.formulary
        offered = self.sitting.case.drugs or tuple(known)
        drugs = [known.drug(name) for name in offered]
        groups = sorted({drug.group for drug in drugs}, key=list(GROUPS).index)
        return [
            {"group": GROUPS[group], "drugs": [self._on_menu(drug) for drug in drugs if drug.group == group]}
            for group in groups
        ]

    def _on_menu(self, drug: Drug) -> dict[str, Any]:
        usual = []
        for one in drug.usual:
            doubt = f" <em>({NOT_CHECKED})</em>" if one.support in ("unverified", "illustrative") else ""
            source = "" if doubt else f" {self.sitting.line(f'[@{one.source}]')}"
            usual.append(f"<li>{words(one.text)}{doubt}{source}</li>")
        return {
            "name": drug.name,
            "shown": self._shown(drug.name),
            "routes": [{"value": r, "label": ROUTES[r], "units": list(u)} for r, u in drug.routes.items()],
            "note": f"<p>In use:</p><ul>{''.join(usual)}</ul>" if usual else "",
        }


def _dose(request: Request) -> float | None:
    typed = str(request.get("dose") or "").strip()
    return float(typed.replace(",", ".")) if NUMBER.fullmatch(typed) else None


def _every(request: Request) -> float | None:
    every = str(request.get("every") or "")
    return None if every in ("", "once", "infusion") else float(every)


def _holds(order: Order, now: float) -> list[dict[str, str]]:
    """Until when a drug can be held: by doses left out, then by time."""
    choices: list[tuple[float, str]] = []
    if order.every_h is not None:
        following = order.next_time(now)
        for doses, name in ((1, "one dose"), (2, "two doses"), (4, "four doses")):
            choices.append((following + doses * order.every_h, name))
    choices += [(now + hours, f"{hours} h") for hours in (24, 48, 72)]
    choices.append((now + 168.0, "a week"))
    return [{"value": repr(until), "label": f"{name}, until {show_time(until)}"} for until, name in choices]
