"""From the text of a file to plain data that know their lines.

ruamel.yaml only cuts the text into events here. What they mean is decided below: numbers are plain decimals, nothing
is an alias, nothing carries a tag, no name stands twice, and what YAML would quietly read otherwise than it was meant
is a fault with its own remedy. A known slip is put right in memory, so that the faults behind it are found in the same
go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from pres_teach.case.schema import field_names
from pres_teach.quiz import Problem
from pres_teach.quiz.problems import quoted

LARGEST = 1_000_000
DEEPEST = 25
MOST_SLIPS = 50

Loc = tuple[str | int, ...]

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_ENTRY = re.compile(r"(?P<head>\s*(?:- +)*(?:[A-Za-z_][\w-]*: +|- +))(?P<value>\S.*)")
_IN_BRACES = re.compile(r"[{,]\s*(?P<key>[\w-]+):\s+")
_END_IN_BRACES = re.compile(r",\s*[\w-]+:\s|,?\s*\}[\s}\]]*(?:#.*)?$")
_FIELD = re.compile(r"(?P<blanks> *)(?P<dash>- +)?(?P<key>[A-Za-z_][\w-]*):(?: |$)")
_BLOCK = re.compile(r"(?P<blanks> *)(?:- +)?(?P<key>[A-Za-z_][\w-]*): +[>|][+-]? *")
_INDENT = re.compile(r"^[ \t\u00a0\u3000]+")
_BLOCK_HEADER = re.compile(r"[>|][+-]?\s*(?:#.*)?")


@dataclass
class Written:
    """What a file says.

    Parameters
    ----------
    data : object
        Mappings, lists, texts, numbers; None where the file could not be taken apart.
    lines : dict
        The line of each field, counted from 1.
    text : str
        The text itself.
    faults : list of (int, Problem)
        What is wrong with the writing, with its line.
    """

    data: Any
    text: str
    lines: dict[Loc, int] = field(default_factory=dict)
    faults: list[tuple[int, Problem]] = field(default_factory=list)

    def line(self, at: Loc) -> int:
        """The line of a field, or of the nearest part around it."""
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at, 1)

    def name(self, at: Loc) -> str:
        """A field as a path of names; parts of lists go by their id."""
        names: list[str] = []
        here = self.data
        for part in at:
            inner = _inside(here, part)
            if isinstance(part, int):
                own = inner.get("id") if isinstance(inner, dict) else None
                names.append(own if isinstance(own, str) else str(part + 1))
            else:
                names.append(part)
            here = inner
        return ".".join(names)


def _inside(data: Any, part: str | int) -> Any:
    if isinstance(part, int):
        return data[part] if isinstance(data, list) and part < len(data) else None
    return data.get(part) if isinstance(data, dict) else None


def take_apart(text: str) -> Written:
    """Read the text of a file; never raises, whatever the text is."""
    stray = _CONTROL.search(text)
    if stray:
        line = text.count("\n", 0, stray.start()) + 1
        problem = Problem(
            (), "a case file is plain text", f"the character U+{ord(stray[0]):04X}", "save it as a text file in UTF-8"
        )
        return Written(None, text, faults=[(line, problem)])
    slips: list[tuple[int, Problem]] = []
    mended = text
    touched: set[int] = set()
    while True:
        builder = _Builder(mended)
        try:
            data = builder.build()
        except MarkedYAMLError as error:
            slip = _mend(mended, error, touched) if len(slips) < MOST_SLIPS else None
            if slip is None:
                return Written(None, text, faults=[*slips, _unreadable(mended, error)])
            line, problem, mended = slip
            slips.append((line, problem))
            continue
        except YAMLError as error:
            problem = Problem((), "a case file is YAML", quoted(error), "save it as a text file in UTF-8")
            return Written(None, text, faults=[*slips, (1, problem)])
        placed = [(line, replace(slip, at=_place(builder.lines, line, slip.at))) for line, slip in slips]
        return Written(data, text, builder.lines, [*placed, *builder.faults])


def _place(lines: dict[Loc, int], line: int, at: Loc) -> Loc:
    """The whole path of a field that was known by its name and line alone."""
    return next((known for known, where in lines.items() if where == line and known[-1:] == at), at) if at else at


class _Builder:
    def __init__(self, text: str) -> None:
        self.source = text.splitlines()
        # after a start, all that comes before the end are nodes
        self.events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(text))
        self.lines: dict[Loc, int] = {}
        self.faults: list[tuple[int, Problem]] = []

    def build(self) -> Any:
        data = None
        documents = 0
        for event in self.events:
            if isinstance(event, StreamEndEvent):
                break
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    line = event.start_mark.line + 1
                    self.faults.append(
                        (
                            line,
                            Problem((), "a file holds one case", 'a second one after "---"', 'take the line "---" out'),
                        )
                    )
                    return None
            elif isinstance(event, NodeEvent):
                data = self._value(event, (), 0)
        return data

    def _value(self, event: NodeEvent, at: Loc, depth: int) -> Any:
        self.lines.setdefault(at, event.start_mark.line + 1)
        if depth > DEEPEST:
            raise MarkedYAMLError(problem="nested too deeply", problem_mark=event.start_mark)
        if isinstance(event, AliasEvent):
            written = f"*{event.anchor}"
            self._fault(
                event,
                at,
                'a text that begins with "*" stands in quotes, or YAML takes it for an alias',
                quoted(written),
                f'write "{written}" with its quotes',
            )
            return written
        self._plain(event, at)
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, at, depth)
        if isinstance(event, SequenceStartEvent):
            made: list[Any] = []
            for inner in self.events:
                if isinstance(inner, SequenceEndEvent):
                    break
                made.append(self._value(inner, (*at, len(made)), depth + 1))
            return made
        return self._scalar(event, at) if isinstance(event, ScalarEvent) else None

    def _mapping(self, event: CollectionStartEvent, at: Loc, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        last = ""
        for key_event in self.events:
            if isinstance(key_event, MappingEndEvent):
                break
            line = key_event.start_mark.line + 1
            if not isinstance(key_event, ScalarEvent):
                raise MarkedYAMLError(problem="a name is wanted here", problem_mark=key_event.start_mark)
            key = str(key_event.value)
            here = (*at, key)
            value_event = next(self.events)
            if event.flow_style and _nothing(value_event) and re.fullmatch(r"[\w-]+:", key):
                key = key[:-1]  # "{why:}": nothing stands behind the colon
                here = (*at, key)
            elif event.flow_style and _nothing(value_event) and not re.fullmatch(r"[\w-]+", key):
                self._fault(
                    key_event,
                    (*at, last) if last else at,
                    "inside { } a text with a comma stands in quotes",
                    f"{quoted(key)} after a comma",
                    f'put the text of "{last}" in double quotes',
                )
                continue
            if key in made:
                self._fault(
                    key_event,
                    here,
                    "a name stands once",
                    f"it again, first on line {self.lines[here]}",
                    "keep one of them",
                )
                self._value(value_event, (*at, key, "again"), depth + 1)
                continue
            self.lines[here] = line
            made[key] = self._value(value_event, here, depth + 1)
            last = key
        return made

    def _scalar(self, event: ScalarEvent, at: Loc) -> Any:
        text = str(event.value)
        style = event.style
        if style in (">", "|"):
            mark = event.start_mark
            header = self.source[mark.line][mark.column :] if mark.line < len(self.source) else ""
            if re.match(r"[>|][+-]?[0-9]", header):
                self._fault(event, at, *_folded(header))
            return text
        if style in ("'", '"'):
            return text
        self._cut_short(event, at)
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "false", "False"):
            return text.casefold() == "true"
        if _WHOLE.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
        return text

    def _cut_short(self, event: ScalarEvent, at: Loc) -> None:
        end = event.end_mark
        rest = self.source[end.line][end.column :] if end.line < len(self.source) else ""
        dropped = re.match(r"\s+(#[^\s#].*)", rest)
        if event.value and dropped:
            self._fault(event, at, *_dropped(dropped[1]))

    def _plain(self, event: NodeEvent, at: Loc) -> None:
        tag = str(getattr(event, "ctag", None) or "")
        if event.anchor is None and tag in ("", "None", "!"):
            return
        mark = event.start_mark
        found = self.source[mark.line][mark.column :].split()[0] if mark.line < len(self.source) else tag
        rule = f'a text that begins with "{found[:1]}" stands in quotes'
        self._fault(event, at, rule, quoted(found), "put the whole text in double quotes")

    def _fault(self, event: NodeEvent, at: Loc, rule: str, found: str, remedy: str) -> None:
        self.faults.append((event.start_mark.line + 1, Problem(at, rule, found, remedy)))


def _nothing(event: object) -> bool:
    return isinstance(event, ScalarEvent) and event.value == "" and not event.style


def _folded(value: str) -> tuple[str, str, str]:
    return (
        'a text that begins with ">" or "|" stands in quotes, or YAML takes it for the start of a folded text',
        quoted(value),
        f"write {json.dumps(value.strip(), ensure_ascii=False)} with its quotes",
    )


def _dropped(comment: str) -> tuple[str, str, str]:
    return (
        'a text with " #" in it stands in quotes, or YAML drops what follows',
        f"{quoted(comment)} dropped",
        'put the whole text in double quotes (in a comment, put a blank behind the "#")',
    )


def _mend(text: str, error: MarkedYAMLError, touched: set[int]) -> tuple[int, Problem, str] | None:
    """The slip behind an error, and the text with it put right; None for a slip of no known kind."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return None
    lines = text.split("\n")
    tabs = [number for number, line in enumerate(lines) if re.match(r" *\t", line)]
    if "\\t" in str(error.problem) and mark.line in tabs:
        more = f" here and on {len(tabs) - 1} more" if len(tabs) > 1 else ""
        for number in tabs:
            lines[number] = _INDENT.sub(lambda found: found[0].replace("\t", "  "), lines[number])
        problem = Problem(
            (), "lines are indented with spaces, never with tabs", f"a tab{more}", "replace each tab by two spaces"
        )
        return tabs[0] + 1, problem, "\n".join(lines)
    odd = [number for number, line in enumerate(lines) if re.match(r" *[\u00a0\u3000]", line)]
    if any(number in odd for number in range(mark.line - 2, mark.line + 1)):
        for number in odd:
            lines[number] = _INDENT.sub(lambda found: " " * len(found[0]), lines[number])
        rule, found = "lines are indented with plain spaces", "a hard space, as word processors and web pages make it"
        return odd[0] + 1, Problem((), rule, found, "type the spaces again"), "\n".join(lines)
    if "\\t" in str(error.problem) and mark.line < len(lines) and "\t" in lines[mark.line]:
        lines[mark.line] = lines[mark.line].replace("\t", " ")
        rule = "between a field and its value stand spaces, never a tab"
        return mark.line + 1, Problem((), rule, "a tab", "replace it by a space"), "\n".join(lines)
    around = [mark.line, *(number for number in (mark.line - 1, mark.line - 2) if number >= 0)]
    for number in around:
        if number in touched or number >= len(lines):
            continue
        slip = _slip(lines[number], mark.column if number == mark.line else None)
        if slip is not None:
            problem, lines[number] = slip
            touched.add(number)
            return number + 1, problem, "\n".join(lines)
    if str(error.problem) == "nested too deeply":
        return None
    opened = error.context_mark.line if error.context_mark and "quoted scalar" in str(error.context) else None
    for look in (_left_open, _dash_or_colon, _block_not_indented, _indented_otherwise):
        layout = look(lines, mark.line, touched) if opened is None else _closed(lines, opened, touched)
        if layout is not None:
            return layout[0] + 1, layout[1], "\n".join(lines)
    return None


