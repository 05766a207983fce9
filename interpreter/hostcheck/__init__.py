"""What is wrong with a site before a caller finds out: each part of the world that calls will need is asked once.

A check looks and changes nothing: it reads, opens connections, and performs handshakes whose repetition is harmless.
It says what it has seen, and how to put right what is wrong, in one line. What no interface shows is said as such, with
how to look. No text holds a secret: addresses are shown without their query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["ok", "warning", "wrong", "cannot tell"]
"""``wrong``: calls will fail because of it. ``warning``: they may, or soon will. ``cannot tell``: it is not to be seen
from here."""
Topic: TypeAlias = Literal[
    "site file", "scripts", "service", "accounts", "callbacks", "events", "tokens", "speech", "keeping", "others",
]  # fmt: skip
"""What a finding is about, in the order in which they are told."""
TOPICS: tuple[Topic, ...] = (
    "site file", "scripts", "service", "accounts", "callbacks", "events", "tokens", "speech", "keeping", "others",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has found. ``what`` is the thing that was looked at, ``fix`` what to do, empty where nothing is."""

    topic: Topic
    what: str
    verdict: Verdict
    says: str
    fix: str = ""


def shown(address: str) -> str:
    """An address without its query, which may be a secret."""
    return address.partition("?")[0]
