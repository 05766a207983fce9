"""What calls ask of the floor: requests of the machine as events of the floor."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from dsl.emergency import is_emergency
from interpreter.addresses import shard_of
from interpreter.callees import parse, standing_objection
from interpreter.floor.service import Floors
from interpreter.ports import Clock, Line, Performance, Performed, Refused, TryLater
from interpreter.protocol import Items, Request, Value
from interpreter.routing.protocol import (
    Briefed,
    CallBack,
    Entered,
    Event,
    Invited,
    Left,
    Objection,
    Person,
    Surveyed,
    TakeMessage,
)
from interpreter.routing.state import STRICT, Floor
from interpreter.site import Site
from interpreter.staff import caller_address, expert, number, target
from interpreter.store import StoreUnavailable

log = logging.getLogger(__name__)

NO_TELEPHONE = "only telephones are called on behalf of a line"
_NEED = re.compile(r"(?:(?P<after>[\d.]+) )?(?P<skill>.+?) >= (?P<level>\d+)")


def nothing_known(person: Person, call: str) -> Objection | None:
    """Where presence is not read it speaks against nobody."""
    return None


class FloorDesk:
    """Takes the requests of calls. ``presence`` says what speaks against ringing somebody into a call."""

    def __init__(
        self,
        site: Site,
        floors: Floors,
        clock: Clock,
        can_keep: Callable[[], Awaitable[bool]],
        objection: Callable[[str], Awaitable[str]],
    ) -> None:
        """``can_keep`` says whether a message could be kept now; ``objection`` why a number must not be called, and
        nothing where it may be (it raises `StoreUnavailable`)."""
        self._site, self._floors, self._clock, self._can_keep = site, floors, clock, can_keep
        self._objection = objection
        self.presence: Callable[[Person, str], Objection | None] = nothing_known
        self._under_way: dict[str, asyncio.Event] = {}
        """Requests that are being taken."""

    async def ask(self, line: Line, action: Request) -> Performance:
        """Take a request; what becomes of it is reported to the call."""
        entry = f"{line.call_id}/{action.op}"
        taken = self._under_way[entry] = asyncio.Event()
        try:
            return await self._ask(line, action)
        finally:
            taken.set()
            if self._under_way.get(entry) is taken:
                del self._under_way[entry]

    async def _ask(self, line: Line, action: Request) -> Performance:
        if action.verb == "voicemail" and not await self._can_keep():
            return Refused(0, "NoPlace", "messages cannot be kept now")
        if action.verb == "transfer" and dict(action.arguments).get("kind") == "callee":
            return await self._call_for_agent(line, action)
        event = self._event(line, action)
        if event is None:
            return Refused(0, "UnboundName", f"the site file does not say who `{action.name}` is")
        return await self._post(event)

    async def _call_for_agent(self, line: Line, action: Request) -> Performance:
        """An agent calls somebody on behalf of the line. Nobody whom the site would not call itself."""
        values = dict(action.arguments)
        to = str(values.get("number") or "").removeprefix("4:")
        if not to:
            return Refused(0, "NoCallee", "this is no call of an agent on behalf of the line")
        try:
            objection = await self._objection(to) if to[0] in "+0123456789" else NO_TELEPHONE
        except StoreUnavailable as error:
            return TryLater(0.0, str(error))
        if objection:
            log.warning("call %s: an agent's call is not allowed: %s", line.call_id, objection)
        entry = f"{line.call_id}/{action.op}"
        invited = self._invited(self._clock.now(), line, entry, number(to), values, stays=False)
        assert invited is not None
        return await self._post(replace(invited, objection=objection))

    async def withdraw(self, line: Line, op: str, hung_up: bool = False) -> Performance:
        """A request is taken back. Mostly the floor has heard before that the call is over, and nothing is left of it;
        but a request that was on its way when the caller hung up comes behind that."""
        entry = f"{line.call_id}/{op}"
        if (taken := self._under_way.get(entry)) is not None:
            await taken.wait()
        known = self._floors.floor
        message = any(each.entry == entry for each in known.messages.values())
        if entry not in known.callers and entry not in known.guests and not message:
            return Performed()
        return await self._post(Left(self._clock.now(), entry, hung_up))

    async def _post(self, event: Event) -> Performance:
        try:
            await self._floors.post(event)
        except StoreUnavailable as error:
            return TryLater(0.0, str(error))
        return Performed()

    def _event(self, line: Line, action: Request) -> Event | None:
        values, entry, now = dict(action.arguments), f"{line.call_id}/{action.op}", self._clock.now()
        if action.verb == "queue":
            return entered(now, entry, action.name, values, line.caller)
        if action.verb == "callback":
            return call_back(now, entry, values, line, self._may_be_called(values))
        if action.verb == "voicemail":
            return take_message(now, entry, action.name, values, line)
        if action.verb == "brief":
            return Briefed(now, line.call_id, action.arguments)
        if action.verb == "survey":
            return Surveyed(now, line.call_id, action.name, action.arguments)
        if action.verb == "consult":
            return self._consulted(now, line, entry, expert(self._site, action.name), values)
        whom = target(self._site, str(values.get("kind", "")), action.name)
        return self._invited(now, line, entry, whom, values, stays=False)

    def _may_be_called(self, values: Mapping[str, Value]) -> bool:
        """Whoever asked for it is called in every country, unless the site names some."""
        to = str(values.get("number", ""))
        if self._site.settings.calling.countries:
            return not standing_objection(self._site, to)
        return parse(to) is not None and not is_emergency(to)

    def _consulted(
        self, at: float, line: Line, entry: str, whom: Person | None, values: Mapping[str, Value]
    ) -> Event | None:
        """An expert is asked for: one who is known to be busy is not rung."""
        invited = self._invited(at, line, entry, whom, values, stays=True)
        objection = self.presence(whom, line.call_id) if whom is not None else None
        if invited is None or objection is None:
            return invited
        return replace(invited, outcome=objection.outcome, objection=objection.reason)

    def _invited(
        self, at: float, line: Line, entry: str, whom: Person | None, values: Mapping[str, Value], stays: bool
    ) -> Invited | None:
        if whom is None:
            return None
        ring, whisper, language = values.get("ring"), values.get("accept"), values.get("language")
        shown = str(values.get("caller_id") or "")
        return Invited(
            at,
            entry,
            whom,
            _number(ring) or 25.0,
            str(whisper or ""),
            str(language or "en-US"),
            stays,
            caller_address(line.caller),
            (self._site.number(shown) or "") if shown else "",
        )


def entered(at: float, entry: str, queue: str, values: Mapping[str, Value], caller: str) -> Entered:
    """What the ``queue`` block of a script says, as the floor takes it. Without growth a higher priority always goes
    first; with ``grows 1 every 120s`` a point of priority is worth 120 seconds of waiting, so that the order of two
    callers changes only where one has reached the limit."""
    grows = values.get("grows")
    by, every, most = (_number(each) for each in grows.values) if isinstance(grows, Items) else (0.0, 0.0, 0.0)
    needs = [_need(text) for text in _texts(values.get("needs"))]
    relaxes = [_need(text) for text in _texts(values.get("relaxes"))]
    return Entered(
        at,
        entry,
        queue,
        tuple((skill, level) for _, skill, level in needs),
        tuple(relaxes),
        _number(values.get("priority")),
        every / by if by else STRICT,
        int(_number(values.get("limit"))),
        _number(values.get("longest_estimate")),
        _number(values.get("ring")),
        caller,
        caller_address(caller),
        str(values.get("music") or ""),
        str(values.get("language") or "en-US"),
        most,
    )


def call_back(at: float, entry: str, values: Mapping[str, Value], line: Line, dialable: bool) -> CallBack:
    """What the ``callback`` block of a script says; ``dialable``: the site may call this number."""
    to, moments = str(values.get("number", "")), values.get("windows")
    times = [_number(each) for each in moments.values] if isinstance(moments, Items) else []
    windows = tuple(zip(times[::2], times[1::2], strict=True)) or (((at, at),) if "during" in values else ())
    return CallBack(
        at,
        entry,
        str(values.get("queue", "")),
        to,
        number(to),
        _number(values.get("ring")) or 25.0,
        int(_number(values.get("attempts"))) or 1,
        _number(values.get("every")),
        windows,
        str(values.get("language") or "en-US"),
        line.called,
        dialable,
    )


def take_message(at: float, entry: str, block: str, values: Mapping[str, Value], line: Line) -> TakeMessage:
    """What the ``voicemail`` block of a script says."""
    return TakeMessage(
        at,
        entry,
        block,
        _number(values.get("up_to")) or 180.0,
        _number(values.get("silence")),
        str(values.get("stop") or ""),
        values.get("transcribe") is True,
        str(values.get("review") or ""),
        str(values.get("notify") or ""),
        str(values.get("language") or "en-US"),
        line.caller,
    )


def _need(text: str) -> tuple[float, str, int]:
    found = _NEED.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no need of a queue")
    return float(found["after"] or 0), found["skill"], int(found["level"])


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(each for each in value.values if isinstance(each, str)) if isinstance(value, Items) else ()


def _number(value: Value) -> float:
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else 0.0


def line_of_promise(floor: Floor, call: str) -> Line | None:
    """The call in which a promise is kept: the line of the agent who has accepted, once it is there."""
    promise = floor.promises.get(f"{call}/1")
    legs = [leg for leg in floor.legs_of(call) if leg.part == "callback" and leg.connection]
    if promise is None and not legs:
        return None
    connection = next((leg.connection for leg in legs if leg.state == "in"), legs[0].connection if legs else "")
    called, caller = (promise.called, promise.number) if promise is not None else ("", "")
    return Line(call, shard_of(call), connection, "", caller, called)
