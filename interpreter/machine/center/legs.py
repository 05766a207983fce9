"""Other people in the call: transfers that the target accepts, experts, and promises to call back.

The target of a transfer with ``accept`` hears who calls and presses a key; until then the caller hears music and
nothing of it. When it has accepted, the caller is in its hands, as with a blind transfer.
"""

from __future__ import annotations

from typing import assert_never

from dsl.ast import Announcement, Block, Callback, Consult, Transfer
from interpreter.machine import ends, run
from interpreter.machine.center import asking, keys
from interpreter.machine.state import After
from interpreter.machine.turn import Scope, Turn, longest
from interpreter.opening import is_zone, windows
from interpreter.protocol import Disconnected, Event, Items, Reported, ToneHeard, Value
from interpreter.values import evaluate

RING = 25.0
"""Seconds that somebody rings when the script says nothing."""
SLACK = 20.0
"""Seconds beyond ringing in which has to be known what came of it."""
ASKED = 2
"""How often who has picked up is asked for the accepting key (scenario S11)."""
DECIDE = 20.0
"""Seconds beyond the sentence, each time, in which a key or its absence has to be known."""

Leg = Transfer | Consult | Callback
_OUTCOMES: dict[type[Block], tuple[str, ...]] = {
    Transfer: ("answered", "no answer", "busy", "declined", "failed"),
    Consult: ("joined", "declined", "no answer", "not allowed", "failed"),
    Callback: ("scheduled", "invalid number", "already scheduled", "not available", "failed"),
}


def _known(block: Leg) -> tuple[str, ...]:
    known = _OUTCOMES[type(block)]
    return (*known, "not allowed") if isinstance(block, Transfer) and block.is_to_callee else known


def begin(turn: Turn, block: Leg) -> After | None:
    """Ask for the other one."""
    match block:
        case Transfer():
            return _transfer(turn, block)
        case Consult():
            return _consult(turn, block)
        case Callback():
            return _callback(turn, block)
        case _:
            assert_never(block)


def _transfer(turn: Turn, block: Transfer) -> After | None:
    whisper = turn.say(block.accept) if block.accept is not None else ""
    if block.target is None or whisper is None:
        return ends.system_error(turn, "the transfer has no target, or a value of what it hears is missing")
    ring = block.ring.seconds if block.ring else RING
    arguments: tuple[tuple[str, Value], ...] = (
        ("kind", block.target.kind),
        ("accept", whisper),
        ("ring", ring),
        ("caller_id", block.caller_id.text if block.caller_id else ""),
        ("language", turn.language),
    )
    if block.is_to_callee:
        arguments = (*arguments, ("number", turn.call.callee))
    asking.ask(turn, "transfer", block.target.name.text, arguments, ring + SLACK)
    keys.listen(turn, block)
    asking.music(turn, block.music)
    return None


def _consult(turn: Turn, block: Consult) -> After | None:
    if block.expert is None:
        return ends.system_error(turn, "there is no expert to ask")
    ring = block.ring.seconds if block.ring else RING
    arguments: tuple[tuple[str, Value], ...] = (
        ("ring", ring),
        ("unhold", block.unhold.how if block.unhold else "automatically"),
    )
    asking.ask(turn, "consult", block.expert.text, arguments, ring + SLACK)
    keys.listen(turn, block)
    for index, announcement in enumerate(block.announcements):
        first = announcement.start or announcement.every
        turn.timer(f"announce.{index}", first.seconds if first is not None else asking.GAP)
    asking.music(turn, block.music)
    return None


def _callback(turn: Turn, block: Callback) -> After | None:
    to = evaluate(block.number, Scope(turn)) if block.number is not None else None
    if not isinstance(to, str) or not to:
        return ends.take_outcome(turn, block.routes, "invalid number")
    arguments: list[tuple[str, Value]] = [("number", to), ("ring", block.ring.seconds if block.ring else RING)]
    if block.queue is not None:
        arguments.append(("queue", block.queue.text))
    if block.attempts is not None:
        arguments.append(("attempts", float(block.attempts.count.value)))
        arguments.append(("every", block.attempts.every.seconds if block.attempts.every else 0.0))
    if block.hours is not None:
        arguments += _during(turn, block.hours.text)
    arguments.append(("language", turn.language))
    asking.ask(turn, "callback", block.name.text, tuple(arguments), asking.ANSWER_WITHIN)
    return None


