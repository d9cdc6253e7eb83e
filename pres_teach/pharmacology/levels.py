"""Levels of a calcineurin inhibitor under a chart, and what made a level what it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pres_teach import units
from pres_teach.patient import Chart, Patient

from .formulary import formulary
from .interactions import Effect, effect
from .models import REFERENCE_HAEMATOCRIT, Model, Own, models_of
from .propagation import System, concentration

__all__ = ["Factor", "Levels", "factors", "levels"]

Floats = NDArray[np.float64]

TYPICAL = Own()


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
        Band over the share of an azole's effect that happens in the gut; without an azole equal to `ng_ml` [ng/mL].
    limits
        Sentences on what lies outside the studied population or is poorly known.
    model
        The model's name.
    why
        One sentence on what went into it.
    """

    time_h: Floats
    ng_ml: Floats
    low_ng_ml: Floats
    high_ng_ml: Floats
    limits: tuple[str, ...]
    model: str
    why: str


class Factor(NamedTuple):
    """One thing that made a level, by how much, and in words."""

    name: str
    factor: float
    text: str


def _given(model: Model, patient: Patient, chart: Chart, last_h: float) -> tuple[Floats, Floats]:
    """Times [h] and amounts [mg] of the doses of one formulation, up to the last time wanted."""
    drug = formulary().drug(model.formulation)
    times: list[float] = []
    mg: list[float] = []
    for order in chart.of(model.formulation):
        at = order.times(np.nextafter(last_h, np.inf))
        times += at
        mg += [drug.amount(order, patient)] * len(at)
    return np.array(times), np.array(mg)


def _concentration(
    model: Model, patient: Patient, chart: Chart, time_h: Floats, acting: Effect, own: Own
) -> Floats | None:
    dose_h, dose_mg = _given(model, patient, chart, float(time_h.max(initial=-np.inf)))
    if not dose_h.size:
        return None
    parameters = own.of(model.parameters(patient))
    system = System(
        from_h=acting.from_h,
        steps=parameters.steps,
        ktr_per_h=np.array([[parameters.ktr_per_h]]),
        cl_l_per_h=parameters.cl_l_per_h * acting.clearance,
        vc_l=np.array([[parameters.vc_l]]),
        q_l_per_h=np.array([[parameters.q_l_per_h]]),
        vp_l=np.array([[parameters.vp_l]]),
    )
    # A dose is absorbed as the gut is on the day it is swallowed.
    gut = acting.gut[system.segment(dose_h)]
    return concentration(system, time_h, dose_h, dose_mg[:, None] * gut)


def _all_formulations(drug: str, patient: Patient, chart: Chart, time_h: Floats, acting: Effect, own: Own) -> Floats:
    total = np.zeros((acting.gut.shape[1], time_h.size))
    for model in models_of(drug):
        # Each formulation is a linear system of its own, so their levels add up.
        found = _concentration(model, patient, chart, time_h, acting, own)
        if found is not None:
            total += found
    return total


def levels(
    patient: Patient,
    chart: Chart,
    time_h: ArrayLike,
    drug: str = "tacrolimus",
    band: bool = True,
    own: Own = TYPICAL,
) -> Levels:
    """Levels of a calcineurin inhibitor at the times wanted.

    Woillard 2011 for tacrolimus by mouth, Woillard 2014 for ciclosporin by mouth (see `models`), with the factors of
    interacting drugs (see `interactions`). The level at the time of a dose is the one before it: a trough.

    Parameters
    ----------
    patient, chart
        Whose, and what was ordered.
    time_h
        Times in any order, shape (T,) [h].
    drug
        "tacrolimus" (both formulations together) or "ciclosporin".
    band
        Whether to compute the band; without it low and high equal the value.
    own
        How the patient differs from the typical one (`models.own` draws it).

    Returns
    -------
    Levels

    Raises
    ------
    ValueError
        If the drug has no model, or a time is not finite.
    """
    times = np.atleast_1d(np.asarray(time_h, dtype=float))
    if times.ndim != 1 or not np.isfinite(times).all():
        raise ValueError('"time_h": must be finite times in one row; received others; give hours since transplantation')
    models = models_of(drug)
    acting = effect(patient, chart, drug, band=band)
    all_members = _all_formulations(drug, patient, chart, times, acting, own)
    used = [model for model in models if chart.of(model.formulation)] or [models[0]]
    return Levels(
        time_h=times,
        ng_ml=all_members[acting.main],
        low_ng_ml=all_members.min(axis=0),
        high_ng_ml=all_members.max(axis=0),
        limits=_limits(drug, used, patient, acting),
        model=", then ".join(model.name for model in used),
        why=_why(drug, used[0], patient, acting),
    )


