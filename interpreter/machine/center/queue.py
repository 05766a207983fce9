"""Waiting in a queue: music, announcements, offers, and the agent who takes the call.

Keys are heard by the continuous recognition, so that music and sentences are not cut off for it. One sentence is said
at a time; one that is due meanwhile waits for its end. When an agent is there the machine is silent until the agent has
left.
"""

from __future__ import annotations

from dsl.ast import Queue, QueueOption, Route
from interpreter.machine import ends, run
from interpreter.machine.center import asking, keys
from interpreter.machine.state import After
from interpreter.machine.turn import Scope, Turn
from interpreter.protocol import (
    Disconnected,
    Event,
    Items,
    Reported,
    ToneHeard,
    Value,
)
from interpreter.values import as_number, evaluate

PRIORITY = 5.0
"""A caller's priority where the script says nothing."""
ROUNDING = 0.001
"""Seconds."""
END_OF_QUEUE = ("no agents", "full", "failed")


def begin(turn: Turn, block: Queue) -> After | None:
    """Enter the queue."""
    asking.ask(turn, "queue", block.name.text, _arguments(turn, block))
    waited = waited_route(block)
    if waited is not None and waited.waited is not None:
        turn.timer("waited", waited.waited.seconds)
    for index, announcement in enumerate(block.announcements):
        first = announcement.start or announcement.every
        turn.timer(f"announce.{index}", first.seconds if first is not None else asking.GAP)
    for index, option in enumerate(block.options):
        if option.offer is not None:
            turn.timer(f"offer.{index}", option.start.seconds if option.start else asking.GAP)
    asking.note(turn, "since", turn.at)
    keys.listen(turn, block, bool(block.options))
    asking.music(turn, block.music)
    return None


def waited_route(block: Queue) -> Route | None:
    """The line ``waited 10m -> …``."""
    return next((r for r in block.routes if r.waited is not None), None)


def _arguments(turn: Turn, block: Queue) -> tuple[tuple[str, Value], ...]:
    """What the queue has to know, in the script's own words."""
    priority = as_number(evaluate(block.priority, Scope(turn))) if block.priority is not None else None
    needs = tuple(f"{need.skill.text} >= {need.level.value if need.level else 1}" for need in block.needs)
    relaxes = tuple(
        f"{relax.after.seconds:g} {relax.skill.text} >= {relax.level.value if relax.level else 0}"
        for relax in block.relaxes
    )
    found: list[tuple[str, Value]] = [
        ("priority", PRIORITY if priority is None else priority),
        ("needs", Items(needs)),
        ("relaxes", Items(relaxes)),
    ]
    if block.ageing is not None:
        age = block.ageing
        found.append(("grows", Items((float(age.by.value), age.every.seconds, float(age.most.value)))))
    if block.limit is not None:
        found.append(("limit", float(block.limit.value)))
    if block.estimate is not None:
        found.append(("longest_estimate", block.estimate.seconds))
    if block.ring is not None:
        found.append(("ring", block.ring.seconds))
    # What the caller hears when an agent puts the call on hold.
    found += [("music", block.music.plain if block.music is not None else ""), ("language", turn.language)]
    return tuple(found)


def event(turn: Turn, block: Queue, event: Event) -> bool:
    """Take an event while the caller waits or talks."""
    answer = asking.mine(turn, event)
    if isinstance(answer, Reported):
        return _reported(turn, block, answer)
    if answer is not None or asking.is_due(turn, event, "watch"):
        return _leave(turn, block, "failed")
    talking = asking.noted(turn, "talking") is True
    if isinstance(event, Disconnected):
        return _hung_up(turn, block, talking or asking.noted(turn, "admitted") is True)
    if talking:
        return isinstance(event, ToneHeard)
    if isinstance(event, ToneHeard):
        return _key(turn, block, event)
    if asking.is_due(turn, event, "waited"):
        asking.withdraw(turn)
        return _leave(turn, block, "waited")
    if asking.on_with_music(turn, event, block.music):
        return True
    return _due(turn, block, event)


def _leave(turn: Turn, block: Queue, outcome: str) -> bool:
    keys.deafen(turn)
    return asking.leave(turn, block, outcome)


