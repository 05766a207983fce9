"""The HTTP side of the server: who may speak, how much, and what the engine is told.

The order is fixed: token first, then the body and only as much of it as is allowed, then the engine, then the answer. A
callback is answered 200 when what it says is durable, and 503 when it is not: nobody publishes whether it then comes
again, but it must not be claimed as taken.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dsl import Program
from interpreter.addresses import call_id_for, shard_of
from interpreter.azure import callbacks, eventgrid
from interpreter.azure.fields import Malformed
from interpreter.azure.guards import Guard
from interpreter.azure.keys import PublishedKeys
from interpreter.azure.tokens import Rejected, secret_matches
from interpreter.center import Center
from interpreter.engine import Engine, EngineStopped, UnknownSwitch
from interpreter.machine import Call
from interpreter.ports import Clock
from interpreter.programs import SiteScripts
from interpreter.protocol import CallOffered
from interpreter.routing.protocol import FileReady
from interpreter.site import Site
from interpreter.store import Store, StoreUnavailable
from interpreter.telemetry import Metrics
from interpreter.tones import TONES
from interpreter.vault import Vault

_log = structlog.get_logger(__name__)

_TELL_AGAIN = 60.0
"""Seconds between two log entries about requests refused for the same reason; the counter counts them all."""


@dataclass(slots=True)
class Desk:
    """What the routes work with. A guard is None where tokens are not asked for."""

    site: Site
    engine: Engine[Program, Call]
    store: Store
    scripts: SiteScripts
    clock: Clock
    metrics: Metrics
    center: Center
    vault: Vault = field(default_factory=Vault)
    """Where what callers enter in confidence goes before anything of it is kept or logged."""
    callback_guard: Guard | None = None
    event_guard: Guard | None = None
    timers: asyncio.Task[None] | None = None
    """What fires timers; while it runs, calls do not stand still."""
    draining: bool = False
    """Set before the end: `/readyz` says so, and whoever balances load sends no new calls."""
    _told: dict[str, float] = field(default_factory=dict)

    def key_sets(self) -> tuple[PublishedKeys, ...]:
        """The key sets that tokens are verified with."""
        return tuple(guard.keys for guard in (self.callback_guard, self.event_guard) if guard is not None)

    def routes(self) -> list[Route]:
        return [
            Route("/events", self._events, methods=["POST"]),
            Route("/events", self._handshake, methods=["OPTIONS"]),
            Route("/callbacks/{shard}/{call}", self._callbacks, methods=["POST"]),
            Route("/tones/{name}.wav", _tone, methods=["GET"]),
            Route("/healthz", self._healthz, methods=["GET"]),
            Route("/readyz", self._readyz, methods=["GET"]),
            Route("/metrics", self._metrics, methods=["GET"]),
            Route("/switches", self._switches, methods=["GET"]),
            Route("/switches/{name}", self._switch, methods=["GET", "PUT"]),
        ]

    # ----------------------------------------------------------------------------------------------------------------
    # The host

    async def _callbacks(self, request: Request) -> Response:
        began = perf_counter()
        await self._admit(request, "callbacks", self.callback_guard)
        call_id = request.path_params["call"]
        if request.path_params["shard"] != str(shard_of(call_id)):
            raise HTTPException(404, "no such call")
        found = callbacks.parse(await self._body(request), self.clock.now(), call_id)
        # First: who hangs up while waiting has hung up, whatever the script then takes back.
        if of_floor := [each.floor for each in found if isinstance(each, callbacks.Callback) and each.floor]:
            await _durably(self.center.floors.report(of_floor))
        events = [
            (each.event_id, each.connection_id, self.vault.sealed(call_id, each.event))
            for each in found
            if isinstance(each, callbacks.Callback) and each.event is not None
        ]
        if events:
            await _durably(self.engine.deliver(call_id, events))
        for each in found:
            self._count_callback(call_id, each)
        _tell_malformed("callbacks malformed", found, call=call_id)
        self.metrics.callback_seconds.observe(perf_counter() - began)
        if found and all(isinstance(each, Malformed) for each in found):
            raise HTTPException(400, "not a list of CloudEvents")
        return Response(status_code=200)

    def _count_callback(self, call_id: str, each: callbacks.Callback | Malformed) -> None:
        if isinstance(each, Malformed):
            self.metrics.callbacks.labels("malformed", "malformed").inc()
        elif not each.known:
            self.metrics.callbacks.labels("unknown", "ignored").inc()
            _log.info("callback of an unknown type", call=call_id, type=each.type[:100])
        else:
            self.metrics.callbacks.labels(each.type, "ignored" if each.event is None else "taken").inc()

    async def _events(self, request: Request) -> Response:
        self._admit_secret(request)
        await self._admit(request, "events", self.event_guard)
        found = eventgrid.parse(await self._body(request))
        ringing = [each for each in found if isinstance(each, eventgrid.Incoming)]
        await _durably(asyncio.gather(*(self._ring(each) for each in ringing)))
        now = self.clock.now()
        files = [FileReady(now, each.recording, each.address) for each in found if isinstance(each, eventgrid.File)]
        if files:
            await _durably(self.center.floors.post(*files))
        for each in found:
            self.metrics.deliveries.labels(_OUTCOME[type(each)]).inc()
        _tell_malformed("events malformed", found)
        for each in found:
            if isinstance(each, eventgrid.Validation):
                _log.info("event subscription confirmed")
                return JSONResponse(eventgrid.validation_answer(each.code))
        if found and all(isinstance(each, Malformed) for each in found):
            raise HTTPException(400, "not a list of events")
        return Response(status_code=200)

    async def _ring(self, call: eventgrid.Incoming) -> None:
        offered = CallOffered(self.clock.now(), call.caller, call.called, self.engine.switches(), call.caller_name)
        result = await self.engine.offer(call_id_for(call.key), offered, call.incoming_context)
        if result == "no_script":
            _log.warning("a line without a script rings", called=call.called)

    async def _handshake(self, request: Request) -> Response:
        # Only the secret: the documentation promises no token with this request, and it grants nothing.
        self._admit_secret(request)
        headers = request.headers
        answer = eventgrid.options_answer(headers.get("WebHook-Request-Origin"), headers.get("WebHook-Request-Rate"))
        if answer is None:
            raise HTTPException(400, "no WebHook-Request-Origin")
        return Response(status_code=200, headers=answer)

    # ----------------------------------------------------------------------------------------------------------------
    # The operator

    async def _healthz(self, request: Request) -> Response:
        if self._timers_run():
            return JSONResponse({"status": "ok"})
        # Only a new start can put this right: calls that wait for a timer would stand still for ever.
        return JSONResponse({"status": "timers have stopped"}, 503)

    def _timers_run(self) -> bool:
        return self.timers is None or not self.timers.done() or self.draining

    async def _readyz(self, request: Request) -> Response:
        for keys in self.key_sets():
            if not keys.available:
                await keys.refresh()
        checks = {
            "store": await self._store_works(),
            "scripts": not self.scripts.lines_without_script,
            "keys": all(keys.available for keys in self.key_sets()),
            "timers": self._timers_run(),
            "staying": not self.draining,
        }
        ready = all(checks.values())
        return JSONResponse({"status": "ok" if ready else "not ready", "checks": checks}, 200 if ready else 503)

    async def _store_works(self) -> bool:
        try:
            await self.store.ping()
        except StoreUnavailable as error:
            _log.error("the store does not work", error=str(error))
            return False
        return True

    async def _metrics(self, request: Request) -> Response:
        text = self.metrics.text(self.engine.gauges())
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _switches(self, request: Request) -> Response:
        self._admit_operator(request)
        return JSONResponse(dict(self.engine.switches()))

    async def _switch(self, request: Request) -> Response:
        self._admit_operator(request)
        name = request.path_params["name"]
        if request.method == "PUT":
            on = _wanted(await self._body(request))
            try:
                await _durably(self.engine.set_switch(name, on))
            except UnknownSwitch:
                raise HTTPException(404, "no such switch") from None
            _log.info("switch flipped", switch=name, on=on)
        state = dict(self.engine.switches()).get(name)
        if state is None:
            raise HTTPException(404, "no such switch")
        return JSONResponse({"name": name, "on": state})

    # ----------------------------------------------------------------------------------------------------------------
    # Who may speak, and how much

    async def _admit(self, request: Request, endpoint: str, guard: Guard | None) -> None:
        if guard is None:
            return
        result = await guard.verifier.verify(request.headers.get("Authorization"))
        if isinstance(result, Rejected):
            self._refuse(endpoint, result.reason, result.status)

    def _admit_secret(self, request: Request) -> None:
        secret = self.site.events.secret
        if secret is not None and not secret_matches(secret.get_secret_value(), request.query_params.get("secret")):
            self._refuse("events", "wrong_secret", 401)

    def _admit_operator(self, request: Request) -> None:
        token = self.site.operator.token
        if token is None:
            raise HTTPException(403, "the site file has no operator token")
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret_matches(token.get_secret_value(), given.strip()):
            self._refuse("switches", "wrong_secret", 401)

    def _refuse(self, endpoint: str, reason: str, status: int) -> None:
        self.metrics.tokens_refused.labels(endpoint, reason).inc()
        now = self.clock.now()
        # Strangers may knock as often as they like; they do not get to fill the log.
        if now - self._told.get(reason, -_TELL_AGAIN) >= _TELL_AGAIN:
            self._told[reason] = now
            _log.warning("request refused", endpoint=endpoint, reason=reason)
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "5"}
        raise HTTPException(status, "not authorised" if status == 401 else "try again", headers)

    async def _body(self, request: Request) -> bytes:
        """The body, unless it is too long: then no more of it is read than shows that."""
        most = self.site.server.max_body_bytes
        announced = request.headers.get("Content-Length", "")
        too_long = announced.isdigit() and int(announced) > most
        parts, size = [], 0
        if not too_long:
            async for part in request.stream():
                parts.append(part)
                size += len(part)
                if too_long := size > most:
                    break
        if too_long:
            # What is left unread must not be taken for the next request.
            raise HTTPException(413, f"more than {most} bytes", {"Connection": "close"})
        return b"".join(parts)


_OUTCOME = {
    eventgrid.Incoming: "ringing",
    eventgrid.Validation: "handshake",
    eventgrid.File: "recording",
    eventgrid.Ignored: "ignored",
    Malformed: "malformed",
}


def _tell_malformed(what: str, found: Sequence[object], **more: str) -> None:
    """One line a body, however many elements it has: whoever may speak to us may still not fill the log."""
    reasons = [each.reason for each in found if isinstance(each, Malformed)]
    if reasons:
        _log.warning(what, count=len(reasons), first_reason=reasons[0][:200], **more)


async def _durably(work: Awaitable[Any]) -> None:
    """Awaits what must be kept before we answer; 503 when it cannot be."""
    try:
        await work
    except StoreUnavailable as error:
        _log.error("the store does not work", error=str(error))
        raise HTTPException(503, "the store does not work", {"Retry-After": "5"}) from error
    except EngineStopped as error:
        raise HTTPException(503, "the server is about to stop", {"Retry-After": "5"}) from error


def _wanted(body: bytes) -> bool:
    try:
        match json.loads(body):
            case {"on": bool(on)}:
                return on
    except (ValueError, RecursionError):
        pass
    raise HTTPException(400, 'the body is {"on": true} or {"on": false}')


async def _tone(request: Request) -> Response:
    """A tone of ours. Public: the service fetches it."""
    sound = TONES.get(request.path_params["name"])
    if sound is None:
        raise HTTPException(404, "no such tone")
    return Response(sound, media_type="audio/wav", headers={"Cache-Control": "max-age=86400"})


async def on_http_error(request: Request, error: Exception) -> Response:
    """Every refusal as JSON, also those of the router."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


async def on_fault(request: Request, error: Exception) -> Response:
    """A fault of ours; the server logs it with its trace."""
    return JSONResponse({"error": "internal error"}, 500)


async def on_disconnect(request: Request, error: Exception) -> Response:
    """The client went away before it had said everything; nobody is there to read the answer."""
    assert isinstance(error, ClientDisconnect)
    return Response(status_code=400)
