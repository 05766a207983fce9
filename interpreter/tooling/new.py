"""``ivr new``: a folder with a small line that works, as a place to begin."""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote

from interpreter.tooling.check import Outcome
from interpreter.tooling.files import SCRIPT, CannotRun, write

_SCRIPT = """\
; {title}. Change the time zone, the hours and the words to yours, then run `ivr lint {stem}.ivr`.

ivr 1
flow main for "{title}"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

hours office
    emergency switch closed_today
    monday to friday 09:00 to 17:00

step welcome
    when hours office
        open "Thank you for calling."                           -> main_menu
        emergency or holiday or closed "Thank you for calling." -> closed_notice

menu main_menu
    prompt   "For sales, press 1. To speak to someone else, press 0."
    reprompt "Press 1 for sales, or 0 for someone else."
    press 1 -> sales
    press 0 -> front_desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries "One moment, I will connect you." -> front_desk

transfer sales
    to number sales
    answered                                -> finish handled
    no answer or busy or declined or failed -> front_desk

; The last resort: when nobody takes the call, the caller is told so before it ends.
transfer front_desk
    to number front_desk
    ring 25s
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Nobody can take your call right now. Please call again later. Goodbye."
    finish no_one_answered

step closed_notice
    say "We are closed. We open again {{office.opens_again}}. Goodbye."
    finish told_closed
"""

_SITE = """\
# What the names of {stem}.ivr mean here. The script stays the same in test and in production.
# `ivr serve` also needs [service], [server] and [events].

[lines]
"+18005550100" = "{stem}.ivr"

[numbers]
sales = "+14255550140"
front_desk = "+14255550141"

[switches]
closed_today = "off"
"""

_PLAN = """\
; Sales is busy, the front desk does not answer: `ivr call {stem}.ivr --plan busy.plan --at "2026-03-02 10:00"`
press 1
transfer busy
transfer no answer after 25s
"""

_TEST = """\
ivr 1

use "{stem}.ivr"

; What holds in every call: `ivr prove {stem}_test.ivr`.
promise every path ends in handled, no_one_answered, told_closed, abandoned
promise front_desk within 1 prompt of main_menu
promise silent caller reaches front_desk within 4 prompts of main_menu

; Calls that are made again after every change: `ivr test {stem}_test.ivr`.
test "sales is busy, the front desk answers"
    hears "For sales, press 1."
    presses 1
    transfer busy
    transfer answered
    ends handled

test "silence leads to the front desk"
    silent
    after 5s hears "I did not hear anything. Press 1 for sales"
    silent
    silent
    hears "One moment, I will connect you."
    reaches transfer front_desk

test "Saturday"
    at 2026-03-07 10:00
    hears "We are closed. We open again Monday at 9 a.m."
    ends told_closed
"""

_README = """\
# {title}

- `{stem}.ivr`: what callers meet.
- `{stem}.toml`: the numbers and switches that its names stand for.
- `{stem}_test.ivr`: calls that are made again after every change, and what holds in every call.
- `busy.plan`: a call in which nobody is free.

`ivr lint .` finds what would strand a caller; `ivr fmt .` lays scripts out.
`ivr test .` makes the calls of the tests, `ivr prove .` goes through every call that there can be.
`ivr call {stem}.ivr` calls it from the terminal, with `--plan busy.plan` as the plan says.
`ivr dev .` opens a phone page in the browser; `ivr explain CODE` explains a finding.
None of them needs a subscription or a number.
"""


def new(folder: Path) -> Outcome:
    """Make the folder with its five files and say what to do next. Raises `CannotRun`."""
    if folder.exists() and not folder.is_dir():
        raise CannotRun(f"{folder} is a file; choose another name")
    if folder.exists() and any(folder.iterdir()):
        raise CannotRun(f"the folder {folder} is not empty; choose another name, or empty it")
    words = re.findall(r"[^\W_]+", folder.resolve().name)
    if not words:
        raise CannotRun(f"`{folder}` has neither letters nor digits to name a script after; choose another name")
    stem, title = "_".join(words).lower(), " ".join(words).capitalize()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotRun(f"{folder} cannot be made: {error.strerror}") from None
    files = {f"{stem}{SCRIPT}": _SCRIPT, f"{stem}.toml": _SITE, "busy.plan": _PLAN, "README.md": _README}
    files[f"{stem}_test{SCRIPT}"] = _TEST
    for name, text in files.items():
        write(folder / name, text.format(stem=stem, title=title))
    return Outcome(_next(folder, stem, list(files)), "", 0)


def _next(folder: Path, stem: str, files: list[str]) -> str:
    place = quote(str(folder))
    commands = {
        f"ivr call {quote(str(folder / f'{stem}{SCRIPT}'))}": "call it from the terminal",
        f"ivr dev {place}": "call it from the browser",
        f"ivr lint {place}": "after every change",
        f"ivr test {place}": "and this, too",
    }
    width = max(len(command) for command in commands)
    return f"made {folder} with {', '.join(files[:-1])} and {files[-1]}\n\nnext:\n" + "".join(
        f"  {command:{width}}  {use}\n" for command, use in commands.items()
    )
