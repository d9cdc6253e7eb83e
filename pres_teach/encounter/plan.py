"""A plan for the immunosuppression, tried out on paper: orders from a time on, and what the model makes of them."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat
from ruamel.yaml import YAML

from pres_teach.case import Case
from pres_teach.patient import Chart, Order
from pres_teach.pharmacology import check_order, check_stop, formulary_of, target_range
from pres_teach.physiology.cascade import Setting, brain, column, setting
from pres_teach.physiology.compare import mixed
from pres_teach.physiology.traits import TraitTable
from pres_teach.units import show_duration

__all__ = [
    "AGENTS",
    "BRIDGE",
    "CUTS",
    "GAPS_H",
    "HOLDS_H",
    "Outlook",
    "Plan",
    "TryDose",
    "charted",
    "doses",
    "interacting",
    "outlook",
]

Words = Annotated[str, Field(min_length=1)]
Series = NDArray[np.float64]

HOLDS_H = (12.0, 24.0, 36.0, 48.0, 96.0, 168.0)
CUTS = {"half": 0.5, "a third": 1 / 3, "a quarter": 0.25}
AGENTS = ("ciclosporin", "everolimus", "sirolimus", "belatacept")
GAPS_H = (0.0, 12.0, 24.0, 48.0, 72.0, 168.0)
BRIDGE = "basiliximab"
APART_H = 24.0  # the label: two calcineurin inhibitors at least so long apart [@prograf-label-24h]
LOOKED_AT_H = 14 * 24.0
STEP_H = 0.5
TACROLIMUS = ("tacrolimus", "tacrolimus prolonged release")


class TryDose(BaseModel):
    """A dose that the board tries; unverified, fields as in plan.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dose: PositiveFloat
    unit: Words
    route: Literal["mouth", "iv"]
    every_h: PositiveFloat | None = None
    range: Words
    reasoning: Words


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    support: Literal["unverified"]
    doses: Mapping[str, TryDose]


@functools.cache
def doses() -> Mapping[str, TryDose]:
    """The doses that the board tries, by drug, read once."""
    text = resources.files("pres_teach.encounter").joinpath("plan.yaml").read_text(encoding="utf-8")
    return _File.model_validate(YAML(typ="safe", pure=True).load(text)).doses


@dataclass(frozen=True)
class Plan:
    """What is planned from now on.

    Parameters
    ----------
    tacrolimus
        "go on" as charted, "hold", "less" or "stop".
    hold_h
        How long it is held, where it is [h].
    cut
        To what part of the present dose: one of `CUTS`; with "less", and after a hold. "whole" keeps the dose.
    agent
        What takes its place, one of `AGENTS`, or "" for none.
    gap_h
        How long after the last dose of tacrolimus the agent begins [h].
    bridge
        Whether basiliximab is given now.
    away
        Drugs of the chart that are stopped now, such as an azole.
    """

    tacrolimus: Literal["go on", "hold", "less", "stop"] = "go on"
    hold_h: float = 24.0
    cut: str = "half"
    agent: str = ""
    gap_h: float = 24.0
    bridge: bool = False
    away: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, value, known in (
            ("tacrolimus", self.tacrolimus, ("go on", "hold", "less", "stop")),
            ("cut", self.cut, (*CUTS, "whole")),
            ("agent", self.agent, (*AGENTS, "")),
        ):
            if value not in known:
                raise ValueError(f'"{name}": one of {", ".join(known)}; received "{value}"; choose one of these')
        for name, hours in (("hold_h", self.hold_h), ("gap_h", self.gap_h)):
            if not 0 <= hours <= 30 * 24:
                raise ValueError(f'"{name}": 0 to 720 h; received {hours:g}; choose a time there')


@dataclass(frozen=True, eq=False)
class Standing:
    """A chart as it stands, looked at for two weeks from now.

    Parameters
    ----------
    case, chart
        Whose it is.
    now_h
        From when [h since transplantation].
    at
        Levels, pressures, cover under it.
    mixed
        Mixtures of the drivers that give this patient's onset; None where there is nothing to vary: the illness is not
        PRES, or has not begun.
    oedema_ml
        Least and most oedema over them, (2, T), or None [mL].
    """

    case: Case
    chart: Chart
    now_h: float
    at: Setting
    mixed: TraitTable | None
    oedema_ml: Series | None


