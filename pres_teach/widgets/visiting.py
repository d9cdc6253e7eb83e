"""The bedside of an encounter: what can be found out, what was found out, and time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pres_teach.case import Finding, Test
from pres_teach.encounter import ATTENTION, Asked, Refusal, Requested
from pres_teach.physiology import Event
from pres_teach.units import show_duration, show_time

from .bedside import BedsideWidget
from .foundation import Request, words
from .sitting import Sitting

KINDS = ("ask", "examine", "test")
TITLES = {"ask": "Ask", "examine": "Examine", "test": "Test"}
ALARMS = {
    "onset": "Something has changed",
    "seizure": "A seizure",
    "status": "The seizure does not stop",
    "haemorrhage": "Something has changed",
    "hypoperfusion": "Something has changed",
    "arrhythmia": "The heart",
    "complication": "A complication",
    "rejection": "The graft",
    "deficit": "Something has changed",
}
AWARENESS = {"seizing": "having a seizure", "post-ictal": "drowsy after a seizure"}
WAITS = ((0.25, "15 min"), (1.0, "1 h"), (6.0, "6 h"), (12.0, "12 h"), (24.0, "1 day"), (168.0, "1 week"))


class Bedside:
    """Wires the bedside widget to an encounter.

    Parameters
    ----------
    sitting
        The lesson's case and encounter.
    kinds
        Which of "ask", "examine", "test" are offered.
    """

    def __init__(self, sitting: Sitting, kinds: Iterable[str] | None = None) -> None:
        self.sitting = sitting
        self.kinds = tuple(KINDS if kinds is None else kinds)
        for kind in self.kinds:
            if kind not in KINDS:
                raise ValueError(f'"kinds": of {", ".join(KINDS)}; found "{kind}"; leave it out or correct it')
        self.widget = BedsideWidget()
        self.widget.on("ask", self._acting(lambda request: sitting.encounter.ask(str(request["id"]))))
        self.widget.on("test", self._acting(lambda request: sitting.encounter.test(str(request["id"]))))
        self.widget.on("wait", self._acting(self._wait))
        self._happened = len(sitting.encounter.state.happened)
        self._warned = ""
        sitting.follow(self.refresh)

    def _acting(self, deed: Callable[[Request], object]) -> Callable[[Request], None]:
        def act(request: Request) -> None:
            self.widget.notice = ""
            try:
                deed(request)
            except Refusal as refused:
                self.widget.notice = str(refused)
                self.sitting.refresh()
                return
            self.sitting.remembers(self.widget)

        return act

    def _wait(self, request: Request) -> None:
        encounter = self.sitting.encounter
        if request.get("until") == "result":
            due = encounter.results_due()
            if not due:
                raise Refusal("No result is under way.")
            wanted = due[0].due_h
            encounter.wait_until(wanted)
        else:
            encounter.sync()
            wanted = encounter.clock_h + float(request["hours"])
            encounter.wait(float(request["hours"]))
        if encounter.clock_h < wanted - 1 / 60:
            self.widget.notice = (
                f"You asked to wait until {show_time(wanted)}. The clock stopped at {show_time(encounter.clock_h)}, "
                "because something happened."
            )

    # --- what is shown ---------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw the widget from the encounter."""
        encounter, widget = self.sitting.encounter, self.widget
        day, _, time = show_time(encounter.clock_h).rpartition(" ")
        day = day.capitalize()
        widget.clock = {"day": day, "time": time, "text": f"{day}, {time}"}
        widget.monitor = self._monitor()
        widget.groups = [group for kind in self.kinds if (group := self._group(kind))["items"]]
        widget.log = self._log()
        due = encounter.results_due()
        widget.pending = [{"label": one.name, "due": show_time(one.due_h)} for one in due]
        waits: list[dict[str, Any]] = [{"label": label, "request": {"hours": hours}} for hours, label in WAITS]
        label = f"Until the next result, {show_time(due[0].due_h)}" if due else "Until the next result"
        widget.waits = [*waits, {"label": label, "request": {"until": "result"}, "off": not due}]
        self._alarm()

    def _alarm(self) -> None:
        self._ask_about_the_dose()
        happened = self.sitting.encounter.state.happened
        new = [event for event in happened[self._happened :] if event.kind in ATTENTION]
        self._happened = len(happened)
        if new:
            event = new[-1]
            self.widget.alarm = {
                "n": len(happened),
                "title": ALARMS.get(event.kind, "Something happens"),
                "time": show_time(event.time_h),
                "text": event.text,
            }

    def _ask_about_the_dose(self) -> None:
        """Somebody stands there with the tablets: once before they are due, once when they were taken undecided."""
        encounter = self.sitting.encounter
        dose = encounter.undecided_dose
        if dose is None:
            if self.widget.alarm.get("n") == self._warned:
                self.widget.alarm = {}
            return
        due = show_time(dose.due_h)
        taken = encounter.clock_h >= dose.due_h
        warning = f"{dose.drug}, {due}, {taken}"
        if warning == self._warned:
            return
        self._warned = warning
        text = (
            f"Nobody had decided otherwise, so the {dose.drug} of {due} was given as the chart has it. "
            "Decide about the next one in the chart below."
            if taken
            else f"The nurse comes with the {dose.drug}, due {due}. Is it to be given? Hold or change it in the chart "
            "below; if nobody decides, it is given."
        )
        title = f"The {dose.drug} was given" if taken else f"The {dose.drug} is due"
        self.widget.alarm = {"n": warning, "title": title, "time": show_time(encounter.clock_h), "text": text}

    def _monitor(self) -> list[dict[str, Any]]:
        encounter = self.sitting.encounter
        vitals = encounter.vitals()
        pressure, mean, when = vitals, vitals.map_mmhg, ""
        measures = [t for stage in self.sitting.case.stages.values() for t in stage.tests if t.measures == "map"]
        shown: list[dict[str, Any]] = []
        if measures:
            # The cuff shows what was measured last, not what nobody asked for.
            taken = [r for r in encounter.results if r.test in {test.id for test in measures}]
            if not taken:
                shown.append({"label": "Blood pressure", "value": "not measured yet"})
            else:
                moment = encounter.course.at(taken[-1].drawn_h)
                when = f"measured {show_time(taken[-1].drawn_h)}"
                value = f"{moment.systolic_mmhg:.0f}/{moment.diastolic_mmhg:.0f}"
                shown.append({"label": "Blood pressure", "value": value, "unit": "mmHg", "note": when})
                shown.append({"label": "Mean pressure", "value": f"{moment.map_mmhg:.0f}", "unit": "mmHg"})
        else:
            value = f"{pressure.systolic_mmhg:.0f}/{pressure.diastolic_mmhg:.0f}"
            shown.append({"label": "Blood pressure", "value": value, "unit": "mmHg"})
            shown.append({"label": "Mean pressure", "value": f"{mean:.0f}", "unit": "mmHg"})
        shown.append({"label": "Awareness", "value": AWARENESS.get(vitals.awareness, vitals.awareness)})
        dose = encounter.next_dose
        if dose is not None:
            day, _, time = show_time(dose.due_h).rpartition(" ")
            today = show_time(encounter.clock_h).startswith(f"{day} ")
            note = f"{dose.order.dose:g} {dose.order.unit}" + ("" if today else f", {day}")
            shown.append({"label": f"Next {dose.drug}", "value": time, "note": note})
        return shown

    def _open_stages(self) -> Iterable[str]:
        names = list(self.sitting.case.stages)
        last = names.index(self.sitting.stage)
        # what belongs to this part first, then what earlier parts offered
        return [names[last], *reversed(names[:last])]

    def _group(self, kind: str) -> dict[str, Any]:
        items: list[dict[str, Any]] = []
        for name in self._open_stages():
            stage = self.sitting.case.stages[name]
            if kind == "test":
                items += [self._of_test(test) for test in stage.tests]
            else:
                items += [self._of_finding(one) for one in stage.findings if getattr(one, kind) is not None]
        return {"title": TITLES[kind], "items": items}

    def _of_finding(self, finding: Finding) -> dict[str, Any]:
        state = self.sitting.encounter.state
        asked = [(number, one) for number, one in enumerate(state.asked) if one.finding == finding.id]
        return {
            "id": finding.id,
            "kind": "ask",
            "label": str(finding.ask or finding.examine),
            "cost": show_duration(finding.cost),
            "done": show_time(asked[-1][1].time_h) if asked else "",
            "entry": _name(*asked[-1]) if asked else "",
        }

    def _of_test(self, test: Test) -> dict[str, Any]:
        encounter = self.sitting.encounter
        come = [one for one in encounter.results if one.test == test.id]
        waiting = any(one.test == test.id for one in encounter.results_due())
        takes = max(test.after, test.cost)
        cost = show_duration(test.cost)
        return {
            "id": test.id,
            "kind": "test",
            "label": test.test,
            "cost": cost if takes <= test.cost else f"{cost}, result after {show_duration(takes)}",
            "done": show_time(come[-1].drawn_h) if come else "",
            "entry": _name(come[-1].number, come[-1]) if come else "",
            "waiting": waiting,
        }

    def _log(self) -> list[dict[str, Any]]:
        encounter = self.sitting.encounter
        entries: list[tuple[float, dict[str, Any]]] = []

        def add(key: str, time_h: float, kind: str, title: str, body: str, by: str) -> None:
            when = show_time(time_h) + (", on the expert's path" if by == "expert" else "")
            entries.append((time_h, {"n": key, "time": when, "title": title, "kind": kind, "html": body}))

        for number, one in enumerate(encounter.asked):
            add(_name(number, one), one.time_h, "finding", one.prompt, self.sitting.block(one.text), one.by)
        for result in encounter.results:
            body = "<p>The pictures are there.</p>" if result.scan else self.sitting.block(result.text)
            add(_name(result.number, result), result.due_h, "result", result.name, body, result.by)
        for number, event in enumerate(encounter.state.happened):
            title = ALARMS.get(event.kind, "The patient")
            kind = "result" if event.kind == "recovery" else "event"  # good news is no alarm
            add(_name(number, event), event.time_h, kind, title, f"<p>{words(event.text)}</p>", "course")
        return [entry for _, entry in sorted(entries, key=lambda pair: pair[0])]


def _name(number: int, told: Asked | Requested | Event) -> str:
    """What an entry of the log is known by: a restored history may hold another one in its place."""
    if isinstance(told, Asked):
        return f"{told.finding} {number} {told.time_h:.3f}"
    if isinstance(told, Requested):
        return f"{told.test} {number} {told.drawn_h:.3f}"
    return f"{told.kind} {number} {told.time_h:.3f}"
