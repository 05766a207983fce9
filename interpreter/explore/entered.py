"""What callers can enter into a collect: values that fit and values that do not, as keys or as words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from dsl import Program
from dsl.analysis.kinds import Type
from dsl.ast import (
    Collect,
    DateKind,
    Digits,
    MoneyKind,
    NumberKind,
    OneOfKind,
    PhoneKind,
    SpeechKind,
    TimeKind,
    YesNoKind,
)
from interpreter.explore.abstraction import Abstraction
from interpreter.machine import inputs
from interpreter.protocol import (
    Day,
    Event,
    Items,
    Money,
    Recognized,
    Record,
    Secret,
    TimeOfDay,
    Value,
)

DIGITS = "8675309421357986420" * 3
"""Digits that a reader recognises in whatever they come to."""
GOOD_CARD, BAD_CARD = "4242424242424242", "4242424242424241"
"""A number with the right check digit, and one with a wrong one."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What a caller enters. ``clumsy``: it does not fit."""

    keys: str = ""
    speech: str = ""
    clumsy: bool = False
    secret: Secret | None = None
    stop: str = ""

    @property
    def line(self) -> str:
        """As a test says it."""
        if self.speech:
            return f'says "{self.speech}"'
        return f"presses {self.keys}{self.stop}" + ("\nsilent" if self.clumsy and not self.stop else "")

    def event(self, op: str, at: float) -> Event:
        """As the host reports it."""
        if self.speech:
            return Recognized(at, op, 200, 8569, speech=self.speech)
        code = 8514 if self.stop else 8531
        if self.secret is not None:
            return Recognized(at, op, 200, code, secret=self.secret)
        return Recognized(at, op, 200, code, tones=self.keys)


def entries(
    program: Program,
    abstraction: Abstraction,
    block: Collect,
    variables: tuple[tuple[str, Value], ...],
    at: float,
) -> Iterator[Entered]:
    """What is tried: each value that the script can tell apart, one that does not fit, and the keys that hold
    anywhere."""
    kind = block.kind
    stop = kind.terminator.text if kind is not None and kind.terminator is not None else ""
    found: dict[str, Entered] = {}
    for keys in _keys(program, abstraction, block, variables, at):
        found.setdefault(keys, Entered(keys, stop=stop))
    least = kind.least.value if isinstance(kind, Digits) else 0
    if least > 1:
        found.setdefault(DIGITS[: least - 1], Entered(DIGITS[: least - 1], clumsy=True, stop=stop))
    for each in found.values():
        yield from _secrets(abstraction, block, each) if block.secret else (each,)
    for said in _speech(abstraction, block):
        yield Entered(speech=said)
    for key in program.keys_of(block):
        yield Entered(key.key.text)


def _keys(
    program: Program,
    abstraction: Abstraction,
    block: Collect,
    variables: tuple[tuple[str, Value], ...],
    at: float,
) -> Iterator[str]:
    into = block.into.text if block.into is not None else ""
    match block.kind:
        case Digits() as kind:
            yield from _digits(abstraction, into, kind)
        case NumberKind():
            for each in abstraction.values(into, Type("number")):
                if isinstance(each, float) and each >= 0:
                    yield f"{each:.0f}"
            yield "99999999"
        case MoneyKind():
            for each in abstraction.values(into, Type("money")):
                if isinstance(each, Money) and Decimal(each.amount) >= 0:
                    yield f"{Decimal(each.amount):.2f}".replace(".", "*").removesuffix("*00")
            yield "99999999"
        case DateKind() as kind:
            yield from _dates(program, abstraction, into, kind, at)
        case TimeKind():
            for each in abstraction.values(into, Type("time")):
                if isinstance(each, TimeOfDay):
                    yield f"{each.minutes // 60:02d}{each.minutes % 60:02d}"
            yield "9999"
        case PhoneKind():
            yield "4255550199"
            yield "1"
        case YesNoKind():
            yield from ("1", "2", "7")
        case OneOfKind() as kind:
            count = len(kind.choices) if kind.source is None else _listed(variables, kind)
            yield from (str(number) for number in range(1, min(count, 9) + 1))
            yield "99"[: 1 if count < 10 else 2]
        case SpeechKind() | None:
            return


