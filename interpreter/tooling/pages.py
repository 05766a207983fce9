"""Pages that are made from the code: one for each rule, and the table of outcomes. `make check` compares them.

python -m interpreter.tooling.pages           write them
python -m interpreter.tooling.pages --check   exit 1 when one is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from dsl import pages
from dsl.analysis.outcomes import EMERGENCY, VERBS
from dsl.lint import Page
from dsl.lint.allow import can_be_allowed

DOCS = Path(__file__).resolve().parents[2] / "docs"
_MADE = "<!-- Made by `python -m interpreter.tooling.pages`; change the code, not this page. -->\n"


def generated() -> Iterator[tuple[Path, str]]:
    """Every generated page: where it belongs and its text."""
    for page in pages().values():
        yield DOCS / "rules" / f"{page.rule.code}.md", _rule(page)
    yield DOCS / "rules" / "README.md", _index()
    yield DOCS / "outcomes.md", _outcomes()


def _rule(page: Page) -> str:
    rule = page.rule
    always = ", cannot be suppressed" if not can_be_allowed(rule) else ""
    site = f"With this site file:\n\n```toml\n{rule.site}```\n\n" if rule.site else ""
    good_site = f"\nWith this site file:\n\n```toml\n{rule.good_site}```\n" if rule.good_site else ""
    return (
        f"{_MADE}# {rule.code} {rule.name}\n\nSeverity: {rule.severity}{always}\n\n{page.text}\n\n"
        f"This is wrong:\n\n```\n{rule.bad}```\n\n{site}This is right:\n\n```\n{rule.good}```\n{good_site}"
    )


def _index() -> str:
    rows = [
        f"| [{p.rule.code}]({p.rule.code}.md) | {p.rule.name} | {p.rule.severity} | {p.text.splitlines()[0]} |"
        for p in pages().values()
    ]
    head = "| Code | Name | Severity | What it finds |\n|---|---|---|---|\n"
    return (
        f"{_MADE}# Rules\n\n`ivr explain CODE` shows the same pages at the terminal.\n\n{head}" + "\n".join(rows) + "\n"
    )


def _outcomes() -> str:
    rows = [f"| `{verb}` | `{o.name}` | {o.meaning} |" for verb, outcomes in VERBS.items() for o in outcomes]
    rows.append(f"| `when hours` | `{EMERGENCY.name}` | {EMERGENCY.meaning} |")
    rows.append("| `when hours` | a named break | inside that break; one outcome for each `break` of the hours |")
    rows.append("| `menu` | each option | the caller pressed its key or said one of its phrases |")
    rows.append("| `menu`, `collect` | `after N tries` | that many silences and wrong inputs together in one visit |")
    head = "| Verb | Outcome | Meaning |\n|---|---|---|\n"
    intro = "Every verb ends in exactly one outcome of its set, and a script must route all of them.\n\n"
    return f"{_MADE}# Outcomes\n\n{intro}{head}" + "\n".join(rows) + "\n"


def main(check: bool) -> int:
    """Write or compare the pages; the exit code."""
    wanted = dict(generated())
    present = {*(DOCS / "rules").glob("*.md")}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    stale += sorted(present - set(wanted))
    if check:
        for path in stale:
            print(f"out of date: {path.relative_to(DOCS.parent)}; run `make pages`", file=sys.stderr)
        return 1 if stale else 0
    for path in present - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(wanted)} pages, {len(stale)} changed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main("--check" in sys.argv[1:]))
