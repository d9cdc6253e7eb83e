"""The words of an encounter: what is done, found, due and told. Plain data, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from pres_teach.case import EVENTS
from pres_teach.quiz import Mark, Response

__all__ = [
    "ATTENTION",
    "STAGES",
    "Answer",
    "Asked",
    "Decision",
    "LogEntry",
    "Refusal",
    "Requested",
    "ScanTaken",
    "Unconfirmed",
    "Vitals",
]

STAGES = ("presentation", "mri", "switching", "outcome")

# Waiting stops at these: somebody at the bedside would be called.
ATTENTION = frozenset(get_args(EVENTS)) - {"recovery"}


class Refusal(ValueError):
    """Something that cannot be done now, as a sentence for the learner; nothing has changed by asking for it."""


class Unconfirmed(Refusal):
    """A dose so large that it is given only when the learner says again that it is meant (``confirmed=True``)."""


@dataclass(frozen=True)
class LogEntry:
    """One line of the log.

    Parameters
    ----------
    time_h
        When [h since transplantation].
    kind
        "stage", "ask", "test", "result", "order", "change", "hold", "resume", "stop", "wait", "event", "answer".
    text
        What happened (Markdown where the case file's author wrote it).
    by
        "learner", "expert" (a step of the expert's path, not the learner's), or "course" (it happened by itself).
    stage
        The stage that was open.
    """

    time_h: float
    kind: str
    text: str
    by: str
    stage: str


@dataclass(frozen=True)
class Asked:
    """A question asked or an examination made.

    Parameters
    ----------
    finding, prompt
        Its id, and what was asked or examined.
    text
        What was found (Markdown).
    time_h
        When [h since transplantation].
    by
        "learner" or "expert".
    found
        False when nothing could be asked (the patient had a seizure).
    """

    finding: str
    prompt: str
    text: str
    time_h: float
    by: str
    found: bool


@dataclass(frozen=True)
class Requested:
    """A test, from its request to its result.

    Parameters
    ----------
    number
        Running number of the request in this encounter.
    test, name
        Its id and its name.
    drawn_h, due_h
        When the sample or picture was taken and when the result comes [h since transplantation].
    text
        The result (Markdown); shown from `due_h` on.
    by
        "learner" or "expert".
    scan
        Whether it is a scan.
    """

    number: int
    test: str
    name: str
    drawn_h: float
    due_h: float
    text: str
    by: str
    scan: bool = False


@dataclass(frozen=True)
class Decision:
    """One act on the chart.

    Parameters
    ----------
    act
        "order", "change", "hold", "resume" or "stop".
    drug, words
        The drug's name, and the act in words.
    time_h
        When it was decided [h since transplantation].
    by
        "learner" or "expert".
    warnings
        What the pharmacy said.
    event
        The event it was made by: what it did to the chart can be done again.
    """

    act: str
    drug: str
    words: str
    time_h: float
    by: str
    warnings: tuple[str, ...] = ()
    event: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Answer:
    """One try at a question.

    Parameters
    ----------
    question, stage
        Its id and the stage it stands in.
    response, mark
        What was answered and what it is worth.
    time_h
        Simulated time [h since transplantation].
    by
        "learner" or "expert".
    attempt
        1 for the first try of this person at this question: the one that counts.
    """

    question: str
    stage: str
    response: Response
    mark: Mark
    time_h: float
    by: str
    attempt: int


@dataclass(frozen=True)
class ScanTaken:
    """A scan whose pictures have come: when it was taken [h since transplantation], and what to call it."""

    time_h: float
    label: str


@dataclass(frozen=True)
class Vitals:
    """What the monitor and a look at the patient tell.

    Parameters
    ----------
    time_h
        When [h since transplantation].
    map_mmhg, systolic_mmhg, diastolic_mmhg
        Arterial pressure [mmHg].
    awareness
        "awake", "confused", "seizing" or "post-ictal".
    text
        The same in words.
    """

    time_h: float
    map_mmhg: float
    systolic_mmhg: float
    diastolic_mmhg: float
    awareness: str
    text: str
