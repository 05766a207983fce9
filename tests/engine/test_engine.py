"""Turns: what comes in, what is kept, what is dropped."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from engine_rig import Rig, run
from engine_toy import NOON, offered

from interpreter.addresses import call_id_for, shard_of
from interpreter.engine import EngineStopped, Limits, UnknownSwitch
from interpreter.ports import TryLater
from interpreter.protocol import ActionFailed, Connected, Disconnected, Event, PlayEnded, ToneHeard
from interpreter.store import StoreUnavailable, Write


def test_a_call_from_ring_to_hang_up() -> None:
    async def body(rig: Rig) -> None:
        assert await rig.ring() == "created"
        assert rig.engine.gauges().live == 1
        await rig.drive()
        assert rig.sent() == ["op1 Answer", "op2 Play", "op3 Recognize", "op4 HangUp"]
        row = await rig.row()
        assert (row.call.status, row.call.connection_id, row.timers) == ("ended", "connection-a", ())
        assert await rig.actions() == ["op1 done 0", "op2 done 0", "op3 done 0", "op4 done 0"]
        assert rig.log.lines[:2] == ["a started toy.ivr", "a step CallOffered"]
        assert rig.log.lines[-2:] == ["a op4 performed 1", "a dropped ended_call Disconnected"]
        gauges = rig.engine.gauges()
        assert (gauges.live, gauges.waiting, gauges.in_flight, rig.engine.next_due()) == (0, 0, 0, None)
        requests = {sent.request.request_id for sent in rig.service.sent}
        assert len(requests) == 4
        assert rig.service.sent[1].connection_id == "connection-a"

    run(body)


def test_callbacks_of_many_calls_share_a_commit() -> None:
    async def body(rig: Rig) -> None:
        names = [f"call-{number}" for number in range(100)]
        await asyncio.gather(*(rig.ring(name) for name in names))
        await rig.engine.idle()
        rig.store.batches.clear()
        before = rig.store.store.commits
        await asyncio.gather(*(rig.give(Connected(NOON, "op1"), name) for name in names))
        await rig.engine.idle()
        assert rig.store.batches == [100, 100]  # the events, and that the requests which they led to were performed
        assert rig.store.store.commits - before == 2
        await rig.drive()
        assert rig.engine.gauges().live == 0
        assert rig.store.loads == []

    run(body)


@pytest.mark.parametrize("parallel", [1, 7])
def test_requests_run_side_by_side_within_bounds(parallel: int) -> None:
    async def body(rig: Rig) -> None:
        async def gate(where: str) -> None:
            for _ in range(3):
                await asyncio.sleep(0)

        rig.service.gate = gate
        await asyncio.gather(*(rig.ring(f"call-{number}") for number in range(20)))
        await rig.drive()
        assert rig.service.most_in_flight == parallel
        assert len(rig.log.having("ended hung_up")) == 20

    run(body, lambda: Rig(limits=Limits(parallel=parallel)))


def test_nothing_is_answered_or_performed_before_it_is_durable() -> None:
    async def body(rig: Rig) -> None:
        order: list[str] = []

        async def after(writes: Sequence[Write]) -> None:
            order.extend(f"kept {row.op}" for write in writes for row in write.outbox if row.state == "waiting")

        async def gate(where: str) -> None:
            order.append(where)

        rig.store.after = after
        rig.service.gate = gate
        await rig.ring()
        order.append("offer returned")
        await rig.engine.idle()
        await rig.give(Connected(NOON, "op1"))
        order.append("deliver returned")
        await rig.engine.idle()
        for action in (0, 1):
            op, returned = f"kept op{action + 1}", ["offer returned", "deliver returned"][action]
            assert order.index(op) < order.index(returned)
            assert order.index(op) < order.index(["before Answer", "before Play"][action])

    run(body)


def test_what_moves_no_call() -> None:
    """Each of these is answered as taken, kept nowhere, and told with its reason."""

    async def body(rig: Rig) -> None:
        rig.service.silent = True
        await rig.ring()
        await rig.engine.idle()
        await rig.give(Connected(NOON, "op1"), event_id="e1")
        assert await rig.ring() == "duplicate"
        assert await rig.engine.offer("b", offered(rig.clock, "+19995550100"), "ticket") == "no_script"
        await rig.give(Connected(NOON, "op1"), event_id="e1")
        await rig.give(Connected(NOON, "op1"), "nobody")
        before = await rig.row()
        await rig.engine.deliver("a", [("e2", "", Disconnected(NOON, 200, 0)), ("e3", "", PlayEnded(NOON, "op2"))])
        await rig.give(PlayEnded(NOON, "op2"), event_id="e4")
        assert rig.log.having("dropped") == [
            "a dropped duplicate_offer CallOffered",
            "b dropped no_script CallOffered",
            "a dropped duplicate Connected",
            "nobody dropped unknown_call Connected",
            "a dropped ended_call PlayEnded",
            "a dropped ended_call PlayEnded",
        ]
        assert (before.call.events, (await rig.state()).log) == (2, ("CallOffered", "Connected", "Disconnected"))
        assert set(await rig.store.load(["a", "b", "nobody"])) == {"a"}

    run(body)


def test_a_repeated_event_is_known_also_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"

    async def first(rig: Rig) -> None:
        rig.service.silent = True
        await rig.ring()
        for number in range(70):
            await rig.give(ToneHeard(NOON, number, "1"), event_id=f"tone-{number}")

    async def second(rig: Rig) -> None:
        await rig.engine.start()
        for number in (69, 10, 5):  # the first two are among the remembered, the third is too long ago
            await rig.give(ToneHeard(NOON, number, "1"), event_id=f"tone-{number}")
        assert rig.log.having("dropped") == ["a dropped duplicate ToneHeard"] * 2
        assert (await rig.row()).call.events == 72

    run(first, lambda: Rig(path))
    run(second, lambda: Rig(path))


def test_a_calls_own_time_never_runs_backwards() -> None:
    async def body(rig: Rig) -> None:
        await rig.ring()
        await rig.give(ToneHeard(NOON + 5, 1, "1"))
        await rig.give(ToneHeard(NOON + 2, 2, "2"))
        assert [row.at for row in await rig.store.journal("a")] == [NOON, NOON + 5, NOON + 5]

    run(body)


@pytest.mark.parametrize("conflicts", [1, 3])
def test_a_conflict_is_loaded_and_applied_again(conflicts: int) -> None:
    async def body(rig: Rig) -> None:
        rig.service.silent = True
        await asyncio.gather(rig.ring("a"), rig.ring("b"))
        await rig.engine.idle()
        left = conflicts

        async def meddle(writes: Sequence[Write]) -> None:
            nonlocal left
            for write in writes:
                if write.call is not None and write.call_id == "a" and left:
                    left -= 1
                    now = await rig.row()
                    other = replace(now.call, version=now.call.version + 1, incoming_context=f"other {left}")
                    assert not await rig.store.store.commit([Write("a", now.call.version, other)])

        rig.store.before = meddle
        await asyncio.gather(rig.give(Connected(NOON, "op1"), "a"), rig.give(Connected(NOON, "op1"), "b"))
        await rig.engine.idle()
        for name in ("a", "b"):
            assert (await rig.state(name)).log == ("CallOffered", "Connected")
            assert await rig.actions(name) == ["op1 done 0", "op2 done 0"]
            assert rig.log.having(f"{name} step Connected") == [f"{name} step Connected"]
        assert (await rig.row("a")).call.version == (await rig.row("b")).call.version + conflicts

    run(body)


def test_an_endless_conflict_is_reported_and_passes() -> None:
    async def body(rig: Rig) -> None:
        await rig.ring()
        await rig.engine.idle()

        async def meddle(writes: Sequence[Write]) -> None:
            now = await rig.row()
            await rig.store.store.commit(
                [Write("a", now.call.version, replace(now.call, version=now.call.version + 1))]
            )

        rig.store.before = meddle
        with pytest.raises(StoreUnavailable, match="conflict"):
            await rig.give(Connected(NOON, "op1"), event_id="e")
        rig.store.before = None
        await rig.give(Connected(NOON, "op1"), event_id="e")
        assert (await rig.state()).log == ("CallOffered", "Connected")

    run(body)


def test_while_the_store_is_down_nothing_is_lost_or_done_twice() -> None:
    """The host's answer and a timer have nobody to be refused to: they are applied when the store is back."""

    async def body(rig: Rig) -> None:
        down = False

        async def before(_: Sequence[Write]) -> None:
            if down:
                raise StoreUnavailable("no space")

        async def gate(_: str) -> None:
            nonlocal down
            down = True

        rig.store.before = before
        rig.service.gate = gate
        await rig.ring()
        await rig.engine.idle()  # the answer was performed; that it was is not kept
        assert await rig.actions() == ["op1 waiting 0"]
        with pytest.raises(StoreUnavailable):
            await rig.give(Connected(NOON, "op1"), event_id="e1")
        with pytest.raises(StoreUnavailable):
            await rig.ring("b")
        rig.clock.time = NOON + 61
        await rig.engine.fire_due()  # the watch timer is due, but what is known of the call may be wrong
        rig.service.gate, down = None, False
        rig.clock.time += 2
        while rig.engine.next_due() is not None:
            await rig.engine.fire_due()
        await rig.drive()
        assert "TimerFired" in (await rig.state()).log
        assert rig.service.performed_twice() == set()
        assert (await rig.row()).call.status == "ended"
        assert len(rig.log.having("trouble a turn was not kept")) == 4
        assert all(isinstance(error, StoreUnavailable) for error in rig.log.errors)

    run(body)


