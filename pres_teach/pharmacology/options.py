"""Ways of handling the immunosuppression in PRES: what is known of each, its price, and where it is warned of."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

from pres_teach.evidence import library, uncited
from pres_teach.patient import Patient
from pres_teach.pharmacology.formulary import formulary
from pres_teach.text import citations
from pres_teach.units import show_duration

__all__ = ["Option", "options"]

Words = Annotated[str, Field(min_length=1)]
Place = Literal["kidney", "liver", "heart", "lung", "allo-hsct", "ebv"]


class Option(BaseModel):
    """One way; sentences are Markdown with their sources. Fields as in options.yaml.

    Parameters
    ----------
    id, title
        Its name, and what a learner reads.
    drugs
        Whose cover is told.
    known, price
        What was seen, and what it costs.
    where
        What is said in addition for an organ, or ("ebv") for who is not known to be immune to Epstein-Barr virus.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Words
    title: Words
    drugs: tuple[Words, ...]
    known: Annotated[tuple[Words, ...], Field(min_length=1)]
    price: Annotated[tuple[Words, ...], Field(min_length=1)]
    where: Mapping[Place, Words] = {}

    @model_validator(mode="after")
    def _sound(self) -> Option:
        for drug in self.drugs:
            formulary().drug(drug)  # an unknown one is refused in words
        for text in (*self.known, *self.price, *self.where.values()):
            keys = citations(text)
            lost = [key for key in keys if library().cite(key) is None]
            if not keys or lost or uncited(text):
                raise ValueError(
                    f'"{self.id}": every sentence cites the evidence library; received {text!r}'
                    f"{f', which cites {lost[0]}' if lost else ''}; add the claim to pres_teach/evidence/library.yaml"
                )
        return self

    @property
    def papers(self) -> tuple[str, ...]:
        """Keys of all that it cites, each once."""
        texts = (*self.known, *self.price, *self.where.values())
        return tuple(dict.fromkeys(key for text in texts for key in citations(text)))

    def warned(self, patient: Patient) -> tuple[str, ...]:
        """What is said for this patient in addition: by organ, and by serology (Markdown)."""
        said = [text for place, text in self.where.items() if place == patient.organ]
        if "ebv" in self.where and patient.ebv != "positive":
            said.append(self.where["ebv"])
        return tuple(said)

    def cover(self) -> tuple[tuple[str, str, str], ...]:
        """How soon each of its drugs covers the graft and how long it does after its end, in the teaching model.

        Illustrative; drug, until it covers, until that is gone.
        """
        rows = []
        for name in self.drugs:
            act = formulary().drug(name).acts.cover
            if act is not None:
                rows.append((name, show_duration(act.onset_h), show_duration(act.offset_h)))
        return tuple(rows)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    options: tuple[Option, ...]

    @model_validator(mode="after")
    def _once(self) -> _File:
        ids = [option.id for option in self.options]
        if len(ids) != len(set(ids)):
            raise ValueError(f'"options": an id stands for one option; received {ids}; rename one')
        return self


@functools.cache
def options() -> tuple[Option, ...]:
    """All ways, in the order of the file, which is no ranking; read once."""
    text = resources.files("pres_teach.pharmacology").joinpath("options.yaml").read_text(encoding="utf-8")
    return _File.model_validate(YAML(typ="safe", pure=True).load(text)).options
