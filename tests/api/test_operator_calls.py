"""What the operator sees of calls, promises and agents, and does to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from api_rig import SCRIPT, Center, address, on_center
from wire_center import nobody_is_left
from wire_rig import MONDAY_TEN

TOKEN = "operator-token-of-a-test"
SITE: dict[str, dict[str, object]] = {"operator": {"token": TOKEN}, "voicemail": {"folder": "messages"}}
CUSTOMER = "+14255550100"
PROMISES = (
    SCRIPT.replace(
        "    music",
        """\
    press 1 from 5s every 60s "To be called back, press 1." -> promise
    music""",
    )
    + """
callback promise
    number caller.number
    for queue support
    attempts 2 every 15m
    ring 25s
    scheduled "We will call you. Goodbye."                      -> finish callback_scheduled
    already scheduled "You already have a callback in line."    -> finish callback_known
    invalid number or not available or failed "Please hold on." -> sorry
"""
)


async def ask(center: Center, method: str, path: str, body: object = None) -> Any:
    """An operation that succeeds; its answer."""
    status, answer = await center.ask(method, path, body, TOKEN)
    assert 200 <= status < 300, answer
    return answer


async def refused(center: Center, method: str, path: str) -> int:
    return (await center.ask(method, path, None, TOKEN))[0]


def on(story: Callable[[Center], Awaitable[None]], script: str = SCRIPT) -> None:
    on_center(story, script, **SITE)


# --------------------------------------------------------------------------------------------------------------------
# Calls


def test_a_call_is_shown_with_what_it_does_and_who_is_in_it() -> None:
    async def story(center: Center) -> None:
        _, phone = await center.talking()
        waiting = center.dial()
        await center.rig.advance(10.0)
        first, second = (await ask(center, "GET", "/calls"))["calls"]
        assert (first["caller"], first["called"]) == ("…0000", center.rig.lines[0])
        assert (first["script"], first["since"]) == ("test.ivr", pytest.approx(MONDAY_TEN, abs=5.0))
        assert (first["block"], first["waits_for"]) == ("support", "center")
        assert (first["queue"], first["agents"]) == ("support", ["maria"])
        assert (second["queue"], second["agents"], second["block"]) == ("support", [], "support")
        whole = await ask(center, "GET", f"/calls/{first['call']}")
        assert {key: whole[key] for key in first} == first
        assert (whole["status"], whole["ended"], whole["ending"], whole["result"]) == ("live", None, "", "")
        [leg] = whole["legs"]
        assert (leg["agent"], leg["part"], leg["state"]) == ("maria", "agent", "in")
        assert whole["since"] <= leg["since"] <= leg["answered"]
        center.rig.emulator.hang_up(phone)
        center.rig.emulator.hang_up(waiting)
        await center.rig.finish(phone, waiting)
        await center.rig.advance(60.0)
        over = await ask(center, "GET", f"/calls/{first['call']}")
        assert (over["status"], over["ending"], over["result"]) == ("ended", "hung_up", "handled")
        assert over["ended"] > over["since"]
        assert (over["legs"], over["agents"], over["queue"], over["waits_for"]) == ([], [], "", "")
        assert await refused(center, "GET", "/calls/none") == 404

    on(story)


def test_who_is_rung_is_shown_as_on_the_way() -> None:
    async def story(center: Center) -> None:
        await center.desktop("maria").sign_in()
        phone = center.dial()
        await center.ringing("maria")
        [call] = (await ask(center, "GET", "/calls"))["calls"]
        assert call["agents"] == ["maria"]
        [leg] = (await ask(center, "GET", f"/calls/{call['call']}"))["legs"]
        assert (leg["state"], leg["answered"]) == ("ringing", None)
        [caller] = (await ask(center, "GET", "/queues/support"))["callers"]
        assert (caller["call"], caller["rung"], caller["promise"]) == (call["call"], ["maria"], False)
        assert caller["head_start"] == 5 * 86_400.0
        center.rig.emulator.hang_up(phone)
        await center.rig.finish(phone)

    on(story)


def test_a_call_that_cannot_be_read_is_listed_all_the_same() -> None:
    async def story(center: Center) -> None:
        _, phone = await center.talking()
        call = center.rig.state(phone).call_id

        def spoil(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE call SET state = 'newer' WHERE id = ?", (call,))

        await center.rig.store._ask(spoil)
        [shown] = (await ask(center, "GET", "/calls"))["calls"]
        assert (shown["call"], shown["block"], shown["waits_for"], shown["agents"]) == (call, "", "", ["maria"])
        center.rig.emulator.hang_up(phone)
        await center.rig.finish(phone)

    on(story)


def test_a_call_is_ended_once_and_for_everybody() -> None:
    async def story(center: Center) -> None:
        _, phone = await center.talking()
        call = center.rig.state(phone).call_id
        assert (await center.ask("POST", f"/calls/{call}/end", None, TOKEN))[0] == 202
        await center.rig.restart()
        await center.rig.finish(phone)
        await center.rig.advance(60.0)
        assert await refused(center, "POST", f"/calls/{call}/end") == 404
        assert await refused(center, "POST", "/calls/none/end") == 404
        nobody_is_left(center.rig)

    on(story)


# --------------------------------------------------------------------------------------------------------------------
# Promises


async def a_promise(center: Center) -> dict[str, Any]:
    """A caller has asked to be called back, while the only agent is not ready."""
    maria = center.desktop("maria")
    await maria.sign_in()
    await maria.ask("PUT", "/agents/me/state", {"state": "not ready", "reason": "lunch"})
    phone = center.rig.people.dial(center.rig.lines[0], "wait 3600s", CUSTOMER)
    await center.rig.advance(10.0)
    center.rig.emulator.press(phone, "1")
    await center.rig.finish(phone)
    [promise] = (await ask(center, "GET", "/promises"))["promises"]
    assert isinstance(promise, dict)
    return promise


async def is_ready(center: Center) -> None:
    status, _ = await center.desktop("maria").ask("PUT", "/agents/me/state", {"state": "available"})
    assert status == 200


def test_a_promise_is_shown_and_taken_back() -> None:
    async def story(center: Center) -> None:
        promise = await a_promise(center)
        assert (promise["queue"], promise["number"], promise["state"]) == ("support", "…0100", "in line")
        assert (promise["tried"], promise["attempts"], promise["at"]) == (0, 2, None)
        [waiting] = (await ask(center, "GET", "/queues/support"))["callers"]
        assert (waiting["promise"], waiting["call"], waiting["caller"]) == (True, promise["promise"], "…0100")
        await ask(center, "DELETE", f"/promises/{promise['promise']}")
        assert (await ask(center, "GET", "/promises"))["promises"] == []
        assert (await ask(center, "GET", "/queues/support"))["callers"] == []
        assert await refused(center, "DELETE", f"/promises/{promise['promise']}") == 404
        await is_ready(center)
        await center.rig.advance(3600.0)
        assert not center.rig.emulator.ringing(address(center.rig, "maria"))
        nobody_is_left(center.rig)

    on(story, PROMISES)


def test_a_promise_that_is_being_tried_is_taken_back_and_the_agent_is_free() -> None:
    async def story(center: Center) -> None:
        promise = (await a_promise(center))["promise"]
        await is_ready(center)
        await center.ringing("maria")
        assert (await ask(center, "GET", "/promises"))["promises"][0]["state"] == "being tried"
        await ask(center, "DELETE", f"/promises/{promise}")
        await center.rig.advance(30.0)
        assert not center.rig.emulator.ringing(address(center.rig, "maria"))
        assert (await ask(center, "GET", "/agents"))["agents"][0]["state"] == "available"
        nobody_is_left(center.rig)

    on(story, PROMISES)


def test_a_promise_that_is_being_kept_is_kept() -> None:
    async def story(center: Center) -> None:
        promise = (await a_promise(center))["promise"]
        await is_ready(center)
        emulator = center.rig.emulator
        agent = await center.ringing("maria")
        emulator.accept(agent)
        await center.rig.advance(8.0)
        emulator.press(agent, "1")
        await center.rig.run_until(lambda: bool(emulator.ringing(f"4:{CUSTOMER}")))
        customer = emulator.ringing(f"4:{CUSTOMER}")[0].id
        emulator.accept(customer)
        await center.rig.advance(10.0)
        emulator.press(customer, "1")
        await center.rig.advance(5.0)
        [shown] = (await ask(center, "GET", "/promises"))["promises"]
        assert (shown["state"], shown["tried"]) == ("talking", 1)
        assert await refused(center, "DELETE", f"/promises/{promise}") == 409
        emulator.hang_up(customer)
        await center.rig.advance(60.0)
        assert (await ask(center, "GET", "/promises"))["promises"] == []
        nobody_is_left(center.rig)

    on(story, PROMISES)


def test_the_next_try_is_shown() -> None:
    async def story(center: Center) -> None:
        await a_promise(center)
        await is_ready(center)
        emulator = center.rig.emulator
        agent = await center.ringing("maria")
        emulator.accept(agent)
        await center.rig.advance(8.0)
        emulator.press(agent, "1")
        await center.rig.run_until(lambda: bool(emulator.ringing(f"4:{CUSTOMER}")))
        emulator.decline(emulator.ringing(f"4:{CUSTOMER}")[0].id)
        await center.rig.advance(10.0)
        [shown] = (await ask(center, "GET", "/promises"))["promises"]
        assert (shown["state"], shown["tried"]) == ("later", 1)
        assert shown["at"] == pytest.approx(center.rig.clock.now() + 900.0, abs=15.0)
        await ask(center, "DELETE", f"/promises/{shown['promise']}")
        await center.rig.advance(1800.0)
        assert not emulator.ringing(f"4:{CUSTOMER}")

    on(story, PROMISES)


# --------------------------------------------------------------------------------------------------------------------
# Agents, one message, draining


def test_agents_are_shown_as_they_are() -> None:
    async def story(center: Center) -> None:
        _, phone = await center.talking()
        tom = center.desktop("tom")
        await tom.sign_in()
        await tom.ask("PUT", "/agents/me/state", {"state": "not ready", "reason": "lunch"})
        maria, sofia, tom_now = (await ask(center, "GET", "/agents"))["agents"]
        assert [each["agent"] for each in (maria, sofia, tom_now)] == ["maria", "sofia", "tom"]
        assert (maria["state"], maria["queues"]) == ("talking", ["support"])
        assert maria["calls"] == [center.rig.state(phone).call_id]
        assert datetime.fromisoformat(maria["since"]).timestamp() == pytest.approx(center.rig.clock.now(), abs=5.0)
        assert (tom_now["state"], tom_now["reason"], tom_now["calls"]) == ("not ready", "lunch", [])
        assert (sofia["state"], sofia["since"]) == ("offline", None)
        center.rig.emulator.hang_up(phone)
        await center.rig.finish(phone)

    on(story)


def test_one_message_is_shown() -> None:
    async def story(center: Center) -> None:
        await center.rig.runtime.desk.center.messages.save("m-1", b"RIFF", {"message": "m-1", "at": 5.0})
        assert await ask(center, "GET", "/messages/m-1") == {"message": "m-1", "at": 5.0}
        for name in ("m-2", "..%2Fivr.db"):
            assert await refused(center, "GET", f"/messages/{name}") == 404

    on(story)


def test_draining_does_not_hide_that_timers_have_stopped() -> None:
    async def story(center: Center) -> None:
        desk = center.rig.runtime.desk
        await ask(center, "PUT", "/drain")
        assert (await center.ask("GET", "/healthz"))[0] == 200
        desk.timers = _over()
        assert (await center.ask("GET", "/healthz"))[0] == 503
        desk.timers = None

    on(story)


def _over() -> Any:
    """A task that has ended."""

    class Over:
        def done(self) -> bool:
            return True

    return Over()


EVERY = [
    ("GET", "/calls/x"), ("GET", "/promises"), ("DELETE", "/promises/x"), ("GET", "/agents"), ("GET", "/messages/x"),
]  # fmt: skip


def test_nobody_but_the_operator_may() -> None:
    async def story(center: Center) -> None:
        for method, path in EVERY:
            for bearer in ("", "wrong", "token-of-maria", "token-of-sofia"):
                assert (await center.ask(method, path, None, bearer))[0] in (401, 403), (method, path, bearer)

    on(story)
