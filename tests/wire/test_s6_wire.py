"""Scenario S6 over the wire: who is offered to whom, by skill, priority and time, and where a caller ends up."""

from __future__ import annotations

import pytest
from wire_center import agent, connected, doing, heard, let, nobody_is_left, phones, silence, times
from wire_rig import SCRIPTS, Wire, play, wire

from interpreter.routing.protocol import Serves, SignedIn, Wanted

S6 = SCRIPTS / "s6_routing.ivr"
GOLD, SILVER, UNKNOWN = "+14255560001", "+14255560002", "+14255560003"
TEAM = ("lucia", "pablo", "grace", "partner")


def by_phone(number: str) -> dict[str, str] | None:
    tiers = {GOLD: "gold", SILVER: "silver"}
    return {"tier": tiers[number], "language": "es-US"} if number in tiers else None


SITE: dict[str, dict[str, object]] = {"data": {"crm": {"by_phone": {"python": f"{__name__}:by_phone"}}}}


def dial(rig: Wire, caller: str) -> str:
    return rig.people.dial(rig.lines[0], "wait 3600s", caller=caller)


async def away(rig: Wire, *names: str) -> None:
    """These agents are not ready."""
    for name in names:
        await rig.runtime.floors.post(Wanted(rig.clock.now(), name, "not ready", "test"))


async def back(rig: Wire, *names: str) -> None:
    for name in names:
        await rig.runtime.floors.post(Wanted(rig.clock.now(), name, "available"))


def rung(rig: Wire, name: str) -> list[float]:
    """When somebody was rung."""
    return [times(rig, phone.id, "rang")[0] for phone in phones(rig, name)]


async def hang_up(rig: Wire, *callers: str) -> None:
    for phone in callers:
        rig.emulator.hang_up(phone)
    await rig.finish(*callers)
    await rig.advance(60.0)


def test_gold_that_comes_half_a_minute_later_is_offered_first() -> None:
    async def run() -> None:
        async with wire(S6, sections=SITE) as rig:
            await away(rig, *TEAM)
            silver = dial(rig, SILVER)
            await rig.advance(30.0)
            gold = dial(rig, GOLD)
            await rig.advance(10.0)
            let(rig, "lucia", "accept after 2 s")
            await back(rig, "lucia")
            await rig.advance(5.0)
            assert rig.emulator.call(phones(rig, "lucia")[0].id).state == "connected"
            floor = rig.runtime.floors.floor
            [talking] = [each for each in floor.callers.values() if each.connected]
            assert talking.number == GOLD
            await hang_up(rig, gold, silver)
            nobody_is_left(rig)

    play(run)


def test_what_is_needed_is_relaxed_with_time() -> None:
    async def run() -> None:
        async with wire(S6, sections=SITE) as rig:
            await away(rig, "lucia")
            let(rig, "pablo", "accept after 2 s")
            caller = dial(rig, GOLD)
            await rig.run_until(lambda: bool(phones(rig, "pablo")))
            entered = next(iter(rig.runtime.floors.floor.callers.values())).at
            [first] = rung(rig, "pablo")
            assert first - entered == pytest.approx(60.0, abs=0.1), "loans >= 1 is enough after a minute"
            assert not phones(rig, "grace"), "who speaks no Spanish is never rung for this caller"
            await rig.advance(5.0)
            await hang_up(rig, caller)
            nobody_is_left(rig)

    play(run)


