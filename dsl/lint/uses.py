"""The names of a script that a site file has to bind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl.ast import Declaration, Hours, Step, TargetKind, Transfer, WhenSwitch
from dsl.lint.walk import recordings
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
    if isinstance(declaration, Transfer):
        target, caller_id = declaration.target, declaration.caller_id
        if target is not None and target.literal is None:
            yield Use(SECTION[target.kind], target.name.text, target.name.span)
        if caller_id is not None:
            yield Use("numbers", caller_id.text, caller_id.span)
    elif isinstance(declaration, Step):
        for statement in declaration.statements:
            if isinstance(statement, WhenSwitch):
                yield Use("switches", statement.switch.text, statement.switch.span)
    elif isinstance(declaration, Hours) and declaration.emergency is not None:
        yield Use("switches", declaration.emergency.text, declaration.emergency.span)
