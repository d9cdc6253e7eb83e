"""Looking things up: what fits comes with its source, what is not there is said not to be there."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach import case as cases
from pres_teach import text
from pres_teach.evidence import library
from pres_teach.lookup import Entry, Index, entries, index

FULL = index()
COUNTED = Index(entries(), full_text=False)
BOTH = pytest.mark.parametrize("where", [FULL, COUNTED], ids=["full text", "words counted"])


def keys(where: Index, question: str) -> list[str]:
    return [hit.key for hit in where.find(question).hits]


@BOTH
@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("How often do seizures come after a liver?", "cruz2012-seizures"),
        ("hypomagnesemia", "hammerstrom2013-magnesium"),
        ("Can I give phenytoin with tacrolimus?", "phenytoin-inducer"),
        ("what is vasogenic edema", "vasogenic-oedema"),
        ("cyclosporine rejection", "transplantation2000-rejection"),
        ("Does it come back?", "datar2015-recurrence"),
        ("nicardipine level", "hooper2012-levels"),
        ("labetalol", "labetalol"),
        ("headache kidney", "kidney-azole"),
        ("boxed warning sirolimus", "sirolimus"),
    ],
)
def test_a_question_finds_what_the_package_holds(where: Index, question: str, key: str) -> None:
    assert key in keys(where, question)


@BOTH
@pytest.mark.parametrize("question", ["zebra", "Is ketamine safe?", "quantum entanglement"])
def test_what_is_not_there_is_said_not_to_be_there(where: Index, question: str) -> None:
    answer = where.find(question)
    assert answer.hits == ()
    assert answer.said.startswith("Nothing in this package speaks of that.")
    assert "does not mean that nothing is known" in answer.said


@BOTH
@pytest.mark.parametrize("question", ["", "   ", "*", "what is the", "?!"])
def test_a_question_without_a_word_that_matters_is_asked_for_one(where: Index, question: str) -> None:
    answer = where.find(question)
    assert answer.hits == ()
    assert answer.said.startswith("Write a word or two")


@BOTH
def test_a_find_with_some_words_only_says_so(where: Index) -> None:
    answer = where.find("phenytoin zebra")
    assert answer.hits
    assert answer.said.startswith('Nothing here speaks of "zebra".')
    assert where.find("phenytoin calcarine").said.startswith("Nothing here holds all of your words.")


def test_every_entry_names_a_source_that_exists() -> None:
    for entry in FULL.entries:
        cited = text.citations(entry.text)
        assert cited or entry.kind == "case" or (entry.kind == "drug" and "- " not in entry.text), entry.key
        assert all(library().cite(key) is not None for key in cited)
        text.render(entry.text, library().cite)


def test_a_case_is_found_by_its_title_and_gives_nothing_away() -> None:
    found = [entry for entry in FULL.entries if entry.kind == "case"]
    assert {entry.key for entry in found} == set(cases.ids())
    for entry in found:
        case = cases.read(entry.key)
        assert entry.title == case.title
        assert case.illness.diagnosis not in f"{entry.title} {entry.text} {entry.words}"


def test_every_claim_drug_and_term_can_be_found_by_its_own_name() -> None:
    for entry in FULL.entries:
        assert entry in FULL.find(entry.title, most=len(FULL.entries)).hits or len(entry.title) < 3, entry.key


@given(st.text(max_size=80))
def test_whatever_is_asked_is_text_and_never_an_operator(question: str) -> None:
    for where in (FULL, COUNTED):
        answer = where.find(question)
        assert set(answer.hits) <= set(where.entries)
        assert answer.said


def test_the_same_question_has_the_same_answer() -> None:
    assert FULL.find("magnesium").hits == Index(entries()).find("magnesium").hits


def test_without_full_text_in_sqlite_words_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old(sqlite3.Connection):
        def execute(self, *words: object) -> sqlite3.Cursor:  # type: ignore[override]
            raise sqlite3.OperationalError("no such module: fts5")

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k, factory=Old))
    old = Index([Entry("term", "a", "magnesium", "A salt [@common-knowledge]")])
    assert "words counted" in repr(old)
    assert [hit.key for hit in old.find("magnesium").hits] == ["a"]


def test_a_question_of_any_length_is_cut() -> None:
    assert FULL.find("zebra " * 10_000).hits == ()
