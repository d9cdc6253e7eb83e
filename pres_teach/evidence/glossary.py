"""The glossary: terms of cases and lessons, explained in a sentence, and where they stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import get_args

from pres_teach.evidence.library import LibraryError, UnknownKey, library
from pres_teach.evidence.readers import Reader, Who
from pres_teach.evidence.reading import Entry, Fault, read_entries
from pres_teach.text import Gloss, Glosser, card

__all__ = ["Glossary", "Term", "glossary", "read_glossary"]

_FIELDS = ("words", "plain", "more", "known_to", "source")
_NEEDED = ("words", "plain")


class Term:
    """One term: its forms, what it is, who knows it, and where that is from.

    Attributes
    ----------
    id : str
        Its name in the glossary.
    words : tuple of str
        The forms that are marked in a text, the leading one first.
    plain : str
        What it is.
    more : str
        A second sentence for those who know the first; may be empty.
    known_to : frozenset of {"student", "resident", "pharmacist"}
        Readers to whom it is not marked.
    source : str
        A source or claim of the library; "common-knowledge" where nobody checked it.
    """

    def __init__(
        self, name: str, words: tuple[str, ...], plain: str, more: str, known_to: frozenset[Who], source: str
    ) -> None:
        self.id = name
        self.words = words
        self.plain = plain
        self.more = more
        self.known_to = known_to
        self.source = source

    def __repr__(self) -> str:
        return f"Term({self.words[0]!r})"

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The lines of its card."""
        lines = [("term", self.words[0]), ("says", self.plain)]
        if self.more:
            lines.append(("more", self.more))
        known = library().known_from(self.source)
        if self.source == "common-knowledge":
            lines.append(("known", "Not checked against a source."))
        else:
            lines.append(("known", f"After {library().source_of(self.source).short}; {known}."))
        return tuple(lines)


class Glossary(Mapping[str, Term]):
    """All terms by id; read-only."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms: Mapping[str, Term] = MappingProxyType({term.id: term for term in terms})
        # An abbreviation in capitals is that in capitals alone: a map is no mean arterial pressure.
        self._of = {
            form if form.isupper() else form.casefold(): term for term in self._terms.values() for form in term.words
        }

    def __getitem__(self, name: str) -> Term:
        return self._terms[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def __repr__(self) -> str:
        return f"Glossary({len(self)} terms)"

    def marked(self, reader: Reader) -> tuple[Term, ...]:
        """The terms that are explained to a reader."""
        return tuple(term for term in self._terms.values() if reader.who not in term.known_to)

    def glosser(self, reader: Reader) -> Glosser:
        """What finds this reader's terms in a text."""
        pattern = _pattern(tuple(form for term in self.marked(reader) for form in term.words))

        def gloss(text: str) -> Iterator[tuple[int, int, Gloss]]:
            for match in pattern.finditer(text):
                term = self._of.get(match[0]) or self._of.get(match[0].casefold())
                if term is None:
                    continue
                yield match.start(), match.end(), Gloss(term.id, reader.lines(term.lines))

        return gloss

    def cards(self, reader: Reader) -> list[dict[str, object]]:
        """This reader's terms as the browser takes them: id, forms, and the card's inner HTML."""
        return [
            {"term": term.id, "words": list(term.words), "html": card(reader.lines(term.lines))}
            for term in self.marked(reader)
        ]


@cache
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    # longest first, so that "trough level" is not taken for "trough"
    either = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE)


def read_glossary(text: str, file: str = "glossary.yaml") -> Glossary:
    """Read and check a glossary.

    Raises
    ------
    LibraryError
        All its faults, each with its line.
    """
    entries, faults = read_entries(text)
    terms: list[Term] = []
    forms: dict[str, str] = {}
    for entry in entries:
        if entry.section != "terms":
            faults.append(Fault(entry.line, f'"{entry.section}": the one section is terms; found another; rename it'))
            continue
        found = list(_faults(entry.id, entry, forms))
        faults += found
        if not found:
            terms.append(_term(entry.id, entry))
    if faults:
        raise LibraryError(file, faults)
    return Glossary(terms)


def _term(name: str, entry: Entry) -> Term:
    fields = entry.fields
    known: frozenset[Who] = frozenset(who for who in get_args(Who) if who in _list(fields.get("known_to", "")))
    return Term(
        name,
        _list(fields["words"]),
        str(fields["plain"]).strip(),
        str(fields.get("more", "")).strip(),
        known,
        str(fields.get("source", "common-knowledge")),
    )


def _list(value: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in str(value).split(";") if part.strip())


def _faults(name: str, entry: Entry, forms: dict[str, str]) -> Iterator[Fault]:
    fields = entry.fields
    for field in fields:
        if field not in _FIELDS:
            yield Fault(entry.line, f'"{field}" of "{name}": unknown field; found it; a term has {", ".join(_FIELDS)}')
    for field in _NEEDED:
        if not str(fields.get(field, "")).strip():
            yield Fault(entry.line, f'"{field}" of "{name}": every term needs it; found none; add "{field}"')
    for who in _list(fields.get("known_to", "")):
        if who not in get_args(Who):
            yield Fault(
                entry.line,
                f'"known_to" of "{name}": readers are {", ".join(get_args(Who))}; found "{who}"; choose one of them',
            )
    for form in _list(fields.get("words", "")):
        other = forms.setdefault(form.casefold(), name)
        if other != name:
            yield Fault(
                entry.line,
                f'"words" of "{name}": a form stands in one term; found "{form}", also in "{other}"; drop one',
            )
    try:
        library().source_of(str(fields.get("source", "common-knowledge")))
    except UnknownKey as error:
        yield Fault(entry.line, f'"source" of "{name}": {error}')


@cache
def glossary() -> Glossary:
    """The glossary that ships with the package."""
    return read_glossary(resources.files(__package__).joinpath("glossary.yaml").read_text(encoding="utf-8"))
