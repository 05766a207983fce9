"""The web sockets to which the service connects with transcript and audio of a call.

The order is fixed: a genuine token, a call that goes on, and the connection that is this call's; only then the upgrade.
Afterwards a frame is counted, then judged by what may be heard of the call, and only then read.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast, get_args

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from interpreter.addresses import shard_of
from interpreter.azure import frames
from interpreter.azure.fields import Malformed
from interpreter.media.hearing import Audience, FeedName, Hearing
from interpreter.media.limits import LONGEST_FRAME, MOST_MALFORMED, Allowance
from interpreter.ports import Clock
from interpreter.store import StoreUnavailable
from interpreter.telemetry import Metrics

_log = structlog.get_logger(__name__)

ROUTE = "/media/{shard}/{call}/{feed}"
CONNECTION = "x-ms-call-connection-id"
"""The header that names the connection (wire contract, section 8)."""
# RFC 6455 section 7.4.1.
NORMAL, GOING_AWAY, BAD_DATA, POLICY, TOO_BIG = 1000, 1001, 1007, 1008, 1009
_CLEAN = frozenset({NORMAL, GOING_AWAY})
PIECE = 640
"""Bytes of sound in a frame that we send: 20 ms at 16 kHz, as the service sends them."""
_OURS = 1012
"""Service restart: the web server closes sockets by it when it ends."""


class _Stop(Exception):  # noqa: N818 - no error of ours
    """The socket is to be closed by us: raised and caught here only."""

    def __init__(self, code: int, how: str) -> None:
        super().__init__(how)
        self.code, self.how = code, how


@dataclass(slots=True)
class _Socket:
    """One open socket."""

    web: WebSocket
    call: str
    feed: FeedName
    audience: Audience
    allowance: Allowance
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    subscription: str = ""
    locale: str = ""
    malformed: int = 0
    told: set[str] = field(default_factory=set)
    replaced: bool = False


class Sockets:
    """All web sockets of a server. ``clock`` runs in real time: what it bounds does, too."""

    def __init__(
        self, hearing: Hearing, admit: Callable[[HTTPConnection], Awaitable[None]], clock: Clock, metrics: Metrics
    ) -> None:
        self.hearing, self._admit, self._clock, self._metrics = hearing, admit, clock, metrics
        self._open: dict[tuple[str, FeedName], _Socket] = {}
        self._closing: set[asyncio.Task[None]] = set()
        hearing.on_end = self._over
        self.taken = 0
        """Frames that were dealt with, whatever became of them."""
        self.sent = 0
        """Frames that went out."""

    def routes(self) -> list[WebSocketRoute]:
        return [WebSocketRoute(ROUTE, self._serve)]

    async def close(self) -> None:
        """The server ends: whoever is connected may connect to the next one."""
        await asyncio.gather(*(_close(each.web, _OURS) for each in tuple(self._open.values())))

    async def say(self, call: str, pcm: bytes) -> bool:
        """Send sound into a call. Whether it is on its way: else its audio does not come to us, or the socket has just
        gone. The service keeps what comes faster than it is heard."""
        socket = self._open.get((call, "audio"))
        if socket is None or not socket.audience.may_hear("audio"):
            return False
        try:
            for place in range(0, len(pcm), PIECE):
                await socket.web.send_text(frames.sound(pcm[place : place + PIECE]))
                self.sent += 1
        except (WebSocketDisconnect, RuntimeError) as error:
            _log.warning("sound could not be sent", call=call, error=type(error).__name__)
            return False
        return True

    async def hush(self, call: str) -> None:
        """What was sent into a call and has not been heard yet never is."""
        socket = self._open.get((call, "audio"))
        if socket is not None:
            try:
                await socket.web.send_text(frames.STOP_AUDIO)
                self.sent += 1
            except (WebSocketDisconnect, RuntimeError):
                _log.debug("the socket is gone, and its sound with it", call=call)

    def _over(self, call: str) -> None:
        """The call is over: so are its sockets."""
        for feed in get_args(FeedName):
            if (found := self._open.get((call, feed))) is not None:
                task = asyncio.get_running_loop().create_task(_close(found.web, NORMAL))
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)

    async def _serve(self, web: WebSocket) -> None:
        call, feed = web.path_params["call"], web.path_params["feed"]
        try:
            if web.path_params["shard"] != str(shard_of(call)) or feed not in get_args(FeedName):
                raise HTTPException(404, "no such socket")
            await self._admit(web)
            audience = await self.hearing.open(call)
            if audience is None:
                raise HTTPException(404, "no such call")
        except HTTPException as error:
            await web.send_denial_response(JSONResponse({"error": error.detail}, error.status_code, error.headers))
            return
        except StoreUnavailable:
            await web.send_denial_response(JSONResponse({"error": "the store does not work"}, 503))
            return
        try:
            if web.headers.get(CONNECTION, "").lower() != audience.connection.lower() or not audience.connection:
                _log.warning("a socket of another connection is refused", call=call, feed=feed)
                await web.send_denial_response(JSONResponse({"error": f"{CONNECTION} is not this call's"}, 403))
                return
            await web.accept()
            await self._run(_Socket(web, call, cast(FeedName, feed), audience, Allowance(self._clock)))
        finally:
            self.hearing.close(call)

    async def _run(self, socket: _Socket) -> None:
        """Until it ends, by whomever."""
        key = (socket.call, socket.feed)
        if (earlier := self._open.get(key)) is not None:
            # The service has connected anew; the old connection may not know yet that it is dead.
            earlier.replaced = True
            await _close(earlier.web, NORMAL)
        self._open[key] = socket
        gauge = self._metrics.media_sockets.labels(socket.feed)
        gauge.inc()
        _log.info("socket opened", call=socket.call, feed=socket.feed)
        how, code = "clean", NORMAL
        try:
            how, code = await self._listen(socket)
        except _Stop as stop:
            how, code = stop.how, stop.code
            await _close(socket.web, stop.code)
        finally:
            gauge.dec()
            if self._open.get(key) is socket:
                del self._open[key]
                if socket.feed == "audio":
                    self.hearing.deaf(socket.call)
        await self._ended(socket, how, code)

    async def _ended(self, socket: _Socket, how: str, code: int) -> None:
        if socket.replaced:
            how = "replaced"
        elif how == "broken" and not socket.audience.live:
            how = "clean"  # the call is over, and whoever hangs up does not wave
        self._metrics.media_ended.labels(socket.feed, how).inc()
        if how in ("clean", "replaced"):
            _log.info("socket closed", call=socket.call, feed=socket.feed, how=how)
            return
        _log.warning("socket broke", call=socket.call, feed=socket.feed, how=how, code=code)
        if socket.audience.live:
            await self.hearing.broke(socket.call, socket.feed, socket.name, f"{how} ({code})")

    async def _listen(self, socket: _Socket) -> tuple[str, int]:
        """Take frames until the other side ends it. Raises `_Stop` where we do."""
        receive, count = socket.web.receive, self._metrics.media_frames
        outcomes = {name: count.labels(socket.feed, name) for name in ("taken", "thrown_away", "ignored", "malformed")}
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                code = message.get("code") or NORMAL
                return ("clean" if code in _CLEAN or code == _OURS else "broken"), code
            text = message.get("text")
            if text is None:
                text = message.get("bytes") or b""
            if len(text) > LONGEST_FRAME:
                raise _Stop(TOO_BIG, "too long")
            if not socket.allowance.take():
                raise _Stop(POLICY, "too fast")
            try:
                outcomes[await self._frame(socket, text)].inc()
            finally:
                self.taken += 1

    async def _frame(self, socket: _Socket, text: str | bytes) -> str:
        """What becomes of a frame: the label of the counter."""
        if socket.subscription and not socket.audience.may_hear(socket.feed):
            return "thrown_away"
        frame = frames.parse(text)
        match frame:
            case frames.TranscriptBegins() | frames.AudioBegins():
                return self._begins(socket, frame)
            case frames.Said() if socket.feed == "transcription":
                if not frame.final or not frame.text.strip():
                    return "ignored"
                kept = await self.hearing.said(socket.call, socket.subscription, socket.locale, frame)
                return "taken" if kept else "thrown_away"
            case frames.Audio() if socket.feed == "audio":
                if not socket.audience.may_hear("audio"):
                    return "thrown_away"
                await self.hearing.sounded(socket.call, socket.audience, frame)
                return "taken"
            case Malformed():
                socket.malformed += 1
                self._tell(socket, "a frame cannot be read", frame.reason)
                if socket.malformed > MOST_MALFORMED:
                    raise _Stop(BAD_DATA, "malformed")
                return "malformed"
            case frames.Key():
                return "ignored"  # keys come with callbacks
            case _:
                kind = frame.kind if isinstance(frame, frames.Unknown) else type(frame).__name__
                self._tell(socket, "a frame of an unknown kind is ignored", kind)
                return "ignored"

    def _begins(self, socket: _Socket, frame: frames.TranscriptBegins | frames.AudioBegins) -> str:
        socket.subscription = frame.subscription or socket.name
        if isinstance(frame, frames.TranscriptBegins):
            if frame.connection and frame.connection.lower() != socket.audience.connection.lower():
                raise _Stop(POLICY, "foreign")
            socket.locale = frame.locale
        return "taken"

    def _tell(self, socket: _Socket, what: str, detail: str) -> None:
        """Once a socket for each thing, and not for many: whoever may send to us may still not fill the log."""
        if detail not in socket.told and len(socket.told) < 5:
            socket.told.add(detail)
            _log.warning(what, call=socket.call, feed=socket.feed, detail=detail)


async def _close(web: WebSocket, code: int) -> None:
    """Close, unless that is done: the other side may have been first."""
    if web.application_state is WebSocketState.CONNECTED and web.client_state is WebSocketState.CONNECTED:
        try:
            await web.close(code)
        except RuntimeError:  # closed while we were about to
            _log.debug("a socket was closed already")
