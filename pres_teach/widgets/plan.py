"""A plan that the learner puts together and then has looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from .foundation import PresWidget, Request, script, style, words


class PlanWidget(PresWidget):
    """One choice for each thing, written out as a plan; which one fits is in no trait before it is checked.

    Parameters
    ----------
    plan
        What may be seen before: `ask` (safe HTML), `rows` (`id`, `watch` and `choices`, plain words), `eyebrow`,
        `label`.
    check
        Takes the choices (row id to place) and returns what is shown: `summary` (plain words), `explain` (safe HTML)
        and `rows` (row id to `fits`, `word`, `html`). A ValueError is shown to the learner as it reads.
    """

    _esm = script("plan")
    _css = style("plan")

    plan = traitlets.Dict().tag(sync=True)
    draft = traitlets.Dict().tag(sync=True)
    mark = traitlets.Dict().tag(sync=True)
    notice = traitlets.Dict().tag(sync=True)

    def __init__(
        self, plan: Mapping[str, Any], check: Callable[[Mapping[str, int]], Mapping[str, Any]], **traits: Any
    ) -> None:
        super().__init__(plan=dict(plan), **traits)
        self._check = check
        self.on("check", self._checked)

    def show(self, chosen: Mapping[str, int], mark: Mapping[str, Any]) -> None:
        """Draw a plan and what was said about it."""
        self.draft = dict(chosen)
        self.mark = {**mark, "given": dict(chosen)}

    def _checked(self, request: Request) -> None:
        chosen = {str(row): int(place) for row, place in dict(request.get("chosen") or {}).items()}
        try:
            mark = self._check(chosen)
        except ValueError as refused:
            self.draft = chosen
            self.notice = {"text": str(refused), "n": int(request.get("n", 0))}
            return
        self.show(chosen, mark)

    def static_html(self) -> str:
        parts = [f'<p class="pt-eyebrow">{words(self.plan["eyebrow"])}</p>', str(self.plan["ask"])]
        for row in self.plan["rows"]:
            chosen = self.draft.get(row["id"]) if self.mark else None
            parts.append(f"<h3>{words(row['watch'])}</h3>")
            parts.append(
                "<ul>"
                + "".join(
                    f"<li>{words(way)}{' <strong>(your choice)</strong>' if place == chosen else ''}</li>"
                    for place, way in enumerate(row["choices"])
                )
                + "</ul>"
            )
            parts.append(str(self.mark.get("rows", {}).get(row["id"], {}).get("html", "")))
        if not self.mark:
            parts.append('<p class="pt-soft">Run this notebook to choose.</p>')
        return "".join(parts)

    def __repr__(self) -> str:
        return f"Plan: {len(self.plan['rows'])} things to watch"