def event(turn: Turn, block: Leg, event: Event) -> bool:
    """Take an event while the other one is called."""
    if isinstance(event, Disconnected):
        if isinstance(block, Consult) and asking.noted(turn, "talking") is True:
            return _handed_over(turn, block, "joined")
        asking.withdraw(turn, hung_up=True)
        return False
    if isinstance(event, ToneHeard) and isinstance(block, Transfer | Consult):
        return asking.noted(turn, "talking") is True or keys.waiting(turn, block, event)
    answer = asking.mine(turn, event)
    if isinstance(answer, Reported):
        if isinstance(block, Transfer) and answer.outcome == "answered":
            return _handed_over(turn, block, "answered")
        if isinstance(block, Transfer) and answer.outcome == "picked up":
            return _picked_up(turn, block)
        if isinstance(block, Consult) and answer.outcome == "connected":
            return _connected(turn, answer.op)
    if isinstance(block, Consult) and _announce(turn, block, event):
        return True
    if asking.on_with_music(turn, event, block.music if isinstance(block, Transfer | Consult) else None):
        return True
    if isinstance(answer, Reported) and isinstance(block, Callback):
        ends.set_variable(turn, "callback.place", dict(answer.values).get("place"))
    if answer is not None:  # whoever waits for the other one is not kept by our own sentence
        keys.deafen(turn)
        return asking.leave(turn, block, asking.outcome_of(answer, _known(block)))
    if asking.is_due(turn, event, "watch"):
        keys.deafen(turn)
    return asking.simple(turn, block, event, _known(block))


def _during(turn: Turn, name: str) -> list[tuple[str, Value]]:
    """The hours by their name, and as times of the next days: whoever calls back knows no script."""
    hours = turn.program.hours.get(name)
    zone = turn.program.timezone_of(hours) if hours is not None else ""
    if hours is None or not is_zone(zone):
        return [("during", name)]
    times = windows(hours, zone, turn.at)
    return [("during", name), ("windows", Items(tuple(moment for pair in times for moment in pair)))]


def _handed_over(turn: Turn, block: Transfer | Consult, outcome: str) -> bool:
    """The target has accepted, or the caller has hung up on the expert: the rest of the route is run in silence."""
    route = next((r for r in block.routes if any(o.text == outcome for o in r.outcomes)), None)
    keys.deafen(turn)
    asking.quiet(turn)
    turn.note("took", outcome, route.span.start if route else -1)
    run.left(turn, "transferred", route.destination if route else None)
    return True


def _picked_up(turn: Turn, block: Transfer) -> bool:
    """The target hears the sentence now, and has time to the end of it, however long it is."""
    said = turn.prompt(block.accept) if block.accept is not None else None
    turn.timer("watch", ASKED * (longest((said,) if said is not None else ()) + DECIDE) + SLACK)
    return True


def _connected(turn: Turn, op: str) -> bool:
    """The expert is there: music and sentences end until the expert has left."""
    if asking.noted(turn, "talking") is True:
        turn.note("ignored", "connected again")
        return True
    keys.deafen(turn)
    asking.quiet(turn)
    turn.stop_waiting()
    asking.note(turn, "talking", True)
    asking.stay(turn, op, asking.LONGEST_STAY)
    return True


def _announce(turn: Turn, block: Consult, event: Event) -> bool:
    index = asking.fired(turn, event, "announce")
    if index is None or index >= len(block.announcements):
        return False
    announcement: Announcement = block.announcements[index]
    if announcement.every is not None:
        turn.timer(f"announce.{index}", announcement.every.seconds)
    asking.speak(turn, announcement.content, announcement.file)
    return True
