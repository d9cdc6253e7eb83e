"""The reading room: pairs, patterns, physics, scans to be read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import pres_teach
from pres_teach.imaging import mimics, patterns
from pres_teach.imaging.unseen import unseen
from pres_teach.record import Record
from pres_teach.widgets import ReadingRoom, picturing, reading_room
from pres_teach.widgets.reading_test import SAID, ReadingTest

from .conftest import press


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "record.sqlite")


@pytest.fixture
def room(record: Record) -> ReadingRoom:
    return reading_room(record)


def answer(widget: Any, chosen: int, confidence: int = 80) -> None:
    press(widget, "answer", response={"chosen": [chosen], "confidence": confidence})


def read_all(room: ReadingRoom, right: bool, seed: int = 7, n: int = 6) -> Any:
    stack = room.test(seed=seed, n=n)
    for one in unseen(seed, n):
        _, question, onward = stack.children
        place = SAID.index(one.kind)
        answer(question, place if right else (place + 1) % 3)
        press(onward, "open")
    return stack


# --- scans to be read


def test_a_scan_is_told_only_after_it_was_read(room: ReadingRoom) -> None:
    _, question, onward = room.test(seed=7, n=6).children
    assert question.mark == {}
    assert onward.button == ""
    answer(question, 0)
    assert question.mark["verdict"] == "right"
    assert "PRES" in question.mark["explain"]
    assert onward.button == "Next scan"


def test_what_the_viewer_says_gives_nothing_away(room: ReadingRoom) -> None:
    viewer, question, _ = room.test(seed=7, n=6).children
    assert not viewer.reports
    viewer.load((0, "FLAIR", 20))
    told = f"{viewer.heads} {viewer.words_0_0} {question.question}".casefold()
    for word in (*mimics(), *patterns(), "infarct", "oedema", "encephalitis"):
        assert word.casefold() not in told


def test_a_perfect_reader_is_told_so_with_wide_intervals(room: ReadingRoom) -> None:
    (onward,) = read_all(room, right=True).children
    assert "3 of 3 (100 %, 95 % interval 44 to 100 %)" in onward.body
    assert "6 of 6" in onward.body
    assert "PRES that was missed" not in onward.body


def test_what_was_missed_is_named_with_what_tells_it(room: ReadingRoom) -> None:
    (onward,) = read_all(room, right=False).children
    assert "PRES that was missed" in onward.body
    assert "calcarine cortex spared" in onward.body
    assert "How sure you were, and how often that was right" in onward.body
    assert "0 of 6" in onward.body


def test_it_goes_on_where_the_reader_left(record: Record, room: ReadingRoom) -> None:
    _, question, onward = room.test(seed=7, n=6).children
    answer(question, 1)
    press(onward, "open")
    again = reading_room(record).test(seed=7, n=6)
    assert again.children[1].question["label"] == "Scan 2"
    other = reading_room(record).test(seed=8, n=6)
    assert other.children[1].question["label"] == "Scan 1"


def test_the_first_try_counts(record: Record, room: ReadingRoom) -> None:
    _, question, _ = room.test(seed=7, n=6).children
    answer(question, 1)
    answer(question, 0)
    events = [event for _, event in record.events("reading-room") if event["do"] == "read"]
    assert [event["said"] for event in events] == ["other", "PRES"]
    assert [one.said for one in ReadingTest(reading_room(record), 7, 6, "").reads()] == ["other"]


# --- pairs and patterns


@pytest.mark.parametrize("mimic", mimics())
def test_a_pair_shows_two_scans_that_are_not_named(room: ReadingRoom, mimic: str) -> None:
    viewer, question = room.pair(mimic).children
    assert [head["label"] for head in viewer.heads] == ["Scan A", "Scan B"]
    assert len(viewer.panes) == 2
    answer(question, 0)
    assert "What tells it:" in question.mark["explain"]
    assert sum(one["right"] for one in question.mark["feedback"]) == 1


def test_a_page_of_many_scans_keeps_few_of_them_and_makes_them_again(room: ReadingRoom) -> None:
    viewers = [room.pair(mimic).children[0] for mimic in mimics()[:3]]
    for viewer in viewers:
        viewer.load((0, "FLAIR", 20), (1, "FLAIR", 20))
        assert len(picturing._kept) <= picturing.KEPT
    first = viewers[0]
    assert all(first.sheet(which, "FLAIR") for which in (0, 1))
    press(first, "look", x=20.0, y=-70.0, z=20.0, shown=[0, 1])
    assert "ADC there" in first.reading
    assert len(picturing._kept) <= picturing.KEPT


def test_pres_does_not_always_stand_on_one_side(room: ReadingRoom) -> None:
    sides = set()
    for mimic in mimics():
        _, question = room.pair(mimic).children
        answer(question, 0)
        sides.add(question.mark["verdict"])
    assert sides == {"right", "not right"}


def test_pres_is_no_mimic(room: ReadingRoom) -> None:
    with pytest.raises(ValueError, match='"mimic": a mimic of the lexicon'):
        room.pair("parieto-occipital")


def test_every_pattern_and_mimic_can_be_looked_at_with_its_share(room: ReadingRoom) -> None:
    shelf, viewer = room.patterns().children
    assert {name for name, _ in shelf.names} == {*patterns(), *mimics()}
    press(shelf, "choose", name="superior frontal sulcus")
    assert "27 % of 136 patients" in shelf.said
    assert viewer.heads[0]["label"] == "PRES: superior frontal sulcus"
    press(shelf, "choose", name="abscess")
    assert "restricts diffusion" in shelf.said


# --- physics


def test_fluid_is_black_where_its_line_crosses_zero(room: ReadingRoom) -> None:
    turned = room.physics("flair")
    assert "fluid 0.00" in turned.said
    press(turned, "turn", value=1200)
    assert re.search(r"fluid -2\.\d+", turned.said)
    assert turned.picture
    assert "Synthetic FLAIR slice" in turned.alt


def test_with_a_short_repetition_time_fluid_is_no_brighter_than_white_matter(room: ReadingRoom) -> None:
    turned = room.physics("recovery")
    found = {}
    for value in (5000, 600):
        press(turned, "turn", value=value)
        found[value] = {name: float(x) for name, x in re.findall(r"(white matter|fluid) (-?[\d.]+)", turned.said)}
    assert found[5000]["fluid"] > 2 * found[5000]["white matter"]
    assert found[600]["fluid"] < 1.5 * found[600]["white matter"]


def test_a_setting_that_no_scanner_has_is_refused_in_words(room: ReadingRoom) -> None:
    turned = room.physics("contrast")
    before = turned.value
    press(turned, "turn", value=0)
    assert "TE" in turned.said
    assert "0" in turned.said
    assert turned.value == before
    assert turned.error == ""


def test_the_curves_have_words_and_dashes_and_no_colour_alone(room: ReadingRoom) -> None:
    curve = room.physics("adc").curve
    assert 'role="img"' in curve
    assert "Logarithm of the signal of white matter, fluid, oedema" in curve
    assert curve.count("<polyline") == 3
    assert len(set(re.findall(r'stroke-width="2" (stroke-dasharray="[^"]*")?', curve))) == 3


def test_physics_that_is_not_there_is_refused(room: ReadingRoom) -> None:
    with pytest.raises(ValueError, match='"which": one of flair, contrast, recovery, adc; found "magic"'):
        room.physics("magic")


@pytest.mark.parametrize(("number", "verdict"), [("1.45", "right"), ("1,45", "right"), ("0.72", "not right")])
def test_the_adc_is_computed_by_hand(room: ReadingRoom, number: str, verdict: str) -> None:
    question = room.adc_by_hand()
    press(question, "answer", response={"number": number, "unit": ""})
    assert question.mark["verdict"] == verdict
    assert "White matter has 0.72" in question.mark["explain"]


def test_a_word_is_no_adc(room: ReadingRoom) -> None:
    question = room.adc_by_hand()
    press(question, "answer", response={"number": "much", "unit": ""})
    assert "Write a number" in str(question.notice)


# --- the rest


def test_vessels_and_ct_can_be_looked_at(room: ReadingRoom) -> None:
    viewer = room.vessels()
    assert {"CT", "MRA", "MRV"} <= set(viewer.names)
    viewer.load((0, "MRA", 0))
    assert "narrow" in str(viewer.sheet(0, "MRA")) + str(viewer.words_0_8)


def test_blood_is_seen_on_swi_beside_a_conventional_sequence(room: ReadingRoom) -> None:
    viewer = room.blood()
    assert [pane["sequence"] for pane in viewer.panes] == ["T2", "SWI"]
    press(viewer, "report", which=0)
    assert "microbleeds" in viewer.told["0"]


def test_the_follow_up_shows_what_stays(room: ReadingRoom) -> None:
    viewer = room.follow_up()
    assert [head["label"] for head in viewer.heads] == ["Day 2", "Day 14", "Day 60"]
    press(viewer, "report", which=2)
    assert "microbleeds" in viewer.told["2"]


def test_a_slide_and_a_volume_are_saved(room: ReadingRoom) -> None:
    slide, volume = room.slide(), room.nifti()
    press(slide, "open")
    assert slide.file[:8] == b"\x89PNG\r\n\x1a\n"
    press(volume, "open")
    assert volume.file[:4] == (348).to_bytes(4, "little")
    assert volume.file_name == "pres-teach-flair.nii"


def test_it_is_a_public_name_and_stands_without_a_script() -> None:
    assert pres_teach.reading_room is reading_room


def test_the_static_twin_of_a_test_gives_nothing_away(room: ReadingRoom) -> None:
    data, _ = room.test(seed=7, n=6)._repr_mimebundle_()
    assert "What do you see?" in data["text/html"]
    assert "calcarine" not in data["text/html"]
