"""From lark's tree to the typed tree: one function for one rule of the grammar.

Here are the declarations that every call needs; statements, the parts of a contact center, values and opening hours
have files of their own, and what all share is in `lower_parts`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from lark import Token

from dsl import ast
from dsl.syntax import lower_center as center
from dsl.syntax.lower_data import counter, data, translations
from dsl.syntax.lower_hours import hours_line
from dsl.syntax.lower_parts import (
    Lowering,
    Node,
    child,
    count,
    destination,
    inner,
    limit,
    lines_of,
    name,
    once,
    one_duration,
    one_name,
    one_text,
    option,
    optional,
    routes,
    say_of,
    text,
    token,
    tokens,
    trees,
)
from dsl.syntax.lower_statements import statement
from dsl.syntax.lower_tests import promise, test
from dsl.syntax.lower_values import expression, parameters, path, type_name

__all__ = ["Lowering", "lower"]


def lower(tree: Node, to: Lowering) -> ast.Declaration:
    """The declaration of a parsed chunk. What is wrong with its parts is collected in ``to.diagnostics``."""
    node = inner(tree)
    return _DECLARATIONS[node.data](node, to)


def _flow(node: Node, to: Lowering) -> ast.Flow:
    def one(kind: str, what: str) -> Node | None:
        return once(to, [(line, line) for line in lines_of(node, kind)], what)

    on_hangup, on_error = one("on_hangup", "on caller hangup"), one("on_error", "on system error")
    records = [(line, _record_always(line, to)) for line in lines_of(node, "record_always")]
    languages = once(to, [(line, tokens(line, "LOCALE")) for line in lines_of(node, "languages")], "languages")
    gives = child(node, "names")
    voices, voice = _voices(node, to)
    title = optional(node, "STRING")
    language = one("language", "language")
    return ast.Flow(
        name=name(token(node, "NAME"), to),
        title=text(title, to) if title else None,
        timezone=one_text(node, "timezone", "timezone", to),
        language=name(token(language, "LOCALE"), to) if language else None,
        voice=voice,
        on_hangup=destination(on_hangup, to) if on_hangup else None,
        on_error=destination(on_error, to) if on_error else None,
        span=to.span(node),
        broken=to.broken,
        parameters=parameters(child(node, "parameters"), to),
        gives=tuple(name(at, to) for at in tokens(gives, "NAME")) if gives else (),
        outbound=optional(node, "OUTBOUND") is not None,
        languages=tuple(name(at, to) for at in languages or ()),
        voices=voices,
        keys=tuple(_global_key(line, to) for line in lines_of(node, "global_key")),
        record=once(to, records, "record call"),
        attached=tuple(_attached(line, to) for line in lines_of(node, "attached")),
    )


def _voices(node: Node, to: Lowering) -> tuple[tuple[tuple[ast.Name, ast.Text], ...], ast.Text | None]:
    """The voices that are for a language, and the one for the flow's own."""
    found: dict[str, list[tuple[Node, tuple[ast.Name, ast.Text]]]] = {}
    own = []
    for line in lines_of(node, "voice"):
        locale, voice = optional(line, "LOCALE"), text(token(line, "STRING"), to)
        if locale is None:
            own.append((line, voice))
        else:
            found.setdefault(str(locale), []).append((line, (name(locale, to), voice)))
    each = (once(to, lines, f"voice {locale}") for locale, lines in found.items())
    return tuple(voice for voice in each if voice is not None), once(to, own, "voice")


def _global_key(node: Node, to: Lowering) -> ast.GlobalKey:
    phrases = tuple(text(at, to) for tree in lines_of(node, "phrases") for at in tokens(tree, "STRING"))
    return ast.GlobalKey(center.key_name(trees(node)[0], to), phrases, destination(node, to), to.span(node))


def _attached(node: Node, to: Lowering) -> ast.Parameter:
    return ast.Parameter(name(token(node, "NAME"), to), type_name(trees(node)[0], to), to.span(node))


def _record_always(node: Node, to: Lowering) -> ast.RecordCall:
    said = optional(node, "STRING")
    return ast.RecordCall("start", text(said, to) if said else None, (), to.span(node))


def _step(node: Node, to: Lowering) -> ast.Step:
    statements = tuple(statement(line, to) for line in trees(node))
    return ast.Step(name(token(node, "NAME"), to), statements, to.span(node), to.broken)


def _prompts(node: Node, kind: str, to: Lowering) -> tuple[ast.Prompt, ...]:
    return tuple(_prompt(line, to) for line in lines_of(node, kind))


