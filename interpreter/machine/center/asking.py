"""What all blocks of the center share: asking, keeping in mind, music, and leaving."""

from __future__ import annotations

from collections.abc import Callable

from dsl.ast import Block, Route, Text
from interpreter.machine import ends, run
from interpreter.machine.state import After, Outcome, Waiting
from interpreter.machine.turn import AUDIO_LIMIT, SECONDS_PER_WORD, Turn
from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    CancelMedia,
    Event,
    Play,
    PlayAudio,
    PlayEnded,
    Reported,
    SayText,
    TimerFired,
    Value,
    Verb,
    Withdraw,
)

LONGEST_STAY = 6 * 3600.0
"""Seconds after which a block of which nothing is heard any more is given up."""
GAP = 1.0
"""Seconds before a sentence without a time of its own, and between two that are due at once."""
LOST = 10.0
"""Seconds beyond its expected end after which a sentence counts as said."""
ANSWER_WITHIN = 10.0
"""Seconds in which a part of the house says whether it can do what does not depend on people."""


def routes_of(block: Block | None) -> tuple[Route, ...]:
    """The lines with the outcomes of a block."""
    routes: tuple[Route, ...] = getattr(block, "routes", ())
    return routes


def ask(
    turn: Turn,
    verb: Verb,
    name: str,
    arguments: tuple[tuple[str, Value], ...],
    within: float = LONGEST_STAY,
) -> str:
    """Ask, and stay in the block until something is reported, at the longest ``within`` seconds."""
    op = turn.request(verb, name, arguments, (), within if within < LONGEST_STAY else 0.0)
    stay(turn, op, within)
    return op


def stay(turn: Turn, op: str, within: float) -> None:
    """The call is in a block of the center, whose own operation is ``op``."""
    turn.update(waiting=Waiting("center", op))
    turn.timer("watch", within)


def note(turn: Turn, name: str, value: Value) -> None:
    """Keep something in mind for as long as the call is in this block."""
    others = tuple(pair for pair in turn.call.center if pair[0] != name)
    turn.update(center=(*others, (name, value)))


def noted(turn: Turn, name: str) -> Value:
    """What was kept in mind; ``None`` when nothing was."""
    return dict(turn.call.center).get(name)


def number(turn: Turn, name: str) -> float:
    """A number that was kept in mind; 0 when none was."""
    value = noted(turn, name)
    return float(value) if isinstance(value, float | int) else 0.0


def text(turn: Turn, name: str) -> str:
    """A text that was kept in mind; "" when none was."""
    value = noted(turn, name)
    return value if isinstance(value, str) else ""


def music(turn: Turn, name: Text | None) -> None:
    """Play music until something else is played. Without a recording there is silence."""
    if name is None:
        note(turn, "media", "")
        return
    op = turn.op()
    turn.effects.append(Play(op, (PlayAudio(name.plain),), turn.language, turn.voice, loop=True))
    note(turn, "media", op)


def speak(turn: Turn, content: Text, file: bool) -> bool:
    """Say a sentence over the music. False when a value of it is missing: then it is left out."""
    prompt = PlayAudio(content.plain) if file else turn.prompt(content)
    if prompt is None:
        turn.note("error", "a value of a sentence is missing")
        return False
    op = turn.op()
    turn.effects.append(Play(op, (prompt,), turn.language, turn.voice, interrupts=bool(text(turn, "media"))))
    note(turn, "media", op)
    note(turn, "speaks", op)
    # How long a recording is, nobody here knows: the news of its end says it.
    length = SECONDS_PER_WORD * len(prompt.text.split()) if isinstance(prompt, SayText) else AUDIO_LIMIT
    note(turn, "speaks_until", turn.at + length)
    return True


def is_speaking(turn: Turn) -> bool:
    """Whether a sentence is being said. The news of its end may have been lost: then it is over after a while."""
    return bool(text(turn, "speaks")) and turn.at < number(turn, "speaks_until") + LOST


def wait_for_sentence(turn: Turn, timer: str) -> None:
    """What is due waits for the end of the sentence that is being said."""
    left = number(turn, "speaks_until") - turn.at
    turn.timer(timer, max(left, 0.0) + GAP)
    late = text(turn, "late")
    if timer not in late.split():
        note(turn, "late", f"{late} {timer}".strip())


