"""``ivr lint``, ``ivr fmt`` and ``ivr explain``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dsl import Bindings, Diagnostic, Source, check, pages
from dsl.fix import apply
from dsl.format import format_text
from dsl.report import explain, render, summary
from dsl.report.explain import similar
from dsl.spell import listed
from interpreter.site_bindings import bindings_from
from interpreter.tooling.files import CannotRun, beside, find_scripts, only_used, read, read_bindings, write

ROUNDS = 20
"""Fixes that touch each other are made one after the other; more rounds than this would be a fix that undoes
another."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command prints, on which stream, and how it exits."""

    out: str
    err: str
    code: int


def lint(paths: list[Path], site: Path | None, format: str, fix: bool, unsafe: bool, colour: bool) -> Outcome:
    """Lint every script, each with the files that it uses. Exit code 1 when a finding is an error. Raises
    `CannotRun`."""
    bindings = read_bindings(site)
    found: list[Diagnostic] = []
    made = 0
    scripts = find_scripts(paths)
    used = only_used(scripts)
    for path in scripts:
        if path in used:
            continue
        if fix or unsafe:
            made += _fix(path, bindings, unsafe)
        found += check(read(path), bindings, beside(path)).diagnostics
    found = list(dict.fromkeys(found))  # a file that several scripts use is told of once
    err = f"{made} {'fix' if made == 1 else 'fixes'} made\n" if fix or unsafe else ""
    if format in ("text", "concise"):
        err += summary(found) + "\n"
    failed = any(finding.severity == "error" for finding in found)
    return Outcome(render(found, format, colour=colour), err, 1 if failed else 0)


def _fix(path: Path, bindings: Bindings | None, unsafe: bool) -> int:
    """Make the fixes of a script and of the files that it uses until none is left; each file is written once."""
    disk = beside(path)
    texts = {str(path): read(path).text}
    before = dict(texts)
    count = 0

    def current(name: str) -> str | None:
        key = str(PurePosixPath(path.as_posix()).parent / name)
        if key not in texts and (text := disk(name)) is not None:
            texts[key] = before[key] = text
        return texts.get(key)

    for _ in range(ROUNDS):
        findings = check(Source(str(path), texts[str(path)]), bindings, current).diagnostics
        made = 0
        for name in tuple(texts):
            own = (each.fix for each in findings if each.fix and each.source.name == name)
            texts[name], applied = apply(texts[name], own, unsafe)
            made += len(applied)
        if not made:
            break
        count += made
    for name, text in texts.items():
        if text != before[name]:
            write(Path(name), text)
    return count


def format_files(paths: list[Path], check_only: bool) -> Outcome:
    """Format every script. With ``check_only`` nothing is written and exit code 1 says that something would be."""
    out, err, failed, changed = "", "", False, 0
    scripts = find_scripts(paths)
    for path in scripts:
        source = read(path)
        formatted = format_text(source)
        if formatted.refused:
            failed = True
            err += render(formatted.refused, "text")
        elif formatted.changed:
            changed += 1
            out += f"{'would reformat' if check_only else 'reformatted'} {path}\n"
            if not check_only:
                write(path, formatted.text)
    err += f"{changed} of {len(scripts)} {'script' if len(scripts) == 1 else 'scripts'} "
    err += "would change\n" if check_only else "changed\n"
    return Outcome(out, err, 1 if failed or (check_only and changed) else 0)


def explain_code(code: str, colour: bool) -> Outcome:
    """The manual page of a rule. Raises `CannotRun` for one that does not exist."""
    page = explain(code, bindings_from, colour=colour)
    if page is None:
        raise CannotRun(f"there is no rule `{code}`; {_rule_hint(code)}")
    return Outcome(page, "", 0)


def _rule_hint(code: str) -> str:
    close = similar(code)
    if close:
        return f"did you mean `{close}`?"
    names = [page.rule.name for page in pages().values() if len(code) > 2 and code.lower() in page.rule.name]
    if names:
        return f"did you mean {listed(names)}?"
    codes = [page.rule.code for page in pages().values() if page.rule.code[3] == code.upper().removeprefix("IVR")[:1]]
    return f"rules with such a code are {listed(codes or list(pages()), 'and')}"
