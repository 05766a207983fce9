"""Findings that an author has looked at and wants to keep: ``; allow IVR404: legal wording``.

The comment counts for its own line or, where it has a line to itself, for the next line of code. It names one or more
rules, by code or by name, and the reason is obligatory: whoever reads the script next has to know it. What cannot be
read cannot be kept, nor what the call needs to go on, nor the rules that nobody may switch off (`Rule.always`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from dsl.source import Source, Span

if TYPE_CHECKING:
    from dsl.lint.rule import Rule

NEEDED = frozenset({"IVR201", "IVR202", "IVR208", "IVR213", "IVR221", "IVR222", "IVR224", "IVR301", "IVR305", "IVR901"})
"""Errors without which a call would not know where to go, or the host would refuse what it is asked for. So are all
errors of the first hundred, which are about reading, names and types."""

ALLOW_CODES = frozenset({"IVR140", "IVR141", "IVR142", "IVR143"})
"""The rules about ``allow`` itself."""

_RULE = r"(?:IVR[0-9A-Za-z]*|[a-z]+(?:-[a-z0-9]+)+)"
_ALLOW = re.compile(rf";+[ \t]*allow[ \t]+({_RULE}(?:[ \t]*,[ \t]*{_RULE})*)[ \t]*(?::[ \t]*(.*?))?[ \t]*$", re.I)
_STRING = re.compile(r'"(?:\\.|[^"\\])*"')


@dataclass(frozen=True, slots=True)
class Named:
    """A rule as an ``allow`` names it: by code, or by name. ``rule`` is None when there is none."""

    text: str
    span: Span
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Allow:
    """One comment. ``line`` is the line (from 1) whose findings it keeps, 0 when there is none below it."""

    named: tuple[Named, ...]
    reason: str
    line: int
    span: Span


def allows(source: Source, rules: Mapping[str, Rule]) -> tuple[Allow, ...]:
    """Every ``allow`` of a text, in order. ``rules`` are all rules by code."""
    if "allow" not in source.text.lower():
        return ()
    return tuple(_found(source, rules, {rule.name: rule for rule in rules.values()}))


def _found(source: Source, rules: Mapping[str, Rule], names: Mapping[str, Rule]) -> Iterator[Allow]:
    for number in range(1, source.line_count + 1):
        text = source.line_text(number)
        if "allow" not in text.lower():
            continue
        code = _STRING.sub(lambda string: "x" * len(string.group()), text)
        match = _ALLOW.match(code, code.find(";")) if ";" in code else None
        if match is None:
            continue
        start = source.line_start(number)
        named = []
        for each in re.finditer(_RULE, match.group(1), re.I):
            at = start + match.start(1) + each.start()
            rule = rules.get(each.group().upper()) or names.get(each.group().lower())
            named.append(Named(each.group(), Span(at, at + len(each.group())), rule))
        alone = not text[: match.start()].strip(" \t\f\ufeff")
        line = _next_code(source, number) if alone else number
        span = Span(start + match.start(), start + len(text.rstrip()))
        yield Allow(tuple(named), text[match.start(2) : match.end(2)] if match.group(2) else "", line, span)


def _next_code(source: Source, number: int) -> int:
    """The line of code below a comment, and below those that follow it; 0 when an empty line or the end comes first."""
    for below in range(number + 1, source.line_count + 1):
        text = source.line_text(below).strip(" \t\f")
        if not text.startswith(";"):
            return below if text else 0
    return 0


def can_be_allowed(rule: Rule) -> bool:
    """Whether a script may keep findings of a rule."""
    vital = rule.severity == "error" and (rule.check is None or rule.code < "IVR200" or rule.code in NEEDED)
    return not (rule.always or vital or rule.code in ALLOW_CODES)


def kept(
    found: Iterable[Diagnostic], source: Source, comments: tuple[Allow, ...]
) -> tuple[list[Diagnostic], list[Named]]:
    """The findings that no comment keeps, and the names in comments that kept nothing."""
    wanted: dict[tuple[int, str], list[Named]] = {}
    for comment in comments:
        for named in comment.named:
            if comment.reason and named.rule is not None and can_be_allowed(named.rule):
                wanted.setdefault((comment.line, named.rule.code), []).append(named)
    used: set[int] = set()
    left = []
    for finding in found:
        here = wanted.get((source.place(finding.label.span.start).line, finding.code)) if wanted else None
        if here is None or finding.source is not source:
            left.append(finding)
        else:
            used.update(id(named) for named in here)
    unused = [named for each in wanted.values() for named in each if id(named) not in used]
    return left, unused
