"""What runs beside the requests while the server is up, and how it ends."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress

import structlog

from interpreter.messages import MessagesUnavailable
from interpreter.recordings.shelf import RecordingsUnavailable
from interpreter.store import StoreUnavailable
from interpreter.web import Desk

_log = structlog.get_logger(__name__)

FORGET_EVERY = 3_600.0
"""Seconds between two looks for what is too old."""


def in_background(desk: Desk, stack: AsyncExitStack, fire: bool) -> None:
    """Timers and script changes, until the stack is left; then what is in hand is finished."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(desk.scripts.watch(stop))]
    if fire:
        desk.timers = asyncio.create_task(desk.engine.run())
        tasks += [desk.timers, asyncio.create_task(desk.center.floors.run())]
        tasks.append(asyncio.create_task(desk.streams.run(stop)))
        tasks.append(asyncio.create_task(desk.center.recordings.run(stop)))
        tasks.append(asyncio.create_task(_forget(desk, stop)))
    for task in tasks:
        task.add_done_callback(_tell_failure)

    async def end() -> None:
        desk.draining = desk.ending = True
        stop.set()
        desk.streams.close()
        await desk.engine.stop(desk.site.server.drain_seconds)
        await desk.center.floors.stop()
        await desk.center.recordings.stop()
        await asyncio.gather(*tasks, return_exceptions=True)

    stack.push_async_callback(end)


async def _forget(desk: Desk, stop: asyncio.Event) -> None:
    """Once an hour, what has been kept for long enough is deleted."""
    while not stop.is_set():
        await forget_old(desk)
        with suppress(TimeoutError):
            async with asyncio.timeout(FORGET_EVERY):
                await stop.wait()


async def forget_old(desk: Desk) -> None:
    """Delete what has been kept for long enough. What cannot be deleted now is told, and tried again in an hour."""
    for what, forget in desk.center.forgetting(desk.site, desk.store, desk.clock.now()).items():
        try:
            gone = await forget()
        except (MessagesUnavailable, RecordingsUnavailable, StoreUnavailable) as error:
            _log.error("what was kept for long enough is not deleted yet", what=what, error=str(error))
            continue
        if gone:
            _log.info("deleted what was kept for long enough", what=what, count=gone)


def _tell_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("a background task failed", exc_info=error)
