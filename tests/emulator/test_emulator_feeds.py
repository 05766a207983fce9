"""Transcripts and audio: the emulator connects as the service does, sends its frames, and tells what became of it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from azure.communication.callautomation import (
    AudioFormat,
    MediaStreamingAudioChannelType,
    MediaStreamingContentType,
    MediaStreamingOptions,
    StreamingTransportType,
    TranscriptionOptions,
)
from azure.communication.callautomation.aio import CallConnectionClient
from azure.core.exceptions import HttpResponseError
from emulator_rig import CALLER, Rig, rigged

from emulator import Config, Failure, Misbehaviour


@dataclass
class Taker:
    """The application's side. It refuses with a status, or takes frames; ``send`` goes back on the newest socket."""

    frames: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    refuse: int = 0
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    base: str = ""

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The frames of one kind, without their wrapping."""
        return [each[kind[0].lower() + kind[1:]] for each in self.frames if each["kind"] == kind]

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.frames) < count:  # noqa: ASYNC110 - nothing answers a frame
                await asyncio.sleep(0)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(dict(request.headers))
        if self.refuse:
            return web.Response(status=self.refuse)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            self.frames.append(json.loads(message.data))
        return socket


@asynccontextmanager
async def taking() -> AsyncIterator[Taker]:
    taker = Taker()
    app = web.Application()
    app.router.add_get("/{path:.*}", taker.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    taker.base = f"ws://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield taker
    finally:
        await runner.cleanup()


def audio(base: str, channels: MediaStreamingAudioChannelType, **more: Any) -> MediaStreamingOptions:
    return MediaStreamingOptions(
        transport_url=f"{base}/audio", transport_type=StreamingTransportType.WEBSOCKET,
        content_type=MediaStreamingContentType.AUDIO, audio_channel_type=channels, **more,
    )  # fmt: skip


UNMIXED, MIXED = MediaStreamingAudioChannelType.UNMIXED, MediaStreamingAudioChannelType.MIXED

Scenario = Callable[[Rig, Taker, str, CallConnectionClient], Awaitable[None]]


def run(scenario: Scenario, config: Config | None = None, streaming: Any = None, **more: Any) -> None:
    """A call that was answered with addresses of both sockets."""

    async def go() -> None:
        async with asyncio.timeout(30), rigged(config) as rig, taking() as taker:
            phone = await rig.dial()
            asked: dict[str, Any] = {"enable_intermediate_results": False, "start_transcription": False, **more}
            answered = await rig.client.answer_call(
                rig.hook.incoming[-1]["incomingCallContext"],
                f"{rig.base}/callbacks",
                media_streaming=streaming(taker.base) if streaming else audio(taker.base, UNMIXED),
                transcription=TranscriptionOptions(
                    transport_url=f"{taker.base}/words", transport_type=StreamingTransportType.WEBSOCKET,
                    locale="en-US", **asked,
                ),
            )  # fmt: skip
            await rig.emulator.idle()
            assert answered.call_connection_id is not None
            await scenario(rig, taker, phone, rig.client.get_call_connection(answered.call_connection_id))

    asyncio.run(go())


def test_the_service_connects_when_it_is_asked_to_and_says_who_it_is() -> None:
    async def scenario(rig: Rig, taker: Taker, phone: str, call: CallConnectionClient) -> None:
        assert taker.headers == [], "the options alone open nothing"
        await call.start_transcription(locale="de-DE", operation_context="words")
        await rig.emulator.idle()
        await taker.until(1)
        [headers] = taker.headers
        assert headers["Authorization"].startswith("Bearer ")
        properties = await call.get_call_properties()
        assert headers["x-ms-call-connection-id"] == properties.call_connection_id
        assert headers["x-ms-call-correlation-id"] == properties.correlation_id
        [about] = taker.of("TranscriptionMetadata")
        assert (about["locale"], about["callConnectionId"]) == ("de-DE", properties.call_connection_id)
        assert rig.last("TranscriptionStarted")["operationContext"] == "words"
        assert rig.last("TranscriptionStarted")["transcriptionUpdate"] == {
            "transcriptionStatus": "transcriptionStarted", "transcriptionStatusDetails": "subscriptionStarted",
        }  # fmt: skip

    run(scenario)


def test_words_come_when_they_have_been_said_with_their_times() -> None:
    async def scenario(rig: Rig, taker: Taker, phone: str, call: CallConnectionClient) -> None:
        await call.start_transcription()
        await rig.pass_time(2.0)
        rig.emulator.speak(phone, "hello there")
        await rig.emulator.idle()
        await taker.until(2)
        [part] = taker.of("TranscriptionData")
        assert (part["text"], part["resultStatus"], part["words"]) == ("hello", "Intermediate", None)
        await rig.pass_time(0.7)
        await taker.until(3)
        whole = taker.of("TranscriptionData")[1]
        assert (whole["text"], whole["resultStatus"]) == ("hello there", "Final")
        assert (whole["offset"], whole["duration"]) == (20_000_000, 7_000_000)
        assert [word["text"] for word in whole["words"]] == ["hello", "there"]
        assert whole["participantRawID"] == f"4:{CALLER}"

    run(scenario, enable_intermediate_results=True)


def test_sound_comes_in_frames_of_twenty_milliseconds_while_somebody_speaks() -> None:
    async def scenario(rig: Rig, taker: Taker, phone: str, call: CallConnectionClient) -> None:
        await call.start_media_streaming(operation_context="sound")
        await rig.emulator.idle()
        await taker.until(2)
        [about] = taker.of("AudioMetadata")
        assert {name: about[name] for name in ("encoding", "sampleRate", "channels", "length")} == {
            "encoding": "PCM", "sampleRate": 16_000, "channels": 1, "length": 640,
        }  # fmt: skip
        rig.emulator.speak(phone, "hello there")
        await rig.pass_time(0.7)
        await taker.until(2 + 35 + 10)
        frames = taker.of("AudioData")
        loud = [each for each in frames if not each["silent"]]
        assert len(loud) == 35
        assert {len(base64.b64decode(each["data"])) for each in frames} == {640}
        assert {each["participantRawID"] for each in loud} == {f"4:{CALLER}"}
        assert not any(base64.b64decode(frames[-1]["data"])), "silence behind it"

    run(scenario)


def test_a_mixed_stream_at_24_khz_with_keys_that_starts_by_itself() -> None:
    async def scenario(rig: Rig, taker: Taker, phone: str, call: CallConnectionClient) -> None:
        assert "MediaStreamingStarted" in rig.names()
        rig.emulator.press(phone, "5")
        await rig.pass_time(0.5)
        await taker.until(3)
        assert taker.of("DtmfData") == [{"data": "5"}]
        assert "participantRawID" not in taker.of("AudioData")[0]
        assert len(base64.b64decode(taker.of("AudioData")[0]["data"])) == 960

    def streaming(base: str) -> MediaStreamingOptions:
        return audio(
            base, MIXED, start_media_streaming=True, enable_dtmf_tones=True, audio_format=AudioFormat.PCM24_K_MONO
        )

    run(scenario, streaming=streaming)


def test_frames_all_the_time_are_fifty_a_second() -> None:
    async def scenario(rig: Rig, taker: Taker, phone: str, call: CallConnectionClient) -> None:
        await call.start_media_streaming()
        await rig.pass_time(2.0)
        await taker.until(100)
        assert abs(len(taker.of("AudioData")) - 101) <= 1

    run(scenario, Config(audio_frames="always"))


def test_an_application_that_refuses_is_told_as_unreachable() -> None:
    async def scenario(rig: Rig, taker: Taker, phone: str, call: CallConnectionClient) -> None:
        taker.refuse = 403
        await call.start_media_streaming(operation_context="sound")
        await call.start_transcription(operation_context="words")
        await rig.emulator.idle()
        assert rig.result("MediaStreamingFailed") == (400, 8581)
        details = rig.last("MediaStreamingFailed")["mediaStreamingUpdate"]["mediaStreamingStatusDetails"]
        assert details == "initialWebSocketConnectionFailed"
        assert rig.last("TranscriptionFailed")["operationContext"] == "words"
        assert sorted(rig.emulator.sockets_refused) == [("audio", "good", 403), ("transcription", "good", 403)]
        taker.refuse = 0
        await call.start_media_streaming(operation_context="again")
        await rig.emulator.idle()
        assert rig.last("MediaStreamingStarted")["operationContext"] == "again"

    run(scenario)


def test_stopping_closes_the_socket_and_is_told() -> None:
    async def scenario(rig: Rig, taker: Taker, phone: str, call: CallConnectionClient) -> None:
        await call.start_transcription()
        await rig.emulator.idle()
        with pytest.raises(HttpResponseError):
            await call.start_transcription()
        await call.update_transcription(locale="en-GB", operation_context="british")
        await call.stop_transcription(operation_context="enough")
        await rig.emulator.idle()
        assert rig.last("TranscriptionUpdated")["operationContext"] == "british"
        assert rig.last("TranscriptionStopped")["operationContext"] == "enough"
        async with asyncio.timeout(5):
            while not taker.sockets[0].closed:  # noqa: ASYNC110 - the other side closes it
                await asyncio.sleep(0)
        assert taker.sockets[0].close_code == 1000
        rig.emulator.speak(phone, "nobody hears this")
        await rig.pass_time(3.0)
        assert taker.of("TranscriptionData") == []
        with pytest.raises(HttpResponseError):
            await call.stop_transcription()

    run(scenario)


def test_what_was_accepted_may_fail() -> None:
    async def scenario(rig: Rig, taker: Taker, phone: str, call: CallConnectionClient) -> None:
        rig.emulator.misbehave(Misbehaviour(failures=(Failure("startTranscription", 500, 8564),)))
        await call.start_transcription(operation_context="words")
        await rig.emulator.idle()
        assert rig.result("TranscriptionFailed") == (500, 8564)
        assert taker.headers == []

    run(scenario)


@pytest.mark.parametrize("again", [True, False])
def test_a_cut_connection_is_made_again_or_told(again: bool) -> None:
    async def scenario(rig: Rig, taker: Taker, phone: str, call: CallConnectionClient) -> None:
        await call.start_media_streaming(operation_context="sound")
        await rig.emulator.idle()
        await rig.emulator.break_socket(phone, "audio", again=again)
        async with asyncio.timeout(5):
            while rig.emulator.feed(phone, "audio").state == "active":  # noqa: ASYNC110 - the reader notices
                await asyncio.sleep(0)
        await rig.pass_time(2.0)
        if again:
            update = rig.last("MediaStreamingStarted")["mediaStreamingUpdate"]
            assert update["mediaStreamingStatusDetails"] == "streamConnectionReestablished"
            assert len(taker.headers) == 2
        else:
            update = rig.last("MediaStreamingFailed")["mediaStreamingUpdate"]
            assert update["mediaStreamingStatusDetails"] == "streamConnectionInterrupted"

    run(scenario)


def test_what_the_application_sends_is_heard_until_it_is_to_be_silent() -> None:
    async def scenario(rig: Rig, taker: Taker, phone: str, call: CallConnectionClient) -> None:
        await call.start_media_streaming()
        await rig.emulator.idle()
        second = base64.b64encode(bytes(32_000)).decode()
        feed = rig.emulator.feed(phone, "audio")
        # As the service's Python samples write it, then as its JavaScript helper does.
        await taker.sockets[0].send_json({"Kind": "AudioData", "AudioData": {"Data": second}, "StopAudio": None})
        await taker.sockets[0].send_json({"kind": "audioData", "audioData": {"data": second}})
        async with asyncio.timeout(5):
            while feed.got < 2.0:  # noqa: ASYNC110 - nothing answers a frame
                await asyncio.sleep(0)
        await rig.pass_time(0.5)
        await taker.sockets[0].send_json({"Kind": "StopAudio", "AudioData": None, "StopAudio": {}})
        async with asyncio.timeout(5):
            while feed.heard:  # noqa: ASYNC110 - nothing answers a frame
                await asyncio.sleep(0)
        [heard] = [each for each in rig.emulator.transcript(phone) if each.kind == "heard"]
        assert heard.interrupted
        assert heard.end is not None
        assert round(heard.end - heard.t, 3) == 0.5

    run(scenario, streaming=lambda base: audio(base, UNMIXED, enable_bidirectional=True))


def test_a_conversation_by_the_control_interface() -> None:
    async def scenario(rig: Rig, taker: Taker, phone: str, call: CallConnectionClient) -> None:
        await call.start_transcription()
        await rig.emulator.idle()
        base = f"{rig.emulator.url}/emulator/calls/{phone}"
        async with aiohttp.ClientSession() as session:
            lines = [{"text": "good morning"}, {"text": "it is broken", "after": 3, "who": CALLER}]
            async with session.post(f"{base}/conversation", json={"lines": lines}) as answer:
                assert answer.status == 204
            async with session.post(f"{base}/conversation", json={"lines": [{"text": "a", "who": "nobody"}]}) as answer:
                assert answer.status == 400
            async with session.get(f"{base}/feeds") as answer:
                assert (await answer.json())["transcription"]["state"] == "active"
            async with session.post(f"{base}/feeds/video/break", json={}) as answer:
                assert answer.status == 404
            async with session.post(f"{base}/feeds/audio/break", json={}) as answer:
                assert answer.status == 409
            await rig.pass_time(6.0)
            await taker.until(3)
            assert [each["text"] for each in taker.of("TranscriptionData")] == ["good morning", "it is broken"]
            async with session.post(f"{base}/feeds/transcription/break", json={"again": False}) as answer:
                assert answer.status == 204

    run(scenario)
