"""What every widget stands on: its script and style, the way a click reaches Python, and a static twin."""

from __future__ import annotations

import html
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import TracebackType
from typing import Any, Literal

import anywidget
import traitlets

Request = Mapping[str, Any]
"""What the learner asked for: `{"n": 3, "do": "ask", ...}`; `n` counts up from 1."""

_log = logging.getLogger("pres_teach.widgets")


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def script(*names: str) -> str:
    """Return the module that the browser runs for a widget: the shared script, then the widget's own.

    Parameters
    ----------
    names
        The widget's file names without their ending, `question` for `question.js`; the last one exports it.
    """
    return "\n".join([_file("common.js"), *(_file(f"{name}.js") for name in names)])


@cache
def style(*names: str) -> str:
    """Return the theme, followed by the style of each named widget."""
    return "\n".join([_file("theme.css"), *(_file(f"{name}.css") for name in names)])


def strict() -> bool:
    """Whether an error inside a widget is raised again after it was shown (`PRES_TEACH_STRICT=1`)."""
    return os.environ.get("PRES_TEACH_STRICT", "") not in ("", "0")


def words(text: object) -> str:
    """Return any plain text as safe HTML."""
    return html.escape(str(text))


class PresWidget(anywidget.AnyWidget):
    """A widget whose whole state lies in traits, and which the learner reaches by `requests`.

    The browser never sends messages, it appends to `requests`: a list, since two quick clicks may travel as one change
    of the trait. Python deals with every request it has not seen, then sets `handled` to the last number.

    Notes
    -----
    A handler that fails shows a short message in `error`, writes the traceback to the log and, under
    `PRES_TEACH_STRICT=1`, raises again.
    """

    _esm = ""
    _css = ""
    _twin_style: tuple[str, ...] = ()

    requests = traitlets.List(trait=traitlets.Dict()).tag(sync=True)
    handled = traitlets.Int(0).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    journal = traitlets.Unicode("").tag(sync=True)
    journal_key = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._deeds: dict[str, Callable[[Request], None]] = {}
        super().__init__(**traits)
        self.observe(self._deal, names="requests")

    def on(self, do: str, deed: Callable[[Request], None]) -> None:
        """Call `deed(request)` whenever the learner asks for `do`."""
        self._deeds[do] = deed

    def _deal(self, change: object) -> None:
        waiting = [request for request in self.requests if int(request.get("n", 0)) > self.handled]
        for request in waiting:
            with _Boundary(self):
                self.error = ""
                deed = self._deeds.get(str(request.get("do")))
                if deed is not None:
                    deed(request)
            self.handled = int(request["n"])

    def static_html(self) -> str:
        """Return what is shown where no script runs: safe HTML, with nothing in it that is not yet revealed."""
        return f"<p>{words(repr(self))}</p>"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        twin = {"text/plain": repr(self), "text/html": page(self.static_html(), *self._twin_style)}
        return {**data, **twin}, dict(metadata)

    def __repr__(self) -> str:
        return type(self).__name__


class _Boundary:
    """Shows an error of a handler in its widget; lets it through under PRES_TEACH_STRICT=1."""

    def __init__(self, widget: PresWidget) -> None:
        self._widget = widget

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, found: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if kind is None or found is None or not issubclass(kind, Exception):
            return False
        self._widget.error = f"Something went wrong here ({kind.__name__}). Your work so far is kept; please try again."
        _log.error("%s: %s", type(self._widget).__name__, found, exc_info=(kind, found, trace))
        if strict():
            self._widget.handled = max(self._widget.handled, _last_number(self._widget.requests))
            return False
        return True


def _last_number(requests: list[Any]) -> int:
    return max((int(request.get("n", 0)) for request in requests), default=0)


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in HTML with column and row headers, which scrolls where it is too wide; cells are safe HTML."""
    head = "".join(f'<th scope="col">{words(each)}</th>' for each in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>" for row in rows
    )
    return (
        f'<div class="pt-scroll" tabindex="0" role="region" aria-label="{words(caption)}"><table>'
        f"<caption>{words(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def page(body: str, *names: str, tag: Literal["section", "div"] = "div") -> str:
    """Wrap safe HTML in the theme, so that it stands by itself in an output without script."""
    return f'<style>{style(*names)}</style><{tag} class="pt pt-static">{body}</{tag}>'


class Html:
    """A piece that does not move: HTML for the notebook and a short text for everything else.

    Parameters
    ----------
    body
        Safe HTML.
    text
        The short text, shown as the object's repr.
    """

    def __init__(self, body: str, text: str) -> None:
        self.body = body
        self.text = text

    def _repr_html_(self) -> str:
        return page(self.body, "pieces")

    def __repr__(self) -> str:
        return self.text


class PanelWidget(PresWidget):
    """A piece that follows the encounter: HTML that Python writes anew, with an optional button in front of it.

    Parameters
    ----------
    label
        The name of the panel for a screen reader.
    body
        Safe HTML; empty as long as nothing is revealed.
    button
        What the button says; without it there is none. A press asks for `open`.
    lead
        Safe HTML shown as long as there is no body.
    live
        Whether a screen reader is told when the body changes.
    landing
        Whether the page returns to it once, when it has just been run: "Run All Cells" leaves the learner at the end.
    arriving
        Whether the page and the keyboard come to it when it is drawn: it takes the place of what was pressed.
    dresses, dress
        Whether it dresses the notebook's own prose, and with which cards and terms.
    file, file_name
        Bytes that the learner's browser saves once they came after a press.
    """

    _esm = script("panel")
    _css = style("pieces")

    label = traitlets.Unicode("").tag(sync=True)
    body = traitlets.Unicode("").tag(sync=True)
    button = traitlets.Unicode("").tag(sync=True)
    lead = traitlets.Unicode("").tag(sync=True)
    live = traitlets.Bool(False).tag(sync=True)
    landing = traitlets.Bool(False).tag(sync=True)
    arriving = traitlets.Bool(False).tag(sync=True)
    dresses = traitlets.Bool(False).tag(sync=True)
    dress = traitlets.Dict().tag(sync=True)
    file = traitlets.Any(b"").tag(sync=True)
    file_name = traitlets.Unicode("").tag(sync=True)

    def static_html(self) -> str:
        return self.body or f"<p>{self.lead or words(self.label)}</p>"

    def __repr__(self) -> str:
        return self.label or "Panel"