def _left_open(lines: list[str], wrong: int, touched: set[int]) -> tuple[int, Problem] | None:
    """A quotation mark that the next one, on a later line, was taken to close."""
    if wrong >= len(lines) or '"' not in lines[wrong]:
        return None
    before = next((number for number in range(wrong - 1, -1, -1) if '"' in lines[number]), None)
    return None if before is None else _closed(lines, before, touched)


def _closed(lines: list[str], number: int, touched: set[int]) -> tuple[int, Problem] | None:
    """The text of a line with the quotation mark that it lacks."""
    entry = _ENTRY.fullmatch(lines[number]) if number < len(lines) and number not in touched else None
    if entry is None or entry["value"][0] != '"' or '"' in entry["value"][1:]:
        return None
    touched.add(number)
    found = quoted(lines[number].strip())
    lines[number] = entry["head"] + json.dumps(entry["value"][1:], ensure_ascii=False)
    return number, Problem((), "a quotation mark that is opened is closed", found, "close it at the end of the text")


def _dash_or_colon(lines: list[str], wrong: int, touched: set[int]) -> tuple[int, Problem] | None:
    """A dash without its blank, or a field without its colon."""
    for number in (wrong, wrong - 1, wrong - 2):
        if not 0 <= number < len(lines) or number in touched:
            continue
        line = lines[number]
        dash = re.fullmatch(r"( *)-((?:[A-Za-z_]\w*:|\{).*)", line)
        bare = re.fullmatch(r"( *(?:- +)?)([a-z_0-9]+)(?: +([^\s:].*))?", line)
        if dash is not None:
            rule, remedy = "a blank stands behind a dash", f'write "- {dash[2][:30]}"'
            lines[number] = f"{dash[1]}- {dash[2]}"
        elif bare is not None and bare[2] in field_names():
            put = f"{bare[2]}: {bare[3] or ''}".strip()
            rule, remedy = "a colon stands behind the name of a field", f'write "{put[:40]}"'
            lines[number] = f"{bare[1]}{put}"
        else:
            continue
        touched.add(number)
        return number, Problem((), rule, quoted(line.strip()), remedy)
    return None


