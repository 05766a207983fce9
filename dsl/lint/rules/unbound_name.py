"""The site file does not bind a name of the script.

The script says whom to call, the site file says which number that is. A name that means nothing in this place would be
found out by the first caller who needs it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.bindings import KINDS, OPTIONAL, Bindings
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.uses import Use, uses
from dsl.lint.walk import instead
from dsl.spell import nearest


def check(context: Context) -> Iterator[Diagnostic]:
    bindings = context.bindings
    if bindings is None:
        return
    seen: set[tuple[str, str]] = set()
    for use in (use for declaration in context.program.declarations() for use in uses(declaration)):
        if use.name in bindings.of(use.section) or (use.section, use.name) in seen:
            continue
        if use.section in OPTIONAL and use.section not in bindings.names:
            continue
        if use.section == "data" and not _is_missing(context, bindings, use.name):
            continue
        seen.add((use.section, use.name))
        yield _finding(context, bindings, use)


def _is_missing(context: Context, bindings: Bindings, name: str) -> bool:
    """A function that the script does not declare is told of elsewhere; a stand-in answers for one on a laptop."""
    return name in context.program.functions and name not in bindings.of("stand_in")


def _finding(context: Context, bindings: Bindings, use: Use) -> Diagnostic:
    close = nearest(use.name, bindings.of(use.section))
    elsewhere = next((kind for kind in KINDS if use.name in bindings.of(kind)), None)
    labels: tuple[Label, ...] = ()
    if elsewhere is not None:
        labels = (Label(bindings.of(elsewhere)[use.name].span, f"bound in `[{elsewhere}]`", bindings.source),)
    elif close is not None:
        labels = (Label(bindings.of(use.section)[close].span, "a similar name", bindings.source),)
    table = use.section if use.section != "data" else f"data.{use.name}"
    add = f"add `{use.name}` to `[{use.section}]`" if use.section != "data" else f"add a table `[{table}]`"
    advice = f"did you mean `{close}`?" if close and not elsewhere else add
    quoted = f'"{close}"' if use.section == "audio" else close
    if use.section in ("queues", "data"):
        quoted = None  # the name stands in more places of the script than this one
    return RULE.at(
        context.program.source,
        use.span,
        f"the site file does not bind `{use.name}`",
        f"not in `[{use.section}]`" if use.section != "data" else f"there is no `[{table}]`",
        labels=labels,
        help=f"{advice} of {bindings.source.name}" if not close or elsewhere else advice,
        fix=instead(use.span, quoted, safe=False) if quoted and not elsewhere else None,
    )


_EXAMPLE = """\
transfer desk
    to number {name}
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""

RULE = Rule(
    code="IVR901",
    name="unbound-name",
    severity="error",
    check=check,
    bad=script(_EXAMPLE.format(name="front_dsk")),
    good=script(_EXAMPLE.format(name="front_desk")),
    site="""\
[numbers]
front_desk = "+14255550100"
""",
)
