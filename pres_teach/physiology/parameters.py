"""The parameters of the teaching model, read from parameters.yaml; every one is illustrative."""

from __future__ import annotations

import difflib
import functools
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

__all__ = ["Group", "Parameter", "Parameters", "Table", "parameters", "shipped", "using"]

Words = Annotated[str, Field(min_length=1)]


class Parameter(BaseModel):
    """One number of the teaching model, with its unit, the range thought plausible, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float
    unit: Words
    range: tuple[float, float]
    why: Words

    @model_validator(mode="after")
    def _inside(self) -> Parameter:
        low, high = self.range
        if not (math.isfinite(self.value) and low <= self.value <= high):
            raise ValueError(
                f'"value": must lie in its range {low:g} to {high:g}; received {self.value:g}; correct one'
            )
        return self


class Table(BaseModel):
    """One number for each organ or drug; a fitted one has the range in which it was looked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Words
    why: Words
    range: tuple[float, float] | None = None
    values: Mapping[str, float]

    @model_validator(mode="after")
    def _inside(self) -> Table:
        for name, value in self.values.items():
            if self.range is not None and not self.range[0] <= value <= self.range[1]:
                raise ValueError(
                    f'"{name}": must lie in its range {self.range[0]:g} to {self.range[1]:g}; '
                    f"received {value:g}; correct one"
                )
        return self


class Group(Mapping[str, float]):
    """Values of one group, read as attributes: `parameters().oedema.fill_per_h`."""

    def __init__(self, name: str, values: Mapping[str, float]) -> None:
        self._name = name
        self._values = dict(values)
        vars(self).update(self._values)  # found without a detour: a crowd reads them very often

    def __getattr__(self, name: str) -> float:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._values, 1)
            hint = f"; nearest: {near[0]}" if near else ""
            raise AttributeError(f'"{name}": is no parameter of {self._name}{hint}') from None

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Parameters(BaseModel):
    """All of the teaching model: `version`, `numbers` by group and name, `tables` by organ or drug."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    support: Literal["illustrative"]
    version: Words
    numbers: Mapping[str, Mapping[str, Parameter]]
    tables: Mapping[str, Table]

    @functools.cached_property
    def _groups(self) -> Mapping[str, Group]:
        return MappingProxyType(
            {
                group: Group(group, {name: parameter.value for name, parameter in members.items()})
                for group, members in self.numbers.items()
            }
        )

    def group(self, name: str) -> Group:
        """Values of one group."""
        return self._groups[name]

    def table(self, name: str) -> Mapping[str, float]:
        """Values of one table, by organ or drug."""
        return self.tables[name].values


_chosen: ContextVar[Parameters | None] = ContextVar("parameters", default=None)


def parameters() -> Parameters:
    """The parameters in force: those that come with the package, or others under `using`."""
    return _chosen.get() or shipped()


@contextmanager
def using(changed: Mapping[str, float]) -> Iterator[Parameters]:
    """Let other values be in force for a while: how a fit tries them.

    Parameters
    ----------
    changed
        New values by "group.name" or "table.organ"; the others stay.

    Raises
    ------
    KeyError
        If there is no such parameter.
    ValueError
        If a value lies outside its range.
    """
    data = parameters().model_dump()
    for path, value in changed.items():
        group, name = path.split(".", 1)
        if name in data["numbers"].get(group, {}):
            data["numbers"][group][name]["value"] = value
        elif name in data["tables"].get(group, {}).get("values", {}):
            data["tables"][group]["values"][name] = value
        else:
            raise KeyError(f'"{path}": must be a parameter such as oedema.half_life_h; there is none of that name')
    token = _chosen.set(Parameters.model_validate(data))
    try:
        yield parameters()
    finally:
        _chosen.reset(token)


@functools.cache
def shipped() -> Parameters:
    """The parameters that come with the package, read once."""
    text = resources.files("pres_teach.physiology").joinpath("parameters.yaml").read_text(encoding="utf-8")
    return Parameters.model_validate(YAML(typ="safe", pure=True).load(text))
