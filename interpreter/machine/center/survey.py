"""Questions after a call: each is asked twice at the most, then left out. Answers are keys; the last may be spoken.

An answer is kept under its question's name as a number; those of ``ask each`` as a list, in the order of the
questions that were answered.
"""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast import Question, Survey, Text
from interpreter.machine import ends, secrecy
from interpreter.machine.center import asking, keys
from interpreter.machine.results import heard
from interpreter.machine.state import After
from interpreter.machine.turn import Scope, Turn, longest
from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    Disconnected,
    Event,
    Items,
    Play,
    PlayEnded,
    Prompt,
    Recognize,
    Recognized,
    Reported,
    SayText,
    Value,
)
from interpreter.values import read

FIRST = 5.0
"""Seconds to the answer (scenario S8)."""
TRIES = 2
QUIET = 4.0
"""Seconds of silence after which a remark has been made, as with any message (scenario S7)."""
SLACK = 30.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it is put: of ``ask each`` there are as many as the list has entries."""

    question: Question
    text: Text | str


def begin(turn: Turn, block: Survey) -> After | None:
    """Ask whether the caller has time, or the first question at once."""
    if block.offer is None:
        return _ask(turn, block, 0, 0)
    prompt = turn.prompt(block.offer)
    if prompt is None:
        return ends.system_error(turn, "a value of the offer is missing")
    asking.note(turn, "at", -1.0)
    _listen(turn, prompt)
    return None


def _asked(turn: Turn, block: Survey) -> list[Asked]:
    """Every question in order."""
    found: list[Asked] = []
    for question in block.questions:
        if question.text is not None:
            found.append(Asked(question, question.text))
            continue
        values = read(Scope(turn), question.source.path) if question.source is not None else None
        texts = [value for value in values.values if isinstance(value, str)] if isinstance(values, Items) else []
        most = question.at_most.value if question.at_most else len(texts)
        found += [Asked(question, text) for text in texts[:most]]
    return found


def _ask(turn: Turn, block: Survey, at: int, tries: int) -> After | None:
    """Put a question, or what comes behind the last one."""
    questions = _asked(turn, block)
    while at < len(questions):
        text = questions[at].text
        prompt = SayText(text) if isinstance(text, str) else turn.prompt(text)
        if prompt is not None:
            asking.note(turn, "at", float(at))
            asking.note(turn, "tries", float(tries))
            _listen(turn, prompt)
            return None
        turn.note("error", "a value of a question is missing")
        at, tries = at + 1, 0
    return _remark(turn, block)


def _listen(turn: Turn, prompt: Prompt) -> None:
    op = turn.op()
    turn.effects.append(Recognize(op, "tones", (prompt,), True, FIRST, FIRST, 1, "", (), turn.language, turn.voice))
    asking.stay(turn, op, longest((prompt,)) + FIRST + SLACK)


def event(turn: Turn, block: Survey, event: Event) -> bool:
    """Take an event while a question is asked."""
    if isinstance(event, Disconnected):
        return False
    waiting = turn.call.waiting
    op = waiting.op if waiting is not None else ""
    if asking.noted(turn, "remark") is True:
        return _remarked(turn, block, event)
    if isinstance(event, Recognized | ActionFailed) and event.op == op:
        verdict = heard(event)
        if verdict == "cancelled":
            return True
        key = event.tones if verdict == "input" else ""
        everywhere = keys.anywhere(turn, block, key) if key else None
        if everywhere is not None:
            return keys.take(turn, block, everywhere)
        return asking.then(turn, lambda: _answered(turn, block, key))
    refused = isinstance(event, ActionRefused) and event.op == op
    if refused or asking.is_due(turn, event, "watch"):
        return asking.then(turn, lambda: ends.system_error(turn, "a question of the survey could not be asked"))
    return False


def _answered(turn: Turn, block: Survey, key: str) -> After | None:
    at, tries = int(asking.number(turn, "at")), int(asking.number(turn, "tries"))
    if at < 0:
        return _ask(turn, block, 0, 0) if key == "1" else ends.take_outcome(turn, block.routes, "skipped")
    questions = _asked(turn, block)
    if at >= len(questions):
        return _remark(turn, block)
    question = questions[at].question
    if key.isdecimal() and question.least.value <= int(key) <= question.most.value:
        _keep(turn, question, float(key))
        return _ask(turn, block, at + 1, 0)
    turn.note("took", "no match" if key else "no input", question.span.start)
    return _ask(turn, block, at, tries + 1) if tries + 1 < TRIES else _ask(turn, block, at + 1, 0)


def _keep(turn: Turn, question: Question, answer: float) -> None:
    asking.note(turn, "answers", asking.number(turn, "answers") + 1)
    if question.source is None:
        ends.set_variable(turn, question.name.text, answer)
        return
    known = dict(turn.call.variables).get(question.name.text)
    earlier = known.values if isinstance(known, Items) else ()
    ends.set_variable(turn, question.name.text, Items((*earlier, answer)))


def _remark(turn: Turn, block: Survey) -> After | None:
    """Ask for a few words at the end, and record them."""
    prompt = turn.prompt(block.remark.text) if block.remark is not None else None
    if prompt is None:
        return _done(turn, block)
    op = turn.op()
    turn.effects.append(Play(op, (prompt,), turn.language, turn.voice))
    asking.note(turn, "remark", True)
    asking.note(turn, "media", op)
    asking.stay(turn, op, longest((prompt,)) + SLACK)
    return None


def _remarked(turn: Turn, block: Survey, event: Event) -> bool:
    remark = block.remark
    if remark is None:
        return False
    if isinstance(event, PlayEnded) and asking.ended(turn, event):
        turn.stop_waiting()
        asking.note(turn, "media", "")
        name = f"{block.name.text}.{remark.name.text}"
        secrecy.set_aside(turn)
        arguments: tuple[tuple[str, Value], ...] = (
            ("up_to", remark.up_to.seconds),
            ("transcribe", True),
            ("silence", QUIET),
            ("language", turn.language),
        )
        asking.ask(turn, "voicemail", name, arguments, remark.up_to.seconds + SLACK)
        return True
    answer = asking.mine(turn, event)
    if answer is None and not asking.is_due(turn, event, "watch"):
        return False
    if isinstance(answer, Reported) and answer.outcome == "saved":
        words = dict(answer.values).get("text")
        ends.set_variable(turn, remark.name.text, words if isinstance(words, str) else "")
        asking.note(turn, "answers", asking.number(turn, "answers") + 1)
    return asking.then(turn, lambda: _done(turn, block))


def _done(turn: Turn, block: Survey) -> After | None:
    known = dict(turn.call.variables)
    names = [question.name.text for question in block.questions]
    names += [block.remark.name.text] if block.remark is not None else []
    answers = tuple((name, known[name]) for name in names if name in known)
    if asking.number(turn, "answers"):
        turn.request("survey", block.name.text, answers)
    return ends.take_outcome(turn, block.routes, "done" if asking.number(turn, "answers") else "skipped")
