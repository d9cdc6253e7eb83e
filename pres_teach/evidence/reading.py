"""Reading the small part of YAML in which ``library.yaml`` is written.

The file is two levels of names and one value a line. A whole YAML reader in Python takes over 100 ms for it, on the
way of every lesson; this takes a few, and knows the line of each entry. Whatever it accepts, a YAML reader reads alike;
a test holds it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?")
_PLAIN = re.compile(r"(?:10\.[0-9]+/|https://|[A-Za-z])[^\s](?:.*[^\s:])?|[A-Za-z]")
_WORDS_WITH_A_MEANING = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})

Scalar = str | int | float


@dataclass(frozen=True)
class Entry:
    """One entry of the file: its section, its id, its fields, and the lines on which they stand."""

    section: str
    id: str
    line: int
    fields: dict[str, Scalar]
    lines: dict[str, int]


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the file, in one line."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


def _value(text: str) -> Scalar:
    """The value written after a name; ValueError with a remedy for whatever YAML might read otherwise."""
    if text.startswith('"'):
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(
                f'a text in double quotes ends on its line, a quote inside it is \\"; found {text[:60]}; {error.msg}'
            ) from error
        return str(value)
    number = _NUMBER.fullmatch(text)
    if number:
        return float(text) if number.group(1) else int(text)
    plain = _PLAIN.fullmatch(text) and ": " not in text and " #" not in text
    if not plain or text.lower() in _WORDS_WITH_A_MEANING:
        raise ValueError(f"must be a number or a plain text; found {text[:60]}; put it in double quotes")
    return text


def read_entries(text: str) -> tuple[list[Entry], list[Fault]]:
    """Read the text of a library file.

    Parameters
    ----------
    text : str
        The whole file: sections at the margin, entries two spaces in, ``field: value`` four spaces in.

    Returns
    -------
    list of Entry
        The entries in order, each with its lines.
    list of Fault
        Everything that does not fit the form, all at once.
    """
    entries: list[Entry] = []
    faults: list[Fault] = []
    first_line: dict[tuple[str, str], int] = {}
    section, entry = "", None
    for line, raw in enumerate(text.splitlines(), start=1):
        stripped = raw.strip()
        if not stripped or stripped.startswith("#"):
            continue
        indent = len(raw) - len(raw.lstrip(" "))
        name, colon, rest = stripped.partition(":")
        rest = rest.strip()
        if "\t" in raw[: indent + 1] or indent not in (0, 2, 4) or not colon or not _NAME.fullmatch(name):
            rule = (
                f'must be "name: value", 0, 2 or 4 spaces in; found "{stripped[:60]}"; keep the form of its neighbours'
            )
            faults.append(Fault(line, rule))
            continue
        if indent == 0:
            section, entry = name, None
            if rest:
                rule = f'"{name}": a section holds entries; found "{rest[:60]}"; begin a new line, two spaces in'
                faults.append(Fault(line, rule))
            continue
        if indent == 2:
            entry = Entry(section, name, line, {}, {})
            if rest:
                rule = f'"{name}": an entry holds fields; found "{rest[:60]}"; begin a new line, four spaces in'
                faults.append(Fault(line, rule))
            before = first_line.setdefault((section, name), line)
            if before != line:
                rule = f'"{name}": an id stands once in {section}; found again, first on line {before}; rename one'
                faults.append(Fault(line, rule))
                continue
            entries.append(entry)
            continue
        if entry is None:
            rule = f'"{name}": a field belongs to an entry; found none above it; give the entry its id first'
            faults.append(Fault(line, rule))
            continue
        if name in entry.fields:
            before = entry.lines[name]
            rule = f'"{name}" of "{entry.id}": a field stands once; found again, first on line {before}; remove one'
            faults.append(Fault(line, rule))
            continue
        try:
            entry.fields[name] = _value(rest)
        except ValueError as error:
            faults.append(Fault(line, f'"{name}" of "{entry.id}": {error}'))
            continue
        entry.lines[name] = line
    return entries, faults
