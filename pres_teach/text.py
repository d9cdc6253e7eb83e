"""Markdown and citations, made safe.

Authors write Markdown. What comes out is HTML without scripts, pictures, raw tags or links to anything but the page
itself (``#...``) and ``https://``. A citation is written ``[@key]``, several ``[@one; @two]``; what a key means is
asked of a `Citer`, so that this module knows no library.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

__all__ = [
    "Citation",
    "Citer",
    "Gloss",
    "Glosser",
    "TextError",
    "card",
    "citations",
    "inline",
    "plain",
    "render",
]

_LONGEST: Final = 100_000
_KEY: Final = r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
_CITE: Final = re.compile(rf"\[@({_KEY}(?:; ?@{_KEY})*)\]")


@dataclass(frozen=True, slots=True)
class Citation:
    """What a key stands for.

    Attributes
    ----------
    label : str
        What stands in the text ("Datar 2015").
    lines : tuple of (str, str)
        The lines of its card, each with the name of its kind ("source", "numbers", "says", "who", "known", "note").
    key : str
        The key of the source to point at.
    """

    label: str
    lines: tuple[tuple[str, str], ...]
    key: str


#: Gives the `Citation` of a key, or None for a key nobody knows.
Citer = Callable[[str], Citation | None]


@dataclass(frozen=True, slots=True)
class Gloss:
    """A term that is explained where it stands: its name, and the lines of its card."""

    term: str
    lines: tuple[tuple[str, str], ...]


#: Gives the terms found in a plain text: from, to, and the gloss; in order, without overlap.
Glosser = Callable[[str], Iterable[tuple[int, int, Gloss]]]


class TextError(ValueError):
    """A text that may not be shown as it stands.

    Attributes
    ----------
    rule, found, remedy : str
        What is allowed, what stood there, and what to write instead.
    """

    def __init__(self, rule: str, found: str, remedy: str) -> None:
        self.rule = rule
        self.found = found
        self.remedy = remedy
        super().__init__(f"{rule}; found {found}; {remedy}")

    def __reduce__(self) -> tuple[type[TextError], tuple[str, str, str]]:
        return type(self), (self.rule, self.found, self.remedy)


def _quoted(text: str) -> str:
    short = text if len(text) <= 60 else text[:60] + "..."
    return '"' + "".join(c if c.isprintable() else repr(c)[1:-1] for c in short) + '"'


def _cite_rule(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("[@", state.pos):
        return False
    match = _CITE.match(state.src, state.pos, state.posMax)
    if match is None:
        raise TextError(
            "a citation is written [@key] or [@one; @two], keys in small letters, digits and hyphens",
            _quoted(state.src[state.pos : state.pos + 40]),
            r"correct the key, or write \[@ where no citation is meant",
        )
    if not silent:
        token = state.push("cite", "", 0)
        token.meta = {"keys": tuple(key.strip().removeprefix("@") for key in match[1].split(";"))}
        token.content = match[0]
    state.pos = match.end()
    return True


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False, "maxNesting": 20})
    # link definitions would let a target stand far from its link, and would swallow a citation followed by a colon
    markdown.enable("table").disable(["reference", "html_block", "html_inline", "lheading"])
    markdown.inline.ruler.before("link", "cite", _cite_rule)
    # links are judged in _judge, with a message, not silently left as text
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    return markdown


def _parse(markdown: object, *, one_line: bool = False) -> list[Token]:
    if not isinstance(markdown, str):
        raise TextError(
            "a text is written in words",
            f"a value of type {type(markdown).__name__}",
            "put it in quotes, or indent it below a |",
        )
    if len(markdown) > _LONGEST:
        raise TextError(f"a text has at most {_LONGEST} characters", f"{len(markdown)}", "split it")
    parser = _markdown()
    tokens = parser.parseInline(" ".join(markdown.split())) if one_line else parser.parse(markdown)
    _judge(tokens)
    return tokens


def _judge(tokens: Iterable[Token]) -> None:
    """Refuse what may not be shown."""
    for token in _flat(tokens):
        if token.type == "image":
            raise TextError(
                "a text holds no pictures",
                _quoted(f"![{token.content}]"),
                "scans and figures are drawn by their own cells",
            )
        if token.type == "link_open":
            address = str(token.attrs.get("href", ""))
            if not re.fullmatch(r"(?:#|https://)[^\s\"'<>\\]+", address):
                raise TextError(
                    'a link goes to "https://..." or to "#..." on the same page',
                    _quoted(address),
                    "correct its address",
                )


def _flat(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        if token.children:
            yield from _flat(token.children)


def _resolve(keys: Sequence[str], cite: Citer | None) -> tuple[Citation, ...]:
    found = []
    for key in keys:
        citation = Citation(key, (), key) if cite is None else cite(key)
        if citation is None:
            raise TextError(
                "a citation names a source or claim of the library",
                _quoted(f"[@{key}]"),
                "correct the key, or add the source to the library",
            )
        found.append(citation)
    return tuple(found)


def _attribute(text: str) -> str:
    return html.escape(text, quote=True)


def _cited(keys: Sequence[str], cite: Citer | None) -> str:
    """The citation in brackets; without a citer the bare keys, which point nowhere."""
    if cite is None:
        return f'(<span class="pt-cite">{"; ".join(map(_attribute, keys))}</span>)'
    links = (
        f'<span class="pt-citing"><a class="pt-cite" href="#source-{_attribute(c.key)}">{_attribute(c.label)}</a>'
        f"{card(c.lines)}</span>"
        for c in _resolve(keys, cite)
    )
    return f"({'; '.join(links)})"


def card(lines: Iterable[tuple[str, str]]) -> str:
    """Give the card of a citation or a term in HTML: hidden until its word has the focus or the pointer."""
    shown = "".join(f'<span class="pt-card-{_attribute(kind)}">{_attribute(said)}</span> ' for kind, said in lines)
    return f'<span class="pt-card">{shown.rstrip()}</span>'


def _glossed(tokens: list[Token], gloss: Glosser) -> None:
    """Mark the first place of each term; not in headings, links or code, which have their own meaning."""
    from markdown_it.token import Token as Piece

    told: set[str] = set()
    heading = False
    for block in tokens:
        if block.type in ("heading_open", "heading_close"):
            heading = block.type == "heading_open"
        if block.type != "inline" or heading or not block.children:
            continue
        pieces: list[Token] = []
        in_link = 0
        for token in block.children:
            in_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            if token.type != "text" or in_link:
                pieces.append(token)
                continue
            done = 0
            for begin, end, found in gloss(token.content):
                if found.term in told:
                    continue
                told.add(found.term)
                said = token.content[begin:end]
                mark = (
                    '<span class="pt-citing"><span class="pt-term" role="button" tabindex="0">'
                    f"{_attribute(said)}</span>{card(found.lines)}</span>"
                )
                pieces.append(Piece("text", "", 0, content=token.content[done:begin]))
                pieces.append(Piece("html_inline", "", 0, content=mark))
                done = end
            pieces.append(Piece("text", "", 0, content=token.content[done:]))
        block.children = pieces


def _dress(tokens: list[Token], cite: Citer | None, gloss: Glosser | None) -> None:
    """Change tokens into what is drawn: citations, headings below the page's own, headed columns, outward links."""
    if gloss is not None:
        _glossed(tokens, gloss)
    for token in _flat(tokens):
        if token.type == "cite":
            # the renderer passes html_inline through as it is; no text of an author ever has this type
            token.type, token.content = "html_inline", _cited(token.meta["keys"], cite)
        elif token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + 2, 6)}"
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "link_open" and str(token.attrs["href"]).startswith("https://"):
            token.attrSet("target", "_blank")
            token.attrSet("rel", "noopener noreferrer")


