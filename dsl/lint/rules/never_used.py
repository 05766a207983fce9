"""Something is declared and nothing uses it.

Opening hours that nobody asks for do not close the line, and a counter that nothing counts stops nobody. Often the
line that should use it was forgotten, or names another one by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.program import Program
from dsl.ast import Counter, Data, GoTo, Hours, Name
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.unknown_counter import counters_named
from dsl.lint.rules.unknown_target import hours_named
from dsl.lint.walk import calls, complete, destinations, holes, variables, whole_line
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program.flow is None or not complete(program):
        return
    used = _used(program)
    for declaration in program.declarations():
        match declaration:
            case Hours() if declaration.name.text not in used["hours"]:
                yield _finding(program, "hours", declaration.name, "no block asks whether they are open")
            case Counter() if (
                used["counter"] <= program.counters.keys() and declaration.name.text not in used["counter"]
            ):
                yield _finding(program, "counter", declaration.name, "nothing counts with it")
            case Data() if used["data"] <= program.functions.keys():
                for function in declaration.functions:
                    if f"{declaration.name.text}.{function.name.text}" not in used["data"]:
                        line = whole_line(program.source, function.span) if len(declaration.functions) > 1 else None
                        yield _finding(program, function.use, function.name, "nothing calls it", line)


def _used(program: Program) -> dict[str, set[str]]:
    """The names that are used, of each kind. A rule of its own tells of those that nothing declares; the declaration
    that was meant is then not called unused."""
    used: dict[str, set[str]] = {kind: set() for kind in ("hours", "counter", "data")}
    for declaration in program.declarations():
        used["counter"] |= {name.text for name in counters_named(declaration)}
        used["data"] |= {call.name for call in calls(declaration)}
        used["hours"] |= {name.text for name in hours_named(declaration)}
    if used["hours"] <= program.hours.keys():
        for declaration in program.declarations():
            used["hours"] |= {each.path[0] for each in holes(declaration)}
            used["hours"] |= {each.path[0] for each in variables(declaration)}
            ways = destinations(program, declaration)
            used["hours"] |= {each.target.text for each in ways if isinstance(each, GoTo)}
    else:
        used["hours"] |= program.hours.keys()
    return used


def _finding(program: Program, kind: str, name: Name, label: str, line: Span | None = None) -> Diagnostic:
    return RULE.at(
        program.source,
        name.span,
        f"`{kind} {name.text}` is never used",
        label,
        help="use it, or take it out",
        fix=Fix("take the line out", (Edit(line, ""),), "unsafe") if line is not None else None,
    )


def _example(condition: str) -> str:
    return script(f"""\
step welcome
    say "Thank you for calling."
{condition}    go to sorry

step desk
    say "We will be with you soon."
    go to sorry

menu choice
    prompt "For the desk, press 1."
    press 1 -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry

hours support
    monday to friday 09:00 to 17:00
""").replace("    go to sorry\n\nstep desk", "    go to choice\n\nstep desk", 1)


RULE = Rule(
    code="IVR117",
    name="never-used",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example("    when support is open -> desk\n"),
)
