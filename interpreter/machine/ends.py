"""The ways out of a block and out of a call: outcomes, system errors, and the one end."""

from __future__ import annotations

from typing import assert_never

from dsl.ast import Destination, Finish, Give, GoBack, GoTo, HangUp, Repeat, Route, Text
from interpreter.machine.state import After, Way
from interpreter.machine.turn import Turn
from interpreter.protocol import Ending, Finished
from interpreter.protocol import HangUp as HangUpAction
from interpreter.values import Value

MOST_ERRORS = 3
"""System errors in one call before it is given up: the way out is broken, too."""


def way(destination: Destination) -> Way:
    """A destination as a plain value. ``repeat`` never comes here: its menu handles it."""
    match destination:
        case GoTo():
            return Way("block", destination.target.text)
        case Finish():
            return Way("finish", destination.result.text)
        case Give():
            return Way("give", destination.outcome.text)
        case GoBack():
            return Way("back")
        case HangUp() | Repeat():
            return Way("hang_up")
        case _:
            assert_never(destination)


def take(turn: Turn, cause: str, destination: Destination, say: Text | None, offset: int) -> After | None:
    """Leave by an outcome, with its sentence on the way."""
    turn.note("took", cause, offset)
    onward = way(destination)
    if say is None or turn.call.gone:
        return onward
    prompts = turn.prompts((say,))
    if prompts is None:
        return system_error(turn, "a value of a sentence is missing")
    turn.play(prompts, onward)
    return None


def take_outcome(turn: Turn, routes: tuple[Route, ...], outcome: str) -> After | None:
    """Leave by a named outcome of a verb."""
    for route in routes:
        if any(name.text == outcome for name in route.outcomes):
            return take(turn, outcome, route.destination, route.say, route.span.start)
    return system_error(turn, f"outcome {outcome} is not routed")


def set_variable(turn: Turn, name: str, value: Value) -> None:
    """Give a variable a value."""
    others = tuple(pair for pair in turn.call.variables if pair[0] != name)
    turn.update(variables=(*others, (name, value)))


def count_up(turn: Turn, name: str) -> float:
    """Add one to a counter of this call; what it is now."""
    value = dict(turn.call.counters).get(name, 0.0) + 1
    turn.update(counters=(*(pair for pair in turn.call.counters if pair[0] != name), (name, value)))
    return value


def finish(turn: Turn, end: Way) -> After | None:
    """The call's one end. A caller who is still there is hung up."""
    _end(turn, turn.call.ending or "hung_up", end.name)
    return None


def give_up(turn: Turn) -> None:
    """The last resort, when also the way out does not work."""
    _end(turn, turn.call.ending or "failed", turn.call.result)


def _end(turn: Turn, ending: Ending, result: str) -> None:
    turn.stop_waiting()
    if not turn.call.gone:
        turn.effects.append(HangUpAction(turn.op()))
    turn.effects.append(Finished(ending, result, turn.call.block, turn.at))
    turn.update(phase="ended", ending=ending, result=result, visit=None, gone=True)


def system_error(turn: Turn, why: str) -> After | None:
    """Something that is neither the caller's nor the script's doing. The flow says where such calls go.

    Keys that nobody has taken were an answer to what went wrong, not to what comes next.
    """
    turn.note("error", why)
    turn.stop_waiting()
    turn.update(errors=turn.call.errors + 1, heard=())
    handler = turn.program.flow.on_error if turn.program.flow else None
    if turn.call.gone or handler is None or turn.call.errors > MOST_ERRORS:
        give_up(turn)
        return None
    turn.note("edge", "on system error", handler.span.start)
    return way(handler)
