"""The tree of a script: one class for one construct, closed unions, no logic.

Every node has a ``span``. ``broken`` on a declaration says that some of its lines could not be read, so that rules
about what is *missing* keep quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.source import Span

# --------------------------------------------------------------------------------------------------------------------
# Small parts


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Duration:
    """A time span in seconds. ``unit`` is false when the author gave a bare number."""

    seconds: float
    span: Span
    unit: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number where it stands."""

    value: int
    span: Span


@dataclass(frozen=True, slots=True)
class Words:
    """Literal characters of a text."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Hole:
    """``{caller.number as digits}`` in a text."""

    path: tuple[str, ...]
    format: str
    span: Span
    format_span: Span | None = None


TextPart: TypeAlias = Words | Hole


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text. ``span`` includes the quotes."""

    parts: tuple[TextPart, ...]
    span: Span

    @property
    def plain(self) -> str:
        """The text with its holes as written."""
        return "".join(p.text if isinstance(p, Words) else "{" + ".".join(p.path) + "}" for p in self.parts)


# --------------------------------------------------------------------------------------------------------------------
# Expressions


@dataclass(frozen=True, slots=True)
class TextLiteral:
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    value: float
    span: Span


@dataclass(frozen=True, slots=True)
class YesNo:
    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Variable:
    """``account`` or ``caller.number``."""

    path: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class DurationLiteral:
    """``30s`` in an expression."""

    seconds: float
    span: Span


@dataclass(frozen=True, slots=True)
class DayLiteral:
    """``2026-11-26`` in an expression. It may not exist: that is the linter's business."""

    iso: str
    span: Span


@dataclass(frozen=True, slots=True)
class TimeLiteral:
    """``09:00`` in an expression, in minutes after midnight."""

    minutes: int
    span: Span


@dataclass(frozen=True, slots=True)
class LocaleLiteral:
    """``es-US`` in an expression: a text that names a language."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """``("gold", "silver")``."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """``last(card, 4)``, or ``crm.by_phone(caller.number)``: then ``path`` has two parts and names a data function."""

    path: tuple[str, ...]
    arguments: tuple[Expression, ...]
    name_span: Span
    span: Span

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class IsOpen:
    """``support is open``; ``negated`` for ``is not open``."""

    hours: Variable
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class IsKnown:
    """``customer is known``: the value is there on the way that this call came."""

    operand: Variable
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    """``8 if customer.tier is "gold" else 5``."""

    then: Expression
    condition: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """``operator`` is one of ``and or is is-not in not-in < <= > >= + - * /``."""

    operator: str
    left: Expression
    right: Expression
    span: Span


Expression: TypeAlias = (
    TextLiteral
    | NumberLiteral
    | YesNo
    | DurationLiteral
    | DayLiteral
    | TimeLiteral
    | LocaleLiteral
    | ListLiteral
    | Variable
    | Call
    | IsOpen
    | IsKnown
    | Conditional
    | Not
    | Binary
)

# --------------------------------------------------------------------------------------------------------------------
# Types, as data functions and parameters declare them


@dataclass(frozen=True, slots=True)
class TypeName:
    """``text``, ``list of text``, ``yes or no`` (name ``yes_no``), ``one of "gold" or "silver"`` (name ``one_of``).

    ``name`` is as written and may be unknown.
    """

    name: str
    span: Span
    element: TypeName | None = None
    choices: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """``number phone``: a name and its type."""

    name: Name
    type: TypeName
    span: Span


# --------------------------------------------------------------------------------------------------------------------
# Destinations and routes


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go on in another block."""

    target: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Finish:
    """End the call; ``result`` is what reports and promises call it."""

    result: Name
    span: Span


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call without a name for the result."""

    span: Span


@dataclass(frozen=True, slots=True)
class Repeat:
    """Say the menu again; not an attempt."""

    span: Span


@dataclass(frozen=True, slots=True)
class Give:
    """``give verified``: end a sub-flow with one of the outcomes that it ``gives``."""

    outcome: Name
    span: Span


@dataclass(frozen=True, slots=True)
class GoBack:
    """``go back``: to the block in which the caller pressed a key that holds anywhere, as a new visit."""

    span: Span


Destination: TypeAlias = GoTo | Finish | HangUp | Repeat | Give | GoBack


@dataclass(frozen=True, slots=True)
class Route:
    """``no answer or busy "Her line is busy." -> mailbox``: one or more outcomes, a sentence on the way, a
    destination. ``waited`` is the duration of the outcome ``waited 10m``."""

    outcomes: tuple[Name, ...]
    say: Text | None
    destination: Destination
    span: Span
    waited: Duration | None = None


@dataclass(frozen=True, slots=True)
class Filler:
    """``after 1s say "One moment."`` or ``after 1s play "typing"``: what is heard while something takes long.

    ``file``: ``content`` names a recording."""

    after: Duration
    content: Text
    file: bool
    span: Span


# --------------------------------------------------------------------------------------------------------------------
# Statements of a step


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
    """``is "gold" or "silver" -> there`` or ``< 5 -> there``."""

    operator: str
    values: tuple[Expression, ...]
    destination: Destination
    span: Span


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
    """``topic "Invoice"``: ``field`` is as written and may be unknown."""

    field: Name
    value: Expression
    span: Span


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

# --------------------------------------------------------------------------------------------------------------------
# Parts of menus and collects


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text, or a recording when ``file``, that asks for input."""

    content: Text
    file: bool
    interruptible: bool
    span: Span
    ssml: bool = False
    language: Name | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """``press 1 or say "billing", "my bill" -> there``. Keys are as written and may be wrong.

    ``hidden``: no prompt speaks of it, on purpose."""

    keys: tuple[Name, ...]
    phrases: tuple[Text, ...]
    destination: Destination
    span: Span
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class GlobalKey:
    """``press 0 anywhere -> front_desk``: holds in every menu and collect of the flow that does not use the key."""

    key: Name
    phrases: tuple[Text, ...]
    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class After:
    """``after 3 tries "One moment." -> there``. ``what``: ``tries``, ``silences``, ``wrong``; ``failed`` for ``after 3
    failed pin_ok`` (``name`` is the check); ``limit`` for ``after limit of wrong_pins`` (``name`` is the counter, whose
    own limit holds: ``count`` is 0)."""

    count: Count
    what: Literal["tries", "silences", "wrong", "failed", "limit"]
    say: Text | None
    destination: Destination
    span: Span
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class Digits:
    """``digits 4 to 8, first within 8s, between 3s, ends with #``."""

    least: Count
    most: Count
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None
    """``for at most 30s``: the longest that the input may take in all."""


