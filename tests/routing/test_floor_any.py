"""Whatever happens in whatever order: the floor stays sound, is the same after a restart, and takes no offence."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from floor_rig import MONDAY
from hypothesis import given
from hypothesis import strategies as st
from random_events import RULES, pick

from interpreter.journal import Codec
from interpreter.routing import Floor, handle
from interpreter.routing.protocol import Due, Effect, Entered, Invited, Left, Seen, SetTimer, SignedIn, Wanted
from interpreter.routing.snapshot import Snapshot, restored, snapshot

SNAPSHOTS: Codec[Snapshot] = Codec(Snapshot)
NUMBERS = st.lists(st.integers(0, 10**12), max_size=120)


def again(floor: Floor) -> Floor:
    """The floor after a restart."""
    return restored(SNAPSHOTS.decode(SNAPSHOTS.encode(snapshot(floor, 1))), RULES)


def run(floor: Floor, numbers: list[int], at: float) -> tuple[list[tuple[Effect, ...]], float]:
    found = []
    for number in numbers:
        at += number % 7
        event = pick(floor, at, number // 7)
        at = event.at
        found.append(handle(floor, event))
    return found, at


def sound(floor: Floor) -> None:
    """What is true after every event."""
    free = {name for name, agent in floor.agents.items() if agent.can_take}
    assert set(floor.free.keys) == free
    for agent in floor.agents.values():
        assert len(agent.legs) <= 2 + sum(floor.legs[name].state in ("stopping", "removing") for name in agent.legs)
        assert all(floor.legs[name].agent == agent.name for name in agent.legs)
        assert agent.name not in free or floor.free.keys[agent.name] == (agent.profile, agent.keys)
    for caller in floor.callers.values():
        waits = not caller.legs and not caller.connected
        assert waits == (caller.entry in floor.waiting.classes)
        assert not (caller.legs and caller.connected)
        assert all(floor.legs[name].entry == caller.entry for name in caller.legs)
        assert not waits or floor.waiting.classes[caller.entry] == caller.wanted
    for leg in floor.legs.values():
        assert leg.state == "in" or {f"ring:{leg.name}", f"confirm:{leg.name}"} & set(floor.timers), "it would stay"
    staffed = [agent.profile for agent in floor.agents.values() if agent.staffs]
    assert floor.staff == {profile: staffed.count(profile) for profile in staffed}


@given(NUMBERS)
def test_random_events_leave_the_floor_sound(numbers: list[int]) -> None:
    floor, at = Floor(RULES), MONDAY
    for number in numbers:
        _, at = run(floor, [number], at)
        sound(floor)


@given(NUMBERS, NUMBERS)
def test_after_random_events_a_restored_floor_goes_on_as_the_original_does(first: list[int], then: list[int]) -> None:
    floor = Floor(RULES)
    _, at = run(floor, first, MONDAY)
    other = again(floor)
    sound(other)
    assert run(other, then, at) == run(floor, then, at)
    assert snapshot(other, 2) == snapshot(floor, 2)


@given(NUMBERS)
def test_random_events_that_come_twice_come_once(numbers: list[int]) -> None:
    """The second time nothing is told, nobody is rung, and nothing changes but the numbers of timers."""
    floor, at = Floor(RULES), MONDAY
    for number in numbers:
        at += number % 7
        event = pick(floor, at, number // 7)
        at = event.at
        handle(floor, event)
        if isinstance(event, SignedIn | Wanted | Seen | Entered | Invited | Left):
            continue  # not the host's
        before = snapshot(floor, 0)
        effects = handle(floor, event)
        kinds = {type(each).__name__ for each in effects}
        assert kinds <= {"SetTimer", "Probe", "Remove", "EndAside"}, (event, effects)
        assert not isinstance(event, Due) or not effects
        assert _timeless(snapshot(floor, 0)) == _timeless(before), event


def _timeless(kept: Snapshot) -> Snapshot:
    legs = tuple(replace(each, probes=0, asked=False) for each in kept.legs)
    timers = tuple(sorted((name, 0, 0.0) for name, _, _ in kept.timers))
    return replace(kept, numbers=0, timers=timers, legs=legs)


def test_long_random_days_leave_the_floor_sound_and_can_be_taken_up_again() -> None:
    for seed in range(60):
        random = Random(seed)
        floor, at = Floor(RULES), MONDAY
        for _ in range(250):
            found, at = run(floor, [random.randrange(10**12)], at)
            sound(floor)
            assert all(each.due >= at for each in found[0] if isinstance(each, SetTimer))
        other, numbers = again(floor), [random.randrange(10**12) for _ in range(100)]
        assert run(other, numbers, at) == run(floor, numbers, at)
