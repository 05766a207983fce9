"""``ivr prove``: the promises of scripts, held against every state that a call can be in."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dsl import Diagnostic, Label, Program
from dsl.bundle import localise
from dsl.report import render
from dsl.source import Span
from interpreter.explore import Broken, Proof, Verdict, as_test, prove
from interpreter.tooling.check import Outcome
from interpreter.tooling.files import CannotRun
from interpreter.tooling.tests import Suite, suites

WIDTH = 118


@dataclass(frozen=True, slots=True)
class Proving:
    """How `ivr prove` was asked. ``most``: states after which exploring gives up."""

    site: Path | None = None
    format: str = "text"
    most: int = 200_000
    colour: bool = False


def run(paths: list[Path], how: Proving) -> Outcome:
    """Prove every script that takes calls; one that a file of tests uses is proved with the promises of that file.
    Exit code 1 when something does not hold, or was not explored to its end. Raises `CannotRun`."""
    chosen = _chosen(suites(paths, how.site, how.colour))
    if not chosen:
        raise CannotRun("there is no flow that takes calls")
    proofs = [(suite, prove(suite.program, how.most)) for suite in chosen]
    holds = all(proof.holds for _, proof in proofs)
    if how.format == "json":
        return Outcome(
            json.dumps([_object(suite, proof) for suite, proof in proofs], indent=2) + "\n", "", int(not holds)
        )
    return Outcome("\n".join(_text(suite, proof, how.colour) for suite, proof in proofs), "", int(not holds))


def _chosen(found: Sequence[Suite]) -> list[Suite]:
    """Without those that another one brings with its promises."""
    brought = {member.resolve() for suite in found for member in suite.members[1:]}
    return [suite for suite in found if suite.path.resolve() not in brought]


def _text(suite: Suite, proof: Proof, colour: bool) -> str:
    parts = [f"{suite.path}: {_explored(proof)}\n"]
    parts += [_wrapped(f"  bounded: {note}") for note in proof.graph.notes]
    parts += [_kept(verdict) for verdict in proof.verdicts if verdict.broken is None]
    found = [(verdict.promise.name.span, verdict.broken) for verdict in proof.verdicts if verdict.broken is not None]
    for number, (span, broken) in enumerate([*found, *((None, flaw) for flaw in proof.flaws)], 1):
        parts.append("\n" + render((_finding(proof.program, span, broken),), "text", colour=colour).rstrip("\n") + "\n")
        parts.append(f"\nThe shortest call, as a test:\n\n{_call(proof, broken, number)}")
    kept = sum(verdict.broken is None for verdict in proof.verdicts)
    count = len(proof.verdicts)
    promises = f"{kept} of {count} {'promise holds' if count == 1 else 'promises hold'}" if count else "no promises"
    flaws = f", {len(proof.flaws)} flaws" if proof.flaws else ""
    complete = "" if proof.graph.complete else "; not everything was explored"
    return "".join([*parts, f"{promises}{flaws}{complete}\n"])


def _explored(proof: Proof) -> str:
    paths = f"{proof.paths:,}" if proof.paths < 10**12 else f"{proof.paths:.1e}".replace("e+", "e")
    return f"{len(proof.graph.nodes):,} states, {proof.graph.edges:,} edges, {paths} paths"


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, WIDTH, subsequent_indent="    ")) + "\n"


def _kept(verdict: Verdict) -> str:
    fact = f" ({verdict.fact})" if verdict.fact else ""
    return f"  holds: {verdict.promise.name.text}{fact}\n"


def _finding(program: Program, span: Span | None, broken: Broken) -> Diagnostic:
    where = span or (program.flow.name.span if program.flow is not None else Span(0, 0))
    if span is None:
        at = next((edge.target.call.block for edge in reversed(broken.way) if edge.target.call.block), "")
        where = program.blocks[at].name.span if at in program.blocks else where
    headline = "a promise does not hold" if span is not None else "something that no script should do"
    found = Diagnostic("prove", "broken-promise", "error", headline, program.source, Label(where, broken.why))
    return localise([found], program.source)[0]


def _call(proof: Proof, broken: Broken, number: int) -> str:
    return as_test(proof.program, proof.graph, broken.way, f"broken promise {number}", (f"; here {broken.why}",))


def _object(suite: Suite, proof: Proof) -> dict[str, object]:
    broken = [verdict.broken for verdict in proof.verdicts if verdict.broken is not None]
    return {
        "script": str(suite.path),
        "states": len(proof.graph.nodes),
        "edges": proof.graph.edges,
        "paths": str(proof.paths),
        "complete": proof.graph.complete,
        "bounded": proof.graph.notes,
        "promises": [
            {
                "promise": verdict.promise.name.text,
                "holds": verdict.broken is None,
                "fact": verdict.fact,
                "why": verdict.broken.why if verdict.broken is not None else "",
                "call": _call(proof, verdict.broken, broken.index(verdict.broken) + 1) if verdict.broken else "",
            }
            for verdict in proof.verdicts
        ],
        "flaws": [{"why": flaw.why, "call": _call(proof, flaw, 1)} for flaw in proof.flaws],
    }
