"""Events, effects and calls as text, and the replay of a journal.

The text is JSON: a frozen dataclass becomes an object whose key ``$`` is the class's name, a tuple becomes an array.
It is read with a closed list of classes, so a text can make nothing else.

Reading is tolerant in one direction: a field that the text lacks takes its default, so a class may grow fields with
defaults. Everything unknown (class, field, a missing field without default) is a `JournalError`, not a guess.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar, cast, get_args, get_type_hints

from dsl import Program
from interpreter.machine import Call, Step, begin, step
from interpreter.protocol import Effect, Event

P = TypeVar("P")
T = TypeVar("T")

TAG = "$"

_Getter = Callable[[Any], tuple[Any, ...]]


class JournalError(ValueError):
    """A text that this version of the program cannot read."""


def _field_reader(names: tuple[str, ...]) -> _Getter:
    # attrgetter gives a bare value for one name and refuses none at all.
    if not names:
        return lambda _value: ()
    if len(names) == 1:
        get = attrgetter(names[0])
        return lambda value: (get(value),)
    return attrgetter(*names)


def _dataclasses_in(hint: Any, found: dict[str, type]) -> None:
    """Collect every dataclass that a type hint reaches, through unions, tuples and fields."""
    if isinstance(hint, type) and is_dataclass(hint):
        known = found.get(hint.__name__)
        if known is hint:
            return
        if known is not None:
            raise TypeError(f"two classes are named {hint.__name__}: {known.__module__} and {hint.__module__}")
        found[hint.__name__] = hint
        for inner in get_type_hints(hint).values():
            _dataclasses_in(inner, found)
    for argument in get_args(hint):
        _dataclasses_in(argument, found)


def _tuples(values: list[Any]) -> tuple[Any, ...]:
    return tuple(_tuples(value) if type(value) is list else value for value in values)


class Codec(Generic[T]):
    """Turns values of the classes that ``roots`` reach into text and back. Build it once: it inspects the classes."""

    __slots__ = ("_classes", "_encoder", "_readers")

    def __init__(self, *roots: Any) -> None:
        self._classes: dict[str, type] = {}
        for root in roots:
            _dataclasses_in(root, self._classes)
        self._readers: dict[type, tuple[tuple[str, ...], _Getter]] = {}
        for kind in self._classes.values():
            names = tuple(field.name for field in fields(kind))
            self._readers[kind] = ((TAG, *names), _field_reader(names))
        # The C encoder walks texts, numbers and tuples by itself and asks only for dataclasses.
        self._encoder = json.JSONEncoder(separators=(",", ":"), default=self._plain, check_circular=False)

    def _plain(self, value: Any) -> dict[str, Any]:
        reader = self._readers.get(type(value))
        if reader is None:
            raise TypeError(f"{type(value).__name__} is not among the classes that are kept")
        names, get = reader
        return dict(zip(names, (type(value).__name__, *get(value)), strict=True))

    def encode(self, value: T) -> str:
        """Compact ASCII text. Raises TypeError for a value outside the classes of this codec."""
        return self._encoder.encode(value)

    def decode(self, text: str) -> T:
        """The value again. Raises `JournalError` when the text is not one of ours or of a newer version."""
        try:
            value = json.loads(text, object_hook=self._build)
        except (ValueError, RecursionError) as error:
            raise error if isinstance(error, JournalError) else JournalError(f"not readable: {error}") from error
        if type(value) not in self._readers:
            raise JournalError(f"not a kept value: {text[:40]!r}")
        return cast(T, value)

    def _build(self, values: dict[str, Any]) -> Any:
        name = values.pop(TAG, None)
        kind = self._classes.get(name) if isinstance(name, str) else None
        if kind is None:
            raise JournalError(f"unknown class {name!r}")
        for key, value in values.items():
            if type(value) is list:
                values[key] = _tuples(value)
        try:
            return kind(**values)
        except TypeError as error:
            raise JournalError(f"{name}: {error}") from error


PROTOCOL: Codec[Event | Effect] = Codec(Event, Effect)
"""Events and effects: what the journal and the outbox hold."""

CALLS: Codec[Call] = Codec(Call)
"""The machine's state of a call."""


def decode_event(text: str) -> Event:
    """An event of the journal. Raises `JournalError`, also for a text that holds an effect."""
    value = PROTOCOL.decode(text)
    if not isinstance(value, get_args(Event)):
        raise JournalError(f"{type(value).__name__} is not an event")
    return cast(Event, value)


def replay(program: Program, call_id: str, events: Iterable[Event]) -> list[Step]:
    """The steps of a call from its beginning. The same journal gives the same effects: neither clock nor chance has a
    part in them."""
    return fold(step, program, begin(call_id), events)


S = TypeVar("S", bound="_Stepped")


class _Stepped(Protocol):
    @property
    def call(self) -> Any: ...


def fold(step: Callable[[P, T, Event], S], program: P, call: T, events: Iterable[Event]) -> list[S]:
    """The steps that ``events`` lead to from ``call`` on, with any machine."""
    steps = []
    for event in events:
        taken = step(program, call, event)
        call = taken.call
        steps.append(taken)
    return steps
