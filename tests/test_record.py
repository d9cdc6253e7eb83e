from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach.record import APPLICATION_ID, SCHEMA_VERSION, Record, RecordError

CASE = "kidney-azole"


def event(at_h: float = 367.5, **more: Any) -> dict[str, Any]:
    return {"do": "ask", "by": "learner", "at_h": at_h, "finding": "vision"} | more


def bodies(record: Record, case_id: str = CASE) -> list[dict[str, Any]]:
    return [body for _, body in record.events(case_id)]


def aside(record: Record) -> list[dict[str, Any]]:
    """Events set aside, as a saved copy shows them."""
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(record.save())
        return [json.loads(body) for (body,) in copy.execute("SELECT body FROM event WHERE aside > 0 ORDER BY number")]


# events


def test_events_come_back_in_their_order_with_rising_numbers() -> None:
    with Record() as record:
        numbers = [record.append(CASE, event(367.5 + i)) for i in range(5)]
        assert record.events(CASE) == [(n, event(367.5 + i)) for i, n in enumerate(numbers)]
        assert numbers == sorted(set(numbers))


def test_only_later_events_are_given_when_asked() -> None:
    with Record() as record:
        first, second = record.append(CASE, event(1.0)), record.append(CASE, event(2.0))
        assert record.events(CASE, after=first) == [(second, event(2.0))]


def test_a_record_is_found_again_after_it_was_closed() -> None:
    with Record() as record:
        record.append(CASE, event())
    with Record() as record:
        assert bodies(record) == [event()]


def test_without_a_path_the_environment_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRES_TEACH_RECORD", str(tmp_path / "deep" / "er" / "mine.sqlite"))
    with Record() as record:
        assert record.path == tmp_path / "deep" / "er" / "mine.sqlite"
        assert record.message is None


def test_without_the_environment_it_lies_in_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRES_TEACH_RECORD")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "data")
    with Record() as record:
        assert record.path == tmp_path / "data" / "record.sqlite"


def test_cases_are_kept_apart_and_the_last_one_stands_last() -> None:
    with Record() as record:
        record.append("one", event())
        record.append("two", event())
        record.append("one", event())
        assert record.cases() == ("two", "one")
        assert len(record.events("two")) == 1


def test_clearing_a_case_leaves_the_others_and_uses_no_number_again() -> None:
    with Record() as record:
        record.append("one", event())
        last = record.append("two", event())
        record.clear("two")
        assert record.cases() == ("one",)
        assert record.append("two", event()) > last


def test_versions_of_the_model_are_kept_with_the_events() -> None:
    with Record(":memory:") as record:
        for model in ("1", "2", "1", ""):
            record.append(CASE, {"do": "wait", "at_h": 1.0}, model=model)
        assert record.models(CASE) == ("2", "1")
        assert record.models("another") == ()


def test_checksums_of_the_case_file_are_kept_with_the_events() -> None:
    with Record() as record:
        for checksum in ("aaa", "bbb", "bbb"):
            record.append(CASE, event(), checksum=checksum, model="1")
        assert record.checksums(CASE) == ("aaa", "bbb")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"at_h": 1.0}, 'must have "do"'),
        ({"do": "ask"}, 'must have "do"'),
        ({"do": "ask", "at_h": "1"}, 'must have "do"'),
        ({"do": "ask", "at_h": float("nan")}, 'must have "do"'),
        ({"do": "", "at_h": 1.0}, 'must have "do"'),
        ({"do": "ask", "at_h": 1.0, "x": float("inf")}, "what JSON can carry"),
        ({"do": "ask", "at_h": 1.0, "x": object()}, "what JSON can carry"),
        ({"do": "ask", "at_h": 1.0, "x": "\ud800"}, "what JSON can carry"),
        ({"do": "ask", "at_h": 1.0, "x": "y" * 70_000}, "at most 64000 characters"),
        ([1, 2], "must be a mapping"),
    ],
)
def test_what_is_no_event_is_refused_in_words(wrong: Any, said: str) -> None:
    with Record() as record:
        with pytest.raises(RecordError, match=said):
            record.append(CASE, wrong)
        assert record.events(CASE) == []


