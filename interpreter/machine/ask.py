"""Asking the caller: what is said before each attempt, and what the host is asked to listen for.

The rules of the scenarios: one counter for one visit; silence and no match both count; on attempt k > 1 the cause is
said first, then reprompt k-1, the last one again when there are fewer; ``repeat`` does not count and is granted twice.
"""

from __future__ import annotations

import dataclasses
from typing import Literal, TypeAlias

from dsl.ast import Collect, Digits, Menu, Prompt, Text
from interpreter.machine import ends
from interpreter.machine.state import After, Visit
from interpreter.machine.turn import Turn, longest
from interpreter.protocol import Choice, Recognize

FIRST = 5.0
"""Seconds to the first input when the script says nothing (the service's own default)."""
BETWEEN = 3.0
"""Seconds between two digits when the script says nothing."""
GRANTED_REPEATS = 2

Cause: TypeAlias = Literal["start", "silence", "no_match", "repeat", "again", "keys_only"]
"""Why it is asked: ``again`` repeats the last question without counting, ``keys_only`` after speech has failed."""


def ask_or_fail(turn: Turn, block: Menu | Collect, cause: Cause) -> After | None:
    """Say what belongs before this attempt, and listen."""
    visit = turn.call.visit or Visit(block.name.text)
    contents = _contents(block, visit, cause)
    prompts = turn.prompts(contents)
    if prompts is None:
        return ends.system_error(turn, "a value of a prompt is missing")
    barge_in = all(content.interruptible for content in contents if isinstance(content, Prompt))
    op = turn.op()
    effect = _listen_menu(turn, block, op) if isinstance(block, Menu) else _listen_collect(turn, block, op, visit)
    turn.effects.append(dataclasses.replace(effect, prompts=prompts, barge_in=barge_in))
    turn.wait("input", op, longest(prompts) + effect.first + effect.between * effect.max_tones)
    return None


def _contents(block: Menu | Collect, visit: Visit, cause: Cause) -> tuple[Text | Prompt, ...]:
    if cause in ("start", "repeat"):
        return block.prompts
    retry: tuple[Text | Prompt, ...] = block.prompts
    if visit.tries and block.reprompts:
        retry = (block.reprompts[min(visit.tries, len(block.reprompts)) - 1],)
    said = None
    if cause == "silence":
        said = block.no_input
    elif cause == "no_match":
        said = block.no_match
    elif cause == "keys_only" and isinstance(block, Menu):
        said = block.speech_unavailable
    return (said, *retry) if said is not None else retry


def _listen_menu(turn: Turn, block: Menu, op: str) -> Recognize:
    keys_only = turn.call.visit is not None and turn.call.visit.keys_only
    speech = not keys_only and any(option.phrases for option in block.options)
    kind: Literal["tones", "choices", "speech_or_tones"] = "tones"
    if speech:
        kind = "speech_or_tones" if block.phrases_anywhere else "choices"
    choices = tuple(
        Choice(
            str(number),
            option.keys[0].text if option.keys else "",
            tuple(phrase.plain for phrase in option.phrases),
        )
        for number, option in enumerate(block.options)
    )
    return Recognize(
        op=op,
        kind=kind,
        prompts=(),
        barge_in=True,
        first=block.first.seconds if block.first else FIRST,
        between=BETWEEN,
        max_tones=1,
        stop_tones="",
        choices=choices if kind == "choices" else (),
        language=turn.program.language,
        voice=turn.program.voice,
    )


def _listen_collect(turn: Turn, block: Collect, op: str, visit: Visit) -> Recognize:
    digits = block.digits
    most = digits.most.value if digits else 1
    return Recognize(
        op=op,
        kind="tones",
        prompts=(),
        barge_in=True,
        # Where digits were typed ahead, the next one is not the first.
        first=_seconds(digits, "between", BETWEEN) if visit.prefix else _seconds(digits, "first", FIRST),
        between=_seconds(digits, "between", BETWEEN),
        max_tones=max(1, most - len(visit.prefix)),
        stop_tones=digits.terminator.text if digits and digits.terminator else "",
        choices=(),
        language=turn.program.language,
        voice=turn.program.voice,
    )


def _seconds(digits: Digits | None, name: Literal["first", "between"], default: float) -> float:
    duration = None
    if digits is not None:
        duration = digits.first if name == "first" else digits.between
    return duration.seconds if duration else default
