"""The names of a script that a site file has to bind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl.ast import (
    Brief,
    Consult,
    Declaration,
    Dial,
    Flow,
    Hours,
    Name,
    Notify,
    Pay,
    Queue,
    Step,
    TargetKind,
    Transfer,
    Voicemail,
    WhenSwitch,
)
from dsl.lint.walk import calls, recordings
from dsl.source import Span

SECTION: dict[TargetKind, str] = {
    "number": "numbers",
    "teams_user": "teams_users",
    "teams_app": "teams_apps",
    "agent": "agents",
}
"""Where the site file binds each kind of target."""


@dataclass(frozen=True, slots=True)
class Use:
    """A name, the section of the site file that binds it, and where the script uses it."""

    section: str
    name: str
    span: Span


def uses(declaration: Declaration) -> Iterator[Use]:
    """Every use of a bound name, in the order of the text."""
    yield from (Use("audio", file.plain, file.span) for file in recordings(declaration))
    yield from (Use("data", call.name, call.name_span) for call in calls(declaration) if len(call.path) == 2)
    match declaration:
        case Flow():
            for each in declaration.attached:
                yield from _named("attached", each.name)
        case Transfer(target=target):
            if target is not None and target.literal is None and target.kind in SECTION:
                yield Use(SECTION[target.kind], target.name.text, target.name.span)
            yield from _named("numbers", declaration.caller_id)
        case Dial():
            yield from _named("numbers", declaration.caller_id)
        case Step():
            for statement in declaration.statements:
                if isinstance(statement, WhenSwitch):
                    yield from _named("switches", statement.switch)
                elif isinstance(statement, Notify):
                    yield from _named("notify", statement.target)
                elif isinstance(statement, Brief):
                    for line in statement.lines:
                        yield from _named("attached", line.field if line.attached else None)
        case Hours():
            yield from _named("switches", declaration.emergency)
        case Queue():
            yield from _named("queues", declaration.name)
        case Consult():
            yield from _named("experts", declaration.expert)
        case Pay():
            yield from _named("card_services", declaration.provider)
        case Voicemail():
            yield from _named("notify", declaration.notify)
        case _:
            return


def _named(section: str, name: Name | None) -> Iterator[Use]:
    if name is not None:
        yield Use(section, name.text, name.span)
