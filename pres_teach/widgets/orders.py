"""The chart and the learner's orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from .foundation import PresWidget, script, style, table, words


class OrdersWidget(PresWidget):
    """What runs, and a form to give, change, hold and stop; what is refused stays in the form.

    It asks for `give` (`drug`, `dose`, `unit`, `route`, `every`), `change` (`drug`, `dose`, `unit`, `every`), `hold`
    (`drug`, `until`), `resume` and `stop` (`drug`), and while `confirm` is shown for `anyway` or `back`. Doses come as
    typed.

    Parameters
    ----------
    title
        The chart's caption.
    running
        One row an order: `key`, `drug`, `shown`, `words` ("3 mg by mouth every 12 h"), `since`, `state`, `running`,
        `acts` (of "change", "hold", "resume", "stop"), `dose`, `unit`, `units`, `every_value`, `holds` (`value`,
        `label`), `note`.
    menu
        `group` and `drugs`: `name`, `shown`, `routes` (`value`, `label`, `units`), `note` (safe HTML).
    intervals
        `value` and `label` of each interval on offer; an infusion has none.
    notice
        `kind` ("done", "warning", "refused"), `text` (lines of safe HTML), `clear` (whether the form is free again).
    confirm
        `text` (lines of safe HTML) and `button`, for what is asked twice.
    form
        What stands in the form.
    """

    _esm = script("orders")
    _css = style("orders")

    title = traitlets.Unicode("The chart").tag(sync=True)
    running: Any = traitlets.List().tag(sync=True)
    menu: Any = traitlets.List().tag(sync=True)
    intervals: Any = traitlets.List().tag(sync=True)
    notice = traitlets.Dict().tag(sync=True)
    confirm = traitlets.Dict().tag(sync=True)
    form = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._said = 0

    def say(self, kind: str, text: Sequence[str], *, clear: bool = False) -> None:
        """Show what came of it: lines of safe HTML."""
        self._said += 1
        self.notice = {"kind": kind, "text": list(text), "clear": clear, "n": self._said}

    def static_html(self) -> str:
        rows = [[words(one[name]) for name in ("shown", "words", "since", "state")] for one in self.running]
        return table(self.title, ("Drug", "Dose", "Since", "Now"), rows)

    def __repr__(self) -> str:
        return f"Orders: {sum(bool(one.get('running')) for one in self.running)} running"
