"""Several files as one text: what a script ``use``s stands behind it, so that spans, versions and the store know one
text only.

Between two files stands a comment line that names the second one. The bundle of a script that uses nothing is the
script itself. Findings are told in the file in which they lie (`localise`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePosixPath

from dsl.diagnostics import Diagnostic, Edit, Label
from dsl.source import Source, Span

Read = Callable[[str], str | None]
"""The text of a file by the name that ``use`` gives, relative to the script's folder; ``None`` when there is none."""

_MARK = re.compile(r'^;;; file "([^"\r\n]+)"[ \t]*\r?\n', re.M)
_USE = re.compile(r'^use[ \t]+"([^"\\\r\n]+)"', re.M)


def bundle(source: Source, read: Read) -> Source:
    """The script with every file that it uses, directly or through another, each once.

    A file that cannot be read is left out: the rule for unknown files tells of it.
    """
    text, seen = source.text, {PurePosixPath(source.name).name}
    waiting = _USE.findall(text)
    while waiting:
        used = waiting.pop(0)
        name = str(PurePosixPath(used))  # `./common.ivr` is the same file
        if name in seen or not is_inside(used):
            continue
        seen.add(name)
        more = read(name)
        if more is None:
            continue
        waiting += _USE.findall(more)
        gap = "" if text.endswith("\n") else "\n"
        text = f'{text}{gap};;; file "{name}"\n{more}'
    return source if text == source.text else Source(source.name, text)


def is_inside(name: str) -> bool:
    """Whether a name leads to a file beside or below the script, never out of its folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and ":" not in name


def used_names(text: str) -> tuple[str, ...]:
    """The files that a text says it uses, as written."""
    return tuple(_USE.findall(text))


@lru_cache(maxsize=64)
def _sections(text: str) -> tuple[tuple[str, int, int], ...]:
    """Name, start and end of each file behind the first one."""
    marks = list(_MARK.finditer(text))
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    return tuple((mark.group(1), mark.end(), end) for mark, end in zip(marks, ends, strict=True))


def section_starts(source: Source) -> tuple[int, ...]:
    """Where each file behind the first one begins."""
    return tuple(start for _, start, _ in _sections(source.text))


def section_names(source: Source) -> tuple[str, ...]:
    """The names of the files behind the first one."""
    return tuple(name for name, _, _ in _sections(source.text))


def files(source: Source) -> tuple[Source, ...]:
    """The files of a bundle, each as its own source, the script first. Names are those of paths beside the script."""
    sections = _sections(source.text)
    if not sections:
        return (source,)
    first = _MARK.search(source.text)
    assert first is not None
    folder = PurePosixPath(source.name).parent
    others = (Source(str(folder / name), source.text[start:end]) for name, start, end in sections)
    return (Source(source.name, source.text[: first.start()]), *others)


def localise(findings: list[Diagnostic], source: Source) -> list[Diagnostic]:
    """The findings about a bundle as findings about its files."""
    starts = (0, *section_starts(source))
    if len(starts) == 1:
        return findings
    parts = files(source)
    return [_moved(finding, source, starts, parts) if finding.source is source else finding for finding in findings]


def _moved(finding: Diagnostic, source: Source, starts: tuple[int, ...], parts: tuple[Source, ...]) -> Diagnostic:
    def number(span: Span) -> int:
        return sum(start <= span.start for start in starts) - 1

    def shifted(span: Span, by: int) -> Span:
        return Span(span.start - by, span.end - by)

    home = number(finding.label.span)

    def label(each: Label) -> Label:
        if each.source is not None and each.source is not source:
            return each
        at = number(each.span)
        return Label(shifted(each.span, starts[at]), each.text, None if at == home else parts[at])

    fix = finding.fix
    if fix is not None:
        whole = all(number(edit.span) == home for edit in fix.edits)
        edits = tuple(Edit(shifted(edit.span, starts[home]), edit.text) for edit in fix.edits)
        fix = replace(fix, edits=edits) if whole else None
    return replace(
        finding,
        source=parts[home],
        label=label(finding.label),
        labels=tuple(label(each) for each in finding.labels),
        fix=fix,
    )
