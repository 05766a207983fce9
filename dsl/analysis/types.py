"""What kind of thing every value of a script is, and where kinds do not fit together.

The table of what fits with what:

- Text, telephone numbers and the entries of ``one of`` compare with each other; text that is digits compares with a
  number.
- Money compares with money and with a number (its amount); money plus money, money times or by a number.
- Dates, times and durations compare with their own kind; a date minus a date is a number of days, a date plus or minus
  a duration is a date.
- A secret fits nowhere but where a secret is asked for; `luhn`, `length`, `last` and `ahead` may look at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import assert_never

from dsl.analysis.program import Program
from dsl.ast import (
    Binary,
    Call,
    Collect,
    Conditional,
    DateKind,
    DayLiteral,
    Digits,
    DurationLiteral,
    Expression,
    Flow,
    IsKnown,
    IsOpen,
    ListLiteral,
    LocaleLiteral,
    Lookup,
    MoneyKind,
    Not,
    NumberKind,
    NumberLiteral,
    OneOfKind,
    Pay,
    PhoneKind,
    Queue,
    Recall,
    Set,
    SpeechKind,
    Statement,
    Step,
    Survey,
    TextLiteral,
    TimeKind,
    TimeLiteral,
    TypeName,
    Variable,
    YesNo,
    YesNoKind,
)
from dsl.source import Span


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


@dataclass(frozen=True, slots=True)
class Clash:
    """Two things that do not fit. ``kind`` says which rule it belongs to: ``type``, ``compare``, ``count``,
    ``function`` (there is none of this name), ``field`` (the record has none), ``secret``."""

    kind: str
    span: Span
    headline: str
    label: str
    known: tuple[str, ...] = ()
    name: str = ""


@dataclass
class Types:
    """The types of a program's values by their names, and every clash in its expressions."""

    program: Program
    values: dict[str, Type] = field(default_factory=dict)
    given: dict[str, Span] = field(default_factory=dict)
    conflicts: list[tuple[str, Span, Type, Span, Type]] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    _quiet: bool = False

    def of_path(self, path: tuple[str, ...]) -> Type | None:
        """The type of a value; ``None`` when there is no such value."""
        whole = ".".join(path)
        if whole in self.values:
            return self.values[whole]
        if len(path) < 2:
            return None
        owner = self.of_path(path[:-1])
        if owner is None or owner is UNKNOWN:
            return owner
        return dict(owner.fields).get(path[-1])

    def record_of(self, path: tuple[str, ...]) -> Type | None:
        """The record that a path leads into, when only its last part does not exist."""
        owner = self.of_path(path[:-1]) if len(path) > 1 else None
        return owner if owner is not None and owner.name == "record" else None

    # ------------------------------------------------------------------------------------------ expressions

    def of(self, expression: Expression) -> Type:
        """The type of an expression; clashes in it are noted."""
        match expression:
            case TextLiteral() | LocaleLiteral():
                return TEXT
            case NumberLiteral():
                return NUMBER
            case YesNo() | IsKnown():
                return YES_NO
            case DurationLiteral():
                return DURATION
            case DayLiteral():
                return DATE
            case TimeLiteral():
                return TIME
            case Variable():
                return self.of_path(expression.path) or UNKNOWN
            case ListLiteral():
                kinds = [self.of(item) for item in expression.items]
                return Type("list", element=kinds[0] if kinds else UNKNOWN)
            case IsOpen():
                return YES_NO
            case Conditional():
                return self._conditional(expression)
            case Not():
                self.expect(expression.operand, YES_NO, "`not` needs a yes or no")
                return YES_NO
            case Call():
                return self._call(expression)
            case Binary():
                return self._binary(expression)
            case _:
                assert_never(expression)

    def expect(self, expression: Expression, wanted: Type, headline: str) -> None:
        """Note a clash when an expression is not of the wanted type."""
        found = self.of(expression)
        if not fits(found, wanted):
            self.note("secret" if found is SECRET else "type", expression.span, headline, f"this is a {found.title}")

    def note(
        self, kind: str, span: Span, headline: str, label: str, known: tuple[str, ...] = (), name: str = ""
    ) -> None:
        if not self._quiet:
            self.clashes.append(Clash(kind, span, headline, label, known, name))

    def _conditional(self, node: Conditional) -> Type:
        self.expect(node.condition, YES_NO, "the condition behind `if` is not a yes or no")
        then, otherwise = self.of(node.then), self.of(node.otherwise)
        if not fits(otherwise, then) and not fits(then, otherwise):
            label = f"a {otherwise.title}, and before `if` a {then.title}"
            self.note("type", node.otherwise.span, "the two values of `if` are of different kinds", label)
        return then if then is not UNKNOWN else otherwise

    def _binary(self, node: Binary) -> Type:
        if node.operator in ("and", "or"):
            for side in (node.left, node.right):
                self.expect(side, YES_NO, f"`{node.operator}` needs a yes or no on both sides")
            return YES_NO
        left, right = self.of(node.left), self.of(node.right)
        if node.operator in ("+", "-", "*", "/"):
            return self._compute(node, left, right)
        if node.operator in ("in", "not-in"):
            if right.name not in ("list", "unknown"):
                self.note("type", node.right.span, "`in` needs a list behind it", f"this is a {right.title}")
            elif right.element is not None:
                self._compare(node, left, right.element)
            return YES_NO
        self._compare(node, left, right)
        return YES_NO

    def _compare(self, node: Binary, left: Type, right: Type) -> None:
        if SECRET in (left, right):
            secret = node.left if left is SECRET else node.right
            self.note("secret", secret.span, "a secret is compared", "nothing may be found out about it like this")
            return
        ordered = node.operator in ("<", "<=", ">", ">=")
        if not comparable(left, right) or (ordered and left.name in ("yes_no", "record", "list")):
            label = f"a {left.title} with a {right.title}"
            self.note("compare", node.span, f"a {left.title} does not compare with a {right.title}", label)

    def _compute(self, node: Binary, left: Type, right: Type) -> Type:
        if SECRET in (left, right):
            secret = node.left if left is SECRET else node.right
            self.note("secret", secret.span, "something is computed from a secret", "it would be one, too")
            return SECRET
        found = computed(node.operator, left, right)
        if found is None:
            sign = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}[node.operator]
            label = f"a {left.title} {sign} a {right.title}"
            self.note("type", node.span, f"`{node.operator}` does not work with these two", label)
            return UNKNOWN
        return found

    def _call(self, node: Call) -> Type:
        if len(node.path) > 1:
            return self._data_call(node)
        signature = FUNCTIONS.get(node.name)
        kinds = [self.of(argument) for argument in node.arguments]
        if signature is None:
            headline = f"there is no function `{node.name}`"
            self.note("function", node.name_span, headline, "not known", tuple(FUNCTIONS), node.name)
            return UNKNOWN
        if not signature.least <= len(kinds) <= len(signature.takes):
            most = len(signature.takes)
            needed = str(most) if signature.least == most else f"{signature.least} to {most}"
            label = f"{len(kinds)} given, {needed} needed"
            self.note("count", node.span, f"`{node.name}` has the wrong number of arguments", label)
            return _SIMPLE.get(signature.gives, UNKNOWN)
        for number, (argument, kind) in enumerate(zip(node.arguments, kinds, strict=True)):
            wanted_names = signature.takes[number]
            allowed = (kinds[0].name,) if wanted_names == "same" else tuple(wanted_names.split("|"))
            if kind is not UNKNOWN and not any(fits(kind, Type(each)) for each in allowed):
                secret = kind is SECRET
                headline = f"`{node.name}` may not look at a secret" if secret else f"`{node.name}` does not take this"
                label = f"a {kind.title}; it takes {' or '.join(allowed)}"
                self.note("secret" if secret else "type", argument.span, headline, label)
        return kinds[0] if signature.gives == "same" else _SIMPLE.get(signature.gives, UNKNOWN)

    def _data_call(self, node: Call) -> Type:
        """Arguments of a data function; whether it exists and is used rightly is another rule's business."""
        function = self.program.functions.get(node.name)
        if function is None:
            for argument in node.arguments:
                self.of(argument)
            return UNKNOWN
        if len(node.arguments) != len(function.parameters):
            label = f"{len(node.arguments)} given, {len(function.parameters)} needed"
            self.note("count", node.span, f"`{node.name}` has the wrong number of arguments", label)
            return YES_NO if function.use == "check" else UNKNOWN
        for argument, parameter in zip(node.arguments, function.parameters, strict=True):
            wanted = declared(parameter.type)
            headline = f"`{parameter.name.text}` of `{node.name}` is a {wanted.title}"
            self.expect(argument, wanted, headline)
        return YES_NO if function.use == "check" else UNKNOWN


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


