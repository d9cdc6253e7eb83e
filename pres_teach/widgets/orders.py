"""The chart and the learner's orders."""

from __future__ import annotations

import traitlets

from .foundation import PresWidget, script, style, words


class OrdersWidget(PresWidget):
    """What runs, and a form to give, change, hold and stop; what is refused stays in the form.

    It asks for `give` (`drug`, `dose`, `unit`, `route`, `every`), `change` (`drug`, `dose`, `unit`, `every`), `hold` (`drug`,
    `until`), `stop` (`drug`), and while `confirm` is shown for `anyway` or `back`. Doses come as typed.

    Parameters
    ----------
    title
        The chart's caption.
    running
        One row an order: `key`, `drug`, `shown`, `words` ("3 mg by mouth every 12 h"), `since`, `state`, `running`,
        `acts` (of "change", "hold", "stop"), `dose`, `unit`, `every_value`, `holds` (`value`, `label`), `note`.
    menu
        `group` and `drugs`: `name`, `shown`, `units`, `routes` (`value`, `label`), `every` (`value`, `label`), `note`.
    notice
        `kind` ("done", "warning", "refused") and `text` (a line or lines).
    confirm
        `text` (lines) and `button`, for what is asked twice.
    form
        What stands in the form.
    """

    _esm = script("orders")
    _css = style("orders")

    title = traitlets.Unicode("The chart").tag(sync=True)
    running = traitlets.List().tag(sync=True)
    menu = traitlets.List().tag(sync=True)
    notice = traitlets.Dict().tag(sync=True)
    confirm = traitlets.Dict().tag(sync=True)
    form = traitlets.Dict().tag(sync=True)

    def static_html(self) -> str:
        rows = "".join(
            f'<tr><th scope="row">{words(one["shown"])}</th>'
            + "".join(f"<td>{words(one[name])}</td>" for name in ("words", "since", "state"))
            + "</tr>"
            for one in self.running
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("Drug", "Dose", "Since", "Now"))
        caption = f"<caption>{words(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def __repr__(self) -> str:
        return f"Orders: {sum(bool(one.get('running')) for one in self.running)} running"
