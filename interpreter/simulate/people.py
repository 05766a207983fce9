"""What people and other parts of the house can make of the center's requests, in the words of the language."""

from __future__ import annotations

from typing import Literal, TypeAlias

from dsl.analysis.told import PEOPLE
from interpreter.machine.results import TransferOutcome
from interpreter.protocol import Request, Value

TransferEnd: TypeAlias = Literal["answered", "no answer", "busy", "declined", "failed"]

CODES: dict[TransferOutcome, tuple[int, int]] = {
    "no answer": (480, 560480),
    "busy": (486, 560486),
    "declined": (603, 560603),
    "failed": (404, 560404),
}
"""The host's result codes of a transfer that comes to nothing."""
CONFLICT = (409, 8607)
"""Result of a transfer while another one rings: nothing withdraws a transfer, so one that the script has given up rings
on until the host's own limit."""

CENTER = {verb: tuple(each for each in words if each != "answered late") for verb, words in PEOPLE.items()}
"""What people and other parts of the house can report of the center's requests, by verb."""
NOT_THE_END = ("position", "connected")
"""Reports after which the request goes on."""

USUAL = {
    "queue": "answered",
    "voicemail": "saved",
    "callback": "scheduled",
    "consult": "joined",
    "pay": "paid",
    "dial": "answered",
    "transfer": "answered",
}
"""What becomes of a request of which a plan says nothing."""

SHORT_MESSAGE = 2.0
"""Seconds: what is shorter is no message (scenario S7)."""


def usual(request: Request) -> tuple[str, tuple[tuple[str, Value], ...]]:
    """What becomes of a request of which a plan says nothing, with what comes with it."""
    return USUAL[request.verb], ((("reference", "0001"),) if request.verb == "pay" else ())


def message(length: float) -> str:
    """What a recorder makes of a message of this many seconds."""
    return "saved" if length >= SHORT_MESSAGE else "empty"


def seconds_of(request: Request, name: str) -> float | None:
    """An argument that is a number of seconds; ``None`` when the script gives none."""
    value = dict(request.arguments).get(name)
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else None
