"""Misbehaviour: each fault does what its name says, and a seed repeats it."""

from __future__ import annotations

import aiohttp
import jwt
import pytest
from azure.communication.callautomation import TextSource
from azure.communication.callautomation.aio import CallAutomationClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from emulator_rig import CALLER_ID, LINE, Rig, run

from emulator import Config, Failure, Fault, Misbehaviour
from emulator.misbehave import Mischief

PLAY = TextSource(text="one two")  # 0.7 s


async def played(rig: Rig, *faults: Fault) -> list[str]:
    """Names of the events of one short call whose prompt is played under these faults."""
    _, connection = await rig.answer()
    rig.emulator.misbehave(Misbehaviour(faults=faults))
    await connection.play_media(PLAY)
    await rig.pass_time(1)
    await connection.hang_up(True)
    await rig.pass_time(5)
    return rig.names()[2:]


PLAIN = ["PlayStarted", "PlayCompleted", "CallDisconnected"]
FAULTS: dict[str, tuple[Fault, list[str]]] = {
    "none": (Fault("drop", "NoSuchEvent"), PLAIN),
    "dropped": (Fault("drop", "PlayCompleted"), ["PlayStarted", "CallDisconnected"]),
    "doubled": (Fault("duplicate", "PlayCompleted"), ["PlayStarted", "PlayCompleted", *PLAIN[1:]]),
    "delayed": (Fault("delay", "PlayCompleted"), ["PlayStarted", "CallDisconnected", "PlayCompleted"]),
    "overtaken": (Fault("reorder", "PlayStarted"), ["PlayCompleted", "PlayStarted", "CallDisconnected"]),
    "overtaken by nobody": (Fault("reorder", "CallDisconnected"), PLAIN),
    "unheard of": (Fault("unknown_event", "PlayCompleted"), ["PlayStarted", "SomethingNew", *PLAIN[1:]]),
    "late": (Fault("late_event"), [*PLAIN, "PlayCompleted"]),
    "forged": (Fault("foreign_token", "PlayCompleted"), ["PlayStarted", "PlayCompleted", *PLAIN[1:]]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_callback_fault(name: str) -> None:
    fault, expected = FAULTS[name]

    async def scenario(rig: Rig) -> None:
        assert await played(rig, fault) == expected
        ids = [event["id"] for event in rig.hook.events]
        repeated = len(ids) - len(set(ids))
        assert repeated == (1 if name in ("doubled", "forged") else 0)

    run(scenario)


WRONG: dict[str, type[Exception]] = {
    "bad_token": jwt.InvalidSignatureError,
    "expired_token": jwt.ExpiredSignatureError,
    "foreign_token": jwt.InvalidAudienceError,
}


async def published(rig: Rig) -> tuple[str, dict[str | None, jwt.PyJWK]]:
    """The issuer of the OpenID configuration, and the keys at the address that it names."""
    async with aiohttp.ClientSession() as session:
        async with session.get(rig.emulator.openid_url) as response:
            configuration = await response.json()
        async with session.get(configuration["jwks_uri"]) as response:
            keys = jwt.PyJWKSet.from_dict(await response.json()).keys
    return configuration["issuer"], {key.key_id: key for key in keys}


def test_forged_tokens_are_told_from_good_ones_by_the_published_keys() -> None:
    async def scenario(rig: Rig) -> None:
        await played(rig, Fault("bad_token"), Fault("expired_token"), Fault("foreign_token"))
        issuer, keys = await published(rig)
        assert issuer == "https://acscallautomation.communication.azure.com"

        def check(token: str) -> dict[str, int]:
            key, audience = keys[jwt.get_unverified_header(token)["kid"]], rig.emulator.config.resource_id
            claims: dict[str, int] = jwt.decode(token, key, ["RS256"], issuer=issuer, audience=audience)
            return claims

        callbacks = [headers for _, path, headers in rig.hook.requests if path.startswith("/callbacks")]
        for headers, delivery in zip(callbacks, rig.emulator.deliveries, strict=True):
            token = headers["Authorization"].removeprefix("Bearer ")
            if delivery.token == "good":
                claims = check(token)
                assert claims["exp"] - claims["iat"] == 300
            else:
                with pytest.raises(WRONG[delivery.token]):
                    check(token)
        assert {delivery.token for delivery in rig.emulator.deliveries} == {"good", *WRONG}

    run(scenario)


def test_rotated_key_is_published_and_the_old_one_kept_or_forgotten() -> None:
    async def scenario(rig: Rig) -> None:
        async def published() -> list[str]:
            async with aiohttp.ClientSession() as session, session.get(rig.emulator.keys_url) as response:
                return [key["kid"] for key in (await response.json())["keys"]]

        [first] = await published()
        rig.emulator.rotate_keys()
        second, kept = await published()
        assert kept == first
        assert jwt.get_unverified_header(rig.emulator.tokens.mint())["kid"] == second
        rig.emulator.rotate_keys(forget=True)
        assert not {first, second} & set(await published())

    run(scenario)


@pytest.mark.parametrize(
    ("kind", "status", "code"), [("throttle", 429, "8516"), ("fail_before", 500, "9999"), ("fail_after", 500, "9999")]
)
def test_rest_fault_and_whether_the_action_was_done(kind: str, status: int, code: str) -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        rig.emulator.misbehave(Misbehaviour(retry_after_seconds=7, faults=(Fault(kind, "play"),)))  # type: ignore[arg-type]
        with pytest.raises(HttpResponseError) as caught:
            await connection.play_media(PLAY)
        error = caught.value
        assert (error.status_code, error.error and error.error.code) == (status, code)
        headers: dict[str, str] = getattr(error.response, "headers", {})
        assert headers.get("Retry-After") == ("7" if kind == "throttle" else None)
        await rig.emulator.idle()
        assert ("PlayStarted" in rig.names()) == (kind == "fail_after")
        await connection.play_media(PLAY)

    run(scenario)


def test_operation_fails_after_it_was_accepted() -> None:
    failures = (Failure("play", 401, 8565), Failure("recognize", 500, 8512), Failure("answer", 487, 10004))

    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        rig.emulator.misbehave(Misbehaviour(failures=failures))
        await connection.play_media(PLAY)
        await connection.start_recognizing_media("dtmf", CALLER_ID, play_prompt=PLAY)
        await rig.emulator.idle()
        assert rig.names()[2:] == ["PlayFailed", "RecognizeFailed"]
        assert (rig.result("PlayFailed"), rig.result("RecognizeFailed")) == ((401, 8565), (500, 8512))
        call, _ = await rig.answer()
        assert rig.names()[4:] == ["AnswerFailed", "CallDisconnected"]
        assert rig.result("AnswerFailed") == (487, 10004)
        assert rig.emulator.call(call).end_reason == "answer failed"

    run(scenario)


def test_repeated_request_is_executed_once() -> None:
    """The client repeats a 500 with the same Repeatability-Request-ID; the second time it gets the first answer."""

    async def scenario(rig: Rig) -> None:
        await rig.dial()
        rig.emulator.misbehave(Misbehaviour(faults=(Fault("fail_after", "answer"),)))
        key = AzureKeyCredential(rig.emulator.config.access_key)
        async with CallAutomationClient(rig.emulator.url, key) as patient:
            made = await patient.answer_call(rig.hook.incoming[0]["incomingCallContext"], f"{rig.base}/c")
            await rig.emulator.idle()
            assert rig.names() == ["CallConnected", "ParticipantsUpdated"]
            connection = patient.get_call_connection(made.call_connection_id or "")
            rig.emulator.misbehave(Misbehaviour(faults=(Fault("fail_after", "play"),)))
            await connection.play_media(PLAY)
            await rig.pass_time(3)
            assert rig.names().count("PlayStarted") == 2, "play carries no such id: a repeated one is heard twice"

    run(scenario)


def test_callbacks_are_repeated_until_taken_only_by_option() -> None:
    async def scenario(rig: Rig) -> None:
        rig.hook.statuses = [503, 500, 200]
        await rig.answer()
        connected = [one.status for one in rig.emulator.deliveries if one.name == "CallConnected"]
        assert connected == ([503, 500, 200] if rig.emulator.config.retry_callbacks else [503])

    run(scenario)
    run(scenario, Config(retry_callbacks=True))


def test_incoming_call_is_repeated_after_ten_and_thirty_seconds() -> None:
    async def scenario(rig: Rig) -> None:
        rig.hook.incoming_statuses = [503, 500, 200]
        await rig.dial()
        assert [status for _, status in rig.emulator.grid.attempts] == [503]
        await rig.pass_time(10)
        assert [status for _, status in rig.emulator.grid.attempts] == [503, 500]
        await rig.pass_time(30)
        assert [status for _, status in rig.emulator.grid.attempts] == [503, 500, 200]
        assert len({event_id for event_id, _ in rig.emulator.grid.attempts}) == 1
        rig.hook.incoming_statuses = [400]
        await rig.dial()
        await rig.pass_time(60)
        assert [status for _, status in rig.emulator.grid.attempts][3:] == [400]

    run(scenario)


def test_incoming_call_comes_twice() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.dial()
        assert len(rig.hook.incoming) == 2
        assert rig.hook.incoming[0] == rig.hook.incoming[1]

    run(scenario, Config(misbehaviour=Misbehaviour(faults=(Fault("duplicate_incoming"),))))


def test_seed_repeats_the_dice() -> None:
    plan = Misbehaviour(seed=5, duplicate=0.3, drop=0.2, fail_after=0.2)

    def thrown(seed: int) -> list[object]:
        mischief = Mischief(
            Misbehaviour(seed=seed, duplicate=plan.duplicate, drop=plan.drop, fail_after=plan.fail_after)
        )
        return [mischief.callback("PlayCompleted") for _ in range(40)] + [mischief.rest("play") for _ in range(40)]

    assert thrown(5) == thrown(5)
    assert thrown(5) != thrown(6)


def test_forty_planned_calls_under_chance_faults_lose_nothing() -> None:
    """Duplicates, delays, reordering and forged tokens: every genuine event still arrives."""
    faults = Misbehaviour(
        seed=1, duplicate=0.2, delay=0.1, reorder=0.2, bad_token=0.1, unknown_event=0.1, late_event=0.3
    )

    async def scenario(rig: Rig) -> None:
        calls = [
            rig.emulator.dial(f"+1425555{n:04d}", LINE, plan=[{"press": "1"}, {"hang_up": True}]) for n in range(40)
        ]
        await rig.emulator.idle()
        assert CALLER_ID.properties["value"] not in {one["from"]["phoneNumber"]["value"] for one in rig.hook.incoming}
        for data in rig.hook.incoming:
            made = await rig.client.answer_call(data["incomingCallContext"], f"{rig.base}/c")
            connection = rig.client.get_call_connection(made.call_connection_id or "")
            who = type(CALLER_ID)(data["from"]["phoneNumber"]["value"])
            await connection.start_recognizing_media("dtmf", who, dtmf_max_tones_to_collect=1)
            await connection.start_recognizing_media("dtmf", who, dtmf_max_tones_to_collect=1)
        await rig.pass_time(20)
        assert {rig.emulator.call(call).ended_by for call in calls} == {"caller"}
        unique = {event["id"]: event["type"].rpartition(".")[2] for event in rig.hook.events}
        for name in ("CallConnected", "CallDisconnected"):
            assert list(unique.values()).count(name) == 40

    run(scenario, Config(misbehaviour=faults))
