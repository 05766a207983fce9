"""Something is said to a caller who has gone.

After a hang-up, and after a transfer that was answered, no one listens any more on this line. What is asked there has
no answer and what is played fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Block, Callback, Destination, Dial, Flow, GoTo, PlayFile, Step, Transfer
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword, reachable, spoken
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        if isinstance(declaration, Flow) and declaration.on_hangup:
            yield from _speaks(context, declaration.on_hangup, "after the caller has hung up")
        elif isinstance(declaration, Transfer) and declaration.accept is None:
            # Whoever accepts a call is brought into it; a caller who was handed over blindly has left this line.
            for route in declaration.routes:
                if any(outcome.text == "answered" for outcome in route.outcomes):
                    yield from _speaks(context, route.destination, "after the caller was put through")


def _speaks(context: Context, destination: Destination, when: str) -> Iterator[Diagnostic]:
    if not isinstance(destination, GoTo):
        return
    for block in reachable(context.program, destination.target.text):
        found = _first_speech(block)
        if found is not None:
            yield RULE.at(
                context.program.source,
                destination.span,
                f"`{keyword(block)} {block.name.text}` speaks {when}",
                "nobody listens any more",
                labels=(Label(found, "this would be heard by no one"),),
                help="write `finish` and a result, such as `finish abandoned`",
            )
            return


def _first_speech(block: Block) -> Span | None:
    if isinstance(block, Callback | Dial):
        return None  # they promise and make calls of their own
    if not isinstance(block, Step):
        return block.name.span
    heard = [each.text.span for each in spoken(block)]
    heard += [each.span for each in block.statements if isinstance(each, PlayFile)]
    return min(heard, default=None)


RULE = Rule(
    code="IVR233",
    name="speaks-to-nobody",
    severity="error",
    check=check,
    bad="""\
ivr 1
flow main
    on caller hangup -> sorry
    on system error  -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
""",
    good="""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
""",
)
