"""A line of a plan, or what somebody typed, as an action."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args

from dsl import Program
from dsl.spell import listed, nearest
from interpreter.phone.actions import (
    CALLER,
    GIVEN,
    OTHERS,
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
from interpreter.phone.given import TIME, check_given, read_becomes, read_given, seconds
from interpreter.simulate import CENTER, Given, TransferEnd

VERBS = ("press", "say", "silent", "wait", "transfer", "speech fails", "host fails", "hang up", "given", *CENTER)
_ENDS: tuple[str, ...] = get_args(TransferEnd)
_AT = rf"(?:\s+at\s+{TIME})?"
_COMMENT = re.compile(r'("[^"]*")|;.*')
"""A comment, or a text in quotes, which may hold a semicolon."""
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Action]], ...] = (
    (re.compile(rf"press\s+([0-9*#]+){_AT}"), lambda m: Press(m[1], _seconds(m[2]))),
    (re.compile(rf'say\s+"([^"]*)"{_AT}'), lambda m: Speak(m[1], _seconds(m[2]))),
    (re.compile(r"silent"), lambda m: Silent()),
    (re.compile(rf"wait\s+{TIME}"), lambda m: Wait(seconds(m[1]))),
    (
        re.compile(rf"transfer\s+({'|'.join(_ENDS)})(?:\s+after\s+{TIME})?"),
        lambda m: TargetDoes(m[1], seconds(m[2])),  # type: ignore[arg-type]
    ),
    (re.compile(rf"transfer\s+answered\s+late{_AT}"), lambda m: TargetIsLate(_seconds(m[1]))),
    (
        re.compile(rf"transfer\s+not\s+allowed(?:\s+after\s+{TIME})?"),
        lambda m: Becomes("transfer", "not allowed", (), seconds(m[1])),
    ),
    (re.compile(r"speech\s+fails"), lambda m: SpeechFails()),
    (re.compile(r"host\s+fails"), lambda m: HostFails()),
    (re.compile(rf"hang\s+up{_AT}"), lambda m: HangUp(_seconds(m[1]))),
)


def _seconds(text: str | None) -> float | None:
    return seconds(text) if text else None


def read_action(text: str, otherwise: str = "") -> Action:
    """An action from a line. Raises `BadAction`; ``otherwise`` is its advice where no verb is near."""
    line = _COMMENT.sub(r"\1", text).strip()
    for pattern, make in _FORMS:
        match = pattern.fullmatch(line)
        if match is not None:
            return make(match)
    word = line.split()[0] if line.split() else ""
    if word == "given":
        return read_given(line)
    if word == "transfer":
        raise BadAction(f"`{line}`: the target of a transfer does {listed(_ENDS)}, optionally `after 3s`")
    if word in CENTER:
        return read_becomes(line, word)
    if word in ("press", "say", "wait"):
        forms = {"press": "`press 1` or `press 1 at 0.5s`", "say": '`say "billing"`', "wait": "`wait 3s`"}
        raise BadAction(f"`{line}` cannot be read; write {forms[word]}")
    close = nearest(" ".join(line.split()[:2]), VERBS) or nearest(word, VERBS)
    hint = (
        f"did you mean `{close}`?" if close else otherwise or f"a line starts with {listed(list(dict.fromkeys(VERBS)))}"
    )
    raise BadAction(f"`{line}` is not something a caller does; {hint}")


def read_plan(text: str, name: str = "plan", program: Program | None = None) -> list[Action]:
    """The actions of a plan. Raises `BadAction` with every line that is none, as ``name:line: …``; with a program also
    with those that give what it never asks for."""
    actions: list[Action] = []
    mistakes: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith(";"):
            continue
        try:
            action = read_action(line)
            if program is not None and isinstance(action, Given):
                check_given(action, program)
            actions.append(action)
        except BadAction as error:
            mistakes.append(f"{name}:{number}: {error}")
    if mistakes:
        raise BadAction("\n".join(mistakes))
    return actions


_SHORT = (
    ("1 or 1234 or #", "presses keys, once the prompt is over"),
    ('"billing"', "says it: words stand in quotes"),
    ("Enter", "stays silent until something happens"),
    ("Ctrl-D", "hangs up"),
    ("busy, connected", "what somebody else does, without `transfer` or `queue` while the call waits for that"),
)
"""What can be typed beside the lines of a plan."""
_TYPED = "to say it, put it in quotes; type ? for help"


def help_text() -> str:
    """What can be typed."""
    parts = (("The caller", (*_SHORT, *CALLER)), ("The others (`after 3s` behind it: later)", OTHERS), ("Data", GIVEN))
    return "\n".join(
        f"{title}\n" + "".join(f"  {form:<34}  {meaning}".rstrip() + "\n" for form, meaning in rows)
        for title, rows in parts
    )


def read_typed(text: str, ringing: bool, asked: str = "") -> Action | None:
    """What somebody at the keyboard meant; ``None`` for a request for help. ``asked`` is the verb of the request that
    the call waits for. Raises `BadAction`."""
    line = text.strip()
    if asked in CENTER and any(line == word or line.startswith(f"{word} ") for word in CENTER[asked]):
        return read_action(f"{asked} {line}")
    if not line:
        return Silent()
    if line in ("?", "help"):
        return None
    if re.fullmatch(r"[0-9*#]+", line):
        return Press(line)
    if re.fullmatch(r'"[^"]*"', line):
        return Speak(line[1:-1])
    if line == "answered late":
        return TargetIsLate()
    if line in _ENDS:
        if not ringing:
            raise BadAction(f"`{line}`: nothing rings right now")
        return read_action(f"transfer {line}")
    return read_action(line, _TYPED)
