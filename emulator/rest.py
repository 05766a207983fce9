"""The REST interface: which path is which operation, and what surrounds every one of them. [contract 1]"""

from __future__ import annotations

import json
import logging
import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from starlette.background import BackgroundTask
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from emulator import auth, feed_requests, media_requests, participants, recordings, setup, transfer
from emulator.activity import Activity
from emulator.callbacks import Callbacks
from emulator.identifiers import Json
from emulator.misbehave import RestFault
from emulator.rest_types import Reply, Request
from emulator.results import RestError, invalid
from emulator.world import World

log = logging.getLogger("emulator.rest")

Operation = Callable[[World, Request], Reply]
Fate = Literal["done", "repeated", "refused"]
BODY_LIMIT = 1 << 20
REMEMBERED = 50_000

WITHOUT_CALL: dict[tuple[str, str], Operation] = {
    ("POST", ""): setup.create,
    ("POST", "answer"): setup.answer,
    ("POST", "reject"): setup.reject,
    ("POST", "redirect"): setup.redirect,
    ("POST", "connect"): setup.connect,
}
OF_CALL: dict[tuple[str, str], Operation] = {
    ("GET", ""): setup.properties,
    ("DELETE", ""): setup.leave,
    ("POST", "terminate"): setup.terminate,
    ("POST", "transferToParticipant"): transfer.transfer,
    ("POST", "play"): media_requests.play,
    ("POST", "recognize"): media_requests.recognise,
    ("POST", "cancelAllMediaOperations"): media_requests.cancel_all,
    ("POST", "startContinuousDtmfRecognition"): media_requests.start_continuous,
    ("POST", "stopContinuousDtmfRecognition"): media_requests.stop_continuous,
    ("POST", "sendDtmfTones"): media_requests.send_tones,
    ("POST", "startTranscription"): feed_requests.start_transcription,
    ("POST", "updateTranscription"): feed_requests.update_transcription,
    ("POST", "stopTranscription"): feed_requests.stop_transcription,
    ("POST", "startMediaStreaming"): feed_requests.start_audio,
    ("POST", "stopMediaStreaming"): feed_requests.stop_audio,
    ("POST", "hold"): participants.hold,
    ("POST", "unhold"): participants.unhold,
}
OF_PARTICIPANTS: dict[tuple[str, str], Operation] = {
    ("GET", ""): participants.listing,
    ("POST", "add"): participants.add,
    ("POST", "remove"): participants.remove,
    ("POST", "mute"): participants.mute,
    ("POST", "cancelAddParticipant"): participants.cancel_add,
    ("POST", "moveHere"): participants.move,
}
OF_RECORDINGS: dict[tuple[str, str], tuple[str, Operation]] = {
    ("POST", ""): ("startRecording", recordings.start),
}
OF_RECORDING: dict[tuple[str, str], tuple[str, Operation]] = {
    ("GET", ""): ("getRecording", recordings.properties),
    ("DELETE", ""): ("stopRecording", recordings.stop),
    ("POST", "pause"): ("pauseRecording", recordings.pause),
    ("POST", "resume"): ("resumeRecording", recordings.resume),
}
_PATH = re.compile(
    r"/calling/callConnections(?:/(?P<id>[^/:]+)(?P<people>/participants(?:/(?P<who>[^/]+))?)?)?(?::(?P<op>\w+))?"
)
_RECORDINGS = re.compile(r"/calling/recordings(?:/(?P<id>[^/:]+))?(?::(?P<op>\w+))?")


@dataclass(frozen=True, slots=True)
class Received:
    """One genuine request and what became of it: `done`, also where its answer was a made-up 500; `repeated` when it
    was recognised by its Repeatability-Request-ID and not done again; `refused`. `status` is what was answered."""

    operation: str
    connection_id: str
    context: str
    fate: Fate
    status: int


@dataclass(frozen=True, slots=True)
class Target:
    """An operation and what its path names."""

    run: Operation
    name: str
    connection_id: str | None = None
    argument: str = ""


def find(method: str, path: str) -> Target:
    """The operation of a path as sent. Raises RestError 404 or 405."""
    if (recorded := _RECORDINGS.fullmatch(path)) is not None:
        return _find_recording(method, path, recorded)
    # Only a participant's raw id may hold a colon of its own, and no operation follows one.
    found = _PATH.fullmatch(path)
    if found is None:
        raise RestError(404, "ResourceNotFound", f"There is no resource {path}.")
    operation, connection_id = found["op"] or "", unquote(found["id"]) if found["id"] else None
    if found["who"] is not None and not operation:
        table: dict[tuple[str, str], Operation] = {("GET", ""): participants.get}
    elif found["people"] is not None:
        table = OF_PARTICIPANTS
    elif connection_id is None:
        table = WITHOUT_CALL
    else:
        table = OF_CALL
    run = table.get((method, operation))
    if run is None:
        known = any(name == operation for _, name in table)
        raise RestError(405 if known else 404, "ResourceNotFound", f"{method} {path} is no operation of the service.")
    name = operation or run.__name__
    return Target(run, name, connection_id, unquote(found["who"] or ""))


def _find_recording(method: str, path: str, found: re.Match[str]) -> Target:
    table = OF_RECORDING if found["id"] else OF_RECORDINGS
    operation = found["op"] or ""
    if (entry := table.get((method, operation))) is None:
        known = any(name == operation for _, name in table)
        raise RestError(405 if known else 404, "ResourceNotFound", f"{method} {path} is no operation of the service.")
    return Target(entry[1], entry[0], None, unquote(found["id"] or ""))


