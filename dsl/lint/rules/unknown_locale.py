"""The host's speech does not know a language.

A language is named by its code and its country, such as `es-US`. With one that the host does not know, callers hear
nothing, or an English voice that reads out a foreign text.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Declaration, Flow, LocaleLiteral, Menu, Name, Prompts, Say, Step
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.locales import LOCALES
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import expressions, instead
from dsl.spell import listed, nearest


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        for name in locales(declaration):
            if name.text in LOCALES:
                continue
            same = sorted(each for each in LOCALES if each.startswith(name.text[:2].lower() + "-"))
            close = nearest(name.text, same) if name.text[:2].lower() == name.text[:2] else None
            some = f"it knows {listed(same[:4], 'and')}{', among others' if len(same) > 4 else ''}" if same else ""
            yield RULE.at(
                context.program.source,
                name.span,
                f"the host does not speak `{name.text}`",
                "not a language of its speech service",
                help=some or "write a language and its country, such as `en-US`",
                fix=instead(name.span, close, safe=False) if close else None,
            )


def locales(declaration: Declaration) -> Iterator[Name]:
    """Where a declaration names a language."""
    match declaration:
        case Flow():
            yield from (each for each in (declaration.language,) if each is not None)
            yield from declaration.languages
            yield from (language for language, _ in declaration.voices)
        case Prompts():
            yield declaration.name
        case Menu() | Collect():
            prompts = (*declaration.prompts, *declaration.reprompts)
            yield from (each.language for each in prompts if each.language is not None)
        case Step():
            for statement in declaration.statements:
                if isinstance(statement, Say) and statement.language is not None:
                    yield statement.language
    for expression in expressions(declaration):
        if isinstance(expression, LocaleLiteral):
            yield Name(expression.value, expression.span)


def _example(language: str) -> str:
    return script(f"""\
step welcome
    say {language} "Gracias por llamar."
    go to sorry
""")


RULE = Rule(
    code="IVR701",
    name="unknown-locale",
    severity="warning",
    check=check,
    bad=_example("es-FR"),
    good=_example("es-ES"),
)
