"""Speech in the audio of calls, recognised by a listener that the test gives: whose, when, and never of a secret."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import pytest
import structlog
from given_listener import Given, Maker, until

from dsl import Program, Source, check
from interpreter.assessing import NOTHING, Assessment, Spoken
from interpreter.azure.frames import Audio
from interpreter.azure.sdk import NoSpeechSdk
from interpreter.engine import Incoming, script_hash
from interpreter.journal import CALLS
from interpreter.listening import Broke, Heard
from interpreter.machine import Call
from interpreter.machine.state import Feed
from interpreter.media import ears as ears_module
from interpreter.media.ears import AGAIN_AFTER, MOST_SPEAKERS, MOST_WAITING, Ears
from interpreter.media.hearing import Audience, Hearing
from interpreter.protocol import Utterance
from interpreter.store import CallRow, ScriptRow, Write
from interpreter.store.sqlite import SqliteStore
from interpreter.telemetry import Metrics

SCRIPT = """\
ivr 1
flow main
    languages en-US, es-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    stream audio start
    go to topic

menu topic
    prompt "Billing or delivery?"
    press 1 or say "billing"  -> sorry
    press 2 or say "delivery" -> sorry
    no match "That is not one of the choices."
    after 1 silence -> sorry
    after 2 tries   -> sorry

step sorry
    say "Goodbye."
    finish done
"""
CALLER, AGENT = "4:+12065550100", "8:acs:agent"
ON = Call("c", phase="live", audio=Feed("on", asked=True))
LOUD = b"\x10\x27" * 320
SILENT = bytes(640)
Logs: TypeAlias = list[Any]


@pytest.fixture(name="logs")
def _logs() -> Iterator[Logs]:
    with structlog.testing.capture_logs() as logs:
        yield logs


class Quiet:
    """Makes nothing of what is said."""

    at_once = True

    async def assess(self, said: Sequence[Spoken], language: str) -> Assessment:
        return NOTHING


@dataclass(slots=True)
class Clock:
    at: float = 1_000.0

    def now(self) -> float:
        return self.at


@dataclass(slots=True)
class House:
    """One call with open sockets, as the server has it. ``kept`` is what went into its journal."""

    ears: Ears
    hearing: Hearing
    made: Maker
    clock: Clock
    metrics: Metrics
    audience: Audience
    kept: list[Incoming] = field(default_factory=list)

    def speak(self, who: str = CALLER, pcm: bytes = LOUD, *, silent: bool = False) -> Awaitable[None]:
        return self.hearing.sounded("c", self.audience, Audio(who, pcm, silent))

    async def listener(self, number: int = 0) -> Given:
        await until(lambda: len(self.made.made) > number and bool(self.made.made[number].fed))
        return self.made.made[number]

    def said(self) -> list[tuple[str, str, str]]:
        events = [event for _, _, event in self.kept]
        return [(e.who, e.text, e.language) for e in events if isinstance(e, Utterance)]

    def count(self, what: str) -> float:
        return self.metrics.registry.get_sample_value("ivr_listeners_total", {"what": what}) or 0.0

    def open(self) -> float | None:
        return self.metrics.registry.get_sample_value("ivr_listeners_open")


def compiled(name: str, text: str) -> Program:
    program = check(Source(name, text)).program
    assert program is not None
    return program


def in_house(story: Callable[[House], Awaitable[None]], make: Callable[[], Given] = Given, script: str = "") -> None:
    """Run a test's story. Whatever it leaves running when all is closed fails it."""

    async def run() -> None:
        store, clock, metrics, made = SqliteStore.open(":memory:"), Clock(), Metrics(), Maker(make)
        kept: list[Incoming] = []

        async def deliver(call_id: str, events: Sequence[Incoming]) -> None:
            kept.extend(events)

        version = script or script_hash(SCRIPT)
        row = CallRow("c", 0, 1, "live", version, CALLS.encode(ON), "cc", "", "+12065550100", "+2", b"", 0, 0, 1.0, 1.0)
        await store.commit([Write("c", 0, row, ScriptRow(script_hash(SCRIPT), "main.ivr", SCRIPT), ())])
        ears = Ears(made, store, compiled, clock, metrics)
        hearing = Hearing(store, clock, deliver, Quiet(), ears)
        audience = await hearing.open("c")
        assert audience is not None
        house = House(ears, hearing, made, clock, metrics, audience, kept)
        try:
            await story(house)
        finally:
            hearing.close("c")
            await ears.close()
            await store.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}, "nobody listens any more"
        assert all(each.finished and each.closed for each in made.made)
        assert house.open() == 0.0

    asyncio.run(run())


