"""Sessions against a real socket: what arrives in pieces, too much, or not at all."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from interpreter.azure.keys import KeysUnavailableError
from interpreter.azure.transport import fetch_with, open_session

MEGABYTE = b"k" * 1_048_576

PIECES: list[tuple[str, int, list[bytes], bytes | str]] = [
    ("one piece", 200, [b"whole"], b"whole"),
    ("several pieces", 200, [b"first ", b"second ", b"third"], b"first second third"),
    ("the most", 200, [MEGABYTE], MEGABYTE),
    ("more than the most", 200, [MEGABYTE, b"k"], "more than 1048576 bytes"),
    ("an error", 503, [b"no"], "answered 503"),
]


@pytest.mark.parametrize(
    ("status", "pieces", "expected"), [case[1:] for case in PIECES], ids=[case[0] for case in PIECES]
)
def test_a_key_set_is_read_to_its_end(status: int, pieces: list[bytes], expected: bytes | str) -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status)
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
            for _ in range(20):  # lets the reader take each piece by itself
                await asyncio.sleep(0)
        return response

    async def run() -> bytes:
        app = web.Application()
        app.router.add_get("/keys", serve)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            async with open_session(None, 5) as session:
                return await fetch_with(session)(f"http://127.0.0.1:{runner.addresses[0][1]}/keys")
        finally:
            await runner.cleanup()

    if isinstance(expected, bytes):
        assert asyncio.run(run()) == expected
    else:
        with pytest.raises(KeysUnavailableError, match=expected):
            asyncio.run(run())


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file"), ("not a certificate", "not a PEM file")])
def test_an_authority_that_cannot_be_used_is_named(tmp_path: Path, content: str | None, reason: str) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)

    async def run() -> None:
        async with open_session(path, 5):
            pass

    with pytest.raises(ValueError, match=f"ca_file .*ca.pem cannot be used: {reason}"):
        asyncio.run(run())
