"""What an agent's desktop says to the floor: that it is there, that an offer is declined, that a wrap-up is over."""

from __future__ import annotations

import pytest
from floor_rig import Rig, floor

from interpreter.routing import QueueRules, handle
from interpreter.routing.protocol import (
    AgentAsks,
    Answered,
    Beat,
    Cancelled,
    Declines,
    Due,
    Hold,
    NotHeld,
    Person,
    Probed,
    Removed,
    Say,
    SideOver,
    SideUp,
    StopRinging,
    Unhold,
    Wanted,
    Watch,
)
from interpreter.routing.state import Agent


def rig(*agents: str, **more: object) -> Rig:
    r = Rig(floor(QueueRules("sales", **more)))  # type: ignore[arg-type]
    for name in agents or ("ann",):
        r.agent(name)
    return r


def beats(r: Rig, agent: str, lease: float = 60.0) -> None:
    r.send(Beat(r.now, agent, lease))


def may_be_offered(r: Rig, name: str) -> bool:
    found: Agent = r.of(name)
    return found.can_take


# --------------------------------------------------------------------------------------------------------------------
# Signs of life


def test_an_agent_whose_desktop_falls_silent_is_offered_nobody_until_it_is_heard_again() -> None:
    r = rig()
    beats(r, "ann")
    r.wait(59)
    assert r.state("ann") == "available"
    beats(r, "ann")
    r.wait(59)
    assert r.state("ann") == "available", "each sign of life begins the time anew"
    r.wait(2)
    assert (r.state("ann"), may_be_offered(r, "ann")) == ("unknown", False)
    r.agent("bob", "sales")
    r.wants("bob", "not ready")
    r.enter("a")
    assert r.rung == []
    beats(r, "ann")
    assert (r.rung, r.state("ann")) == (["ann"], "reserved")


def test_nobody_hopes_for_an_agent_whose_desktop_is_silent() -> None:
    r = rig()
    beats(r, "ann")
    r.enter("a")
    r.answer("ann")
    r.enter("b")
    r.wait(61)
    assert r.state("ann") == "talking", "a talk goes on without a desktop"
    r.wait(30)
    assert r.told == [("b", "no agents")]
    r.enter("c")
    assert r.told == [("c", "no agents")]
    beats(r, "ann")
    r.enter("d")
    assert r.told == []


def test_an_agent_without_a_desktop_is_never_silent() -> None:
    r = rig()
    r.wait(3600)
    assert r.state("ann") == "available"
    beats(r, "ann")
    beats(r, "ann", 0.0)
    r.wait(3600)
    assert r.state("ann") == "available", "it was said that none is to be expected"


@pytest.mark.parametrize("silent", [False, True])
def test_who_signs_out_is_not_waited_for_and_signs_in_again_as_any(silent: bool) -> None:
    r = rig()
    beats(r, "ann")
    r.wait(61 if silent else 1)
    r.wants("ann", "offline")
    beats(r, "ann")
    r.wait(200)
    assert r.state("ann") == "offline"
    r.agent("ann")
    assert (r.state("ann"), may_be_offered(r, "ann")) == ("available", True)
    assert r.floor.staff == {r.of("ann").profile: 1}


# --------------------------------------------------------------------------------------------------------------------
# Declining


def test_an_offer_that_is_declined_goes_to_the_next_when_the_phone_is_silent_and_not_before() -> None:
    r = rig("ann", "bob")
    r.enter("a")
    r.rings("ann")
    leg = r.leg("ann").name
    r.send(Declines(r.now, "ann", leg))
    assert [type(each) for each in r.out] == [StopRinging]
    assert (r.rung, r.state("ann")) == ([], "ringing"), "the phone may still ring"
    r.send(Cancelled(r.now, leg))
    assert (r.rung, r.state("ann")) == (["bob"], "available"), "who declines is not punished"
    assert r.floor.callers["a/1"].declined == ("ann",)
    assert r.floor.past[leg].why == "declined"


def test_nobody_declines_for_another_and_nobody_what_is_over() -> None:
    r = rig("ann", "bob")
    r.enter("a")
    r.rings("ann")
    leg = r.leg("ann").name
    assert r.send(Declines(r.now, "bob", leg)) == []
    r.left("a")
    assert r.send(Declines(r.now, "ann", leg)) == [], "it was revoked: nothing to decline"
    r.send(Cancelled(r.now, leg))
    assert r.send(Declines(r.now, "ann", leg)) == []
    assert r.floor.past[leg].why == "revoked"
    assert r.state("ann") == "available"