@dataclass(frozen=True, eq=False)
class Outlook:
    """What the model makes of a plan.

    Parameters
    ----------
    plan, chart
        What is planned, and the orders that come of it.
    at
        Levels, pressures, cover under them.
    oedema_ml
        Least and most oedema over the mixtures of the drivers, (2, T), or None [mL].
    said
        What it comes to, in sentences with their sources (Markdown).
    """

    plan: Plan
    chart: Chart
    at: Setting
    oedema_ml: Series | None
    said: tuple[str, ...]


def standing(case: Case, chart: Chart, now_h: float) -> Standing:
    """Look at a chart as it stands.

    Parameters
    ----------
    case, chart
        Whose it is.
    now_h
        From when [h since transplantation].
    """
    until_h = now_h + LOOKED_AT_H
    at = setting(case.patient, chart, case.illness, until_h, STEP_H, band=False)
    course = case.course(chart, until_h)
    begun = course.onset_h is not None and course.onset_h <= now_h
    table = mixed(course, at) if begun else None
    return Standing(case, chart, now_h, at, table, _spread(case, at, table))


def _spread(case: Case, at: Setting, table: TraitTable | None) -> Series | None:
    if table is None:
        return None
    found = brain(column(at), case.illness, table, case.patient.organ).oedema_ml
    return np.array([found.min(axis=1), found.max(axis=1)])


def charted(plan: Plan, chart: Chart, now_h: float, case: Case) -> tuple[Chart, tuple[str, ...]]:
    """The chart after a plan, and what the pharmacy says of each order.

    Parameters
    ----------
    plan
        What is planned.
    chart
        The chart as it stands.
    now_h
        From when [h since transplantation].
    case
        Whose patient it is.

    Raises
    ------
    OrderError
        If an order makes no sense there.
    """
    said: list[str] = []
    for drug in plan.away:
        if chart.pending(drug, now_h) is not None or any(order.drug == drug for order in chart.drugs(now_h)):
            said += check_stop(drug, now_h, case.patient, chart)
            chart = chart.stop(drug, now_h)
    given = [t for drug in TACROLIMUS for order in chart.of(drug) for t in order.times(now_h) if t <= now_h]
    last_h = max(given, default=now_h)
    chart = _tacrolimus(plan, chart, now_h)
    begins: list[tuple[str, float]] = []
    if plan.bridge:
        begins.append((BRIDGE, now_h))
    if plan.agent:
        begins.append((plan.agent, max(now_h, last_h + plan.gap_h)))
    for drug, at_h in begins:
        tried = doses()[drug]
        order = Order(drug, at_h, tried.dose, tried.unit, tried.route, tried.every_h)
        said += check_order(order, case.patient, chart)
        chart = chart.give(order)
    return chart, tuple(dict.fromkeys(said))


def _tacrolimus(plan: Plan, chart: Chart, now_h: float) -> Chart:
    """The chart after what is planned of tacrolimus, whether it runs or waits for the end of a hold."""
    for drug in TACROLIMUS:
        running = next((order for order in chart.drugs(now_h) if order.drug == drug), chart.pending(drug, now_h))
        if running is None or plan.tacrolimus == "go on":
            continue
        chart = chart.stop(drug, now_h)
        if plan.tacrolimus == "stop":
            continue
        again_h = running.next_time(now_h + (plan.hold_h if plan.tacrolimus == "hold" else 0.0))
        dose = running.dose * CUTS.get(plan.cut, 1.0)
        chart = chart.give(Order(drug, again_h, dose, running.unit, running.route, running.every_h, running.until_h))
    return chart


