"""No input can be what a collect or a survey asks for.

The least is more than the most, nothing at all is asked for, a list has more entries than there are keys, or the key
that ends the input is one that the input needs. Every caller would fail all attempts.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import (
    Collect,
    CollectKind,
    DateKind,
    DayLiteral,
    Digits,
    Expression,
    MoneyKind,
    NumberKind,
    NumberLiteral,
    OneOfKind,
    Question,
    SpeechKind,
    Survey,
    TimeKind,
    TimeLiteral,
)
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.example import script
from dsl.lint.input import hears_keys
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if isinstance(block, Survey):
            for question in block.questions:
                yield from _scale(context, question)
        if not isinstance(block, Collect) or block.kind is None:
            continue
        yield from _terminator(context, block.kind)
        if isinstance(block.kind, Digits):
            yield from _bounds(context, block.kind)
        elif isinstance(block.kind, NumberKind | MoneyKind | DateKind | TimeKind):
            yield from _range(context, block.kind.least, block.kind.most)
        elif isinstance(block.kind, OneOfKind) and len(block.kind.choices) > 9 and hears_keys(block):
            yield RULE.at(
                context.program.source,
                block.kind.choices[9].span,
                f"`one of` has {len(block.kind.choices)} entries, and there are keys for nine",
                "no key chooses this one",
                help="divide the list, or write `listen for speech`",
            )


def _scale(context: Context, question: Question) -> Iterator[Diagnostic]:
    least, most = question.least, question.most
    if least.value >= most.value or most.value > 9:
        yield RULE.at(
            context.program.source,
            least.span.to(most.span),
            f"no answer is one of the keys `{least.value}` to `{most.value}`"
            if least.value > most.value
            else f"the keys `{least.value}` to `{most.value}` are no scale",
            "a caller answers with a single key, and has to have a choice",
            help="write two keys from `0` to `9`, the lower one first",
        )


def _range(context: Context, least: Expression | None, most: Expression | None) -> Iterator[Diagnostic]:
    low, high = _constant(least), _constant(most)
    if least is None or most is None or low is None or high is None or type(low) is not type(high):
        return
    if low > high:  # type: ignore[operator]
        source = context.program.source
        first, second = source.slice(least.span), source.slice(most.span)
        edits = (Edit(least.span, second), Edit(most.span, first))
        yield RULE.at(
            source,
            least.span.to(most.span),
            f"nothing is at least {first} and at most {second}",
            "the least is more than the most",
            help=f"write `{second} to {first}`",
            fix=Fix("change the two over", edits, "safe"),
        )


def _constant(bound: Expression | None) -> float | str | None:
    """A bound that can be compared while reading: a number, or a day as text in the order of time."""
    match bound:
        case NumberLiteral():
            return bound.value
        case TimeLiteral():
            return float(bound.minutes)
        case DayLiteral():
            return bound.iso
        case _:
            return None


def _bounds(context: Context, digits: Digits) -> Iterator[Diagnostic]:
    source = context.program.source
    least, most = digits.least, digits.most
    if most.value < 1 or least.value < 1:
        zero = least if least.value < 1 else most
        yield RULE.at(
            source, zero.span, "an input of no digits cannot be given", "at least 1", help="write `1` or more"
        )
    elif least.value > most.value:
        edits = (Edit(least.span, str(most.value)), Edit(most.span, str(least.value)))
        yield RULE.at(
            source,
            least.span.to(most.span),
            f"no input has at least {least.value} and at most {most.value} digits",
            "the least is more than the most",
            help=f"write `{most.value} to {least.value}`",
            fix=Fix("change the two numbers over", edits, "safe"),
        )


def _terminator(context: Context, kind: CollectKind) -> Iterator[Diagnostic]:
    end = kind.terminator
    if end is None or isinstance(kind, SpeechKind):
        return
    if isinstance(kind, MoneyKind) and end.text == "*":
        yield RULE.at(
            context.program.source,
            end.span,
            "`*` cannot end an amount of money",
            "this key is the decimal point",
            help="write `ends with #`",
            fix=Fix("write `#`", (Edit(end.span, "#"),), "unsafe"),
        )
    if end.text not in ("*", "#"):
        yield RULE.at(
            context.program.source,
            end.span,
            f"`{end.text}` cannot end an input of digits",
            "a digit that callers may need" if len(end.text) == 1 else "not one key",
            help="write `ends with #`",
            fix=Fix("write `#`", (Edit(end.span, "#"),), "unsafe"),
        )


RULE = Rule(
    code="IVR308",
    name="digits-never-fit",
    severity="error",
    check=check,
    bad=script("""\
collect account
    into number
    prompt "Enter your account number."
    digits 8 to 4
    no input "I did not get any digits."
    no match "An account number has four to eight digits."
    accepted      -> sorry
    after 3 tries -> sorry
"""),
    good=script("""\
collect account
    into number
    prompt "Enter your account number."
    digits 4 to 8
    no input "I did not get any digits."
    no match "An account number has four to eight digits."
    accepted      -> sorry
    after 3 tries -> sorry
"""),
)
