"""Asking other parts of the house: look-ups, counters, memory, recording. What is waited for, and what comes of it.

A statement that asks waits for `Reported` with its operation's name, for at most the time that the script allows; what
comes later changes nothing. While it waits, its fillers are said: a sentence is said to its end even when the answer is
there (nobody likes to be cut off), a recording is stopped.
"""

from __future__ import annotations

import dataclasses
from typing import assert_never

from dsl.ast import (
    Brief,
    Counter,
    CountUp,
    Do,
    Filler,
    Forget,
    Lookup,
    Notify,
    Recall,
    RecordCall,
    Remember,
    Route,
    SendDigits,
    Statement,
    Step,
    StreamAudio,
    Text,
    TranscribeCall,
    TypeName,
)
from interpreter.machine import ends
from interpreter.machine.results import recording_outcome
from interpreter.machine.state import After, Continue, Outcome, Purpose, Waiting
from interpreter.machine.turn import SECONDS_PER_WORD, Scope, Turn
from interpreter.protocol import (
    ATTACHED,
    ActionRefused,
    CancelMedia,
    Play,
    PlayAudio,
    Record,
    Reported,
    SayText,
    Value,
    Verb,
)
from interpreter.values import evaluate, spoken

WITHIN = 5.0
"""Seconds that a look-up may take when the script says nothing."""
TONE_SECONDS = 0.5
"""Seconds that a tone to another machine takes, with the gap behind it."""

Asking = Lookup | Do | Recall
Telling = Remember | Forget | Brief | Notify


def type_text(kind: TypeName) -> str:
    """A type as a script writes it, for `Request.expects`."""
    if kind.element is not None:
        return f"list of {type_text(kind.element)}"
    if kind.choices:
        return "one of " + " or ".join(f'"{choice.plain}"' for choice in kind.choices)
    return kind.name


# --------------------------------------------------------------------------------------------------------------------
# Statements that wait for their answer


def ask(turn: Turn, step: Step, index: int, statement: Asking) -> After | None:
    """Send the request of a statement and wait. Where the caller is gone, only what must be done is asked for."""
    here = Continue(step.name.text, index)
    if isinstance(statement, Recall):
        return _recall(turn, statement, here)
    function = turn.program.functions.get(statement.call.name)
    if function is None:
        return ends.system_error(turn, f"there is no data function {statement.call.name}")
    arguments = _arguments(turn, statement.call.arguments, [p.name.text for p in function.parameters])
    if arguments is None:
        return ends.system_error(turn, f"no value for what {statement.call.name} needs")
    within = statement.within.seconds if statement.within else WITHIN
    verb: Verb = "lookup" if isinstance(statement, Lookup) else "action"
    expects = tuple((field.name.text, type_text(field.type)) for field in function.gives)
    if turn.call.gone and isinstance(statement, Lookup):
        return ends.take_outcome(turn, statement.routes, "failed")
    op = turn.request(verb, statement.call.name, arguments, expects, within)
    if turn.call.gone:
        return ends.take_outcome(turn, statement.routes, "done")
    wait(turn, op, within, here, "statement")
    for number, filler in enumerate(statement.fillers):
        if filler.after.seconds < within:
            turn.timer(f"filler.{number}", filler.after.seconds)
    return None


def _recall(turn: Turn, statement: Recall, here: Continue) -> After | None:
    key = _key(turn, evaluate(statement.key, Scope(turn)))
    if key is None:
        return ends.take_outcome(turn, statement.routes, "not found")
    if turn.call.gone:
        return ends.take_outcome(turn, statement.routes, "failed")
    expects = (("value", type_text(statement.type)),)
    op = turn.request("recall", statement.target.text, (("key", key),), expects, WITHIN)
    wait(turn, op, WITHIN, here, "statement")
    return None


def can_count(turn: Turn, counter: Counter) -> bool:
    """Whether there is something to count by: the number of a caller may be withheld."""
    return counter.key is not None and _key(turn, evaluate(counter.key, Scope(turn))) is not None


def count(turn: Turn, counter: Counter, then: Continue | None, purpose: Purpose) -> After | None:
    """Add one to a counter that calls share. Without a key there is nothing to count by: that fails."""
    key = _key(turn, evaluate(counter.key, Scope(turn))) if counter.key is not None else None
    if key is None or turn.call.gone:
        return counted(turn, "failed", 0.0, then)
    arguments: tuple[tuple[str, Value], ...] = (
        ("key", key),
        ("seconds", counter.life.seconds if counter.life else 0.0),
        ("most", float(counter.most.value if counter.most else 0)),
    )
    op = turn.request("count", counter.name.text, arguments, (), WITHIN)
    wait(turn, op, WITHIN, then, purpose)
    return None


