"""``ivr details``: its lines, and why it cannot run."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from cli_rig import ivr

from interpreter.store.floor_log import DetailRow
from interpreter.store.sqlite import SqliteStore


def test_legs_are_printed_while_the_store_is_in_use(tmp_path: Path) -> None:
    site = tmp_path / "desk.toml"
    site.write_text('[store]\npath = "calls.db"\n')

    async def run() -> None:
        store = SqliteStore.open(tmp_path / "calls.db")
        rows = [DetailRow(f"c{at}", "leg", float(at), json.dumps({"kind": "agent", "ended": at})) for at in (1, 2, 3)]
        await store.floor.keep_details(rows)
        assert printed("details", site) == [1, 2, 3]
        assert printed("details", site, "--from", "2", "--to", "1970-01-01T00:00:03Z") == [2]
        assert printed("details", site, "--call", "c3") == [3]
        assert printed("details", site, "--of", "call") == []
        await store.close()

    asyncio.run(run())


def printed(*words: str | Path) -> list[int]:
    said = ivr(*words)
    assert (said.code, said.err) == (0, "")
    return [json.loads(line)["ended"] for line in said.out.splitlines()]


def test_it_says_why_it_cannot(tmp_path: Path) -> None:
    site = tmp_path / "desk.toml"
    assert ivr("details", site).code == 2
    site.write_text('[store]\npath = "calls.db"\n')
    said = ivr("details", site)
    assert (said.code, said.out) == (2, "")
    assert "calls.db yet: no server has run" in said.err
    (tmp_path / "calls.db").write_text("something else")
    assert "cannot be read as a store of calls" in ivr("details", site).err
    assert "--from noon: that is no time" in ivr("details", site, "--from", "noon").err
