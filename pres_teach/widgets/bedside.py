"""The bedside: asking, examining, testing, and letting time pass."""

from __future__ import annotations

from typing import Any

import traitlets

from .foundation import PresWidget, script, style, words


class BedsideWidget(PresWidget):
    """The clock, the monitor, what can be found out and what was found out.

    It asks for `ask` and `test` (each with an `id`) and for `wait` (with what stands in `request` of the button).

    Parameters
    ----------
    clock
        `day` ("Day 15"), `time` ("07:42") and both as `text`.
    monitor
        What is seen at a glance: `label`, `value`, and perhaps `unit`, `note`.
    groups
        `title` and `items`: `id`, `kind` ("ask" or "test"), `label`, `cost` ("3 min"); once done `done` ("07:45")
        and `entry` (the `n` of what it brought in the log), while a result is out `waiting`.
    log
        What was found, in order: `n`, `time`, `title`, `kind` ("finding", "result", "event", "step"), `html` (safe).
    pending
        `label` and `due` of each result that is out.
    waits
        `label` and `request` of each button that lets time pass; `off` when it leads nowhere.
    notice
        A refusal or a remark, in words.
    alarm
        An event that calls somebody to the bed: `n`, `title`, `time`, `text`.
    """

    _esm = script("bedside")
    _css = style("bedside")

    clock = traitlets.Dict().tag(sync=True)
    monitor: Any = traitlets.List().tag(sync=True)
    groups: Any = traitlets.List().tag(sync=True)
    log: Any = traitlets.List().tag(sync=True)
    pending: Any = traitlets.List().tag(sync=True)
    waits: Any = traitlets.List().tag(sync=True)
    notice = traitlets.Unicode("").tag(sync=True)
    alarm = traitlets.Dict().tag(sync=True)

    def static_html(self) -> str:
        parts: list[str] = [f"<h3>At the bedside, {words(self.clock.get('text', ''))}</h3>"]
        shown = "; ".join(f"{one['label']} {one['value']} {one.get('unit') or ''}".strip() for one in self.monitor)
        parts.append(f"<p>{words(shown)}</p>" if shown else "")
        for group in self.groups:
            items = "".join(f"<li>{words(item['label'])} ({words(item['cost'])})</li>" for item in group["items"])
            parts.append(f"<h4>{words(group['title'])}</h4><ul>{items}</ul>")
        entries: list[dict[str, Any]] = list(reversed(self.log))
        parts += [f"<h4>{words(one['title'])}, {words(one['time'])}</h4>{one['html']}" for one in entries]
        return "".join(parts)

    def __repr__(self) -> str:
        count = sum(len(group["items"]) for group in self.groups)
        return f"Bedside: {count} things to ask, examine or test"
