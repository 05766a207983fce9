"""What became of tests, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from xml.etree import ElementTree

from dsl import Diagnostic, Label, Program
from dsl.bundle import localise
from dsl.report import render
from interpreter import phone
from interpreter.testing.running import Result

Ran = tuple[Program, Result]


def text(ran: Sequence[Ran], *, colour: bool = False) -> str:
    """Each test that fails with its call so far and the line that does not hold; last how many hold."""
    parts = [_failure(program, result, colour) for program, result in ran if not result.passed]
    return "".join(parts) + counted(ran) + "\n"


def counted(ran: Sequence[Ran]) -> str:
    """``3 tests pass`` or ``2 of 3 tests fail``."""
    failed = sum(not result.passed for _, result in ran)
    tests = "1 test" if len(ran) == 1 else f"{len(ran)} tests"
    if failed:
        return f"{failed} of {tests} {'fails' if failed == 1 else 'fail'}"
    return f"{tests} {'passes' if len(ran) == 1 else 'pass'}"


def _failure(program: Program, result: Result, colour: bool) -> str:
    call = phone.transcript(result.simulation) if result.simulation is not None else ""
    return f'test "{result.test.name.text}"\n{call}\n' + render((diagnostic(program, result),), "text", colour=colour)


def diagnostic(program: Program, result: Result) -> Diagnostic:
    """A failure as a finding at its place in its file."""
    failure = result.failure
    assert failure is not None
    found = Diagnostic(
        "test",
        "failed-test",
        "error",
        failure.what,
        program.source,
        Label(failure.span, "expected here"),
        (),
        f"nearest: {failure.near}" if failure.near else "",
        failure.help,
    )
    return localise([found], program.source)[0]


def place(program: Program, result: Result) -> tuple[str, int]:
    """File and line of a test."""
    found = Diagnostic("", "", "error", "", program.source, Label(result.test.name.span, ""))
    local = localise([found], program.source)[0]
    return local.source.name, local.source.place(local.label.span.start).line


def as_json(ran: Sequence[Ran]) -> str:
    """An array of objects, one a test, with its transcript."""
    return json.dumps([_object(program, result) for program, result in ran], indent=2, ensure_ascii=False) + "\n"


def _object(program: Program, result: Result) -> dict[str, object]:
    file, line = place(program, result)
    found: dict[str, object] = {
        "name": result.test.name.text,
        "file": file,
        "line": line,
        "passed": result.passed,
        "call": phone.as_json(result.simulation) if result.simulation is not None else None,
    }
    if not result.passed:
        at = diagnostic(program, result)
        where = at.source.place(at.label.span.start)
        found["failure"] = {
            "headline": at.headline,
            "file": at.source.name,
            "line": where.line,
            "column": where.column,
            "note": at.note,
            "help": at.help,
        }
    return found


def as_junit(ran: Sequence[Ran]) -> str:
    """JUnit's XML, as build servers read it: one suite a file."""
    files: dict[str, list[Ran]] = {}
    for program, result in ran:
        files.setdefault(place(program, result)[0], []).append((program, result))
    top = ElementTree.Element("testsuites", tests=str(len(ran)), failures=str(sum(not r.passed for _, r in ran)))
    for file, here in files.items():
        failures = str(sum(not result.passed for _, result in here))
        suite = ElementTree.SubElement(top, "testsuite", name=file, tests=str(len(here)), failures=failures)
        for program, result in here:
            seconds = result.simulation.t if result.simulation is not None else 0.0
            case = ElementTree.SubElement(
                suite, "testcase", name=result.test.name.text, classname=file, time=f"{seconds:.3f}"
            )
            if result.failure is not None:
                failed = ElementTree.SubElement(case, "failure", message=result.failure.what)
                failed.text = _printable(_failure(program, result, False))
    ElementTree.indent(top)
    return ElementTree.tostring(top, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    """XML 1.0 has no place for control characters."""
    return "".join(each for each in text if each in "\n\t" or each.isprintable())
