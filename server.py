"""The hosted application: puts store, host, scripts, engine and web routes together, and takes them apart again.

`running` is everything but the socket, for whoever serves it in another way; `serve` adds uvicorn; `run` adds the event
loop and the logs.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect

from dsl import Program
from interpreter import machine
from interpreter.api.errors import on_disconnect, on_fault, on_http_error
from interpreter.api.opening import open_gate
from interpreter.api.stream import Streams
from interpreter.api.table import make_api
from interpreter.api.views import Views
from interpreter.assessing.opening import open_assessor
from interpreter.azure.commands import AzureHost, connect
from interpreter.azure.transport import open_session
from interpreter.background import in_background
from interpreter.callees import Callees
from interpreter.center import make as make_center
from interpreter.center_counts import CenterCounts
from interpreter.center_metrics import CenterCollector
from interpreter.data import House
from interpreter.data.stand_ins import StandIns
from interpreter.engine import Engine, Incoming, Limits, Machine
from interpreter.floor import Floors
from interpreter.forgetting import Forgetting
from interpreter.heads import BoundedHeads
from interpreter.journal import Codec
from interpreter.machine import Call
from interpreter.media.ears import Ears, Made, recogniser
from interpreter.media.hearing import Hearing
from interpreter.media.limits import WEB_SERVER
from interpreter.media.sockets import Sockets
from interpreter.media.speaking import Speaking
from interpreter.messages.opening import open_messages
from interpreter.ports import Clock, Host, SystemClock
from interpreter.presence.teams import Teams, open_presence
from interpreter.programs import SiteScripts
from interpreter.prompts.files import PromptFolder
from interpreter.redirects import Redirects
from interpreter.site import Site
from interpreter.store import Store
from interpreter.store.sqlite import SqliteStore
from interpreter.telemetry import Metrics, Trace, configure_logging
from interpreter.understanding.asking import open_meanings
from interpreter.vault import Vault
from interpreter.web import Desk

_log = structlog.get_logger(__name__)

FILES_WITHIN = 60.0
"""Seconds for a file of a recording, and for telling somebody something."""
MAY_ASK = 600
"""Seconds for which a browser need not ask again what a page from elsewhere may do."""
MACHINE: Machine[Program, Call] = Machine(machine.begin, machine.step, Codec(Call))


@dataclass(slots=True)
class Runtime:
    """A running server without its socket."""

    app: Starlette
    desk: Desk
    house: House
    floors: Floors
    presence: Teams | None


def create_app(desk: Desk) -> Starlette:
    """The web application over what is already running."""
    handlers = {HTTPException: on_http_error, ClientDisconnect: on_disconnect, Exception: on_fault}
    pages = Middleware(
        CORSMiddleware,
        allow_origins=desk.site.desktop.origins,
        allow_methods=("GET", "PUT", "POST", "DELETE"),
        allow_headers=("Authorization", "Content-Type", "Last-Event-ID"),
        expose_headers=("Retry-After",),
        max_age=MAY_ASK,
    )
    middleware = [pages] if desk.site.desktop.origins else []
    routes = [*make_api(desk).routes(), *desk.sockets.routes()]
    return Starlette(routes=routes, exception_handlers=handlers, middleware=middleware)


@asynccontextmanager
async def running(
    site: Site,
    *,
    store: Store | None = None,
    host: Host | None = None,
    clock: Clock | None = None,
    trace: Trace | None = None,
    fire: bool | None = None,
    token_clock: Clock | None = None,
    stand_ins: bool = False,
    listener: Made | None = None,
) -> AsyncIterator[Runtime]:
    """Opens everything, serves calls, and on leaving finishes what is in hand within the site's ``drain_seconds``.

    A store or host that is given stays the giver's to close. Whoever gives a clock also moves it and fires what is
    due, unless ``fire`` says that the clock runs by itself. Tokens live in real time, also where callers are shown
    another day, unless ``token_clock`` says otherwise. ``stand_ins`` answer for data functions that the site does not
    bind: that is for a laptop. ``listener`` makes what recognises speech in the audio of calls, in the place of what
    the site's ``[speech]`` says.
    Raises what `SqliteStore.open`, `connect` and `recogniser` raise, before anything has begun.
    """
    async with AsyncExitStack() as stack:
        if store is None:
            store = SqliteStore.open(site.store_path())
            stack.push_async_callback(store.close)
        if host is None:
            host = await connect(site)
            stack.push_async_callback(host.close)
        scripts, metrics = SiteScripts(site), Metrics()
        await scripts.load()
        time = clock or SystemClock()
        limits = Limits(keep_days=site.store.keep_days)
        vault = Vault()
        session = await stack.enter_async_context(open_session(site.ca_path(), FILES_WITHIN))
        given = StandIns(site.stand_ins()) if stand_ins else None

        async def deliver(call_id: str, events: Sequence[Incoming]) -> None:
            await engine.deliver(call_id, events)

        listens = listener or recogniser(site.settings.speech)
        ears = Ears(listens, store, scripts.compile, time, metrics) if listens is not None else None
        hearing = Hearing(store, time, deliver, open_assessor(site, lambda: session), ears)
        stack.push_async_callback(hearing.idle)
        real = token_clock or SystemClock()
        sockets = Sockets(hearing, lambda connection: gate.admit_socket(connection), real, metrics)
        watcher = Forgetting(vault, metrics, trace, hearing.stepped)
        messages = open_messages(site, session)
        stack.push_async_callback(messages.close)
        counts = CenterCounts(site, metrics.registry, metrics.transfers)
        callees = Callees(site, store, time)
        path = site.prompts_path()
        speaking = Speaking(host, PromptFolder(path) if path is not None else None, sockets)
        center = make_center(site, store, host, time, deliver, lambda: session, messages, counts, callees.objection)
        house = House(
            speaking, site.functions(), store, time, vault, given, center.desk, center.notifier,
            site.settings.card_services, open_meanings(site.settings.understanding, session), callees,
        )  # fmt: skip
        stack.push_async_callback(house.close)
        center.recordings.tell = counts.recording
        engine = Engine(store, house, time, scripts, MACHINE, observer=watcher, switches=site.switches(), limits=limits)
        house.deliver = engine.deliver
        await engine.start()
        await center.open(site, time)
        metrics.registry.register(CenterCollector(site, center.floors, time))
        by_itself = clock is None if fire is None else fire
        presence = await open_presence(site, center.floors, time, session, metrics.registry, stack, run=by_itself)
        if presence is not None:
            center.desk.presence = presence.objection
        gate = await open_gate(site, time, metrics, stack, real)
        streams = Streams(center.floors, time, real, Views(site))
        if ears is not None:
            stack.push_async_callback(ears.close)
        stack.push_async_callback(sockets.close)
        desk = Desk(site, engine, store, scripts, time, metrics, center, gate, streams, sockets, callees, vault)
        desk.redirects = Redirects(site, host.redirect) if isinstance(host, AzureHost) else None
        in_background(desk, stack, fire=by_itself)
        yield Runtime(create_app(desk), desk, house, center.floors, presence)


class QuietServer(uvicorn.Server):
    """uvicorn, which leaves signals to `serve`: its own handlers end the process before calls are in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(site: Site) -> None:
    """Serves until SIGTERM or SIGINT.

    At SIGTERM `/readyz` says 503 for ``drain_seconds``, so that a load balancer can look elsewhere; a second signal,
    and SIGINT at once, ends it. Raises `OSError` when the port is taken, and what `running` raises.
    """
    host, port = site.server.host, site.server.port
    # Bound here and first: uvicorn would end the process when the port is taken.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=2048) as listening:
        await _serve(site, listening)


async def _serve(site: Site, listening: socket.socket) -> None:
    async with running(site) as runtime:
        config = uvicorn.Config(
            runtime.app, http=BoundedHeads, lifespan="off", log_config=None, access_log=False,
            server_header=False, **WEB_SERVER,
            timeout_graceful_shutdown=max(1, round(site.server.drain_seconds)),
        )  # fmt: skip
        server, loop = QuietServer(config), asyncio.get_running_loop()

        def leave() -> None:
            runtime.desk.streams.close()  # they would never end by themselves
            server.should_exit = True

        def drain() -> None:
            if runtime.desk.draining:
                leave()
            runtime.desk.draining = True
            loop.call_later(site.server.drain_seconds, leave)

        with suppress(NotImplementedError):  # Windows has no such handlers, and there Ctrl-C raises
            loop.add_signal_handler(signal.SIGTERM, drain)
            loop.add_signal_handler(signal.SIGINT, leave)
        _log.info("serving", address=listening.getsockname()[:2], callback_base=site.server.callback_base)
        await server.serve(sockets=[listening])


def run(site: Site) -> None:
    """`serve` on uvloop where there is one, with logs."""
    configure_logging()
    try:
        import uvloop
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(site))
