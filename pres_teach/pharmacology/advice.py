"""For the debrief: which dose would have held the target, by the model, and how far published variability spreads it.

Not a recommendation, and never shown during play: the model knows a typical patient and a spread, no bedside.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from pres_teach import units
from pres_teach.patient import Chart, Order, Patient

from .interactions import effect
from .levels import Part, inputs, parts, value
from .models import MODELS, STARTING_DOSE_AUC, Covariates, Own, owns
from .propagation import concentration

__all__ = ["Advice", "advise", "starting_dose"]

Floats = NDArray[np.float64]

DRAWS = 400
# Ends of the interval over the drawn patients, and its middle [%].
INTERVAL = (5.0, 50.0, 95.0)


@dataclass(frozen=True)
class Advice:
    """A dose that would have brought the level to a target at a time.

    Parameters
    ----------
    drug, every_h, at_h
        Of what, how often [h], and at which time the level is meant [h since transplantation].
    target_ng_ml
        The level meant [ng/mL].
    dose_mg
        For the typical patient; 0 when what was given before keeps the level above the target by itself [mg].
    low_mg, high_mg
        Where 90 % of patients like this one lie, by the published variability between patients [mg].
    text
        The same in words.
    """

    drug: str
    every_h: float
    at_h: float
    target_ng_ml: float
    dose_mg: float
    low_mg: float
    high_mg: float
    text: str


def advise(
    patient: Patient, chart: Chart, from_h: float, at_h: float, target_ng_ml: float, seed: int, drug: str = "tacrolimus"
) -> Advice | None:
    """The dose, given from one time on, that would have brought the level to a target at another.

    Levels are proportional to doses, so it is found exactly: what is left of earlier doses, and what each milligram
    given from then on adds under all that interacts.

    Parameters
    ----------
    patient, chart
        Whose, and what was ordered.
    from_h
        The orders of the drug that run at this time, or start after it, are replaced from then on [h].
    at_h
        When the level is meant, later than `from_h` [h].
    target_ng_ml
        The level meant, above zero [ng/mL].
    seed
        Of the draw of patients.
    drug
        "tacrolimus", "ciclosporin", "sirolimus" or "everolimus".

    Returns
    -------
    Advice or None
        None when no repeated dose by mouth runs then, when none would be given before `at_h`, or when the model of this
        patient is not proportional (everolimus in whole blood).

    Raises
    ------
    ValueError
        If the times are out of order or the target is not above zero.
    """
    if not from_h < at_h:
        raise ValueError(f'"at_h": must be later than "from_h" ({from_h:g}); received {at_h:g}; give a later time')
    if not target_ng_ml > 0:
        raise ValueError(f'"target_ng_ml": must be above zero; received {target_ng_ml!r}; give a level in ng/mL')
    part = next((one for one in parts(patient, chart, drug) if _repeated(one, from_h) is not None), None)
    order = None if part is None else _repeated(part, from_h)
    if part is None or order is None or order.every_h is None or part.model.blood is not MODELS["dunlap2025"].blood:
        return None
    start = order.next_time(from_h)
    if start >= at_h:
        return None
    before = _ended(chart, part, from_h)
    unit = replace(order, at_h=start, until_h=None, dose=1.0, unit="mg")
    with_unit = replace(before, orders=(*before.orders, unit))
    drawn = owns(part.model, seed, 0, DRAWS)
    many = Own(
        **{f.name: np.concatenate(([1.0], np.broadcast_to(getattr(drawn, f.name), DRAWS)))[None] for f in fields(Own)}
    )
    left = _at(part, patient, before, at_h, many)
    per_mg = _at(part, patient, with_unit, at_h, many) - left
    others = float(value(patient, _without(before, part), np.array([at_h]), drug)[0])
    doses = np.maximum(target_ng_ml - left - others, 0.0) / per_mg
    low, _, high = np.percentile(doses[1:], INTERVAL)
    return Advice(
        drug=part.formulation,
        every_h=order.every_h,
        at_h=at_h,
        target_ng_ml=target_ng_ml,
        dose_mg=float(doses[0]),
        low_mg=float(low),
        high_mg=float(high),
        text=_words(part, order, start, at_h, target_ng_ml, float(doses[0]), float(low), float(high)),
    )


def _repeated(part: Part, at_h: float) -> Order | None:
    """The repeated order by mouth that runs at a time or is the first to start after it."""
    coming = [o for o in part.orders if o.every_h is not None and o.route == "mouth" and o.ends_h > at_h]
    return min(coming, key=lambda o: o.at_h, default=None)


def _ended(chart: Chart, part: Part, at_h: float) -> Chart:
    """The chart in which this part ends at a time."""
    kept = []
    for order in chart.orders:
        if order not in part.orders:
            kept.append(order)
        elif order.at_h < at_h:
            kept.append(order if order.single else replace(order, until_h=min(order.ends_h, at_h)))
    return replace(chart, orders=tuple(kept))


def _without(chart: Chart, part: Part) -> Chart:
    return replace(
        chart, orders=tuple(o for o in chart.orders if o.drug != part.formulation or o.route != part.model.route)
    )


def _at(part: Part, patient: Patient, chart: Chart, at_h: float, many: Own) -> Floats:
    """Level of one part of a chart at a time, for each of many patients, (B,) [ng/mL]."""
    orders = tuple(o for o in chart.of(part.formulation) if o.route == part.model.route)
    acting = effect(patient, chart, part.model.drug, model=part.model.id, band=False)
    put = inputs(part._replace(orders=orders), patient, chart, at_h, acting, many)
    found: Floats = concentration(put.system, [at_h], put.dose_h, put.dose_mg, put.infusion)[:, 0]
    return found


def _words(
    part: Part, order: Order, start: float, at_h: float, target: float, dose: float, low: float, high: float
) -> str:
    often = f"every {order.every_h:g} h from {units.show_time(start)}"
    meant = f"{target:g} ng/mL on {units.show_time(at_h)}"
    spread = f"between {_mg(low)} and {_mg(high)} in 90 of 100 patients like this one"
    if dose <= 0.0:
        said = (
            f"No dose of {part.formulation} from {units.show_time(start)} on would have been small enough for {meant}"
        )
        return f"{said} in the typical patient: what was given before held the level above it ({spread})."
    return (
        f"By the model [@{part.model.source}], {part.formulation} {_mg(dose)} {often} would have "
        f"brought the typical patient to {meant}; {spread}, by the published variability."
    )


def _mg(dose: float) -> str:
    return f"{units.show_number(dose, 2 if dose < 1 else 1 if dose < 100 else 0)} mg"


def starting_dose(patient: Patient) -> float:
    """Starting dose of tacrolimus after a kidney by Andrews 2019, every 12 h: AUC 222 ng h/mL times CL/F [mg].

    For reading beside other sources, not a recommendation. Adults in their first three months; body surface and
    CYP3A4*22 are taken as those of the reference subject where they are not known. `models.tacrolimus.andrews2019`
    gives equation and source.
    """
    p = MODELS["andrews2019-starting"].parameters_of(Covariates.of(patient), Own())
    return float(STARTING_DOSE_AUC * np.asarray(p.cl_l_per_h) / 1000.0)
