"""Scenario S7 over the wire: a message is recorded, kept and told; none is ever lost in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from wire_center import heard, let, nobody_is_left, phones, times
from wire_rig import SCRIPTS, Wire, play, wire

from emulator import Failure, Misbehaviour

S7 = SCRIPTS / "s7_voicemail.ivr"
REVIEW = "Press 1 to send, 2 to listen, 3 to record again."
SAVED, EMPTY, FAILED = "Thank you. Goodbye.", "I did not hear a message. Goodbye.", "We could not save your message."
SITE: dict[str, dict[str, object]] = {"voicemail": {"folder": "messages", "keep_days": 90}}


def messages(rig: Wire) -> list[dict[str, Any]]:
    """What is known of the messages that are kept."""
    folder = rig.folder / "messages"
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def tones(rig: Wire, phone: str) -> int:
    """How often the tone was heard."""
    return sum("/tones/record.wav" in text for text in heard(rig, phone))


def sounds(rig: Wire) -> list[Path]:
    return sorted((rig.folder / "messages").glob("*.wav"))


async def left(rig: Wire, plan: str) -> str:
    """A call by this plan, and a while for its message to come."""
    phone = rig.people.dial(rig.lines[0], plan)
    await rig.finish(phone)
    await rig.advance(120.0)
    return phone


async def speaks(rig: Wire, phone: str, time: int, words: str, key: str) -> None:
    """Say something after the tone, which comes for the so-manieth time, and decide about it."""
    await rig.run_until(lambda: tones(rig, phone) == time)
    await rig.advance(2.5)  # the tone lasts two seconds in the emulator, which does not know how long a file is
    rig.emulator.speak(phone, words)
    await rig.run_until(lambda: heard(rig, phone).count(REVIEW) == time)
    rig.emulator.press(phone, key)
    await rig.settle()


def test_a_message_is_kept_with_what_is_known_of_it() -> None:
    async def run() -> None:
        async with wire(S7, sections=SITE) as rig:
            phone = await left(rig, 'say "Please call me back about my order."; press 1')
            assert SAVED in heard(rig, phone)
            assert rig.state(phone).result == "message_taken"
            [message] = messages(rig)
            assert message["caller"] == rig.state(phone).caller
            assert message["language"] == "en-US"
            assert message["text"] == "Please call me back about my order."
            assert message["seconds"] >= 2.0
            assert len(sounds(rig)) == 1
            [recording] = rig.emulator.recordings()
            assert "Please leave your message" not in " ".join(recording.texts()), "the greeting is said before"
            nobody_is_left(rig)

    play(run)


def test_silence_at_the_review_sends_the_message() -> None:
    async def run() -> None:
        async with wire(S7, sections=SITE) as rig:
            phone = await left(rig, 'say "Please call me back about my order."; silent')
            assert heard(rig, phone)[-2:] == [REVIEW, SAVED]
            assert len(messages(rig)) == 1

    play(run)


def test_another_message_takes_the_place_of_the_first() -> None:
    async def run() -> None:
        async with wire(S7, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 600s")
            await speaks(rig, phone, 1, "This is not what I wanted to say.", "3")
            await speaks(rig, phone, 2, "Please call me back about my order.", "1")
            await rig.finish(phone)
            await rig.advance(120.0)
            [message] = messages(rig)
            assert message["text"] == "Please call me back about my order."
            assert len(sounds(rig)) == 1

    play(run)


def test_whoever_says_nothing_has_left_no_message() -> None:
    async def run() -> None:
        async with wire(S7, sections=SITE) as rig:
            phone = await left(rig, "silent")
            assert heard(rig, phone)[-1] == EMPTY
            assert rig.state(phone).result == "no_message"
            assert messages(rig) == []

    play(run)


@pytest.mark.parametrize(("seconds", "kept"), [(3.0, 1), (1.0, 0)])
def test_hanging_up_keeps_what_is_long_enough(seconds: float, kept: int) -> None:
    async def run() -> None:
        async with wire(S7, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 600s")
            await rig.run_until(lambda: tones(rig, phone) > 0)
            rig.emulator.speak(phone, "Hello, this is a message of some length")
            await rig.advance(seconds)
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            await rig.advance(120.0)
            assert len(messages(rig)) == kept
            assert rig.state(phone).ending == "abandoned"
            nobody_is_left(rig)

    play(run)


def test_a_caller_whose_message_cannot_be_recorded_reaches_somebody() -> None:
    async def run() -> None:
        async with wire(S7, sections=SITE) as rig:
            rig.emulator.misbehave(Misbehaviour(failures=(Failure("startRecording"),)))
            let(rig, "front_desk", "accept after 2 s, hang up after 10 s")
            phone = rig.people.dial(rig.lines[0], "wait 600s")
            await rig.run_until(lambda: rig.emulator.call(phone).finished)
            assert FAILED in heard(rig, phone)
            assert rig.state(phone).result == "handled"
            [desk] = phones(rig, "front_desk")
            assert times(rig, desk.id, "connected")
            assert messages(rig) == []

    play(run)


def test_a_message_that_cannot_be_kept_is_asked_for_nowhere() -> None:
    async def run() -> None:
        async with wire(S7, sections=SITE) as rig:
            (rig.folder / "messages").write_text("a file where the folder should be", encoding="utf-8")
            let(rig, "front_desk", "accept after 2 s, hang up after 10 s")
            phone = rig.people.dial(rig.lines[0], "wait 600s")
            await rig.run_until(lambda: rig.emulator.call(phone).finished)
            assert FAILED in heard(rig, phone)
            assert rig.state(phone).result == "handled"

    play(run)


def test_a_message_is_recorded_again_three_times_at_the_most() -> None:
    async def run() -> None:
        async with wire(S7, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 600s")
            for time in (1, 2, 3):
                await speaks(rig, phone, time, f"This is try number {time} of my message.", "3")
            await rig.run_until(lambda: tones(rig, phone) == 4)
            await rig.advance(2.5)
            rig.emulator.speak(phone, "This is try number 4 of my message.")
            await rig.finish(phone)
            assert heard(rig, phone).count(REVIEW) == 3, "the last one is sent as it is"
            await rig.advance(120.0)
            [message] = messages(rig)
            assert message["text"] == "This is try number 4 of my message."

    play(run)


def test_a_message_that_is_too_long_ends_after_three_minutes_with_a_warning() -> None:
    async def run() -> None:
        async with wire(S7, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 600s")
            await rig.run_until(lambda: tones(rig, phone) == 1)
            begun = rig.clock.now()
            for _ in range(60):
                rig.emulator.speak(phone, "and another thing that I have to say")
                await rig.advance(3.0)
            await rig.run_until(lambda: REVIEW in heard(rig, phone))
            told = {e.text.rpartition("/")[2]: e.t - begun for e in rig.emulator.transcript(phone) if e.kind == "heard"}
            assert told["soon.wav"] == pytest.approx(170.0, abs=1.5)
            assert told[REVIEW] == pytest.approx(180.0, abs=1.5)
            rig.emulator.press(phone, "1")
            await rig.finish(phone)
            await rig.advance(120.0)
            [message] = messages(rig)
            assert message["seconds"] == pytest.approx(180.0, abs=0.5)

    play(run)


def test_the_office_is_told_within_a_minute_by_whom_when_and_in_which_language() -> None:
    async def run() -> None:
        told: list[dict[str, Any]] = []

        async def take(request: web.Request) -> web.Response:
            told.append(await request.json())
            return web.Response()

        app = web.Application()
        app.router.add_post("/told", take)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        try:
            office: dict[str, dict[str, object]] = {
                "notify": {"front_office": {"url": f"http://127.0.0.1:{port}/told"}}
            }
            async with wire(S7, sections={**SITE, **office}) as rig:
                phone = rig.people.dial(rig.lines[0], 'say "Please call me back about my order."; press 1')
                await rig.finish(phone)
                saved = rig.clock.now()
                await rig.run_until(lambda: bool(told))
                assert rig.clock.now() - saved <= 60.0
                [message] = told
                assert (message["caller"], message["language"]) == (rig.state(phone).caller, "en-US")
                assert message["text"] == "Please call me back about my order."
                assert message["at"]
        finally:
            await runner.cleanup()

    play(run)


def test_pound_ends_a_message() -> None:
    async def run() -> None:
        async with wire(S7, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 600s")
            await rig.run_until(lambda: tones(rig, phone) == 1)
            await rig.advance(2.5)
            rig.emulator.speak(phone, "Please call me back about my order, thank you.")
            await rig.advance(3.2)
            rig.emulator.press(phone, "#")
            pressed = rig.clock.now()
            await rig.run_until(lambda: REVIEW in heard(rig, phone))
            assert rig.clock.now() - pressed < 1.0, "and not after four seconds of silence"
            rig.emulator.press(phone, "1")
            await rig.finish(phone)
            await rig.advance(120.0)
            assert len(messages(rig)) == 1

    play(run)
