"""Scans that a reader has not seen."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import ValidationError

from pres_teach.imaging import mimics, patterns
from pres_teach.imaging.findings import measure
from pres_teach.imaging.suspicion import suspected
from pres_teach.imaging.unseen import _Tells, example, tells, unseen


def test_the_same_seed_gives_the_same_scans_and_another_seed_others() -> None:
    assert unseen(7) == unseen(7)
    assert unseen(7) != unseen(8)


@pytest.mark.parametrize("seed", range(8))
def test_half_have_pres_a_third_something_else_and_the_rest_nothing(seed: int) -> None:
    assert Counter(one.kind for one in unseen(seed)) == {"PRES": 6, "other": 4, "normal": 2}
    assert Counter(one.kind for one in unseen(seed, 6)) == {"PRES": 3, "other": 2, "normal": 1}


@pytest.mark.parametrize("seed", range(8))
def test_no_mimic_comes_twice(seed: int) -> None:
    others = [one.pattern for one in unseen(seed) if one.kind == "other"]
    assert len(set(others)) == len(others)
    assert set(others) <= set(mimics())


def test_their_order_cannot_be_learnt() -> None:
    firsts = {unseen(seed)[0].kind for seed in range(30)}
    assert firsts == {"PRES", "other", "normal"}


def test_every_pattern_comes_with_the_seeds() -> None:
    seen = {one.pattern for seed in range(40) for one in unseen(seed) if one.kind == "PRES"}
    assert seen == set(patterns())


def test_what_is_drawn_shows_what_it_is() -> None:
    """The measured picture, not the intention: no PRES looks like a mimic, each mimic like itself."""
    for one in unseen(11):
        found = suspected(measure(one.scan()))
        assert found == ((one.pattern,) if one.kind == "other" else ())


def test_everything_that_can_come_has_a_sentence_that_tells_it() -> None:
    assert set(tells()) == {"PRES", "normal", *mimics()}
    assert example("").tells == tells()["normal"]
    assert example("abscess").tells == tells()["abscess"]


def test_a_sentence_without_a_source_is_refused() -> None:
    with pytest.raises(ValidationError, match="a sentence that cites the evidence library"):
        _Tells(tells={**tells(), "abscess": "Round."})
    with pytest.raises(ValidationError, match="one sentence for each of"):
        _Tells(tells={"PRES": tells()["PRES"]})


@pytest.mark.parametrize("n", [0, 2, 41, 2.5, True])
def test_too_few_or_too_many_are_refused_in_words(n: object) -> None:
    with pytest.raises(ValueError, match='"n": 3 to 40 scans; received'):
        unseen(1, n)  # type: ignore[arg-type]


def test_an_unknown_pattern_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match='"pattern": one of parieto-occipital, .*; received "lightning"'):
        example("lightning")
