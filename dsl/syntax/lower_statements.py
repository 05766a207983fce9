"""Statements of a step: from lark's tree to the typed tree."""

from __future__ import annotations

from typing import Literal

from lark import Token

from dsl import ast
from dsl.diagnostics import Edit, Fix
from dsl.spell import listed, nearest
from dsl.syntax.findings import finding
from dsl.syntax.lower_parts import (
    Lowering,
    Node,
    child,
    destination,
    duration,
    fillers,
    limit,
    name,
    once,
    optional,
    outcome_route,
    routes,
    say_of,
    text,
    token,
    trees,
)
from dsl.syntax.lower_values import arguments, call, case, expression, says_case, type_name
from dsl.syntax.words import BRIEF_FIELDS


def statement(node: Node, to: Lowering) -> ast.Statement:
    span = to.span(node)
    match node.data:
        case "say":
            return _say(node, to)
        case "play":
            return ast.PlayFile(text(token(node, "STRING"), to), not optional(node, "UNINTERRUPTIBLE"), span)
        case "set":
            return ast.Set(name(token(node, "NAME"), to), expression(trees(node)[0], to), span)
        case "leave":
            return ast.Leave(destination(node, to), span)
        case "wait":
            return ast.Wait(duration(trees(node)[0], to), span)
        case "set_language":
            return ast.SetLanguage(expression(trees(node)[0], to), span)
        case "send_digits":
            return ast.SendDigits(tuple(_digits_part(part, to) for part in trees(node)), span)
        case "brief":
            return ast.Brief(tuple(_brief_line(line, to) for line in trees(node)), span)
        case "when_hours" | "when_switch" | "when_guard" | "when_value":
            return _when(node, to)
        case "remember" | "recall" | "forget":
            return _memory(node, to)
        case _:
            return _asking(node, to)


def _say(node: Node, to: Lowering) -> ast.Say:
    locale = optional(node, "LOCALE")
    return ast.Say(
        text(token(node, "STRING"), to),
        not optional(node, "UNINTERRUPTIBLE"),
        to.span(node),
        optional(node, "SSML") is not None,
        name(locale, to) if locale else None,
    )


def _digits_part(node: Node, to: Lowering) -> ast.Text | ast.Duration:
    spoken = optional(node, "STRING")
    return text(spoken, to) if spoken else duration(trees(node)[0], to)


def _brief_line(node: Node, to: Lowering) -> ast.BriefLine:
    field, attached = token(node, "NAME"), optional(node, "ATTACHED") is not None
    if not attached and str(field) not in BRIEF_FIELDS:
        close = nearest(str(field), BRIEF_FIELDS)
        to.diagnostics.append(
            finding(
                to.source,
                "IVR106",
                f"a `brief` has no line that starts with `{field}`",
                to.span(field),
                "not known here",
                help=f"did you mean `{close}`?" if close else f"a line of a `brief` starts with {listed(BRIEF_FIELDS)}",
                fix=Fix(f"write `{close}`", (Edit(to.span(field), close),), "safe") if close else None,
            )
        )
    return ast.BriefLine(name(field, to), expression(trees(node)[0], to), to.span(node), attached)


def _when(node: Node, to: Lowering) -> ast.Statement:
    span = to.span(node)
    match node.data:
        case "when_hours":
            found = tuple(outcome_route(line, to) for line in trees(node))
            return ast.WhenHours(name(token(node, "NAME"), to), found, span)
        case "when_switch":
            state = optional(node, "ON") is not None
            return ast.WhenSwitch(name(token(node, "NAME"), to), state, say_of(node, to), destination(node, to), span)
        case "when_guard":
            condition = expression(trees(node)[0], to)
            return ast.WhenGuard(condition, say_of(node, to), destination(node, to), span)
        case _:
            return _when_value(node, to)


def _when_value(node: Node, to: Lowering) -> ast.WhenValue:
    subject, *lines = trees(node)
    others = [
        (line, ast.Otherwise(say_of(line, to), destination(line, to), to.span(line)))
        for line in lines
        if line.data == "otherwise"
    ]
    cases = tuple(
        case(line, to) if line.data == "case" else says_case(line, to) for line in lines if line.data != "otherwise"
    )
    return ast.WhenValue(expression(subject, to), cases, once(to, others, "otherwise"), to.span(node))


def _memory(node: Node, to: Lowering) -> ast.Statement:
    target, span = name(token(node, "NAME"), to), to.span(node)
    match node.data:
        case "remember":
            key, life = trees(node)
            return ast.Remember(target, expression(key, to), duration(life, to), span)
        case "recall":
            kind, key, *_ = trees(node)
            return ast.Recall(target, type_name(kind, to), expression(key, to), routes(node, to), span)
        case _:
            return ast.Forget(target, expression(trees(node)[0], to), span)


def _asking(node: Node, to: Lowering) -> ast.Statement:
    """The statements that ask another part of the house and have outcomes."""
    span = to.span(node)
    match node.data:
        case "lookup":
            asked = call(_call_of(node), to)
            target = name(token(node, "NAME"), to)
            return ast.Lookup(target, asked, limit(node, to), fillers(node, to), routes(node, to), span)
        case "do":
            return ast.Do(call(_call_of(node), to), limit(node, to), fillers(node, to), routes(node, to), span)
        case "run":
            return ast.Run(name(token(node, "NAME"), to), arguments(node, to), routes(node, to), span)
        case "count_up":
            return ast.CountUp(name(token(node, "NAME"), to), routes(node, to), span)
        case "record":
            said = optional(node, "STRING")
            return ast.RecordCall(_action(node), text(said, to) if said else None, routes(node, to), span)
        case "transcribe":
            return ast.TranscribeCall(_start_or_stop(node), routes(node, to), span)
        case "stream":
            return ast.StreamAudio(_start_or_stop(node), routes(node, to), span)
        case "notify":
            message = text(token(node, "STRING"), to)
            return ast.Notify(name(token(node, "NAME"), to), message, routes(node, to), span)
        case other:
            raise AssertionError(f"the grammar has a statement {other} that nothing lowers")


def _call_of(node: Node) -> Node:
    found = child(node, "call")
    assert found is not None
    return found


def _action(node: Node) -> Literal["start", "pause", "resume", "stop"]:
    kinds = {child.type for child in node.children if isinstance(child, Token)}
    if "PAUSE" in kinds:
        return "pause"
    if "RESUME" in kinds:
        return "resume"
    return "stop" if "STOP" in kinds else "start"


def _start_or_stop(node: Node) -> Literal["start", "stop"]:
    return "stop" if optional(node, "STOP") else "start"
