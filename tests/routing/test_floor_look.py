"""Somebody who talks and has left without the floor having heard of it: it looks, and believes the host only where the
answer is one to its question."""

from __future__ import annotations

from floor_rig import Rig

from interpreter.routing import handle
from interpreter.routing.legs import LOOK
from interpreter.routing.protocol import (
    CallBack,
    Detail,
    Effect,
    EndCall,
    Entered,
    Keyed,
    Look,
    Person,
    Rung,
    SideUp,
    There,
    Who,
)


def talking() -> Rig:
    r = Rig()
    r.agent("ann")
    r.send(Entered(r.now, "a/1", "sales", who="the caller"))
    r.answer("ann")
    r.people("a", 1, "the caller", "ann")
    r.wait(LOOK)
    return r


def look(r: Rig) -> list[Who]:
    return [each for each in handle(r.floor, Look(r.now)) if isinstance(each, Who)]


def answer(r: Rig, look: float, *present: str) -> list[Effect]:
    return list(handle(r.floor, There(r.now, "a", present, look)))


def test_who_is_gone_has_left_and_there_is_a_record() -> None:
    r = talking()
    [asked] = look(r)
    assert asked.call == "a"
    leg = r.leg("ann").name
    [record] = [each for each in answer(r, asked.look, "the caller") if isinstance(each, Detail)]
    assert (record.leg, dict(record.values)["talked"]) == (leg, LOOK)
    assert r.state("ann") == "available"
    assert look(r) == []


def test_an_agent_whose_caller_is_gone_is_not_left_alone() -> None:
    r = talking()
    [asked] = look(r)
    assert answer(r, asked.look, "ann") == [EndCall("a")]
    assert r.state("ann") == "talking", "until the host says that it is over"


def test_a_call_that_is_no_more_is_over_for_all() -> None:
    r = talking()
    [asked] = look(r)
    effects = answer(r, asked.look)
    assert [type(each).__name__ for each in effects if isinstance(each, EndCall | Detail)] == ["EndCall", "Detail"]
    assert r.state("ann") == "available"


def test_who_is_there_talks_on_whatever_the_case_of_their_names() -> None:
    r = talking()
    [asked] = look(r)
    assert answer(r, asked.look, "THE CALLER", "Ann", "somebody else") == []
    assert r.state("ann") == "talking"
    r.wait(LOOK)
    [again] = look(r)
    assert again.look > asked.look


def test_an_answer_to_an_earlier_question_says_nothing() -> None:
    """It may have been on its way for long, from before the agent had picked up."""
    r = talking()
    assert answer(r, 0.0) == []
    [first] = look(r)
    r.wait(LOOK)
    [second] = look(r)
    assert answer(r, first.look) == []
    assert r.state("ann") == "talking"
    answer(r, second.look)
    assert r.state("ann") == "available"


def test_nobody_is_asked_for_twice_at_a_time_or_who_has_just_come() -> None:
    r = talking()
    assert len(look(r)) == 1
    assert look(r) == [], "another process looks, too"
    r.enter("b")
    r.agent("bob")
    r.answer("bob")
    r.people("b", 1, "the caller", "bob")
    assert look(r) == []


def test_who_was_never_reported_present_is_not_missed() -> None:
    """Perhaps the host calls them something that nobody here knows."""
    r = Rig()
    r.agent("ann")
    r.enter("a")
    r.answer("ann")
    r.wait(1_000)
    assert look(r) == []


def test_the_line_of_an_agent_who_calls_somebody_back_is_no_participant() -> None:
    r = Rig()
    r.agent("ann")
    r.send(CallBack(r.now, "a/2", "sales", "+14255550100", Person("customer", "number")))
    for who in ("ann", "customer"):
        r.send(Rung(r.now, r.leg(who).name, connection=f"line of {who}"))
        r.send(SideUp(r.now, r.leg(who).name, f"line of {who}"))
        r.send(Keyed(r.now, r.leg(who).name, "1"))
    r.answer("customer")
    call = r.leg("customer").call
    r.people(call, 1, "customer")
    r.wait(LOOK)
    [asked] = look(r)
    assert asked.call == call
    handle(r.floor, There(r.now, call, ("customer",), asked.look))
    assert (r.leg("customer").state, r.leg("ann").state) == ("in", "in")
    handle(r.floor, There(r.now, call, (), asked.look))
    assert "customer" not in [each.person.address for each in r.floor.legs.values()]
    assert r.leg("ann").state == "removing", "the agent's line is ended with it"
