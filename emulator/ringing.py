"""Targets that are rung: by create, add and transfer. A person or a behaviour decides; a timer decides last."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import assert_never

from emulator import calls
from emulator.identifiers import Identifier, Json
from emulator.model import Phone, Ring
from emulator.plans import What, read_behaviour
from emulator.results import BUSY, DECLINED, NO_ANSWER, NO_ANSWER_TEAMS, NO_LICENCE, NO_PERMISSION, NOT_FOUND, Result
from emulator.world import World


def ring(
    world: World,
    target: Identifier,
    shown: Identifier,
    seconds: float,
    on_accept: Callable[[Phone], None],
    on_fail: Callable[[Result], None],
    context: Json | None = None,
) -> Ring:
    """Ring a target for so many seconds. Exactly one of the two outcomes follows, unless the ring is stopped."""
    behaviour = world.behaviours.get(target.key) or read_behaviour(world.config.default_behaviour)
    serial = next(world.counter)
    phone = Phone(f"phone-{serial}", target, shown, "target", context=context or {}, plan=deque(behaviour.plan))
    made = Ring(f"ring-{serial}", phone, lambda: on_accept(phone), on_fail)
    phone.ring = made.id
    world.add(phone)
    world.rings[made.id] = made
    world.note(phone, "rang", shown.label)
    unanswered = NO_ANSWER_TEAMS if target.teams else NO_ANSWER
    made.timer = world.clock.call_later(seconds, lambda: fail(world, made, unanswered, "no answer"))
    if behaviour.what not in ("ask", "no answer"):
        made.behaviour = world.clock.call_later(behaviour.after, lambda: _behave(world, made, behaviour.what))
    return made


def _behave(world: World, made: Ring, what: What) -> None:
    match what:
        case "accept" | "voicemail":
            accept(world, made)
        case "decline":
            fail(world, made, DECLINED, "declined")
        case "busy":
            fail(world, made, BUSY, "busy")
        case "fail":
            fail(world, made, NOT_FOUND, "failed")
        case "no permission":
            fail(world, made, NO_PERMISSION, "failed")
        case "unreachable":
            fail(world, made, NO_ANSWER_TEAMS, "failed")
        case "no licence":
            fail(world, made, NO_LICENCE, "failed")
        case "no answer" | "ask":
            return
        case _:
            assert_never(what)


def accept(world: World, made: Ring) -> None:
    """The target takes the call."""
    if _settle(world, made):
        made.phone.ring = None
        made.on_accept()


def fail(world: World, made: Ring, result: Result, reason: str) -> None:
    """The target does not take the call."""
    if _settle(world, made):
        made.phone.ring = None
        calls.end_phone(world, made.phone, "service" if reason in ("no answer", "failed") else "target", reason)
        made.on_fail(result)


def ignore(world: World, made: Ring) -> None:
    """The target lets it ring: whatever it would have done by itself is off."""
    if made.behaviour is not None:
        made.behaviour.cancel()
        made.behaviour = None


def _settle(world: World, made: Ring) -> bool:
    if world.rings.pop(made.id, None) is None:
        return False
    for handle in (made.timer, made.behaviour):
        if handle is not None:
            handle.cancel()
    return True
