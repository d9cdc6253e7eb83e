"""The management algorithm in a notebook: the page as a picture, as a table with its citations, and to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pres_teach.evidence.algorithm import Row, Step
from pres_teach.figures.algorithm import SIGNS, VERDICT_WORDS, AlgorithmPage

from .foundation import PanelWidget, Request, words

if TYPE_CHECKING:
    from .desk import Desk

__all__ = ["algorithm_panel"]

FILE_NAME = "pres-management-algorithm.pdf"
_HEADS = ("The article says", "What holds", "What to do or know", "Why")
_TONES = {"holds": "right", "weak": "part", "corrected": "wrong", "left out": "plain"}


def algorithm_panel(desk: Desk, page: AlgorithmPage, lead: str = "") -> PanelWidget:
    """The page, with a button that saves it as a file to print.

    Parameters
    ----------
    desk
        Whose reader the table is written for.
    page
        What is shown. As long as it is not approved, picture, table and file carry the stamp.
    lead
        Safe HTML that stands before a first button, so that the learner thinks first; without it the page is there at
        once.
    """
    name = "The management algorithm"
    panel = PanelWidget(label=name, lead=lead, button="Show the page" if lead else "", live=bool(lead))
    panel.file_name = FILE_NAME
    shown = not lead

    def draw() -> None:
        if shown:
            panel.body = _body(desk, page)
            panel.button = "Save the page to print (PDF, A4)"

    def press(request: Request) -> None:
        nonlocal shown
        if not shown:
            shown = True
            draw()
            return
        panel.file = b""  # the same bytes twice would be no change, and nothing would be saved
        panel.file = page.pdf

    panel.on("open", press)
    draw()
    desk.follow(draw)
    return panel


def _body(desk: Desk, page: AlgorithmPage) -> str:
    stamp = f'<p class="pt-stamp">{words(page.stamp)}</p>' if page.stamp else ""
    picture = page.picture
    return (
        '<p class="pt-eyebrow">The management algorithm</p>'
        f'{stamp}<p class="pt-soft">{words(page.algorithm.review.told)} On a small screen, or to follow the sources, '
        "open the table below it: it says the same.</p>"
        f"{picture.bare_html()}"
        '<details class="pt-twin"><summary>The same as a table, with its sources</summary>'
        f"{_table(desk, page)}</details>"
    )


def _table(desk: Desk, page: AlgorithmPage) -> str:
    heads = "".join(f'<th role="columnheader" scope="col">{words(head)}</th>' for head in _HEADS)
    groups = "".join(_group(desk, step, page.algorithm.of(step.id)) for step in page.algorithm.steps.values())
    stamp = f' data-stamp="{words(page.stamp)}"' if page.stamp else ""
    caption = f"{page.stamp}. " if page.stamp else ""
    return (
        f'<div class="pt-algorithm"{stamp}><table role="table"><caption>{words(caption)}The article’s algorithm, put '
        f'right</caption><thead role="rowgroup"><tr role="row">{heads}</tr></thead>{groups}</table></div>'
    )


def _group(desk: Desk, step: Step, rows: tuple[Row, ...]) -> str:
    lead = desk.block(step.lead) if step.lead else ""
    return (
        f'<tbody role="rowgroup"><tr role="row"><th role="rowheader" scope="rowgroup" colspan="4" class="pt-step-head">'
        f"<strong>{words(step.title)}</strong>{lead}</th></tr>" + "".join(_row(desk, row) for row in rows) + "</tbody>"
    )


def _row(desk: Desk, row: Row) -> str:
    verdict = (
        f'<span class="pt-badge pt-is-{_TONES[row.verdict]}" data-sign="{SIGNS[row.verdict]}">'
        f"{words(VERDICT_WORDS[row.verdict].capitalize())}</span>"
    )
    said = f"“{words(row.article)}”<br>" if row.article else ""
    parts = (row.holds, row.instead, row.why)
    cells = "".join(
        f'<td role="cell" data-head="{words(head)}">{desk.block(part)}</td>'
        if part
        else '<td role="cell" class="pt-empty"></td>'
        for head, part in zip(_HEADS[1:], parts, strict=True)
    )
    return f'<tr role="row"><th role="rowheader" scope="row">{said}{verdict}</th>{cells}</tr>'
