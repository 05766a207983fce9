"""Markup cannot be read.

The host's voice takes SSML: well-formed XML whose outermost element is `speak`. Anything else is refused in the middle
of the call, and the caller hears an apology instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from dsl.ast import Hole, Text
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import heard
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        for each in heard(context.program, declaration):
            problem = _problem(each.text) if each.ssml else None
            if problem is not None:
                yield RULE.at(
                    context.program.source,
                    each.text.span,
                    "this is no markup that a voice can read",
                    problem,
                    help="close every element, write `&amp;` for `&`, and put all of it into `<speak>`",
                )


def _problem(text: Text) -> str | None:
    """What is wrong with markup, a word standing for each value in it; ``None`` when nothing is."""
    markup = "".join("value" if isinstance(part, Hole) else part.text for part in text.parts)
    elements: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: elements.append(name)
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(markup, True)
    except expat.ExpatError as error:
        return f"{expat.ErrorString(error.code)} at character {error.offset + 1}"
    except ValueError:
        return "it declares a document type, which the host does not read"
    if elements[0].rpartition(":")[2] != "speak":
        return f"the outermost element is `{elements[0]}`"
    return None


def _refuse(*_: object) -> None:
    raise ValueError("a document type")


def _example(markup: str) -> str:
    return script(f"""\
step welcome
    say ssml "{markup}"
    go to sorry
""")


RULE = Rule(
    code="IVR413",
    name="broken-markup",
    severity="error",
    check=check,
    bad=_example("<speak>Thank you <break time='500ms'>for calling.</speak>"),
    good=_example("<speak>Thank you <break time='500ms'/>for calling.</speak>"),
)