def _digits(abstraction: Abstraction, into: str, kind: Digits) -> Iterator[str]:
    least, most = kind.least.value, kind.most.value
    texts = sorted(each for each in abstraction.constants.get(into, ()) if isinstance(each, str))
    numbers = sorted(each for each in abstraction.constants.get(into, ()) if isinstance(each, float))
    yield from (text for text in texts if text.isdecimal() and least <= len(text) <= most)
    if into in abstraction.compared:
        if least <= 16 <= most:
            yield from (GOOD_CARD, BAD_CARD)
        for number in numbers:
            for each in (number - 1, number, number + 1):
                if 0 <= each < 10**most and each == int(each):
                    yield f"{int(each):0{least}d}"
            yield from (DIGITS[: int(number) + by] for by in (-1, 0, 1) if least <= number + by <= most)
    yield DIGITS[: max(least, 1)]


def _dates(program: Program, abstraction: Abstraction, into: str, kind: DateKind, at: float) -> Iterator[str]:
    pattern = kind.pattern.plain.upper() if kind.pattern is not None else "MMDDYYYY"
    if kind.pattern is None and program.language.split("-")[-1] not in inputs.MONTH_FIRST:
        pattern = "DDMMYYYY"
    today = datetime.fromtimestamp(at, UTC).date()
    days = {today + timedelta(days=by) for by in (-800, -40, -1, 0, 1, 40, 800)}
    for each in abstraction.values(into, Type("date")):
        if isinstance(each, Day):
            days.add(date.fromisoformat(each.iso))
    for day in sorted(days):
        letters = {"M": f"{day.month:02d}", "D": f"{day.day:02d}", "Y": f"{day.year:04d}"}
        if "YYYY" not in pattern:
            letters["Y"] = letters["Y"][-2:]
        text = pattern
        for letter, digits in letters.items():
            text = text.replace(letter * len(digits), digits)
        yield text
    yield "9" * len(pattern)


def _listed(variables: tuple[tuple[str, Value], ...], kind: OneOfKind) -> int:
    """How many entries the list of a value has now."""
    found: Value = None
    if kind.source is not None:
        found = dict(variables).get(kind.source.path[0])
        for name in kind.source.path[1:]:
            found = dict(found.fields).get(name) if isinstance(found, Record) else None
    return len(found.values) if isinstance(found, Items) else 0


def _secrets(abstraction: Abstraction, block: Collect, entered: Entered) -> Iterator[Entered]:
    """Of a secret only is known what the machine may know of it. A caller who enters too much or too little counts as
    such; what the script asks of it is tried with both answers."""
    into = block.into.text if block.into is not None else ""
    matters = into in abstraction.compared
    length = len(entered.keys)
    for good in (True, False) if matters and not entered.clumsy else (True,):
        ref, last = f"{into}.{entered.keys}.{good}", entered.keys[-4:] if length >= 12 else ""
        keys = _secret_keys(entered.keys, good) if matters else entered.keys
        secret = Secret(ref, length, last, luhn=good, ahead=good)
        yield Entered(keys, clumsy=entered.clumsy, secret=secret, stop=entered.stop)


def _secret_keys(keys: str, good: bool) -> str:
    """Keys that really have, or lack, what a script may ask of a secret."""
    if len(keys) == 4:
        return "1239" if good else "0120"
    if len(keys) == 16:
        return GOOD_CARD if good else BAD_CARD
    return keys


def _speech(abstraction: Abstraction, block: Collect) -> Iterator[str]:
    if block.secret or block.listen == "keys":
        return
    match block.kind:
        case OneOfKind(source=None) as kind:
            yield from (choice.plain for choice in kind.choices)
        case YesNoKind():
            yield from ("yes", "no")
        case SpeechKind():
            into = block.into.text if block.into is not None else ""
            yield "something else"
            yield from sorted(each for each in abstraction.constants.get(into, ()) if isinstance(each, str))
        case _ if block.listen in ("speech", "both"):
            yield "something else"
        case _:
            return
