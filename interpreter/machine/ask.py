"""Asking the caller: what is said before each attempt, and what the host is asked to listen for.

The rules of the scenarios: one counter for one visit; silence and no match both count; on attempt k > 1 the cause is
said first, then reprompt k-1, the last one again when there are fewer; ``repeat`` does not count and is granted twice.
"""

from __future__ import annotations

import dataclasses
from typing import Literal

from dsl.ast import Collect, Menu, OneOfKind, Option, Prompt, SpeechKind, Text, YesNoKind
from interpreter.machine import ends, inputs
from interpreter.machine.state import After, Visit
from interpreter.machine.turn import Turn, longest
from interpreter.protocol import SECRET_MARK, Choice, Recognize
from interpreter.protocol import Prompt as Heard

FIRST = 5.0
"""Seconds to the first input when the script says nothing (the service's own default)."""
BETWEEN = 3.0
"""Seconds between two digits when the script says nothing."""
GRANTED_REPEATS = 2

RecognizeKind = Literal["tones", "choices", "speech_or_tones"]


def ask_or_fail(turn: Turn, block: Menu | Collect, cause: str) -> After | None:
    """Say what belongs before this attempt, and listen. ``cause`` is why it is asked: ``start``, ``silence``,
    ``no_match``, ``repeat``, ``check.N``, ``start_again``, ``again`` (the last question without counting), or
    ``keys_only`` after speech has failed."""
    visit = turn.call.visit or Visit(block.name.text)
    contents = _contents(block, visit, cause)
    prompts = turn.prompts(contents)
    if prompts is None:
        return ends.system_error(turn, "a value of a prompt is missing")
    barge_in = all(content.interruptible for content in contents if isinstance(content, Prompt))
    op = turn.op()
    if isinstance(block, Menu):
        effect = _listen_menu(turn, block, op)
    else:
        effect = _listen_collect(turn, block, f"{op}{SECRET_MARK}" if block.secret else op, visit)
    _listen(turn, dataclasses.replace(effect, prompts=prompts, barge_in=barge_in))
    return None


def _listen(turn: Turn, effect: Recognize) -> None:
    turn.effects.append(effect)
    turn.wait("input", effect.op, longest(effect.prompts) + effect.first + effect.between * effect.max_tones)


def confirm(turn: Turn, block: Menu | Collect, cause: str) -> After | None:
    """Ask whether what was collected or understood is right: 1 for yes, 2 for no."""
    text = block.confirm
    if text is None:
        return ends.system_error(turn, "there is nothing to confirm")
    said = {"silence": block.no_input, "no_match": block.no_match}.get(cause)
    prompts = turn.prompts((said, text) if said is not None else (text,))
    if prompts is None:
        return ends.system_error(turn, "a value of a prompt is missing")
    turn.update(visit=dataclasses.replace(turn.call.visit or Visit(block.name.text), confirming=True))
    keys_only = turn.call.visit is not None and turn.call.visit.keys_only
    speech = not keys_only and (isinstance(block, Menu) or block.listen in ("speech", "both"))
    kind: RecognizeKind = "speech_or_tones" if speech else "tones"
    _listen(turn, _recognize(turn, turn.op(), kind, FIRST, BETWEEN, 1, prompts=prompts))
    return None


def _contents(block: Menu | Collect, visit: Visit, cause: str) -> tuple[Text | Prompt, ...]:
    if cause in ("start", "repeat"):
        return block.prompts
    retry: tuple[Text | Prompt, ...] = block.prompts
    if visit.tries and block.reprompts:
        retry = (block.reprompts[min(visit.tries, len(block.reprompts)) - 1],)
    said = _cause(block, visit, cause)
    return (said, *retry) if said is not None else retry


