"""Looking into a store while a server may be writing to it: read only, and nothing is locked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from interpreter.store import CallRow, StoreUnsuitable
from interpreter.store.floor_log import DetailRow
from interpreter.store.schema import APPLICATION_ID
from interpreter.store.sqlite_floor import read_details

ALL = 2**62
CALL_COLUMNS = tuple(each.name for each in fields(CallRow))


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call as it is kept: the name and the text of its script, its events and its actions, encoded, in order."""

    id: str
    script: str
    text: str
    events: tuple[str, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call that has ended: its row, the name of its script, its actions with their times, and its events, both
    encoded and in order."""

    row: CallRow
    script: str
    actions: tuple[tuple[float, str], ...]
    events: tuple[str, ...]


@contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            if int(connection.execute("PRAGMA application_id").fetchone()[0]) != APPLICATION_ID:
                raise StoreUnsuitable(f"{path} is not a store of calls")
            yield connection
    except sqlite3.Error as error:
        raise StoreUnsuitable(f"{path} cannot be read as a store of calls: {error}") from None


def past_calls(path: Path) -> list[str]:
    """The ids of the calls that a store has, the latest last. Raises `StoreUnsuitable`."""
    with _open(path) as connection:
        return [str(row[0]) for row in connection.execute("SELECT id FROM call ORDER BY began, id")]


def past_call(path: Path, call_id: str) -> PastCall | None:
    """A call; ``None`` where the store has none of this id. Raises `StoreUnsuitable`."""
    with _open(path) as connection:
        query = "SELECT script.name, script.text FROM call JOIN script ON script.hash = call.script WHERE call.id = ?"
        found = connection.execute(query, (call_id,)).fetchone()
        if found is None:
            return None
        events = connection.execute("SELECT event FROM journal WHERE call_id = ? ORDER BY n", (call_id,))
        actions = connection.execute("SELECT action FROM outbox WHERE call_id = ? ORDER BY seq", (call_id,))
        return PastCall(
            call_id, str(found[0]), str(found[1]), tuple(row[0] for row in events), tuple(row[0] for row in actions)
        )


def past_details(path: Path, since: float, before: float, call: str) -> tuple[DetailRow, ...]:
    """Call detail records of legs as in `FloorLog.details`, all of them. Raises `StoreUnsuitable`."""
    with _open(path) as connection:
        return tuple(DetailRow(*row) for row in read_details(connection, since, ALL, before, call))


def past_ended(path: Path, since: float, before: float, call: str) -> list[EndedCall]:
    """The calls that ended in a time, or the one of this id, in the order of their ends. Raises `StoreUnsuitable`."""
    narrowed, key = ("AND call.id = ?", (call,)) if call else ("", ())
    columns = ", ".join(f"call.{name}" for name in CALL_COLUMNS)
    query = f"""
        SELECT coalesce(script.name, ''), {columns} FROM call LEFT JOIN script ON script.hash = call.script
        WHERE status = 'ended' AND updated >= ? AND updated < ? {narrowed} ORDER BY updated, id"""
    found = []
    with _open(path) as connection:
        for name, *values in connection.execute(query, (since, before, *key)).fetchall():
            row = CallRow(*values)
            asked = "SELECT first_sent, action FROM outbox WHERE call_id = ? ORDER BY seq"
            actions = tuple((float(at), str(text)) for at, text in connection.execute(asked, (row.id,)))
            events = connection.execute("SELECT event FROM journal WHERE call_id = ? ORDER BY n", (row.id,))
            found.append(EndedCall(row, name, actions, tuple(str(each[0]) for each in events)))
    return found
