"""Whatever is reported of a contact center's requests, in whatever order: no call is harmed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from center_scripts import ACCEPT, CONSULT, ENTERED, MAILBOX, PAY, QUEUE, SURVEY, script
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from machine_rig import MONDAY, Fed, of, unchecked
from test_machine_any import World as AnyWorld

from dsl import Program
from interpreter import phone
from interpreter.machine import Step
from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    CallOffered,
    Connected,
    Disconnected,
    Event,
    Money,
    PlayEnded,
    Recognized,
    Reported,
    Request,
    ToneHeard,
    Value,
    Withdraw,
)
from interpreter.simulate import CENTER, Simulation

ANY = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
DIAL = """\
dial it
    number caller.number
    answered                               -> after
    no answer or busy or invalid or failed -> broken

step after
    finish handled
"""
CALLBACK = """\
callback it
    number caller.number
    scheduled or invalid number or already scheduled or not available or failed -> after

step after
    finish handled
"""
BLOCKS = {
    "queue": QUEUE,
    "voicemail": MAILBOX,
    "transfer": ACCEPT,
    "consult": CONSULT,
    "pay": PAY,
    "survey": SURVEY,
    "dial": DIAL,
    "callback": CALLBACK,
}
PROGRAMS = {name: unchecked(script(blocks)) for name, blocks in BLOCKS.items()}
OUTCOMES = sorted({outcome for outcomes in CENTER.values() for outcome in outcomes} | {"", "exploded"})
VALUES: tuple[tuple[tuple[str, Value], ...], ...] = (
    (),
    (("position", 3.0), ("estimate", "soon")),
    (("reference", "4711"),),
    (("reference", Money("1.00", "USD")), ("text", True)),
)


@dataclass(frozen=True)
class Happening:
    kind: str
    which: int
    outcome: str
    values: tuple[tuple[str, Value], ...]
    later: float


happenings = st.lists(
    st.builds(
        Happening,
        kind=st.sampled_from(
            ("reported",) * 6 + ("ended", "failed", "refused", "tone", "key", "timer", "timer", "gone")
        ),
        which=st.integers(0, 9),
        outcome=st.sampled_from(OUTCOMES),
        values=st.sampled_from(VALUES),
        later=st.sampled_from((0.0, 0.5, 30.0, 3600.0)),
    ),
    max_size=40,
)


class World(AnyWorld):
    """Gives a call whatever happens in a contact center; what must always hold is checked as for any script."""

    def happen(self, it: Happening) -> Event:
        at, op = self.fed.now, self._op(it.which)
        match it.kind:
            case "reported":
                return Reported(at, op, it.outcome, it.values)
            case "ended":
                return PlayEnded(at, self._op(8))
            case "failed":
                return ActionFailed(at, op, 400, (8535, 8510, 8508)[it.which % 3])
            case "refused":
                return ActionRefused(at, op, 500)
            case "tone":
                return ToneHeard(at, it.which, str(it.which))
            case "key":
                return Recognized(at, op, 200, 8531, str(it.which))
            case "gone":
                return Disconnected(at, 200, 540000)
            case _:
                due = sorted(self.timers.values(), key=lambda timer: timer.due)
                return self._fire(due[it.which % len(due)]) if due else Disconnected(at, 200, 540000)


@pytest.mark.parametrize("name", PROGRAMS)
@given(happened=happenings)
@ANY
def test_no_order_of_reports_harms_a_call(name: str, happened: list[Happening]) -> None:
    world = World(PROGRAMS[name], MONDAY)
    world.give(CallOffered(MONDAY, "+14255550100", "+18005550100"))
    world.give(Connected(MONDAY, world.fed.op))
    for each in happened:
        world.fed.now += each.later
        world.give(world.happen(each))
    world.check_journal()
    asked = [each.op for each in of(world.fed.effects, Request)]
    taken_back = [each.request for each in of(world.fed.effects, Withdraw)]
    assert set(taken_back) <= set(asked)
    assert len(taken_back) == len(set(taken_back)), "a request is taken back once"
    reported = {event.op for event in world.fed.events if isinstance(event, Reported)}
    assert name != "pay" or len([op for op in asked if ".payment" in op]) <= 1, reported


@pytest.mark.parametrize("name", PROGRAMS)
def test_silence_of_the_whole_house_strands_nobody(name: str) -> None:
    """Nothing is ever reported: the limits of the machine alone lead out."""
    world = World(PROGRAMS[name], MONDAY)
    world.give(CallOffered(MONDAY, "+14255550100", "+18005550100"))
    world.give(Connected(MONDAY, world.fed.op))
    for _ in range(600):
        if world.fed.state.finished:
            return
        world.give(world._fire(min(world.timers.values(), key=lambda timer: timer.due)))
    pytest.fail("the call does not end")


def _repeated(program: Program, events: list[Event]) -> tuple[Step, ...]:
    fed = Fed(program)
    for event in events:
        fed.give(event)
        before = fed.state
        if not isinstance(event, CallOffered | Connected):
            again = fed.give(event)
            assert again.call == before or again.effects == (), type(event).__name__
    return tuple(fed.steps)


@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("queue", "queue position 3; wait 200s; queue connected; queue answered after 60s"),
        ("queue", "wait 10s; press 2"),
        ("voicemail", "wait 10s; hang up"),
        ("consult", "consult connected; consult joined after 5s"),
        ("survey", "press 1; press 3; press 1; voicemail saved"),
        ("pay", ENTERED + 'pay paid { reference "1" } after 3s'),
    ],
)
def test_events_that_come_twice_do_nothing_twice(name: str, plan: str) -> None:
    simulation = Simulation(PROGRAMS[name], MONDAY)
    phone.run_plan(simulation, phone.read_plan(plan.replace(";", "\n")))
    twice = _repeated(PROGRAMS[name], simulation.events)
    assert twice[-1].call.finished
    assert twice[-1].call.result == simulation.call.result
    asked = [each for moved in twice for each in of(moved.effects, Request)]
    assert len(asked) == len({each.op for each in asked})
