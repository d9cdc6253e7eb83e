"""Who reads: chosen once, kept in the record, followed everywhere."""

from __future__ import annotations

from collections.abc import Callable

import traitlets

from pres_teach.evidence import Reader
from pres_teach.evidence.readers import LABORATORY, LEVELS, WHO

from .foundation import PresWidget, Request, script, style, words


class ReaderWidget(PresWidget):
    """Three choices: who reads, which laboratory unit and which level unit stands first.

    Parameters
    ----------
    reader
        As kept.
    changed
        Called with the new reader; what it returns is said to the learner.
    """

    _esm = script("for_whom")
    _css = style("for_whom")

    choices = traitlets.List(trait=traitlets.Dict()).tag(sync=True)
    reader = traitlets.Dict().tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)

    def __init__(self, reader: Reader, changed: Callable[[Reader], str]) -> None:
        super().__init__(
            reader=reader.kept(),
            choices=[
                {"name": "who", "legend": "I am a", "values": [[key, said] for key, said in WHO.items()]},
                {"name": "laboratory", "legend": "Laboratory values first in", "values": [[u, u] for u in LABORATORY]},
                {"name": "level", "legend": "Drug levels first in", "values": [[u, u] for u in LEVELS]},
            ],
        )
        self._changed = changed
        self.on("choose", self._choose)

    def _choose(self, request: Request) -> None:
        name, value = str(request.get("name")), request.get("value")
        reader = Reader.of({**self.reader, name: value})
        self.said = self._changed(reader)
        self.reader = reader.kept()

    def static_html(self) -> str:
        kept = Reader.of(self.reader)
        return f"<p>For a {words(WHO[kept.who].lower())}; {words(kept.laboratory)} and {words(kept.level)} first.</p>"

    def __repr__(self) -> str:
        return "Who reads"
