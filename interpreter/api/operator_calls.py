"""What the operator asks about calls, promises to call back, and agents. Numbers are masked: the operator need not know
who calls."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from interpreter.api.attempts import OutboundView, outbound_view
from interpreter.api.errors import Refused
from interpreter.api.frame import Asked, Operation
from interpreter.api.views import Views
from interpreter.journal import CALLS, JournalError
from interpreter.machine import Call
from interpreter.routing.protocol import CallBackWithdrawn
from interpreter.routing.state import AgentState, Floor, Leg, LegState, Promise, call_of
from interpreter.store import CallRow, StoredCall
from interpreter.telemetry import masked
from interpreter.web import Desk

MOST_CALLS = 1_000
_TAG = "operator"


class CallNow(BaseModel):
    """A call."""

    call: str
    caller: str = Field(description="The number, masked.")
    called: str = Field(description="The line.")
    script: str
    since: float
    block: str = Field(description="Where the caller is in the script, or was at the end.")
    waits_for: str = Field(
        description="`answer`, the end of a `prompt`, `input`, a `transfer`, a `request` (data), `silence`, or `center`"
        " (a queue, an agent, a message). Empty: nothing."
    )
    queue: str = Field(description="In which the caller waits or talks; empty for none.")
    agents: list[str] = Field(description="Agents who talk in it or are rung for it.")


class CallsView(BaseModel):
    """The calls that go on, the oldest first. ``more``: there are more than are listed."""

    calls: list[CallNow]
    more: bool


class LegView(BaseModel):
    """Somebody who is on the way into a call, in it, or on the way out."""

    leg: str
    agent: str = Field(description="Empty for whoever is none.")
    part: str = Field(description="`agent`, `guest`, `expert`, `supervisor`, `customer` or `callback`.")
    state: LegState
    since: float
    answered: float | None = Field(description="When the talk began.")


class WholeCall(CallNow):
    """A call with everybody in it, or with its end."""

    status: Literal["live", "ended"]
    ended: float | None
    ending: str = Field(description="As in the details of a call; empty while it goes on.")
    result: str
    legs: list[LegView]
    outbound: OutboundView | None = Field(description="Of a call that the site makes; `caller` is who is called.")


class PromiseView(BaseModel):
    """A promise to call somebody back."""

    promise: str = Field(description="Its name: the call in which it is kept.")
    queue: str
    number: str = Field(description="Masked.")
    made: float
    tried: int = Field(description="How often the customer was called.")
    attempts: int = Field(description="How often that may be done.")
    state: Literal["in line", "later", "being tried", "talking"]
    at: float | None = Field(description="When it comes into line again, where that is `later`.")


class PromisesView(BaseModel):
    """The promises that are open, the oldest first."""

    promises: list[PromiseView]


class AgentLine(BaseModel):
    """An agent of the site file."""

    agent: str
    state: AgentState
    since: datetime | None
    reason: str = Field(description="Why not ready.")
    not_offered: str = Field(description="Why no call is offered though the agent is available.")
    queues: list[str]
    calls: list[str] = Field(description="Those in which the agent talks.")


class AgentsView(BaseModel):
    """What the agents do."""

    agents: list[AgentLine]


class OperatorCalls:
    """These operations."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._floors, self._views = desk, desk.center.floors, Views(desk.site)

    def operations(self) -> list[Operation]:
        call, none = {"call": "The call's id."}, {404: "No such call."}
        promise = {"promise": "The promise's name, from `GET /promises`."}
        return [
            Operation("GET", "/calls", "get_calls", "The calls that go on", self._calls, tag=_TAG, who="operator",
                answer=CallsView, answers=f"At most {MOST_CALLS} calls, the oldest first."),
            Operation("GET", "/calls/{call}", "get_call", "A call", self._call, tag=_TAG, who="operator",
                parameters=call, answer=WholeCall, answers="The call, also one that has ended.", failures=none),
            Operation("POST", "/calls/{call}/end", "end_call", "Hang up on everybody in a call", self._end, tag=_TAG,
                who="operator", parameters=call, status=202, answers="It is being ended.",
                failures={404: "No such call goes on."}),
            Operation("GET", "/promises", "get_promises", "The promises to call back", self._promises, tag=_TAG,
                who="operator", answer=PromisesView, answers="Those that are open."),
            Operation("DELETE", "/promises/{promise}", "withdraw_promise", "Call somebody back no more",
                self._withdraw, tag=_TAG, who="operator", parameters=promise, answers="It is gone.",
                description="Whoever is rung for it is let go. Nobody is told: that is the site's affair.",
                failures={404: "No such promise.", 409: "The two talk already."}),
            Operation("GET", "/agents", "get_agents", "The agents now", self._agents, tag=_TAG, who="operator",
                answer=AgentsView, answers="Every agent of the site file."),
        ]  # fmt: skip

    # ----------------------------------------------------------------------------------------------------------------
    # Calls

    async def _calls(self, asked: Asked) -> CallsView:
        rows = await self._desk.store.live((0.0, ""), MOST_CALLS + 1)
        names = {each: await self._script(each) for each in {row.script for row in rows}}
        calls = [self._view(row, names[row.script], _state(row)) for row in rows[:MOST_CALLS]]
        return CallsView(calls=calls, more=len(rows) > MOST_CALLS)

    async def _call(self, asked: Asked) -> WholeCall:
        stored = await self._stored(asked.path["call"])
        row = stored.call
        state, ended = _state(row), row.status == "ended"
        legs = [] if ended else [_leg(leg) for leg in self._floors.floor.legs_of(row.id)]
        return WholeCall(
            **self._view(row, await self._script(row.script), state).model_dump(),
            status=row.status,
            ended=row.updated if ended else None,
            ending=(state.ending if state is not None else None) or ("failed" if ended else ""),
            result=state.result if state is not None else "",
            legs=legs,
            outbound=await self._outbound(stored) if not row.incoming_context else None,
        )

    async def _outbound(self, stored: StoredCall) -> OutboundView | None:
        journal = await self._desk.store.journal(stored.call.id)
        try:
            return outbound_view(journal, await self._desk.store.outbox(stored.call.id), stored.timers)
        except JournalError:
            return None

    async def _end(self, asked: Asked) -> None:
        call = asked.path["call"]
        row = (await self._stored(call)).call
        if row.status == "ended" or not await self._desk.engine.end(call):
            raise Refused(404, "no such call goes on")

    async def _stored(self, call: str) -> StoredCall:
        found = (await self._desk.store.load([call])).get(call)
        if found is None:
            raise Refused(404, "no such call")
        return found

    async def _script(self, version: str) -> str:
        script = await self._desk.store.script(version)
        return script.name if script is not None else ""

    def _view(self, row: CallRow, script: str, state: Call | None) -> CallNow:
        floor = self._floors.floor
        waits = state.waiting.kind if state is not None and state.waiting is not None else ""
        return CallNow(
            call=row.id,
            caller=masked(row.caller),
            called=row.called,
            script=script,
            since=row.began,
            block=state.block if state is not None else "",
            waits_for=waits if row.status == "live" else "",
            queue=_queue(floor, row.id) if row.status == "live" else "",
            agents=[leg.agent for leg in floor.legs_of(row.id) if leg.agent] if row.status == "live" else [],
        )

    # ----------------------------------------------------------------------------------------------------------------
    # Promises and agents

    async def _promises(self, asked: Asked) -> PromisesView:
        floor = self._floors.floor
        ordered = sorted(floor.promises.values(), key=lambda each: (each.made, each.entry))
        return PromisesView(promises=[_promise(floor, each) for each in ordered])

    async def _withdraw(self, asked: Asked) -> None:
        call = asked.path["promise"]
        known = self._floors.floor.promises.get(f"{call}/1")
        if known is None:
            raise Refused(404, "no such promise")
        await self._floors.post(CallBackWithdrawn(self._desk.clock.now(), call))
        if known.entry in self._floors.floor.promises:
            raise Refused(409, "the two talk already")

    async def _agents(self, asked: Asked) -> AgentsView:
        floor = self._floors.floor
        return AgentsView(agents=[self._agent(floor, name) for name in sorted(self._desk.site.settings.agents)])

    def _agent(self, floor: Floor, name: str) -> AgentLine:
        seen = self._views.agent(floor, name)
        return AgentLine(
            agent=name,
            state=seen.state,
            since=seen.since,
            reason=seen.reason,
            not_offered=seen.not_offered,
            queues=[each.queue for each in seen.queues],
            calls=[each.call for each in seen.calls],
        )


