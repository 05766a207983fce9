"""What must hold for any text at all, whatever it is: the properties that the guided fuzzer tries to break.

Each is a plain function that raises `Broken` with words for a person. `examine` runs all of them.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from dsl import Checked, Diagnostic, Source, Span, check, pages, parse
from dsl.fix import apply
from dsl.format import READABLE, format_text
from dsl.report import formats, render

sys.path.append(str(Path(__file__).resolve().parents[1] / "dsl"))
from test_format import bare, comments

ROUNDS = 20
"""As many as `ivr lint --fix` makes: still fixing after that is a fix that undoes another."""
_INVISIBLE = re.compile(r"\s|\ufeff")


class Broken(AssertionError):  # noqa: N818 - what it says, not a mistake of the caller
    """A property does not hold. ``what`` names it, so that a thousand texts that break one are one finding."""

    def __init__(self, what: str, detail: str) -> None:
        super().__init__(f"{what}: {detail}")
        self.what = what


def examine(text: str) -> None:
    """Try every property on a text. Raises `Broken`, or whatever the language itself raises."""
    source = Source("fuzz.ivr", text)
    found = check(source)
    messages_are_whole(found)
    formatting_keeps_everything(source)
    for unsafe in (False, True):
        fixing_ends(text, found, unsafe)


def messages_are_whole(found: Checked) -> None:
    """Each message has words and a place inside its own text; nothing is said twice; every format can print them."""
    for each in found.diagnostics:
        if not each.headline.strip():
            raise Broken(f"{each.code} has an empty headline", repr(each))
        for label in (each.label, *each.labels):
            _inside(each, label.span, label.source or each.source)
        for edit in each.fix.edits if each.fix else ():
            _inside(each, edit.span, each.source)
    if len(set(found.diagnostics)) != len(found.diagnostics):
        raise Broken("a message is given twice", repr(found.diagnostics))
    for name in formats():
        render(found.diagnostics, name, colour=True)


def _inside(each: Diagnostic, span: Span, source: Source) -> None:
    if not 0 <= span.start <= span.end <= len(source.text):
        raise Broken(f"{each.code} points outside of its text", f"{span} of {len(source.text)}: {each.headline}")


def formatting_keeps_everything(source: Source) -> None:
    """The formatter refuses and changes nothing; or it keeps tree, comments and every visible character, and has
    nothing left to do the second time."""
    formatted = format_text(source)
    if formatted.refused:
        if formatted.changed or formatted.text != source.text:
            raise Broken("the formatter changes what it refuses", formatted.refused[0].headline)
        return
    if formatted.changed != (formatted.text != source.text):
        raise Broken("the formatter is wrong about whether it changed something", str(formatted.changed))
    again = format_text(Source(source.name, formatted.text))
    if again.refused or again.text != formatted.text:
        raise Broken("formatting twice is not formatting once", repr((formatted.text, again.text)))
    if _INVISIBLE.sub("", formatted.text) != _INVISIBLE.sub("", source.text):
        raise Broken("the formatter loses text", repr(formatted.text))
    if comments(formatted.text) != comments(source.text.replace("\r", "")):
        raise Broken("the formatter moves a comment", repr(formatted.text))
    if bare(parse(Source(source.name, formatted.text)).script) != bare(parse(source).script):
        raise Broken("the formatter changes the tree", repr(formatted.text))


def fixing_ends(text: str, found: Checked, unsafe: bool) -> None:
    """Fixes come to an end. Safe ones bring no kind of error that was not there before.

    A script that could not be read whole is left out of the second half: what was hidden comes to light when the line
    before it is repaired.
    """
    hidden = {page.rule.code for page in pages().values() if page.rule.check is None} - READABLE
    for _ in range(ROUNDS):
        before = {each.code for each in found.errors}
        fixes = [each.fix for each in found.diagnostics if each.fix and each.source.name == "fuzz.ivr"]
        text, applied = apply(text, fixes, unsafe)
        if not applied:
            return
        found = check(Source("fuzz.ivr", text))
        new = {each.code for each in found.errors} - before
        if new and not unsafe and not before & hidden:
            titles = sorted({fix.title for fix in applied})
            raise Broken(f"fixes of {sorted(before)} make {sorted(new)}", f"{titles}\n{text}")
    raise Broken("fixing has no end", repr(sorted({fix.title for fix in applied})))
