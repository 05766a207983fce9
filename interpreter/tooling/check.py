"""``ivr lint``, ``ivr fmt`` and ``ivr explain``."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dsl import Bindings, Diagnostic, Source, check, pages
from dsl.fix import apply
from dsl.format import format_text
from dsl.report import explain, render, summary
from dsl.report.explain import similar
from dsl.spell import listed
from interpreter.site_bindings import bindings_from
from interpreter.tooling.baseline import compare, write_baseline
from interpreter.tooling.files import CannotRun, beside, find_scripts, read, read_bindings, write
from interpreter.tooling.project import UNUSED, findings, projects, shared, users

ROUNDS = 20
"""Fixes that touch each other are made one after the other; more rounds than this would be a fix that undoes
another."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command prints, on which stream, and how it exits."""

    out: str
    err: str
    code: int


@dataclass(frozen=True, slots=True)
class Linting:
    """How `ivr lint` was asked: ``format`` is one of `dsl.report.formats`; ``unsafe`` makes unsafe fixes, too."""

    site: Path | None = None
    format: str = "text"
    fix: bool = False
    unsafe: bool = False
    baseline: Path | None = None
    write_baseline: bool = False
    colour: bool = False


def lint(paths: list[Path], how: Linting) -> Outcome:
    """Lint every script, each with the files that it uses. Of a file that is only used by others, what they say of
    it is told. Exit code 1 when a finding is an error. Raises `CannotRun`."""
    if how.write_baseline and how.baseline is None:
        raise CannotRun("--write-baseline needs --baseline FILE: where to write it")
    bindings = read_bindings(how.site)
    asked = find_scripts(paths)
    using = users(asked)
    project = projects([*asked, *using])
    about = {member.resolve() for members in projects(asked).values() for member in members}
    fixing = how.fix or how.unsafe
    several = shared(project)
    made = sum(_fix(path, bindings, how.unsafe, several, about) for path in project) if fixing else 0
    found = [each for each in findings(project, bindings) if not using or Path(each.source.name).resolve() in about]
    err = f"{made} {'fix' if made == 1 else 'fixes'} made\n" if fixing else ""
    if how.baseline is not None:
        looked_at = [path for files in project.values() for path in files]
        found, said = _against_baseline(found, how.baseline, how.write_baseline, looked_at)
        err += said
    if how.format in ("text", "concise"):
        err += summary(found) + "\n"
    failed = any(finding.severity == "error" for finding in found)
    return Outcome(render(found, how.format, colour=how.colour), err, 1 if failed else 0)


def _against_baseline(
    found: list[Diagnostic], baseline: Path, write: bool, looked_at: list[Path]
) -> tuple[list[Diagnostic], str]:
    """The findings that are not in the baseline, and what to say about those that are."""
    said = ""
    if write:
        kept, refused = write_baseline(found, baseline)
        said = f"{_counted(kept)} written to {baseline}\n"
        if refused:
            said += f"{_counted(refused)} not written: nobody may suppress {'them' if refused > 1 else 'it'}\n"
    compared = compare(found, baseline, looked_at)
    if compared.known and not write:
        said += f"{_counted(compared.known)} of the baseline left out\n"
    if compared.gone:
        are = "are" if len(compared.gone) > 1 else "is"
        said += f"{_counted(len(compared.gone))} of the baseline {are} gone; write it anew with --write-baseline\n"
        said += "".join(f"  {each.file}: [{each.code}] {each.headline}\n" for each in compared.gone)
    return compared.new, said


def _counted(number: int) -> str:
    return f"{number} {'finding' if number == 1 else 'findings'}"


def _fix(path: Path, bindings: Bindings | None, unsafe: bool, several: frozenset[str], about: Set[Path]) -> int:
    """Make the fixes of a script and of the files that it uses, as far as they are ``about`` these files, until none
    is left; each file is written once.

    What this script does not need in a file that ``several`` use is left alone: another one may need it."""
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
        found = check(Source(str(path), texts[str(path)]), bindings, current).diagnostics
        made = 0
        for name in (each for each in tuple(texts) if Path(each).resolve() in about):
            here = [each for each in found if each.source.name == name]
            own = (each.fix for each in here if each.fix and not (each.code in UNUSED and name in several))
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
