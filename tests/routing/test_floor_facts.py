"""What the floor notes for whoever counts: every beginning has one end, whatever happens, and the words are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

import pytest
from floor_rig import MONDAY, Rig, floor
from hypothesis import given
from hypothesis import strategies as st
from random_events import RULES, pick

from interpreter.routing import Floor, QueueRules, handle
from interpreter.routing.protocol import (
    AgentAsks,
    Answered,
    Aside,
    CallBack,
    CallBackWithdrawn,
    Effect,
    Entered,
    Fetched,
    FileReady,
    Invited,
    Keyed,
    Listened,
    Person,
    Probed,
    Recording,
    Removed,
    Ring,
    Rung,
    SideOver,
    SideUp,
    TakeMessage,
    Wanted,
    Why,
)
from interpreter.routing.protocol.facts import (
    CallbackIs,
    CallerCame,
    CallerGone,
    Consulted,
    CustomerRung,
    Fact,
    FileOver,
    HandedOver,
    MessageOver,
    OfferOver,
    SetAside,
    TalkOver,
    WrapUpOver,
)

CUSTOMER = "4:+14255550100"


@dataclass
class Noted(Rig):
    """A floor of which everything is noted."""

    facts: list[Fact] = field(default_factory=list)

    def _take(self, effects: Iterable[Effect]) -> None:
        super()._take(effects)
        self.facts += self.floor.facts

    def new(self) -> list[Fact]:
        """What was noted since the last time, but for callers who come."""
        found, self.facts = self.facts, []
        return [each for each in found if not isinstance(each, CallerCame)]


def center(*rules: QueueRules, agents: Iterable[str] = ("ann",)) -> Noted:
    r = Noted(floor(*rules))
    for name in agents:
        r.agent(name)
    r.facts.clear()
    return r


# --------------------------------------------------------------------------------------------------------------------
# Callers


def test_a_caller_who_is_answered() -> None:
    r = center()
    r.enter("a")
    assert r.facts == [CallerCame("sales")]
    r.facts.clear()
    r.wait(6)
    r.answer("ann")
    assert r.new() == [OfferOver("sales", "accepted", 6.0), CallerGone("sales", "answered", 6.0, in_time=True)]
    r.wait(90)
    r.hangs_up("ann")
    assert r.new() == [TalkOver("sales", 90.0)]
    r.over("a")
    assert r.new() == []


def test_callers_who_give_up_before_and_after_five_seconds() -> None:
    r = center(agents=())
    r.agent("ann")
    r.wants("ann", "not ready")
    r.facts.clear()
    r.enter("a")
    r.enter("b")
    r.wait(4.5)
    r.left("a")
    assert r.new() == [CallerGone("sales", "abandoned short", 4.5, in_time=True)]
    r.wait(20)
    r.over("b")
    assert r.new() == [CallerGone("sales", "abandoned", 24.5, in_time=False)]


def test_callers_who_are_turned_away_and_who_leave() -> None:
    r = center()
    r.wants("ann", "not ready")
    r.enter("a", limit=1)
    r.enter("b", limit=1)
    assert r.new() == [CallerGone("sales", "full", 0.0, in_time=True)]
    r.left("a", hung_up=False)
    assert r.new() == [CallerGone("sales", "left", 0.0, in_time=True)]
    r.wants("ann", "offline")
    r.enter("c")
    assert r.new() == [CallerGone("sales", "no agents", 0.0, in_time=True)]


def test_callers_whose_last_agent_leaves() -> None:
    r = center()
    r.wants("ann", "not ready")
    r.enter("a")
    r.wants("ann", "offline")
    r.facts.clear()
    r.wait(31)
    assert r.new() == [CallerGone("sales", "no agents", 30.0, in_time=False)]


# --------------------------------------------------------------------------------------------------------------------
# Offers and agents


@pytest.mark.parametrize(
    ("why", "outcome"),
    [
        ("declined", "declined"), ("busy", "busy"), ("no answer", "expired"), ("not allowed", "failed"),
        ("invalid", "failed"), ("failed", "failed"), ("cancelled", "revoked"),
    ],
)  # fmt: skip
def test_what_becomes_of_an_offer(why: Why, outcome: str) -> None:
    r = center()
    r.enter("a")
    r.wait(3)
    r.refuse("ann", why)
    offers = [each for each in r.new() if isinstance(each, OfferOver)]
    assert [(each.queue, each.outcome, each.rang) for each in offers] == [("sales", outcome, 3.0)]


def test_an_agent_who_lets_a_call_ring_is_set_aside() -> None:
    r = center()
    r.enter("a")
    r.rings("ann")
    r.wait(20)
    assert r.new() == [], "nobody knows yet that it rings no more"
    r.refuse("ann", "no answer")
    assert r.new() == [OfferOver("sales", "expired", 20.0), SetAside("missed")]


def test_an_agent_who_cannot_be_rung_three_times() -> None:
    r = center()
    for call in ("a", "b", "c"):
        r.enter(call)
        r.refuse("ann", "failed")
        r.left(call)
        r.wait(11)
    assert [each for each in r.new() if isinstance(each, SetAside)] == [SetAside("unreachable")]


def test_an_agent_of_whom_nobody_knows_anything() -> None:
    r = center()
    r.enter("a")
    r.rings("ann")
    r.wait(20)
    leg = r.leg("ann").name
    for _ in range(3):
        r.wait(90)
        r.send(Probed(r.now, leg, None))
    assert [each for each in r.new() if isinstance(each, SetAside)] == [SetAside("lost")]
    r.send(Probed(r.now, leg, False))
    assert [each.outcome for each in r.new() if isinstance(each, OfferOver)] == ["expired"]


def test_an_offer_that_was_over_and_is_answered_after_all_is_one_offer() -> None:
    r = center()
    r.enter("a")
    r.rings("ann")
    leg = r.leg("ann").name
    r.refuse("ann", "no answer")
    r.left("a")
    r.facts.clear()
    r.people("a", 5, "ann")
    r.send(Answered(r.now, leg))
    assert r.floor.legs[leg].risen
    r.send(Removed(r.now, leg))
    assert leg not in r.floor.legs
    assert r.new() == []


def test_where_all_are_rung_one_accepts_and_the_others_are_revoked() -> None:
    r = center(QueueRules("sales", "ring all"), agents=("ann", "bob"))
    r.enter("a")
    r.answer("ann")
    r.refuse("bob", "cancelled")
    offers = [each.outcome for each in r.new() if isinstance(each, OfferOver)]
    assert offers == ["accepted", "revoked"]


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_wrap_up_ends_by_time_or_by_the_agent(by_hand: bool) -> None:
    r = center(QueueRules("sales", wrap_up=30))
    r.enter("a")
    r.answer("ann")
    r.wait(60)
    r.hangs_up("ann")
    assert r.new()[-1] == TalkOver("sales", 60.0)
    r.wait(12)
    assert r.new() == []
    if by_hand:
        r.send(Wanted(r.now, "ann", "available"))
    else:
        r.wait(18)
    assert r.new() == [WrapUpOver("sales", 12.0 if by_hand else 30.0)]
    assert r.of("ann").wrapping == ()
    r.wait(100)
    assert r.new() == []


# --------------------------------------------------------------------------------------------------------------------
# Callbacks


def promised() -> tuple[Noted, str]:
    r = center()
    r.wants("ann", "not ready")
    r.enter("a")
    r.left("a", hung_up=False)
    r.facts.clear()
    r.send(CallBack(r.now, "a/2", "sales", "+14255550100", Person(CUSTOMER, "number"), attempts=1))
    assert r.new() == [CallbackIs("sales", "scheduled")]
    [promise] = r.floor.promises.values()
    return r, promise.entry.partition("/")[0]


def accepted() -> tuple[Noted, str]:
    r, call = promised()
    r.wants("ann", "available")
    up(r, "ann")
    r.send(Keyed(r.now, r.leg("ann").name, "1"))
    assert r.new() == [OfferOver("sales", "accepted", 0.0)]
    return r, call


def up(r: Rig, who: str) -> None:
    r.send(Rung(r.now, r.leg(who).name, connection=f"line of {who}"))
    r.send(SideUp(r.now, r.leg(who).name, f"line of {who}"))


def test_a_promise_that_is_kept() -> None:
    r, _ = accepted()
    up(r, CUSTOMER)
    r.send(Keyed(r.now, r.leg(CUSTOMER).name, "1"))
    r.answer(CUSTOMER)
    assert r.new() == [CustomerRung("sales", "accepted"), CallbackIs("sales", "kept", in_time=True)]
    r.wait(45)
    r.send(Removed(r.now, r.leg(CUSTOMER).name))
    assert r.new() == [TalkOver("sales", 45.0)]
    r.send(SideOver(r.now, r.leg("ann").name))
    assert r.new() == [], "the agent's line is no talk of its own, and the promise no caller"


def test_a_promise_that_is_not_kept() -> None:
    r, _ = accepted()
    r.refuse(CUSTOMER, "no answer")
    assert r.new() == [CustomerRung("sales", "expired"), CallbackIs("sales", "not reached")]


def test_promises_that_are_not_made() -> None:
    r, _ = promised()
    ask = CallBack(r.now, "b/1", "sales", "+14255550100", Person(CUSTOMER, "number"))
    r.send(ask)
    assert r.new() == [CallbackIs("sales", "already scheduled")]
    r.send(CallBack(r.now, "b/2", "sales", "+1", Person("4:+1", "number"), dialable=False))
    assert r.new() == [CallbackIs("sales", "invalid number")]
    r.wants("ann", "offline")
    r.send(CallBack(r.now, "b/3", "sales", "+14255550199", Person("4:+14255550199", "number")))
    assert r.new() == [CallbackIs("sales", "not available")]


def test_a_promise_that_is_taken_back() -> None:
    r, call = promised()
    r.send(CallBackWithdrawn(r.now, call))
    assert r.new() == [CallbackIs("sales", "withdrawn")]


# --------------------------------------------------------------------------------------------------------------------
# Others in a call


@pytest.mark.parametrize("stays", [True, False])
def test_guests_of_a_script(stays: bool) -> None:
    def over(outcome: str) -> list[Fact]:
        return [Consulted("script", outcome) if stays else HandedOver("script", outcome)]  # type: ignore[arg-type]

    r = center()
    r.invite("a", "+1", stays=stays)
    r.answer("+1")
    assert r.new() == over("accepted")
    r.over("a")
    assert r.new() == [], "who has come was counted"
    r.invite("b", "+2", stays=stays)
    r.refuse("+2", "busy")
    assert r.new() == over("busy")
    r.invite("c", "+3", stays=stays)
    r.left("c")
    assert r.new() == over("revoked")
    r.refuse("+3", "cancelled")
    assert r.new() == []
    r.invite("d", "+4", stays=stays)
    r.over("d")
    assert r.new() == over("revoked")
    r.invite("e/1", "+5", stays=stays)
    r.invite("e/2", "+5", stays=stays)
    assert r.new() == over("failed"), "the same person twice"


def talking() -> Noted:
    r = center()
    r.enter("a")
    r.answer("ann")
    r.facts.clear()
    return r


def test_an_agent_consults_and_then_hands_over() -> None:
    r = talking()
    r.send(AgentAsks(r.now, "ann", "consult", Person("+9", "number")))
    r.answer("+9")
    assert r.new() == [Consulted("agent", "accepted")]
    r.send(AgentAsks(r.now, "ann", "leave"))
    r.send(Removed(r.now, r.leg("ann").name))
    assert [each for each in r.new() if not isinstance(each, TalkOver)] == [HandedOver("warm", "accepted")]
    r.send(Removed(r.now, r.leg("+9").name))
    assert r.new() == []


@pytest.mark.parametrize("comes", [True, False])
def test_an_agent_hands_over_blindly(comes: bool) -> None:
    r = talking()
    r.send(AgentAsks(r.now, "ann", "transfer", Person("+9", "number")))
    r.send(Removed(r.now, r.leg("ann").name))
    assert r.new() == [TalkOver("sales", 0.0)]
    if comes:
        r.answer("+9")
    else:
        r.refuse("+9", "declined")
    assert r.new() == [HandedOver("blind", "accepted" if comes else "declined")]


def test_an_expert_who_does_not_come() -> None:
    r = talking()
    r.send(AgentAsks(r.now, "ann", "add", Person("+9", "number")))
    r.refuse("+9", "busy")
    assert r.new() == [Consulted("agent", "busy")]


# --------------------------------------------------------------------------------------------------------------------
# Messages


def recorded() -> tuple[Noted, str]:
    r = center(agents=())
    r.send(TakeMessage(r.now, "a/1", "box", quiet=2.0))
    [name] = r.floor.messages
    r.send(Recording(r.now, name, "active", "rec-1"))
    r.wait(10)
    r.send(Listened(r.now, f"{name}:1", "speech", "Hello."))
    assert r.new() == [MessageOver("saved")]
    return r, name


def test_a_message_whose_file_comes() -> None:
    r, name = recorded()
    r.send(FileReady(r.now, "rec-1", "https://files/1"))
    r.send(Fetched(r.now, name, done=True))
    assert r.new() == [FileOver("stored")]


def test_a_message_whose_file_is_late_and_then_lost() -> None:
    r, _ = recorded()
    r.wait(700)
    assert r.new() == [FileOver("late")]
    r.wait(90_000)
    assert r.new() == [FileOver("lost")]


def test_messages_that_are_none() -> None:
    r = center(agents=())
    r.send(TakeMessage(r.now, "a/1", "box"))
    r.wait(4)
    assert r.new() == [MessageOver("failed")]
    r.send(TakeMessage(r.now, "b/1", "box"))
    [name] = r.floor.messages
    r.send(Recording(r.now, name, "active", "rec-2"))
    r.send(Listened(r.now, f"{name}:1", "silence"))
    assert r.new() == [MessageOver("empty")]
    r.send(TakeMessage(r.now, "c/1", "box"))
    r.left("c")
    assert r.new() == [MessageOver("withdrawn")]


# --------------------------------------------------------------------------------------------------------------------
# Whatever happens


@given(st.lists(st.integers(0, 10**12), max_size=150))
def test_random_events_every_beginning_has_one_end(numbers: list[int]) -> None:
    _every_beginning_has_one_end(numbers)


def test_long_random_days_every_beginning_has_one_end() -> None:
    for seed in range(20):
        random = Random(seed)
        _every_beginning_has_one_end([random.randrange(10**12) for _ in range(400)])


def _every_beginning_has_one_end(numbers: list[int]) -> None:
    it, at = Floor(RULES), MONDAY
    facts, offered, invited = list[Fact](), set[str](), 0
    for number in numbers:
        at += number % 7
        event = pick(it, at, number // 7)
        at = event.at
        asks = isinstance(event, Invited) and event.entry not in it.guests
        effects = handle(it, event)
        invited += asks
        facts += it.facts
        rung = (each.leg for each in effects if isinstance(each, Ring | Aside))
        offered |= {leg for leg in rung if (it.legs.get(leg) or it.past[leg]).agent}
        of = Counter(type(each) for each in facts)
        waiting = sum(not each.connected for each in it.callers.values())
        assert of[CallerCame] == of[CallerGone] + waiting, event
        open_offers = sum(bool(leg.agent) and not leg.answered and not leg.risen for leg in it.legs.values())
        assert len(offered) == of[OfferOver] + open_offers, event
        guests = sum(not it.legs[each.leg].answered for each in it.guests.values())
        of_script = sum(
            (isinstance(each, HandedOver) and each.kind == "script")
            or (isinstance(each, Consulted) and each.by == "script")
            for each in facts
        )
        assert invited == of_script + guests, event
        for agent in it.agents.values():
            assert len(agent.wrapping) == agent.wraps, event
    _agree_with_the_measures(it, facts)


def _agree_with_the_measures(it: Floor, facts: list[Fact]) -> None:
    """The counts that the operator's API shows are kept in another way."""
    for queue in RULES:
        tally = it.measures.sums(queue, 0.0)
        gone = [each for each in facts if isinstance(each, CallerGone) and each.queue == queue]
        count = Counter(each.outcome for each in gone)
        assert tally.answered == count["answered"]
        assert tally.in_time == sum(each.in_time for each in gone if each.outcome == "answered")
        assert (tally.abandoned, tally.abandoned_short) == (count["abandoned"], count["abandoned short"])
        assert tally.abandoned_in_time == sum(each.in_time for each in gone if each.outcome == "abandoned")
        assert tally.overflowed == count["left"] + count["full"] + count["no agents"]
        waited = sum(each.waited for each in gone if each.outcome in ("answered", "abandoned", "abandoned short"))
        assert tally.waited == pytest.approx(waited)


def test_who_comes_back_has_come_twice() -> None:
    r = center()
    r.wants("ann", "not ready")
    r.enter("a/1")
    r.left("a/1", hung_up=False)
    r.enter("a/2")
    came = [each for each in r.facts if isinstance(each, CallerCame)]
    assert len(came) == 2
    r.send(Entered(r.now, "a/2", "sales"))
    assert len([each for each in r.facts if isinstance(each, CallerCame)]) == 2, "the same request twice"
