"""The next dose of a calcineurin inhibitor: it comes by itself unless somebody decides otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from pres_teach.encounter.state import State
from pres_teach.patient import Chart, Order
from pres_teach.pharmacology import formulary_of

GROUP = "calcineurin inhibitor"
# Somebody comes with the tablets this long before they are due [h].
AHEAD_H = 10 / 60


@dataclass(frozen=True)
class Dose:
    """A dose as the chart has it: the drug, the order it belongs to, and when it is due [h since transplantation]."""

    drug: str
    order: Order
    due_h: float


def next_dose(chart: Chart, at_h: float) -> Dose | None:
    """The next dose of a calcineurin inhibitor at or after a time, also after a hold; None if none is to come [h]."""
    coming: list[Dose] = []
    for drug in (each.name for each in formulary_of(chart).drugs if each.group == GROUP):
        order = chart.running(drug, at_h)
        due = None if order is None or order.every_h is None else order.next_time(at_h)
        if order is None or due is None or not order.runs(due):
            order = chart.pending(drug, at_h)
            due = None if order is None else order.at_h
        if order is not None and due is not None:
            coming.append(Dose(drug, order, due))
    return min(coming, key=lambda dose: dose.due_h, default=None)


def undecided(state: State, opens_h: float) -> Dose | None:
    """The first dose after the case opened, from shortly before it is due, while nobody has decided about that drug.

    Parameters
    ----------
    state
        Where the encounter stands.
    opens_h
        When the learner took over [h since transplantation].
    """
    first = next_dose(state.chart, opens_h)
    if first is None or any(done.drug == first.drug for done in state.decisions):
        return None
    every_h = first.order.every_h or 24.0
    return first if first.due_h - AHEAD_H <= state.clock_h < first.due_h + every_h else None
