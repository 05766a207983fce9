"""A call that we make, in the engine: what the telephone service answers when nobody wants the call any more."""

from __future__ import annotations

import asyncio
from pathlib import Path

from dsl import Program, Source, check
from emulator import VirtualClock
from interpreter.engine import Engine, Machine, Script, script_hash
from interpreter.journal import CALLS
from interpreter.machine import Call, begin, step
from interpreter.ports import Line, Performance, Performed, Request
from interpreter.protocol import CallStarted, Connected, Day, HangUp, HostAction, Reported, TimeOfDay
from interpreter.protocol import Request as Asked
from interpreter.store.sqlite import MEMORY, SqliteStore

S10 = Path(__file__).resolve().parents[2] / "scripts" / "s10_reminder.ivr"
NOW = 1_772_000_000.0
ANA = "+14255550111"
STARTED = CallStarted(
    NOW,
    (("name", "Ana"), ("number", ANA), ("day", Day("2026-03-04")), ("time", TimeOfDay(600))),
    (),
    "+14255550115",
)


class Telephone:
    """Holds its answer to a request for a call until it is told to give it."""

    def __init__(self) -> None:
        self.asked: list[HostAction] = []
        self.answers = asyncio.Event()

    async def perform(self, line: Line, action: HostAction, request: Request) -> Performance:
        self.asked.append(action)
        if isinstance(action, Asked) and action.verb == "dial":
            await self.answers.wait()
            ringing = Reported(0.0, action.op, "ringing", (("connection", "c-1"),))
            return Performed("c-1", ringing)
        return Performed()

    async def close(self) -> None: ...


class NoScripts:
    def for_line(self, called: str) -> Script[Program] | None:
        return None

    def compile(self, name: str, text: str) -> Program:
        program = check(Source(name, text)).program
        assert program is not None
        return program


def told(telephone: Telephone, events: list[Connected]) -> list[HangUp]:
    """What is hung up when the call is ended while the service has not answered yet, and then these things happen."""

    async def story() -> list[HangUp]:
        store, text = SqliteStore.open(MEMORY), S10.read_text(encoding="utf-8")
        machine: Machine[Program, Call] = Machine(begin, step, CALLS)
        engine = Engine(store, telephone, VirtualClock(NOW), NoScripts(), machine)
        await engine.start()
        script = Script(script_hash(text), S10.name, text, NoScripts().compile(S10.name, text))
        assert await engine.begin("out-1", STARTED, ANA, script) == "created"
        assert await engine.begin("out-1", STARTED, ANA, script) == "duplicate"
        while not telephone.asked:  # noqa: ASYNC110 - as many rounds as it takes
            await asyncio.sleep(0)
        assert await engine.end("out-1")
        if not events:
            telephone.answers.set()
        for number, event in enumerate(events):
            await engine.deliver("out-1", [(f"e-{number}", event.connection, event)])
        telephone.answers.set()
        await engine.idle()
        row = (await store.load(["out-1"]))["out-1"].call
        assert (row.status, row.caller) == ("ended", ANA)
        await engine.stop(1.0)
        await store.close()
        return [each for each in telephone.asked if isinstance(each, HangUp)]

    return asyncio.run(story())


def test_what_rings_for_a_call_that_is_over_is_hung_up() -> None:
    assert {each.connection for each in told(Telephone(), [])} == {"c-1"}


def test_who_answers_a_call_that_is_over_is_hung_up() -> None:
    assert "c-1" in {each.connection for each in told(Telephone(), [Connected(NOW, "1.patient", "c-1")])}
