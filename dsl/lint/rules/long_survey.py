"""A survey has more than ten questions.

Callers hang up after three or four, and those who stay are not like the others. A list of questions counts by itself:
`at most` says how many of it are asked, and without it the list is asked as far as it goes.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Survey
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule

MOST = 10


def check(context: Context) -> Iterator[Diagnostic]:
    for survey in context.program.declarations():
        if not isinstance(survey, Survey):
            continue
        asked = 0
        for question in survey.questions:
            endless = question.text is None and question.at_most is None
            asked += question.text is not None
            listed = question.at_most.value if question.at_most else 0
            if endless or asked > MOST or listed > MOST:
                yield RULE.at(
                    context.program.source,
                    question.name.span,
                    f"`survey {survey.name.text}` has no limit"
                    if endless
                    else f"`survey {survey.name.text}` has more than {MOST} questions",
                    "the list may be of any length" if endless else "too many",
                    help=f"add `at most {MOST}`" if endless else "ask what somebody will act upon, and leave the rest",
                )
                break


_QUESTIONS = "".join(
    f'    ask answer_{number} "How much do you like part {number}, from 1 to 5?" keys 1 to 5\n' for number in range(11)
)


def _survey(questions: str) -> str:
    return f"""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

survey after_call
{questions}    done or skipped -> sorry

step sorry
    say "Thank you. Goodbye."
    hang up
"""


RULE = Rule(
    code="IVR212",
    name="long-survey",
    severity="warning",
    check=check,
    bad=_survey(_QUESTIONS),
    good=_survey(_QUESTIONS[: _QUESTIONS.index("\n") + 1]),
)
