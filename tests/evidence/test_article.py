"""The article on the table: every statement judged by papers that the library holds."""

from __future__ import annotations

import pytest

from pres_teach.evidence import LibraryError, UnknownKey, library
from pres_teach.evidence.article import FINDINGS, article, read_article

GOOD = 'statements:\n  a:\n    quote: "q"\n    finding: weak\n    why: "Because [@datar2015-status]."\n'


def test_there_are_twenty_eight_statements_and_what_is_missing() -> None:
    assert len(article().statements) == 28
    assert set(article().missing) == {"cover", "boxed-warnings", "drivers", "differential", "inducers"}


def test_every_finding_is_reached_by_some_statement() -> None:
    assert {one.finding for one in article().statements.values()} == set(FINDINGS)


def test_every_statement_cites_at_least_one_paper_or_says_why_none() -> None:
    for one in article().statements.values():
        assert one.papers, one.id
        assert all(library().cite(key) is not None for key in one.papers)


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("discontinue", "contradicted"),
        ("survival", "contradicted"),
        ("day-five", "contradicted"),
        ("prevention", "contradicted"),
        ("seizures", "holds"),
        ("level-therapeutic", "holds"),
        ("magnesium-contributes", "weak"),
        ("sirolimus", "weak"),
    ],
)
def test_what_the_evidence_says_of_it(name: str, finding: str) -> None:
    assert article().statement(name).finding == finding


def test_the_survival_numbers_are_drawn_and_called_by_their_counts() -> None:
    survival = article().statement("survival")
    assert [library().claim(key).numbers.split(" =")[0] for key in survival.drawn] == ["2/5", "4/10", "2/4", "8/19"]


def test_both_halves_of_the_sentence_on_magnesium_are_shown() -> None:
    papers = article().statement("magnesium-contributes").papers
    assert papers[:2] == ("hammerstrom2013-levels", "hammerstrom2013-magnesium")


def test_an_answer_that_can_be_defended_agrees() -> None:
    assert article().statement("sirolimus").agrees("contradicted")
    assert not article().statement("sirolimus").agrees("holds")


def test_an_unknown_statement_is_told_the_nearest() -> None:
    with pytest.raises(UnknownKey, match='did you mean "survival"'):
        article().statement("survivl")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (GOOD.replace("finding: weak", "finding: sure"), '"finding" of "a"'),
        (GOOD.replace('    quote: "q"\n', ""), '"quote" of "a"'),
        (GOOD.replace("datar2015-status", "nobody2099"), '"why" of "a": "nobody2099"'),
        (GOOD + '    forest: "nobody2099"\n', '"forest" of "a": "nobody2099"'),
        (GOOD.replace("[@datar2015-status]", "[@datar2015"), '"why" of "a": a citation is written'),
        (GOOD.replace("statements:", "claims:"), '"claims": sections are statements and missing'),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_field(wrong: str, message: str) -> None:
    with pytest.raises(LibraryError) as caught:
        read_article(wrong)
    assert "article.yaml line" in str(caught.value)
    assert message in str(caught.value)
