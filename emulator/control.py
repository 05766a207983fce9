"""Control over HTTP, for the phone page and for tools: a loopback interface without credentials.

Every change wants `Content-Type: application/json`, which a page of another origin cannot send unasked."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from emulator.clock import SystemClock
from emulator.config import Schema
from emulator.eventgrid import SubscriptionError
from emulator.identifiers import Identifier, IdentifierError, Json
from emulator.misbehave import Failure, Fault, Misbehaviour
from emulator.model import FeedName, Phone
from emulator.phones import NoSuchPhoneError, WrongStateError
from emulator.plans import PlanError
from emulator.results import RestError

if TYPE_CHECKING:
    from emulator.service import Emulator

Handler = Callable[[Request], Awaitable[Response]]
ACTIONS = ("press", "speak", "hang-up", "accept", "decline", "busy", "ignore", "mute", "unmute")
FEEDS: tuple[FeedName, ...] = ("transcription", "audio")
KEEP_ALIVE_SECONDS = 15


def routes(emulator: Emulator) -> list[BaseRoute]:
    """The routes under `/emulator`."""
    control = Control(emulator)
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/emulator/state", control.state),
        ("GET", "/emulator/events", control.events),
        ("GET", "/emulator/calls", control.calls),
        ("POST", "/emulator/calls", control.dial),
        ("GET", "/emulator/calls/{call}", control.call),
        ("GET", "/emulator/calls/{call}/feeds", control.feeds),
        ("POST", "/emulator/calls/{call}/conversation", control.converse),
        ("POST", "/emulator/calls/{call}/feeds/{feed}/break", control.break_feed),
        ("POST", "/emulator/calls/{call}/{action}", control.act),
        ("GET", "/emulator/behaviours", control.behaviours),
        ("PUT", "/emulator/behaviours", control.behave),
        ("POST", "/emulator/subscriptions", control.subscribe),
        ("PUT", "/emulator/misbehaviour", control.misbehave),
        ("POST", "/emulator/keys/rotate", control.rotate),
        ("GET", "/emulator/ca.pem", control.authority),
    ]
    return [Route(path, _guarded(handler), methods=[method]) for method, path, handler in table]


def _guarded(handler: Handler) -> Handler:
    """Turn what can go wrong into answers that say so."""

    async def guarded(request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.method != "GET" and kind != "application/json":
            return _problem(415, "send JSON, with Content-Type: application/json")
        try:
            return await handler(request)
        except NoSuchPhoneError as error:
            return _problem(404, error.args[0])
        except WrongStateError as error:
            return _problem(409, str(error))
        except (PlanError, IdentifierError, SubscriptionError, _BodyError) as error:
            return _problem(400, str(error))
        except RestError as error:
            return _problem(400, error.message)

    return guarded


class _BodyError(ValueError):
    """The request body lacks something."""


def _problem(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)


async def _body(request: Request) -> Json:
    content = await request.body()
    try:
        parsed = json.loads(content) if content else {}
    except ValueError as error:
        raise _BodyError("the body is not JSON") from error
    if not isinstance(parsed, dict):
        raise _BodyError("the body is not a JSON object")
    return parsed


def _text(body: Json, key: str, default: str | None = None) -> str:
    value = body.get(key, default)
    if not isinstance(value, str):
        raise _BodyError(f"{key} is needed, as a text")
    return value


def _seconds(body: Json) -> float:
    value = body.get("after", 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise _BodyError("after is a number of seconds")
    return float(value)


def _items(body: Json) -> list[Json]:
    plan = body.get("plan") or []
    if not isinstance(plan, list) or not all(isinstance(item, dict) for item in plan):
        raise _BodyError("plan is a list of objects")
    return plan


class Control:
    """The handlers, bound to one emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def _view(self, phone: Phone) -> Json:
        entries = [entry.to_json() for entry in phone.transcript]
        return {**phone.to_json(), "transcript": entries, "now": self._emulator.clock.now()}

    async def state(self, request: Request) -> Response:
        emulator = self._emulator
        behaviours = emulator.world.behaviours.items()
        named = {_address(key): f"{behaviour.what} after {behaviour.after:g} s" for key, behaviour in behaviours}
        rung = [phone.me.label for phone in emulator.calls() if phone.role == "target"]
        body = {
            "lines": [dataclasses.asdict(line) for line in emulator.config.lines],
            "targets": sorted({*emulator.config.targets, *named, *rung}),
            "behaviours": named,
            "subscriptions": [subscription.url for subscription in emulator.grid.subscriptions],
            "now": emulator.clock.now(),
            "speed": emulator.clock.speed if isinstance(emulator.clock, SystemClock) else 0,
        }
        return JSONResponse(body)

    async def calls(self, request: Request) -> Response:
        return JSONResponse([phone.to_json() for phone in self._emulator.calls()])

    async def call(self, request: Request) -> Response:
        return JSONResponse(self._view(self._emulator.call(request.path_params["call"])))

    async def dial(self, request: Request) -> Response:
        body = await _body(request)
        context = body.get("customContext")
        if context is not None and not isinstance(context, dict):
            raise _BodyError("customContext is an object")
        callee = _text(body, "onBehalfOfCallee") if "onBehalfOfCallee" in body else None
        call = self._emulator.dial(
            _text(body, "from"), _text(body, "to"), plan=_items(body), custom_context=context, callee=callee
        )
        return JSONResponse(self._view(self._emulator.call(call)), 201)

    async def act(self, request: Request) -> Response:
        emulator, body = self._emulator, await _body(request)
        call, action = request.path_params["call"], request.path_params["action"]
        match action:
            case "press":
                emulator.press(call, _text(body, "keys", body.get("tones")), after=_seconds(body))
            case "speak":
                emulator.speak(call, _text(body, "text"), after=_seconds(body))
            case "hang-up":
                emulator.hang_up(call, after=_seconds(body))
            case "accept":
                emulator.accept(call)
            case "decline":
                emulator.decline(call)
            case "busy":
                emulator.busy(call)
            case "ignore":
                emulator.ignore(call)
            case "mute":
                emulator.mute(call)
            case "unmute":
                emulator.unmute(call)
            case _:
                return _problem(404, f"a phone can {', '.join(ACTIONS)}, not {action}")
        return JSONResponse(self._view(emulator.call(call)))

    async def feeds(self, request: Request) -> Response:
        """How the transcript and the audio of a call stand."""
        emulator, call = self._emulator, request.path_params["call"]
        found = {}
        for name in FEEDS:
            with contextlib.suppress(WrongStateError):
                feed = emulator.feed(call, name)
                found[name] = {"state": feed.state, "url": feed.url, "locale": feed.locale, "played": feed.got}
        return JSONResponse(found)

    async def converse(self, request: Request) -> Response:
        body, call = await _body(request), request.path_params["call"]
        lines = body.get("lines")
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            raise _BodyError("lines is a list of objects with text, after and who")
        self._emulator.converse(call, lines)
        return Response(status_code=204)

    async def break_feed(self, request: Request) -> Response:
        """Cut a web socket; with `again` the service connects once more."""
        body, call, name = await _body(request), request.path_params["call"], request.path_params["feed"]
        if name not in FEEDS:
            return _problem(404, f"a feed is {' or '.join(FEEDS)}, not {name}")
        if not await self._emulator.break_socket(call, cast(FeedName, name), again=body.get("again") is True):
            return _problem(409, f"no web socket of the {name} is open")
        return Response(status_code=204)

    async def behaviours(self, request: Request) -> Response:
        return JSONResponse(
            {_address(key): dataclasses.asdict(value) for key, value in self._emulator.world.behaviours.items()}
        )

    async def behave(self, request: Request) -> Response:
        body = await _body(request)
        self._emulator.behave(_text(body, "target"), _text(body, "behaviour"), plan=_items(body))
        return Response(status_code=204)

    async def subscribe(self, request: Request) -> Response:
        body = await _body(request)
        schema = _text(body, "schema", "eventgrid")
        if schema in ("eventgrid", "cloudevents"):
            await self._emulator.subscribe(_text(body, "url"), cast(Schema, schema))
            return Response(status_code=204)
        raise _BodyError("schema is eventgrid or cloudevents")

    async def misbehave(self, request: Request) -> Response:
        body = await _body(request)
        try:
            faults = tuple(Fault(**fault) for fault in body.pop("faults", []))
            failures = tuple(Failure(**failure) for failure in body.pop("failures", []))
            self._emulator.misbehave(Misbehaviour(**body, faults=faults, failures=failures))
        except TypeError as error:
            raise _BodyError(f"no such misbehaviour: {error}") from error
        return Response(status_code=204)

    async def rotate(self, request: Request) -> Response:
        body = await _body(request)
        self._emulator.rotate_keys(forget=body.get("forget") is True)
        return Response(status_code=204)

    async def authority(self, request: Request) -> Response:
        certificates = self._emulator.certificates
        if certificates is None:
            return _problem(404, "TLS was not started")
        return PlainTextResponse(certificates.ca.read_text(), media_type="application/x-pem-file")

    async def events(self, request: Request) -> Response:
        """News of all phones, or of those at the address `as`, as server-sent events; the present state first."""
        wanted = request.query_params.get("as")

        def concerns(news: Json) -> bool:
            return wanted is None or news["me"] == wanted or news["id"] == wanted

        async def stream() -> AsyncIterator[dict[str, Any]]:
            queue: asyncio.Queue[Json] = asyncio.Queue()
            self._emulator.world.watchers.append(queue.put_nowait)
            try:
                for phone in self._emulator.calls():
                    if phone.state != "ended" or phone.id == wanted:
                        queue.put_nowait(self._view(phone))
                while True:
                    news = await queue.get()
                    if concerns(news):
                        yield {"event": "phone", "data": json.dumps(news)}
            finally:
                self._emulator.world.watchers.remove(queue.put_nowait)

        return EventSourceResponse(stream(), ping=KEEP_ALIVE_SECONDS)


def _address(key: str) -> str:
    return Identifier("phoneNumber", key).label if key.startswith("4:") else key
