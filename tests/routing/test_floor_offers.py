"""What becomes of an offer: declined, missed, busy, answered late; and what becomes of the agent."""

from __future__ import annotations

import pytest
from floor_rig import Rig, floor

from interpreter.routing import QueueRules
from interpreter.routing.protocol import Cancelled, Person, Probed, Removed, Rung, Serves, SignedIn, Why


def rig(**more: float) -> Rig:
    r = Rig(floor(QueueRules("sales", **more)))  # type: ignore[arg-type]
    r.agent("ann")
    return r


def ringing(**more: float) -> Rig:
    """Ann is rung for a, and the host has said so."""
    r = rig(**more)
    r.enter("a")
    r.rings("ann")
    return r


def cancelled(r: Rig, who: str = "ann", done: bool = True) -> None:
    r.send(Cancelled(r.now, r.leg(who).name, done))


def probed(r: Rig, present: bool | None, who: str = "ann") -> None:
    r.send(Probed(r.now, r.leg(who).name, present))


# --------------------------------------------------------------------------------------------------------------------
# Not taken


def test_who_is_asked_for_is_reserved_then_rung_then_talks() -> None:
    r = rig()
    r.enter("a")
    assert (r.orders, r.state("ann")) == (["Ring ann"], "reserved")
    r.rings("ann")
    assert r.state("ann") == "ringing"
    r.answer("ann")
    assert (r.told, r.state("ann")) == ([("a", "connected")], "talking")
    r.wait(60)
    r.hangs_up("ann")
    assert (r.told, r.state("ann")) == ([("a", "answered")], "available")
    assert not r.floor.legs
    assert not r.floor.callers


def test_a_caller_who_is_declined_goes_to_others_first_and_keeps_its_place() -> None:
    r = ringing()
    r.now += 5
    r.enter("b")
    r.refuse("ann")
    assert r.served("ann") == "b", "a has just been declined"
    r.agent("bob")
    assert r.rung == ["bob"]
    assert r.served("bob") == "a"


def test_who_has_declined_is_asked_again_after_half_a_minute() -> None:
    r = ringing()
    r.refuse("ann")
    assert (r.rung, r.state("ann")) == ([], "available")
    r.wait(29)
    assert r.rung == []
    r.wait(1)
    assert r.rung == ["ann"]


def test_declining_starts_the_idle_time_anew() -> None:
    r = ringing()
    r.agent("bob")
    r.enter("b")
    r.refuse("bob", "failed")
    r.wait(1)
    r.refuse("ann")
    assert r.of("ann").since == r.now


def test_a_caller_keeps_its_place_after_ringing_in_vain() -> None:
    r = ringing()
    r.now += 5
    r.enter("b")
    r.wait(15)
    assert r.orders == ["StopRinging"]
    cancelled(r)
    assert (r.state("ann"), r.of("ann").reason) == ("not ready", "missed")
    r.agent("bob")
    assert r.served("bob") == "a"


@pytest.mark.parametrize("why", ["no answer"])
def test_who_misses_a_call_is_not_ready_until_it_says_so(why: Why) -> None:
    r = ringing()
    r.refuse("ann", why)
    assert (r.state("ann"), r.of("ann").reason) == ("not ready", "missed")
    r.enter("b")
    assert r.rung == []
    r.wants("ann", "available")
    assert r.served("ann") == "b", "a goes to others first"


def test_a_phone_that_the_host_has_stopped_by_itself_was_not_let_ring() -> None:
    r = ringing()
    r.wait(10)
    idle = r.of("ann").since
    r.refuse("ann", "cancelled")
    assert (r.state("ann"), r.of("ann").since, r.of("ann").failures) == ("available", idle, 0)
    assert r.rung == [], "the same phone is not rung again at once"
    r.over("a")
    r.enter("b")
    assert r.rung == ["ann"]


@pytest.mark.parametrize("why", ["busy", "failed", "not allowed", "invalid"])
def test_who_cannot_be_rung_is_let_alone_for_ten_seconds(why: Why) -> None:
    r = ringing()
    r.refuse("ann", why)
    r.enter("b")
    assert (r.rung, r.state("ann")) == ([], "available")
    r.wait(10)
    assert r.served("ann") == "b"


def test_who_cannot_be_rung_three_times_is_not_ready() -> None:
    r = rig()
    for number in range(3):
        assert r.state("ann") == "available", number
        r.enter(f"call {number}")
        r.refuse("ann", "failed")
        r.left(f"call {number}")
        r.wait(10)
    assert (r.state("ann"), r.of("ann").reason) == ("not ready", "unreachable")
    r.wants("ann", "available")
    r.enter("b")
    assert r.rung == ["ann"]


