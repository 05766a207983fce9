"""Looking into a store while a server may be writing to it: read only, and nothing is locked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from interpreter.store import StoreUnsuitable
from interpreter.store.schema import APPLICATION_ID


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call as it is kept: the name and the text of its script, its events and its actions, encoded, in order."""

    id: str
    script: str
    text: str
    events: tuple[str, ...]
    actions: tuple[str, ...]


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