def counted(turn: Turn, outcome: str, value: float, then: Continue | None) -> After | None:
    """What became of a ``count`` statement."""
    found = _statement(turn, then) if then is not None else None
    if not isinstance(found, CountUp):
        return ends.system_error(turn, "a counter could not be kept")
    turn.update(counters=_with(turn.call.counters, found.counter.text, value))
    routed = {name.text for route in found.routes for name in route.outcomes}
    if outcome == "failed" and "failed" not in routed:
        return ends.system_error(turn, f"the counter {found.counter.text} could not be kept")
    return ends.take_outcome(turn, found.routes, outcome)


def _with(pairs: tuple[tuple[str, float], ...], name: str, value: float) -> tuple[tuple[str, float], ...]:
    return (*(pair for pair in pairs if pair[0] != name), (name, value))


def wait(turn: Turn, op: str, within: float, then: After | None, purpose: Purpose) -> None:
    """Wait for what is reported of a request, for at most ``within`` seconds: then it has failed."""
    turn.wait("request", op, within, then, purpose=purpose)
    turn.timer("limit", within)


def _arguments(turn: Turn, expressions: tuple[object, ...], names: list[str]) -> tuple[tuple[str, Value], ...] | None:
    """The values of a call's arguments by their names; ``None`` when one is missing."""
    scope = Scope(turn)
    values = [evaluate(each, scope) for each in expressions]  # type: ignore[arg-type]
    if len(values) != len(names) or any(value is None for value in values):
        return None
    return tuple(zip(names, values, strict=True))


def check_arguments(turn: Turn, function: str, expressions: tuple[object, ...]) -> tuple[tuple[str, Value], ...] | None:
    """The arguments of a data check; ``None`` for an unknown function or a missing value."""
    found = turn.program.functions.get(function)
    return None if found is None else _arguments(turn, expressions, [p.name.text for p in found.parameters])


def _key(turn: Turn, value: Value) -> str | None:
    """What something is kept by, as text; a withheld number or a missing value is no key."""
    text = value if isinstance(value, str) else spoken(value)
    return text or None


# --------------------------------------------------------------------------------------------------------------------
# What comes back


def reported(turn: Turn, waiting: Waiting, event: Reported | ActionRefused) -> After | None:
    """The answer to what a statement waits for."""
    outcome = event.outcome if isinstance(event, Reported) else "failed"
    values = dict(event.values) if isinstance(event, Reported) else {}
    here = waiting.then
    found = _statement(turn, here) if isinstance(here, Continue) else None
    match found:
        case Lookup():
            outcome = _keep_record(turn, found, outcome, values)
        case Recall():
            if outcome == "found":
                value = values.get("value")
                outcome = "failed" if value is None else "found"
                if value is not None:
                    ends.set_variable(turn, found.target.text, value)
        case CountUp():
            turn.stop_waiting()
            number = values.get("value")
            value = float(number) if isinstance(number, float | int) else 0.0
            name = "reached" if outcome == "limit reached" else outcome
            return counted(turn, name, value, here if isinstance(here, Continue) else None)
        case RecordCall() | TranscribeCall() | StreamAudio() if isinstance(event, ActionRefused):
            outcome = recording_outcome(event)
        case SendDigits() if outcome == "done" and isinstance(here, Continue) and here.part + 1 < len(found.parts):
            turn.stop_waiting()
            return dataclasses.replace(here, part=here.part + 1)
        case _:
            pass
    return conclude(turn, waiting, outcome)


def _keep_record(turn: Turn, statement: Lookup, outcome: str, values: dict[str, Value]) -> str:
    """Keep what a look-up has found; an answer that lacks a field has failed."""
    if outcome != "found":
        return outcome
    function = turn.program.functions.get(statement.call.name)
    names = [field.name.text for field in function.gives] if function else []
    if any(values.get(name) is None for name in names):
        turn.note("error", f"{statement.call.name} gave no {next(n for n in names if values.get(n) is None)}")
        return "failed"
    ends.set_variable(turn, statement.target.text, Record(tuple((name, values[name]) for name in names)))
    return outcome


def conclude(turn: Turn, waiting: Waiting, outcome: str) -> After | None:
    """Leave a statement by an outcome; a sentence that is being said meanwhile is said to its end first."""
    here = waiting.then
    if not isinstance(here, Continue):
        return ends.system_error(turn, "an answer came for nothing")
    then = Outcome(here.block, here.statement, outcome)
    if waiting.filler and waiting.filler_ends > turn.at:
        turn.stop_waiting()
        turn.wait("prompt", waiting.filler, waiting.filler_ends - turn.at, then)
        return None
    if waiting.filler:
        turn.effects.append(CancelMedia(turn.op()))
    turn.stop_waiting()
    return then


def late(turn: Turn, waiting: Waiting) -> After | None:
    """Nothing came back in time."""
    turn.note("error", f"nothing came back for {waiting.op} in time")
    here = waiting.then
    found = _statement(turn, here) if isinstance(here, Continue) else None
    if isinstance(found, CountUp) and isinstance(here, Continue):
        turn.stop_waiting()
        return counted(turn, "failed", 0.0, here)
    return conclude(turn, waiting, "failed")


