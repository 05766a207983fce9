"""Where values come to: said aloud, recorded, written down, shown, kept.

A value is followed by what it is: exploring gives every entered value digits or words that nothing else has, and looks
for them in whatever leaves the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dsl import Program
from dsl.ast import Collect, tests
from interpreter.explore.graph import Node
from interpreter.explore.moves import Move
from interpreter.machine import Step
from interpreter.protocol import (
    Items,
    Money,
    Play,
    Recognize,
    Record,
    Request,
    SayText,
    Secret,
    Value,
)
from interpreter.values import spoken

_BY_VERB = {"brief": "brief", "notify": "notify", "remember": "memory"}


class Leaks:
    """Looks at every step for the values that promises speak of."""

    def __init__(self, program: Program, promises: Sequence[tests.Promise]) -> None:
        self._program = program
        self._wanted = [(promise, promise.pledge) for promise in promises if isinstance(promise.pledge, tests.Never)]
        self._found: dict[int, tuple[str, Node, Move]] = {}

    def first(self, promise: tests.Promise) -> tuple[str, Node, Move] | None:
        """Where a value comes to although it must not, and by which step."""
        return self._found.get(id(promise))

    def look(self, source: Node, move: Move, moved: Step) -> None:
        """Look at one step."""
        for promise, pledge in self._wanted:
            if id(promise) in self._found:
                continue
            sinks = {name.text for name in pledge.sinks}
            for sink in self._sinks(pledge.value.text, source, move, moved):
                if sink in sinks:
                    self._found[id(promise)] = (sink, source, move)
                    break

    def _sinks(self, name: str, source: Node, move: Move, moved: Step) -> Iterator[str]:
        """Where the value goes in this step."""
        block = self._program.blocks.get(source.call.block)
        entered = isinstance(block, Collect) and block.into is not None and block.into.text == name
        if isinstance(block, Collect) and entered and move.who == "caller":
            yield from _while_entered(source, block.secret)
        value = dict(moved.call.variables).get(name)
        texts = list(_texts(value))
        if value is not None and not isinstance(value, Secret):
            yield "log"  # every event of a call is kept in its journal
        for effect in moved.effects:
            if isinstance(effect, Play | Recognize):
                said = " ".join(each.text for each in effect.prompts if isinstance(each, SayText))
                if _holds(said, texts):
                    yield "speech"
                    yield from _heard_by_machines(moved)
            elif isinstance(effect, Request) and effect.verb in _BY_VERB:
                given = [text for _, each in effect.arguments for text in _texts(each)]
                if any(_holds(each, texts) for each in given) or _same(value, effect):
                    yield _BY_VERB[effect.verb]


def _while_entered(source: Node, secret: bool) -> Iterator[str]:
    if source.call.recording == "on":
        yield "recording"
    if source.call.transcript.state != "off":
        yield "transcript"
    if not secret:
        yield "log"


def _heard_by_machines(moved: Step) -> Iterator[str]:
    if moved.call.recording == "on":
        yield "recording"
    if moved.call.transcript.state != "off":
        yield "transcript"


def _texts(value: Value) -> Iterator[str]:
    """A value as it may be found in a text."""
    match value:
        case Record():
            for _, each in value.fields:
                yield from _texts(each)
        case Items():
            for each in value.values:
                yield from _texts(each)
        case Secret():
            if value.last:
                yield value.last
        case Money():
            yield value.amount
        case str():
            yield value
        case None | bool():
            return
        case _:
            yield spoken(value) or ""


def _holds(text: str, wanted: list[str]) -> bool:
    """Whether one of the texts is in another, also read out digit by digit."""
    close = text.replace(" ", "")
    return any(each and len(each) > 2 and (each in text or each.replace(" ", "") in close) for each in wanted)


def _same(value: Value, request: Request) -> bool:
    return value is not None and any(each is value or each == value for _, each in request.arguments)
