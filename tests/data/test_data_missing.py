"""What a real line refuses is named when a script is loaded; a flow that makes calls takes none."""

from __future__ import annotations

import asyncio
from pathlib import Path

from dsl import Program, Source, check
from interpreter.data.missing import MISSING_PARTS, missing_parts
from interpreter.programs import SiteScripts
from interpreter.site import Site

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = ROOT / "tests" / "dsl" / "clean"


def program(path: Path) -> Program:
    def beside(name: str) -> str | None:
        return (path.parent / name).read_text(encoding="utf-8")

    checked = check(Source(str(path), path.read_text(encoding="utf-8")), read=beside)
    assert checked.program is not None
    return checked.program


def test_each_part_is_found_where_it_is_used() -> None:
    scripts = [path for path in sorted(EVERYTHING.glob("*.ivr")) if "\nuse " not in path.read_text(encoding="utf-8")]
    found = {part for path in scripts for part in missing_parts(program(path))}
    assert found == set(MISSING_PARTS.values())


def test_a_script_of_what_is_there_misses_nothing() -> None:
    assert missing_parts(program(ROOT / "scripts" / "contoso.ivr")) == ()
    assert missing_parts(program(ROOT / "scripts" / "s14_lookup.ivr")) == ()


def test_a_flow_that_makes_calls_takes_none() -> None:
    path = ROOT / "scripts" / "s10_reminder.ivr"
    text = path.with_suffix(".toml").read_text(encoding="utf-8") + f'\n[lines]\n"+18005550110" = "{path.as_posix()}"\n'
    scripts = SiteScripts(Site.parse(text, folder=path.parent, need_secrets=False))
    problems = asyncio.run(scripts.load())
    assert list(problems.values()) == ["its flow is outbound: it makes calls, and takes none of `[lines]`"]
    assert scripts.for_line("+18005550110") is None
