"""The page for authors says what the schema says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError

from pres_teach.case import check
from pres_teach.case.schema import DOSE_UNITS, parts
from pres_teach.case.written import take_apart
from pres_teach.pharmacology import formulary

PAGE = (Path(__file__).parents[2] / "docs" / "writing_a_case.md").read_text(encoding="utf-8")
PARTS = {name or "page": part for name, part in parts().items()}


class Row(NamedTuple):
    part: str
    field: str
    must: bool
    words: tuple[str, ...]
    example: str


def rows() -> Iterator[Row]:
    for section in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        for line in body.splitlines():
            if line.startswith("| `"):
                field, must, _, words, example = (cell.strip() for cell in line.strip("|").split("|"))
                for part in re.findall(r"`([^`]+)`", heading):
                    named = tuple(re.findall(r"`([^`]+)`", words))
                    yield Row(part, field.strip("`"), must == "•", named, example)


ROWS = list(rows())
NAMES = [f"{row.part}.{row.field}" for row in ROWS]
FIELDS = {
    f"{name}.{field.alias or key}": field for name, part in PARTS.items() for key, field in part.model_fields.items()
}


def test_the_page_has_every_field_of_every_part_once() -> None:
    assert sorted(NAMES) == sorted(FIELDS)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_dot_stands_at_what_must_be_there(row: Row) -> None:
    assert row.must == FIELDS[f"{row.part}.{row.field}"].is_required()


# what a field makes no sense without
BESIDE: dict[str, dict[str, Any]] = {
    "drawn_from": {"measures": "tacrolimus"},
    "tolerance": {"value": "95 mmHg"},
    "response": {"answer": "first-act"},
    "together": {"apart": "24 h"},
    "apart": {"together": ["tacrolimus", "ciclosporin"]},
}


def refused(part: type[BaseModel], field: str, value: object) -> str:
    """What is said of this one field, whatever is missing beside it."""
    try:
        part.model_validate({field: value, **BESIDE.get(field, {})})
    except ValidationError as error:
        return "; ".join(item["msg"] for item in error.errors() if item["loc"][:1] == (field,))
    return ""


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_an_example_is_accepted_as_it_stands(row: Row) -> None:
    if row.example == "see below":
        assert f"### `{row.field}`" in PAGE or f", `{row.field}`" in PAGE
        return
    written = take_apart(f"{row.field}: {row.example.strip('`')}\n")
    assert written.faults == []
    assert refused(PARTS[row.part], row.field, written.data[row.field]) == ""


def words_of(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif annotation is bool:
        yield from ("true", "false")
    else:
        for inner in get_args(annotation):
            yield from words_of(inner)


def units_of(row: Row) -> tuple[str, ...]:
    said = refused(PARTS[row.part], row.field, "x")
    named = re.search(r"a number, a space and (.*); found", said)
    return tuple(re.findall(r'"([^"]+)"', named[1])) if named else ()


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.part != "expert"], ids=lambda row: f"{row.part}.{row.field}"
)
def test_the_words_and_units_are_those_that_are_accepted(row: Row) -> None:
    expected = tuple(words_of(FIELDS[f"{row.part}.{row.field}"].annotation)) or units_of(row)
    if row.field == "dose":
        expected = DOSE_UNITS
    assert sorted(row.words) == sorted(expected)


def test_the_page_names_every_drug() -> None:
    listed = re.search(r"the name of the formulary: (.*?)\. Another", PAGE, re.DOTALL)
    assert listed is not None
    assert " ".join(listed[1].split()).split(", ") == list(formulary())


def test_the_small_case_of_the_page_is_fine(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "small-liver.yaml"
    file.write_text(text, encoding="utf-8")
    assert check(file) == []
