"""A text asks for a key and does not say which.

An offer of a queue has a key of its own, a survey is taken by 1, a message is sent by 1, and whoever is asked to take a
call accepts by 1 and declines by 2. Nobody guesses that: without the key the offer is made in vain.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.texts import Spoken
from dsl.ast import Block, Queue, Survey, Transfer, Voicemail
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.heard import Heard, in_languages, written
from dsl.lint.keys import KEYS, is_read, keys_named, numbers_said
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword, spoken
from dsl.source import Span
from dsl.spell import listed

_TAKEN = {"accept": {"1", "2"}, "review": {"1", "2", "3"}}
"""The keys that are taken where there are more than those that have to be told."""


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        match block:
            case Queue():
                yield from _queue(context, block)
            case Survey() | Voicemail() | Transfer():
                for text in spoken(block):
                    if text.use in ("offer", "review", "accept"):
                        keys = ("1", "2") if text.use == "accept" else ("1",)
                        yield from _silent(context, block, text, keys)
            case _:
                continue


def _queue(context: Context, queue: Queue) -> Iterator[Diagnostic]:
    announced = {
        key
        for text in spoken(queue)
        if text.use == "announcement"
        for each in in_languages(context.program, text)
        for key in _said(context, each)
    }
    recorded = any(each.file for each in queue.announcements)
    for option in queue.options:
        if option.key.text not in KEYS:
            continue  # has a message of its own
        if option.offer is not None:
            yield from _silent(context, queue, Spoken(option.offer, "offer"), (option.key.text,), option.key.span)
        elif option.key.text not in announced and not recorded and is_read(context.program.language):
            yield RULE.at(
                context.program.source,
                option.key.span,
                f"no text of `queue {queue.name.text}` tells of the key {option.key.text}",
                "callers do not hear of it",
                help=f'say it before the arrow: `press {option.key.text} "To …, press {option.key.text}." -> …`',
            )


def _said(context: Context, each: Heard) -> frozenset[str]:
    return numbers_said(written(context.program, each.text), each.language)


def _silent(
    context: Context, block: Block, text: Spoken, keys: tuple[str, ...], key: Span | None = None
) -> Iterator[Diagnostic]:
    for each in in_languages(context.program, text):
        missing = [name for name in keys if name not in _said(context, each)]
        if set(keys_named(written(context.program, each.text), each.language)) - _TAKEN.get(text.use, set(keys)):
            continue  # it names a key that does nothing here: that has a message of its own
        if missing and is_read(each.language):
            yield RULE.at(
                context.program.source,
                each.text.span,
                f"a text of `{keyword(block)} {block.name.text}` does not name the key {listed(missing, 'and')}",
                "what to press is not said",
                labels=(Label(key, "the key"),) if key is not None else (),
                help="add what to press",
            )


def _example(text: str) -> str:
    return script(f"""\
voicemail mailbox
    greeting "Please leave a message after the tone, then press pound."
    up to 3m, stop on #
    review "{text}"
    saved           -> finish message_taken
    empty or failed -> sorry
""")


RULE = Rule(
    code="IVR326",
    name="key-not-told",
    severity="warning",
    check=check,
    bad=_example("Would you like to send it?"),
    good=_example("To send it, press 1. To record it again, press 3."),
)
