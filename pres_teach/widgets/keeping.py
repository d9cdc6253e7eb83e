"""The learner's work: saved, restored, begun again, and brought back from the browser."""

from __future__ import annotations

import json

from pres_teach.record import RecordError

from .foundation import Request
from .record_keeper import RecordWidget
from .sitting import Sitting


class Keeping:
    """Wires the record widget to a record."""

    def __init__(self, sitting: Sitting) -> None:
        self.sitting = sitting
        self.widget = RecordWidget(journal_key=sitting.case.id, file_name="pres-teach-my-work.sqlite")
        self.widget.on("save", self._save)
        self.widget.on("restore", self._restore)
        self.widget.on("bring", self._bring)
        self.widget.on("again", self._again)
        sitting.follow(self.refresh)

    def refresh(self) -> None:
        """Draw the widget, and let the browser that shows it keep the journal."""
        journal = self.sitting.record.journal(self.sitting.case.id)
        steps = len(json.loads(journal)["events"])
        self.widget.steps = steps
        if steps:
            self.widget.journal = journal

    def _save(self, request: Request) -> None:
        self.widget.file = b""  # the same bytes twice would be no change, and nothing would be saved
        self.widget.file = self.sitting.record.save()

    def _restore(self, request: Request) -> None:
        try:
            said = self.sitting.record.restore(bytes(self.widget.given))
        except RecordError as refused:
            self.widget.say("refused", str(refused))
            return
        self._taken_up(said)

    def _bring(self, request: Request) -> None:
        try:
            taken = self.sitting.record.merge_journal(self.sitting.case.id, self.widget.offered)
        except RecordError as refused:
            self.widget.say("refused", str(refused))
            return
        self._taken_up(
            f"{taken} step{'s are' if taken != 1 else ' is'} back." if taken else "Nothing new was brought back."
        )

    def _taken_up(self, said: str) -> None:
        self.sitting.encounter.sync()
        self.sitting.refresh()
        self.widget.say("done", said)

    def _again(self, request: Request) -> None:
        self.sitting.encounter.begin_again()
        self.sitting.remembers(self.widget)
        first = self.sitting.encounter.stage == self.sitting.stage
        said = "The case stands at its beginning."
        if not first:
            said += " Open the first lesson, or run this notebook again to be brought here on the expert's path."
        self.widget.say("done", said)
