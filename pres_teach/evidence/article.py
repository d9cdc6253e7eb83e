"""The source article, statement by statement, and what the papers make of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from pres_teach.evidence.library import LibraryError, UnknownKey, library
from pres_teach.evidence.reading import Entry, Fault, read_entries
from pres_teach.text import TextError, citations

__all__ = ["FINDINGS", "Article", "Finding", "Missing", "Statement", "article", "read_article"]

Finding = Literal["holds", "weak", "contradicted"]
FINDINGS: Final[tuple[Finding, ...]] = get_args(Finding)
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Judged(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: _Text
    quote: _Text
    why: _Text

    @property
    def papers(self) -> tuple[str, ...]:
        """The claims and sources cited in `why`, in order."""
        return citations(self.why)


class Missing(_Judged):
    """Something the article does not say: what, and why it matters (Markdown, with citations)."""


class Statement(_Judged):
    """One statement of the article.

    Attributes
    ----------
    quote : str
        Its own words.
    cited : str
        The references it gives, by its own numbers; empty without any.
    finding : {"holds", "weak", "contradicted"}
        What the papers make of it.
    also : {"holds", "weak", "contradicted"}, optional
        Another answer that can be defended.
    why : str
        What the papers say (Markdown, with citations).
    forest : str
        Claims that are drawn with their intervals, apart by "; ".
    """

    cited: str = ""
    finding: Finding
    also: Finding | None = None
    forest: str = ""

    @property
    def drawn(self) -> tuple[str, ...]:
        """The claims that are drawn."""
        return tuple(part.strip() for part in self.forest.split(";") if part.strip())

    def agrees(self, finding: str) -> bool:
        """Whether a finding is the papers', or one that can be defended."""
        return finding in (self.finding, self.also)


class Article:
    """All statements and omissions, by id; read-only."""

    def __init__(self, statements: Mapping[str, Statement], missing: Mapping[str, Missing]) -> None:
        self.statements: Mapping[str, Statement] = MappingProxyType(dict(statements))
        self.missing: Mapping[str, Missing] = MappingProxyType(dict(missing))

    def __repr__(self) -> str:
        return f"Article({len(self.statements)} statements, {len(self.missing)} omissions)"

    def statement(self, name: str) -> Statement:
        """The statement of this id; UnknownKey names the nearest when there is none."""
        try:
            return self.statements[name]
        except KeyError:
            raise UnknownKey(name, self.statements, "statement") from None


def read_article(text: str, file: str = "article.yaml") -> Article:
    """Read and check the statements.

    Raises
    ------
    LibraryError
        All faults, each with its line.
    """
    entries, faults = read_entries(text)
    statements: dict[str, Statement] = {}
    missing: dict[str, Missing] = {}
    for entry in entries:
        if entry.section not in ("statements", "missing"):
            faults.append(
                Fault(entry.line, f'"{entry.section}": sections are statements and missing; found another; rename it')
            )
            continue
        try:
            if entry.section == "statements":
                statements[entry.id] = Statement.model_validate({"id": entry.id, **entry.fields})
            else:
                missing[entry.id] = Missing.model_validate({"id": entry.id, **entry.fields})
        except ValidationError as error:
            for one in error.errors():
                field = ".".join(map(str, one["loc"]))
                line = entry.lines.get(field, entry.line)
                faults.append(
                    Fault(line, f'"{field}" of "{entry.id}": {one["msg"]}; found {one["input"]!r}; correct it')
                )
            continue
        faults += _citing_faults(entry)
    if faults:
        raise LibraryError(file, faults)
    return Article(statements, missing)


def _citing_faults(entry: Entry) -> Iterator[Fault]:
    known = library()
    try:
        keys = citations(str(entry.fields["why"]))
    except TextError as error:
        yield Fault(entry.lines["why"], f'"why" of "{entry.id}": {error}')
        return
    for key in keys:
        if known.cite(key) is None:
            yield Fault(entry.lines["why"], f'"why" of "{entry.id}": {UnknownKey(key, known.claims, "claim")}')
    for key in re.split(r"; ?", str(entry.fields.get("forest", ""))):
        if key and key not in known.claims:
            yield Fault(entry.lines["forest"], f'"forest" of "{entry.id}": {UnknownKey(key, known.claims, "claim")}')


@cache
def article() -> Article:
    """The statements that ship with the package."""
    return read_article(resources.files(__package__).joinpath("article.yaml").read_text(encoding="utf-8"))
