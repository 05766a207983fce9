"""What the caller did: an input, silence, or something else, and where that leads."""

from __future__ import annotations

import dataclasses
import re

from dsl.ast import Collect, Menu, Option, Repeat
from interpreter.machine import ask, ends
from interpreter.machine.results import heard
from interpreter.machine.state import After, Visit
from interpreter.machine.turn import Turn
from interpreter.protocol import ActionFailed, Recognized

CANCELLED_GRACE = 5.0
"""Seconds to wait for the hang-up that usually follows a cancelled operation."""


def answered(turn: Turn, event: Recognized | ActionFailed) -> After | None:
    """A recognition has ended."""
    block = turn.program.blocks.get(turn.call.block)
    visit = turn.call.visit
    if not isinstance(block, Menu | Collect) or visit is None:
        return ends.system_error(turn, "an input came for a block that asks for none")
    verdict = heard(event)
    if verdict == "cancelled":
        turn.timer("watch", CANCELLED_GRACE)
        return None
    turn.stop_waiting()
    _account(turn, event)
    if verdict == "system":
        return ends.system_error(turn, f"recognition ended with {event.code}/{event.sub_code}")
    if verdict == "speech_failed":
        return _speech_failed(turn, block, visit)
    _reset_speech(turn)
    if verdict == "silence" or (verdict == "digits_timeout" and not visit.prefix + event.tones):
        return again(turn, block, "silence")
    if verdict == "no_match":
        return again(turn, block, "no_match")
    if isinstance(block, Menu):
        return _choose(turn, block, event)
    return _digits(turn, block, visit.prefix + event.tones)


def begin(turn: Turn, block: Menu | Collect) -> After | None:
    """Enter a menu or a collect: with keys that were pressed ahead if the block takes them, else with its prompt."""
    turn.update(visit=Visit(block.name.text))
    if not block.type_ahead:
        turn.update(heard=(), owed=0)
    elif turn.call.heard:
        return typed_ahead(turn, block)
    return ask.ask_or_fail(turn, block, "start")


def typed_ahead(turn: Turn, block: Menu | Collect) -> After | None:
    """Keys that were pressed before the prompt of a block that keeps them."""
    keys = "".join(tone for _, tone in sorted(turn.call.heard))
    if isinstance(block, Menu):
        turn.update(heard=tuple(sorted(turn.call.heard))[1:])
        return _key(turn, block, keys[0])
    digits = block.digits
    stop = digits.terminator.text if digits and digits.terminator else ""
    most = digits.most.value if digits else 1
    position = keys.find(stop) if stop else -1
    if 0 <= position <= most or len(keys) >= most:
        taken = position if 0 <= position <= most else most
        turn.update(heard=tuple(sorted(turn.call.heard))[taken + (taken == position) :])
        return _digits(turn, block, keys[:taken])
    turn.update(heard=(), visit=Visit(block.name.text, prefix=keys))
    return ask.ask_or_fail(turn, dataclasses.replace(block, prompts=()), "start")


def again(turn: Turn, block: Menu | Collect, cause: ask.Cause) -> After | None:
    """Count a failed attempt; hand over when a limit is reached, else ask again."""
    visit = turn.call.visit or Visit(block.name.text)
    silent = cause == "silence"
    visit = dataclasses.replace(
        visit,
        tries=visit.tries + 1,
        silences=visit.silences + silent,
        wrong=visit.wrong + (not silent),
        prefix="",
    )
    turn.update(visit=visit)
    turn.note("took", "no input" if silent else "no match", block.span.start)
    counters = {"tries": visit.tries, "silences": visit.silences, "wrong": visit.wrong}
    for after in block.afters:
        if counters[after.what] >= after.count.value:
            cause_name = f"after {after.count.value} {after.what}"
            return ends.take(turn, cause_name, after.destination, after.say, after.span.start)
    return ask.ask_or_fail(turn, block, cause)