def test_a_commit_whose_answer_is_lost_is_found_again() -> None:
    """Kept, but told that it was not: the host's repetition is a duplicate, and without one the call goes on too."""

    async def body(rig: Rig) -> None:
        async def after(_: Sequence[Write]) -> None:
            raise StoreUnavailable("connection lost")

        for name in ("repeated", "not repeated"):
            await rig.ring(name)
        await rig.engine.idle()
        rig.store.after = after
        for name in ("repeated", "not repeated"):
            with pytest.raises(StoreUnavailable):
                await rig.give(Connected(NOON, "op1"), name, event_id="e1")
        rig.store.after = None
        await rig.give(Connected(NOON, "op1"), "repeated", event_id="e1")
        assert rig.log.having("dropped") == ["repeated dropped duplicate Connected"]
        await rig.drive()
        assert rig.clock.time == NOON + 1
        for name in ("repeated", "not repeated"):
            assert (await rig.row(name)).call.status == "ended"
            assert (await rig.state(name)).log == ("CallOffered", "Connected", "PlayEnded:op2", "Recognized")
        assert rig.service.performed_twice() == set()

    async def with_a_timer(rig: Rig) -> None:
        async def after(_: Sequence[Write]) -> None:
            raise StoreUnavailable("connection lost")

        rig.service.silent = True
        await rig.ring()
        await rig.engine.idle()
        await rig.give(Connected(NOON, "op1"))
        await rig.engine.idle()
        rig.store.after = after
        with pytest.raises(StoreUnavailable):
            await rig.give(PlayEnded(NOON, "op2"))
        rig.store.after = None
        rig.clock.time = NOON + 1
        await rig.engine.fire_due()
        await rig.engine.idle()
        assert rig.sent()[-1] == "op3 Recognize"
        assert rig.engine.next_due() == NOON + 10

    run(body)
    run(with_a_timer)


