"""Linting a project of 10,000 lines, and the messages of a script of 500 lines, beside python-hcl2's parse of an HCL
text of as many lines in the same run.

    python -m benchmarks.lint [--lines 10000] [--rounds 5] [--profile]

The project is a contact center of the samples - languages with their translations, sub-flows, data functions, a card
payment - and before it the blocks of the other samples, again and again under other names, each for another caller, so
that every block can be reached and the script is without findings. The peer only parses; ours reads, resolves names and
runs every rule. Ratios are what to read: the machine is shared and noisy. ``--profile`` says which rules take the
time.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import hcl2
from rich.console import Console
from rich.table import Table

from dsl import Diagnostic, Program, Source, check, pages, parse
from dsl.analysis.outcomes import VERBS
from dsl.bundle import bundle
from dsl.lint.rule import Context
from dsl.report import render

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
LIMIT_PROJECT = 3.0
"""Seconds that linting 10,000 lines may take."""
LIMIT_MESSAGES = 0.1
"""Seconds in which an editor must have the messages of a script of 500 lines."""
OUTCOMES = {outcome.name for outcomes in VERBS.values() for outcome in outcomes}
LONGEST_FILE = 900
"""Lines of one file of the project; the linter asks to divide one of more than 1,000."""
CASES = 20
"""Callers that one step of the project tells apart."""
_NAME = re.compile(
    r"^(?:step|menu|collect|transfer|queue|voicemail|callback|consult|pay|survey|hours|data|counter) (\w+)", re.M
)
_VALUE = re.compile(r"^ +(?:lookup|recall|set|into(?: secret)?) (\w+)\b(?!\.)", re.M)
_FIRST = re.compile(r" +\w+")
_HOLE = re.compile(r"\{[^}]*\}")


def _without_tests(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.ivr")) if not path.stem.endswith("_test")]


_SMALL_FLOW = """\
flow main
    timezone "America/New_York"
    record call notice "This call may be recorded."
    on caller hangup -> finish abandoned
    on system error  -> nobody