def test_who_picks_up_while_declining_talks() -> None:
    r = rig()
    r.enter("a")
    r.rings("ann")
    r.send(Declines(r.now, "ann", r.leg("ann").name))
    r.answer("ann")
    assert (r.told, r.state("ann")) == ([("a", "connected")], "talking")
    assert r.send(Declines(r.now, "ann", r.leg("ann").name)) == [], "too late"
    assert r.state("ann") == "talking"


def test_who_hears_the_whisper_may_decline() -> None:
    r = rig("ann", "bob", whisper="A caller.")
    r.enter("a")
    leg = r.leg("ann").name
    r.send(SideUp(r.now, leg, "c"))
    r.send(Declines(r.now, "ann", leg))
    assert r.orders == [f"EndAside {leg}"]
    r.send(SideOver(r.now, leg))
    assert r.rung == ["bob"]


# --------------------------------------------------------------------------------------------------------------------
# Wrapping up, and which call


@pytest.mark.parametrize("state", ["available", "not ready", "offline"])
def test_a_wrap_up_is_over_when_the_agent_says_what_it_is(state: str) -> None:
    r = rig(wrap_up=30.0)
    r.enter("a")
    r.answer("ann")
    r.hangs_up("ann")
    assert r.state("ann") == "wrap-up"
    r.send(Wanted(r.now, "ann", state))  # type: ignore[arg-type]
    assert r.state("ann") == state
    assert not [name for name in r.floor.timers if name.startswith("wrap:")]


def test_an_agent_with_two_calls_says_which_one_is_meant() -> None:
    r = Rig(floor(QueueRules("sales")))
    r.agent("ann", capacity=2)
    for call in ("a", "b"):
        r.enter(call)
        r.answer("ann")
    held = [each for each in _all(r, AgentAsks(r.now, "ann", "hold", call="b")) if isinstance(each, Hold)]
    assert [each.call for each in held] == ["b"]
    assert _all(r, AgentAsks(r.now, "ann", "hold", call="c")) == ()
    assert r.floor.held == {"b"}


@pytest.mark.parametrize("told", ["removed", "people", "probed"])
def test_who_leaves_by_the_desktop_has_ended_a_talk_like_anybody_who_hangs_up(told: str) -> None:
    r = rig(wrap_up=30.0)
    r.enter("a")
    r.answer("ann")
    r.people("a", 1, "caller", "ann")
    r.wait(60)
    _all(r, AgentAsks(r.now, "ann", "leave", call="a"))
    leg = r.leg("ann")
    assert (leg.state, r.state("ann")) == ("removing", "talking"), "until the host says that she is out"
    match told:
        case "removed":
            r.send(Removed(r.now, leg.name))
        case "people":
            r.people("a", 2, "caller")
        case _:
            r.wait(11)
            r.send(Probed(r.now, leg.name, False))
    assert (r.told, r.state("ann")) == ([("a", "answered")], "wrap-up")
    assert not r.floor.callers
    assert not r.floor.of_call


def test_a_caller_who_is_handed_over_goes_on_in_the_script_when_the_other_one_leaves() -> None:
    r = rig()
    r.enter("a")
    r.answer("ann")
    _all(r, AgentAsks(r.now, "ann", "transfer", Person("bob"), call="a"))
    r.send(Removed(r.now, r.leg("ann").name))
    assert (r.told, r.state("ann"), r.floor.held) == ([], "available", {"a"})
    r.answer("bob")
    assert r.floor.held == set()
    r.hangs_up("bob")
    assert r.told == [("a", "answered")]
    assert not r.floor.of_call


def _all(r: Rig, event: AgentAsks) -> tuple[object, ...]:
    return handle(r.floor, event)


# --------------------------------------------------------------------------------------------------------------------
# Hold, and who takes the caller back


def talking(r: Rig, **more: str) -> None:
    r.enter("a", "sales", **more)
    r.answer("ann")


