"""What a call leaves behind for a reader: its lines, and how requests are told in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from interpreter.protocol import PlayAudio, Prompt, Request, Value
from interpreter.simulate.world import told

WORD = 0.35
"""Seconds that a spoken word takes."""
AUDIO = 2.0
"""Seconds that a recording takes: its real length is not known offline."""

Who: TypeAlias = Literal["ivr", "caller", "call"]


@dataclass(slots=True)
class Line:
    """One line of the transcript. ``t`` and ``end`` are seconds since the answer.

    ``who``: ``ivr`` for what the caller hears, ``caller`` for what the caller does, ``call`` for what happens to the
    call.
    """

    t: float
    end: float
    who: Who
    text: str
    block: str = ""
    interrupted: bool = False


def prompt_seconds(prompt: Prompt) -> float:
    """How long a prompt takes, in seconds."""
    return AUDIO if isinstance(prompt, PlayAudio) else WORD * len(prompt.text.split())


def titled(request: Request) -> str:
    """A request in a transcript."""
    return f"{request.verb} {request.name}".strip()


_SHOWN = {
    "notify": ("text",),
    "tones": ("digits",),
    "transfer": ("accept",),
    "dial": ("number",),
    "pay": ("amount",),
}
"""The arguments of a request that a reader wants to see, by verb."""


def details(request: Request) -> str:
    """What of a request a reader of a transcript wants to see, in brackets."""
    if request.verb == "brief":
        return " (" + ", ".join(f"{name} {told(value)}" for name, value in request.arguments) + ")"
    wanted = _SHOWN.get(request.verb, ())
    found = [told(value) for name, value in request.arguments if name in wanted and value not in ("", None)]
    return f" ({', '.join(found)})" if found else ""


def answered(request: Request, outcome: str, values: tuple[tuple[str, Value], ...]) -> str:
    """What came of a request, in a transcript. What was understood is what the call goes by, so it is told."""
    if request.verb == "understanding" and outcome == "understood":
        known = dict(values)
        return f'"{told(known.get("meaning"))}" at {told(known.get("confidence"))}'
    return outcome
