"""What an agent hears before a caller is joined: the site's sentence, with what the script's `brief` says in its holes.

A sentence of it in which something is missing is left out, so that nobody hears half of one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from interpreter.protocol import Seconds, Value
from interpreter.spoken import say, waited_in_words

HOLES = ("topic", "summary", "authenticated", "record_id", "waited")
"""What can stand in a whisper: the lines of `brief` that are words, and how long the caller has waited."""
_HOLE = re.compile(r"\{([^{}]*)\}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def unknown_holes(whisper: str) -> tuple[str, ...]:
    """Holes that nothing fills."""
    return tuple(name for name in _HOLE.findall(whisper) if name not in HOLES)


def filled(whisper: str, brief: Mapping[str, Value], waited: float, language: str) -> str:
    """The whisper as it is said. ``waited`` are the seconds since the caller came into the queue."""
    known = {name: (say(value, "", language) or "").strip() for name, value in brief.items()}
    known["waited"] = say(Seconds(waited_in_words(waited)), "", language) or ""
    sentences = [_with(sentence, known) for sentence in _SENTENCE.split(whisper)]
    return " ".join(sentence for sentence in sentences if sentence)


def _with(sentence: str, known: Mapping[str, str]) -> str:
    if any(not known.get(name) for name in _HOLE.findall(sentence)):
        return ""
    said = _HOLE.sub(lambda hole: known[hole[1]], sentence)
    # A line of the brief may be a sentence of its own: "… is late.. Press 1" would be read out as it stands.
    return re.sub(r"([.!?])[.]", r"\1", said)