def _prompt(node: Node, to: Lowering) -> ast.Prompt:
    locale = optional(node, "LOCALE")
    return ast.Prompt(
        text(token(node, "STRING"), to),
        optional(node, "FILE") is not None,
        optional(node, "UNINTERRUPTIBLE") is None,
        to.span(node),
        optional(node, "SSML") is not None,
        name(locale, to) if locale else None,
    )


def _afters(node: Node, to: Lowering) -> tuple[ast.After, ...]:
    kinds = ("after", "after_failed", "after_limit")
    found = (_after(line, to) for line in trees(node) if line.data in kinds)
    return tuple(after for after in found if after is not None)


def _after(node: Node, to: Lowering) -> ast.After | None:
    span, named = to.span(node), token(node, "NAME")
    if node.data == "after":
        what = to.after_word(named)
        if what is None:
            return None
        return ast.After(count(token(node, "INT"), to), what, say_of(node, to), destination(node, to), span)
    failed = node.data == "after_failed"
    number = count(token(node, "INT"), to) if failed else ast.Count(0, span)
    kind: Literal["failed", "limit"] = "failed" if failed else "limit"
    return ast.After(number, kind, say_of(node, to), destination(node, to), span, name(named, to))


def _type_ahead(node: Node, to: Lowering) -> bool:
    found = [(line, optional(line, "KEEP") is not None) for line in lines_of(node, "type_ahead")]
    return bool(once(to, found, "type ahead"))


def _menu(node: Node, to: Lowering) -> ast.Menu:
    return ast.Menu(
        name=name(token(node, "NAME"), to),
        prompts=_prompts(node, "prompt", to),
        reprompts=_prompts(node, "reprompt", to),
        options=tuple(option(line, to) for line in lines_of(node, "option")),
        first=one_duration(node, "first_within", "first within", to),
        no_input=one_text(node, "no_input", "no input", to),
        no_match=one_text(node, "no_match", "no match", to),
        speech_unavailable=one_text(node, "speech_unavailable", "speech unavailable", to),
        afters=_afters(node, to),
        type_ahead=_type_ahead(node, to),
        phrases_anywhere=bool(lines_of(node, "phrases_anywhere")),
        span=to.span(node),
        broken=to.broken,
        counter=one_name(node, "counts", "counts", to),
        confirm=one_text(node, "confirm", "confirm", to),
    )


def _collect(node: Node, to: Lowering) -> ast.Collect:
    into = once(to, [(line, line) for line in lines_of(node, "into")], "into")
    kinds = [(line, _kind(line, to)) for line in trees(node) if line.data in _KINDS]
    listens = [(line, _listen(line)) for line in lines_of(node, "listen")]
    return ast.Collect(
        name=name(token(node, "NAME"), to),
        into=name(token(into, "NAME"), to) if into else None,
        prompts=_prompts(node, "prompt", to),
        reprompts=_prompts(node, "reprompt", to),
        kind=once(to, kinds, "what is collected"),
        no_input=one_text(node, "no_input", "no input", to),
        no_match=one_text(node, "no_match", "no match", to),
        routes=routes(node, to),
        afters=_afters(node, to),
        type_ahead=_type_ahead(node, to),
        span=to.span(node),
        broken=to.broken,
        secret=into is not None and optional(into, "SECRET") is not None,
        checks=tuple(_check(line, to) for line in lines_of(node, "check")),
        confirm=one_text(node, "confirm", "confirm", to),
        listen=once(to, listens, "listen for") or "",
        counter=one_name(node, "counts", "counts", to),
    )


def _listen(node: Node) -> Literal["keys", "speech", "both"]:
    keys, speech = optional(node, "KEYS"), optional(node, "SPEECH")
    return "both" if keys and speech else "keys" if keys else "speech"


def _check(node: Node, to: Lowering) -> ast.Check:
    counter = optional(node, "NAME")
    return ast.Check(
        condition=expression(trees(node)[0], to),
        within=limit(node, to),
        counter=name(counter, to) if counter else None,
        otherwise=tuple(text(at, to) for at in tokens(node, "STRING")),
        span=to.span(node),
    )


_KINDS = (
    "digits",
    "number_kind",
    "money_kind",
    "date_kind",
    "time_kind",
    "phone_kind",
    "yes_no_kind",
    "one_of_kind",
    "one_of_list_kind",
    "speech_kind",
)


