"""Callbacks a second, and the machine's own microseconds, against a hand-written handler of the same flow in the
same run.

    python -m benchmarks.callbacks [--rounds 5] [--calls 400] [--together 32]

Each round drives both servers, one after the other, with the same stub of the service: a call rings, is answered,
greeted, asked (silence, then a key) and transferred; each event carries a signed token, each is answered by at most one
request. Ours keeps a journal, an outbox and timers; the peer keeps one row. Ratios are what to read: the machine is
shared and noisy.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.table import Table

from benchmarks import base
from benchmarks.service import KEY, LINE, RESOURCE, Service
from dsl import Program, Source, check
from interpreter.machine import Call, begin, step
from interpreter.protocol import (
    ActionFailed,
    CallOffered,
    Connected,
    Disconnected,
    Event,
    PlayEnded,
    Recognized,
    TransferAccepted,
)

SCRIPT = """\
ivr 1
flow bench
    timezone "America/New_York"
    voice "en-US-JennyNeural"
    on caller hangup -> finish abandoned
    on system error  -> desk

step welcome
    say "Thank you for calling."
    go to main_menu

menu main_menu
    prompt   "For billing, press 1. For an agent, press 0."
    reprompt "Press 1 for billing, or 0 for an agent."
    press 1 -> desk
    press 0 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries "One moment." -> desk

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Nobody can take your call. Please call again later."
    finish nobody
"""

SITE = """\
[service]
endpoint = "{service}"
key = "{key}"
resource_id = "{resource}"
cognitive_services_endpoint = "{service}"

[server]
port = {port}
callback_base = "http://127.0.0.1:{port}"
drain_seconds = 0

[callbacks]
openid_configuration = "{service}/calling/.well-known/acsopenidconfiguration"

[store]
path = "bench.db"

[lines]
"{line}" = "bench.ivr"

[numbers]
desk = "+14255550199"
"""


@dataclass(frozen=True, slots=True)
class Round:
    """Callbacks a second, and microseconds of the server's processor time for one of them."""

    per_second: float
    cpu_micros: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def server(kind: str, service: str, folder: Path) -> Iterator[tuple[int, str]]:
    """A server as a process of its own: its id and its address."""
    port = free_port()
    if kind == "ours":
        (folder / "bench.ivr").write_text(SCRIPT)
        site = SITE.format(service=service, key=KEY, resource=RESOURCE, port=port, line=LINE)
        (folder / "site.toml").write_text(site)
        command = [sys.executable, "-m", "cli", "serve", "--site", str(folder / "site.toml")]
    else:
        command = [sys.executable, "-m", "benchmarks.base", service, str(port), str(folder / "base.db")]
    with (folder / f"{kind}.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield process.pid, f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


async def ready(url: str) -> None:
    """Until the server answers; it is a process of its own, so this waits for real."""
    async with aiohttp.ClientSession() as session:
        for _ in range(600):
            try:
                async with session.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
    raise RuntimeError(f"{url} does not get ready")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def drive(service: Service, url: str, pid: int, calls: int, together: int) -> Round:
    """So many calls, so many of them at a time."""
    gate = asyncio.Semaphore(together)

    async def one() -> None:
        async with gate:
            await service.call(url)

    await asyncio.gather(*(one() for _ in range(together)))  # warm
    before, cpu, began = service.callbacks, cpu_seconds(pid), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(calls)))
    took, done = time.perf_counter() - began, service.callbacks - before
    if service.refused:
        raise RuntimeError(f"{service.refused} callbacks were not answered 200")
    return Round(done / took, (cpu_seconds(pid) - cpu) / done * 1e6)


async def measure(rounds: int, calls: int, together: int) -> dict[str, list[Round]]:
    service = Service()
    await service.start()
    results: dict[str, list[Round]] = {"peer": [], "ours": []}
    for _ in range(rounds):
        for kind, found in results.items():
            with tempfile.TemporaryDirectory() as folder, server(kind, service.url, Path(folder)) as (pid, url):
                await ready(url)
                found.append(await drive(service, url, pid, calls, together))
    assert service.session is not None
    await service.session.close()
    return results


def steps() -> tuple[float, float]:
    """Microseconds of one event: our machine, and the hand-coded flow."""
    program = check(Source("bench.ivr", SCRIPT)).program
    assert program is not None
    events: tuple[Event, ...] = (
        CallOffered(0.0, "+14255550100", LINE),
        Connected(1.0, "1.call"),
        PlayEnded(2.0, "2.welcome"),
        ActionFailed(9.0, "3.main_menu", 400, 8510),
        Recognized(12.0, "4.main_menu", 200, 8531, tones="1"),
        TransferAccepted(20.0, "5.desk"),
        Disconnected(21.0, 200, 7015),
    )
    assert run_machine(program, events).ending == "transferred"
    ours = best(lambda: run_machine(program, events)) / len(events)

    kinds = ("CallConnected", "PlayCompleted", "RecognizeFailed", "RecognizeCompleted", "CallDisconnected")

    def by_hand() -> None:
        state: dict[str, int] = {}
        for kind in kinds:
            base.next_action(state, kind, ["one"])

    return ours, best(by_hand) / len(kinds)


def run_machine(program: Program, events: tuple[Event, ...]) -> Call:
    call = begin("bench")
    for event in events:
        call = step(program, call, event).call
    return call


def best(run: object) -> float:
    """Microseconds of one run, the best of several series."""
    assert callable(run)
    series = []
    for _ in range(7):
        began = time.perf_counter()
        for _ in range(500):
            run()
        series.append((time.perf_counter() - began) / 500 * 1e6)
    return min(series)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--calls", type=int, default=400)
    options.add_argument("--together", type=int, default=32)
    given = options.parse_args()
    results = asyncio.run(measure(given.rounds, given.calls, given.together))
    peer = Round(
        *(statistics.median(getattr(r, name) for r in results["peer"]) for name in ("per_second", "cpu_micros"))
    )
    ours = Round(
        *(statistics.median(getattr(r, name) for r in results["ours"]) for name in ("per_second", "cpu_micros"))
    )
    machine, by_hand = steps()
    table = Table("", "peer: Starlette + SDK by hand", "ours", "ours / peer", title="Medians", title_justify="left")
    rows = (
        ("callbacks a second", peer.per_second, ours.per_second),
        ("processor time a callback, µs", peer.cpu_micros, ours.cpu_micros),
        ("the flow itself, µs a step", by_hand, machine),
    )
    for name, theirs, own in rows:
        table.add_row(name, f"{theirs:,.1f}", f"{own:,.1f}", f"{own / theirs:.2f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
