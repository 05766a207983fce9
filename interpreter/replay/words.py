"""Events and effects in words, and places of a script."""

from __future__ import annotations

from dsl import Diagnostic, Label, Program
from dsl.bundle import localise
from dsl.source import Span
from dsl.spell import listed
from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    Answer,
    Assessed,
    CallOffered,
    CallStarted,
    CancelMedia,
    ClearTimer,
    Connected,
    Disconnected,
    Effect,
    Event,
    Finished,
    HangUp,
    LineEnded,
    Play,
    PlayEnded,
    PlayStreams,
    Prompt,
    Recognize,
    Recognized,
    RecordingChanged,
    Reject,
    Reported,
    Request,
    SayText,
    SetTimer,
    SocketBroke,
    StartTones,
    StopTones,
    TimerFired,
    ToneHeard,
    Transfer,
    TransferAccepted,
    UseLine,
    Utterance,
    VoiceHeard,
    Withdraw,
)
from interpreter.simulate.transcript import details, titled


def place(program: Program, offset: int) -> str:
    """``file:line`` of a place in a program."""
    finding = Diagnostic("", "", "error", "", program.source, Label(Span(offset, offset + 1), ""))
    found = localise([finding], program.source)[0]
    return f"{found.source.name}:{found.source.place(found.label.span.start).line}"


def said(prompts: tuple[Prompt, ...]) -> str:
    """What is heard, recordings by their names."""
    return " ".join(each.text if isinstance(each, SayText) else f"[{each.name}]" for each in prompts)


def told_effect(effect: Effect) -> str:
    """What is done, for a reader; "" for what nobody notices."""
    match effect:
        case Play():
            return f"plays {said(effect.prompts)}" if effect.loop else f'says "{said(effect.prompts)}"'
        case Recognize():
            return f'asks "{said(effect.prompts)}"'
        case Request():
            return f"requests {titled(effect)}{details(effect)}"
        case Transfer():
            return f"transfers to {effect.kind.replace('_', ' ')} {effect.name}"
        case Finished():
            return f"ends {effect.ending}{f' with {effect.result}' if effect.result else ''} at {effect.block}"
        case HangUp():
            return "stops ringing" if effect.connection else "hangs up"
        case UseLine():
            return "the one who was called is there"
        case Reject():
            return f"refuses the call ({effect.reason})"
        case Withdraw():
            return "takes a request back"
        case Answer() | CancelMedia() | StartTones() | StopTones() | SetTimer() | ClearTimer():
            return ""


def told_event(event: Event) -> str:
    """What happened, for a reader. Nothing of a secret."""
    match event:
        case CallOffered():
            came = f", with {listed([name for name, _ in event.attached], 'and')}" if event.attached else ""
            return f"a call of {event.caller or 'somebody whose number is withheld'} to {event.called}{came}"
        case CallStarted():
            return "a call of our own begins"
        case Connected():
            return "the call is answered"
        case LineEnded():
            return f"nobody is on the line: {event.why}"
        case PlayEnded():
            return "that was said"
        case Recognized():
            return _recognized(event)
        case ActionFailed():
            return "silence" if event.sub_code == 8510 else f"it ends with {event.code}/{event.sub_code}"
        case ActionRefused():
            return f"the host refuses: {event.status} {event.code}".rstrip()
        case ToneHeard():
            return f"key {event.tone}"
        case TransferAccepted():
            return "the target takes the call"
        case Reported():
            return f"it becomes: {event.outcome}"
        case RecordingChanged():
            return f"the recording is {event.state}"
        case Utterance():
            return f'{event.who} is heard to say "{event.text}"'
        case VoiceHeard():
            return "the caller begins to speak"
        case Assessed():
            return f"what was said is {event.sentiment or 'of no mood'}, about {event.topic or 'nothing in particular'}"
        case PlayStreams():
            return f"it is streamed, and lasts {event.seconds:g} s"
        case SocketBroke():
            return f"the web socket of the {event.feed} breaks"
        case Disconnected():
            return "the caller hangs up"
        case TimerFired():
            return f"time is over: {event.timer}"


def _recognized(event: Recognized) -> str:
    if event.secret is not None:
        return f"the caller presses {event.secret.length} keys in confidence"
    if event.speech:
        return f'the caller says "{event.speech}"'
    if event.label:
        return f"the caller takes option {int(event.label) + 1 if event.label.isdecimal() else event.label}"
    return f"the caller presses {event.tones or 'nothing'}"
