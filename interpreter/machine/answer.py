"""What the caller did: an input, silence, or something else, and where that leads.

An input of a collect is read as a value (`inputs`), then each check of the script is made in order (some by asking
the site's data), then the caller is asked whether it is right, where the script wants that. Whatever fails on the way
counts as one attempt.
"""

from __future__ import annotations

import dataclasses

from dsl.analysis.edges import after_cause, option_cause
from dsl.analysis.values import data_check
from dsl.ast import After as Limit
from dsl.ast import Check, Collect, Counter, Menu, Option, Repeat
from interpreter.machine import ask, ends, inputs, keys, requests
from interpreter.machine.results import heard
from interpreter.machine.state import After, Visit, Waiting
from interpreter.machine.turn import Scope, Turn
from interpreter.protocol import ActionFailed, ActionRefused, Recognized, Reported, Secret, Value
from interpreter.values import evaluate
from interpreter.values.functions import says

CANCELLED_GRACE = 5.0
"""Seconds to wait for the hang-up that usually follows a cancelled operation."""
OPTION_BY_PHRASE = 8545
"""Sub-code of an option that was said."""
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
        return _speech_failed(turn, block, visit)
    _reset_speech(turn)
    if verdict in ("silence", "digits_timeout") and not (visit.prefix + event.tones or event.secret):
        return again(turn, block, "silence")
    if verdict == "no_match":
        return again(turn, block, "no_match")
    if isinstance(block, Menu):
        return _choose(turn, block, event)
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
        return _key(turn, block, typed.digits)
    if typed.complete:
        return _value(turn, block, typed.digits)
    turn.update(visit=Visit(block.name.text, prefix=typed.digits))
    return ask.ask_or_fail(turn, dataclasses.replace(block, prompts=()), "start")


# --------------------------------------------------------------------------------------------------------------------
# Failed attempts


def again(turn: Turn, block: Menu | Collect, cause: str) -> After | None:
    """Count a failed attempt; hand over when a limit is reached, else ask again. ``cause`` is ``silence``,
    ``no_match``, ``start_again`` (the caller did not confirm), or ``check.N`` for the check of that number.

    Keys typed ahead of a mistake were meant for something else and are forgotten.
    """
    visit = turn.call.visit or Visit(block.name.text)
    failed = _check_of(block, cause)
    counting = [counter.text for counter in (block.counter, failed.counter if failed else None) if counter]
    visit = dataclasses.replace(
        visit,
        tries=visit.tries + 1,
        silences=visit.silences + (cause == "silence"),
        wrong=visit.wrong + (cause == "no_match"),
        failed=_add(visit.failed, failed.name) if failed else visit.failed,
        prefix="",
        cause=cause,
        counting=tuple(dict.fromkeys(counting)),
    )
    turn.update(visit=visit, heard=())
    causes = {"silence": "no input", "start_again": "not confirmed"}
    told = f"{failed.name} failed" if failed else causes.get(cause, "no match")
    turn.note("took", told, block.span.start)
    if cause == "silence":
        turn.note("edge", f"no input {visit.tries}", block.span.start)
    return _counted(turn, block, visit)


def _add(pairs: tuple[tuple[str, int], ...], name: str) -> tuple[tuple[str, int], ...]:
    found = dict(pairs)
    found[name] = found.get(name, 0) + 1
    return tuple(found.items())


def _check_of(block: Menu | Collect, cause: str) -> Check | None:
    """The check that a cause ``check.N`` speaks of."""
    number = cause.removeprefix("check.") if cause.startswith("check.") else ""
    checks = block.checks if isinstance(block, Collect) else ()
    return checks[int(number)] if number.isdecimal() and int(number) < len(checks) else None


def _counted(turn: Turn, block: Menu | Collect, visit: Visit) -> After | None:
    """Keep the counters that this attempt counts in, then decide."""
    while visit.counting:
        counter = turn.program.counters.get(visit.counting[0])
        if counter is not None and counter.key is not None:
            if requests.can_count(turn, counter):
                return _ask_counter(turn, counter)
            turn.note("error", f"there is nothing to keep {counter.name.text} by")
        elif counter is not None:
            ends.count_up(turn, counter.name.text)
        visit = dataclasses.replace(visit, counting=visit.counting[1:])
        turn.update(visit=visit)
    return _decide(turn, block, visit)


def _ask_counter(turn: Turn, counter: Counter) -> After | None:
    return requests.count(turn, counter, None, "count")


def _decide(turn: Turn, block: Menu | Collect, visit: Visit) -> After | None:
    """The first limit that is reached, in the order of the script, decides; without one the caller is asked again."""
    for after in block.afters:
        if _reached(turn, visit, after):
            return ends.take(turn, after_cause(after), after.destination, after.say, after.span.start)
    if visit.confirming and visit.cause in ("silence", "no_match"):
        return ask.confirm(turn, block, visit.cause)
    turn.update(visit=dataclasses.replace(visit, confirming=False))
    return ask.ask_or_fail(turn, block, visit.cause)


def _reached(turn: Turn, visit: Visit, after: Limit) -> bool:
    name = after.name.text if after.name is not None else ""
    match after.what:
        case "limit":
            counter = turn.program.counters.get(name)
            most = counter.most.value if counter is not None and counter.most is not None else 0
            return bool(most) and dict(turn.call.counters).get(name, 0.0) >= most
        case "failed":
            return dict(visit.failed).get(name, 0) >= after.count.value
        case "tries":
            return visit.tries >= after.count.value
        case "silences":
            return visit.silences >= after.count.value
        case _:
            return visit.wrong >= after.count.value


