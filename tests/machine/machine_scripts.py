"""Small scripts at random, right and wrong: every construct of the language, in any order, with any destination."""

from __future__ import annotations

from hypothesis import strategies as st

BLOCKS = ("a", "b", "c", "d", "e")

mostly = st.sampled_from((True,) * 12 + (False,))

names = st.sampled_from((*BLOCKS, *BLOCKS, *BLOCKS, *BLOCKS, "nowhere"))
keys = st.sampled_from("0123456789*#")
destinations = st.one_of(*[names] * 8, st.sampled_from(("finish told", "hang up", "repeat", "go to a")))
texts = st.sampled_from(
    ('"Hello."',) * 20
    + (
        '"You said {x}, {x as digits}."',
        '"From {caller.number}."',
        '"{h.opens_again}"',
        '"{h.holiday}"',
        '"{no}"',
        '" "',
    )
)
maybe_text = st.one_of(st.just(""), texts.map(" {}".format))
fixed = st.sampled_from(("", "", " cannot be interrupted"))
values = st.sampled_from(("1", '"7"', "x", "x + 1", "x * x", 'not (x is "7")', "caller.number", "no", "x + y", "0 - 1"))
guards = st.sampled_from(('x is "7"', "x < 5", "x >= 5 and not y", "caller.number is not x", "yes"))


@st.composite
def routes(draw: st.DrawFn, outcomes: tuple[str, ...], indent: str = "    ") -> list[str]:
    """Each outcome routed, some with a sentence; one may be forgotten."""
    forgotten = None if draw(mostly) else draw(st.sampled_from(outcomes))
    lines = []
    for outcome in outcomes:
        if outcome != forgotten:
            lines.append(f"{indent}{outcome}{draw(maybe_text)} -> {draw(destinations)}")
    return lines


@st.composite
def statements(draw: st.DrawFn) -> list[str]:
    match draw(st.sampled_from(("say", "say", "play", "set", "switch", "guard", "value", "hours", "leave", "leave"))):
        case "say":
            return [f"    say {draw(texts)}{draw(fixed)}"]
        case "play":
            return [f'    play "music"{draw(fixed)}']
        case "set":
            return [f"    set {draw(st.sampled_from(('x', 'y')))} = {draw(values)}"]
        case "switch":
            return [
                f"    when switch s is {draw(st.sampled_from(('on', 'off')))}{draw(maybe_text)} -> {draw(destinations)}"
            ]
        case "guard":
            return [f"    when {draw(guards)}{draw(maybe_text)} -> {draw(destinations)}"]
        case "value":
            cases = [f"        is {draw(values)} -> {draw(destinations)}", f"        > 3 -> {draw(destinations)}"]
            other = [f"        otherwise{draw(maybe_text)} -> {draw(destinations)}"] if draw(st.booleans()) else []
            return [f"    when {draw(st.sampled_from(('x', 'y', 'caller.number')))}", *cases, *other]
        case "hours":
            found = draw(routes(("open", "holiday", "closed", "lunch", "emergency"), "        "))
            return [f"    when hours {draw(st.sampled_from(('h', 'h', 'none')))}", *found]
        case _:
            return [f"    {draw(st.sampled_from(('go to b', 'go to c', 'finish told', 'hang up', 'go to nowhere')))}"]


@st.composite
def afters(draw: st.DrawFn) -> list[str]:
    kinds = draw(st.lists(st.sampled_from(("tries", "silences", "wrong")), max_size=2, unique=True))
    return [f"    after {draw(st.integers(1, 3))} {kind}{draw(maybe_text)} -> {draw(destinations)}" for kind in kinds]


@st.composite
def asking(draw: st.DrawFn) -> list[str]:
    """What menus and collects have in common."""
    lines = [f"    prompt {draw(texts)}{draw(fixed)}" for _ in range(draw(st.integers(0, 2)))]
    lines += [f"    reprompt {draw(texts)}{draw(fixed)}" for _ in range(draw(st.integers(0, 2)))]
    lines += draw(
        st.lists(st.sampled_from(('    no input "Nothing."', '    no match "{x}"', "    type ahead keep")), unique=True)
    )
    return lines + draw(afters())


@st.composite
def block(draw: st.DrawFn, name: str) -> str:
    match draw(st.sampled_from(("step", "menu", "menu", "collect", "transfer"))):
        case "step":
            parts = draw(st.lists(statements(), min_size=1, max_size=4))
            return "\n".join([f"step {name}", *(line for part in parts for line in part)])
        case "menu":
            lines = [f"menu {name}", *draw(asking())]
            for number in range(draw(st.integers(0, 3))):
                said = draw(st.sampled_from(("", f' or say "word{number}"')))
                lines.append(f"    press {draw(keys)}{said} -> {draw(destinations)}")
            if draw(st.booleans()):
                lines.append("    phrases anywhere")
            return "\n".join(lines)
        case "collect":
            bounds = draw(
                st.sampled_from(("digits 1", "digits 2 to 4, ends with #", "digits 3, between 1s", "digits 4 to 2"))
            )
            lines = [f"collect {name}", *draw(asking()), f"    {bounds}"]
            lines += ["    into x"] if draw(mostly) else []
            return "\n".join([*lines, *draw(routes(("accepted",)))])
        case _:
            lines = [f"transfer {name}"]
            lines += ["    to number desk"] if draw(mostly) else []
            lines += ["    ring 25s"] if draw(st.booleans()) else []
            return "\n".join([*lines, *draw(routes(("answered", "no answer", "busy", "declined", "failed")))])


HOURS = """hours h
    timezone "{zone}"
    emergency switch s
    {week}
    break lunch every day 12:00 to 13:00
    holiday "Leap day" 02-29
"""


@st.composite
def scripts(draw: st.DrawFn) -> str:
    """The text of a script of up to five blocks."""
    flow = ["ivr 1", "flow f", '    timezone "Europe/Berlin"']
    flow += [f"    on caller hangup -> {draw(destinations)}"] if draw(st.booleans()) else []
    flow += [f"    on system error -> {draw(destinations)}"] if draw(mostly) else []
    zone = draw(
        st.sampled_from(("America/New_York", "Asia/Tokyo", "America/New_York", "Nowhere/City", "", "../x", "America"))
    )
    week = draw(
        st.sampled_from(
            (
                "monday to friday 09:00 to 17:00",
                "every day 22:00 to 02:00",
                "every day 00:00 to 24:00",
                "open 2026-02-30 09:00 to 99:00",
            )
        )
    )
    blocks = [draw(block(name)) for name in BLOCKS[: draw(st.sampled_from((5,) * 12 + (3, 1, 0)))]]
    return "\n\n".join(["\n".join(flow), *blocks, HOURS.format(zone=zone, week=week)]) + "\n"
