"""What runs beside the requests while the server is up, and how it ends."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import structlog

from interpreter.web import Desk

_log = structlog.get_logger(__name__)


def in_background(desk: Desk, stack: AsyncExitStack, fire: bool) -> None:
    """Timers and script changes, until the stack is left; then what is in hand is finished."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(desk.scripts.watch(stop))]
    if fire:
        desk.timers = asyncio.create_task(desk.engine.run())
        tasks += [desk.timers, asyncio.create_task(desk.center.floors.run())]
        tasks.append(asyncio.create_task(desk.streams.run(stop)))
    for task in tasks:
        task.add_done_callback(_tell_failure)

    async def end() -> None:
        desk.draining = True
        stop.set()
        desk.streams.close()
        await desk.engine.stop(desk.site.server.drain_seconds)
        await desk.center.floors.stop()
        await asyncio.gather(*tasks, return_exceptions=True)

    stack.push_async_callback(end)


def _tell_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("a background task failed", exc_info=error)
