"""Quantities as authors and learners write them: a number, a space, a unit.

The grammar is strict on purpose. A general unit parser reads ``day 15 06:00`` as zero days and ``140/90 mmHg`` as
1.56 mmHg, and can be made to hang by an expression. No written text ever reaches one here: pint is handed unit names
of the table below, gives back a plain factor, and is imported only when a factor is needed.

Inside the library time is a number of hours since transplantation, which is ``day 0 00:00``.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pint

__all__ = [
    "ANALYTES",
    "UNITS",
    "Analyte",
    "Pressure",
    "Quantity",
    "UnitError",
    "both",
    "convert",
    "duration",
    "pressure",
    "quantity",
    "show_duration",
    "show_number",
    "show_time",
    "show_unit",
    "time",
]

_LONGEST: Final = 60
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,9})?")
_TIME: Final = re.compile(r"day (0|[1-9][0-9]{0,3})(?: ([01][0-9]|2[0-3]):([0-5][0-9]))?")
_PRESSURE: Final = re.compile(r"([1-9][0-9]{0,2}(?:\.[0-9])?)/([1-9][0-9]{0,2}(?:\.[0-9])?) mmHg")

#: Units that may stand in a file or an answer, and what pint calls them. ``None``: a unit of its own kind, never
#: converted (a unit of insulin is no unit of heparin).
UNITS: Final = MappingProxyType(
    {
        "ng": "nanogram",
        "ug": "microgram",
        "mg": "milligram",
        "g": "gram",
        "kg": "kilogram",
        "ug/kg": "microgram / kilogram",
        "mg/kg": "milligram / kilogram",
        "g/kg": "gram / kilogram",
        "ug/h": "microgram / hour",
        "mg/h": "milligram / hour",
        "g/h": "gram / hour",
        "mg/min": "milligram / minute",
        "ug/min": "microgram / minute",
        "mg/kg/h": "milligram / kilogram / hour",
        "ug/kg/h": "microgram / kilogram / hour",
        "ug/kg/min": "microgram / kilogram / minute",
        "mg/m2": "milligram / meter ** 2",
        "mL": "milliliter",
        "L": "liter",
        "mL/kg": "milliliter / kilogram",
        "mL/h": "milliliter / hour",
        "L/h": "liter / hour",
        "mL/min": "milliliter / minute",
        "mmol": "millimole",
        "mmol/h": "millimole / hour",
        "mEq": None,
        "mol/L": "mole / liter",
        "mmol/L": "millimole / liter",
        "umol/L": "micromole / liter",
        "nmol/L": "nanomole / liter",
        "mEq/L": None,
        "g/L": "gram / liter",
        "g/dL": "gram / deciliter",
        "mg/L": "milligram / liter",
        "mg/dL": "milligram / deciliter",
        "ug/dL": "microgram / deciliter",
        "ug/L": "microgram / liter",
        "ng/L": "nanogram / liter",
        "ug/mL": "microgram / milliliter",
        "ng/mL": "nanogram / milliliter",
        "ng h/mL": "nanogram * hour / milliliter",
        "ug h/L": "microgram * hour / liter",
        "mmHg": "millimeter_Hg",
        "kPa": "kilopascal",
        "s": "second",
        "min": "minute",
        "h": "hour",
        "day": "day",
        "days": "day",
        "week": "week",
        "weeks": "week",
        "years": None,
        "months": None,
        "mm": "millimeter",
        "cm": "centimeter",
        "m": "meter",
        "mm2/s": "millimeter ** 2 / second",
        "%": None,
        "units": None,
        "units/h": None,
        "units/kg": None,
        "U/L": None,
        "IU/L": None,
        "10^9/L": None,
        "/min": None,
        "C": None,
        "T": None,
        "points": None,
    }
)

#: What people write for a unit of the table.
_MEANT: Final = MappingProxyType(
    {
        "mcg": "ug",
        "mcg/l": "ug/L",
        "mcg/ml": "ug/mL",
        "mcg/kg": "ug/kg",
        "cc": "mL",
        "hr": "h",
        "hrs": "h",
        "hour": "h",
        "hours": "h",
        "minute": "min",
        "minutes": "min",
        "mins": "min",
        "sec": "s",
        "seconds": "s",
        "d": "days",
        "percent": "%",
        "iu": "units",
        "u": "units",
        "mm hg": "mmHg",
        "kgs": "kg",
        "year": "years",
        "yrs": "years",
        "y": "years",
        "°c": "C",
        "celsius": "C",
        "x10^9/l": "10^9/L",
        "milligram": "mg",
        "milligrams": "mg",
        "gram": "g",
        "grams": "g",
        "bpm": "/min",
        "beats/min": "/min",
        "breaths/min": "/min",
    }
)

_DURATIONS: Final = MappingProxyType(
    {"h": 1.0, "min": 1 / 60, "day": 24.0, "days": 24.0, "week": 168.0, "weeks": 168.0, "s": 1 / 3600}
)

#: How many units a message names before it only counts the rest.
_MOST_NAMED: Final = 8

# Abridged standard atomic weights (IUPAC 2021) [g/mol]. Molar masses are computed from them, so that no molar mass
# is typed and each can be checked from its formula.
_ATOMS: Final = MappingProxyType(
    {
        "H": 1.008,
        "C": 12.011,
        "N": 14.007,
        "O": 15.999,
        "Na": 22.990,
        "Mg": 24.305,
        "P": 30.974,
        "S": 32.06,
        "Cl": 35.45,
        "K": 39.098,
        "Ca": 40.078,
    }
)


class UnitError(ValueError):
    """A text that is not the quantity its field asks for.

    Attributes
    ----------
    field : str
        The name of the field, or "" where the caller gave none.
    rule, found, remedy : str
        What is allowed, what stood there (shortened, in quotes), and what to write instead.
    """

    def __init__(self, rule: str, found: str, remedy: str, field: str = "") -> None:
        self.field = field
        self.rule = rule
        self.found = found
        self.remedy = remedy
        name = f'"{field}": ' if field else ""
        super().__init__(f"{name}{rule}; found {found}; {remedy}")

    def __reduce__(self) -> tuple[type[UnitError], tuple[str, str, str, str]]:
        return type(self), (self.rule, self.found, self.remedy, self.field)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A finite number and its unit, one of :data:`UNITS`."""

    value: float
    unit: str

    def to(self, unit: str) -> float:
        """Return the value in another unit of the same kind; `UnitError` if there is no plain factor."""
        return convert(self.value, self.unit, unit)

    def __str__(self) -> str:
        return f"{show_number(self.value)} {show_unit(self.unit)}"