def test_whoever_does_not_answer_is_set_not_ready_and_the_caller_hears_music_on() -> None:
    async def run() -> None:
        async with wire(S6, sections=SITE) as rig:
            let(rig, "lucia", "ignore")
            let(rig, "pablo", "accept after 2 s")
            caller = dial(rig, SILVER)
            await rig.run_until(lambda: any(times(rig, each.id, "connected") for each in phones(rig, "pablo")))
            [first] = rung(rig, "lucia")
            [missed] = phones(rig, "lucia")
            assert times(rig, missed.id, "ended")[0] - first == pytest.approx(20.0, abs=3.0)
            assert doing(rig, "lucia") == "not ready"
            assert agent(rig, "lucia").legs == ()
            [pablo] = phones(rig, "pablo")
            assert silence(rig, caller, connected(rig, caller), connected(rig, pablo.id)) <= 2.0
            await hang_up(rig, caller)
            nobody_is_left(rig)

    play(run)


def test_when_everybody_goes_home_the_caller_is_told_within_half_a_minute() -> None:
    async def run() -> None:
        async with wire(S6, sections=SITE) as rig:
            await away(rig, *TEAM)
            caller = dial(rig, GOLD)
            await rig.advance(20.0)
            for name in TEAM:
                await rig.runtime.floors.post(Wanted(rig.clock.now(), name, "offline"))
            left = rig.clock.now()
            await rig.run_until(lambda: rig.state(caller).block == "message")
            assert rig.clock.now() - left <= 33.0
            assert any("ya se fueron" in text for text in heard(rig, caller))
            await hang_up(rig, caller)
            nobody_is_left(rig)

    play(run)


def test_after_ten_minutes_there_is_a_choice_and_silence_stays() -> None:
    async def run() -> None:
        async with wire(S6, sections=SITE) as rig:
            await away(rig, *TEAM)
            caller = dial(rig, UNKNOWN)
            await rig.run_until(lambda: rig.state(caller).block == "stay_or_message")
            await rig.run_until(lambda: rig.state(caller).block == "second_wait")
            assert "We are sorry for the wait." in heard(rig, caller)
            await hang_up(rig, caller)
            nobody_is_left(rig)

    play(run)


def test_a_queue_that_is_full_sends_the_next_caller_to_the_partner() -> None:
    async def run() -> None:
        async with wire(S6, sections=SITE) as rig:
            await away(rig, *TEAM)
            let(rig, "partner", "accept after 2 s")
            waiting = [dial(rig, f"+1425557{number:04d}") for number in range(40)]
            await rig.advance(10.0)
            await back(rig, "partner")
            late = dial(rig, "+14255579999")
            await rig.run_until(lambda: any(times(rig, each.id, "connected") for each in phones(rig, "partner")))
            assert "Too many people are waiting." in heard(rig, late)
            assert len(phones(rig, "partner")) == 1
            assert len(rig.runtime.floors.floor.callers) == 41
            await hang_up(rig, late, *waiting)
            nobody_is_left(rig)

    play(run)


def test_two_callers_never_share_an_agent_and_come_in_their_order() -> None:
    async def run() -> None:
        async with wire(S6, sections=SITE) as rig:
            await away(rig, "lucia", "pablo")
            let(rig, "grace", "accept after 2 s, hang up after 30 s")
            callers = []
            for number in range(4):
                callers.append(dial(rig, f"+1425557{number:04d}"))
                await rig.advance(1.0)
            await rig.run_until(lambda: all(rig.emulator.call(each).finished for each in callers))
            answered = [rig.state(each).result for each in callers]
            assert answered == ["handled"] * 4
            ends = [times(rig, each, "ended")[0] for each in callers]
            assert ends == sorted(ends)
            assert not rig.emulator.rung_while_talking()
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


def test_silver_that_has_waited_six_minutes_longer_goes_before_gold() -> None:
    """A point is worth 120 s: three points of priority are 360 s of waiting."""

    async def run() -> None:
        async with wire(S6, sections=SITE) as rig:
            await away(rig, *TEAM)
            silver = dial(rig, SILVER)
            await rig.advance(370.0)
            gold = dial(rig, GOLD)
            await rig.advance(10.0)
            let(rig, "lucia", "accept after 2 s")
            await back(rig, "lucia")
            await rig.advance(5.0)
            [talking] = [each for each in rig.runtime.floors.floor.callers.values() if each.connected]
            assert talking.number == SILVER
            await hang_up(rig, gold, silver)
            nobody_is_left(rig)

    play(run)