def _reported(turn: Turn, block: Queue, event: Reported) -> bool:
    match event.outcome:
        case "position":
            for name, value in event.values:
                asking.note(turn, f"queue.{name}", value)
        case "connected" if asking.noted(turn, "talking") is True:
            turn.note("ignored", "connected again")
        case "connected":
            keys.deafen(turn)
            asking.quiet(turn)
            waiting = turn.call.waiting
            turn.stop_waiting()
            asking.note(turn, "talking", True)
            turn.note("took", "connected", block.span.start)
            asking.stay(turn, waiting.op if waiting else event.op, asking.LONGEST_STAY)
        case "admitting" | "not admitted":
            # Moved into an agent's talk: this call ends by that, and its end may be known first.
            asking.note(turn, "admitted", event.outcome == "admitting")
        case "answered":
            return _leave(turn, block, "answered")
        case outcome if outcome in END_OF_QUEUE:
            return _leave(turn, block, outcome)
        case outcome:
            turn.note("error", f"a queue cannot end as {outcome[:20]!r}")
            return _leave(turn, block, "failed")
    return True


def _hung_up(turn: Turn, block: Queue, talking: bool) -> bool:
    """The caller has hung up: after a talk with an agent that is how it should be, before it is a loss."""
    if not talking:
        asking.withdraw(turn, hung_up=True)
        return False
    route = next((r for r in block.routes if any(o.text == "answered" for o in r.outcomes)), None)
    turn.note("took", "answered", route.span.start if route else -1)
    run.left(turn, "transferred", route.destination if route else None)
    return True


def _key(turn: Turn, block: Queue, event: ToneHeard) -> bool:
    if not keys.is_new(turn, event):
        return True
    everywhere = keys.anywhere(turn, block, event.tone)
    if everywhere is not None:
        asking.withdraw(turn)
        return keys.take(turn, block, everywhere)
    option = next((o for i, o in enumerate(block.options) if o.key.text == event.tone and _open(turn, o, i)), None)
    if option is None:
        turn.note("ignored", f"key {event.tone} has no meaning here now")
        return True
    asking.withdraw(turn)
    keys.deafen(turn)
    asking.quiet(turn)
    turn.stop_waiting()
    turn.note("edge", f"press {option.key.text}", option.span.start)
    run.follow(turn, ends.take(turn, f"press {option.key.text}", option.destination, None, option.span.start))
    return True


def _open(turn: Turn, option: QueueOption, index: int) -> bool:
    """Whether an option can be taken: from its time on while its condition holds, and once it was offered."""
    if asking.noted(turn, f"offered.{index}") is True:
        return True
    waited = turn.at - asking.number(turn, "since")
    return (option.start is None or waited >= option.start.seconds) and _holds(turn, option)


def _holds(turn: Turn, option: QueueOption) -> bool:
    return option.condition is None or evaluate(option.condition, Scope(turn)) is True


def _due(turn: Turn, block: Queue, event: Event) -> bool:
    """A sentence is due."""
    index = asking.fired(turn, event, "announce")
    if index is not None and index < len(block.announcements):
        announcement = block.announcements[index]
        if _busy(turn, f"announce.{index}"):
            return True
        if announcement.every is not None:
            turn.timer(f"announce.{index}", announcement.every.seconds)
        if announcement.when_improved and not _improved(turn):
            return True
        asking.speak(turn, announcement.content, announcement.file)
        return True
    index = asking.fired(turn, event, "offer")
    if index is None or index >= len(block.options):
        return False
    option = block.options[index]
    if _busy(turn, f"offer.{index}") or option.offer is None:
        return True
    if option.every is not None:
        turn.timer(f"offer.{index}", option.every.seconds)
    if not _holds(turn, option) or _was_said(turn, block, option):
        return True
    if asking.speak(turn, option.offer, False):
        asking.note(turn, f"offered.{index}", True)
        asking.note(turn, f"offered_at.{option.key.text}", turn.at)
    return True


def _was_said(turn: Turn, block: Queue, option: QueueOption) -> bool:
    """Whether another line of the block has offered this way so lately that it is not time yet to offer it again."""
    twins = [each for each in block.options if each.key.text == option.key.text]
    said = asking.noted(turn, f"offered_at.{option.key.text}")
    if len(twins) < 2 or not isinstance(said, float) or option.every is None:
        return False
    return turn.at - said < option.every.seconds - ROUNDING


def _improved(turn: Turn) -> bool:
    """Whether the place is better than the one that was said last; unknown places are not said."""
    place, said = asking.number(turn, "queue.position"), asking.number(turn, "said")
    if not place or (said and place >= said):
        return False
    asking.note(turn, "said", place)
    return True


def _busy(turn: Turn, timer: str) -> bool:
    """Whether a sentence is being said; then this one comes after it."""
    if not asking.is_speaking(turn):
        return False
    asking.wait_for_sentence(turn, timer)
    return True