def _block_not_indented(lines: list[str], wrong: int, touched: set[int]) -> tuple[int, Problem] | None:
    """A text below a "|" that is not further in than its field."""
    start = next(
        (number for number in range(min(wrong, len(lines)) - 1, -1, -1) if _BLOCK.fullmatch(lines[number])), None
    )
    head = _BLOCK.fullmatch(lines[start]) if start is not None else None
    if start is None or head is None or start in touched:
        return None
    words: list[int] = []
    for number in range(start + 1, len(lines)):
        field = _FIELD.match(lines[number])
        if field is not None and field["key"] in field_names():
            break
        if lines[number].strip():
            words.append(number)
    inside = len(head["blanks"]) + 2
    if not words or len(lines[words[0]]) - len(lines[words[0]].lstrip(" ")) >= inside:
        return None
    touched.add(start)
    found = quoted(lines[words[0]].strip())
    for number in words:
        lines[number] = " " * inside + lines[number].strip()
    rule = f'the text below "{head["key"]}: |" is further in than "{head["key"]}"'
    return words[0], Problem((), rule, found, f"begin each of its lines with {inside} blanks")


def _indented_otherwise(lines: list[str], wrong: int, touched: set[int]) -> tuple[int, Problem] | None:
    """A field that does not stand below the fields of its own part."""
    here = _FIELD.match(lines[wrong]) if wrong < len(lines) and wrong not in touched else None
    if here is None:
        return None
    column = len(here["blanks"])
    still_open: dict[int, str] = {}
    for line in reversed(lines[:wrong]):
        field = _FIELD.match(line)
        if field is None:
            continue
        outer = len(field["blanks"])
        at = outer if here["dash"] else outer + len(field["dash"] or "")
        if (field["dash"] or not here["dash"]) and (not still_open or at < min(still_open)):
            still_open[at] = field["key"]
        if outer == 0:
            break
    if not still_open or column in still_open:
        return None
    meant = min(still_open, key=lambda at: abs(at - column))
    if abs(meant - column) > 3:
        return None
    touched.add(wrong)
    found = f"{column} before {quoted(lines[wrong].strip())}"
    lines[wrong] = " " * meant + lines[wrong].lstrip(" ")
    rule = f'the fields of one part have as many blanks before them, {meant} as "{still_open[meant]}" above'
    return wrong, Problem((), rule, found, f"write {meant} blanks")


