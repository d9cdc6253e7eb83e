"""One learner working through one case: clock, orders, answers, debrief."""

from __future__ import annotations

from pres_teach.encounter.debrief import Calibration, Debrief, Point, Score, Twin
from pres_teach.encounter.doses import Dose
from pres_teach.encounter.encounter import Encounter, Observer
from pres_teach.encounter.errors import Committed, commit, errors_of
from pres_teach.encounter.held import Held
from pres_teach.encounter.plan import Outlook, Plan, Standing, outlook, standing
from pres_teach.encounter.rehearsal import rehearse
from pres_teach.encounter.results import level_drawn
from pres_teach.encounter.state import State
from pres_teach.encounter.turns import Turn
from pres_teach.encounter.words import (
    ATTENTION,
    STAGES,
    Answer,
    Asked,
    Decision,
    LogEntry,
    Refusal,
    Requested,
    ScanTaken,
    Unconfirmed,
    Vitals,
)

__all__ = [
    "ATTENTION",
    "STAGES",
    "Answer",
    "Asked",
    "Calibration",
    "Committed",
    "Debrief",
    "Decision",
    "Dose",
    "Encounter",
    "Held",
    "LogEntry",
    "Observer",
    "Outlook",
    "Plan",
    "Point",
    "Refusal",
    "Requested",
    "ScanTaken",
    "Score",
    "Standing",
    "State",
    "Turn",
    "Twin",
    "Unconfirmed",
    "Vitals",
    "commit",
    "errors_of",
    "level_drawn",
    "outlook",
    "rehearse",
    "standing",
]
