"""The drugs that a case brings along, and the formulary that it is written with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from pres_teach.case.faults import field_of, from_sentence, nearest
from pres_teach.evidence import library
from pres_teach.pharmacology import Drug, Formulary, formulary
from pres_teach.quiz import Problem
from pres_teach.quiz.problems import quoted

__all__ = ["formulary_with", "problems", "readable"]


def readable(data: Mapping[str, Any]) -> Iterator[tuple[int, Drug]]:
    """The case's own drugs that can be read, with their place in the list; faults of form are told elsewhere."""
    written = data.get("formulary")
    for index, entry in enumerate(written if isinstance(written, list) else ()):
        try:
            yield index, Drug.model_validate(entry)
        except ValidationError:
            continue


def formulary_with(data: Mapping[str, Any]) -> Formulary:
    """The formulary with the case's own drugs, as far as they can be read and fit into it."""
    known = formulary()
    for _, drug in readable(data):
        try:
            known = known.extended([drug])
        except ValueError:
            continue
    return known


def problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the case's own drugs beyond their form: names and sources that are not there."""
    sources = library().sources
    drugs = dict(readable(data))
    for index, drug in drugs.items():
        try:
            formulary().extended(drugs.values())
        except ValueError as error:
            if drug.name in str(error):
                yield from_sentence(error, ("formulary", index, field_of(error)))
        named: list[tuple[tuple[str | int, ...], str]] = [
            (("usual", place, "source"), one.source) for place, one in enumerate(drug.usual)
        ]
        named += [(("interactions", place, "source"), one.source) for place, one in enumerate(drug.interactions)]
        if drug.bioavailability is not None:
            named.append((("bioavailability", "source"), drug.bioavailability.source))
        for at, source in named:
            if source not in sources:
                yield Problem(
                    ("formulary", index, *at),
                    "a source of the evidence library",
                    quoted(source),
                    nearest(source, sources, 'write "common-knowledge" if you checked none'),
                )
