"""Walks over a script that several rules share: its texts, values and destinations, and what can follow what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from dsl.analysis.program import Edge, Program
from dsl.ast import (
    Binary,
    Block,
    Break,
    Collect,
    Declaration,
    Destination,
    Expression,
    Flow,
    Hole,
    Holiday,
    Hours,
    Interval,
    Leave,
    Menu,
    Not,
    NumberLiteral,
    PlayFile,
    Say,
    Set,
    SpecialOpening,
    Statement,
    Step,
    Text,
    TextLiteral,
    Transfer,
    Variable,
    Weekly,
    WhenGuard,
    WhenHours,
    WhenSwitch,
    WhenValue,
    YesNo,
)
from dsl.diagnostics import Edit, Fix
from dsl.source import Source, Span
from dsl.spell import nearest

Use: TypeAlias = Literal["say", "prompt", "reprompt", "no input", "no match", "speech unavailable"]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text that a caller hears, and what for. ``say`` also stands for a sentence on the way of a route."""

    text: Text
    use: Use


def keyword(declaration: Declaration) -> str:
    """The word that a declaration starts with."""
    return type(declaration).__name__.lower()


def complete(program: Program) -> bool:
    """Whether every line of the script could be read. If not, what seems to be missing may stand on a lost line."""
    return not program.script.lost and not any(declaration.broken for declaration in program.declarations())


def is_lost(program: Program, name: str) -> bool:
    """Whether a declaration of this name may be one that could not be read; an unread name may be any."""
    return name in program.script.lost or "" in program.script.lost


def line_end(source: Source, offset: int) -> int:
    """The end of the line on which an offset lies, its comment included."""
    line = source.place(offset).line
    return source.line_start(line) + len(source.line_text(line))


def whole_line(source: Source, span: Span) -> Span:
    """The lines of a span with their line ending, for a fix that takes them out."""
    start = source.line_start(source.place(span.start).line)
    end = line_end(source, span.end)
    return Span(start, len(source.text) if (newline := source.text.find("\n", end)) < 0 else newline + 1)


def instead(span: Span, text: str, *, safe: bool = True) -> Fix:
    """The fix that writes ``text`` at a place."""
    return Fix(f"write `{text}`", (Edit(span, text),), "safe" if safe else "unsafe")


def near_name(name: str, known: Iterable[str]) -> str | None:
    """The declared name that was most likely meant. A name of one letter is like any other, so it gets no guess."""
    return nearest(name, known) if len(name) > 1 else None


# --------------------------------------------------------------------------------------------------------------------
# Texts


def spoken(declaration: Declaration) -> Iterator[Spoken]:
    """Everything that a caller hears as speech in a block."""
    match declaration:
        case Step():
            for statement in declaration.statements:
                yield from (Spoken(text, "say") for text in _statement_texts(statement))
        case Menu() | Collect():
            yield from (Spoken(prompt.content, "prompt") for prompt in declaration.prompts if not prompt.file)
            yield from (Spoken(prompt.content, "reprompt") for prompt in declaration.reprompts if not prompt.file)
            pairs: list[tuple[Text | None, Use]] = [
                (declaration.no_input, "no input"),
                (declaration.no_match, "no match"),
                (declaration.speech_unavailable if isinstance(declaration, Menu) else None, "speech unavailable"),
            ]
            yield from (Spoken(text, use) for text, use in pairs if text)
            yield from (Spoken(after.say, "say") for after in declaration.afters if after.say)
            if isinstance(declaration, Collect):
                yield from (Spoken(route.say, "say") for route in declaration.routes if route.say)
        case Transfer():
            yield from (Spoken(route.say, "say") for route in declaration.routes if route.say)
        case Flow() | Hours():
            return
        case _:
            assert_never(declaration)


def _statement_texts(statement: Statement) -> Iterator[Text]:
    match statement:
        case Say():
            yield statement.text
        case WhenHours():
            yield from (route.say for route in statement.routes if route.say)
        case WhenSwitch() | WhenGuard():
            if statement.say:
                yield statement.say
        case WhenValue():
            if statement.otherwise and statement.otherwise.say:
                yield statement.otherwise.say
        case PlayFile() | Set() | Leave():
            return
        case _:
            assert_never(statement)


