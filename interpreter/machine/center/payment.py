"""A payment with a card. It is asked for once: where nobody knows what became of it, the answer is ``unknown``."""

from __future__ import annotations

from dsl.ast import Pay
from interpreter.machine import ends
from interpreter.machine.center import asking
from interpreter.machine.state import After
from interpreter.machine.turn import Scope, Turn
from interpreter.protocol import Disconnected, Event, Money, Record, Reported, Value
from interpreter.values import evaluate, read

WITHIN = 15.0
"""Seconds that a payment may take when the script says nothing (scenario S2)."""
OUTCOMES = ("paid", "declined", "cancelled", "unknown", "failed")


def begin(turn: Turn, block: Pay) -> After | None:
    """Ask for the payment."""
    scope = Scope(turn)
    amount = evaluate(block.amount, scope) if block.amount is not None else None
    parts = {"card": block.card, "expires": block.expiry, "code": block.code}
    given = {name: read(scope, part.path) for name, part in parts.items() if part is not None}
    if not isinstance(amount, Money) or any(value is None for value in given.values()):
        return ends.system_error(turn, "the amount or the card of the payment is missing")
    arguments: tuple[tuple[str, Value], ...] = (("amount", amount), *given.items())
    provider = block.provider.text if block.provider else ""
    asking.ask(turn, "pay", provider, arguments, block.within.seconds if block.within else WITHIN)
    for index, filler in enumerate(block.fillers):
        turn.timer(f"filler.{index}", filler.after.seconds)
    return None


def event(turn: Turn, block: Pay, event: Event) -> bool:
    """Take an event while the payment is made. It goes on when the caller has hung up: the money may be gone."""
    if isinstance(event, Disconnected):
        return False
    index = asking.fired(turn, event, "filler")
    if index is not None and index < len(block.fillers):
        asking.speak(turn, block.fillers[index].content, block.fillers[index].file)
        return True
    if asking.ended(turn, event):
        asking.note(turn, "media", "")
        return True
    answer = asking.mine(turn, event)
    if isinstance(answer, Reported) and answer.outcome == "paid":
        reference = dict(answer.values).get("reference")
        if not isinstance(reference, str):
            turn.note("error", "a payment without a reference")
            return asking.leave(turn, block, "unknown")
        if block.into is not None:
            ends.set_variable(turn, block.into.text, Record((("reference", reference),)))
    if asking.is_due(turn, event, "watch"):
        turn.note("error", "nothing came back for the payment")
        return asking.leave(turn, block, "unknown")
    return asking.simple(turn, block, event, OUTCOMES)
