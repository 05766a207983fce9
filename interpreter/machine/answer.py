"""What the caller did: an input, silence, or something else, and where that leads."""

from __future__ import annotations

import dataclasses
import re

from dsl.ast import Collect, Menu, Option, Repeat
from interpreter.machine import ask, ends, keys
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
    keys.account(turn, block, event)
    if verdict == "system":
        return ends.system_error(turn, f"recognition ended with {event.code}/{event.sub_code}")
    if verdict == "speech_failed":
        return _speech_failed(turn, block, visit)
    _reset_speech(turn)
    if verdict in ("silence", "digits_timeout") and not visit.prefix + event.tones:
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
        turn.update(heard=())
    typed = keys.take(turn, block)
    if typed is None:
        return ask.ask_or_fail(turn, block, "start")
    if isinstance(block, Menu):
        return _key(turn, block, typed.digits)
    if typed.complete:
        return _digits(turn, block, typed.digits)
    turn.update(visit=Visit(block.name.text, prefix=typed.digits))
    return ask.ask_or_fail(turn, dataclasses.replace(block, prompts=()), "start")


def again(turn: Turn, block: Menu | Collect, cause: ask.Cause) -> After | None:
    """Count a failed attempt; hand over when a limit is reached, else ask again.

    Keys typed ahead of a mistake were meant for something else and are forgotten.
    """
    visit = turn.call.visit or Visit(block.name.text)
    silent = cause == "silence"
    visit = dataclasses.replace(
        visit,
        tries=visit.tries + 1,
        silences=visit.silences + silent,
        wrong=visit.wrong + (not silent),
        prefix="",
    )
    turn.update(visit=visit, heard=())
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
    options = block.options if isinstance(block, Menu) else ()
    if failures < 2:
        turn.update(visit=dataclasses.replace(visit, speech_failures=failures))
        return ask.ask_or_fail(turn, block, "again")
    without_speech = visit.keys_only or not any(option.phrases for option in options)
    if without_speech or not any(option.keys for option in options):
        return ends.system_error(turn, "speech recognition does not work")
    turn.update(visit=dataclasses.replace(visit, speech_failures=0, keys_only=True))
    turn.note("took", "speech unavailable", block.span.start)
    return ask.ask_or_fail(turn, block, "keys_only")


def _choose(turn: Turn, block: Menu, event: Recognized | ActionFailed) -> After | None:
    if event.tones:
        return _key(turn, block, event.tones[0])
    if isinstance(event, Recognized) and event.label:
        chosen = next((o for number, o in enumerate(block.options) if str(number) == event.label), None)
        if chosen is None:
            return ends.system_error(turn, f"there is no option {event.label[:20]!r}")
        return _taken(turn, block, chosen)
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


def _reset_speech(turn: Turn) -> None:
    """Speech has worked: failures of the recogniser in a row are counted anew."""
    visit = turn.call.visit
    if visit is not None and visit.speech_failures:
        turn.update(visit=dataclasses.replace(visit, speech_failures=0))