def test_after_two_minutes_anybody_who_speaks_spanish_will_do() -> None:
    async def run() -> None:
        async with wire(S6, sections=SITE) as rig:
            await away(rig, "lucia")
            speaker = agent(rig, "pablo").person
            signed = SignedIn(rig.clock.now(), "pablo", speaker, (("spanish", 3),), (Serves("loans"),))
            await rig.runtime.floors.post(signed)
            let(rig, "pablo", "accept after 2 s")
            caller = dial(rig, GOLD)
            await rig.run_until(lambda: bool(phones(rig, "pablo")))
            entered = next(iter(rig.runtime.floors.floor.callers.values())).at
            assert rung(rig, "pablo") == [pytest.approx(entered + 120.0, abs=0.1)]
            await rig.advance(5.0)
            await hang_up(rig, caller)
            nobody_is_left(rig)

    play(run)


def test_who_would_wait_longer_than_twenty_minutes_is_sent_on_and_who_waits_is_not_judged_again() -> None:
    async def run() -> None:
        async with wire(S6, sections=SITE) as rig:
            await away(rig, *TEAM)
            await rig.runtime.floors.post(Wanted(rig.clock.now(), "pablo", "offline"))
            await rig.runtime.floors.post(Wanted(rig.clock.now(), "grace", "offline"))
            waiting = [dial(rig, UNKNOWN.replace("0003", f"{number:04d}")) for number in range(100, 101)]
            await rig.advance(10.0)
            late = dial(rig, UNKNOWN)
            await rig.advance(10.0)
            assert "Too many people are waiting." in heard(rig, late), (
                "one of three queues of one agent: 15 minutes each"
            )
            assert rig.state(waiting[0]).block == "loans_basic"
            await rig.advance(300.0)
            assert rig.state(waiting[0]).block == "loans_basic"
            await hang_up(rig, late, *waiting)
            nobody_is_left(rig)

    play(run)


def test_where_nobody_is_signed_in_the_caller_is_sent_on_at_once() -> None:
    """First to the partner, who has gone home, too; then to a message: each with a sentence of its own."""

    async def run() -> None:
        async with wire(S6, sections=SITE) as rig:
            for name in TEAM:
                await rig.runtime.floors.post(Wanted(rig.clock.now(), name, "offline"))
            caller = dial(rig, UNKNOWN)
            await rig.advance(20.0)
            told = [text for text in heard(rig, caller) if not text.startswith("http")]
            assert told[:2] == [
                "All of our loan agents have gone home.",
                "Please leave your message after the tone. Press pound when finished.",
            ]
            await hang_up(rig, caller)
            nobody_is_left(rig)

    play(run)


def test_who_has_reached_the_highest_priority_waits_by_arrival() -> None:
    """Silver has 10 points after 600 s, gold after 240 s: from then on the earlier one is first, not the richer one."""

    async def run() -> None:
        text = S6.read_text(encoding="utf-8").replace('waited 10m "We are sorry for the wait."', "waited 30m")
        async with wire(text, sections=SITE) as rig:
            await away(rig, *TEAM)
            silver = dial(rig, SILVER)
            await rig.advance(300.0)
            gold = dial(rig, GOLD)
            await rig.advance(200.0)
            floor = rig.runtime.floors.floor
            order = [floor.callers[each].number for each in floor.waiting.of("loans")]
            assert order == [GOLD, SILVER], "gold came later, and its priority is worth six minutes"
            await rig.advance(150.0)
            order = [floor.callers[each].number for each in floor.waiting.of("loans")]
            assert order == [SILVER, GOLD], "both have ten points"
            await hang_up(rig, gold, silver)
            nobody_is_left(rig)

    play(run)
