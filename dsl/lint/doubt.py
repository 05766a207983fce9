"""What is not told because it may come from a mistake that is told.

One mistake should give one message. A value that a line gives, and that cannot be read, is not unknown; a block to
which a misspelt name was meant to lead is not unused; and nobody needs advice about a block of which a part is missing.
What needs no other mistake is told all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dsl.analysis.program import Program
from dsl.diagnostics import Diagnostic
from dsl.lint.walk import complete

OF_UNKNOWN = frozenset(
    {"IVR120", "IVR121", "IVR122", "IVR124", "IVR126", "IVR127", "IVR131", "IVR132", "IVR221", "IVR402", "IVR910"}
)
"""Rules about a name that something else in the script has to give."""
OF_UNASSIGNED = frozenset({"IVR126", "IVR127"})
"""Rules about a value that comes only with some outcomes."""
MISNAMED = frozenset({"IVR118", "IVR120", "IVR131", "IVR201", "IVR202", "IVR221"})
"""Rules about a name that is written wrongly, with the one that was meant."""
OF_WAYS = frozenset({"IVR217", "IVR607"})
"""Rules about where all ways lead."""
OF_TEXTS = frozenset({"IVR118", "IVR321", "IVR703", "IVR705", "IVR708", "IVR709"})
"""Rules that hold a text, or the name of a file, against something else."""
OF_FILES = frozenset({*OF_UNKNOWN, "IVR201", "IVR202", "IVR703", "IVR708", "IVR709"})
"""Rules about what another file may hold."""
_MEANT = re.compile(r"did you mean `([^`]+)`")


def certain(found: Iterable[Diagnostic], program: Program, reading: Iterable[Diagnostic] = ()) -> list[Diagnostic]:
    """The findings that no other mistake can have caused, one of ``reading`` the script included."""
    every, read = list(found), list(reading)
    left = _unmeant(_timed(_read(every, program), program, read), every)
    return list(_translated(_complete(_beside(left, read), every), every, read))


def _read(found: Iterable[Diagnostic], program: Program) -> Iterator[Diagnostic]:
    """Without those that a line which could not be read may have caused."""
    whole = complete(program)
    unread = program.script.unread
    for finding in found:
        doubtful = finding.severity == "warning" or (finding.code in OF_UNKNOWN and unread & _words(finding))
        if whole or not doubtful:
            yield finding


def _timed(found: Iterable[Diagnostic], program: Program, reading: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Without advice about a declaration in which a duration has no unit: seconds were taken, and may not be meant."""
    unclear = [each.label.span.start for each in reading if each.code == "IVR104"]
    spans = [each.span for each in program.declarations() if unclear]
    doubtful = [span for span in spans if any(span.start <= at < span.end for at in unclear)]
    for finding in found:
        at = finding.label.span.start
        if finding.severity != "warning" or not any(span.start <= at < span.end for span in doubtful):
            yield finding


def _beside(found: Iterable[Diagnostic], reading: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Without those about a file or a text on a line that could not be read as it stands."""
    lines = {_line(each) for each in reading if each.severity == "error"}
    for finding in found:
        if finding.code not in OF_TEXTS or _line(finding) not in lines:
            yield finding


def _complete(found: Iterable[Diagnostic], every: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Without those that a file which is not there may have caused: it has blocks, values and translations."""
    whole = all(finding.code != "IVR118" for finding in every)
    return (each for each in found if whole or each.code == "IVR118" or each.code not in OF_FILES)


def _translated(
    found: Iterable[Diagnostic], every: list[Diagnostic], reading: list[Diagnostic]
) -> Iterator[Diagnostic]:
    """Without those about a text with a mistake in it: it has a translation once it is as it was meant."""
    places = [each.label.span.start for each in every if each.code in MISNAMED - {"IVR118"}]
    unread = any(each.severity == "error" for each in reading)
    for finding in found:
        span = finding.label.span
        holds = any(span.start <= at < span.end for at in places)
        if not (finding.code in OF_TEXTS and holds) and not (finding.code == "IVR708" and (places or unread)):
            yield finding


def _line(finding: Diagnostic) -> int:
    return finding.source.place(finding.label.span.start).line


def _unmeant(found: Iterable[Diagnostic], every: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Without those that a misspelt name may have caused: it was meant to use, to give or to lead."""
    misnamed = [finding for finding in every if finding.code in MISNAMED]
    codes = {finding.code for finding in misnamed}
    meant = {name for finding in misnamed for name in _MEANT.findall(finding.help)}
    told = [finding.label.span for finding in every if finding.code == "IVR602"]
    for finding in found:
        unused = finding.severity == "warning" and meant & _words(finding)
        here = finding.label.span
        leaks = any(here.start < span.end and span.start < here.end for span in told)
        unassigned = finding.code in OF_UNASSIGNED and (leaks or "IVR202" in codes)
        nowhere = finding.code in OF_WAYS and "IVR201" in codes
        if not (unused or unassigned or nowhere):
            yield finding


def _words(finding: Diagnostic) -> set[str]:
    return set(re.findall(r"[A-Za-z0-9_]+", finding.source.slice(finding.label.span)))
