"""A test gives an answer that nobody could ever give.

A look-up that finds something gives all of its fields; a queue does not end as `busy`. A test with such a line says
nothing about real calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis import told
from dsl.ast import Menu, Name, TextLiteral, tests
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead, meanings, phrases
from dsl.spell import listed, nearest


def check(context: Context) -> Iterator[Diagnostic]:
    for _, line in told.lines(context.program):
        match line:
            case tests.GivenAnswer():
                yield from _answer(context, line)
                yield from _fields(context, line)
                if line.verb.text == "understanding" and line.outcome.text == "understood":
                    yield from _understood(context, line)
            case tests.Becomes():
                yield from _becomes(context, line)
            case tests.Requests():
                known = (*told.GIVEN, *told.PEOPLE)
                if line.verb.text not in known:
                    yield _wrong(context, line.verb, "there is no request `{}`", known)


def _becomes(context: Context, line: tests.Becomes) -> Iterator[Diagnostic]:
    known = told.PEOPLE[line.verb.text]
    if line.outcome.text not in known or (line.place is not None) != (line.outcome.text == "position"):
        yield _wrong(context, line.outcome, f"a `{line.verb.text}` does not become `{{}}`", known)


def _answer(context: Context, line: tests.GivenAnswer) -> Iterator[Diagnostic]:
    verb = line.verb.text
    if verb in told.PEOPLE:
        if line.target is not None or line.outcome.text not in told.PEOPLE[verb]:
            yield _wrong(context, line.outcome, f"a `{verb}` does not become `{{}}`", told.PEOPLE[verb])
    elif verb not in told.GIVEN:
        yield _wrong(context, line.verb, "nothing is given for `{}`", (*told.GIVEN, *told.PEOPLE))
    elif line.outcome.text == "never answers" or (verb == "count" and line.place is not None):
        return
    elif line.outcome.text not in told.GIVEN[verb] or line.place is not None:
        yield _wrong(context, line.outcome, f"`given {verb}` cannot be `{{}}`", told.GIVEN[verb])


def _wrong(context: Context, name: Name, headline: str, known: tuple[str, ...]) -> Diagnostic:
    close = nearest(name.text, known)
    return RULE.at(
        context.program.source,
        name.span,
        headline.format(name.text),
        "no such answer",
        help=f"did you mean `{close}`?" if close else f"it can be {listed(known)}",
        fix=instead(name.span, close, safe=False) if close and close != name.text else None,
    )


def _fields(context: Context, line: tests.GivenAnswer) -> Iterator[Diagnostic]:
    """What a look-up finds has the fields of its contract: no other, and all of them."""
    function = context.program.functions.get(line.target.text) if line.target is not None else None
    if function is None or function.use != "lookup" or line.outcome.text != "found":
        return
    wanted = [field.name.text for field in function.gives]
    named = [field.name for field in line.fields if field.name is not None]
    for name in named:
        if name.text not in wanted:
            yield _wrong(context, name, f"`{line.target.text if line.target else ''}` gives no `{{}}`", tuple(wanted))
    missing = [name for name in wanted if name not in {each.text for each in named}]
    if missing:
        yield RULE.at(
            context.program.source,
            line.outcome.span,
            f"what is found lacks {listed(missing, 'and')}",
            "an answer without it has failed",
            help=f'add it in braces, such as `{{ {missing[0]} "…" }}`, or write `is failed`',
        )


def _understood(context: Context, line: tests.GivenAnswer) -> Iterator[Diagnostic]:
    """What is understood is a meaning or a phrase of the menu, or of any where none is named."""
    given = {field.name.text: field for field in line.fields if field.name is not None}
    for name, field in given.items():
        if name not in ("meaning", "confidence") and field.name is not None:
            yield _wrong(context, field.name, "understanding gives no `{}`", ("meaning", "confidence"))
    meaning = given.get("meaning")
    known = _meanings(context, line.target.text if line.target is not None else "")
    if meaning is None:
        yield RULE.at(
            context.program.source,
            line.outcome.span,
            "what is understood lacks `meaning`",
            "nobody knows which option is meant",
            help='add it in braces, such as `{ meaning "billing question" }`, or write `is nothing`',
        )
    elif isinstance(meaning.value, TextLiteral) and known and meaning.value.value not in known:
        close = nearest(meaning.value.value, known)
        yield RULE.at(
            context.program.source,
            meaning.value.span,
            f"no option means `{meaning.value.value}`",
            "it would be as if nobody had understood",
            help=f"did you mean `{close}`?" if close else f"it can be {listed(known)}",
        )


def _meanings(context: Context, menu: str) -> list[str]:
    """The texts by which options can be named, in every language."""
    program = context.program
    blocks = [program.blocks[menu]] if menu in program.blocks else list(program.blocks.values())
    found: dict[str, None] = {}
    for block in blocks:
        if isinstance(block, Menu) and block.understands:
            texts = [*meanings(block), *phrases(block), *(p for key in program.keys_of(block) for p in key.phrases)]
            for text in texts:
                ways = (each.get(program.key_of(text), ()) for each in program.translations.values())
                found |= dict.fromkeys((text.plain, *(way.plain for several in ways for way in several)))
    return list(found)


def _example(outcome: str) -> str:
    return script(f"""\
step welcome
    say "Thank you for calling."
    go to desk

transfer desk
    to number front_desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

test "nobody is at the desk"
    transfer {outcome}
    hears "Please call again tomorrow."
""")


RULE = Rule(
    code="IVR914",
    name="test-gives-the-impossible",
    severity="error",
    check=check,
    bad=_example("full"),
    good=_example("busy"),
)
