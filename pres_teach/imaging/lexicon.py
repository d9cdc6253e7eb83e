"""The lexicon of lesions: ``patterns.yaml``, read through a strict schema; a wrong entry is told in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

FACTORS = ("t1", "t2", "pd", "adc")
LEVELS = ("restricted", "vasogenic", "swelling", "loss", "enhancement")


class LexiconError(ValueError):
    """An entry of the lexicon that cannot be: where, the rule, what was found, the remedy."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _share(default: float = 0.0) -> Any:
    return Field(default=default, ge=0, le=1)


Triple = tuple[float, float, float]


class Shape(_Entry):
    """An ellipsoid or a tube on the patient's right side [MNI mm]; mirrored to the left unless ``once``."""

    ellipsoid: Triple | None = None
    radii: Triple | None = None
    tube: tuple[Triple, ...] | None = None
    radius: float | None = Field(default=None, gt=0)
    weight: float = Field(default=1.0, gt=0, le=1)
    once: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        round_one = self.ellipsoid is not None and self.radii is not None
        long_one = self.tube is not None and self.radius is not None
        if round_one == long_one:
            raise ValueError("is either an ellipsoid with radii or a tube with a radius")
        return self


class Affinity(_Entry):
    """How readily each kind of tissue takes part, 0 to 1, and how that falls off [mm]."""

    cortex: float = _share()
    white: float = _share()
    deep_grey: float = _share()
    from_mm: float = 0.0
    deep_mm: float | None = None
    wall_mm: float | None = None
    near_wall_mm: float | None = None
    calcarine: float = _share(1.0)
    support: Literal["illustrative"]
    reasoning: str


class Part(_Entry):
    """A part of a pattern with its share of the volume."""

    share: float = Field(gt=0, le=1)
    affinity: str
    patchiness: float | None = Field(default=None, ge=0)
    strength: float = Field(default=1.0, gt=0, le=1)
    regions: Mapping[str, float]


class Site(_Entry):
    """A place that any pattern of PRES may reach as well, with its published frequency."""

    claim: str
    percent: float = Field(gt=0, lt=100)
    label: str
    share: tuple[float, float]
    affinity: str
    patchiness: float | None = Field(default=None, ge=0)
    strength: float = Field(default=1.0, gt=0, le=1)
    regions: Mapping[str, float]


