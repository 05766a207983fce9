"""Agents at their desktops: who may speak, signing in and out, wrap-up, and signs of life."""

from __future__ import annotations

import pytest
from api_rig import Center, on_center, token

ME = "/agents/me"
OPERATIONS = [
    ("GET", ME),
    ("POST", f"{ME}/sign-in"),
    ("PUT", f"{ME}/state"),
    ("DELETE", f"{ME}/wrap-up"),
    ("PUT", f"{ME}/presence"),
    ("GET", f"{ME}/events"),
    ("POST", f"{ME}/offers/floor.1/accept"),
    ("POST", f"{ME}/offers/floor.1/decline"),
    *(("POST", f"{ME}/calls/c/{verb}") for verb in ("hold", "unhold", "consult", "add", "drop", "transfer", "leave")),
    ("GET", "/team"),
    *(("POST", f"/calls/c/{verb}") for verb in ("monitor", "barge", "leave", "coach")),
]


def test_nobody_is_let_in_without_a_token_of_theirs() -> None:
    async def story(center: Center) -> None:
        for method, path in OPERATIONS:
            for bearer in ("", "wrong", "token-of-nobody", token("maria") + "x", token("maria")[:-1], "a.b.c"):
                status, answer = await center.ask(method, path, {}, bearer)
                assert (status, answer) == (401, {"error": "not authorised"}), (method, path, bearer)
            basic = await center.ask(method, path, {}, Authorization=f"Basic {token('maria')}")
            assert basic[0] == 401
        refused = center.rig.runtime.desk.metrics.tokens_refused
        assert refused.labels("agents", "missing")._value.get() == 2 * len(OPERATIONS)
        assert refused.labels("agents", "wrong_secret")._value.get() == 5 * len(OPERATIONS)
        assert center.rig.runtime.floors.floor.agents == {}

    on_center(story)


def test_where_the_site_has_no_tokens_for_agents_nobody_may() -> None:
    async def story(center: Center) -> None:
        status, answer = await center.ask("GET", ME, bearer="x")
        assert (status, answer["error"]) == (403, "the site file has neither tokens under [agents] nor a [desktop]")

    on_center(story, agents={"maria": {"number": "+14255550188", "queues": ["support"]}})


def test_only_a_supervisor_does_what_supervisors_do() -> None:
    async def story(center: Center) -> None:
        for method, path in OPERATIONS[-5:]:
            status, answer = await center.desktop("maria").ask(method, path)
            assert status == 403, path
            assert answer == {"error": "only a supervisor may do this: supervisor = true under [agents]"}

    on_center(story)


def test_an_agent_signs_in_with_what_the_site_file_says_of_it() -> None:
    async def story(center: Center) -> None:
        maria = center.desktop("maria")
        before = await maria.get()
        assert (before["signed_in"], before["state"], before["since"]) == (False, "offline", None)
        assert (before["skills"], before["capacity"]) == ({"spanish": 3}, 1)
        now = await maria.sign_in()
        assert now == await maria.get()
        assert (now["signed_in"], now["state"], now["wanted"]) == (True, "available", "available")
        assert now["queues"] == [{"queue": "support", "priority": 1, "delay_seconds": 0.0}]
        assert (now["since"], now["silent_at"]) == ("2026-03-02T15:00:00Z", None)
        await center.rig.advance(60.0)
        assert await maria.sign_in() == now, "signing in again changes nothing"

    on_center(story)


def test_an_agent_may_begin_as_not_ready() -> None:
    async def story(center: Center) -> None:
        tom = center.desktop("tom")
        now = await tom.sign_in(state="not ready", reason="mail")
        assert (now["state"], now["reason"]) == ("not ready", "mail")
        assert (await tom.sign_in())["state"] == "available"

    on_center(story)


def test_an_agent_is_what_it_wants_to_be() -> None:
    async def story(center: Center) -> None:
        maria = center.desktop("maria")
        wish = {"state": "not ready", "reason": "lunch"}
        assert await maria.ask("PUT", f"{ME}/state", wish) == (409, {"error": "you are not signed in"})
        assert (await maria.ask("PUT", f"{ME}/state", {"state": "offline"}))[1]["state"] == "offline"
        await maria.sign_in()
        status, now = await maria.ask("PUT", f"{ME}/state", wish)
        assert (status, now["state"], now["reason"]) == (200, "not ready", "lunch")
        assert (await maria.ask("PUT", f"{ME}/state", {"state": "available"}))[1]["state"] == "available"
        status, now = await maria.ask("PUT", f"{ME}/state", {"state": "offline"})
        assert (status, now["state"], now["signed_in"]) == (200, "offline", False)
        assert (await maria.ask("PUT", f"{ME}/state", wish))[0] == 409

    on_center(story)


