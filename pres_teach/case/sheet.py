"""Questions that belong to no patient: the sheet of a lesson, and a plan to be put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from pres_teach.case.faults import CaseError, Fault, nearest
from pres_teach.case.schema import Review
from pres_teach.case.telling import told
from pres_teach.case.written import take_apart
from pres_teach.evidence import UnknownKey, library
from pres_teach.quiz import Checked, Problem, Question
from pres_teach.quiz.problems import Identifier, Words, quoted
from pres_teach.text import TextError, citations

__all__ = ["Choice", "Plan", "Sheet", "Watch", "read_sheet", "sheet"]

_FOLDER = Path(__file__).resolve().parent / "sheets"


class Choice(Checked):
    """One way of watching a thing.

    Parameters
    ----------
    text : str
        What the learner reads (plain words, one line).
    fits : {"fits", "defensible", "gap"}
        Whether it belongs in the plan, can be defended, or leaves a gap.
    feedback : str
        Why (Markdown, with citations).
    """

    text: Words
    fits: Literal["fits", "defensible", "gap"]
    feedback: Words


class Watch(Checked):
    """One thing to be watched, and the ways of doing so.

    Parameters
    ----------
    id : str
        Its name.
    watch : str
        What is watched (plain words).
    choices : tuple of Choice
        At least two; at least one that fits, and not all.
    """

    id: Identifier
    watch: Words
    choices: tuple[Choice, ...]

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        choices = written.get("choices")
        if not isinstance(choices, list | tuple) or not all(isinstance(each, Mapping) for each in choices):
            return
        fits = [each.get("fits") for each in choices]
        if "fits" not in fits or len(set(fits)) < 2:
            yield Problem(
                ("choices",),
                "one of the choices fits, and one does not",
                f"{fits.count('fits')} of {len(fits)} that fit",
                'add the other: "- {text: ..., fits: gap, feedback: ...}"',
            )


class Plan(Checked):
    """A plan that the learner puts together, one choice for each thing; never marked.

    Parameters
    ----------
    id : str
        Its name.
    ask : str
        Whom it is for (Markdown).
    rows : tuple of Watch
        The things.
    explain : str
        Shown once it was checked (Markdown, with citations).
    """

    id: Identifier
    ask: Words
    rows: tuple[Watch, ...]
    explain: str = ""


class Sheet(Checked):
    """The questions of a lesson.

    Parameters
    ----------
    id : str
        The name of its file.
    review : Review
        How far it was looked at.
    questions : tuple of Question
        In the order in which they are asked.
    plan : Plan
        What the learner puts together.
    """

    id: Identifier
    review: Review
    questions: tuple[Question, ...]
    plan: Plan

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        questions = written.get("questions")
        seen: set[object] = set()
        for place, each in enumerate(questions if isinstance(questions, list | tuple) else ()):
            name = each.get("id") if isinstance(each, Mapping) else None
            if isinstance(name, str) and name in seen:
                yield Problem(("questions", place, "id"), "an id stands once", quoted(name), "rename one of the two")
            seen.add(name)
        yield from _citing_problems(written, ())

    def question(self, name: str) -> Question:
        """The question of this id; KeyError names the nearest when there is none."""
        known = {question.id: question for question in self.questions}
        if name not in known:
            raise KeyError(f"no question {quoted(name)} in this sheet; {nearest(name, tuple(known))}")
        return known[name]


def _citing_problems(part: object, at: tuple[str | int, ...]) -> Iterator[Problem]:
    """Citations of what the library does not hold, wherever they stand."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield from _citing_problems(value, (*at, str(key)))
    elif isinstance(part, list | tuple):
        for place, value in enumerate(part):
            yield from _citing_problems(value, (*at, place))
    elif isinstance(part, str):
        known = library()
        try:
            keys = citations(part)
        except TextError as error:
            yield Problem(at, error.rule, error.found, error.remedy)
            return
        for key in keys:
            if known.cite(key) is None:
                found = str(UnknownKey(key, known.claims, "claim")).split("; ")
                yield Problem(at, "a citation is the id of a source or a claim", f"[@{key}]", found[-1])


def read_sheet(text: str, file: str = "sheet.yaml") -> Sheet:
    """Read and check a sheet.

    Raises
    ------
    CaseError
        Holds every fault of the file, each with its line.
    """
    written = take_apart(text)
    faults = [Fault(file, line, written.name(one.at), one.rule, one.found, one.remedy) for line, one in written.faults]
    made: Sheet | None = None
    if isinstance(written.data, dict):
        try:
            made = Sheet.model_validate(written.data)
        except ValidationError as error:
            faults += [
                Fault(file, written.line(one.at), written.name(one.at), one.rule, one.found, one.remedy)
                for one in told(error)
            ]
    elif not faults:
        faults.append(Fault(file, 1, "", "a sheet is a page of fields", quoted(written.data), "write id, review, ..."))
    if made is None or faults:
        raise CaseError(sorted(dict.fromkeys(faults), key=lambda fault: fault.line))
    return made


@cache
def sheet(name: str) -> Sheet:
    """A sheet that ships with the package."""
    file = _FOLDER / f"{name}.yaml"
    return read_sheet(file.read_text(encoding="utf-8"), file.name)
