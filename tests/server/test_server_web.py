from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from server_rig import (
    FOREIGN,
    NOW,
    OPERATOR,
    SECRET,
    TENANT,
    FailingStore,
    Rig,
    call_id,
    callback_path,
    event,
    incoming,
    make_token,
    on_server,
    result,
)
from structlog.testing import capture_logs

from interpreter.addresses import shard_of
from interpreter.azure.keys import BETWEEN_FETCHES
from interpreter.protocol import Answer, Transfer
from interpreter.store import Store
from interpreter.store.sqlite import SqliteStore


def test_from_ring_to_transfer(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        assert await rig.ring() == 200
        (line, answer), *_ = rig.host.asked
        assert isinstance(answer, Answer)
        assert (line.call_id, line.shard) == (call_id(), shard_of(call_id()))
        assert (line.incoming_context, line.caller, line.called) == ("ticket", "+15551230001", "+18005550100")
        assert await rig.call_back("ParticipantsUpdated", "1", participants=[], sequenceNumber=1) == 200
        assert await rig.call_back("CallConnected", "2", operationContext=answer.op) == 200
        for n in range(5):
            if "Recognize" in rig.host.verbs():
                break
            op = rig.host.op("Play")
            assert await rig.call_back("PlayCompleted", f"p{n}", operationContext=op, **result(200, 0)) == 200
        asked: Any = rig.host.asked[-1][1]
        heard = _pressed_one(asked)
        assert await rig.call_back("RecognizeCompleted", "4", operationContext=asked.op, **heard) == 200
        transfer = rig.host.asked[-1][1]
        assert isinstance(transfer, Transfer)
        assert (transfer.kind, transfer.name) == ("number", "front_desk")
        assert await rig.call_back("CallTransferAccepted", "5", operationContext=transfer.op) == 200
        assert await rig.call_back("CallDisconnected", "6", **result(200, 7015)) == 200
        assert await rig.metric("ivr_calls_live") == 0
        assert await rig.metric('ivr_calls_ended_total{ending="transferred"}') == 1
        assert await rig.metric('ivr_callbacks_total{outcome="taken",type="CallConnected"}') == 1
        assert await rig.metric('ivr_callbacks_total{outcome="ignored",type="ParticipantsUpdated"}') == 1
        assert await rig.metric('ivr_actions_total{result="performed",verb="Answer"}') == 1
        assert await rig.metric("ivr_step_seconds_count") == len(await rig.desk.store.journal(call_id()))

    on_server(tmp_path, story)


def _pressed_one(asked: Any) -> dict[str, Any]:
    """The answer to whatever kind of recognition the machine asked for, when the caller presses 1."""
    if asked.kind == "choices":
        label = next(choice.label for choice in asked.choices if choice.tone == "1")
        return {"recognitionType": "choices", "choiceResult": {"label": label}, **result(200, 8533)}
    return {"recognitionType": "dtmf", "dtmfResult": {"tones": ["one"]}, **result(200, 8531)}


def test_repetitions_move_a_call_once(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        statuses = await asyncio.gather(*(rig.ring() for _ in range(5)))
        assert statuses == [200] * 5
        assert rig.host.verbs() == ["Answer"]
        batch = json.dumps([event("CallConnected", "1", operationContext=rig.host.op("Answer"))] * 3)
        assert [await rig.post_callback(batch) for _ in range(2)] == [(200, "")] * 2
        assert len(await rig.desk.store.journal(call_id())) == 2
        assert await rig.metric('ivr_events_dropped_total{reason="duplicate"}') == 5
        assert await rig.metric('ivr_events_dropped_total{reason="duplicate_offer"}') == 4

    on_server(tmp_path, story)


REFUSED: list[tuple[str, str, str]] = [
    ("none", "", "missing"),
    ("nonsense", "x.y.z", "malformed"),
    ("foreign issuer", make_token(iss="https://other.example"), "foreign_issuer"),
    ("foreign audience", make_token(aud="other"), "wrong_audience"),
    ("expired", make_token(exp=NOW - 61), "expired"),
    ("foreign key", make_token(FOREIGN), "bad_signature"),
    ("unknown key", make_token(kid="k9"), "unknown_key"),
]


def test_a_callback_without_a_genuine_token_is_never_a_step(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await rig.ring()
        for name, token, reason in REFUSED:
            rig.clock.at += BETWEEN_FETCHES
            assert await rig.call_back("CallConnected", name, token, operationContext=rig.host.op("Answer")) == 401, (
                name
            )
            line = f'ivr_tokens_refused_total{{endpoint="callbacks",reason="{reason}"}}'
            assert await rig.metric(line) == 1, name
        assert len(await rig.desk.store.journal(call_id())) == 1
        # The token comes first: who has none learns nothing about addresses, bodies and limits.
        for path, body in [("/callbacks/0/nobody", "x"), (callback_path(), b"x" * 30_000)]:
            assert (await rig.post_callback(body, "", path))[0] == 401

    on_server(tmp_path, story)


def test_when_the_keys_cannot_be_had_it_is_our_fault(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.key_server_down = True
        rig.clock.at += 90_000
        assert await rig.call_back("CallConnected", "1", make_token(exp=rig.clock.at + 300)) == 503
        assert (await rig.get("/readyz"))[1]["checks"]["keys"] is False
        rig.key_server_down = False
        rig.clock.at += BETWEEN_FETCHES
        assert await rig.call_back("CallConnected", "1", make_token(exp=rig.clock.at + 300)) == 200
        assert (await rig.get("/readyz"))[0] == 200

    on_server(tmp_path, story)


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b" " * 4096


BODIES: list[tuple[str, Any, int, Any]] = [
    ("not JSON", "{", 400, {"error": "not a list of CloudEvents"}),
    ("not events", "[1, 2]", 400, {"error": "not a list of CloudEvents"}),
    ("nothing", "[]", 200, ""),
    ("one of two", json.dumps([event("PlayCompleted", "1", operationContext="o"), 7]), 200, ""),
    ("a type nobody knows", json.dumps([event("CallSang", "1")]), 200, ""),
    ("a call nobody knows", json.dumps([event("CallConnected", "1", operationContext="o")]), 200, ""),
    ("announced too long", b" " * 20_001, 413, {"error": "more than 20000 bytes"}),
    ("exactly as long as allowed", b"[" + b" " * 19_998 + b"]", 200, ""),
]


@pytest.mark.parametrize(("body", "status", "answer"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES])
def test_bodies(tmp_path: Path, body: Any, status: int, answer: Any) -> None:
    async def story(rig: Rig) -> None:
        assert await rig.post_callback(body) == (status, answer)

    on_server(tmp_path, story)


def test_a_body_without_an_end_is_cut_off(tmp_path: Path) -> None:
    """Read no further than the limit: the answer, or at least the end of the connection, comes while we still send."""

    async def story(rig: Rig) -> None:
        with contextlib.suppress(ConnectionError, OSError):
            assert (await rig.post_callback(endless()))[0] == 413
        assert (await rig.get("/healthz"))[0] == 200

    on_server(tmp_path, story)


def test_what_is_counted_of_odd_callbacks(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for _, body, _, _ in BODIES[:6]:
            await rig.post_callback(body)
        assert await rig.metric('ivr_callbacks_total{outcome="malformed",type="malformed"}') == 4
        assert await rig.metric('ivr_callbacks_total{outcome="ignored",type="unknown"}') == 1
        assert await rig.metric('ivr_events_dropped_total{reason="unknown_call"}') == 2

    on_server(tmp_path, story)


def test_latency_and_age_are_measured(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await rig.ring()
        assert await rig.call_back("CallConnected", "1", operationContext=rig.host.op("Answer")) == 200
        assert await rig.call_back("CallConnected", "2", token="x") == 401
        # Who is refused is not a measure of how fast callbacks are served.
        assert await rig.metric("ivr_callback_seconds_count") == 1
        assert 0 < await rig.metric("ivr_callback_seconds_sum") < 10
        assert "ivr_outbox_oldest_seconds 0.0" in (await rig.get("/metrics"))[1]

    on_server(tmp_path, story)


def test_many_odd_elements_are_one_line_in_the_log(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        with capture_logs() as logs:
            await rig.post_callback(json.dumps([1] * 5000))
            await rig.ask("POST", f"/events?secret={SECRET}", data=json.dumps([1] * 5000))
        assert [(line["event"], line["count"]) for line in logs if "malformed" in line["event"]] == [
            ("callbacks malformed", 5000),
            ("events malformed", 5000),
        ]
        assert await rig.metric('ivr_callbacks_total{outcome="malformed",type="malformed"}') == 5000

    on_server(tmp_path, story)


def test_addresses(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        bearer = {"Authorization": f"Bearer {make_token()}"}
        wrong_shard = f"/callbacks/{(shard_of(call_id()) + 1) % 256}/{call_id()}"
        for method, path, status in [
            ("POST", wrong_shard, 404),
            ("POST", f"/callbacks/{'9' * 5000}/{call_id()}", 404),
            ("POST", callback_path().replace("/callbacks/", "/callbacks/0"), 404),
            ("POST", callback_path().replace(call_id(), f"..%2F..%2F{call_id()}"), 404),
            ("POST", "/callbacks/x/y", 404),
            ("POST", "/callbacks/1", 404),
            ("GET", callback_path(), 405),
            ("GET", "/events", 405),
            ("GET", "/nowhere", 404),
            ("DELETE", "/switches/closed", 405),
        ]:
            answer = await rig.ask(method, path, headers=bearer)
            assert answer[0] == status, path
            assert isinstance(answer[1]["error"], str), path

    on_server(tmp_path, story)


def test_handshakes(tmp_path: Path) -> None:
    validation = {
        "id": "1",
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "data": {"validationCode": "ABC", "validationUrl": "https://x"},
    }

    async def story(rig: Rig) -> None:
        path = f"/events?secret={SECRET}"
        assert await rig.ask("POST", path, data=json.dumps([validation])) == (200, {"validationResponse": "ABC"})
        origin = {"WebHook-Request-Origin": "eventgrid.azure.net", "WebHook-Request-Rate": "100"}
        async with rig.session.options(rig.base + path, headers=origin) as response:
            assert response.status == 200
            assert response.headers["WebHook-Allowed-Origin"] == "eventgrid.azure.net"
            assert response.headers["WebHook-Allowed-Rate"] == "*"
        assert (await rig.ask("OPTIONS", path))[0] == 400
        for method in ("POST", "OPTIONS"):
            for wrong in ("/events", "/events?secret=x", "/events?secret="):
                assert (await rig.ask(method, wrong, data=incoming(), headers=origin))[0] == 401
        assert await rig.metric('ivr_tokens_refused_total{endpoint="events",reason="wrong_secret"}') == 6
        assert not rig.host.asked

    on_server(tmp_path, story)


def test_event_grid_with_entra(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        authority = rig.desk.site.events.entra_authority
        good: dict[str, Any] = {
            "iss": f"{authority}/{TENANT}/v2.0",
            "aud": "api://ivr",
            "azp": "4962773b-9cdb-44cf-a8bf-237846a00ab7",
        }
        old: dict[str, Any] = {"iss": f"https://sts.windows.net/{TENANT}/", "aud": "api://ivr", "appid": good["azp"]}
        for claims, status in [(good, 200), (old, 200), ({**good, "azp": "other"}, 401), ({**good, "aud": "x"}, 401)]:
            headers = {"Authorization": f"Bearer {make_token(**claims)}"}
            path = f"/events?secret={SECRET}"
            assert (await rig.ask("POST", path, data=incoming(), headers=headers))[0] == status
        assert (await rig.ask("POST", path, data=incoming()))[0] == 401

    on_server(
        tmp_path,
        story,
        events=f'entra_tenant = "{TENANT}"\nentra_audience = "api://ivr"\nentra_authority = "KEYS"',
    )


def test_odd_events(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        path = f"/events?secret={SECRET}"
        assert (await rig.ask("POST", path, data="x"))[0] == 400
        assert (await rig.ask("POST", path, data=b" " * 20_001))[0] == 413
        assert (await rig.ask("POST", path, data=incoming(called="+18005550199")))[0] == 200
        other = json.dumps({"id": "1", "type": "Microsoft.Communication.CallEnded", "data": {}})
        assert (await rig.ask("POST", path, data=other))[0] == 200
        assert not rig.host.asked
        assert await rig.metric('ivr_events_dropped_total{reason="no_script"}') == 1
        assert await rig.metric('ivr_event_grid_events_total{outcome="ignored"}') == 1
        assert await rig.metric('ivr_event_grid_events_total{outcome="malformed"}') == 1

    on_server(tmp_path, story)


def test_a_store_that_fails_takes_nothing(tmp_path: Path) -> None:
    store = FailingStore(SqliteStore.open(tmp_path / "calls.db"))

    async def story(rig: Rig) -> None:
        assert await rig.ring() == 200
        store.failing = True
        op = rig.host.op("Answer")
        assert await rig.call_back("CallConnected", "1", operationContext=op) == 503
        assert await rig.ring("another") == 503
        status, answer = await rig.get("/readyz")
        assert (status, answer["checks"]["store"]) == (503, False)
        headers = {"Authorization": f"Bearer {OPERATOR}"}
        assert (await rig.ask("PUT", "/switches/closed", data='{"on": true}', headers=headers))[0] == 503
        assert (await rig.get("/healthz"))[0] == 200
        store.failing = False
        assert await rig.call_back("CallConnected", "1", operationContext=op) == 200
        assert len(rig.host.asked) > 1
        assert (await rig.get("/readyz"))[0] == 200

    on_server(tmp_path, story, store=cast(Store, store))
    asyncio.run(store.real.close())
