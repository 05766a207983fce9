"""A skill level is outside 1 to 10.

Agents have levels from 1 to 10. Nobody has the skill at level 20, so that callers wait for somebody who does not
exist; and everybody has it at level 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Need, Queue, Relax
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule

LEAST, MOST = 1, 10


def check(context: Context) -> Iterator[Diagnostic]:
    for queue in context.program.declarations():
        if not isinstance(queue, Queue):
            continue
        asked: list[Need | Relax] = [*queue.needs, *queue.relaxes]
        for each in asked:
            if each.level is not None and not LEAST <= each.level.value <= MOST:
                high = each.level.value > MOST
                yield RULE.at(
                    context.program.source,
                    each.level.span,
                    f"{'no' if high else 'every'} agent has `{each.skill.text}` at level {each.level.value}",
                    f"levels go from {LEAST} to {MOST}",
                    help=f"write a level from {LEAST} to {MOST}",
                )


def example(level: str, more: str = "", waited: str = "10m") -> str:
    """A script with a queue."""
    return script(f"""\
queue helpers
    needs skill billing >= {level}
{more}    music "hold"
    answered                                  -> finish handled
    waited {waited} or no agents or full or failed -> sorry
""")


RULE = Rule(
    code="IVR502",
    name="impossible-skill",
    severity="error",
    check=check,
    bad=example("20"),
    good=example("2"),
)
