"""What holds for any script and any events in any order: the promises of `step`."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from machine_rig import MONDAY, SAMPLES, Fed, moment, of, program, sample, unchecked
from machine_scripts import scripts

from dsl import Program
from interpreter.journal import CALLS, PROTOCOL, decode_event, replay
from interpreter.machine import Step
from interpreter.phone import Action, HangUp, Press, Silent, Speak, SpeechFails, TargetDoes, Wait, act
from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    CallOffered,
    ClearTimer,
    Connected,
    Disconnected,
    Event,
    Finished,
    HostAction,
    Play,
    PlayEnded,
    Recognize,
    Recognized,
    SetTimer,
    TimerFired,
    ToneHeard,
    TransferAccepted,
    UseLine,
)
from interpreter.protocol import HangUp as HangUpAction
from interpreter.simulate import Simulation

KEPT = sample("s1_main_menu").replace("    phrases anywhere\n", "    phrases anywhere\n    type ahead keep\n")
PROGRAMS = {
    **{path.stem: program(path.read_text(encoding="utf-8")) for path in SAMPLES},
    "type ahead": program(KEPT),
    "type ahead, whole phrases": program(KEPT.replace("    phrases anywhere\n", "")),
}
SUB_CODES = (8531, 8514, 8533, 8545, 8569, 8532, 8510, 8534, 8547, 8563, 8564, 8565, 8570, 8508, 8511, 8512, 9999, 8535,
             560486, 560603, 560480, 560487, 8607, 7015, 540000, 0)  # fmt: skip


@dataclass(frozen=True)
class Move:
    """One thing that happens. What it happens to is decided by ``which`` when it is known what there is."""

    kind: str
    which: int
    sub_code: int
    text: str
    later: float


one_move = st.builds(
    Move,
    kind=st.sampled_from(
        ("expected",) * 12 + ("recognized", "failed", "tone", "again", "timer") * 2
        + ("connected", "ended", "refused", "accepted", "offered", "disconnected")
    ),
    which=st.integers(0, 9),
    sub_code=st.one_of(st.sampled_from(SUB_CODES), st.integers(-1, 10**6)),
    text=st.sampled_from(("", "1", "2", "7", "*", "#", "0", "12", "1234", "word0", "billing please", "9" * 5000)),
    later=st.sampled_from((0.0, 0.1, 5.0, 3600.0, 86400.0)),
)  # fmt: skip
moves = st.integers(0, 50).flatmap(lambda size: st.lists(one_move, min_size=size, max_size=size))


@dataclass
class World:
    """Gives a call whatever happens, and checks after each step what must always hold."""

    script: Program
    start: float = MONDAY
    fed: Fed = field(init=False)
    timers: dict[str, SetTimer] = field(default_factory=dict)
    ops: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fed = Fed(self.script, self.start)

    def make(self, move: Move) -> Event:
        at, op = self.fed.now, self._op(move.which)
        match move.kind:
            case "expected":
                return self._expected(at, move)
            case "offered":
                return CallOffered(at, "+14255550100", "+18005550100", (("s", move.which < 5),))
            case "connected":
                return Connected(at, op)
            case "ended":
                return PlayEnded(at, op)
            case "recognized":
                label = move.text if move.sub_code in (8533, 8545) else ""
                speech = move.text if move.sub_code == 8569 else ""
                return Recognized(at, op, 200, move.sub_code, "" if label or speech else move.text, label, speech)
            case "failed":
                return ActionFailed(at, op, 400, move.sub_code, "", move.text[:4])
            case "refused":
                return ActionRefused(at, op, 409)
            case "tone":
                return ToneHeard(at, move.which, move.text[:1] or "1")
            case "accepted":
                return TransferAccepted(at, op)
            case "disconnected":
                return Disconnected(at, 200, move.sub_code)
            case "again" if self.fed.events:
                return self.fed.events[-1 - move.which % len(self.fed.events)]
            case _:
                due = sorted(self.timers.values(), key=lambda timer: timer.due)
                if due and move.which < 8:
                    return self._fire(due[move.which % len(due)])
                return TimerFired(at, ("watch", "ring", "other")[move.which % 3], move.which)

    def _expected(self, at: float, move: Move) -> Event:
        """What a host that works says about what is awaited."""
        waiting = self.fed.state.waiting
        asked = of(self.fed.effects, Recognize)
        match waiting.kind if waiting else "nothing":
            case "prompt":
                return PlayEnded(at, self._op(0))
            case "input" if move.which < 2:
                return ActionFailed(at, self._op(0), 400, 8510)
            case "input" if asked[-1].choices:
                return Recognized(at, self._op(0), 200, 8545, label=str(move.which % len(asked[-1].choices)))
            case "input":
                tones = str(move.which) * asked[-1].max_tones
                return Recognized(at, self._op(0), 200, 8531, tones=tones[: 1 + move.sub_code % 4])
            case "transfer":
                code = ((486, 560486), (480, 560480), (603, 560603), (404, 560404))[move.which % 4]
                return ActionFailed(at, self._op(0), *code) if move.which < 9 else TransferAccepted(at, self._op(0))
            case _:
                return Connected(at, self._op(0))

    def _op(self, which: int) -> str:
        waiting = self.fed.state.waiting
        if waiting is not None and which < 7:
            return waiting.op
        return self.ops[which % len(self.ops)] if self.ops and which < 9 else "foreign"

    def _fire(self, timer: SetTimer) -> TimerFired:
        self.fed.now = max(self.fed.now, timer.due)
        return TimerFired(self.fed.now, timer.timer, timer.generation)

    def give(self, event: Event) -> None:
        before = self.fed.state
        moved = self.fed.give(event)
        if isinstance(event, TimerFired) and self._is_set(event):
            del self.timers[event.timer]
        if before.finished:
            assert moved.call == before
            assert moved.effects == ()
        if (isinstance(event, CallOffered) and before.phase != "new") or (
            isinstance(event, Connected) and before.phase != "ringing"
        ):
            assert moved.call == before, "a call is offered once and connected once"
            assert moved.effects == ()
        self._perform(moved)
        self._check(moved)

    def _is_set(self, event: TimerFired) -> bool:
        timer = self.timers.get(event.timer)
        return timer is not None and timer.generation == event.generation

    def _perform(self, moved: Step) -> None:
        for effect in moved.effects:
            match effect:
                case SetTimer():
                    assert effect.due > self.fed.events[-1].at
                    self.timers[effect.timer] = effect
                case ClearTimer():
                    self.timers.pop(effect.timer, None)
                case Finished():
                    assert effect is moved.effects[-1]
                case UseLine():
                    raise AssertionError("nobody is called here")
                case _:
                    assert effect.op not in self.ops, "an operation's name is used twice"
                    self.ops.append(effect.op)

    def _check(self, moved: Step) -> None:
        call = moved.call
        assert (self.fed.end is not None) is call.finished
        assert {name: timer.generation for name, timer in self.timers.items()} == dict(call.armed)
        assert len(of(moved.effects, Play | Recognize)) <= 1  # type: ignore[arg-type]
        if call.phase in ("ringing", "live"):
            assert call.waiting is not None, "nobody is stranded"
            assert call.waiting.op in self.ops
            assert self.timers, "nobody is stranded by a lost callback"
        if call.finished:
            assert not self.timers
            assert call.waiting is None

    def check_journal(self) -> None:
        """The same events once more, through their text: the same states and effects."""
        events = [decode_event(PROTOCOL.encode(event)) for event in self.fed.events]
        assert events == self.fed.events
        steps = replay(self.script, "c", events)
        assert steps == self.fed.steps
        for moved in steps:
            assert CALLS.decode(CALLS.encode(moved.call)) == moved.call
            assert all(PROTOCOL.decode(PROTOCOL.encode(effect)) == effect for effect in moved.effects)
        gone = self.fed.end is not None and self.fed.end.ending in ("transferred", "abandoned")
        assert not (gone and of(self.fed.effects, HangUpAction)), "who has left is not hung up"


def run(script: Program, happenings: list[Move], start: float) -> World:
    world = World(script, start)
    world.give(CallOffered(start, "", "+18005550100"))
    if not happenings or happenings[0].which:  # most calls are answered
        world.give(Connected(start, world.fed.op))
    for move in happenings:
        world.fed.now += move.later
        world.give(world.make(move))
    world.check_journal()
    return world


starts = st.sampled_from(
    (MONDAY, moment("2026-03-08 01:59:59"), moment("2028-02-29 12:30"), moment("2026-11-01 01:45"))
)
ANY = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.mark.parametrize("name", PROGRAMS)
@given(happenings=moves, start=starts)
@ANY
def test_no_order_of_events_harms_a_call(name: str, happenings: list[Move], start: float) -> None:
    world = run(PROGRAMS[name], happenings, start)
    # From here on every callback is lost: the watchdogs alone lead the caller out. A queue speaks every minute.
    for _ in range(200):
        if world.fed.state.finished:
            return
        world.give(world.make(Move("timer", 0, 0, "", 0.0)))
    pytest.fail("the call does not end")


@given(text=scripts(), happenings=moves, start=starts)
@ANY
def test_no_script_makes_the_machine_stumble(text: str, happenings: list[Move], start: float) -> None:
    """Not even one that the linter refuses."""
    run(unchecked(text), happenings, start)


@given(happenings=moves)
@ANY
def test_nothing_comes_of_events_before_a_call_is_offered(happenings: list[Move]) -> None:
    world = World(PROGRAMS["contoso"])
    for move in happenings:
        event = world.make(move)
        if not isinstance(event, CallOffered | Disconnected):
            world.give(event)
    assert world.fed.effects == []


intos = st.sampled_from((None, None, 0.0, 0.5, 2.0))
actions = st.one_of(
    st.builds(Press, st.text("0123456789*#", min_size=1, max_size=9), intos),
    st.builds(Speak, st.sampled_from(("my bill please", "billing", "agent", "uh")), intos),
    st.builds(Silent),
    st.builds(Wait, st.sampled_from((0.0, 1.0, 4.9, 30.0))),
    st.builds(TargetDoes, st.sampled_from(("answered", "no answer", "busy", "declined", "failed")), st.just(1.0)),
    st.builds(SpeechFails),
    st.builds(HangUp, intos),
)


@pytest.mark.parametrize("name", PROGRAMS)
@given(deeds=st.lists(actions, max_size=12))
@ANY
def test_a_simulated_call_is_the_machine_and_nothing_else(name: str, deeds: list[Action]) -> None:
    simulation = Simulation(PROGRAMS[name], MONDAY)
    for deed in deeds:
        if not simulation.over:
            act(simulation, deed)
    simulation.to_the_end()
    steps = replay(PROGRAMS[name], "simulated", simulation.events)
    assert steps[-1].call == simulation.call
    assert [trace for moved in steps for trace in moved.trace] == simulation.trace
    effects = [effect for moved in steps for effect in moved.effects]
    assert of(effects, Finished) == [simulation.end]
    assert effects[-1] == simulation.end
    assert len({effect.op for effect in effects if isinstance(effect, get_args(HostAction))}) == len(
        [effect for effect in effects if isinstance(effect, get_args(HostAction))]
    )
    times = [event.at for event in simulation.events]
    assert times == sorted(times)
    spoken = [line for line in simulation.lines if line.who == "ivr"]
    assert all(a.end <= b.t + 1e-6 for a, b in pairwise(spoken)), "one voice at a time"
    offered = {
        getattr(prompt, "text", None) or f"[{getattr(prompt, 'name', '')}]"
        for effect in of(effects, Play) + of(effects, Recognize)
        for prompt in effect.prompts
    }
    assert {line.text for line in spoken} <= offered
