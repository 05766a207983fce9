"""The caller of a past call, put to a draft: the first thing that would have been heard or met differently.

Both versions run side by side. What happened then happens to the draft by what it means: the same key, the same words,
the same silence, the same answer of data and people. Names of operations and numbers of timers are translated; that
they differ is no difference. At the first thing that a caller could notice it stops: from there on nobody knows what
the caller would have done.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from dsl import Program
from dsl.ast import Menu
from interpreter.machine import Call, Step, begin, step
from interpreter.machine import ask as asking
from interpreter.machine.turn import Turn
from interpreter.protocol import (
    ActionFailed,
    CallOffered,
    CallStarted,
    Disconnected,
    Effect,
    Event,
    Finished,
    FromSockets,
    HangUp,
    LineEnded,
    Play,
    Recognize,
    Recognized,
    RecordingChanged,
    Reject,
    Request,
    Secret,
    SetTimer,
    TimerFired,
    ToneHeard,
    Transfer,
    Withdraw,
)
from interpreter.replay.journals import Journal
from interpreter.replay.trees import declared, differing
from interpreter.replay.words import place, said, told_effect

NOTICED = (Play, Recognize, Request, Transfer, HangUp, Reject, Finished, Withdraw)
"""Effects that a caller, or somebody else, notices."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a draft does otherwise: ``t`` seconds into the call. ``was`` and ``now`` in words, with their places."""

    t: float
    block: str
    was: str
    now: str
    was_at: str
    now_at: str


def against(journal: Journal, draft: Program, original: Program | None = None) -> Difference | None:
    """The first difference, ``None`` where there is none. Raises `BadJournal` where the call's own script cannot be
    run any more."""
    program = original if original is not None else journal.program()
    old, new = begin(journal.call_id), begin(journal.call_id)
    for event in journal.events:
        meant = _translated(program, old, draft, new, event)
        then, now = step(program, old, event), step(draft, new, meant) if meant is not None else Step(new)
        difference = _compared(then, now, event.at)
        if difference is not None:
            block = now.call.block or then.call.block
            was, is_now = difference
            was_at, now_at = _places(program, draft, then.call.block, block)
            return Difference(event.at - journal.began, block, was, is_now, was_at, now_at)
        old, new = then.call, now.call
    return None


# --------------------------------------------------------------------------------------------------------------------
# What an event means to the draft


def _translated(program: Program, old: Call, draft: Program, new: Call, event: Event) -> Event | None:
    """The event with the names that the draft has for things; ``None`` for what has no meaning there."""
    if isinstance(event, FromSockets):
        return event
    match event:
        case TimerFired():
            armed = dict(new.armed)
            if event.timer not in armed or (event.timer, event.generation) not in old.armed:
                return None
            return dataclasses.replace(event, generation=armed[event.timer])
        case CallOffered() | CallStarted() | Disconnected() | ToneHeard() | RecordingChanged():
            return event
        case LineEnded() if event.op == old.line:
            return dataclasses.replace(event, op=new.line)
        case _:
            op = _operation(old, new, event.op)
            if op is None:
                return None
            meant = dataclasses.replace(event, op=op)
            return _option(program, old, draft, new, meant) if isinstance(meant, Recognized) else meant


def _operation(old: Call, new: Call, op: str) -> str | None:
    if old.waiting is not None and old.waiting.op == op:
        return new.waiting.op if new.waiting is not None else None
    for name, other in (("media", "media"), ("speaks", "speaks")):
        if dict(old.center).get(name) == op:
            found = dict(new.center).get(other)
            return found if isinstance(found, str) and found else None
    if old.waiting is not None and old.waiting.filler == op and new.waiting is not None:
        return new.waiting.filler or None
    ringing = [known for known, _ in old.ringing]
    if op in ringing and new.ringing:
        return new.ringing[min(ringing.index(op), len(new.ringing) - 1)][0]
    for before, after in ((old.transcript, new.transcript), (old.audio, new.audio)):
        if op == before.op:
            return after.op or None
    return op if op == old.recording_op == new.recording_op else None


