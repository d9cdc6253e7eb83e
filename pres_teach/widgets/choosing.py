"""Which case: a list of patients, told apart by their titles, and how far the learner has come with each."""

from __future__ import annotations

from collections.abc import Callable

import traitlets

from pres_teach.case import Listed
from pres_teach.encounter import STAGES
from pres_teach.record import Record

from .foundation import PresWidget, Request, script, style, words
from .sitting import STAGE_NAMES

LEVELS = {"intro": "to begin with", "core": "core", "advanced": "advanced"}


class CaseChooser(PresWidget):
    """A list of patients and a button.

    Parameters
    ----------
    listed
        The cases.
    record
        Where the learner's steps are kept.
    opened
        Called with the id of the case that is wanted.
    """

    _esm = script("choosing")
    _css = style("question", "choosing")

    cases = traitlets.List(trait=traitlets.Dict()).tag(sync=True)
    opened = traitlets.Unicode("").tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)

    def __init__(self, listed: tuple[Listed, ...], record: Record, opened: Callable[[str], None]) -> None:
        super().__init__()
        self._listed = listed
        self._record = record
        self._opens = opened
        self.refresh()
        self.on("open", self._open)

    def refresh(self) -> None:
        """Say how far the learner has come with each."""
        self.cases = [
            {
                "id": one.id,
                "title": one.title,
                "about": f"{LEVELS[one.level]}, about {one.minutes} minutes, {how_far(self._record, one.id)}",
            }
            for one in self._listed
        ]

    def _open(self, request: Request) -> None:
        wanted = str(request.get("id", ""))
        if wanted not in {one.id for one in self._listed}:
            self.said = "Choose a patient first."
            return
        self.said = ""
        self.opened = wanted
        self._opens(wanted)

    def static_html(self) -> str:
        rows = "".join(f"<li>{words(one['title'])} ({words(one['about'])})</li>" for one in self.cases)
        return f"<p>Run this notebook to choose a patient:</p><ul>{rows}</ul>"

    def __repr__(self) -> str:
        return f"Choose a patient: {len(self.cases)}"


def how_far(record: Record, case_id: str) -> str:
    """How far a learner has come with a case, in words."""
    events = [event for _, event in record.events(case_id)]
    begun = max((place for place, event in enumerate(events) if event.get("do") == "begin again"), default=-1)
    events = events[begun + 1 :]
    mine = [event for event in events if event.get("by") == "learner" and event.get("do") != "enter"]
    if not mine:
        return "not begun"
    entered = [str(event.get("stage")) for event in events if event.get("do") == "enter"]
    here = max((STAGES.index(stage) for stage in entered if stage in STAGES), default=0)
    return f"begun: part {here + 1}, {STAGE_NAMES[STAGES[here]]}"
