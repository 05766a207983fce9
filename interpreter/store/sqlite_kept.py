"""What calls keep for each other in the SQLite store: values, counters, and requests that were claimed. All of it runs
in the writer thread."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple

from interpreter.store import Kept

_UPSERT = """
    INSERT INTO kept (kind, name, key, text, until) VALUES (?,?,?,?,?)
    ON CONFLICT (kind, name, key) DO UPDATE SET text = excluded.text, until = excluded.until"""


def keep(connection: sqlite3.Connection, entry: Kept) -> None:
    connection.execute(_UPSERT, astuple(entry))


def kept(connection: sqlite3.Connection, kind: str, name: str, key: str, now: float) -> str | None:
    query = "SELECT text FROM kept WHERE kind = ? AND name = ? AND key = ? AND until > ?"
    row = connection.execute(query, (kind, name, key, now)).fetchone()
    return None if row is None else str(row[0])


def every(connection: sqlite3.Connection, kind: str, now: float) -> tuple[Kept, ...]:
    query = "SELECT kind, name, key, text, until FROM kept WHERE kind = ? AND until > ? ORDER BY name, key"
    return tuple(Kept(*row) for row in connection.execute(query, (kind, now)))


def drop(connection: sqlite3.Connection, kind: str, name: str, key: str) -> None:
    connection.execute("DELETE FROM kept WHERE kind = ? AND name = ? AND key = ?", (kind, name, key))


def claim(connection: sqlite3.Connection, request: str, text: str, until: float) -> bool:
    statement = "INSERT INTO kept (kind, name, key, text, until) VALUES ('request', '', ?, ?, ?) ON CONFLICT DO NOTHING"
    return connection.execute(statement, (request, text, until)).rowcount == 1


def count(connection: sqlite3.Connection, name: str, key: str, request: str, until: float, now: float) -> int:
    counted = kept(connection, "request", "", request, now)
    if counted is not None:
        return int(counted)
    number = int(kept(connection, "count", name, key, now) or 0) + 1
    keep(connection, Kept("count", name, key, str(number), until))
    # The request is known for as long as its counter: a repetition comes within minutes.
    claim(connection, request, str(number), until)
    return number
