"""``ivr call`` and ``ivr at``: a script heard at the terminal, on a virtual clock."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from dsl import Program, check, parse
from dsl.analysis.given import CALLEE
from dsl.ast import Hours, Step, WhenSwitch
from dsl.bundle import bundle
from dsl.report import render
from dsl.spell import listed, nearest
from interpreter import opening, phone
from interpreter.literals import BadValue, read_fields
from interpreter.protocol import Value
from interpreter.simulate import Given, Line, Simulation, World
from interpreter.site import Site, SiteError
from interpreter.testing.recording import as_test
from interpreter.tooling.check import Outcome
from interpreter.tooling.files import CannotRun, beside, read, read_bindings, write

_TICK = 0.05
"""Virtual seconds between two looks at a call that goes on by itself."""


class ScriptHasErrors(Exception):  # noqa: N818 - a state of the script
    """The script does not lint, so it takes no calls. The text is the report."""


def load_program(
    script: Path, site: Path | None, colour: bool = False, *, forgive: frozenset[str] = frozenset()
) -> Program:
    """A script that lints, but for errors of the codes that are forgiven. Raises `ScriptHasErrors` or `CannotRun`."""
    source, reading = read(script), beside(script)
    checked = check(source, read_bindings(site), reading)
    errors = [error for error in checked.errors if error.code not in forgive]
    if errors:
        raise ScriptHasErrors(render(tuple(errors), "text", colour=colour))
    if checked.program is not None:
        return checked.program
    whole = bundle(source, reading)
    return Program(whole, parse(whole).script)


def zone_of(program: Program) -> str:
    """The flow's time zone."""
    return program.flow.timezone.plain if program.flow and program.flow.timezone else "UTC"


def moment(text: str | None, zone: str) -> float:
    """``2026-11-26 10:00`` in a time zone as epoch seconds; now without a text. Raises `CannotRun`."""
    if text is None:
        return time.time()
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise CannotRun(f"`{text}` is not a time such as '2026-11-26 10:00'") from None
    return (given if given.tzinfo else given.replace(tzinfo=ZoneInfo(zone))).timestamp()


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
        known = {*switches, *switches_of(program)}
        if name not in known:
            raise CannotRun(f"`{name}` is not a switch of this script; {_switch_hint(name, known)}")
        switches[name] = state == "on"
    return tuple(sorted(switches.items()))


def _switch_hint(name: str, known: set[str]) -> str:
    close = nearest(name, known)
    if close:
        return f"did you mean `{close}`?"
    return f"it has {listed(sorted(known), 'and')}" if known else "it has none"


def switches_of(program: Program) -> Iterator[str]:
    """The names of the switches that a script asks for."""
    for declaration in program.declarations():
        if isinstance(declaration, Hours) and declaration.emergency:
            yield declaration.emergency.text
        elif isinstance(declaration, Step):
            yield from (s.switch.text for s in declaration.statements if isinstance(s, WhenSwitch))


def read_arguments(program: Program, text: str) -> tuple[tuple[str, Value], ...]:
    """The parameters of an outbound flow, or what is attached to a call, from ``--with 'name "Ana", day 2026-03-04'``.
    Raises `CannotRun`."""
    try:
        given = read_fields(text)
    except BadValue as error:
        raise CannotRun(f"--with: {error}") from None
    flow = program.flow
    needed = [each.name.text for each in flow.parameters] if flow is not None and flow.outbound else []
    wanted = needed
    if flow is not None and not flow.outbound:
        wanted = [*(each.name.text for each in flow.attached), CALLEE]
    for name, _ in given:
        if name not in wanted:
            close = nearest(name, wanted)
            verb = "needs" if needed or not wanted else "takes"
            has = f"it {verb} {listed(wanted, 'and') if wanted else 'none'}"
            raise CannotRun(f"--with: the flow has no `{name}`; {f'did you mean `{close}`?' if close else has}")
    missing = [name for name in needed if name not in dict(given)]
    if missing:
        raise CannotRun(f"the flow needs {listed(missing, 'and')}; write `--with '{missing[0]} …'`")
    return given


def read_given(program: Program, texts: list[str]) -> World:
    """The other side from ``--given 'lookup crm.by_phone is not found'``. Raises `CannotRun`."""
    world = World()
    for text in texts:
        try:
            action = phone.read_action(text if text.startswith("given ") else f"given {text}")
            assert isinstance(action, Given)
            phone.check_given(action, program)
        except phone.BadAction as error:
            raise CannotRun(f"--given: {error}") from None
        world.give(action)
    return world


