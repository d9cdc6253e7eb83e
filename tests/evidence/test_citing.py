"""Numbers without a source are found; sources without a reader, too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pres_teach.evidence import library, uncited
from pres_teach.evidence.article import article

ROOT = Path(__file__).parents[2]
CITED = re.compile(r"(?<!\\)\[@([^\]]*)\]")
# claims that no text cites yet, each with the reason why it is kept; empty is best
_BEHIND = "behind a number of the formulary that no learner reads: a bioavailability, a factor or the end of a band"
KEPT_WITHOUT_A_CITATION: dict[str, str] = {
    "ketoconazole-bioavailability": _BEHIND,
    "nicardipine-registry-code": "a registry's code counts no levels; kept for whoever weighs nicardipine by it",
    "voriconazole-kidney": "how far the dose was cut could not be read, so its rise gives no factor",
    "wang2019-diltiazem": _BEHIND,
    "wilhelm2012-bioavailability": _BEHIND,
    "wilhelm2012-fluconazole": "told in words, without a number, in the limits of every level of that model",
}


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Status came in 15 %.", "a percentage", "15 %"),
        ("In 31.6% of them.", "a percentage", "31.6%"),
        ("About 40 per cent died.", "a percentage", "40 per cent"),
        ("Seizures in 84 of 113.", "a count", "84 of 113"),
        ("Give 4 mg.", "a dose", "4 mg"),
        ("Load with 60 mg/kg now.", "a dose", "60 mg/kg"),
        ("A level of 22 ng/mL.", "a level", "22 ng/mL"),
        ("Under 0.66 mmol/L it is low.", "a level", "0.66 mmol/L"),
        ("A mean of 143 mmHg.", "a level", "143 mmHg"),
        ("Gone within two weeks.", "a time course", "two weeks"),
        ("Over 2 to 6 hours.", "a time course", "2 to 6 hours"),
        ("After a 24-hour gap.", "a time course", "24-hour"),
    ],
)
def test_a_number_of_medicine_without_a_source_is_found(text: str, kind: str, found: str) -> None:
    (one,) = uncited(text)
    assert (one.kind, one.found) == (kind, found)
    assert uncited(text.removesuffix(".") + " [@datar2015-status].") == ()


@pytest.mark.parametrize(
    "text",
    [
        "The 95 % interval is wide.",
        "Question 3.",
        "Press `4 mg`.",
        "CYP3A4 and T2.",
        "A 95 % Wilson interval.",
        "p = 1.0",
    ],
)
def test_what_is_no_statement_of_medicine_needs_no_source(text: str) -> None:
    assert uncited(text) == ()


def test_a_source_serves_its_own_paragraph_and_its_own_row_only() -> None:
    assert [one.found for one in uncited("A 15 % [@x-y].\n\nB 20 %.")] == ["20 %"]
    table = "| a | b |\n|---|---|\n| one | 15 % [@x-y] |\n| two | 20 % |"
    assert [one.found for one in uncited(table)] == ["20 %"]


def test_the_link_behind_a_citation_is_no_citation() -> None:
    assert uncited("B 20 %.\n\n[@datar2015]: #source-datar2015")


def cautions() -> Iterator[tuple[str, str]]:
    drugs = YAML(typ="safe", pure=True).load((ROOT / "pres_teach/pharmacology/formulary.yaml").read_text("utf-8"))[
        "drugs"
    ]
    for drug in drugs:
        for caution in drug.get("cautions", ()):
            yield drug["name"], caution["text"]


def test_every_number_in_a_caution_has_its_source() -> None:
    found = list(cautions())
    assert found
    assert [(name, one.found) for name, text in found for one in uncited(text)] == []


def test_every_number_said_about_the_article_has_its_source() -> None:
    judged = [*article().statements.values(), *article().missing.values()]
    assert [(one.id, each.found) for one in judged for each in uncited(one.why)] == []


def cited() -> set[str]:
    """Every claim that some text cites, or that a lesson draws."""
    keys: set[str] = set()
    files = [*ROOT.glob("cases/*.yaml"), *ROOT.glob("pres_teach/**/*.yaml")]
    for path in files:
        if path.name == "library.yaml":
            continue
        text = path.read_text("utf-8")
        for group in CITED.findall(text):
            keys |= {key.strip().removeprefix("@") for key in group.split(";")}
        keys |= set(re.findall(r"^\s+source: ([a-z0-9-]+)$", text, re.MULTILINE))
    for statement in article().statements.values():
        keys |= set(statement.drawn)
    for path in ROOT.glob("notebooks/*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                keys |= set(re.findall(r"\[@([a-z0-9-]+)\](?!: #source-)", source))
            elif not source.startswith("lesson.sources("):
                keys |= set(re.findall(r'"([a-z0-9-]+)"', source))
    return keys


def test_every_claim_is_cited_somewhere_or_kept_for_a_reason() -> None:
    unread = set(library().claims) - cited() - set(KEPT_WITHOUT_A_CITATION)
    assert unread == set(), "cite them where they are told, or say why they are kept"


def test_nothing_is_kept_for_a_reason_that_has_gone() -> None:
    assert set(KEPT_WITHOUT_A_CITATION) & cited() == set()
    assert set(KEPT_WITHOUT_A_CITATION) <= set(library().claims)
    assert all(len(reason) > 20 for reason in KEPT_WITHOUT_A_CITATION.values())
