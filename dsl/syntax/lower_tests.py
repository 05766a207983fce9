"""Tests and promises: from lark's tree to the typed tree."""

from __future__ import annotations

from collections.abc import Callable

from lark import Token

from dsl.ast import Count, DayLiteral, Duration, Expression, ListLiteral, Name, NumberLiteral, TimeLiteral, tests
from dsl.source import Span
from dsl.syntax.lower_parts import (
    Lowering,
    Node,
    child,
    count,
    duration,
    inner,
    lines_of,
    minutes,
    name,
    number_text,
    optional,
    text,
    token,
    tokens,
    trees,
)
from dsl.syntax.lower_values import expression


def test(node: Node, to: Lowering) -> tests.Test:
    """``test "…"`` with its lines."""
    lines = tuple(_LINES[line.data](line, to) for line in trees(node))
    return tests.Test(_quoted(token(node, "STRING"), to), lines, to.span(node), to.broken)


def promise(node: Node, to: Lowering) -> tests.Promise:
    """``promise …``: its name is the whole of it, as written."""
    found = inner(node)
    span = to.span(found)
    pledge = _pledge(found, to)
    words = " ".join(to.source.slice(span).split())
    return tests.Promise(Name(words, span), pledge, to.span(node), to.broken)


def _quoted(at: Token, to: Lowering) -> Name:
    return Name(text(at, to).plain, to.span(at))


# --------------------------------------------------------------------------------------------------------------------
# What is given


def _at(node: Node, to: Lowering) -> tests.Line:
    day, clock = token(node, "ISO_DATE"), optional(node, "CLOCK_SECONDS") or token(node, "CLOCK_TIME")
    parts = str(clock).split(":")
    time = TimeLiteral(minutes(":".join(parts[:2])), to.span(clock))
    return tests.At(DayLiteral(str(day), to.span(day)), time, int(parts[2]) if parts[2:] else 0, to.span(node))


def _from(node: Node, to: Lowering) -> tests.Line:
    number = optional(node, "STRING")
    return tests.From(text(number, to) if number else None, to.span(node))


def _switch(node: Node, to: Lowering) -> tests.Line:
    return tests.SwitchIs(name(token(node, "NAME"), to), optional(node, "ON") is not None, to.span(node))


def _with(node: Node, to: Lowering) -> tests.Line:
    return tests.With(_fields(node, to), to.span(node))


def _given(node: Node, to: Lowering) -> tests.Line:
    found = child(node, "test_outcome")
    outcome, place = _outcome(found, to) if found is not None else (_said(node, to), None)
    when = child(node, "test_when")
    return tests.GivenAnswer(
        verb=name(token(node, "NAME"), to),
        target=_path(node, to),
        outcome=outcome,
        place=place,
        fields=_record(node, to),
        when=_conditions(when, to) if when is not None else (),
        after=_later(node, to),
        span=to.span(node),
    )


def _said(node: Node, to: Lowering) -> Name:
    """``fails`` and ``never answers``."""
    if node.data == "test_fails":
        return Name("failed", to.span(token(node, "FAILS")))
    first, last = to.span(token(node, "NEVER")), to.span(token(node, "ANSWERS"))
    return Name("never answers", Span(first.start, last.end))


def _becomes(node: Node, to: Lowering) -> tests.Line:
    who = next(t for t in trees(node)[0].children if isinstance(t, Token))
    outcome, place = _outcome(trees(node)[1], to)
    return tests.Becomes(name(who, to), outcome, place, _record(node, to), _later(node, to), to.span(node))


def _outcome(node: Node, to: Lowering) -> tuple[Name, Count | None]:
    words, number = tokens(node, "NAME"), optional(node, "INT")
    place = count(number, to) if number is not None else None
    if not words:
        return Name("", to.span(node)), place
    said = " ".join(str(word) for word in words)
    return Name(said, Span(to.span(words[0]).start, to.span(words[-1]).end)), place


def _path(node: Node, to: Lowering) -> Name | None:
    found = child(node, "path")
    return Name(".".join(str(t) for t in tokens(found, "NAME")), to.span(found)) if found is not None else None


def _record(node: Node, to: Lowering) -> tuple[tests.Field, ...]:
    found = child(node, "test_record")
    if found is None:
        return ()
    fields = _fields(found, to)
    return fields or tuple(tests.Field(None, _value(tree, to), to.span(tree)) for tree in trees(found))


def _fields(node: Node, to: Lowering) -> tuple[tests.Field, ...]:
    return tuple(
        tests.Field(name(token(tree, "NAME"), to), _value(trees(tree)[0], to), to.span(tree))
        for tree in lines_of(node, "test_field")
    )


def _conditions(node: Node, to: Lowering) -> tuple[tests.Field, ...]:
    pairs = zip(tokens(node, "NAME"), trees(node), strict=True)
    return tuple(
        tests.Field(name(at, to), _value(tree, to), Span(to.span(at).start, to.span(tree).end)) for at, tree in pairs
    )


