"""A block says sorry more than twice.

One apology is polite. Who hears "I am sorry" at every try is told again and again that something went wrong, and does
not learn what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Menu
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.heard import found, part, patterns
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword
from dsl.source import Span

MOST = 2
_SORRY = patterns(
    en=r"\b(?:sorry|apologi[sz]e|apologies|pardon)\b",
    es=r"\b(?:lo siento|lo sentimos|perdón|disculpe|disculpas)\b",
    fr=r"\b(?:désolée?s?|pardon|excuses|excusez)\b",
    de=r"\b(?:entschuldigung|entschuldigen|verzeihung|leid)\b",
)


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Menu | Collect):
            continue
        places: dict[str, list[Span]] = {}
        for each, match in found(context.program, block, _SORRY):
            places.setdefault(each.language, []).append(part(each.text, match))
        for spans in places.values():
            if len(spans) > MOST:
                yield RULE.at(
                    context.program.source,
                    spans[MOST],
                    f"`{keyword(block)} {block.name.text}` apologises {len(spans)} times",
                    "once more",
                    labels=(Label(spans[0], "the first apology"),),
                    help="say what to do instead",
                )


def _example(text: str) -> str:
    return script(f"""\
menu main_menu
    prompt   "For billing, press 1."
    reprompt "{text}Press 1 for billing."
    press 1 -> sorry
    no input "Sorry, I did not hear anything."
    no match "Sorry, that is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR415",
    name="many-apologies",
    severity="warning",
    check=check,
    bad=_example("I am sorry. "),
    good=_example(""),
)
