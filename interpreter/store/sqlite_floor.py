"""The floor's log in the SQLite store."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import astuple
from typing import Any

from interpreter.store.floor_log import DetailRow, Image, LogRow

Ask = Callable[[Callable[[sqlite3.Connection], Any]], Awaitable[Any]]
"""Runs work in the store's writer thread, in one transaction with whatever else waits."""


class SqliteFloorLog:
    """A `FloorLog` that shares the file, the writer and the flushes of its store."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def append(self, at: float, by: str, texts: Sequence[str]) -> int:
        first: int = await self._ask(lambda connection: _append(connection, at, by, texts))
        return first

    async def read(self, after: int, limit: int = 10_000) -> tuple[LogRow, ...]:
        query = "SELECT n, at, by, text FROM floor_log WHERE n > ? ORDER BY n LIMIT ?"
        rows = await self._ask(lambda connection: connection.execute(query, (after, limit)).fetchall())
        return tuple(LogRow(*row) for row in rows)

    async def image(self) -> Image | None:
        query = "SELECT n, text FROM floor_image WHERE id = 1"
        row = await self._ask(lambda connection: connection.execute(query).fetchone())
        return None if row is None else Image(*row)

    async def keep_image(self, image: Image, before: float) -> None:
        await self._ask(lambda connection: _keep_image(connection, image, before))

    async def keep_details(self, rows: Sequence[DetailRow]) -> None:
        statement = """
            INSERT INTO detail (call_id, leg, at, text) VALUES (?,?,?,?)
            ON CONFLICT (call_id, leg) DO UPDATE SET at = excluded.at, text = excluded.text"""
        values = [astuple(row) for row in rows]
        await self._ask(lambda connection: connection.executemany(statement, values) and None)

    async def details(
        self, since: float, limit: int, before: float = math.inf, call: str = ""
    ) -> tuple[DetailRow, ...]:
        rows = await self._ask(lambda connection: read_details(connection, since, limit, before, call))
        return tuple(DetailRow(*row) for row in rows)

    async def forget_details(self, before: float) -> None:
        await self._ask(lambda connection: connection.execute("DELETE FROM detail WHERE at < ?", (before,)) and None)


def read_details(
    connection: sqlite3.Connection, since: float, limit: int, before: float, call: str
) -> list[tuple[Any, ...]]:
    """Call detail records as in `FloorLog.details`, for whoever has a connection."""
    # Each of the two has an index of its own: what is written with an OR would use none.
    narrowed, key = ("AND call_id = ?", (call,)) if call else ("", ())
    query = f"""
        SELECT call_id, leg, at, text FROM detail WHERE at >= ? AND at < ? {narrowed}
        ORDER BY at, call_id, leg LIMIT ?"""
    return connection.execute(query, (since, before, *key, limit)).fetchall()


def _append(connection: sqlite3.Connection, at: float, by: str, texts: Sequence[str]) -> int:
    # The number goes on where the log was cut: an image covers what is gone.
    last = connection.execute(
        "SELECT max(coalesce((SELECT max(n) FROM floor_log), 0), coalesce((SELECT n FROM floor_image WHERE id = 1), 0))"
    ).fetchone()[0]
    rows = [(last + 1 + place, at, by, text) for place, text in enumerate(texts)]
    connection.executemany("INSERT INTO floor_log (n, at, by, text) VALUES (?,?,?,?)", rows)
    return int(last) + 1


def _keep_image(connection: sqlite3.Connection, image: Image, before: float) -> None:
    statement = """
        INSERT INTO floor_image (id, n, text) VALUES (1, ?, ?)
        ON CONFLICT (id) DO UPDATE SET n = excluded.n, text = excluded.text WHERE excluded.n > floor_image.n"""
    connection.execute(statement, (image.n, image.text))
    connection.execute("DELETE FROM floor_log WHERE n <= ? AND at < ?", (image.n, before))
