"""What the formulary has to say about an order, a stop or a hold. It warns, and refuses only what cannot be meant."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pres_teach.patient import Chart, Order, OrderError, Patient

from .drug import SUBSTRATES, Drug, Interaction, overlaps
from .formulary import Formulary, formulary_of

__all__ = ["LOUD", "check_order", "check_stop"]

LOUD, REFUSED = 10.0, 1000.0


def check_order(order: Order, patient: Patient, chart: Chart) -> list[str]:
    """Warnings about an order that is about to be given.

    Parameters
    ----------
    order
        The new order.
    patient, chart
        Who gets it, and what is ordered so far (without it).

    Returns
    -------
    list of str
        Markdown sentences with their sources, the gravest first; empty when there is nothing to say.

    Raises
    ------
    OrderError
        If it cannot be meant: no such drug, not by that route or in that unit, more than 1000 times the largest dose.
    """
    known = formulary_of(chart)
    drug = known.drug(order.drug)
    if order.route not in drug.routes:
        raise OrderError(
            f'"route": {drug.name} is given by {", ".join(drug.routes)}; received {order.route}; choose one of these'
        )
    units: tuple[str, ...] = drug.routes[order.route]
    if order.unit not in units:
        raise OrderError(
            f'"unit": {drug.name} by {order.route} is ordered in {", ".join(units)}; received {order.unit}; '
            "choose one of these"
        )
    amount = drug.amount(order, patient)
    said = [*_size(drug, order, amount), *_twice(drug, order, chart)]
    said += [
        caution.text
        for caution in drug.cautions
        if caution.on == "order"
        and caution.when.holds(
            drug.name,
            patient,
            chart,
            order.at_h,
            order.ends_h,
            0.0 if order.infusion else amount,
            known.members,
            (order.route,),
        )
    ]
    said += _interactions(known, order, chart)
    return list(dict.fromkeys(said))


def _size(drug: Drug, order: Order, amount: float) -> Iterator[str]:
    most = drug.largest_for(order)
    if amount <= most:
        return
    unit = drug.base_unit + ("/h" if order.infusion else "")
    times = amount / most
    if times > REFUSED:
        raise OrderError(
            f'"dose": {order.dose:g} {order.unit} of {drug.name} is more than a thousand times the largest '
            f"plausible dose ({most:g} {unit}); received {amount:g} {unit}; check the unit and the decimal point"
        )
    if times > LOUD:
        yield (
            f"**STOP AND CHECK: {order.dose:g} {order.unit} of {drug.name} is {times:.0f} times the largest "
            f"plausible dose ({most:g} {unit}).** A wrong unit, or a decimal point in the wrong place?"
        )
    else:
        yield (
            f"{order.dose:g} {order.unit} of {drug.name} is above the largest dose in usual use "
            f"({most:g} {unit}): is it meant?"
        )


def _twice(drug: Drug, order: Order, chart: Chart) -> Iterator[str]:
    """A drug whose level is followed, ordered while it runs by another route."""
    if drug.name not in SUBSTRATES:
        return
    for other in chart.of(drug.name):
        if other.route != order.route and overlaps(other, order.at_h, order.ends_h):
            yield f"**{other.words()[:1].upper()}{other.words()[1:]} already runs:** this would be {drug.name} twice."


def substrate(drug: str) -> str:
    """The drug whose level a formulation gives: both kinds of tacrolimus are tacrolimus."""
    return next((name for name in SUBSTRATES if drug == name or drug.startswith(f"{name} ")), "")


def _interactions(known: Formulary, order: Order, chart: Chart) -> Iterator[str]:
    """What the new drug does to those that run, and they to it."""
    own = substrate(order.drug)
    running = [
        other for other in chart.orders if other.drug != order.drug and overlaps(other, order.at_h, order.ends_h)
    ]
    for name in dict.fromkeys(other.drug for other in running):
        for acting, on in ((known.drug(order.drug), substrate(name)), (known.drug(name), own)):
            found = acting.interaction(on) if on else None
            if found is not None:
                yield sentence(acting, found)


def sentence(drug: Drug, interaction: Interaction) -> str:
    """An interaction as a sentence with its source."""
    return f"{drug.name[:1].upper()}{drug.name[1:]} {interaction.text} [@{interaction.source}]."


def check_stop(drug: str, at_h: float, patient: Patient, chart: Chart, until_h: float | None = None) -> list[str]:
    """Warnings about stopping a drug, or holding it.

    Parameters
    ----------
    drug
        Its name.
    at_h
        When it is stopped or held [h].
    patient, chart
        Whose, and what is ordered so far (before the stop).
    until_h
        End of a hold; None for a stop [h].

    Returns
    -------
    list of str
        Markdown sentences with their sources.
    """
    known = formulary_of(chart)
    found = known.drug(drug)
    end = math.inf if until_h is None else until_h
    given_by = {order.route for order in chart.of(drug) if overlaps(order, at_h, end)}
    said = [
        caution.text
        for caution in found.cautions
        if caution.on == "stop"
        and end - at_h > caution.back_within_h
        and caution.when.holds(drug, patient, chart, at_h, end, 0.0, known.members, given_by)
    ]
    return list(dict.fromkeys([*said, *_fading(found, at_h, end, chart)]))


def _fading(drug: Drug, at_h: float, end_h: float, chart: Chart) -> Iterator[str]:
    """What becomes of the levels that this drug changed, once it is gone."""
    running = {substrate(order.drug) for order in chart.orders if overlaps(order, at_h, end_h)} - {""}
    for name in sorted(running):
        found = drug.interaction(name)
        if found is None:
            continue
        way = "falls again" if found.raises else "rises again"
        slower = ", more slowly with poor kidneys" if found.renal else ""
        yield (
            f"Without {drug.name} the {name} level {way} over days{slower}: a dose that was right with it is then too "
            f"{'small' if found.raises else 'large'}. Put the next levels into the diary [@{found.source}]."
        )
