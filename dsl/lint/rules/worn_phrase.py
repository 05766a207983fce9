"""A phrase wastes the caller's time.

"Please listen carefully, as our menu options have changed" and "your call is important to us" say nothing that helps.
Callers have heard them a thousand times and know that a long wait follows.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import found, part, patterns
from dsl.lint.rule import Context, Rule

_WORN = patterns(
    en=r"\b(?:(?:please )?listen carefully|(?:menu|options)(?: options)? (?:have|has) (?:recently )?changed|"
    r"your call is (?:very )?important(?: to us)?|(?:unusually high|higher than (?:normal|usual)) call volumes?)\b",
    es=r"\b(?:escuche (?:con atención|atentamente)|(?:las opciones|el menú) (?:han?) cambiado|"
    r"su llamada es (?:muy )?importante)\b",
    fr=r"\b(?:écoutez attentivement|votre appel (?:est|nous est) (?:très )?(?:important|précieux))",
    de=r"\b(?:hören sie (?:bitte )?genau zu|ihr anruf ist (?:uns|sehr) (?:sehr )?wichtig)\b",
)


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        for each, match in found(context.program, declaration, _WORN):
            yield RULE.at(
                context.program.source,
                part(each.text, match),
                f"`{match.group()}` tells the caller nothing",
                "a worn phrase",
                help="take it out",
            )


def _example(words: str) -> str:
    return script(f"""\
menu main_menu
    prompt "{words}For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR420",
    name="worn-phrase",
    severity="warning",
    check=check,
    bad=_example("Please listen carefully. "),
    good=_example(""),
)
