"""What is not told while lines of a script cannot be read: it may come from what stands on them.

One mistake should give one message. A value that a line gives, and that cannot be read, is not unknown; and nobody
needs advice about a block of which a part is missing. Errors that need no such line are told all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dsl.analysis.program import Program
from dsl.diagnostics import Diagnostic
from dsl.lint.walk import complete

OF_UNKNOWN = frozenset({"IVR120", "IVR121", "IVR122", "IVR126", "IVR127", "IVR131", "IVR132", "IVR221", "IVR402"})
"""Rules about a name that something else in the script has to give."""


def certain(found: Iterable[Diagnostic], program: Program) -> Iterator[Diagnostic]:
    """The findings that a line which could not be read cannot have caused."""
    if complete(program):
        yield from found
        return
    unread = program.script.unread
    for finding in found:
        if finding.severity == "warning" or (finding.code in OF_UNKNOWN and unread & _words(finding)):
            continue
        yield finding


def _words(finding: Diagnostic) -> set[str]:
    return set(re.findall(r"[A-Za-z0-9_]+", finding.source.slice(finding.label.span)))
