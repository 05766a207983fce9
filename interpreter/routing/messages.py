"""Messages after the tone.

Theory of operation: recording a call is asked of the host and takes a moment, so the tone comes only when the host says
that it records. The tone is the prompt of a recognition of speech: how that ends says how the message has ended (a key,
silence, nothing at all), and what it has understood is the message's text. Where there is no speech service only keys
end it, and the longest time. Hanging up ends it, too; whatever is two seconds or longer is a message.

The caller is told ``saved`` when the host has stopped recording. The file comes later, is fetched until it is here, and
then whoever the script names is told. A file that does not come is told as late, and in the end as lost: a message
never disappears in silence.
"""

from __future__ import annotations

from typing import Literal, assert_never

from interpreter.protocol import Value
from interpreter.routing.protocol import (
    Beep,
    Fetch,
    Fetched,
    FileReady,
    Give,
    Hush,
    Listen,
    Listened,
    Recording,
    StartRecording,
    StopRecording,
    TakeMessage,
)
from interpreter.routing.protocol.facts import FileOver, MessageOver
from interpreter.routing.recorded import Message
from interpreter.routing.state import Floor, call_of

START_WITHIN = 3.0
"""Seconds in which the host has to begin to record."""
FIRST = 4.0
"""Seconds to the first word (scenario S7)."""
SHORTEST = 2.0
"""Seconds: what is shorter is no message."""
WARNED = 10.0
"""Seconds before the end of the longest message at which the caller hears a soft tone (scenario S7)."""
DECIDE = 5.0
"""Seconds to the key of the review; silence sends it."""
MOST_AGAIN = 3
"""How often a message can be recorded again."""
MOST_SILENCE = 300.0
"""Seconds: the longest that the host listens for a key (wire contract, section 6.4)."""
AFTER_END = 0.5
"""Seconds after the end of a call in which its end is surely known everywhere."""
LATE = 600.0
"""Seconds after which a file that has not come is told as late."""
LOST = 86_400.0
"""Seconds after which it is told as lost: the host keeps a file for a day."""
FIRST_FETCH, LONGEST_FETCH = 30.0, 3_600.0
"""Seconds until a file that could not be fetched is fetched again: doubled from the first to the second."""


def take(floor: Floor, event: TakeMessage | Recording | Listened | FileReady | Fetched) -> None:
    """Something has happened to a message, or is asked for."""
    match event:
        case TakeMessage():
            _asked(floor, event)
        case Recording():
            _recording(floor, event)
        case Listened():
            _listened(floor, event)
        case FileReady():
            _file_ready(floor, event)
        case Fetched():
            _fetched(floor, event)
        case _:
            assert_never(event)


def _asked(floor: Floor, event: TakeMessage) -> None:
    if any(each.entry == event.entry for each in floor.messages.values()):
        return
    call = call_of(event.entry)
    message = Message(
        f"floor.{floor.number()}", call, event.entry, event.name, event.up_to, event.quiet, event.stop,
        event.transcribe, event.review, event.told, event.language, event.caller, event.at,
    )  # fmt: skip
    floor.messages[message.name] = message
    floor.belongs(call, message.name)
    _start(floor, message, event.at)


def _start(floor: Floor, message: Message, at: float) -> None:
    message.state = "starting"
    floor.done.append(StartRecording(message.name, message.call))
    floor.timer(f"start:{message.name}", at + START_WITHIN)


def _recording(floor: Floor, event: Recording) -> None:
    by_name = floor.messages.get(event.message)
    message = by_name or next((each for each in floor.messages.values() if each.recording == event.recording), None)
    if message is None:
        return
    if message.state == "starting" and message.recording in ("", event.recording):
        message.recording = event.recording or message.recording
        if event.state == "active":
            _tone(floor, message, event.at)
        elif event.state == "failed":
            _end(floor, message, "failed")
            _drop(floor, message)


def _tone(floor: Floor, message: Message, at: float) -> None:
    floor.clear(f"start:{message.name}")
    message.state, message.begun, message.text = "recording", at, ""
    _listen(floor, message, "", FIRST, message.quiet or FIRST, speech=True)
    floor.timer(f"longest:{message.name}", at + message.up_to)
    if message.up_to >= 2 * WARNED:
        floor.timer(f"soon:{message.name}", at + message.up_to - WARNED)


