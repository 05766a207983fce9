"""The emulator's doors: subscriptions, TLS, control routes, the phone page, the program."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from azure.communication.callautomation.aio import CallAutomationClient
from azure.core.credentials import AccessToken, AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from emulator_rig import CALLER, CALLER_ID, LINE, Rig, hosted, rigged, run

from emulator import Config, Emulator, Line, PlanError, SubscriptionError, SystemClock, VirtualClock
from emulator.plans import read_behaviour, read_plan
from emulator.serve import serve


@pytest.mark.parametrize("schema", ["eventgrid", "cloudevents"])
def test_subscription_shakes_hands_and_delivers(schema: Any) -> None:
    async def scenario() -> None:
        async with rigged(subscribe=False) as rig:
            await rig.emulator.subscribe(f"{rig.base}/events", schema)
            method, _, headers = rig.hook.requests[0]
            if schema == "eventgrid":
                assert (method, headers["aeg-event-type"]) == ("POST", "SubscriptionValidation")
            else:
                assert (method, headers["WebHook-Request-Origin"]) == ("OPTIONS", "eventgrid.azure.net")
            await rig.dial()
            assert rig.hook.incoming[0]["from"]["rawId"] == f"4:{CALLER}"
            assert rig.hook.requests[-1][2]["aeg-event-type"] == "Notification"

    asyncio.run(scenario())


@pytest.mark.parametrize("schema", ["eventgrid", "cloudevents"])
def test_endpoint_that_does_not_shake_hands_is_refused(schema: Any) -> None:
    async def lukewarm(request: web.Request) -> web.Response:
        return web.json_response({}, status=202)

    async def scenario() -> None:
        app = web.Application()
        app.router.add_route("*", "/events", lukewarm)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        emulator = Emulator(clock=VirtualClock())
        try:
            for port in (runner.addresses[0][1], 1):
                with pytest.raises(SubscriptionError):
                    await emulator.subscribe(f"http://127.0.0.1:{port}/events", schema)
            assert emulator.grid.subscriptions == []
        finally:
            await emulator.stop()
            await runner.cleanup()

    asyncio.run(scenario())


class Entra:
    """A credential that hands out what looks like an Entra token."""

    async def get_token(self, *scopes: str, **kwargs: object) -> AccessToken:
        return AccessToken("eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0.c2ln", 4_000_000_000)

    async def close(self) -> None: ...

    async def __aenter__(self) -> Entra:
        return self

    async def __aexit__(self, *_: object) -> None: ...


def test_tls_is_trusted_by_its_own_authority_and_by_no_other() -> None:
    async def scenario() -> None:
        clock = VirtualClock()
        emulator = Emulator(clock=clock)
        await emulator.start(tls_port=0)
        try:
            async with hosted(clock) as (hook, base):
                await emulator.subscribe(f"{base}/events")
                emulator.dial(CALLER, LINE)
                await emulator.idle()
                trusted: dict[str, Any] = {"connection_verify": str(emulator.ca_file), "retry_total": 0}
                key = AzureKeyCredential(emulator.config.access_key)
                async with CallAutomationClient(emulator.tls_url, key, **trusted) as client:
                    made = await client.answer_call(hook.incoming[0]["incomingCallContext"], f"{base}/c")
                async with CallAutomationClient(
                    emulator.tls_url.replace("127.0.0.1", "localhost"), Entra(), **trusted
                ) as client:
                    await client.get_call_connection(made.call_connection_id or "").get_call_properties()
            async with aiohttp.ClientSession() as session:
                with pytest.raises(aiohttp.ClientConnectorCertificateError):
                    await session.get(f"{emulator.tls_url}/phone")
                context = ssl.create_default_context(cafile=str(emulator.ca_file))
                async with session.get(f"{emulator.tls_url}/emulator/ca.pem", ssl=context) as response:
                    assert (await response.text()).startswith("-----BEGIN CERTIFICATE-----")
        finally:
            await emulator.stop()

    asyncio.run(scenario())


async def control(rig: Rig, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """One control request: its status and its JSON."""
    async with (
        aiohttp.ClientSession(rig.emulator.url) as http,
        http.request(method, f"/emulator/{path}", json=body) as response,
    ):
        text = await response.text()
    await rig.emulator.idle()
    return response.status, json.loads(text) if text else None


def test_control_over_http() -> None:
    async def scenario(rig: Rig) -> None:
        _, state = await control(rig, "GET", "state")
        assert state["lines"] == [{"number": LINE, "resource_account": None}]
        asked = {"target": "+14255550199", "behaviour": "ask"}
        assert (await control(rig, "PUT", "behaviours", asked))[0] == 204
        status, phone = await control(rig, "POST", "calls", {"from": CALLER, "to": LINE})
        assert (status, phone["state"]) == (201, "ringing")
        call = phone["id"]
        made = await rig.client.answer_call(rig.hook.incoming[0]["incomingCallContext"], f"{rig.base}/c")
        connection = rig.client.get_call_connection(made.call_connection_id or "")
        await connection.start_recognizing_media("dtmf", CALLER_ID, dtmf_max_tones_to_collect=1)
        assert (await control(rig, "POST", f"calls/{call}/press", {"keys": "5"}))[0] == 200
        assert rig.last("RecognizeCompleted")["dtmfResult"] == {"tones": ["five"]}
        await connection.transfer_call_to_participant(type(CALLER_ID)("+14255550199"))
        [target] = rig.emulator.ringing("+14255550199")
        assert (await control(rig, "POST", f"calls/{target.id}/accept", {}))[1]["state"] == "connected"
        _, phone = await control(rig, "GET", f"calls/{call}")
        assert phone["transferredTo"] == "+14255550199"
        kinds = [entry["kind"] for entry in phone["transcript"]]
        assert kinds == ["dialled", "connected", "pressed", "transferred"]
        assert (await control(rig, "POST", f"calls/{call}/hang-up", {}))[1]["endedBy"] == "caller"

    run(scenario)


CONTROL_REFUSALS: list[tuple[str, str, dict[str, Any], int]] = [
    ("POST", "calls", {"from": CALLER, "to": "+19990000000"}, 409),
    ("POST", "calls", {"from": "nobody", "to": LINE}, 400),
    ("POST", "calls", {"from": CALLER, "to": LINE, "plan": [{"dance": True}]}, 400),
    ("POST", "calls/phone-99/press", {"keys": "1"}, 404),
    ("POST", "calls/phone-1/press", {"keys": "1"}, 409),
    ("POST", "calls/phone-1/dance", {}, 404),
    ("POST", "calls/phone-1/accept", {}, 409),
    ("PUT", "behaviours", {"target": "+14255550199", "behaviour": "dance"}, 400),
    ("PUT", "misbehaviour", {"dance": 1}, 400),
    ("POST", "subscriptions", {"url": "http://127.0.0.1:1/", "schema": "eventgrid"}, 400),
    ("POST", "subscriptions", {"url": "http://127.0.0.1:1/", "schema": "other"}, 400),
]


def test_control_says_what_is_wrong() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.hang_up(await rig.dial())
        for method, path, body, expected in CONTROL_REFUSALS:
            status, problem = await control(rig, method, path, body)
            assert (status, bool(problem["error"])) == (expected, True), (method, path, body)
        url = f"{rig.emulator.url}/emulator/calls"
        async with aiohttp.ClientSession() as http, http.post(url, data="{}") as response:
            assert response.status == 415

    run(scenario)


def test_news_is_streamed_to_the_phone_it_concerns() -> None:
    async def scenario(rig: Rig) -> None:
        other = rig.emulator.dial("+14255550155", LINE)
        call = rig.emulator.dial(CALLER, LINE)
        news: list[dict[str, Any]] = []
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{rig.emulator.url}/emulator/events", params={"as": CALLER}) as response,
        ):
            while not news or news[-1]["state"] != "ended":
                line = (await response.content.readline()).decode()
                if line.startswith("data: "):
                    news.append(json.loads(line.removeprefix("data: ")))
                    rig.emulator.hang_up(other)
                    rig.emulator.hang_up(call)
        assert {one["id"] for one in news} == {call}
        assert [one["state"] for one in news] == ["ringing", "ended"]

    run(scenario)


def test_news_can_be_watched() -> None:
    async def scenario(rig: Rig) -> None:
        async with rig.emulator.watch() as news:
            call = rig.emulator.dial(CALLER, LINE)
            rig.emulator.hang_up(call)
            assert [(await news())["state"] for _ in range(2)] == ["ringing", "ended"]
        assert rig.emulator.world.watchers == []

    run(scenario)


def test_page_needs_nothing_from_elsewhere() -> None:
    async def scenario(rig: Rig) -> None:
        async with aiohttp.ClientSession(rig.emulator.url) as http:
            async with http.get("/phone") as response:
                page = await response.text()
                assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)
            for path in re.findall(r"(?:src|href)=\"(/phone/[^\"]+)\"", page):
                async with http.get(path) as response:
                    assert response.status == 200, path
                    assert "http://" not in await response.text()
            async with http.get("/phone/other.js") as response:
                assert response.status == 404

    run(scenario)


BAD_PLANS: list[dict[str, Any]] = [
    {},
    {"press": "1", "speak": "x"},
    {"press": "x"},
    {"press": 1},
    {"hang_up": False},
    {"silent": True, "when": "later"},
    {"press": "1", "after": -1},
]


@pytest.mark.parametrize("item", BAD_PLANS)
def test_bad_plan_is_refused_when_it_is_given(item: dict[str, Any]) -> None:
    with pytest.raises(PlanError):
        read_plan([item])
    with pytest.raises(PlanError):
        read_behaviour("accept after noon")


def test_caller_gives_up_while_it_rings() -> None:
    async def scenario(rig: Rig) -> None:
        call = await rig.dial(plan=[{"hang_up": True, "when": "ring", "after": 3}])
        await rig.pass_time(3)
        assert (rig.emulator.call(call).state, rig.emulator.call(call).ended_by) == ("ended", "caller")
        assert rig.emulator.forget() == 1
        assert rig.emulator.calls() == []

    run(scenario)


def test_virtual_clock_runs_what_is_due_in_order_of_time() -> None:
    clock = VirtualClock(100.0)
    ran: list[tuple[str, float]] = []

    def first() -> None:
        ran.append(("first", clock.now()))
        clock.call_later(1.0, lambda: ran.append(("nested", clock.now())))

    clock.call_later(2.0, lambda: ran.append(("second", clock.now())))
    clock.call_later(0.5, first)
    clock.call_later(1.0, lambda: ran.append(("never", clock.now()))).cancel()
    assert clock.next_due() == 100.5
    clock.advance_to(101.9)
    assert ran == [("first", 100.5), ("nested", 101.5)]
    clock.advance_to(110.0)
    assert (ran[-1], clock.now(), clock.next_due()) == (("second", 102.0), 110.0, None)


def test_system_clock_runs_at_its_speed() -> None:
    async def scenario() -> None:
        clock = SystemClock(speed=1000.0)
        done = asyncio.Event()
        began = clock.now()
        clock.call_later(30.0, done.set)
        async with asyncio.timeout(60):
            await done.wait()
        assert clock.now() - began >= 30.0

    asyncio.run(scenario())
    with pytest.raises(ValueError, match="speed"):
        SystemClock(0)


def test_program_subscribes_once_its_host_is_there() -> None:
    async def scenario() -> None:
        stop, emulators = asyncio.Event(), asyncio.Queue[Emulator]()
        config = Config(lines=(Line("+18005550111"),))
        async with hosted(VirtualClock()) as (hook, base):
            program = asyncio.create_task(
                serve(config, port=0, subscribe_url=f"{base}/events", ready=emulators.put_nowait, until=stop)
            )
            emulator = await emulators.get()
            async with asyncio.timeout(60):
                await emulator.grid.subscribed.wait()
            emulator.dial(CALLER, "+18005550111")
            await emulator.idle()
            assert hook.incoming[0]["to"]["phoneNumber"] == {"value": "+18005550111"}
            stop.set()
            await program

    asyncio.run(scenario())


def test_a_call_on_behalf_of_a_line_is_dialled_over_http_and_cannot_be_redirected() -> None:
    async def scenario(rig: Rig) -> None:
        agent = "8:acs:resource_tenant_user"
        dialled = {"from": agent, "to": LINE, "onBehalfOfCallee": "+14255550155"}
        calls = f"{rig.emulator.url}/emulator/calls"
        async with aiohttp.ClientSession() as session, session.post(calls, json=dialled) as answer:
            assert answer.status == 201
        await rig.emulator.idle()
        data = rig.hook.incoming[-1]
        assert data["onBehalfOfCallee"]["phoneNumber"] == {"value": "+14255550155"}
        with pytest.raises(HttpResponseError, match="on behalf of") as refused:
            await rig.client.redirect_call(data["incomingCallContext"], CALLER_ID)
        assert refused.value.status_code == 400

    run(scenario)
