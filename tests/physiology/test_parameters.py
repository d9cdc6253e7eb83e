"""The parameters: complete, illustrative, each inside its range, and one version for one set of numbers."""

from __future__ import annotations

import hashlib
import json

import pytest
from pydantic import ValidationError

from pres_teach import imaging
from pres_teach.evidence import library
from pres_teach.patient import ORGANS
from pres_teach.pharmacology import formulary
from pres_teach.physiology import DIAGNOSES, PATTERNS, parameters
from pres_teach.physiology.consequences import consequences
from pres_teach.physiology.other import right_treatments
from pres_teach.physiology.parameters import Parameter
from pres_teach.text import citations

# Of the version in parameters.yaml: what `digest` gives for its numbers.
DIGEST = ("5", "0ad42bf3a8af4802")


def digest() -> str:
    """A short sum over every number that the teaching model computes with; words and ranges don't count."""
    p = parameters()
    numbers = {
        "numbers": {group: {name: one.value for name, one in of.items()} for group, of in p.numbers.items()},
        "tables": {name: dict(table.values) for name, table in p.tables.items()},
        "acts": {
            name: {
                kind: {field: value for field, value in act.items() if field != "reasoning"}
                for kind, act in drug.acts.model_dump(exclude_none=True).items()
            }
            for name, drug in formulary().items()
        },
        "consequences": {name: one.model_dump(exclude={"text", "why"}) for name, one in consequences().items()},
        "remedies": {
            name: one.model_dump(exclude={"treatment", "reasoning"}) for name, one in right_treatments().items()
        },
    }
    return hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:16]


def test_the_version_rises_with_the_numbers() -> None:
    remedy = 'a number has changed: raise "version" in parameters.yaml, and set DIGEST here to the new pair'
    assert (parameters().version, digest()) == DIGEST, remedy


def test_all_of_it_is_illustrative() -> None:
    assert parameters().support == "illustrative"


@pytest.mark.parametrize(
    "name",
    ["haemorrhage_share", "seizure_factor", "altered_share", "visual_share", "headache_share", "rejection_factor"],
)
def test_tables_by_organ_know_every_organ(name: str) -> None:
    assert set(parameters().table(name)) == set(ORGANS)


def test_every_other_diagnosis_has_its_curve() -> None:
    assert set(parameters().table("other_rise_h")) == set(DIAGNOSES) - {"PRES"}


def test_a_value_outside_its_range_is_refused_in_words() -> None:
    with pytest.raises(ValidationError, match='"value": must lie in its range 1 to 2; received 3; correct one'):
        Parameter(value=3, unit="h", range=(1, 2), why="for the test")


def test_an_unknown_parameter_names_the_nearest() -> None:
    with pytest.raises(AttributeError, match='"fil_per_h": is no parameter of oedema; nearest: fill_per_h'):
        _ = parameters().group("oedema").fil_per_h


def test_what_a_parameter_leans_on_is_in_the_library() -> None:
    read = parameters()
    whys = [p.why for group in read.numbers.values() for p in group.values()] + [t.why for t in read.tables.values()]
    cited = {key for why in whys for key in citations(why)}
    assert "bartynski2008-incidence" in cited
    known = library()
    assert {key for key in cited if key not in known.claims and key not in known.sources} == set()


def test_every_pattern_can_be_drawn() -> None:
    assert set(PATTERNS) == set(imaging.patterns())
