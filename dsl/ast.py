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
class Not:
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """``operator`` is one of ``and or is is-not < <= > >= + - *``."""

    operator: str
    left: Expression
    right: Expression
    span: Span


Expression: TypeAlias = TextLiteral | NumberLiteral | YesNo | Variable | Not | Binary

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


Destination: TypeAlias = GoTo | Finish | HangUp | Repeat


@dataclass(frozen=True, slots=True)
class Route:
    """``no answer or busy "Her line is busy." -> mailbox``: one or more outcomes, a sentence on the way, a
    destination."""

    outcomes: tuple[Name, ...]
    say: Text | None
    destination: Destination
    span: Span


# --------------------------------------------------------------------------------------------------------------------
# Statements of a step


@dataclass(frozen=True, slots=True)
class Say:
    text: Text
    interruptible: bool
    span: Span


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
    """A statement that ends the step: ``go to X``, ``finish X`` or ``hang up``."""

    destination: Destination
    span: Span


Statement: TypeAlias = Say | PlayFile | WhenHours | WhenSwitch | WhenGuard | WhenValue | Set | Leave

# --------------------------------------------------------------------------------------------------------------------
# Parts of menus and collects


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text, or a recording when ``file``, that asks for input."""

    content: Text
    file: bool
    interruptible: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Option:
    """``press 1 or say "billing", "my bill" -> there``. Keys are as written and may be wrong."""

    keys: tuple[Name, ...]
    phrases: tuple[Text, ...]
    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class After:
    """``after 3 tries "One moment." -> there``; ``what`` is ``tries``, ``silences`` or ``wrong``."""

    count: Count
    what: Literal["tries", "silences", "wrong"]
    say: Text | None
    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class Digits:
    """``digits 4 to 8, first within 8s, between 3s, ends with #``."""

    least: Count
    most: Count
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span


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


@dataclass(frozen=True, slots=True)
class Collect:
    name: Name
    into: Name | None
    prompts: tuple[Prompt, ...]
    reprompts: tuple[Prompt, ...]
    digits: Digits | None
    no_input: Text | None
    no_match: Text | None
    routes: tuple[Route, ...]
    afters: tuple[After, ...]
    type_ahead: bool
    span: Span
    broken: bool = False


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
    name: Name
    target: Target | None
    ring: Duration | None
    caller_id: Name | None
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


Block: TypeAlias = Step | Menu | Collect | Transfer
"""What a caller can be in."""

Declaration: TypeAlias = Flow | Step | Menu | Collect | Transfer | Hours


@dataclass(frozen=True, slots=True)
class Script:
    """A file. ``lost`` are names whose declarations could not be read at all."""

    version: Name | None
    declarations: tuple[Declaration, ...]
    lost: frozenset[str]
    span: Span
