"""Calls that the script makes: attempts, what becomes of each, and the line that comes of one.

Theory of operation: each attempt is a request of its own. Whoever performs it says ``ringing`` with the host's name of
the connection, ``later`` when this number is not to be called before some moment, or an outcome that ends the block.
How the attempt ends comes from the host: `Connected`, or `LineEnded`, which it tells twice and in either order; an
attempt that is over is waited for by nobody, so the second changes nothing. Attempts and the moments between them are
timers of the call, so they outlive a restart like every other.

An attempt that rings for longer than the script wants is hung up, and counts as unanswered once the host says that it
is over. Whoever picks up in that very moment finds nobody, and is called again.
"""

from __future__ import annotations

from dsl.ast import Dial
from interpreter.machine import ends, feeds
from interpreter.machine.center import asking
from interpreter.machine.state import After, Waiting
from interpreter.machine.turn import Scope, Turn
from interpreter.protocol import (
    Connected,
    Disconnected,
    Event,
    HangUp,
    LineEnded,
    Reported,
    StartTones,
    UseLine,
    Value,
)
from interpreter.values import evaluate

RING = 25.0
"""Seconds that somebody rings when the script says nothing."""
OVER_WITHIN = 20.0
"""Seconds in which the host says that an attempt is over, once it was hung up."""
RINGS_AT_MOST = 180.0
"""Seconds after which an attempt of which nothing is heard is given up: no telephone rings for longer."""
TO, TRIED, CONNECTION, CUT, WHY = "dial.to", "dial.tried", "dial.connection", "dial.cut", "dial.why"
"""What the block keeps in mind: the number, attempts that are over, the connection of the one that is not, that it was
hung up by us, and how the last one ended."""

AGAIN = ("no answer", "busy")
"""How an attempt ends after which another one may end differently."""
OUTCOMES = ("answered", "no answer", "busy", "invalid", "failed")


def begin(turn: Turn, block: Dial) -> After | None:
    """Call somebody."""
    to = evaluate(block.number, Scope(turn)) if block.number is not None else None
    if not isinstance(to, str) or not to:
        return ends.take_outcome(turn, block.routes, "invalid")
    asking.note(turn, TO, to)
    _ask(turn, block)
    return None


def event(turn: Turn, block: Dial, event: Event) -> bool:
    """Take an event while nobody is on the line yet."""
    op = turn.call.waiting.op if turn.call.waiting is not None else ""
    match event:
        case Disconnected():
            _let_go(turn)
            return False
        case Connected() if event.op == op and event.connection and asking.noted(turn, CUT) is not True:
            return _answered(turn, block, event.connection)
        case LineEnded():
            if event.op == op:
                return _over(turn, block, "no answer" if asking.noted(turn, CUT) is True else event.why)
            turn.note("ignored", f"the end of {event.op}")
            return True
        case Reported() if event.op == op and event.outcome in ("ringing", "later"):
            return _on_its_way(turn, block, event)
        case Reported() if event.op == op and event.outcome == "answered":
            return _answered(turn, block, "")
    if asking.is_due(turn, event, "again"):
        _ask(turn, block)
        return True
    if asking.is_due(turn, event, "ring"):
        _let_go(turn)
        asking.note(turn, CUT, True)
        asking.stay(turn, op, OVER_WITHIN)
        return True
    if asking.is_due(turn, event, "watch") and asking.text(turn, CONNECTION):
        _let_go(turn)
        return _over(turn, block, "no answer")
    return asking.simple(turn, block, event, OUTCOMES)


def _ask(turn: Turn, block: Dial) -> None:
    """One attempt more."""
    turn.stop_waiting()
    for name, value in ((CONNECTION, ""), (CUT, False)):
        asking.note(turn, name, value)
    attempts = block.attempts
    arguments: list[tuple[str, Value]] = [
        ("number", asking.text(turn, TO)),
        ("caller_id", block.caller_id.text if block.caller_id else ""),
        ("ring", _ring(block)),
        ("attempts", float(_attempts(block))),
        ("every", attempts.every.seconds if attempts and attempts.every else 0.0),
    ]
    if block.between is not None:
        arguments += [("earliest", float(block.between.start)), ("latest", float(block.between.end))]
    transcribes, streams = feeds.agreed(turn)
    if transcribes:
        arguments.append(("transcribes", transcribes))
    if streams:
        arguments.append(("streams", True))
    asking.ask(turn, "dial", block.name.text, tuple(arguments))


def _ring(block: Dial) -> float:
    return block.ring.seconds if block.ring else RING


def _attempts(block: Dial) -> int:
    return int(block.attempts.count.value) if block.attempts else 1


def _on_its_way(turn: Turn, block: Dial, event: Reported) -> bool:
    """It rings, or this number is not to be called now. Always True."""
    values = dict(event.values)
    if event.outcome == "ringing":
        asking.note(turn, CONNECTION, str(values.get("connection", "")))
        asking.stay(turn, event.op, RINGS_AT_MOST)
        turn.timer("ring", _ring(block))
        return True
    at = values.get("at")
    _pause(turn, max(float(at) - turn.at, 1.0) if isinstance(at, float | int) else 1.0)
    return True


def _pause(turn: Turn, seconds: float) -> None:
    """Nobody is called for so long."""
    turn.stop_waiting()
    turn.update(waiting=Waiting("center", turn.op()))
    turn.timer("again", seconds)


def _over(turn: Turn, block: Dial, why: str) -> bool:
    """An attempt has come to nothing. Always True."""
    tried = asking.number(turn, TRIED) + 1
    asking.note(turn, TRIED, tried)
    asking.note(turn, WHY, why)
    if why not in AGAIN or tried >= _attempts(block):
        return asking.leave(turn, block, why)
    every = block.attempts.every if block.attempts is not None else None
    _pause(turn, every.seconds if every is not None else 1.0)
    return True


def _answered(turn: Turn, block: Dial, connection: str) -> bool:
    """Somebody, or a machine, has taken the call. Always True."""
    to = asking.text(turn, TO)
    turn.update(line=turn.call.waiting.op if turn.call.waiting is not None else "", caller=to)
    if connection:
        turn.effects.append(UseLine(connection, to))
    if turn.program.keeps_type_ahead:
        turn.effects.append(StartTones(turn.op()))
    return asking.leave(turn, block, "answered")


def _let_go(turn: Turn) -> None:
    """Nobody is to be rung any more."""
    connection = asking.text(turn, CONNECTION)
    if connection:
        turn.effects.append(HangUp(turn.op(), connection))
    else:
        asking.withdraw(turn)
