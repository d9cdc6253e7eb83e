"""What a learner did: one SQLite file, to which two notebooks may write at once.

Events are plain JSON objects, kept in the order in which they were written; what they mean is the encounter's business.
Each is one transaction, in write-ahead mode. Nothing in a record is ever executed.

Which file
    The path given, else ``PRES_TEACH_RECORD``, else ``record.sqlite`` in the user's data folder. A file there that is
    broken, of another version or of another program stays as it is: the record is kept beside it in ``record-2.sqlite``
    (``-3`` and so on), the first that can be used. The same walk finds the same file at the next start. Where nothing
    can be written the record is kept in memory. `Record.message` tells the learner.

Merging (a saved record restored, a journal from the browser)
    Case by case. Of two histories of which one begins with the other, the longer one goes on. Of two that went
    different ways, the one with more events goes on (the present one, if they have as many) and the other is set aside:
    it stays in the file and goes along when the record is saved, so no event is ever lost. A saved record that ends
    where the learner began the case again is gone back to: what came after the fresh start is set aside.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from pres_teach import __version__

__all__ = ["APPLICATION_ID", "SCHEMA_VERSION", "Record", "RecordError"]

#: Written into the head of each file, so that no other program's database is taken for a record ("PRES" in ASCII).
APPLICATION_ID = 0x50524553
SCHEMA_VERSION = 1

LARGEST_EVENT = 64_000
LARGEST_SAVED = 20_000_000
LARGEST_JOURNAL = 5_000_000
MOST_EVENTS = 50_000
MOST_FILES = 9
BUSY_MS = 5_000
# The deed of an event by which a learner starts a case afresh.
BEGIN_AGAIN = "begin again"
# Where the learner's preferences are kept: beside the cases, so that they are saved, restored and merged as these are.
PREFERENCES = "preferences"

_MAGIC = b"SQLite format 3\0"
_TABLE = """\
CREATE TABLE event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL,
    aside INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL,
    checksum TEXT NOT NULL,
    package TEXT NOT NULL,
    model TEXT NOT NULL
)"""
_INDEX = "CREATE INDEX event_of_case ON event (case_id, aside, number)"

_Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=100)]
_Stamp = Annotated[str, StringConstraints(strict=True, max_length=100)]


class RecordError(ValueError):
    """Something a record cannot take or do, as a sentence for the learner. Nothing has been changed by trying."""


class _Envelope(BaseModel):
    """What every event has: what was done and when; the rest is the encounter's."""

    model_config = ConfigDict(extra="allow", strict=True)

    do: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    at_h: Annotated[float, Field(allow_inf_nan=False)]


class _Row(NamedTuple):
    """One event as it is kept."""

    body: str
    checksum: str
    package: str
    model: str


class _JournalEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    event: dict[str, Any]
    checksum: _Stamp = ""
    package: _Stamp = ""
    model: _Stamp = ""