def test_a_sentence_of_the_caller_is_an_utterance() -> None:
    async def story(house: House) -> None:
        await house.speak()
        listener = await house.listener()
        listener.hears("delivery", "es-US", final=False)
        listener.hears("  ", "es-US")
        listener.hears("Delivery, please.", "es-US")
        await until(lambda: bool(house.said()))
        assert house.said() == [("caller", "Delivery, please.", "es-US")]
        assert [each.text for each in house.audience.said] == ["Delivery, please."]
        assert listener.languages == ("en-US", "es-US")
        assert listener.phrases == ("billing", "delivery")

    in_house(story)


def test_two_sentences_have_two_names() -> None:
    async def story(house: House) -> None:
        await house.speak()
        listener = await house.listener()
        listener.hears("Yes.")
        listener.hears("Yes.")
        await until(lambda: len(house.said()) == 2)
        assert len({name for name, _, _ in house.kept}) == 2, "or the second would count as the first once more"

    in_house(story)


def test_each_speaker_has_a_listener_and_silence_wakes_none() -> None:
    async def story(house: House) -> None:
        await house.speak(AGENT, SILENT, silent=True)
        assert house.open() == 0.0
        await house.speak(CALLER)
        caller = await house.listener(0)
        await house.speak(AGENT)
        agent = await house.listener(1)
        await house.speak(CALLER, SILENT, silent=True)
        assert bytes(caller.fed) == LOUD + SILENT, "the silence behind a sentence ends it"
        assert bytes(agent.fed) == LOUD
        agent.hears("How can I help?")
        await until(lambda: bool(house.said()))
        assert house.said() == [(AGENT, "How can I help?", "en-US")]
        assert house.count("started") == 2.0

    in_house(story)


