"""The page for instructors says what the schema says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin

import pytest
import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from pres_teach.evidence import library
from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import Drug, check_order, formulary
from pres_teach.pharmacology.drug import Acts, Bioavailability, Caution, Condition, Interaction, Support, UsualDose
from pres_teach.pharmacology.laboratory import _Row
from pres_teach.text import citations

PAGE = (Path(__file__).parents[2] / "docs" / "formulary.md").read_text(encoding="utf-8")
PARTS: dict[str, type[BaseModel]] = {
    "drug": Drug,
    "usual": UsualDose,
    "bioavailability": Bioavailability,
    "interactions": Interaction,
    "acts": Acts,
    "cautions": Caution,
    "when": Condition,
    "ranges": _Row,
}


class Row(NamedTuple):
    part: str
    field: str
    must: bool
    words: tuple[str, ...]
    example: str


def rows() -> Iterator[Row]:
    page = PAGE.replace("## The ranges of a laboratory", "### `ranges`")
    for section in re.split(r"^### ", page, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        for line in body.splitlines():
            if line.startswith("| `"):
                field, must, _, words, example = (cell.strip() for cell in line.strip("|").split("|"))
                named = tuple(re.findall(r"`([^`]+)`", words))
                yield Row(heading.strip().strip("`"), field.strip("`"), must == "•", named, example.strip("`"))


ROWS = list(rows())
NAMES = [f"{row.part}.{row.field}" for row in ROWS]


def test_the_page_has_every_field_of_every_part_once() -> None:
    fields = [f"{name}.{field}" for name, part in PARTS.items() for field in part.model_fields]
    assert sorted(NAMES) == sorted(fields)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_dot_stands_at_what_must_be_there(row: Row) -> None:
    assert row.must == PARTS[row.part].model_fields[row.field].is_required()


@pytest.mark.parametrize("row", [row for row in ROWS if row.example], ids=lambda row: f"{row.part}.{row.field}")
def test_an_example_is_accepted(row: Row) -> None:
    value = yaml.safe_load(row.example)
    field = PARTS[row.part].model_fields[row.field]
    try:
        TypeAdapter(field.annotation).validate_python(value)
    except ValidationError as error:
        pytest.fail(str(error))


def words_of(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif annotation is bool:
        yield from ("true", "false")
    else:
        for inner in get_args(annotation):
            yield from words_of(inner)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_words_are_those_that_are_accepted(row: Row) -> None:
    expected = set(words_of(PARTS[row.part].model_fields[row.field].annotation))
    if row.field in ("models", "largest"):
        return
    if row.field == "support" and row.part != "ranges":
        expected = set()
    if row.field == "with_groups":
        assert row.words == ("group",)
        return
    if row.field == "routes" and row.part == "drug":
        expected -= {"mouth", "iv", "im"}
    if row.field in ("organs", "ebv"):
        assert all(Condition.model_validate({row.field: [word]}) for word in row.words)
        return
    assert {word for word in row.words if word not in PARTS} == expected - set(PARTS)


def test_every_support_is_explained() -> None:
    section = PAGE[PAGE.index("## How well") : PAGE.index("## A drug for one case")]
    named = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(named) == sorted(["support", *get_args(Support)])


def example() -> dict[str, Any]:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (drug,) = yaml.safe_load(text)["formulary"]
    return dict(drug)


def test_the_drug_of_the_page_is_new_and_is_warned_of_like_the_others() -> None:
    drug = Drug.model_validate(example())
    assert drug.name not in formulary()
    known = formulary().extended([drug])
    who = Patient(1, 28, "male", 68, "kidney", "*3/*3", 32, 88, 130, 0.78)
    chart = Chart((Order("tacrolimus", 20.0, 3.0, "mg", "mouth", 12.0),), known)
    told = check_order(Order("itraconazole", 300.0, 200.0, "mg", "mouth", 12.0), who, chart)
    assert any("the size is unknown" in sentence for sentence in told)
    assert any("QT" in sentence for sentence in told)
    assert all(library().cite(key) is not None for sentence in told for key in citations(sentence))
