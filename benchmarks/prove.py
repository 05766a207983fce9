"""Proving a script of 781 menus, five under each and four levels deep, beside python-hcl2's parse of an HCL text of as
many lines in the same run.

    python -m benchmarks.prove [--rounds 3]

From the text to the verdict: reading, every lint rule, every state that a call can be in, three promises. The peer only
parses. Ratios are what to read: the machine is shared and noisy.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import hcl2
from rich.console import Console
from rich.table import Table

from benchmarks.lint import as_hcl, seconds
from dsl import Program, Source, check, parse
from interpreter.explore import Proof, prove

LIMIT = 5.0
"""Seconds that the whole of it may take."""
LEVELS, WIDTH = 5, 5
WORDS = ("one", "two", "three", "four", "five")
_HEAD = """\
ivr 1
flow main for "Menus under menus"
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> desk

"""
_PROMISES = """\
promise every path ends in handled, nobody_there, abandoned
promise silent caller reaches desk within 4 prompts
promise desk within 5 prompts of menu_top

"""
_TAIL = """\
transfer desk
    to number front_desk
    ring 25s
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Nobody can take your call right now. Please call again tomorrow."
    finish nobody_there
"""


def script() -> str:
    """About 9,400 lines."""
    return _HEAD + _PROMISES + "".join(_menu(())) + _TAIL


def _name(path: tuple[int, ...]) -> str:
    return "menu_" + ("_".join(map(str, path)) or "top")


def _menu(path: tuple[int, ...]) -> Iterator[str]:
    leaf = len(path) == LEVELS - 1
    said = ", ".join(f"for part {word}, press {number}" for number, word in enumerate(WORDS, 1))
    yield f'menu {_name(path)}\n    prompt "F{said[1:]}. To hear this again, press star."\n'
    for number in range(1, WIDTH + 1):
        yield f"    press {number} -> {'desk' if leaf else _name((*path, number))}\n"
    yield "    press * -> repeat\n"
    yield '    no input "I did not hear anything."\n    no match "That is not one of the choices."\n'
    yield "    after 3 tries -> desk\n\n"
    if not leaf:
        for number in range(1, WIDTH + 1):
            yield from _menu((*path, number))


def _prove(source: Source) -> Proof:
    checked = check(source)
    assert not checked.errors, checked.errors[0].headline
    return prove(checked.program or Program(source, parse(source).script))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    source = Source("menus.ivr", script())
    text = as_hcl(source.text.replace(_PROMISES, ""))
    proof = _prove(source)
    ours = seconds(lambda: _prove(source), rounds)
    linted = seconds(lambda: check(source), rounds)
    peer = seconds(lambda: hcl2.loads(text), max(1, rounds // 2))
    table = Table(title="Medians", title_justify="left")
    for heading in ("", "lines", "seconds", "goal"):
        table.add_column(heading, justify="left" if not heading else "right")
    lines = f"{source.text.count(chr(10)):,}"
    table.add_row("read, lint and prove", lines, f"{ours:.3f}", f"< {LIMIT}")
    table.add_row("  of it reading and linting", lines, f"{linted:.3f}", "")
    table.add_row("peer: python-hcl2 parses", f"{text.count(chr(10)):,}", f"{peer:.3f}", "")
    console = Console()
    console.print(table)
    kept = sum(verdict.broken is None for verdict in proof.verdicts)
    graph = proof.graph
    menus = (WIDTH**LEVELS - 1) // (WIDTH - 1)
    console.print(
        f"{menus} menus: {len(graph.nodes):,} states, {graph.edges:,} edges, {proof.paths:.1e} paths; "
        f"{kept} of {len(proof.verdicts)} promises hold"
    )
    console.print(f"ours / peer: {ours / peer:.2f}")


if __name__ == "__main__":
    main()
