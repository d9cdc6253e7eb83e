"""A thousand patients like this one, under the learner's chart: one patient's course is one throw of the dice."""

from __future__ import annotations

from dataclasses import replace

from pres_teach import cohort
from pres_teach.cohort import Tally
from pres_teach.figures import crowd_figure
from pres_teach.patient import Chart
from pres_teach.physiology import ConditionError

from .foundation import PanelWidget, Request
from .sitting import Sitting

PATIENTS = 1000
FOLLOWED_H = 60 * 24.0
BUTTON = "Show a thousand"


class Thousand:
    """Wires a panel to an encounter: drawn when it is asked for, and anew when it is asked for again.

    Parameters
    ----------
    sitting
        The lesson's case and encounter.
    lead
        What stands before the button; safe HTML.
    """

    def __init__(self, sitting: Sitting, lead: str) -> None:
        self.sitting = sitting
        self._drawn: Chart | None = None
        self.widget = PanelWidget(label="A thousand like this patient", lead=lead, button=BUTTON)
        self.widget.on("open", self._open)
        sitting.follow(self.refresh)

    def refresh(self) -> None:
        """Offer to draw anew once the chart has changed."""
        if self._drawn is not None and self._drawn != self.sitting.encounter.chart:
            self.widget.button = "Your chart has changed: draw them again"

    def _open(self, request: Request) -> None:
        self._drawn = self.sitting.encounter.chart
        self.widget.body = told(self.sitting)
        self.widget.button = ""


def told(sitting: Sitting) -> str:
    """The crowd under the learner's chart, beside the same crowd when nobody does anything, as safe HTML."""
    case = sitting.case
    if case.illness.diagnosis != "PRES":
        return "<p>This picture is drawn for PRES alone: how often other illnesses do harm is not in the model.</p>"
    # The seizures that the author timed are this one patient's; the crowd has luck of its own.
    illness = replace(case.illness, untreated=())

    def counted(chart: Chart) -> Tally:
        onset_h = illness.onset_h or case.opens_h
        return cohort.count(
            PATIENTS,
            case.patient,
            chart,
            illness,
            case.seed,
            until_h=onset_h + FOLLOWED_H,
            author=case.chart,
            opens_h=case.opens_h,
        )

    try:
        ways = [("treated your way", counted(sitting.encounter.chart)), ("nobody does anything", counted(case.chart))]
    except ConditionError:
        return "<p>With other luck this illness would not have begun when it did: no crowd can be drawn of it.</p>"
    him = "him" if case.patient.sex == "male" else "her"
    picture = crowd_figure(ways, f"A thousand patients like {him}")
    mine = ways[0][1]
    said = (
        f"<p>Of {PATIENTS} patients like yours, treated your way, {mine.seizure} had a seizure, {mine.status} of them "
        f"status epilepticus, and in {mine.deficit} some harm looks lasting. Yours is one of them: which one, luck had "
        "a hand in. All of these are <em>illustrative</em>: the totals of the model are fitted to published ones, and "
        "what it says of a plan was never checked on patients.</p>"
    )
    return said + picture.html()
