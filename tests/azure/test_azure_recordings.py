"""Files of recordings: signed requests to the service alone, whole files, and what goes wrong."""

from __future__ import annotations

import asyncio
import io
import logging
import wave
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from azure_stub import KEY, _signed

from interpreter.azure.recordings import MessageFiles
from interpreter.azure.transport import open_session
from interpreter.messages import About, MessagesUnavailable
from interpreter.messages.folder import Folder
from interpreter.protocol import Value
from interpreter.routing.protocol import Fetch, Fetched

ABOUT: tuple[tuple[str, Value], ...] = (
    ("message", "call-1.floor.9"), ("call", "call-1"), ("caller", "+15551230001"), ("at", 100.0), ("seconds", 3.0),
)  # fmt: skip


def sound(seconds: float) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\0\1" * round(16_000 * seconds))
    return made.getvalue()


class Storage:
    """Where the service keeps recordings, strict about who asks."""

    def __init__(self, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
        self.answer, self.asked, self.base = answer, list[web.Request](), ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.answer(request)


async def whole(request: web.Request) -> web.StreamResponse:
    if not _signed(request, b"") or request.headers.get("x-ms-host") != request.headers["Host"]:
        raise web.HTTPUnauthorized
    return web.Response(body=sound(2.5))


def fetching(
    folder: Path,
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]] = whole,
    *,
    about: Sequence[tuple[str, Value]] = ABOUT,
    key: str = KEY,
    token: Callable[[], Awaitable[str]] | None = None,
    address: str = "/v1/objects/0-eus-d12/content/audio?sig=a%2Fb&x=1",
    messages: Any = None,
) -> tuple[Fetched, Storage]:
    async def run() -> tuple[Fetched, Storage]:
        storage = Storage(answer)
        app = web.Application()
        app.router.add_route("*", "/{any:.*}", storage.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        storage.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            async with open_session(None, 5.0) as session:
                files = MessageFiles(messages or Folder(folder), lambda: session, storage.base, key, token)
                where = address if address.startswith("http") else storage.base + address
                return await files.fetch(Fetch("floor.9", "call-1", where, tuple(about))), storage
        finally:
            await runner.cleanup()

    return asyncio.run(run())


def kept(folder: Path) -> Sequence[About]:
    return asyncio.run(Folder(folder).list())


def test_a_file_is_fetched_with_a_signature_and_kept_with_what_is_known(tmp_path: Path) -> None:
    found, storage = fetching(tmp_path)
    assert found == Fetched(0.0, "floor.9", done=True, seconds=2.5)
    assert [each.path for each in storage.asked] == ["/v1/objects/0-eus-d12/content/audio"]
    assert kept(tmp_path) == [{**dict(ABOUT), "seconds": 2.5}], "the length is that of the file"
    assert asyncio.run(Folder(tmp_path).open("call-1.floor.9")) == sound(2.5)


def test_a_long_file_is_read_to_its_end(tmp_path: Path) -> None:
    async def in_pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        content = sound(60.0)
        for start in range(0, len(content), 50_000):
            await response.write(content[start : start + 50_000])
        return response

    found, _ = fetching(tmp_path, in_pieces)
    assert (found.done, found.seconds) == (True, 60.0)


async def _token() -> str:
    return "a-token"


async def _no_token() -> str:
    raise ValueError("no token for the service: its identity is not accepted")


def test_without_a_key_a_token_is_shown(tmp_path: Path) -> None:
    async def bearer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != "Bearer a-token":
            raise web.HTTPUnauthorized
        return web.Response(body=sound(1.0))

    assert fetching(tmp_path, bearer, key="", token=_token)[0].done


def test_without_a_token_it_is_tried_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    found, storage = fetching(tmp_path, key="", token=_no_token)
    assert (found.done, storage.asked) == (False, [])
    assert "identity is not accepted" in caplog.text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/file.wav",
        "http://us-storage.asm.skype.com/v1/objects/x",
        "https://us-storage.asm.skype.com.evil.example/x",
        "https://asm.skype.com@evil.example/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_nobody_but_the_service_is_shown_who_we_are(
    address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def no_session() -> aiohttp.ClientSession:
        raise AssertionError("nothing is sent")

    files = MessageFiles(Folder(tmp_path), no_session, "https://contoso.communication.azure.com", "", _token)
    found = asyncio.run(files.fetch(Fetch("floor.9", "call-1", address, ABOUT)))
    assert found == Fetched(0.0, "floor.9", done=False)
    assert "is no address of the service's recordings" in caplog.text


def test_the_service_s_own_storage_is_asked_over_https() -> None:
    files = MessageFiles(Folder(Path()), lambda: None, "https://contoso.communication.azure.com", KEY)  # type: ignore[arg-type,return-value]
    for host in ("us-storage.asm.skype.com", "eu.asyncgw.teams.microsoft.com", "x.ams.gov.teams.microsoft.us"):
        headers = asyncio.run(files.downloads._signed(f"https://{host}/v1/x"))
        assert headers["x-ms-host"] == "contoso.communication.azure.com"
        assert headers["Authorization"].startswith("HMAC-SHA256 ")


def _status(status: int) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})

    return answer


async def _half(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100000"})
    await response.prepare(request)
    await response.write(sound(1.0)[:5_000])
    assert request.transport is not None
    request.transport.close()
    return response


async def _page(request: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>Sign in</html>")


async def _empty(request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"")


async def _silent(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (_status(401), "the service answers 401"), (_status(403), "the service answers 403"),
        (_status(404), "the service answers 404"), (_status(500), "the service answers 500"),
        (_status(302), "the service answers 302"), (_half, ""), (_page, "not a WAV file"), (_empty, "not a WAV file"),
        (_silent, ""),
    ],
    ids=["401", "403", "404", "500", "a redirection", "half a file", "a page", "nothing", "silence"],
)  # fmt: skip
def test_what_is_not_the_file_is_not_kept(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
    told: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("interpreter.azure.downloads.READ_WITHIN", 0.3)
    found, storage = fetching(tmp_path, answer)
    assert found == Fetched(0.0, "floor.9", done=False)
    assert len(storage.asked) >= 1
    assert list(tmp_path.iterdir()) == []
    [record] = [each for each in caplog.records if each.levelno == logging.ERROR and "is not here yet" in each.message]
    assert told in record.message
    assert not record.message.endswith(": "), "it says why"
    assert "sig=" not in caplog.text
    assert KEY not in caplog.text


def test_a_file_without_end_is_not_read_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interpreter.azure.recordings.LONGEST_SOUND", 1_000)
    found, _ = fetching(tmp_path)
    assert not found.done
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../evil", "/etc/cron.d/evil", "a/b", ""])
def test_a_name_that_would_leave_the_folder(name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    inside = tmp_path / "messages"
    found, _ = fetching(inside, about=(("message", name), ("at", 1.0)))
    assert not found.done
    assert list(tmp_path.rglob("*.wav")) == []
    assert "no name of a message" in caplog.text


def test_a_place_that_takes_nothing_is_tried_again_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Full(Folder):
        async def save(self, name: str, sound: bytes, about: About) -> None:
            raise MessagesUnavailable("No space left on device")

    found, _ = fetching(tmp_path, messages=Full(tmp_path))
    assert not found.done
    assert "No space left on device" in caplog.text
    assert fetching(tmp_path)[0].done
