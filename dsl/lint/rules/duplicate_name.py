"""A name is declared twice.

Behind an arrow the name could mean either block, and the caller would come to the one that the author forgot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dsl.analysis.outcomes import EMERGENCY, HOURS
from dsl.ast import Counter, Data, Declaration, Flow, Hours, Name, Promise, Prompts, Queue, Survey, Test, Use
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword
from dsl.source import Source

_TAKEN = frozenset(outcome.name for outcome in (EMERGENCY, *HOURS))


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    seen: dict[tuple[str, str], tuple[str, Name]] = {}
    for declaration in context.program.declarations():
        yield from _inside(source, declaration)
        if isinstance(declaration, Use | Prompts | Promise) or declaration.name.text == "_":
            continue  # prompts of a language may stand in several places; "_" stands for a name that could not be read
        if isinstance(declaration, Flow) and not declaration.is_sub:
            continue  # flows that take calls are counted elsewhere
        key = (_space(declaration), declaration.name.text)
        kind, first = seen.setdefault(key, (keyword(declaration), declaration.name))
        if first is not declaration.name:
            yield RULE.at(
                source,
                declaration.name.span,
                f"the name `{declaration.name.text}` is declared twice",
                f"a second time, for a `{keyword(declaration)}`",
                labels=(Label(first.span, f"first declared here, for a `{kind}`"),),
                help="give one of them another name",
            )
        if isinstance(declaration, Hours):
            for pause in declaration.breaks:
                if pause.name.text in _TAKEN:
                    yield RULE.at(
                        source,
                        pause.name.span,
                        f"a break cannot be called `{pause.name.text}`",
                        "every `when hours` has an outcome of that name already",
                        help="give the break another name",
                    )


def _space(declaration: Declaration) -> str:
    """Names of different spaces do not meet: what stands around them tells which one is meant."""
    return keyword(declaration) if isinstance(declaration, Hours | Flow | Data | Counter | Test) else "block"


def _inside(source: Source, declaration: Declaration) -> Iterator[Diagnostic]:
    """What is named twice within one declaration."""
    match declaration:
        case Flow():
            yield from _twice(source, declaration.gives, "outcome")
            yield from _twice(source, (each.name for each in declaration.parameters), "parameter")
            yield from _twice(source, (each.name for each in declaration.attached), "attached value")
            yield from _twice(source, declaration.languages, "language")
            yield from _twice(source, (language for language, _ in declaration.voices), "language of a voice")
        case Data():
            yield from _twice(source, (each.name for each in declaration.functions), "function")
            for function in declaration.functions:
                yield from _twice(source, (each.name for each in function.parameters), "parameter")
                yield from _twice(source, (each.name for each in function.gives), "field")
        case Survey():
            yield from _twice(source, (each.name for each in declaration.questions), "question")
        case Queue():
            yield from _twice(source, (each.skill for each in declaration.needs), "skill")


def _twice(source: Source, names: Iterable[Name], what: str) -> Iterator[Diagnostic]:
    seen: dict[str, Name] = {}
    for name in names:
        first = seen.setdefault(name.text, name)
        if first is not name:
            yield RULE.at(
                source,
                name.span,
                f"the {what} `{name.text}` stands here twice",
                "a second time",
                labels=(Label(first.span, "first here"),),
                help="take one of them out, or change it",
            )


RULE = Rule(
    code="IVR111",
    name="duplicate-name",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    say "Thank you for calling."
    go to sorry

step welcome
    say "Welcome back."
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to news

step news
    say "We have moved to a new building."
    go to sorry
"""),
)
