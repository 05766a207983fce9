"""The declarations of a contact center (queues, messages, second legs, payments, surveys): from lark's tree to the
typed tree."""

from __future__ import annotations

from lark import Token

from dsl import ast
from dsl.syntax.lower_hours import interval
from dsl.syntax.lower_parts import (
    Lowering,
    Node,
    child,
    count,
    destination,
    duration,
    fillers,
    limit,
    lines_of,
    name,
    once,
    one_count,
    one_duration,
    one_name,
    one_text,
    optional,
    routes,
    say_of,
    text,
    token,
    tokens,
    trees,
)
from dsl.syntax.lower_values import expression, path


def queue(node: Node, to: Lowering) -> ast.Queue:
    ageings = [(line, _ageing(line, to)) for line in lines_of(node, "ageing")]
    return ast.Queue(
        name=name(token(node, "NAME"), to),
        needs=tuple(_need(line, to) for line in lines_of(node, "need")),
        relaxes=tuple(_relax(line, to) for line in trees(node) if line.data in ("relax", "ignore")),
        priority=_one_expression(node, "priority", "priority", to),
        ageing=once(to, ageings, "priority grows"),
        announcements=announcements(node, to),
        music=one_text(node, "music", "music", to),
        options=tuple(_queue_option(line, to) for line in lines_of(node, "queue_option")),
        limit=one_count(node, "limit", "limit", to),
        estimate=one_duration(node, "estimate", "longest estimate", to),
        ring=one_duration(node, "ring", "ring", to),
        routes=routes(node, to),
        span=to.span(node),
        broken=to.broken,
    )


def _need(node: Node, to: Lowering) -> ast.Need:
    return ast.Need(name(token(node, "NAME"), to), _level(node, to), to.span(node))


def _relax(node: Node, to: Lowering) -> ast.Relax:
    return ast.Relax(duration(trees(node)[0], to), name(token(node, "NAME"), to), _relaxed(node, to), to.span(node))


def _relaxed(node: Node, to: Lowering) -> ast.Count | None:
    """The level that is still needed; ``None`` for a skill that is ignored."""
    if node.data == "ignore":
        return None
    return _level(node, to) or ast.Count(1, to.span(token(node, "NAME")))


def _level(node: Node, to: Lowering) -> ast.Count | None:
    """``>= 3``. Another comparison makes no sense for a skill and is reported."""
    compare = optional(node, "COMPARE")
    if compare is None:
        return None
    if str(compare) != ">=":
        to.refuse(to.span(compare), "a skill has a least level", f"`{compare}` cannot be asked for", "write `>=`")
    return count(token(node, "INT"), to)


def _ageing(node: Node, to: Lowering) -> ast.Ageing:
    by, most = (count(at, to) for at in tokens(node, "INT"))
    return ast.Ageing(by, duration(trees(node)[0], to), most, to.span(node))


def _one_expression(node: Node, kind: str, what: str, to: Lowering) -> ast.Expression | None:
    return once(to, [(line, expression(trees(line)[0], to)) for line in lines_of(node, kind)], what)


def _timed(node: Node, kind: str, to: Lowering) -> ast.Duration | None:
    """``from 30s`` or ``every 60s`` on a line."""
    found = child(node, kind)
    return duration(trees(found)[0], to) if found else None


def announcements(node: Node, to: Lowering) -> tuple[ast.Announcement, ...]:
    return tuple(
        ast.Announcement(
            text(token(line, "STRING"), to),
            optional(line, "PLAY") is not None,
            _timed(line, "from", to),
            _timed(line, "every", to),
            optional(line, "IMPROVED") is not None,
            to.span(line),
        )
        for line in lines_of(node, "announcement")
    )


def _queue_option(node: Node, to: Lowering) -> ast.QueueOption:
    key, *_ = trees(node)
    conditions = [tree for tree in trees(node)[1:-1] if tree.data not in ("from", "every")]
    return ast.QueueOption(
        key=key_name(key, to),
        start=_timed(node, "from", to),
        every=_timed(node, "every", to),
        condition=expression(conditions[0], to) if conditions else None,
        offer=say_of(node, to),
        destination=destination(node, to),
        span=to.span(node),
    )


def key_name(node: Node, to: Lowering) -> ast.Name:
    """A key as written."""
    return name(next(child for child in node.children if isinstance(child, Token)), to)


def voicemail(node: Node, to: Lowering) -> ast.Voicemail:
    greetings = [(line, _greeting(line, to)) for line in lines_of(node, "greeting")]
    up_to = once(to, [(line, line) for line in lines_of(node, "up_to")], "up to")
    stop = child(up_to, "stop_on") if up_to else None
    silences = [tree for tree in (stop, child(up_to, "stop_on_silence") if up_to else None) if tree]
    return ast.Voicemail(
        name=name(token(node, "NAME"), to),
        greeting=once(to, greetings, "greeting"),
        up_to=duration(trees(up_to)[0], to) if up_to else None,
        stop_key=key_name(trees(stop)[0], to) if stop else None,
        silence=next((found for tree in silences if (found := _silence(tree, to))), None),
        transcribe=up_to is not None and child(up_to, "transcribed") is not None,
        review=one_text(node, "review", "review", to),
        notify=one_name(node, "notified", "notify", to),
        routes=routes(node, to),
        span=to.span(node),
        broken=to.broken,
    )