@dataclass(frozen=True, slots=True)
class NumberKind:
    """``number 1 to 100``."""

    least: Expression | None
    most: Expression | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class MoneyKind:
    """``money 1 to 500 in "USD"``; the star key is the decimal point."""

    least: Expression | None
    most: Expression | None
    currency: Text | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class DateKind:
    """``date today to 2027-12-31 as "MMDDYYYY"``."""

    least: Expression | None
    most: Expression | None
    pattern: Text | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class TimeKind:
    """``time 09:00 to 17:00``: four digits, on a clock of 24 hours."""

    least: Expression | None
    most: Expression | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class PhoneKind:
    """``phone in "US"``: a number of that country, or any with its country code."""

    region: Text | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class YesNoKind:
    """``yes or no``: key 1 or 2, or the words of the call's language."""

    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class OneOfKind:
    """``one of "red", "green"``: the number of the entry, or its words. ``source`` for ``one of shop.colours``."""

    choices: tuple[Text, ...]
    source: Variable | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class SpeechKind:
    """``speech``: whatever the caller says, as text."""

    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


CollectKind: TypeAlias = (
    Digits | NumberKind | MoneyKind | DateKind | TimeKind | PhoneKind | YesNoKind | OneOfKind | SpeechKind
)


@dataclass(frozen=True, slots=True)
class Check:
    """``check crm.pin_ok(customer.id, pin) within 4s counts wrong_pins otherwise "…", "…"``.

    ``condition`` is a `Call` of a data function, or any expression. ``otherwise`` has a text for each failure, the last
    one repeated."""

    condition: Expression
    within: Duration | None
    counter: Name | None
    otherwise: tuple[Text, ...]
    span: Span

    @property
    def name(self) -> str:
        """What the script calls it: the last part of the function's name."""
        return self.condition.path[-1] if isinstance(self.condition, Call) else "check"


# --------------------------------------------------------------------------------------------------------------------
# Declarations


@dataclass(frozen=True, slots=True)
class Flow:
    """What holds for the whole call. ``None`` where the author said nothing."""

    name: Name
    title: Text | None
    timezone: Text | None
    language: Name | None
    voice: Text | None
    on_hangup: Destination | None
    on_error: Destination | None
    span: Span
    broken: bool = False
    parameters: tuple[Parameter, ...] = ()
    gives: tuple[Name, ...] = ()
    outbound: bool = False
    languages: tuple[Name, ...] = ()
    voices: tuple[tuple[Name, Text], ...] = ()
    keys: tuple[GlobalKey, ...] = ()
    record: RecordCall | None = None

    @property
    def is_sub(self) -> bool:
        """Whether it is run by another flow instead of taking calls itself."""
        return bool(self.gives)


