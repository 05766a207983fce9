"""Texts as the service takes them: no longer than it allows, and never empty."""

from __future__ import annotations

import re

LONGEST = 4000
"""Characters of one text source: https://learn.microsoft.com/azure/communication-services/how-tos/call-automation/play-action"""

NOTHING = "."
"""Stands for a text without a word in it. The service fails on an empty text (sub-code 8582) and has nothing to
pronounce here."""

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]]*\s+|\n+")


def pieces(text: str, longest: int = LONGEST) -> list[str]:
    """The text in parts of at most ``longest`` characters, cut after a sentence, else at a space, else anywhere.

    Empty for a text without a visible character.
    """
    rest, parts = text.strip(), []
    while len(rest) > longest:
        cut = _last_end(rest, longest)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        parts.append(rest)
    return parts


def _last_end(text: str, longest: int) -> int:
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, longest + 1)]
    if ends:
        return min(ends[-1], longest)
    space = text.rfind(" ", 1, longest + 1)
    return space if space > 0 else longest
