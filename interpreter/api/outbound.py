"""What the operator orders: calls that the site makes, and who wants no more of them.

An order is the beginning of a call, kept before it is answered; whatever comes of it, now or tomorrow, is the call's
own doing. So an order survives a restart, and the same key ordered twice is one call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from dsl import Program
from dsl.emergency import WHY, is_emergency
from dsl.spell import listed, nearest
from interpreter.api.bodies import Sent
from interpreter.api.errors import Problem, Refused
from interpreter.api.frame import Asked, Operation
from interpreter.callees import parse
from interpreter.data.answers import WrongShape, read_answer
from interpreter.data.house import VALUES
from interpreter.details import epoch
from interpreter.journal import PROTOCOL
from interpreter.machine.requests import type_text
from interpreter.programs import NUMBER
from interpreter.protocol import CallStarted, Record, Value
from interpreter.store import Kept
from interpreter.web import Desk

FURTHEST = 30 * 86_400.0
"""Seconds for which a call can be put off: no longer than ended calls are remembered, so that a key stays known."""
FOREVER = 100 * 365 * 86_400.0
"""Seconds for which an opt-out holds that does not come from a script."""
_TAG = "operator"


def _moment(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        try:
            return epoch(value)
        except ValueError:
            pass
    raise ValueError("expected: a time, such as 2026-11-27T08:00:00Z, or epoch seconds")


Moment = Annotated[float, BeforeValidator(_moment), WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}]})]


class CallWish(Sent):
    """A call that is to be made."""

    flow: str = Field(description="A name under `[outbound]` of the site file.", max_length=200)
    number: str = Field(description="Whom to call, in E.164 form: what the flow's parameter `number` becomes.")
    key: str = Field(
        description="Your own name of this order. The same key again makes no second call, and answers with the first.",
        min_length=1,
        max_length=200,
    )
    values: dict[str, Any] = Field(
        default_factory=dict,
        alias="with",
        description="The other parameters of the flow, in the shapes that data functions answer with.",
    )
    line: str | None = Field(default=None, description="Which line calls; without it the one that the site file names.")
    not_before: Moment | None = Field(
        default=None, description="Epoch seconds, or ISO 8601: UTC unless it says else. At most 30 days from now."
    )


class CallOrdered(BaseModel):
    """The call that an order has become. ``made``: by this request, and not by an earlier one of the same key."""

    call: str
    made: bool


class OptOut(BaseModel):
    """Whether somebody wants no more calls."""

    number: str
    opted_out: bool


class OutboundApi:
    """These operations."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._site = desk, desk.site

    def operations(self) -> list[Operation]:
        number = {"number": "The number, in E.164 form: `+14255550123`."}
        none = {404: "The site file names no `[calling] opt_out`."}
        return [
            Operation("POST", "/calls", "make_call", "Call somebody", self._make, tag=_TAG, who="operator",
                body=CallWish, answer=CallOrdered, status=201,
                answers="The call's id: `GET /calls/{call}` tells what becomes of it.",
                description="The number is called when the policy of the site file and the hours of the script allow"
                " it, again when nobody answers, and all of that also after a restart.",
                failures={409: "This key was used for another order.",
                    503: "The server is about to stop, or drains, or the flow's script cannot be used."}),
            Operation("GET", "/opt-outs/{number}", "get_opt_out", "Whether somebody wants no more calls", self._get,
                tag=_TAG, who="operator", parameters=number, answer=OptOut, answers="Whether it is so.",
                failures=none),
            Operation("PUT", "/opt-outs/{number}", "opt_out", "Call somebody no more", self._put, tag=_TAG,
                who="operator", parameters=number, answer=OptOut, failures=none,
                answers="From now on the number is not called; a call that goes on goes on."),
            Operation("DELETE", "/opt-outs/{number}", "take_back_opt_out", "Call somebody again", self._delete,
                tag=_TAG, who="operator", parameters=number, answer=OptOut, failures=none,
                answers="The number may be called."),
        ]  # fmt: skip

    # ----------------------------------------------------------------------------------------------------------------
    # Orders

    async def _make(self, asked: Asked) -> CallOrdered:
        wish, now = asked.sent(CallWish), self._desk.clock.now()
        bound = self._site.settings.outbound.get(wish.flow)
        if bound is None:
            raise _wrong("flow", f"the site file has no [outbound.{_or_like(wish.flow, self._site.settings.outbound)}")
        line = wish.line or bound.line
        if line not in self._site.settings.every_line:
            raise _wrong("line", "the site file names no such line")
        if wish.not_before is not None and wish.not_before > now + FURTHEST:
            raise _wrong("not_before", "expected: at most 30 days from now")
        call = f"out-{hashlib.sha256(wish.key.encode()).hexdigest()[:32]}"
        script = self._desk.scripts.for_flow(wish.flow)
        if script is None:
            raise Refused(503, f"the script of `{wish.flow}` cannot be used; the log says why")
        if is_emergency(wish.number):
            raise _wrong("number", WHY)
        arguments = _arguments(script.program, wish)
        started = CallStarted(now, arguments, self._desk.engine.switches(), line, wish.not_before or 0.0)
        if await self._is_known(call, started, wish.number):
            return CallOrdered(call=call, made=False)
        if self._desk.draining:
            raise Refused(503, "the server drains", headers={"Retry-After": "5"})
        if objection := await self._desk.callees.objection(wish.number):
            raise _wrong("number", objection)
        made = await self._desk.engine.begin(call, started, wish.number, script)
        if made == "duplicate":  # two at once
            await self._is_known(call, started, wish.number)
        return CallOrdered(call=call, made=made == "created")

    async def _is_known(self, call: str, started: CallStarted, number: str) -> bool:
        """Whether this order was taken before. Raises `Refused` 409 where another one had its key."""
        if call not in await self._desk.store.load([call]):
            return False
        first = (await self._desk.store.journal(call))[0]
        was = PROTOCOL.decode(first.event)
        if not isinstance(was, CallStarted) or (was.arguments, was.called, was.not_before) != (
            started.arguments, started.called, started.not_before,
        ):  # fmt: skip
            raise Refused(409, "this key was used for another order")
        return True

    # ----------------------------------------------------------------------------------------------------------------
    # Who has had enough

    async def _get(self, asked: Asked) -> OptOut:
        number, _ = self._opt_out(asked)
        return OptOut(number=number, opted_out=await self._desk.callees.has_opted_out(number))

    async def _put(self, asked: Asked) -> OptOut:
        number, name = self._opt_out(asked)
        until = self._desk.clock.now() + FOREVER
        await self._desk.store.keep(Kept("value", name, number, VALUES.encode(Record((("value", True),))), until))
        return OptOut(number=number, opted_out=True)

    async def _delete(self, asked: Asked) -> OptOut:
        number, name = self._opt_out(asked)
        await self._desk.store.drop("value", name, number)
        return OptOut(number=number, opted_out=False)

    def _opt_out(self, asked: Asked) -> tuple[str, str]:
        """The number, and the name under which opt-outs are kept."""
        number, name = asked.path["number"], self._site.settings.calling.opt_out
        if not name:
            raise Refused(404, "the site file names no [calling] opt_out")
        if parse(number) is None:
            raise _wrong("number", "expected: a number in E.164 form, such as +14255550123")
        return number, name