def test_a_case_without_a_name_is_refused() -> None:
    with Record() as record, pytest.raises(RecordError, match='"case_id"'):
        record.append("", event())


# two kernels


def test_two_open_records_see_each_others_events() -> None:
    with Record() as one, Record() as two:
        for i in range(20):
            (one if i % 2 else two).append(CASE, event(float(i)))
        assert one.events(CASE) == two.events(CASE)
        assert [body["at_h"] for body in bodies(one)] == [float(i) for i in range(20)]


def test_a_record_kept_busy_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pres_teach.record.BUSY_MS", 1)
    with Record() as record:
        assert record.path is not None
        with closing(sqlite3.connect(record.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(RecordError, match="Try again in a moment"):
                record.append(CASE, event())
            with pytest.raises(RecordError, match="Try again in a moment"):
                record.clear(CASE)
        assert record.append(CASE, event()) > 0


def test_the_file_is_in_write_ahead_mode_and_bears_our_mark() -> None:
    with Record() as record:
        assert record.path is not None
        with closing(sqlite3.connect(record.path)) as other:
            assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert other.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
            assert other.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


# files that cannot be used


def stamped(file: Path, application: int, version: int) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE notes (text)")
        database.execute("INSERT INTO notes VALUES ('dear diary')")
        database.execute(f"PRAGMA application_id = {application}")
        database.execute(f"PRAGMA user_version = {version}")
        database.commit()


def spoil(file: Path, kind: str) -> None:
    if kind == "broken":
        file.write_bytes(b"not a database at all" * 50)
    elif kind == "short":
        file.write_bytes(b"SQLite format 3\0")
    elif kind == "older":
        stamped(file, APPLICATION_ID, 0)
    elif kind == "newer":
        stamped(file, APPLICATION_ID, SCHEMA_VERSION + 1)
    elif kind == "foreign":
        stamped(file, 0x12345678, SCHEMA_VERSION)
    elif kind == "other tables":
        stamped(file, APPLICATION_ID, SCHEMA_VERSION)
    elif kind == "damaged":
        with Record(file) as record:
            for i in range(300):
                record.append(CASE, event(float(i)))
        content = bytearray(file.read_bytes())
        content[4096:12288] = b"\xab" * 8192
        file.write_bytes(content)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("broken", "record.sqlite is not a record: it is damaged, or a file of another kind."),
        ("short", "record.sqlite is not a record: it is damaged, or a file of another kind."),
        ("older", "record.sqlite was made by an older version of this package."),
        ("newer", "record.sqlite was made by a newer version of this package."),
        ("foreign", "record.sqlite belongs to another program."),
        ("other tables", "record.sqlite is damaged."),
        ("damaged", "record.sqlite is damaged."),
    ],
)
def test_a_file_that_cannot_be_used_stays_as_it_is(tmp_path: Path, kind: str, said: str) -> None:
    file = tmp_path / "record.sqlite"
    spoil(file, kind)
    before = file.read_bytes()
    with Record(file) as record:
        record.append(CASE, event())
        assert record.message == f"{said} It stays as it is; the record is kept beside it, in record-2.sqlite."
        assert record.path == tmp_path / "record-2.sqlite"
    assert file.read_bytes() == before


def test_the_file_beside_it_is_found_again_at_the_next_start(tmp_path: Path) -> None:
    spoil(tmp_path / "record.sqlite", "foreign")
    spoil(tmp_path / "record-2.sqlite", "broken")
    with Record(tmp_path / "record.sqlite") as record:
        record.append(CASE, event())
        assert record.path == tmp_path / "record-3.sqlite"
    with Record(tmp_path / "record.sqlite") as record:
        assert bodies(record) == [event()]


