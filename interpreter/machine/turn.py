"""One turn of the machine: a call that is being moved by one event, and the effects that come out.

The only mutable thing in the machine; it lives as long as one `step`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from dsl import Program
from dsl.ast import Callback, Name, Text
from dsl.ast import Prompt as ScriptPrompt
from interpreter import opening
from interpreter.machine.state import After, Call, Purpose, Step, Trace, TraceKind, Waiting
from interpreter.protocol import (
    ClearTimer,
    Day,
    Effect,
    Play,
    PlayAudio,
    Prompt,
    Request,
    SayText,
    Seconds,
    SetTimer,
    TimeOfDay,
    Value,
    Verb,
)
from interpreter.spoken import waited_in_words
from interpreter.values import render

Kind: TypeAlias = Literal["answer", "prompt", "input", "transfer", "request", "silence", "center"]

SECONDS_PER_WORD = 0.35
"""How long a spoken word takes: the definition of the scenarios, on which only watchdogs depend here."""
WATCH_SLACK = 30.0
"""Seconds beyond the expected end of an operation after which its callback counts as lost."""
AUDIO_LIMIT = 600.0
"""The longest recording that is waited for, in seconds: its length is not known here."""


HOURS_VALUES = ("opens_again", "closes", "holiday", "is_open")
"""What hours know of the moment."""


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

    def note(self, kind: TraceKind, detail: str = "", offset: int = -1) -> None:
        self.trace.append(Trace(kind, self.call.block, detail, offset))

    def op(self) -> str:
        """A new operation name: a number that never repeats within the call, and the block for whoever reads it."""
        self.update(ops=self.call.ops + 1)
        return f"{self.call.ops}.{self.call.block or 'call'}"

    def timer(self, name: str, seconds: float) -> None:
        """Set or replace a timer."""
        others = tuple(timer for timer in self.call.armed if timer[0] != name)
        self.update(timers=self.call.timers + 1, armed=(*others, (name, self.call.timers + 1)))
        for number, effect in enumerate(self.effects):
            if type(effect) is ClearTimer and effect.timer == name:
                del self.effects[number]  # setting a timer replaces it: no need to clear it first
                break
        self.effects.append(SetTimer(name, self.call.timers, self.at + seconds))

    def wait(
        self,
        kind: Kind,
        op: str,
        seconds: float,
        then: After | None = None,
        interruptible: bool = False,
        purpose: Purpose = "",
    ) -> None:
        """Wait for the end of an operation that should take at most ``seconds``."""
        self.update(waiting=Waiting(kind, op, then, interruptible, purpose))
        self.timer("watch", seconds + WATCH_SLACK)

    def stop_waiting(self) -> None:
        """The operation has ended: forget it and its timers."""
        self.effects += (ClearTimer(name) for name, _ in self.call.armed)
        self.update(waiting=None, armed=())

    def play(self, prompts: tuple[Prompt, ...], then: After, interruptible: bool = False) -> None:
        """Let the caller hear something, then go on."""
        op = self.op()
        self.effects.append(Play(op, prompts, self.language, self.voice))
        self.wait("prompt", op, longest(prompts), then, interruptible)

    def request(
        self,
        verb: Verb,
        name: str,
        arguments: tuple[tuple[str, Value], ...] = (),
        expects: tuple[tuple[str, str], ...] = (),
        within: float = 0.0,
    ) -> str:
        """Ask another part of the house for something. Returns the operation's name."""
        op = self.op()
        self.effects.append(Request(op, verb, name, arguments, expects, within))
        return op

    @property
    def language(self) -> str:
        """What the call speaks now."""
        return self.call.language or self.program.language

    @property
    def voice(self) -> str:
        """Who speaks; "" for the host's own voice."""
        return self.program.voice_of(self.language)

    def text(self, text: Text) -> Text:
        """A text in the call's language; as written where it is written in that language or has no translation."""
        if self.language == self.program.language:
            return text
        found = self.program.translations.get(self.language, {}).get(self.program.key_of(text))
        return found[0] if found else text

    def phrases(self, texts: tuple[Text, ...]) -> tuple[str, ...]:
        """What a caller can say, in the call's language."""
        if self.language == self.program.language:
            return tuple(text.plain for text in texts)
        known = self.program.translations.get(self.language, {})
        return tuple(each.plain for text in texts for each in known.get(self.program.key_of(text)) or (text,))

    def say(self, text: Text) -> str | None:
        """The text as it is spoken now, ``None`` when one of its values is missing."""
        return render(self.text(text), Scope(self), self.language)

    def prompt(self, text: Text, language: Name | None = None, ssml: bool = False) -> SayText | None:
        """A sentence as it is spoken now; ``language`` where it has one of its own. ``None`` when a value is
        missing."""
        own = language.text if language is not None else ""
        said = render(text, Scope(self), own) if own else self.say(text)
        if said is None:
            return None
        if own == self.language:
            own = ""
        return SayText(said, own, self.program.voice_of(own) if own else "", ssml)

    def prompts(self, contents: tuple[Text | ScriptPrompt, ...]) -> tuple[Prompt, ...] | None:
        """Texts and recordings in order, neighbouring texts spoken as one. ``None`` when a value is missing."""
        found: list[Prompt] = []
        for content in contents:
            if isinstance(content, ScriptPrompt):
                if content.file:
                    found.append(PlayAudio(content.content.plain))
                    continue
                said = self.prompt(content.content, content.language, content.ssml)
            else:
                said = self.prompt(content)
            if said is None:
                return None
            last = found[-1] if found else None
            if isinstance(last, SayText) and not (last.ssml or said.ssml) and last.language == said.language:
                found.pop()
                said = SayText(f"{last.text} {said.text}", said.language, said.voice)
            found.append(said)
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
            case "heard.sentiment":
                return call.heard_sentiment
            case "heard.topic":
                return call.heard_topic
            case "language":
                return self._turn.language
            case "menu.meaning":
                return call.visit.meaning or None if call.visit is not None else None
            case "caller.waited":
                return Seconds(waited_in_words(self._turn.at - call.started))
            case "today" | "now":
                return self._clock(path)
        owner, _, property_name = path.partition(".")
        if owner in self._turn.program.hours and property_name in HOURS_VALUES:
            return self._hours(owner, property_name)
        for name, value in call.center:
            if name == path:
                return value if path != "queue.callback" else value is not False and self._is_open_then()
        if path == "queue.callback" and call.center:
            return self._is_open_then()
        raise KeyError(path)

    def _is_open_then(self) -> bool:
        """Whether a call back from this queue could be made at the time that is expected: in the hours of every promise
        of the script that keeps a place in it. What is not known is possible."""
        turn, center = self._turn, dict(self._turn.call.center)
        estimate = center.get("queue.estimate")
        due = turn.at + (estimate.value if isinstance(estimate, Seconds) else 0.0)
        for block in turn.program.blocks.values():
            if not isinstance(block, Callback) or block.hours is None:
                continue
            here = block.queue.text if block.queue is not None else turn.call.block
            hours = turn.program.hours.get(block.hours.text)
            zone = turn.program.timezone_of(hours) if hours is not None else ""
            known = here == turn.call.block and hours is not None and opening.is_zone(zone)
            if known and hours is not None and opening.opening_at(hours, zone, due).state != "open":
                return False
        return True

    def _clock(self, path: str) -> Value:
        """The date or the time of the flow's zone; UTC where it has none."""
        flow = self._turn.program.flow
        zone = flow.timezone.plain if flow and flow.timezone else "UTC"
        if not opening.is_zone(zone):
            return None
        here = datetime.fromtimestamp(self._turn.at, ZoneInfo(zone))
        return Day(here.date().isoformat()) if path == "today" else TimeOfDay(here.hour * 60 + here.minute)

    def __iter__(self) -> Iterator[str]:
        yield from ("caller.number", "caller.name", "caller.waited", "called.number", "language", "today", "now")
        yield from (name for name, _ in self._turn.call.variables)
        for name in self._turn.program.hours:
            yield from (f"{name}.{value}" for value in HOURS_VALUES)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _hours(self, name: str, property_name: str) -> Value:
        hours = self._turn.program.hours[name]
        zone, at = self._turn.program.timezone_of(hours), self._turn.at
        if not opening.is_zone(zone):
            return None
        if property_name == "is_open":
            switched = hours.emergency is not None and dict(self._turn.call.switches).get(hours.emergency.text, False)
            return not switched and opening.opening_at(hours, zone, at).state == "open"
        if property_name == "holiday":
            return opening.opening_at(hours, zone, at).holiday or None
        if property_name == "closes":
            closing = opening.next_closing(hours, zone, at)
            return TimeOfDay(closing.hour * 60 + closing.minute) if closing is not None else None
        moment = opening.next_opening(hours, zone, at)
        now = datetime.fromtimestamp(at, ZoneInfo(zone))
        return opening.spoken_opening(moment, now, self._turn.language) if moment else None
