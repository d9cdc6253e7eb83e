"""Sources and claims: their form, their checks, and how they are cited."""

from __future__ import annotations

import difflib
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails

from pres_teach.evidence.intervals import Interval, wilson
from pres_teach.evidence.reading import Entry, Fault, read_entries
from pres_teach.text import Citation

Support = Literal["abstract", "table", "secondhand", "unverified", "computed", "illustrative"]
Kind = Literal["paper", "label", "guideline", "page", "article", "none"]
Spread = Literal["95 % interval", "interquartile range", "range"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

NOT_CHECKED = "not checked: see local guidance"
_OF_THE_MODEL = "a parameter of the teaching model, not a measurement"
_IN_WORDS: Mapping[Support, str] = {
    "abstract": "abstract read",
    "table": "table read",
    "secondhand": "second-hand: seen only where another work quotes it",
    "unverified": NOT_CHECKED,
    "computed": "computed here",
    "illustrative": _OF_THE_MODEL,
}
_KNOWN_FROM: Mapping[Support, str] = {
    "abstract": "known from: the abstract",
    "table": "known from: the table itself",
    "secondhand": "known from: another work that quotes it",
    "unverified": NOT_CHECKED,
    "computed": "computed here",
    "illustrative": _OF_THE_MODEL,
}
# a page or a label has no abstract: what was read of it is named as what it is
_IN_WORDS_BY_KIND: Mapping[tuple[Kind, Support], tuple[str, str]] = {
    ("label", "table"): ("label text read", "known from: the label text"),
    ("label", "abstract"): ("label summary read", "known from: a summary of the label"),
    ("page", "abstract"): ("page read", "known from: the page"),
    ("article", "table"): ("read in full", "known from: the article itself"),
}


class LibraryError(ValueError):
    """A library file that cannot be used; holds every fault found, not only the first."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        self.file = file
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(f"{file} {fault}" for fault in self.faults))


class UnknownKey(LookupError):
    """A source or claim was asked for that the library does not hold."""

    def __init__(self, key: str, known: Iterable[str], what: str) -> None:
        self.key = key
        near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.5)
        remedy = f'did you mean "{near[0]}"?' if near else "see pres_teach/evidence/library.yaml for what there is"
        super().__init__(f'"{key}": must be the id of a {what} in the library; found none of that name; {remedy}')

    def __str__(self) -> str:
        return str(self.args[0])


class Source(BaseModel):
    """A paper, label or page behind a claim, and how much of it was read.

    ``read`` says how well its content is known: "abstract", "table", "secondhand", "unverified", "computed" or
    "illustrative".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Text
    short: Text
    full: Text
    read: Support
    kind: Kind = "paper"
    journal: Text | None = None
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,}/\S+$")] | None = None
    pmid: Annotated[str, StringConstraints(pattern=r"^\d+$")] | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    note: Text | None = None

    @property
    def known(self) -> str:
        """How well the source is known, in words."""
        return _IN_WORDS_BY_KIND.get((self.kind, self.read), (_IN_WORDS[self.read], ""))[0]