def _state(row: CallRow) -> Call | None:
    """The machine's state of a call; ``None`` where this version cannot read it."""
    try:
        return CALLS.decode(row.state)
    except JournalError:
        return None


def _queue(floor: Floor, call: str) -> str:
    """The queue that a call is in."""
    entries = sorted(name for name in floor.of_call.get(call, ()) if name in floor.callers)
    return floor.callers[entries[0]].queue if entries else ""


def _leg(leg: Leg) -> LegView:
    part = leg.part or ("agent" if leg.agent else "guest")
    return LegView(
        leg=leg.name, agent=leg.agent, part=part, state=leg.state, since=leg.at, answered=leg.answered or None
    )


def _promise(floor: Floor, promise: Promise) -> PromiseView:
    later = floor.timers.get(f"callback:{promise.entry}")
    state: Literal["in line", "later", "being tried", "talking"] = "later" if later is not None else "in line"
    if promise.kept:
        state = "talking"
    elif promise.agent or next(floor.legs_of(call_of(promise.entry)), None) is not None:
        state = "being tried"
    return PromiseView(
        promise=call_of(promise.entry),
        queue=promise.queue,
        number=masked(promise.number),
        made=promise.made,
        tried=promise.tried,
        attempts=promise.attempts,
        state=state,
        at=later[1] if later is not None and state == "later" else None,
    )