def told(turn: Turn, waiting: Waiting, event: Reported | ActionRefused) -> After | None:
    """The answer to a check or to a counter of a failed attempt."""
    block = turn.program.blocks.get(turn.call.block)
    visit = turn.call.visit
    turn.stop_waiting()
    if not isinstance(block, Menu | Collect) or visit is None:
        return ends.system_error(turn, "an answer came for a block that asks for none")
    outcome = event.outcome if isinstance(event, Reported) else "failed"
    if waiting.purpose == "count":
        return _counter_told(turn, block, visit, event, outcome)
    if not isinstance(block, Collect):
        return ends.system_error(turn, "a check came for a menu")
    if outcome == "yes":
        return _checks(turn, block, visit.check + 1)
    return again(turn, block, f"check.{visit.check}") if outcome == "no" else _unchecked(turn, block)


def _counter_told(
    turn: Turn, block: Menu | Collect, visit: Visit, event: Reported | ActionRefused, outcome: str
) -> After | None:
    """A counter that could not be kept does not lock anybody out: it is traced, and the other limits hold."""
    name = visit.counting[0] if visit.counting else ""
    counter = turn.program.counters.get(name)
    value = dict(event.values).get("value") if isinstance(event, Reported) else None
    if outcome == "failed" or not isinstance(value, float | int):
        turn.note("error", f"the counter {name} could not be kept")
    else:
        known = tuple(pair for pair in turn.call.counters if pair[0] != name)
        most = float(counter.most.value) if counter is not None and counter.most is not None else float(value)
        reached = outcome in ("reached", "limit reached")
        turn.update(counters=(*known, (name, max(float(value), most) if reached else float(value))))
    visit = dataclasses.replace(visit, counting=visit.counting[1:])
    turn.update(visit=visit)
    return _counted(turn, block, visit)


# --------------------------------------------------------------------------------------------------------------------
# Speech that does not work


def _speech_failed(turn: Turn, block: Menu | Collect, visit: Visit) -> After | None:
    """The recogniser failed: ask again once, then go on with keys only. Never an attempt of the caller's."""
    failures = visit.speech_failures + 1
    if failures < 2:
        turn.update(visit=dataclasses.replace(visit, speech_failures=failures))
        return ask.ask_or_fail(turn, block, "again")
    if visit.keys_only or not ask.takes_keys(block):
        return ends.system_error(turn, "speech recognition does not work")
    turn.update(visit=dataclasses.replace(visit, speech_failures=0, keys_only=True))
    turn.note("took", "speech unavailable", block.span.start)
    return ask.ask_or_fail(turn, block, "keys_only")


def _reset_speech(turn: Turn) -> None:
    """Speech has worked: failures of the recogniser in a row are counted anew."""
    visit = turn.call.visit
    if visit is not None and visit.speech_failures:
        turn.update(visit=dataclasses.replace(visit, speech_failures=0))


# --------------------------------------------------------------------------------------------------------------------
# Menus


def _choose(turn: Turn, block: Menu, event: Recognized | ActionFailed) -> After | None:
    if event.tones:
        return _key(turn, block, event.tones[0])
    options = ask.options_of(turn, block)
    if isinstance(event, Recognized) and event.label:
        chosen = next((number for number in range(len(options)) if str(number) == event.label), None)
        if chosen is None:
            return ends.system_error(turn, f"there is no option {event.label[:20]!r}")
        return _taken(turn, block, options, chosen, "" if event.sub_code == OPTION_BY_PHRASE else "key")
    speech = event.speech if isinstance(event, Recognized) else ""
    for number, option in enumerate(options):
        if any(says(phrase, speech) for phrase in turn.phrases(option.phrases)):
            return _taken(turn, block, options, number, "")
    return again(turn, block, "no_match")


def _key(turn: Turn, block: Menu, tone: str) -> After | None:
    options = ask.options_of(turn, block)
    for number, option in enumerate(options):
        if any(key.text == tone for key in option.keys):
            return _taken(turn, block, options, number, tone)
    return again(turn, block, "no_match")


def _taken(turn: Turn, block: Menu, options: tuple[Option, ...], number: int, key: str) -> After | None:
    """Take an option by a key, by its first one (``key``), or by a phrase ("")."""
    option = options[number]
    if number >= len(block.options):
        return _anywhere(turn, block, option)
    by = option_cause(option) if key in ("", "key") else f"press {key}"
    said = f'say "{option.phrases[0].plain}"' if option.phrases and not key else ""
    turn.note("edge", said or by, option.span.start)
    if not isinstance(option.destination, Repeat):
        return ends.take(turn, option_cause(option), option.destination, None, option.span.start)
    visit = turn.call.visit or Visit(block.name.text)
    if visit.repeats >= ask.GRANTED_REPEATS:
        return again(turn, block, "no_match")
    turn.update(visit=dataclasses.replace(visit, repeats=visit.repeats + 1))
    turn.note("took", "repeat", option.span.start)
    return ask.ask_or_fail(turn, block, "repeat")


def _anywhere(turn: Turn, block: Menu | Collect, option: Option) -> After | None:
    """A key that holds anywhere: ``go back`` will lead here."""
    turn.update(back=block.name.text)
    turn.note("edge", f"{option_cause(option)} anywhere", block.span.start)
    return ends.take(turn, f"{option_cause(option)} anywhere", option.destination, None, option.span.start)


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
            return _anywhere(turn, block, option)
    if event.secret is not None:
        return _secret(turn, block, event.secret)
    speech = event.speech if isinstance(event, Recognized) else ""
    if not speech:
        return _value(turn, block, pressed)
    for option in ask.global_options(turn, block):
        if any(says(phrase, speech) for phrase in turn.phrases(option.phrases)):
            return _anywhere(turn, block, option)
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
