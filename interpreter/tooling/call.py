"""``ivr call`` and ``ivr at``: a script heard at the terminal, on a virtual clock."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from dsl import Program, check
from dsl.report import render
from interpreter import opening, phone
from interpreter.simulate import Line, Simulation
from interpreter.site import Site, SiteError
from interpreter.tooling.files import CannotRun, read, read_bindings


class ScriptHasErrors(Exception):  # noqa: N818 - a state of the script
    """The script does not lint, so it takes no calls. The text is the report."""


def load_program(script: Path, site: Path | None, colour: bool = False) -> Program:
    """A script that lints. Raises `ScriptHasErrors` or `CannotRun`."""
    checked = check(read(script), read_bindings(site))
    if checked.program is None:
        raise ScriptHasErrors(render(checked.errors, "text", colour=colour))
    return checked.program


def zone_of(program: Program) -> str:
    """The flow's time zone."""
    return program.flow.timezone.plain if program.flow and program.flow.timezone else "UTC"


def moment(text: str | None, zone: str) -> float:
    """``2026-11-26 10:00`` in a time zone as epoch seconds; now without a text. Raises `CannotRun`."""
    if text is None:
        return time.time()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()
    except ValueError:
        raise CannotRun(f"`{text}` is not a time such as 2026-11-26 10:00") from None


def read_switches(program: Program, site: Path | None, given: list[str]) -> tuple[tuple[str, bool], ...]:
    """The site file's switches, overridden by ``name=on``. Raises `CannotRun`."""
    switches: dict[str, bool] = {}
    if site is not None:
        try:
            switches.update(Site.load(site, need_secrets=False).switches())
        except SiteError as error:
            raise CannotRun(str(error)) from None
    for text in given:
        name, _, state = text.partition("=")
        if state not in ("on", "off"):
            raise CannotRun(f"`{text}` is not a switch; write `--switch {name or 'emergency'}=on` or `=off`")
        switches[name] = state == "on"
    return tuple(sorted(switches.items()))


def run_plan(simulation: Simulation, plan: Path, format: str) -> str:
    """Run a plan from a file; the transcript. Raises `CannotRun` for a plan that cannot be read."""
    try:
        actions = phone.read_plan(read(plan).text)
    except phone.BadAction as error:
        raise CannotRun(f"{plan}: {error}") from None
    phone.run_plan(simulation, actions)
    if format == "json":
        return json.dumps(phone.as_json(simulation), indent=2, ensure_ascii=False) + "\n"
    return phone.transcript(simulation)


def talk(simulation: Simulation, console: Console) -> None:
    """A call by hand. What is typed is done; what happens is shown with its virtual time."""
    console.print(
        f"Calling [bold]{simulation.program.source.name}[/]. Type ? for help, Ctrl-D to hang up.", highlight=False
    )
    shown = 0
    while True:
        if not simulation.over:
            simulation.settle()
        shown = _show(simulation, shown, console)
        if simulation.over:
            return
        ringing = simulation.ringing
        try:
            typed = input(f"{ringing} rings> " if ringing else "> ")
        except EOFError:
            simulation.hang_up()
            continue
        try:
            action = phone.read_typed(typed, bool(ringing))
        except phone.BadAction as error:
            console.print(f"[yellow]{error}[/]", highlight=False)
            continue
        if action is None:
            console.print(phone.HELP, highlight=False, markup=False)
        else:
            phone.act(simulation, action)


def _show(simulation: Simulation, shown: int, console: Console) -> int:
    styles = {"ivr": "bold", "caller": "cyan", "call": "green"}
    for line in simulation.lines[shown:]:
        if not _typed(line):
            console.print(phone.as_text(line), style=styles[line.who], highlight=False, markup=False)
    return len(simulation.lines)


def _typed(line: Line) -> bool:
    """What the caller did is on the screen already, at a terminal."""
    return line.who == "caller" and sys.stdin.isatty() and line.text != "stays silent"


def at(program: Program, when: float, switches: tuple[tuple[str, bool], ...]) -> str:
    """What a caller would meet: the state of each set of hours, when it changes, and what is heard first."""
    lines: list[str] = []
    for name, hours in program.hours.items():
        zone = program.timezone_of(hours)
        here = datetime.fromtimestamp(when, ZoneInfo(zone))
        now = opening.opening_at(hours, zone, when)
        state = f"{now.state} ({now.holiday})" if now.holiday else now.state
        if hours.emergency and dict(switches).get(hours.emergency.text):
            state = f"emergency (the switch {hours.emergency.text} is on; otherwise {state})"
        change = opening.next_change(hours, zone, when)
        then = opening.opening_at(hours, zone, change.timestamp()).state if change else ""
        changes = f"{then} from {change:%A %Y-%m-%d %H:%M}" if change else "it does not change within a year"
        lines.append(f"hours {name}: {state} on {here:%A %Y-%m-%d %H:%M} ({zone}); {changes}")
    simulation = Simulation(program, when, switches=switches)
    simulation.settle()
    return "\n".join([*lines, "", "A caller hears:", phone.transcript(simulation)])
