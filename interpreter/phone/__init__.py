"""The terminal phone: what people do as lines of text, for `ivr call` by hand and for plans in a file.

`actions` is the table of all of them, `reading` and `given` read a line, `acting` does it, `printing` tells the call.
"""

from interpreter.phone.acting import act, run_plan
from interpreter.phone.actions import (
    ACTIONS,
    Action,
    BadAction,
    Becomes,
    HangUp,
    HostFails,
    Press,
    Silent,
    Speak,
    SpeechFails,
    TargetDoes,
    TargetIsLate,
    Wait,
)
from interpreter.phone.given import check_given
from interpreter.phone.printing import as_json, as_text, clock, transcript
from interpreter.phone.reading import help_text, read_action, read_plan, read_typed

__all__ = [
    "ACTIONS",
    "Action",
    "BadAction",
    "Becomes",
    "HangUp",
    "HostFails",
    "Press",
    "Silent",
    "Speak",
    "SpeechFails",
    "TargetDoes",
    "TargetIsLate",
    "Wait",
    "act",
    "as_json",
    "as_text",
    "check_given",
    "clock",
    "help_text",
    "read_action",
    "read_plan",
    "read_typed",
    "run_plan",
    "transcript",
]
