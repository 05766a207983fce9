"""The door of the web sockets: who may connect, how much may come, and what is told of what was refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from server_rig import FOREIGN, NOW, Rig, call_id, callback_path, make_token, on_server

from interpreter.media import limits

SCRIPT = """\
ivr 1
flow main for "Test line"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    transcribe call start
    wait 60s
    go to sorry

step sorry
    say "Goodbye."
    finish sorry
"""
GOOD = {"x-ms-call-connection-id": "cc-1"}
METADATA = {"kind": "TranscriptionMetadata", "transcriptionMetadata": {"subscriptionId": "s", "locale": "en-US"}}


def path(feed: str = "transcription") -> str:
    return f"{callback_path().replace('/callbacks/', '/media/')}/{feed}"


def said(text: str, offset: int = 0, **more: Any) -> dict[str, Any]:
    about = {"text": text, "offset": offset, "participantRawID": "4:+15551230001", "resultStatus": "Final", **more}
    return {"kind": "TranscriptionData", "transcriptionData": about}


async def begun(rig: Rig) -> None:
    """A call that is being transcribed."""
    await rig.ring()
    await rig.call_back("CallConnected", "e1")
    await rig.call_back("TranscriptionStarted", "e2", operationContext=rig.host.op("Request"))


@asynccontextmanager
async def connected(
    rig: Rig, where: str = "", token: str | None = None, headers: dict[str, str] | None = None
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    bearer = {"Authorization": f"Bearer {make_token() if token is None else token}"}
    given = {**bearer, **(GOOD if headers is None else headers)}
    async with rig.session.ws_connect(f"{rig.base}{where or path()}", headers=given, max_msg_size=0) as socket:
        yield socket


async def refused(rig: Rig, where: str = "", token: str | None = None, headers: dict[str, str] | None = None) -> int:
    """The status with which a connection is refused."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as error:
        async with connected(rig, where, token, headers):
            pass
    return error.value.status