def recordings(declaration: Declaration) -> Iterator[Text]:
    """The names of recordings that are played."""
    if isinstance(declaration, Step):
        yield from (each.file for each in declaration.statements if isinstance(each, PlayFile))
    elif isinstance(declaration, Menu | Collect):
        yield from (each.content for each in (*declaration.prompts, *declaration.reprompts) if each.file)


def fixed(declaration: Declaration) -> Iterator[tuple[Text, str]]:
    """Texts that are not spoken as they stand, so that no value can be put in; each with what it is."""
    yield from ((text, "the name of a recording") for text in recordings(declaration))
    match declaration:
        case Flow():
            pairs = (
                (declaration.title, "a title"),
                (declaration.timezone, "a time zone"),
                (declaration.voice, "a voice"),
            )
            yield from ((text, what) for text, what in pairs if text)
        case Hours():
            if declaration.timezone:
                yield declaration.timezone, "a time zone"
            yield from ((holiday.title, "the name of a holiday") for holiday in declaration.holidays)
        case Menu():
            yield from ((phrase, "a phrase") for option in declaration.options for phrase in option.phrases)
        case Step() | Collect() | Transfer():
            return
        case _:
            assert_never(declaration)


# --------------------------------------------------------------------------------------------------------------------
# Values


def holes(declaration: Declaration) -> Iterator[Hole]:
    """The values in the texts that a block speaks."""
    for each in spoken(declaration):
        yield from (part for part in each.text.parts if isinstance(part, Hole))


def variables(declaration: Declaration) -> Iterator[Variable]:
    """The values in the expressions of a block."""
    if not isinstance(declaration, Step):
        return
    for statement in declaration.statements:
        match statement:
            case WhenGuard():
                yield from _variables(statement.condition)
            case WhenValue():
                yield from _variables(statement.subject)
                for case in statement.cases:
                    for value in case.values:
                        yield from _variables(value)
            case Set():
                yield from _variables(statement.value)
            case Say() | PlayFile() | WhenHours() | WhenSwitch() | Leave():
                continue
            case _:
                assert_never(statement)


def _variables(expression: Expression) -> Iterator[Variable]:
    match expression:
        case Variable():
            yield expression
        case Not():
            yield from _variables(expression.operand)
        case Binary():
            yield from _variables(expression.left)
            yield from _variables(expression.right)
        case TextLiteral() | NumberLiteral() | YesNo():
            return
        case _:
            assert_never(expression)


# --------------------------------------------------------------------------------------------------------------------
# Destinations


def destinations(program: Program, declaration: Declaration) -> Iterator[Destination]:
    """Where a declaration can send a call, in the order of the text."""
    match declaration:
        case Flow():
            yield from (each for each in (declaration.on_hangup, declaration.on_error) if each is not None)
        case Step() | Menu() | Collect() | Transfer():
            yield from (edge.destination for edge in unique_edges(program, declaration))
        case Hours():
            return
        case _:
            assert_never(declaration)


def unique_edges(program: Program, block: Block) -> Iterator[Edge]:
    """The ways out of a block, one for each destination written: a route with three outcomes is one."""
    seen: set[Span] = set()
    for edge in program.edges(block):
        if edge.destination.span not in seen:
            seen.add(edge.destination.span)
            yield edge


def reachable(program: Program, start: str, through: Callable[[Block], bool] = lambda block: True) -> list[Block]:
    """The blocks that a call can come to from the block ``start`` (itself first); ``through`` says which to leave."""
    found: dict[str, Block] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop(0)
        block = program.blocks.get(name)
        if block is None or name in found:
            continue
        found[name] = block
        if through(block):
            waiting += program.targets(block)
    return list(found.values())


# --------------------------------------------------------------------------------------------------------------------
# Opening hours


def weekly_lines(hours: Hours) -> tuple[Weekly | Break, ...]:
    """The lines about weekdays."""
    return (*hours.weekly, *hours.breaks)


def dated_lines(hours: Hours) -> tuple[Holiday | SpecialOpening, ...]:
    """The lines about dates."""
    return (*hours.holidays, *hours.openings)


def intervals(hours: Hours) -> Iterator[Interval]:
    """Every interval of a declaration."""
    yield from (interval for line in weekly_lines(hours) for interval in line.intervals)
    yield from (interval for line in dated_lines(hours) for interval in line.intervals)
