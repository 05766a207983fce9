"""``ivr host check``: what is wrong with a site before a caller finds out, on the screen or as JSON."""

from __future__ import annotations

import asyncio
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dsl import Program, check
from interpreter.hostcheck import Finding, Verdict
from interpreter.hostcheck.run import check_site
from interpreter.ports import Clock, SystemClock
from interpreter.programs import wrong_way
from interpreter.site import Site, SiteError
from interpreter.tooling.check import Outcome
from interpreter.tooling.files import CannotRun, beside, read, read_bindings

MARKS: dict[Verdict, tuple[str, str]] = {
    "ok": ("✓", "green"), "warning": ("!", "yellow"), "wrong": ("✗", "bold red"), "cannot tell": ("?", "cyan"),
}  # fmt: skip
_WIDEST = 140
"""Columns: longer lines are hard to read."""


def run(
    path: Path, *, as_json: bool = False, colour: bool = False, width: int = 0, clock: Clock | None = None
) -> Outcome:
    """Check the site. Exit code 1 when something is wrong. Raises `CannotRun`."""
    if not path.is_file():
        raise CannotRun(f"there is no file {path}")
    found = findings(path, clock or SystemClock())
    out = to_json(path, found) if as_json else to_text(path, found, colour, width)
    return Outcome(out, "", 1 if any(each.verdict == "wrong" for each in found) else 0)


def findings(path: Path, clock: Clock) -> list[Finding]:
    """Everything that there is to say of a site file and what it leads to."""
    try:
        site = Site.load(path)
    except SiteError as error:
        wrong = [_mistake(path, str(each)) for each in error.problems]
        rest = Finding("site file", "all the rest", "cannot tell", "it is looked at when the site file is right")
        return [*wrong, rest]
    scripts, programs = _scripts(site, path)
    whole = Finding("site file", path.name, "ok", "it is whole, and every secret is there")
    try:
        return [whole, *scripts, *asyncio.run(check_site(site, programs, clock))]
    except ValueError as error:  # the authority's file
        return [_mistake(path, str(error)), *scripts]


def _mistake(path: Path, says: str) -> Finding:
    return Finding("site file", path.name, "wrong", says, "put it right in the file, or in the environment")


def _scripts(site: Site, path: Path) -> tuple[list[Finding], list[Program]]:
    """Whether each line has a script that takes calls, and each order one that makes them; the programs of those."""
    if not site.scripts() and not site.outbound_scripts():
        says = "no line has a script: whoever calls is not answered"
        return [Finding("scripts", "[lines]", "wrong", says, "write the numbers and their scripts under [lines]")], []
    found, programs = list[Finding](), list[Program]()
    wanted = {**site.scripts(), **site.outbound_scripts()}
    for script in sorted(set(wanted.values())):
        lines = ", ".join(sorted(name for name, each in wanted.items() if each == script))
        does, section = ("takes", "[lines]") if script in site.scripts().values() else ("makes", "[outbound]")
        try:
            checked = check(read(script), read_bindings(path), beside(script))
        except CannotRun as error:
            says = f"{error} (for {lines})"
            found.append(
                Finding(
                    "scripts",
                    script.name,
                    "wrong",
                    says,
                    f"put the file there, or put {section} right",
                )
            )
            continue
        if checked.program is None:
            many = len(checked.errors)
            says = f"{many} {'error' if many == 1 else 'errors'}: it {does} no calls (for {lines})"
            fix = f"ivr lint {script} --site {path}"
            found.append(Finding("scripts", script.name, "wrong", says, fix))
        elif why := wrong_way(site, script, checked.program):
            fix = "name it under [outbound] if it makes calls, under [lines] if it takes them"
            found.append(Finding("scripts", script.name, "wrong", f"{why} (for {lines})", fix))
        else:
            says = f"it {does} the calls of {lines}"
            found.append(Finding("scripts", script.name, "ok", says))
            programs.append(checked.program)
    return found, programs


# --------------------------------------------------------------------------------------------------------------------
# What is printed


def to_json(path: Path, found: Iterable[Finding]) -> str:
    """For tools: the findings as they are, and how many there are of each verdict."""
    listed = [asdict(each) for each in found]
    counts = Counter(each["verdict"] for each in listed)
    told = {"site": str(path), "counts": {verdict: counts[verdict] for verdict in MARKS}, "findings": listed}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def to_text(path: Path, found: list[Finding], colour: bool = False, width: int = 0) -> str:
    """For people: a line each, by topic; what to do stands below."""
    page = io.StringIO()
    console = Console(
        file=page, force_terminal=colour, no_color=not colour, highlight=False, legacy_windows=False,
        width=min(width or Console().width, _WIDEST), color_system="standard" if colour else None,
    )  # fmt: skip
    topic = ""
    table = Table.grid(padding=(0, 2))
    widest = max((len(each.what) for each in found), default=0)
    for each in found:
        if each.topic != topic:
            if topic:
                console.print(Padding(table, (0, 0, 0, 2)))
                console.print()
            topic, table = each.topic, _table(widest)
            console.print(Text(topic, style="bold"))
        mark, style = MARKS[each.verdict]
        said = Text(each.says)
        if each.fix:
            said.append(f"\n→ {each.fix}", style="dim" if each.verdict in ("ok", "cannot tell") else "")
        table.add_row(Text(mark, style=style), Text(each.what, style=style if each.verdict == "wrong" else ""), said)
    console.print(Padding(table, (0, 0, 0, 2)))
    console.print()
    console.print(_sum(path, found))
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def _table(widest: int) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=1)
    table.add_column(width=min(widest, 36), overflow="fold")
    table.add_column(overflow="fold")
    return table


def _sum(path: Path, found: list[Finding]) -> Text:
    counts = Counter(each.verdict for each in found)
    parts = [
        (f"{counts[verdict]} {verdict}", MARKS[verdict][1])
        for verdict in MARKS
        if counts[verdict] or verdict == "wrong"
    ]
    said = Text(f"{path}: ")
    for place, (text, style) in enumerate(parts):
        said.append(", " if place else "").append(text, style=style)
    return said
