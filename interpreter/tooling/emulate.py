"""``ivr emulator``: the emulator as a program of its own."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Sequence

from dsl.spell import listed, nearest
from emulator import Emulator, Line, Misbehaviour
from emulator import serve as service
from emulator.config import CalleeAt, Config, Schema
from interpreter.tooling.files import CannotRun

_AMOUNTS = ("seed", "delay_seconds", "retry_after_seconds")
"""What is given as a number and not as a chance."""
_KINDS = {
    field.name: field.type for field in dataclasses.fields(Misbehaviour) if field.name not in ("faults", "failures")
}


def run(
    host: str,
    port: int,
    tls_port: int | None,
    lines: Sequence[str],
    targets: Sequence[str],
    subscribe: str | None,
    schema: Schema,
    speed: float,
    misbehave: Sequence[str],
    callee_at: CalleeAt = "data",
) -> None:
    """Serve until interrupted. Raises `CannotRun`."""
    owned = tuple(_line(text) for text in lines) or None
    try:
        service.run(
            host,
            port,
            tls_port,
            subscribe,
            schema,
            speed,
            _misbehaviour(misbehave),
            lines=owned,
            targets=tuple(targets),
            config=Config(callee_at=callee_at),
            ready=_announce,
        )
    except OSError as error:
        raise CannotRun(f"port {port} is not free: {error.strerror}; try --port") from None
    except ValueError as error:
        raise CannotRun(str(error)) from None


def _announce(emulator: Emulator) -> None:
    service.announce(emulator)
    sys.stdout.flush()  # whoever starts it in a pipe waits for the addresses, too


def _line(text: str) -> Line:
    """A number, or ``number=account``. Raises `CannotRun`."""
    number, _, account = text.partition("=")
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        raise CannotRun(f"`{number}` is not a number in E.164 form, such as +18005550100")
    if account and not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", account.lower()):
        raise CannotRun(f"`{account}` is not the GUID of a Teams resource account")
    return Line(number, account or None)


def _misbehaviour(given: Sequence[str]) -> Misbehaviour | None:
    """``duplicate=0.1`` and the like. Raises `CannotRun`."""
    chosen: dict[str, float | int] = {}
    for text in given:
        name, _, value = text.partition("=")
        if name not in _KINDS:
            close = nearest(name, _KINDS)
            hint = f"did you mean `{close}`?" if close else f"there are {listed(_KINDS, 'and')}"
            raise CannotRun(f"`{name}` is not a way to misbehave; {hint}")
        try:
            chosen[name] = int(value) if _KINDS[name] == "int" else float(value)
        except ValueError:
            example = f"{name}=7" if _KINDS[name] == "int" else f"{name}=0.1"
            raise CannotRun(f"`{text}` needs a number, such as `{example}`") from None
        if chosen[name] < 0 or (name not in _AMOUNTS and chosen[name] > 1):
            raise CannotRun(f"`{text}` is not a chance; it lies between 0 and 1, such as `{name}=0.1`")
    return Misbehaviour(**chosen) if chosen else None  # type: ignore[arg-type]