def test_sound_waits_for_a_listener_in_its_order_and_not_without_end() -> None:
    gate = asyncio.Event()

    async def story(house: House) -> None:
        pieces = [bytes([n % 251 + 1]) * 640 for n in range(MOST_WAITING // 640 + 3)]
        for piece in pieces:
            await house.speak(pcm=piece)
        await until(lambda: bool(house.made.made))
        gate.set()
        listener = await house.listener()
        assert bytes(listener.fed) == b"".join(pieces[3:])

    in_house(story, lambda: Given(may_start=gate))


@pytest.mark.parametrize(
    "deaf",
    [
        replace(ON, audio=Feed("stopping", asked=False)),
        replace(ON, audio=Feed("off")),
        replace(ON, transcript=Feed("on", asked=True)),
        replace(ON, phase="ended", ending="hung_up"),
    ],
    ids=["a secret", "stopped", "the service's transcript", "over"],
)
def test_what_gets_final_while_nothing_may_be_heard_is_thrown_away(deaf: Call) -> None:
    async def story(house: House) -> None:
        await house.speak()
        listener = await house.listener()
        house.hearing.stepped("c", deaf)
        listener.hears("One two three four.")
        await house.speak()
        await house.ears.idle()
        assert listener.finished
        assert listener.closed
        assert bytes(listener.fed) == LOUD, "nothing is fed meanwhile"
        assert not await house.hearing.heard("c", CALLER, "x", _heard())
        assert house.said() == []

    in_house(story)


def _heard() -> Heard:
    return Heard("One two three four.", "en-US", 0.0, 1.0)


def test_nothing_is_joined_over_a_secret() -> None:
    async def story(house: House) -> None:
        await house.speak(pcm=LOUD)
        before = await house.listener(0)
        house.hearing.stepped("c", replace(ON, audio=Feed("off")))
        house.hearing.stepped("c", ON)
        await house.speak(pcm=LOUD[:320])
        behind = await house.listener(1)
        before.hears("My PIN is one two.")
        behind.hears("That was it.")
        await until(lambda: bool(house.said()))
        await house.ears.idle()
        assert [text for _, text, _ in house.said()] == ["That was it."]
        assert bytes(behind.fed) == LOUD[:320]

    in_house(story)


def test_a_secret_while_the_listener_is_being_made() -> None:
    gate = asyncio.Event()

    async def story(house: House) -> None:
        await house.speak()
        await until(lambda: bool(house.made.made))
        house.hearing.stepped("c", replace(ON, audio=Feed("off")))
        gate.set()
        await house.ears.idle()
        assert [bytes(each.fed) for each in house.made.made] == [b""]

    in_house(story, lambda: Given(may_start=gate))


def test_one_that_broke_is_told_once_and_tried_again(logs: Logs) -> None:
    async def story(house: House) -> None:
        for number in range(2):
            await house.speak()
            listener = await house.listener(number)
            listener.sounds.put_nowait(Broke("the speech service cannot be reached"))
            await until(lambda: house.open() == 0.0)
            house.clock.at += AGAIN_AFTER - 1
            await house.speak()
            assert len(house.made.made) == number + 1, "not so soon"
            house.clock.at += 1
        await house.speak()
        (await house.listener(2)).hears("I am back.")
        await until(lambda: bool(house.said()))
        assert house.count("broken") == 2.0
        assert [each["reason"] for each in logs] == ["the speech service cannot be reached"]

    in_house(story)


@pytest.mark.parametrize(
    ("error", "reason"),
    [(NoSpeechSdk("the Speech SDK is away"), "the Speech SDK is away"), (RuntimeError("0xa"), "RuntimeError")],
)
def test_one_that_cannot_be_made_is_told(error: Exception, reason: str, logs: Logs) -> None:
    def make() -> Given:
        raise error

    async def story(house: House) -> None:
        await house.speak()
        await until(lambda: house.count("broken") == 1.0)
        assert [each["reason"] for each in logs] == [reason]
        await until(lambda: house.open() == 0.0)
        await house.speak()
        assert house.open() == 0.0, "not so soon"

    in_house(story, make)


def test_one_that_ends_by_itself_or_takes_no_sound_broke(logs: Logs) -> None:
    class Refuses(Given):
        def feed(self, pcm: bytes) -> None:
            if self.fed:
                raise RuntimeError("0x21")
            super().feed(pcm)

    async def story(house: House) -> None:
        await house.speak(CALLER)
        (await house.listener(0)).sounds.put_nowait(None)
        await until(lambda: house.count("broken") == 1.0)
        assert [each["reason"] for each in logs] == ["the recogniser has ended by itself"]
        await house.speak(AGENT)
        await house.listener(1)
        await until(lambda: house.count("started") == 2.0)
        await house.speak(AGENT)
        await until(lambda: house.open() == 0.0)
        assert house.count("broken") == 2.0

    in_house(story, Refuses)


def test_a_script_that_is_not_kept_is_told(logs: Logs) -> None:
    async def story(house: House) -> None:
        await house.speak()
        await until(lambda: house.count("broken") == 1.0)
        assert [each["reason"] for each in logs] == [f"script {'f' * 64} is not in the store"]

    in_house(story, script="f" * 64)


def test_so_many_speakers_and_no_more(logs: Logs) -> None:
    async def story(house: House) -> None:
        for _ in range(2):
            for number in range(MOST_SPEAKERS + 3):
                await house.speak(f"8:acs:{number}")
        await house.listener(MOST_SPEAKERS - 1)
        assert house.open() == MOST_SPEAKERS
        assert [each["reason"] for each in logs] == ["more than 8 speak: the others are not listened to"]

    in_house(story)


def test_so_many_listeners_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears_module, "MOST_LISTENERS", 1)

    async def story(house: House) -> None:
        await house.speak(CALLER)
        await house.listener(0)
        for _ in range(3):
            await house.speak(AGENT)
        assert house.count("too_many") == 1.0, "not with each frame"
        assert house.open() == 1.0

    in_house(story)


def test_when_the_server_has_ended_nobody_begins() -> None:
    async def story(house: House) -> None:
        await house.speak()
        await house.listener()
        await house.ears.close()
        await house.speak()
        assert len(house.made.made) == 1

    in_house(story)