def declared(kind: TypeName) -> Type:
    """The type that a declaration names; unknown for a word that is none."""
    if kind.name == "list":
        return Type("list", element=declared(kind.element) if kind.element else UNKNOWN)
    if kind.name == "one_of":
        return Type("one_of", choices=tuple(choice.plain for choice in kind.choices))
    return _SIMPLE.get(kind.name, UNKNOWN)


def type_names(program: Program) -> Iterator[TypeName]:
    """Every type that is written in a script, the inner ones of lists, too."""
    written: list[TypeName] = []
    for declaration in program.declarations():
        if isinstance(declaration, Flow):
            written += [parameter.type for parameter in declaration.parameters]
        elif isinstance(declaration, Step):
            written += [each.type for each in declaration.statements if isinstance(each, Recall)]
    for function in program.functions.values():
        written += [each.type for each in (*function.parameters, *function.gives)]
    while written:
        kind = written.pop(0)
        yield kind
        if kind.element is not None:
            written.insert(0, kind.element)


def types_of(program: Program) -> Types:
    """The types of a program. Kept with the program: every rule asks for the same."""
    known = getattr(program, "_types", None)
    if isinstance(known, Types):
        return known
    types = Types(program)
    types.values.update(_built_in(program))
    for name, span, kind in _given(program):
        _add(types, name, span, kind)
    _infer(types)
    from dsl.analysis.checking import check_all

    check_all(types)
    object.__setattr__(program, "_types", types)
    return types


