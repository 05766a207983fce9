"""What the linter believes of kinds, beside what the machine computes: every pair, every operator, every function."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import Program, Source, parse
from dsl.analysis.clashes import Types
from dsl.analysis.formats import FORMATS
from dsl.analysis.kinds import (
    DATE,
    DURATION,
    FUNCTIONS,
    MONEY,
    NUMBER,
    PHONE,
    SECRET,
    TEXT,
    TIME,
    UNKNOWN,
    YES_NO,
    Type,
    comparable,
    computed,
    confidential,
    fits,
    ordered,
)
from dsl.ast import Binary, Call, Conditional, Expression, Not, Variable
from dsl.source import Span
from interpreter import spoken
from interpreter.protocol import Day, Items, Money, Record, Seconds, Secret, TimeOfDay, Value
from interpreter.values import evaluate, functions
from interpreter.values.arithmetic import compare, compute

SAMPLES: list[tuple[Type, Value]] = [
    (TEXT, "12"),  # digits, so that it counts as a number, too
    (NUMBER, 3.0),
    (MONEY, Money("12.50", "USD")),
    (DURATION, Seconds(172_800.0)),
    (DATE, Day("2026-03-02")),
    (TIME, TimeOfDay(600)),
    (PHONE, "+14255550100"),
    (YES_NO, True),
    (Type("one_of", choices=("gold", "silver")), "gold"),
    (Type("list", element=TEXT), Items(("a", "b"))),
    (SECRET, Secret("s1", 16, "4242", True, True)),
]
PAIRS = [pytest.param(a, b, id=f"{a[0].name}-{b[0].name}") for a, b in product(SAMPLES, SAMPLES)]
HERE = Span(0, 0)
Sample = tuple[Type, Value]


def kind_of(value: Value) -> str:
    """The type of a value of the machine."""
    match value:
        case bool():
            return "yes_no"
        case float() | int():
            return "number"
        case str():
            return "text"
        case Money():
            return "money"
        case Seconds():
            return "duration"
        case Day():
            return "date"
        case TimeOfDay():
            return "time"
        case Items():
            return "list"
        case Record():
            return "record"
        case Secret():
            return "secret"
        case _:
            return "nothing"


# --------------------------------------------------------------------------------------------------------------------
# Tables of which there are two


def test_functions_are_those_of_the_machine() -> None:
    assert set(FUNCTIONS) == set(functions.FUNCTIONS)


def test_formats_are_those_of_the_voice() -> None:
    assert {name: tuple(found.accepts) for name, found in spoken.FORMATS.items()} == FORMATS


def test_the_kinds_of_formats_are_kinds() -> None:
    names = {kind.name for kind, _ in SAMPLES}
    assert {kind for kinds in FORMATS.values() for kind in kinds} <= names


# --------------------------------------------------------------------------------------------------------------------
# Every pair


@pytest.mark.parametrize(("left", "right"), PAIRS)
@pytest.mark.parametrize("operator", ["+", "-", "*", "/"])
def test_what_can_be_computed_gives_that_kind(operator: str, left: Sample, right: Sample) -> None:
    if SECRET in (left[0], right[0]):
        return  # refused before anything is computed
    expected = computed(operator, left[0], right[0])
    # `number - money` is only how a negative amount is written: nothing minus it.
    lone = operator == "-" and left[0] is NUMBER and right[0] in (MONEY, DURATION)
    found = compute(operator, 0.0 if lone else left[1], right[1])
    if expected is None:
        assert found is None or TEXT in (left[0], right[0])  # text of digits is taken for a number
    elif not {"phone", "one_of"} & {left[0].name, right[0].name}:
        assert kind_of(found) == expected.name


@pytest.mark.parametrize(("left", "right"), PAIRS)
@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
def test_what_has_an_order_has_an_answer(operator: str, left: Sample, right: Sample) -> None:
    if SECRET in (left[0], right[0]):
        return
    answer = compare(operator, left[1], right[1])
    if comparable(left[0], right[0]) and ordered(left[0]) and ordered(right[0]):
        assert isinstance(answer, bool)
    elif TEXT not in (left[0], right[0]):  # text of digits is taken for a number
        assert answer is None


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_what_does_not_compare_is_never_the_same(left: Sample, right: Sample) -> None:
    if not comparable(left[0], right[0]) and TEXT not in (left[0], right[0]):
        assert compare("is", left[1], right[1]) is False


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions_give_what_they_say(name: str) -> None:
    """Every function with every combination of arguments that it takes."""
    signature = FUNCTIONS[name]
    tried = 0
    for count in range(signature.least, len(signature.takes) + 1):
        for arguments in product(SAMPLES, repeat=count):
            kinds = [kind for kind, _ in arguments]
            wanted = [[kinds[0].name] if takes == "same" else takes.split("|") for takes in signature.takes[:count]]
            if not all(
                any(fits(kind, Type(each)) for each in names) for kind, names in zip(kinds, wanted, strict=True)
            ):
                continue
            if name == "number" and kinds[0].name in ("phone", "one_of"):
                continue  # text that is no number
            found = functions.call(name, [value for _, value in arguments])
            expected = kinds[0].name if signature.gives == "same" else signature.gives
            assert kind_of(found) == expected, (name, kinds)
            tried += 1
    assert tried


def test_secrets_are_found_inside() -> None:
    inside = Type("record", fields=(("name", TEXT), ("tokens", Type("list", element=SECRET))))
    assert confidential(SECRET)
    assert confidential(inside)
    assert not confidential(Type("record", fields=(("name", TEXT),)))
    assert not confidential(UNKNOWN)


# --------------------------------------------------------------------------------------------------------------------
# Any expression

VALUES = {f"v_{kind.name}": (kind, value) for kind, value in SAMPLES}
PLAIN = {name: value for name, (_, value) in VALUES.items()}


def expressions() -> st.SearchStrategy[Expression]:
    leaves: st.SearchStrategy[Expression] = st.sampled_from([Variable((name,), HERE) for name in VALUES])
    operators = ["is", "is-not", "<", "<=", ">", ">=", "and", "or", "+", "-", "*", "/"]

    def grow(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        return st.one_of(
            st.builds(lambda o, a, b: Binary(o, a, b, HERE), st.sampled_from(operators), inner, inner),
            st.builds(lambda a: Not(a, HERE), inner),
            st.builds(lambda a, b, c: Conditional(a, b, c, HERE), inner, inner, inner),
            st.builds(
                lambda name, arguments: Call((name,), tuple(arguments), HERE, HERE),
                st.sampled_from(sorted(FUNCTIONS)),
                st.lists(inner, min_size=1, max_size=2),
            ),
        )

    return st.recursive(leaves, grow, max_leaves=6)


@given(expressions())
def test_expressions_without_a_clash_are_of_their_kind(expression: Expression) -> None:
    """Soundness: an expression that the linter accepts has the kind that it says, or none at all, as a division by
    nothing or a word that is no number."""
    types = Types(Program(Source("empty.ivr", ""), parse(Source("empty.ivr", "")).script))
    types.values.update({name: kind for name, (kind, _) in VALUES.items()})
    kind = types.of(expression)
    if types.clashes:
        return
    found = evaluate(expression, PLAIN)
    words = {"phone": "text", "one_of": "text"}
    assert kind_of(found) in (words.get(kind.name, kind.name), "nothing")
    assert not isinstance(found, Secret) or confidential(kind)
