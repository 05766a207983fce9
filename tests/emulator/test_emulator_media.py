"""Playing, queueing, interrupting, cancelling, tones: what may run beside what. [contract 6.3]"""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from azure.communication.callautomation import (
    DtmfTone,
    FileSource,
    PhoneNumberIdentifier,
    RecognizeInputType,
    SsmlSource,
    TextSource,
)
from azure.communication.callautomation.aio import CallConnectionClient
from azure.core.exceptions import HttpResponseError
from emulator_rig import CALLER_ID, LINE_ID, Rig, run

from emulator import Config

TEN = TextSource(text="one two three four five six seven eight nine ten")  # 3.5 s
Act = Callable[[CallConnectionClient], Awaitable[object]]


def heard(rig: Rig, call: str) -> list[str]:
    return [entry.text for entry in rig.emulator.transcript(call) if entry.kind == "heard"]


def test_plays_queue_on_the_main_leg_and_end_in_order() -> None:
    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        began = rig.clock.now()
        await connection.play_media([TEN, FileSource("https://audio.example/a.wav?seconds=1.5")], operation_context="a")
        await connection.play_media(SsmlSource(ssml_text="<speak>good <b>bye</b></speak>"), operation_context="b")
        await rig.pass_time(10)
        ends = [
            (event["data"]["operationContext"], round(when - began, 3))
            for event, when in zip(rig.hook.events, rig.hook.times, strict=True)
            if event["type"].endswith(("PlayStarted", "PlayCompleted"))
        ]
        assert ends == [("a", 0), ("a", 5), ("b", 5), ("b", 5.7)]
        assert heard(rig, call) == [TEN.text, "https://audio.example/a.wav?seconds=1.5", "good bye"]

    run(scenario)


def test_interrupting_cancels_what_plays_and_what_waits() -> None:
    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        await connection.play_media(TEN, loop=True, operation_context="music")
        await connection.start_recognizing_media(RecognizeInputType.DTMF, CALLER_ID, operation_context="ask")
        await rig.pass_time(9)
        await connection.play_media(TEN, interrupt_call_media_operation=True, operation_context="now")
        await rig.pass_time(1)
        assert rig.names()[-3:] == ["PlayCanceled", "RecognizeCanceled", "PlayStarted"]
        assert rig.last("PlayCanceled")["operationContext"] == "music"
        assert rig.result("RecognizeCanceled") == (400, 8508)
        await connection.cancel_all_media_operations()
        await rig.emulator.idle()
        assert rig.last("PlayCanceled")["operationContext"] == "now"
        assert [entry.interrupted for entry in rig.emulator.transcript(call) if entry.kind == "heard"] == [
            *(False, False), True, True
        ]  # fmt: skip

    run(scenario)


FAULTS: dict[str, tuple[TextSource | FileSource, int]] = {
    "empty text": (TextSource(text=""), 8582),
    "unknown format": (FileSource("https://audio.example/a.ogg"), 8535),
    "not to be had": (FileSource("https://audio.invalid/a.wav"), 8536),
}


@pytest.mark.parametrize("name", FAULTS)
def test_source_that_fails_names_its_place(name: str) -> None:
    source, sub_code = FAULTS[name]

    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        await connection.play_media([TEN, source])
        await rig.pass_time(5)
        assert rig.result("PlayFailed") == (400, sub_code)
        assert rig.last("PlayFailed")["failedPlaySourceIndex"] == 1
        await connection.start_recognizing_media(RecognizeInputType.DTMF, CALLER_ID, play_prompt=source)
        await rig.pass_time(1)
        assert rig.result("RecognizeFailed") == (500, 8511)
        assert rig.last("RecognizeFailed")["failedPlaySourceIndex"] == 0

    run(scenario)


def test_files_are_fetched_when_asked_for() -> None:
    audio = io.BytesIO()
    with wave.open(audio, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16000)
        writer.writeframes(bytes(2 * 16000 * 3))

    async def serve() -> tuple[web.AppRunner, str]:
        async def file(request: web.Request) -> web.Response:
            return web.Response(body=audio.getvalue() if request.path == "/three.wav" else b"no audio")

        app = web.Application()
        app.router.add_get("/{name}", file)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def scenario(rig: Rig) -> None:
        runner, base = await serve()
        _, connection = await rig.answer()
        await connection.play_media(FileSource(f"{base}/three.wav"))
        await rig.pass_time(2.9)
        assert "PlayCompleted" not in rig.names()
        await rig.pass_time(0.1)
        assert "PlayCompleted" in rig.names()
        await connection.play_media(FileSource(f"{base}/text.wav"))
        await rig.pass_time(1)
        assert rig.result("PlayFailed") == (400, 8535)
        await runner.cleanup()
        await connection.play_media(FileSource(f"{base}/three.wav"))
        await rig.pass_time(1)
        assert rig.result("PlayFailed") == (400, 8536)

    run(scenario, Config(fetch_audio=True))


