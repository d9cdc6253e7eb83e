"""For the debrief: which dose would have held the level, from the moments at which somebody could have changed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pres_teach.case import Case
from pres_teach.encounter.state import State
from pres_teach.patient import Chart
from pres_teach.pharmacology import MODELLED, Advice, Target, advise, formulary_of, last_dose, substrate, target_range

__all__ = ["Held", "held"]

# Conventions of this display, never scored: the level is meant at the first trough so long after the change, and no
# level sooner than that after it is worth a look.
MEANT_AFTER_H, SOONEST_H = 72.0, 24.0
# An interaction that changes exposure by less than this is no moment at which one would think of another dose.
WORTH_A_THOUGHT = 1.25


@dataclass(frozen=True)
class Held:
    """One moment at which the dose could have been another.

    Parameters
    ----------
    from_h
        When [h since transplantation].
    why
        What happened then.
    target
        The range whose middle is meant.
    advice
        The dose, by the model; not a recommendation.
    """

    from_h: float
    why: str
    target: Target
    advice: Advice


def held(case: Case, state: State) -> tuple[Held, ...]:
    """The moments of an encounter so far at which another dose would have held the level, in order."""
    found = []
    for drug in MODELLED:
        for from_h, why in sorted(_moments(case, state.chart, drug)):
            at_h = _trough_h(state.chart, drug, from_h + MEANT_AFTER_H, state.clock_h)
            if at_h is None or at_h < from_h + SOONEST_H:
                continue
            target = target_range(drug, case.patient.organ, at_h / 24.0, case.regimen, case.patient.age_years)
            if target is None:
                continue
            middle = 0.5 * (target.low + target.high)
            advice = advise(case.patient, state.chart, from_h, at_h, middle, case.seed, drug)
            if advice is not None:
                found.append(Held(from_h, why, target, advice))
    return tuple(found)


def _moments(case: Case, chart: Chart, drug: str) -> Iterator[tuple[float, str]]:
    """When a drug that interacts was first given, and when the learner took over."""
    known = formulary_of(chart)
    seen: set[str] = set()
    for order in chart.orders:
        interaction = known.drug(order.drug).interaction(drug)
        if order.drug in seen or interaction is None:
            continue
        seen.add(order.drug)
        change = interaction.gut / interaction.clearance
        if max(change, 1.0 / change) >= WORTH_A_THOUGHT:
            yield order.at_h, f"{order.drug} was begun"
    if any(substrate(order.drug) == drug for order in case.chart.orders):
        yield case.opens_h, "you took over"


def _trough_h(chart: Chart, drug: str, wanted_h: float, latest_h: float) -> float | None:
    """The first time at or after the one wanted at which a dose was due, or the last before the latest [h]."""
    last = last_dose(chart, drug, min(wanted_h, latest_h))
    if last is None or last[0].every_h is None:
        return None
    order, given_h = last
    times = [given_h]
    while times[-1] < wanted_h and times[-1] + (order.every_h or latest_h) <= latest_h:
        times.append(times[-1] + (order.every_h or latest_h))
    return times[-1]
