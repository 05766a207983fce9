"""What a caller has chosen in a menu: by a key, by a phrase, or by a sentence that means an option.

A sentence is first held against the phrases. In a menu whose options have meanings, a phrase is then the whole of what
was said (``phrases anywhere``: a part of it), and anything else is asked of the site's recogniser, which can only name
one of the script's own options and how sure it is. Sure is taken, unsure is asked about (``confirm``), less is no
match. Where the recogniser does not work, that is no attempt of the caller's: it is as if the host could not hear.
"""

from __future__ import annotations

import dataclasses
import re

from dsl.analysis.edges import option_cause
from dsl.ast import Collect, Menu, Option, Repeat, Text
from interpreter.machine import ask, attempts, ends, inputs, requests
from interpreter.machine.state import After, Visit
from interpreter.machine.turn import Turn
from interpreter.protocol import ActionFailed, ActionRefused, Items, Recognized, Reported, Value
from interpreter.values.functions import says

SURE = 0.8
"""From this confidence on an option is taken."""
UNSURE = 0.5
"""From this confidence on the caller is asked whether the option is meant."""
UNDERSTOOD_WITHIN = 3.0
"""Seconds that the recogniser may think: the caller hears nothing meanwhile."""
OPTION_BY_PHRASE = 8545
"""Sub-code of an option that was said."""


def choose(turn: Turn, block: Menu, event: Recognized | ActionFailed) -> After | None:
    """An input has come."""
    visit = turn.call.visit or Visit(block.name.text)
    if visit.confirming:
        return _confirmed(turn, block, visit, event)
    if event.tones:
        return key(turn, block, event.tones[0])
    options = ask.options_of(turn, block)
    if isinstance(event, Recognized) and event.label:
        chosen = next((number for number in range(len(options)) if str(number) == event.label), None)
        if chosen is None:
            return ends.system_error(turn, f"there is no option {event.label[:20]!r}")
        by_phrase = event.sub_code == OPTION_BY_PHRASE
        return _taken(turn, block, options, chosen, _said(options[chosen]) if by_phrase else "")
    speech = event.speech if isinstance(event, Recognized) else ""
    number = _of_phrase(turn, block, speech)
    if number is not None:
        return _taken(turn, block, options, number, _said(options[number]))
    return _understand(turn, block, speech) if block.understands else attempts.again(turn, block, "no_match")


def _of_phrase(turn: Turn, block: Menu, speech: str) -> int | None:
    for number, option in enumerate(ask.options_of(turn, block)):
        if any(_fits(block, phrase, speech) for phrase in turn.phrases(option.phrases)):
            return number
    return None


def by_phrase(turn: Turn, block: Menu, speech: str) -> str | None:
    """The option that a sentence takes by one of its phrases, in the words of a script."""
    number = _of_phrase(turn, block, speech)
    return _said(ask.options_of(turn, block)[number]) if number is not None else None


def _fits(block: Menu, phrase: str, speech: str) -> bool:
    # Who says "not billing" does not mean "billing".
    return says(phrase, speech) if block.phrases_anywhere else _words(phrase) == _words(speech)


def _said(option: Option) -> str:
    return f'say "{option.phrases[0].plain}"' if option.phrases else ""


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def key(turn: Turn, block: Menu, tone: str) -> After | None:
    """Take the option of a key."""
    options = ask.options_of(turn, block)
    for number, option in enumerate(options):
        if any(key.text == tone for key in option.keys):
            return _taken(turn, block, options, number, f"press {tone}")
    return attempts.again(turn, block, "no_match")


def _taken(turn: Turn, block: Menu, options: tuple[Option, ...], number: int, way: str) -> After | None:
    """Leave by an option; ``way`` is what took it, in the words of a script."""
    option = options[number]
    if number >= len(block.options):
        return anywhere(turn, block, option)
    turn.note("edge", way or option_cause(option), option.span.start)
    if not isinstance(option.destination, Repeat):
        return ends.take(turn, option_cause(option), option.destination, None, option.span.start)
    visit = turn.call.visit or Visit(block.name.text)
    if visit.repeats >= ask.GRANTED_REPEATS:
        return attempts.again(turn, block, "no_match")
    turn.update(visit=dataclasses.replace(visit, repeats=visit.repeats + 1, confirming=False))
    turn.note("took", "repeat", option.span.start)
    return ask.ask_or_fail(turn, block, "repeat")


