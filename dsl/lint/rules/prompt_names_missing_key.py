"""A text tells the caller to press a key that does nothing.

"Press 4", and there is no 4: the caller does as told and hears that this is not one of the choices. It happens
whenever options change and recordings or texts do not. Texts and translations in English, Spanish, French and German
are read for words such as `press 4`, `oprima el 4`, `appuyez sur le 4` and `drücken Sie die 4`; a `collect` has the
keys of what it asks for, a confirmation 1 and 2, a message 1 to 3, a question of a survey its scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dsl.analysis.texts import Spoken
from dsl.ast import Block, Collect, Menu, Queue, Survey, Transfer, Voicemail
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.heard import Heard, in_languages, written
from dsl.lint.input import keys_taken
from dsl.lint.keys import KEYS, key_named, keys_in
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword, spoken
from dsl.source import Span
from dsl.spell import listed


@dataclass(frozen=True, slots=True)
class _Asked:
    """Texts that belong together, and the keys that they may name. ``misused`` keys are written twice or are none: one
    that seems to be missing is then most likely one of those."""

    texts: tuple[Spoken, ...]
    keys: tuple[str, ...]
    advice: str = ""
    misused: int = 0


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.blocks.values():
        if not block.broken:
            for asked in _asked(context, block):
                yield from _missing(context, block, asked)


def _asked(context: Context, block: Block) -> Iterator[_Asked]:
    match block:
        case Menu():
            yield from _menu(context, block)
        case Collect():
            yield from _collect(context, block)
        case Queue():
            for option in block.options:
                if option.offer:
                    advice = f"this offer is for `press {option.key.text}`"
                    yield _Asked((Spoken(option.offer, "offer"),), (option.key.text,), advice)
            anywhere = (key.key.text for key in context.program.keys_of(block))
            keys = (*(option.key.text for option in block.options), *anywhere)
            yield _Asked(tuple(each for each in spoken(block) if each.use == "announcement"), keys)
        case Voicemail():
            stop = (block.stop_key.text,) if block.stop_key else ()
            advice = "write `stop on` and the key in the line with `up to`, or take the words out"
            yield _Asked(tuple(each for each in spoken(block) if each.use == "greeting"), stop, advice)
            review = tuple(each for each in spoken(block) if each.use == "review")
            yield _Asked(review, ("1", "2", "3"), "1 sends the message, 2 plays it, 3 records it again")
        case Survey():
            for question in block.questions:
                if question.text:
                    scale = tuple(str(key) for key in range(question.least.value, question.most.value + 1))
                    yield _Asked((Spoken(question.text, "question"),), scale)
        case Transfer():
            if block.accept:
                yield _Asked((Spoken(block.accept, "accept"),), ("1", "2"), "1 accepts the call, 2 declines it")
        case _:
            return


def _menu(context: Context, menu: Menu) -> Iterator[_Asked]:
    keys = (*keys_taken(menu), *(key.key.text for key in context.program.keys_of(menu)))
    there = [each for each in KEYS if each in keys]
    given = [key.text for option in menu.options for key in option.keys]
    misused = len(given) - len({key for key in given if key in KEYS})
    advice = f"its keys are {listed(there, 'and')}" if there else "its options have no keys"
    # A sentence on the way out may speak of the keys of the next block.
    yield _Asked(tuple(each for each in spoken(menu) if each.use not in ("say", "confirm")), keys, advice, misused)
    if menu.confirm:
        advice = "1 takes what was understood, 2 asks anew"
        yield _Asked((Spoken(menu.confirm, "confirm"),), ("1", "2", *keys), advice)


def _collect(context: Context, block: Collect) -> Iterator[_Asked]:
    anywhere = tuple(key.key.text for key in context.program.keys_of(block))
    keys = (*keys_taken(block), *anywhere)
    texts = [each for each in spoken(block) if each.use not in ("say", "confirm")]
    yield _Asked(tuple(texts), keys)
    if block.confirm:
        advice = "1 accepts the value, 2 asks again"
        yield _Asked((Spoken(block.confirm, "confirm"),), ("1", "2", *anywhere), advice)


def _missing(context: Context, block: Block, asked: _Asked) -> Iterator[Diagnostic]:
    """One finding for a key, wherever the texts name it: it is one mistake."""
    heard = [each for text in asked.texts for each in in_languages(context.program, text)]
    found: dict[str, list[Span]] = {}
    for key, span in _named(context, heard):
        several = len(key) > 1 and isinstance(block, Collect)  # "press 4711", an example of what is asked for
        if key not in asked.keys and not several:
            found.setdefault(key, []).append(span)
    if len(found) <= asked.misused:
        return
    for key, (first, *others) in found.items():
        yield RULE.at(
            context.program.source,
            first,
            f"the text names the key `{key}`, which `{keyword(block)} {block.name.text}` does not have",
            "a key that does nothing here",
            labels=tuple(Label(other, "and here") for other in others),
            help=asked.advice or _advice(block, key, asked.keys),
        )


def _named(context: Context, texts: Iterable[Heard]) -> Iterator[tuple[str, Span]]:
    for each in texts:
        start = each.text.span.start + 1
        for word, begin, end in keys_in(written(context.program, each.text), each.language):
            yield key_named(word, each.language) or word, Span(start + begin, start + end)


def _advice(block: Block, key: str, keys: tuple[str, ...]) -> str:
    if isinstance(block, Collect) and key in "*#":
        return f"add `, ends with {key}` to its digits, or take the words out"
    return f"its keys are {listed(dict.fromkeys(keys), 'and')}" if keys else "take the words out: it takes no key"


RULE = Rule(
    code="IVR402",
    name="prompt-names-missing-key",
    severity="error",
    check=check,
    bad=script("""\
menu main_menu
    prompt "For billing, press 1. For an agent, press 4."
    press 1 -> sorry
    press 0 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
    good=script("""\
menu main_menu
    prompt "For billing, press 1. For an agent, press 0."
    press 1 -> sorry
    press 0 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
)
