"""From lark's tree to the typed tree: one function for one rule of the grammar.

Parts (texts, durations, routes, expressions) are in `lower_parts`; here are declarations and statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from lark import Token, Tree

from dsl import ast
from dsl.syntax.lower_parts import (
    Lowering,
    case,
    count,
    destination,
    duration,
    expression,
    hours_line,
    inner,
    name,
    option,
    optional,
    outcome_route,
    say_of,
    text,
    token,
    tokens,
    trees,
)

__all__ = ["Lowering", "lower"]

Node = Tree[Token]
T = TypeVar("T")


def lower(tree: Node, to: Lowering) -> ast.Declaration:
    """The declaration of a parsed chunk. What is wrong with its parts is collected in ``to.diagnostics``."""
    node = inner(tree)
    match node.data:
        case "flow":
            return _flow(node, to)
        case "step":
            return _step(node, to)
        case "menu":
            return _menu(node, to)
        case "collect":
            return _collect(node, to)
        case "transfer":
            return _transfer(node, to)
        case "hours":
            return _hours(node, to)
        case other:
            raise AssertionError(f"the grammar has a declaration {other} that nothing lowers")


def _once(to: Lowering, found: Sequence[tuple[Node, T]], what: str) -> T | None:
    """The one value of a line that may be given once; a second one is reported and the first kept."""
    for node, _ in found[1:]:
        to.twice(to.span(found[0][0]), to.span(node), what)
    return found[0][1] if found else None


def _lines(node: Node, kind: str) -> list[Node]:
    return [tree for tree in trees(node) if tree.data == kind]


def _flow(node: Node, to: Lowering) -> ast.Flow:
    def one(kind: str, what: str) -> Node | None:
        return _once(to, [(line, line) for line in _lines(node, kind)], what)

    timezone, language, voice = one("timezone", "timezone"), one("language", "language"), one("voice", "voice")
    on_hangup, on_error = one("on_hangup", "on caller hangup"), one("on_error", "on system error")
    title = optional(node, "STRING")
    locale = token(language, "LOCALE") if language else None
    return ast.Flow(
        name=name(token(node, "NAME"), to),
        title=text(title, to) if title else None,
        timezone=text(token(timezone, "STRING"), to) if timezone else None,
        language=name(locale, to) if locale else None,
        voice=text(token(voice, "STRING"), to) if voice else None,
        on_hangup=destination(on_hangup, to) if on_hangup else None,
        on_error=destination(on_error, to) if on_error else None,
        span=to.span(node),
        broken=to.broken,
    )


def _step(node: Node, to: Lowering) -> ast.Step:
    statements = tuple(_statement(line, to) for line in trees(node))
    return ast.Step(name(token(node, "NAME"), to), statements, to.span(node), to.broken)


def _statement(node: Node, to: Lowering) -> ast.Statement:
    span = to.span(node)
    match node.data:
        case "say":
            return ast.Say(text(token(node, "STRING"), to), not optional(node, "UNINTERRUPTIBLE"), span)
        case "play":
            return ast.PlayFile(text(token(node, "STRING"), to), not optional(node, "UNINTERRUPTIBLE"), span)
        case "set":
            return ast.Set(name(token(node, "NAME"), to), expression(trees(node)[0], to), span)
        case "leave":
            return ast.Leave(destination(node, to), span)
        case "when_hours":
            routes = tuple(outcome_route(line, to) for line in _lines(node, "route"))
            return ast.WhenHours(name(token(node, "NAME"), to), routes, span)
        case "when_switch":
            state = optional(node, "ON") is not None
            return ast.WhenSwitch(name(token(node, "NAME"), to), state, say_of(node, to), destination(node, to), span)
        case "when_guard":
            condition = expression(trees(node)[0], to)
            return ast.WhenGuard(condition, say_of(node, to), destination(node, to), span)
        case "when_value":
            return _when_value(node, to)
        case other:
            raise AssertionError(f"the grammar has a statement {other} that nothing lowers")


def _when_value(node: Node, to: Lowering) -> ast.WhenValue:
    subject, *lines = trees(node)
    others = [
        (line, ast.Otherwise(say_of(line, to), destination(line, to), to.span(line)))
        for line in lines
        if line.data == "otherwise"
    ]
    cases = tuple(case(line, to) for line in lines if line.data == "case")
    return ast.WhenValue(expression(subject, to), cases, _once(to, others, "otherwise"), to.span(node))


def _prompts(node: Node, kind: str, to: Lowering) -> tuple[ast.Prompt, ...]:
    return tuple(
        ast.Prompt(
            text(token(line, "STRING"), to),
            optional(line, "FILE") is not None,
            optional(line, "UNINTERRUPTIBLE") is None,
            to.span(line),
        )
        for line in _lines(node, kind)
    )


def _afters(node: Node, to: Lowering) -> tuple[ast.After, ...]:
    return tuple(after for line in _lines(node, "after") if (after := _after(line, to)) is not None)


def _after(node: Node, to: Lowering) -> ast.After | None:
    what = to.after_word(token(node, "NAME"))
    if what is None:
        return None
    return ast.After(count(token(node, "INT"), to), what, say_of(node, to), destination(node, to), to.span(node))


def _single_text(node: Node, kind: str, to: Lowering) -> ast.Text | None:
    found = [(line, text(token(line, "STRING"), to)) for line in _lines(node, kind)]
    return _once(to, found, kind.replace("_", " "))


def _type_ahead(node: Node, to: Lowering) -> bool:
    found = [(line, optional(line, "KEEP") is not None) for line in _lines(node, "type_ahead")]
    return bool(_once(to, found, "type ahead"))


def _menu(node: Node, to: Lowering) -> ast.Menu:
    first = [(line, duration(trees(line)[0], to)) for line in _lines(node, "first_within")]
    return ast.Menu(
        name=name(token(node, "NAME"), to),
        prompts=_prompts(node, "prompt", to),
        reprompts=_prompts(node, "reprompt", to),
        options=tuple(option(line, to) for line in _lines(node, "option")),
        first=_once(to, first, "first within"),
        no_input=_single_text(node, "no_input", to),
        no_match=_single_text(node, "no_match", to),
        speech_unavailable=_single_text(node, "speech_unavailable", to),
        afters=_afters(node, to),
        type_ahead=_type_ahead(node, to),
        phrases_anywhere=bool(_lines(node, "phrases_anywhere")),
        span=to.span(node),
        broken=to.broken,
    )


def _collect(node: Node, to: Lowering) -> ast.Collect:
    into = [(line, name(token(line, "NAME"), to)) for line in _lines(node, "into")]
    digits = [(line, _digits(line, to)) for line in _lines(node, "digits")]
    return ast.Collect(
        name=name(token(node, "NAME"), to),
        into=_once(to, into, "into"),
        prompts=_prompts(node, "prompt", to),
        reprompts=_prompts(node, "reprompt", to),
        digits=_once(to, digits, "digits"),
        no_input=_single_text(node, "no_input", to),
        no_match=_single_text(node, "no_match", to),
        routes=tuple(outcome_route(line, to) for line in _lines(node, "route")),
        afters=_afters(node, to),
        type_ahead=_type_ahead(node, to),
        span=to.span(node),
        broken=to.broken,
    )


def _digits(node: Node, to: Lowering) -> ast.Digits:
    numbers = [count(number, to) for number in tokens(node, "INT")]

    def timer(kind: str, what: str) -> ast.Duration | None:
        return _once(to, [(line, duration(trees(line)[0], to)) for line in _lines(node, kind)], what)

    ends = [
        (line, name(next(t for t in line.children if isinstance(t, Token) and t.type != "ENDS_WITH"), to))
        for line in _lines(node, "digits_terminator")
    ]
    return ast.Digits(
        least=numbers[0],
        most=numbers[-1],
        first=timer("digits_first", "first within"),
        between=timer("digits_between", "between"),
        terminator=_once(to, ends, "ends with"),
        span=to.span(node),
    )


_KINDS: dict[str, ast.TargetKind] = {
    "NUMBER": "number",
    "TEAMS_USER": "teams_user",
    "TEAMS_APP": "teams_app",
    "AGENT": "agent",
}


def _transfer(node: Node, to: Lowering) -> ast.Transfer:
    rings = [(line, duration(trees(line)[0], to)) for line in _lines(node, "ring")]
    caller_ids = [(line, name(token(line, "NAME"), to)) for line in _lines(node, "caller_id")]
    targets = [(line, _target(line, to)) for line in _lines(node, "target")]
    return ast.Transfer(
        name=name(token(node, "NAME"), to),
        target=_once(to, targets, "to"),
        ring=_once(to, rings, "ring"),
        caller_id=_once(to, caller_ids, "caller id"),
        routes=tuple(outcome_route(line, to) for line in _lines(node, "route")),
        span=to.span(node),
        broken=to.broken,
    )


def _target(node: Node, to: Lowering) -> ast.Target:
    kind = next(t for t in trees(node)[0].children if isinstance(t, Token))
    literal = optional(node, "STRING")
    named = name(literal or token(node, "NAME"), to)
    return ast.Target(_KINDS[kind.type], named, text(literal, to) if literal else None, to.span(node))


def _hours(node: Node, to: Lowering) -> ast.Hours:
    zones = [(line, text(token(line, "STRING"), to)) for line in _lines(node, "timezone")]
    emergencies = [(line, name(token(line, "NAME"), to)) for line in _lines(node, "emergency")]
    lines = [hours_line(line, to) for line in trees(node) if line.data not in ("timezone", "emergency")]
    return ast.Hours(
        name=name(token(node, "NAME"), to),
        timezone=_once(to, zones, "timezone"),
        emergency=_once(to, emergencies, "emergency switch"),
        weekly=tuple(line for line in lines if isinstance(line, ast.Weekly)),
        breaks=tuple(line for line in lines if isinstance(line, ast.Break)),
        holidays=tuple(line for line in lines if isinstance(line, ast.Holiday)),
        openings=tuple(line for line in lines if isinstance(line, ast.SpecialOpening)),
        span=to.span(node),
        broken=to.broken,
    )
