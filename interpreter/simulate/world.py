"""The other side in a simulation: data, memory and recording that answer as the test says.

What nobody has given has a plain answer (nothing is found, checks are good, recordings start), and the transcript tells
that nothing was given. Memory works by itself and can be shared between calls, so that a second call meets what the
first one has kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import assert_never

from dsl.analysis.told import GIVEN
from interpreter.protocol import Day, Items, Money, Record, Request, Seconds, Secret, TimeOfDay, Value, Verb
from interpreter.understanding import sentence_of
from interpreter.understanding.words import understand
from interpreter.vault import Vault

GIVEN_VERBS = GIVEN
SILENT = float("inf")
"""Seconds after which something answers that never does."""

_PLAIN = {
    "lookup": "not found",
    "check": "yes",
    "action": "done",
    "remember": "done",
    "forget": "done",
    "record": "started",
    "transcribe": "started",
    "stream": "started",
    "notify": "sent",
    "brief": "done",
    "survey": "done",
    "tones": "done",
}
_DOUBTFUL = ("lookup", "check")
"""Where an answer that nobody has given is told to be one: the caller hears something else by it."""


@dataclass(frozen=True, slots=True)
class Given:
    """How a test lets one request end. ``name`` is empty for every one of its verb, ``after`` in seconds.

    ``when``: only where the request has these arguments (secrets in clear text). A check that has answers of this kind,
    of which none fits, is answered with no.
    """

    verb: Verb
    name: str
    outcome: str
    values: tuple[tuple[str, Value], ...] = ()
    after: float = 0.0
    when: tuple[tuple[str, Value], ...] = ()

    def is_for(self, request: Request) -> bool:
        return self.verb == request.verb and self.name in ("", request.name)

    def fits(self, request: Request, vault: Vault) -> bool:
        """Whether the request has the arguments that this answer is for."""
        arguments = dict(request.arguments)
        return all(_clear(arguments.get(name), vault) == value for name, value in self.when)


@dataclass(slots=True)
class Memory:
    """What calls keep for each other: values and counters with the time (epoch seconds) at which they are forgotten."""

    kept: dict[tuple[str, str, str], tuple[Value, float]] = field(default_factory=dict)

    def get(self, kind: str, name: str, key: str, now: float) -> Value:
        """What is kept, ``None`` when nothing is, or nothing any more."""
        value, until = self.kept.get((kind, name, key), (None, 0.0))
        return value if until > now else None

    def put(self, kind: str, name: str, key: str, value: Value, until: float) -> None:
        self.kept[kind, name, key] = (value, until)

    def drop(self, kind: str, name: str, key: str) -> None:
        self.kept.pop((kind, name, key), None)


@dataclass(slots=True)
class World:
    """Answers for requests. Several answers for one thing are given one after the other, the last one again and
    again."""

    given: list[Given] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    used: dict[tuple[str, str], int] = field(default_factory=dict)
    broken: list[Given] = field(default_factory=list)
    """Answers that go before everything that is given: what a fault does."""
    counted: dict[str, float] = field(default_factory=dict)
    """Where the counters stood before the call, for whatever key."""

    def give(self, answer: Given) -> None:
        """Add an answer. A counter that is given without an outcome stands at its value."""
        if answer.verb == "count" and not answer.outcome:
            value = dict(answer.values).get("value")
            self.counted[answer.name] = value if isinstance(value, float) else 0.0
        else:
            self.given.append(answer)

    def answers(self, verb: Verb) -> bool:
        """Whether requests of this verb are answered here at all: the others are people's business."""
        return verb in GIVEN_VERBS

    def answer(self, request: Request, now: float, vault: Vault) -> tuple[Given, bool]:
        """What becomes of a request, and whether a test has given it or it follows from what calls have kept."""
        fault = next((each for each in self.broken if each.is_for(request)), None)
        if fault is not None:
            return fault, True
        known = [each for each in self.given if each.is_for(request)]
        special = [each for each in known if each.when]
        fitting = [each for each in special if each.fits(request, vault)]
        found = fitting or [each for each in known if not each.when]
        if found:
            return _completed(request, self._in_turn(request, found)), True
        if special and request.verb == "check":
            return Given("check", request.name, "no"), True
        if request.verb in ("remember", "recall", "forget", "count"):
            return self._remembered(request, now), True
        if request.verb == "understanding":
            return _meant(request), True
        plain = Given(request.verb, request.name, _PLAIN.get(request.verb, "failed"))
        return plain, request.verb not in _DOUBTFUL

    def _in_turn(self, request: Request, found: list[Given]) -> Given:
        key = (request.verb, request.name)
        at = self.used.get(key, 0)
        self.used[key] = at + 1
        return found[min(at, len(found) - 1)]

    def _remembered(self, request: Request, now: float) -> Given:
        arguments = dict(request.arguments)
        key, name = str(arguments.get("key", "")), request.name
        seconds = arguments.get("seconds")
        until = now + (seconds if isinstance(seconds, float | int) else 0.0)
        match request.verb:
            case "remember":
                self.memory.put("value", name, key, arguments.get("value"), until)
                return Given("remember", name, "done")
            case "forget":
                self.memory.drop("value", name, key)
                return Given("forget", name, "done")
            case "recall":
                value = self.memory.get("value", name, key, now)
                values = (("value", value),) if value is not None else ()
                return Given("recall", name, "found" if values else "not found", values)
            case _:
                known = self.memory.get("count", name, key, now)
                count = (known if isinstance(known, float) else self.counted.get(name, 0.0)) + 1
                self.memory.put("count", name, key, count, until)
                most = arguments.get("most")
                reached = isinstance(most, float | int) and count >= most
                return Given("count", name, "reached" if reached else "counted", (("value", count),))


def _meant(request: Request) -> Given:
    """What a sentence means by its words: as on a site that binds no service for it."""
    found = understand(sentence_of(request))
    if found is None:
        return Given("understanding", request.name, "nothing")
    values = (("meaning", found.meaning), ("confidence", found.confidence))
    return Given("understanding", request.name, "understood", values)


def _completed(request: Request, answer: Given) -> Given:
    """A counter that is said to be at its limit, or below it, has a number that says so; what is understood without
    saying how sure that is, is sure."""
    if request.verb == "understanding" and answer.outcome == "understood":
        return replace(answer, values=tuple(({"confidence": 1.0} | dict(answer.values)).items()))
    if request.verb != "count" or answer.values or answer.outcome not in ("counted", "reached"):
        return answer
    most = dict(request.arguments).get("most")
    number = most if answer.outcome == "reached" and isinstance(most, float) else 1.0
    return replace(answer, values=(("value", number),))


def _clear(value: Value, vault: Vault) -> Value:
    return vault.open(value.ref) if isinstance(value, Secret) else value


def told(value: Value) -> str:
    """A value in a transcript; of a secret nothing."""
    match value:
        case Secret():
            return "****"
        case Money():
            return f"{value.amount} {value.currency}"
        case Day():
            return value.iso
        case TimeOfDay():
            return f"{value.minutes // 60:02d}:{value.minutes % 60:02d}"
        case Seconds():
            return f"{value.value:g}s"
        case Items():
            return ", ".join(told(each) for each in value.values)
        case Record():
            return ", ".join(f"{name} {told(each)}" for name, each in value.fields)
        case bool():
            return "yes" if value else "no"
        case float() | int():
            return f"{value:g}"
        case str():
            return value
        case None:
            return ""
        case _:
            assert_never(value)