@dataclass(frozen=True, slots=True)
class Pressure:
    """A blood pressure.

    Parameters
    ----------
    systolic_mmhg, diastolic_mmhg : float
        [mmHg]
    """

    systolic_mmhg: float
    diastolic_mmhg: float

    @property
    def mean_mmhg(self) -> float:
        """Mean arterial pressure by the usual bedside rule, D + (S - D) / 3 [mmHg]."""
        return self.diastolic_mmhg + (self.systolic_mmhg - self.diastolic_mmhg) / 3

    def __str__(self) -> str:
        return f"{show_number(self.systolic_mmhg)}/{show_number(self.diastolic_mmhg)} mmHg"


def _found(text: object) -> str:
    """What stood there, safe to print on one line."""
    if isinstance(text, str):
        short = text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
        return '"' + "".join(c if c.isprintable() else repr(c)[1:-1] for c in short) + '"'
    if text is None:
        return "nothing"
    if isinstance(text, bool):
        return "true" if text else "false"
    if isinstance(text, int) and abs(text) >= 10**12:
        return "a very large whole number"
    if isinstance(text, (int, float)):
        return f"the bare number {text!r}"
    return f"a {type(text).__name__}"


def _alike(text: str) -> str:
    """Both micro signs (U+00B5 and U+03BC) are read as the letter u, both blanks as a blank."""
    return text.replace("\u00b5", "u").replace("\u03bc", "u").replace("\u00a0", " ").replace("\u202f", " ")