def test_a_talk_between_forgives_the_failures() -> None:
    r = rig()
    for number in range(5):
        r.enter(f"call {number}")
        if number == 2:
            r.answer("ann")
            r.over(f"call {number}")
            continue
        r.refuse("ann", "busy")
        r.left(f"call {number}")
        r.wait(10)
    assert r.state("ann") == "available"


def test_a_ring_time_of_the_caller_goes_before_that_of_the_queue() -> None:
    r = rig(ring=30)
    r.enter("a", ring=12.0)
    r.wait(12)
    assert r.orders == ["StopRinging"]


# --------------------------------------------------------------------------------------------------------------------
# After the talk


def test_wrap_up() -> None:
    r = ringing(wrap_up=15)
    r.answer("ann")
    r.enter("b")
    r.over("a")
    assert (r.state("ann"), r.rung) == ("wrap-up", [])
    r.wait(14)
    assert r.rung == []
    r.wait(1)
    assert r.rung == ["ann"]


def test_wrap_up_is_over_early_for_who_says_so() -> None:
    r = ringing(wrap_up=15)
    r.answer("ann")
    r.enter("b")
    r.over("a")
    r.wants("ann", "available")
    assert r.rung == ["ann"]
    r.answer("ann")
    r.wait(60)
    assert r.state("ann") == "talking"


def test_there_is_no_wrap_up_without_a_talk() -> None:
    r = ringing(wrap_up=15)
    r.refuse("ann")
    assert r.state("ann") == "available"


@pytest.mark.parametrize("state", ["not ready", "offline"])
def test_what_an_agent_wants_is_taken_over_when_the_call_ends(state: str) -> None:
    r = ringing(wrap_up=5)
    r.answer("ann")
    r.wants("ann", state)  # type: ignore[arg-type]
    assert r.state("ann") == "talking"
    r.over("a")
    r.enter("b")
    r.wait(5)
    assert (r.state("ann"), r.rung) == (state, [])


def test_who_logs_out_while_it_rings_may_still_answer() -> None:
    r = ringing()
    r.wants("ann", "offline")
    assert r.orders == []
    r.answer("ann")
    assert r.told == [("a", "connected")]
    r.over("a")
    assert r.state("ann") == "offline"


def test_who_signs_in_again_while_it_talks_goes_on_talking() -> None:
    r = ringing()
    r.answer("ann")
    r.agent("ann", "sales", "support")
    r.enter("b")
    assert (r.state("ann"), r.rung) == ("talking", [])


# --------------------------------------------------------------------------------------------------------------------
# Presence


def test_who_is_busy_elsewhere_is_not_rung() -> None:
    r = rig()
    r.seen("ann", offerable=False)
    r.enter("a")
    assert (r.rung, r.told) == ([], [])
    r.seen("ann", offerable=True)
    assert r.rung == ["ann"]


def test_our_own_call_seen_as_presence_is_no_reason() -> None:
    r = ringing()
    r.seen("ann", offerable=False)
    r.answer("ann")
    r.seen("ann", offerable=False)
    r.over("a")
    r.enter("b")
    assert r.rung == ["ann"]


# --------------------------------------------------------------------------------------------------------------------
# Late answers, probes, lost agents


def test_nobody_is_free_before_the_host_confirms() -> None:
    r = ringing()
    r.agent("bob", "support")
    r.wait(20)
    assert (r.orders, r.state("ann")) == (["StopRinging"], "ringing")
    r.agent("bob", "sales")
    r.enter("b", "support")
    assert r.rung == []
    cancelled(r)
    assert r.served("bob") == "a"


def test_an_answer_while_ringing_is_being_stopped_connects() -> None:
    r = ringing()
    r.wait(20)
    r.answer("ann")
    assert (r.told, r.state("ann")) == ([("a", "connected")], "talking")
    cancelled(r)
    cancelled(r, done=False)
    r.wait(60)
    assert (r.orders, r.state("ann")) == ([], "talking")


def test_being_reported_present_is_as_good_as_an_answer() -> None:
    r = ringing()
    r.wait(20)
    r.people("a", 3, "the caller", "ANN")
    assert r.told == [("a", "connected")]


def test_a_caller_who_leaves_lets_the_agent_be_idle_on() -> None:
    r = ringing()
    since = r.of("ann").since
    r.wait(10)
    r.left("a")
    assert (r.orders, r.state("ann")) == (["StopRinging"], "ringing")
    cancelled(r)
    assert (r.state("ann"), r.of("ann").since) == ("available", since)


