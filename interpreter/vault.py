"""What callers enter in confidence, for as long as their call lasts and this process lives.

Only here is a secret in clear text. Everything else holds `Secret`: a reference, and the little that may be known of
it. After a restart the references lead nowhere; what needs the secret then fails, by the script's own route.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from interpreter.protocol import SECRET_MARK, ActionFailed, Event, Recognized, Secret, Value
from interpreter.values.functions import luhn_fits

CARD_LENGTH = 12
"""Digits from which on the last four may be told: ISO/IEC 7812-1 card numbers have 12 to 19."""


class Vault:
    """Secrets by their references."""

    __slots__ = ("_calls", "_clear")

    def __init__(self) -> None:
        self._clear: dict[str, str] = {}
        self._calls: dict[str, list[str]] = {}

    def __repr__(self) -> str:
        return f"<vault with {len(self._clear)} secrets>"

    def __reduce__(self) -> str:
        raise TypeError("a vault stays where it is")

    def seal(self, call_id: str, digits: str, at: float) -> Secret:
        """Keep what was entered at ``at`` (epoch seconds) and give what may be known of it."""
        ref = secrets.token_urlsafe(12)
        self._clear[ref] = digits
        self._calls.setdefault(call_id, []).append(ref)
        last = digits[-4:] if len(digits) >= CARD_LENGTH else ""
        return Secret(ref, len(digits), last, luhn_fits(digits), _is_ahead(digits, at))

    def sealed(self, call_id: str, event: Event) -> Event:
        """An event from the host with what was entered in confidence replaced, before anybody else sees it."""
        if not isinstance(event, Recognized | ActionFailed) or not event.op.endswith(SECRET_MARK):
            return event
        if not event.tones:
            return replace(event, speech="") if isinstance(event, Recognized) else event
        secret = self.seal(call_id, event.tones, event.at)
        if isinstance(event, Recognized):
            return replace(event, tones="", speech="", secret=secret)
        return replace(event, tones="", secret=secret)

    def sealed_values(
        self, call_id: str, values: Sequence[tuple[str, Value]], expects: Sequence[tuple[str, str]], at: float
    ) -> tuple[tuple[str, Value], ...]:
        """The values of an answer, those that the script expects as secrets replaced."""
        kinds = dict(expects)
        return tuple(
            (name, self.seal(call_id, value, at) if kinds.get(name) == "secret" and isinstance(value, str) else value)
            for name, value in values
        )

    def open(self, ref: str) -> str | None:
        """The secret in clear text; ``None`` when it is not known, or not any more."""
        return self._clear.get(ref)

    def forget(self, call_id: str) -> None:
        """The call is over: nothing of it is kept."""
        for ref in self._calls.pop(call_id, ()):
            del self._clear[ref]


def _is_ahead(digits: str, at: float) -> bool:
    """Whether ``MMYY`` is this month (in UTC) or a later one."""
    if len(digits) != 4 or not digits.isascii() or not digits.isdecimal() or not 1 <= int(digits[:2]) <= 12:
        return False
    now = datetime.fromtimestamp(at, UTC)
    return (2000 + int(digits[2:]), int(digits[:2])) >= (now.year, now.month)
