"""The sample script through engine, store and real machine; and its journal once more, through the machine alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from engine_toy import ManualClock, Service, offered

from dsl import Program, Source, check
from interpreter import machine
from interpreter.engine import Engine, Machine, Script, script_hash
from interpreter.journal import CALLS, PROTOCOL, decode_event, replay
from interpreter.machine import Call
from interpreter.protocol import Answer, CancelMedia, HangUp, Play, Recognize, Reject, StartTones, Transfer
from interpreter.store.sqlite import SqliteStore

SAMPLE = Path(__file__).parents[2] / "scripts" / "contoso.ivr"

_ACTIONS = Answer | Reject | Play | Recognize | StartTones | CancelMedia | Transfer | HangUp


@dataclass
class Sample:
    text: str

    def for_line(self, called: str) -> Script[Program]:
        return Script(script_hash(self.text), SAMPLE.name, self.text, self.compile(SAMPLE.name, self.text))

    def compile(self, name: str, text: str) -> Program:
        program = check(Source(name, text)).program
        assert program is not None
        return program


def test_a_journal_replays_to_the_same_state_and_the_same_actions(tmp_path: Path) -> None:
    async def main() -> None:
        clock = ManualClock()
        service = Service(clock)
        programs = Sample(SAMPLE.read_text(encoding="utf-8"))
        store = SqliteStore.open(tmp_path / "ivr.db")
        real: Machine[Program, Call] = Machine(machine.begin, machine.step, CALLS)
        engine = Engine(store, service, clock, programs, real)
        assert await engine.offer("a", offered(clock), "ticket") == "created"
        await engine.idle()
        while service.callbacks:
            call_id, event_id, connection_id, event = service.callbacks.popleft()
            await engine.deliver(call_id, [(event_id, connection_id, event)])
            await engine.idle()
        row = (await store.load(["a"]))["a"].call
        rows = await store.outbox("a")
        events = [decode_event(each.event) for each in await store.journal("a")]
        await engine.stop(5)
        await store.close()

        assert row.status == "ended"
        assert [type(PROTOCOL.decode(each.action)).__name__ for each in rows][-1] == "Transfer"
        steps = replay(programs.compile("again", programs.text), "a", events)
        assert CALLS.encode(steps[-1].call) == row.state
        assert CALLS.decode(row.state) == steps[-1].call
        actions = [effect for step in steps for effect in step.effects if isinstance(effect, _ACTIONS)]
        assert [PROTOCOL.decode(each.action) for each in rows] == actions
        assert len(actions) > 5

    asyncio.run(main())
