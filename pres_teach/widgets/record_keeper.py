"""Keeping the learner's work: a file, this browser, or a fresh start."""

from __future__ import annotations

from typing import Any

import traitlets

from .foundation import PresWidget, script, style, words


class RecordWidget(PresWidget):
    """Buttons to save, restore and begin again, and an offer to bring back what this browser remembers.

    It asks for `save` (Python puts the bytes into `file`), `restore` (they are in `given`), `bring` (the text is in
    `offered`; nobody has checked it yet) and `again`.

    Parameters
    ----------
    steps
        How many steps of this case Python has.
    file, file_name
        What is saved, and under which name.
    notice
        `kind` ("done" or "refused") and `text`.
    """

    _esm = script("record_keeper")
    _css = style("record_keeper")

    steps = traitlets.Int(0).tag(sync=True)
    file = traitlets.Any(b"").tag(sync=True)
    file_name = traitlets.Unicode("my-work.sqlite").tag(sync=True)
    given = traitlets.Any(b"").tag(sync=True)
    offered = traitlets.Unicode("").tag(sync=True)
    notice = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._said = 0

    def say(self, kind: str, text: str) -> None:
        """Show what came of it, in words."""
        self._said += 1
        self.notice = {"kind": kind, "text": text, "n": self._said}

    def static_html(self) -> str:
        steps = f"{self.steps} step{'s' * (self.steps != 1)} of this case {'are' if self.steps != 1 else 'is'} kept."
        return f"<h3>Your work</h3><p>{words(steps)}</p>"

    def __repr__(self) -> str:
        return "Record: save, restore or start again"
