"""What is made of what is said in a call: the mood of the caller, and what the call is about.

`words` is the default: lists of words, on this machine. `azure_language` asks Azure AI Language. Both answer the same
question, so that a script need not know which of them does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Sentiment: TypeAlias = Literal["", "positive", "neutral", "negative", "mixed"]
"""Empty: nobody can say."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """An utterance: whether it is the caller's, and its words."""

    by_caller: bool
    text: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """``topic`` in a word or two, empty where nobody can say."""

    sentiment: Sentiment = ""
    topic: str = ""


NOTHING = Assessment()


class AssessmentFailed(Exception):  # noqa: N818 - says what happened
    """It could not be found out. The message says why, and nothing of what was said."""


class Assessor(Protocol):
    """Judges a call by what was said so far."""

    @property
    def at_once(self) -> bool:
        """It answers without waiting for anybody."""
        ...

    async def assess(self, said: Sequence[Spoken], language: str) -> Assessment:
        """``language`` is the locale of the transcript. Raises `AssessmentFailed`."""
        ...