def test_continuous_dtmf_runs_beside_a_recognition() -> None:
    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        await connection.start_continuous_dtmf_recognition(CALLER_ID, operation_context="tones")
        await connection.start_recognizing_media(RecognizeInputType.DTMF, CALLER_ID, dtmf_max_tones_to_collect=2)
        rig.emulator.press(call, "5*")
        await rig.pass_time(1)
        tones = [event["data"] for event in rig.hook.events if event["type"].endswith("ToneReceived")]
        assert [(tone["sequenceId"], tone["tone"], tone["operationContext"]) for tone in tones] == [
            (1, "five", "tones"), (2, "asterisk", "tones")
        ]  # fmt: skip
        assert rig.last("RecognizeCompleted")["dtmfResult"] == {"tones": ["five", "asterisk"]}
        await connection.stop_continuous_dtmf_recognition(CALLER_ID, operation_context="enough")
        rig.emulator.press(call, "5")
        await rig.emulator.idle()
        assert rig.names()[-1] == "ContinuousDtmfRecognitionStopped"
        assert rig.last("ContinuousDtmfRecognitionStopped")["operationContext"] == "enough"
        await connection.start_continuous_dtmf_recognition(CALLER_ID)
        await connection.hang_up(True)
        await rig.emulator.idle()
        assert rig.names()[-2:] == ["ContinuousDtmfRecognitionStopped", "CallDisconnected"]
        assert rig.result("ContinuousDtmfRecognitionStopped") == (200, 7000)

    run(scenario)


SECOND = PhoneNumberIdentifier("+14255550177")
START: dict[str, Act] = {
    "play to all": lambda one: one.play_media(TEN),
    "play to one": lambda one: one.play_media(TEN, [CALLER_ID]),
    "recognise in a group": lambda one: one.start_recognizing_media(RecognizeInputType.DTMF, CALLER_ID),
    "send tones": lambda one: one.send_dtmf_tones([DtmfTone.ONE], CALLER_ID),
    "continuous": lambda one: one.start_continuous_dtmf_recognition(CALLER_ID),
}
SUB = ("play to one", "recognise in a group", "send tones")
REFUSED = {(first, second) for first in SUB for second in (*SUB, "continuous")}


@pytest.mark.parametrize("first", START)
def test_compatibility_in_a_group(first: str) -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(SECOND.properties["value"], "accept after 1 s")
        _, connection = await rig.answer()
        await connection.add_participant(SECOND, source_caller_id_number=LINE_ID)
        await rig.pass_time(2)
        for second in START:
            await START[first](connection)
            refused = (first, second) in REFUSED
            if refused:
                with pytest.raises(HttpResponseError) as caught:
                    await START[second](connection)
                assert (caught.value.status_code, caught.value.error.code) == (412, "8583")  # type: ignore[union-attr]
            else:
                await START[second](connection)
            await connection.cancel_all_media_operations()
            if "continuous" in (first, second) and not refused:
                await connection.stop_continuous_dtmf_recognition(CALLER_ID)

    run(scenario)


def test_outcomes_go_where_the_request_says_and_nothing_else_does() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        await connection.play_media([TEN], [CALLER_ID], operation_callback_url=f"{rig.base}/elsewhere?x=1")
        await rig.pass_time(5)
        posts = [path for method, path, _ in rig.hook.requests if method == "POST" and path != "/events"]
        assert posts == [*["/callbacks?call=phone-1"] * 3, "/elsewhere?x=1"]
        assert rig.names()[-2:] == ["PlayStarted", "PlayCompleted"]

    run(scenario)


def test_idle_does_not_wait_for_time() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        await connection.play_media(TEN)
        async with asyncio.timeout(60):
            await rig.emulator.idle()
        assert rig.names()[-1] == "PlayStarted"

    run(scenario)
