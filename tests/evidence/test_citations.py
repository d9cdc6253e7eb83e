from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pres_teach.evidence import library

ROOT = Path(__file__).parents[2]
CITED = re.compile(r"(?<!\\)\[@([^\]]*)\]")


def texts() -> Iterator[tuple[str, str]]:
    """Everything that is shown with citations: case files, lessons and the data files of the package."""
    for path in [*sorted(ROOT.glob("cases/**/*.yaml")), *sorted(ROOT.glob("pres_teach/**/*.yaml"))]:
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    for path in lessons():
        yield path.relative_to(ROOT).as_posix(), "\n".join(cells(path, "markdown") + cells(path, "code"))


def lessons() -> list[Path]:
    return sorted(ROOT.glob("notebooks/**/*.ipynb"))


def cells(path: Path, kind: str) -> list[str]:
    written = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in written if cell["cell_type"] == kind]


def cited() -> list[tuple[str, str]]:
    """Each key in ``[@key]`` with the file that holds it."""
    found = set()
    for name, content in texts():
        for group in CITED.findall(content):
            found |= {(name, key.strip().removeprefix("@")) for key in group.split(";")}
    return sorted(found)


def asked_for() -> list[tuple[str, str]]:
    """Each key that a lesson hands to a list of sources or an interval plot."""
    found = set()
    for path in lessons():
        for cell in cells(path, "code"):
            for node in ast.walk(ast.parse(cell)):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("forest", "sources"):
                    words = [word for argument in node.args for word in ast.walk(argument)]
                    found |= {(path.name, word.value) for word in words if isinstance(word, ast.Constant)}
    return sorted(found)


def named_sources(part: object) -> Iterator[str]:
    """Each value of a field ``source``, however deep."""
    if isinstance(part, dict):
        if isinstance(part.get("source"), str):
            yield part["source"]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from named_sources(inner)


@pytest.mark.parametrize(
    "path",
    [ROOT / "pres_teach/pharmacology/formulary.yaml", ROOT / "pres_teach/pharmacology/laboratory.yaml"]
    + sorted(ROOT.glob("cases/*.yaml")),
    ids=lambda path: path.stem,
)
def test_each_source_that_a_file_names_is_one_of_the_library(path: Path) -> None:
    named = set(named_sources(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))))
    assert named
    assert named - set(library().sources) == set()


def test_something_is_cited() -> None:
    assert cited()


@pytest.mark.parametrize(("file", "key"), cited())
def test_what_is_cited_stands_in_the_library(file: str, key: str) -> None:
    assert library().cite(key) is not None, f'{file} cites "{key}"'


def test_some_lesson_asks_for_a_source_or_a_claim() -> None:
    assert asked_for()


@pytest.mark.parametrize(("file", "key"), asked_for())
def test_what_a_lesson_asks_for_stands_in_the_library(file: str, key: str) -> None:
    assert library().cite(key) is not None, f'{file} asks for "{key}"'
