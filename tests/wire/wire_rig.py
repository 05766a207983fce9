"""The whole thing on the wire: emulator, real SDK, server over real HTTP, one virtual clock for all of them.

The rig alternates: wait until host and emulator have nothing left to do at this moment, then move the clock to the
next thing that is due. Silence, rings and time-outs therefore cost nothing, and a run is the same every time.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import structlog
from wire_people import LINE, People, config
from wire_stories import Prompt, Story

from emulator import Emulator, Entry, Phone, VirtualClock
from emulator.servers import Listener
from interpreter.engine import Step
from interpreter.machine import Call
from interpreter.media.ears import Made
from interpreter.site import Site
from interpreter.store.sqlite import SqliteStore
from interpreter.tooling import dev_site
from server import Runtime, running

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
MONDAY_TEN = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("America/New_York")).timestamp()
PATIENCE = 6 * 3600.0
"""Virtual seconds after which a call that does not end is stuck."""

_AUDIO = re.compile(r"^https://audio\.[\w.]+/(\w+)(?:\.wav)?$")
"""The address of a recording, as a site file or `ivr dev` gives it."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who may flip switches."""

    token: str = "operator-token-of-a-test"

    @property
    def section(self) -> dict[str, dict[str, object]]:
        return {"operator": {"token": self.token}}

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


OPERATOR = Operator()
T = TypeVar("T")


@dataclass(slots=True)
class Wire:
    """A running rig. ``lines`` are the numbers of the scripts in their order, ``calls`` the machine's state of each
    call as it is now."""

    emulator: Emulator
    people: People
    runtime: Runtime
    serve: Callable[[], Awaitable[Runtime]]
    store: SqliteStore
    clock: VirtualClock
    lines: tuple[str, ...]
    server_url: str
    folder: Path
    calls: dict[str, Call]
    hanging: Callable[[], int] = lambda: 0
    """How many data functions the test holds back."""
    lost: int = 0
    """Frames that never arrived, or arrived at a server that is no more."""

    async def settle(self) -> None:
        """Until neither side has anything left to do at this moment of the clock."""
        engine, floors = self.runtime.desk.engine, self.runtime.floors
        recordings = self.runtime.desk.center.recordings
        while True:
            before = (len(self.emulator.deliveries), self.frames(), engine.gauges(), floors.entries)
            await self._frames_taken()
            await engine.idle()
            await floors.idle()
            while self.runtime.house.under_way > self.hanging():  # noqa: ASYNC110 - as many rounds as it takes
                await asyncio.sleep(0)
            await engine.fire_due()
            await floors.fire_due()
            recordings.begin_due()
            await recordings.idle()
            await self._frames_taken()
            await engine.idle()
            await floors.idle()
            if before == (len(self.emulator.deliveries), self.frames(), engine.gauges(), floors.entries):
                return

    def frames(self) -> int:
        """Frames of web sockets that the server has dealt with."""
        return self.runtime.desk.sockets.taken

    async def _frames_taken(self) -> None:
        """Until what the emulator has sent has arrived: nothing answers a frame. What a cut connection has swallowed
        never does."""
        await self.emulator.idle()
        async with asyncio.timeout(20):
            while self.frames() < self.emulator.frames_sent - self.lost:
                await asyncio.sleep(0)
                await self.emulator.idle()
            while self.emulator.frames_received < self.runtime.desk.sockets.sent:  # noqa: ASYNC110 - nor in the other
                await asyncio.sleep(0)

    async def restart(self) -> None:
        """End the server and start another on the same store, at the same moment of the clock."""
        self.runtime = await self.serve()
        self.lost = self.emulator.frames_sent

    def next_due(self) -> float | None:
        runtime = self.runtime
        sources = (
            self.clock.next_due(),
            runtime.desk.engine.next_due(),
            runtime.floors.next_due(),
            runtime.desk.center.recordings.next_due(),
        )
        due = [t for t in sources if t is not None]
        return min(due, default=None)

    async def run_until(self, done: Callable[[], bool]) -> None:
        """Let time pass until it is so."""
        limit = self.clock.now() + PATIENCE
        await self.settle()
        while not done():
            due = self.next_due()
            assert due is not None, "nothing will ever happen again"
            assert due < limit, "the call does not end"
            self.clock.advance_to(max(due, self.clock.now()))
            await self.settle()

    async def advance(self, seconds: float) -> None:
        """Let exactly so much time pass."""
        until = self.clock.now() + seconds
        await self.settle()
        while (due := self.next_due()) is not None and due <= until:
            self.clock.advance_to(max(due, self.clock.now()))
            await self.settle()
        self.clock.advance_to(until)
        await self.settle()

    async def call(self, plan: str = "") -> Heard:
        """A whole call by a plan of the terminal phone, from dialling to its end."""
        phone = self.people.dial(LINE, plan)
        await self.finish(phone)
        return self.heard(phone)

    async def finish(self, *phones: str) -> None:
        """Until the host has done with these phones and knows it."""
        live = self.runtime.desk.engine
        await self.run_until(lambda: all(self.emulator.call(p).finished for p in phones) and live.gauges().live == 0)

    def state(self, phone: str) -> Call:
        """What the machine knows of this phone's call: each caller has a number of their own."""
        number = self.emulator.call(phone).me.label
        found = [call for call in self.calls.values() if call.caller == number]
        assert len(found) == 1, f"{number} was answered {len(found)} times"
        return found[0]

    def heard(self, phone: str) -> Heard:
        return Heard(self.emulator.call(phone), self.emulator.transcript(phone), self.state(phone))

    def metric(self, name: str, **labels: str) -> float:
        return self.runtime.desk.metrics.registry.get_sample_value(f"ivr_{name}_total", labels) or 0.0