async def ended(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    """The code with which the server closes."""
    async with asyncio.timeout(10):
        while (await socket.receive()).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
            pass
    return socket.close_code


async def dealt_with(rig: Rig, frames: int) -> None:
    async with asyncio.timeout(10):
        while rig.desk.sockets.taken < frames:  # noqa: ASYNC110 - nothing answers a frame
            await asyncio.sleep(0)


async def journal(rig: Rig) -> str:
    await rig.desk.engine.idle()
    return "\n".join(row.event for row in await rig.desk.store.journal(call_id()))


def test_only_the_service_may_connect_and_only_for_a_call_that_goes_on(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        assert await refused(rig) == 404, "no such call yet"
        await begun(rig)
        assert await refused(rig, token="") == 401
        assert await refused(rig, token="a.b.c") == 401
        assert await refused(rig, token=make_token(FOREIGN)) == 401
        assert await refused(rig, token=make_token(exp=NOW - 3600)) == 401
        assert await refused(rig, token=make_token(aud="another")) == 401
        assert await refused(rig, headers={}) == 403
        assert await refused(rig, headers={"x-ms-call-connection-id": "cc-2"}) == 403
        assert await refused(rig, where=path("video")) == 404
        assert await refused(rig, where=path().replace("/media/", "/media/9")) == 404
        async with connected(rig, headers={"X-MS-Call-Connection-Id": "CC-1"}):
            assert await rig.metric('ivr_media_sockets{feed="transcription"}') == 1.0
        assert await rig.metric('ivr_tokens_refused_total{endpoint="media",reason="bad_signature"}') == 1.0
        await rig.call_back("CallDisconnected", "e3")
        assert await refused(rig) == 404, "the call is over"

    on_server(tmp_path, story, script=SCRIPT)


def test_the_end_of_a_call_ends_its_sockets_in_order(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await begun(rig)
        async with connected(rig) as socket:
            await rig.call_back("CallDisconnected", "e3")
            assert await ended(socket) == 1000
        assert await rig.metric('ivr_media_sockets_ended_total{feed="transcription",how="clean"}') == 1.0
        assert "SocketBroke" not in await journal(rig)

    on_server(tmp_path, story, script=SCRIPT)


def test_an_utterance_that_comes_twice_is_kept_once(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await begun(rig)
        for _ in range(2):  # as after a reconnection
            async with connected(rig) as socket:
                await socket.send_json(METADATA)
                await socket.send_json(said("It is about my invoice.", 10))
                await socket.send_json(said("It is about my invoice.", 10))
                await dealt_with(rig, 3)
        async with connected(rig) as socket:
            await socket.send_json(METADATA)
            await socket.send_json(said("It is about my invoice.", 99))
            await dealt_with(rig, 8)
        assert (await journal(rig)).count("my invoice") == 2

    on_server(tmp_path, story, script=SCRIPT)


def test_what_is_no_sentence_is_not_kept(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await begun(rig)
        async with connected(rig) as socket:
            await socket.send_json(METADATA)
            await socket.send_json(said("half a", resultStatus="Intermediate"))
            await socket.send_json(said("  "))
            await socket.send_json({"kind": "SomethingNew", "somethingNew": {"text": "never seen"}})
            await socket.send_json({"kind": "DtmfData", "dtmfData": {"data": "7"}})
            await socket.send_str("no JSON")
            await socket.send_bytes(json.dumps(said("As bytes it counts, too.")).encode())
            await dealt_with(rig, 7)
        kept = await journal(rig)
        assert kept.count("Utterance") == 1
        assert "As bytes it counts, too." in kept
        frames = {
            outcome: await rig.metric(f'ivr_media_frames_total{{feed="transcription",outcome="{outcome}"}}')
            for outcome in ("taken", "thrown_away", "ignored", "malformed")
        }
        assert frames == {"taken": 2.0, "thrown_away": 0.0, "ignored": 4.0, "malformed": 1.0}

    on_server(tmp_path, story, script=SCRIPT)


def test_before_it_is_known_to_run_nothing_is_kept(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await rig.ring()
        await rig.call_back("CallConnected", "e1")
        async with connected(rig) as socket:
            await socket.send_json(METADATA)
            await socket.send_json(said("Too early."))
            await dealt_with(rig, 2)
            await rig.call_back("TranscriptionStarted", "e2", operationContext=rig.host.op("Request"))
            await socket.send_json(said("Now.", 5))
            await dealt_with(rig, 3)
        kept = await journal(rig)
        assert "Too early." not in kept
        assert "Now." in kept

    on_server(tmp_path, story, script=SCRIPT)


def test_a_frame_that_is_too_long_ends_the_socket(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await begun(rig)
        async with connected(rig) as socket:
            await socket.send_json(said("x" * limits.LONGEST_FRAME))
            assert await ended(socket) == 1009
        await told_as_broken(rig)

    on_server(tmp_path, story, script=SCRIPT)


async def told_as_broken(rig: Rig) -> None:
    """The journal says that the socket has broken."""
    async with asyncio.timeout(10):
        while "SocketBroke" not in await journal(rig):  # noqa: ASYNC110 - nor tells that a socket was given up
            await asyncio.sleep(0)


def test_whoever_sends_too_many_frames_is_let_go(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await begun(rig)
        async with connected(rig) as socket:
            for _ in range(int(limits.BURST) + 1):
                await socket.send_str('{"kind":"DtmfData","dtmfData":{}}')
            assert await ended(socket) == 1008
        await told_as_broken(rig)
        assert await rig.metric('ivr_media_sockets_ended_total{feed="transcription",how="too fast"}') == 1.0

    on_server(tmp_path, story, script=SCRIPT)


def test_as_many_frames_as_the_service_sends_may_come_for_as_long_as_it_likes(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await begun(rig)
        async with connected(rig) as socket:
            for second in range(1, 16):
                for _ in range(200):  # four speakers, 50 frames each
                    await socket.send_str('{"kind":"DtmfData","dtmfData":{}}')
                await dealt_with(rig, 200 * second)
                rig.clock.at += 1.0
            assert not socket.closed

    on_server(tmp_path, story, script=SCRIPT)


def test_whoever_sends_nonsense_alone_is_let_go(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await begun(rig)
        async with connected(rig) as socket:
            for _ in range(limits.MOST_MALFORMED + 1):
                await socket.send_str("nonsense")
            assert await ended(socket) == 1007
        await told_as_broken(rig)

    on_server(tmp_path, story, script=SCRIPT)


def test_metadata_of_another_connection_ends_the_socket(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await begun(rig)
        about = {"subscriptionId": "s", "locale": "en-US", "callConnectionId": "cc-9"}
        async with connected(rig) as socket:
            await socket.send_json({"kind": "TranscriptionMetadata", "transcriptionMetadata": about})
            assert await ended(socket) == 1008

    on_server(tmp_path, story, script=SCRIPT)


def test_a_new_connection_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await begun(rig)
        async with connected(rig) as old, connected(rig) as new:
            assert await ended(old) == 1000
            await new.send_json(METADATA)
            await new.send_json(said("On the new one."))
            await dealt_with(rig, 2)
            assert "On the new one." in await journal(rig)
            assert await rig.metric('ivr_media_sockets{feed="transcription"}') == 1.0
        assert "SocketBroke" not in await journal(rig)

    on_server(tmp_path, story, script=SCRIPT)


def test_a_store_that_is_away_opens_no_socket(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await begun(rig)
        rig.desk.store.failing = True
        assert await refused(rig) == 503

    from server_rig import FailingStore

    from interpreter.store.sqlite import SqliteStore

    store: Any = FailingStore(SqliteStore.open(tmp_path / "ivr.db"))
    on_server(tmp_path, story, script=SCRIPT, store=store)
