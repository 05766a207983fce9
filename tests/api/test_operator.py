"""What the operator sees and does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_rig import Center, on_center
from wire_center import nobody_is_left

TOKEN = "operator-token-of-a-test"
SITE: dict[str, dict[str, object]] = {"operator": {"token": TOKEN}, "voicemail": {"folder": "messages"}}


async def ask(center: Center, method: str, path: str, body: object = None) -> tuple[int, Any]:
    return await center.ask(method, path, body, TOKEN)


async def text(center: Center, path: str) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with center.session.get(f"{center.rig.server_url}{path}", headers=headers) as response:
        return response.status, await response.read()


async def queue(center: Center) -> dict[str, Any]:
    status, found = await ask(center, "GET", "/queues/support")
    assert status == 200
    assert isinstance(found, dict)
    return found


def test_a_queue_is_shown_as_it_is_and_as_it_was_today() -> None:
    async def story(center: Center) -> None:
        maria = center.desktop("maria")
        await maria.sign_in()
        first = center.dial()
        await center.picks_up("maria")
        second = center.dial()
        await center.rig.advance(30.0)
        shown = await queue(center)
        assert (shown["waiting"], shown["arrived"], shown["answered"]) == (1, 2, 1)
        assert shown["agents"] == {"talking": 1}
        assert shown["longest_wait"] == pytest.approx(29.0, abs=2.0)
        [caller] = shown["callers"]
        assert (caller["place"], caller["caller"], caller["rung"]) == (1, "…0001", [])
        _, queues = await ask(center, "GET", "/queues")
        assert [each["queue"] for each in queues["queues"]] == ["support"]
        center.rig.emulator.hang_up(second)
        await center.rig.advance(5.0)
        shown = await queue(center)
        assert (shown["waiting"], shown["abandoned"]) == (0, 1)
        assert (shown["rule"], shown["service_level"]) == ("ignored", 0.5)
        center.rig.emulator.hang_up(first)
        await center.rig.finish(first, second)

    on_center(story, **SITE)


def test_what_is_measured_is_what_is_the_case() -> None:
    async def story(center: Center) -> None:
        await center.talking()
        center.dial()
        await center.rig.advance(10.0)
        async with center.session.get(f"{center.rig.server_url}/metrics") as response:
            lines = (await response.text()).splitlines()
        assert 'ivr_queue_waiting{queue="support"} 1.0' in lines
        assert 'ivr_agents{state="talking"} 1.0' in lines
        assert 'ivr_queue_calls_answered_total{queue="support"} 1.0' in lines
        assert "ivr_legs 1.0" in lines
        assert "ivr_floor_orders_waiting 0.0" in lines

    on_center(story, **SITE)


def test_calls_are_listed_and_ended() -> None:
    async def story(center: Center) -> None:
        _, phone = await center.talking()
        status, found = await ask(center, "GET", "/calls")
        [call] = found["calls"]
        assert (status, call["caller"], call["script"], found["more"]) == (200, "…0000", "test.ivr", False)
        assert (await ask(center, "POST", f"/calls/{call['call']}/end"))[0] == 202
        await center.rig.finish(phone)
        await center.rig.advance(60.0)
        assert (await ask(center, "GET", "/calls"))[1] == {"calls": [], "more": False}
        assert (await ask(center, "POST", f"/calls/{call['call']}/end"))[0] == 404
        nobody_is_left(center.rig)

    on_center(story, **SITE)


def test_an_agent_is_signed_out_and_the_talk_goes_on() -> None:
    async def story(center: Center) -> None:
        _, phone = await center.talking()
        assert (await ask(center, "PUT", "/agents/maria/state", {"state": "offline"}))[1]["state"] == "talking"
        center.rig.emulator.hang_up(phone)
        await center.rig.finish(phone)
        await center.rig.advance(60.0)
        assert (await queue(center))["agents"] == {"offline": 1}
        assert (await ask(center, "PUT", "/agents/nobody/state", {"state": "offline"}))[0] == 404
        assert (await ask(center, "PUT", "/agents/maria/state", {"state": "asleep"}))[0] == 422

    on_center(story, **SITE)


def test_draining_is_said_and_taken_back() -> None:
    async def story(center: Center) -> None:
        assert (await ask(center, "GET", "/drain"))[1] == {"draining": False}
        assert (await ask(center, "PUT", "/drain"))[1] == {"draining": True}
        status, ready = await center.ask("GET", "/readyz")
        assert (status, ready["checks"]["staying"]) == (503, False)
        assert (await ask(center, "DELETE", "/drain"))[1] == {"draining": False}
        assert (await center.ask("GET", "/readyz"))[1]["checks"]["staying"] is True

    on_center(story, **SITE)


def test_messages_are_listed_played_and_deleted() -> None:
    async def story(center: Center) -> None:
        await center.rig.runtime.desk.center.messages.save("m-1", b"RIFFsound", {"message": "m-1", "at": 5.0})
        assert (await ask(center, "GET", "/messages"))[1] == {"messages": [{"message": "m-1", "at": 5.0}]}
        assert await text(center, "/messages/m-1/audio") == (200, b"RIFFsound")
        assert (await text(center, "/messages/m-2/audio"))[0] == 404
        assert (await text(center, "/messages/..%2Fivr.db/audio"))[0] == 404
        assert (await ask(center, "DELETE", "/messages/m-1"))[0] == 204
        assert (await ask(center, "DELETE", "/messages/m-1"))[0] == 404
        assert (await ask(center, "GET", "/messages"))[1] == {"messages": []}

    on_center(story, **SITE)


def test_details_are_json_lines_of_what_has_happened() -> None:
    async def story(center: Center) -> None:
        _, phone = await center.talking()
        call = (await ask(center, "GET", "/calls"))[1]["calls"][0]["call"]
        await center.rig.advance(30.0)
        center.rig.emulator.hang_up(phone)
        await center.rig.finish(phone)
        await center.rig.advance(60.0)
        _, whole = await text(center, "/details")
        kinds = [json.loads(line)["kind"] for line in whole.decode().splitlines()]
        assert sorted(kinds) == ["agent", "call"]
        _, line = await text(center, "/details?of=call")
        of_call = json.loads(line)
        assert (of_call["call"], of_call["caller"], of_call["script"]) == (call, "…0000", "test.ivr")
        assert (of_call["ending"], of_call["result"], of_call["block"]) == ("hung_up", "handled", "support")
        assert of_call["seconds"] == pytest.approx(of_call["ended"] - of_call["began"])
        status, lines = await text(center, "/details?of=leg")
        [leg] = [json.loads(line) for line in lines.decode().splitlines()]
        assert (status, leg["agent"], leg["queue"], leg["outcome"], leg["call"]) == (
            200,
            "maria",
            "support",
            "answered",
            call,
        )
        assert leg["talked"] == pytest.approx(31.0, abs=1.0)
        assert await text(center, f"/details?call={call}&of=leg") == (200, lines)
        assert await text(center, "/details?call=another") == (200, b"")
        assert (await text(center, "/details?limit=0"))[0] == 422

    on_center(story, **SITE)


EVERY = [
    ("GET", "/queues"), ("GET", "/queues/support"), ("PUT", "/agents/maria/state"), ("GET", "/calls"),
    ("POST", "/calls/x/end"), ("GET", "/drain"), ("PUT", "/drain"), ("DELETE", "/drain"), ("GET", "/messages"),
    ("GET", "/messages/x/audio"), ("DELETE", "/messages/x"), ("GET", "/details"),
]  # fmt: skip


def test_nobody_but_the_operator_may_do_any_of_it() -> None:
    async def story(center: Center) -> None:
        for method, path in EVERY:
            for bearer in ("", "wrong", "token-of-maria", "token-of-sofia"):
                status, _ = await center.ask(method, path, {"state": "offline"} if method == "PUT" else None, bearer)
                assert status in (401, 403), (method, path, bearer)

    on_center(story, **SITE)


def test_what_does_not_exist_is_not_found() -> None:
    async def story(center: Center) -> None:
        assert (await ask(center, "GET", "/queues/nothing"))[0] == 404
        async with center.session.post(f"{center.rig.server_url}/queues") as response:
            assert response.status == 405

    on_center(story, **SITE)
