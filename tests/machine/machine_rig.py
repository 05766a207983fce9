"""What the tests of the machine share: scripts, moments, calls by plan, and a call that is fed event by event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from dsl import Program, Source, check, parse
from dsl.bundle import used_names
from interpreter import phone
from interpreter.machine import Call, Step, begin, step
from interpreter.protocol import CallOffered, Connected, Effect, Event, Finished
from interpreter.simulate import Simulation

SCRIPTS = Path(__file__).parents[2] / "scripts"
EVERY = [path for path in SCRIPTS.glob("*.ivr") if not path.stem.endswith("_test")]
USED = {name for path in EVERY for name in used_names(path.read_text(encoding="utf-8"))}
SAMPLES = sorted(path for path in EVERY if path.name not in USED)
NEW_YORK = "America/New_York"
WORD = 0.35
"""Seconds that a spoken word takes, by the definition of the scenarios."""

E = TypeVar("E")


def program(text: str) -> Program:
    """A script that lints without errors."""
    checked = check(Source("test.ivr", text), read=lambda name: (SCRIPTS / name).read_text(encoding="utf-8"))
    assert checked.program is not None, [finding.headline for finding in checked.errors]
    return checked.program


def unchecked(text: str) -> Program:
    """A script as it is, with whatever mistakes it has."""
    source = Source("test.ivr", text)
    return Program(source, parse(source).script)


def sample(name: str) -> str:
    return (SCRIPTS / f"{name}.ivr").read_text(encoding="utf-8")


def moment(text: str, zone: str = NEW_YORK, fold: int = 0) -> float:
    """A wall clock time of a zone in epoch seconds; ``fold`` 1 is the second of two such times."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


MONDAY = moment("2026-03-02 10:00")


def call(
    script: Program, plan: str = "", at: float = MONDAY, switches: tuple[tuple[str, bool], ...] = ()
) -> Simulation:
    """A whole call: the actions of ``plan``, one a line or separated by ``;``, then silence until it is over."""
    simulation = Simulation(script, at, switches=switches)
    phone.run_plan(simulation, phone.read_plan(plan.replace(";", "\n")))
    return simulation


def seconds(text: str) -> float:
    """How long a text takes when it is spoken."""
    return WORD * len(text.split())


@dataclass
class Fed:
    """A call that is given one event after the other, with everything that came out."""

    script: Program
    now: float = MONDAY
    state: Call = field(default_factory=lambda: begin("c"))
    events: list[Event] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def give(self, event: Event) -> Step:
        moved = step(self.script, self.state, event)
        self.state = moved.call
        self.events.append(event)
        self.steps.append(moved)
        return moved

    def offer(self) -> Fed:
        """Let the call come in."""
        self.give(CallOffered(self.now, "+14255550100", "+18005550100"))
        return self

    def connect(self) -> Fed:
        """Let the call come in and be answered."""
        self.offer()
        self.give(Connected(self.now, self.op))
        return self

    @property
    def op(self) -> str:
        """The operation that the call waits for."""
        assert self.state.waiting is not None, "the call waits for nothing"
        return self.state.waiting.op

    @property
    def effects(self) -> list[Effect]:
        return [effect for moved in self.steps for effect in moved.effects]

    @property
    def end(self) -> Finished | None:
        found = of(self.effects, Finished)
        assert len(found) <= 1, "a call ends once"
        return found[0] if found else None

    def took(self) -> list[str]:
        """The outcomes taken so far, and the system errors."""
        traces = [trace for moved in self.steps for trace in moved.trace]
        return [t.detail if t.kind == "took" else "system error" for t in traces if t.kind in ("took", "error")]


def of(effects: Iterable[object], kind: type[E]) -> list[E]:
    return [effect for effect in effects if isinstance(effect, kind)]
