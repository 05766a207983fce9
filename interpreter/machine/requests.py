"""Asking other parts of the house: look-ups, counters, memory, recording. What is waited for, and what comes of it.

A statement that asks waits for `Reported` with its operation's name, for at most the time that the script allows; what
comes later changes nothing. While it waits, its fillers are said: a sentence is said to its end even when the answer is
there (nobody likes to be cut off), a recording is stopped.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Literal, assert_never

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
from interpreter.machine.state import After, Continue, Outcome, Purpose, Waiting
from interpreter.machine.turn import SECONDS_PER_WORD, Scope, Turn
from interpreter.protocol import (
    ActionRefused,
    CancelMedia,
    Play,
    PlayAudio,
    Record,
    RecordingChanged,
    Reported,
    SayText,
    Value,
    Verb,
)
from interpreter.values import evaluate, spoken

WITHIN = 5.0
"""Seconds that a look-up may take when the script says nothing."""
CONFIRMED_WITHIN = 3.0
"""Seconds in which the pause of a recording has to be confirmed before a secret is asked for (scenario S2)."""
TONE_SECONDS = 0.5
"""Seconds that a tone to another machine takes, with the gap behind it."""

Asking = Lookup | Do | Recall
Telling = Remember | Forget | Brief | Notify
Recording = RecordCall | TranscribeCall | StreamAudio


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
            lines = tuple((line.field.text, evaluate(line.value, scope)) for line in statement.lines)
            turn.request("brief", step.name.text, tuple(pair for pair in lines if pair[1] is not None))
            return True, None
        case Notify():
            said = turn.say(statement.text)
            if said is None:
                return False, ends.system_error(turn, "a value of a message is missing")
            op = turn.request("notify", statement.target.text, (("text", said),))
            return _wait_if_routed(turn, step, index, op, statement.routes)
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


def record(turn: Turn, step: Step, index: int, statement: Recording) -> tuple[bool, After | None]:
    """Start, pause, resume or stop. A pause is waited for, because what follows must not be heard."""
    notice = statement.notice if isinstance(statement, RecordCall) else None
    if isinstance(statement, RecordCall) and _is_so(turn, statement.action):
        return (False, Outcome(step.name.text, index, "started")) if statement.routes else (True, None)
    op = start(turn, statement)
    if notice is not None and not turn.call.gone:
        prompts = turn.prompts((notice,))
        if prompts is None:
            return False, ends.system_error(turn, "a value of a notice is missing")
        if not statement.routes:
            turn.play(prompts, Continue(step.name.text, index + 1))
            return False, None
    if isinstance(statement, RecordCall) and statement.action == "pause" and not turn.call.gone:
        wait(turn, op, CONFIRMED_WITHIN, Continue(step.name.text, index), "statement")
        return False, None
    return _wait_if_routed(turn, step, index, op, statement.routes)


def _is_so(turn: Turn, action: str) -> bool:
    """Whether the recording is as it is asked for: the host refuses to pause, or to go on with, what is so already. One
    that was set aside for a message does not run; whatever the script says of it now, holds from now on."""
    if turn.call.set_aside:
        turn.update(set_aside=False)
        return action in ("pause", "stop")
    return turn.call.recording == _STATES[action]


def start(turn: Turn, statement: Recording) -> str:
    """Ask for a change of recording, transcription or streaming, and note what is wanted."""
    match statement:
        case RecordCall():
            return change_recording(turn, statement.action)
        case TranscribeCall():
            turn.update(transcribing=statement.action == "start")
            return turn.request("transcribe", statement.action)
        case StreamAudio():
            return turn.request("stream", statement.action)
        case _:
            assert_never(statement)


def change_recording(turn: Turn, action: str) -> str:
    """Ask for a change of the call's recording. Where there is none any more, another one is begun."""
    if action == "resume" and not turn.call.recording:
        action = "start"
    known = (("recording", turn.call.recording_id),) if turn.call.recording_id and action != "start" else ()
    op = turn.request("record", action, known, (), CONFIRMED_WITHIN)
    turn.update(recording=_STATES[action], recording_op=op)
    if action in ("start", "stop"):
        turn.update(recording_id="")
    return op


_STATES: Mapping[str, Literal["", "on", "paused"]] = {"start": "on", "resume": "on", "pause": "paused", "stop": ""}


def recording_changed(turn: Turn, event: RecordingChanged) -> Reported | None:
    """What the host says of the recording, as the answer to what was last asked of it; ``None`` where it is none: an
    old state that comes late, or one that nobody has asked for."""
    call = turn.call
    if event.state == "failed":
        return Reported(event.at, call.recording_op, "failed") if call.recording_op else None
    if call.recording and event.recording:
        turn.update(recording_id=event.recording)
    wanted = "active" if call.recording == "on" else "inactive"
    if not call.recording_op or event.state != wanted:
        turn.note("ignored", f"the recording is {event.state}")
        return None
    return Reported(event.at, call.recording_op, "started")


def _wait_if_routed(
    turn: Turn, step: Step, index: int, op: str, routes: tuple[Route, ...]
) -> tuple[bool, After | None]:
    if not routes or turn.call.gone:
        return True, None
    wait(turn, op, WITHIN, Continue(step.name.text, index), "statement")
    return False, None
