"""Running the statements of a step, one after the other, until one has to be waited for or leads away."""

from __future__ import annotations

from typing import assert_never

from dsl.ast import (
    Brief,
    Case,
    CountUp,
    Do,
    Forget,
    Leave,
    Lookup,
    Notify,
    PlayFile,
    Recall,
    RecordCall,
    Remember,
    Run,
    Say,
    SendDigits,
    Set,
    SetLanguage,
    Statement,
    Step,
    StreamAudio,
    TranscribeCall,
    Wait,
    WhenGuard,
    WhenHours,
    WhenSwitch,
    WhenValue,
)
from interpreter.machine import ends, feeds, recording, requests
from interpreter.machine.state import After, Continue, Frame, Waiting, Way
from interpreter.machine.turn import Scope, Turn
from interpreter.opening import is_zone, opening_at
from interpreter.protocol import PlayAudio, Prompt, Value
from interpreter.values import compare, evaluate
from interpreter.values.functions import says


def run(turn: Turn, step: Step, first: int, part: int = 0) -> After | None:
    """Run statements from ``first``, that one from its ``part``. Sentences that follow each other are one prompt, so
    that nothing is heard between."""
    index = first
    while index < len(step.statements):
        statement = step.statements[index]
        if isinstance(statement, Say | PlayFile):
            index, spoken = _sentences(turn, step, index)
            if spoken is None:
                return ends.system_error(turn, "a value of a sentence is missing")
            if not turn.call.gone:
                turn.play(spoken, Continue(step.name.text, index), statement.interruptible)
                return None
            continue
        if isinstance(statement, SendDigits):
            here = Continue(step.name.text, index, part if index == first else 0)
            goes_on, after = requests.send(turn, here, statement)
        else:
            goes_on, after = _statement(turn, step, index, statement)
        if not goes_on:
            return after
        index += 1
    return ends.system_error(turn, f"the step {step.name.text} ends in nothing")


_Went = tuple[bool, After | None]
"""Whether the step goes on with its next statement; else where the call goes, ``None`` when it waits."""
_ON: _Went = (True, None)


def _statement(turn: Turn, step: Step, index: int, statement: Statement) -> _Went:
    match statement:
        case Set():
            value = evaluate(statement.value, Scope(turn))
            if value is None:
                return False, ends.system_error(turn, f"no value for {statement.target.text}")
            ends.set_variable(turn, statement.target.text, value)
            return _ON
        case SetLanguage():
            return _language(turn, statement)
        case WhenHours() | WhenSwitch() | WhenGuard() | WhenValue():
            return _when(turn, statement)
        case Leave():
            return False, ends.take(turn, "then", statement.destination, None, statement.span.start)
        case Wait():
            return _wait(turn, step, index, statement)
        case Run():
            return _run(turn, step, index, statement)
        case CountUp():
            return False, _count(turn, step, index, statement)
        case Lookup() | Do() | Recall():
            return False, requests.ask(turn, step, index, statement)
        case Remember() | Forget() | Brief() | Notify():
            return requests.tell(turn, step, index, statement)
        case RecordCall() | TranscribeCall() | StreamAudio():
            return recording.record(turn, step, index, statement)
        case Say() | PlayFile() | SendDigits():
            raise AssertionError("is run before")
        case _:
            assert_never(statement)


def _language(turn: Turn, statement: SetLanguage) -> _Went:
    """A language that no call of this script can be in counts as the flow's own."""
    wanted = evaluate(statement.value, Scope(turn))
    known = {language.casefold(): language for language in turn.program.languages}
    found = known.get(wanted.casefold()) if isinstance(wanted, str) else None
    if found is None:
        turn.note("error", "a language that the flow does not have; it goes on in its first one")
    before = turn.language
    turn.update(language=found or turn.program.language)
    if turn.language != before:
        feeds.language_changed(turn)
    return _ON


def _wait(turn: Turn, step: Step, index: int, statement: Wait) -> _Went:
    if turn.call.gone:
        return _ON
    op = turn.op()
    turn.update(waiting=Waiting("silence", op, Continue(step.name.text, index + 1), interruptible=True))
    turn.timer("silence", statement.duration.seconds)
    return False, None


