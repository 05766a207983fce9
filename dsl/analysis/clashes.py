"""The type of every expression, and where kinds do not fit together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from dsl.analysis.kinds import (
    DATE,
    DURATION,
    FUNCTIONS,
    NUMBER,
    SECRET,
    TEXT,
    TIME,
    UNKNOWN,
    YES_NO,
    Type,
    comparable,
    computed,
    confidential,
    declared,
    fits,
    ordered,
    result_of,
)
from dsl.analysis.program import Program
from dsl.ast import (
    Binary,
    Call,
    Conditional,
    DayLiteral,
    DurationLiteral,
    Expression,
    IsKnown,
    IsOpen,
    ListLiteral,
    LocaleLiteral,
    Not,
    NumberLiteral,
    TextLiteral,
    TimeLiteral,
    Variable,
    YesNo,
)
from dsl.source import Span


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
    quiet: bool = False
    """While types are still being inferred, what does not fit yet is not noted."""

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
                return self._list(expression)
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
            kind = "secret" if confidential(found) else "type"
            self.note(kind, expression.span, headline, f"this is a {found.title}")

    def note(
        self, kind: str, span: Span, headline: str, label: str, known: tuple[str, ...] = (), name: str = ""
    ) -> None:
        if not self.quiet:
            self.clashes.append(Clash(kind, span, headline, label, known, name))

    def public(self, expression: Expression, headline: str, label: str) -> Type:
        """The type of an expression that goes where no secret may go."""
        found = self.of(expression)
        if confidential(found):
            self.note("secret", expression.span, headline, label)
        return found

    def _list(self, node: ListLiteral) -> Type:
        element = UNKNOWN
        for item in node.items:
            kind = self.public(item, "a secret stands in a list", "what is done with the list would give it away")
            if confidential(kind):
                element = kind
            elif confidential(element) or comparable(element, kind):
                element = kind if element is UNKNOWN else element
            else:
                self.note("type", item.span, "the entries of a list are of different kinds", f"a {kind.title}")
        return Type("list", element=element)

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
        self._digits_only(node, left, right)
        return YES_NO

    def _compare(self, node: Binary, left: Type, right: Type) -> None:
        if SECRET in (left, right):
            secret = node.left if left is SECRET else node.right
            self.note("secret", secret.span, "a secret is compared", "nothing may be found out about it like this")
            return
        label = f"a {left.title} with a {right.title}"
        if not comparable(left, right):
            self.note("compare", node.span, f"a {left.title} does not compare with a {right.title}", label)
        elif node.operator in ("<", "<=", ">", ">=") and not (ordered(left) and ordered(right)):
            which = left if not ordered(left) else right
            self.note("compare", node.span, f"a {which.title} is neither more nor less than another", label)

    def _compute(self, node: Binary, left: Type, right: Type) -> Type:
        if SECRET in (left, right):
            secret = node.left if left is SECRET else node.right
            self.note("secret", secret.span, "something is computed from a secret", "it would be one, too")
            return SECRET
        found = computed(node.operator, left, right)
        if left.name == "number" and right.name in ("money", "duration") and node.operator == "-":
            # Only the sign is written like this: ``-5s`` is nothing minus five seconds.
            found = right if isinstance(node.left, NumberLiteral) and node.left.value == 0 else None
        if found is NUMBER:
            self._digits_only(node, left, right)
        if found is None:
            sign = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}[node.operator]
            label = f"a {left.title} {sign} a {right.title}"
            self.note("type", node.span, f"`{node.operator}` does not work with these two", label)
            return UNKNOWN
        return found

    def _digits_only(self, node: Binary, left: Type, right: Type) -> None:
        """A text that is written there and is no number, where it would have to be one."""
        if node.operator == "+" and "number" not in (left.name, right.name):
            return
        sides = ((node.left, right), (node.right, left))
        for side, other in sides:
            counted = other.name == "number" or (other.name == "text" and node.operator in ("<", "<=", ">", ">="))
            if isinstance(side, TextLiteral) and counted and not side.value.strip().isdecimal():
                self.note("compare", side.span, "this text is no number, and is taken as one", "not only digits")

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
            return result_of(signature, kinds)
        for number, (argument, kind) in enumerate(zip(node.arguments, kinds, strict=True)):
            wanted_names = signature.takes[number]
            allowed = (kinds[0].name,) if wanted_names == "same" else tuple(wanted_names.split("|"))
            if kind is not UNKNOWN and not any(fits(kind, Type(each)) for each in allowed):
                secret = confidential(kind)
                headline = f"`{node.name}` may not look at a secret" if secret else f"`{node.name}` does not take this"
                label = f"a {kind.title}; it takes {' or '.join(allowed)}"
                self.note("secret" if secret else "type", argument.span, headline, label)
        return result_of(signature, kinds)

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