@dataclass(slots=True)
class Rest:
    """The endpoint behind `/calling/callConnections` and `/calling/recordings`."""

    world: World
    callbacks: Callbacks
    activity: Activity
    answered: OrderedDict[tuple[str, str, str], Response] = field(default_factory=OrderedDict)
    """Answers by Repeatability-Request-ID: the same id is executed once."""
    requests: int = 0
    received: deque[Received] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    async def endpoint(self, http: HttpRequest) -> Response:
        """Answer one request."""
        with self.activity:
            self.requests += 1
            body = await http.body()
            try:
                return self._answer(http, body)
            except RestError as error:
                return refusal(http, error)

    def _answer(self, http: HttpRequest, body: bytes) -> Response:
        raw = http.scope["raw_path"].decode("ascii")
        query = http.scope["query_string"].decode("ascii")
        if len(body) > BODY_LIMIT:
            raise RestError(413, "RequestEntityTooLarge", "The request body is too large.")
        config = self.world.config
        auth.verify(config.access_key, http.method, f"{raw}?{query}" if query else raw, http.headers, body, time.time())
        target = find(http.method, raw)
        try:
            return self._perform(http, target, raw, body)
        except RestError as error:
            self._note(target, body, "refused", error.status)
            raise

    def _perform(self, http: HttpRequest, target: Target, raw: str, body: bytes) -> Response:
        fault = self.world.mischief.rest(target.name)
        if (failed := self._before(fault)) is not None:
            raise failed
        repeat = http.headers.get("repeatability-request-id")
        key = (repeat or "", http.method, raw)
        known = bool(repeat) and key in self.answered
        response = _again(self.answered[key]) if known else self._execute(http, target, body)
        if repeat and not known:
            self.answered[key] = response
            if len(self.answered) > REMEMBERED:
                self.answered.popitem(last=False)
        fate: Fate = "repeated" if known else "refused" if response.status_code >= 400 else "done"
        self._note(target, body, fate, 500 if fault == "fail_after" else response.status_code)
        if fault == "fail_after":
            failure = refusal(http, RestError(500, 9999, "Unknown internal server error."))
            # What the action caused still waits for an answer, if only this one.
            failure.background, response.background = response.background, None
            return failure
        return response

    def _note(self, target: Target, body: bytes, fate: Fate, status: int) -> None:
        try:
            said = _json(body)
        except RestError:
            said = {}
        context, connection_id = said.get("operationContext"), target.connection_id or said.get("callConnectionId")
        if (recording := self.world.recordings.get(target.argument)) is not None:
            connection_id = recording.call.id
        about, said_context = (one if isinstance(one, str) else "" for one in (connection_id, context))
        self.received.append(Received(target.name, about, said_context, fate, status))

    def _before(self, fault: RestFault | None) -> RestError | None:
        if fault == "throttle":
            return RestError(429, 8516, "Too many requests.")
        return RestError(500, 9999, "Unknown internal server error.") if fault == "fail_before" else None

    def _execute(self, http: HttpRequest, target: Target, body: bytes) -> Response:
        version = http.query_params.get("api-version", "")
        if not version:
            raise invalid("The query parameter api-version is required.")
        call = self.world.calls.get(target.connection_id or "")
        request = Request(_json(body), version, call, target.argument)
        try:
            reply = target.run(self.world, request)
        except RestError as error:
            if not http.headers.get("repeatability-request-id"):
                raise
            return refusal(http, error)
        concerned = call or reply.call
        response = _response(http, reply, concerned.correlation_id if concerned is not None else None)
        if concerned is not None:
            # The answer to a request comes before the events that it causes.
            self.callbacks.hold(concerned.id)
            response.background = BackgroundTask(_released, self.callbacks, concerned.id)
        return response


def _again(first: Response) -> Response:
    """The same answer once more, without what was to follow the first one."""
    return Response(first.body, first.status_code, dict(first.headers))


async def _released(callbacks: Callbacks, connection_id: str) -> None:
    callbacks.release(connection_id)


def _json(body: bytes) -> Json:
    if not body:
        return {}
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise invalid("The request body is not JSON.") from error
    if not isinstance(parsed, dict):
        raise invalid("The request body is not a JSON object.")
    return parsed


def _headers(http: HttpRequest, correlation_id: str | None = None) -> dict[str, str]:
    headers = {"X-Azure-Ref": "emulator", "X-Cache": "CONFIG_NOCACHE"}
    if (client_id := http.headers.get("x-ms-client-request-id")) is not None:
        headers["x-ms-client-request-id"] = client_id
    if correlation_id is not None:
        headers["X-Microsoft-Skype-Chain-ID"] = correlation_id
    if http.headers.get("repeatability-request-id"):
        headers["Repeatability-Result"] = "accepted"
    return headers


def _response(http: HttpRequest, reply: Reply, correlation_id: str | None) -> Response:
    headers = _headers(http, correlation_id)
    if reply.body is None:
        return Response(status_code=reply.status, headers=headers)
    return Response(json.dumps(reply.body), reply.status, headers, "application/json; charset=utf-8")


def refusal(http: HttpRequest, error: RestError) -> Response:
    """An error in the service's form."""
    log.info("%s %s refused: %s %s %s", http.method, http.url.path, error.status, error.code, error.message)
    headers = _headers(http)
    if error.status == 429:
        headers["Retry-After"] = str(http.app.state.emulator.misbehaviour.retry_after_seconds)
    body = {"error": {"code": error.code, "message": error.message}}
    return Response(json.dumps(body), error.status, headers, "application/json; charset=utf-8")
