"""Promises to call back: a caller keeps the place in line and need not wait.

Theory of operation: a promise waits in its queue like a caller, with the rank that the caller had, under a call of its
own (``callback.N``) that nobody is in yet. When an agent's turn comes, the agent is called on a line of their own and
accepts by a key: that line becomes the conversation. Then the customer is called on another line and has to press 1,
since an answering machine answers, too; only then they are moved together. An agent is never kept for longer than the
customer rings and listens. An attempt that comes to nothing is made again later, at the same rank; after the last one
the site is told.
"""

from __future__ import annotations

from typing import Literal, assert_never

from interpreter.routing import callers, counting, moving
from interpreter.routing.protocol import CallBack, CallBackWithdrawn, Give
from interpreter.routing.state import Ageing, Caller, Floor, Leg, Promise, call_of

UNANSWERED = "nobody answered"
PREFIX = "callback."
"""What the names of their calls begin with."""
GREETING = {
    "en": "You asked us to call you back. An agent is on the line. Press 1 to be connected.",
    "es": "Usted pidió que le llamáramos. Un agente está en la línea. Oprima 1 para hablar.",
    "fr": "Vous avez demandé à être rappelé. Un agent est en ligne. Appuyez sur 1 pour être mis en relation.",
    "de": "Sie haben um einen Rückruf gebeten. Ein Mitarbeiter ist am Apparat. Drücken Sie die 1.",
}


def asked(floor: Floor, event: CallBack) -> None:
    """Somebody asks to be called back. One promise a number."""
    if any(each.asked == event.entry for each in floor.promises.values()):
        return
    if not event.dialable:
        floor.tell(event.entry, "invalid number")
        counting.called_back(floor, event.queue, "invalid number")
        return
    if any(each.number == event.number for each in floor.promises.values()):
        floor.tell(event.entry, "already scheduled")
        counting.called_back(floor, event.queue, "already scheduled")
        return
    place = (call_of(event.entry), event.queue)
    rank, at, needs, ageing = floor.places.get(place) or (event.at, event.at, (), Ageing(0.0))
    entry = f"{PREFIX}{floor.number()}/1"
    promise = Promise(
        entry, event.entry, event.queue, event.number, event.person, event.ring, event.attempts, event.every,
        event.windows, event.language, event.called, needs, rank, at, event.at,
        ageing=ageing,
    )  # fmt: skip
    if not _can_be_kept(floor, promise, event.at):
        floor.tell(event.entry, "not available")
        counting.called_back(floor, event.queue, "not available")
        return
    floor.places.pop(place, None)
    floor.tell(event.entry, "scheduled", ("place", float(floor.waiting.place_of(event.queue, rank))))
    counting.called_back(floor, event.queue, "scheduled")
    floor.promises[entry] = promise
    _line_up(floor, promise, event.at)


def _caller(floor: Floor, promise: Promise) -> Caller:
    ring = floor.rules_of(promise.queue).ring
    return Caller(
        promise.entry,
        promise.queue,
        promise.needs,
        (),
        promise.rank,
        promise.at,
        ring,
        number=promise.number,
        ageing=promise.ageing,
    )


def _can_be_kept(floor: Floor, promise: Promise, at: float) -> bool:
    """Whether there is somebody to call, room for one more, and time left before it closes."""
    queue = promise.queue
    if not floor.is_staffed(_caller(floor, promise)):
        return False
    if not callers.has_room(floor, queue):
        return False
    place = floor.waiting.place_of(queue, promise.rank)
    due = at + floor.measures.estimate(queue, place, floor.serving(queue))
    return not promise.windows or any(begins <= due < ends for begins, ends in promise.windows)


def _line_up(floor: Floor, promise: Promise, at: float) -> None:
    """The promise waits in line: now, or from the next opening on."""
    begins = _opening(promise, at)
    if begins is None:
        _break(floor, promise, "it is closed for good")
    elif begins > at:
        floor.timer(f"callback:{promise.entry}", begins)
    else:
        floor.callers[promise.entry] = _caller(floor, promise)
        floor.belongs(call_of(promise.entry), promise.entry)
        callers.ages(floor, floor.callers[promise.entry], at)
        floor.queued.append(promise.entry)


