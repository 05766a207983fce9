"""Whole calls over the wire: the emulated service, the real SDK, tokens and TLS; only time is virtual."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from server_rig import SCRIPT, SECRET

import server
from emulator.clock import VirtualClock
from emulator.config import Config
from emulator.misbehave import Fault, Misbehaviour
from emulator.service import Emulator
from interpreter.heads import BoundedHeads
from interpreter.media.limits import WEB_SERVER
from interpreter.site import Site

SITE = """
[service]
connection_string = "{connection}"
resource_id = "{resource}"
ca_file = "{ca_file}"
[server]
callback_base = "{base}"
[callbacks]
openid_configuration = "{openid}"
[events]
secret = "{secret}"
[lines]
"+18005550100" = "main.ivr"
[numbers]
front_desk = "+14255550111"
[switches]
closed = "off"
"""

Plan = list[dict[str, object]]


@dataclass(slots=True)
class Wire:
    emulator: Emulator
    clock: VirtualClock
    runtime: server.Runtime

    async def settle(self) -> None:
        """Until neither side has anything to do at this moment."""
        before = None
        while before != (now := (len(self.emulator.deliveries), self.runtime.desk.engine.gauges(), self._steps())):
            before = now
            await self.emulator.idle()
            await self.runtime.desk.engine.idle()

    def _steps(self) -> float | None:
        return self.runtime.desk.metrics.registry.get_sample_value("ivr_step_seconds_count")

    async def play_out(self, limit: float = 600.0) -> None:
        """Moves time from one due thing to the next, until no call goes on."""
        engine, end = self.runtime.desk.engine, self.clock.now() + limit
        await self.settle()
        while engine.gauges().live or engine.gauges().waiting:
            due = [each for each in (self.clock.next_due(), engine.next_due()) if each is not None]
            assert due, "nothing will ever happen"
            assert min(due) < end, "the call does not end"
            self.clock.advance_to(max(min(due), self.clock.now()))
            await engine.fire_due()
            await self.settle()
        # The line's own part is over; a phone may still be told so.
        while (due_at := self.clock.next_due()) is not None and due_at < self.clock.now() + 5:
            self.clock.advance_to(due_at)
            await self.settle()

    def heard(self, call: str) -> list[str]:
        return [entry.text for entry in self.emulator.transcript(call) if entry.kind == "heard"]

    def sample(self, name: str, **labels: str) -> float:
        return self.runtime.desk.metrics.registry.get_sample_value(f"ivr_{name}", labels) or 0.0


@contextlib.asynccontextmanager
async def wired(folder: Path, tls: bool = False, misbehaviour: Misbehaviour | None = None) -> AsyncIterator[Wire]:
    (folder / "main.ivr").write_text(SCRIPT)
    clock = VirtualClock()
    emulator = Emulator(Config(misbehaviour=misbehaviour or Misbehaviour()), clock)
    # Its tokens would live in real time, and our server lives in the virtual one.
    emulator.tokens.now = clock.now
    await emulator.start("127.0.0.1", 0, 0 if tls else None)
    listening = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    text = SITE.format(
        connection=emulator.tls_connection_string if tls else emulator.connection_string,
        openid=f"{emulator.tls_url if tls else emulator.url}/calling/.well-known/acsopenidconfiguration",
        resource=emulator.config.resource_id,
        ca_file=emulator.ca_file if tls else "",
        base=base,
        secret=SECRET,
    )
    text = text if tls else text.replace('ca_file = ""', "")
    try:
        async with server.running(Site.parse(text, folder), clock=clock, token_clock=clock) as runtime:
            web_server = server.QuietServer(
                uvicorn.Config(
                    runtime.app, http=BoundedHeads, lifespan="off", log_config=None, access_log=False, **WEB_SERVER
                )
            )
            task = asyncio.create_task(web_server.serve(sockets=[listening]))
            try:
                await emulator.subscribe(f"{base}/events?secret={SECRET}", "cloudevents" if tls else "eventgrid")
                yield Wire(emulator, clock, runtime)
            finally:
                web_server.should_exit = True
                await task
    finally:
        await emulator.stop()


MENU = "For the desk press 1."
WELCOME = "Welcome."

CALLS: list[tuple[str, Plan, str, list[str], str]] = [
    ("the right key", [{"press": "1"}], "accept", [WELCOME, MENU], "transferred"),
    (
        "silence, a wrong key, the right key",
        [{"silent": True}, {"press": "7"}, {"press": "1"}],
        "accept after 3 s",
        [WELCOME, MENU, "I heard nothing. Press 1.", "That is no choice. Press 1."],
        "transferred",
    ),
    (
        "only silence",
        [{"silent": True}] * 3,
        "accept",
        [WELCOME, MENU, "I heard nothing. Press 1.", "I heard nothing. Press 1."],
        "transferred",
    ),
    ("the desk is busy", [{"press": "1"}], "busy", [WELCOME, MENU, "Goodbye."], "hung_up"),
    ("the desk declines", [{"press": "1"}], "decline", [WELCOME, MENU, "Goodbye."], "hung_up"),
    ("nobody at the desk", [{"press": "1"}], "no answer", [WELCOME, MENU, "Goodbye."], "hung_up"),
    ("the caller leaves in a prompt", [{"hang_up": True, "when": "play", "after": 0.1}], "accept", [WELCOME],
     "abandoned"),
    ("the caller leaves at the menu", [{"hang_up": True}], "accept", [WELCOME, MENU], "abandoned"),
    ("the caller leaves in the transfer", [{"press": "1"}, {"hang_up": True, "when": "transfer"}], "no answer",
     [WELCOME, MENU], "abandoned"),
]  # fmt: skip


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_calls(tmp_path: Path, tls: bool) -> None:
    async def run() -> None:
        async with wired(tmp_path, tls) as wire:
            for name, plan, behaviour, heard, ending in CALLS:
                ended = wire.sample("calls_ended_total", ending=ending)
                wire.emulator.behave("+14255550111", behaviour)
                call = wire.emulator.dial("+15551230001", "+18005550100", plan=plan)
                await wire.play_out()
                assert wire.heard(call) == heard, name
                assert wire.sample("calls_ended_total", ending=ending) == ended + 1, name
            assert wire.sample("troubles_total") == 0

    asyncio.run(run())


TWICE = ("CallConnected", "PlayCompleted", "RecognizeFailed", "RecognizeCompleted", "CallTransferAccepted")

MISCHIEF: list[tuple[str, tuple[Fault, ...]]] = [
    ("every event twice", tuple(Fault("duplicate", kind) for kind in TWICE)),
    ("the call announced twice", (Fault("duplicate_incoming"),)),
    ("forged events first", (Fault("bad_token"), Fault("expired_token"), Fault("foreign_token"))),
    ("an event nobody knows", (Fault("unknown_event"),)),
    ("a late event", (Fault("late_event"),)),
    ("answer throttled and broken", (Fault("throttle", "answer"), Fault("fail_before", "answer"))),
    ("answered, and the answer lost", (Fault("fail_after", "answer"),)),
    ("prompts throttled and broken", (Fault("throttle", "play"), Fault("fail_before", "recognize"))),
    ("transfer throttled, broken, and done with the answer lost",
     (Fault("throttle", "transferToParticipant"), Fault("fail_before", "transferToParticipant"),
      Fault("fail_after", "transferToParticipant"))),
]  # fmt: skip


@pytest.mark.parametrize("faults", [case[1] for case in MISCHIEF], ids=[case[0] for case in MISCHIEF])
def test_a_service_that_misbehaves_changes_nothing_for_the_caller(tmp_path: Path, faults: tuple[Fault, ...]) -> None:
    _, plan, behaviour, heard, ending = CALLS[1]

    async def run() -> None:
        async with wired(tmp_path, misbehaviour=Misbehaviour(faults=faults)) as wire:
            wire.emulator.behave("+14255550111", behaviour)
            call = wire.emulator.dial("+15551230001", "+18005550100", plan=plan)
            await wire.play_out()
            assert wire.heard(call) == heard
            assert wire.sample("calls_started_total", script="main.ivr") == 1
            assert wire.sample("calls_ended_total", ending=ending) == 1
            assert wire.sample("troubles_total") == 0

    asyncio.run(run())