def effects(r: Rig, seconds: float, kinds: tuple[type, ...]) -> list[tuple[float, object]]:
    """What is asked of the host in the next seconds, with the seconds at which it is."""
    begun, until, found = r.now, r.now + seconds, list[tuple[float, object]]()
    while r.floor.timers:
        due, name, number = min((due, name, number) for name, (number, due) in r.floor.timers.items())
        if due > until:
            break
        r.now = max(r.now, due)
        found += [
            (r.now - begun, each) for each in handle(r.floor, Due(r.now, name, number)) if isinstance(each, kinds)
        ]
    r.now = until
    return found


@pytest.mark.parametrize(
    ("language", "moment", "sorry"),
    [
        ("en-US", "One moment, I am checking with a colleague.", "We are sorry for the wait."),
        ("de-AT", "Einen Moment bitte, ich frage einen Kollegen.", "Entschuldigen Sie bitte, dass Sie warten mussten."),
        ("nl-NL", "One moment, I am checking with a colleague.", "We are sorry for the wait."),
    ],
)
def test_a_caller_on_hold_hears_that_nobody_has_forgotten(language: str, moment: str, sorry: str) -> None:
    r = rig()
    talking(r, music="waltz", language=language)
    assert Hold("a", "waltz") in _all(r, AgentAsks(r.now, "ann", "hold"))
    said = effects(r, 300.0, (Say, Unhold))
    moments = [(float(t), Say("a", moment, language)) for t in (30, 60, 90, 120, 150)]
    assert said[:5] == moments
    assert said[-2:] == [(180.0, Unhold("a")), (180.0, Say("a", sorry, language))]
    assert len(said) == 7
    assert r.floor.held == set()


def test_who_is_taken_back_hears_nothing_more() -> None:
    r = rig()
    talking(r)
    _all(r, AgentAsks(r.now, "ann", "hold"))
    assert _all(r, AgentAsks(r.now, "ann", "unhold")) == (Unhold("a"),)
    assert effects(r, 300.0, (Say, Unhold)) == []
    assert not [name for name in r.floor.timers if name.startswith(("hold:", "moment:"))]


@pytest.mark.parametrize("unhold", ["automatically", "by agent"])
def test_who_takes_the_caller_off_hold_is_said(unhold: str) -> None:
    r = rig()
    talking(r)
    _all(r, AgentAsks(r.now, "ann", "consult", Person("bob"), unhold=unhold))  # type: ignore[arg-type]
    assert r.floor.held == {"a"}
    done = handle(r.floor, Answered(r.now, r.leg("bob").name))
    assert [each for each in done if isinstance(each, Unhold)] == ([Unhold("a")] if unhold == "automatically" else [])
    assert r.floor.held == (set() if unhold == "automatically" else {"a"})


def test_a_hold_that_the_host_refuses_is_tried_without_music_and_then_it_is_none() -> None:
    r = rig()
    talking(r, music="waltz")
    _all(r, AgentAsks(r.now, "ann", "hold"))
    assert handle(r.floor, NotHeld(r.now, "a", silent=False)) == (Hold("a"),)
    assert r.floor.held == {"a"}
    handle(r.floor, NotHeld(r.now, "a", silent=True))
    assert r.floor.held == set()
    assert handle(r.floor, NotHeld(r.now, "a", silent=False)) == (), "it is over"


# --------------------------------------------------------------------------------------------------------------------
# Supervisors


def watched(how: str) -> Rig:
    r = rig()
    talking(r)
    r.send(Watch(r.now, "eva", Person("eva"), "a", how))  # type: ignore[arg-type]
    r.answer("eva")
    return r


def test_an_agent_who_leaves_a_barged_call_leaves_the_caller_with_the_supervisor() -> None:
    r = watched("barge")
    r.people("a", 1, "the caller", "ann", "eva")
    r.people("a", 2, "the caller", "eva")
    assert r.told == [], "the script waits"
    r.people("a", 3, "the caller")
    assert r.told == [("a", "answered")]


def test_an_agent_who_leaves_a_monitored_call_leads_the_caller_on_and_the_supervisor_out() -> None:
    r = watched("monitor")
    r.people("a", 1, "the caller", "ann", "eva")
    r.people("a", 2, "the caller", "eva")
    assert r.told == [("a", "answered")]
    assert r.orders == ["Remove"]


def test_a_supervisor_who_leaves_changes_nothing() -> None:
    r = watched("monitor")
    r.people("a", 1, "the caller", "ann", "eva")
    r.people("a", 2, "the caller", "ann")
    assert (r.told, r.orders, r.state("ann")) == ([], [], "talking")
