"""What a learner takes home: whole, printable, safe."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pres_teach import case as cases
from pres_teach.case import Case
from pres_teach.encounter import Encounter
from pres_teach.quiz import Response
from pres_teach.report import take_home

VOID = {"meta", "img", "br", "hr", "input", "link"}
SAID = "<script>alert('x')</script> & \"so\" on <img src=https://x.example onerror=alert(1)>"


class Tree(HTMLParser):
    """Collects tags and attributes, and checks that every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def case() -> Case:
    return cases.read(Path(__file__).parent / "encounter" / "small.yaml")


@pytest.fixture(scope="module")
def page(case: Case) -> str:
    encounter = Encounter(case)
    encounter.ask("vision")
    encounter.test("level")
    encounter.order("phenytoin", 300, "mg", "mouth", 24)
    encounter.answer("first-act", Response(chosen=(1,), confidence=70))
    encounter.answer("thoughts", Response(text=SAID))
    encounter.enter("outcome")
    return take_home(encounter)


def test_it_needs_nothing_from_outside_and_runs_nothing(page: str) -> None:
    tags = Tree(page).tags
    assert not {tag for tag, _ in tags} & {"script", "link", "iframe", "object", "embed", "form", "base"}
    for tag, attributes in tags:
        assert not [name for name in attributes if name.startswith("on")]
        source = attributes.get("src") or ""
        assert not source or source.startswith("data:image/png;base64,"), tag
    assert "url(" not in page


def test_what_the_learner_wrote_is_escaped(page: str) -> None:
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; &quot;so&quot; on" in page
    assert "<script" not in page


def test_it_says_twice_that_it_is_not_for_care(page: str) -> None:
    assert page.count("no clinician has reviewed or signed it off. For learning, not for care.") == 2


def test_every_citation_leads_to_a_source_on_the_page(page: str) -> None:
    tags = Tree(page).tags
    ids = {attributes.get("id") for _, attributes in tags}
    cited = {(attributes.get("href") or "")[1:] for tag, attributes in tags if tag == "a"}
    cited = {key for key in cited if key.startswith("source-")}
    assert cited
    assert cited <= ids


def test_pictures_have_words_and_tables_have_captions_and_headers(page: str) -> None:
    tags = Tree(page).tags
    pictures = [attributes for tag, attributes in tags if tag == "img"]
    assert pictures
    assert all((attributes.get("alt") or "").strip() for attributes in pictures)
    assert page.count("<caption>") == page.count("<table")
    assert 'scope="col"' in page


@pytest.mark.parametrize(
    "words",
    [
        "Blurred.",
        "phenytoin 300 mg every 24 h by mouth",
        "Not before glucose.",
        "An expert would think twice.",
        "70 % sure",
        "Harmful",
        "as the expert did",
        "had the level stayed in range",
        "MRI findings",
        "Brought about along the expert",
        "invented for teaching: everything else",
    ],
)
def test_it_tells_what_was_done_answered_and_learnt(page: str, words: str) -> None:
    assert words in page


def test_an_encounter_in_which_nothing_was_done_has_a_page_too(case: Case) -> None:
    page = take_home(Encounter(case))
    Tree(page)
    assert "Nothing yet." in page
    assert "None yet." in page


def test_what_was_not_reached_is_not_told(case: Case) -> None:
    page = take_home(Encounter(case))
    assert "The days after." not in page
    assert not re.search("What comes first", page)