def _built_in(program: Program) -> dict[str, Type]:
    found = {
        "caller.number": PHONE,
        "caller.name": TEXT,
        "called.number": PHONE,
        "today": DATE,
        "now": TIME,
        "language": TEXT,
    }
    for name in program.hours:
        found |= {f"{name}.opens_again": TEXT, f"{name}.holiday": TEXT}
    if any(isinstance(block, Queue) for block in program.blocks.values()):
        found |= {"queue.position": NUMBER, "queue.estimate": DURATION}
    return found


def _given(program: Program) -> Iterator[tuple[str, Span, Type]]:
    """The values that declarations give, with their types; what `set` gives is inferred."""
    for declaration in program.declarations():
        match declaration:
            case Flow():
                for parameter in declaration.parameters:
                    yield parameter.name.text, parameter.name.span, declared(parameter.type)
            case Collect():
                if declaration.into is not None:
                    kind = SECRET if declaration.secret else _collected(declaration)
                    yield declaration.into.text, declaration.into.span, kind
            case Pay():
                if declaration.into is not None:
                    yield declaration.into.text, declaration.into.span, Type("record", fields=(("reference", TEXT),))
            case Survey():
                for question in declaration.questions:
                    answer = NUMBER if question.source is None else Type("list", element=NUMBER)
                    yield question.name.text, question.name.span, answer
                if declaration.remark is not None:
                    yield declaration.remark.name.text, declaration.remark.name.span, TEXT
            case Step():
                for statement in declaration.statements:
                    yield from _by_statement(program, statement)
            case _:
                continue


def _by_statement(program: Program, statement: Statement) -> Iterator[tuple[str, Span, Type]]:
    if isinstance(statement, Lookup):
        function = program.functions.get(statement.call.name)
        kind = UNKNOWN
        if function is not None:
            kind = Type("record", fields=tuple((each.name.text, declared(each.type)) for each in function.gives))
        yield statement.target.text, statement.target.span, kind
    elif isinstance(statement, Recall):
        yield statement.target.text, statement.target.span, declared(statement.type)


def _collected(block: Collect) -> Type:
    match block.kind:
        case Digits() | SpeechKind():
            return TEXT
        case NumberKind():
            return NUMBER
        case MoneyKind():
            return MONEY
        case DateKind():
            return DATE
        case TimeKind():
            return TIME
        case PhoneKind():
            return PHONE
        case YesNoKind():
            return YES_NO
        case OneOfKind():
            return Type("one_of", choices=tuple(choice.plain for choice in block.kind.choices))
        case None:
            return UNKNOWN
        case _:
            assert_never(block.kind)


def _add(types: Types, name: str, span: Span, kind: Type) -> None:
    earlier = types.values.get(name)
    if earlier is None or earlier is UNKNOWN or name not in types.given:
        types.values[name] = kind
        types.given.setdefault(name, span)
    elif kind is not UNKNOWN and not (fits(kind, earlier) or fits(earlier, kind)):
        types.conflicts.append((name, types.given[name], earlier, span, kind))
    elif kind.name == "record" and earlier.name == "record" and kind.fields != earlier.fields:
        shared = tuple(each for each in earlier.fields if each in kind.fields)
        types.values[name] = Type("record", fields=shared)


def _infer(types: Types) -> None:
    """What `set` gives, until nothing more becomes known: a value may be made from another one."""
    sets = [
        statement
        for declaration in types.program.declarations()
        if isinstance(declaration, Step)
        for statement in declaration.statements
        if isinstance(statement, Set)
    ]
    for each in sets:
        types.values.setdefault(each.target.text, UNKNOWN)
    types._quiet = True
    for _ in range(len(sets) + 1):
        before = dict(types.values)
        for each in sets:
            kind = types.of(each.value)
            if kind is not UNKNOWN:
                _add(types, each.target.text, each.target.span, kind)
        if types.values == before:
            break
    types.conflicts = list(dict.fromkeys(types.conflicts))
    types._quiet = False
