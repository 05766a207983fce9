"""The whole thing on the wire: emulator, real SDK, server over real HTTP, one virtual clock for all of them.

The rig alternates: wait until host and emulator have nothing left to do at this moment, then move the clock to the
next thing that is due. Silence, rings and time-outs therefore cost nothing, and a run is the same every time.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from emulator import Config, Emulator, Entry, Line, Misbehaviour, Phone, VirtualClock
from emulator.servers import Listener
from interpreter.engine import Step
from interpreter.machine import Call
from interpreter.site import Site
from interpreter.store.sqlite import SqliteStore
from interpreter.tooling import dev_site
from server import Runtime, running

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
LINE = "+18005550100"
MONDAY_TEN = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("America/New_York")).timestamp()
PATIENCE = 6 * 3600.0
"""Virtual seconds after which a call that does not end is stuck."""

T = TypeVar("T")


@dataclass(slots=True)
class Wire:
    """A running rig. ``targets`` are the addresses of the script's transfer targets by their names,
    ``calls`` the machine's state of each call as it is now."""

    emulator: Emulator
    runtime: Runtime
    store: SqliteStore
    clock: VirtualClock
    targets: dict[str, str]
    server_url: str
    calls: dict[str, Call]

    async def settle(self) -> None:
        """Until neither side has anything left to do at this moment of the clock."""
        engine = self.runtime.desk.engine
        while True:
            before = (len(self.emulator.deliveries), engine.gauges())
            await self.emulator.idle()
            await engine.idle()
            await engine.fire_due()
            await self.emulator.idle()
            await engine.idle()
            if before == (len(self.emulator.deliveries), engine.gauges()):
                return

    def next_due(self) -> float | None:
        due = [t for t in (self.clock.next_due(), self.runtime.desk.engine.next_due()) if t is not None]
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

    async def dial(self, plan: Sequence[dict[str, Any]] = (), caller: str = "+14255550100") -> str:
        return self.emulator.dial(caller, LINE, plan=plan)

    async def call(self, plan: Sequence[dict[str, Any]] = (), caller: str = "+14255550100") -> Heard:
        """A whole call, from dialling to its end."""
        phone = await self.dial(plan, caller)
        await self.finish(phone)
        return await self.heard(phone)

    async def finish(self, *phones: str) -> None:
        """Until the host has done with these phones and knows it."""
        live = self.runtime.desk.engine
        await self.run_until(lambda: all(self.emulator.call(p).finished for p in phones) and live.gauges().live == 0)

    async def heard(self, phone: str) -> Heard:
        found = self.emulator.call(phone)
        state = next(call for call in reversed(self.calls.values()) if call.caller == found.me.label)
        return Heard(found, self.emulator.transcript(phone), state)


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

    def prompts(self) -> list[Entry]:
        return [entry for entry in self.transcript if entry.kind == "heard"]

    @property
    def end(self) -> tuple[str | None, str, str]:
        """Ending, result, block."""
        return self.state.ending, self.state.result, self.state.block


@asynccontextmanager
async def wire(
    script: Path | str,
    *,
    at: float = MONDAY_TEN,
    config: Config | None = None,
    misbehaviour: Misbehaviour | None = None,
    answers: dict[str, str] | None = None,
    switches: dict[str, bool] | None = None,
) -> AsyncIterator[Wire]:
    """Everything running, ``script`` (a path or a text) on `LINE`. ``answers``: how targets behave, by their names."""
    with tempfile.TemporaryDirectory() as folder:
        path = script if isinstance(script, Path) else Path(folder) / "test.ivr"
        if isinstance(script, str):
            path.write_text(script, encoding="utf-8")
        clock = VirtualClock(at)
        made = config or Config(lines=(Line(LINE),))
        emulator = Emulator(made, clock)
        await emulator.start()
        store = SqliteStore.open(Path(folder) / "ivr.db")
        front = _Late()
        web = Listener(front, "127.0.0.1", 0, None, None)
        await web.start()
        try:
            site_made = dev_site.make([path], service(emulator, web.url))
            site = Site.parse(site_made.text, folder=Path(folder))
            calls: dict[str, Call] = {}

            def keep(call_id: str, step: Step[object]) -> None:
                assert isinstance(step.call, Call)
                calls[call_id] = step.call

            async with running(site, store=store, clock=clock, trace=keep) as runtime:
                front.app = runtime.app
                await emulator.subscribe(f"{web.url}/events")
                targets = dict(site_made.lines[0].targets)
                rig = Wire(emulator, runtime, store, clock, targets, web.url, calls)
                for name, behaviour in (answers or {}).items():
                    emulator.behave(targets[name], behaviour)
                for name, on in (switches or {}).items():
                    await runtime.desk.engine.set_switch(name, on)
                if misbehaviour is not None:
                    emulator.misbehave(misbehaviour)
                yield rig
        finally:
            await web.stop()
            await store.close()
            await emulator.stop()


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
