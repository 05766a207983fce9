"""Findings that a project had when it began to lint: ``ivr lint --baseline FILE``.

What stands in the file is not told again; what is new, is. A finding is known by its code, its file, its headline and
the text of its line, so that it stays the same finding when lines above it come and go. The same one twice counts as
two. Findings that nobody may suppress are never put in.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsl import Diagnostic, pages
from dsl.lint.allow import can_be_allowed
from interpreter.tooling.files import CannotRun, write

VERSION = 1


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """A finding without its place. ``file`` is relative to the folder of the baseline."""

    file: str
    code: str
    headline: str
    line: str


@dataclass(frozen=True, slots=True)
class Compared:
    """``new`` are the findings to tell, ``known`` how many are left out, ``gone`` what is in the baseline and was not
    found, in the files that were looked at or are there no more."""

    new: list[Diagnostic]
    known: int
    gone: list[Known]


def compare(found: Sequence[Diagnostic], baseline: Path, looked_at: Iterable[Path]) -> Compared:
    """The findings against a baseline file. Raises `CannotRun` when that cannot be read."""
    left = _read(baseline)
    new = []
    for finding in found:
        key = _known(finding, baseline.parent)
        if left[key] > 0 and _may_be_kept(finding):
            left[key] -= 1
        else:
            new.append(finding)
    seen = {_relative(path, baseline.parent) for path in looked_at}
    gone = [key for key in left.elements() if key.file in seen or not (baseline.parent / key.file).exists()]
    return Compared(new, len(found) - len(new), sorted(gone))


def write_baseline(found: Sequence[Diagnostic], baseline: Path) -> tuple[int, int]:
    """Put the findings into the file, and say how many went in and how many may not. Raises `CannotRun`."""
    kept = Counter(_known(finding, baseline.parent) for finding in found if _may_be_kept(finding))
    rows = [
        {"file": key.file, "code": key.code, "headline": key.headline, "line": key.line, "count": count}
        for key, count in sorted(kept.items())
    ]
    # One finding a line, so that a review shows which ones went and came.
    body = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
    listed = f"[\n{body}\n]" if body else "[]"
    write(baseline, f'{{"version": {VERSION}, "findings": {listed}}}\n')
    return kept.total(), len(found) - kept.total()


def _may_be_kept(finding: Diagnostic) -> bool:
    return can_be_allowed(pages()[finding.code].rule)


def _known(finding: Diagnostic, folder: Path) -> Known:
    line = finding.source.line_text(finding.source.place(finding.label.span.start).line)
    file = _relative(Path(finding.source.name), folder)
    return Known(file, finding.code, finding.headline, " ".join(line.split()))


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def _read(baseline: Path) -> Counter[Known]:
    try:
        content = json.loads(baseline.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CannotRun(f"there is no baseline {baseline}; make one with --write-baseline") from None
    except OSError as error:
        raise CannotRun(f"{baseline} cannot be read: {error.strerror}") from None
    except ValueError:  # neither UTF-8 nor JSON
        raise CannotRun(f"{baseline} is not a baseline; write it anew with --write-baseline") from None
    try:
        if content["version"] != VERSION:
            raise CannotRun(f"{baseline} is of another version of `ivr`; write it anew with --write-baseline")
        found: Counter[Known] = Counter()
        for row in content["findings"]:
            found[Known(*(str(row[name]) for name in ("file", "code", "headline", "line")))] += int(row["count"])
    except (KeyError, TypeError, ValueError):
        raise CannotRun(f"{baseline} is not a baseline; write it anew with --write-baseline") from None
    return found
