"""Requests whose head does not end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from server_rig import Rig, on_server


def chunks(body: bytes, size: int) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n"


HEAD = b"POST /callbacks/1/x HTTP/1.1\r\nHost: x\r\n"
BODY = b'[{"id": "1"}]' * 700
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
# How it begins, and what then comes again and again: nothing for what is to be served.
HEADS: list[tuple[str, bytes, bytes]] = [
    ("a header without an end", HEAD + b"Authorization: ", b"a" * 10_000),
    ("headers without an end", HEAD, b"x: y\r\n" * 2_000),
    ("an address without an end", b"GET /", b"a" * 10_000),
    ("trailers without an end", CHUNKED + b"0\r\n", b"x: y\r\n" * 2_000),
    ("a body in crumbs", CHUNKED + chunks(BODY, 64) + b"\r\n", b""),
    ("a long token", HEAD + b"Authorization: Bearer " + b"a" * 40_000 + b"\r\nContent-Length: 0\r\n\r\n", b""),
    ("many requests in a row", (HEAD + b"Content-Length: 9\r\n\r\n" + b"x" * 9) * 2_000, b""),
]


@pytest.mark.parametrize(("begin", "again"), [case[1:] for case in HEADS], ids=[case[0] for case in HEADS])
def test_no_head_is_read_for_ever(tmp_path: Path, begin: bytes, again: bytes) -> None:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        for _ in range(10_000 if again else 0):
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(0)

    async def story(rig: Rig) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(rig.base.rpartition(":")[2]))
        if again:
            with pytest.raises(ConnectionError):
                await send(writer)
        else:
            await send(writer)
            assert (await reader.readline()).split()[1] == b"401"
        writer.close()
        assert (await rig.get("/healthz"))[0] == 200

    on_server(tmp_path, story)
