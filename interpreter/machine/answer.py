"""What the caller did: an input, silence, or something else, and where that leads.

An input of a collect is read as a value (`inputs`), then each check of the script is made in order (some by asking
the site's data), then the caller is asked whether it is right, where the script wants that. Whatever fails on the way
counts as one attempt.
"""

from __future__ import annotations

import dataclasses

from dsl.analysis.values import data_check
from dsl.ast import Collect, Menu
from interpreter.machine import ask, attempts, ends, inputs, keys, menus, requests
from interpreter.machine.attempts import again
from interpreter.machine.menus import anywhere
from interpreter.machine.results import heard
from interpreter.machine.state import After, Visit, Waiting
from interpreter.machine.turn import Scope, Turn
from interpreter.protocol import ActionFailed, ActionRefused, Recognized, Reported, Secret, Value
from interpreter.values import evaluate
from interpreter.values.functions import says

CANCELLED_GRACE = 5.0
"""Seconds to wait for the hang-up that usually follows a cancelled operation."""
STOP_TONE = 8514
"""Sub-code of a recognition that a stop tone has ended."""


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
        return attempts.speech_failed(turn, block, visit)
    if not (isinstance(block, Menu) and block.understands and isinstance(event, Recognized) and event.speech):
        attempts.speech_works(turn)  # else when it is known what was meant, too
    if verdict in ("silence", "digits_timeout") and not (visit.prefix + event.tones or event.secret):
        return again(turn, block, "silence")
    if verdict == "no_match":
        return again(turn, block, "no_match")
    if isinstance(block, Menu):
        return menus.choose(turn, block, event)
    return _entered(turn, block, visit, event)


def begin(turn: Turn, block: Menu | Collect) -> After | None:
    """Enter a menu or a collect: with keys that were pressed ahead if the block takes them, else with its prompt."""
    turn.update(visit=Visit(block.name.text))
    if not block.type_ahead:
        turn.update(heard=())
    typed = keys.take(turn, block)
    if typed is None:
        return ask.ask_or_fail(turn, block, "start")
    if isinstance(block, Menu):
        return menus.key(turn, block, typed.digits)
    if typed.complete:
        return _value(turn, block, typed.digits)
    turn.update(visit=Visit(block.name.text, prefix=typed.digits))
    return ask.ask_or_fail(turn, dataclasses.replace(block, prompts=()), "start")


def told(turn: Turn, waiting: Waiting, event: Reported | ActionRefused) -> After | None:
    """The answer to a check, to a counter of a failed attempt, or to what a sentence means."""
    block = turn.program.blocks.get(turn.call.block)
    visit = turn.call.visit
    turn.stop_waiting()
    if not isinstance(block, Menu | Collect) or visit is None:
        return ends.system_error(turn, "an answer came for a block that asks for none")
    outcome = event.outcome if isinstance(event, Reported) else "failed"
    if waiting.purpose == "count":
        return attempts.counter_told(turn, block, visit, event, outcome)
    if waiting.purpose == "understanding" and isinstance(block, Menu):
        return menus.understood(turn, block, visit, event)
    if not isinstance(block, Collect):
        return ends.system_error(turn, "a check came for a menu")
    if outcome == "yes":
        return _checks(turn, block, visit.check + 1)
    return again(turn, block, f"check.{visit.check}") if outcome == "no" else _unchecked(turn, block)


# --------------------------------------------------------------------------------------------------------------------
# Values of a collect


def _entered(turn: Turn, block: Collect, visit: Visit, event: Recognized | ActionFailed) -> After | None:
    if visit.confirming:
        return _confirmed(turn, block, event)
    pressed = visit.prefix + event.tones
    stop = ask.stop_tones(turn, block) if event.sub_code == STOP_TONE else ""
    for option in ask.global_options(turn, block):
        key = option.keys[0].text
        if pressed == key or (stop == key and not event.secret):
            return anywhere(turn, block, option)
    if event.secret is not None:
        return _secret(turn, block, event.secret)
    speech = event.speech if isinstance(event, Recognized) else ""
    if not speech:
        return _value(turn, block, pressed)
    for option in ask.global_options(turn, block):
        if any(says(phrase, speech) for phrase in turn.phrases(option.phrases)):
            return anywhere(turn, block, option)
    value = inputs.from_speech(turn, block.kind, speech) if block.kind is not None else None
    return _keep(turn, block, value)


def _value(turn: Turn, block: Collect, pressed: str) -> After | None:
    return _keep(turn, block, inputs.from_keys(turn, block.kind, pressed) if block.kind is not None else None)


def _secret(turn: Turn, block: Collect, secret: Secret) -> After | None:
    return _keep(turn, block, inputs.from_secret(block.kind, secret) if block.kind is not None else None)


def _keep(turn: Turn, block: Collect, value: Value) -> After | None:
    """Keep what fits, and check it. The script reads it only behind ``accepted``."""
    if block.kind is None or block.into is None:
        return ends.system_error(turn, f"{block.name.text} does not say what it collects")
    if value is None:
        return again(turn, block, "no_match")
    ends.set_variable(turn, block.into.text, value)
    return _checks(turn, block, 0)


def _checks(turn: Turn, block: Collect, first: int) -> After | None:
    """Make the checks from ``first``; when all are good, ask whether it is right, or accept."""
    for number in range(first, len(block.checks)):
        check = block.checks[number]
        asked = data_check(check)
        if asked is not None:
            arguments = requests.check_arguments(turn, asked.name, asked.arguments)
            if arguments is None:
                return ends.system_error(turn, f"no value for what {asked.name} needs")
            within = check.within.seconds if check.within else requests.WITHIN
            op = turn.request("check", asked.name, arguments, (), within)
            turn.update(visit=dataclasses.replace(turn.call.visit or Visit(block.name.text), check=number))
            requests.wait(turn, op, within, None, "check")
            return None
        result = evaluate(check.condition, Scope(turn))
        if result is None:
            return _unchecked(turn, block)
        if result is not True:
            return again(turn, block, f"check.{number}")
    if block.confirm is not None:
        return ask.confirm(turn, block, "start")
    return ends.take_outcome(turn, block.routes, "accepted")


def _unchecked(turn: Turn, block: Collect) -> After | None:
    """The check itself could not be made: not the caller's fault, and not an attempt."""
    if any(name.text == "unchecked" for route in block.routes for name in route.outcomes):
        return ends.take_outcome(turn, block.routes, "unchecked")
    return ends.system_error(turn, "a check could not be made")


def _confirmed(turn: Turn, block: Collect, event: Recognized | ActionFailed) -> After | None:
    speech = event.speech if isinstance(event, Recognized) else ""
    value = inputs.yes_or_no(turn, event.tones, speech)
    if value is True:
        return ends.take_outcome(turn, block.routes, "accepted")
    return again(turn, block, "start_again" if value is False else "no_match")
