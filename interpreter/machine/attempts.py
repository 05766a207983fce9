"""What counts as a failed attempt, and when the caller is handed over instead of being asked again."""

from __future__ import annotations

import dataclasses

from dsl.analysis.edges import after_cause
from dsl.ast import After as Limit
from dsl.ast import Check, Collect, Counter, Menu
from interpreter.machine import ask, ends, requests
from interpreter.machine.state import After, Visit
from interpreter.machine.turn import Turn
from interpreter.protocol import ActionRefused, Reported


def again(turn: Turn, block: Menu | Collect, cause: str) -> After | None:
    """Count a failed attempt; hand over when a limit is reached, else ask again. ``cause`` is ``silence``,
    ``no_match``, ``start_again`` (the caller did not confirm), or ``check.N`` for the check of that number.

    Keys typed ahead of a mistake were meant for something else and are forgotten.
    """
    visit = turn.call.visit or Visit(block.name.text)
    failed = _check_of(block, cause)
    counting = [counter.text for counter in (block.counter, failed.counter if failed else None) if counter]
    visit = dataclasses.replace(
        visit,
        tries=visit.tries + 1,
        silences=visit.silences + (cause == "silence"),
        wrong=visit.wrong + (cause == "no_match"),
        failed=_add(visit.failed, failed.name) if failed else visit.failed,
        prefix="",
        cause=cause,
        counting=tuple(dict.fromkeys(counting)),
    )
    turn.update(visit=visit, heard=())
    causes = {"silence": "no input", "start_again": "not confirmed"}
    told = f"{failed.name} failed" if failed else causes.get(cause, "no match")
    turn.note("took", told, block.span.start)
    if cause == "silence":
        turn.note("edge", f"no input {visit.tries}", block.span.start)
    return _counted(turn, block, visit)


def _add(pairs: tuple[tuple[str, int], ...], name: str) -> tuple[tuple[str, int], ...]:
    found = dict(pairs)
    found[name] = found.get(name, 0) + 1
    return tuple(found.items())


def _check_of(block: Menu | Collect, cause: str) -> Check | None:
    """The check that a cause ``check.N`` speaks of."""
    number = cause.removeprefix("check.") if cause.startswith("check.") else ""
    checks = block.checks if isinstance(block, Collect) else ()
    return checks[int(number)] if number.isdecimal() and int(number) < len(checks) else None


def _counted(turn: Turn, block: Menu | Collect, visit: Visit) -> After | None:
    """Keep the counters that this attempt counts in, then decide."""
    while visit.counting:
        counter = turn.program.counters.get(visit.counting[0])
        if counter is not None and counter.key is not None:
            if requests.can_count(turn, counter):
                return _ask_counter(turn, counter)
            turn.note("error", f"there is nothing to keep {counter.name.text} by")
        elif counter is not None:
            ends.count_up(turn, counter.name.text)
        visit = dataclasses.replace(visit, counting=visit.counting[1:])
        turn.update(visit=visit)
    return _decide(turn, block, visit)


def _ask_counter(turn: Turn, counter: Counter) -> After | None:
    return requests.count(turn, counter, None, "count")


def _decide(turn: Turn, block: Menu | Collect, visit: Visit) -> After | None:
    """The first limit that is reached, in the order of the script, decides; without one the caller is asked again."""
    for after in block.afters:
        if _reached(turn, visit, after):
            return ends.take(turn, after_cause(after), after.destination, after.say, after.span.start)
    if visit.confirming and visit.cause in ("silence", "no_match"):
        return ask.confirm(turn, block, visit.cause)
    turn.update(visit=dataclasses.replace(visit, confirming=False))
    return ask.ask_or_fail(turn, block, visit.cause)


def _reached(turn: Turn, visit: Visit, after: Limit) -> bool:
    name = after.name.text if after.name is not None else ""
    match after.what:
        case "limit":
            counter = turn.program.counters.get(name)
            most = counter.most.value if counter is not None and counter.most is not None else 0
            return bool(most) and dict(turn.call.counters).get(name, 0.0) >= most
        case "failed":
            return dict(visit.failed).get(name, 0) >= after.count.value
        case "tries":
            return visit.tries >= after.count.value
        case "silences":
            return visit.silences >= after.count.value
        case _:
            return visit.wrong >= after.count.value


def counter_told(
    turn: Turn, block: Menu | Collect, visit: Visit, event: Reported | ActionRefused, outcome: str
) -> After | None:
    """A counter that could not be kept does not lock anybody out: it is traced, and the other limits hold."""
    name = visit.counting[0] if visit.counting else ""
    counter = turn.program.counters.get(name)
    value = dict(event.values).get("value") if isinstance(event, Reported) else None
    if outcome == "failed" or not isinstance(value, float | int):
        turn.note("error", f"the counter {name} could not be kept")
    else:
        known = tuple(pair for pair in turn.call.counters if pair[0] != name)
        most = float(counter.most.value) if counter is not None and counter.most is not None else float(value)
        reached = outcome in ("reached", "limit reached")
        turn.update(counters=(*known, (name, max(float(value), most) if reached else float(value))))
    visit = dataclasses.replace(visit, counting=visit.counting[1:])
    turn.update(visit=visit)
    return _counted(turn, block, visit)


def speech_failed(turn: Turn, block: Menu | Collect, visit: Visit) -> After | None:
    """The recogniser failed: ask again once, then go on with keys only. Never an attempt of the caller's."""
    failures = visit.speech_failures + 1
    if failures < 2:
        turn.update(visit=dataclasses.replace(visit, speech_failures=failures))
        return ask.confirm(turn, block, "again") if visit.confirming else ask.ask_or_fail(turn, block, "again")
    if visit.keys_only or not ask.takes_keys(block):
        return ends.system_error(turn, "speech recognition does not work")
    turn.update(visit=dataclasses.replace(visit, speech_failures=0, keys_only=True, confirming=False))
    turn.note("took", "speech unavailable", block.span.start)
    return ask.ask_or_fail(turn, block, "keys_only")


def speech_works(turn: Turn) -> None:
    """Speech has worked: failures of the recogniser in a row are counted anew."""
    visit = turn.call.visit
    if visit is not None and visit.speech_failures:
        turn.update(visit=dataclasses.replace(visit, speech_failures=0))
