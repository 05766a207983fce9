"""The server as a process: starting, being told to leave, and what it writes on the way."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from server_rig import (
    ISSUER,
    OPERATOR,
    RESOURCE,
    SCRIPT,
    SECRET,
    SITE,
    call_id,
    callback_path,
    event,
    incoming,
    key_server,
    make_token,
)

import server
from interpreter.site import Site
from interpreter.store.sqlite import SqliteStore
from interpreter.tooling import host
from interpreter.tooling.files import CannotRun

ROOT = Path(__file__).parents[2]
ACCESS_KEY = "YWNjZXNzIGtleSBvZiB0aGUgdGVzdA=="
SERVE = "import sys, server; from interpreter.site import Site; server.run(Site.load(sys.argv[1]))"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def process(folder: Path, drain: float) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    (folder / "main.ivr").write_text(SCRIPT)
    port, nobody = free_port(), free_port()
    async with key_server([]) as keys:
        text = SITE.format(
            resource=RESOURCE, base=f"http://127.0.0.1:{port}", issuer=ISSUER, keys=keys, secret=SECRET,
            events="", operator=OPERATOR,
        )  # fmt: skip
        text = text.replace("drain_seconds = 5", f"drain_seconds = {drain}\nport = {port}")
        text = text.replace("[service]", f'[service]\nendpoint = "http://127.0.0.1:{nobody}"\nkey = "{ACCESS_KEY}"')
        (folder / "site.toml").write_text(text)
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SERVE, str(folder / "site.toml"), cwd=ROOT, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        try:
            yield child, f"http://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def until(session: aiohttp.ClientSession, address: str, status: int) -> None:
    async with asyncio.timeout(120):
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(address) as response:
                    if response.status == status:
                        return
            await asyncio.sleep(0.02)


def test_it_leaves_in_order_and_tells_no_secrets(tmp_path: Path) -> None:
    token = make_token(exp=time.time() + 300, nbf=time.time())

    async def run() -> tuple[int, str]:
        async with process(tmp_path, drain=600) as (child, base), aiohttp.ClientSession() as session:
            await until(session, f"{base}/readyz", 200)
            async with session.post(f"{base}/events?secret={SECRET}", data=incoming()) as response:
                assert response.status == 200
            for bearer, status in [(token, 200), ("nonsense", 401)]:
                headers = {"Authorization": f"Bearer {bearer}"}
                body = json.dumps([event("CallConnected", "1", operationContext="o")])
                async with session.post(base + callback_path(), data=body, headers=headers) as response:
                    assert response.status == status
            child.send_signal(signal.SIGTERM)
            await until(session, f"{base}/readyz", 503)
            async with session.post(f"{base}/events?secret={SECRET}", data=incoming("another")) as response:
                assert response.status == 200  # it still serves while others learn that it is about to leave
            child.send_signal(signal.SIGTERM)
            assert child.stderr is not None
            return await asyncio.wait_for(child.wait(), 120), (await child.stderr.read()).decode()

    code, log = asyncio.run(run())
    assert code == 0, log
    lines: list[dict[str, Any]] = [json.loads(line) for line in log.splitlines()]
    started = [line for line in lines if line["event"] == "call started"]
    assert [line["call"] for line in started] == [call_id(), call_id("another")]
    assert {line["caller"] for line in started} == {"…0001"}
    assert any(line["event"] == "action" and line["verb"] == "Answer" for line in lines)
    for secret in (SECRET, OPERATOR, ACCESS_KEY, token, "+15551230001", "ticket"):
        assert secret not in log

    async def kept() -> None:
        store = SqliteStore.open(tmp_path / "ivr.db")
        assert set(await store.load([call_id(), call_id("another")])) == {call_id(), call_id("another")}
        await store.close()

    asyncio.run(kept())


def test_an_interrupt_ends_it_at_once(tmp_path: Path) -> None:
    async def run() -> int:
        async with process(tmp_path, drain=600) as (child, base), aiohttp.ClientSession() as session:
            await until(session, f"{base}/healthz", 200)
            child.send_signal(signal.SIGINT)
            return await asyncio.wait_for(child.wait(), 120)

    assert asyncio.run(run()) == 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("", "ivr.db is open in another process"),
        ('[store]\npath = "text.db"', "text.db is not an SQLite file"),
        ('[store]\npath = "no/such/folder.db"', "unable to open"),
        ('ca_file = "none.pem"\n[store]\npath = "own.db"', "ca_file .*none.pem cannot be used: No such file"),
    ],
)
def test_what_hinders_the_start_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, words: str
) -> None:
    monkeypatch.setattr(server, "configure_logging", lambda: None)
    (tmp_path / "text.db").write_text("something else than a database, and long enough to be seen as such" * 20)
    site = tmp_path / "site.toml"
    site.write_text(f"""
        [server]
        port = 0
        callback_base = "http://127.0.0.1:1"
        [service]
        endpoint = "http://127.0.0.1:1"
        key = "{ACCESS_KEY}"
        resource_id = "{RESOURCE}"
        {more}
    """)

    async def hold() -> None:
        store = SqliteStore.open(tmp_path / "ivr.db")
        try:
            with pytest.raises(CannotRun, match=words):
                await asyncio.to_thread(host.serve, site)
        finally:
            await store.close()

    asyncio.run(hold())


def test_a_port_that_is_taken_is_said_before_anything_is_opened(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        site = Site.parse(f"[server]\nport = {taken.getsockname()[1]}", tmp_path)
        with pytest.raises(OSError, match="in use"):
            asyncio.run(server.serve(site))
    assert not list(tmp_path.iterdir())
