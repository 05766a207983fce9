"""The manual as a static site, for reading without a network: `make site` writes `build/site`.

The pages of `docs/` are copied to `build/manual` with the README as the first page and a navigation that is made of
what is there, and Zensical renders them. Pages that are missing are left out; pages that nobody sorted come behind the
others. Zensical is the successor of Material for MkDocs by the same people; that one had its last maintenance in
November 2026, and MkDocs itself no release since 2024.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dsl import pages

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BUILD = ROOT / "build"
STAGE = BUILD / "manual"
SITE = BUILD / "site"
"""The generator demands that both lie beside or below its configuration, `build/mkdocs.yml`."""

ORDER = (
    ("Start", "index.md"),
    ("A first line, step by step", "tutorial.md"),
    ("The language", "language.md"),
    ("Outcomes", "outcomes.md"),
    ("Cookbook", "cookbook.md"),
    ("Scenarios", "scenarios.md"),
    ("Coming from another system", "moving.md"),
    ("Trying a script out", "testing.md"),
    ("Site file and hosting", "site.md"),
    ("Queues and agents", "queues.md"),
    ("The agent's desktop", "desktop.md"),
    ("Operating", "operating.md"),
    ("The telephone service", "host-operations.md"),
)
"""The pages in the order in which they are read. The others follow by name, then the rules and the decisions."""

GROUPS = {
    "1": "Reading",
    "2": "Where calls go",
    "3": "Keys, speech and input",
    "4": "What callers hear",
    "5": "Queues, people and hours",
    "6": "Recording, secrets and outbound calls",
    "7": "Languages",
    "8": "Style",
    "9": "Projects and site files",
}
"""The rules by the first digit of their codes."""


LANGUAGES = {"plan": "text", "transcript": "text"}
"""Kinds of blocks that are not called by their language."""
_FENCE = re.compile(r"^```(\w*)[ \t]*(.*)$")


def stage() -> None:
    """Copy the pages and write the configuration. The folder is made anew."""
    shutil.rmtree(STAGE, ignore_errors=True)
    shutil.copytree(DOCS, STAGE, ignore=lambda _, names: [name for name in names if name.startswith(".")])
    (STAGE / "index.md").write_text(_front_page((ROOT / "README.md").read_text("utf-8")), encoding="utf-8")
    for page in STAGE.rglob("*.md"):
        page.write_text(titled(_with_folders(page.read_text("utf-8"))), encoding="utf-8")
    decisions = STAGE / "decisions"
    if decisions.is_dir():
        (decisions / "index.md").write_text(_decisions(decisions), encoding="utf-8")
    # A file of JSON is a file of YAML, and nothing has to be quoted twice.
    (BUILD / "mkdocs.yml").write_text(json.dumps(configuration(STAGE), indent=2), encoding="utf-8")


def configuration(source: Path) -> dict[str, Any]:
    """What Zensical reads. Nothing is loaded from elsewhere, and the site works from a folder, without a server."""
    return {
        "site_name": "ivr",
        "site_description": "A language for phone menus and call routing",
        "docs_dir": STAGE.name,
        "site_dir": SITE.name,
        "use_directory_urls": False,
        "theme": {
            "name": "material",
            "language": "en",
            "font": False,
            "features": ["navigation.sections", "navigation.footer", "navigation.top", "content.code.copy"],
            "palette": [
                {"media": "(prefers-color-scheme: light)", "scheme": "default"},
                {"media": "(prefers-color-scheme: dark)", "scheme": "slate"},
            ],
        },
        "extra": {"generator": False, "polyfills": ["assets/iframe-worker.js"]},
        "extra_css": ["assets/manual.css"],
        "plugins": ["search", "offline"],
        "markdown_extensions": [
            "interpreter.tooling.highlight",
            "attr_list",
            "tables",
            {"toc": {"permalink": True}},
            {"pymdownx.highlight": {"pygments_lang_class": True}},
            "pymdownx.superfences",
        ],
        "nav": list(navigation(source)),
    }


def navigation(source: Path) -> Iterator[dict[str, Any]]:
    """The pages that are there, the rules by their groups, the decisions."""
    sorted_out = {name for _, name in ORDER}
    others = sorted(page.name for page in source.glob("*.md") if page.name not in sorted_out)
    for title, name in (*ORDER, *((_title(source / name), name) for name in others)):
        if (source / name).exists():
            yield {title: name}
        if name == "language.md":
            yield {"Reference": [{_title(page): f"language/{page.name}"} for page in reference(source)]}
    rules: dict[str, list[dict[str, str]]] = {}
    for page in pages().values():
        group = GROUPS.get(page.rule.code[3], "Others")
        rules.setdefault(group, []).append({f"{page.rule.code} {page.rule.name}": f"rules/{page.rule.code}.md"})
    yield {"Rules": [{"All rules": "rules/README.md"}, *({group: each} for group, each in rules.items())]}
    decisions = sorted(page for page in (source / "decisions").glob("*.md") if page.name != "index.md")
    yield {"Decisions": ["decisions/index.md", *({_title(page): f"decisions/{page.name}"} for page in decisions)]}


def reference(source: Path) -> list[Path]:
    """The pages of the verbs, in the order in which `language.md` names them."""
    named = re.findall(r"\]\(language/(\w+\.md)", (source / "language.md").read_text("utf-8"))
    order = {name: at for at, name in reversed(list(enumerate(named)))}
    return sorted((source / "language").glob("*.md"), key=lambda page: (order.get(page.name, len(order)), page.name))


def _title(page: Path) -> str:
    """The first headline of a page, else its name."""
    found = re.search(r"^# (.+)$", page.read_text("utf-8"), re.M)
    return found[1].replace("`", "") if found else page.stem


def _front_page(readme: str) -> str:
    """The README stands above `docs/`, and its links lead into it."""
    return re.sub(r"\]\(docs/", "](", readme)


def _with_folders(text: str) -> str:
    """A link to a folder, which shows its files on a code host, leads to the folder's first page here."""
    return re.sub(r"\]\(((?:\.\./)*)decisions/?\)", r"](\1decisions/index.md)", text)