class _Journal(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    application: Annotated[str, StringConstraints(pattern="^pres_teach$")]
    schema_version: Annotated[int, Field(ge=1)]
    case: _Name
    events: Annotated[list[_JournalEntry], Field(max_length=MOST_EVENTS)]


class Record:
    """The encounters of one learner.

    Parameters
    ----------
    path : str or path, optional
        The file; ``":memory:"`` keeps it in memory. Without one: ``PRES_TEACH_RECORD``, else the user's data folder.

    Attributes
    ----------
    path : Path or None
        The file in use; None in memory.
    message : str or None
        What the learner should know about the file, in a sentence or two.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.message: str | None = None
        self.path: Path | None = None
        self._connection = self._find(_wanted(path))

    def __repr__(self) -> str:
        return f"<Record {'in memory' if self.path is None else self.path.name}>"

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        connection = getattr(self, "_connection", None)
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Close the file. It can be opened again by a new `Record`."""
        self._connection.close()

    # --- events ----------------------------------------------------------------------------------------------------

    def append(self, case_id: str, event: Mapping[str, Any], *, checksum: str = "", model: str = "") -> int:
        """Add one event, in one transaction.

        Parameters
        ----------
        case_id : str
            The case it belongs to.
        event : mapping
            At least "do" (what, a word) and "at_h" (when [h since transplantation]); all of it as JSON can carry it.
        checksum : str
            Of the case file.
        model : str
            Version of the model that the learner met.

        Returns
        -------
        int
            Its number; later events have higher ones, whoever writes them.

        Raises
        ------
        RecordError
            When the event is none, or the file stays busy.
        """
        name = _case_id(case_id)
        row = _Row(_body(event), checksum, __version__, model)
        try:
            return self._insert(name, [row])
        except sqlite3.OperationalError as error:
            if _is_busy(error):
                raise RecordError("Another notebook keeps the record busy. Try again in a moment.") from error
            self._move_to_memory(f"The record can no longer be written ({error}).")
            return self._insert(name, [row])

    def events(self, case_id: str, after: int = 0) -> list[tuple[int, dict[str, Any]]]:
        """The events of a case in their order, each with its number; only those numbered higher than `after`."""
        rows = self._connection.execute(
            "SELECT number, body FROM event WHERE case_id = ? AND aside = 0 AND number > ? ORDER BY number",
            (case_id, after),
        )
        return [(number, json.loads(body)) for number, body in rows]

    def cases(self) -> tuple[str, ...]:
        """The cases with events, the one worked on last at the end."""
        rows = self._connection.execute(
            "SELECT case_id FROM event WHERE aside = 0 AND case_id <> ? GROUP BY case_id ORDER BY max(number)",
            (PREFERENCES,),
        )
        return tuple(case_id for (case_id,) in rows)

    def preferences(self) -> dict[str, Any]:
        """What the learner prefers, by name; empty when nothing was said."""
        kept: dict[str, Any] = {}
        for _, event in self.events(PREFERENCES):
            kept |= {name: value for name, value in event.items() if name not in ("do", "at_h")}
        return kept

    def prefer(self, **values: str) -> None:
        """Keep what the learner prefers.

        Raises
        ------
        RecordError
            As `append`.
        """
        self.append(PREFERENCES, {"do": "prefer", "at_h": 0.0, **values})

    def checksums(self, case_id: str) -> tuple[str, ...]:
        """The checksums of the case file under which the events were made, each once, the latest at the end."""
        return self._stamps(case_id, "checksum")

    def models(self, case_id: str) -> tuple[str, ...]:
        """The versions of the model under which the events were made, each once, the latest at the end."""
        return self._stamps(case_id, "model")

    def clear(self, case_id: str) -> None:
        """Delete all of a case, what was set aside too."""
        with self._writing():
            self._connection.execute("DELETE FROM event WHERE case_id = ?", (case_id,))

    # --- one file to keep, one to bring back -----------------------------------------------------------------------

    def save(self) -> bytes:
        """The whole record as one SQLite file, with nothing in it of what was cleared."""
        with closing(_memory()) as copy:
            rows = self._connection.execute(
                "SELECT number, case_id, aside, body, checksum, package, model FROM event ORDER BY number"
            )
            copy.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            return copy.serialize()

    def restore(self, data: bytes) -> str:
        """Merge a saved record into this one; see above for how.

        Parameters
        ----------
        data : bytes
            What `save` gave, or the content of a record's file.

        Returns
        -------
        str
            What was brought back, in a sentence.

        Raises
        ------
        RecordError
            When it is too large, broken, or not a record of this version. Nothing has been changed then.
        """
        histories = _saved(data)
        taken = aside = 0
        with self._writing():
            for (case_id, _), rows in sorted(histories.items(), key=lambda entry: entry[0][1] > 0):
                news, put_aside = self._merge(case_id, rows, back=True)
                taken += news
                aside += put_aside
        if not histories:
            return "The saved record is empty; nothing has changed."
        if not taken and not aside:
            return "All of the saved record is here already; nothing has changed."
        told = f"{_count(taken, 'event')} brought back." if taken else "Nothing new was brought back."
        if aside:
            told += (
                f" {_count(aside, 'event')} of another way through the case "
                f"{'is' if aside == 1 else 'are'} kept aside in the record."
            )
        return told

    def journal(self, case_id: str) -> str:
        """The events of a case as JSON text, for the browser's own storage."""
        entries = [
            {"event": json.loads(row.body), "checksum": row.checksum, "package": row.package, "model": row.model}
            for row in self._rows(_case_id(case_id), 0)
        ]
        written = {"application": "pres_teach", "schema_version": SCHEMA_VERSION, "case": case_id, "events": entries}
        return json.dumps(written, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def merge_journal(self, case_id: str, text: str) -> int:
        """Merge a journal from the browser's own storage; see above for how.

        Returns
        -------
        int
            How many events it brought.

        Raises
        ------
        RecordError
            When it is too large, no journal, of another version or of another case. Nothing has been changed then.
        """
        name = _case_id(case_id)
        rows = _of_journal(name, text)
        with self._writing():
            taken, _ = self._merge(name, rows)
        return taken

    # --- inside ----------------------------------------------------------------------------------------------------

    def _stamps(self, case_id: str, column: Literal["checksum", "model"]) -> tuple[str, ...]:
        rows = self._connection.execute(
            f"SELECT {column} FROM event WHERE case_id = ? AND aside = 0 AND {column} <> '' "
            f"GROUP BY {column} ORDER BY max(number)",
            (case_id,),
        )
        return tuple(stamp for (stamp,) in rows)

    def _rows(self, case_id: str, aside: int) -> list[_Row]:
        rows = self._connection.execute(
            "SELECT body, checksum, package, model FROM event WHERE case_id = ? AND aside = ? ORDER BY number",
            (case_id, aside),
        )
        return [_Row(*row) for row in rows]

    def _insert(self, case_id: str, rows: Iterable[_Row], aside: int = 0) -> int:
        number = 0
        for row in rows:
            cursor = self._connection.execute(
                "INSERT INTO event (case_id, aside, body, checksum, package, model) VALUES (?, ?, ?, ?, ?, ?)",
                (case_id, aside, *row),
            )
            number = int(cursor.lastrowid or 0)
        return number

    def _merge(self, case_id: str, theirs: Sequence[_Row], *, back: bool = False) -> tuple[int, int]:
        """Merge one history within a transaction; how many events were brought, how many set aside.

        With `back`, a history that the present one left by a fresh start is gone back to.
        """
        if not theirs:
            return 0, 0
        present = self._rows(case_id, 0)
        ours, other = _bodies(present), _bodies(theirs)
        if ours[: len(other)] == other:
            after = ours[len(other) :]
            if not (back and after and json.loads(after[0]).get("do") == BEGIN_AGAIN):
                return 0, 0
            self._set_aside(case_id)
            self._insert(case_id, theirs)
            return len(theirs), len(present)
        if other[: len(ours)] == ours:
            self._insert(case_id, theirs[len(ours) :])
            return len(theirs) - len(ours), 0
        kept = [
            _bodies(self._rows(case_id, aside))
            for (aside,) in self._connection.execute(
                "SELECT DISTINCT aside FROM event WHERE case_id = ? AND aside > 0", (case_id,)
            ).fetchall()
        ]
        if any(history[: len(other)] == other for history in kept):
            return 0, 0
        if len(other) <= len(ours):
            self._insert(case_id, theirs, aside=self._free_shelf(case_id))
            return 0, len(theirs)
        self._set_aside(case_id)
        self._insert(case_id, theirs)
        return len(theirs), len(present)

    def _free_shelf(self, case_id: str) -> int:
        """A number under which a history of this case can be set aside."""
        (last,) = self._connection.execute(
            "SELECT coalesce(max(aside), 0) FROM event WHERE case_id = ?", (case_id,)
        ).fetchone()
        return int(last) + 1

    def _set_aside(self, case_id: str) -> None:
        shelf = self._free_shelf(case_id)
        self._connection.execute("UPDATE event SET aside = ? WHERE case_id = ? AND aside = 0", (shelf, case_id))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction: all of it or nothing."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if _is_busy(error):
                raise RecordError("Another notebook keeps the record busy. Try again in a moment.") from error
            self._move_to_memory(f"The record can no longer be written ({error}).")
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _move_to_memory(self, why: str) -> None:
        """Go on in memory with what can still be read, so that a full disk costs the learner nothing at once."""
        memory = _memory()
        try:
            rows = self._connection.execute(
                "SELECT number, case_id, aside, body, checksum, package, model FROM event ORDER BY number"
            ).fetchall()
        except sqlite3.DatabaseError:
            rows = []
        memory.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self._connection.close()
        self._connection = memory
        self.path = None
        self.message = f"{why} {_IN_MEMORY}"

    def _find(self, wanted: Path | None) -> sqlite3.Connection:
        if wanted is None:
            return _memory()
        try:
            wanted.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            self.message = f"The folder of the record, {wanted.parent}, cannot be made. {_IN_MEMORY}"
            return _memory()
        reasons: list[str] = []
        for number in range(1, MOST_FILES + 1):
            file = wanted if number == 1 else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
            reason = _unfit(file)
            if reason is None:
                connection = self._open(file)
                if connection is None:
                    return _memory()
                self.path = file
                if reasons:
                    self.message = f"{reasons[0]} It stays as it is; the record is kept beside it, in {file.name}."
                return connection
            reasons.append(reason)
        self.message = f"{reasons[0]} The files beside it are no better. {_IN_MEMORY}"
        return _memory()

    def _open(self, file: Path) -> sqlite3.Connection | None:
        connection = None
        try:
            connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
            _prepare(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            # a file that may be read but not written shows itself only here
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.DatabaseError as error:
            if connection is not None:
                connection.close()
            self.message = f"The record {file} cannot be written ({error}). {_IN_MEMORY}"
            return None
        return connection


_IN_MEMORY = "What you do is kept only while this notebook is open: save it to a file of your own before you close it."


def _wanted(path: str | os.PathLike[str] | None) -> Path | None:
    """The file asked for, None for memory."""
    named = os.fspath(path) if path is not None else os.environ.get("PRES_TEACH_RECORD", "")
    if named == ":memory:":
        return None
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_data_path("pres_teach", appauthor=False) / "record.sqlite"


def _unfit(file: Path) -> str | None:
    """Why a file cannot be the record, in a sentence; None if it can, or is not there yet.

    Only its head is read at first, and it is opened without the right to write, so that it stays as it is.
    """
    try:
        if not file.exists():
            return None
        if not file.is_file():
            return f"{file} is not a file."
        with file.open("rb") as stream:
            head = stream.read(100)
    except OSError as error:
        return f"{file.name} cannot be read ({error.strerror})."
    if not head:
        return None
    reason = _foreign(head, file.name)
    if reason is not None:
        return reason
    try:
        with closing(
            sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_MS / 1000)
        ) as connection:
            sound = _is_sound(connection)
    except sqlite3.OperationalError as error:
        return f"{file.name} cannot be read ({error})."
    except sqlite3.DatabaseError:
        sound = False
    return None if sound else f"{file.name} is damaged."


def _foreign(head: bytes, name: str) -> str | None:
    """Why a file with this head is no record of this version, or None."""
    if len(head) < 100 or not head.startswith(_MAGIC):
        return f"{name} is not a record: it is damaged, or a file of another kind."
    application, version = int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big")
    if application != APPLICATION_ID:
        return f"{name} belongs to another program."
    if version < SCHEMA_VERSION:
        return f"{name} was made by an older version of this package."
    if version > SCHEMA_VERSION:
        return f"{name} was made by a newer version of this package."
    return None


def _is_sound(connection: sqlite3.Connection) -> bool:
    """Whether it holds our table and nothing else, undamaged."""
    connection.execute("PRAGMA trusted_schema = OFF")
    made = {
        (kind, sql)
        for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master")
        if not str(name).startswith("sqlite_")
    }
    if made != {("table", _TABLE), ("index", _INDEX)}:
        return False
    return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the table in a new file; two kernels may try at once."""
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        connection.execute(_TABLE)
        connection.execute(_INDEX)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _prepare(connection)
    return connection


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return "locked" in str(error) or "busy" in str(error)


def _bodies(rows: Iterable[_Row]) -> list[str]:
    return [row.body for row in rows]


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _case_id(case_id: object) -> str:
    if not isinstance(case_id, str) or not 1 <= len(case_id) <= 100:
        raise RecordError(
            f'"case_id": must be the id of a case; received {case_id!r}; give one such as "kidney-azole".'
        )
    return case_id


def _body(event: object) -> str:
    """An event as JSON text, always the same for the same event."""
    if not isinstance(event, Mapping):
        raise RecordError(f'"event": must be a mapping; received {type(event).__name__}; give a dict.')
    try:
        _Envelope.model_validate(dict(event))
        body = json.dumps(dict(event), ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
        body.encode("utf-8")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise RecordError(
            f'"event": must have "do" (a word) and "at_h" (a finite number); received {where}: {first["msg"]}; '
            "correct it."
        ) from error
    except (TypeError, ValueError, RecursionError) as error:
        raise RecordError(
            f'"event": must be what JSON can carry; received: {error}; use numbers, texts, lists.'
        ) from error
    if len(body) > LARGEST_EVENT:
        raise RecordError(f'"event": must have at most {LARGEST_EVENT} characters; received {len(body)}; shorten it.')
    return body


def _saved(data: object) -> dict[tuple[str, int], list[_Row]]:
    """The histories in a saved record, by case and by how they are kept; every event looked at."""
    if not isinstance(data, bytes | bytearray | memoryview):
        raise RecordError("This is not a saved record. Choose the file that was saved here.")
    if len(data) > LARGEST_SAVED:
        raise RecordError(
            f"This file is too large to be a saved record ({len(data) / 1e6:.0f} MB). Nothing has changed."
        )
    content = bytearray(data)
    reason = _foreign(bytes(content[:100]), "The file")
    if reason is not None:
        raise RecordError(f"{reason} Nothing has changed.")
    # a file copied while in write-ahead mode says so in its head, and could not be opened in memory
    content[18:20] = b"\1\1"
    histories: dict[tuple[str, int], list[_Row]] = {}
    try:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as upload:
            upload.deserialize(bytes(content))
            if not _is_sound(upload):
                raise RecordError("The file is damaged. Nothing has changed.")
            (count,) = upload.execute("SELECT count(*) FROM event").fetchone()
            if count > MOST_EVENTS:
                raise RecordError("The file has too many events for a saved record. Nothing has changed.")
            rows = upload.execute("SELECT case_id, aside, body, checksum, package, model FROM event ORDER BY number")
            for case_id, aside, *stamped in rows:
                if not isinstance(aside, int) or not all(isinstance(part, str) for part in stamped):
                    raise RecordError("The file is damaged. Nothing has changed.")
                row = _Row(_checked(stamped[0]), *(str(part)[:100] for part in stamped[1:]))
                histories.setdefault((_case_id(case_id), aside), []).append(row)
    except sqlite3.DatabaseError as error:
        raise RecordError("The file is damaged. Nothing has changed.") from error
    return histories


def _checked(body: str) -> str:
    """A body from outside, read and written anew."""
    try:
        return _body(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise RecordError("The file holds something that is not an event. Nothing has changed.") from error


def _of_journal(case_id: str, text: object) -> list[_Row]:
    if not isinstance(text, str) or len(text) > LARGEST_JOURNAL:
        raise RecordError("What the browser kept is not a journal, or too large for one. Nothing has changed.")
    try:
        read = _Journal.model_validate_json(text)
    except ValidationError as error:
        raise RecordError("What the browser kept is not a journal of this package. Nothing has changed.") from error
    if read.schema_version != SCHEMA_VERSION:
        raise RecordError("What the browser kept was made by another version of this package. Nothing has changed.")
    if read.case != case_id:
        raise RecordError(f'What the browser kept belongs to another case, "{read.case}". Nothing has changed.')
    try:
        return [_Row(_body(entry.event), entry.checksum, entry.package, entry.model) for entry in read.events]
    except RecordError as error:
        raise RecordError("What the browser kept holds something that is not an event. Nothing has changed.") from error
