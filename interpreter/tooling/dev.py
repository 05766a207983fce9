"""``ivr dev``: server, emulator and phone page in one process, on embedded defaults. Nothing leaves the machine."""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from rich.console import Console
from rich.table import Table

from emulator import Config, Emulator, Line, SystemClock
from emulator.servers import Listener
from interpreter.site import Site
from interpreter.telemetry import configure_logging
from interpreter.tooling import dev_site
from interpreter.tooling.files import CannotRun, find_scripts
from interpreter.tooling.project import projects, takes_calls
from server import running


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """The wall's clock, moved by a fixed number of seconds: to hear what callers meet on another day."""

    shift: float = 0.0

    def now(self) -> float:
        return time.time() + self.shift


@dataclass(frozen=True, slots=True)
class Options:
    """``port`` is the phone page's, the server takes the one behind it; 0 for any free one. ``at``: epoch seconds."""

    host: str = "127.0.0.1"
    port: int = 8400
    at: float | None = None
    store: Path = Path(".ivr") / "dev.db"
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Running:
    """Where everything is once it serves."""

    phone: str
    server: str
    site: dev_site.DevSite


def run(paths: list[Path], options: Options, console: Console) -> None:
    """Serve until interrupted. Raises `CannotRun`."""
    configure_logging()
    scripts = [path for path in projects(find_scripts(paths)) if takes_calls(path)]
    if not scripts:
        raise CannotRun("none of these files has a flow that takes calls")

    def announce(where: Running) -> None:
        _announce(where, console)

    try:
        asyncio.run(serve(scripts, options, announce))
    except OSError as error:
        raise CannotRun(
            f"port {options.port} or {options.port + 1} is not free: {error.strerror}; try --port"
        ) from None


async def serve(scripts: list[Path], options: Options, ready: Callable[[Running], None]) -> None:
    """Everything in one event loop, until SIGINT or SIGTERM. ``ready`` is called when the phone page can be used."""
    server_port = options.port + 1 if options.port else _free_port(options.host)
    server_url = f"http://{options.host}:{server_port}"
    planned = dev_site.make(scripts, {})
    lines = tuple(Line(line.number) for line in planned.lines)
    targets = tuple(dict.fromkeys(address for line in planned.lines for _, address in line.targets))
    emulator = Emulator(Config(lines=lines, targets=targets), SystemClock(options.speed))
    await emulator.start(options.host, options.port)
    try:
        secret = secrets.token_urlsafe(16)
        site_text = dev_site.make(scripts, _service(emulator, server_url, options, secret))
        site = Site.parse(site_text.text, folder=Path.cwd())
        options.store.parent.mkdir(parents=True, exist_ok=True)
        shift = options.at - time.time() if options.at is not None else 0.0
        async with running(site, clock=ShiftedClock(shift), fire=True, stand_ins=True) as runtime:
            web = Listener(runtime.app, options.host, server_port, None, None)
            await web.start()
            try:
                await emulator.subscribe(f"{server_url}/events?secret={secret}")
                ready(Running(f"{emulator.url}/phone", server_url, site_text))
                await _interrupted()
            finally:
                await web.stop()
    finally:
        await emulator.stop()


async def _interrupted() -> None:
    stop = asyncio.Event()
    with suppress(NotImplementedError):  # Windows has no such handlers, and there Ctrl-C raises
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def _service(emulator: Emulator, server_url: str, options: Options, secret: str) -> dict[str, dict[str, object]]:
    return {
        "service": {
            "endpoint": emulator.url,
            "key": emulator.config.access_key,
            "resource_id": emulator.config.resource_id,
            "cognitive_services_endpoint": emulator.url,
        },
        "server": {"callback_base": server_url, "drain_seconds": 1.0},
        "callbacks": {"openid_configuration": emulator.openid_url, "issuer": emulator.config.issuer},
        "events": {"secret": secret},
        "store": {"path": str(options.store.resolve())},
    }


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _announce(where: Running, console: Console) -> None:
    table = Table(title="What you can dial", title_justify="left", show_edge=False, pad_edge=False)
    for heading in ("number", "script", "its transfers ring"):
        table.add_column(heading)
    for line in where.site.lines:
        table.add_row(line.number, line.script.name, ", ".join(name for name, _ in line.targets) or "nobody")
    console.print(table)
    console.print(f"\nPhone page         {where.phone}", highlight=False)
    for name, address in where.site.lines[0].targets:
        console.print(f"Be {name:<16}{where.phone}?as={quote(address)}", highlight=False, soft_wrap=True)
    console.print(f"Server             {where.server}  (/healthz, /metrics)", highlight=False)
    console.print("Ctrl-C ends it.\n", highlight=False)
