"""The emulator as a program: serve until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace

from emulator.clock import SystemClock
from emulator.config import Config, Line, Schema
from emulator.eventgrid import SubscriptionError
from emulator.misbehave import Misbehaviour
from emulator.service import Emulator

log = logging.getLogger("emulator")

SUBSCRIBE_PAUSE = 0.5


async def serve(
    config: Config | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8400,
    tls_port: int | None = None,
    subscribe_url: str | None = None,
    schema: Schema = "eventgrid",
    speed: float = 1.0,
    ready: Callable[[Emulator], None] | None = None,
    until: asyncio.Event | None = None,
) -> None:
    """Serve until `until` is set or the program is interrupted.

    `ready` is called once the ports listen. A subscription is tried until the host completes its handshake, so that
    host and emulator may be started in either order. Raises OSError when a port is taken."""
    emulator = Emulator(config, SystemClock(speed))
    await emulator.start(host, port, tls_port)
    stopping = until or asyncio.Event()
    subscribing: asyncio.Task[None] | None = None
    try:
        with _interruptible(stopping, install=until is None):
            if subscribe_url is not None:
                subscribing = asyncio.create_task(_subscribe(emulator, subscribe_url, schema))
            if ready is not None:
                ready(emulator)
            await stopping.wait()
    finally:
        if subscribing is not None:
            subscribing.cancel()
        await emulator.stop()


async def _subscribe(emulator: Emulator, url: str, schema: Schema) -> None:
    said = ""
    while True:
        try:
            await emulator.subscribe(url, schema)
        except SubscriptionError as error:
            if str(error) != said:
                said = str(error)
                log.warning("not subscribed yet, trying again: %s", error)
            await asyncio.sleep(SUBSCRIBE_PAUSE)
        else:
            log.info("incoming calls go to %s", url)
            return


@contextlib.contextmanager
def _interruptible(stopping: asyncio.Event, *, install: bool) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM) if install else ()
    for number in signals:
        loop.add_signal_handler(number, stopping.set)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def announce(emulator: Emulator) -> None:
    """Print where everything is."""
    print(f"phone page         {emulator.url}/phone")
    print(f"lines              {', '.join(line.number for line in emulator.config.lines)}")
    print(f"connection string  {emulator.connection_string}")
    print(f"OpenID             {emulator.openid_url}")
    print(f"resource id        {emulator.config.resource_id}")
    if emulator.certificates is not None:
        print(f"TLS                {emulator.tls_url}")
        print(f"trust              {emulator.ca_file}", flush=True)


def run(
    host: str = "127.0.0.1",
    port: int = 8400,
    tls_port: int | None = None,
    subscribe_url: str | None = None,
    schema: Schema = "eventgrid",
    speed: float = 1.0,
    misbehaviour: Misbehaviour | None = None,
    *,
    lines: tuple[Line, ...] | None = None,
    targets: tuple[str, ...] = (),
    config: Config | None = None,
    ready: Callable[[Emulator], None] | None = None,
) -> None:
    """Serve in the foreground; returns when interrupted. What is given here overrules `config`.

    Raises OSError when a port is taken, ValueError for a speed that is not above 0."""
    made = config or Config()
    made = replace(
        made,
        lines=lines or made.lines,
        targets=targets or made.targets,
        misbehaviour=misbehaviour or made.misbehaviour,
    )
    asyncio.run(
        serve(
            made,
            host=host,
            port=port,
            tls_port=tls_port,
            subscribe_url=subscribe_url,
            schema=schema,
            speed=speed,
            ready=ready or announce,
        )
    )
