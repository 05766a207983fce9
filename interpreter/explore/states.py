"""When two calls are in the same state: when nothing that can still happen tells them apart.

Numbers of operations and timers, values on which no way depends and counts that nobody asks for do not count.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from dsl import Program
from dsl.ast import Collect, Menu, Queue
from interpreter.explore.abstraction import Abstraction
from interpreter.explore.graph import Start
from interpreter.explore.liveness import CALLER, MOMENT, SWITCHES, Liveness
from interpreter.machine import Call, Visit
from interpreter.machine.ends import MOST_ERRORS
from interpreter.protocol import Record, Secret, Value

NONE: frozenset[str] = frozenset()
_KEPT = ("talking", "records", "remark", "at", "tries")
"""What a block of the center keeps in mind and acts on."""


@dataclass
class States:
    """The key of a call's state."""

    program: Program
    abstraction: Abstraction
    _asked: dict[str, tuple[bool, bool, bool, bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._roots = self.abstraction.roots()
        self._live = Liveness(self.program)
        for name, block in self.program.blocks.items():
            if isinstance(block, Menu | Collect):
                whats = {after.what for after in block.afters}
                texts = any(len(check.otherwise) > 1 for check in block.checks) if isinstance(block, Collect) else False
                self._asked[name] = ("silences" in whats, "wrong" in whats, "failed" in whats or texts, True)

    def key(self, call: Call, start: Start, moment: int) -> Hashable:
        """Equal for calls that are in the same state. ``start`` is how the call began, ``moment`` when it is."""
        if call.finished:
            return (call.ending, call.result, call.block, call.errors > MOST_ERRORS)
        alive = self._live.inside.get(call.block)
        for frame in call.frames:
            alive = (alive or NONE) | self._live.behind.get(frame.block, NONE)
        waiting = call.waiting
        waits: Hashable = None
        if waiting is not None:
            waits = (waiting.kind, waiting.then, waiting.purpose, bool(waiting.filler), waiting.told)
        return (
            call.block,
            waits,
            self._visit(call.visit) if call.visit is not None else None,
            self._variables(call.variables, alive) if call.variables else (),
            moment if alive is None or MOMENT in alive else 0,
            start.caller if alive is None or CALLER in alive else "",
            start.switches if alive is None or SWITCHES in alive else (),
            start.arguments if alive is None else (),
            call.language,
            call.frames,
            call.back,
            self._counters(call.counters) if call.counters else (),
            call.recording,
            call.transcribing,
            call.streaming,
            call.transcript.state,
            call.audio.state,
            call.heard_sentiment,
            call.heard_topic,
            call.paused,
            call.errors > 0,
            call.gone,
            call.ending,
            call.result,
            call.phase,
            self._center(call) if call.center else (),
            tuple(sorted(name for name, _ in call.armed if not name.startswith("announce"))) if call.armed else (),
            call.ringing[-1][1] if call.ringing else "",
            tuple(tone for _, tone in call.heard),
            call.owed,
        )

    def _variables(self, values: tuple[tuple[str, Value], ...], alive: frozenset[str] | None) -> Hashable:
        """What can still be asked for: its name, and what matters of it."""
        kept = (pair for pair in values if alive is None or pair[0] in alive)
        return tuple(sorted((name, self._value(name, value)) for name, value in kept))

    def _visit(self, visit: Visit) -> Hashable:
        silences, wrong, failed, _ = self._asked.get(visit.block, (True, True, True, True))
        return (
            visit.tries,
            visit.silences if silences else 0,
            visit.wrong if wrong else 0,
            visit.repeats,
            visit.speech_failures,
            visit.keys_only,
            visit.prefix,
            visit.failed if failed else (),
            visit.check,
            visit.confirming,
            visit.counting,
            visit.cause if visit.counting else "",
            visit.meaning if visit.confirming else "",
        )

    def _value(self, name: str, value: Value) -> str:
        """As text: values of different kinds have no order. Only what matters of it."""
        if name not in self._roots:
            return ""
        if isinstance(value, Record):
            compared = self.abstraction.compared
            whole = name in compared
            return repr([pair for pair in value.fields if whole or f"{name}.{pair[0]}" in compared])
        if isinstance(value, Secret):
            return f"{value.length} {value.luhn} {value.ahead}"
        return repr(value)

    def _counters(self, counters: tuple[tuple[str, float], ...]) -> Hashable:
        """A counter beyond its limit is at its limit."""
        return tuple(sorted((name, min(value, self._most(name))) for name, value in counters))

    def _most(self, name: str) -> float:
        counter = self.program.counters.get(name)
        return float(counter.most.value) if counter is not None and counter.most is not None else 1000.0

    def _center(self, call: Call) -> Hashable:
        block = self.program.blocks.get(call.block)
        offers = isinstance(block, Queue)
        found: list[tuple[str, str]] = []
        for name, value in call.center:
            if name in _KEPT or (offers and name.startswith("offered")):
                found.append((name, repr(value)))
            elif name in ("media", "speaks") or name == "answers":
                found.append((name, "yes" if value else ""))
            elif name in self.abstraction.compared:
                found.append((name, repr(value)))
        return tuple(sorted(found))
