"""The stream of events: what is told, resuming, and listeners who are too slow, too many, or whose time is over."""

from __future__ import annotations

import asyncio

from api_rig import Center, Events, on_center, token

from interpreter.api import stream
from interpreter.api.views import Views

ME = "/agents/me"


async def told(center: Center, events: Events, *names: str) -> None:
    """Wait until exactly these were told, but for changes of the agent itself."""

    def seen() -> list[str]:
        return [name for name in events.names if name != "changed"]

    await center.until(lambda: len(seen()) >= len(names))
    assert seen() == list(names)


def test_a_desktop_is_told_everything_of_a_call_in_order() -> None:
    async def story(center: Center) -> None:
        maria = center.desktop("maria")
        events = await maria.events()
        assert events.names == ["state"]
        assert events.of("state") == await maria.get()
        assert events.of("state")["signed_in"] is False
        await maria.sign_in()
        await center.until(lambda: "changed" in events.names)
        assert (events.of("changed")["state"], events.of("changed")["signed_in"]) == ("available", True)
        caller = center.dial()
        await center.ringing("maria")
        await told(center, events, "state", "offered")
        offer = events.of("offered")
        assert (offer["queue"], offer["brief"][0]["value"]) == ("support", "Delivery")
        assert offer["caller"] == center.rig.emulator.call(caller).me.label
        await center.picks_up("maria")
        await maria.does("hold")
        await maria.does("unhold")
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)
        await told(center, events, "state", "offered", "answered", "held", "held", "ended")
        held = [data["held"] for name, data in events.seen if name == "held"]
        assert held == [True, False]
        assert events.of("ended")["leg"] == offer["leg"] == events.of("answered")["leg"]
        assert [data["state"] for name, data in events.seen if name == "changed"][-3:] == [
            "ringing",
            "talking",
            "wrap-up",
        ]
        assert events.of("ended")["at"] == "2026-03-02T15:00:01+00:00"

    on_center(story)


def test_an_offer_that_comes_to_nothing_says_why() -> None:
    async def story(center: Center) -> None:
        maria, tom = center.desktop("maria"), center.desktop("tom")
        await maria.sign_in()
        ours, theirs = await maria.events(), await tom.events()
        caller = center.dial()
        await center.ringing("maria")
        await center.until(lambda: "offered" in ours.names)
        await tom.sign_in()
        await maria.ask("POST", f"{ME}/offers/{ours.of('offered')['leg']}/decline")
        await center.ringing("tom")
        await told(center, ours, "state", "offered", "offer", "revoked")
        assert ours.of("offer")["state"] == "ending"
        assert ours.of("revoked")["why"] == "declined"
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)
        await told(center, theirs, "state", "offered", "revoked")
        assert theirs.of("revoked")["why"] == "revoked"

    on_center(story)


def test_a_desktop_is_told_who_is_in_the_call_and_what_is_handed_over_anew() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        events = await maria.events()
        await maria.does("add", {"target": {"number": "front_desk"}})
        await center.until(lambda: "people" in events.names)
        assert [each["state"] for each in events.of("people")["people"]] == ["in", "in", "ringing"]
        from interpreter.routing.protocol import Briefed

        call = events.of("state")["calls"][0]["call"]
        await center.rig.runtime.floors.post(Briefed(center.rig.clock.now(), call, (("topic", "Refund"),)))
        await center.until(lambda: "brief" in events.names)
        assert events.of("brief")["brief"] == [{"name": "topic", "value": "Refund"}]
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)

    on_center(story)


def test_nobody_is_told_of_the_calls_of_others() -> None:
    async def story(center: Center) -> None:
        tom = center.desktop("tom")
        events = await tom.events()
        _, caller = await center.talking()
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)
        await tom.sign_in()
        await center.until(lambda: "changed" in events.names)
        assert events.names == ["state", "changed"]

    on_center(story)


def test_who_comes_again_is_told_what_was_missed_and_nothing_twice() -> None:
    async def story(center: Center) -> None:
        maria = center.desktop("maria")
        first = await maria.events()
        await maria.sign_in()
        await center.until(lambda: "changed" in first.names)
        first.leave()
        await center.until(lambda: not list(center.rig.runtime.desk.streams._listeners()))
        caller = center.dial()
        await center.picks_up("maria")
        again = await maria.events(first.last)
        await told(center, again, "offered", "answered")
        assert again.last != first.last
        third = await maria.events(again.last)
        assert third.seen == [], "everything is known"
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)
        await told(center, third, "ended")

    on_center(story)