def _run(turn: Turn, step: Step, index: int, statement: Run) -> _Went:
    flow = turn.program.flows.get(statement.flow.text)
    if flow is None:
        return False, ends.system_error(turn, f"there is no flow {statement.flow.text}")
    values = [evaluate(argument, Scope(turn)) for argument in statement.arguments]
    if len(values) != len(flow.parameters) or any(value is None for value in values):
        return False, ends.system_error(turn, f"no value for what {flow.name.text} needs")
    for parameter, value in zip(flow.parameters, values, strict=True):
        ends.set_variable(turn, parameter.name.text, value)
    turn.update(frames=(*turn.call.frames, Frame(step.name.text, index)))
    turn.note("took", f"run {flow.name.text}", statement.span.start)
    return False, Way("block", turn.program.entry_of(flow))


def _count(turn: Turn, step: Step, index: int, statement: CountUp) -> After | None:
    counter = turn.program.counters.get(statement.counter.text)
    if counter is None or counter.most is None:
        return ends.system_error(turn, f"there is no counter {statement.counter.text}")
    if counter.key is not None:
        return requests.count(turn, counter, Continue(step.name.text, index), "statement")
    reached = ends.count_up(turn, counter.name.text) >= counter.most.value
    return ends.take_outcome(turn, statement.routes, "reached" if reached else "counted")


def _sentences(turn: Turn, step: Step, first: int) -> tuple[int, tuple[Prompt, ...] | None]:
    """The run of sentences from ``first`` that may be interrupted alike, and the statement behind it."""
    found: list[Prompt] = []
    opening = step.statements[first]
    interruptible = isinstance(opening, Say | PlayFile) and opening.interruptible
    index = first
    for index in range(first, len(step.statements) + 1):
        statement = step.statements[index] if index < len(step.statements) else None
        if not isinstance(statement, Say | PlayFile) or statement.interruptible is not interruptible:
            break
        if isinstance(statement, PlayFile):
            found.append(PlayAudio(statement.file.plain))
            continue
        said = turn.prompt(statement.text, statement.language, statement.ssml)
        if said is None:
            return index, None
        found.append(said)
    return index, tuple(found)


def _when(turn: Turn, statement: WhenHours | WhenSwitch | WhenGuard | WhenValue) -> _Went:
    match statement:
        case WhenHours():
            return False, _when_hours(turn, statement)
        case WhenValue():
            return False, _when_value(turn, statement)
        case WhenSwitch():
            state = "on" if statement.state else "off"
            fits = dict(turn.call.switches).get(statement.switch.text, False) is statement.state
            cause = f"switch {statement.switch.text} is {state}"
        case WhenGuard():
            fits, cause = evaluate(statement.condition, Scope(turn)) is True, "when"
        case _:
            assert_never(statement)
    if not fits:
        turn.note("edge", f"{cause}: no", statement.span.start)
        return _ON
    return False, ends.take(turn, cause, statement.destination, statement.say, statement.span.start)


def _when_hours(turn: Turn, statement: WhenHours) -> After | None:
    hours = turn.program.hours.get(statement.hours.text)
    if hours is None:
        return ends.system_error(turn, f"there are no hours {statement.hours.text}")
    if hours.emergency is not None and dict(turn.call.switches).get(hours.emergency.text, False):
        return ends.take_outcome(turn, statement.routes, "emergency")
    zone = turn.program.timezone_of(hours)
    if not is_zone(zone):
        return ends.system_error(turn, f"there is no time zone {zone!r}")
    state = opening_at(hours, zone, turn.at).state
    return ends.take_outcome(turn, statement.routes, state)


def _fits(turn: Turn, subject: Value, case: Case) -> bool:
    if case.phrases:
        return isinstance(subject, str) and any(says(phrase, subject) for phrase in turn.phrases(case.phrases))
    results = [compare(case.operator, subject, evaluate(value, Scope(turn))) for value in case.values]
    return all(result is True for result in results) if case.operator == "is-not" else True in results


def _when_value(turn: Turn, statement: WhenValue) -> After | None:
    subject = evaluate(statement.subject, Scope(turn))
    for case in statement.cases:
        if _fits(turn, subject, case):
            return ends.take(turn, "case", case.destination, None, case.span.start)
    other = statement.otherwise
    if other is None:
        return ends.system_error(turn, "no case fits")
    return ends.take(turn, "otherwise", other.destination, other.say, other.span.start)