def test_a_fault_while_the_answer_waits_answers_and_hangs_up() -> None:
    async def body(rig: Rig) -> None:
        rig.service.answers = {"Answer": [TryLater(1.0, "503")]}
        await rig.ring()
        await rig.engine.idle()
        await rig.engine.deliver("a", [("", "", ToneHeard(NOON, 1, "1"))])
        while (due := rig.engine.next_due()) is not None:
            rig.clock.time = due
            await rig.engine.fire_due()
            await rig.engine.idle()
        assert rig.sent() == ["op1 Answer", "op1 Answer", "system-end HangUp"]
        assert rig.service.sent[-1].connection_id == "connection-a"

    run(body, lambda: Rig(text="raise on ToneHeard"))


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("raise on CallOffered", ["system-end Reject"]),
        ("raise on Connected", ["op1 Answer", "system-end HangUp"]),
        ("raise on PlayEnded", ["op1 Answer", "op2 Play", "system-end HangUp"]),
    ],
)
def test_a_fault_of_the_machine_ends_that_call_only(text: str, sent: list[str]) -> None:
    async def body(rig: Rig) -> None:
        await rig.ring("a")
        rig.programs.text = "plain"
        await rig.ring("b")
        await rig.drive()
        assert rig.sent("a") == sent
        assert rig.log.having("a ended") == ["a ended failed"]
        assert rig.log.having("trouble") == ["a trouble the machine failed"]
        assert isinstance(rig.log.errors[0], RuntimeError)
        assert rig.log.having("b ended") == ["b ended hung_up"]
        assert ((await rig.row("a")).timers, rig.engine.gauges().live) == ((), 0)

    run(body, lambda: Rig(text=text))


def test_a_malformed_event_harms_its_own_call_only() -> None:
    async def body(rig: Rig) -> None:
        await asyncio.gather(rig.ring("a"), rig.ring("b"))
        wrong: Event = "not an event"  # type: ignore[assignment]
        results = await asyncio.gather(
            rig.give(wrong, "a"), rig.give(Connected(NOON, "op1"), "b"), return_exceptions=True
        )
        assert [type(result) for result in results] == [AttributeError, type(None)]
        await rig.give(ActionFailed(NOON, "op1", 500, 9999), "a")
        assert (await rig.state("a")).log == ("CallOffered", "ActionFailed")

    run(body)