class Claim(BaseModel):
    """One statement with its numerator and denominator, the people it holds for, and how well it is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Text
    statement: Text
    source: Text
    population: Text
    support: Support
    # beside a plot there is room for about this much
    short: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=38)] | None = None
    k: int | None = Field(default=None, ge=0)
    n: int | None = Field(default=None, gt=0)
    value: float | None = None
    unit: Text | None = None
    low: float | None = None
    high: float | None = None
    spread: Spread | None = None
    sd: float | None = Field(default=None, gt=0)
    article: Text | None = None
    verdict: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _numbers_belong_together(self) -> Self:
        if self.k is not None and self.n is None:
            raise ValueError(f'"k": a numerator needs its denominator; found {self.k} alone; add "n"')
        if self.k is not None and self.n is not None and self.k > self.n:
            raise ValueError(f'"k": must not be above "n"; found {self.k} of {self.n}; check which is the numerator')
        if self.k is not None and self.value is not None:
            raise ValueError(f'"value": a claim has a share (k of n) or a value; found both; leave out {self.value}')
        if (self.value is None) != (self.unit is None):
            raise ValueError(f'"unit": goes with "value"; found {self.unit} with {self.value}; add the other')
        if (self.low is None) != (self.high is None) or (self.low is None) != (self.spread is None):
            raise ValueError(
                f'"spread": "low", "high" and "spread" go together; found {self.low}, {self.high}, {self.spread}; '
                "add what is missing"
            )
        if self.low is not None and self.high is not None:
            if self.value is None:
                raise ValueError('"value": a printed range surrounds a value; found none; add "value" and "unit"')
            if not self.low <= self.value <= self.high:
                raise ValueError(
                    f'"value": must lie between "low" and "high"; found {self.value} and {self.low} to {self.high}; '
                    "check their order"
                )
        if self.sd is not None and self.value is None:
            raise ValueError(f'"sd": a standard deviation belongs to a value; found {self.sd} alone; add "value"')
        if self.unit == "%" and self.value is not None and self.n is not None and not 0 <= self.value <= 100:
            raise ValueError(f'"value": a share in per cent lies between 0 and 100; found {self.value}; check the unit')
        if self.verdict is not None and self.article is None:
            raise ValueError('"verdict": judges what the article said; found no "article"; add what it said')
        return self

    @property
    def share(self) -> float | None:
        """The share from 0 to 1 [1]; None when the claim is not a share with a known denominator."""
        if self.n is None:
            return None
        if self.k is not None:
            return self.k / self.n
        if self.unit == "%" and self.value is not None:
            return self.value / 100.0
        return None

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95 % interval of the share [1]; None when there is no share.

        A share that the source prints in per cent only counts as that part of ``n``.
        """
        if self.share is None or self.n is None:
            return None
        return wilson(self.k if self.k is not None else self.share * self.n, self.n)

    @property
    def numbers(self) -> str:
        """The numbers in one phrase: ``13/84 = 15 % (9 to 25 %)``; empty when the claim has none."""
        if self.share is not None and self.interval is not None:
            digits = _digits(self.share)
            low, high = (_fixed(100 * end, digits) for end in self.interval)
            ends = f"({low} to {high} %)"
            if self.k is None:
                return f"{_number(self.value)} % {ends}, n = {self.n}"
            return f"{self.k}/{self.n} = {_fixed(100 * self.share, digits)} % {ends}"
        if self.value is None or self.unit is None:
            return f"n = {self.n}" if self.n is not None else ""
        if self.unit == "p":
            return f"p = {self.value}"
        spread = f" ± {_number(self.sd)}" if self.sd is not None else ""
        written = f"{_number(self.value)}{spread} {self.unit}"
        extra = []
        if self.spread is not None:
            extra.append(f"{self.spread} {_number(self.low)} to {_number(self.high)}")
        if self.n is not None:
            extra.append(f"n = {self.n}")
        return f"{written} ({', '.join(extra)})" if extra else written


def _plainly(claim: Claim) -> str:
    """What the interval means, for somebody who has never met one; empty without an interval of a share."""
    if claim.interval is None or claim.n is None:
        return ""
    low, high = (100 * end for end in claim.interval)
    digits = _digits(claim.share or 0.0)
    few = " So few patients tell little." if high - low >= 40 else ""
    return (
        f"In plain words: such a count fits a true share anywhere from {_fixed(low, digits)} to "
        f"{_fixed(high, digits)} in 100.{few}"
    )


def _digits(share: float) -> int:
    """Decimals of a share in per cent: none from 10 % on, one from 1 % on, two below."""
    smaller = min(share, 1.0 - share) if share > 0.99 else share
    if share == 0 or smaller == 0 or smaller >= 0.1 or share > 0.99:
        return 0
    return 1 if smaller >= 0.01 else 2


def _fixed(number: float, digits: int) -> str:
    return f"{number:.{digits}f}"


def _number(number: float | None) -> str:
    return "" if number is None else f"{number:g}".replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True)
class Reference:
    """A source as a list of sources shows it."""

    id: str
    label: str
    text: str
    known: str
    link: str | None
    link_text: str
    note: str | None


