"""The search box: a question in, what the package holds on it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import traitlets

from .foundation import PresWidget, Request, script, style, words

if TYPE_CHECKING:
    from pres_teach.lookup import Answer, Entry

KINDS = {"claim": "Claim", "drug": "Drug", "term": "Term", "case": "Case"}


class LookUpWidget(PresWidget):
    """A search box with native controls; what was found is announced, and each find names its source.

    Parameters
    ----------
    block
        Turns Markdown into safe HTML with citations.
    """

    _esm = script("looking")
    _css = style("pieces", "looking")

    said = traitlets.Unicode("").tag(sync=True)
    found = traitlets.Unicode("").tag(sync=True)
    asked = traitlets.Unicode("").tag(sync=True)

    def __init__(self, block: Callable[[str], str]) -> None:
        super().__init__()
        self._block = block
        self.on("find", self._find)

    def look_up(self, question: str) -> Answer:
        """Ask, and draw what was found."""
        from pres_teach.lookup import index  # builds on first use, when a question is asked

        answer = index().find(question)
        self.asked = question
        self.found = "".join(self._hit(entry) for entry in answer.hits)
        self.said = answer.said
        return answer

    def _find(self, request: Request) -> None:
        self.look_up(str(request.get("text", "")))

    def _hit(self, entry: Entry) -> str:
        head = f'<p class="pt-eyebrow">{KINDS[entry.kind]}</p><h3>{words(entry.title)}</h3>'
        return f"<li>{head}{self._block(entry.text)}</li>"

    def static_html(self) -> str:
        head = '<p class="pt-eyebrow">Look it up</p>'
        if not self.said:
            return f"{head}<p>Run this notebook to search claims, drugs, terms and cases.</p>"
        return f'{head}<p>{words(self.asked)}</p><p>{words(self.said)}</p><ol class="pt-found">{self.found}</ol>'

    def __repr__(self) -> str:
        return "Look it up"
