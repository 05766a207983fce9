"""What people in a call can do, and what their lines look like.

A comment starts with `;`. When a plan is used up the caller stays silent, a ringing target answers, and the rest ends
as one would wish.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from interpreter.protocol import Value
from interpreter.simulate import Given, TransferEnd


class BadAction(Exception):  # noqa: N818 - says what the action is
    """A line that is no action. The text says what could stand there."""


@dataclass(frozen=True, slots=True)
class Press:
    keys: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Speak:
    text: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Silent:
    pass


@dataclass(frozen=True, slots=True)
class Wait:
    seconds: float


@dataclass(frozen=True, slots=True)
class TargetDoes:
    end: TransferEnd
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class TargetIsLate:
    at: float | None = None


@dataclass(frozen=True, slots=True)
class SpeechFails:
    pass


@dataclass(frozen=True, slots=True)
class HostFails:
    pass


@dataclass(frozen=True, slots=True)
class HangUp:
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Becomes:
    """What becomes of a request of the center: ``queue connected``."""

    verb: str
    outcome: str
    values: tuple[tuple[str, Value], ...] = ()
    after: float = 0.0


Action: TypeAlias = (
    Press | Speak | Silent | Wait | TargetDoes | TargetIsLate | SpeechFails | HostFails | HangUp | Becomes | Given
)

CALLER = (
    ("press 12#", "presses keys, once the prompt is over"),
    ("press 1 at 0.5s", "presses that long after what is being said began; `at` works with `say` and `hang up`, too"),
    ('say "billing"', "says it; while a message is recorded it takes its time"),
    ("silent", "says nothing until the next thing happens"),
    ("wait 3s", "lets time pass"),
    ("hang up", "hangs up once the prompt is over; `hang up at 1s` in the middle of it"),
    ("speech fails", "has bad luck: the host's speech recognition breaks"),
    ("host fails", "has bad luck: what is being said or asked ends with an error of the telephone service"),
)
"""The caller's lines, with what the caller does."""
OTHERS = (
    ("transfer busy", "the target that rings: `answered`, `no answer`, `busy`, `declined`, `failed`"),
    ("transfer not allowed", "the one whom an agent calls on behalf of the line may not be called"),
    ("transfer answered late", "a target that the script has given up, but that still rings, answers"),
    ("queue position 3 { estimate 4m }", "the queue tells the place in line, and how long it may take"),
    ("queue connected", "an agent takes the call; `queue answered` when the agent has left it again"),
    ("queue no agents", "how else a queue ends: `full`, `failed`"),
    ("voicemail saved", "the recorder has a message; or `empty`, `failed`"),
    ("callback scheduled", "or `invalid number`, `already scheduled`, `not available`, `failed`"),
    ("consult connected", "the expert is there; `consult joined` when the expert has left again"),
    ("consult declined", "how else it ends: `no answer`, `not allowed`, `failed`"),
    ('pay paid { reference "4711" }', "or `declined`, `cancelled`, `unknown`, `failed`"),
    ("dial answered", "the one whom the flow calls; or `no answer`, `busy`, `invalid`, `failed`"),
)
"""The lines for everybody else in the call. `after 3s` behind any of them lets that time pass first."""
GIVEN = (
    ('given lookup crm.by_phone is found { name "Ana", tier "gold" }', "or `not found`"),
    ("given check crm.pin_ok is yes", 'or `no`; `is yes when pin is "1234"`: with any other, no'),
    ("given action crm.lock fails", "or `is done`"),
    ('given recall language is found { "es-US" }', "what earlier calls have kept; or `not found`"),
    ("given count wrong_pins is 2", "what earlier calls have counted"),
    (
        'given understanding main_menu is understood { meaning "billing question", confidence 0.6 }',
        "what a sentence in that menu means, and how sure that is (1 where it is not said); or `nothing`",
    ),
    ("given record start is refused", "so for `transcribe` and `stream`; `started` when nothing is given"),
    ("given notify supervisors fails", "so for everything that can be given: it does not work"),
    ("given lookup crm.by_phone never answers", "it hangs; `after 4s` behind any of these: it is slow"),
)
"""The lines for what answers by itself: they hold from where they stand on. Several for one thing are used one after
the other, the last one again and again."""
ACTIONS = (*CALLER, *OTHERS, *GIVEN)