def _one_of(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMED:
        named = ", ".join(f'"{name}"' for name in names[:_MOST_NAMED])
        return f"one of {len(names)} units, such as {named}"
    quoted = [f'"{name}"' for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


def _number_remedy(number: str) -> str:
    if re.fullmatch(r"-?[0-9]+,[0-9]+", number):
        return f'write the decimal sign as a point: "{number.replace(",", ".")}"'
    if re.fullmatch(r"-?\.[0-9]+", number):
        return f'write the zero before the point: "{number.replace(".", "0.", 1)}"'
    if re.fullmatch(r"-?0[0-9]+(?:\.[0-9]+)?", number):
        return "write the number without leading zeros"
    if re.fullmatch(r"[<>~≤≥].*", number):
        return 'write the number alone, without "<", ">" or "~"'
    if re.fullmatch(r"[0-9.]+[-–][0-9.]+", number):
        return "write one number, not a range"
    if "−" in number:
        return 'write the minus as "-"'
    return "write a plain decimal number, for example 0.5 or 12"


def _unit_remedy(written: str, allowed: Sequence[str]) -> str:
    lower = written.casefold()
    for unit in allowed:
        if unit.casefold() == lower:
            return f'write the unit as "{unit}"'
    meant = _MEANT.get(lower)
    if meant in allowed:
        return f'write the unit as "{meant}"'
    # a unit of its own is a wrong unit, not a slip of the pen
    near = [] if written in UNITS else difflib.get_close_matches(written, allowed, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    return f"write it in {_one_of(allowed)}" if len(allowed) <= _MOST_NAMED else "write it in one of them"


def quantity(text: object, allowed: Sequence[str], field: str = "") -> Quantity:
    """Read a number, a space and a unit.

    Parameters
    ----------
    text : object
        What the author or learner wrote, such as ``"0.1 mg/kg"``. Anything but a string is refused.
    allowed : sequence of str
        The units this field takes, out of :data:`UNITS`.
    field : str
        The name of the field, for the error.

    Raises
    ------
    UnitError
        If the text is not one finite decimal number, one space and one of the allowed units.

    Examples
    --------
    >>> quantity("12 mg", ["mg", "g"])
    Quantity(value=12.0, unit='mg')
    >>> quantity("12", ["mg", "g"], "dose")
    Traceback (most recent call last):
    pres_teach.units.UnitError: "dose": a number, a space and "mg" or "g"; found "12"; write the unit too: "12 mg"
    """
    rule = f"a number, a space and {_one_of(allowed)}"
    if not isinstance(text, str):
        number = text if type(text) in (int, float) and _found(text).startswith("the bare") else 12
        raise UnitError(rule, _found(text), f'write number and unit: "{number} {allowed[0]}"', field)
    if len(text) > _LONGEST:
        raise UnitError(rule, _found(text), f'write it shortly, for example "12 {allowed[0]}"', field)
    number, blank, unit = _alike(text).partition(" ")
    if _NUMBER.fullmatch(number) and blank and unit in allowed:
        return Quantity(float(number), unit)
    raise UnitError(rule, _found(text), _remedy(_alike(text), allowed), field)


def _remedy(text: str, allowed: Sequence[str]) -> str:
    stripped = " ".join(text.split())
    number, _, unit = stripped.partition(" ")
    if not stripped:
        return f'for example "12 {allowed[0]}"'
    if _NUMBER.fullmatch(number):
        if not unit:
            return f'write the unit too: "{number} {allowed[0]}"'
        if unit in allowed:
            return f'write it with single blanks: "{number} {unit}"'
        return _unit_remedy(unit, allowed)
    for known in sorted(allowed, key=len, reverse=True):
        bare = stripped.removesuffix(known)
        if bare != stripped and _NUMBER.fullmatch(bare):
            return f'put a space between number and unit: "{bare} {known}"'
    if "mmHg" in allowed:
        try:
            mean = pressure(stripped).mean_mmhg
        except UnitError:
            pass
        else:
            return f'write the mean alone, diastolic + (systolic - diastolic) / 3: "{mean:.0f} mmHg"'
    remedy = _number_remedy(number)
    if remedy.startswith("write a plain") and unit not in allowed:
        return f'write a number in figures, and its unit: for example "12 {allowed[0]}"'
    return remedy


def time(text: object, field: str = "") -> float:
    """Read ``"day 15"`` or ``"day 15 06:00"`` as hours since transplantation [h].

    Raises
    ------
    UnitError
        If the text is anything else; a day before transplantation has no place on this clock.

    Examples
    --------
    >>> time("day 15 06:00")
    366.0
    """
    rule = 'a time is "day N" or "day N HH:MM", counted from transplantation on day 0'
    match = _TIME.fullmatch(_alike(text)) if isinstance(text, str) and len(text) <= _LONGEST else None
    if match is None:
        raise UnitError(rule, _found(text), _time_remedy(text), field)
    day, hour, minute = match.groups()
    return int(day) * 24.0 + int(hour or 0) + int(minute or 0) / 60


def _time_remedy(text: object) -> str:
    if not isinstance(text, str):
        return (
            f'write the word "day" too: "day {text}"'
            if type(text) is int and 0 <= text < 10**4
            else ('for example "day 15 06:00"')
        )
    if re.fullmatch(r"[Dd]ay -[0-9]{1,4}.*", text):
        return "a case begins on day 0 at the earliest"
    if re.fullmatch(r"[0-9]{1,4}", text):
        return f'write the word "day" too: "day {int(text)}"'
    if re.fullmatch(r"day [0-9]{1,4} [0-9]:[0-9]{2}", text):
        return "write the hour with two digits, for example 06:00"
    if re.fullmatch(r"day [0-9]{1,4} [0-9]{2}:[0-9]{2}", text):
        return "hours go from 00 to 23, minutes from 00 to 59"
    if re.match(r"(?i)day\b", text):
        return 'write it as "day 15" or "day 15 06:00", in small letters and with single blanks'
    return 'for example "day 15 06:00"'


def duration(text: object, field: str = "") -> float:
    """Read a span of time such as ``"12 h"``, ``"3 min"`` or ``"2 days"`` as hours [h].

    Raises
    ------
    UnitError
        If the text is anything else, or negative.
    """
    if type(text) is int or (isinstance(text, str) and _NUMBER.fullmatch(text)):
        # which unit is meant is for the author to say
        raise UnitError(
            f"a number, a space and {_one_of(tuple(_DURATIONS))}",
            _found(text),
            f'write number and unit: "{text} min", "{text} h" or "{text} days"',
            field,
        )
    span = quantity(text, tuple(_DURATIONS), field)
    if span.value < 0:
        raise UnitError("a span of time is not negative", _found(text), "leave the minus out", field)
    if span.unit in ("min", "s"):
        return span.value / (60 if span.unit == "min" else 3600)
    return span.value * _DURATIONS[span.unit]


def pressure(text: object, field: str = "") -> Pressure:
    """Read a blood pressure such as ``"178/106 mmHg"``.

    Raises
    ------
    UnitError
        If the text is anything else, or the systolic is not above the diastolic.
    """
    rule = 'a blood pressure is "systolic/diastolic mmHg"'
    match = _PRESSURE.fullmatch(_alike(text)) if isinstance(text, str) and len(text) <= _LONGEST else None
    if match is None:
        raise UnitError(rule, _found(text), 'for example "178/106 mmHg"', field)
    read = Pressure(float(match[1]), float(match[2]))
    if read.systolic_mmhg <= read.diastolic_mmhg:
        raise UnitError("the systolic is above the diastolic", _found(text), "write the systolic first", field)
    return read


def show_number(value: float, decimals: int | None = None) -> str:
    """Write a number plainly: no exponent, no trailing zeros unless `decimals` asks for them.

    Examples
    --------
    >>> show_number(3.0), show_number(0.10), show_number(1.7499, 2)
    ('3', '0.1', '1.75')
    """
    if not math.isfinite(value):
        raise UnitError("a number that can be shown is finite", f"{value!r}", "give a finite number")
    shown = f"{value:.9f}".rstrip("0").rstrip(".") if decimals is None else f"{value:.{decimals}f}"
    return shown.removeprefix("-") if float(shown) == 0 else shown


def show_unit(unit: str) -> str:
    """Write a unit as it is printed: ``"umol/L"`` as ``"µmol/L"``, ``"C"`` as ``"°C"``."""
    if unit == "C":
        return "°C"
    if unit == "10^9/L":
        return "×10⁹/L"
    if unit.startswith("u") and not unit.startswith("units"):
        unit = "µ" + unit[1:]
    return unit.replace("m2", "m²")


def show_time(hours: float) -> str:
    """Write hours since transplantation [h] to the nearest minute.

    Examples
    --------
    >>> show_time(367.5)
    'day 15 07:30'
    """
    if not math.isfinite(hours):
        raise UnitError("a time that can be shown is finite", f"{hours!r}", "give a finite number of hours")
    days, minutes = divmod(round(hours * 60), 24 * 60)
    return f"day {days} {minutes // 60:02d}:{minutes % 60:02d}"


def show_duration(hours: float) -> str:
    """Write a span of time [h] as one says it.

    Examples
    --------
    >>> [show_duration(h) for h in (0.05, 1.5, 7.75, 12, 24, 48, 50)]
    ['3 min', '90 min', '7 h 45 min', '12 h', '24 h', '2 days', '2 days 2 h']
    """
    if not math.isfinite(hours):
        raise UnitError("a span that can be shown is finite", f"{hours!r}", "give a finite number of hours")
    sign, seconds = ("-" if hours < 0 else ""), round(abs(hours) * 3600)
    if seconds < 60:
        return f"{sign}{seconds} s" if seconds else "0 min"
    minutes = round(seconds / 60)
    if minutes < 120 and minutes % 60:
        return f"{sign}{minutes} min"
    if minutes < 48 * 60:
        rest = f" {minutes % 60} min" if minutes % 60 else ""
        return f"{sign}{minutes // 60} h{rest}"
    days, left = divmod(round(minutes / 60), 24)
    return f"{sign}{days} days" + (f" {left} h" if left else "")


@dataclass(frozen=True, slots=True)
class Analyte:
    """Something measured in blood or given by vein, and how laboratories write it.

    Parameters
    ----------
    formula : str
        What is weighed. Urea is reported as nitrogen (two N) where mg/dL is used.
    first, second : str
        The two units of a report: SI and conventional; for a drug the usual one and its SI twin.
    decimals : (int, int)
        Digits after the point in each.
    charge : int
        Of the ion, for mEq; 0 if it is none.
    """

    formula: str
    first: str
    second: str
    decimals: tuple[int, int]
    charge: int = 0

    @property
    def molar_mass(self) -> float:
        """Sum of IUPAC 2021 abridged standard atomic weights over the formula [g/mol]."""
        return sum(_ATOMS[atom] * int(count or 1) for atom, count in re.findall(r"([A-Z][a-z]?)([0-9]*)", self.formula))


#: Molar masses are computed from the formula. Tacrolimus and its relatives are weighed everywhere: 1 ng/mL is 1 µg/L.
ANALYTES: Final = MappingProxyType(
    {
        "magnesium": Analyte("Mg", "mmol/L", "mg/dL", (2, 2), 2),
        "potassium": Analyte("K", "mmol/L", "mEq/L", (1, 1), 1),
        "sodium": Analyte("Na", "mmol/L", "mEq/L", (0, 0), 1),
        "chloride": Analyte("Cl", "mmol/L", "mEq/L", (0, 0), 1),
        "calcium": Analyte("Ca", "mmol/L", "mg/dL", (2, 1), 2),
        "phosphate": Analyte("P", "mmol/L", "mg/dL", (2, 1)),
        "creatinine": Analyte("C4H7N3O", "umol/L", "mg/dL", (0, 2)),
        "urea": Analyte("N2", "mmol/L", "mg/dL", (1, 0)),
        "glucose": Analyte("C6H12O6", "mmol/L", "mg/dL", (1, 0)),
        "lactate": Analyte("C3H6O3", "mmol/L", "mg/dL", (1, 0)),
        "bilirubin": Analyte("C33H36N4O6", "umol/L", "mg/dL", (0, 1)),
        "ammonia": Analyte("NH3", "umol/L", "ug/dL", (0, 0)),
        "cholesterol": Analyte("C27H46O", "mmol/L", "mg/dL", (1, 0)),
        "tacrolimus": Analyte("C44H69NO12", "ng/mL", "ug/L", (1, 1)),
        "ciclosporin": Analyte("C62H111N11O12", "ng/mL", "ug/L", (0, 0)),
        "sirolimus": Analyte("C51H79NO13", "ng/mL", "ug/L", (1, 1)),
        "everolimus": Analyte("C53H83NO14", "ng/mL", "ug/L", (1, 1)),
        "phenytoin": Analyte("C15H12N2O2", "umol/L", "mg/L", (0, 1)),
        "magnesium sulfate": Analyte("MgSO4H14O7", "mmol", "g", (0, 1), 2),
        "haemoglobin": Analyte("", "g/L", "g/dL", (0, 1)),
        "albumin": Analyte("", "g/L", "g/dL", (0, 1)),
    }
)


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[float]:
    import pint

    return pint.UnitRegistry()


@lru_cache(maxsize=512)
def _factor(unit: str, to: str) -> float:
    """Plain factor between two units of the table; `UnitError` where there is none."""
    if unit == to:
        return 1.0
    names = []
    for one in (unit, to):
        if one not in UNITS:
            raise UnitError("a unit of the table pres_teach.units.UNITS", _found(one), _unit_remedy(one, tuple(UNITS)))
        names.append(UNITS[one])
    refused = UnitError(
        f'"{to}" is of another kind than "{unit}"', f'"{unit}"', "name the analyte, or keep to one kind of unit"
    )
    source, target = names
    if source is None or target is None:
        raise refused
    units = _registry()
    have, want = units.Unit(source), units.Unit(target)
    if not have.is_compatible_with(want):
        raise refused
    return float((1.0 * have).to(want).magnitude)


def _moles(unit: str) -> bool:
    return "mol" in unit or "mEq" in unit


def convert(value: float, unit: str, to: str, analyte: str | None = None) -> float:
    """Convert a number from one unit of :data:`UNITS` to another.

    Mass, amount (mol) and charge (mEq) are converted into each other only for a named analyte of :data:`ANALYTES`,
    by the molar mass computed from its formula (IUPAC 2021 standard atomic weights) and by its charge.

    Raises
    ------
    UnitError
        If a unit or the analyte is unknown, or no factor leads from one to the other.

    Examples
    --------
    >>> round(convert(1.6, "mg/dL", "mmol/L", "magnesium"), 2)
    0.66
    """
    if not math.isfinite(value):
        raise UnitError("a number that can be converted is finite", f"{value!r}", "give a finite number")
    if unit == to and unit in UNITS:
        return value
    if analyte is None:
        return value * _factor(unit, to)
    if analyte not in ANALYTES:
        near = difflib.get_close_matches(analyte, ANALYTES, n=1)
        raise UnitError(
            "an analyte of the molar table",
            _found(analyte),
            f'did you mean "{near[0]}"?' if near else f"the table holds {', '.join(ANALYTES)}",
        )
    if _kind(unit) == _kind(to):
        return value * _factor(unit, to)
    have, want = _grams(unit, analyte), _grams(to, analyte)
    return value * have[0] / want[0] * _factor(have[1], want[1])


def _kind(unit: str) -> str:
    amount = unit.partition("/")[0]
    return "charge" if amount == "mEq" else "amount" if amount.endswith("mol") else "mass"


def _grams(unit: str, analyte: str) -> tuple[float, str]:
    """The factor and the unit of mass that a unit of amount or charge stands for."""
    known, (amount, slash, per) = ANALYTES[analyte], unit.partition("/")
    if _kind(unit) == "mass":
        return 1.0, unit
    if not known.formula:
        raise UnitError(f"{analyte} has no molar mass here", f'"{unit}"', "give it by weight")
    if amount != "mEq":
        # a mole of M g/mol weighs M grams, a millimole M milligrams, and so on down
        return known.molar_mass, amount.replace("mol", "g") + slash + per
    if not known.charge:
        raise UnitError("mEq is for an ion", _found(analyte), "use mmol")
    return known.molar_mass / known.charge, "mg" + slash + per


def both(value: float, unit: str, analyte: str) -> str:
    """Write a laboratory value in SI units and, in brackets, in the conventional ones (a drug level: in ng/mL first).

    Examples
    --------
    >>> both(0.72, "mmol/L", "magnesium")
    '0.72 mmol/L (1.75 mg/dL)'
    """
    if analyte not in ANALYTES:
        convert(value, "mg/L", "g/L", analyte)  # raises the error that names the table
    known = ANALYTES[analyte]
    si = show_number(convert(value, unit, known.first, analyte), known.decimals[0])
    conventional = show_number(convert(value, unit, known.second, analyte), known.decimals[1])
    return f"{si} {show_unit(known.first)} ({conventional} {show_unit(known.second)})"
