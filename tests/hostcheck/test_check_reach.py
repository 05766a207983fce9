"""Why nobody answered: each reason provoked with a real connection, and told apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from check_rig import HERE, Signer, answering, closed_port, context, dumb, signed

from interpreter.azure.transport import open_session
from interpreter.hostcheck import reach
from interpreter.hostcheck.reach import Answer, Trouble, ask, connect

AUTHORITY = signed("A test's authority", None, ca=True)
STRANGER = signed("Nobody's authority", None, ca=True)
BETWEEN = signed("In between", AUTHORITY, ca=True)


@pytest.fixture(autouse=True)
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's authority is the only one that this machine knows."""
    (tmp_path / "ca.pem").write_bytes(AUTHORITY.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    monkeypatch.setattr(reach, "WITHIN", 0.5)


async def _hello(request: web.Request) -> web.Response:
    return web.json_response({"hello": request.method})


async def _rude(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


Place = Callable[[Path], AbstractAsyncContextManager[str]]


def tls(leaf: Signer, *chain: Signer) -> Place:
    return lambda folder: answering(_hello, context(folder, leaf, *chain))


def silent() -> Place:
    return lambda folder: _addressed("http", dumb(None))


def not_tls() -> Place:
    return lambda folder: _addressed("https", dumb(b"HTTP/1.1 400 Bad Request\r\n\r\n"))


def garbage() -> Place:
    return lambda folder: _addressed("http", dumb(b"SSH-2.0-OpenSSH_9.2\r\n"))


def fixed(address: str) -> Place:
    @asynccontextmanager
    async def place(folder: Path) -> AsyncIterator[str]:
        yield address

    return place


@asynccontextmanager
async def _addressed(scheme: str, inner: AbstractAsyncContextManager[str]) -> AsyncIterator[str]:
    async with inner as where:
        yield f"{scheme}://{where}"


# what is there -> the step at which it ends, a word of what is said, a word of what to do; "" for no trouble
PLACES: dict[str, tuple[Place, str, str, str]] = {
    "all is well": (tls(signed("a", AUTHORITY, names=HERE)), "", "", ""),
    "by way of another authority": (tls(signed("a", BETWEEN, names=HERE), BETWEEN), "", "", ""),
    "a chain that is not whole": (
        tls(signed("a", BETWEEN, names=HERE)), "certificate", "does not lead to a known authority", "whole chain",
    ),
    "expired": (tls(signed("a", AUTHORITY, names=HERE, days=-1)), "certificate", "has expired", "renew"),
    "not begun": (tls(signed("a", AUTHORITY, names=HERE, begins=5)), "certificate", "is not valid yet", "clocks"),
    "another name": (
        tls(signed("a", AUTHORITY, names=["ivr.example"])), "certificate", "is for another", "made out",
    ),
    "signed by itself": (tls(signed("a", None, names=HERE)), "certificate", "is signed by itself", "public authority"),
    "signed by a stranger": (
        tls(signed("a", STRANGER, names=HERE), STRANGER), "certificate", "authority that nobody knows", "ca_file",
    ),
    "no TLS": (not_tls(), "tls", "does not speak TLS", "https"),
    "nobody listens": (fixed(f"http://127.0.0.1:{closed_port()}"), "refused", "nobody listens", "port"),
    "no such name": (fixed("https://no-such-name.invalid"), "name", "is not known", "spelling"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_each_reason_is_told_apart(name: str, tmp_path: Path) -> None:
    place, kind, says, fix = PLACES[name]

    async def run() -> list[object]:
        async with place(tmp_path) as address, open_session(None, 5.0) as session:
            return [await ask(session, "GET", f"{address}/x?secret=s3cret"), await connect(address)]

    answer, connected = asyncio.run(run())
    if not kind:
        assert isinstance(answer, Answer)
        assert answer.json == {"hello": "GET"}
        assert isinstance(connected, dict)
        assert connected["notAfter"]
        return
    for found in (answer, connected):
        assert isinstance(found, Trouble)
        assert found.kind == kind
        assert says in found.says
        assert fix in found.fix
        assert "s3cret" not in found.says + found.fix


@pytest.mark.parametrize(("place", "kind"), [(silent(), "time"), (garbage(), "broken")], ids=["silence", "no HTTP"])
def test_a_port_that_says_nothing_or_something_else(place: Place, kind: str, tmp_path: Path) -> None:
    async def run() -> Answer | Trouble:
        async with place(tmp_path) as address, aiohttp.ClientSession() as session:
            return await ask(session, "GET", address)

    found = asyncio.run(run())
    assert isinstance(found, Trouble)
    assert found.kind == kind


def test_a_connection_that_breaks_off() -> None:
    async def run() -> Answer | Trouble:
        async with answering(_rude) as address, aiohttp.ClientSession() as session:
            return await ask(session, "GET", address)

    found = asyncio.run(run())
    assert isinstance(found, Trouble)
    assert found.kind == "broken"
