"""What can be found: each claim, drug, term and case as a title with a text and its citations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from pres_teach import case as cases
from pres_teach.evidence import Claim, Library, Term, glossary, library
from pres_teach.pharmacology.drug import Drug
from pres_teach.pharmacology.formulary import formulary

__all__ = ["Entry", "Kind", "entries"]

Kind = Literal["claim", "drug", "term", "case"]
_SIGNS: Final = re.compile(r"([\\`*_{}\[\]<>#|!])")


@dataclass(frozen=True)
class Entry:
    """One thing that can be found.

    Attributes
    ----------
    kind : {"claim", "drug", "term", "case"}
    key : str
        Its id there.
    title : str
        What it is or says, as plain text.
    text : str
        What is shown below the title (Markdown, with citations).
    words : str
        What is searched besides the title and the text: ids, other spellings.
    """

    kind: Kind
    key: str
    title: str
    text: str
    words: str = ""


def entries() -> tuple[Entry, ...]:
    """Everything that the package holds for looking up."""
    known = library()
    return (
        *(_of_claim(known, claim) for claim in known.claims.values()),
        *(_of_drug(drug) for drug in formulary().values()),
        *(_of_term(term) for term in glossary().values()),
        *_of_cases(),
    )


def _plain(text: str) -> str:
    """Plain text as Markdown that says the same."""
    return _SIGNS.sub(r"\\\1", text)


def _of_claim(known: Library, claim: Claim) -> Entry:
    source = known.source(claim.source)
    parts = [f"**{_plain(claim.numbers)}.**"] if claim.numbers else []
    parts.append(f"In whom: {_plain(claim.population)}; {_plain(known.known_from(claim.id))} [@{claim.id}].")
    text = " ".join(parts)
    if claim.article is not None and claim.verdict is not None:
        text += f"\n\nThe article says: “{_plain(claim.article)}”. {_plain(claim.verdict)}"
    if claim.note is not None:
        text += f"\n\n{_plain(claim.note)}"
    words = f"{claim.id.replace('-', ' ')} {claim.short or ''} {source.short} {source.full}"
    return Entry("claim", claim.id, claim.statement, text, words)


def _of_drug(drug: Drug) -> Entry:
    lines = [f"A drug of the formulary, group: {_plain(drug.group)}."]
    for usual in drug.usual:
        doubt = " (not checked: see local guidance)" if usual.support in ("unverified", "illustrative") else ""
        lines.append(f"- Usually given, no recommendation: {_plain(usual.text)}{doubt} [@{usual.source}]")
    lines += [f"- {caution.text}" for caution in drug.cautions]
    head, *rest = lines
    text = head + ("\n\n" + "\n".join(rest) if rest else "")
    return Entry("drug", drug.name, drug.shown, text, f"{drug.name} {drug.group}")


def _of_term(term: Term) -> Entry:
    doubt = "Not checked against a source" if term.source == "common-knowledge" else "After"
    said = " ".join(_plain(part) for part in (term.plain, term.more) if part)
    return Entry("term", term.id, term.words[0], f"{said} {doubt} [@{term.source}].", " ".join(term.words))


def _of_cases() -> Iterator[Entry]:
    """The cases by title only: a diagnosis in a result would spoil the case."""
    for name, title in cases.titles().items():
        yield Entry("case", name, title, "A case to play. Its title is all that is told here.", "case patient")
