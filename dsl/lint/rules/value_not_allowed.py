"""A value is not one of those that are allowed.

A time zone that does not exist, a voice of another language than the call's, a time past midnight, a format of a
spoken value that the language does not have: the call would stop at it, in front of a caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.analysis.formats import FORMATS
from dsl.ast import Collect, Flow, Hole, Hours, Interval, Menu, Text
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import fixed, holes, instead, intervals
from dsl.lint.zones import is_zone, nearest_zone
from dsl.source import Source, Span
from dsl.spell import listed, nearest


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for declaration in context.program.declarations():
        if isinstance(declaration, Flow | Hours) and declaration.timezone is not None:
            yield from _zone(source, declaration.timezone)
        if isinstance(declaration, Flow):
            yield from _voice(source, declaration)
        if isinstance(declaration, Hours):
            yield from (finding for each in intervals(declaration) for finding in _clock(source, each))
        if isinstance(declaration, Menu | Collect):
            yield from _no_tries(source, declaration)
        for hole in holes(declaration):
            if hole.format and hole.format not in FORMATS:
                close = nearest(hole.format, FORMATS)
                yield RULE.at(
                    source,
                    hole.format_span or hole.span,
                    f"a value cannot be read out as `{hole.format}`",
                    "not a format",
                    help=f"did you mean `{close}`?" if close else f"the formats are {listed(list(FORMATS), 'and')}",
                    fix=instead(hole.format_span, close) if close and hole.format_span else None,
                )
        for text, what in fixed(declaration):
            if any(isinstance(part, Hole) for part in text.parts):
                yield RULE.at(source, text.span, f"a value cannot stand in {what}", "this is the same for every call")


def _zone(source: Source, text: Text) -> Iterator[Diagnostic]:
    zone = text.plain
    if is_zone(zone):
        return
    close = nearest_zone(zone)
    inside = Span(text.span.start + 1, text.span.end - 1)
    yield RULE.at(
        source,
        text.span,
        f"there is no time zone `{zone}`",
        "not in the IANA time zone database",
        help=f"did you mean `{close}`?" if close else "a time zone is named by its region, such as `America/New_York`",
        fix=instead(inside, close, safe=False) if close else None,
    )


def _voice(source: Source, flow: Flow) -> Iterator[Diagnostic]:
    """Voices are named ``en-US-JennyNeural``: https://learn.microsoft.com/azure/ai-services/speech-service/language-support"""
    if flow.voice is None:
        return
    voice = flow.voice.plain
    language = flow.language.text if flow.language else "en-US"
    locale = re.match(r"[a-z]{2,3}-[A-Z]{2}(?=-)", voice)
    if locale is None:
        yield RULE.at(
            source,
            flow.voice.span,
            f"`{voice}` is not the name of a voice",
            "a voice begins with its language",
            help=f"for example `{language}-JennyNeural`" if language == "en-US" else f"it begins with `{language}-`",
        )
    elif "DragonHD" in voice:
        # The host's documentation: high-definition voices are not supported and time out.
        yield RULE.at(
            source,
            flow.voice.span,
            f"the host cannot speak with the high-definition voice `{voice}`",
            "its prompts would time out",
            help="choose a voice whose name ends with `Neural`",
        )
    elif locale.group() != language and "Multilingual" not in voice:
        yield RULE.at(
            source,
            flow.voice.span,
            f"the voice `{voice}` does not speak `{language}`",
            f"a voice for `{locale.group()}`",
            help=f"choose a voice that begins with `{language}-`, or write `language {locale.group()}`",
        )


def _clock(source: Source, interval: Interval) -> Iterator[Diagnostic]:
    for number, match in enumerate(re.finditer(r"([0-9]{1,2}):([0-9]{2})", source.slice(interval.span))):
        minutes = int(match.group(1)) * 60 + int(match.group(2))
        latest = 24 * 60 if number else 24 * 60 - 1
        if minutes <= latest and int(match.group(2)) < 60:
            continue
        yield RULE.at(
            source,
            Span(interval.span.start + match.start(), interval.span.start + match.end()),
            f"there is no time `{match.group()}`" if minutes != 24 * 60 else "`24:00` cannot begin an interval",
            "not a time of the day",
            help="times go from `00:00` to `24:00`, which can only be an end",
        )


def _no_tries(source: Source, block: Menu | Collect) -> Iterator[Diagnostic]:
    for after in block.afters:
        if after.count.value < 1 and after.what != "limit":
            yield RULE.at(
                source,
                after.count.span,
                f"`after {after.count.value}` counts nothing",
                "at least 1",
                help="write `1` or more",
            )


RULE = Rule(
    code="IVR103",
    name="value-not-allowed",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    when hours support
        open              -> sorry
        holiday or closed -> sorry

hours support
    timezone "America/NewYork"
    monday to friday 09:00 to 17:00
"""),
    good=script("""\
step welcome
    when hours support
        open              -> sorry
        holiday or closed -> sorry

hours support
    timezone "America/New_York"
    monday to friday 09:00 to 17:00
"""),
)
