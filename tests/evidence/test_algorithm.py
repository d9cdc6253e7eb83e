"""The management algorithm as data: judged, cited, and a draft until somebody answers for it."""

from __future__ import annotations

import re

import pytest

from pres_teach.evidence import LibraryError, library, uncited
from pres_teach.evidence.algorithm import VERDICTS, Algorithm, algorithm, read_algorithm

GOOD = """\
review:
  page:
    status: draft
    updated: "2026-11-26"
steps:
  one:
    title: "Step 1"
rows:
  a:
    step: one
    article: "q"
    verdict: weak
    instead: "Do this [@status-five-minutes]."
    why: "Because [@datar2015-status]."
"""


def fingerprint_of(text: str) -> str:
    """What the error tells an approver to write."""
    with pytest.raises(LibraryError) as caught:
        read_algorithm(text)
    (found,) = re.findall(r'this text is "([0-9a-f]{12})"', str(caught.value))
    return str(found)


def approved(text: str = GOOD, by: str = "Dr A. Example") -> str:
    """The same page, approved by somebody who read it."""
    signed = text.replace("status: draft", f'status: approved\n    by: "{by}"')
    return signed.replace("steps:\n", f'    text: "{fingerprint_of(signed)}"\nsteps:\n', 1)


def said(name: str) -> str:
    row = algorithm().rows[name]
    return f"{row.holds} {row.instead} {row.why}"


# --- what it holds --------------------------------------------------------------------------------------------------


def test_the_three_steps_of_the_article_and_what_comes_before_them() -> None:
    assert list(algorithm().steps) == ["first", "immediate", "options", "follow"]
    words = [row.article for step in ("immediate", "options", "follow") for row in algorithm().of(step) if row.article]
    assert len(words) == 11


def test_every_verdict_is_reached_by_some_row() -> None:
    assert {row.verdict for row in algorithm().rows.values()} == set(VERDICTS)


def test_the_article_is_quoted_in_few_words() -> None:
    assert max(len(row.article.split()) for row in algorithm().rows.values()) <= 8


def test_every_number_has_its_source() -> None:
    parts = [(row.id, part) for row in algorithm().rows.values() for part in (row.holds, row.instead, row.why)]
    parts += [(step.id, step.lead) for step in algorithm().steps.values()]
    assert [(name, one.found) for name, part in parts for one in uncited(part)] == []


def test_every_row_rests_on_claims_of_the_library() -> None:
    for row in algorithm().rows.values():
        assert row.papers, row.id
        assert set(row.papers) <= set(library().claims)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("discontinue", "days to weeks without cover are not"),
        ("discontinue", "Call the transplant team before the next dose"),
        ("pressure", "no more than 20 to 25 % of the presenting mean pressure"),
        ("pressure", "a normal pressure is not lowered"),
        ("pressure", "nicardipine raises it"),
        ("seizures", "a benzodiazepine first"),
        ("magnesium", "never to the targets of eclampsia"),
        ("ciclosporin", "at least 24 hours between"),
        ("sirolimus", "Boxed warnings"),
        ("sirolimus", "not recommended in a heart"),
        ("other", "not without immunity to Epstein-Barr virus"),
        ("rescan", "At once when worse"),
    ],
)
def test_what_was_corrected(row: str, told: str) -> None:
    assert told in said(row)


def test_no_dose_stands_on_it() -> None:
    everything = " ".join(said(name) for name in algorithm().rows)
    assert re.findall(r"\d\s?(?:mg|g|mmol|units|µg)\b", everything) == []


def test_no_plan_is_called_better_and_no_survival_is_told() -> None:
    assert "Nothing shows that one plan is better" in algorithm().steps["options"].lead
    everything = " ".join(said(name) for name in algorithm().rows)
    assert "surviv" not in everything.casefold()


# --- review ---------------------------------------------------------------------------------------------------------


def test_what_ships_is_a_draft_until_a_clinician_has_answered_for_it() -> None:
    review = algorithm().review
    assert review.approved is bool(review.reviewers and review.text)
    assert "For learning, not for care." in review.told


def test_an_approved_page_says_by_whom_and_when() -> None:
    review = read_algorithm(approved(by="Dr A. Example; Dr B. Other")).review
    assert review.approved
    assert review.told == "Approved by Dr A. Example and Dr B. Other on 2026-11-26. For learning, not for care."


def test_under_review_is_not_approved() -> None:
    review = read_algorithm(GOOD.replace("status: draft", 'status: "under review"')).review
    assert not review.approved
    assert "not approved yet" in review.told


def test_a_changed_text_undoes_its_approval() -> None:
    changed = approved().replace("Do this", "Do that")
    with pytest.raises(LibraryError, match="an approval holds for one text only"):
        read_algorithm(changed)


def test_the_repr_is_short_and_names_the_status() -> None:
    made = read_algorithm(GOOD)
    assert isinstance(made, Algorithm)
    assert repr(made) == "Algorithm(1 steps, 1 rows, draft)"


# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (approved().replace('    by: "Dr A. Example"\n', ""), '"by": an approved page names who approved it'),
        (GOOD.replace('    updated: "2026-11-26"\n', ""), '"updated" of "page": Field required; found nothing'),
        (GOOD.replace("2026-11-26", "soon"), '"updated" of "page"'),
        (GOOD.replace("status: draft", "status: fine"), '"status" of "page"'),
        (GOOD.replace("review:\n  page:\n    status: draft\n", "review:\n"), "a field belongs to an entry"),
        (GOOD.replace("verdict: weak", "verdict: sure"), '"verdict" of "a"'),
        (GOOD.replace("verdict: weak", 'verdict: "left out"'), '"left out" is for what the article does not say'),
        (GOOD.replace('    article: "q"\n', ""), "words of the article are judged"),
        (GOOD.replace("    step: one", "    step: two"), '"step" of "a": the id of a step; found "two"'),
        (GOOD.replace("status-five-minutes", "nobody2099"), '"instead" of "a": "nobody2099"'),
        (GOOD.replace(" [@status-five-minutes]", ""), '"instead" of "a": what is to be done cites a claim'),
        (GOOD.replace("[@status-five-minutes]", "[@status"), '"instead" of "a": a citation is written'),
        (GOOD.replace('    why: "Because [@datar2015-status]."\n', ""), '"why" of "a": a correction gives its reason'),
        (GOOD.replace("rows:", "lines:"), '"lines": sections are review, steps, rows'),
        (GOOD.partition("rows:")[0], '"one": a step has rows'),
        (GOOD.partition("steps:")[2].join(("steps:", "")), '"review": one entry says how far'),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_field(wrong: str, message: str) -> None:
    with pytest.raises(LibraryError) as caught:
        read_algorithm(wrong)
    assert "algorithm.yaml line" in str(caught.value)
    assert message in str(caught.value)
