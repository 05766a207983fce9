"""``ivr emulator``: the emulator as a program of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from dsl.spell import listed, nearest
from emulator import Line, Misbehaviour
from emulator import serve as service
from emulator.config import Schema
from interpreter.tooling.files import CannotRun

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
        )
    except OSError as error:
        raise CannotRun(f"port {port} is not free: {error.strerror}; try --port") from None
    except ValueError as error:
        raise CannotRun(str(error)) from None


def _line(text: str) -> Line:
    number, _, account = text.partition("=")
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
            raise CannotRun(f"`{text}` needs a number, such as `{name}=0.1`") from None
    return Misbehaviour(**chosen) if chosen else None  # type: ignore[arg-type]