def test_what_cannot_be_kept_of_one_call_does_not_cost_the_others() -> None:
    async def body(rig: Rig) -> None:
        async def before(writes: Sequence[Write]) -> None:
            if any(write.call_id == "b" for write in writes):
                raise TypeError("cannot be kept")

        rig.store.before = before
        names = ["a", "b", "c"]
        results = await asyncio.gather(*(rig.ring(name) for name in names), return_exceptions=True)
        assert results[0] == results[2] == "created"
        assert isinstance(results[1], TypeError)
        await rig.drive()
        assert rig.log.having("ended hung_up") == ["a ended hung_up", "c ended hung_up"]
        assert rig.log.having("trouble") == [" trouble a turn was not kept"]
        rig.store.before = None
        assert await rig.ring("b") == "created"

    run(body)


def test_halves_of_surrogate_pairs_can_be_kept() -> None:
    async def body(rig: Rig) -> None:
        call = replace(offered(rig.clock), caller="\ud800", caller_name="\udfff")
        assert await rig.engine.offer("a", call, "ticket \ud800") == "created"
        await rig.engine.deliver("a", [("\ud800", "c \ud800", Connected(NOON, "op1"))])
        await rig.engine.deliver("\ud800", [("e", "", Connected(NOON, "op1"))])
        row = (await rig.row()).call
        assert (row.caller, row.incoming_context, row.connection_id) == ("?", "ticket ?", "c ?")
        assert rig.log.having("dropped") == ["\ud800 dropped unknown_call Connected"]

    run(body)


