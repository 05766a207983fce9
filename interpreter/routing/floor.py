"""`handle` moves the floor by one event: the only way in. Deterministic, and total: an event that has no meaning any
more changes nothing. What happens on the legs is in `legs`, which opens with its theory of operation."""

from __future__ import annotations

from typing import assert_never

from interpreter.routing import (
    agents,
    aside,
    callers,
    control,
    details,
    legs,
    lobby,
    matching,
    messages,
    moving,
    promises,
)
from interpreter.routing.protocol import (
    AgentAsks,
    Answered,
    Beat,
    Briefed,
    CallBack,
    CallBackWithdrawn,
    CallOver,
    Cancelled,
    Chime,
    Declines,
    Due,
    Effect,
    Entered,
    Event,
    Fetched,
    FileReady,
    Invited,
    Keyed,
    Left,
    Listened,
    Look,
    NotAnswered,
    NotHeld,
    People,
    Probed,
    Recording,
    Removed,
    Rung,
    Seen,
    SideOver,
    SideUp,
    SignedIn,
    Surveyed,
    TakeMessage,
    There,
    Unmuted,
    Wanted,
    Watch,
)
from interpreter.routing.state import Floor


def handle(floor: Floor, event: Event) -> tuple[Effect, ...]:
    """Move the floor, and say what is to be done, in order."""
    floor.done, floor.facts = [], []
    floor.latest = max(floor.latest, event.at)
    _take(floor, event)
    while floor.notices or floor.queued or floor.freed:
        while floor.notices:
            what, leg = floor.notices.pop(0)
            promises.noticed(floor, what, leg, event.at)
            control.noticed(floor, what, leg, event.at)
        matching.settle(floor, event.at)
    return tuple(floor.done)


def _take(floor: Floor, event: Event) -> None:
    match event:
        case SignedIn():
            agents.signed_in(floor, event)
        case Wanted():
            agents.wanted(floor, event)
        case Seen():
            agents.seen(floor, event)
        case Beat():
            agents.beat(floor, event)
        case Entered():
            callers.entered(floor, event)
        case Invited():
            legs.invited(floor, event)
        case CallBack():
            promises.asked(floor, event)
        case CallBackWithdrawn():
            promises.withdrawn(floor, event)
        case AgentAsks():
            control.asks(floor, event)
        case Declines():
            control.declines(floor, event)
        case Unmuted():
            control.heard(floor, event)
        case NotHeld():
            control.not_held(floor, event)
        case Watch():
            control.watch(floor, event)
        case Briefed():
            floor.briefs[event.call] = event.lines
        case Surveyed():
            details.surveyed(floor, event)
        case TakeMessage() | Recording() | Listened() | FileReady() | Fetched():
            messages.take(floor, event)
        case Look():
            legs.look(floor, event)
        case There():
            legs.there(floor, event)
        case Left():
            _left(floor, event)
        case CallOver():
            _call_over(floor, event)
        case Due():
            _due(floor, event)
        case _:
            _reported(floor, event)


def _reported(
    floor: Floor,
    event: Rung | Answered | NotAnswered | Cancelled | Probed | Removed | People | SideUp | SideOver | Keyed,
) -> None:
    match event:
        case Rung():
            legs.rung(floor, event)
        case Answered():
            if not lobby.admitted(floor, event.leg, event.at):
                legs.answered(floor, event)
        case NotAnswered():
            if not lobby.kept_out(floor, event.leg):
                legs.not_answered(floor, event)
        case Cancelled():
            legs.cancelled(floor, event)
        case Probed():
            legs.probed(floor, event)
        case Removed():
            if (leg := floor.legs.get(event.leg)) is not None:
                legs.removed(floor, leg, event.at)
        case People():
            legs.people(floor, event)
        case SideUp():
            aside.side_up(floor, event)
        case SideOver():
            aside.side_over(floor, event)
        case Keyed():
            aside.keyed(floor, event)
        case _:
            assert_never(event)


def _left(floor: Floor, event: Left) -> None:
    for name in callers.left(floor, event):
        moving.revoke(floor, floor.legs[name], event.at)
    legs.withdrawn(floor, event.entry, event.at)
    messages.withdrawn(floor, event.entry)


def _call_over(floor: Floor, event: CallOver) -> None:
    """Who waits has hung up; who talks has ended the talk."""
    for entry in sorted(name for name in floor.of_call.get(event.call, ()) if name in floor.callers):
        caller = floor.callers[entry]
        if not lobby.admitted(floor, caller.admitted, event.at) and not caller.connected:
            _left(floor, Left(event.at, entry, hung_up=True))
    messages.call_over(floor, event.call, event.at)
    legs.call_over(floor, event.call, event.at)
    floor.briefs.pop(event.call, None)
    floor.held.discard(event.call)
    floor.talks.pop(event.call, None)


def _due(floor: Floor, event: Due) -> None:
    set_with = floor.timers.get(event.timer)
    if set_with is None or set_with[0] != event.generation:
        return
    del floor.timers[event.timer]
    what, _, rest = event.timer.partition(":")
    match what:
        case "ring":
            legs.ring_due(floor, rest, event.at)
        case "confirm":
            legs.confirm_due(floor, rest, event.at)
        case "goodbye":
            legs.goodbye_due(floor, rest)
        case "wrap":
            agent, _, leg = rest.rpartition(":")
            agents.wrapped_up(floor, agent, leg, event.at)
        case "lease":
            agents.fallen_silent(floor, rest, event.at)
        case "back":
            agents.back_again(floor, rest, event.at)
        case "staff":
            callers.without_staff(floor, rest, event.at)
        case "place":
            callers.tell_place(floor, rest)
        case "places":
            callers.tell_places(floor, rest, event.at)
        case "grown":
            callers.grown(floor, rest)
        case "again":
            callers.again(floor, rest)
        case "match":
            floor.queued.append(rest)
        case "start" | "longest" | "soon" | "file" | "fetch" | "over":
            messages.due(floor, what, rest, event.at)
        case "chime" if rest in floor.of_call:
            floor.done.append(Chime(rest))
        case "chime":
            pass  # they have left already
        case "hold":
            language, _, call = rest.partition(":")
            control.hold_due(floor, language, call)
        case "moment":
            language, _, call = rest.partition(":")
            control.moment_due(floor, language, call, event.at)
        case "admit":
            lobby.kept_out(floor, rest)
        case "callback":
            promises.due(floor, rest, event.at)
        case "relax":
            number, _, entry = rest.partition(":")
            callers.relax(floor, entry, int(number))
        case _:
            raise AssertionError(f"the timer {event.timer} is unknown")
