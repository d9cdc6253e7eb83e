"""What is wrong with a case file, said so that its author can mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pres_teach.quiz import Problem

_SENTENCE = re.compile(
    r'"(?P<field>[^"]+)": (?P<rule>.*?); (?:(?:received|found):? )?(?P<found>.*); (?P<remedy>[^;]*)', re.DOTALL
)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Parameters
    ----------
    file : str
        The file.
    line : int
        Its line, counted from 1; 0 where the file could not be read at all.
    field : str
        The field, as a path of names: "presentation.findings.vision.cost". A part of a list goes by its id, or by its
        place counted from 1.
    rule : str
        What holds for it.
    found : str
        What was there.
    remedy : str
        What to write instead.
    """

    file: str
    line: int
    field: str
    rule: str
    found: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        field = f' "{self.field}":' if self.field else ""
        return " ".join(f"{where}:{field} {self.rule}; found {self.found}; {self.remedy}".split())


class CaseError(ValueError):
    """A case that cannot be used. Its text has a line for each fault.

    Attributes
    ----------
    faults : tuple of Fault
        All that is wrong, in the order of the lines.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[CaseError], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)


def near(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name that is likely meant, whatever its capitals; None without one."""
    plain = {other.casefold(): other for other in known}
    found = difflib.get_close_matches(name.strip().casefold(), list(plain), n=1, cutoff=cutoff)
    return plain[found[0]] if found else None


def nearest(name: object, known: Iterable[str], otherwise: str = "") -> str:
    """A remedy that offers the nearest name, or `otherwise`, or all that is known."""
    names = list(known)
    found = near(str(name), names)
    if found is not None:
        return f'did you mean "{found}"?'
    return otherwise or ("use one of: " + ", ".join(names) if names else "there is none yet")


def from_sentence(error: ValueError, at: tuple[str | int, ...]) -> Problem:
    """The problem in an error that lower floors tell as ``"field": rule; received x; remedy``."""
    read = _SENTENCE.fullmatch(str(error))
    if read is None:
        return Problem(at, str(error).rstrip("."), "this", "correct it")
    return Problem(at, read["rule"], read["found"], read["remedy"])


def field_of(error: ValueError) -> str:
    """The field that such an error names, or an empty text."""
    read = _SENTENCE.fullmatch(str(error))
    return read["field"] if read else ""