def _kind(node: Node, to: Lowering) -> ast.CollectKind:
    """What a collect asks for: its own bounds, and the timers that all kinds share."""
    first, between, terminator, total = _timers(node, to)
    span = to.span(node)
    bounds = child(node, "bounds")
    least, most = (expression(tree, to) for tree in trees(bounds)) if bounds else (None, None)
    said = optional(node, "STRING")
    detail = text(said, to) if said else None
    match node.data:
        case "digits":
            numbers = [count(number, to) for number in tokens(node, "INT")]
            return ast.Digits(numbers[0], numbers[-1], first, between, terminator, span, total)
        case "number_kind":
            return ast.NumberKind(least, most, first, between, terminator, span, total)
        case "money_kind":
            return ast.MoneyKind(least, most, detail, first, between, terminator, span, total)
        case "date_kind":
            return ast.DateKind(least, most, detail, first, between, terminator, span, total)
        case "time_kind":
            return ast.TimeKind(least, most, first, between, terminator, span, total)
        case "phone_kind":
            return ast.PhoneKind(detail, first, between, terminator, span, total)
        case "yes_no_kind":
            return ast.YesNoKind(first, between, terminator, span, total)
        case "speech_kind":
            return ast.SpeechKind(first, between, terminator, span, total)
        case _:
            choices = tuple(text(at, to) for at in tokens(node, "STRING"))
            listed = child(node, "path")
            source = path(listed, to) if listed else None
            return ast.OneOfKind(choices, source, first, between, terminator, span, total)


_Timers = tuple[ast.Duration | None, ast.Duration | None, ast.Name | None, ast.Duration | None]


def _timers(node: Node, to: Lowering) -> _Timers:
    ends = [
        (line, name(next(t for t in line.children if isinstance(t, Token) and t.type != "ENDS_WITH"), to))
        for line in lines_of(node, "digits_terminator")
    ]
    return (
        one_duration(node, "digits_first", "first within", to),
        one_duration(node, "digits_between", "between", to),
        once(to, ends, "ends with"),
        one_duration(node, "digits_total", "for at most", to),
    )


_TARGETS: dict[str, ast.TargetKind] = {
    "NUMBER": "number",
    "TEAMS_USER": "teams_user",
    "TEAMS_APP": "teams_app",
    "AGENT": "agent",
}


def _transfer(node: Node, to: Lowering) -> ast.Transfer:
    targets = [(line, _target(line, to)) for line in lines_of(node, "target")]
    targets += [(line, _callee(line, to)) for line in lines_of(node, "to_callee")]
    return ast.Transfer(
        name=name(token(node, "NAME"), to),
        target=once(to, targets, "to"),
        ring=one_duration(node, "ring", "ring", to),
        caller_id=one_name(node, "caller_id", "caller id", to),
        routes=routes(node, to),
        span=to.span(node),
        broken=to.broken,
        accept=one_text(node, "accept", "accept", to),
        music=one_text(node, "music", "music", to),
    )


def _callee(node: Node, to: Lowering) -> ast.Target:
    return ast.Target("callee", name(token(node, "CALLEE"), to), None, to.span(node))


def _target(node: Node, to: Lowering) -> ast.Target:
    kind = next(t for t in trees(node)[0].children if isinstance(t, Token))
    literal = optional(node, "STRING")
    named = name(literal or token(node, "NAME"), to)
    return ast.Target(_TARGETS[kind.type], named, text(literal, to) if literal else None, to.span(node))


def _hours(node: Node, to: Lowering) -> ast.Hours:
    lines = [hours_line(line, to) for line in trees(node) if line.data not in ("timezone", "emergency")]
    return ast.Hours(
        name=name(token(node, "NAME"), to),
        timezone=one_text(node, "timezone", "timezone", to),
        emergency=one_name(node, "emergency", "emergency switch", to),
        weekly=tuple(line for line in lines if isinstance(line, ast.Weekly)),
        breaks=tuple(line for line in lines if isinstance(line, ast.Break)),
        holidays=tuple(line for line in lines if isinstance(line, ast.Holiday)),
        openings=tuple(line for line in lines if isinstance(line, ast.SpecialOpening)),
        span=to.span(node),
        broken=to.broken,
        public=tuple(line for line in lines if isinstance(line, ast.PublicHolidays)),
    )


def _use(node: Node, to: Lowering) -> ast.Use:
    at = token(node, "STRING")
    return ast.Use(name(at, to), text(at, to), to.span(node), to.broken)


_DECLARATIONS: dict[str, Callable[[Node, Lowering], ast.Declaration]] = {
    "flow": _flow,
    "step": _step,
    "menu": _menu,
    "collect": _collect,
    "transfer": _transfer,
    "queue": center.queue,
    "voicemail": center.voicemail,
    "callback": center.callback,
    "consult": center.consult,
    "pay": center.pay,
    "survey": center.survey,
    "dial": center.dial,
    "hours": _hours,
    "use": _use,
    "data": data,
    "counter": counter,
    "prompts": translations,
    "test": test,
    "promise": promise,
}