def _limits(drug: str, used: list[Model], patient: Patient, acting: Effect) -> tuple[str, ...]:
    said = [sentence for model in used for sentence in model.limits(patient)]
    if drug == "tacrolimus" and patient.expresser:
        said.append("Only 6 of the 73 patients studied made CYP3A5, as this one does.")
    for name in acting.drugs:
        said += [interaction.limit for interaction in formulary()[name].interactions if interaction.on == drug]
    if len(acting.drugs) > 1:
        said.append("Effects of several drugs are multiplied, an assumption.")
    return tuple(dict.fromkeys(said))


def _why(drug: str, model: Model, patient: Patient, acting: Effect) -> str:
    parts = [f"{model.name} [@{model.source}], typical patient"]
    if drug == "tacrolimus":
        parts.append(f"haematocrit {patient.haematocrit_percent:g} %")
        parts.append(f"CYP3A5 {patient.cyp3a5}")
    for name in acting.drugs:
        parts.append(f"with the effect of {name}")
    return ", ".join(parts) + "."


def factors(patient: Patient, chart: Chart, at_h: float, drug: str = "tacrolimus") -> list[Factor]:
    """What made the level at a time: each factor's share, found by leaving that factor out.

    Shares of parts that act together do not multiply to their joint share exactly, because levels answer with a delay.

    Parameters
    ----------
    patient, chart
        Whose, and what was ordered.
    at_h
        Time of the level [h].
    drug
        "tacrolimus" or "ciclosporin".

    Returns
    -------
    list of Factor
        Name, level with over level without, and a sentence; empty while there is no drug in the blood.
    """
    time = np.array([float(at_h)])

    def level(who: Patient = patient, under: Chart = chart, without: frozenset[tuple[str, str]] = frozenset()) -> float:
        acting = effect(who, under, drug, band=False, without=without)
        return float(_all_formulations(drug, who, under, time, acting, TYPICAL)[0, 0])

    here = level()
    if here <= 0.0:
        return []
    found: list[Factor] = []

    names = [model.formulation for model in models_of(drug)]
    doses = sorted((o for name in names for o in chart.of(name) if not o.single), key=lambda o: o.at_h)
    if doses:
        first = doses[0]
        steady = Chart((*chart.without(*names).orders, replace(first, until_h=None)))
        share = here / level(under=steady)
        if abs(share - 1.0) < 1e-9:
            text = (
                f"{first.words()} since {units.show_time(first.at_h)}, never changed: the level is proportional to it."
            )
        else:
            text = f"Against {first.words()} going on unchanged, the changes and holds made the level {_times(share)}."
        found.append(Factor("dose", share, text))

    acting = effect(patient, chart, drug, band=False)
    for name in acting.drugs:
        for part, where in (("gut", "more of each dose gets through the gut"), ("clearance", "less is cleared")):
            share = here / level(without=frozenset({(name, part)}))
            if abs(share - 1.0) < 1e-9:
                continue
            if share < 1.0:
                where = "less of each dose gets through the gut" if part == "gut" else "more is cleared"
            found.append(Factor(f"{name}, {part}", share, f"With {name} {where}: {_times(share)}."))
        both = here / level(without=frozenset({(name, "gut"), (name, "clearance")}))
        if abs(both - 1.0) >= 1e-9:
            found.append(
                Factor(
                    f"{name}, both",
                    both,
                    f"{name.capitalize()} altogether: {_times(both)}; the split is an assumption.",
                )
            )

    if drug == "tacrolimus":
        share = here / level(who=replace(patient, haematocrit_percent=REFERENCE_HAEMATOCRIT))
        found.append(
            Factor(
                "haematocrit",
                share,
                f"A haematocrit of {patient.haematocrit_percent:g} % against the {REFERENCE_HAEMATOCRIT:g} % of the "
                f"reference: {_times(share)}. The drug rides in red cells; the unbound part may not have changed.",
            )
        )
        share = here / level(who=replace(patient, cyp3a5="*3/*3"))
        text = f"CYP3A5 {patient.cyp3a5} makes the enzyme: {_times(share)} against a patient who does not."
        if not patient.expresser:
            text = f"CYP3A5 {patient.cyp3a5}: no CYP3A5 enzyme, as in most of those studied, so nothing to account for."
        found.append(Factor("genotype", share, text))
    return found


def _times(share: float) -> str:
    return f"× {share:.2f}"