"""
_SMALL_BLOCKS = """\
step nobody
    say "We cannot take your call right now. Please call again later. Goodbye."
    finish nobody"""


@dataclass(frozen=True, slots=True)
class Sample:
    """The blocks of a script, without its flow: a call comes to ``entries``, the second of which is where the flow sent
    it after an error. ``names`` are those of its blocks and of its values, which would be the same in every copy."""

    text: str
    names: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Center:
    """The contact center as one text: the lines of its flow, its blocks, and its sub-flows, which must come last, as
    every block below them belongs to them."""

    flow: str
    blocks: str
    flows: str
    entry: str


def center() -> Center:
    """The files of the contact center, put together by what they declare."""
    flow, entry, blocks, flows = "", "", list[str](), list[str]()
    for path in _without_tests(SCRIPTS / "center"):
        text = re.sub(r'(?m)^(?:ivr 1|use ".*"|;.*)\n', "", path.read_text(encoding="utf-8")).strip()
        for part in re.split(r"(?m)^(?=flow )", text):
            if part.startswith("flow main"):
                # Other keys have a meaning of their own in menus of the samples.
                flow, _, rest = part.replace("press 0 anywhere", "press 8 anywhere").partition("\n\n")
                entry = _NAME.findall(rest)[0]
                blocks.append(rest.strip())
            elif part:
                (flows if part.startswith("flow ") else blocks).append(part.strip())
    return Center(flow, "\n\n".join(blocks), "\n\n".join(flows), entry)


def samples() -> Iterator[Sample]:
    """Every sample script whose blocks can be lent: a flow for whoever calls, and no texts in other languages."""
    for path in _without_tests(SCRIPTS):
        text = path.read_text(encoding="utf-8")
        blocks = "\n".join(part for part in re.split(r"\n(?=\S)", text) if _NAME.match(part))
        program = Program(Source(path.name, text), parse(Source(path.name, text)).script)
        alone = not program.flows and not re.search(r"^(?:use|prompts|dial)\b", text, re.M)
        if alone and program.entry:
            names = dict.fromkeys((*_NAME.findall(blocks), *_VALUE.findall(blocks)))
            entries = (program.entry, *re.findall(r"^    on system error +-> (\w+)$", text, re.M))
            yield Sample(blocks.rstrip() + "\n", tuple(names), entries)


def renamed(sample: Sample, number: int) -> tuple[str, list[str]]:
    """The blocks under other names, and the names of those to which calls come. What is spoken stays, but for the
    values in it."""

    def rename(code: str, names: Sequence[str]) -> str:
        found, new = re.compile(rf"(?<!\.)\b({'|'.join(names)})\b"), rf"\1_{number}"
        parts = re.split(r'("(?:\\.|[^"\\])*")', code)
        parts[::2] = [found.sub(new, part) for part in parts[::2]]
        parts[1::2] = [_HOLE.sub(lambda hole: found.sub(new, hole[0]), part) for part in parts[1::2]]
        return "".join(parts)

    lines = []
    of_data = False
    for line in sample.text.splitlines():
        of_data = line.startswith("data ") or (of_data and line.startswith(" "))
        if of_data and line.startswith(" "):  # names of functions, parameters and fields are names in there only
            lines.append(line)
            continue
        # The word that begins a line may be a name, too: `card` of a payment, beside a block `card`.
        word = _FIRST.match(line)
        first, rest = (word[0], line[word.end() :]) if word else ("", line)
        left, arrow, target = rest.rpartition("->")
        # An outcome stands on the left of an arrow and may be called like a block.
        names = [name for name in sample.names if not arrow or name not in OUTCOMES]
        lines.append(first + rename(left, names) + arrow + rename(target, sample.names))
    return "\n".join([*lines, ""]), [f"{entry}_{number}" for entry in sample.entries]


def project(lines: int) -> dict[str, str]:
    """The files of a project of about so many lines without a finding, ``main.ivr`` and those that it uses: copies of
    the samples, each for other callers, and the contact center for everybody else, where there is room for it."""
    lent, whole = list(samples()), center()
    if lines < 2 * whole.blocks.count("\n"):
        whole = Center(_SMALL_FLOW, _SMALL_BLOCKS, "", "nobody")
    lines -= sum(text.count("\n") for text in (whole.blocks, whole.flows, whole.flow))
    parts: list[str] = []
    entries: list[str] = []
    size = 0
    while size + len(entries) < lines - 20:
        text, names = renamed(lent[len(parts) % len(lent)], len(parts))
        parts.append(text)
        entries += names
        size += text.count("\n") + 1
    groups = [entries[at : at + CASES] for at in range(0, len(entries), CASES)]
    doors = [
        _door(at, group, f"door_{at + 1}" if at + 1 < len(groups) else whole.entry) for at, group in enumerate(groups)
    ]
    used = [*_files([*parts, f"{whole.blocks}\n"]), *([f"{whole.flows}\n"] if whole.flows else [])]
    files = {f"part_{number}.ivr": f"ivr 1\n\n{text}" for number, text in enumerate(used)}
    uses = "".join(f'use "{name}"\n' for name in files)
    return {"main.ivr": f"ivr 1\n{uses}\n{whole.flow.rstrip()}\n\n" + "\n".join(doors), **files}


def _files(parts: list[str]) -> Iterator[str]:
    """The parts, as many together as one file may have lines."""
    group: list[str] = []
    for part in parts:
        if group and sum(each.count("\n") + 1 for each in (*group, part)) > LONGEST_FILE:
            yield "\n".join(group)
            group = []
        group.append(part)
    yield "\n".join(group)


def lint(files: dict[str, str]) -> tuple[Diagnostic, ...]:
    """The findings of a project."""
    return check(Source("main.ivr", files["main.ivr"]), read=files.get).diagnostics


def _door(number: int, targets: list[str], otherwise: str) -> str:
    """A step that sends callers by their number to some blocks, and everybody else on."""
    cases = "".join(f'        is "+1425555{number * CASES + at:04}" -> {target}\n' for at, target in enumerate(targets))
    return f"step door_{number}\n    when caller.number\n{cases}        otherwise -> {otherwise}\n"


def as_hcl(script: str) -> str:
    """The same project as HCL, line by line: blocks become blocks, lines become attributes of the same words and texts,
    and the empty line behind a block becomes its brace."""
    done: list[str] = []
    opened = False
    for number, line in enumerate(script.splitlines()):
        words = line.split()
        if line.startswith(";"):
            done.append(f"# {line[1:].strip()}")
        elif words[:1] in (["ivr"], ["use"]):
            done.append(f"{words[0]}_{number} = {words[1]}")
        elif not line.startswith(" ") and words:
            done.append(f'{words[0]} "{words[1]}" {{')
            opened = True
        elif words:
            values = re.findall(r'"(?:\\.|[^"\\])*"|[^\s,]+', line.strip())
            quoted = ", ".join(each if each.startswith('"') else f'"{each}"' for each in values[1:])
            # A translation begins with its text, which becomes a name.
            done.append(f"    a_{re.sub(r'[^a-z]', '_', values[0])}_{number} = [{quoted}]")
        else:
            done.append("}" if opened else "")
            opened = False
    return "\n".join([*done, "}" if opened else "", ""]).replace("${", "{").replace("%{", "{")


# --------------------------------------------------------------------------------------------------------------------
# Measuring


def seconds(run: Callable[[], object], rounds: int) -> float:
    """The median of some runs."""
    series = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        series.append(time.perf_counter() - began)
    return statistics.median(series)


def by_rule(files: dict[str, str]) -> list[tuple[str, float]]:
    """Seconds of reading and of every rule, the slowest first. What several rules share is counted where it is first
    asked for."""
    began = time.perf_counter()
    source = bundle(Source("main.ivr", files["main.ivr"]), files.get)
    program = Program(source, parse(source).script)
    found = [("reading", time.perf_counter() - began)]
    context = Context(program, None)
    for page in pages().values():
        if page.rule.check is not None:
            began = time.perf_counter()
            list(page.rule.check(context))
            found.append((f"{page.rule.code} {page.rule.name}", time.perf_counter() - began))
    return sorted(found, key=lambda each: -each[1])


def profile(lines: int) -> None:
    """What each rule costs at a half and at the whole of so many lines. A ratio well above 2 is worse than linear."""
    half, whole = dict(by_rule(project(lines // 2))), by_rule(project(lines))
    table = Table("", "ms", "ms at half", "ratio", title=f"Rules at {lines:,} lines", title_justify="left")
    for name, spent in whole[:15]:
        table.add_row(name, f"{spent * 1e3:,.1f}", f"{half[name] * 1e3:,.1f}", f"{spent / half[name]:.1f}")
    Console(width=100).print(table)


def _lines(files: dict[str, str]) -> int:
    return sum(text.count("\n") for text in files.values())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lines", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--profile", action="store_true")
    given = options.parse_args()
    big, small = project(given.lines), project(500)
    found = lint(big)
    assert not found, render(found[:3])
    hcl = as_hcl("\n".join(big.values()))
    edited = {name: text.replace("after 3 tries", "after 3 trys", 1) for name, text in small.items()}
    ours = seconds(lambda: lint(big), given.rounds)
    peer = seconds(lambda: hcl2.loads(hcl), max(1, given.rounds // 2))
    messages = seconds(lambda: render(lint(edited)), given.rounds * 3)
    table = Table("", "lines", "seconds", "goal", title="Medians", title_justify="left")
    table.add_row("lint a project", f"{_lines(big):,}", f"{ours:.3f}", f"< {LIMIT_PROJECT}")
    table.add_row("peer: python-hcl2 parses", f"{hcl.count(chr(10)):,}", f"{peer:.3f}", "")
    table.add_row("messages of a script", f"{_lines(small):,}", f"{messages:.3f}", f"< {LIMIT_MESSAGES}")
    Console(width=100).print(table)
    print(f"ours / peer: {ours / peer:.2f}")
    if given.profile:
        profile(given.lines)


if __name__ == "__main__":
    main()
