"""A counter is named that the script does not declare.

Nothing would count the caller's mistakes, so that a wrong PIN could be tried for ever. The name was most likely
mistyped.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, CountUp, Declaration, Menu, Name, Step
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead, is_lost, near_name


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for declaration in program.declarations():
        for name in counters_named(declaration):
            if name.text in program.counters or is_lost(program, name.text):
                continue
            close = near_name(name.text, program.counters)
            near = (Label(program.counters[close].name.span, "a counter with a similar name"),) if close else ()
            yield RULE.at(
                program.source,
                name.span,
                f"there is no counter `{name.text}`",
                "no `counter` has this name",
                labels=near,
                help=f"did you mean `{close}`?" if close else f"declare it: `counter {name.text}` with `at most 3`",
                fix=instead(name.span, close) if close else None,
            )


def counters_named(declaration: Declaration) -> Iterator[Name]:
    """Where a declaration counts, or asks for a counter's limit."""
    if isinstance(declaration, Step):
        yield from (each.counter for each in declaration.statements if isinstance(each, CountUp))
    elif isinstance(declaration, Menu | Collect):
        if declaration.counter is not None:
            yield declaration.counter
        yield from (each.name for each in declaration.afters if each.what == "limit" and each.name is not None)
        if isinstance(declaration, Collect):
            yield from (each.counter for each in declaration.checks if each.counter is not None)


def _example(name: str) -> str:
    return script(f"""\
step again
    count {name}
        counted -> main_menu
        reached -> sorry

menu main_menu
    prompt "To hear this again, press 1."
    press 1 -> again
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry

counter rounds
    at most 3
""")


RULE = Rule(
    code="IVR119",
    name="unknown-counter",
    severity="error",
    check=check,
    bad=_example("rouns"),
    good=_example("rounds"),
)
