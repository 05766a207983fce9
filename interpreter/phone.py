"""The terminal phone: a caller's actions as lines of text, for `ivr call` by hand and for plans in a file.

    press 1                once the prompt is over; `press 1 at 0.5s` interrupts it
    say "billing"          the same for speech
    silent                 until the next thing happens
    wait 3s                let time pass
    transfer busy          what the ringing target does: answered, no answer, busy, declined, failed
    transfer busy after 3s
    transfer answered late a target that the script has given up still takes the call
    speech fails           the host's speech recognition breaks
    hang up                once the prompt is over; `hang up at 1s` in the middle of it
    queue connected after 30s
                           what becomes of a queue, a message, a payment, …, in the words of the language
    given lookup crm.by_phone is found { name "Ana", tier "gold" } after 2s
                           what the site's data answers, from here on

A comment starts with `;`. When a plan is used up the caller stays silent, a ringing target answers, and the rest ends
as one would wish.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, assert_never, cast, get_args

from dsl.spell import listed, nearest
from interpreter.literals import BadValue, read_fields
from interpreter.protocol import Value, Verb
from interpreter.simulate import CENTER, GIVEN_VERBS, SILENT, Given, Line, Simulation, TransferEnd


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
class HangUp:
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Becomes:
    """What becomes of a request of the center: ``queue connected``."""

    verb: str
    outcome: str
    values: tuple[tuple[str, Value], ...] = ()
    after: float = 0.0


Action = Press | Speak | Silent | Wait | TargetDoes | TargetIsLate | SpeechFails | HangUp | Becomes | Given

VERBS = ("press", "say", "silent", "wait", "transfer", "speech fails", "hang up", "given", *CENTER)
_ENDS: tuple[str, ...] = get_args(TransferEnd)
_TIME = r"([0-9]+(?:\.[0-9]+)?)s"
_AT = rf"(?:\s+at\s+{_TIME})?"
_COMMENT = re.compile(r'("[^"]*")|;.*')
"""A comment, or a text in quotes, which may hold a semicolon."""
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Action]], ...] = (
    (re.compile(rf"press\s+([0-9*#]+){_AT}"), lambda m: Press(m[1], _seconds(m[2]))),
    (re.compile(rf'say\s+"([^"]*)"{_AT}'), lambda m: Speak(m[1], _seconds(m[2]))),
    (re.compile(r"silent"), lambda m: Silent()),
    (re.compile(rf"wait\s+{_TIME}"), lambda m: Wait(float(m[1]))),
    (
        re.compile(rf"transfer\s+({'|'.join(_ENDS)})(?:\s+after\s+{_TIME})?"),
        lambda m: TargetDoes(m[1], float(m[2] or 0)),  # type: ignore[arg-type]
    ),
    (re.compile(rf"transfer\s+answered\s+late{_AT}"), lambda m: TargetIsLate(_seconds(m[1]))),
    (re.compile(r"speech\s+fails"), lambda m: SpeechFails()),
    (re.compile(rf"hang\s+up{_AT}"), lambda m: HangUp(_seconds(m[1]))),
)


class BadAction(Exception):  # noqa: N818 - says what the action is
    """A line that is no action. The text says what could stand there."""


def _seconds(text: str | None) -> float | None:
    return float(text) if text else None


def read_action(text: str, otherwise: str = f"a line starts with {listed(VERBS)}") -> Action:
    """An action from a line. Raises `BadAction`; ``otherwise`` is its advice where no verb is near."""
    line = _COMMENT.sub(r"\1", text).strip()
    for pattern, make in _FORMS:
        match = pattern.fullmatch(line)
        if match is not None:
            return make(match)
    word = line.split()[0] if line.split() else ""
    if word == "given":
        return _read_given(line)
    if word in CENTER:
        return _read_becomes(line, word)
    if word == "transfer":
        raise BadAction(f"`{line}`: the target of a transfer does {listed(_ENDS)}, optionally `after 3s`")
    if word in ("press", "say", "wait"):
        forms = {"press": "`press 1` or `press 1 at 0.5s`", "say": '`say "billing"`', "wait": "`wait 3s`"}
        raise BadAction(f"`{line}` cannot be read; write {forms[word]}")
    close = nearest(" ".join(line.split()[:2]), VERBS) or nearest(word, VERBS)
    hint = f"did you mean `{close}`?" if close else otherwise
    raise BadAction(f"`{line}` is not something a caller does; {hint}")


_AFTER = re.compile(rf"\s+after\s+{_TIME}\s*$")
_BRACES = re.compile(r"\{(.*)\}\s*$")


def _tail(text: str) -> tuple[str, tuple[tuple[str, Value], ...], float]:
    """``found { id "7" } after 2s``: the words, the values, the seconds. Raises `BadAction`."""
    after = _AFTER.search(text)
    rest = text[: after.start()] if after else text
    braces = _BRACES.search(rest)
    try:
        values = read_fields(braces[1]) if braces else ()
    except BadValue as error:
        raise BadAction(str(error)) from None
    words = rest[: braces.start()] if braces else rest
    return " ".join(words.split()), values, float(after[1]) if after else 0.0


def _read_becomes(line: str, verb: str) -> Becomes:
    words, values, after = _tail(line.removeprefix(verb))
    place = re.fullmatch(r"position ([0-9]+)", words)
    if place and verb == "queue":
        return Becomes(verb, "position", (("position", float(place[1])), *values), after)
    if words not in CENTER[verb] or words == "position":
        known = [each for each in CENTER[verb] if each != "position"]
        close = nearest(words, known)
        hint = f"did you mean `{verb} {close}`?" if close else f"it can be {listed(known)}"
        raise BadAction(f"`{line}`: a `{verb}` does not become `{words}`; {hint}")
    return Becomes(verb, words, values, after)


_GIVEN = re.compile(r"given\s+([a-z]+)(?:\s+([A-Za-z_][A-Za-z0-9_.]*))?\s+(?:is\s+(.+)|(fails.*)|never\s+answers)")


def _read_given(line: str) -> Given:
    match = _GIVEN.fullmatch(line)
    if match is None:
        raise BadAction(f'`{line}` cannot be read; write `given lookup crm.by_phone is found {{ name "Ana" }}`')
    verb, name, words = match[1], match[2] or "", match[3] or match[4]
    if verb not in GIVEN_VERBS:
        close = nearest(verb, GIVEN_VERBS)
        hint = f"did you mean `given {close}`?" if close else f"it can be {listed(list(GIVEN_VERBS))}"
        raise BadAction(f"`{line}`: nothing is given for `{verb}`; {hint}")
    if words is None:
        return Given(cast(Verb, verb), name, "failed", (), SILENT)
    outcome, values, after = _tail(f" {words}")
    outcome = {"fails": "failed"}.get(outcome, outcome)
    if outcome not in GIVEN_VERBS[verb]:
        close = nearest(outcome, GIVEN_VERBS[verb])
        hint = f"did you mean `{close}`?" if close else f"it can be {listed(GIVEN_VERBS[verb])}"
        raise BadAction(f"`{line}`: a {verb} does not become `{outcome}`; {hint}")
    return Given(cast(Verb, verb), name, outcome, values, after)


def read_plan(text: str, name: str = "plan") -> list[Action]:
    """The actions of a plan. Raises `BadAction` with every line that is none, as ``name:line: …``."""
    actions: list[Action] = []
    mistakes: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith(";"):
            continue
        try:
            actions.append(read_action(line))
        except BadAction as error:
            mistakes.append(f"{name}:{number}: {error}")
    if mistakes:
        raise BadAction("\n".join(mistakes))
    return actions


def act(simulation: Simulation, action: Action) -> None:
    """Let the caller, or whoever is at the other end, do something."""
    match action:
        case Press():
            simulation.press(action.keys, action.at)
        case Speak():
            simulation.speak(action.text, action.at)
        case Silent():
            simulation.silent()
        case Wait():
            simulation.wait(action.seconds)
        case TargetDoes():
            simulation.settle()
            if simulation.ringing:
                simulation.transfer(action.end, action.after)
            elif simulation.asked is not None and simulation.asked.verb == "transfer":
                simulation.report("transfer", action.end, (), action.after)
            else:
                _note(simulation, f"transfer {action.end}: nothing rings here")
        case TargetIsLate():
            known = len(simulation.lines)
            simulation.answer_late(action.at)
            if len(simulation.lines) == known:
                _note(simulation, "transfer answered late: no target rings on")
        case SpeechFails():
            simulation.speech_fails()
        case HangUp():
            simulation.hang_up(action.at)
        case Given():
            simulation.world.give(action)
        case Becomes():
            if not simulation.report(action.verb, action.outcome, action.values, action.after):
                _note(simulation, f"{action.verb} {action.outcome}: the call waits for nothing of the kind")
        case _:
            assert_never(action)


def _note(simulation: Simulation, text: str) -> None:
    """An action had no effect: whoever reads the transcript should know."""
    simulation.lines.append(Line(simulation.t, simulation.t, "call", f"({text})", simulation.call.block))


def run_plan(simulation: Simulation, actions: Sequence[Action]) -> int:
    """Do all of it, then wait for the end of the call. The number of actions that the call was over before."""
    for done, action in enumerate(actions):
        if simulation.over:
            return len(actions) - done
        act(simulation, action)
    simulation.to_the_end()
    return 0


def clock(seconds: float) -> str:
    """``1:05.3``: minutes, seconds, tenths since the answer."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def as_text(line: Line) -> str:
    """One line of a transcript."""
    if line.who == "ivr":
        cut = " [interrupted]" if line.interrupted else ""
        return f"{clock(line.t):>8}  {line.text}{cut}"
    mark = "<" if line.who == "caller" else "*"
    return f"{clock(line.t):>8}  {mark} {line.text}"


def transcript(simulation: Simulation) -> str:
    """The whole call for a person."""
    return "".join(as_text(line) + "\n" for line in simulation.lines)


def as_json(simulation: Simulation) -> dict[str, Any]:
    """The whole call for a machine. Times are seconds since the answer."""
    end = simulation.end
    return {
        "script": simulation.program.source.name,
        "started": simulation.start,
        "lines": [asdict(line) for line in simulation.lines],
        "end": {"ending": end.ending, "result": end.result, "block": end.block, "t": end.at - simulation.start}
        if end
        else None,
    }


HELP = """\
1 or 1234 or #   press keys, once the prompt is over
"billing"        say it: words stand in quotes
Enter            stay silent until something happens
wait 3s          let time pass
press 1 at 0.5s  press a key half a second into the prompt; so for say and hang up
hang up          or Ctrl-D

While a transfer rings, what its target does:
answered, no answer, busy, declined, failed; answered late, when the script has given it up
speech fails     the host's speech recognition breaks

While a caller waits in a queue, leaves a message, pays, …, what becomes of it, such as
connected, answered, no agents; position 3
given lookup crm.by_phone is found { name "Ana" }   what the site's data will answer
"""
_TYPED = "to say it, put it in quotes; type ? for help"


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
