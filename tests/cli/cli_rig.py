"""The `ivr` command as its users call it, in this process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

import cli

WIDE = {"COLUMNS": "200", "TERMINAL_WIDTH": "200", "NO_COLOR": "1", "TERM": "dumb"}

DESK = """\
ivr 1
flow main for "Contoso desk"
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> desk

hours office
    emergency switch building_closed
    monday to friday 09:00 to 17:00

step welcome
    say "Thank you for calling."
    when hours office
        open                           -> desk
        emergency or holiday or closed -> sorry

transfer desk
    to number front_desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Nobody is here. Goodbye."
    finish nobody_there
"""
BROKEN = DESK.replace("or busy or", "or").replace("to number front_desk", "to number front_desk\n    ring 25")
"""Two errors: IVR203, and IVR104 with a safe fix."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and how it exited."""

    code: int
    out: str
    err: str


def ivr(*words: str | Path, typed: str = "") -> Said:
    """Run a command; ``typed`` is its standard input. What it does not catch itself is raised."""
    result = CliRunner(env=WIDE).invoke(cli.app, [str(word) for word in words], input=typed, catch_exceptions=False)
    return Said(result.exit_code, result.stdout, result.stderr)


def write(folder: Path, **files: str) -> None:
    """Write files: the name's last underscore stands for the dot of its suffix."""
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        (folder / f"{stem}.{suffix}").write_text(text, encoding="utf-8")