def _listen(floor: Floor, message: Message, text: str, first: float, quiet: float, speech: bool) -> None:
    message.step += 1
    step = f"{message.name}:{message.step}"
    floor.done.append(Listen(step, message.call, text, message.language, first, quiet, speech))


def _listened(floor: Floor, event: Listened) -> None:
    name, _, step = event.step.partition(":")
    message = floor.messages.get(name)
    if message is None or str(message.step) != step:
        return
    if message.state == "review":
        _decided(floor, message, event)
    elif message.state == "recording":
        _heard(floor, message, event)


def _heard(floor: Floor, message: Message, event: Listened) -> None:
    match event.heard:
        case "speech" if message.quiet:
            message.text = f"{message.text} {event.text}".strip()
            _recorded(floor, message, event.at, event.at - message.begun - message.quiet)
        case "speech":
            # Silence does not end this message: it goes on.
            message.text = f"{message.text} {event.text}".strip()
            _listen(floor, message, ".", MOST_SILENCE, FIRST, speech=True)
        case "key" if event.text == message.stop:
            _recorded(floor, message, event.at, event.at - message.begun)
        case "key":
            # Another key than the one that the caller was told: the message goes on.
            _listen(floor, message, ".", MOST_SILENCE, message.quiet or FIRST, speech=not message.deaf)
        case "silence":
            spoke = message.text or message.deaf
            _recorded(floor, message, event.at, event.at - message.begun if spoke else 0.0)
        case "failed":
            # No speech service: a key, the longest time and hanging up still end it.
            message.deaf = True
            _listen(floor, message, ".", min(message.up_to, MOST_SILENCE), 1.0, speech=False)
        case "cancelled":
            pass  # by our own time, or by a hang-up that is on its way
        case _:
            assert_never(event.heard)


def _recorded(floor: Floor, message: Message, at: float, length: float) -> None:
    """The message has ended."""
    floor.clear(f"longest:{message.name}", f"soon:{message.name}")
    message.length = max(length, 0.0)
    floor.done.append(StopRecording(message.name, message.call, message.recording))
    if message.length < SHORTEST:
        _end(floor, message, "empty")
        _drop(floor, message)
    elif message.review and message.again < MOST_AGAIN:
        message.state = "review"
        _listen(floor, message, message.review, DECIDE, 1.0, speech=False)
    else:
        _keep(floor, message, at)


def _decided(floor: Floor, message: Message, event: Listened) -> None:
    """1 or silence sends the message, 3 records another; 2 asks to hear it, which is possible once the file is here."""
    if event.heard == "cancelled":
        return
    if event.text == "3":
        message.again += 1
        message.recording, message.address = "", ""
        _start(floor, message, event.at)
    elif event.text == "2":
        sentence = NOT_YET.get(message.language.partition("-")[0], NOT_YET["en"])
        _listen(floor, message, f"{sentence} {message.review}", DECIDE, 1.0, speech=False)
    else:
        _keep(floor, message, event.at)


NOT_YET = {
    "en": "Your message cannot be played yet.",
    "es": "Todavía no se puede escuchar su mensaje.",
    "fr": "Votre message ne peut pas encore être écouté.",
    "de": "Ihre Nachricht kann noch nicht abgespielt werden.",
}


def _keep(floor: Floor, message: Message, at: float) -> None:
    """There is a message: its file is on its way."""
    _end(floor, message, "saved")
    message.state = "kept"
    floor.timer(f"file:{message.name}", at + LATE)
    if message.address:
        _fetch(floor, message)


def _end(floor: Floor, message: Message, outcome: Literal["saved", "empty", "failed"]) -> None:
    """Tell the call, which goes on."""
    floor.facts.append(MessageOver(outcome))
    floor.forget(message.call, message.name)
    floor.clear(f"start:{message.name}", f"longest:{message.name}", f"soon:{message.name}")
    values: list[tuple[str, Value]] = [("seconds", message.length)]
    if message.transcribe and message.text:
        values.append(("text", message.text))
    floor.tell(message.entry, outcome, *(values if outcome == "saved" else ()))


