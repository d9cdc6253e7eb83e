"""The lessons as files: what a learner, a reader without a kernel and nbval find in them."""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Iterable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from pres_teach import case as cases
from pres_teach.case.sheet import sheet
from pres_teach.evidence import library, uncited
from pres_teach.evidence.article import article

_TOOL = spec_from_file_location("cite_notebooks", Path(__file__).parents[1] / "tools" / "cite_notebooks.py")
assert _TOOL is not None
assert _TOOL.loader is not None
cite_notebooks = module_from_spec(_TOOL)
_TOOL.loader.exec_module(cite_notebooks)

FOLDER = Path(__file__).parents[1] / "notebooks"
LESSONS = sorted(FOLDER.glob("*.ipynb"))
PREVENTION = FOLDER / "05_prevention_and_monitoring.ipynb"
CHECKED = "nbval-check-output"
HEADING = re.compile(r"^(#{1,6}) \S", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")

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


def test_the_lessons_are_there() -> None:
    assert [path.stem for path in LESSONS] == [
        "00_start_here",
        "01_presentation",
        "02_mri_findings",
        "03_immunosuppression_switching",
        "04_outcomes",
        "05_prevention_and_monitoring",
        "06_reading_the_evidence",
        "07_whole_case",
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


# how long a lesson takes is no statement of medicine
DURATION = re.compile(r"\*About \d+ minutes\. ")


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_number_of_medicine_has_its_source_in_the_same_paragraph(path: Path) -> None:
    for cell in cells(path, "markdown"):
        assert [one.found for one in uncited(DURATION.sub("*", source(cell)))] == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_citations_their_links_the_list_of_sources_and_the_review_are_in_step(path: Path) -> None:
    notebook = read(path)
    assert cite_notebooks.in_step(notebook) == notebook, "run tools/cite_notebooks.py"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_citation_in_prose_is_known_and_links_to_its_source_without_a_script(path: Path) -> None:
    for cell in cells(path, "markdown"):
        for key in cite_notebooks.cited(source(cell)):
            assert library().cite(key) is not None, key
            assert f"\n[@{key}]: #source-{library().source_of(key).id}" in source(cell)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_review_status_stands_in_the_metadata_and_below_the_title(path: Path) -> None:
    review = cases.Review.model_validate(read(path)["metadata"]["pres_teach"]["review"])
    assert f"*Review: {review.told}*" in source(cells(path, "markdown")[0])
    assert "For learning, not for care." in review.told


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_lesson_can_be_asked(path: Path) -> None:
    assert any("look_up()" in source(cell) for cell in cells(path, "code"))


def test_every_statement_of_the_article_is_judged_once() -> None:
    judged = named(FOLDER / "06_reading_the_evidence.ipynb", "judge")
    assert sorted(judged) == sorted(article().statements)


def test_every_question_of_the_case_is_asked_once_and_in_its_part() -> None:
    case = cases.read("kidney-azole")
    stage_of = {"00": "presentation", "01": "presentation", "02": "mri", "03": "switching", "04": "outcome"}
    of_the_case = [path for path in LESSONS if path != PREVENTION]
    asked = [(stage_of.get(path.stem[:2], ""), name) for path in of_the_case for name in named(path, "question")]
    written = [(name, question.id) for name, stage in case.stages.items() for question in stage.questions]
    assert asked == written  # in this order: a learner reads "question 3 of 9"


def test_every_question_of_the_lesson_on_prevention_is_asked_once_and_in_order() -> None:
    assert named(PREVENTION, "question") == [question.id for question in sheet("prevention").questions]


def test_the_lesson_on_prevention_judges_first_builds_a_plan_and_ends_with_the_algorithm() -> None:
    methods = [node.func.attr for node in calls(PREVENTION) if isinstance(node.func, ast.Attribute)]
    assert methods.index("judge") < methods.index("plan") < methods.index("algorithm")
    assert methods[-3:] == ["algorithm", "look_up", "sources"]


def test_nothing_that_answers_a_question_on_prevention_stands_open_below_it() -> None:
    assert named(PREVENTION, "forest") == []
    assert len(named(PREVENTION, "counted")) > 10


def test_the_questions_of_a_sheet_are_reviewed_with_their_lesson() -> None:
    review = cases.Review.model_validate(read(PREVENTION)["metadata"]["pres_teach"]["review"])
    assert sheet("prevention").review == review


def test_the_right_answer_has_no_favourite_place() -> None:
    questions = [
        q for stage in cases.read("kidney-azole").stages.values() for q in stage.questions if q.kind == "single"
    ]
    places = [question.key[0] for question in questions]
    assert max(places.count(place) for place in set(places)) <= len(places) / 2


@pytest.mark.parametrize("path", LESSONS[1:], ids=lambda path: path.stem)
def test_the_list_of_sources_holds_what_the_questions_of_the_lesson_cite(path: Path) -> None:
    home = cite_notebooks.home_of(read(path))
    text = " ".join(home.question(name).model_dump_json() for name in named(path, "question"))
    missing = sources(re.findall(r"\[@([a-z0-9-]+)\]", text)) - sources(named(path, "sources"))
    assert not missing


def test_the_first_lesson_says_where_the_answers_lie() -> None:
    assert "plain text file" in "\n".join(source(cell) for cell in cells(LESSONS[0], "markdown"))
