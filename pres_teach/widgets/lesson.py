"""A lesson: a case, an encounter and a record, and the widgets that show them. Each method is one cell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pres_teach import case as cases
from pres_teach import report
from pres_teach.case import Case
from pres_teach.encounter import Encounter, Refusal
from pres_teach.record import Record

from . import levels_told, telling
from .answering import asking
from .bedside import BedsideWidget
from .course_plot import CoursePlot
from .crowding import Thousand
from .desk import AtHand
from .foundation import Html, PanelWidget, Request
from .keeping import Keeping
from .orders import OrdersWidget
from .picturing import Scans, in_3d
from .plan_board import SwitchBoard
from .plotting import Plotting
from .prescribing import Orders
from .question import QuestionWidget
from .record_keeper import RecordWidget
from .scan_viewer import ScanViewer
from .sitting import Sitting
from .visiting import Bedside

__all__ = ["Lesson", "lesson", "opened"]

T = TypeVar("T")


class Lesson(AtHand):
    """One part of a case in one notebook.

    A method called again gives the same widget again, as the learner left it.

    Parameters
    ----------
    encounter
        The learner's encounter; the part of this notebook is open.
    record
        Where it is kept.
    stage
        The part of the case that this notebook is about.
    """

    def __init__(self, encounter: Encounter, record: Record, stage: str) -> None:
        self.encounter = encounter
        self.kept_in = record
        self.stage = stage
        self._sitting = Sitting(encounter.case, encounter, record, stage)
        self.desk = self._sitting.desk
        self._made: dict[tuple[object, ...], Any] = {}

    def __repr__(self) -> str:
        return f"Lesson {self.encounter.case.id}, {self.stage}"

    def _once(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        self.encounter.sync()
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    # --- where, what ------------------------------------------------------------------------------------------------

    def where(self) -> PanelWidget:
        """A banner: which part of which case this is, and what was done on the expert's path."""
        panel = self._told("Where you are", telling.where)
        if not panel.landing:
            panel.landing = True
            self.desk.dresses(panel)
        return panel

    def story(self, stage: str | None = None) -> Html:
        """The story of this part, or of another."""
        return telling.story(self._sitting, stage)

    # --- the patient ------------------------------------------------------------------------------------------------

    def bedside(self, kinds: Iterable[str] | None = None) -> BedsideWidget:
        """Ask, examine, test, and let time pass; `kinds` chooses among "ask", "examine", "test"."""
        chosen = None if kinds is None else (kinds,) if isinstance(kinds, str) else tuple(kinds)
        return self._once(("bedside", chosen), lambda: Bedside(self._sitting, chosen)).widget

    def orders(self) -> OrdersWidget:
        """The chart, and orders."""
        return self._once(("orders",), lambda: Orders(self._sitting)).widget

    def options(self) -> PanelWidget:
        """Ways of handling the immunosuppression, with what is warned of in this patient; no ranking."""
        return self._told("What is on offer", telling.offered)

    def switch_board(self) -> SwitchBoard:
        """A plan for the immunosuppression, tried out on paper: levels, cover, and oedema as a spread."""
        return self._once(("switch board",), lambda: SwitchBoard(self._sitting))

    def results(self) -> PanelWidget:
        """What has come back, as a table."""
        return self._told("Results", telling.results)

    def scan(self, which: str = "latest", *, report: bool = True) -> ScanViewer:
        """The patient's scans, in a viewer.

        Parameters
        ----------
        which
            "latest", the same head without a lesion ("normal"), or the first beside the latest ("compare").
        report
            Whether the learner may ask for the written report, which tells all.
        """
        return self._once(("scan", which, report), lambda: Scans(self._sitting, which, reports=report)).widget

    def scan_in_3d(self, which: str = "latest", sequence: str = "FLAIR") -> Any:
        """The latest scan, or the same head without a lesion ("normal"), in three planes and as a solid.

        Where the packages of the extra `viewer3d` are missing it says in words what to install.
        """
        self.encounter.sync()
        key = ("scan in 3d", which, sequence, len(self.encounter.scans))
        return self._once(key, lambda: in_3d(self._sitting, which, sequence))

    def course(self, reveal: bool | Collection[str] = False, twin: str | None = None) -> CoursePlot:
        """Levels and pressures over time.

        Parameters
        ----------
        reveal
            False shows what was measured; True what the model knows until now; a list of "level", "pressure", "oedema",
            "cover" only those.
        twin
            "expert" or "in range": the same patient under another chart, dashed.
        """
        shown = reveal if isinstance(reveal, bool) else tuple(reveal)
        return self._once(("course", shown, twin), lambda: Plotting(self._sitting, shown, twin)).widget

    def factors(self) -> PanelWidget:
        """What makes the level now, factor by factor."""
        return self._told("What made the level", levels_told.what_made_it)

    def troughs_before(self) -> str:
        """The model's levels before the case opens, as text; the same in every run."""
        return levels_told.troughs_before(self._sitting)

    # --- thinking ---------------------------------------------------------------------------------------------------

    def question(self, name: str) -> QuestionWidget:
        """One question of the case, by its id."""
        return self._once(("question", name), lambda: asking(self._sitting, name))

    def letter(self) -> PanelWidget:
        """A letter made of what happened, behind a button."""
        lead = "<p>Write your own first. Then compare it with a letter made of what is in the chart.</p>"
        return self._told("The letter", telling.letter, "Show the letter", lead)

    def debrief(self) -> PanelWidget:
        """What was done, missed and harmful, with reasons; the twins. Behind a button, because it tells all."""
        lead = "<p>This tells you what the case was looking for. Open it when you are done.</p>"
        return self._told("Debrief", telling.debrief, "Show the debrief", lead)

    def crowd(self) -> PanelWidget:
        """A thousand patients like this one, treated the learner's way. Behind a button: it takes some seconds."""
        lead = (
            "<p>Your chart, given to 1000 virtual patients like yours, each with luck and thresholds of their own. "
            "Drawing them takes some seconds.</p>"
        )
        return self._once(("crowd",), lambda: Thousand(self._sitting, lead)).widget

    def known_errors(self) -> PanelWidget:
        """What else could have gone wrong, tried on the same patient. Behind a button, because it tells all."""
        lead = "<p>Errors that are known in this case, each made on the same patient. Open it when you are done.</p>"
        return self._told("Known errors", telling.known_errors, "Show the known errors", lead)

    # --- keeping ----------------------------------------------------------------------------------------------------

    def record(self) -> RecordWidget:
        """Save, restore, begin again."""
        return self._once(("record",), lambda: Keeping(self._sitting)).widget

    def take_home(self) -> PanelWidget:
        """A button that saves one printable page: what was done, answers with feedback, the debrief, sources."""
        return self._once(("take home",), self._page_to_take)

    def _page_to_take(self) -> PanelWidget:
        name = "pres-teach-my-page.html"  # the id of a case may tell what the learner is to find
        lead = "<p>One page to print or keep: what you did, your answers with feedback, the debrief, the sources.</p>"
        widget = PanelWidget(label="Take it with you", lead=lead, button="Save my page", file_name=name)

        def save(request: Request) -> None:
            widget.file = b""  # the same bytes twice would be no change, and nothing would be saved
            widget.file = report.take_home(self.encounter).encode()

        widget.on("open", save)
        return widget

    def _told(self, label: str, body: Callable[[Sitting], str], button: str = "", lead: str = "") -> PanelWidget:
        make = partial(telling.Told, self._sitting, label, partial(body, self._sitting), button, lead)
        return self._once((label,), make).widget


