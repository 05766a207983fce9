"""Streams of audio on the server as it is run in production, against a bare web socket that only parses JSON.

    python -m benchmarks.media [--streams 200] [--seconds 20]

Each stream sends 50 frames a second of 20 ms of 16 kHz audio, as the telephone service does. Ours verifies the token of
each connection, binds it to a call that was really answered and asked for its audio, bounds what may come, judges each
frame by the state of its call, decodes it, and listens for a voice; the peer calls `json.loads`. Both run the same web
server in one process, one after the other in one run; their processor time (user and system) is read from the system.
The frames are sent by another process, which shares the machine's cores.
"""

from __future__ import annotations

import argparse
import array
import asyncio
import base64
import json
import math
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from benchmarks.callbacks import cpu_seconds, free_port, ready
from benchmarks.media_service import Service
from benchmarks.service import KEY, LINE, RESOURCE

RATE, FRAME_SECONDS = 16_000, 0.02
SCRIPT = """\
ivr 1
flow bench
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    stream audio start
    wait 5m
    go to sorry

step sorry
    say "Nobody can take your call."
    finish nobody
"""
SITE = """\
[service]
endpoint = "{service}"
key = "{key}"
resource_id = "{resource}"

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
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """``cpu`` is the share of one core, ``late`` the longest that a sender was behind its time, in seconds."""

    frames: int
    seconds: float
    cpu: float
    micros: float
    late: float


def frame(loud: bool, who: str) -> str:
    """Twenty milliseconds of a voice, or of noise."""
    height = 6_000 if loud else 80
    samples = array.array(
        "h", [int(height * math.sin(place / 6.4)) for place in range(round(RATE * FRAME_SECONDS))]
    )  # fmt: skip
    told = {
        "timestamp": "2026-09-15T11:36:07.993Z",
        "participantRawID": who,
        "data": base64.b64encode(samples.tobytes()).decode(),
        "silent": False,
    }
    return json.dumps({"kind": "AudioData", "audioData": told})


async def send(address: str, headers: dict[str, str], number: int, seconds: float, began: float) -> float:
    """One stream; the longest that it was late."""
    about = {"subscriptionId": str(number), "encoding": "PCM", "sampleRate": RATE, "channels": 1, "length": 640}
    loud, silent = (frame(each, "4:+14255550100") for each in (True, False))
    late = 0.0
    async with aiohttp.ClientSession() as session, session.ws_connect(address, headers=headers) as socket:
        await socket.send_str(json.dumps({"kind": "AudioMetadata", "audioMetadata": about}))
        first = began + number % 50 * FRAME_SECONDS / 50  # callers do not speak in step
        for place in range(round(seconds / FRAME_SECONDS)):
            due = first + place * FRAME_SECONDS
            now = time.monotonic()
            if now < due:
                await asyncio.sleep(due - now)
            late = max(late, now - due)
            # Two seconds of speech, three of silence.
            await socket.send_str(loud if (place + number * 7) % 250 < 100 else silent)
    return late


def senders(addresses: list[tuple[str, dict[str, str]]], seconds: float, answer: Any) -> None:
    """All streams, in a process of their own."""

    async def run() -> float:
        began = time.monotonic() + 1.0
        lates = await asyncio.gather(
            *(send(address, headers, number, seconds, began) for number, (address, headers) in enumerate(addresses))
        )
        return max(lates)

    answer.put(asyncio.run(run()))


async def drive(pid: int, addresses: list[tuple[str, dict[str, str]]], seconds: float) -> Figures:
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=senders, args=(addresses, seconds, answer))
    process.start()
    # What is measured begins when all are connected, and ends before the first goes.
    await asyncio.sleep(4.0)
    cpu, began = cpu_seconds(pid), time.monotonic()
    await asyncio.sleep(seconds - 5.0)
    took, used = time.monotonic() - began, cpu_seconds(pid) - cpu
    late = await asyncio.get_running_loop().run_in_executor(None, answer.get)
    process.join()
    frames = round(len(addresses) * took / FRAME_SECONDS)
    return Figures(frames, took, used / took, used / frames * 1e6, late)


def begin(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """A server as a process of its own."""
    with log.open("w") as told:
        return subprocess.Popen(command, stdout=told, stderr=told)


async def ours(streams: int, seconds: float) -> Figures:
    service = Service()
    await service.start()
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bench.ivr").write_text(SCRIPT)
        site = SITE.format(service=service.url, key=KEY, resource=RESOURCE, port=port, line=LINE)
        (folder / "site.toml").write_text(site)
        command = [sys.executable, "-m", "cli", "serve", "--site", str(folder / "site.toml")]
        process = begin(command, folder / "log")
        url = f"http://127.0.0.1:{port}"
        try:
            await ready(url)
            addresses = [await service.streamed(url) for _ in range(streams)]
            before = await counted(url)
            found = await drive(process.pid, addresses, seconds)
            taken = await counted(url) - before
        finally:
            process.terminate()
            process.wait()
            await service.stop()
    sent = streams * (round(seconds / FRAME_SECONDS) + 1)
    if taken != sent:
        raise RuntimeError(f"{sent} frames were sent, and {taken:.0f} were taken")
    return found


async def counted(url: str) -> float:
    """Frames that our server has taken, by its own metrics."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    wanted = 'ivr_media_frames_total{feed="audio",outcome="taken"}'
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(wanted)), 0.0)


async def peer(streams: int, seconds: float) -> Figures:
    port = free_port()
    process = begin([sys.executable, "-m", "benchmarks.media_peer", str(port)], Path(os.devnull))
    addresses: list[tuple[str, dict[str, str]]] = [
        (f"ws://127.0.0.1:{port}/media/0/c{number}/audio", {}) for number in range(streams)
    ]
    try:
        await ready(f"http://127.0.0.1:{port}")
        return await drive(process.pid, addresses, seconds)
    finally:
        process.terminate()
        process.wait()


async def measure(streams: int, seconds: float) -> tuple[Figures, Figures]:
    return await peer(streams, seconds), await ours(streams, seconds)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--streams", type=int, default=200)
    options.add_argument("--seconds", type=float, default=20.0, help="of audio in each stream, more than 6")
    given = options.parse_args()
    bare, own = asyncio.run(measure(given.streams, given.seconds))
    title = f"{given.streams} streams of 50 frames a second, {os.cpu_count()} cores"
    table = Table("", "peer: starlette, json.loads", "ours", "ours / peer", title=title, title_justify="left")
    rows = (
        ("frames a second", bare.frames / bare.seconds, own.frames / own.seconds, ",.0f"),
        ("processor, user + system, of one core", bare.cpu, own.cpu, ".0%"),
        ("processor time a frame, µs", bare.micros, own.micros, ",.1f"),
        ("a sender was late by at most, ms", bare.late * 1e3, own.late * 1e3, ",.0f"),
    )
    for name, theirs, mine, form in rows:
        table.add_row(name, format(theirs, form), format(mine, form), f"{mine / theirs:.2f}" if theirs else "")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