def test_a_folder_of_that_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "record.sqlite").mkdir()
    with Record(tmp_path / "record.sqlite") as record:
        assert record.path == tmp_path / "record-2.sqlite"


def test_an_empty_file_becomes_the_record(tmp_path: Path) -> None:
    (tmp_path / "record.sqlite").touch()
    with Record(tmp_path / "record.sqlite") as record:
        assert record.path == tmp_path / "record.sqlite"
        assert record.message is None


def test_where_no_folder_can_be_made_the_record_is_in_memory_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with Record(tmp_path / "file" / "record.sqlite") as record:
        record.append(CASE, event())
        assert bodies(record) == [event()]
        assert record.path is None
        assert record.message is not None
        assert "kept only while this notebook is open" in record.message


def test_where_no_file_can_be_written_the_record_is_in_memory_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sqlite3.connect

    def read_only(database: Any, **more: Any) -> sqlite3.Connection:
        if database == ":memory:" or more.get("uri"):
            return real(database, **more)
        return real(f"file:{database}?mode=ro", uri=True, **more)

    monkeypatch.setattr("pres_teach.record.sqlite3.connect", read_only)
    with Record(tmp_path / "record.sqlite") as record:
        assert record.append(CASE, event()) == 1
        assert record.path is None
        assert record.message is not None
        assert "cannot be written" in record.message


def test_a_file_that_becomes_unwritable_loses_nothing() -> None:
    with Record() as record:
        record.append(CASE, event(1.0))
        record._connection.execute("PRAGMA query_only = ON")
        record.append(CASE, event(2.0))
        assert bodies(record) == [event(1.0), event(2.0)]
        assert record.path is None
        assert record.message is not None
        assert "can no longer be written" in record.message


def test_a_record_may_be_asked_to_stay_in_memory() -> None:
    with Record(":memory:") as record:
        assert record.path is None
        assert record.message is None


# saving and restoring


def test_what_was_saved_is_restored(tmp_path: Path) -> None:
    with Record() as record, Record(tmp_path / "new.sqlite") as other:
        for i in range(3):
            record.append(CASE, event(float(i)), checksum="abc", model="7")
        assert other.restore(record.save()) == "3 events brought back."
        assert bodies(other) == bodies(record)
        assert other.checksums(CASE) == ("abc",)


def test_restoring_twice_changes_nothing() -> None:
    with Record() as record:
        record.append(CASE, event())
        saved = record.save()
        assert record.restore(saved) == "All of the saved record is here already; nothing has changed."
        assert bodies(record) == [event()]


def test_restoring_after_a_fresh_start_goes_back_to_what_was_saved() -> None:
    with Record() as record:
        record.append(CASE, event(1.0))
        saved = record.save()
        record.append(CASE, {**event(1.0), "do": "begin again"})
        record.append(CASE, event(2.0))
        told = record.restore(saved)
        assert told == "1 event brought back. 3 events of another way through the case are kept aside in the record."
        assert bodies(record) == [event(1.0)]
        assert len(aside(record)) == 3


def test_a_journal_does_not_undo_a_fresh_start() -> None:
    with Record() as record:
        record.append(CASE, event(1.0))
        journal = record.journal(CASE)
        record.append(CASE, {**event(1.0), "do": "begin again"})
        assert record.merge_journal(CASE, journal) == 0
        assert len(bodies(record)) == 2


def test_an_empty_saved_record_changes_nothing() -> None:
    with Record() as record, Record(":memory:") as other:
        record.append(CASE, event())
        assert record.restore(other.save()) == "The saved record is empty; nothing has changed."
        assert bodies(record) == [event()]


def test_a_longer_saved_history_goes_on_where_the_present_one_ends() -> None:
    with Record() as record, Record(":memory:") as other:
        first = record.append(CASE, event(1.0))
        other.append(CASE, event(1.0))
        other.append(CASE, event(2.0))
        record.restore(other.save())
        assert bodies(record) == [event(1.0), event(2.0)]
        assert record.events(CASE)[0][0] == first


