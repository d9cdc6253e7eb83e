"""The formulary: the drugs that a learner may meet, read from formulary.yaml and checked by the schema of `drug`.

It recommends no dose: `usual` says what is usually given, and on what that rests. A case may bring drugs of its own.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Iterator, Mapping

from pres_teach.patient import Chart, OrderError

from .drug import Drug
from .models import MODELS
from .reading import read

__all__ = ["Formulary", "UnknownDrug", "formulary", "formulary_of"]

NEAREST = 3


class UnknownDrug(OrderError):
    """A drug that is not in the formulary."""


class Formulary(Mapping[str, Drug]):
    """The drugs by name."""

    def __init__(self, drugs: tuple[Drug, ...]) -> None:
        self.drugs = drugs
        self._by_name = {drug.name: drug for drug in drugs}
        if len(self._by_name) < len(drugs):
            raise ValueError('"name": must be used once; received the same twice; rename or remove one')
        members: dict[str, list[str]] = {}
        for drug in drugs:
            members.setdefault(drug.group, []).append(drug.name)
        self.members: Mapping[str, tuple[str, ...]] = {group: tuple(names) for group, names in members.items()}
        for drug in drugs:
            for model in (*(m for names in drug.models.values() for m in names), *_under(drug)):
                if model not in MODELS:
                    raise ValueError(
                        f'"models": must be one of {", ".join(MODELS)}; received {model!r} in {drug.name}; correct it'
                    )
            for caution in drug.cautions:
                for name in (*caution.when.with_drugs, *caution.when.after_drugs):
                    if name not in self._by_name:
                        raise ValueError(
                            f'"with_drugs": must name drugs of the formulary; received {name!r} in {drug.name}; '
                            "correct it"
                        )

    def drug(self, name: str) -> Drug:
        """The drug of that name.

        Raises
        ------
        UnknownDrug
            If there is none; the message offers the nearest names.
        """
        found = self._by_name.get(name)
        if found is not None:
            return found
        near = difflib.get_close_matches(str(name).lower(), self._by_name, n=NEAREST, cutoff=0.5)
        remedy = f"choose one of {', '.join(self._by_name)}"
        if near:
            remedy = "did you mean " + " or ".join(f'"{one}"' for one in near) + "?"
        raise UnknownDrug(f'"drug": must be in the formulary; received "{name}"; {remedy}')

    def extended(self, drugs: Iterable[Drug]) -> Formulary:
        """This formulary and a case's own drugs; one of a known name takes the place of the known one."""
        own = {drug.name: drug for drug in drugs}
        if not own:
            return self
        return Formulary((*(drug for drug in self.drugs if drug.name not in own), *own.values()))

    def __getitem__(self, name: str) -> Drug:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self.drugs)


def _under(drug: Drug) -> Iterator[str]:
    for interaction in drug.interactions:
        yield from interaction.under


@functools.cache
def formulary() -> Formulary:
    """The formulary that ships with the package."""
    return Formulary(tuple(Drug.model_validate(entry) for entry in read("formulary.yaml")["drugs"]))


def formulary_of(chart: Chart) -> Formulary:
    """The formulary that a chart's drugs stand in: the case's own, else the one that ships."""
    return chart.formulary if isinstance(chart.formulary, Formulary) else formulary()
