"""The language: from text to a checked program. Pure: no file, clock, socket or environment."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.analysis.program import Program
from dsl.bindings import Binding, Bindings
from dsl.bundle import Read, bundle, localise
from dsl.diagnostics import Diagnostic, Edit, Fix, Label, in_order
from dsl.lint import lint, pages
from dsl.source import Place, Source, Span
from dsl.syntax import parse

__all__ = [
    "Binding",
    "Bindings",
    "Checked",
    "Diagnostic",
    "Edit",
    "Fix",
    "Label",
    "Place",
    "Program",
    "Source",
    "Span",
    "check",
    "pages",
    "parse",
]


@dataclass(frozen=True, slots=True)
class Checked:
    """A script that was read and linted. ``program`` is ``None`` when there is any error: it must not take calls."""

    program: Program | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.diagnostics if d.severity == "error")


def check(source: Source, bindings: Bindings | None = None, read: Read | None = None) -> Checked:
    """Read and lint a script, together with the site file that it is to run with when ``bindings`` are given.

    ``read`` gives the text of the files that the script uses; without it, ``source`` is a bundle that has them.
    Never raises for any text.
    """
    whole = bundle(source, read) if read is not None else source
    parsed = parse(whole)
    program = Program(whole, parsed.script)
    findings = in_order(localise([*parsed.diagnostics, *lint(program, bindings, parsed.diagnostics)], whole))
    failed = any(finding.severity == "error" for finding in findings)
    return Checked(None if failed else program, tuple(findings))
