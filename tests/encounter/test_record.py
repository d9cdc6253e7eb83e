"""The record: what was done is there again, in another kernel and after an edit of the case."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import pres_teach
from pres_teach.case import Case
from pres_teach.encounter import Encounter, Refusal
from pres_teach.physiology import parameters
from pres_teach.quiz import Response
from pres_teach.record import SCHEMA_VERSION, Record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.sqlite"


def test_an_encounter_is_taken_up_where_it_was_left(case: Case, path: Path) -> None:
    first = Encounter(case, Record(path))
    first.ask("vision")
    first.order("labetalol", 20, "mg", "iv")
    first.answer("thoughts", Response(text="</script> & so on"))
    assert Encounter(case, Record(path)).state == first.state


def test_two_open_notebooks_see_each_others_events(case: Case, path: Path) -> None:
    one, two = Encounter(case, Record(path)), Encounter(case, Record(path))
    one.ask("vision")
    assert two.sync() == 1
    assert two.state == one.state
    two.test("glucose")
    one.ask("airway")
    two.sync()
    assert one.state == two.state
    assert [event["do"] for event in one.events] == ["ask", "test", "ask"]


def test_two_who_write_in_the_same_moment_live_through_both_events(case: Case, path: Path) -> None:
    one, two = Encounter(case, Record(path)), Encounter(case, Record(path))
    record = one.record
    assert record is not None

    class Hurried(Record):
        """Between the look and the event of the one, the other writes."""

        def append(self, case_id: str, event: Mapping[str, Any], *, checksum: str = "", model: str = "") -> int:
            two.ask("airway")
            return super().append(case_id, event, checksum=checksum, model=model)

    one.record = Hurried(path)
    one.ask("vision")
    two.sync()
    assert [asked.finding for asked in one.asked] == ["airway", "vision"]
    assert one.state == two.state


def test_a_cleared_record_is_noticed(case: Case, path: Path) -> None:
    one = Encounter(case, Record(path))
    one.ask("vision")
    Record(path).clear(case.id)
    one.sync()
    assert one.events == ()
    assert one.clock_h == case.opens_h


def test_what_the_record_cannot_take_is_refused_and_not_done(case: Case, path: Path) -> None:
    encounter = Encounter(case, Record(path))
    with pytest.raises(Refusal, match="could not be kept"):
        encounter.answer("thoughts", Response(text="?" + "\x01" * 19_000))
    assert encounter.answers == ()
    assert encounter.events == ()


def test_an_edited_case_file_is_told_of(case: Case, path: Path) -> None:
    record = Record(path)
    ask = {"do": "ask", "by": "learner", "at_h": 367.5, "finding": "airway"}
    record.append(case.id, ask, checksum="another")
    encounter = Encounter(case, record)
    assert "edited" in encounter.messages[0]
    assert [asked.finding for asked in encounter.asked] == ["airway"]


def test_a_changed_model_is_told_of(case: Case, path: Path) -> None:
    record = Record(path)
    ask = {"do": "ask", "by": "learner", "at_h": 367.5, "finding": "airway"}
    record.append(case.id, ask, checksum=case.checksum, model="another")
    (message,) = Encounter(case, record).messages
    assert message.startswith("The teaching model was changed")


def test_every_event_says_under_which_case_package_model_and_schema_it_was_made(case: Case, path: Path) -> None:
    record = Record(path)
    encounter = Encounter(case, record)
    encounter.ask("vision")
    encounter.enter("mri")
    assert Encounter(case, record).messages == ()
    with closing(sqlite3.connect(path)) as file:
        stamps = set(file.execute("SELECT checksum, package, model FROM event"))
        (schema,) = file.execute("PRAGMA user_version").fetchone()
    assert stamps == {(case.checksum, pres_teach.__version__, parameters().version)}
    assert schema == SCHEMA_VERSION
    journal = json.loads(record.journal(case.id))
    assert journal["schema_version"] == SCHEMA_VERSION
    assert {(e["checksum"], e["package"], e["model"]) for e in journal["events"]} == stamps


def test_observers_are_told_of_every_event_until_they_leave(encounter: Encounter) -> None:
    seen: list[Mapping[str, Any]] = []
    leave = encounter.observe(seen.append)
    encounter.ask("vision")
    leave()
    encounter.ask("airway")
    assert [event["do"] for event in seen] == ["ask"]


def test_observers_are_not_told_of_what_was_refused(encounter: Encounter) -> None:
    seen: list[Mapping[str, Any]] = []
    encounter.observe(seen.append)
    with pytest.raises(Refusal):
        encounter.ask("nothing")
    assert seen == []


def test_events_survive_json(encounter: Encounter, case: Case) -> None:
    encounter.ask("vision")
    encounter.order("labetalol", 20, "mg", "iv")
    encounter.wait(5.3)
    events = json.loads(json.dumps(encounter.events))
    assert Encounter.replay(case, events).state == encounter.state


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"do": "dance", "by": "learner", "at_h": 367.5},
        {"do": ["ask"], "by": "learner", "at_h": 367.5},
        {"do": "ask", "by": "nobody", "at_h": 367.5, "finding": "vision"},
        {"do": "ask", "by": "learner", "at_h": "noon", "finding": "vision"},
        {"do": "ask", "by": "learner", "at_h": 1e12, "finding": "vision"},
        {"do": "ask", "by": "learner", "at_h": 367.5, "finding": "gone"},
        {"do": "order", "by": "learner", "at_h": 367.5, "drug": 3},
        {"do": "answer", "by": "learner", "at_h": 367.5, "question": "first-act", "response": {"chosen": "all"}},
    ],
)
def test_an_event_that_no_longer_fits_is_left_out_with_a_message(case: Case, event: dict[str, Any]) -> None:
    ask = {"do": "ask", "by": "learner", "at_h": 367.5, "finding": "airway"}
    encounter = Encounter.replay(case, [event, ask])
    assert len(encounter.messages) == 1
    assert [asked.finding for asked in encounter.asked] == ["airway"]
