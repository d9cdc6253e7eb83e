"""Scans that a reader has not seen, drawn from a seed: PRES, what looks like it, and heads without a lesion."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

from pres_teach.evidence import library
from pres_teach.imaging.lesions import Lesion
from pres_teach.imaging.lexicon import lexicon, mimics, patterns
from pres_teach.imaging.scan import Scan, acquire
from pres_teach.patient import stream
from pres_teach.text import citations

__all__ = ["Unseen", "example", "tells", "unseen"]

DAY_H = 24.0
# A usual size of each mimic [mL], and when it is looked at [days]: illustrative, for a picture that can be read.
SIZE_ML = {
    "posterior cerebral artery infarct": 40.0,
    "progressive multifocal leukoencephalopathy": 45.0,
    "venous infarct": 40.0,
    "HSV encephalitis": 40.0,
    "HHV-6 encephalitis": 9.0,
    "osmotic demyelination": 9.0,
    "convexity bleeding": 5.0,
    "metastases": 45.0,
    "abscess": 35.0,
    "small-vessel change": 30.0,
}
AT_DAYS = {
    "progressive multifocal leukoencephalopathy": 40.0,
    "osmotic demyelination": 5.0,
    "small-vessel change": 300.0,
}
OLD = {"small-vessel change": 74.0}
MOST = 40
# How often a pattern without a published share is drawn: illustrative.
RARE_PERCENT = 5.0


class _Tells(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    tells: Mapping[str, Annotated[str, Field(min_length=1)]]

    @model_validator(mode="after")
    def _whole(self) -> _Tells:
        wanted = {"PRES", "normal", *mimics()}
        if set(self.tells) != wanted:
            raise ValueError(f'"tells": one sentence for each of {sorted(wanted)}; received {sorted(self.tells)}')
        for name, text in self.tells.items():
            keys = citations(text)
            if not keys or any(library().cite(key) is None for key in keys):
                raise ValueError(
                    f'"{name}": a sentence that cites the evidence library; received {text!r}; add a claim'
                )
        return self


@functools.cache
def tells() -> Mapping[str, str]:
    """What tells each picture from the others (Markdown with sources), by mimic, and for "PRES" and "normal"."""
    text = resources.files("pres_teach.imaging").joinpath("unseen.yaml").read_text(encoding="utf-8")
    return _Tells.model_validate(YAML(typ="safe", pure=True).load(text)).tells


@dataclass(frozen=True)
class Unseen:
    """A scan to be read.

    Parameters
    ----------
    kind
        "PRES", "other" or "normal".
    pattern
        The pattern or mimic that was drawn; "" for a normal head.
    lesion, seed, age_years
        What `acquire` makes the scan from.
    """

    kind: Literal["PRES", "other", "normal"]
    pattern: str
    lesion: Lesion
    seed: int
    age_years: float

    @property
    def tells(self) -> str:
        """What tells it from the others (Markdown with sources)."""
        return tells()[self.pattern if self.kind == "other" else self.kind]

    def scan(self) -> Scan:
        """Make the pictures."""
        return acquire(self.lesion, seed=self.seed, age_years=self.age_years)


def example(pattern: str, seed: int = 4, size_ml: float | None = None) -> Unseen:
    """One scan of a pattern of PRES or of a mimic, of a usual size at a usual time; of a normal head without a pattern.

    Parameters
    ----------
    pattern
        A name of the lexicon, or "".
    seed
        Of the lesion and the head.
    size_ml
        Oedema; the usual size without one [mL].

    Raises
    ------
    ValueError
        For an unknown pattern; it names those there are.
    """
    if not pattern:
        return Unseen("normal", "", Lesion(seed=seed), seed, 40.0)
    if pattern not in (*patterns(), *mimics()):
        known = ", ".join((*patterns(), *mimics()))
        raise ValueError(f'"pattern": one of {known}; received "{pattern}"; choose one of these')
    ml = size_ml if size_ml is not None else SIZE_ML.get(pattern, 55.0)
    since_h = DAY_H * AT_DAYS.get(pattern, 1.5)
    lesion = Lesion(pattern=pattern, oedema_ml=ml, peak_ml=ml, since_onset_h=since_h, seed=seed)
    kind: Literal["PRES", "other"] = "PRES" if pattern in patterns() else "other"
    return Unseen(kind, pattern, lesion, seed, OLD.get(pattern, 40.0))


def unseen(seed: int, n: int = 12) -> tuple[Unseen, ...]:
    """Scans to be read, in random order: half PRES, a third mimics (each once before any comes again), the rest normal.

    Parameters
    ----------
    seed
        The same gives the same scans.
    n
        How many, 3 to 40.

    Raises
    ------
    ValueError
        For another number.
    """
    if type(n) is not int or not 3 <= n <= MOST:
        raise ValueError(f'"n": 3 to {MOST} scans; received {n!r}; choose a number there')
    chance = stream(seed, 0, "unseen scans")
    names = list(patterns())
    shares = [lexicon().patterns[name].percent or RARE_PERCENT for name in names]
    total = sum(shares)
    others = [mimics()[int(k)] for k in chance.permutation(len(mimics()))]
    sick, foreign = max(1, n // 2), max(1, n // 3)
    made: list[Unseen] = []
    for k in range(sick):
        pattern = names[int(chance.choice(len(names), p=[share / total for share in shares]))]
        size = float(chance.uniform(20.0, 80.0))
        made.append(example(pattern, seed=int(chance.integers(1, 2**31)) + k, size_ml=size))
    made += [example(others[k % len(others)], seed=int(chance.integers(1, 2**31))) for k in range(foreign)]
    made += [example("", seed=int(chance.integers(1, 2**31))) for _ in range(n - sick - foreign)]
    return tuple(made[int(k)] for k in chance.permutation(n))
