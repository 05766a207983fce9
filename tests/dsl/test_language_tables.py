"""The tables of words and the grammar say the same, and the grammar has no two readings."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from lark import Lark
from lark.grammar import NonTerminal, Rule

from dsl.analysis.outcomes import EMERGENCY, VERBS
from dsl.syntax.parser import build
from dsl.syntax.words import DECLARATIONS, ELSEWHERE, LINES, OUTCOMES, PHRASES, PLANNED, keyword_text, phrase

GRAMMAR = resources.files("dsl.syntax").joinpath("ivr.lark").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def lark() -> Lark:
    return build()[0]


def test_no_two_terminals_collide() -> None:
    pytest.importorskip("interegular")
    build(strict=True)


def _first(lark: Lark, symbol: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """The terminals that a rule can begin with."""
    if symbol in seen:
        return set()
    rules: list[Rule] = [rule for rule in lark.rules if rule.origin.name == symbol]
    found: set[str] = set()
    for rule in rules:
        first = rule.expansion[0]
        found |= _first(lark, first.name, seen | {symbol}) if isinstance(first, NonTerminal) else {first.name}
    return found


def _line_rules(lark: Lark, declaration: str) -> set[str]:
    """The rules of the lines below a declaration: what the grammar repeats there."""
    body = re.search(rf"^{declaration}:.*?\[?_INDENT \(?([^)]*?)\)?\+ _DEDENT", GRAMMAR, re.M)
    assert body is not None, declaration
    return set(body.group(1).replace("|", " ").split())


@pytest.mark.parametrize("declaration", [*(each for each in DECLARATIONS if each not in ("use", "promise")), "when"])
def test_lines_are_those_of_the_grammar(lark: Lark, declaration: str) -> None:
    terminals: set[str] = set()
    if declaration == "when":
        terminals = _first(lark, "case") | _first(lark, "says_case") | _first(lark, "otherwise")
    else:
        for rule in _line_rules(lark, declaration):
            terminals |= _first(lark, rule)
    words = {text for terminal in terminals if (text := keyword_text(terminal))}
    if "WEEKDAY" in terminals:
        words |= {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
    # `phrases anywhere` is two terminals; people are told both words.
    assert words == {line if line in words else line.split()[0] for line in LINES[declaration]}


def test_declarations_are_those_of_the_grammar(lark: Lark) -> None:
    assert {terminal.lower() for terminal in _first(lark, "declaration")} == set(DECLARATIONS)


def test_outcomes_are_those_of_the_verbs() -> None:
    verbs = {verb: tuple(outcome.name for outcome in outcomes) for verb, outcomes in VERBS.items()}
    assert {**verbs, "when hours": (EMERGENCY.name, *verbs["when hours"])} == OUTCOMES


def test_planned_words_are_not_in_the_grammar(lark: Lark) -> None:
    """A word that is built is taken out of the list of refused ones; `queue` and `accept` come in their issues."""
    built = {text for terminal in lark.terminals if (text := keyword_text(terminal.name))}
    assert not built & set(PLANNED)
    known = {word for words in LINES.values() for word in words} | set(DECLARATIONS)
    assert set(ELSEWHERE.values()) <= known


def test_every_terminal_has_a_name_for_people(lark: Lark) -> None:
    named = {terminal.name for terminal in lark.terminals} | {"$END"}
    assert set(PHRASES) <= named | {"_INDENT", "_DEDENT"}
    for terminal in named - {"WS", "COMMENT"}:
        words = phrase(terminal)
        assert "__" not in words, terminal
        assert terminal not in words or terminal in ("IVR",), terminal
