"""A whole case in one place: choose a patient, and work through part after part below."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets

from pres_teach import case as cases
from pres_teach.case import Case
from pres_teach.record import Record

from .choosing import CaseChooser
from .foundation import PanelWidget, page, words
from .lesson import Lesson, opened
from .sitting import STAGE_NAMES

__all__ = ["WholeCase", "whole_case"]


class WholeCase(ipywidgets.VBox):
    """The list of patients, and below it the part of a case that is open.

    Parameters
    ----------
    record
        Where the learner's steps are kept.
    case_id
        A case to open at once, by its id or the path of its file; without one the learner chooses.
    """

    def __init__(self, record: Record, case_id: str | Path | None = None) -> None:
        self._record = record
        self.chooser = CaseChooser(cases.catalogue(), record, self._chosen) if case_id is None else None
        self.part: Lesson | None = None
        super().__init__([] if self.chooser is None else [self.chooser])
        self.add_class("pt-whole")
        if case_id is not None:
            self._show(cases.read(case_id), None, arriving=False)

    def _chosen(self, case_id: str) -> None:
        self._show(cases.read(case_id), None)

    def _show(self, case: Case, stage: str | None, arriving: bool = True) -> None:
        """Show a part: the one asked for, or the one in which the learner left this patient."""
        self.part = opened(case, stage, self._record)
        if self.chooser is not None:
            self.chooser.refresh()
        above = [] if self.chooser is None else [self.chooser]
        self.children = (*above, *self._pieces(self.part, arriving))

    def _pieces(self, part: Lesson, arriving: bool) -> Iterator[ipywidgets.Widget]:
        case = part.encounter.case
        stages = list(case.stages)
        place = stages.index(part.stage)
        where = part.where()
        where.landing, where.arriving = False, arriving
        yield where
        yield PanelWidget(label="The story", body=part.story().body)
        yield part.bedside()
        yield part.orders()
        yield part.course()
        if part.stage != stages[0]:
            yield part.scan()
        if part.stage == "switching":
            yield from (part.options(), part.switch_board())
        for question in case.stages[part.stage].questions:
            yield part.question(question.id)
        if place + 1 < len(stages):
            yield self._onward(case, stages[place + 1], place + 2)
        else:
            yield from (part.letter(), part.debrief(), part.course(reveal=True, twin="expert"))
            yield from (part.crowd(), part.known_errors(), part.record(), part.take_home())

    def _onward(self, case: Case, stage: str, number: int) -> PanelWidget:
        panel = PanelWidget(
            label="Going on",
            button=f"Go on to part {number}",
            lead=f"<p>Next: {words(STAGE_NAMES[stage])}. What you have not decided goes on as the chart has it; "
            "the clock does not go back.</p>",
        )
        panel.on("open", lambda request: self._show(case, stage))
        return panel

    def static_html(self) -> str:
        """What is shown where no script runs."""
        if self.part is None:
            return "" if self.chooser is None else self.chooser.static_html()
        return f"<p>{words(self.part.encounter.case.title)}</p>{self.part.story().body}"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "text/plain": repr(self), "text/html": page(self.static_html(), "pieces")}, dict(metadata)

    def __repr__(self) -> str:
        return "A whole case" if self.part is None else f"A whole case: {self.part.stage}"


def whole_case(case_id: str | Path | None = None, *, record: Record | None = None) -> WholeCase:
    """A whole case in one cell.

    Parameters
    ----------
    case_id
        A case that ships with the package, or the path of a case file; without one, a list to choose from.
    record
        Where it is kept; the learner's own record without one.

    Raises
    ------
    CaseError
        If the case file has faults; it names them all.
    """
    return WholeCase(Record() if record is None else record, case_id)