def _html(tokens: list[Token], cite: Citer | None, gloss: Glosser | None = None) -> str:
    _dress(tokens, cite, gloss)
    parser = _markdown()
    env: dict[str, Any] = {}
    return str(parser.renderer.render(tokens, parser.options, env)).strip()


def render(markdown: str, cite: Citer | None = None, gloss: Glosser | None = None) -> str:
    """Turn Markdown into safe HTML.

    Parameters
    ----------
    markdown : str
        CommonMark with tables. Headings come out two levels lower, below those of the page.
    cite : Citer, optional
        Without one, citations show their bare keys.
    gloss : Glosser, optional
        Finds the terms that are explained; the first place of each is marked.

    Raises
    ------
    TextError
        For a picture, a link to anything but ``https://`` or ``#``, a malformed citation, or one whose key the citer
        doesn't know.

    Examples
    --------
    >>> render("Look *twice* <b>")
    '<p>Look <em>twice</em> &lt;b&gt;</p>'
    """
    return _html(_parse(markdown), cite, gloss)


def inline(markdown: str, cite: Citer | None = None) -> str:
    """Turn one line of Markdown into safe HTML without a paragraph around it; line breaks become blanks.

    Raises
    ------
    TextError
        As `render`.
    """
    return _html(_parse(markdown, one_line=True), cite)


def plain(markdown: str, cite: Citer | None = None) -> str:
    """Turn Markdown into bare text, one line a paragraph, list item or table row; citations as "(Datar 2015)".

    Raises
    ------
    TextError
        As `render`.

    Examples
    --------
    >>> plain("**Treat** the *patient* [@a1]")
    'Treat the patient (a1)'
    """
    lines: list[str] = []
    row: list[str] | None = None
    for token in _parse(markdown):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            lines.append(", ".join(row))
            row = None
        elif token.type == "inline":
            text = " ".join(_words(token.children or (), cite).split())
            if row is None:
                lines.append(text)
            else:
                row.append(text)
        elif token.type in ("fence", "code_block"):
            lines.extend(token.content.rstrip().splitlines())
    return "\n".join(line for line in lines if line)


def _words(tokens: Iterable[Token], cite: Citer | None) -> str:
    parts = []
    for token in tokens:
        if token.type == "cite":
            parts.append(f"({'; '.join(c.label for c in _resolve(token.meta['keys'], cite))})")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        else:
            parts.append(token.content)
    return "".join(parts)


def citations(markdown: str) -> tuple[str, ...]:
    """Give the keys cited in a text, in order, each once.

    Raises
    ------
    TextError
        As `render`, but for unknown keys.

    Examples
    --------
    >>> citations("So [@b; @a], and `[@not-this]` [@b]")
    ('b', 'a')
    """
    keys = (key for token in _flat(_parse(markdown)) if token.type == "cite" for key in token.meta["keys"])
    return tuple(dict.fromkeys(keys))
