"""A question can only be answered by speaking.

In a loud street, with an accent that the recogniser does not know, or without a voice, a caller needs a key. And when
speech recognition fails, a question without keys has nothing left to offer. Free speech (`speech`) has no
keys by its nature.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Menu, SpeechKind
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for menu in context.program.declarations():
        if isinstance(menu, Menu) and not menu.broken and menu.options and not any(o.keys for o in menu.options):
            yield RULE.at(
                context.program.source,
                menu.name.span,
                f"`menu {menu.name.text}` cannot be answered by keys",
                "every option is spoken",
                help="give each option a key, such as `press 1 or say …`",
            )
        elif isinstance(menu, Collect) and menu.listen == "speech" and not isinstance(menu.kind, SpeechKind):
            yield RULE.at(
                context.program.source,
                menu.name.span,
                f"`collect {menu.name.text}` cannot be answered by keys",
                "it listens for speech only",
                help="write `listen for speech or keys`",
            )


RULE = Rule(
    code="IVR314",
    name="speech-only-menu",
    severity="warning",
    check=check,
    bad=script("""\
menu main_menu
    prompt "For billing, say billing. For an agent, say agent."
    say "billing" -> sorry
    say "agent"   -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
    good=script("""\
menu main_menu
    prompt "For billing, press 1 or say billing. For an agent, press 0 or say agent."
    press 1 or say "billing" -> sorry
    press 0 or say "agent"   -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
)
