"""The kinds of values, and which of them fit together.

| Of these two                         | They                                                                      |
|--------------------------------------|---------------------------------------------------------------------------|
| text, `phone` and `one of`           | fit one for the other as text, and compare with `is`                      |
| text and number                      | compare, and are computed with, where the text is digits                  |
| money and number                     | compare (its amount); money times or by a number is money                 |
| money and money                      | compare, and add up, in the same currency                                 |
| date and date                        | compare; one minus the other is a number of days                          |
| date and duration                    | do not compare; a date plus or minus whole days is a date                 |
| time and time, duration and duration | compare; durations add up, and are multiplied and divided by a number     |
| yes or no and yes or no              | compare with `is`; alone they are a condition                             |
| a secret and anything                | fit only where a secret is asked for; `luhn`, `length`, `last` and        |
|                                      | `ahead` may look at it                                                    |

What is not in the table does not fit. ``<`` and its like take numbers, money, dates, times and durations alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast import TypeName


@dataclass(frozen=True, slots=True)
class Type:
    """``name`` is a word of `NAMES`, or ``unknown`` for what has been reported elsewhere."""

    name: str
    element: Type | None = None
    fields: tuple[tuple[str, Type], ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """As a script writes it."""
        if self.element is not None:
            return f"list of {self.element.title}"
        return {"yes_no": "yes or no", "one_of": "one of a list"}.get(self.name, self.name)


TEXT, NUMBER, MONEY, DURATION = Type("text"), Type("number"), Type("money"), Type("duration")
DATE, TIME, PHONE, YES_NO = Type("date"), Type("time"), Type("phone"), Type("yes_no")
SECRET, UNKNOWN = Type("secret"), Type("unknown")
NAMES = ("text", "number", "money", "duration", "date", "time", "phone", "secret")
"""Types of one word, as declarations write them."""
_SIMPLE = {each.name: each for each in (TEXT, NUMBER, MONEY, DURATION, DATE, TIME, PHONE, YES_NO, SECRET)}
_WORDS = ("text", "phone", "one_of")


@dataclass(frozen=True, slots=True)
class Signature:
    """A function of the language: what it takes (several types for an argument stand with ``|`` between), how many of
    them must be given, and what it gives (``same``: what its first argument is)."""

    takes: tuple[str, ...]
    gives: str
    least: int = 0


FUNCTIONS: dict[str, Signature] = {
    "luhn": Signature(("text|secret",), "yes_no", 1),
    "length": Signature(("text|list|secret",), "number", 1),
    "first": Signature(("text", "number"), "text", 2),
    "last": Signature(("text|secret", "number"), "text", 2),
    "digits": Signature(("text",), "text", 1),
    "upper": Signature(("text",), "text", 1),
    "lower": Signature(("text",), "text", 1),
    "contains": Signature(("text", "text"), "yes_no", 2),
    "round": Signature(("number|money", "number"), "same", 1),
    "min": Signature(("number|money|date|time|duration", "same"), "same", 2),
    "max": Signature(("number|money|date|time|duration", "same"), "same", 2),
    "day_of_week": Signature(("date",), "text", 1),
    "days_between": Signature(("date", "date"), "number", 2),
    "hour": Signature(("time",), "number", 1),
    "ahead": Signature(("secret",), "yes_no", 1),
    "number": Signature(("text|number",), "number", 1),
}
"""The functions that expressions can call."""


def fits(found: Type, wanted: Type) -> bool:
    """Whether a value of one type may stand where the other is wanted."""
    if UNKNOWN in (found, wanted):
        return True
    if wanted.name == "list":
        return found.name == "list" and (
            wanted.element is None or found.element is None or fits(found.element, wanted.element)
        )
    if wanted.name in ("text", "one_of"):
        return found.name in _WORDS
    return found.name == wanted.name


def comparable(left: Type, right: Type) -> bool:
    """Whether two types may be compared at all."""
    if UNKNOWN in (left, right):
        return True
    names = {left.name, right.name}
    if names <= set(_WORDS):
        return True
    return len(names) == 1 or names in ({"text", "number"}, {"money", "number"})


def computed(operator: str, left: Type, right: Type) -> Type | None:
    """The type of a computation; ``None`` where there is none."""
    if UNKNOWN in (left, right):
        return UNKNOWN
    pair = (left.name, right.name)
    if operator == "+" and set(pair) <= set(_WORDS):
        return TEXT
    if set(pair) <= {"number", "text"} and "number" in pair:
        return NUMBER  # text of digits counts as a number
    table: dict[tuple[str, str], dict[str, Type]] = {
        ("money", "money"): {"+": MONEY, "-": MONEY},
        ("money", "number"): {"*": MONEY, "/": MONEY},
        ("number", "money"): {"*": MONEY, "-": MONEY},
        ("date", "date"): {"-": NUMBER},
        ("date", "duration"): {"+": DATE, "-": DATE},
        ("duration", "duration"): {"+": DURATION, "-": DURATION},
        ("duration", "number"): {"*": DURATION, "/": DURATION},
        ("number", "duration"): {"*": DURATION, "-": DURATION},
    }
    return table.get(pair, {}).get(operator)


def confidential(kind: Type) -> bool:
    """Whether there is a secret in it."""
    inside = (*(each for _, each in kind.fields), *((kind.element,) if kind.element is not None else ()))
    return kind.name == "secret" or any(confidential(each) for each in inside)


def ordered(kind: Type) -> bool:
    """Whether there is more and less of it; of text, where it is digits."""
    return kind.name not in ("yes_no", "record", "list", "phone", "one_of")


def result_of(signature: Signature, arguments: list[Type]) -> Type:
    """What a function gives for arguments of these types."""
    if signature.gives == "same":
        return arguments[0] if arguments else UNKNOWN
    return _SIMPLE.get(signature.gives, UNKNOWN)


def declared(kind: TypeName) -> Type:
    """The type that a declaration names; unknown for a word that is none."""
    if kind.name == "list":
        return Type("list", element=declared(kind.element) if kind.element else UNKNOWN)
    if kind.name == "one_of":
        return Type("one_of", choices=tuple(choice.plain for choice in kind.choices))
    return _SIMPLE.get(kind.name, UNKNOWN)