def _slip(line: str, column: int | None) -> tuple[Problem, str] | None:
    if column is not None and "{" in line[:column]:
        heads = [head for head in _IN_BRACES.finditer(line) if head.end() <= column]
        if heads:
            start = heads[-1].end()
            rest = _END_IN_BRACES.search(line, max(start, column))
            end = rest.start() if rest else len(line)
            found = _judge(line[start:end].strip(), heads[-1]["key"], braces=True)
            if found is not None:
                problem, value = found
                return problem, f"{line[:start]}{value}{line[end:]}"
    entry = _ENTRY.fullmatch(line)
    if entry is not None:
        key = entry["head"].strip().lstrip("- ").rstrip(": ")
        found = _judge(entry["value"].rstrip(), key)
        if found is not None:
            problem, value = found
            return problem, entry["head"] + value
    tight = re.fullmatch(r"(?P<head>\s*(?:- +)?(?P<key>[A-Za-z_]\w*):)(?P<value>[^\s/].*)", line)
    if tight is not None:
        problem = Problem(
            (tight["key"],),
            "a space stands behind the colon of a field",
            quoted(line.strip()),
            f'write "{tight["key"]}: {tight["value"][:30]}"',
        )
        return problem, f"{tight['head']} {tight['value']}"
    return None


def _judge(value: str, key: str, braces: bool = False) -> tuple[Problem, str] | None:
    """What a value would be to YAML against what was meant, and the value in quotes."""
    at: Loc = (key,) if key else ()
    safe = json.dumps(value, ensure_ascii=False)
    shown = safe if len(safe) <= 60 else "the whole text"
    if value[:1] in (">", "|") and not _BLOCK_HEADER.fullmatch(value):
        return Problem(at, *_folded(value)), safe
    if value[:1] in ('"', "'"):
        closing = value.find(value[0], 1)
        if 0 < closing < len(value) - 1:
            rule = "a text that begins with a quotation mark stands in quotes as a whole"
            return Problem(
                at, rule, quoted(value), "put the whole text below a |, or in quotes of the other kind"
            ), safe
        return None
    if value.startswith("[@"):
        rule = "a text that begins with a citation stands in quotes, or YAML takes it for a list"
        return Problem(at, rule, quoted(value), "put the whole text in double quotes"), safe
    if value[:1] in ("@", "`", "%", "&", "!", "*"):
        rule = f'a text that begins with "{value[0]}" stands in quotes'
        return Problem(at, rule, quoted(value), f"write {shown} with its quotes"), safe
    if braces and value[:1] not in ("{", "[") and re.search(r"[\[\]{}]", value):
        rule = "inside { } a text with brackets or a citation stands in quotes"
        return Problem(at, rule, quoted(value), "put the whole text in double quotes"), safe
    if value[:1] not in ("{", "[") and re.search(r":(?: |$)", value):
        rule = "a text with a colon in it stands in quotes, or YAML takes it for a field"
        return Problem(at, rule, quoted(value), f"write {shown} with its quotes"), safe
    return None


