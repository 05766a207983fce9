"""The lines of a step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.ast.expressions import Call, Expression, TypeName
from dsl.ast.parts import Duration, Name, Text
from dsl.ast.routes import Destination, Filler, Route
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Say:
    """``ssml``: the text is markup. ``language``: it is in this language, whatever the call speaks, and has no
    translation."""

    text: Text
    interruptible: bool
    span: Span
    ssml: bool = False
    language: Name | None = None


@dataclass(frozen=True, slots=True)
class PlayFile:
    """A recording, by the name that the site file binds."""

    file: Text
    interruptible: bool
    span: Span


@dataclass(frozen=True, slots=True)
class WhenHours:
    """Emergency, then holiday, then break, then weekly hours, in one statement."""

    hours: Name
    routes: tuple[Route, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class WhenSwitch:
    """``when switch NAME is on -> there``; otherwise the next line."""

    switch: Name
    state: bool
    say: Text | None
    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class WhenGuard:
    """``when EXPRESSION -> there``; otherwise the next line."""

    condition: Expression
    say: Text | None
    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class Case:
    """``is "gold" or "silver" -> there``, ``< 5 -> there``, or ``says "bill", "invoice" -> there``: there the operator
    is ``says``, and ``phrases`` stand for the values."""

    operator: str
    values: tuple[Expression, ...]
    destination: Destination
    span: Span
    phrases: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Otherwise:
    say: Text | None
    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class WhenValue:
    """The first case that fits; ``otherwise`` is obligatory, ``None`` only in a script that does not lint."""

    subject: Expression
    cases: tuple[Case, ...]
    otherwise: Otherwise | None
    span: Span


@dataclass(frozen=True, slots=True)
class Set:
    target: Name
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Leave:
    """A statement that ends the step: ``go to X``, ``finish X``, ``hang up``, ``give X`` or ``go back``."""

    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class Wait:
    """Silence."""

    duration: Duration
    span: Span


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """``language es-US`` or ``language customer.language``: what is spoken and recognised from here on."""

    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Lookup:
    """``lookup customer = crm.by_phone(caller.number) within 3s``; ends the step by one of its routes."""

    target: Name
    call: Call
    within: Duration | None
    fillers: tuple[Filler, ...]
    routes: tuple[Route, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Do:
    """``do crm.lock(customer.id) within 3s``: a data function that changes something; ends the step."""

    call: Call
    within: Duration | None
    fillers: tuple[Filler, ...]
    routes: tuple[Route, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Run:
    """``run verify(account)``: a sub-flow; ends the step by the outcomes that the sub-flow gives."""

    flow: Name
    arguments: tuple[Expression, ...]
    routes: tuple[Route, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class CountUp:
    """``count wrong_pins``: add one to a counter; ends the step."""

    counter: Name
    routes: tuple[Route, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Remember:
    """``remember language by caller.number for 365d``: keep a value for later calls. The step goes on."""

    target: Name
    key: Expression
    life: Duration
    span: Span


@dataclass(frozen=True, slots=True)
class Recall:
    """``recall text language by caller.number``: a value that an earlier call has kept; ends the step.

    ``type`` is that of the value."""

    target: Name
    type: TypeName
    key: Expression
    routes: tuple[Route, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Forget:
    """``forget language by caller.number``. The step goes on."""

    target: Name
    key: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class RecordCall:
    """``record call start``: the recording of the whole call. Without routes the step goes on whatever happens.

    ``notice`` is said first."""

    action: Literal["start", "pause", "resume", "stop"]
    notice: Text | None
    routes: tuple[Route, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TranscribeCall:
    """``transcribe call start``."""

    action: Literal["start", "stop"]
    routes: tuple[Route, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class StreamAudio:
    """``stream audio start``: to the place that the site names."""

    action: Literal["start", "stop"]
    routes: tuple[Route, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class BriefLine:
    """``topic "Invoice"``: ``field`` is as written and may be unknown. ``attached account id``: the value goes along as
    a header, under the name that the site file gives it."""

    field: Name
    value: Expression
    span: Span
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """What is shown to whoever takes the call. The step goes on."""

    lines: tuple[BriefLine, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Notify:
    """``notify supervisors "…"``: a message to somebody whom the site names. Without routes the step goes on."""

    target: Name
    text: Text
    routes: tuple[Route, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class SendDigits:
    """``send digits "1", wait 2s, "4425#"``: tones to the machine at the other end. The step goes on."""

    parts: tuple[Text | Duration, ...]
    span: Span


Statement: TypeAlias = (
    Say
    | PlayFile
    | WhenHours
    | WhenSwitch
    | WhenGuard
    | WhenValue
    | Set
    | Leave
    | Wait
    | SetLanguage
    | Lookup
    | Do
    | Run
    | CountUp
    | Remember
    | Recall
    | Forget
    | RecordCall
    | TranscribeCall
    | StreamAudio
    | Brief
    | Notify
    | SendDigits
)
