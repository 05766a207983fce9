"""A `use` names a file that cannot be used.

What stands in that file is missing: callers would come to blocks, opening hours or texts that nobody has. A script uses
files beside it or in folders below, each of them once; so a folder can be moved as a whole, and nothing outside it can
change what callers hear.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from dsl.ast import Use
from dsl.bundle import is_inside, section_names, section_starts
from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import whole_line
from dsl.source import Source


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    starts, own = section_starts(source), (PurePosixPath(source.name).name, *section_names(source))
    known = {PurePosixPath(name) for name in section_names(source)}
    first: dict[tuple[int, PurePosixPath], Use] = {}
    for use in context.program.declarations():
        if not isinstance(use, Use) or use.broken:
            continue
        file, at = PurePosixPath(use.name.text), sum(start <= use.span.start for start in starts)
        if file == PurePosixPath(own[at]):
            yield _useless(source, use, f"`{use.name.text}` uses itself", "this is the file itself")
        elif (before := first.setdefault((at, file), use)) is not use:
            label = Label(before.file.span, "first used here")
            yield _useless(source, use, f"`{use.name.text}` is used twice", "a second time", label)
        elif not is_inside(use.name.text):
            yield RULE.at(
                source,
                use.file.span,
                f"`{use.name.text}` does not lie in the folder of the script",
                "leads out of the folder",
                help="move the file beside the script or below, and name it from there, with `/` between folders",
            )
        elif file not in known and file != PurePosixPath(own[0]):
            yield RULE.at(
                source,
                use.file.span,
                f"there is no file `{use.name.text}`",
                "not found, or not UTF-8 text",
                help="name a file beside the script or in a folder below it",
            )


def _useless(source: Source, use: Use, headline: str, label: str, *labels: Label) -> Diagnostic:
    fix = Fix("take the line out", (Edit(whole_line(source, use.span), ""),), "safe")
    return RULE.at(source, use.file.span, headline, label, labels=labels, help="take the line out", fix=fix)


_STEP = """\
step welcome
    say "Thank you for calling the Contoso support line."
    hang up
"""

RULE = Rule(
    code="IVR118",
    name="unknown-file",
    severity="error",
    check=check,
    bad=script(_STEP).replace("ivr 1\n", 'ivr 1\nuse "hours.ivr"\n\n', 1),
    good=script(_STEP),
)
