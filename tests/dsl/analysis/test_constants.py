"""Conditions that have one answer only, beside what the machine answers for every value that counts."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import Program, Source, parse
from dsl.analysis.constants import answer, atoms, contradictory
from dsl.analysis.domains import domain
from dsl.ast import Binary, Expression, ListLiteral, Not, NumberLiteral, Set, Step, TextLiteral, Variable, WhenGuard
from dsl.lint.example import script
from dsl.source import Span
from interpreter.protocol import Value
from interpreter.values import evaluate

HERE = Span(0, 0)
NUMBERS: list[Value] = [each / 2 for each in range(-1, 8)]
"""Values on, between and beside the numbers that conditions name: 0 to 3."""
TEXTS: list[Value] = ["a", "B", "other"]


def _numbers() -> st.SearchStrategy[Expression]:
    x = Variable(("x",), HERE)
    number = st.integers(0, 3).map(lambda n: NumberLiteral(float(n), HERE))
    operators = st.sampled_from(["is", "is-not", "<", "<=", ">", ">="])
    return st.one_of(
        st.builds(lambda o, n: Binary(o, x, n, HERE), operators, number),
        st.builds(lambda o, n: Binary(o, n, x, HERE), operators, number),
        st.builds(
            lambda o, n: Binary(o, x, ListLiteral(tuple(n), HERE), HERE),
            st.sampled_from(["in", "not-in"]),
            st.lists(number, min_size=1, max_size=3),
        ),
    )


def _texts() -> st.SearchStrategy[Expression]:
    t = Variable(("t",), HERE)
    text = st.sampled_from(["a", "A", "b"]).map(lambda word: TextLiteral(word, HERE))
    return st.builds(lambda o, w: Binary(o, t, w, HERE), st.sampled_from(["is", "is-not"]), text)


conditions: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(_numbers(), _texts()),
    lambda inner: st.one_of(
        st.builds(lambda o, a, b: Binary(o, a, b, HERE), st.sampled_from(["and", "or"]), inner, inner),
        st.builds(lambda a: Not(a, HERE), inner),
    ),
    max_leaves=5,
)


def holding(condition: Expression) -> list[bool]:
    """What the machine answers for every pair of values."""
    return [evaluate(condition, {"x": x, "t": t}) is True for x, t in product(NUMBERS, TEXTS)]


@given(conditions)
def test_the_only_answer_is_that_of_every_call(condition: Expression) -> None:
    found = answer(condition)
    if found is not None:
        assert set(holding(condition)) == {found}


@given(conditions, conditions)
def test_what_an_earlier_line_has_sorted_out_counts(first: Expression, second: Expression) -> None:
    """Behind ``when first -> there`` only calls are left for which it does not hold."""
    found = answer(second, facts=atoms(first, False))
    left = [now for before, now in zip(holding(first), holding(second), strict=True) if not before]
    if found is not None:
        assert set(left) <= {found}


@given(st.lists(st.one_of(_numbers(), _texts()), min_size=1, max_size=4))
def test_of_conditions_that_are_joined_every_contradiction_is_found(each: list[Expression]) -> None:
    """Bounds and values of one thing, joined by `and`, are few enough to be told without a gap."""
    facts = tuple(atom for condition in each for atom in atoms(condition, True))
    holds = [all(column) for column in zip(*(holding(condition) for condition in each), strict=True)]
    if contradictory(facts):
        assert not any(holds)
    else:
        # `x >= 1 and x <= 1 and x is not 1` needs bounds to be read as a value; that is not done.
        assert any(holds) or {"<=", ">="} & {atom.operator for atom in facts}


def _guards(text: str) -> tuple[Program, list[Expression]]:
    source = Source("case.ivr", script(text))
    program = Program(source, parse(source).script)
    steps = [block for block in program.blocks.values() if isinstance(block, Step)]
    return program, [
        each.condition if isinstance(each, WhenGuard) else each.value
        for step in steps
        for each in step.statements
        if isinstance(each, WhenGuard | Set)
    ]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('"gold" is "Gold"', True),
        ('"gold" in ("silver", "GOLD")', True),
        ("5 > 3", True),
        ("09:00 < 08:00", False),
        ("2026-01-01 <= 2026-01-01", True),
        ("30s > 1m", False),
        ("caller.number is caller.number", True),
        ("caller.number is caller.name", None),
        ("length(caller.name) > 3 and length(caller.name) < 2", False),
        ("length(caller.name) > 3 and length(caller.number) < 2", None),
        ('caller.name is "a" or caller.name is not "a"', True),
        ('caller.name is "1" and caller.name is 1', None),  # the machine takes the text for the number
        ("now > 17:00 and now < 09:00", False),
        ("now > 17:00 or now < 09:00", None),
        ("today > 2026-12-24 and today < 2026-12-20", False),
        ("caller.number is known", None),
        ("5 is caller.name and caller.name < 5", False),
    ],
)
def test_conditions(condition: str, expected: bool | None) -> None:
    _, (found,) = _guards(f"step welcome\n    when {condition} -> sorry\n    go to sorry\n")
    assert answer(found) is expected


def test_the_texts_that_a_value_can_be() -> None:
    program, values = _guards("""\
step welcome
    set state = "open"
    set state = "closed" if caller.name is "" else "late"
    set other = caller.name
    set other = "fixed"
    set day = day_of_week(today)
    go to sorry
""")
    assert domain(program, Variable(("state",), HERE)) == ("open", "closed", "late")
    assert domain(program, Variable(("other",), HERE)) == ()
    assert domain(program, values[-1])[0] == "monday"
    assert domain(program, Variable(("caller", "name"), HERE)) == ()