@dataclass(frozen=True, slots=True)
class Step:
    name: Name
    statements: tuple[Statement, ...]
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    name: Name
    prompts: tuple[Prompt, ...]
    reprompts: tuple[Prompt, ...]
    options: tuple[Option, ...]
    first: Duration | None
    no_input: Text | None
    no_match: Text | None
    speech_unavailable: Text | None
    afters: tuple[After, ...]
    type_ahead: bool
    phrases_anywhere: bool
    span: Span
    broken: bool = False
    counter: Name | None = None
    """``counts retries``: every failed attempt adds one to this counter, too."""


@dataclass(frozen=True, slots=True)
class Collect:
    name: Name
    into: Name | None
    prompts: tuple[Prompt, ...]
    reprompts: tuple[Prompt, ...]
    kind: CollectKind | None
    no_input: Text | None
    no_match: Text | None
    routes: tuple[Route, ...]
    afters: tuple[After, ...]
    type_ahead: bool
    span: Span
    broken: bool = False
    secret: bool = False
    checks: tuple[Check, ...] = ()
    confirm: Text | None = None
    """Said with the value in it; 1 accepts it, 2 asks again."""
    listen: Literal["", "keys", "speech", "both"] = ""
    """How the input comes; "" is the kind's own way."""
    counter: Name | None = None

    @property
    def digits(self) -> Digits | None:
        """The kind, where it is digits."""
        return self.kind if isinstance(self.kind, Digits) else None


TargetKind: TypeAlias = Literal["number", "teams_user", "teams_app", "agent"]


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to transfer to. ``literal`` holds what stands there when the author wrote a number instead of a name."""

    kind: TargetKind
    name: Name
    literal: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class Transfer:
    """``accept``: what the target hears before the caller is joined, and has to accept by a key; without it the
    caller is handed over blindly."""

    name: Name
    target: Target | None
    ring: Duration | None
    caller_id: Name | None
    routes: tuple[Route, ...]
    span: Span
    broken: bool = False
    accept: Text | None = None
    music: Text | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """``needs skill billing >= 3``; without a level any will do."""

    skill: Name
    level: Count | None
    span: Span


@dataclass(frozen=True, slots=True)
class Relax:
    """``after 60s needs skill billing >= 1`` or ``after 120s ignores skill billing`` (``level`` is None)."""

    after: Duration
    skill: Name
    level: Count | None
    span: Span


@dataclass(frozen=True, slots=True)
class Ageing:
    """``priority grows 1 every 120s up to 10``."""

    by: Count
    every: Duration
    most: Count
    span: Span


@dataclass(frozen=True, slots=True)
class Announcement:
    """``say "You are number {queue.position} in line." from 30s every 60s when improved``."""

    content: Text
    file: bool
    start: Duration | None
    every: Duration | None
    when_improved: bool
    span: Span


@dataclass(frozen=True, slots=True)
class QueueOption:
    """``press 1 from 120s every 120s when queue.estimate > 5m "To leave a message, press 1." -> mailbox``."""

    key: Name
    start: Duration | None
    every: Duration | None
    condition: Expression | None
    offer: Text | None
    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class Queue:
    name: Name
    needs: tuple[Need, ...]
    relaxes: tuple[Relax, ...]
    priority: Expression | None
    ageing: Ageing | None
    announcements: tuple[Announcement, ...]
    music: Text | None
    options: tuple[QueueOption, ...]
    limit: Count | None
    estimate: Duration | None
    """``longest estimate 20m``: the queue is full when the wait is expected to be longer."""
    ring: Duration | None
    routes: tuple[Route, ...]
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Voicemail:
    """``up to 3m, stop on # or 4s of silence, transcribe``."""

    name: Name
    greeting: Prompt | None
    up_to: Duration | None
    stop_key: Name | None
    silence: Duration | None
    transcribe: bool
    review: Text | None
    notify: Name | None
    routes: tuple[Route, ...]
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Attempts:
    """``attempts 3 every 15m``."""

    count: Count
    every: Duration | None
    span: Span


