"""Reading a case file and checking it. Whatever the file holds, an author gets sentences, never a traceback."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from pres_teach.case import checking
from pres_teach.case.case import Case, made
from pres_teach.case.faults import CaseError, Fault, nearest
from pres_teach.case.schema import CaseFile
from pres_teach.case.telling import told
from pres_teach.case.written import LARGEST, Written, take_apart
from pres_teach.quiz import Problem
from pres_teach.quiz.problems import quoted

_PACKAGE = Path(__file__).resolve().parent.parent
FOLDERS = (_PACKAGE.parent / "cases", _PACKAGE / "cases")
"""Where cases lie: beside the package in a checkout, inside it when installed."""
_HEAD = 4000


def ids() -> tuple[str, ...]:
    """The ids of the cases that ship with the package, in alphabetical order."""
    return tuple(sorted({file.stem for folder in FOLDERS if folder.is_dir() for file in folder.glob("*.yaml")}))


@dataclass(frozen=True)
class Listed:
    """A case as a list shows it.

    Parameters
    ----------
    id, title, level
        As written.
    minutes
        How long it takes [min].
    """

    id: str
    title: str
    level: str
    minutes: int


def catalogue() -> tuple[Listed, ...]:
    """The cases that ship with the package, the easier first, from their first lines: no case is read for it."""
    found = []
    for name in ids():
        head = _file(name).read_text(encoding="utf-8-sig")[:_HEAD]
        title, level, minutes = (
            re.search(rf"^{field}: *(.+?) *$", head, re.MULTILINE) for field in ("title", "level", "minutes")
        )
        if title is not None and level is not None and minutes is not None:
            found.append(Listed(name, title[1].strip("\"'"), level[1], int(minutes[1])))
    order = get_args(CaseFile.model_fields["level"].annotation)
    return tuple(sorted(found, key=lambda one: (order.index(one.level), one.title)))


def titles() -> dict[str, str]:
    """The titles of the cases that ship with the package, by id."""
    return {one.id: one.title for one in sorted(catalogue(), key=lambda one: one.id)}


def read(path_or_id: str | os.PathLike[str]) -> Case:
    """Read a case.

    Parameters
    ----------
    path_or_id : str or path
        The id of a case that ships with the package, or the path of a file (with a slash or an ending).

    Returns
    -------
    Case
        Frozen and checked. Whether the model can meet the author's conditions shows when `Case.traits` is first used;
        `check` looks at that, too.

    Raises
    ------
    CaseError
        Holds every fault of the file.
    """
    case, faults = _read(_file(path_or_id))
    if case is None:
        raise CaseError(faults)
    return case


def check(path: str | os.PathLike[str]) -> list[Fault]:
    """All that is wrong with a case file, in the order of its lines; an empty list for a good one.

    Parameters
    ----------
    path : str or path
        The file, or the id of a case that ships with the package.
    """
    try:
        case, faults = _read(_file(path), thorough=True)
        if case is not None:
            _ = case.traits
    except CaseError as error:
        return list(error.faults)
    return faults


def _file(path_or_id: str | os.PathLike[str]) -> Path:
    name = os.fspath(path_or_id)
    if not isinstance(path_or_id, str) or re.search(r"[/\\]|\.ya?ml$", name):
        return Path(name)
    for folder in FOLDERS:
        if name in ids() and (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    remedy = nearest(name, ids())
    raise CaseError([Fault(quoted(name), 0, "", "the id of a case, or the path of a file", quoted(name), remedy)])


def _read(file: Path, thorough: bool = False) -> tuple[Case | None, list[Fault]]:
    content, fault = _content(file)
    if content is None:
        return None, [fault] if fault is not None else []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found, remedy = _foreign(content) or (f"the byte 0x{content[error.start]:02X}", _SAVE)
        return None, [Fault(str(file), line, "", "a case file is text in UTF-8", found, remedy)]
    foreign = _foreign(content)
    if foreign is not None:
        return None, [Fault(str(file), 1, "", "a case file is text in UTF-8", *foreign)]
    written = take_apart(text)

    def at(problem: Problem) -> Fault:
        line = _line(written, problem)
        return Fault(str(file), line, written.name(problem.at), problem.rule, problem.found, problem.remedy)

    faults = [
        Fault(str(file), line, written.name(problem.at), problem.rule, problem.found, problem.remedy)
        for line, problem in written.faults
    ]
    page, problems = _judge(written.data, thorough) if written.data is not None or not faults else (None, [])
    if isinstance(written.data, dict) and file.parent in FOLDERS and written.data.get("id") != file.stem:
        found = quoted(written.data.get("id"))
        problems.append(Problem(("id",), "the id is the name of the file", found, f'write "id: {file.stem}"'))
    # Where the writing itself is at fault, what follows from it is not told a second time.
    told_already = {(fault.line, fault.field) for fault in faults}
    faults += [fault for fault in map(at, problems) if (fault.line, fault.field) not in told_already]
    if faults or page is None:
        return None, sorted(dict.fromkeys(faults), key=lambda fault: fault.line)
    return made(page, hashlib.sha256(content).hexdigest()[:12], at), []


_SAVE = "save it as a text file in UTF-8"


def _foreign(content: bytes) -> tuple[str, str] | None:
    """What another kind of file is, and how to make text of it; None for what may be text."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "a binary file, such as Word makes", 'open it there and save it as "plain text", in UTF-8'
    if content.startswith(b"{\\rtf"):
        return "rich text", "make it plain text, and save it in UTF-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text in UTF-16", 'save it again and choose "UTF-8" as its encoding'
    return ("a binary file", _SAVE) if b"\0" in content else None


