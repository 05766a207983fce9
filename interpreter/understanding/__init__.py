"""What a caller means by a sentence: which of a menu's own options, and how sure that is.

A recogniser gets the sentence, its language and the options with their texts, and nothing else of the call: no number,
no variable, no secret. It names one of these options or none. Whatever else it says is refused (`NotUnderstood`), so
that nothing can lead a call anywhere where the script does not.

- `words`: phrases and words, alike in spelling. Needs nothing, always says the same, and is what a test runs with.
- `language_service`, `chat`: services that the site file names; where they fail, `words` decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from interpreter.protocol import Items, Request, Value

__all__ = ["NotUnderstood", "Recogniser", "Sentence", "Understood", "sentence_of"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """``options`` are the texts of each option by its number: meanings, then phrases. The first one names it."""

    said: str
    language: str
    options: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Understood:
    """``meaning`` is the first text of an option. ``confidence`` is from 0 to 1; on the language's scale an
    option is taken from 0.8 on, and asked about from 0.5 on."""

    meaning: str
    confidence: float


class NotUnderstood(Exception):  # noqa: N818 - says what came of it
    """The recogniser did not work, or answered with what is none of the options. Never holds what was said."""


class Recogniser(Protocol):
    """Says what a sentence means."""

    async def understand(self, sentence: Sentence, seconds: float) -> Understood | None:
        """One of the options, or ``None`` for none of them, within that time. Raises `NotUnderstood`."""
        ...


def sentence_of(request: Request) -> Sentence:
    """What a request for understanding asks."""
    arguments: dict[str, Value] = dict(request.arguments)
    options = {
        name: tuple(text for text in value.values if isinstance(text, str))
        for name, value in arguments.items()
        if isinstance(value, Items) and value.values
    }
    return Sentence(str(arguments.get("said", "")), str(arguments.get("language", "")), options)