def test_who_knows_what_is_not_kept_any_more_is_told_the_whole_state() -> None:
    async def story(center: Center) -> None:
        maria = center.desktop("maria")
        first = await maria.events()
        for last in ("nonsense", "other-1", f"{first.last}9", first.last.partition("-")[0], "-", f"{first.last}x"):
            events = await maria.events(last)
            assert events.names == ["state"], last
            events.leave()
            await center.until(lambda: len(list(center.rig.runtime.desk.streams._listeners())) == 1)
        last = first.last
        for n in range(stream.KEPT + 1):
            state = "not ready" if n % 2 else "available"
            await maria.sign_in(state=state)
        await center.until(lambda: len(first.seen) > stream.KEPT)
        assert (await maria.events(last)).names == ["state"]
        first.leave()

    on_center(story)


def test_what_nobody_asks_for_is_forgotten_in_time() -> None:
    async def story(center: Center) -> None:
        maria, streams = center.desktop("maria"), center.rig.runtime.desk.streams
        first = await maria.events()
        first.leave()
        await center.until(lambda: not list(streams._listeners()))
        await center.rig.advance(stream.REMEMBERED + 1)
        await center.desktop("tom").sign_in()
        await asyncio.sleep(0)
        assert streams._channels == {}
        assert (await maria.events(first.last)).names == ["state"]

    on_center(story)


def test_a_listener_who_does_not_read_is_cut_off_and_told_so() -> None:
    async def story(center: Center) -> None:
        maria, rig = center.desktop("maria"), center.rig
        streams = stream.Streams(rig.runtime.floors, rig.clock, rig.clock, Views(rig.runtime.desk.site))
        slow = streams._read("maria", "", None)
        first = await anext(slow)
        assert first.splitlines()[1] == "event: state"
        for n in range(stream.WAITING + 5):
            await maria.sign_in(state="not ready" if n % 2 else "available")
        rest = [text async for text in slow]
        assert rest == ['event: closed\ndata: {"why": "too slow: come again with Last-Event-ID"}\n\n']
        last = first.splitlines()[0].removeprefix("id: ")
        again = streams._read("maria", last, None)
        assert await anext(again) == ": here\n\n"
        missed = [await anext(again) for _ in range(stream.WAITING + 5)]
        assert all("event: changed" in text for text in missed), "nothing was lost"
        assert not streams._channels["maria"].listeners[0].waiting
        await again.aclose()
        assert streams._channels["maria"].listeners == []

    on_center(story)


def test_an_agent_has_only_so_many_streams() -> None:
    async def story(center: Center) -> None:
        maria = center.desktop("maria")
        for _ in range(stream.MOST):
            await maria.events()
        status, answer = await maria.ask("GET", f"{ME}/events")
        assert (status, answer) == (429, {"error": "8 streams are open for this agent"})
        await center.desktop("tom").events()

    on_center(story)


def test_a_silent_stream_is_kept_open_by_comments() -> None:
    async def story(center: Center) -> None:
        maria, streams = center.desktop("maria"), center.rig.runtime.desk.streams
        assert streams.next_due() is None
        events = await maria.events()
        assert streams.next_due() == center.rig.clock.now() + stream.COMMENT_EVERY
        assert streams.fire_due() == 0
        await center.rig.advance(stream.COMMENT_EVERY)
        assert streams.fire_due() == 1
        await center.until(lambda: events.comments == ["still here"])
        assert streams.fire_due() == 0

    on_center(story)


def test_a_stream_ends_with_its_token_and_with_the_server() -> None:
    async def story(center: Center) -> None:
        maria, rig = center.desktop("maria"), center.rig
        streams = stream.Streams(rig.runtime.floors, rig.clock, rig.clock, Views(rig.runtime.desk.site))
        until = rig.clock.now() + 60
        mine = streams._read("maria", "", until)
        await anext(mine)
        await rig.advance(59.0)
        streams.fire_due()
        assert await anext(mine) == ": still here\n\n"
        await rig.advance(1.0)
        streams.fire_due()
        assert await anext(mine) == 'event: closed\ndata: {"why": "the token has expired"}\n\n'
        assert [each async for each in mine] == []

        events = await maria.events()
        rig.runtime.desk.streams.close()
        await events.ended()
        assert events.of("closed") == {"why": "the server is about to stop"}
        assert await maria.ask("GET", f"{ME}/events") == (503, {"error": "the server is about to stop"})

    on_center(story)


def test_a_stream_is_no_place_for_tokens_in_addresses() -> None:
    async def story(center: Center) -> None:
        status, _ = await center.ask("GET", f"{ME}/events?access_token={token('maria')}")
        assert status == 401

    on_center(story)