def anywhere(turn: Turn, block: Menu | Collect, option: Option) -> After | None:
    """A key that holds anywhere: ``go back`` will lead here."""
    turn.update(back=block.name.text)
    turn.note("edge", f"{option_cause(option)} anywhere", block.span.start)
    return ends.take(turn, f"{option_cause(option)} anywhere", option.destination, None, option.span.start)


# --------------------------------------------------------------------------------------------------------------------
# Sentences


def candidates(turn: Turn, block: Menu) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """What a sentence can mean: each option that is not for keys alone, by its number, with its meanings and then its
    phrases, in the call's language. The first text names the option."""
    options = enumerate(ask.options_of(turn, block))
    found = ((number, turn.phrases((*option.meanings, *option.phrases))) for number, option in options)
    return tuple((number, texts) for number, texts in found if texts)


def _understand(turn: Turn, block: Menu, speech: str) -> After | None:
    """Ask what a sentence means. Nothing goes out but the sentence and what the script offers."""
    arguments: list[tuple[str, Value]] = [("said", speech), ("language", turn.language)]
    arguments += ((str(number), Items(texts)) for number, texts in candidates(turn, block))
    op = turn.request("understanding", block.name.text, tuple(arguments), (), UNDERSTOOD_WITHIN)
    requests.wait(turn, op, UNDERSTOOD_WITHIN, None, "understanding")
    return None


def understood(turn: Turn, block: Menu, visit: Visit, event: Reported | ActionRefused) -> After | None:
    """What a sentence means, or that nobody knows."""
    outcome = event.outcome if isinstance(event, Reported) else "failed"
    values = dict(event.values) if isinstance(event, Reported) else {}
    if outcome == "nothing":
        attempts.speech_works(turn)
        return attempts.again(turn, block, "no_match")
    meaning, confidence = values.get("meaning"), values.get("confidence")
    number = _option_of(turn, block, meaning) if isinstance(meaning, str) else None
    if outcome != "understood" or number is None or not isinstance(confidence, float | int):
        if outcome == "understood":
            turn.note("error", f"what was understood is no option of {block.name.text}")
        # Without keys there is nothing else to offer: then it counts, so that the caller is handed over in the end.
        if ask.takes_keys(block):
            return attempts.speech_failed(turn, block, visit)
        return attempts.again(turn, block, "no_match")
    attempts.speech_works(turn)
    if confidence >= SURE:
        return _mean(turn, block, number)
    if confidence >= UNSURE and block.confirm is not None:
        texts = dict(candidates(turn, block))[number]
        turn.update(visit=dataclasses.replace(turn.call.visit or visit, meaning=texts[0]))
        return ask.confirm(turn, block, "start")
    return attempts.again(turn, block, "no_match")


def _option_of(turn: Turn, block: Menu, meaning: str) -> int | None:
    """The option that a text names, in the call's language or as the script has written it."""
    options = ask.options_of(turn, block)
    known = [(number, texts) for number, texts in candidates(turn, block)]
    for number, texts in (*known, *((n, _written(options[n])) for n, _ in known)):
        if meaning in texts:
            return number
    return None


def _written(option: Option) -> tuple[str, ...]:
    texts: tuple[Text, ...] = (*option.meanings, *option.phrases)
    return tuple(text.plain for text in texts)


def _mean(turn: Turn, block: Menu, number: int) -> After | None:
    options = ask.options_of(turn, block)
    meanings = options[number].meanings
    return _taken(turn, block, options, number, f'means "{meanings[0].plain}"' if meanings else _said(options[number]))


def _confirmed(turn: Turn, block: Menu, visit: Visit, event: Recognized | ActionFailed) -> After | None:
    """The answer to whether the option was meant. A key of the menu works, too, unless it is that for yes or no."""
    speech = event.speech if isinstance(event, Recognized) else ""
    verdict = inputs.yes_or_no(turn, event.tones, speech)
    number = _option_of(turn, block, visit.meaning)
    if verdict is True and number is not None:
        return _mean(turn, block, number)
    if verdict is None and any(k.text == event.tones for o in ask.options_of(turn, block) for k in o.keys):
        return key(turn, block, event.tones)
    return attempts.again(turn, block, "start_again" if verdict is False else "no_match")
