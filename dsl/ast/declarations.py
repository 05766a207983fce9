"""The declarations of a file, and the file itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.ast.center import Callback, Consult, Dial, Pay, Queue, Survey, Transfer, Voicemail
from dsl.ast.expressions import Expression, Parameter
from dsl.ast.hours import Hours
from dsl.ast.input import Collect, GlobalKey, Menu
from dsl.ast.parts import Count, Duration, Name, Text
from dsl.ast.routes import Destination
from dsl.ast.statements import RecordCall, Statement
from dsl.ast.tests import Promise, Test
from dsl.source import Span


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
    attached: tuple[Parameter, ...] = ()
    """What may come with a call: headers and details that the site names. Any of it may be missing."""

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


Declaration: TypeAlias = Flow | Block | Hours | Use | Data | Counter | Prompts | Test | Promise


@dataclass(frozen=True, slots=True)
class Script:
    """A file. ``lost`` are names whose declarations could not be read at all, ``unread`` all words of single lines that
    could not be read."""

    version: Name | None
    declarations: tuple[Declaration, ...]
    lost: frozenset[str]
    span: Span
    unread: frozenset[str] = frozenset()
