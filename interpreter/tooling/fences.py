"""The manual's fenced blocks, as the site generator reads them.

The words behind the three backticks say how a block is tested (see `tests/docs`), and a Markdown renderer knows none
of them: they become a language and a title. An extension of Python-Markdown, which the site's configuration names.
"""

from __future__ import annotations

import re

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from interpreter.tooling.highlight import register

LANGUAGES = {"plan": "text", "transcript": "text", "sh": "sh", "console": "console"}
"""Kinds of blocks that are not called by their language."""
_OPEN = re.compile(r"^```(\w*)[ \t]*(.*)$")
_BEFORE_SUPERFENCES = 26
"""Python-Markdown runs the preprocessor with the higher number first; that of fenced blocks has 25."""


def titled(lines: list[str]) -> list[str]:
    """The lines of a page, with the head of each fenced block in a form that renders."""
    done: list[str] = []
    inside = False
    for at, line in enumerate(lines):
        found = _OPEN.match(line)
        if inside or found is None:
            inside = inside and line != "```"
            done.append(line)
            continue
        inside = True
        below = lines[at + 1] if at + 1 < len(lines) else ""
        done.append(_head(found[1] or ("ivr" if below == "ivr 1" else "text"), found[2]))
    return done


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


class _Titles(Preprocessor):  # type: ignore[misc]
    def run(self, lines: list[str]) -> list[str]:
        return titled(lines)


class Fences(Extension):  # type: ignore[misc]
    """Registers the preprocessor and the colours of scripts."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name that Python-Markdown calls
        register()
        md.preprocessors.register(_Titles(md), "ivr_fences", _BEFORE_SUPERFENCES)


def makeExtension(**options: object) -> Fences:  # noqa: N802 - the name that Python-Markdown calls
    """What Python-Markdown asks a module of an extension for."""
    return Fences(**options)
