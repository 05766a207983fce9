"""The ways out of a block, as they stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from dsl.ast import (
    After,
    Block,
    Brief,
    Callback,
    Collect,
    Consult,
    CountUp,
    Destination,
    Dial,
    Do,
    Forget,
    GlobalKey,
    Leave,
    Lookup,
    Menu,
    Notify,
    Option,
    Pay,
    PlayFile,
    Queue,
    Recall,
    RecordCall,
    Remember,
    Route,
    Run,
    Say,
    SendDigits,
    Set,
    SetLanguage,
    Statement,
    Step,
    StreamAudio,
    Survey,
    TranscribeCall,
    Transfer,
    Voicemail,
    Wait,
    WhenGuard,
    WhenHours,
    WhenSwitch,
    WhenValue,
)
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Edge:
    """One way out of a block. ``needs_caller``: only the caller's input (or silence), or a counter that has a limit,
    takes it, so it cannot spin."""

    cause: str
    destination: Destination
    span: Span
    needs_caller: bool


def edges_of(block: Block) -> tuple[Edge, ...]:
    """Every way out that is written in a block, in the order of the text."""
    match block:
        case Step():
            return tuple(edge for s in block.statements for edge in statement_edges(s))
        case Menu():
            options = (Edge(option_cause(o), o.destination, o.span, True) for o in block.options)
            return (*options, *_afters(block.afters))
        case Collect():
            return (*_routes(block.routes, True), *_afters(block.afters))
        case Queue():
            offers = (Edge(f"press {o.key.text}", o.destination, o.span, True) for o in block.options)
            return (*offers, *_routes(block.routes, False))
        case Transfer() | Voicemail() | Callback() | Consult() | Pay() | Survey() | Dial():
            return tuple(_routes(block.routes, False))
        case _:
            assert_never(block)


def key_edges(keys: tuple[GlobalKey, ...]) -> tuple[Edge, ...]:
    """The ways that keys which hold anywhere open."""
    return tuple(Edge(f"press {key.key.text} anywhere", key.destination, key.span, True) for key in keys)


def ends_step(statement: Statement) -> bool:
    """Whether nothing after this statement can be reached, provided that the statement itself is complete."""
    match statement:
        case Leave() | WhenHours() | WhenValue() | Lookup() | Do() | Run() | CountUp() | Recall():
            return True
        case Say() | PlayFile() | Set() | WhenSwitch() | WhenGuard() | Wait() | SetLanguage() | Remember() | Forget():
            return False
        case RecordCall() | TranscribeCall() | StreamAudio():
            return _routed(statement.routes, {"started", "refused", "failed"})
        case Notify():
            return _routed(statement.routes, {"sent", "failed"})
        case Brief() | SendDigits():
            return False
        case _:
            assert_never(statement)


def _routed(routes: tuple[Route, ...], outcomes: set[str]) -> bool:
    """Whether every one of the outcomes has a route, so that the step cannot go on."""
    return outcomes <= {name.text for route in routes for name in route.outcomes}


def option_cause(option: Option) -> str:
    """What the caller does to take an option, in the words of a script."""
    if option.keys:
        return f"press {option.keys[0].text}"
    if option.phrases:
        return f'say "{option.phrases[0].plain}"'
    return f'means "{option.meanings[0].plain}"'


def after_cause(after: After) -> str:
    """The limit that was reached, in the words of a script."""
    if after.what == "limit":
        return f"after limit of {after.name.text if after.name else ''}"
    if after.what == "failed":
        return f"after {after.count.value} failed {after.name.text if after.name else ''}"
    return f"after {after.count.value} {after.what}"


def _afters(afters: tuple[After, ...]) -> Iterator[Edge]:
    for after in afters:
        yield Edge(after_cause(after), after.destination, after.span, True)


def _routes(routes: tuple[Route, ...], needs_caller: bool) -> Iterator[Edge]:
    for route in routes:
        for outcome in route.outcomes:
            yield Edge(outcome.text, route.destination, route.span, needs_caller)


def statement_edges(statement: Statement) -> Iterator[Edge]:
    """The ways out of a step that one statement opens."""
    match statement:
        case WhenHours() | Lookup() | Do() | Run() | Recall():
            yield from _routes(statement.routes, False)
        case RecordCall() | TranscribeCall() | StreamAudio() | Notify():
            yield from _routes(statement.routes, False)
        case CountUp():
            for edge in _routes(statement.routes, False):
                yield Edge(edge.cause, edge.destination, edge.span, edge.cause == "counted")
        case WhenSwitch():
            cause = f"switch {statement.switch.text} is {'on' if statement.state else 'off'}"
            yield Edge(cause, statement.destination, statement.span, False)
        case WhenGuard():
            yield Edge("when", statement.destination, statement.span, False)
        case WhenValue():
            for case in statement.cases:
                yield Edge("case", case.destination, case.span, False)
            if statement.otherwise is not None:
                yield Edge("otherwise", statement.otherwise.destination, statement.otherwise.span, False)
        case Leave():
            yield Edge("then", statement.destination, statement.span, False)
        case Say() | PlayFile() | Set() | Wait() | SetLanguage() | Remember() | Forget() | Brief() | SendDigits():
            return
        case _:
            assert_never(statement)
