"""Markdown and citations: what comes out is safe, whatever goes in."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach.text import Citation, Gloss, TextError, citations, inline, plain, render


def cite(key: str) -> Citation | None:
    """Know two sources and a claim of the first."""
    return {
        "datar2015": Citation("Datar 2015", (("says", 'Five "of" 30 <b>'), ("known", "Read.")), "datar2015"),
        "datar2015-status": Citation("Datar 2015", (("says", "Status in 5 of 30"),), "datar2015"),
        "song": Citation("Song", (("says", "Two kidneys"),), "song"),
    }.get(key)


class Tags(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_a_citation_points_at_its_source_and_carries_its_card() -> None:
    assert render("Status in 15 % [@datar2015].", cite) == (
        '<p>Status in 15 % (<span class="pt-citing"><a class="pt-cite" href="#source-datar2015">Datar 2015</a>'
        '<span class="pt-card"><span class="pt-card-says">Five &quot;of&quot; 30 &lt;b&gt;</span> '
        '<span class="pt-card-known">Read.</span></span></span>).</p>'
    )


def test_a_card_is_no_title_which_no_keyboard_reaches() -> None:
    assert "title=" not in render("Status in 15 % [@datar2015].", cite)


def gloss(text: str) -> Iterator[tuple[int, int, Gloss]]:
    for match in re.finditer("(?i)trough|ADC", text):
        yield match.start(), match.end(), Gloss(match[0].casefold(), (("says", f"What {match[0]} is <b>"),))


def test_the_first_place_of_a_term_is_explained_and_reached_by_keyboard() -> None:
    page = render("A trough, another trough and `trough`.\n\nADC of the trough", cite, gloss)
    assert page.count('<span class="pt-term" role="button" tabindex="0">trough</span>') == 1
    assert page.count('<span class="pt-card-says">What trough is &lt;b&gt;</span>') == 1
    assert page.count(">ADC</span>") == 1


@pytest.mark.parametrize("text", ["## The trough", "[trough](https://example.org)", "`trough`"])
def test_terms_in_headings_links_and_code_stay_as_they_are(text: str) -> None:
    assert "pt-term" not in render(text, cite, gloss)


def test_the_citation_of_a_claim_points_at_the_source_of_the_claim() -> None:
    assert 'href="#source-datar2015"' in render("[@datar2015-status]", cite)


def test_several_citations_share_one_bracket() -> None:
    assert plain("So [@datar2015; @song].", cite) == "So (Datar 2015; Song)."
    assert [tag for tag, _ in Tags(render("So [@datar2015; @song].", cite)).seen].count("a") == 2


def test_an_unknown_key_is_refused_with_the_remedy() -> None:
    with pytest.raises(TextError) as caught:
        render("x [@datar2016]", cite)
    assert str(caught.value) == (
        'a citation names a source or claim of the library; found "[@datar2016]"; '
        "correct the key, or add the source to the library"
    )


@pytest.mark.parametrize("text", ["[@Datar2015]", "[@]", "[@a b]", "[@a, @b]", "[@a;b]", "[@" + "a" * 100 + "]", "[@a"])
def test_a_malformed_citation_is_refused(text: str) -> None:
    with pytest.raises(TextError, match=r"a citation is written \[@key\]"):
        render(text, cite)


def test_without_a_citer_the_keys_are_shown() -> None:
    assert render("[@song]") == '<p>(<span class="pt-cite">song</span>)</p>'
    assert plain("[@song]") == "(song)"


def test_a_citation_in_code_or_escaped_is_none() -> None:
    assert citations(r"`[@a]` and \[@b]") == ()
    assert plain(r"`[@a]` and \[@b]", cite) == "[@a] and [@b]"


def test_citations_come_in_order_and_once() -> None:
    assert citations("[@b] *[@a; @b]*\n\n| x |\n|---|\n| [@c] |\n\n- [@d]") == ("b", "a", "c", "d")


def test_a_citation_before_a_colon_is_still_a_citation() -> None:
    assert citations("[@song]: two kidneys") == ("song",)


def test_markdown_keeps_its_meaning() -> None:
    page = render("## Findings\n\n- **one**\n- *two*\n\n1. a\n\n> said\n\n`code`")
    for part in (
        "<h4>Findings</h4>",
        "<strong>one</strong>",
        "<em>two</em>",
        "<ol>",
        "<blockquote>",
        "<code>code</code>",
    ):
        assert part in page


def test_headings_stay_below_those_of_the_page() -> None:
    assert [tag for tag, _ in Tags(render("# a\n\n### b\n\n###### c")).seen] == ["h3", "h5", "h6"]


def test_a_table_has_headed_columns() -> None:
    assert '<th scope="col">a</th>' in render("| a | b |\n|---|---|\n| 1 | 2 |")


def test_a_link_outwards_opens_beside_the_page() -> None:
    assert render("[x](https://example.org/a?b=c&d=e)") == (
        '<p><a href="https://example.org/a?b=c&amp;d=e" target="_blank" rel="noopener noreferrer">x</a></p>'
    )
    assert render("[x](#source-song)") == '<p><a href="#source-song">x</a></p>'


@pytest.mark.parametrize(
    "text",
    [
        "[x](http://example.org)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,a)",
        "[x](//example.org)",
        "[x](../notebooks/a.ipynb)",
        "[x](mailto:a@b.c)",
        "[x]()",
        "<javascript:alert(1)>",
        "<a@example.org>",
    ],
)
def test_any_other_link_is_refused(text: str) -> None:
    with pytest.raises(TextError, match="a link goes to"):
        render(text)


def test_a_picture_is_refused() -> None:
    with pytest.raises(TextError, match="a text holds no pictures"):
        render("![alt](https://example.org/a.png)")


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a <b onclick=x>b</b>", "<!-- c -->", "<?php ?>"],
)
def test_raw_tags_come_out_as_text(text: str) -> None:
    assert {tag for tag, _ in Tags(render(text)).seen} <= {"p"}
    assert plain(text) == text


@pytest.mark.parametrize("wrong", [None, 3, ["a"], b"a"])
def test_what_is_no_text_is_refused(wrong: object) -> None:
    with pytest.raises(TextError, match="a text is written in words"):
        render(wrong)  # type: ignore[arg-type]


def test_an_endless_text_is_refused() -> None:
    with pytest.raises(TextError, match="at most"):
        render("a" * 200_000)


def test_one_line_has_no_paragraph() -> None:
    assert inline("How is\nyour *sight*?") == "How is your <em>sight</em>?"
    assert inline("- 1 + 2") == "- 1 + 2"


def test_plain_text_has_a_line_for_each_paragraph_item_and_row() -> None:
    assert plain("# A\n\nb\nc\n\n- d\n- e\n\n| f | g |\n|---|---|\n| 1 | 2 |\n\n```\nh\n```") == (
        "A\nb c\nd\ne\nf, g\n1, 2\nh"
    )


def test_a_text_error_survives_pickling() -> None:
    error = TextError("rule", "found", "remedy")
    assert str(pickle.loads(pickle.dumps(error))) == "rule; found found; remedy"


ALLOWED = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h3", "h4", "h5", "h6"),
    "span",
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"href", "role", "tabindex", "class", "target", "rel", "scope", "start", "style"}
MARKDOWN = st.lists(
    st.sampled_from(
        [
            "[",
            "]",
            "(",
            ")",
            "<",
            ">",
            "!",
            "`",
            "*",
            "_",
            "#",
            "- ",
            "\n",
            "\n\n",
            "|",
            "---",
            "\\",
            "&",
            '"',
            "'",
            ";",
        ]
        + [
            "[@song]",
            "[@",
            "https://x.y",
            "javascript:alert(1)",
            "<script>",
            "onclick=",
            "data:",
            "a",
            "&lt;",
            "&#106;",
            "\x00",
        ]
    ),
    max_size=25,
).map("".join)


@given(st.one_of(MARKDOWN, st.text(max_size=60)))
def test_whatever_goes_in_only_harmless_tags_come_out(text: str) -> None:
    for turn in (render, inline):
        try:
            page = render(text, cite, gloss) if turn is render else turn(text, cite)
        except TextError:
            continue
        for tag, attributes in Tags(page).seen:
            assert tag in ALLOWED
            assert set(attributes) <= ATTRIBUTES
            assert re.fullmatch(r"text-align:(left|right|center)", attributes.get("style") or "text-align:left")
            assert tag != "a" or re.match(r"#|https://", attributes["href"] or "")


@given(st.one_of(MARKDOWN, st.text(max_size=60)))
def test_the_plain_text_is_refused_exactly_when_the_page_is(text: str) -> None:
    def refused(turn: object) -> bool:
        try:
            turn(text, cite)  # type: ignore[operator]
        except TextError:
            return True
        return False

    assert refused(plain) == refused(render)
