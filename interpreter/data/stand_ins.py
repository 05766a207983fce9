"""Answers on a laptop for data functions that no site binds: what the developer gives, else something plain."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from interpreter.data.answers import WrongShape, read_answer
from interpreter.protocol import Request, Value

log = logging.getLogger(__name__)

PLAIN = {"lookup": "not found", "check": "yes", "action": "done"}
"""What a function answers, by its use, when nobody has said anything."""


class StandIns:
    """``given`` holds the answers by function (``crm.by_phone``): a table of fields for a look-up, or
    ``{ outcome = "failed" }``."""

    def __init__(self, given: Mapping[str, Mapping[str, Any]]) -> None:
        self._given = given

    def paid(self, action: Request) -> tuple[str, tuple[tuple[str, Value], ...]]:
        """What becomes of a payment: nobody is charged from a laptop."""
        given = self._given.get(f"card_services.{action.name}", {})
        outcome = str(given.get("outcome", "paid"))
        log.warning("nobody is charged: a stand-in for the card service %s answers `%s`", action.name, outcome)
        return outcome, (("reference", str(given.get("reference", "1000"))),) if outcome == "paid" else ()

    def answer(self, action: Request) -> tuple[str, tuple[tuple[str, Value], ...]]:
        """The answer to a request. An answer of the wrong shape is one that has failed, as it would be for real."""
        given = self._given.get(action.name)
        if given is None:
            log.warning("%s is not bound: a stand-in answers `%s`", action.name, PLAIN[action.verb])
            return PLAIN[action.verb], ()
        outcome = str(given.get("outcome", "found" if action.verb == "lookup" else PLAIN[action.verb]))
        if outcome != "found":
            return outcome, ()
        try:
            return "found", read_answer(dict(given), action.expects, {})
        except WrongShape as error:
            log.warning("the stand-in for %s does not fit: %s", action.name, error)
            return "failed", ()