def quiet(turn: Turn) -> None:
    """Stop whatever plays."""
    if text(turn, "media"):
        turn.effects.append(CancelMedia(turn.op()))
    note(turn, "media", "")
    note(turn, "speaks", "")


def ended(turn: Turn, event: Event) -> bool:
    """Whether the event is the end of what plays (not of a request); the caller of this decides what comes next."""
    return isinstance(event, PlayEnded | ActionFailed | ActionRefused) and event.op == text(turn, "media")


def on_with_music(turn: Turn, event: Event, name: Text | None) -> bool:
    """After a sentence the music goes on. Music that does not play is not tried again before the next sentence: a
    recording that is not there would be asked for without end."""
    if not ended(turn, event):
        return False
    spoke = bool(text(turn, "speaks"))
    note(turn, "speaks", "")
    for timer in text(turn, "late").split() if spoke else ():
        turn.timer(timer, GAP)
    note(turn, "late", "")
    if spoke or isinstance(event, PlayEnded):
        music(turn, name)
    else:
        turn.note("error", "the music cannot be played")
        note(turn, "media", "")
    return True


def withdraw(turn: Turn, *, hung_up: bool = False) -> None:
    """Take the block's request back."""
    waiting = turn.call.waiting
    if waiting is not None:
        turn.effects.append(Withdraw(turn.op(), waiting.op, hung_up))


def leave(turn: Turn, block: Block, outcome: str) -> bool:
    """Leave the block by an outcome. Always True: the event was taken."""
    quiet(turn)
    turn.stop_waiting()
    run.follow(turn, ends.take_outcome(turn, routes_of(block), outcome))
    return True


def leave_politely(turn: Turn, block: Block, outcome: str) -> bool:
    """Leave the block by an outcome once the sentence that is being said has been said. Always True."""
    op, left = text(turn, "speaks"), number(turn, "speaks_until") - turn.at
    if not op or left <= 0:
        return leave(turn, block, outcome)
    turn.stop_waiting()
    turn.wait("prompt", op, left, Outcome(block.name.text, -1, outcome))
    return True


def then(turn: Turn, go: Callable[[], After | None]) -> bool:
    """What was waited for is there: go on, in this block or out of it. Always True."""
    quiet(turn)
    turn.stop_waiting()
    run.follow(turn, go())
    return True


def mine(turn: Turn, event: Event) -> Reported | ActionRefused | None:
    """What is reported of the block's own request."""
    waiting = turn.call.waiting
    known = isinstance(event, Reported | ActionRefused) and waiting is not None and event.op == waiting.op
    return event if known else None  # type: ignore[return-value]


def outcome_of(answer: Reported | ActionRefused, known: tuple[str, ...]) -> str:
    """What has become of a request; what is no outcome of its verb has failed."""
    return answer.outcome if isinstance(answer, Reported) and answer.outcome in known else "failed"


def simple(turn: Turn, block: Block, event: Event, known: tuple[str, ...]) -> bool:
    """The part that most blocks share: an outcome is reported, the request is refused, or time is over."""
    answer = mine(turn, event)
    if answer is not None:
        return leave_politely(turn, block, outcome_of(answer, known))
    if is_due(turn, event, "watch"):
        withdraw(turn)
        return leave(turn, block, "failed")
    return False


def is_due(turn: Turn, event: Event, name: str) -> bool:
    """Whether the event is the timer of this name, as it was set last."""
    return isinstance(event, TimerFired) and event.timer == name and (name, event.generation) in turn.call.armed


def fired(turn: Turn, event: Event, prefix: str) -> int | None:
    """The number of a timer such as ``announce.2`` that is due; ``None`` when it is none of these."""
    if not isinstance(event, TimerFired) or not event.timer.startswith(f"{prefix}."):
        return None
    if (event.timer, event.generation) not in turn.call.armed:
        return None
    turn.update(armed=tuple(each for each in turn.call.armed if each[0] != event.timer))
    return int(event.timer.removeprefix(f"{prefix}."))
