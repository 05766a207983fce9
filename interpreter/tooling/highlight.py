"""Colours for scripts where Pygments draws them, as in the manual as a site. The words are those of the grammar and its
tables, so a new statement needs no change here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pygments.lexer import RegexLexer, bygroups, words
from pygments.lexers import LEXERS
from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, Punctuation, String, Text, Whitespace

from dsl.analysis.outcomes import VERBS
from dsl.syntax.parser import build
from dsl.syntax.words import DECLARATIONS, LINES, ROUTED, WEEKDAYS, keyword_text

__all__ = ["IvrLexer"]
"""What Pygments takes for lexers when it loads this module."""


@cache
def keywords() -> tuple[str, ...]:
    """Every word that the grammar knows, and those that lines start with."""
    terminals = {terminal.name for terminal in build()[0].terminals} - {"WS", "COMMENT"}
    found = {text for name in terminals if (text := keyword_text(name))}
    phrases = [*found, *DECLARATIONS, *ROUTED, *WEEKDAYS, *(phrase for each in LINES.values() for phrase in each)]
    return tuple(sorted({word for phrase in phrases for word in phrase.split() if word.isidentifier()}))


def outcomes() -> tuple[str, ...]:
    """The words of all outcomes."""
    names = [outcome.name for each in VERBS.values() for outcome in each]
    return tuple(sorted({word for name in names for word in name.split()}))


def _any(these: Iterable[str]) -> words:
    return words(tuple(these), prefix=r"(?<!\w)", suffix=r"\b(?!\.)")


class IvrLexer(RegexLexer):  # type: ignore[misc]
    """Scripts. Every text has a colouring, also a wrong one."""

    name = "IVR"
    aliases = ("ivr",)
    filenames = ("*.ivr",)
    flags = re.MULTILINE
    tokens = {  # noqa: RUF012 - the form that Pygments reads
        "root": [
            (r";.*", Comment.Single),
            (r"\s+", Whitespace),
            (r'"', String.Double, "text"),
            (
                rf"^({'|'.join(DECLARATIONS)})( +)(\w+)",
                bygroups(Keyword.Declaration, Whitespace, Name.Function),
            ),
            (r"->", Operator, "target"),
            (r"[a-z]{2,3}-[A-Z]{2}\b|\d{4}-\d\d-\d\d|\d\d-\d\d\b|\d{1,2}:\d\d", Literal.Date),
            (r"\d+(?:\.\d+)?(?:ms|s|m|h|d)?\b", Number),
            (_any(keywords()), Keyword),
            (_any(outcomes()), Name.Constant),
            (r"[A-Za-z_]\w*", Name),
            (r"[*\#+<>=-]", Operator),
            (r"[,.()]", Punctuation),
            (r".", Text),
        ],
        "text": [
            (r'"|$', String.Double, "#pop"),
            (r"\\.", String.Escape),
            (r"\{[^}\"\n]*\}", String.Interpol),
            (r'[^"\\{\n]+|.', String.Double),
        ],
        "target": [
            (r" +", Whitespace),
            (r"(repeat|go back|hang up|finish|give|go to)\b", Keyword),
            (r"\w+", Name.Function, "#pop"),
            (r"", Text, "#pop"),
        ],
    }


def register() -> None:
    """Let Pygments find the lexer by the name `ivr`, as if it came with it."""
    LEXERS["IvrLexer"] = (__name__, IvrLexer.name, IvrLexer.aliases, IvrLexer.filenames, ())


def makeExtension(**options: object) -> object:  # noqa: N802 - the name that Python-Markdown asks a module for
    """An extension of Python-Markdown that changes no page: the site's configuration names it, and so the renderer
    learns the colours. Python-Markdown comes with the extra `docs`."""
    from markdown import Extension

    class Colours(Extension):  # type: ignore[misc]
        def extendMarkdown(self, md: object) -> None:  # noqa: N802 - the name that Python-Markdown calls
            register()

    return Colours(**options)
