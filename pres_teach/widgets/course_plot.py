"""The course plot: lines over time, drawn in the browser from numbers sent once."""

from __future__ import annotations

from typing import Any

import traitlets

from .foundation import PresWidget, script, style, table, words


class CoursePlot(PresWidget):
    """Panels over one time axis, with marked orders and events, a line at now, and the same as a table.

    Parameters
    ----------
    data
        `title`, `lead`, `stamp` ("teaching model, illustrative"), `range` (from, to [h]), `now` [h] or None, `limits`
        (sentences), `events` (`time` [h], `text`, `kind`: "order" or "event"), `table` (`caption`, `columns`, `rows`),
        and `panels`: `title`, `unit`, `y` (low, high), `alt`, `digits`, `lines` (`label`, `time` [h], `values`, `tone`
        1 to 5, `dash`), `targets` and `bands` (`time`, `low`, `high`, `label`, `tone`), `levels` (`value`, `label`),
        `points` (`time`, `value`) with `points_label`, `empty` (what an empty panel says).
    """

    _esm = script("course_plot")
    _css = style("course_plot")

    data = traitlets.Dict().tag(sync=True)

    def static_html(self) -> str:
        data: dict[str, Any] = self.data
        parts = [f"<h3>{words(data.get('title', 'The course'))}</h3>"]
        parts += [f"<p>{words(text)}</p>" for text in (data.get("lead"), data.get("stamp")) if text]
        parts += [f"<p>{words(panel['alt'])}</p>" for panel in data.get("panels", ()) if panel.get("alt")]
        if data.get("table"):
            shown = data["table"]
            rows = [[words(cell) for cell in row] for row in shown["rows"]]
            parts.append(table(shown["caption"], shown["columns"], rows))
        if data.get("limits"):
            parts.append("<ul>" + "".join(f"<li>{words(each)}</li>" for each in data["limits"]) + "</ul>")
        return "".join(parts)

    def __repr__(self) -> str:
        return f"Course: {', '.join(panel['title'] for panel in self.data.get('panels', ()))}"
