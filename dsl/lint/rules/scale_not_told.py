"""A question of a survey does not tell its scale.

Callers answer with a key. Who does not hear that 1 is the worst and 5 the best guesses, and half of them guess the
other way round.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.texts import Spoken
from dsl.ast import Survey
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.heard import in_languages, written
from dsl.lint.keys import is_read, numbers_said
from dsl.lint.rule import Context, Rule
from dsl.spell import listed


def check(context: Context) -> Iterator[Diagnostic]:
    for survey in context.program.declarations():
        if not isinstance(survey, Survey):
            continue
        for question in survey.questions:
            if question.text is None or question.least.value >= question.most.value:
                continue
            scale = str(question.least.value), str(question.most.value)
            for each in in_languages(context.program, Spoken(question.text, "question")):
                said = numbers_said(written(context.program, each.text), each.language)
                missing = [key for key in scale if key not in said]
                if missing and is_read(each.language):
                    yield RULE.at(
                        context.program.source,
                        each.text.span,
                        f"the question `{question.name.text}` does not name the key {listed(missing, 'and')}",
                        "its scale is not told",
                        labels=(Label(question.least.span.to(question.most.span), "the scale"),),
                        help=f"say what {scale[0]} and {scale[1]} mean",
                    )


def _example(question: str) -> str:
    return f"""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

survey after_call
    ask rating "How much did we help you{question}?" keys 1 to 5
    done or skipped -> sorry

step sorry
    say "Thank you. Goodbye."
    hang up
"""


RULE = Rule(
    code="IVR325",
    name="scale-not-told",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example(", from 1 for not at all to 5 for very much"),
)