def _speech_failed(turn: Turn, block: Menu | Collect, visit: Visit) -> After | None:
    """The recogniser failed: ask again once, then go on with keys only. Never an attempt of the caller's."""
    failures = visit.speech_failures + 1
    has_keys = isinstance(block, Menu) and any(option.keys for option in block.options)
    if failures < 2:
        turn.update(visit=dataclasses.replace(visit, speech_failures=failures))
        return ask.ask_or_fail(turn, block, "again")
    if visit.keys_only or not has_keys:
        return ends.system_error(turn, "speech recognition does not work")
    turn.update(visit=dataclasses.replace(visit, speech_failures=0, keys_only=True))
    turn.note("took", "speech unavailable", block.span.start)
    return ask.ask_or_fail(turn, block, "keys_only")


def _choose(turn: Turn, block: Menu, event: Recognized | ActionFailed) -> After | None:
    if event.tones:
        return _key(turn, block, event.tones[0])
    label = event.label if isinstance(event, Recognized) else ""
    if label.isdecimal() and int(label) < len(block.options):
        return _taken(turn, block, block.options[int(label)])
    speech = event.speech if isinstance(event, Recognized) else ""
    for option in block.options:
        if any(_says(phrase.plain, speech) for phrase in option.phrases):
            return _taken(turn, block, option)
    return again(turn, block, "no_match")


def _key(turn: Turn, block: Menu, tone: str) -> After | None:
    for option in block.options:
        if any(key.text == tone for key in option.keys):
            return _taken(turn, block, option)
    return again(turn, block, "no_match")


def _says(phrase: str, speech: str) -> bool:
    """Whether the words of the phrase occur together in what was said: the policy ``phrases anywhere``."""
    wanted, said = (" ".join(re.findall(r"\w+", text.casefold())) for text in (phrase, speech))
    return bool(wanted) and f" {wanted} " in f" {said} "


def _taken(turn: Turn, block: Menu, option: Option) -> After | None:
    if not isinstance(option.destination, Repeat):
        cause = f"press {option.keys[0].text}" if option.keys else f'say "{option.phrases[0].plain}"'
        return ends.take(turn, cause, option.destination, None, option.span.start)
    visit = turn.call.visit or Visit(block.name.text)
    if visit.repeats >= ask.GRANTED_REPEATS:
        return again(turn, block, "no_match")
    turn.update(visit=dataclasses.replace(visit, repeats=visit.repeats + 1))
    turn.note("took", "repeat", option.span.start)
    return ask.ask_or_fail(turn, block, "repeat")


def _digits(turn: Turn, block: Collect, digits: str) -> After | None:
    bounds = block.digits
    if bounds is None or block.into is None:
        return ends.system_error(turn, f"{block.name.text} does not say what it collects")
    fits = bounds.least.value <= len(digits) <= bounds.most.value and digits.isascii() and digits.isdecimal()
    if not fits:
        return again(turn, block, "no_match")
    ends.set_variable(turn, block.into.text, digits)
    return ends.take_outcome(turn, block.routes, "accepted")


def _account(turn: Turn, event: Recognized | ActionFailed) -> None:
    """Keys that this recognition has given us come again from the continuous recognition, before or after: not
    twice."""
    if not turn.program.keeps_type_ahead:
        return
    consumed = len(event.tones)
    if event.sub_code in (8533, 8534) or (event.sub_code == 8514 and not event.tones.endswith("#")):
        consumed += 1  # the key of a choice, a wrong key, or the stop tone, none of which is among the tones
    reported = tuple(sorted(turn.call.heard))
    turn.update(heard=reported[consumed:], owed=turn.call.owed + max(0, consumed - len(reported)))


def _reset_speech(turn: Turn) -> None:
    """Speech has worked: failures of the recogniser in a row are counted anew."""
    visit = turn.call.visit
    if visit is not None and visit.speech_failures:
        turn.update(visit=dataclasses.replace(visit, speech_failures=0))