class Library:
    """All sources and claims, by id; read-only.

    Attributes
    ----------
    sources : Mapping of str to Source
        Papers, labels and pages.
    claims : Mapping of str to Claim
        Statements with their numbers.
    """

    def __init__(self, sources: Iterable[Source], claims: Iterable[Claim]) -> None:
        self.sources: Mapping[str, Source] = MappingProxyType({source.id: source for source in sources})
        self.claims: Mapping[str, Claim] = MappingProxyType({claim.id: claim for claim in claims})

    def __repr__(self) -> str:
        return f"Library({len(self.sources)} sources, {len(self.claims)} claims)"

    def source(self, key: str) -> Source:
        """The source of this id; UnknownKey names the nearest when there is none."""
        try:
            return self.sources[key]
        except KeyError:
            raise UnknownKey(key, self.sources, "source") from None

    def claim(self, key: str) -> Claim:
        """The claim of this id; UnknownKey names the nearest when there is none."""
        try:
            return self.claims[key]
        except KeyError:
            raise UnknownKey(key, self.claims, "claim") from None

    def source_of(self, key: str) -> Source:
        """The source behind a key, be it the id of a source or of a claim."""
        if key in self.claims:
            return self.sources[self.claims[key].source]
        if key in self.sources:
            return self.sources[key]
        raise UnknownKey(key, [*self.sources, *self.claims], "source or claim")

    def known_from(self, key: str) -> str:
        """How well a source or claim is known, as the end of a sentence."""
        source = self.source_of(key)
        support = self.claims[key].support if key in self.claims else source.read
        return _IN_WORDS_BY_KIND.get((source.kind, support), ("", _KNOWN_FROM[support]))[1]

    def card(self, key: str) -> tuple[tuple[str, str], ...]:
        """What a citation shows when asked for more, line by line, each with the name of its kind.

        "source" who says it, "says" the statement, "numbers" with the interval, "plain" the interval in plain words,
        "who" the people it holds for, "known" how it is known, "article" and "verdict" what the article makes of it,
        "note" what to be aware of.
        """
        source = self.source_of(key)
        known = _closed(_capital(self.known_from(key)))
        claim = self.claims.get(key)
        if claim is None:
            lines = [("source", source.short), ("says", _closed(source.full)), ("known", known)]
            return (*lines, ("note", _closed(source.note))) if source.note else tuple(lines)
        lines = [
            ("source", source.short if source.journal is None else f"{source.short}, {source.journal}"),
            ("says", _closed(claim.statement)),
        ]
        if claim.numbers:
            lines.append(("numbers", f"{claim.numbers}."))
        plainly = _plainly(claim)
        if plainly:
            lines.append(("plain", plainly))
        lines += [("who", f"In whom: {_closed(claim.population)}"), ("known", known)]
        if claim.article is not None:
            lines.append(
                (
                    "article",
                    f"The article says: “{claim.article}”",
                )
            )
        if claim.verdict is not None:
            lines.append(("verdict", _closed(claim.verdict)))
        if claim.note is not None:
            lines.append(("note", _closed(claim.note)))
        return tuple(lines)

    def cite(self, key: str) -> Citation | None:
        """The citation for the id of a source or a claim; None when the library does not hold it.

        Its key is always that of the source, so that a link leads to the list of sources.
        """
        if key not in self.claims and key not in self.sources:
            return None
        source = self.source_of(key)
        return Citation(label=source.short, lines=self.card(key), key=source.id)

    def references(self, keys: Iterable[str]) -> tuple[Reference, ...]:
        """The sources behind some keys, each once, in order of their labels.

        Raises
        ------
        UnknownKey
            When a key is neither a source nor a claim.
        """
        found = {source.id: source for source in map(self.source_of, keys)}
        return tuple(
            Reference(
                id=source.id,
                label=source.short,
                text=_closed(source.full),
                known=source.known,
                link=f"https://doi.org/{source.doi}" if source.doi else source.url,
                link_text=_numbered(source),
                note=source.note,
            )
            for source in sorted(found.values(), key=lambda source: (source.short.casefold(), source.id))
        )

    def sources_html(self, keys: Iterable[str]) -> str:
        """A list of full references in HTML, each with how well it is known in words.

        Each entry carries the anchor ``source-<id>`` to which citations link.
        """
        entries = []
        for reference in self.references(keys):
            text, shown = html.escape(reference.text), html.escape(reference.link_text)
            if reference.link is not None and reference.link.startswith("https://"):
                text += f' <a href="{html.escape(reference.link)}">{shown}</a>'
            elif shown:
                text += f" {shown}"
            note = f" {html.escape(_closed(reference.note))}" if reference.note else ""
            entries.append(
                f'<li id="source-{html.escape(reference.id)}"><strong>{html.escape(reference.label)}</strong>: {text}'
                f' <em class="pt-known">{html.escape(_capital(reference.known))}.</em>{note}</li>'
            )
        return f'<ul class="pt-sources">{"".join(entries)}</ul>' if entries else ""