@pytest.mark.parametrize(
    ("path", "body", "field", "problem"),
    [
        ("state", {}, "state", "is missing"),
        ("state", {"state": "asleep"}, "state", "expected: 'available', 'not ready' or 'offline'"),
        ("state", {"state": "available", "raeson": "x"}, "raeson", "is unknown; did you mean reason?"),
        ("state", {"state": "available", "reason": "x" * 101}, "reason", "expected: at most 100 characters"),
        ("state", [], "", "expected: an object"),
        ("state", "{", "", "is not JSON"),
        ("sign-in", {"heartbeat": "yes"}, "heartbeat", "expected: a valid boolean"),
        ("sign-in", {"state": "offline"}, "state", "expected: 'available' or 'not ready'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_body_is_said(path: str, body: object, field: str, problem: str) -> None:
    async def story(center: Center) -> None:
        maria = center.desktop("maria")
        method = "PUT" if path == "state" else "POST"
        status, answer = await maria.ask(method, f"{ME}/{path}", body)
        assert (status, answer["error"]) == (422, "the body is not as expected")
        assert answer["problems"] == [{"field": field, "problem": problem}]
        assert center.rig.runtime.floors.floor.agents == {}

    on_center(story)


def test_a_wrap_up_can_be_ended_and_the_agent_is_what_it_wanted_to_be() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        assert await maria.ask("DELETE", f"{ME}/wrap-up") == (409, {"error": "there is nothing to wrap up"})
        await maria.ask("PUT", f"{ME}/state", {"state": "not ready", "reason": "lunch"})
        assert (await maria.get())["state"] == "talking", "a call that goes on goes on"
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)
        now = await maria.get()
        assert now["state"] == "wrap-up"
        assert now["wrap_up_until"] is not None
        status, now = await maria.ask("DELETE", f"{ME}/wrap-up")
        assert (status, now["state"], now["reason"], now["wrap_up_until"]) == (200, "not ready", "lunch", None)
        await maria.ask("PUT", f"{ME}/state", {"state": "offline"})
        assert (await maria.ask("DELETE", f"{ME}/wrap-up"))[0] == 409

    on_center(story)


def test_a_desktop_that_falls_silent_takes_no_calls_until_it_is_heard_again() -> None:
    async def story(center: Center) -> None:
        maria, rig = center.desktop("maria"), center.rig
        assert (await maria.ask("PUT", f"{ME}/presence"))[0] == 409
        now = await maria.sign_in(heartbeat=True)
        assert now["silent_at"] == "2026-03-02T15:01:00Z"
        for _ in range(5):
            await rig.advance(20.0)
            assert await maria.ask("PUT", f"{ME}/presence") == (204, None)
        assert (await maria.get())["state"] == "available"
        await rig.advance(61.0)
        now = await maria.get()
        assert (now["state"], now["not_offered"], now["since"]) == ("unknown", "silent", None)
        caller = center.dial()
        await rig.advance(5.0)
        assert rig.emulator.ringing() == []
        assert await maria.ask("PUT", f"{ME}/presence") == (204, None)
        rig.emulator.hang_up(caller)
        await rig.advance(5.0)
        assert (await maria.get())["state"] == "available"

    on_center(story)


def test_signs_of_life_that_say_nothing_new_are_not_written_down() -> None:
    async def story(center: Center) -> None:
        maria, floors = center.desktop("maria"), center.rig.runtime.floors
        await maria.sign_in(heartbeat=True)
        entries = floors.entries
        for _ in range(50):
            assert (await maria.ask("PUT", f"{ME}/presence"))[0] == 204
        assert floors.entries == entries
        await center.rig.advance(20.0)
        assert (await maria.ask("PUT", f"{ME}/presence"))[0] == 204
        assert floors.entries == entries + 1

    on_center(story)


def test_no_sign_of_life_is_expected_of_a_desktop_that_promises_none() -> None:
    async def story(center: Center) -> None:
        maria = center.desktop("maria")
        await maria.sign_in()
        error = "no sign of life is expected: sign in with heartbeat"
        assert await maria.ask("PUT", f"{ME}/presence") == (409, {"error": error})
        await center.rig.advance(3600.0)
        assert (await maria.get())["state"] == "available"

    on_center(story)
