"""Lines for the other side: what is given, and what becomes of a request of the center.

given lookup crm.by_phone is found { name "Ana", tier "gold" } after 2s
given check crm.pin_ok is yes when pin is "1234"
queue connected after 30s
"""

from __future__ import annotations

import re
from typing import cast

from dsl import Program
from dsl.analysis.told import asked_names
from dsl.spell import listed, nearest
from interpreter.literals import BadValue, read_fields, read_value
from interpreter.phone.actions import BadAction, Becomes
from interpreter.protocol import Value, Verb
from interpreter.simulate import CENTER, GIVEN_VERBS, SILENT, Given

Values = tuple[tuple[str, Value], ...]

TIME = r"([0-9]+(?:\.[0-9]+)?[smh])"
_AFTER = re.compile(rf"\s+after\s+{TIME}\s*$")
_BRACES = re.compile(r"\{(.*)\}\s*$")
_WHEN = re.compile(r"\s+when\s+([a-z_].*)$")
_CONDITION = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s+is\s+(.+)")
_GIVEN = re.compile(r"given\s+([a-z]+)(?:\s+(?!is\b|fails\b|never\b)([A-Za-z_][A-Za-z0-9_.]*))?\s+(.+)")
_OF_DATA = ("lookup", "check", "action")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str | None) -> float:
    """``3s``, ``1.5m``; 0 where nothing stands."""
    return float(text[:-1]) * _UNITS[text[-1]] if text else 0.0


def _split(text: str, pattern: re.Pattern[str]) -> tuple[str, str | None]:
    """What stands before a part of a line, and the part, which is not looked for inside quotes."""
    for match in pattern.finditer(text):
        if text.count('"', 0, match.start()) % 2 == 0:
            return text[: match.start()], match[1]
    return text, None


def _values(text: str, bare: str = "") -> Values:
    """``id "7", name "Ana"``; where ``bare`` names it, a value alone. Raises `BadAction`."""
    try:
        if bare and not re.match(r"\s*[A-Za-z_]+\s", text):
            return ((bare, read_value(text)),)
        return read_fields(text)
    except BadValue as error:
        raise BadAction(str(error)) from None


def _tail(text: str, bare: str = "") -> tuple[str, Values, float]:
    """``found { id "7" } after 2s``: the words, the values, the seconds. Raises `BadAction`."""
    rest, after = _split(text, _AFTER)
    words, braces = _split(rest, _BRACES)
    return " ".join(words.split()), _values(braces, bare) if braces else (), seconds(after)


def read_becomes(line: str, verb: str) -> Becomes:
    """``queue position 3 after 10s``. Raises `BadAction`."""
    words, values, after = _tail(line.removeprefix(verb))
    place = re.fullmatch(r"position ([0-9]+)", words)
    if place and verb == "queue":
        return Becomes(verb, "position", (("position", float(place[1])), *values), after)
    known = [each for each in CENTER[verb] if each != "position"]
    if words not in known:
        close = nearest(words, known)
        hint = f"did you mean `{verb} {close}`?" if close else f"it can be {listed(known)}"
        raise BadAction(f"`{line}`: a `{verb}` does not become `{words}`; {hint}")
    return Becomes(verb, words, values, after)


def read_given(line: str) -> Given:
    """``given lookup crm.by_phone is not found``. Raises `BadAction`."""
    match = _GIVEN.fullmatch(line)
    if match is None:
        raise BadAction(f'`{line}` cannot be read; write `given lookup crm.by_phone is found {{ name "Ana" }}`')
    verb, name, said = match[1], match[2] or "", match[3]
    if verb not in GIVEN_VERBS:
        close = nearest(verb, GIVEN_VERBS)
        hint = f"did you mean `given {close}`?" if close else f"it can be {listed(list(GIVEN_VERBS))}"
        raise BadAction(f"`{line}`: nothing is given for `{verb}`; {hint}")
    if re.fullmatch(r"never\s+answers", said):
        return Given(cast(Verb, verb), name, "failed", (), SILENT)
    rest, after = _split(said, _AFTER)
    rest, condition = _split(rest, _WHEN)
    words, values, _ = _tail(rest, "value" if verb == "recall" else "")
    return Given(
        verb=cast(Verb, verb),
        name=name,
        outcome=_outcome(line, verb, words),
        values=_counted(words) or values,
        after=seconds(after),
        when=_conditions(line, verb, condition) if condition else (),
    )


def _counted(words: str) -> Values:
    number = re.fullmatch(r"is ([0-9]+)", words)
    return (("value", float(number[1])),) if number else ()


def _outcome(line: str, verb: str, words: str) -> str:
    """``is not found``, ``fails``, ``is fails``; "" for the number of a counter. Raises `BadAction`."""
    if verb == "count" and _counted(words):
        return ""
    outcome = "failed" if words in ("fails", "is fails") else words.removeprefix("is ")
    if outcome not in GIVEN_VERBS[verb] or words == outcome:
        close = nearest(outcome, GIVEN_VERBS[verb])
        hint = f"did you mean `is {close}`?" if close else f"it can be {listed(GIVEN_VERBS[verb])}"
        raise BadAction(f"`{line}`: {'an' if verb == 'action' else 'a'} {verb} does not become `{outcome}`; {hint}")
    return outcome


def _conditions(line: str, verb: str, text: str) -> Values:
    """``pin is "1234" and id is "7"``. Raises `BadAction`."""
    if verb not in _OF_DATA:
        raise BadAction(f"`{line}`: `when` is for {listed(_OF_DATA)}")
    found: list[tuple[str, Value]] = []
    for part in re.split(r'\s+and\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', text):
        match = _CONDITION.fullmatch(part.strip())
        if match is None:
            raise BadAction(f'`{line}`: `{part}` cannot be read; write `when pin is "1234"`')
        found += _values(f"{match[1]} {match[2]}")
    return tuple(found)


def check_given(given: Given, program: Program) -> None:
    """Raises `BadAction` when a script never asks for what is given."""
    known = asked_names(program).get(given.verb)
    if not given.name or known is None or given.name in known:
        return
    close = nearest(given.name, known)
    there_is = f"it has {listed(sorted(known), 'and')}" if known else "it has none"
    hint = f"did you mean `{close}`?" if close else there_is
    raise BadAction(f"`given {given.verb} {given.name}`: the script has no {given.verb} of this name; {hint}")
