"""Emergencies over the wire: centers that call back pass every menu and queue, and nobody dials emergency services."""

from __future__ import annotations

import aiohttp
from wire_center import address, heard, let, phones, times
from wire_rig import Wire, play, wire

CENTER = "+14255550911"
GUARD = {"night_guard": "+14255550188", "backup": "+14255550189"}
AGENT = {
    "token": "token-of-maria",
    "teams_user": "9f6b1a40-1111-4222-8333-123456789abc",
    "queues": ["billing"],
    "signed_in": "always",
}
SITE: dict[str, dict[str, object]] = {
    "emergency": {"centers": [CENTER], "desks": {"*": {"number": "night_guard"}}},
    "numbers": dict(GUARD),
}
QUEUE = """\
ivr 1
flow main
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    say "Thank you for calling."
    go to billing

queue billing
    music "hold"
    answered                                 -> finish handled
    waited 10m or no agents or full or failed -> sorry

step sorry
    say "Please call again."
    finish not_handled
"""


async def from_center(rig: Wire, caller: str = CENTER) -> str:
    phone = rig.people.dial(rig.lines[0], "wait 3000s", caller)
    await rig.run_until(lambda: bool(rig.calls))
    return phone


def test_a_center_that_calls_back_hears_no_menu_and_waits_in_no_queue() -> None:
    async def run() -> None:
        async with wire(QUEUE, sections=SITE) as rig:
            let(rig, "night_guard", "accept after 4 s")
            phone = await from_center(rig)
            await rig.run_until(lambda: bool(phones(rig, "night_guard")))
            await rig.advance(6.0)
            [guard] = phones(rig, "night_guard")
            assert times(rig, guard.id, "connected")
            assert heard(rig, phone) == []
            assert times(rig, guard.id, "rang")[0] - times(rig, phone, "dialled")[0] <= 2.0
            assert rig.state(phone).result == "at_the_desk"

    play(run)


def test_a_desk_that_does_not_answer_is_rung_three_times() -> None:
    async def run() -> None:
        async with wire(QUEUE, sections=SITE) as rig:
            let(rig, "night_guard", "no answer")
            phone = await from_center(rig)
            await rig.run_until(lambda: rig.state(phone).finished)
            assert len(phones(rig, "night_guard")) == 3
            assert heard(rig, phone) == ["Nobody answers at the emergency desk. Please call this number again."]

    play(run)


def test_everybody_else_goes_the_way_of_the_script() -> None:
    async def run() -> None:
        async with wire(QUEUE, sections=SITE) as rig:
            phone = await from_center(rig, "+14255550912")
            await rig.advance(5.0)
            assert heard(rig, phone)[0] == "Thank you for calling."
            assert not phones(rig, "night_guard")

    play(run)


def test_a_desk_of_a_line_goes_before_that_of_all_lines() -> None:
    async def run() -> None:
        desks = {"*": {"number": "backup"}, "+18005550100": {"number": "night_guard"}}
        async with wire(QUEUE, sections={**SITE, "emergency": {"centers": [CENTER], "desks": desks}}) as rig:
            let(rig, "night_guard", "accept after 1 s")
            await from_center(rig)
            await rig.advance(10.0)
            assert len(phones(rig, "night_guard")) == 1
            assert not phones(rig, "backup")

    play(run)


def test_an_agent_does_not_add_emergency_services_to_a_call() -> None:
    async def run() -> None:
        sections: dict[str, dict[str, object]] = {**SITE, "agents": {"maria": AGENT}, "desktop": {"may_dial": ["+1"]}}
        async with wire(QUEUE, sections=sections) as rig:
            headers = {"Authorization": f"Bearer {AGENT['token']}"}
            async with aiohttp.ClientSession() as session:
                let(rig, "maria", "accept after 1 s")
                phone = await from_center(rig, "+14255550912")
                await rig.run_until(lambda: any(times(rig, each.id, "connected") for each in phones(rig, "maria")))
                call = rig.state(phone).call_id
                for number in ("911", "112", "+1911"):
                    async with session.post(
                        f"{rig.server_url}/agents/me/calls/{call}/add",
                        json={"target": {"number": number}},
                        headers=headers,
                    ) as answer:
                        assert answer.status == 422
                        assert "emergency calls are placed only from" in (await answer.json())["problems"][0]["problem"]
                await rig.advance(5.0)
                rung = {each.me.label for each in rig.emulator.calls()}
                assert rung == {"+14255550912", address(rig, "maria")}

    play(run)