def _cause(block: Menu | Collect, visit: Visit, cause: str) -> Text | None:
    """What the caller is told of what went wrong."""
    if cause == "silence":
        return block.no_input
    if cause == "no_match":
        return block.no_match
    if cause == "keys_only" and isinstance(block, Menu):
        return block.speech_unavailable
    if cause.startswith("check.") and isinstance(block, Collect):
        check = block.checks[int(cause.removeprefix("check."))]
        failures = dict(visit.failed).get(check.name, 1)
        return check.otherwise[min(failures, len(check.otherwise)) - 1] if check.otherwise else None
    return None


def global_options(turn: Turn, block: Menu | Collect) -> tuple[Option, ...]:
    """The keys that hold anywhere and that the block leaves to them, as options."""
    return tuple(
        Option((key.key,), key.phrases, key.destination, key.span, hidden=True) for key in turn.program.keys_of(block)
    )


def options_of(turn: Turn, block: Menu) -> tuple[Option, ...]:
    """A menu's own options, then the keys that hold anywhere."""
    return (*block.options, *global_options(turn, block))


def takes_keys(block: Menu | Collect) -> bool:
    """Whether a block that listens for speech can go on with keys alone."""
    if isinstance(block, Menu):
        spoken = block.understands or any(option.phrases for option in block.options)
        return spoken and any(option.keys for option in block.options)
    return _hears_speech(block) and not isinstance(block.kind, SpeechKind)


def _listen_menu(turn: Turn, block: Menu, op: str) -> Recognize:
    keys_only = turn.call.visit is not None and turn.call.visit.keys_only
    options = options_of(turn, block)
    speech = not keys_only and (block.understands or any(option.phrases for option in options))
    kind: RecognizeKind = "tones"
    if speech:
        kind = "speech_or_tones" if block.phrases_anywhere or block.understands else "choices"
    choices: tuple[Choice, ...] = ()
    if kind == "choices":
        choices = tuple(
            Choice(str(number), option.keys[0].text if option.keys else "", turn.phrases(option.phrases))
            for number, option in enumerate(options)
        )
    first = block.first.seconds if block.first else FIRST
    return _recognize(turn, op, kind, first, BETWEEN, 1, choices=choices)


def _listen_collect(turn: Turn, block: Collect, op: str, visit: Visit) -> Recognize:
    kind = block.kind
    first = kind.first.seconds if kind is not None and kind.first else FIRST
    between = kind.between.seconds if kind is not None and kind.between else BETWEEN
    most = inputs.most_tones(turn, block)
    listens: RecognizeKind = "speech_or_tones" if _hears_speech(block) and not visit.keys_only else "tones"
    return _recognize(
        turn,
        op,
        listens,
        # Where digits were typed ahead, the next one is not the first.
        between if visit.prefix else first,
        between,
        max(1, most - len(visit.prefix)),
        stop_tones=stop_tones(turn, block),
    )


def _hears_speech(block: Collect) -> bool:
    """Whether speech counts: as the script says, else for what is easier said than pressed. Never for a secret."""
    if block.secret or block.listen == "keys":
        return False
    spoken = (isinstance(block.kind, OneOfKind) and block.kind.source is None) or isinstance(
        block.kind, YesNoKind | SpeechKind
    )
    return block.listen in ("speech", "both") or spoken


def stop_tones(turn: Turn, block: Collect) -> str:
    """The key that ends the input: the script's own, else one that holds anywhere and is no digit."""
    if block.kind is not None and block.kind.terminator is not None:
        return block.kind.terminator.text
    return next((o.keys[0].text for o in global_options(turn, block) if o.keys[0].text in "*#"), "")


def _recognize(
    turn: Turn,
    op: str,
    kind: RecognizeKind,
    first: float,
    between: float,
    max_tones: int,
    *,
    stop_tones: str = "",
    choices: tuple[Choice, ...] = (),
    prompts: tuple[Heard, ...] = (),
) -> Recognize:
    return Recognize(
        op=op,
        kind=kind,
        prompts=prompts,
        barge_in=True,
        first=first,
        between=between,
        max_tones=max_tones,
        stop_tones=stop_tones,
        choices=choices,
        language=turn.language,
        voice=turn.voice,
    )