def _closed(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _numbered(source: Source) -> str:
    """By what a source is found: its DOI, else its address, and its PMID."""
    numbers = (f"doi:{source.doi}" if source.doi else source.url, f"PMID {source.pmid}" if source.pmid else None)
    return ", ".join(number for number in numbers if number)


_FORMS: Mapping[str, type[Source] | type[Claim]] = {"sources": Source, "claims": Claim}
_READ_AT_ALL = ("abstract", "table")


def _fault(entry: Entry, error: ErrorDetails) -> Fault:
    """One of pydantic's errors in the words of the file."""
    what = "source" if entry.section == "sources" else "claim"
    field = str(error["loc"][0]) if error["loc"] else ""
    line = entry.lines.get(field, entry.line)
    where = f'"{field}" of {what} "{entry.id}"'
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(field, set(_FORMS[entry.section].model_fields) - {"id"}, n=1)
        remedy = f'did you mean "{near[0]}"?' if near else "remove it"
        return Fault(line, f"{where}: unknown field; found {entry.fields[field]!r}; {remedy}")
    if error["type"] == "missing":
        return Fault(line, f'{where}: every {what} needs it; found none; add "{field}"')
    if error["type"] == "value_error":
        return Fault(line, f'{what} "{entry.id}": {error["ctx"]["error"]}')
    if error["type"] == "literal_error":
        return Fault(line, f"{where}: must be {error['ctx']['expected']}; found {error['input']!r}; choose one of them")
    rule = error["msg"][:1].lower() + error["msg"][1:]
    return Fault(line, f"{where}: {rule}; found {error['input']!r}; correct it")


def read_library(text: str, file: str = "library.yaml") -> Library:
    """Read and check the text of a library file.

    Parameters
    ----------
    text : str
        The whole file, with the sections ``sources`` and ``claims``.
    file : str, optional
        The name used in messages.

    Returns
    -------
    Library
        All entries, checked against each other.

    Raises
    ------
    LibraryError
        Holding all faults, each with its line, the field in quotes, the rule, what was found and the remedy.
    """
    entries, faults = read_entries(text)
    read: dict[str, dict[str, Any]] = {name: {} for name in _FORMS}
    for entry in entries:
        form = _FORMS.get(entry.section)
        if form is None:
            rule = f'"{entry.section}": sections are sources and claims; found another; move "{entry.id}"'
            faults.append(Fault(entry.line, rule))
            continue
        if "id" in entry.fields:
            rule = f'"id" of "{entry.id}": unknown field; found it; the name of the entry is its id'
            faults.append(Fault(entry.lines["id"], rule))
            continue
        try:
            read[entry.section][entry.id] = form.model_validate({"id": entry.id, **entry.fields})
        except ValidationError as error:
            faults += [_fault(entry, detail) for detail in error.errors(include_url=False)]
    sources: Mapping[str, Source] = read["sources"]
    claims: Mapping[str, Claim] = read["claims"]
    named = {entry.id for entry in entries if entry.section == "sources"}
    for entry in entries:
        if entry.section != "claims":
            continue
        if entry.id in named:
            rule = f'"{entry.id}": a claim and a source may not share an id; found both; rename the claim'
            faults.append(Fault(entry.line, rule))
        cited = entry.fields.get("source")
        if isinstance(cited, str) and cited not in named:
            problem = UnknownKey(cited, named, "source")
            faults.append(Fault(entry.lines["source"], f'"source" of claim "{entry.id}": {problem}'))
        elif entry.id in claims and cited in sources:
            source, support = sources[claims[entry.id].source], claims[entry.id].support
            if support in _READ_AT_ALL and source.read not in _READ_AT_ALL:
                faults.append(
                    Fault(
                        entry.lines["support"],
                        f'"support" of claim "{entry.id}": a claim is not better known than its source; '
                        f'found "{support}" from a source marked "{source.read}"; use "{source.read}"',
                    )
                )
    if faults:
        raise LibraryError(file, faults)
    return Library(sources.values(), claims.values())


@cache
def library() -> Library:
    """The package's own library, read once."""
    return read_library(resources.files("pres_teach.evidence").joinpath("library.yaml").read_text(encoding="utf-8"))
