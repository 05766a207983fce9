"""Call detail records: one of every call that has ended, and one of every leg. Rows of the store, and JSON lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from interpreter.journal import Codec
from interpreter.machine import Call
from interpreter.store import CallRow, Store
from interpreter.telemetry import masked

CALLS: Codec[Call] = Codec(Call)


def of_call(row: CallRow, script: str) -> dict[str, Any]:
    """What is told of a call. Times are epoch seconds; the caller's number is masked; of what callers have said or
    entered there is nothing."""
    call = CALLS.decode(row.state)
    return {
        "kind": "call",
        "call": row.id,
        "caller": masked(row.caller),
        "called": row.called,
        "script": script,
        "version": row.script[:12],
        "began": row.began,
        "ended": row.updated,
        "seconds": round(row.updated - row.began, 3),
        "ending": call.ending,
        "result": call.result,
        "block": call.block,
        "language": call.language,
    }


async def records(store: Store, since: float, limit: int, call: str, kinds: Sequence[str]) -> list[dict[str, Any]]:
    """The records of calls and of legs that were over at this time or later, the oldest first. Raises
    `StoreUnavailable`."""
    found: list[tuple[float, dict[str, Any]]] = []
    if "leg" in kinds:
        rows = await store.floor.details(since, limit)
        found += [(row.at, json.loads(row.text)) for row in rows if call in ("", row.call)]
    if "call" in kinds:
        names: dict[str, str] = {}
        for row in await store.ended(since, limit):
            if call not in ("", row.id):
                continue
            if row.script not in names:
                script = await store.script(row.script)
                names[row.script] = script.name if script is not None else ""
            found.append((row.updated, of_call(row, names[row.script])))
    return [each for _, each in sorted(found, key=lambda pair: pair[0])[:limit]]
