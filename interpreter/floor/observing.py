"""Who is told how the floor does: for metrics."""

from __future__ import annotations

from typing import Protocol

from interpreter.routing.protocol.facts import Fact


class Observer(Protocol):
    """Told of what happens here. Never raises, and is quick: the floor waits for it."""

    def happened(self, fact: Fact) -> None:
        """Something has come to its end by an entry that this process has appended since it began: nobody else is told
        of it, and nobody twice."""
        ...

    def record_failed(self) -> None:
        """A call detail record of a leg could not be written. It will be tried again."""
        ...

    def order_given_up(self, order: str) -> None:
        """An order was tried for as long as it makes sense. ``order`` is its class."""
        ...

    def entry_left_out(self) -> None:
        """An entry of the log could not be folded: a fault of this program."""
        ...


class Unobserved:
    """Nobody looks."""

    def happened(self, fact: Fact) -> None:
        pass

    def record_failed(self) -> None:
        pass

    def order_given_up(self, order: str) -> None:
        pass

    def entry_left_out(self) -> None:
        pass