def _content(file: Path) -> tuple[bytes | None, Fault | None]:
    name = str(file)
    try:
        size = file.stat().st_size
        if file.is_dir():
            return None, Fault(name, 0, "", "a case is one file", "a folder", "name a file in it")
        if not file.is_file():
            return None, Fault(name, 0, "", "a case is a plain file", "something else", "name a file")
        if size > LARGEST:
            found = f"{size / 1e6:.1f} MB"
            return None, Fault(name, 0, "", "a case file has 1 MB at most", found, "keep pictures and data out of it")
        return file.read_bytes(), None
    except FileNotFoundError:
        folder = file.parent
        there = [other.name for other in folder.glob("*.yaml")] if folder.is_dir() else []
        remedy = nearest(file.name, there, "check the path") if there else "check the path"
        return None, Fault(name, 0, "", "a file that is there", "none of that name", remedy)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return None, Fault(name, 0, "", "a file that can be read", why.lower(), "check its name and its permissions")


def _judge(data: Any, thorough: bool) -> tuple[CaseFile | None, list[Problem]]:
    if data is None:
        return None, [Problem((), "a case file holds a case", "an empty file", "start from a case that works")]
    if not isinstance(data, dict):
        return None, [
            Problem(
                (),
                'a case file is a page of fields, such as "id: kidney-azole"',
                quoted(data),
                "start from a case that works",
            )
        ]
    page: CaseFile | None = None
    problems: list[Problem] = []
    try:
        page = CaseFile.model_validate(data)
    except ValidationError as error:
        problems += told(error)
    problems += checking.problems(data)
    if thorough:
        problems += checking.slow_problems(data)
    return page, problems


def _line(written: Written, problem: Problem) -> int:
    """The line of a problem; within a long text, the line on which the offending words stand."""
    first = written.line(problem.at)
    found = re.search(r"\[@[a-z0-9; @-]+\]", problem.found)
    if found is not None:
        key = found[0].strip("[]")
        for offset, line in enumerate(written.text.split("\n")[first - 1 : first + 400]):
            if re.search(rf"{re.escape(key)}(?![a-z0-9-])", line):
                return first + offset
    return first