@pytest.mark.parametrize("how", ["left", "call over"])
def test_who_answers_when_the_caller_has_left_is_taken_out_and_only_then_free(how: str) -> None:
    r = ringing()
    if how == "left":
        r.left("a", hung_up=False)
    else:
        r.over("a")
    r.answer("ann")
    assert (r.orders, r.told) == (["Remove"], [])
    r.enter("b")
    assert r.rung == []
    r.send(Removed(r.now, r.leg("ann").name))
    assert r.rung == ["ann"]


def test_who_is_not_taken_out_is_asked_for_and_taken_out_again() -> None:
    r = ringing()
    r.left("a", hung_up=False)
    r.answer("ann")
    r.wait(10)
    assert r.orders == ["Probe"]
    probed(r, True)
    assert r.orders == ["Remove"]
    r.wait(10)
    probed(r, False)
    assert r.state("ann") == "available"


def test_the_host_is_asked_when_it_does_not_confirm_but_not_before_it_has_given_up() -> None:
    r = rig(ring=30)
    r.enter("a")
    r.now += 4
    r.rings("ann")
    r.wait(10)
    r.left("a", hung_up=False)
    r.wait(23)
    assert r.orders == [], "it may ring until 38 s"
    r.wait(1)
    assert r.orders == ["Probe"]
    probed(r, False)
    assert r.state("ann") == "available"


def test_too_late_to_stop_is_a_reason_to_ask_at_once() -> None:
    r = ringing()
    r.wait(20)
    cancelled(r, done=False)
    assert r.orders == ["Probe"]
    probed(r, True)
    assert r.told == [("a", "connected")]


def test_not_there_is_not_believed_while_a_phone_may_ring() -> None:
    r = ringing()
    r.wait(20)
    cancelled(r, done=False)
    probed(r, False)
    assert r.state("ann") == "ringing"
    r.wait(4)
    assert r.orders == ["Probe"]
    probed(r, False)
    assert r.state("ann") == "not ready"


def test_without_an_invitation_it_is_asked_when_the_host_has_given_up() -> None:
    r = rig()
    r.enter("a")
    r.send(Rung(r.now, r.leg("ann").name))
    r.wait(20)
    cancelled(r, done=False)
    assert r.orders == []
    r.wait(4)
    assert r.orders == ["Probe"]


def lost() -> Rig:
    """The host has not answered three questions: nobody knows what ann does."""
    r = ringing()
    for pause in (30, 10, 20):
        r.wait(pause)
        assert "Probe" in r.orders
        probed(r, None)
    assert r.state("ann") == "unknown"
    return r


def test_after_three_questions_without_an_answer_the_caller_goes_on_without_the_agent() -> None:
    r = lost()
    r.agent("bob")
    assert r.served("bob") == "a"
    r.enter("b")
    assert r.rung == []


@pytest.mark.parametrize("way", ["answered", "gone"])
def test_a_lost_agent_is_found(way: str) -> None:
    r = lost()
    r.agent("bob")
    r.wait(60)
    if way == "answered":
        r.answer("ann")
        assert r.orders == ["Remove"], "the caller is with bob, or will be"
        r.send(Removed(r.now, r.leg("ann").name))
    else:
        probed(r, False)
    assert r.state("ann") == "not ready"
    r.wants("ann", "available")
    r.enter("b")
    assert r.rung == ["ann"]
    assert sum(r.floor.staff.values()) == 2


def test_an_agent_who_was_lost_on_the_way_out_counts_again() -> None:
    r = ringing()
    r.answer("ann")
    r.left("a", hung_up=False)
    for pause in (10, 10, 20):
        r.wait(pause)
        probed(r, None)
    assert (r.state("ann"), r.floor.staff) == ("unknown", {})
    r.send(Removed(r.now, r.leg("ann").name))
    assert r.state("ann") == "available"
    assert sum(r.floor.staff.values()) == 1
    r.enter("b")
    assert r.rung == ["ann"]


def test_an_answer_that_is_given_twice_does_not_count_as_two_questions_without_one() -> None:
    r = ringing()
    for pause in (30, 10):
        r.wait(pause)
        probed(r, None)
        probed(r, None)
    assert r.state("ann") == "ringing"


def test_who_has_no_desktop_is_rung_again_some_time_after_a_missed_call() -> None:
    r = Rig()
    r.agent("ann")
    r.send(SignedIn(r.now, "ann", Person("ann"), (), (Serves("sales"),), returns=120.0))
    r.enter("a")
    r.refuse("ann", "no answer")
    assert (r.state("ann"), r.of("ann").reason) == ("not ready", "missed")
    r.wait(119.0)
    assert r.state("ann") == "not ready"
    r.left("a")
    r.wait(2.0)
    assert r.state("ann") == "available"
    r.wants("ann", "not ready")
    r.wait(500.0)
    assert r.state("ann") == "not ready", "who has said so stays so"
