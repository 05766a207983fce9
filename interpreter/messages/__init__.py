"""The messages that callers have left: the port to whatever keeps them.

A message is a sound and what is known of it. It is there or it is not: whoever keeps it writes the sound first, and
what is known of it last, and takes that away first. What is known of a message has at least its name (``message``) and
when it was begun (``at``, epoch seconds). The contract that every implementation keeps is
`tests/messages/test_messages_contract.py`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

log = logging.getLogger(__name__)

About: TypeAlias = Mapping[str, Any]
"""What is known of a message, as JSON has it."""

LONGEST_SOUND = 64 * 1024 * 1024
"""Bytes: half an hour of what the service records (16 kHz, 16 bit, mono), and no more is kept or read."""
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")


class MessagesUnavailable(Exception):  # noqa: N818 - what is the case
    """Whatever keeps the messages does not answer, or refuses. The text names neither keys nor callers."""


class Messages(Protocol):
    """Every method may raise `MessagesUnavailable`."""

    async def usable(self) -> bool:
        """Whether a message could be kept now. What is wrong is logged; never raises."""
        ...

    async def save(self, name: str, sound: bytes, about: About) -> None:
        """Keep a message, in the place of one of the same name. Raises `ValueError` for a name that is none."""
        ...

    async def list(self) -> Sequence[About]:
        """What is known of every message, the latest first. What cannot be read is logged and left out."""
        ...

    async def open(self, name: str) -> bytes | None:
        """The sound of a message, ``None`` when there is no such message."""
        ...

    async def delete(self, name: str) -> bool:
        """Delete a message. False when there is none."""
        ...

    async def forget(self, before: float) -> int:
        """Delete the messages that were begun before this time (epoch seconds), and what was left of those that were
        only kept in part. Returns how many messages."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...


def is_name(name: str) -> bool:
    """Whether this can be the name of a message: letters, digits, ``.``, ``_`` and ``-``, and nothing that leads out of
    a folder."""
    return _NAME.fullmatch(name) is not None


def check_name(name: str) -> str:
    """The name. Raises `ValueError`."""
    if not is_name(name):
        raise ValueError(f"{name[:80]!r} is no name of a message")
    return name


def about_from(where: str, text: str | bytes) -> About | None:
    """What is known of a message, from its JSON; what is none is logged."""
    try:
        found = json.loads(text)
        if isinstance(found, dict) and is_name(str(found["message"])):
            float(found["at"])
            return found
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    log.error("message %s cannot be read: it is no description of a message", where)
    return None


def in_order(found: list[About]) -> list[About]:
    """The latest first; at the same moment by name."""
    return sorted(found, key=lambda each: (-float(each["at"]), str(each["message"])))
