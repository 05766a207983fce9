"""What calls ask of the floor: requests of the machine as events of the floor."""

from __future__ import annotations

import re
from collections.abc import Mapping

from interpreter.floor.service import Floors
from interpreter.ports import Clock, Line, Performance, Performed, Refused, TryLater
from interpreter.protocol import Items, Request, Value
from interpreter.routing.protocol import Entered, Event, Invited, Left, Person
from interpreter.site import Site
from interpreter.staff import expert, target
from interpreter.store import StoreUnavailable

STRICT = 86_400.0
"""Seconds of waiting that a point of priority is worth where nothing grows: more than anybody waits."""
_NEED = re.compile(r"(?:(?P<after>[\d.]+) )?(?P<skill>.+?) >= (?P<level>\d+)")


class FloorDesk:
    """Takes the requests of calls."""

    def __init__(self, site: Site, floors: Floors, clock: Clock) -> None:
        self._site, self._floors, self._clock = site, floors, clock

    async def ask(self, line: Line, action: Request) -> Performance:
        """Take a request; what becomes of it is reported to the call."""
        event = self._event(line, action)
        if event is None:
            return Refused(0, "UnboundName", f"the site file does not say who `{action.name}` is")
        return await self._post(event)

    async def withdraw(self, line: Line, op: str) -> Performance:
        """A request is taken back."""
        entry = f"{line.call_id}/{op}"
        known = self._floors.floor
        if entry not in known.callers and entry not in known.guests:
            return Performed()
        return await self._post(Left(self._clock.now(), entry, hung_up=False))

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
        if action.verb == "consult":
            whom = expert(self._site, action.name)
            return self._invited(now, entry, whom, values, stays=True)
        whom = target(self._site, str(values.get("kind", "")), action.name)
        return self._invited(now, entry, whom, values, stays=False)

    def _invited(
        self, at: float, entry: str, whom: Person | None, values: Mapping[str, Value], stays: bool
    ) -> Event | None:
        if whom is None:
            return None
        ring, whisper, language = values.get("ring"), values.get("accept"), values.get("language")
        return Invited(
            at, entry, whom, _number(ring) or 25.0, str(whisper or ""), str(language or "en-US"), stays=stays
        )


def entered(at: float, entry: str, queue: str, values: Mapping[str, Value], caller: str) -> Entered:
    """What the ``queue`` block of a script says, as the floor takes it. Without growth a higher priority always goes
    first; with ``grows 1 every 120s`` a point of priority is worth 120 seconds of waiting, so that the order of two
    callers never changes while they wait."""
    grows = values.get("grows")
    by, every, _ = (_number(each) for each in grows.values) if isinstance(grows, Items) else (0.0, 0.0, 0.0)
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