def _silence(node: Node, to: Lowering) -> ast.Duration | None:
    """The silence that ends a message: a tree behind a key, a token where there is no key."""
    if node.data == "stop_on":
        return next((duration(tree, to) for tree in trees(node) if tree.data == "duration"), None)
    return duration(node, to)


def _greeting(node: Node, to: Lowering) -> ast.Prompt:
    return ast.Prompt(text(token(node, "STRING"), to), optional(node, "FILE") is not None, False, to.span(node))


def callback(node: Node, to: Lowering) -> ast.Callback:
    return ast.Callback(
        name=name(token(node, "NAME"), to),
        number=_one_expression(node, "number", "number", to),
        queue=one_name(node, "for_queue", "for queue", to),
        attempts=_attempts(node, to),
        ring=one_duration(node, "ring", "ring", to),
        hours=one_name(node, "during", "during", to),
        routes=routes(node, to),
        span=to.span(node),
        broken=to.broken,
    )


def _attempts(node: Node, to: Lowering) -> ast.Attempts | None:
    found = [
        (line, ast.Attempts(count(token(line, "INT"), to), _timed(line, "every", to), to.span(line)))
        for line in lines_of(node, "attempts")
    ]
    return once(to, found, "attempts")


def consult(node: Node, to: Lowering) -> ast.Consult:
    return ast.Consult(
        name=name(token(node, "NAME"), to),
        expert=one_name(node, "expert", "with expert", to),
        ring=one_duration(node, "ring", "ring", to),
        music=one_text(node, "music", "music", to),
        announcements=announcements(node, to),
        unhold=_unhold(node, to),
        routes=routes(node, to),
        span=to.span(node),
        broken=to.broken,
    )


def _unhold(node: Node, to: Lowering) -> ast.Unhold | None:
    found = once(to, [(line, line) for line in lines_of(node, "unhold")], "unhold")
    if found is None:
        return None
    return ast.Unhold("automatically" if optional(found, "AUTOMATICALLY") else "by agent", to.span(found))


def pay(node: Node, to: Lowering) -> ast.Pay:
    def variable(kind: str) -> ast.Variable | None:
        return once(to, [(line, path(trees(line)[0], to)) for line in lines_of(node, kind)], kind)

    within = [(line, limit(line, to)) for line in lines_of(node, "pay_within")]
    return ast.Pay(
        name=name(token(node, "NAME"), to),
        into=one_name(node, "into", "into", to),
        amount=_one_expression(node, "amount", "amount", to),
        card=variable("card"),
        expiry=variable("expires"),
        code=variable("code"),
        provider=one_name(node, "provider", "through", to),
        within=once(to, within, "within"),
        fillers=fillers(node, to),
        routes=routes(node, to),
        span=to.span(node),
        broken=to.broken,
    )


def survey(node: Node, to: Lowering) -> ast.Survey:
    asked = [line for line in trees(node) if line.data in ("question", "each_question")]
    remarks = [(line, _remark(line, to)) for line in lines_of(node, "remark")]
    return ast.Survey(
        name=name(token(node, "NAME"), to),
        offer=one_text(node, "offer", "offer", to),
        questions=tuple(_question(line, to) for line in asked),
        remark=once(to, remarks, "remark"),
        routes=routes(node, to),
        span=to.span(node),
        broken=to.broken,
    )


def _question(node: Node, to: Lowering) -> ast.Question:
    numbers = [count(at, to) for at in tokens(node, "INT")]
    each = node.data == "each_question"
    return ast.Question(
        name=name(token(node, "NAME"), to),
        text=None if each else text(token(node, "STRING"), to),
        source=path(trees(node)[0], to) if each else None,
        at_most=numbers[0] if each else None,
        least=numbers[-2],
        most=numbers[-1],
        span=to.span(node),
    )


def _remark(node: Node, to: Lowering) -> ast.Remark:
    longest = duration(trees(node)[0], to)
    return ast.Remark(name(token(node, "NAME"), to), text(token(node, "STRING"), to), longest, to.span(node))


def dial(node: Node, to: Lowering) -> ast.Dial:
    only = [(line, interval(trees(line)[0], to)) for line in lines_of(node, "only")]
    return ast.Dial(
        name=name(token(node, "NAME"), to),
        number=_one_expression(node, "number", "number", to),
        caller_id=one_name(node, "caller_id", "caller id", to),
        ring=one_duration(node, "ring", "ring", to),
        attempts=_attempts(node, to),
        between=once(to, only, "only"),
        routes=routes(node, to),
        span=to.span(node),
        broken=to.broken,
    )