@dataclass(frozen=True, slots=True)
class Heard:
    """How a call went: the phone, its transcript, and the machine's last state."""

    phone: Phone
    transcript: list[Entry]
    state: Call

    @property
    def texts(self) -> list[str]:
        """Everything that the phone heard, whole or in part."""
        return [entry.text for entry in self.transcript if entry.kind == "heard"]

    @property
    def answered(self) -> float:
        """When the call was answered (epoch seconds)."""
        return next(entry.t for entry in self.transcript if entry.kind == "connected")

    def story(self) -> Story:
        """The call as the simulator tells it: seconds since the answer, recordings by their names."""
        since = self.answered
        prompts = [
            Prompt(
                round(entry.t - since, 3),
                round((entry.end if entry.end is not None else entry.t) - since, 3),
                _AUDIO.sub(r"[\1]", entry.text),
                entry.interrupted,
            )
            for entry in self.transcript
            if entry.kind == "heard"
        ]
        return Story(tuple(prompts), self.end)

    @property
    def end(self) -> tuple[str | None, str, str]:
        """Ending, result, block."""
        return self.state.ending, self.state.result, self.state.block


@asynccontextmanager
async def wire(
    script: Path | str | Sequence[Path],
    *,
    at: float = MONDAY_TEN,
    habits: dict[str, Any] | None = None,
    switches: dict[str, bool] | None = None,
    sections: dict[str, dict[str, object]] | None = None,
    listener: Made | None = None,
) -> AsyncIterator[Wire]:
    """Everything running, each script (a path, a text for `LINE`, several paths) on a line of its own. ``habits``
    are the emulator's habits, ``sections`` go into the site file, ``listener`` recognises speech in streamed audio."""
    with tempfile.TemporaryDirectory() as folder, quiet():
        paths = _on_disk(script, Path(folder))
        clock = VirtualClock(at)
        numbers = tuple(line.number for line in dev_site.make(paths, {}).lines)
        emulator = Emulator(config(*numbers, **(habits or {})), clock)
        await emulator.start()
        store = SqliteStore.open(Path(folder) / "ivr.db")
        front = _Late()
        web = Listener(front, "127.0.0.1", 0, None, None)
        await web.start()
        try:
            site_made = dev_site.make(paths, {**service(emulator, web.url), **(sections or {})})
            site = Site.parse(site_made.text, folder=Path(folder))
            calls: dict[str, Call] = {}

            def keep(call_id: str, step: Step[object]) -> None:
                assert isinstance(step.call, Call)
                calls[call_id] = step.call

            async with AsyncExitStack() as lives:

                async def serve() -> Runtime:
                    await lives.aclose()
                    runtime = await lives.enter_async_context(
                        running(site, store=store, clock=clock, trace=keep, listener=listener)
                    )
                    front.app = runtime.app
                    return runtime

                runtime = await serve()
                await emulator.subscribe(f"{web.url}/events")
                for name, on in (switches or {}).items():
                    await runtime.desk.engine.set_switch(name, on)
                people = People(emulator)
                yield Wire(emulator, people, runtime, serve, store, clock, numbers, web.url, Path(folder), calls)
        finally:
            await web.stop()
            await store.close()
            await emulator.stop()


@contextmanager
def quiet() -> Iterator[None]:
    """Send the server's logs where the tests' logs are: they are shown of a test that fails."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    try:
        yield
    finally:
        structlog.reset_defaults()


def _on_disk(script: Path | str | Sequence[Path], folder: Path) -> list[Path]:
    if not isinstance(script, str):
        return [script] if isinstance(script, Path) else list(script)
    path = folder / "test.ivr"
    path.write_text(script, encoding="utf-8")
    return [path]


def service(emulator: Emulator, server_url: str) -> dict[str, dict[str, object]]:
    """The sections of a site file that point at an emulator."""
    return {
        "service": {
            "endpoint": emulator.url,
            "key": emulator.config.access_key,
            "resource_id": emulator.config.resource_id,
            "cognitive_services_endpoint": emulator.url,
        },
        "server": {"callback_base": server_url, "drain_seconds": 1.0},
        "callbacks": {"openid_configuration": emulator.openid_url},
    }


class _Late:
    """An application whose address is known before it exists."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def play(run: Callable[[], Awaitable[T]]) -> T:
    """Run a test's coroutine."""

    async def main() -> T:
        return await run()

    return asyncio.run(main())