def _unreadable(text: str, error: MarkedYAMLError) -> tuple[int, Problem]:
    lines = text.split("\n")
    problem_line = error.problem_mark.line if error.problem_mark else 0
    opened = error.context_mark.line if error.context_mark else problem_line
    context = str(error.context or "")
    if str(error.problem) == "nested too deeply":
        return problem_line + 1, Problem(
            (), f"fields are nested at most {DEEPEST} deep", "deeper ones", "start from a case that works"
        )
    if "quoted scalar" in context:
        return opened + 1, Problem(
            (),
            "a quotation mark that is opened is closed",
            quoted(lines[opened].strip()),
            "close it at the end of the text",
        )
    if "flow" in context and lines[opened].count('"') % 2:
        return opened + 1, Problem(
            (),
            "a quotation mark that is opened is closed",
            quoted(lines[opened].strip()),
            "close it at the end of the text",
        )
    if "flow" in context and (hidden := re.search(r"\s(#\S.*)", lines[opened])):
        return opened + 1, Problem((), *_dropped(hidden[1]))
    if "flow" in context and opened != problem_line:
        return opened + 1, Problem(
            (), "a bracket that is opened is closed", quoted(lines[opened].strip()), 'add the missing "}" or "]"'
        )
    found = lines[problem_line].strip() if problem_line < len(lines) else ""
    return problem_line + 1, Problem(
        (),
        "a case file is YAML",
        quoted(found or "the end of the file"),
        "look at this line and the one above: indentation, colons, quotes, brackets",
    )
