"""Offers at the desktop: shown, declined, accepted, and what comes too late."""

from __future__ import annotations

from api_rig import Center, address, on_center, phones

ME = "/agents/me"
WHISPER: dict[str, object] = {"support": {"ring_seconds": 20.0, "whisper": "A caller for support."}}


async def offered(center: Center, name: str = "maria") -> str:
    """An agent is rung for a caller; the offer."""
    await center.desktop(name).sign_in()
    center.dial()
    await center.ringing(name)
    [offer] = (await center.desktop(name).get())["offers"]
    return str(offer["leg"])


def test_an_offer_says_who_calls_and_what_about() -> None:
    async def story(center: Center) -> None:
        await offered(center)
        now = await center.desktop("maria").get()
        assert now["state"] == "ringing"
        assert now["calls"] == []
        [offer] = now["offers"]
        assert (offer["queue"], offer["state"], offer["call_back"]) == ("support", "ringing", False)
        assert offer["caller"] == center.rig.emulator.calls()[0].me.label
        assert offer["brief"] == [
            {"name": "topic", "value": "Delivery"},
            {"name": "summary", "value": "Order 4711 is late."},
        ]
        floor = center.rig.runtime.floors.floor
        assert offer["call"] == floor.legs[offer["leg"]].call
        assert offer["until"] is not None

    on_center(story)


def test_who_declines_is_rung_no_more_and_the_next_one_is() -> None:
    async def story(center: Center) -> None:
        leg = await offered(center)
        await center.desktop("tom").sign_in()
        status, now = await center.desktop("maria").ask("POST", f"{ME}/offers/{leg}/decline")
        assert (status, [each["state"] for each in now["offers"]]) == (200, ["ending"])
        again = await center.desktop("maria").ask("POST", f"{ME}/offers/{leg}/decline")
        assert again[0] == 200, "once more says the same"
        await center.picks_up("tom")
        assert (await center.desktop("tom").get())["state"] == "talking"
        now = await center.desktop("maria").get()
        assert (now["state"], now["reason"], now["offers"]) == ("available", "", [])
        assert center.rig.emulator.ringing() == []
        assert not center.rig.emulator.rung_while_talking()
        assert (await center.desktop("maria").ask("POST", f"{ME}/offers/{leg}/decline"))[0] == 200

    on_center(story)


def test_a_ringing_phone_is_accepted_by_picking_it_up() -> None:
    async def story(center: Center) -> None:
        leg = await offered(center)
        status, answer = await center.desktop("maria").ask("POST", f"{ME}/offers/{leg}/accept")
        assert (status, answer) == (409, {"error": "it is accepted by picking up the phone that rings"})
        assert len(center.rig.emulator.ringing()) == 1
        await center.picks_up("maria")
        for what in ("accept", "decline"):
            status, answer = await center.desktop("maria").ask("POST", f"{ME}/offers/{leg}/{what}")
            assert (status, answer) == (409, {"error": "accepted already"})
        assert (await center.desktop("maria").get())["state"] == "talking"

    on_center(story)


def test_whoever_hears_the_whisper_accepts_at_the_desktop() -> None:
    async def story(center: Center) -> None:
        leg = await offered(center)
        await center.picks_up("maria")
        maria = center.desktop("maria")
        [offer] = (await maria.get())["offers"]
        assert (offer["leg"], offer["state"]) == (leg, "whispering")
        status, now = await maria.ask("POST", f"{ME}/offers/{leg}/accept")
        assert (status, [each["state"] for each in now["offers"]]) == (200, ["joining"])
        await center.rig.advance(3.0)
        now = await maria.get()
        assert (now["state"], now["offers"]) == ("talking", [])
        [call] = now["calls"]
        assert [(each["part"], each["name"], each["state"]) for each in call["people"]] == [
            ("caller", call["caller"], "in"),
            ("agent", "maria", "in"),
        ]

    on_center(story, queues=WHISPER)


def test_whoever_hears_the_whisper_may_decline_at_the_desktop() -> None:
    async def story(center: Center) -> None:
        leg = await offered(center)
        await center.desktop("tom").sign_in()
        await center.picks_up("maria")
        assert (await center.desktop("maria").ask("POST", f"{ME}/offers/{leg}/decline"))[0] == 200
        await center.ringing("tom")
        assert (await center.desktop("maria").get())["state"] == "available"

    on_center(story, queues=WHISPER)


def test_an_offer_that_was_revoked_is_neither_accepted_nor_declined() -> None:
    async def story(center: Center) -> None:
        leg = await offered(center)
        maria, rig = center.desktop("maria"), center.rig
        caller = next(each.id for each in rig.emulator.calls() if each.me.label != address(rig, "maria"))
        rig.emulator.hang_up(caller)
        await rig.runtime.floors.idle()
        # Whatever has been heard of it by now: an answer to this is never a success.
        for what in ("accept", "decline"):
            status, _ = await maria.ask("POST", f"{ME}/offers/{leg}/{what}")
            assert status in (200, 409)
        await rig.finish(caller)
        await rig.advance(5.0)
        for what in ("accept", "decline"):
            status, answer = await maria.ask("POST", f"{ME}/offers/{leg}/{what}")
            assert status == 409
            assert answer["error"].startswith("the offer is over"), answer
        now = await maria.get()
        assert (now["state"], now["offers"], now["calls"]) == ("available", [], [])
        assert rig.emulator.legs_left_behind() == []
        assert len(phones(rig, "maria")) == 1

    on_center(story)


def test_an_offer_that_is_being_revoked_is_over_for_the_desktop() -> None:
    async def story(center: Center) -> None:
        leg = await offered(center)
        floors, maria = center.rig.runtime.floors, center.desktop("maria")
        from interpreter.routing.protocol import CallOver

        await floors.post(CallOver(center.rig.clock.now(), floors.floor.legs[leg].call))
        assert floors.floor.legs[leg].state == "stopping", "the host has not confirmed it yet"
        assert floors.floor.legs[leg].why == "revoked"
        for what in ("accept", "decline"):
            status, answer = await maria.ask("POST", f"{ME}/offers/{leg}/{what}")
            assert status == 409
            assert answer["error"].startswith("the offer is over"), answer
        await center.rig.advance(15.0)
        assert floors.floor.past[leg].why == "revoked"
        assert (await maria.get())["state"] == "available"

    on_center(story)


def test_offers_of_others_and_offers_that_never_were() -> None:
    async def story(center: Center) -> None:
        leg = await offered(center)
        await center.desktop("tom").sign_in(state="not ready")
        for what in ("accept", "decline"):
            mine = await center.desktop("tom").ask("POST", f"{ME}/offers/{leg}/{what}")
            assert mine == (403, {"error": "the offer is not yours"})
            never = await center.desktop("maria").ask("POST", f"{ME}/offers/floor.999/{what}")
            assert never == (404, {"error": "no such offer"})
        assert len(center.rig.emulator.ringing()) == 1

    on_center(story)


def test_who_lets_it_ring_is_not_ready_and_cannot_decline_any_more() -> None:
    async def story(center: Center) -> None:
        leg = await offered(center)
        await center.rig.advance(25.0)
        maria = center.desktop("maria")
        now = await maria.get()
        assert (now["state"], now["reason"]) == ("not ready", "missed")
        assert await maria.ask("POST", f"{ME}/offers/{leg}/decline") == (409, {"error": "the offer is over: missed"})

    on_center(story)