def _opening(promise: Promise, at: float) -> float | None:
    """When it may be called, from ``at`` on."""
    if not promise.windows:
        return at
    return min((max(at, begins) for begins, ends in promise.windows if ends > at), default=None)


def withdrawn(floor: Floor, event: CallBackWithdrawn) -> None:
    """The site does not want somebody called back any more: who is rung for that is let go. A promise that is being
    kept is kept."""
    promise = floor.promises.get(f"{event.call}/1")
    if promise is None or promise.kept:
        return
    del floor.promises[promise.entry]
    counting.called_back(floor, promise.queue, "withdrawn")
    floor.clear(f"callback:{promise.entry}")
    caller = floor.callers.get(promise.entry)
    if caller is not None:
        callers.forget(floor, caller)
    for leg in list(floor.legs_of(event.call)):
        moving.revoke(floor, leg, event.at)


def due(floor: Floor, entry: str, at: float) -> None:
    """It is time to try again."""
    promise = floor.promises.get(entry)
    if promise is not None and entry not in floor.callers:
        _line_up(floor, promise, at)


def noticed(floor: Floor, what: Literal["accepted", "there", "lost", "left"], leg: Leg, at: float) -> None:
    """Something has happened to a leg of a promise."""
    promise = floor.promises.get(f"{leg.call}/1")
    if promise is None:
        return
    match what:
        case "accepted" if promise.agent:
            moving.revoke(floor, leg, at)  # another one was faster
        case "accepted":
            _call_customer(floor, promise, leg, at)
        case "there" if leg.name == promise.customer:
            _together(floor, promise, at)
        case "there":
            pass  # it is on its way out
        case "lost" if leg.name == promise.customer:
            _attempt_over(floor, promise, at)
        case "left" if leg.name in (promise.agent, promise.customer):
            _attempt_over(floor, promise, at)
        case "lost" | "left":
            pass
        case _:
            assert_never(what)


def _call_customer(floor: Floor, promise: Promise, leg: Leg, at: float) -> None:
    """The agent has accepted."""
    promise.tried += 1
    promise.agent = leg.name
    greeting = GREETING.get(promise.language.partition("-")[0], GREETING["en"])
    entry = f"{leg.call}/customer.{promise.tried}"
    customer = moving.begin(floor, entry, promise.person, promise.ring, at, greeting, promise.language)
    customer.part = "customer"
    promise.customer = customer.name


def _together(floor: Floor, promise: Promise, at: float) -> None:
    """The customer has pressed 1 and is with the agent: the promise is kept."""
    promise.kept = True
    service = floor.rules_of(promise.queue).service
    floor.measures.answered(promise.queue, promise.at, at, service)
    counting.called_back(floor, promise.queue, "kept", in_time=at - promise.at <= service)


def _attempt_over(floor: Floor, promise: Promise, at: float) -> None:
    """One of the two has left, or the customer was not reached: nobody stays behind, and it may be tried again."""
    parties = promise.agent, promise.customer
    promise.agent = promise.customer = ""
    caller = floor.callers.get(promise.entry)
    if caller is not None:
        callers.forget(floor, caller)
    for each in list(floor.legs_of(call_of(promise.entry))):
        if each.name in parties:
            each.wrap_up = each.wrap_up if promise.kept else 0.0
            moving.revoke(floor, each, at)
    if promise.kept:
        floor.promises.pop(promise.entry, None)
        return
    if promise.tried >= promise.attempts:
        _break(floor, promise, UNANSWERED)
        return
    begins = _opening(promise, at + promise.every)
    if begins is None:
        _break(floor, promise, "it closes before the next try")
    else:
        floor.timer(f"callback:{promise.entry}", begins)


def _break(floor: Floor, promise: Promise, why: str) -> None:
    floor.promises.pop(promise.entry, None)
    counting.called_back(floor, promise.queue, "not reached" if why == UNANSWERED else "closed")
    values = (("number", promise.number), ("queue", promise.queue), ("why", why), ("tried", float(promise.tried)))
    floor.done.append(Give(call_of(promise.entry), "callback not reached", promise.queue, values))
