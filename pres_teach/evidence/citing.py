"""Which numbers of medicine stand in a text without a source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Uncited", "uncited"]

_NUMBER: Final = r"\d+(?:[.,]\d+)?"
_COUNTED: Final = rf"(?:{_NUMBER}|half an?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty)"
_RANGE: Final = rf"{_COUNTED}(?:\s?(?:to|or|and|-|–)\s?{_COUNTED})?"
_KINDS: Final = (
    ("a percentage", rf"{_NUMBER}\s?(?:%|per ?cent\b)"),
    ("a count", r"\b\d+ of (?:the )?\d+\b"),
    ("a level", rf"{_NUMBER}\s?(?:ng/mL|µg/L|[mµu]mol/L|mg/dL|mg/L|g/L|g/dL|mEq/L|mmHg|× 10⁹/L)"),
    ("a dose", rf"{_NUMBER}\s?(?:mg|µg|microgram|g|mmol|mL|mEq|units)(?:/(?:kg|h|d|day|min))*(?![\w/%])"),
    ("a time course", rf"\b{_RANGE}[\s-](?:minutes?|hours?|days?|weeks?|months?|years?|h)\b"),
)
_FOUND: Final = re.compile("|".join(f"(?P<k{number}>{pattern})" for number, (_, pattern) in enumerate(_KINDS)))
# the name of an interval, and a unit's conversion, are no statement about patients
_NO_CLAIM: Final = re.compile(r"\b95 % (?:\w+ )?intervals?\b")
_CITATION: Final = re.compile(r"\[@[a-z0-9][^\]]*\]")
_CODE: Final = re.compile(r"`[^`]*`")
_DEFINITION: Final = re.compile(r"^\[@[^\]]*\]: .*$", re.MULTILINE)


class Uncited(NamedTuple):
    """A number without a source: what kind it is, as it stands, and the paragraph around it."""

    kind: str
    found: str
    paragraph: str


def uncited(markdown: str) -> tuple[Uncited, ...]:
    """The percentages, counts, levels, doses and times in a text that stand in a paragraph without a citation.

    Parameters
    ----------
    markdown : str
        A text for learners. A paragraph ends at an empty line; each row of a table is one of its own.

    Returns
    -------
    tuple of Uncited
        In order.

    Examples
    --------
    >>> [one.found for one in uncited("Status came in 15 %.\\n\\nSeizures in 74 % [@fugate2010-seizures].")]
    ['15 %']
    """
    return tuple(
        Uncited(_KINDS[int(str(match.lastgroup)[1:])][0], match[0], paragraph)
        for paragraph in _paragraphs(markdown)
        if not _CITATION.search(paragraph)
        for match in _FOUND.finditer(_NO_CLAIM.sub(" ", paragraph))
    )


def _paragraphs(markdown: str) -> Iterator[str]:
    for block in re.split(r"\n[ \t]*\n", _CODE.sub(" ", _DEFINITION.sub("", markdown))):
        lines = block.strip().splitlines()
        if lines and lines[0].lstrip().startswith("|"):
            yield from lines
        elif lines:
            yield " ".join(line.strip() for line in lines)
