"""The only texts that some values can be: of `one of`, of days of the week, of what a script sets itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dsl.analysis.given import given_by
from dsl.analysis.once import once
from dsl.analysis.program import Program
from dsl.analysis.types import types_of
from dsl.ast import Call, Conditional, Expression, Set, Step, TextLiteral, Variable

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def domain(program: Program, expression: Expression) -> tuple[str, ...]:
    """Every text that an expression can be, as written; nothing where it can be any."""
    if isinstance(expression, Call) and expression.path == ("day_of_week",):
        return WEEKDAYS
    if not isinstance(expression, Variable):
        return ()
    kind = types_of(program).of_path(expression.path)
    if kind is not None and kind.name == "one_of":
        return kind.choices
    return only_set(program).get(".".join(expression.path), ())


@once
def only_set(program: Program) -> Mapping[str, tuple[str, ...]]:
    """The texts of values that nothing but `set` gives, and no other than texts that are written there."""
    found: dict[str, tuple[str, ...]] = {}
    open_names: set[str] = set()
    for declaration in program.declarations():
        if not isinstance(declaration, Step):
            open_names |= set(given_by(declaration))
            continue
        sets = [each for each in declaration.statements if isinstance(each, Set)]
        others = set(given_by(declaration)) - {each.target.text for each in sets}
        open_names |= others
        for each in sets:
            texts = list(_texts(each.value))
            if None in texts:
                open_names.add(each.target.text)
            written = (text for text in texts if text is not None)
            found[each.target.text] = tuple(dict.fromkeys((*found.get(each.target.text, ()), *written)))
    return {name: texts for name, texts in found.items() if name not in open_names}


def _texts(value: Expression) -> Iterator[str | None]:
    """The texts that a value can be; ``None`` for any."""
    if isinstance(value, Conditional):
        yield from _texts(value.then)
        yield from _texts(value.otherwise)
    else:
        yield value.value if isinstance(value, TextLiteral) else None
