"""The HTTP side of the server: who may speak, how much, and what the engine is told.

The frame (`interpreter.api`) has judged the token before anything here is asked. A callback is answered 200 when what
it says is durable, and 503 when it is not: nobody publishes whether it then comes again, but it must not be claimed as
taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

import structlog
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from dsl import Program
from dsl.emergency import is_emergency
from interpreter.addresses import call_id_for, shard_of
from interpreter.api.bodies import Sent
from interpreter.api.frame import Asked, Operation
from interpreter.api.gate import Gate
from interpreter.api.stream import Streams
from interpreter.azure import callbacks, eventgrid
from interpreter.azure.fields import Malformed
from interpreter.callees import Callees
from interpreter.center import Center
from interpreter.engine import Engine, UnknownSwitch
from interpreter.machine import Call
from interpreter.media.sockets import Sockets
from interpreter.on_behalf import OnBehalf
from interpreter.ports import Clock
from interpreter.programs import SiteScripts
from interpreter.prompts.files import NAME, PromptFolder
from interpreter.protocol import CallOffered, Event, RecordingChanged
from interpreter.redirects import Redirects
from interpreter.routing.protocol import FileReady
from interpreter.site import Site
from interpreter.store import Store, StoreUnavailable
from interpreter.telemetry import Metrics
from interpreter.tones import TONES
from interpreter.vault import Vault

_log = structlog.get_logger(__name__)


class SwitchWanted(Sent):
    """What a switch is to be."""

    on: bool


class SwitchNow(BaseModel):
    """A switch."""

    name: str
    on: bool


class Health(BaseModel):
    """Whether the process lives."""

    status: str


class Readiness(BaseModel):
    """Whether the server can take calls."""

    status: str
    checks: dict[str, bool]


@dataclass(slots=True)
class Desk:
    """What the operations work with."""

    site: Site
    engine: Engine[Program, Call]
    store: Store
    scripts: SiteScripts
    clock: Clock
    metrics: Metrics
    center: Center
    gate: Gate
    streams: Streams
    sockets: Sockets
    callees: Callees
    vault: Vault = field(default_factory=Vault)
    """Where what callers enter in confidence goes before anything of it is kept or logged."""
    timers: asyncio.Task[None] | None = None
    """What fires timers; while it runs, calls do not stand still."""
    on_behalf: OnBehalf = field(init=False)
    redirects: Redirects | None = None
    """What passes calls on before they are answered, where the host can."""
    draining: bool = False
    """Set by the operator, and before the end: `/readyz` says so, and whoever balances load sends no new calls."""
    ending: bool = False
    """The server is being taken apart: its timers have stopped because they were to."""

    def __post_init__(self) -> None:
        self.on_behalf = OnBehalf(self.site)

    def operations(self) -> list[Operation]:
        """What the service and the surroundings of the server ask for, and the switches."""
        return [*self._of_service(), *self._of_prompts(), *self._of_surroundings(), *self._of_switches()]

    def _of_service(self) -> list[Operation]:
        call = {"shard": "The shard of the call, 0 to 255.", "call": "The call's id."}
        return [
            Operation(
                "POST", "/events", "take_events", "Incoming calls and finished recordings, from Event Grid",
                self._events, tag="service", who="event grid", description="Event Grid's schema or CloudEvents.",
                answers="The events are kept.", failures={400: "Not a list of events.", 413: "Too long."},
            ),
            Operation(
                "OPTIONS", "/events", "confirm_events", "The handshake of CloudEvents' web hooks", self._handshake,
                tag="service", who="event grid", answers="Events may be sent.", failures={400: "No origin."},
            ),
            Operation(
                "POST", "/callbacks/{shard}/{call}", "take_callbacks", "What happens in a call, from Call Automation",
                self._callbacks, tag="service", who="host", parameters=call, answers="The callbacks are kept.",
                failures={400: "Not a list of CloudEvents.", 404: "No such call.", 413: "Too long."},
            ),
            Operation(
                "GET", "/tones/{name}.wav", "get_tone", "A tone, which the service fetches and plays", _tone,
                tag="service", who="anyone", media="audio/wav", parameters={"name": "Which tone."},
                answers="The sound.", failures={404: "No such tone."},
            ),
        ]  # fmt: skip

    def _of_prompts(self) -> list[Operation]:
        if self.site.prompts_path() is None or self.site.settings.prompts.url is not None:
            return []
        return [
            Operation(
                "GET", "/prompts/{name}.wav", "get_prompt", "A prompt, which the service fetches and plays",
                self._prompt, tag="service", who="anyone", media="audio/wav", parameters={"name": "Which prompt."},
                answers="The sound.", failures={404: "No such prompt."},
            )
        ]  # fmt: skip

    def _of_surroundings(self) -> list[Operation]:
        return [
            Operation(
                "GET", "/healthz", "get_health", "Whether the process lives", self._healthz, tag="server",
                who="anyone", answer=Health, answers="It does.", failures={503: "Only a new start can help."},
            ),
            Operation(
                "GET", "/readyz", "get_readiness", "Whether the server can take calls", self._readyz, tag="server",
                who="anyone", answer=Readiness, answers="It can.",
                failures={503: "It cannot, or is about to stop; `checks` says why."},
            ),
            Operation(
                "GET", "/metrics", "get_metrics", "Metrics for Prometheus", self._metrics, tag="server", who="anyone",
                media="text/plain", answers="Prometheus' text format.",
            ),
        ]  # fmt: skip

    def _of_switches(self) -> list[Operation]:
        name, none = {"name": "The switch's name."}, {404: "No such switch."}
        return [
            Operation(
                "GET", "/switches", "list_switches", "The switches", self._switches, tag="operator", who="operator",
                answer=dict[str, bool], answers="Each switch, and whether it is on.",
            ),
            Operation(
                "GET", "/switches/{name}", "get_switch", "One switch", self._switch, tag="operator", who="operator",
                parameters=name, answer=SwitchNow, answers="The switch.", failures=none,
            ),
            Operation(
                "PUT", "/switches/{name}", "set_switch", "Flip a switch", self._flip, tag="operator", who="operator",
                description="Counts from the next call on, and survives a restart.", parameters=name,
                body=SwitchWanted, answer=SwitchNow, answers="The switch as it is now.", failures=none,
            ),
        ]  # fmt: skip

    async def _prompt(self, asked: Asked) -> Response:
        """A name is made of the words, so a file never changes under it."""
        name, folder = asked.path["name"], self.site.prompts_path()
        if folder is None or NAME.fullmatch(name) is None:
            raise HTTPException(404, "no such prompt")
        try:
            sound = await asyncio.to_thread(PromptFolder(folder).path(name).read_bytes)
        except OSError:
            raise HTTPException(404, "no such prompt") from None
        return Response(sound, media_type="audio/wav", headers={"Cache-Control": "max-age=31536000, immutable"})

    # ----------------------------------------------------------------------------------------------------------------
    # The host

    async def _callbacks(self, asked: Asked) -> Response:
        began = perf_counter()
        call_id = asked.path["call"]
        if asked.path["shard"] != str(shard_of(call_id)):
            raise HTTPException(404, "no such call")
        dial = asked.request.query_params.get(callbacks.DIAL, "")
        found = callbacks.parse(await asked.raw(), self.clock.now(), call_id, dial)
        # First: who hangs up while waiting has hung up, whatever the script then takes back.
        if of_floor := [each.floor for each in found if isinstance(each, callbacks.Callback) and each.floor]:
            await self.center.floors.report(of_floor)
        events = [
            (each.event_id, each.connection_id, self.vault.sealed(call_id, each.event))
            for each in found
            if isinstance(each, callbacks.Callback) and each.event is not None
        ]
        if events:
            await self.engine.deliver(call_id, events)
        for each in found:
            self._count_callback(call_id, each)
            if isinstance(each, callbacks.Callback) and each.advice:
                _log.warning("somebody was not reached", call=call_id, type=each.type, advice=each.advice)
            if isinstance(each, callbacks.Callback):
                await self._note_recording(call_id, each.event)
        _tell_malformed("callbacks malformed", found, call=call_id)
        self.metrics.callback_seconds.observe(perf_counter() - began)
        if found and all(isinstance(each, Malformed) for each in found):
            raise HTTPException(400, "not a list of CloudEvents")
        return Response(status_code=200)

    async def _note_recording(self, call_id: str, event: Event | None) -> None:
        if isinstance(event, RecordingChanged) and event.state != "failed":
            await self.center.recordings.notes.reported(call_id, event.recording)

    def _count_callback(self, call_id: str, each: callbacks.Callback | Malformed) -> None:
        if isinstance(each, Malformed):
            self.metrics.callbacks.labels("malformed", "malformed").inc()
        elif not each.known:
            self.metrics.callbacks.labels("unknown", "ignored").inc()
            _log.info("callback of an unknown type", call=call_id, type=each.type[:100])
        else:
            self.metrics.callbacks.labels(each.type, "ignored" if each.event is None else "taken").inc()

    async def _events(self, asked: Asked) -> Response:
        found = eventgrid.parse(await asked.raw())
        ringing = [each for each in found if isinstance(each, eventgrid.Incoming)]
        await asyncio.gather(*(self._ring(each) for each in ringing))
        now = self.clock.now()
        files = [FileReady(now, each.recording, each.address) for each in found if isinstance(each, eventgrid.File)]
        if files:
            await self.center.floors.post(*files)
        for each in found:
            if isinstance(each, eventgrid.File):
                await self.center.recordings.take(each)
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
        if any(_of_emergency(each) for each in (*call.callees.values(), call.called)):
            # Neither answered nor refused: it is the service's to connect, and nobody's to hold up.
            _log.error("an emergency call rings here and is left to the service", called=call.called)
            return
        script = None
        if _of_emergency(call.caller) or call.caller in self.site.settings.emergency.centers:
            script = self.scripts.for_emergency_center(call.called)
            _log.warning("an emergency center calls", called=call.called, desk=script is not None)
        callee = self.on_behalf.callee(call)
        if self.redirects is not None and script is None:
            agents = bool(callee or (call.callees and self.on_behalf.is_agent(call.caller)))
            if await self.redirects.passed_on(call, dict(self.engine.switches()), agents):
                return
        attached = call.context.attached(self.site.settings.attached)
        offered = CallOffered(
            self.clock.now(),
            call.caller,
            call.called,
            self.engine.switches(),
            call.caller_name,
            attached,
            callee,
        )
        result = await self.engine.offer(call_id_for(call.key), offered, call.incoming_context, script)
        if result == "no_script":
            _log.warning("a line without a script rings", called=call.called)

    async def _handshake(self, asked: Asked) -> Response:
        headers = asked.request.headers
        answer = eventgrid.options_answer(headers.get("WebHook-Request-Origin"), headers.get("WebHook-Request-Rate"))
        if answer is None:
            raise HTTPException(400, "no WebHook-Request-Origin")
        return Response(status_code=200, headers=answer)

    # ----------------------------------------------------------------------------------------------------------------
    # The operator

    async def _healthz(self, asked: Asked) -> Response:
        if self._timers_run():
            return JSONResponse({"status": "ok"})
        # Only a new start can put this right: calls that wait for a timer would stand still for ever.
        return JSONResponse({"status": "timers have stopped"}, 503)

    def _timers_run(self) -> bool:
        return self.timers is None or not self.timers.done() or self.ending

    async def _readyz(self, asked: Asked) -> Response:
        for keys in self.gate.key_sets():
            if not keys.available:
                await keys.refresh()
        checks = {
            "store": await self._store_works(),
            "scripts": not (self.scripts.lines_without_script or self.scripts.flows_without_script),
            "keys": all(keys.available for keys in self.gate.key_sets()),
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

    async def _metrics(self, asked: Asked) -> Response:
        text = self.metrics.text(self.engine.gauges())
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _switches(self, asked: Asked) -> dict[str, bool]:
        return dict(self.engine.switches())

    async def _switch(self, asked: Asked) -> SwitchNow:
        name = asked.path["name"]
        state = dict(self.engine.switches()).get(name)
        if state is None:
            raise HTTPException(404, "no such switch")
        return SwitchNow(name=name, on=state)

    async def _flip(self, asked: Asked) -> SwitchNow:
        name, on = asked.path["name"], asked.sent(SwitchWanted).on
        try:
            await self.engine.set_switch(name, on)
        except UnknownSwitch:
            raise HTTPException(404, "no such switch") from None
        _log.info("switch flipped", switch=name, on=on)
        return await self._switch(asked)


_OUTCOME = {
    eventgrid.Incoming: "ringing",
    eventgrid.Validation: "handshake",
    eventgrid.File: "recording",
    eventgrid.Ignored: "ignored",
    Malformed: "malformed",
}


def _of_emergency(party: str) -> bool:
    """Whether a party of a call is an emergency service. Its number is none of E.164, so it comes as a raw id."""
    return is_emergency(party.removeprefix("4:"))


def _tell_malformed(what: str, found: Sequence[object], **more: str) -> None:
    """One line a body, however many elements it has: whoever may speak to us may still not fill the log."""
    reasons = [each.reason for each in found if isinstance(each, Malformed)]
    if reasons:
        _log.warning(what, count=len(reasons), first_reason=reasons[0][:200], **more)


async def _tone(asked: Asked) -> Response:
    """A tone of ours. Public: the service fetches it."""
    sound = TONES.get(asked.path["name"])
    if sound is None:
        raise HTTPException(404, "no such tone")
    return Response(sound, media_type="audio/wav", headers={"Cache-Control": "max-age=86400"})
