"""For whom a text is shown: who reads, how deep a card goes, and which unit stands first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

__all__ = ["LABORATORY", "LEVELS", "WHO", "Laboratory", "Level", "Reader", "Who"]

Who = Literal["student", "resident", "pharmacist"]
Laboratory = Literal["mmol/L", "mg/dL"]
Level = Literal["ng/mL", "µg/L"]

#: Who reads, in words.
WHO: Final[Mapping[Who, str]] = {
    "student": "Medical student",
    "resident": "Resident",
    "pharmacist": "Pharmacist or nurse",
}
LABORATORY: Final[tuple[Laboratory, ...]] = get_args(Laboratory)
LEVELS: Final[tuple[Level, ...]] = get_args(Level)

# the lines of a card that a reader of each kind is spared: a student the fine print, the others the plain words
_SPARED: Final[Mapping[Who, frozenset[str]]] = {
    "student": frozenset({"more"}),
    "resident": frozenset({"plain"}),
    "pharmacist": frozenset({"plain"}),
}
_NUMBER: Final = r"(?:[<>≤≥≈~]\s?)?\d+(?:\.\d+)?(?:\s(?:to|–)\s\d+(?:\.\d+)?)?"
# "6.2 mmol/L (112 mg/dL)": what a laboratory reports in SI units, and the same in conventional ones behind it
_PAIR: Final = re.compile(
    rf"(?P<si>{_NUMBER} (?:mmol/L|µmol/L|g/L|mg/L)) \((?P<conventional>{_NUMBER} (?:mg/dL|mEq/L|g/dL))\)"
)
_LEVEL: Final = re.compile(rf"(?P<number>{_NUMBER}) ng/mL(?! \()")


@dataclass(frozen=True)
class Reader:
    """Who reads, and how they want their units.

    Attributes
    ----------
    who : {"student", "resident", "pharmacist"}
        Decides which terms are explained, and how deep a card goes.
    laboratory : {"mmol/L", "mg/dL"}
        Which unit of a laboratory value stands first.
    level : {"ng/mL", "µg/L"}
        Which unit of a drug level stands first; 1 ng/mL is 1 µg/L.
    """

    who: Who = "student"
    laboratory: Laboratory = "mmol/L"
    level: Level = "ng/mL"

    def __post_init__(self) -> None:
        for field, known in (("who", tuple(WHO)), ("laboratory", LABORATORY), ("level", LEVELS)):
            if getattr(self, field) not in known:
                raise ValueError(
                    f'"{field}": must be one of {", ".join(known)}; found {getattr(self, field)!r}; choose one of them'
                )

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Reader:
        """The reader that a record kept; what is unknown or no longer valid is left at its beginning."""
        reader = cls()
        for field in ("who", "laboratory", "level"):
            try:
                reader = replace(reader, **{field: kept[field]})
            except (KeyError, ValueError, TypeError):
                continue
        return reader

    def kept(self) -> dict[str, str]:
        """What a record keeps of the reader."""
        return {"who": self.who, "laboratory": self.laboratory, "level": self.level}

    def lines(self, lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """The lines of a card that this reader sees, in their units."""
        return tuple((kind, self.in_units(said)) for kind, said in lines if kind not in _SPARED[self.who])

    def in_units(self, text: str) -> str:
        """A text with this reader's units first; both stay.

        Examples
        --------
        >>> Reader(laboratory="mg/dL", level="µg/L").in_units("Glucose 6.2 mmol/L (112 mg/dL), level 14 ng/mL")
        'Glucose 112 mg/dL (6.2 mmol/L), level 14 µg/L (14 ng/mL)'
        """
        if self.laboratory == "mg/dL":
            text = _PAIR.sub(r"\g<conventional> (\g<si>)", text)
        if self.level == "µg/L":
            text = _LEVEL.sub(r"\g<number> µg/L (\g<number> ng/mL)", text)
        return text