def _option(program: Program, old: Call, draft: Program, new: Call, event: Recognized) -> Event:
    """The option of a menu by its key or its phrase, not by its number."""
    before, after = program.blocks.get(old.block), draft.blocks.get(new.block)
    if not event.label.isdecimal() or not isinstance(before, Menu) or not isinstance(after, Menu):
        return event
    options = asking.options_of(Turn(program, old, event.at), before)
    chosen = options[int(event.label)] if int(event.label) < len(options) else None
    if chosen is None:
        return event
    keys, phrases = {key.text for key in chosen.keys}, {text.plain for text in chosen.phrases}
    for number, option in enumerate(asking.options_of(Turn(draft, new, event.at), after)):
        if keys & {key.text for key in option.keys} or phrases & {text.plain for text in option.phrases}:
            return dataclasses.replace(event, label=str(number))
    return ActionFailed(event.at, event.op, 400, 8534)


# --------------------------------------------------------------------------------------------------------------------
# What is noticed


def _compared(then: Step, now: Step, at: float) -> tuple[str, str] | None:
    before = [effect for effect in then.effects if _is_noticed(effect)]
    after = [effect for effect in now.effects if _is_noticed(effect)]
    for number in range(max(len(before), len(after))):
        was = before[number] if number < len(before) else None
        is_now = after[number] if number < len(after) else None
        if was is None or is_now is None or _essence(was, at) != _essence(is_now, at):
            words = _told(was, at), _told(is_now, at)
            return words if words[0] != words[1] else (words[0], f"{words[1]} (listens or speaks otherwise)")
    return None


def _is_noticed(effect: Effect) -> bool:
    return isinstance(effect, NOTICED) or (isinstance(effect, SetTimer) and effect.timer != "watch")


def _told(effect: Effect | None, at: float) -> str:
    if effect is None:
        return "nothing"
    if isinstance(effect, SetTimer):
        return f"waits {effect.due - at:g}s ({effect.timer.partition('.')[0]})"
    return told_effect(effect)


def _essence(effect: Effect, at: float) -> object:
    """What of an effect can be noticed."""
    match effect:
        case Play():
            return ("play", said(effect.prompts), effect.language, effect.voice, effect.loop)
        case Recognize():
            return (
                "ask",
                said(effect.prompts),
                effect.kind,
                effect.barge_in,
                effect.first,
                effect.between,
                effect.max_tones,
                effect.stop_tones,
                effect.language,
                effect.voice,
            )
        case Request():
            arguments = tuple((name, value) for name, value in effect.arguments if not isinstance(value, Secret))
            return ("request", effect.verb, effect.name, arguments, effect.within)
        case Transfer():
            return ("transfer", effect.kind, effect.name, effect.caller_id)
        case Finished():
            return ("end", effect.ending, effect.result)
        case SetTimer():
            return ("timer", effect.timer, round(effect.due - at, 3))
        case HangUp() | Reject() | Withdraw():
            return type(effect).__name__
        case _:
            return None


# --------------------------------------------------------------------------------------------------------------------
# Where


def _places(program: Program, draft: Program, old_block: str, new_block: str) -> tuple[str, str]:
    """The lines that differ in the block of the call, else the block; in the rest of the script where the block itself
    is the same."""
    before, after = declared(program), declared(draft)
    wanted = [key for key in after if key[1] == new_block] + [key for key in after if key[1] != new_block]
    for key in wanted:
        old, new = before.get(key), after[key]
        part = next(iter(differing(old, new)), None) if old is not None else None
        if part is not None:
            was = place(program, part.old_span.start) if part.old_span is not None else ""
            is_now = place(draft, part.new_span.start) if part.new_span is not None else ""
            return was or is_now, is_now or was
        if key[1] == new_block and old is None:
            return "", place(draft, new.name.span.start)
    return (
        place(program, program.blocks[old_block].span.start) if old_block in program.blocks else "",
        place(draft, draft.blocks[new_block].span.start) if new_block in draft.blocks else "",
    )
