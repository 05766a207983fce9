"""The contract of whatever keeps messages: a folder, and a container of Azure Blob Storage."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from interpreter.messages import Messages
from interpreter.messages.folder import Folder

SOUND = b"RIFF" + bytes(range(256)) * 40


@dataclass
class Place:
    """Where messages are kept, with what a test may do to it behind its back. ``put`` writes a file, ``age`` makes
    everything there so old (epoch seconds)."""

    messages: Messages
    put: Callable[[str, bytes], None]
    names: Callable[[], set[str]]
    age: Callable[[float], None]


@asynccontextmanager
async def in_a_folder(path: Path) -> AsyncIterator[Place]:
    folder = path / "messages"

    def put(name: str, content: bytes) -> None:
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)

    def age(at: float) -> None:
        for each in folder.iterdir():
            os.utime(each, (at, at))

    yield Place(Folder(folder), put, lambda: {each.name for each in folder.glob("*")}, age)


@asynccontextmanager
async def in_a_container(path: Path) -> AsyncIterator[Place]:
    pytest.importorskip("azure.storage.blob")
    from blob_stub import CONNECTION, Blob, container
    from pydantic import SecretStr

    from interpreter.azure.transport import open_session
    from interpreter.messages.blob import Blobs
    from interpreter.site_center import BlobContainer

    async with container() as stub, open_session(None, 10.0) as session:
        settings = BlobContainer(container=stub.base, connection_string=SecretStr(CONNECTION))

        def put(name: str, content: bytes) -> None:
            stub.changes += 1
            stub.blobs[name] = Blob(content, "", f'"0x{stub.changes:X}"', time.time())

        def age(at: float) -> None:
            for each in stub.blobs.values():
                each.at = at

        messages = Blobs(settings, session)
        yield Place(messages, put, lambda: set(stub.blobs), age)
        await messages.close()
        assert stub.refused == []


PLACES: dict[str, Callable[[Path], AbstractAsyncContextManager[Place]]] = {
    "folder": in_a_folder,
    "container": in_a_container,
}


def about(name: str, at: float, **more: Any) -> dict[str, Any]:
    return {"message": name, "at": at, "call": "c1", "caller": "+14255550100", "text": "Grüße, bitte 📞", **more}


async def is_there_once_it_is_saved(place: Place) -> None:
    m = place.messages
    assert await m.usable()
    assert list(await m.list()) == []
    assert await m.open("c1.floor.1") is None
    await m.save("c1.floor.1", SOUND, about("c1.floor.1", 100.0, seconds=2.5))
    assert list(await m.list()) == [about("c1.floor.1", 100.0, seconds=2.5)]
    assert await m.open("c1.floor.1") == SOUND
    assert place.names() == {"c1.floor.1.wav", "c1.floor.1.json"}


async def lists_the_latest_first(place: Place) -> None:
    m = place.messages
    for name, at in (("b", 2.0), ("a", 3.0), ("d", 1.0), ("c", 2.0), ("e", 9.0)):
        await m.save(name, SOUND, about(name, at))
    assert [each["message"] for each in await m.list()] == ["e", "a", "b", "c", "d"]
    await m.delete("a")
    assert [each["message"] for each in await m.list()] == ["e", "b", "c", "d"]


async def saved_again_is_in_the_place_of_the_first(place: Place) -> None:
    m = place.messages
    await m.save("a", SOUND, about("a", 1.0))
    assert len(await m.list()) == 1
    await m.save("a", b"other", about("a", 2.0))
    assert [each["at"] for each in await m.list()] == [2.0]
    assert await m.open("a") == b"other"


async def is_gone_once_it_is_deleted(place: Place) -> None:
    m = place.messages
    await m.save("a", SOUND, about("a", 1.0))
    await m.save("ab", SOUND, about("ab", 1.0))
    assert await m.delete("a") is True
    assert await m.delete("a") is False
    assert await m.open("a") is None
    assert [each["message"] for each in await m.list()] == ["ab"]
    assert place.names() == {"ab.wav", "ab.json"}


async def a_sound_alone_is_no_message(place: Place) -> None:
    m = place.messages
    place.put("a.wav", SOUND)
    assert list(await m.list()) == []
    assert await m.open("a") is None
    assert await m.delete("a") is False
    await m.save("a", SOUND, about("a", 1.0))
    assert await m.open("a") == SOUND


async def what_cannot_be_read_is_left_out(place: Place) -> None:
    m = place.messages
    await m.save("good", SOUND, about("good", 1.0))
    for number, text in enumerate((b"{", b"[]", b"{}", b'{"message": "x"}', b'{"message": "../x", "at": 1}', b"\xff")):
        place.put(f"bad{number}.json", text)
    place.put("bad7.json", b'{"message": "x", "at": "soon"}')
    assert [each["message"] for each in await m.list()] == ["good"]


async def names_that_lead_elsewhere_are_none(place: Place) -> None:
    m = place.messages
    await m.save("a", SOUND, about("a", 1.0))
    before = place.names()
    for name in ("../a", "/etc/passwd", "a/b", "a\\b", "", ".", "..", ".hidden", "a b", "a\n", "ä", "x" * 201, "a\0b"):
        with pytest.raises(ValueError, match="no name of a message"):
            await m.save(name, SOUND, about("a", 1.0))
        assert await m.open(name) is None
        assert await m.delete(name) is False
    assert place.names() == before


async def what_is_old_is_forgotten(place: Place) -> None:
    m = place.messages
    now = time.time()
    for name, age in (("old", 91.0), ("older", 200.0), ("young", 89.0)):
        await m.save(name, SOUND, about(name, now - age * 86_400))
    place.put("half.wav", SOUND)
    assert await m.forget(now - 90 * 86_400) == 2
    assert [each["message"] for each in await m.list()] == ["young"]
    assert place.names() == {"young.wav", "young.json", "half.wav"}, "a message may be on its way"
    place.age(now - 90 * 86_400 - 1)
    assert await m.forget(now - 90 * 86_400) == 0
    assert place.names() == {"young.wav", "young.json"}
    assert await m.forget(0.0) == 0


async def an_empty_sound_and_a_long_one(place: Place) -> None:
    m = place.messages
    long = SOUND * 4_000  # 41 MB: more than one part of a download
    await m.save("long", long, about("long", 1.0))
    await m.save("empty", b"", about("empty", 1.0))
    assert await m.open("long") == long
    assert await m.open("empty") == b""


async def many_at_once(place: Place) -> None:
    m = place.messages
    await asyncio.gather(*(m.save(f"m{n}", SOUND, about(f"m{n}", float(n))) for n in range(20)))
    lists = await asyncio.gather(m.list(), m.list(), m.delete("m3"), m.list())
    assert lists[2] is True
    assert [each["message"] for each in await m.list()] == [f"m{n}" for n in reversed(range(20)) if n != 3]


CONTRACT: list[Callable[[Place], Awaitable[None]]] = [
    is_there_once_it_is_saved,
    lists_the_latest_first,
    saved_again_is_in_the_place_of_the_first,
    is_gone_once_it_is_deleted,
    a_sound_alone_is_no_message,
    what_cannot_be_read_is_left_out,
    names_that_lead_elsewhere_are_none,
    what_is_old_is_forgotten,
    an_empty_sound_and_a_long_one,
    many_at_once,
]


@pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))
@pytest.mark.parametrize("rule", CONTRACT, ids=lambda rule: rule.__name__)
def test_contract(
    place: Callable[[Path], AbstractAsyncContextManager[Place]],
    rule: Callable[[Place], Awaitable[None]],
    tmp_path: Path,
) -> None:
    async def run() -> None:
        async with place(tmp_path) as given:
            await asyncio.wait_for(rule(given), 60)

    asyncio.run(run())
