"""The article's management algorithm, step by step: what holds, what was corrected, and why."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from pres_teach.evidence.library import LibraryError, UnknownKey, library
from pres_teach.evidence.reading import Entry, Fault, read_entries
from pres_teach.evidence.review import Status, review_told
from pres_teach.text import TextError, citations

__all__ = ["VERDICTS", "Algorithm", "Approval", "Row", "Step", "Verdict", "algorithm", "read_algorithm"]

Verdict = Literal["holds", "weak", "corrected", "left out"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: _Text


class Step(_Part):
    """One step of the way.

    Attributes
    ----------
    title : str
        Its name.
    lead : str
        What to ask or know before its rows (Markdown, with citations); may be empty.
    """

    title: _Text
    lead: str = ""


class Row(_Part):
    """One thing to do, as the article has it and as the papers leave it.

    Attributes
    ----------
    step : str
        The id of its step.
    article : str
        The article's own words, few of them; empty for what it leaves out.
    verdict : {"holds", "weak", "corrected", "left out"}
        What became of it.
    holds : str
        What of it holds (Markdown, with citations); empty for what was left out.
    instead : str
        What is to be done, or known (Markdown, with citations).
    why : str
        Why it was corrected (Markdown, with citations); may be empty.
    """

    step: _Text
    article: str = ""
    verdict: Verdict
    holds: str = ""
    instead: _Text
    why: str = ""

    @property
    def papers(self) -> tuple[str, ...]:
        """The claims cited in the row, in order, each once."""
        return tuple(dict.fromkeys(key for part in (self.holds, self.instead, self.why) for key in citations(part)))


class Approval(_Part):
    """How far the page has been looked at, and by whom.

    Attributes
    ----------
    status : {"draft", "under review", "approved"}
        Only what is approved is printed without the stamp.
    updated : datetime.date
        Since when.
    by : str
        Who reviews or approved it; several apart by "; ".
    text : str
        The fingerprint of the text that was approved: a later change undoes the approval.
    """

    status: Status
    updated: datetime.date
    by: str = ""
    text: str = ""

    @property
    def reviewers(self) -> tuple[str, ...]:
        """The names, one by one."""
        return tuple(name.strip() for name in self.by.split(";") if name.strip())

    @property
    def approved(self) -> bool:
        """Whether a clinician has approved it."""
        return self.status == "approved"

    @property
    def told(self) -> str:
        """The status in a sentence or two."""
        return review_told(self.status, self.updated, self.reviewers)


class Algorithm:
    """All steps and rows, by id, and the review; read-only."""

    def __init__(self, review: Approval, steps: Mapping[str, Step], rows: Mapping[str, Row]) -> None:
        self.review = review
        self.steps: Mapping[str, Step] = MappingProxyType(dict(steps))
        self.rows: Mapping[str, Row] = MappingProxyType(dict(rows))

    def __repr__(self) -> str:
        return f"Algorithm({len(self.steps)} steps, {len(self.rows)} rows, {self.review.status})"

    def of(self, step: str) -> tuple[Row, ...]:
        """The rows of a step, in order."""
        return tuple(row for row in self.rows.values() if row.step == step)

    @property
    def papers(self) -> tuple[str, ...]:
        """All claims cited, in the order of the page, each once."""
        keys = [
            key
            for step in self.steps.values()
            for part in (citations(step.lead), *(row.papers for row in self.of(step.id)))
            for key in part
        ]
        return tuple(dict.fromkeys(keys))


def read_algorithm(text: str, file: str = "algorithm.yaml") -> Algorithm:
    """Read and check the algorithm.

    Raises
    ------
    LibraryError
        All faults, each with its line.
    """
    entries, faults = read_entries(text)
    kinds: dict[str, type[_Part]] = {"review": Approval, "steps": Step, "rows": Row}
    made: dict[str, dict[str, Any]] = {section: {} for section in kinds}
    for entry in entries:
        kind = kinds.get(entry.section)
        if kind is None:
            faults.append(
                Fault(
                    entry.line,
                    f'"{entry.section}": sections are {", ".join(kinds)}; found another; rename or remove it',
                )
            )
            continue
        try:
            made[entry.section][entry.id] = kind.model_validate({"id": entry.id, **entry.fields})
        except ValidationError as error:
            faults += _field_faults(entry, error)
            continue
        faults += _citing_faults(entry)
    steps, rows, reviews = made["steps"], made["rows"], list(made["review"].values())
    for entry in entries:
        if entry.section == "rows" and entry.id in rows:
            faults += _row_faults(entry, rows[entry.id], steps)
        if entry.section == "steps" and entry.id in steps and not any(row.step == entry.id for row in rows.values()):
            faults.append(
                Fault(entry.line, f'"{entry.id}": a step has rows; found none; write one with "step: {entry.id}"')
            )
    if len(reviews) != 1:
        rule = f'"review": one entry says how far the page was looked at; found {len(reviews)}; write one'
        faults.append(Fault(next((entry.line for entry in entries if entry.section == "review"), 1), rule))
    elif reviews[0].approved:
        place = next(entry for entry in entries if entry.section == "review")
        faults += _approval_faults(place, reviews[0], fingerprint(entries))
    if faults:
        raise LibraryError(file, faults)
    return Algorithm(reviews[0], steps, rows)


def fingerprint(entries: Sequence[Entry]) -> str:
    """The fingerprint of all that the page says: steps and rows, in order."""
    said = [(e.section, e.id, sorted(e.fields.items())) for e in entries if e.section in ("steps", "rows")]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def _field_faults(entry: Entry, error: ValidationError) -> Iterator[Fault]:
    for one in error.errors():
        field = ".".join(map(str, one["loc"]))
        line = entry.lines.get(field, entry.line)
        found = "nothing" if one["type"] == "missing" else repr(one["input"])
        yield Fault(line, f'"{field}" of "{entry.id}": {one["msg"]}; found {found}; correct it')


def _citing_faults(entry: Entry) -> Iterator[Fault]:
    known = library()
    for field in ("lead", "holds", "instead", "why"):
        if field not in entry.fields:
            continue
        line = entry.lines[field]
        try:
            keys = citations(str(entry.fields[field]))
        except TextError as error:
            yield Fault(line, f'"{field}" of "{entry.id}": {error}')
            continue
        for key in keys:
            if key not in known.claims:
                yield Fault(line, f'"{field}" of "{entry.id}": {UnknownKey(key, known.claims, "claim")}')


def _row_faults(entry: Entry, row: Row, steps: Mapping[str, Step]) -> Iterator[Fault]:
    if row.step not in steps:
        rule = f'"step" of "{row.id}": the id of a step; found "{row.step}"; write one of {", ".join(steps)}'
        yield Fault(entry.lines["step"], rule)
    if row.article and row.verdict == "left out":
        rule = f'"verdict" of "{row.id}": "left out" is for what the article does not say; found its words; judge them'
        yield Fault(entry.lines["verdict"], rule)
    if not row.article and row.verdict != "left out":
        rule = f'"verdict" of "{row.id}": words of the article are judged; found none in "article"; write "left out"'
        yield Fault(entry.lines["verdict"], rule)
    if row.verdict in ("weak", "corrected") and not row.why:
        rule = f'"why" of "{row.id}": a correction gives its reason; found none; say why, with a citation'
        yield Fault(entry.line, rule)
    if "instead" in entry.lines and not citations_of(row.instead):
        rule = f'"instead" of "{row.id}": what is to be done cites a claim; found none; add [@id]'
        yield Fault(entry.lines["instead"], rule)


def citations_of(text: str) -> tuple[str, ...]:
    """The keys cited; none where a citation is written wrongly, which is told elsewhere."""
    try:
        return citations(text)
    except TextError:
        return ()


def _approval_faults(entry: Entry, review: Approval, text: str) -> Iterator[Fault]:
    if not review.reviewers:
        rule = '"by": an approved page names who approved it; found nobody; add the name, or write "status: draft"'
        yield Fault(entry.line, rule)
    if review.text != text:
        found = f'"{review.text}"' if review.text else "none"
        rule = (
            f'"text": an approval holds for one text only, named by its fingerprint; found {found}, and this text is '
            f'"{text}"; have it approved again and write that, or write "status: draft"'
        )
        yield Fault(entry.lines.get("text", entry.line), rule)


@cache
def algorithm() -> Algorithm:
    """The algorithm that ships with the package."""
    return read_algorithm(resources.files(__package__).joinpath("algorithm.yaml").read_text(encoding="utf-8"))
