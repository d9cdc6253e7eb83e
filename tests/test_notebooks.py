"""The lessons as files: what a learner, a reader without a kernel and nbval find in them."""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pres_teach import case as cases
from pres_teach.evidence import library

FOLDER = Path(__file__).parents[1] / "notebooks"
LESSONS = sorted(FOLDER.glob("*.ipynb"))
CHECKED = "nbval-check-output"
HEADING = re.compile(r"^(#{1,6}) \S", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
NUMBER_OF_PATIENTS = re.compile(r"\d+ of \d+|\d+ %")

Notebook = dict[str, Any]


def read(path: Path) -> Notebook:
    notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == kind]


def calls(path: Path) -> list[ast.Call]:
    """Calls of the lesson's methods."""
    found = [node for cell in cells(path, "code") for node in ast.walk(ast.parse(source(cell)))]
    return [
        node
        for node in found
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "lesson"
    ]


def named(path: Path, method: str) -> list[str]:
    """The texts that a lesson hands to one of its methods."""
    return [
        argument.value
        for node in calls(path)
        if isinstance(node.func, ast.Attribute) and node.func.attr == method
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def sources(keys: Iterable[str]) -> set[str]:
    return {library().source_of(key).id for key in keys}


def test_the_five_lessons_are_there() -> None:
    assert [path.stem for path in LESSONS] == [
        "00_start_here",
        "01_presentation",
        "02_mri_findings",
        "03_immunosuppression_switching",
        "04_outcomes",
    ]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_one_h1_at_the_top_and_no_level_skipped(path: Path) -> None:
    levels = [len(marks) for cell in cells(path, "markdown") for marks in HEADING.findall(source(cell))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_cells_are_one_line_collapsed_and_cannot_be_deleted(path: Path) -> None:
    for cell in read(path)["cells"]:
        assert cell["metadata"]["deletable"] is False
    for cell in cells(path, "code"):
        assert "\n" not in source(cell).strip()
        assert cell["metadata"]["jupyter"]["source_hidden"] is True


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_only_compared_cells_keep_an_output_and_they_were_run(path: Path) -> None:
    assert "widgets" not in read(path)["metadata"]
    for cell in cells(path, "code"):
        compared = CHECKED in cell["metadata"].get("tags", [])
        assert bool(cell["outputs"]) is compared
        assert (cell["execution_count"] is not None) is compared


def test_some_output_is_compared() -> None:
    assert any(CHECKED in cell["metadata"].get("tags", []) for path in LESSONS for cell in cells(path, "code"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_links_lead_to_lessons_that_exist_and_to_headings_of_the_page(path: Path) -> None:
    text = "\n".join(source(cell) for cell in cells(path, "markdown"))
    for target, _ in LINK.findall(text):
        if "://" not in target:
            assert (FOLDER / target).is_file(), target
    for anchor in re.findall(r"\]\(#([^)]+)\)", text):
        assert re.search(rf"^#+ {re.escape(anchor.replace('-', ' '))}$", text, re.MULTILINE), anchor


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_paragraph_that_counts_patients_names_its_source(path: Path) -> None:
    for cell in cells(path, "markdown"):
        for paragraph in re.split(r"\n\s*\n", source(cell)):
            if NUMBER_OF_PATIENTS.search(paragraph):
                assert "](#Sources)" in paragraph, paragraph


def test_every_question_of_the_case_is_asked_once_and_in_its_part() -> None:
    case = cases.read("kidney-azole")
    stage_of = {"00": "presentation", "01": "presentation", "02": "mri", "03": "switching", "04": "outcome"}
    asked = [(stage_of[path.stem[:2]], name) for path in LESSONS for name in named(path, "question")]
    written = [(name, question.id) for name, stage in case.stages.items() for question in stage.questions]
    assert asked == written  # in this order: a learner reads "question 3 of 9"


def test_the_right_answer_has_no_favourite_place() -> None:
    questions = [
        q for stage in cases.read("kidney-azole").stages.values() for q in stage.questions if q.kind == "single"
    ]
    places = [question.key[0] for question in questions]
    assert max(places.count(place) for place in set(places)) <= len(places) / 2


@pytest.mark.parametrize("path", LESSONS[1:], ids=lambda path: path.stem)
def test_the_list_of_sources_holds_what_the_questions_of_the_lesson_cite(path: Path) -> None:
    case = cases.read("kidney-azole")
    text = " ".join(case.question(name).model_dump_json() for name in named(path, "question"))
    missing = sources(re.findall(r"\[@([a-z0-9-]+)\]", text)) - sources(named(path, "sources"))
    assert not missing


def test_the_first_lesson_says_where_the_answers_lie() -> None:
    assert "plain text file" in "\n".join(source(cell) for cell in cells(LESSONS[0], "markdown"))
