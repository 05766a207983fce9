"""A queue as a lobby: an agent who talks lets a waiting caller into the talk.

Theory of operation. The host moves the caller from the call in which it waits into the agent's (`Admit`). Until it has
said what became of that, nobody else is offered the caller, and the caller's place is kept: where the move comes to
nothing, or nothing is heard of it, the caller waits on. The caller's own call ends with the move, which the host
reports in any order: whichever news is first, the caller has been let in and has not hung up.
"""

from __future__ import annotations

from interpreter.routing import callers, counting
from interpreter.routing.protocol import Admit, AgentAsks
from interpreter.routing.state import Caller, Floor, Leg, call_of

CONFIRM = 10.0
"""Seconds in which the host has to say what became of a move."""


def waits_in(floor: Floor, call: str) -> Caller | None:
    """The caller who waits in a call and can be let in: nobody is rung for it."""
    waiting = (each for each in floor.callers.values() if call_of(each.entry) == call)
    return next((each for each in waiting if not (each.legs or each.connected or each.admitted)), None)


def admit(floor: Floor, leg: Leg, event: AgentAsks) -> None:
    """Let a caller in. One who does not wait any more is not."""
    caller = waits_in(floor, event.caller)
    if caller is None or caller.entry in floor.promises:
        return
    caller.admitted = f"floor.{floor.number()}"
    floor.waiting.drop(caller.entry)
    floor.begun.pop(caller.entry, None)
    floor.clear(f"match:{caller.entry}")
    floor.tell(caller.entry, "admitting")
    floor.done.append(Admit(caller.admitted, leg.call, event.caller))
    floor.timer(f"admit:{caller.admitted}", event.at + CONFIRM)


def admitted(floor: Floor, name: str, at: float) -> bool:
    """The host has moved a caller. Whether ``name`` is such a move."""
    caller = _moved(floor, name)
    if caller is None:
        return False
    floor.clear(f"admit:{name}")
    floor.measures.answered(caller.queue, caller.at, at, floor.rules_of(caller.queue).service)
    counting.gone(floor, caller, "answered", at)
    floor.tell(caller.entry, "connected")
    callers.forget(floor, caller)
    return True


def kept_out(floor: Floor, name: str) -> bool:
    """The host has not moved a caller, or says nothing: it waits on. Whether ``name`` is such a move."""
    caller = _moved(floor, name)
    if caller is None:
        return False
    floor.clear(f"admit:{name}")
    caller.admitted = ""
    floor.tell(caller.entry, "not admitted")
    floor.queued.append(caller.entry)
    return True


def _moved(floor: Floor, name: str) -> Caller | None:
    return next((each for each in floor.callers.values() if each.admitted == name), None) if name else None