def test_a_call_keeps_the_script_that_it_began_with(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"

    async def first(rig: Rig) -> None:
        rig.service.silent = True
        for name, text in (("a", "goodbye"), ("b", "plain"), ("c", "unusable")):
            rig.programs.text = text
            await rig.ring(name)
        await rig.engine.idle()
        for name in "abc":
            await rig.give(Connected(NOON, "op1"), name)
        rig.programs.text = "raise on PlayEnded"
        await rig.engine.idle()

    async def second(rig: Rig) -> None:
        rig.service.silent = True
        await rig.engine.start()
        assert rig.engine.gauges().live == 3
        for name in "abc":
            await rig.give(PlayEnded(NOON, "op2"), name)
        await rig.engine.idle()
        assert (rig.sent("a"), rig.sent("b"), rig.sent("c")) == (
            ["op3 HangUp"],
            ["op3 Recognize"],
            ["system-end HangUp"],
        )
        assert rig.log.having("trouble") == ["c trouble cannot go on: toy.ivr: no such statement"]
        assert rig.programs.compiled == ["goodbye", "plain", "unusable"]

    run(first, lambda: Rig(path))
    run(second, lambda: Rig(path, text="raise on PlayEnded"))


def test_a_state_that_does_not_read_is_replayed_from_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"

    async def first(rig: Rig) -> None:
        rig.service.silent = True
        await rig.ring()
        await rig.give(Connected(NOON, "op1"))
        now = (await rig.row()).call
        older = replace(now, version=now.version + 1, state='{"$":"ToyCall","call_id":"a","was_once":1}')
        await rig.engine.idle()
        await rig.store.store.commit([Write("a", now.version, older)])

    async def second(rig: Rig) -> None:
        await rig.give(PlayEnded(NOON, "op2"))
        state = await rig.state()
        assert (state.ops, state.log) == (3, ("CallOffered", "Connected", "PlayEnded:op2"))

    run(first, lambda: Rig(path))
    run(second, lambda: Rig(path))


def test_calls_beyond_the_memory_are_loaded_again() -> None:
    async def body(rig: Rig) -> None:
        names = [f"call-{number}" for number in range(10)]
        for name in names:
            await rig.ring(name)
        await rig.drive()
        assert len(rig.log.having("ended hung_up")) == 10
        assert len(rig.store.loads) > 10
        assert rig.service.performed_twice() == set()

    async def timer(rig: Rig) -> None:
        rig.service.silent = True
        await rig.ring()
        rig.clock.time = NOON + 60
        assert await rig.engine.fire_due() == 1
        await rig.engine.idle()
        assert (await rig.state()).log == ("CallOffered", "TimerFired")
        assert rig.engine.next_due() is None

    run(body, lambda: Rig(limits=Limits(at_hand=2)))
    run(timer, lambda: Rig(limits=Limits(at_hand=0)))


def test_switches_last(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"

    async def first(rig: Rig) -> None:
        assert rig.engine.switches() == (("emergency", False), ("snow", True))
        await rig.engine.set_switch("emergency", True)
        with pytest.raises(UnknownSwitch):
            await rig.engine.set_switch("emergancy", True)

    async def second(rig: Rig) -> None:
        await rig.store.set_switch("bound no more", True, NOON)
        await rig.engine.start()
        assert rig.engine.switches() == (("emergency", True), ("snow", True))

    run(first, lambda: Rig(path))
    run(second, lambda: Rig(path))


def test_a_stopped_engine_finishes_and_takes_nothing_new(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"

    async def first(rig: Rig) -> None:
        await rig.ring()
        stopping = asyncio.ensure_future(rig.engine.stop(10))
        await asyncio.sleep(0)
        with pytest.raises(EngineStopped):
            await rig.give(Connected(NOON, "op1"))
        with pytest.raises(EngineStopped):
            await rig.ring("b")
        await stopping
        assert await rig.actions() == ["op1 done 0"]

    async def hanging(rig: Rig) -> None:
        async def gate(_: str) -> None:
            await asyncio.get_running_loop().create_future()

        rig.service.gate = gate
        await rig.ring("c")
        await rig.engine.stop(0)
        assert (await rig.actions("c"), rig.engine.gauges().in_flight) == (["op1 waiting 0"], 0)

    run(first, lambda: Rig(path))
    run(hanging, lambda: Rig(path))


def test_ended_calls_are_forgotten_in_time() -> None:
    async def body(rig: Rig) -> None:
        await rig.ring("a")
        await rig.drive()
        rig.clock.time += 86_400 * 2
        await rig.ring("b")
        await rig.drive()
        assert await rig.engine.purge() == 0
        rig.clock.time += 86_400 * 1.5
        assert await rig.engine.purge() == 1
        assert set(await rig.store.load(["a", "b"])) == {"b"}

    run(body, lambda: Rig(limits=Limits(keep_days=3)))


def test_run_fires_by_the_system_clock_and_ends_with_stop() -> None:
    async def body(rig: Rig) -> None:
        rig.service.silent = True
        await rig.ring()
        rig.clock.time += 61  # the watch timer is overdue: run needs no sleep to see it
        fired = asyncio.Event()

        async def after(writes: Sequence[Write]) -> None:
            if any("TimerFired" in row.event for write in writes for row in write.journal):
                fired.set()

        rig.store.after = after
        running = asyncio.ensure_future(rig.engine.run())
        await fired.wait()
        await rig.engine.stop(5)
        await running

    run(body)


def test_timers_go_on_when_old_calls_cannot_be_forgotten() -> None:
    async def body(rig: Rig) -> None:
        async def purge(before: float, limit: int) -> int:
            raise TypeError("a fault of ours")

        rig.store.purge = purge  # type: ignore[method-assign]
        rig.service.silent = True
        await rig.ring()
        rig.clock.time += 61
        fired = asyncio.Event()

        async def after(writes: Sequence[Write]) -> None:
            if any("TimerFired" in row.event for write in writes for row in write.journal):
                fired.set()

        rig.store.after = after
        running = asyncio.ensure_future(rig.engine.run())
        await fired.wait()
        await rig.engine.stop(5)
        await running
        assert rig.log.having("trouble") == [" trouble old calls could not be forgotten"]

    run(body)


def test_a_long_forgetting_does_not_hold_up_the_end() -> None:
    async def body(rig: Rig) -> None:
        async def purge(before: float, limit: int) -> int:
            asked.append(limit)
            if len(asked) == 3:
                stopping.append(asyncio.ensure_future(rig.engine.stop(5)))
                await asyncio.sleep(0)
            return limit  # there is always more

        asked: list[int] = []
        stopping: list[asyncio.Task[None]] = []
        rig.store.purge = purge  # type: ignore[method-assign]
        await rig.engine.run()
        assert len(asked) == 3
        await stopping[0]

    run(body)


def test_call_ids_are_safe_in_a_path_and_the_same_for_a_repetition() -> None:
    guid = "B439E92A-5F4B-4405-BE00-8A6B3BBEB3D9"
    assert call_id_for(guid) == guid.lower()
    odd = ["../../etc", "", "a/b", "a b", "-", "x" * 65, "\ud800", "ä"]
    made = [call_id_for(each) for each in odd]
    assert len(set(made)) == len(odd)
    assert all(re.fullmatch("[0-9a-f]{40}", each) for each in made)
    assert [call_id_for(each) for each in odd] == made
    assert {shard_of(f"call-{number}") for number in range(5000)} == set(range(256))
