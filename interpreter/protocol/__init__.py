"""What crosses the border between the machine and the world: events in, effects out.

Frozen, plain values: text, numbers, tuples. No type of the telephony SDK and no node of the language appears here, so a
journal of events can be stored, replayed on another version and compared.

Rules that hold for all of it:

- Every event carries ``at``, seconds since the Unix epoch. It is the only clock that the machine knows.
- Every effect that starts something on the host carries ``op``, the operation's name, unique within its call and stable
  under replay. The host echoes it (``operationContext``); an event whose ``op`` is not awaited any more changes
  nothing.
- Names are the script's names (``front_desk``, ``hold_music``). Only the adapter knows which number or file they mean.
- Tones are one character each: ``0``-``9``, ``*``, ``#``, ``A``-``D``.
- A secret never crosses the border in clear text. The operation in which it is given has a name that ends in
  `SECRET_MARK`; whoever receives the host's answer puts a `Secret` in its place before anything is kept or logged.
"""

from __future__ import annotations

from interpreter.protocol.effects import (
    ATTACHED,
    Answer,
    CancelMedia,
    Choice,
    ClearTimer,
    Effect,
    Ending,
    Finished,
    HangUp,
    HostAction,
    Play,
    PlayAudio,
    Prompt,
    Recognize,
    Reject,
    Request,
    SayText,
    SetTimer,
    StartTones,
    StopTones,
    Transfer,
    UseLine,
    Verb,
    Withdraw,
)
from interpreter.protocol.events import (
    ActionFailed,
    ActionRefused,
    Assessed,
    CallOffered,
    CallStarted,
    Connected,
    Disconnected,
    Event,
    FromSockets,
    LineEnded,
    PlayEnded,
    PlayStreams,
    Recognized,
    RecordingChanged,
    Reported,
    SocketBroke,
    TimerFired,
    ToneHeard,
    TransferAccepted,
    Utterance,
    VoiceHeard,
)
from interpreter.protocol.values import (
    SECRET_MARK,
    Day,
    Items,
    Money,
    Record,
    Seconds,
    Secret,
    TimeOfDay,
    Value,
)

__all__ = [
    "ATTACHED",
    "SECRET_MARK",
    "ActionFailed",
    "ActionRefused",
    "Answer",
    "Assessed",
    "CallOffered",
    "CallStarted",
    "CancelMedia",
    "Choice",
    "ClearTimer",
    "Connected",
    "Day",
    "Disconnected",
    "Effect",
    "Ending",
    "Event",
    "Finished",
    "FromSockets",
    "HangUp",
    "HostAction",
    "Items",
    "LineEnded",
    "Money",
    "Play",
    "PlayAudio",
    "PlayEnded",
    "PlayStreams",
    "Prompt",
    "Recognize",
    "Recognized",
    "Record",
    "RecordingChanged",
    "Reject",
    "Reported",
    "Request",
    "SayText",
    "Seconds",
    "Secret",
    "SetTimer",
    "SocketBroke",
    "StartTones",
    "StopTones",
    "TimeOfDay",
    "TimerFired",
    "ToneHeard",
    "Transfer",
    "TransferAccepted",
    "UseLine",
    "Utterance",
    "Value",
    "Verb",
    "VoiceHeard",
    "Withdraw",
]
