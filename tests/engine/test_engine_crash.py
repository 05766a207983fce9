"""The process dies at every point where it touches the world, and is started again on what the disk holds.

A crash is a point that never returns: the engine is dropped there, as it is, and a new one is made on the same file.
The service lives on. It repeats a callback that was not taken, so that a run can be judged by how it ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from engine_rig import Rig
from engine_toy import MACHINE, ManualClock, Service, ToyCall, toy_step

from interpreter.journal import decode_event, fold
from interpreter.store import Write

REPEATABLE = {"Answer", "Reject", "Transfer", "HangUp"}

MAY_REPEAT = {"after Play", "after Recognize", "after StartTones", "after CancelMedia", "before commit"}
"""Performed, but that it was is not kept, and the service does not recognise the repetition."""


class Fate:
    """Counts the points that are passed and stops time at one of them."""

    def __init__(self, at: int | None) -> None:
        self.at = at
        self.points: list[str] = []
        self.died = asyncio.Event()

    async def point(self, where: str) -> None:
        if self.died.is_set():
            await asyncio.get_running_loop().create_future()
        self.points.append(where)
        if self.at is not None and len(self.points) == self.at + 1:
            self.died.set()
            await asyncio.get_running_loop().create_future()


async def _live(path: Path, text: str, clock: ManualClock, service: Service, fate: Fate) -> Rig | None:
    """One life of the process. Returns None when it died."""

    async def before(_: Sequence[Write]) -> None:
        await fate.point("before commit")

    async def after(_: Sequence[Write]) -> None:
        await fate.point("after commit")

    rig = Rig(path, text, clock=clock, service=service)
    rig.store.before, rig.store.after, service.gate = before, after, fate.point

    async def life() -> None:
        await rig.engine.start()
        await rig.ring()  # Event Grid repeats until it is answered; a second one changes nothing
        await rig.drive()

    living = asyncio.ensure_future(life())
    dying = asyncio.ensure_future(fate.died.wait())
    await asyncio.wait([living, dying], return_when=asyncio.FIRST_COMPLETED, timeout=30)
    assert living.done() or dying.done(), "neither ended nor died"
    if living.done():
        dying.cancel()
        living.result()
        return rig
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.gather(living, return_exceptions=True)
    await rig.store.close()
    return None


async def _run(path: Path, text: str, crash_at: int | None) -> tuple[Rig, Service, Fate]:
    clock = ManualClock()
    service = Service(clock)
    fate = Fate(crash_at)
    rig = await _live(path, text, clock, service, fate)
    if rig is None:
        clock.time += 3  # long enough for a supervisor, shorter than any timer
        rig = await _live(path, text, clock, service, Fate(None))
        assert rig is not None
    return rig, service, fate


async def _judge(rig: Rig, service: Service, point: str, expected: ToyCall, text: str) -> None:
    row = (await rig.store.load(["a"]))["a"].call
    state = MACHINE.calls.decode(row.state)
    assert row.status == "ended"
    assert state.log == expected.log
    again = service.performed_twice()
    if point in MAY_REPEAT:
        assert len(again) <= 1
        assert not {verb for _, _, verb in again} & REPEATABLE
    else:
        assert again == set()
    events = [decode_event(each.event) for each in await rig.store.journal("a")]
    steps = fold(toy_step, text, ToyCall("a"), events)
    assert steps[-1].call == state
    asked = [effect.op for step in steps for effect in step.effects if hasattr(effect, "op")]
    rows = await rig.store.outbox("a")
    assert [each.op for each in rows] == asked
    assert {each.state for each in rows} == {"done"}
    assert rig.engine.gauges().waiting == 0


@pytest.mark.parametrize(
    ("text", "verbs"), [("plain", ["Play", "Recognize"]), ("burst", ["StartTones", "Play", "CancelMedia"])]
)
def test_every_crash_point(text: str, verbs: list[str], tmp_path: Path) -> None:
    """``verbs``: what the service's own contract makes a crash repeat, at one point or another. No more than that."""

    async def main() -> None:
        rig, service, fate = await _run(tmp_path / "whole.db", text, None)
        expected = await rig.state()
        assert service.performed_twice() == set()
        await rig.store.close()
        assert len(fate.points) > 20
        repeated = set()
        for at, point in enumerate(fate.points):
            path = tmp_path / f"{at}.db"
            rig, service, _ = await _run(path, text, at)
            try:
                await _judge(rig, service, point, expected, text)
            except AssertionError as error:
                error.add_note(f"crash point {at}: {point}; after {fate.points[:at]}")
                raise
            repeated |= {verb for _, _, verb in service.performed_twice()}
            await rig.store.close()
        assert repeated == set(verbs)

    asyncio.run(main())
