"""A timer is outside of what the host allows.

The host waits at most 300 s for a first key and 20 s for a first word, from 1 s to 60 s between two digits, and rings
60 s at most before it gives a transfer up. It refuses a request with another value, in the middle of the call. Its
timers are whole seconds. Ringing for less than 5 s is allowed by the host, but nobody could answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Declaration, Duration, Menu, Transfer
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.input import hears_words
from dsl.lint.limits import BETWEEN_DIGITS, KEYS_FIRST, RING, SPEECH_FIRST, Limit
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        for duration, limit in _timers(declaration):
            if duration.unit:  # a number without unit has a message of its own
                yield from _outside(context, duration, limit)


def _timers(declaration: Declaration) -> Iterator[tuple[Duration, Limit]]:
    if isinstance(declaration, Menu) and declaration.first:
        yield declaration.first, SPEECH_FIRST if hears_words(declaration) else KEYS_FIRST
    elif isinstance(declaration, Collect) and declaration.kind:
        if declaration.kind.first:
            yield declaration.kind.first, SPEECH_FIRST if hears_words(declaration) else KEYS_FIRST
        if declaration.kind.between:
            yield declaration.kind.between, BETWEEN_DIGITS
    elif isinstance(declaration, Transfer) and declaration.ring and declaration.is_blind:
        # With `accept` the target is called and not transferred to: other limits hold.
        yield declaration.ring, RING


def _outside(context: Context, duration: Duration, limit: Limit) -> Iterator[Diagnostic]:
    seconds = duration.seconds
    written = context.program.source.slice(duration.span)
    if limit.whole and limit.least <= seconds <= limit.most and seconds != int(seconds):
        headline, label = f"`{limit.what} {written}` is not a whole number of seconds", "the host counts whole seconds"
    elif seconds < limit.least:
        headline, label = f"`{limit.what} {written}` is too short", f"at least {limit.least} s"
    elif seconds > limit.most:
        headline, label = f"`{limit.what} {written}` is too long", f"at most {limit.most} s"
    else:
        return
    allowed = f"{min(max(round(seconds), limit.least), limit.most)}s"
    yield RULE.at(
        context.program.source,
        duration.span,
        headline,
        label,
        help=f"write `{allowed}`",
        fix=instead(duration.span, allowed, safe=False),
    )


RULE = Rule(
    code="IVR305",
    name="timer-outside-limits",
    severity="error",
    check=check,
    bad=script("""\
transfer desk
    to number desk
    ring 2m
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
    good=script("""\
transfer desk
    to number desk
    ring 25s
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