def _decisions(folder: Path) -> str:
    lines = [f"- [{_title(page)}]({page.name})" for page in sorted(folder.glob("*.md"))]
    return "# Decisions\n\nWhat was argued, and why it was decided so.\n\n" + "\n".join(lines) + "\n"


def titled(text: str) -> str:
    """A page with the head of each fenced block in a form that renders: a language and a title.

    The words behind the three backticks say how a block is tested (see `tests/docs`); a renderer knows none of them.
    """
    lines = text.split("\n")
    inside = False
    for at, line in enumerate(lines):
        found = _FENCE.match(line)
        if inside or found is None:
            inside = inside and line != "```"
            continue
        inside = True
        lines[at] = _head(found[1] or ("ivr" if lines[at + 1 : at + 2] == ["ivr 1"] else "text"), found[2])
    return "\n".join(lines)


def _head(kind: str, info: str) -> str:
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', info)]
    files = [word for word in words if re.fullmatch(r"[\w-]+\.\w+", word)]
    codes = [word for word in words if re.fullmatch(r"IVR\d{3}", word)]
    title = files[0] if files else ""
    if kind == "ivr" and codes:
        title = f"{title or 'wrong'}: gives {', '.join(dict.fromkeys(codes))}"
    elif kind == "toml" and "wrong" in words:
        title = f"{title}: wrong"
    elif kind in ("plan", "transcript"):
        title = title or kind
    language = LANGUAGES.get(kind, kind)
    return f'``` {{.{language} title="{title}"}}' if title else f"``` {language}"


def main() -> int:
    """Make the site; the exit code of the generator, which is 1 for a link that leads nowhere."""
    stage()
    shutil.rmtree(SITE, ignore_errors=True)
    command = [str(Path(sys.executable).with_name("zensical")), "build", "--clean", "--strict"]
    code = subprocess.run([*command, "-f", str(BUILD / "mkdocs.yml")], cwd=BUILD, check=False).returncode
    if code == 0:
        print(f"the manual: {(SITE / 'index.html').relative_to(ROOT)}")
    return code


if __name__ == "__main__":
    sys.exit(main())
