"""What comes into the engine, and how it is applied to calls: the pure half of a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeAlias, assert_never

from interpreter.addresses import shard_of
from interpreter.engine.draft import Draft
from interpreter.engine.live import Incoming, LiveCall, storable
from interpreter.engine.ports import C, Machine, Observer, OfferResult, P, Script
from interpreter.ports import Performance
from interpreter.protocol import CallOffered, CallStarted
from interpreter.store import CallRow, ScriptRow

# Compared by identity: two equal deliveries are two.


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """A call rings."""

    call_id: str
    offered: CallOffered
    incoming_context: str
    script: Script[Any] | None
    reply: asyncio.Future[OfferResult]


@dataclass(frozen=True, slots=True, eq=False)
class Begin(Generic[P]):
    """A call of our own is to be made for ``callee``."""

    call_id: str
    started: CallStarted
    callee: str
    script: Script[P]
    reply: asyncio.Future[OfferResult]


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """Callbacks of the host."""

    call_id: str
    events: tuple[Incoming, ...]
    reply: asyncio.Future[None]


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """The site ends the call. The answer says whether there is such a call."""

    call_id: str
    reply: asyncio.Future[bool]


@dataclass(frozen=True, slots=True, eq=False)
class Fired:
    """A timer is due."""

    call_id: str
    name: str
    generation: int


@dataclass(frozen=True, slots=True, eq=False)
class Returned:
    """The host answered the request of action ``seq``."""

    call_id: str
    seq: int
    result: Performance


@dataclass(frozen=True, slots=True, eq=False)
class Resume:
    """Look at the call's first waiting action again."""

    call_id: str


Item: TypeAlias = Offer | Begin[Any] | Delivery | End | Fired | Returned | Resume


@dataclass(slots=True)
class Applied(Generic[P, C]):
    """What became of one call's items: a draft if the call exists, and what to answer and tell once it is kept."""

    call_id: str
    draft: Draft[P, C] | None = None
    told: list[Callable[[], None]] = field(default_factory=list)


@dataclass(slots=True)
class Applier(Generic[P, C]):
    """Applies items to drafts. ``began`` is since when this process performs actions; ``script_for`` finds the current
    script of a line."""

    machine: Machine[P, C]
    observer: Observer
    script_for: Callable[[str], Script[P] | None]
    began: float

    def apply(self, call_id: str, live: LiveCall[P, C] | None, items: list[Item], now: float) -> Applied[P, C]:
        """Apply the items of one call in order."""
        applied: Applied[P, C] = Applied(call_id)
        if live is not None:
            applied.draft = Draft(self.machine, self.observer, live, now)
        for item in items:
            self._apply_item(applied, item, now)
        return applied

    def _apply_item(self, applied: Applied[P, C], item: Item, now: float) -> None:
        draft = applied.draft
        match item:
            case Offer():
                applied.told.append(partial(_reply, item.reply, self._offer(applied, item, now)))
            case Begin():
                applied.told.append(partial(_reply, item.reply, self._begin(applied, item, now)))
            case Delivery():
                if draft is not None:
                    draft.deliver(item.events)
                else:
                    for _, _, event in item.events:
                        tell = partial(self.observer.event_dropped, item.call_id, "unknown_call", event)
                        applied.told.append(tell)
                applied.told.append(partial(_reply, item.reply, None))
            case End():
                if draft is not None:
                    draft.end()
                applied.told.append(partial(_reply, item.reply, draft is not None))
            case Fired():
                if draft is not None:
                    draft.fired(item.name, item.generation)
            case Returned():
                if draft is not None:
                    draft.returned_from_host(item.seq, item.result, self.began)
            case Resume():
                if draft is not None:
                    draft.resume()
            case _:
                assert_never(item)

    def _offer(self, applied: Applied[P, C], item: Offer, now: float) -> OfferResult:
        if applied.draft is not None:
            applied.draft.drop("duplicate_offer", item.offered)
            return "duplicate"
        script = item.script or self.script_for(item.offered.called)
        if script is None:
            applied.told.append(partial(self.observer.event_dropped, item.call_id, "no_script", item.offered))
            return "no_script"
        offered = item.offered
        row = _new_row(item.call_id, script.hash, offered.caller, offered.called, item.incoming_context, offered.at)
        self._new(applied, row, script, offered, now)
        return "created"

    def _begin(self, applied: Applied[P, C], item: Begin[P], now: float) -> OfferResult:
        if applied.draft is not None:
            applied.draft.drop("duplicate_offer", item.started)
            return "duplicate"
        row = _new_row(item.call_id, item.script.hash, item.callee, item.started.called, "", item.started.at)
        self._new(applied, row, item.script, item.started, now)
        return "created"

    def _new(
        self, applied: Applied[P, C], row: CallRow, script: Script[P], event: CallOffered | CallStarted, now: float
    ) -> None:
        live = LiveCall(row, script.program, self.machine.begin(row.id), {}, ())
        applied.draft = Draft(self.machine, self.observer, live, now)
        applied.draft.begin(event, ScriptRow(script.hash, script.name, script.text))


def _new_row(call_id: str, script: str, caller: str, called: str, incoming_context: str, at: float) -> CallRow:
    return CallRow(
        id=call_id,
        shard=shard_of(call_id),
        version=0,
        status="live",
        script=script,
        state="",
        connection_id="",
        incoming_context=storable(incoming_context),
        caller=storable(caller),
        called=storable(called),
        seen=b"",
        events=0,
        actions=0,
        began=at,
        updated=at,
    )


def _reply(future: asyncio.Future[Any], value: object) -> None:
    if not future.done():  # whoever asked may have gone
        future.set_result(value)