def test_of_two_ways_the_longer_goes_on_and_the_other_is_kept_aside() -> None:
    with Record() as record, Record(":memory:") as other:
        record.append(CASE, event(1.0))
        for i in (5.0, 6.0):
            other.append(CASE, event(i))
        told = record.restore(other.save())
        assert told == ("2 events brought back. 1 event of another way through the case is kept aside in the record.")
        assert bodies(record) == [event(5.0), event(6.0)]
        assert aside(record) == [event(1.0)]


def test_a_shorter_saved_history_that_went_another_way_is_kept_aside() -> None:
    with Record() as record, Record(":memory:") as other:
        for i in (1.0, 2.0):
            record.append(CASE, event(i))
        other.append(CASE, event(5.0))
        record.restore(other.save())
        record.restore(other.save())
        assert bodies(record) == [event(1.0), event(2.0)]
        assert aside(record) == [event(5.0)]


def test_of_two_histories_of_one_length_the_present_one_goes_on() -> None:
    with Record() as record, Record(":memory:") as other:
        record.append(CASE, event(1.0))
        other.append(CASE, event(5.0))
        record.restore(other.save())
        assert bodies(record) == [event(1.0)]
        assert aside(record) == [event(5.0)]


histories = st.lists(st.integers(0, 2), max_size=5)


@given(st.lists(histories, min_size=1, max_size=4))
def test_no_event_is_lost_by_merging(several: list[list[int]]) -> None:
    with Record(":memory:") as record:
        for history in several:
            with Record(":memory:") as other:
                for i in history:
                    other.append(CASE, event(float(i)))
                record.restore(other.save())
        kept = [[body["at_h"] for body in bodies(record)]]
        with closing(sqlite3.connect(":memory:")) as copy:
            copy.deserialize(record.save())
            for (number,) in copy.execute("SELECT DISTINCT aside FROM event WHERE aside > 0").fetchall():
                rows = copy.execute("SELECT body FROM event WHERE aside = ? ORDER BY number", (number,))
                kept.append([json.loads(body)["at_h"] for (body,) in rows])
        for history in several:
            assert any(way[: len(history)] == [float(i) for i in history] for way in kept)


@given(histories, histories)
def test_the_longer_history_goes_on(ours: list[int], theirs: list[int]) -> None:
    with Record(":memory:") as record, Record(":memory:") as other:
        for i in ours:
            record.append(CASE, event(float(i)))
        for i in theirs:
            other.append(CASE, event(float(i)))
        record.restore(other.save())
        assert len(record.events(CASE)) == max(len(ours), len(theirs))


def test_the_content_of_a_records_own_file_can_be_restored() -> None:
    with Record() as record:
        record.append(CASE, event())
        path = record.path
    assert path is not None
    with Record(":memory:") as other:
        other.restore(path.read_bytes())
        assert bodies(other) == [event()]


def test_what_was_cleared_is_not_in_a_saved_record() -> None:
    with Record() as record:
        record.append(CASE, event(secret="a name"))
        record.clear(CASE)
        assert b"a name" not in record.save()


def saved_with(statement: str, *parameters: Any) -> bytes:
    with Record(":memory:") as record:
        record.append(CASE, event())
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            copy.deserialize(record.save())
            copy.execute(statement, parameters)
            return copy.serialize()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a record"),
        (b"hello" * 100, "not a record"),
        (b"\0" * 20_000_001, "too large"),
        (saved_with("PRAGMA application_id = 5"), "belongs to another program"),
        (saved_with("PRAGMA user_version = 0"), "older version"),
        (saved_with("PRAGMA user_version = 99"), "newer version"),
        (saved_with("CREATE TABLE more (x)"), "damaged"),
        (saved_with("CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event; END"), "damaged"),
        (saved_with("UPDATE event SET body = ?", "{}"), 'must have "do"|not an event'),
        (saved_with("UPDATE event SET body = ?", "import os"), "not an event"),
        (saved_with("UPDATE event SET body = ?", "[" * 60_000), "not an event"),
        (saved_with("UPDATE event SET body = ?", b"\xff\xfe"), "damaged"),
        (saved_with("UPDATE event SET case_id = ?", ""), "case_id"),
        (saved_with("SELECT 1")[:5000], "damaged"),
        ("text", "not a saved record"),
    ],
)
def test_what_is_no_saved_record_is_refused_and_changes_nothing(data: Any, said: str) -> None:
    with Record() as record:
        record.append(CASE, event(9.0))
        with pytest.raises(RecordError, match=said):
            record.restore(data)
        assert bodies(record) == [event(9.0)]
        assert record.cases() == (CASE,)


