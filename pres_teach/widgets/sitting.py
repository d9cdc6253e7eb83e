"""One learner at one case in one notebook: what all pieces of a lesson share."""

from __future__ import annotations

from collections.abc import Callable

from pres_teach.case import Case
from pres_teach.encounter import Encounter
from pres_teach.record import Record

from .desk import Desk
from .foundation import PresWidget

STAGE_NAMES = {
    "presentation": "Presentation",
    "mri": "MRI findings",
    "switching": "Immunosuppression switching",
    "outcome": "Outcome",
}


class Sitting:
    """The case, the encounter and the record behind a lesson, and who follows them.

    Parameters
    ----------
    case, encounter, record
        What is worked on, how far, and where it is kept.
    stage
        The part of the case that this notebook is about.

    Attributes
    ----------
    desk
        Who reads, and texts as they want them.
    opened
        The panels behind a button that the learner has opened: the twins are drawn once the debrief is.
    """

    def __init__(self, case: Case, encounter: Encounter, record: Record, stage: str) -> None:
        self.case = case
        self.encounter = encounter
        self.record = record
        self.stage = stage
        self.desk = Desk(record)
        self.opened: set[str] = set()
        self._followers: list[Callable[[], None]] = []
        self.desk.follow(self.refresh)
        encounter.observe(lambda _event: self.refresh())

    def follow(self, refresh: Callable[[], None]) -> None:
        """Call `refresh` now and after everything that happens."""
        self._followers.append(refresh)
        refresh()

    def refresh(self) -> None:
        """Draw everything on the page anew."""
        for refresh in tuple(self._followers):
            refresh()

    def remembers(self, widget: PresWidget) -> None:
        """Let the browser that acted keep the journal."""
        widget.journal_key = self.case.id
        widget.journal = self.record.journal(self.case.id)

    def block(self, markdown: str) -> str:
        """Markdown of the case as safe HTML, with citations and terms, as this reader wants it."""
        return self.desk.block(markdown)

    def line(self, markdown: str) -> str:
        """The same on one line, without terms."""
        return self.desk.line(markdown)
