"""One turn of the machine: a call that is being moved by one event, and the effects that come out.

The only mutable thing in the machine; it lives as long as one `step`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from dsl import Program
from dsl.ast import Prompt as ScriptPrompt
from dsl.ast import Text
from interpreter import opening
from interpreter.machine.state import After, Call, Step, Trace, Waiting
from interpreter.protocol import ClearTimer, Effect, Play, PlayAudio, Prompt, SayText, SetTimer
from interpreter.values import Value, render

SECONDS_PER_WORD = 0.35
"""How long a spoken word takes: the definition of the scenarios, on which only watchdogs depend here."""
WATCH_SLACK = 30.0
"""Seconds beyond the expected end of an operation after which its callback counts as lost."""
AUDIO_LIMIT = 600.0
"""The longest recording that is waited for, in seconds: its length is not known here."""


class Turn:
    """A call in motion. Functions of the machine read ``call`` and change it through `update`."""

    def __init__(self, program: Program, call: Call, at: float) -> None:
        self.program = program
        self.call = _own(call)
        self.at = at
        self.effects: list[Effect] = []
        self.trace: list[Trace] = []

    def step(self) -> Step:
        return Step(self.call, tuple(self.effects), tuple(self.trace))

    def update(self, **changes: object) -> None:
        """Change the turn's own copy of the call. Nobody else holds it until `step` gives it away, frozen again:
        making a new one for every change took most of a step's time."""
        for name, value in changes.items():
            object.__setattr__(self.call, name, value)

    def note(self, kind: Literal["entered", "took", "error", "ignored"], detail: str = "", offset: int = -1) -> None:
        self.trace.append(Trace(kind, self.call.block, detail, offset))

    def op(self) -> str:
        """A new operation name: a number that never repeats within the call, and the block for whoever reads it."""
        self.update(ops=self.call.ops + 1)
        return f"{self.call.ops}.{self.call.block or 'call'}"

    def timer(self, name: str, seconds: float) -> None:
        """Set or replace a timer."""
        others = tuple(timer for timer in self.call.armed if timer[0] != name)
        self.update(timers=self.call.timers + 1, armed=(*others, (name, self.call.timers + 1)))
        cleared = ClearTimer(name)
        if cleared in self.effects:  # setting a timer replaces it: no need to clear it first
            self.effects.remove(cleared)
        self.effects.append(SetTimer(name, self.call.timers, self.at + seconds))

    def wait(
        self,
        kind: Literal["answer", "prompt", "input", "transfer"],
        op: str,
        seconds: float,
        then: After | None = None,
        interruptible: bool = False,
    ) -> None:
        """Wait for the end of an operation that should take at most ``seconds``."""
        self.update(waiting=Waiting(kind, op, then, interruptible))
        self.timer("watch", seconds + WATCH_SLACK)

    def stop_waiting(self) -> None:
        """The operation has ended: forget it and its timers."""
        self.effects += (ClearTimer(name) for name, _ in self.call.armed)
        self.update(waiting=None, armed=())

    def play(self, prompts: tuple[Prompt, ...], then: After, interruptible: bool = False) -> None:
        """Let the caller hear something, then go on."""
        op = self.op()
        self.effects.append(Play(op, prompts, self.program.language, self.program.voice))
        self.wait("prompt", op, longest(prompts), then, interruptible)

    def say(self, text: Text) -> str | None:
        """The text as it is spoken now, ``None`` when one of its values is missing."""
        return render(text, Scope(self))

    def prompts(self, contents: tuple[Text | ScriptPrompt, ...]) -> tuple[Prompt, ...] | None:
        """Texts and recordings in order, neighbouring texts spoken as one. ``None`` when a value is missing."""
        found: list[Prompt] = []
        for content in contents:
            if isinstance(content, ScriptPrompt) and content.file:
                found.append(PlayAudio(content.content.plain))
                continue
            said = self.say(content.content if isinstance(content, ScriptPrompt) else content)
            if said is None:
                return None
            if found and isinstance(found[-1], SayText):
                said = f"{found.pop().text} {said}"  # type: ignore[union-attr]
            found.append(SayText(said))
        return tuple(found)


_FIELDS = tuple(field.name for field in dataclasses.fields(Call))


def _own(call: Call) -> Call:
    copy = object.__new__(Call)
    for name in _FIELDS:
        object.__setattr__(copy, name, getattr(call, name))
    return copy


def longest(prompts: tuple[Prompt, ...]) -> float:
    """An upper bound, in seconds, of how long the prompts take: twice the expected time of a text."""
    return sum(AUDIO_LIMIT if isinstance(p, PlayAudio) else 2 * SECONDS_PER_WORD * _words(p.text) for p in prompts)


def _words(text: str) -> int:
    """Words, and each character of a script that is written without spaces (Thai and everything east of it)."""
    if text.isascii():
        return len(text.split())
    return len(text.split()) + sum(character >= "\u0e00" for character in text)


class Scope(Mapping[str, Value]):
    """The values that a script can name at this moment of a call."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    def __getitem__(self, path: str) -> Value:
        call = self._turn.call
        for name, value in call.variables:
            if name == path:
                return value
        match path:
            case "caller.number":
                return call.caller
            case "caller.name":
                return call.caller_name
            case "called.number":
                return call.called
        owner, _, property_name = path.partition(".")
        if owner in self._turn.program.hours and property_name in ("opens_again", "holiday"):
            return self._hours(owner, property_name)
        raise KeyError(path)

    def __iter__(self) -> Iterator[str]:
        yield from ("caller.number", "caller.name", "called.number")
        yield from (name for name, _ in self._turn.call.variables)
        for name in self._turn.program.hours:
            yield from (f"{name}.opens_again", f"{name}.holiday")

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _hours(self, name: str, property_name: str) -> Value:
        hours = self._turn.program.hours[name]
        zone, at = self._turn.program.timezone_of(hours), self._turn.at
        if not opening.is_zone(zone):
            return None
        if property_name == "holiday":
            return opening.opening_at(hours, zone, at).holiday or None
        moment = opening.next_opening(hours, zone, at)
        return opening.spoken_opening(moment, datetime.fromtimestamp(at, ZoneInfo(zone))) if moment else None
