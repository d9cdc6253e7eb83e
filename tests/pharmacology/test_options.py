"""Ways of handling the immunosuppression: cited, warned of by organ, never ranked."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from pydantic import ValidationError

from pres_teach.patient import Patient
from pres_teach.pharmacology.options import Option, options

PATIENT = Patient(0, 28, "male", 68, "kidney", "*3/*3", 32, 88, 128, 0.80, ebv="positive")


def of(id_: str) -> Option:
    return next(option for option in options() if option.id == id_)


def test_every_way_of_the_evidence_is_there() -> None:
    ids = {option.id for option in options()}
    assert ids == {"reduce", "ciclosporin", "sirolimus", "everolimus", "belatacept", "bridge", "steroid", "nothing"}


@pytest.mark.parametrize("option", options(), ids=lambda option: option.id)
def test_each_has_what_was_seen_and_a_price(option: Option) -> None:
    assert option.known
    assert option.price
    assert option.papers


def test_none_is_called_best_and_none_is_told_by_survival() -> None:
    told = " ".join(text for option in options() for text in (*option.known, *option.price, *option.where.values()))
    assert not re.search(r"\bbest\b|recommended first|surviv|first choice", told, re.IGNORECASE)


@pytest.mark.parametrize(
    ("id_", "organ", "words"),
    [
        ("sirolimus", "liver", "Boxed warning"),
        ("sirolimus", "lung", "bronchial suture"),
        ("sirolimus", "heart", "not recommended"),
        ("belatacept", "liver", "not for liver recipients"),
        ("everolimus", "liver", "Not before about 30 days"),
        ("nothing", "allo-hsct", "graft-versus-host disease"),
    ],
)
def test_a_warning_follows_the_organ(id_: str, organ: str, words: str) -> None:
    assert any(words in said for said in of(id_).warned(replace(PATIENT, organ=organ)))
    assert not any(words in said for said in of(id_).warned(PATIENT))


@pytest.mark.parametrize(("ebv", "warned"), [("positive", False), ("negative", True), ("unknown", True)])
def test_belatacept_asks_for_serology(ebv: str, warned: bool) -> None:
    said = of("belatacept").warned(replace(PATIENT, ebv=ebv))
    assert any("Epstein-Barr" in one for one in said) is warned


def test_cover_comes_from_the_formulary() -> None:
    ((drug, on, off),) = of("sirolimus").cover()
    assert (drug, on, off) == ("sirolimus", "7 days", "12 days 12 h")
    assert of("nothing").cover() == ()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"known": ["Nine of ten got well."]}, "every sentence cites the evidence library"),
        ({"known": ["Good [@nobody]."]}, "which cites nobody"),
        ({"drugs": ["moonshine"]}, "moonshine"),
        ({"known": []}, "at least 1 item"),
        ({"where": {"spleen": "No [@common-knowledge]."}}, "spleen"),
    ],
)
def test_a_wrong_option_is_refused_in_words(change: dict[str, object], found: str) -> None:
    with pytest.raises((ValidationError, ValueError, KeyError), match=found):
        Option.model_validate({**of("ciclosporin").model_dump(), **change})
