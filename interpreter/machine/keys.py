"""Keys that come twice or too early.

Beside each recognition a continuous one reports every key of the call, in order (`ToneHeard`), so that a block with
``type ahead keep`` can take what was pressed before it asked. A key that a recognition has given us is therefore
reported once more, before or after. Taking it twice would choose something that nobody chose; that must never happen.
Losing a key only makes the caller press it again. So where reports are late, lost or in the wrong order, keys are
dropped rather than kept. One doubt remains: a key that the host ignored, which is also the first key of the answer, of
which in turn nothing else was reported yet.

``heard`` are reported keys that nobody has taken, ``owed`` keys taken from a recognition whose report is still to come.
"""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast import Collect, Menu
from interpreter.machine import inputs
from interpreter.machine.turn import Turn
from interpreter.protocol import ActionFailed, Recognized, ToneHeard

REMEMBERED = 32
"""Keys that are kept in mind."""
ANY = "?"
"""An owed key of which only is known that it was pressed."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Keys taken from those typed ahead. ``complete``: the block needs no more of them."""

    digits: str
    complete: bool


def report(turn: Turn, event: ToneHeard) -> bool:
    """Note a reported key. True when it is news: neither a repetition nor a key that a recognition has given us."""
    call = turn.call
    if event.sequence in call.tones_seen:
        turn.note("ignored", "a key reported twice")
        return False
    turn.update(tones_seen=(*call.tones_seen, event.sequence)[-REMEMBERED:])
    place = next((i for i, key in enumerate(call.owed) if key in (event.tone, ANY)), None)
    if place is not None:
        turn.update(owed=call.owed[:place] + call.owed[place + 1 :])
        return False
    turn.update(heard=tuple(sorted((*call.heard, (event.sequence, event.tone))))[-REMEMBERED:])
    return True


def take(turn: Turn, block: Menu | Collect) -> Typed | None:
    """What the block takes of the keys typed ahead; ``None`` when there are none. The others stay for later blocks."""
    keys = "".join(tone for _, tone in turn.call.heard)
    if not keys:
        return None
    if isinstance(block, Menu):
        turn.update(heard=turn.call.heard[1:])
        return Typed(keys[0], complete=True)
    kind = block.kind
    most = inputs.most_tones(turn, block)
    end = keys.find(kind.terminator.text) if kind and kind.terminator else -1
    ended = 0 <= end <= most
    digits = keys[: end if ended else most]
    turn.update(heard=turn.call.heard[len(digits) + ended :])
    return Typed(digits, ended or len(digits) >= most)


def account(turn: Turn, block: Menu | Collect, event: Recognized | ActionFailed) -> None:
    """Match the keys of a recognition with those reported: what is not reported yet is owed.

    Reports come in order. So the keys of the recognition, as far as they are reported, are the last ones reported, or
    all of them are there and later keys follow. What was reported before them was pressed when nobody listened, and the
    host has ignored it: we do, too.
    """
    used = _pressed(block, event)
    if not turn.program.keeps_type_ahead or not used:
        return
    heard = turn.call.heard
    reported = "".join(tone for _, tone in heard)
    for start in range(len(heard) - len(used), -1, -1):
        if _alike(used, reported[start:]):
            turn.update(heard=heard[start + len(used) :])
            return
    known = next(n for n in range(len(used) - 1, -1, -1) if reported.endswith(used[:n]))
    turn.update(heard=(), owed=(turn.call.owed + used[known:])[-REMEMBERED:])


def _alike(used: str, reported: str) -> bool:
    return len(used) <= len(reported) and all(a in (b, ANY) for a, b in zip(used, reported, strict=False))


def _pressed(block: Menu | Collect, event: Recognized | ActionFailed) -> str:
    """The keys that the recognition has used up, in order."""
    if event.sub_code == 8534:  # a key that is none of the choices; which one is not said
        return ANY
    if event.sub_code == 8533 and isinstance(event, Recognized) and not event.tones:
        options = block.options if isinstance(block, Menu) else ()
        chosen = next((option for number, option in enumerate(options) if str(number) == event.label), None)
        return chosen.keys[0].text if chosen and chosen.keys else ANY
    if event.sub_code == 8514:  # the stop tone is not among the tones
        kind = block.kind if isinstance(block, Collect) else None
        return _tones(event) + (kind.terminator.text if kind and kind.terminator else ANY)
    return _tones(event)


def _tones(event: Recognized | ActionFailed) -> str:
    """The keys of an event; of a secret only how many there were."""
    return event.tones or (ANY * event.secret.length if event.secret else "")
