from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pres_teach.evidence import library

ROOT = Path(__file__).parents[2]
CITED = re.compile(r"(?<!\\)\[@([^\]]*)\]")


def texts() -> Iterator[tuple[str, str]]:
    """Everything that is shown with citations: case files, lessons and the data files of the package."""
    for path in [*sorted(ROOT.glob("cases/**/*.yaml")), *sorted(ROOT.glob("pres_teach/**/*.yaml"))]:
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("notebooks/**/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        yield path.relative_to(ROOT).as_posix(), "\n".join("".join(cell["source"]) for cell in cells)


def cited() -> list[tuple[str, str]]:
    found = set()
    for name, content in texts():
        for group in CITED.findall(content):
            found |= {(name, key.strip().removeprefix("@")) for key in group.split(";")}
    return sorted(found)


def test_something_is_cited() -> None:
    assert cited()


@pytest.mark.parametrize(("file", "key"), cited())
def test_what_is_cited_stands_in_the_library(file: str, key: str) -> None:
    assert library().cite(key) is not None, f'{file} cites "{key}"'