def outlook(now: Standing, plan: Plan) -> Outlook:
    """What the model makes of a plan over the next two weeks. Illustrative; no strategy is known to be better.

    Parameters
    ----------
    now
        The chart as it stands.
    plan
        What is planned.

    Raises
    ------
    OrderError
        If an order makes no sense there.
    """
    case = now.case
    chart, pharmacy = charted(plan, now.chart, now.now_h, case)
    until_h = now.now_h + LOOKED_AT_H
    at = now.at if chart == now.chart else setting(case.patient, chart, case.illness, until_h, STEP_H, band=False)
    said = (*_said(case, at, chart, now.now_h), *pharmacy)
    return Outlook(plan, chart, at, _spread(case, at, now.mixed), said)


def _said(case: Case, at: Setting, chart: Chart, now_h: float) -> Iterator[str]:
    window = at.time_h >= now_h
    bare_h = float(np.sum(at.cover[window] < at.cover_needed[window])) * at.step_h
    lowest = 100.0 * float((at.cover[window] / at.cover_needed[window]).min())
    if bare_h >= 1:
        yield (
            f"The graft has less cover than it needs for {show_duration(round(bare_h))}, at the lowest {lowest:.0f} % "
            "of it [@teaching-model]. A dose or two held at a high level is held to be safe, days to weeks with "
            "nothing in its place are not; neither was checked [@short-hold-safe]."
        )
    else:
        yield f"The graft keeps the cover it needs, at the lowest {lowest:.0f} % of it [@teaching-model]."
    yield from _inhibitors(chart, now_h)
    yield from _back_in_range(case, at, now_h)


def _inhibitors(chart: Chart, now_h: float) -> Iterator[str]:
    """The gap between one calcineurin inhibitor and the other."""
    until_h = now_h + LOOKED_AT_H
    given = {
        name: [t for drug in drugs for order in chart.of(drug) for t in order.times(until_h) if t <= until_h]
        for name, drugs in (("tacrolimus", TACROLIMUS), ("ciclosporin", ("ciclosporin",)))
    }
    later = [t for t in given["ciclosporin"] if t >= now_h]
    if given["tacrolimus"] and later:
        gap_h = min(later) - max(t for t in given["tacrolimus"])
        if gap_h < APART_H:
            what = "overlap" if gap_h < 0 else f"are {show_duration(gap_h) if gap_h else 'no time'} apart"
            yield (
                f"**Tacrolimus and ciclosporin {what}.** They are never given together, and lie at least 24 hours "
                "apart, longer while the level is high [@prograf-label-24h]."
            )
        else:
            apart = show_duration(gap_h)
            yield f"Tacrolimus and ciclosporin lie {apart} apart: no less than the label asks [@prograf-label-24h]."


def _back_in_range(case: Case, at: Setting, now_h: float) -> Iterator[str]:
    size = round(24.0 / at.step_h)
    first = int(np.searchsorted(at.time_h, now_h))
    patient = case.patient
    for drug, series in (("tacrolimus", at.level), ("ciclosporin", at.ciclosporin)):
        troughs = [float(series[k : k + size].min()) for k in range(first, len(series) - size + 1, size)]
        if not troughs or max(troughs) <= 0:
            continue
        ranges = [
            target_range(drug, patient.organ, now_h / 24 + day, case.regimen, patient.age_years)
            for day in range(len(troughs))
        ]
        above = [day for day, (t, r) in enumerate(zip(troughs, ranges, strict=True)) if r is not None and t > r.high]
        if above and above[-1] + 1 < len(troughs):
            days = above[-1] + 1
            span = f"{days} day{'s' if days > 1 else ''}"
            yield f"The trough of {drug} is below the top of its range after {span}, by the model [@teaching-model]."
        elif above:
            yield (
                f"The trough of {drug} stays above its range for the two weeks that are looked at, by the model "
                "[@teaching-model]."
            )


def interacting(chart: Chart, now_h: float) -> tuple[str, ...]:
    """Running drugs that change the level of tacrolimus, and might be taken away."""
    known = formulary_of(chart)
    names = dict.fromkeys(order.drug for order in chart.drugs(now_h))
    return tuple(name for name in names if known.drug(name).interaction("tacrolimus") is not None)
