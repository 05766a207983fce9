"""A call that the site ends: durable, once, whatever the call was doing."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_rig import Rig, run

from interpreter.ports import TryLater
from interpreter.protocol import Connected, Disconnected, Event, PlayEnded
from interpreter.store import StoreUnavailable


def test_everyone_is_hung_up_on_and_the_script_hears_that_the_line_is_gone() -> None:
    async def body(rig: Rig) -> None:
        await rig.ring()
        await rig.engine.idle()
        await rig.give(Connected(rig.clock.time, "op1"))
        await rig.engine.idle()
        assert await rig.engine.end("a")
        await rig.engine.idle()
        assert rig.sent() == ["op1 Answer", "op2 Play", "operator-end HangUp"]
        assert (await rig.state()).log[-1] == "Disconnected"
        assert rig.log.having("ended") == ["a ended abandoned"]
        assert (await rig.row()).call.status == "ended"
        # Asked for again, and reported by the host: nothing more comes of it.
        assert await rig.engine.end("a")
        late: list[Event] = [PlayEnded(rig.clock.time, "op2"), Disconnected(rig.clock.time, 200, 0)]
        for number, event in enumerate(late):
            await rig.give(event, event_id=f"late {number}")
        await rig.engine.idle()
        assert len(rig.sent()) == 3
        assert not await rig.engine.end("nobody")

    run(body)


def test_a_call_that_rings_is_ended_once_its_answer_says_what_to_hang_up_on() -> None:
    async def body(rig: Rig) -> None:
        rig.service.answers = {"Answer": [TryLater(2.0, "503")]}
        await rig.ring()
        assert await rig.engine.end("a")
        await rig.engine.idle()
        assert await rig.actions() == ["op1 waiting 1", "operator-end waiting 0"]
        await rig.drive()
        assert rig.sent()[-2:] == ["op1 Answer", "operator-end HangUp"]
        assert await rig.actions() == ["op1 done 1", "operator-end done 0"]

    run(body)


def test_an_end_outlives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"

    async def first(rig: Rig) -> None:
        rig.service.answers = {"HangUp": [TryLater(5.0, "503")]}
        await rig.ring()
        await rig.engine.idle()
        assert await rig.engine.end("a")
        await rig.engine.idle()

    async def second(rig: Rig) -> None:
        await rig.engine.start()
        await rig.drive()
        assert rig.sent() == ["operator-end HangUp"]

    run(first, lambda: Rig(path))
    run(second, lambda: Rig(path))


def test_a_call_that_cannot_be_stepped_is_ended_all_the_same() -> None:
    async def body(rig: Rig) -> None:
        await rig.ring()
        await rig.engine.idle()
        assert await rig.engine.end("a")
        await rig.engine.idle()
        assert rig.sent() == ["op1 Answer", "operator-end HangUp"]
        assert rig.log.having("ended") == ["a ended failed"]

    run(body, lambda: Rig(text="raise on Disconnected"))


def test_where_the_store_does_not_answer_it_is_said() -> None:
    async def body(rig: Rig) -> None:
        async def fails(writes: object) -> None:
            raise StoreUnavailable("told to fail")

        await rig.ring()
        await rig.engine.idle()
        rig.store.before = fails
        with pytest.raises(StoreUnavailable):
            await rig.engine.end("a")
        rig.store.before = None
        await rig.engine.idle()
        assert (await rig.row()).call.status == "live"

    run(body)
