"""Scripts that belong together: each one that takes calls, with the files that it uses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dsl import Bindings, Diagnostic, Span, check
from dsl.bundle import bundle, files
from interpreter.tooling.files import SCRIPT, beside, read

Projects = Mapping[Path, tuple[Path, ...]]
"""The files of each script that is looked at on its own: itself, and what it uses."""

UNUSED = frozenset({"IVR117", "IVR128", "IVR206", "IVR708", "IVR902"})
"""Rules about what nothing uses. In a file of several scripts that is true only when all of them say so."""

_TAKES_CALLS = re.compile(r"^flow\b(?!.*\bgives\b)", re.M)


def projects(scripts: Iterable[Path]) -> Projects:
    """Which of the scripts are looked at on their own: those that take calls, and those that no other one uses."""
    paths = {path.resolve(): path for path in scripts}
    members = {real: _members(path) for real, path in paths.items()}
    chosen = [real for real, path in paths.items() if _TAKES_CALLS.search(read(path).text)]
    covered = {member.resolve() for real in chosen for member in members[real]}
    rest = [real for real in paths if real not in covered]
    used = {member.resolve() for real in rest for member in members[real][1:]}
    # Last those that use each other in a circle: the first of them stands for all.
    for real in (*(each for each in rest if each not in used), *rest):
        if real not in covered:
            chosen.append(real)
            covered |= {member.resolve() for member in members[real]}
    return {path: members[real] for real, path in paths.items() if real in chosen}


def takes_calls(path: Path) -> bool:
    """Whether a file itself has a flow that takes calls; a file of tests uses one that has."""
    return _TAKES_CALLS.search(read(path).text) is not None


def users(scripts: Sequence[Path]) -> list[Path]:
    """Scripts beside or above those that are no script on their own, and that use them: only there can it be seen
    whether such a file is right."""
    paths = {path.resolve() for path in scripts}
    alone = [path for path in projects(scripts) if not _TAKES_CALLS.search(read(path).text)]
    found: dict[Path, None] = {}
    for path in alone:
        near = sorted({*path.parent.glob(f"*{SCRIPT}"), *path.parent.resolve().parent.glob(f"*{SCRIPT}")})
        for each in near:
            if each.resolve() in paths or not each.is_file() or not _TAKES_CALLS.search(read(each).text):
                continue
            if path.resolve() in {member.resolve() for member in _members(each)}:
                found[each] = None
    return list(found)


def _members(path: Path) -> tuple[Path, ...]:
    return tuple(Path(source.name) for source in files(bundle(read(path), beside(path))))


def shared(project: Projects) -> frozenset[str]:
    """The names of the files that several of the scripts use."""
    count = Counter(str(member) for members in project.values() for member in members)
    return frozenset(name for name, times in count.items() if times > 1)


def findings(project: Projects, bindings: Bindings | None) -> list[Diagnostic]:
    """All findings. One in a file that several scripts use is told once."""
    found: dict[tuple[str, str, Span, str], list[Diagnostic]] = {}
    for path in project:
        for finding in check(read(path), bindings, beside(path)).diagnostics:
            key = (finding.code, finding.source.name, finding.label.span, finding.headline)
            found.setdefault(key, []).append(finding)
    users = Counter(str(member) for members in project.values() for member in members)
    return [each[0] for each in found.values() if _is_told(each, users, len(project))]


def _is_told(same: Sequence[Diagnostic], users: Counter[str], scripts: int) -> bool:
    """Whether the scripts agree. All of them use the site file."""
    first = same[0]
    return first.code not in UNUSED or len(same) >= users.get(first.source.name, scripts)
