"""A test or a promise names something that the script does not have.

It cannot hold, or it holds for nothing: what it was meant to guard is not guarded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dsl.analysis import told
from dsl.analysis.given import CALLEE
from dsl.analysis.program import Program
from dsl.analysis.types import types_of
from dsl.ast import Name, tests
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead, is_lost, keyword, near_name
from dsl.spell import listed

MOST_LISTED = 8


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    lines = list(told.lines(program))
    promises = [each for each in told.promises(program) if each.pledge is not None]
    if not lines and not promises:
        return
    known = told.asked_names(program)
    results, switches = told.results(program), told.switches(program)
    for _, line in lines:
        yield from _blocks(context, line)
        match line:
            case tests.Reaches() if line.verb is not None:
                yield from _verb(context, line)
            case tests.GivenAnswer() | tests.Requests() if line.target is not None:
                yield from _unknown(context, line.target, known.get(line.verb.text), line.verb.text)
            case tests.SwitchIs():
                yield from _unknown(context, line.switch, switches, "switch")
            case tests.Ends():
                for name in line.results:
                    yield from _unknown(context, name, {*results, *told.ENDINGS}, "result")
            case tests.With():
                flow = program.flow
                both = (*flow.parameters, *flow.attached) if flow is not None else ()
                wanted = {each.name.text for each in both}
                if flow is not None and not flow.outbound:
                    wanted.add(CALLEE)
                for field in line.fields:
                    if field.name is not None:
                        yield from _unknown(context, field.name, wanted, "parameter")
    for promise in promises:
        yield from _promise(context, promise.pledge, results)


def _promise(context: Context, pledge: tests.Pledge | None, results: set[str]) -> Iterator[Diagnostic]:
    match pledge:
        case tests.Within():
            yield from _blocks(context, pledge)
        case tests.EveryPathEnds():
            for name in pledge.results:
                yield from _unknown(context, name, {*results, *told.PLEDGED_ENDINGS}, "result")
        case tests.Never():
            yield from _unknown(context, pledge.value, types_of(context.program).values, "value")
            for name in pledge.sinks:
                yield from _unknown(context, name, told.SINKS, "place for values")


def _blocks(context: Context, line: tests.Line | tests.Pledge) -> Iterator[Diagnostic]:
    for name in told.named_blocks(line):
        yield from _unknown(context, name, context.program.blocks, "block")


def _verb(context: Context, line: tests.Reaches) -> Iterator[Diagnostic]:
    block = context.program.blocks.get(line.block.text)
    if line.verb is None or block is None or keyword(block) == line.verb.text:
        return
    yield RULE.at(
        context.program.source,
        line.verb.span,
        f"`{line.block.text}` is not a `{line.verb.text}`",
        f"it is a `{keyword(block)}`",
        help=f"write `reaches {keyword(block)} {line.block.text}`",
        fix=instead(line.verb.span, keyword(block)),
    )


def _unknown(context: Context, name: Name, known: Iterable[str] | None, what: str) -> Iterator[Diagnostic]:
    program: Program = context.program
    if known is None or name.text in known or is_lost(program, name.text):
        return
    names = sorted(known)
    close = near_name(name.text, names)
    some = listed(names, "and") if 0 < len(names) <= MOST_LISTED else ""
    yield RULE.at(
        program.source,
        name.span,
        f"the script has no {what} `{name.text}`",
        "nothing has this name",
        help=f"did you mean `{close}`?" if close else f"it has {some}" if some else "take the line out",
        fix=instead(name.span, close, safe=False) if close else None,
    )


def _example(block: str) -> str:
    return script(f"""\
step welcome
    say "Thank you for calling."
    go to sorry

test "callers are told that we are closed"
    hears "Thank you for calling."
    reaches {block}
""")


RULE = Rule(
    code="IVR910",
    name="test-of-unknown-name",
    severity="error",
    check=check,
    bad=_example("sory"),
    good=_example("sorry"),
)
