"""Every example of the manual is a test. What each kind of block promises stands in `manual`."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from console import exchanges, matches, run
from manual import Block, blocks, name_of, script_of

from dsl import Source, check, pages
from dsl.analysis.outcomes import VERBS
from dsl.format import format_text
from dsl.report import render
from dsl.syntax.words import DECLARATIONS, LINES, WEEKDAYS
from interpreter import phone
from interpreter.literals import read_fields
from interpreter.simulate import Simulation
from interpreter.site import Site, SiteError
from interpreter.tooling.call import moment, zone_of
from interpreter.tooling.pages import generated

ROOT = Path(__file__).resolve().parents[2]
MADE = ("rules", "decisions")
"""Folders of `docs/` without examples of their own: the rules' are tested with the rules."""
PAGES = [
    ROOT / "README.md",
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if page.parent.name not in MADE),
]
BLOCKS = [block for page in PAGES for block in blocks(page)]
WHEN = "2026-03-02 10:00"
"""A Monday: the time of plans that do not say one."""


def _of(kind: str) -> list[Block]:
    return [block for block in BLOCKS if block.kind == kind]


@pytest.mark.parametrize("block", _of("ivr"), ids=str)
def test_scripts(block: Block) -> None:
    source = Source("example.ivr", script_of(block))
    if "part" in block.info:
        assert format_text(source).text == source.text, "not in the canonical layout"
        consoles = [each.text for each in BLOCKS if each.page == block.page and each.kind == "console"]
        assert any(f"ivr {verb}" in text for text in consoles for verb in ("lint", "test", "prove"))
        return
    found = check(source).diagnostics
    if "wrong" in block.info:
        promised = [word for word in block.info if re.fullmatch(r"IVR\d{3}", word)]
        assert promised, f"{block}: which code?"
        assert [each.code for each in found] == promised, render(found)
        return
    assert not found, render(found)
    assert format_text(source).text == source.text, "not in the canonical layout"


@pytest.mark.parametrize("block", _of("transcript"), ids=str)
def test_transcripts(block: Block) -> None:
    """The plan before the transcript is run against the script before the plan."""
    before = [each for each in BLOCKS if each.page == block.page and each.line < block.line]
    plan = before[-1]
    assert plan.kind == "plan", f"{block}: a transcript follows its plan"
    script = next(each for each in reversed(before) if each.kind == "ivr" and "wrong" not in each.info)
    program = check(Source("example.ivr", script_of(script))).program
    assert program is not None
    options = dict(zip(plan.info[::2], plan.info[1::2], strict=True))
    unknown = set(options) - {"--at", "--switch", "--from", "--with"}
    assert not unknown, f"{plan}: {unknown}"
    switch, _, state = options.get("--switch", "").partition("=")
    simulation = Simulation(
        program,
        moment(options.get("--at", WHEN), zone_of(program)),
        caller=options.get("--from", "+14255550100"),
        switches=((switch, state == "on"),) if switch else (),
        arguments=read_fields(options.get("--with", "")),
    )
    assert phone.run_plan(simulation, phone.read_plan(plan.text)) == 0
    assert phone.transcript(simulation) == block.text


def test_every_plan_has_a_transcript() -> None:
    followed = {str(a) for a, b in pairwise(BLOCKS) if a.page == b.page and b.kind == "transcript"}
    assert [str(block) for block in _of("plan") if block.file is None and str(block) not in followed] == []


@pytest.mark.parametrize("block", _of("toml"), ids=str)
def test_site_files(block: Block, tmp_path: Path) -> None:
    if "wrong" in block.info:
        with pytest.raises(SiteError):
            Site.parse(block.text, folder=tmp_path, need_secrets=False)
        return
    (tmp_path / "acs.key").write_text("key", encoding="utf-8")
    Site.parse(block.text, folder=tmp_path, need_secrets=False)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_consoles(page: Path, tmp_path: Path) -> None:
    """The consoles of a page run in order, in one folder with the sample scripts and the page's own files."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    code = 0
    for block in (each for each in BLOCKS if each.page == page):
        if block.file is not None:
            text = script_of(block) if block.kind == "ivr" else block.text
            (tmp_path / block.file).write_text(text, encoding="utf-8")
        if block.kind != "console":
            continue
        for exchange in exchanges(block.text):
            said, code = run(exchange, tmp_path, code)
            assert matches(exchange.expected, said), f"{block}: {exchange.command}\n{said}"


def _anchors(page: Path) -> set[str]:
    """The names by which a page's headings can be linked to, as GitHub makes them."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", prose, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere() -> None:
    """Also to pages that are made from the code, which need not have been made yet."""
    made = {path for path, _ in generated()}
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            name, _, anchor = target.partition("#")
            path = (page.parent / name).resolve() if name else page
            if re.match(r"[a-z]+:", target) or path in made:
                continue
            if not path.exists() or (anchor and anchor not in _anchors(path)):
                broken.append(f"{name_of(page)}: {target}")
    assert broken == []


def test_rules_that_are_named_exist() -> None:
    named = {
        (name_of(page), code)
        for page in [*PAGES, *(ROOT / "docs" / "decisions").glob("*.md")]
        for code in re.findall(r"IVR\d{3}", page.read_text(encoding="utf-8"))
    }
    assert {(page, code) for page, code in named if code not in pages()} == set()


def _outcomes_told() -> dict[str, list[str]]:
    """By verb: the outcomes in the tables below ``## Outcomes``. A table of one verb does not name it."""
    told: dict[str, list[str]] = {}
    for page in sorted((ROOT / "docs" / "language").glob("*.md")):
        _, _, section = page.read_text(encoding="utf-8").partition("\n## Outcomes\n")
        for row in re.findall(r"^\| (`.*) \|$", section.partition("\n## ")[0], re.M):
            words = re.findall(r"`([^`]+)`", row.rpartition(" | ")[0])
            verb, outcome = words if len(words) == 2 else (page.stem, words[0])
            told.setdefault(verb, []).append(outcome)
    return told


def test_each_verb_has_a_page_with_all_of_its_outcomes() -> None:
    expected = {verb: [each.name for each in outcomes] for verb, outcomes in VERBS.items() if verb != "when hours"}
    assert _outcomes_told() == expected


def test_each_declaration_and_each_statement_is_on_a_page() -> None:
    """As the words at the beginning of a line in an example of the reference."""
    pages = [*(ROOT / "docs" / "language").glob("*.md"), ROOT / "docs" / "language.md"]
    lines = [
        line.strip()
        for page in pages
        for block in blocks(page)
        if block.kind == "ivr"
        for line in block.text.splitlines()
    ]
    wanted = {*DECLARATIONS, *(line for lines_of in LINES.values() for line in lines_of)} - set(WEEKDAYS)
    missing = [word for word in sorted(wanted) if not any(re.match(rf"{re.escape(word)}\b", line) for line in lines)]
    assert missing == []


def test_the_manual_is_there() -> None:
    """Nothing above passes because there is nothing to read."""
    names = {page.name for page in PAGES}
    assert {"README.md", "tutorial.md", "language.md", "cookbook.md", "moving.md", "site.md", "testing.md"} <= names
    for kind, least in (("ivr", 25), ("transcript", 10), ("toml", 5), ("console", 10)):
        assert len(_of(kind)) >= least, kind
