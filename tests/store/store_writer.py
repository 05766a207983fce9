"""Run by the tests: commits to one call without end and says each version once it is durable."""

from __future__ import annotations

import asyncio
import sys

from interpreter.store import CallRow, JournalRow, Write
from interpreter.store.sqlite import SqliteStore


async def main(path: str) -> None:
    store = SqliteStore.open(path)
    version = 0
    while True:
        row = CallRow("a", 0, version + 1, "live", "", "{}", "", "", "", "", b"", version + 1, 0, 0.0, 0.0)
        await store.commit([Write("a", version, row, journal=(JournalRow(version, 0.0, "{}"),))])
        version += 1
        print(version, flush=True)


asyncio.run(main(sys.argv[1]))