class Pattern(_Entry):
    """A pattern of PRES. ``percent`` is its published frequency; without it, a variant outside the four."""

    claim: str
    percent: float | None = Field(default=None, gt=0, lt=100)
    always: tuple[str, ...]
    least_asymmetry: float = _share()
    parts: tuple[Part, ...] = Field(min_length=1)
    without_parieto_occipital: tuple[Part, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _shares_add_up(self.parts)
        return self


class Look(_Entry):
    """Factors on the tissue's own values."""

    t1: float = Field(default=1.0, gt=0)
    t2: float = Field(default=1.0, gt=0)
    pd: float = Field(default=1.0, gt=0)
    adc: float = Field(default=1.0, gt=0)


class Scar(Look):
    """What a restricted focus leaves behind."""

    loss: float = _share()
    support: Literal["illustrative"]
    reasoning: str


class Stage(Look):
    """How a mimic looks at a time since its onset [h]."""

    after: float = Field(ge=0)
    restricted: float = _share()
    vasogenic: float = _share()
    swelling: float = _share()
    loss: float = _share()
    enhancement: float = _share()


class Mimic(_Entry):
    """What may be taken for PRES: where it lies, and how it looks along its own course."""

    diagnosis: str
    claims: tuple[str, ...]
    sides: Literal["one", "uneven", "both"]
    growth: Literal["field", "foci", "sulci"] = "field"
    patchiness: float = Field(ge=0)
    feather: float = Field(gt=0)
    wave_mm: float = Field(default=8.5, gt=0)
    parts: tuple[Part, ...] = Field(min_length=1)
    enhances: Literal["none", "gyral", "edge", "ring"]
    restricted_where: Literal["all", "edge", "patches", "core"] = "all"
    haematoma_share: float = _share()
    thrombus: str | None = None
    vessels: Literal["beaded"] | None = None
    foci: int = Field(default=1, ge=1)
    core_share: float = _share(0.25)
    rim_mm: float = Field(default=2.0, gt=0)
    core: Look = Look()
    lacunes: int = Field(default=0, ge=0)
    course: tuple[Stage, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _shares_add_up(self.parts)
        times = [stage.after for stage in self.course]
        if times[0] != 0 or times != sorted(set(times)):
            raise ValueError('"course": the times "after" begin at 0 and rise')
        return self

    def at(self, since_onset_h: float) -> dict[str, float]:
        """Factors and levels at a time since onset, straight lines between the stages [h]."""
        times = [stage.after for stage in self.course]
        return {
            name: float(np.interp(since_onset_h, times, [getattr(stage, name) for stage in self.course]))
            for name in (*FACTORS, *LEVELS)
        }


class Enhancement(_Entry):
    """How often PRES takes up contrast, in a cohort chosen for atypical sites."""

    claim: str
    number: int
    of: int
    kinds: Mapping[Literal["gyral", "leptomeningeal"], float]
    patch_mm: float = Field(gt=0)


class FocusStage(_Entry):
    """What a restricted focus that stays has become [h]."""

    after: float
    restricted: float = _share()
    scar: float = _share()


class Spared(Shape):
    """What is spared."""


class Lexicon(_Entry):
    """All of ``patterns.yaml``."""

    regions: Mapping[str, tuple[Shape, ...]]
    affinities: Mapping[str, Affinity]
    spared: Mapping[Literal["calcarine"], Spared]
    lesser_side: float = Field(gt=0, lt=0.5)
    sites: Mapping[str, Site]
    patterns: Mapping[str, Pattern]
    enhancement: Enhancement
    restricted_course: tuple[FocusStage, ...]
    scar: Scar
    mimics: Mapping[str, Mimic]

    @model_validator(mode="after")
    def _known(self) -> Self:
        users: list[tuple[str, Part | Site]] = [(f"sites.{name}", site) for name, site in self.sites.items()]
        for kind, entries in (("patterns", self.patterns), ("mimics", self.mimics)):
            for name, entry in entries.items():
                users += [(f"{kind}.{name}", part) for part in entry.parts]
                if isinstance(entry, Pattern):
                    users += [(f"{kind}.{name}", part) for part in entry.without_parieto_occipital]
                    for site in entry.always:
                        _must_be(f"{kind}.{name}.always", site, self.sites)
        for where, user in users:
            _must_be(f"{where}.affinity", user.affinity, self.affinities)
            for region in user.regions:
                _must_be(f"{where}.regions", region, self.regions)
        both = set(self.patterns) & set(self.mimics)
        if both:
            raise ValueError(f"a name is a pattern or a mimic, not both: {sorted(both)}")
        return self


def _shares_add_up(parts: Iterable[Part]) -> None:
    total = sum(part.share for part in parts)
    if abs(total - 1) > 1e-6:
        raise ValueError(f'"share": the parts add up to 1; found {total:g}')


def nearest(name: str, known: Iterable[str]) -> str:
    """A remedy that offers the nearest names, also by a part of them or by their initials."""
    names = list(known)
    said = name.strip().casefold()
    near = difflib.get_close_matches(said, [n.casefold() for n in names], n=2, cutoff=0.5)
    found = [n for n in names if n.casefold() in near]
    initials = {n: "".join(word[0] for word in n.casefold().replace("-", " ").split()) for n in names}
    found += [n for n in names if n not in found and (initials[n] == said or said in n.casefold()) and said]
    if not found:
        return "choose one of these"
    return "did you mean " + " or ".join(f'"{n}"' for n in found[:2]) + "?"


def _must_be(where: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        raise ValueError(f'"{where}": must be one of {", ".join(names)}; found "{name}"; {nearest(name, names)}')


def _frozen(value: Any) -> Any:
    """YAML's lists as tuples."""
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value


def read(text: str) -> Lexicon:
    """A lexicon from the text of a YAML file.

    Raises
    ------
    LexiconError
        One line for each fault: where it is, what the rule is, what was found.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        given = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise LexiconError(f'"patterns.yaml": must be YAML; found {error}; correct the file') from error
    try:
        return Lexicon.model_validate(_frozen(given))
    except ValidationError as error:
        lines = []
        for fault in error.errors(include_url=False):
            where = ".".join(str(step) for step in fault["loc"]) or "patterns.yaml"
            found = fault["input"]
            shown = f'"{found}"' if isinstance(found, str | int | float | bool) else f"a {type(found).__name__}"
            rule = fault["msg"].removeprefix("Value error, ")
            if '; found "' in rule:  # already a whole sentence
                lines.append(rule)
                continue
            rule = rule[0].lower() + rule[1:] if rule[:1].isupper() and not rule[:2].isupper() else rule
            lines.append(f'"{where}": {rule}; found {shown}; correct the entry')
        raise LexiconError("\n".join(lines)) from error


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of the package."""
    return read((resources.files("pres_teach.imaging") / "patterns.yaml").read_text(encoding="utf-8"))


def patterns() -> tuple[str, ...]:
    """Names of the patterns of PRES that can be drawn."""
    return tuple(lexicon().patterns)


def mimics(diagnosis: str | None = None) -> tuple[str, ...]:
    """Names of the mimics that can be drawn, or those of one diagnosis."""
    return tuple(n for n, mimic in lexicon().mimics.items() if diagnosis is None or mimic.diagnosis == diagnosis)


def sites() -> tuple[str, ...]:
    """Names of the places that a pattern may reach as well."""
    return tuple(lexicon().sites)
