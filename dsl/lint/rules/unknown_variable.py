"""A value is used that nothing gives.

Known are `caller.number`, `caller.name` and `called.number`, `callee` where an agent calls on behalf of the line, the
moment (`today`, `now`), the `language`, of every `hours` its `opens_again` and `holiday`, and what the script itself
keeps with `set`, `into` or a look-up. A sentence with an unknown value cannot be spoken.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.kinds import Type
from dsl.analysis.types import types_of
from dsl.ast import Flow, Hours
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.named import other_kind
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete, holes, instead, is_lost, near_name, variables
from dsl.source import Span
from dsl.spell import listed


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    types = types_of(program)
    for declaration in program.declarations():
        if isinstance(declaration, Flow | Hours):
            continue
        uses = [(hole.path, Span(hole.span.start + 1, hole.span.end - 1)) for hole in holes(declaration)]
        uses += [(each.path, each.span) for each in variables(declaration)]
        for path, span in uses:
            if types.of_path(path) is not None:
                continue
            record = types.record_of(path)
            if record is not None:
                yield _no_field(context, path, span, record)
            elif other_kind(program, path) is not None:
                continue  # a rule of its own
            elif complete(program) or not (len(path) == 1 or is_lost(program, path[0])):
                yield _finding(context, ".".join(path), span, set(types.values))


def _no_field(context: Context, path: tuple[str, ...], span: Span, record: Type) -> Diagnostic:
    names = [name for name, _ in record.fields]
    close = near_name(path[-1], names)
    whole = ".".join(path)
    start = span.start + len(whole) - len(path[-1])
    return RULE.at(
        context.program.source,
        Span(start, start + len(path[-1])),
        f"`{'.'.join(path[:-1])}` has no `{path[-1]}`",
        "not one of its values",
        help=f"did you mean `{close}`?" if close else f"it has {listed(names, 'and')}",
        fix=instead(Span(start, start + len(path[-1])), close, safe=False) if close else None,
    )


def _finding(context: Context, name: str, span: Span, known: set[str]) -> Diagnostic:
    source = context.program.source
    close = near_name(name, known)
    at = source.text.find(name, span.start, span.end)
    place = span if at < 0 else Span(at, at + len(name))
    given = ", ".join(f"`{each}`" for each in sorted(known)[:6])
    return RULE.at(
        source,
        place,
        f"there is no value `{name}`",
        "nothing in the script gives it",
        help=f"did you mean `{close}`?" if close else f"known are {given}{' and more' if len(known) > 6 else ''}",
        fix=instead(place, close, safe=False) if close and at >= 0 else None,
    )


RULE = Rule(
    code="IVR120",
    name="unknown-variable",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    say "You are calling from {caller.numbr as digits}."
    go to sorry
"""),
    good=script("""\
step welcome
    say "You are calling from {caller.number as digits}."
    go to sorry
"""),
)
