"""A promise to call back that the site takes back, at every moment of its life; and the records of its legs."""

from __future__ import annotations

import pytest
from floor_rig import Rig

from interpreter.routing import handle
from interpreter.routing.protocol import (
    Answered,
    CallBack,
    CallBackWithdrawn,
    Detail,
    Event,
    Give,
    Keyed,
    Person,
    Removed,
    Rung,
    SideOver,
    SideUp,
)

CUSTOMER = "4:+14255550100"


def promised() -> tuple[Rig, str]:
    """A customer has a promise and nobody is free for it; the call in which it would be kept."""
    r = Rig()
    r.agent("ann")
    r.wants("ann", "not ready")
    r.enter("a")
    r.left("a", hung_up=False)
    r.send(CallBack(r.now, "a/2", "sales", "+14255550100", Person(CUSTOMER, "number"), attempts=2, every=600.0))
    assert r.told == [("a", "scheduled")]
    [promise] = r.floor.promises.values()
    return r, promise.entry.partition("/")[0]


def withdraw(r: Rig, call: str) -> list[object]:
    """The site takes it back. Everything that comes of it."""
    return list(handle(r.floor, CallBackWithdrawn(r.now, call)))


def accepted() -> tuple[Rig, str]:
    """The agent has pressed 1; the customer's phone rings."""
    r, call = promised()
    r.wants("ann", "available")
    up(r, "ann")
    r.send(Keyed(r.now, r.leg("ann").name, "1"))
    assert r.rung == [CUSTOMER]
    return r, call


def up(r: Rig, who: str) -> None:
    r.send(Rung(r.now, r.leg(who).name, connection=f"line of {who}"))
    r.send(SideUp(r.now, r.leg(who).name, f"line of {who}"))


def nothing_is_left(r: Rig) -> None:
    floor = r.floor
    assert [*floor.promises, *floor.callers, *floor.legs, *floor.of_call] == []
    assert floor.waiting.count("sales") == 0
    assert not [name for name in floor.timers if "callback" in name]


def test_one_that_waits_is_gone() -> None:
    r, call = promised()
    assert withdraw(r, call) == []
    nothing_is_left(r)
    r.wants("ann", "available")
    r.wait(3600)
    assert (r.rung, r.state("ann")) == ([], "available")
    assert withdraw(r, call) == []


def test_one_that_waits_for_its_next_try_is_gone() -> None:
    r, call = accepted()
    r.hang_up_aside(CUSTOMER)
    r.hang_up_aside("ann")
    assert [name for name in r.floor.timers if name.startswith("callback:")]
    assert withdraw(r, call) == []
    nothing_is_left(r)
    r.wait(3600)
    assert r.rung == []


def test_nobody_is_rung_any_more_and_the_agent_is_free_when_the_host_says_so() -> None:
    r, call = promised()
    r.wants("ann", "available")
    assert r.rung == ["ann"]
    assert [type(each).__name__ for each in withdraw(r, call) if type(each).__name__ != "SetTimer"] == ["EndAside"]
    assert r.state("ann") != "available"
    r.hang_up_aside("ann")
    nothing_is_left(r)
    assert r.state("ann") == "available"


def test_an_agent_who_hears_of_it_is_told_that_the_caller_has_left() -> None:
    r, call = promised()
    r.wants("ann", "available")
    up(r, "ann")
    kinds = [type(each).__name__ for each in withdraw(r, call)]
    assert "Whisper" in kinds
    r.send(Keyed(r.now, r.leg("ann").name, "1"))
    assert r.rung == [], "pressing 1 comes too late"
    r.wait(2)
    r.hang_up_aside("ann")
    nothing_is_left(r)
    assert r.state("ann") == "available"


def test_while_the_customer_rings_both_are_let_go() -> None:
    r, call = accepted()
    assert [type(each).__name__ for each in withdraw(r, call)].count("EndAside") == 2
    r.hang_up_aside(CUSTOMER)
    r.hang_up_aside("ann")
    nothing_is_left(r)
    r.wait(3600)
    assert r.rung == []


def test_one_that_is_being_kept_is_kept() -> None:
    r, call = accepted()
    up(r, CUSTOMER)
    r.send(Keyed(r.now, r.leg(CUSTOMER).name, "1"))
    r.send(Answered(r.now, r.leg(CUSTOMER).name))
    assert withdraw(r, call) == []
    assert {leg.state for leg in r.floor.legs.values()} == {"in"}
    assert r.state("ann") == "talking"


def test_nobody_is_told_of_what_the_site_itself_has_done() -> None:
    r, call = accepted()
    out = withdraw(r, call)
    assert not [each for each in out if isinstance(each, Give)]


@pytest.mark.parametrize("kept", [False, True])
def test_the_records_of_its_legs_name_the_queue(kept: bool) -> None:
    r, call = accepted()
    customer, agent = r.leg(CUSTOMER).name, r.leg("ann").name
    if kept:
        up(r, CUSTOMER)
        r.send(Keyed(r.now, customer, "1"))
        r.send(Answered(r.now, customer))
        r.wait(30)
        ends: list[Event] = [SideOver(r.now, agent), Removed(r.now, customer)]
    else:
        withdraw(r, call)
        ends = [SideOver(r.now, customer), SideOver(r.now, agent)]
    records = [dict(each.values) for end in ends for each in handle(r.floor, end) if isinstance(each, Detail)]
    assert sorted(str(each["kind"]) for each in records) == ["agent", "customer"]
    assert {each["queue"] for each in records} == {"sales"}
    nothing_is_left(r)


def test_a_promise_waits_on_while_nobody_is_there() -> None:
    r, call = promised()
    r.wants("ann", "offline")
    r.enter("b")
    assert r.told == [("b", "no agents")]
    r.wait(3_600)
    assert [each.entry for each in r.floor.promises.values()] == [f"{call}/1"]
    assert r.floor.measures.sums("sales", 0.0).overflowed == 2, "the caller who left for it, and the other one"
    r.wants("ann", "available")
    assert r.rung == ["ann"]
    assert r.served("ann") == call
