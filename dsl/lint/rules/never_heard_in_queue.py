"""A queue announces something when the caller has left it.

The offer to be called back begins after 12 minutes, and the queue gives up after 10: nobody ever hears it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Announcement, Queue, QueueOption
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.impossible_skill import example


def check(context: Context) -> Iterator[Diagnostic]:
    for queue in context.program.declarations():
        if not isinstance(queue, Queue):
            continue
        ends = [route.waited for route in queue.routes if route.waited is not None]
        if not ends:
            continue
        end = min(ends, key=lambda each: each.seconds)
        heard: list[Announcement | QueueOption] = [*queue.announcements, *queue.options]
        for each in heard:
            begin = each.start if each.start is not None else each.every
            if begin is not None and begin.seconds >= end.seconds:
                yield RULE.at(
                    context.program.source,
                    begin.span,
                    "no caller ever hears this",
                    f"begins after {begin.seconds:g} s",
                    labels=(Label(end.span, f"the wait is over after {end.seconds:g} s"),),
                    help="let it begin earlier, or the wait end later",
                )


_SAY = '    say "Thank you for waiting." from {start} every 2m\n'

RULE = Rule(
    code="IVR513",
    name="never-heard-in-queue",
    severity="warning",
    check=check,
    bad=example("2", _SAY.format(start="12m")),
    good=example("2", _SAY.format(start="2m")),
)