def lesson(case_id: str | Path, stage: str = "presentation", *, record: Record | None = None) -> Lesson:
    """Open a part of a case where the learner left it.

    Parameters
    ----------
    case_id
        A case that ships with the package, or the path of a case file.
    stage
        "presentation", "mri", "switching" or "outcome". Parts before it that were never played are taken on the
        expert's path, marked as not the learner's.
    record
        Where it is kept; the learner's own record without one.

    Raises
    ------
    CaseError
        If the case file has faults; it names them all.
    Refusal
        If the case has no such part.
    """
    return opened(cases.read(case_id), stage, Record() if record is None else record)


def opened(case: Case, stage: str | None, record: Record) -> Lesson:
    """Open a part of a case that was read already.

    Parameters
    ----------
    case
        The case.
    stage
        As for `lesson`; None for the part in which the learner left it.
    record
        Where it is kept.

    Raises
    ------
    Refusal
        If the case has no such part.
    """
    if stage is not None and stage not in case.stages:
        raise Refusal(f'This case has no part "{stage}". It has: {", ".join(case.stages)}.')
    encounter = Encounter(case, record)
    if stage is None:
        return Lesson(encounter, record, encounter.stage)
    order = list(encounter.stages)
    if not encounter.state.played and order.index(encounter.stage) > order.index(stage):
        encounter.begin_again()  # a later part was only looked at: nothing of the learner's is lost
    encounter.enter(stage)
    return Lesson(encounter, record, stage)
