"""How blocks that ask take their answer."""

from __future__ import annotations

from dsl.ast import Collect, Digits, Menu, MoneyKind, Name, NumberKind, OneOfKind, PhoneKind, SpeechKind, YesNoKind
from dsl.lint.keys import KEYS, key_named


def hears_words(block: Menu | Collect) -> bool:
    """Whether the recogniser listens for speech in a block, apart from phrases that hold anywhere in the flow."""
    if isinstance(block, Menu):
        return any(option.phrases or option.meanings for option in block.options)
    if block.listen:
        return block.listen != "keys"
    return isinstance(block.kind, YesNoKind | OneOfKind | SpeechKind)


def hears_keys(block: Collect) -> bool:
    """Whether a collect takes keys."""
    if block.listen:
        return block.listen != "speech"
    return not isinstance(block.kind, SpeechKind)


def keys_taken(block: Menu | Collect) -> list[str]:
    """The keys that mean something in a block, without those that hold anywhere in the flow."""
    if isinstance(block, Menu):
        return [key_named(key.text) or key.text for option in block.options for key in option.keys]
    kind = block.kind
    if kind is None:
        return list(KEYS)  # a line that is missing or could not be read: nothing can be said
    if not hears_keys(block):
        return []
    end = [kind.terminator.text] if kind.terminator else []
    match kind:
        case YesNoKind():
            return ["1", "2", *end]
        case OneOfKind():
            entries = len(kind.choices) if kind.source is None else 9
            return [*"123456789"[:entries], *end]
        case MoneyKind():
            return [*"0123456789*", *end]
        case _:
            return [*"0123456789", *end]


def varies(block: Collect) -> bool:
    """Whether an input of keys can have several lengths, so that something has to tell where it ends."""
    kind = block.kind
    if isinstance(kind, Digits):
        return kind.least.value < kind.most.value
    return isinstance(kind, MoneyKind | PhoneKind | NumberKind)


def terminator(block: Collect) -> Name | None:
    """The key that ends the input."""
    return block.kind.terminator if block.kind else None
