"""A text tells the caller to press a key that does nothing.

"Press 4", and there is no 4: the caller does as told and hears that this is not one of the choices. It happens
whenever options change and recordings or texts do not. Texts in English are read for words such as `press 4`, `press
star` and `press the pound key`; in a `collect` only `star` and `pound` are looked at, for a digit is what it asks for.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Menu
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.keys import KEYS, key_named, keys_in
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword, spoken
from dsl.source import Span
from dsl.spell import listed


def check(context: Context) -> Iterator[Diagnostic]:
    if not context.program.language.startswith("en"):
        return
    for block in context.program.declarations():
        if isinstance(block, Menu | Collect) and not block.broken:
            # A sentence on the way out may speak of the keys of the next block.
            texts = [each.text.span for each in spoken(block) if each.use != "say"]
            keys = _keys(block)
            named = {
                key_named(word) or word for span in texts for word, _, _ in keys_in(context.program.source.slice(span))
            }
            if len(named - set(keys)) > _misused(block):
                yield from _missing(context, block, texts, keys)


def _keys(block: Menu | Collect) -> list[str]:
    if isinstance(block, Menu):
        return [key_named(key.text) or key.text for option in block.options for key in option.keys]
    end = block.digits.terminator if block.digits else None
    return [*"0123456789", *([end.text] if end else [])]


def _misused(block: Menu | Collect) -> int:
    """How many keys are used twice or are none: a key that seems to be missing is then most likely one of those."""
    written = [key.text for option in block.options for key in option.keys] if isinstance(block, Menu) else []
    return len(written) - len({key for key in written if key in KEYS})


def _missing(context: Context, block: Menu | Collect, texts: list[Span], keys: list[str]) -> Iterator[Diagnostic]:
    """One finding for a key, wherever the block's texts name it: it is one mistake."""
    source = context.program.source
    found: dict[str, list[Span]] = {}
    for span in texts:
        for word, start, end in keys_in(source.slice(span)):
            key = key_named(word) or word
            if key not in keys and not (isinstance(block, Collect) and key not in KEYS):
                found.setdefault(key, []).append(Span(span.start + start, span.start + end))
    for key, (first, *others) in found.items():
        if isinstance(block, Menu):
            there = [each for each in KEYS if each in keys]
            advice = f"its keys are {listed(there, 'and')}" if there else "its options have no keys"
        else:
            advice = f"add `, ends with {key}` to its digits, or take the words out"
        yield RULE.at(
            source,
            first,
            f"the text names the key `{key}`, which `{keyword(block)} {block.name.text}` does not have",
            "a key that does nothing here",
            labels=tuple(Label(other, "and here") for other in others),
            help=advice,
        )


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