def _value(node: Node, to: Lowering) -> tests.Given:
    if node.data == "test_list":
        items = tuple(_value(tree, to) for tree in trees(node))
        plain: tuple[Expression, ...] = tuple(each for each in items if not isinstance(each, tests.MoneyLiteral))
        if len(plain) < len(items):
            to.refuse(to.span(node), "an amount of money cannot stand in a list", "this list", "give numbers")
        return ListLiteral(plain, to.span(node))
    if node.data != "test_number":
        return expression(node, to)
    number = optional(node, "DECIMAL") or token(node, "INT")
    digits = number_text(number, to) if number.type == "INT" else str(number)
    sign, currency = "-" if optional(node, "MINUS") else "", optional(node, "NAME")
    if currency is not None:
        return tests.MoneyLiteral(sign + digits, str(currency), to.span(node))
    return NumberLiteral(float(sign + digits), to.span(node))


def _later(node: Node, to: Lowering) -> Duration | None:
    found = child(node, "test_after")
    return duration(trees(found)[0], to) if found is not None else None


def _into(node: Node, to: Lowering) -> Duration | None:
    found = child(node, "test_into")
    return duration(trees(found)[0], to) if found is not None else None


# --------------------------------------------------------------------------------------------------------------------
# What the caller does, and what is to happen


def _presses(node: Node, to: Lowering) -> tests.Line:
    keys = [next(t for t in tree.children if isinstance(t, Token)) for tree in lines_of(node, "test_key")]
    span = Span(to.span(keys[0]).start, to.span(keys[-1]).end)
    return tests.Presses(Name("".join(str(key) for key in keys), span), _into(node, to), to.span(node))


def _says(node: Node, to: Lowering) -> tests.Line:
    return tests.Says(text(token(node, "STRING"), to), _into(node, to), to.span(node))


def _waits(node: Node, to: Lowering) -> tests.Line:
    return tests.Waits(duration(trees(node)[0], to), to.span(node))


def _hangs_up(node: Node, to: Lowering) -> tests.Line:
    return tests.HangsUp(_into(node, to), to.span(node))


def _hears(node: Node, to: Lowering) -> tests.Line:
    time = duration(trees(node)[0], to) if trees(node) else None
    return tests.Hears(
        text=text(token(node, "STRING"), to),
        exactly=optional(node, "EXACTLY") is not None,
        never=optional(node, "NEVER") is not None,
        after=time if optional(node, "AFTER") else None,
        within=time if optional(node, "WITHIN") else None,
        span=to.span(node),
    )


def _reaches(node: Node, to: Lowering) -> tests.Line:
    names = [name(at, to) for at in tokens(node, "NAME")]
    return tests.Reaches(names[0] if len(names) > 1 else None, names[-1], to.span(node))


def _requests(node: Node, to: Lowering) -> tests.Line:
    return tests.Requests(name(token(node, "NAME"), to), _path(node, to), _record(node, to), to.span(node))


def _ends(node: Node, to: Lowering) -> tests.Line:
    names = [name(at, to) for at in tokens(node, "NAME")]
    placed = optional(node, "AT") is not None
    return tests.Ends(tuple(names[:-1] if placed else names), names[-1] if placed else None, to.span(node))


_LINES: dict[str, Callable[[Node, Lowering], tests.Line]] = {
    "test_at": _at,
    "test_from": _from,
    "test_switch": _switch,
    "test_with": _with,
    "test_given": _given,
    "test_fails": _given,
    "test_never_answers": _given,
    "test_becomes": _becomes,
    "test_presses": _presses,
    "test_says": _says,
    "test_silent": lambda node, to: tests.Silent(to.span(node)),
    "test_waits": _waits,
    "test_hangs_up": _hangs_up,
    "test_speech_fails": lambda node, to: tests.SpeechFails(to.span(node)),
    "test_host_fails": lambda node, to: tests.HostFails(to.span(node)),
    "test_hears": _hears,
    "test_never_hears": _hears,
    "test_hears_after": _hears,
    "test_hears_within": _hears,
    "test_reaches": _reaches,
    "test_requests": _requests,
    "test_ends": _ends,
}


# --------------------------------------------------------------------------------------------------------------------
# Promises


def _pledge(node: Node, to: Lowering) -> tests.Pledge:
    span = to.span(node)
    match node.data:
        case "every_path_ends":
            return tests.EveryPathEnds(_names(node, to), span)
        case "reachable_within" | "silent_within":
            return _within(node, to)
        case "never_in":
            return tests.Never(name(token(node, "NAME"), to), _names(node, to), span)
        case "longest_prompt":
            return tests.Longest("prompt", duration(trees(node)[0], to), span)
        case "longest_silence":
            return tests.Longest("silence", duration(trees(node)[0], to), span)
        case "one_language":
            return tests.OneLanguage(span)
        case "no_recording":
            return tests.NoRecording(span)
        case other:
            raise AssertionError(f"the grammar has a promise {other} that nothing lowers")


def _within(node: Node, to: Lowering) -> tests.Within:
    names, number = tokens(node, "NAME"), optional(node, "INT")
    return tests.Within(
        target=name(names[0], to),
        silent=node.data == "silent_within",
        prompts=count(number, to) if number is not None else None,
        seconds=duration(trees(node)[0], to) if trees(node) else None,
        start=name(names[1], to) if len(names) > 1 else None,
        span=to.span(node),
    )


def _names(node: Node, to: Lowering) -> tuple[Name, ...]:
    return tuple(name(at, to) for at in tokens(trees(node)[0], "NAME"))
