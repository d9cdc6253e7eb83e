"""What made a level: the share of each dose, interaction and trait, found by leaving it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np

from pres_teach import units
from pres_teach.patient import Chart, Patient

from .formulary import formulary_of
from .levels import Part, parts, value
from .models import REFERENCE_HAEMATOCRIT

__all__ = ["Factor", "factors"]

# Closer to one than this, a factor made nothing.
NOTHING = 1e-9


class _Level(Protocol):
    """The level under other conditions [ng/mL]."""

    def __call__(self, who: Patient = ..., under: Chart = ..., without: frozenset[tuple[str, str]] = ...) -> float: ...


class Factor(NamedTuple):
    """One thing that made a level, by how much, and in words."""

    name: str
    factor: float
    text: str


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
        "tacrolimus", "ciclosporin", "sirolimus" or "everolimus".

    Returns
    -------
    list of Factor
        Name, level with over level without, and a sentence; empty while there is no drug in the blood.
    """
    time = np.array([float(at_h)])

    def level(who: Patient = patient, under: Chart = chart, without: frozenset[tuple[str, str]] = frozenset()) -> float:
        return float(value(who, under, time, drug, without=without)[0])

    here = level()
    if here <= 0.0:
        return []
    given = parts(patient, chart, drug)
    return [
        *_dose(chart, given, here, level),
        *_interactions(chart, given, drug, here, level),
        *_traits(patient, given, here, level),
    ]


def _dose(chart: Chart, given: list[Part], here: float, level: _Level) -> Iterator[Factor]:
    names = {part.formulation for part in given}
    doses = sorted((o for part in given for o in part.orders if not o.single), key=lambda o: o.at_h)
    if not doses:
        return
    first = doses[0]
    steady = replace(chart, orders=(*chart.without(*names).orders, replace(first, until_h=None)))
    share = here / level(under=steady)
    text = f"{first.words()} since {units.show_time(first.at_h)}, never changed: the level is proportional to it."
    if abs(share - 1.0) >= NOTHING:
        text = f"Against {first.words()} going on unchanged, the changes and holds made the level {_times(share)}."
    yield Factor("dose", share, text)


def _interactions(chart: Chart, given: list[Part], drug: str, here: float, level: _Level) -> Iterator[Factor]:
    known = formulary_of(chart)
    ordered = {order.drug for order in chart.orders}
    for one in known.drugs:
        found = [i for part in given if (i := one.interaction(drug, part.model.id)) is not None]
        if one.name not in ordered or not found:
            continue
        unknown = " The size is unknown: an illustrative one is used." if found[0].size == "unknown" else ""
        several = len({part for i in found for part in ("gut", "clearance") if getattr(i, part) != 1.0}) > 1
        for part_name, more, less in (
            ("gut", "more of each dose gets through the gut", "less of each dose gets through the gut"),
            ("clearance", "less is cleared", "more is cleared"),
        ):
            share = here / level(without=frozenset({(one.name, part_name)}))
            if abs(share - 1.0) >= NOTHING:
                where = more if share > 1.0 else less
                name = f"{one.name}, {part_name}" if several else one.name
                yield Factor(name, share, f"With {one.name} {where}: {_times(share)}.{unknown}")
        both = here / level(without=frozenset({(one.name, "gut"), (one.name, "clearance")}))
        if several and abs(both - 1.0) >= NOTHING:
            split = unknown or " The split is an assumption."
            name = one.name[:1].upper() + one.name[1:]
            yield Factor(f"{one.name}, both", both, f"{name} altogether: {_times(both)}.{split}")


def _traits(patient: Patient, given: list[Part], here: float, level: _Level) -> Iterator[Factor]:
    sources = {part.model.source for part in given}
    if any("haematocrit_percent" in part.model.follows for part in given):
        reference = replace(patient, haematocrit_percent=REFERENCE_HAEMATOCRIT, haematocrit_later=())
        share = here / level(who=reference)
        yield Factor(
            "haematocrit",
            share,
            f"A haematocrit of {_haematocrits(patient)} % against the {REFERENCE_HAEMATOCRIT:g} % of the "
            f"reference: {_times(share)}. The drug rides in red cells; the unbound part may not have changed.",
        )
    if any(part.model.drug == "tacrolimus" for part in given):
        share = here / level(who=replace(patient, cyp3a5="*3/*3"))
        text = f"CYP3A5 {patient.cyp3a5} makes the enzyme: {_times(share)} against a patient who does not."
        if not patient.expresser:
            text = f"CYP3A5 {patient.cyp3a5}: no CYP3A5 enzyme, as in most of those studied, so nothing to account for."
        elif abs(share - 1.0) < NOTHING:
            text = f"CYP3A5 {patient.cyp3a5} makes the enzyme, but this model knows nothing of it."
        yield Factor("genotype", share, text)
    if "dunlap2025" in sources and patient.conditioning == "reduced":
        share = here / level(who=replace(patient, conditioning="myeloablative"))
        yield Factor(
            "conditioning", share, f"Conditioning of reduced intensity went with less clearance: {_times(share)}."
        )
    if "monchaud2012" in sources and patient.cystic_fibrosis:
        share = here / level(who=replace(patient, cystic_fibrosis=False))
        yield Factor("cystic fibrosis", share, f"With cystic fibrosis it is absorbed more slowly: {_times(share)}.")


def _haematocrits(patient: Patient) -> str:
    return ", then ".join(
        f"{one:g}" for one in (patient.haematocrit_percent, *(p for _, p in patient.haematocrit_later))
    )


def _times(share: float) -> str:
    return f"× {share:.2f}"
