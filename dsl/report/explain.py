"""``ivr explain CODE``: a rule's manual page with its examples and what they give."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dsl import check
from dsl.bindings import Bindings
from dsl.lint import Page, pages
from dsl.lint.allow import can_be_allowed
from dsl.report import text
from dsl.source import Source
from dsl.spell import nearest

Bind = Callable[[Source], Bindings]
"""Reads the text of a site file. The language itself knows no TOML."""


def explain(code: str, bind: Bind | None = None, *, colour: bool = False) -> str | None:
    """The page of a code (``IVR201``, ``201``) or of a rule's name; ``None`` when there is no such rule.

    ``bind`` reads the site file of examples that have one; without it their findings are left out.
    """
    page = find(code)
    if page is None:
        return None
    rule = page.rule
    always = ", cannot be suppressed" if not can_be_allowed(rule) else ""
    parts = [f"{rule.code} {rule.name} ({rule.severity}{always})", page.text, *_example(page, bind, colour)]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def find(code: str) -> Page | None:
    """The page by code in any case, with or without its prefix, or by name."""
    wanted = code.strip()
    upper = wanted.upper()
    upper = upper if upper.startswith("IVR") else f"IVR{upper}"
    known = pages()
    return known.get(upper) or next((page for page in known.values() if page.rule.name == wanted.lower()), None)


def similar(code: str) -> str | None:
    """The name of the rule that was most likely meant, for "did you mean"."""
    return nearest(code, [page.rule.name for page in pages().values()])


def _example(page: Page, bind: Bind | None, colour: bool) -> Iterator[str]:
    rule = page.rule
    yield "This is wrong:"
    yield _indented(rule.bad)
    bindings = None
    if rule.site:
        yield "With this site file:"
        yield _indented(rule.site)
        bindings = bind(Source("site.toml", rule.site)) if bind else None
    if bindings is not None or not rule.site:
        found = check(Source("example.ivr", rule.bad), bindings).diagnostics
        yield _indented(text.render(found, colour=colour))
    yield "This is right:"
    yield _indented(rule.good)
    if rule.good_site:
        yield "With this site file:"
        yield _indented(rule.good_site)


def _indented(block: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in block.rstrip("\n").split("\n"))
