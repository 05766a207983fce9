"""``ivr graph``, ``ivr prompts`` and ``ivr translate``: what a script holds, for people who do not read scripts."""

from __future__ import annotations

from pathlib import Path

from interpreter.tooling import covering, translate
from interpreter.tooling import prompts as table
from interpreter.tooling.call import load_program
from interpreter.tooling.files import CannotRun
from interpreter.tooling.graph import FORMATS, graph_of
from interpreter.tooling.graph.svg import NeedsIgraph
from interpreter.tooling.tests import coverage_of


def graph(script: Path, format: str, colour: bool, tests: Path | None = None) -> str:
    """The picture of a script that lints; with a file of tests for it, what none of them takes is red. Raises
    `ScriptHasErrors` and `CannotRun`."""
    try:
        if tests is None:
            return FORMATS[format](graph_of(load_program(script, None, colour)))
        covered = coverage_of(tests, script, colour)
        return FORMATS[format](graph_of(covered.program, covering.untested(covered)))
    except NeedsIgraph:
        why = "--format svg needs the package igraph: pip install 'ivr[graph]'; mermaid and dot need nothing"
        raise CannotRun(why) from None


def prompts(script: Path, format: str, colour: bool) -> str:
    """The table of a script's texts. Raises `ScriptHasErrors` and `CannotRun`."""
    return table.FORMATS[format](load_program(script, None, colour))


def export(script: Path, language: str, colour: bool) -> str:
    """A catalogue for translators. A script whose only errors are missing translations is what it is for.

    Raises `ScriptHasErrors` and `CannotRun`.
    """
    return translate.export(load_program(script, None, colour, forgive=translate.MISSING), language)


def import_(script: Path, catalogue: Path, colour: bool) -> str:
    """Take a catalogue over. Raises `ScriptHasErrors` and `CannotRun`."""
    program = load_program(script, None, colour, forgive=translate.MISSING)
    return translate.import_(program, script, catalogue).out