@dataclass(frozen=True, slots=True)
class Callback:
    name: Name
    number: Expression | None
    queue: Name | None
    attempts: Attempts | None
    ring: Duration | None
    hours: Name | None
    routes: tuple[Route, ...]
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Consult:
    name: Name
    expert: Name | None
    ring: Duration | None
    music: Text | None
    announcements: tuple[Announcement, ...]
    unhold: Literal["", "automatically", "by agent"]
    routes: tuple[Route, ...]
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Pay:
    """``into`` is a record with ``reference`` under ``paid``."""

    name: Name
    into: Name | None
    amount: Expression | None
    card: Variable | None
    expiry: Variable | None
    code: Variable | None
    provider: Name | None
    within: Duration | None
    fillers: tuple[Filler, ...]
    routes: tuple[Route, ...]
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """``ask rating "On a scale from 1 to 5 …" keys 1 to 5``, or ``ask each question in form.questions, at most 10, keys
    1 to 5``: then ``text`` is None, ``name`` the loop's name and ``source`` the list."""

    name: Name
    text: Text | None
    source: Variable | None
    at_most: Count | None
    least: Count
    most: Count
    span: Span


@dataclass(frozen=True, slots=True)
class Remark:
    """``remark remarks "Anything else? …" up to 30s``."""

    name: Name
    text: Text
    up_to: Duration
    span: Span


@dataclass(frozen=True, slots=True)
class Survey:
    """Each question is asked twice at most, then left out."""

    name: Name
    offer: Text | None
    questions: tuple[Question, ...]
    remark: Remark | None
    routes: tuple[Route, ...]
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Dial:
    """``between`` are local times of the one who is called, in minutes after midnight."""

    name: Name
    number: Expression | None
    caller_id: Name | None
    ring: Duration | None
    attempts: Attempts | None
    between: Interval | None
    routes: tuple[Route, ...]
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """Local times in minutes after midnight. ``end`` may be 1440; an end at or before the start is on the next day."""

    start: int
    end: int
    span: Span


@dataclass(frozen=True, slots=True)
class Weekly:
    """Open intervals on ``days`` (0 is Monday)."""

    days: tuple[int, ...]
    intervals: tuple[Interval, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Break:
    """A named closed time inside the open ones, such as lunch: an outcome of its own."""

    name: Name
    days: tuple[int, ...]
    intervals: tuple[Interval, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or every year's when ``year`` is 0. It may not exist: 30 February is the linter's business."""

    year: int
    month: int
    day: int
    span: Span


@dataclass(frozen=True, slots=True)
class Holiday:
    """Closed on ``days``, the whole day or only in ``intervals``."""

    title: Text
    days: tuple[Day, ...]
    intervals: tuple[Interval, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class SpecialOpening:
    """Open on these days in these intervals, whatever the week says. A holiday still wins."""

    days: tuple[Day, ...]
    intervals: tuple[Interval, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """``holidays of US in "NY" except "Columbus Day"``: the days of a country or of one of its regions."""

    country: Name
    region: Text | None
    excepted: tuple[Text, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Hours:
    name: Name
    timezone: Text | None
    emergency: Name | None
    weekly: tuple[Weekly, ...]
    breaks: tuple[Break, ...]
    holidays: tuple[Holiday, ...]
    openings: tuple[SpecialOpening, ...]
    span: Span
    broken: bool = False
    public: tuple[PublicHolidays, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """``use "common.ivr"``: the declarations of another file."""

    name: Name
    file: Text
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A line of ``data``: ``by_phone(number phone) gives id text, name text`` (a look-up), ``check pin_ok(id text, pin
    secret)`` or ``action lock(id text)``."""

    name: Name
    use: Literal["lookup", "check", "action"]
    parameters: tuple[Parameter, ...]
    gives: tuple[Parameter, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Data:
    """The contract of an outside system; the site says where it is."""

    name: Name
    functions: tuple[Function, ...]
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Counter:
    """``counter wrong_pins``: ``at most 3``, and with ``by customer.id for 24h`` one that later calls share."""

    name: Name
    most: Count | None
    key: Expression | None
    life: Duration | None
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Translation:
    """``"Goodbye." = "Adiós."``; a phrase may have several."""

    text: Text
    translations: tuple[Text, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Prompts:
    """``prompts es-US``: ``name`` is the language."""

    name: Name
    translations: tuple[Translation, ...]
    span: Span
    broken: bool = False


Block: TypeAlias = Step | Menu | Collect | Transfer | Queue | Voicemail | Callback | Consult | Pay | Survey | Dial
"""What a caller can be in."""

BLOCKS = (Step, Menu, Collect, Transfer, Queue, Voicemail, Callback, Consult, Pay, Survey, Dial)
"""The classes of `Block`, for ``isinstance``."""

Declaration: TypeAlias = Flow | Block | Hours | Use | Data | Counter | Prompts


@dataclass(frozen=True, slots=True)
class Script:
    """A file. ``lost`` are names whose declarations could not be read at all."""

    version: Name | None
    declarations: tuple[Declaration, ...]
    lost: frozenset[str]
    span: Span
