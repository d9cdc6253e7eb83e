"""Terms are explained where they stand, to those who need them, in their units."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pres_teach import text
from pres_teach.evidence import LibraryError, Reader, glossary, uncited
from pres_teach.evidence.glossary import read_glossary

ROOT = Path(__file__).parents[2]
TERM = 'terms:\n  trough:\n    words: "trough; troughs"\n    plain: "The lowest level"\n'
# every term that the brief of the lessons names, and what stands for it there
NAMED = [
    "trough",
    "haematocrit",
    "vasogenic oedema",
    "ADC",
    "FLAIR",
    "SWI",
    "DWI",
    "RCVS",
    "PML",
    "SBAR",
    "GVHD",
    "CYP3A4",
]


def marked(markdown: str, reader: Reader) -> list[str]:
    page = text.render(markdown, None, glossary().glosser(reader))
    return re.findall(r'<span class="pt-term"[^>]*>([^<]+)</span>', page)


@pytest.mark.parametrize("term", NAMED)
def test_a_student_is_told_what_it_means(term: str) -> None:
    assert marked(f"Look at {term} now", Reader()) == [term]


def test_each_reader_is_told_what_they_do_not_work_with() -> None:
    said = "The trough and the watershed and the FLAIR"
    assert marked(said, Reader("student")) == ["trough", "watershed", "FLAIR"]
    assert marked(said, Reader("resident")) == ["trough"]
    assert marked(said, Reader("pharmacist")) == ["watershed", "FLAIR"]


def test_a_term_is_marked_whole_and_longest_first() -> None:
    assert marked("Mean arterial pressure; non-convulsive status; a trough level", Reader()) == [
        "Mean arterial pressure",
        "non-convulsive status",
        "trough level",
    ]
    assert marked("Throughout. Magnesiumless. Pre-FLAIR", Reader()) == []


def test_an_abbreviation_is_marked_in_capitals_alone() -> None:
    assert marked("Dark on the map, and a MAP of 95; as a gre at dawn", Reader()) == ["MAP"]


def test_every_term_is_short_plain_and_says_where_it_is_from() -> None:
    for term in glossary().values():
        assert len(term.plain) <= 320, term
        assert term.plain.endswith((".", "?")), term
        kinds = dict(term.lines)
        assert kinds["known"].startswith(("After ", "Not checked")), term


def test_a_number_in_the_glossary_has_a_checked_source() -> None:
    allowed = {"trough", "magnesium", "status-epilepticus", "confidence-interval", "half-life", "denominator"}
    for term in glossary().values():
        if uncited(f"{term.plain} {term.more}"):
            assert term.source != "common-knowledge" or term.id in allowed, term


def test_most_abbreviations_of_the_lessons_are_in_the_glossary() -> None:
    words = {form for term in glossary().values() for form in term.words}
    found = set()
    for path in ROOT.glob("notebooks/*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                found |= set(
                    re.findall(r"(?<![\w-])[A-Z]{3,5}(?![\w-])", re.sub(r"\[@[^\]]*\].*", "", "".join(cell["source"])))
                )
    everyday = {"MRI", "ECG", "ACC", "AHA", "AJNR", "AJR"}
    assert found - words - everyday == set()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (TERM.replace("words:", "wrds:"), '"words" of "trough": every term needs it'),
        (TERM.replace('    plain: "The lowest level"\n', ""), '"plain" of "trough": every term needs it'),
        (
            TERM + "    known_to: surgeon\n",
            '"known_to" of "trough": readers are student, resident, pharmacist; found "surgeon"',
        ),
        (TERM + "    source: nobody2099\n", '"source" of "trough": "nobody2099": must be the id'),
        (
            TERM + TERM.replace("terms:\n", "").replace("  trough:", "  other:"),
            'a form stands in one term; found "trough"',
        ),
        (TERM.replace("terms:", "words:"), '"words": the one section is terms'),
    ],
)
def test_a_wrong_glossary_is_refused_with_line_and_remedy(wrong: str, message: str) -> None:
    with pytest.raises(LibraryError) as caught:
        read_glossary(wrong)
    assert "glossary.yaml line" in str(caught.value)
    assert message in str(caught.value)


def test_units_follow_the_reader_and_both_stay() -> None:
    said = "Glucose 6.2 mmol/L (112 mg/dL), level 14.1 ng/mL, mean 118 mmHg"
    assert Reader().in_units(said) == said
    assert Reader(laboratory="mg/dL").in_units(said).startswith("Glucose 112 mg/dL (6.2 mmol/L), level 14.1 ng/mL")
    assert "level 14.1 µg/L (14.1 ng/mL), mean" in Reader(level="µg/L").in_units(said)


def test_units_that_have_no_partner_stay_as_they_are() -> None:
    assert Reader(laboratory="mg/dL").in_units("0.7 mmol/L and 98 %") == "0.7 mmol/L and 98 %"


def test_depth_follows_the_reader() -> None:
    lines = (("says", "a"), ("plain", "b"), ("more", "c"))
    assert [kind for kind, _ in Reader("student").lines(lines)] == ["says", "plain"]
    assert [kind for kind, _ in Reader("pharmacist").lines(lines)] == ["says", "more"]


def test_a_reader_that_nobody_knows_is_refused_and_a_kept_one_forgiven() -> None:
    with pytest.raises(ValueError, match="\"who\": must be one of student, resident, pharmacist; found 'surgeon'"):
        Reader("surgeon")  # type: ignore[arg-type]
    assert Reader.of({"who": "surgeon", "level": "µg/L", "else": 3}) == Reader(level="µg/L")
