"""Levels of a drug under a chart: the published model that fits the patient, with what interacts and what changes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pres_teach.patient import Chart, Order, Patient

from .formulary import formulary_of
from .interactions import Effect, effect
from .models import MODELLED, MODELS, TYPICAL, Choice, Model, Own, choose
from .models import model as model_of
from .propagation import NO_INFUSION, Infusion, System, concentration

__all__ = ["Levels", "levels"]

Floats = NDArray[np.float64]
NOTHING: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Levels:
    """Levels over time.

    Parameters
    ----------
    time_h
        Times, shape (T,) [h].
    ng_ml
        Whole-blood concentration, shape (T,) [ng/mL].
    low_ng_ml, high_ng_ml
        Band over the sizes that an interaction may have; where nothing interacts equal to `ng_ml` [ng/mL].
    limits
        Sentences on what lies outside the studied population or is poorly known.
    model
        The model's name.
    why
        One sentence on which model was taken, why, and what went into it.
    """

    time_h: Floats
    ng_ml: Floats
    low_ng_ml: Floats
    high_ng_ml: Floats
    limits: tuple[str, ...]
    model: str
    why: str


class Part(NamedTuple):
    """The orders of one formulation by one route, and the model of their level."""

    formulation: str
    choice: Choice
    orders: tuple[Order, ...]

    @property
    def model(self) -> Model:
        """The model alone."""
        return self.choice.model


class Inputs(NamedTuple):
    """What goes into a model: the system over time, doses as they are absorbed, infusions."""

    system: System
    dose_h: Floats
    dose_mg: Floats
    infusion: Infusion


def formulations(chart: Chart, drug: str) -> list[str]:
    """Names in the formulary under which a drug is ordered: tacrolimus has two."""
    return [
        one.name
        for one in formulary_of(chart).drugs
        if any(MODELS[names[0]].drug == drug for names in one.models.values())
    ]


def parts(patient: Patient, chart: Chart, drug: str, model: str = "") -> list[Part]:
    """The orders of a drug, by formulation and route, each with its model.

    Raises
    ------
    ValueError
        If no level of the drug is computed, or the model is another drug's.
    """
    if drug not in MODELLED:
        raise ValueError(
            f'"drug": levels are computed of {", ".join(MODELLED)}; received "{drug}"; choose one of these'
        )
    forced = model_of(model) if model else None
    if forced is not None and forced.drug != drug:
        raise ValueError(f'"model": must be one of {drug}; received {model!r} of {forced.drug}; choose another')
    known = formulary_of(chart)
    found = []
    for name in formulations(chart, drug):
        for route, ids in known.drug(name).models.items():
            orders = tuple(order for order in chart.of(name) if order.route == route)
            if not orders:
                continue
            choice = choose(name, route, patient, ids)
            if forced is not None and forced.route == route:
                choice = Choice(forced, "chosen for this picture")
            found.append(Part(name, choice, orders))
    return found


def _steps(acting: Effect, patient: Patient, chart: Chart, model: Model) -> Floats:
    """Times from which anything in the model is constant [h]."""
    turns: list[float] = []
    if "haematocrit_percent" in model.follows:
        turns += [at_h for at_h, _ in patient.haematocrit_later]
    if "prednisolone_mg_day" in model.follows:
        turns += [t for order in chart.of("prednisolone") for t in (order.at_h, order.ends_h) if math.isfinite(t)]
    if "first_day" in model.follows:
        turns += [0.0, 24.0]
    if not turns:
        return acting.from_h
    return np.unique(np.concatenate((acting.from_h, [min(turns) - 1.0], turns)))


def _over_time(from_h: Floats, patient: Patient, chart: Chart, model: Model) -> dict[str, Floats]:
    """The covariates that a model follows, each (S, 1)."""
    series: dict[str, list[float]] = {}
    if "haematocrit_percent" in model.follows and patient.haematocrit_later:
        series["haematocrit_percent"] = [patient.haematocrit_at(t) for t in from_h.tolist()]
    if "prednisolone_mg_day" in model.follows:
        drug = formulary_of(chart).get("prednisolone")
        orders = chart.of("prednisolone") if drug is not None else ()
        series["prednisolone_mg_day"] = [
            sum(drug.per_day(order, patient) for order in orders if order.runs(t)) if drug is not None else 0.0
            for t in from_h.tolist()
        ]
    if "first_day" in model.follows:
        series["first_day"] = [1.0 if 0.0 <= t < 24.0 else 0.0 for t in from_h.tolist()]
    return {name: np.array(values)[:, None] for name, values in series.items()}


def inputs(part: Part, patient: Patient, chart: Chart, last_h: float, acting: Effect, own: Own = TYPICAL) -> Inputs:
    """The system and the doses of one part, up to a time.

    Parameters
    ----------
    part, patient, chart
        What is given to whom.
    last_h
        Last time wanted [h].
    acting
        What interacts.
    own
        How the patient differs; arrays of shape (1, B) for many.
    """
    model = part.model
    from_h = _steps(acting, patient, chart, model)
    held = np.maximum(np.searchsorted(acting.from_h, from_h, side="right") - 1, 0)
    own = replace(own, cl=own.cl * acting.clearance[held])
    p = model.parameters(patient, own, **_over_time(from_h, patient, chart, model))
    system = System(
        from_h=from_h,
        steps=p.steps,
        **{name: np.atleast_2d(getattr(p, name)) for name in ("ktr_per_h", "cl_l_per_h", "vc_l", "q_l_per_h", "vp_l")},
    )
    drug = formulary_of(chart).drug(part.formulation)
    times: list[float] = []
    mg: list[float] = []
    runs: list[tuple[float, float, float]] = []
    for order in part.orders:
        if order.infusion:
            if order.at_h < last_h:
                runs.append((order.at_h, order.ends_h, drug.amount(order, patient)))
            continue
        at = order.times(np.nextafter(last_h, np.inf))
        times += at
        mg += [drug.amount(order, patient)] * len(at)
    dose_h, dose_mg = np.array(times), np.array(mg)[:, None]
    if model.route == "mouth" and times:
        # A dose is absorbed as the gut is when it is swallowed.
        place = system.segment(dose_h)
        share = np.atleast_2d(p.bioavailability)
        dose_mg = dose_mg * acting.gut[held[place]] * (share[place] if share.shape[0] > 1 else share)
        dose_h = dose_h + p.lag_h
    infusion = Infusion(*np.array(runs).T) if runs else NO_INFUSION
    return Inputs(system, dose_h, dose_mg, infusion)


def in_blood(model: Model, patient: Patient, central: Floats, time_h: Floats) -> Floats:
    """What the laboratory measures of the central compartment, (B, T) [ng/mL]."""
    if not patient.haematocrit_later:
        return model.blood(central, np.array(patient.haematocrit_percent))
    return model.blood(central, np.array([patient.haematocrit_at(t) for t in time_h.tolist()]))


def members(part: Part, patient: Patient, chart: Chart, time_h: Floats, acting: Effect, own: Own = TYPICAL) -> Floats:
    """Levels of one part, (B, T) [ng/mL]: the value itself, then the others of the band."""
    put = inputs(part, patient, chart, float(time_h.max(initial=-np.inf)), acting, own)
    return in_blood(
        part.model, patient, concentration(put.system, time_h, put.dose_h, put.dose_mg, put.infusion), time_h
    )


def value(
    patient: Patient,
    chart: Chart,
    time_h: Floats,
    drug: str,
    *,
    own: Own = TYPICAL,
    model: str = "",
    without: frozenset[tuple[str, str]] = NOTHING,
) -> Floats:
    """The levels alone, without band or words, (T,) [ng/mL]."""
    total = np.zeros(time_h.size)
    for part in parts(patient, chart, drug, model):
        acting = effect(patient, chart, drug, model=part.model.id, band=False, without=without)
        total += members(part, patient, chart, time_h, acting, own)[0]
    return total


def levels(
    patient: Patient,
    chart: Chart,
    time_h: ArrayLike,
    drug: str = "tacrolimus",
    band: bool = True,
    own: Own = TYPICAL,
    model: str = "",
) -> Levels:
    """Levels of a drug at the times wanted.

    The published model is chosen by drug, route, organ and age (`models.choose`), with the factors of interacting drugs
    (`interactions`) and a haematocrit that may change. Each formulation and route is a linear system of its own, so
    their levels add up. The level at the time of a dose is the one before it: a trough.

    Parameters
    ----------
    patient, chart
        Whose, and what was ordered.
    time_h
        Times in any order, shape (T,) [h].
    drug
        "tacrolimus" (all its formulations together), "ciclosporin", "sirolimus" or "everolimus".
    band
        Whether to compute the band; without it low and high equal the value.
    own
        How the patient differs from the typical one (`models.own` draws it).
    model
        Id of a model to take in place of the chosen one, for doses by its route.

    Returns
    -------
    Levels

    Raises
    ------
    ValueError
        If the drug or the model is not known, or a time is not finite.
    """
    times = np.atleast_1d(np.asarray(time_h, dtype=float))
    if times.ndim != 1 or not np.isfinite(times).all():
        raise ValueError('"time_h": must be finite times in one row; received others; give hours since transplantation')
    total, low, high = np.zeros(times.size), np.zeros(times.size), np.zeros(times.size)
    used = parts(patient, chart, drug, model)
    drugs: tuple[str, ...] = ()
    for part in used:
        acting = effect(patient, chart, drug, model=part.model.id, band=band)
        found = members(part, patient, chart, times, acting, own)
        total += found[0]
        low += found.min(axis=0)
        high += found.max(axis=0)
        drugs = tuple(dict.fromkeys((*drugs, *acting.drugs)))
    return Levels(
        time_h=times,
        ng_ml=total,
        low_ng_ml=low,
        high_ng_ml=high,
        limits=_limits(drug, used, patient, chart, drugs),
        model=", then ".join(dict.fromkeys(part.model.name for part in used)),
        why=_why(used, patient, drugs),
    )


def _limits(drug: str, used: list[Part], patient: Patient, chart: Chart, drugs: tuple[str, ...]) -> tuple[str, ...]:
    said = [sentence for part in used for sentence in part.model.limits(patient)]
    if patient.expresser and any(part.model.source == "woillard2011" for part in used):
        said.append("Only 6 of the 73 patients studied made CYP3A5, as this one does.")
    if len({part.model.source for part in used}) > 1:
        said.append("Levels of two routes come from two studies and are added up: around the change they are rough.")
    known = formulary_of(chart)
    for name in drugs:
        for part in used:
            interaction = known.drug(name).interaction(drug, part.model.id)
            if interaction is not None:
                said.append(interaction.limit)
    if len(drugs) > 1:
        said.append("Loads of several drugs on one enzyme are added up, an assumption.")
    return tuple(dict.fromkeys(said))


def _why(used: list[Part], patient: Patient, drugs: tuple[str, ...]) -> str:
    if not used:
        return "Nothing was given."
    parts = [
        ", then ".join(
            dict.fromkeys(f"{part.model.name} [@{part.model.source}] ({part.choice.reason})" for part in used)
        ),
        "typical patient",
    ]
    if any("haematocrit_percent" in part.model.follows for part in used):
        later = ", ".join(f"{percent:g}" for _, percent in patient.haematocrit_later)
        parts.append(f"haematocrit {patient.haematocrit_percent:g} %" + (f", later {later} %" if later else ""))
    if any(part.model.drug == "tacrolimus" for part in used):
        parts.append(f"CYP3A5 {patient.cyp3a5}")
    parts += [f"with the effect of {name}" for name in drugs]
    return ", ".join(parts) + "."