def outcome(turn: Turn, after: Outcome) -> After | None:
    """Take the outcome of a statement, of which nothing more is waited for."""
    block = turn.program.blocks.get(after.block)
    found: Statement | None = None
    if isinstance(block, Step) and 0 <= after.statement < len(block.statements):
        found = block.statements[after.statement]
    routes: tuple[Route, ...] = getattr(found, "routes", ())
    routed = {name.text for route in routes for name in route.outcomes}
    if after.name not in routed and isinstance(found, RecordCall | TranscribeCall | StreamAudio | Notify | SendDigits):
        turn.note("took", after.name, found.span.start)
        return Continue(after.block, after.statement + 1)
    return ends.take_outcome(turn, routes, after.name)


def fill(turn: Turn, waiting: Waiting, number: int) -> None:
    """It takes long: say something meanwhile."""
    fillers = fillers_of(turn, waiting)
    if number >= len(fillers):
        return
    filler = fillers[number]
    if waiting.filler and waiting.filler_ends > turn.at:
        return  # one sentence at a time
    prompt = PlayAudio(filler.content.plain) if filler.file else turn.prompt(filler.content)
    if prompt is None:
        turn.note("error", "a value of a filler is missing")
        return
    op = turn.op()
    turn.note("edge", "slow", filler.span.start)
    turn.effects.append(Play(op, (prompt,), turn.language, turn.voice))
    length = SECONDS_PER_WORD * len(prompt.text.split()) if isinstance(prompt, SayText) else 0.0
    turn.update(waiting=dataclasses.replace(waiting, filler=op, filler_ends=turn.at + length))


def fillers_of(turn: Turn, waiting: Waiting) -> tuple[Filler, ...]:
    """What the script says while this is waited for."""
    found = _statement(turn, waiting.then) if isinstance(waiting.then, Continue) else None
    return found.fillers if isinstance(found, Lookup | Do) else ()


def _statement(turn: Turn, here: Continue) -> Statement | None:
    block = turn.program.blocks.get(here.block)
    if not isinstance(block, Step) or not 0 <= here.statement < len(block.statements):
        return None
    return block.statements[here.statement]


# --------------------------------------------------------------------------------------------------------------------
# Statements after which the step goes on


def tell(turn: Turn, step: Step, index: int, statement: Telling) -> tuple[bool, After | None]:
    """Ask for something of which the script does not wait to hear, unless it routes what may become of it."""
    match statement:
        case Remember() | Forget():
            return _memory(turn, statement)
        case Brief():
            scope = Scope(turn)
            lines = tuple(
                (ATTACHED * line.attached + line.field.text, evaluate(line.value, scope)) for line in statement.lines
            )
            turn.request("brief", step.name.text, tuple(pair for pair in lines if pair[1] is not None))
            return True, None
        case Notify():
            said = turn.say(statement.text)
            if said is None:
                return False, ends.system_error(turn, "a value of a message is missing")
            op = turn.request("notify", statement.target.text, (("text", said),))
            return wait_if_routed(turn, step, index, op, statement.routes)
        case _:
            assert_never(statement)


def _memory(turn: Turn, statement: Remember | Forget) -> tuple[bool, After | None]:
    """What cannot be kept (no key, no value) is left, and traced: the call goes on without it."""
    scope = Scope(turn)
    key = _key(turn, evaluate(statement.key, scope))
    value = scope.get(statement.target.text) if isinstance(statement, Remember) else ""
    if key is None or value is None:
        turn.note("error", f"nothing to keep {statement.target.text} by")
        return True, None
    arguments: tuple[tuple[str, Value], ...] = (("key", key),)
    if isinstance(statement, Remember):
        arguments = (*arguments, ("value", value), ("seconds", statement.life.seconds))
    turn.request("remember" if isinstance(statement, Remember) else "forget", statement.target.text, arguments)
    return True, None


def send(turn: Turn, here: Continue, statement: SendDigits) -> tuple[bool, After | None]:
    """``1,2s,4425#``: the digits and the pauses between, one after the other. The host buffers nothing: the next digits
    are sent when it has reported the end of those before."""
    if turn.call.gone or here.part >= len(statement.parts):
        return True, None
    part = statement.parts[here.part]
    if isinstance(part, Text):
        op = turn.request("tones", "", (("digits", part.plain),))
        wait(turn, op, WITHIN + TONE_SECONDS * len(part.plain), here, "statement")
    else:
        turn.update(waiting=Waiting("silence", turn.op(), dataclasses.replace(here, part=here.part + 1)))
        turn.timer("silence", part.seconds)
    return False, None


def wait_if_routed(turn: Turn, step: Step, index: int, op: str, routes: tuple[Route, ...]) -> tuple[bool, After | None]:
    if not routes or turn.call.gone:
        return True, None
    wait(turn, op, WITHIN, Continue(step.name.text, index), "statement")
    return False, None
