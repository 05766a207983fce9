"""What is special about a container of Azure Blob Storage: how it is logged on to, and how it fails."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

pytest.importorskip("azure.storage.blob")

from aiohttp import web
from blob_stub import CONNECTION, SAS, Container, container

from interpreter.azure.transport import open_session
from interpreter.messages import MessagesUnavailable
from interpreter.messages.blob import Blobs
from interpreter.messages.folder import Folder
from interpreter.messages.opening import open_messages
from interpreter.site import Site
from interpreter.site_center import BlobContainer

SOUND = b"RIFF" * 100
ABOUT = {"message": "a", "at": 1.0, "caller": "+14255550100"}


def on_container(use: Callable[[Container, Blobs], Awaitable[None]], connection: str = CONNECTION) -> None:
    async def run() -> None:
        async with container() as stub, open_session(None, 10.0) as session:
            settings = BlobContainer(container=stub.base, connection_string=SecretStr(connection))
            messages = Blobs(settings, session)
            await use(stub, messages)
            await messages.close()
            assert not session.closed, "the session is the giver's to close"

    asyncio.run(run())


def test_the_sound_is_written_first_and_what_makes_it_a_message_is_taken_away_first() -> None:
    async def use(stub: Container, messages: Blobs) -> None:
        await messages.save("a", SOUND, ABOUT)
        assert stub.asked == ["PUT a.wav", "PUT a.json"]
        assert stub.blobs["a.wav"].kind == "audio/wav"
        stub.asked.clear()
        assert await messages.delete("a")
        assert stub.asked == ["DELETE a.json", "DELETE a.wav"]

    on_container(use)


def test_half_a_message_is_none_and_saving_it_again_makes_it_one() -> None:
    async def use(stub: Container, messages: Blobs) -> None:
        stub.fault = lambda method, blob: web.Response(status=503) if blob == "a.json" else None
        with pytest.raises(MessagesUnavailable, match=r"^the container answers HTTP 503$"):
            await messages.save("a", SOUND, ABOUT)
        assert set(stub.blobs) == {"a.wav"}
        assert stub.asked == ["PUT a.wav", "PUT a.json"], "nothing is sent twice by itself"
        stub.fault = lambda method, blob: None
        assert list(await messages.list()) == []
        await messages.save("a", SOUND, ABOUT)
        assert list(await messages.list()) == [ABOUT]

    on_container(use)


def test_what_was_read_is_read_once() -> None:
    async def use(stub: Container, messages: Blobs) -> None:
        for name in "abcde":
            await messages.save(name, SOUND, {**ABOUT, "message": name})
        assert len(await messages.list()) == 5
        stub.asked.clear()
        assert len(await messages.list()) == 5
        assert set(stub.asked) == {"GET list"}
        assert len(stub.asked) == 5, "ten names in pages of two"
        await messages.save("a", SOUND, {**ABOUT, "at": 7.0})
        assert (await messages.list())[0]["at"] == 7.0

    on_container(use)


def test_a_message_that_is_deleted_while_the_list_is_read() -> None:
    async def use(stub: Container, messages: Blobs) -> None:
        await messages.save("a", SOUND, ABOUT)
        await messages.save("b", SOUND, {**ABOUT, "message": "b"})

        def vanish(method: str, blob: str) -> None:
            if (method, blob) == ("GET", "a.json"):
                stub.blobs.pop("a.json", None)

        stub.fault = vanish
        assert [each["message"] for each in await messages.list()] == ["b"]

    on_container(use)


@pytest.mark.parametrize(("status", "told"), [(403, "HTTP 403"), (500, "HTTP 500"), (429, "HTTP 429")])
def test_what_the_container_refuses(status: int, told: str, caplog: pytest.LogCaptureFixture) -> None:
    async def use(stub: Container, messages: Blobs) -> None:
        await messages.save("a", SOUND, ABOUT)
        stub.fault = lambda method, blob: web.Response(status=status)
        asks: tuple[Callable[[], Awaitable[object]], ...] = (
            lambda: messages.save("b", SOUND, ABOUT),
            messages.list,
            lambda: messages.open("a"),
            lambda: messages.delete("a"),
            lambda: messages.forget(9.0),
        )
        for ask in asks:
            with pytest.raises(MessagesUnavailable, match=told):
                await ask()
        assert await messages.usable() is False
        stub.fault = lambda method, blob: None
        assert await messages.usable() is True
        assert [each["message"] for each in await messages.list()] == ["a"]

    on_container(use)
    assert f"messages cannot be kept: the container answers {told}" in caplog.text


def test_a_container_that_does_not_exist_is_not_an_empty_one() -> None:
    async def use(stub: Container, messages: Blobs) -> None:
        stub.exists = False
        for ask in (messages.list(), messages.open("a"), messages.delete("a"), messages.forget(9.0)):
            with pytest.raises(MessagesUnavailable, match="HTTP 404 ContainerNotFound"):
                await ask
        assert await messages.usable() is False

    on_container(use)


def test_a_wrong_key_is_refused_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    wrong = "d3Jvbmcga2V5IG9mIHRoZSB0ZXN0"

    async def use(stub: Container, messages: Blobs) -> None:
        with pytest.raises(MessagesUnavailable) as caught:
            await messages.list()
        assert str(caught.value) == "the container answers HTTP 403 AuthenticationFailed"

    with caplog.at_level(logging.DEBUG, "interpreter"):
        on_container(use, f"AccountName=contoso;AccountKey={wrong}")
    assert wrong not in caplog.text


def test_a_signature_in_the_address_is_sent_and_never_told(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with container() as stub, open_session(None, 10.0) as session:
            stub.sas = True
            # The site file wants https for a signature; the stand-in has none.
            settings = BlobContainer.model_construct(container=stub.base, sas=SecretStr(f"?{SAS}"))
            messages = Blobs(settings, session)
            await messages.save("a", SOUND, ABOUT)
            assert list(await messages.list()) == [ABOUT]
            assert stub.refused == []
            stub.sas = False
            with pytest.raises(MessagesUnavailable) as caught:
                await messages.open("a")
            assert "sig" not in str(caught.value)
            assert await messages.usable() is False
            await messages.close()

    asyncio.run(run())
    assert "c2lnbmF0dXJl" not in caplog.text


def test_nobody_there_and_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(stub: Container, messages: Blobs) -> None:
        monkeypatch.setattr("interpreter.messages.blob.WITHIN", 0.05)
        monkeypatch.setattr("interpreter.messages.blob.WAITING", 0.05)
        stub.hangs = True
        with pytest.raises(MessagesUnavailable, match=r"^no answer of the container within 0.05 s$"):
            await messages.open("a")
        assert await messages.usable() is False

    on_container(use)

    async def alone() -> None:
        async with open_session(None, 10.0) as session:
            with socket.create_server(("127.0.0.1", 0)) as taken:
                address = f"http://127.0.0.1:{taken.getsockname()[1]}/contoso/voicemail"
            nobody = Blobs(BlobContainer(container=address, connection_string=SecretStr(CONNECTION)), session)
            with pytest.raises(MessagesUnavailable, match=r"^the container cannot be reached: ServiceRequestError$"):
                await nobody.list()
            await nobody.close()

    asyncio.run(alone())


SITE = '[voicemail]\nblob = { container = "https://contoso.blob.core.windows.net/v", sas = "sv=1&sig=x" }\n'


def test_the_site_file_says_where(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_session(None, 1.0) as session:
            there = open_messages(Site.parse(SITE, tmp_path), session)
            assert isinstance(there, Blobs)
            await there.close()
            here = open_messages(Site.parse('[voicemail]\nfolder = "left"', tmp_path), session)
            assert isinstance(here, Folder)
            assert here.path == tmp_path / "left"

    asyncio.run(run())


def test_without_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "interpreter.messages.blob")
    for name in [each for each in sys.modules if each.startswith("azure.storage")]:
        monkeypatch.delitem(sys.modules, name)

    class Missing:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name.startswith("azure.storage"):
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])

    async def run() -> None:
        async with open_session(None, 1.0) as session:
            with pytest.raises(ValueError, match=r"pip install 'ivr\[blob\]'"):
                open_messages(Site.parse(SITE, tmp_path), session)

    asyncio.run(run())