def _arguments(program: Program, wish: CallWish) -> tuple[tuple[str, Value], ...]:
    """The parameters of the flow. Raises `Refused` 422 with every mistake."""
    flow = program.flow
    assert flow is not None, "scripts of [outbound] have one"
    kinds = {each.name.text: type_text(each.type) for each in flow.parameters}
    others = {name: kind for name, kind in kinds.items() if name != NUMBER}
    problems = []
    for name in wish.values.keys() - others.keys():
        guess = nearest(name, list(others))
        what = "is given by the field number" if name == NUMBER else "is no parameter of the flow"
        problems.append(Problem(field=f"with.{name}", problem=what + (f"; did you mean {guess}?" if guess else "")))
    found: list[tuple[str, Value]] = []
    for name, kind in kinds.items():
        given = wish.number if name == NUMBER else wish.values.get(name)
        field = name if name == NUMBER else f"with.{name}"
        if given is None:
            problems.append(Problem(field=field, problem=f"is missing: {kind}"))
            continue
        try:
            found += read_answer({name: given}, ((name, kind),), {})
        except WrongShape:
            problems.append(Problem(field=field, problem=f"expected: {_SHAPES.get(kind, kind)}"))
    if problems:
        raise Refused(422, "the flow cannot be called so", sorted(problems, key=lambda each: each.field))
    return tuple(found)


_SHAPES: Mapping[str, str] = {
    "phone": "a number in E.164 form, such as +14255550123",
    "date": 'a date, such as "2026-11-26"',
    "time": 'a time, such as "09:00"',
    "money": 'an amount, such as "35.00 USD"',
    "duration": "a number of seconds",
    "yes_no": "true or false",
}


def _or_like(name: str, known: Mapping[str, object]) -> str:
    guess = nearest(name, list(known))
    there = f"; did you mean {guess}?" if guess else (f"; it has {listed(sorted(known), 'and')}" if known else "")
    return f"{name}]{there}"


def _wrong(field: str, problem: str) -> Refused:
    return Refused(422, "this call is not made", [Problem(field=field, problem=problem)])
