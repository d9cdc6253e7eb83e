from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from pres_teach.evidence.reading import read_entries

LIBRARY = resources.files("pres_teach.evidence").joinpath("library.yaml").read_text(encoding="utf-8")


def as_mapping(text: str) -> dict[str, dict[str, dict[str, object]]]:
    entries, faults = read_entries(text)
    assert faults == []
    found: dict[str, dict[str, dict[str, object]]] = {}
    for entry in entries:
        found.setdefault(entry.section, {})[entry.id] = dict(entry.fields)
    return found


def test_a_yaml_reader_reads_the_library_alike() -> None:
    assert as_mapping(LIBRARY) == YAML(typ="safe", pure=True).load(LIBRARY)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40))
def test_a_yaml_reader_reads_every_accepted_value_alike(value: str) -> None:
    text = f"claims:\n  a:\n    note: {value}\n"
    entries, faults = read_entries(text)
    if not faults:
        assert entries[0].fields == YAML(typ="safe", pure=True).load(text)["claims"]["a"]


@pytest.mark.parametrize(
    "value", ["null", "yes", "2026-11-22", "1e5", "007", "a: b", "a #b", "*x", "[1]", "", "1:30", "~"]
)
def test_a_value_that_yaml_could_read_otherwise_asks_for_quotes(value: str) -> None:
    _, faults = read_entries(f"claims:\n  a:\n    note: {value}\n")
    assert [str(fault) for fault in faults] == [
        f'line 3: "note" of "a": must be a number or a plain text; found {value}; put it in double quotes'
    ]


def test_an_entry_knows_its_lines() -> None:
    entries, _ = read_entries("sources:\n\n  # one\n  a:\n    full: x\n    n: 3\n")
    assert (entries[0].line, entries[0].lines) == (4, {"full": 5, "n": 6})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "claims:\n  a:\n    k: 1\n  a:\n    k: 2\n",
            'line 4: "a": an id stands once in claims; found again, first on line 2; rename one',
        ),
        (
            "claims:\n  a:\n    k: 1\n    k: 2\n",
            'line 4: "k" of "a": a field stands once; found again, first on line 3; remove one',
        ),
        (
            "claims:\n    k: 1\n",
            'line 2: "k": a field belongs to an entry; found none above it; give the entry its id first',
        ),
        ("claims: 3\n", 'line 1: "claims": a section holds entries; found "3"; begin a new line, two spaces in'),
        ("claims:\n  a: 3\n", 'line 2: "a": an entry holds fields; found "3"; begin a new line, four spaces in'),
        (
            "claims:\n\ta:\n",
            'line 2: must be "name: value", 0, 2 or 4 spaces in; found "a:"; keep the form of its neighbours',
        ),
        (
            "claims:\n  a:\n   k: 1\n",
            'line 3: must be "name: value", 0, 2 or 4 spaces in; found "k: 1"; keep the form of its neighbours',
        ),
    ],
)
def test_a_line_out_of_form_is_named(text: str, message: str) -> None:
    _, faults = read_entries(text)
    assert [str(fault) for fault in faults] == [message]


def test_an_unclosed_quote_is_named_with_its_line() -> None:
    _, faults = read_entries('claims:\n  a:\n    note: "open\n')
    assert str(faults[0]).startswith('line 3: "note" of "a": a text in double quotes ends on its line')
