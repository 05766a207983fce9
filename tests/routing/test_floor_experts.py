"""An expert who is known to be busy: a script that asks rings nobody, is told so, and a record says why."""

from __future__ import annotations

from typing import Literal

import pytest
from floor_rig import MONDAY, Rig, floor

from interpreter.routing import QueueRules, handle
from interpreter.routing.protocol import Detail, Invited, Person, Tell
from interpreter.routing.protocol.facts import Consulted

EXPERT = Person("8:orgid:expert", "teams_user")


@pytest.mark.parametrize(("outcome", "counted"), [("declined", "declined"), ("not allowed", "failed")])
def test_an_expert_who_is_busy_in_teams_is_not_rung(
    outcome: Literal["declined", "not allowed"], counted: Literal["declined", "failed"]
) -> None:
    r = Rig(floor(QueueRules("sales")))
    asked = Invited(MONDAY, "a/1", EXPERT, 20.0, objection="Teams: in a meeting", outcome=outcome)
    record, told = sorted(handle(r.floor, asked), key=lambda each: type(each).__name__)
    assert told == Tell("a/1", outcome, (("reason", "Teams: in a meeting"),))
    assert isinstance(record, Detail)
    assert dict(record.values) == {
        "leg": record.leg, "call": "a", "agent": "", "kind": "guest", "queue": "", "offered": MONDAY, "answered": None,
        "ended": MONDAY, "outcome": outcome, "rang": 0.0, "talked": 0.0, "reason": "Teams: in a meeting",
    }  # fmt: skip
    assert r.floor.facts == [Consulted("script", counted)]
    assert (r.floor.legs, r.floor.guests, r.floor.timers) == ({}, {}, {})


def test_two_records_of_one_call_are_two() -> None:
    r = Rig(floor(QueueRules("sales")))
    names = set()
    for entry in ("a/1", "a/2"):
        done = handle(r.floor, Invited(MONDAY, entry, EXPERT, 20.0, objection="Teams: busy", outcome="declined"))
        names |= {each.leg for each in done if isinstance(each, Detail)}
    assert len(names) == 2
