"""Reaching people: transfers, queues, voicemail, callbacks, payments, surveys, outbound calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.ast.expressions import Expression, Variable
from dsl.ast.hours import Interval
from dsl.ast.input import Prompt
from dsl.ast.parts import Count, Duration, Name, Text
from dsl.ast.routes import Destination, Filler, Route
from dsl.source import Span

TargetKind: TypeAlias = Literal["number", "teams_user", "teams_app", "agent", "callee"]


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to transfer to. ``literal`` holds what stands there when the author wrote a number instead of a name.
    ``callee`` is whom an agent calls on behalf of a line: the call itself says who that is."""

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

    @property
    def is_blind(self) -> bool:
        """Whether the caller leaves this line at once, instead of staying on it until the target is there."""
        return self.accept is None and not self.is_to_callee

    @property
    def is_to_callee(self) -> bool:
        return self.target is not None and self.target.kind == "callee"


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
class Unhold:
    """``unhold automatically``: who takes the caller off hold when the expert is there."""

    how: Literal["automatically", "by agent"]
    span: Span


@dataclass(frozen=True, slots=True)
class Consult:
    name: Name
    expert: Name | None
    ring: Duration | None
    music: Text | None
    announcements: tuple[Announcement, ...]
    unhold: Unhold | None
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
