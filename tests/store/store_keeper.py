"""Run by the tests: keeps something, counts and claims once, and dies without a word as soon as it is told that it is
kept."""

from __future__ import annotations

import asyncio
import os
import sys

from interpreter.store import Kept
from interpreter.store.sqlite import SqliteStore


async def main(path: str) -> None:
    store = SqliteStore.open(path)
    await store.keep(Kept("value", "topic", "+1", "billing", 100.0))
    assert await store.count("pins", "c-1", "rid-1", 100.0, 1.0) == 1
    assert await store.claim("rid-3", 100.0)
    os._exit(0)


asyncio.run(main(sys.argv[1]))