def _drop(floor: Floor, message: Message) -> None:
    floor.messages.pop(message.name, None)
    floor.clear(*(f"{what}:{message.name}" for what in ("start", "longest", "soon", "file", "fetch", "over")))


def withdrawn(floor: Floor, entry: str) -> None:
    """A call does not want a message any more."""
    for message in [each for each in floor.messages.values() if each.entry == entry and each.state != "kept"]:
        floor.done.append(Hush(message.call))
        if message.recording:
            floor.done.append(StopRecording(message.name, message.call, message.recording))
        floor.facts.append(MessageOver("withdrawn"))
        floor.forget(message.call, message.name)
        _drop(floor, message)


def call_over(floor: Floor, call: str, at: float) -> None:
    """The caller has hung up: what is long enough is a message."""
    for message in [each for each in floor.messages.values() if each.call == call and each.state != "kept"]:
        if message.state == "recording":
            message.length = at - message.begun
        if message.state == "starting":
            message.length = 0.0
        message.step += 1
        floor.clear(f"start:{message.name}", f"longest:{message.name}", f"soon:{message.name}")
        # The call hears of its own end first: what it is told now follows in silence.
        floor.timer(f"over:{message.name}", at + AFTER_END)


# --------------------------------------------------------------------------------------------------------------------
# Files


def _file_ready(floor: Floor, event: FileReady) -> None:
    for message in floor.messages.values():
        if message.recording == event.recording and not message.address:
            message.address = event.address
            if message.state == "kept":
                _fetch(floor, message)


def _fetch(floor: Floor, message: Message) -> None:
    floor.done.append(Fetch(message.name, message.call, message.address, about(message)))


def about(message: Message) -> tuple[tuple[str, Value], ...]:
    """What is known of a message."""
    return (
        ("message", f"{message.call}.{message.name}"),
        ("call", message.call),
        ("block", message.block),
        ("caller", message.caller),
        ("language", message.language),
        ("at", message.begun),
        ("seconds", round(message.length, 1)),
        ("text", message.text if message.transcribe else ""),
    )


def _fetched(floor: Floor, event: Fetched) -> None:
    message = floor.messages.get(event.message)
    if message is None or message.state != "kept":
        return
    if event.done:
        floor.done.append(Give(message.call, "voicemail saved", message.told, about(message)))
        floor.facts.append(FileOver("stored"))
        _drop(floor, message)
    elif event.at - message.at >= LOST:
        _lose(floor, message)
    else:
        pause = min(FIRST_FETCH * 2.0 ** min(message.fetches, 16), LONGEST_FETCH)
        message.fetches += 1
        floor.timer(f"fetch:{message.name}", event.at + pause)


def _lose(floor: Floor, message: Message) -> None:
    floor.done.append(Give(message.call, "voicemail lost", message.told, about(message)))
    floor.facts.append(FileOver("lost"))
    _drop(floor, message)


def due(floor: Floor, what: str, name: str, at: float) -> None:
    """It is time."""
    message = floor.messages.get(name)
    if message is None:
        return
    match what:
        case "over" if message.length < SHORTEST:
            _end(floor, message, "empty")
            _drop(floor, message)
        case "over":
            _keep(floor, message, at)
        case "start" if message.state == "starting":
            if message.recording:
                floor.done.append(StopRecording(message.name, message.call, message.recording))
            _end(floor, message, "failed")
            _drop(floor, message)
        case "soon" if message.state == "recording":
            floor.done.append(Beep(message.call))
        case "longest" if message.state == "recording":
            floor.done.append(Hush(message.call))
            message.step += 1
            _recorded(floor, message, at, at - message.begun)
        case "file" if not message.address and at - message.at >= LOST:
            _lose(floor, message)
        case "file" if not message.address:
            floor.done.append(Give(message.call, "voicemail late", message.told, about(message)))
            floor.facts.append(FileOver("late"))
            floor.timer(f"file:{name}", message.at + LOST)
        case "fetch":
            _fetch(floor, message)
        case _:
            pass
