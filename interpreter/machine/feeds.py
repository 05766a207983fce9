"""The transcript and the audio of a call, which the host sends over web sockets: what the script wants of them, what
was asked of the host, and what it has confirmed.

What is not confirmed counts as the worse of the two: before a secret a feed has to be known to be off, and a transcript
is kept only while it is known to be on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from dsl.analysis.recording import sent_out
from dsl.ast import Collect, Pay
from interpreter.machine.state import Call, Feed
from interpreter.machine.turn import Turn
from interpreter.protocol import ActionRefused, Reported

FeedVerb: TypeAlias = Literal["transcribe", "stream"]

CONFIRMED_WITHIN = 3.0
"""Seconds in which the host has to confirm that a feed has stopped, before a secret is asked for (scenario S2)."""
_FEEDS: Mapping[FeedVerb, tuple[str, str]] = {
    "transcribe": ("transcribing", "transcript"),
    "stream": ("streaming", "audio"),
}
"""The fields of a call: what is wanted, and what the host does about it."""


def agreed(turn: Turn) -> tuple[str, bool]:
    """What the host has to know of when the call is answered or made: the language of a transcript that the script may
    ask for, empty for none, and whether it may ask for the audio."""
    wants = sent_out(turn.program)
    return (turn.program.language if "transcribe" in wants else ""), "stream" in wants


def silent(call: Call) -> bool:
    """Whether the host is known to send neither transcript nor audio."""
    return call.transcript.state == "off" and call.audio.state == "off"


def change(turn: Turn, verb: FeedVerb, action: Literal["start", "stop"]) -> str:
    """What the script asks for. Returns the operation to wait for; empty where nothing has to be asked of the host: it
    is so already, or will be when the secret part of the call is over."""
    wanted, start = _FEEDS[verb][0], action == "start"
    already = getattr(turn.call, wanted) is start and _feed(turn.call, verb).asked is start
    turn.update(**{wanted: start})
    return "" if already or turn.call.paused else _ask(turn, verb, start)


def pause(turn: Turn) -> str:
    """Ask the host to stop a feed that is not known to be off. Returns the operation to wait for, empty for none."""
    for verb in _FEEDS:
        if _feed(turn.call, verb).state != "off":
            return _ask(turn, verb, start=False)
    return ""


def resume(turn: Turn) -> None:
    """Go on with what the script wants and the machine has stopped."""
    for verb, (wanted, name) in _FEEDS.items():
        feed = _feed(turn.call, verb)
        if getattr(turn.call, wanted) and not feed.asked:
            if feed.state == "on":  # the host could not stop it
                turn.update(**{name: Feed("on", feed.op, asked=True)})
            else:
                _ask(turn, verb, start=True)


def language_changed(turn: Turn) -> None:
    """A transcript that runs goes on in the language that the call speaks now."""
    if turn.call.transcript.state in ("starting", "on"):
        turn.request("transcribe", "update", (("language", turn.language),))


def noted(turn: Turn, event: Reported | ActionRefused) -> None:
    """What the host says of a feed, whether or not the script waits for it: also later that one has failed, or runs
    again."""
    for verb, (wanted, name) in _FEEDS.items():
        feed = _feed(turn.call, verb)
        if not feed.op or feed.op != event.op:
            continue
        if isinstance(event, ActionRefused) and feed.state in ("on", "off"):
            continue  # the host has confirmed it, and only the answer to our request was lost
        done = isinstance(event, Reported) and event.outcome == "started"
        runs = done is feed.asked or (feed.asked and feed.doubt)
        turn.update(**{name: Feed("on" if runs else "off", feed.op, feed.asked)})
        if feed.asked and not (turn.call.paused or _asks_secret(turn)):
            turn.update(**{wanted: runs})
        elif feed.asked and runs:
            # It came up, or came back, in the middle of a secret.
            _ask(turn, verb, start=False)


def _asks_secret(turn: Turn) -> bool:
    block = turn.program.blocks.get(turn.call.block)
    return isinstance(block, Pay) or (isinstance(block, Collect) and block.secret)


def _feed(call: Call, verb: FeedVerb) -> Feed:
    return call.transcript if verb == "transcribe" else call.audio


def _ask(turn: Turn, verb: FeedVerb, start: bool) -> str:
    language = (("language", turn.language),) if start and verb == "transcribe" else ()
    doubt = start and _feed(turn.call, verb).state != "off"
    op = turn.request(verb, "start" if start else "stop", language, (), CONFIRMED_WITHIN)
    turn.update(**{_FEEDS[verb][1]: Feed("starting" if start else "stopping", op, start, doubt)})
    return op