def run_plan(simulation: Simulation, plan: Path, format: str) -> Outcome:
    """Run a plan from a file; the transcript. Raises `CannotRun` for a plan that cannot be read."""
    try:
        actions = phone.read_plan(read(plan).text, str(plan), simulation.program)
    except phone.BadAction as error:
        raise CannotRun(str(error)) from None
    left = phone.run_plan(simulation, actions)
    actions_left = "action" if left == 1 else f"{left} actions"
    err = f"ivr: the call was over before the last {actions_left} of {plan}\n" if left else ""
    if format == "json":
        return Outcome(json.dumps(phone.as_json(simulation), indent=2, ensure_ascii=False) + "\n", err, 0)
    return Outcome(phone.transcript(simulation), err, 0)


def talk(simulation: Simulation, console: Console) -> list[phone.Action]:
    """A call by hand. What is typed is done; what happens is shown with its virtual time. Gives what was done."""
    done: list[phone.Action] = list(simulation.world.given)
    console.print(
        f"Calling [bold]{simulation.program.source.name}[/]. Type ? for help, Ctrl-D to hang up.", highlight=False
    )
    shown = 0
    while True:
        _until_asked(simulation)
        shown = _show(simulation, shown, console)
        if simulation.over:
            return done
        ringing, asked = simulation.ringing, simulation.asked
        where = f"{ringing} rings" if ringing else f"{asked.verb} {asked.name}".strip() if asked else ""
        try:
            typed = input(f"{where}> ")
        except EOFError:
            console.print()
            if simulation.asked is not None and simulation.asked.verb == "dial":
                return done  # nobody is on the line who could hang up
            simulation.hang_up()
            done.append(phone.HangUp())
            continue
        try:
            action = phone.read_typed(typed, bool(ringing), asked.verb if asked else "")
            if isinstance(action, Given):
                phone.check_given(action, simulation.program)
        except phone.BadAction as error:
            console.print(str(error), style="yellow", highlight=False, markup=False, soft_wrap=True)
            continue
        if action is None:
            console.print(phone.help_text(), highlight=False, markup=False)
        else:
            phone.act(simulation, action)
            done.append(action)


def record(program: Program, simulation: Simulation, done: list[phone.Action], script: Path, file: Path) -> str:
    """Write a call made by hand as a test at the end of a file; a new file uses the script. What was done, for the
    caller to print. Raises `CannotRun`."""
    known = read(file).text.rstrip() + "\n" if file.exists() else f'ivr 1\n\nuse "{script.name}"\n'
    if not file.exists() and file.resolve().parent != script.resolve().parent:
        raise CannotRun(f"a test stands beside its script: write it into {script.parent}")
    number = known.count('test "') + 1
    test = as_test(program, simulation, done, f"a call by hand {number}")
    write(file, f"{known}\n{test}")
    return f"wrote {test.splitlines()[0]} into {file}; give it a name that says what it is for\n"


def _until_asked(simulation: Simulation) -> None:
    """Listen until a question or a ringing target is heard, not until the question is over: it may be interrupted."""
    while not simulation.over and not simulation.ringing and simulation.asked is None:
        waiting = simulation.call.waiting
        if waiting is not None and waiting.kind == "input":
            return
        simulation.wait(_TICK)


def _show(simulation: Simulation, shown: int, console: Console) -> int:
    styles = {"ivr": "bold", "caller": "cyan", "call": "green"}
    for line in simulation.lines[shown:]:
        if not _typed(line):
            console.print(phone.as_text(line), style=styles[line.who], highlight=False, markup=False, soft_wrap=True)
    return len(simulation.lines)


def _typed(line: Line) -> bool:
    """What the caller did is on the screen already, at a terminal; that nobody heard it is not."""
    told = line.text == "stays silent" or line.text.endswith("(nothing listens for speech here)")
    return line.who == "caller" and sys.stdin.isatty() and not told


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
        opens = opening.next_opening(hours, zone, when) if "open" not in (now.state, then) else None
        changes += f"; open from {opens:%A %Y-%m-%d %H:%M}" if opens else ""
        lines.append(f"hours {name}: {state} on {here:%A %Y-%m-%d %H:%M} ({zone}); {changes}")
    if program.flow is not None and program.flow.outbound:
        return "\n".join([*lines, "Nobody calls this flow: it makes the calls.", ""])
    simulation = Simulation(program, when, switches=switches)
    simulation.settle()
    return "\n".join([*lines, "", "A caller hears:", phone.transcript(simulation)])
