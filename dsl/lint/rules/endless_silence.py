"""A caller who says nothing goes round for ever.

Silence leads from block to block and back to where it began. A telephone that was left off the hook would keep the
line, and a caller who cannot answer would never reach a person. Going back needs a key or a word of the caller.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.program import Edge
from dsl.ast import Step
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.cycles import cycles, not_given
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.spell import listed


def check(context: Context) -> Iterator[Diagnostic]:
    # What a sub-flow gives when its caller stays silent needs the caller, too.
    asked = not_given(context.program, lambda edge: not edge.needs_caller)
    for cycle in cycles(context.program, _without_a_word):
        silent = [edge for edge in cycle.edges if edge.needs_caller or (edge.span, edge.cause) in asked]
        alone = len(cycle.blocks) == 1 and not isinstance(cycle.blocks[0], Step)
        if not silent or alone:
            continue  # a loop without any caller, or a block that hands over to itself: both have rules of their own
        start = cycle.blocks[0].name
        yield RULE.at(
            context.program.source,
            cycle.edges[-1].destination.span,
            f"a silent caller goes round {listed(cycle.path, 'and')} for ever",
            f"leads back to `{start.text}`",
            labels=(Label(start.span, "the round begins here"),),
            help="hand over to a block that does not lead back, such as a `step` that says goodbye",
        )


def _without_a_word(edge: Edge) -> bool:
    if not edge.needs_caller:
        return True
    # A check that fails, or an answer that fits nothing, is something that the caller has given.
    return edge.cause.startswith("after ") and not edge.cause.endswith(" wrong") and " failed " not in edge.cause


RULE = Rule(
    code="IVR205",
    name="endless-silence",
    severity="warning",
    check=check,
    bad=script("""\
menu main_menu
    prompt "For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> desk

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> main_menu
"""),
    good=script("""\
menu main_menu
    prompt "For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> desk

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