@given(st.integers(0, 12_287), st.integers(1, 255))
def test_a_saved_record_with_a_spoilt_byte_is_refused_or_read_but_never_breaks(place: int, change: int) -> None:
    with Record(":memory:") as record:
        for i in range(3):
            record.append(CASE, event(float(i)))
        saved = bytearray(record.save())
        saved[place % len(saved)] ^= change
        with Record(":memory:") as other:
            other.append(CASE, event(9.0))
            try:
                other.restore(bytes(saved))
            except RecordError:
                assert bodies(other) == [event(9.0)]


# the browser's own storage


def test_a_journal_brings_a_case_into_an_empty_record() -> None:
    with Record() as record, Record(":memory:") as other:
        for i in range(3):
            record.append(CASE, event(float(i)), checksum="abc")
        assert other.merge_journal(CASE, record.journal(CASE)) == 3
        assert bodies(other) == bodies(record)
        assert other.checksums(CASE) == ("abc",)
        assert other.merge_journal(CASE, record.journal(CASE)) == 0


def test_a_journal_that_lags_behind_changes_nothing() -> None:
    with Record() as record:
        record.append(CASE, event(1.0))
        journal = record.journal(CASE)
        record.append(CASE, event(2.0))
        assert record.merge_journal(CASE, journal) == 0
        assert bodies(record) == [event(1.0), event(2.0)]


def journal(**changes: Any) -> str:
    written = {"application": "pres_teach", "schema_version": SCHEMA_VERSION, "case": CASE, "events": []} | changes
    return json.dumps(written)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a journal"),
        ("print(1)", "not a journal"),
        ("[" * 100_000, "not a journal"),
        ("x" * 5_000_001, "too large"),
        (None, "not a journal"),
        (journal(application="other"), "not a journal"),
        (journal(more=1), "not a journal"),
        (journal(schema_version=2), "another version"),
        (journal(case="liver"), 'another case, "liver"'),
        (journal(events=[{"event": {"do": "ask"}}]), "not an event"),
        (journal(events=[{"event": {"do": "ask", "at_h": 1.0}, "run": "me"}]), "not a journal"),
        ('{"application":"pres_teach","schema_version":1,"case":"kidney-azole","events":[{"event":{"do":"a","at_h":NaN}}]}',
         "not"),
    ],
)  # fmt: skip
def test_what_is_no_journal_is_refused_and_changes_nothing(text: Any, said: str) -> None:
    with Record() as record:
        record.append(CASE, event())
        with pytest.raises(RecordError, match=said):
            record.merge_journal(CASE, text)
        assert bodies(record) == [event()]


# --- preferences ------------------------------------------------------------------------------------------------------


def test_preferences_are_kept_the_last_one_wins_and_they_are_no_case(tmp_path: Path) -> None:
    with Record(tmp_path / "record.sqlite") as record:
        assert record.preferences() == {}
        record.prefer(who="resident", level="ng/mL")
        record.prefer(who="student")
        assert record.preferences() == {"who": "student", "level": "ng/mL"}
        assert record.cases() == ()
        saved = record.save()
    with Record(":memory:") as other:
        other.restore(saved)
        assert other.preferences()["who"] == "student"
