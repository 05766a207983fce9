"""Each check against local servers that have the fault, and against the emulator that has none."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from check_rig import HERE, Handler, answering, closed_port, context, dumb, only, signed, verdicts

from dsl import Program, Source, check, parse
from emulator import Config, Emulator, Line
from interpreter.azure.transport import open_session
from interpreter.hostcheck import Finding, address
from interpreter.hostcheck.address import check_address, check_callbacks, check_events
from interpreter.hostcheck.keeping import check_keeping
from interpreter.hostcheck.looking import check_licences
from interpreter.hostcheck.others import check_others
from interpreter.hostcheck.run import check_site
from interpreter.hostcheck.service import Resource, check_accounts, check_resource
from interpreter.hostcheck.speech import check_speech
from interpreter.hostcheck.tokens import check_tokens
from interpreter.ports import SystemClock
from interpreter.site import Site

KEY = "YSBrZXkgb2YgYSB0ZXN0"
ACCOUNT, TENANT = "cc123456-5678-4678-8234-ccc123456789", "9f6b1a40-1111-4222-8333-123456789abc"
AGENT = "11111111-1111-4111-8111-111111111111"
CLOCK = SystemClock()

SCRIPT = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    languages en-US, es-ES
    language en-US
    voice en-US "{voice}"
    on caller hangup -> finish left
    on system error  -> sorry

step welcome
    say "Welcome."
    go to desk

transfer desk
    to number front_desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Goodbye."
    finish done
"""


def program(voice: str = "en-US-AvaNeural", languages: str = "en-US, es-ES") -> Program:
    text = SCRIPT.replace("{voice}", voice).replace("languages en-US, es-ES", f"languages {languages}")
    checked = check(Source("test.ivr", text))
    if checked.program is None:
        from dsl import parse

        return Program(Source("test.ivr", text), parse(Source("test.ivr", text)).script)
    return checked.program


def site(text: str, folder: Path = Path()) -> Site:
    return Site.parse(text, folder)


async def no_token() -> str:
    raise ValueError("this machine has no identity")


def resource(text: str) -> list[Finding]:
    """What is said of the resource of a site file."""

    async def run() -> list[Finding]:
        async with open_session(None, 5.0) as session:
            made = site(text)
            return await check_resource(made, Resource(made, session, no_token), CLOCK)

    return asyncio.run(run())


def answer(status: int, body: Any = None, ahead: float | None = None, **more: str) -> Handler:
    """``ahead``: so many seconds the service's clock is before ours."""

    async def handle(request: web.Request) -> web.StreamResponse:
        headers = more if ahead is None else {**more, "Date": formatdate(time.time() + ahead, usegmt=True)}
        if body is None:
            return web.Response(status=status, headers=headers)
        return web.json_response(body, status=status, headers=headers)

    return handle


def against(handler: Handler, ask: Callable[[str], Awaitable[list[Finding]]]) -> list[Finding]:
    async def run() -> list[Finding]:
        async with answering(handler) as base:
            return await ask(base)

    return asyncio.run(run())


def error(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": "m"}}


# --------------------------------------------------------------------------------------------------------------------
# The resource


def ask_resource(text: str) -> Callable[[str], Awaitable[list[Finding]]]:
    async def ask(base: str) -> list[Finding]:
        async with open_session(None, 5.0) as session:
            made = site(text.replace("BASE", base))
            return await check_resource(made, Resource(made, session, no_token), CLOCK)

    return ask


WITH_KEY = f'[service]\nendpoint = "BASE"\nkey = "{KEY}"\n'

ANSWERS: dict[str, tuple[Handler, dict[str, str], str]] = {
    "known": (answer(404, error("8522")), {"endpoint": "ok", "key": "ok", "clock": "ok"}, "takes our key"),
    "another key": (answer(401, error("7509")), {"endpoint": "ok", "key": "wrong", "clock": "ok"}, "(401 7509)"),
    "not allowed": (answer(403, error("7504")), {"endpoint": "ok", "key": "wrong", "clock": "ok"}, "(403 7504)"),
    "somebody else": (answer(404), {"endpoint": "wrong", "clock": "ok"}, "not as Call Automation"),
    "a page": (answer(200, {"hello": 1}), {"endpoint": "wrong", "clock": "ok"}, "not as Call Automation"),
    "busy": (answer(429, error("8516")), {"endpoint": "warning", "key": "cannot tell", "clock": "ok"}, "429"),
    "broken": (answer(503), {"endpoint": "warning", "key": "cannot tell", "clock": "ok"}, "503"),
    "a clock that is behind": (
        answer(404, error("8522"), ahead=120),
        {"endpoint": "ok", "key": "ok", "clock": "warning"}, "behind the service's",
    ),
    "a clock that is far ahead": (
        answer(401, error("7509"), ahead=-900),
        {"endpoint": "ok", "key": "wrong", "clock": "wrong"}, "ahead of the service's",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_what_the_resource_answers(name: str) -> None:
    handler, expected, says = ANSWERS[name]
    found = against(handler, ask_resource(WITH_KEY))
    assert verdicts(found) == expected
    assert any(says in each.says for each in found)
    assert all(each.fix for each in found if each.verdict in ("wrong", "warning"))
    assert KEY not in str(found)


def test_the_question_is_a_signed_reading_one() -> None:
    seen: list[web.Request] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        seen.append(request)
        return web.json_response(error("8522"), status=404)

    against(handler=handle, ask=ask_resource(WITH_KEY))
    [one] = seen
    assert (one.method, one.path.rpartition("/")[0]) == ("GET", "/calling/callConnections")
    assert one.query["api-version"] == "2026-03-12"
    assert one.headers["Authorization"].startswith("HMAC-SHA256 SignedHeaders=")


@pytest.mark.parametrize(
    ("text", "expected", "says"),
    [
        ("", {"resource": "wrong"}, "names no resource"),
        (
            f'[service]\nendpoint = "http://127.0.0.1:{closed_port()}"\nkey = "{KEY}"',
            {"endpoint": "wrong", "key": "cannot tell"},
            "nobody listens",
        ),
        (
            f'[service]\nendpoint = "https://contoso.communication.invalid"\nkey = "{KEY}"',
            {"endpoint": "wrong", "key": "cannot tell"},
            "is not known",
        ),
        ('[service]\nendpoint = "http://127.0.0.1:9"\nkey = "not base64!"', {"key": "wrong"}, "not base64"),
        (
            '[service]\nendpoint = "https://127.0.0.1:9"\ncredential = "entra"',
            {"key": "wrong"},
            "this machine has no identity",
        ),
    ],
)
def test_a_resource_that_cannot_be_asked(text: str, expected: dict[str, str], says: str) -> None:
    found = resource(text)
    assert {**verdicts(found)} == expected
    assert any(says in each.says for each in found)


def test_a_name_that_is_not_a_resource_s() -> None:
    found = resource(f'[service]\nendpoint = "https://contoso.example.invalid"\nkey = "{KEY}"')
    assert any(each.verdict == "warning" and "not the name of a communication resource" in each.says for each in found)


# --------------------------------------------------------------------------------------------------------------------
# Accounts of Teams

LINES = f"""
[lines]
"28:orgid:{ACCOUNT}" = "a.ivr"
[agents.maria]
user = "{AGENT}"
tenant = "{TENANT}"
"""


def accounts(handler: Handler, text: str = LINES) -> list[Finding]:
    async def ask(base: str) -> list[Finding]:
        async with open_session(None, 5.0) as session:
            head = f'[service]\nendpoint = "{base}"\nkey = "{KEY}"\nresource_id = "{TENANT}"\n'
            made = site(head + text)
            return await check_accounts(made, Resource(made, session, no_token))

    return against(handler, ask)


def test_accounts_that_are_bound_are_told_from_those_that_are_not() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        tenant, account = request.path.split("/")[4], request.path.split("/")[6]
        assert (tenant, request.query["api-version"]) == (TENANT, "2025-06-30")
        if account == ACCOUNT:
            return web.json_response({"principalType": "teamsResourceAccount", "clientIds": []})
        return web.json_response(error("ResourceNotFound"), status=404)

    found = accounts(handle)
    assert verdicts(found) == {"resource account": "ok", "agent maria": "wrong"}
    fix = only(found, "agent maria").fix
    assert fix.startswith(f"allow it: PUT /access/teamsExtension/tenants/{TENANT}/assignments/{AGENT} ")
    assert '"principalType": "user"' in fix


def test_an_account_that_is_bound_as_something_else() -> None:
    found = accounts(answer(200, {"principalType": "user"}))
    assert verdicts(found) == {"resource account": "wrong", "agent maria": "ok"}


def test_accounts_of_whom_nothing_can_be_told() -> None:
    found = accounts(answer(500))
    assert set(verdicts(found).values()) == {"cannot tell"}
    found = accounts(answer(200, {}), f'[lines]\n"28:orgid:{ACCOUNT}" = "a.ivr"\n')
    assert "of which tenant" in only(found, "resource account").says
    assert "Get-CsOnlineApplicationInstance" in only(found, "resource account").fix


def test_licences_are_told_where_they_are_needed_and_how_to_look() -> None:
    found = list(check_licences(site(LINES + f'[service]\nresource_id = "{TENANT}"\n'), [program()]))
    assert verdicts(found) == dict.fromkeys(("numbers", "calling plan", "agents' licences"), "cannot tell")
    assert all(each.fix.startswith("look ") for each in found)
    assert list(check_licences(site('[lines]\n"+18005550100" = "a.ivr"'), [program()])) == []


def test_lines_that_only_make_calls_are_looked_at_like_all() -> None:
    only_makes = f"""
[calling]
countries = ["US"]
[outbound.reminder]
script = "a.ivr"
line = "28:orgid:{ACCOUNT}"
"""
    found = accounts(answer(200, {"principalType": "teamsResourceAccount"}), only_makes)
    assert "resource account" in {each.what for each in found}
    makes = Program(text := Source("a.ivr", "ivr 1\nflow a(number phone) outbound\n"), parse(text).script)
    assert "calling plan" in verdicts(list(check_licences(site(only_makes), [makes])))


# --------------------------------------------------------------------------------------------------------------------
# Our own address


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = signed("A test's authority", None, ca=True)
    (tmp_path / "ca.pem").write_bytes(made.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    return made


def at(base: str, more: str = "") -> Site:
    return site(f'[server]\ncallback_base = "{base}"\n{more}')


@pytest.mark.parametrize(
    ("days", "verdict", "says"),
    [(90, "ok", "it is good until"), (5, "warning", "ends in 5 days"), (-1, "wrong", "has expired")],
)
def test_the_days_of_a_certificate(days: int, verdict: str, says: str, authority: Any, tmp_path: Path) -> None:
    async def run() -> list[Finding]:
        tls = context(tmp_path, signed("a", authority, names=HERE, days=days))
        async with answering(answer(200), tls) as base:
            return await check_address(at(base), CLOCK)

    found = only(asyncio.run(run()), "certificate")
    assert found.verdict == verdict
    assert says in found.says


def test_an_authority_of_the_site_file_s_own_is_not_the_world_s(tmp_path: Path, authority: Any) -> None:
    own = signed("An emulator's authority", None, ca=True)
    (tmp_path / "own.pem").write_bytes(own.pem)

    async def run() -> list[Finding]:
        tls = context(tmp_path, signed("a", own, names=HERE))
        async with answering(answer(200), tls) as base:
            made = Site.parse(f'[server]\ncallback_base = "{base}"\n[service]\nca_file = "own.pem"\n', tmp_path)
            return await check_address(made, CLOCK)

    found = [each for each in asyncio.run(run()) if each.what == "certificate"]
    assert [each.verdict for each in found] == ["warning", "ok"]
    assert "does not know that authority" in found[0].says


@pytest.mark.parametrize(
    ("base", "verdict", "says"),
    [
        ("http://ivr.example", "wrong", "refuses addresses that are not https"),
        (f"http://127.0.0.1:{closed_port()}", "wrong", "nobody listens"),
        ("https://no-such-name.invalid", "wrong", "is not known"),
    ],
)
def test_addresses_that_the_service_cannot_call_back(base: str, verdict: str, says: str) -> None:
    [found] = asyncio.run(check_address(at(base), CLOCK))
    assert (found.verdict, says in found.says) == (verdict, True)
    [nowhere] = asyncio.run(check_address(site(""), CLOCK))
    assert nowhere.verdict == "wrong"


def test_a_name_that_leads_to_a_private_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def lead(*_: object, **__: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", lead)
    found = list(address._of_place("ivr.example"))
    assert [each.verdict for each in found] == ["warning"]
    assert "10.1.2.3" in found[0].says


EVENTS = '[events]\nsecret = "grid secret/1"\n'


def events(handler: Handler, more: str = EVENTS) -> list[Finding]:
    async def ask(base: str) -> list[Finding]:
        async with open_session(None, 5.0) as session:
            return await check_events(at(base, more), session)

    return against(handler, ask)


async def grid(request: web.Request) -> web.StreamResponse:
    """As the server answers."""
    if request.query.get("secret", "") not in ("grid secret/1", ""):
        return web.Response(status=401)
    if request.method == "OPTIONS":
        return web.Response(headers={"WebHook-Allowed-Origin": request.headers["WebHook-Request-Origin"]})
    [event] = await request.json()
    assert request.headers["aeg-event-type"] == "SubscriptionValidation"
    return web.json_response({"validationResponse": event["data"]["validationCode"]})


def test_both_handshakes_of_event_grid() -> None:
    found = events(grid)
    assert verdicts(found) == {
        "CloudEvents handshake": "ok", "Event Grid handshake": "ok", "subscription": "cannot tell",
    }  # fmt: skip
    assert "grid secret" not in str(found)
    assert only(events(grid, ""), "secret").verdict == "warning"
    entra = f'[events]\nentra_tenant = "{TENANT}"\nentra_audience = "api://ivr"\n'
    assert "Event Grid handshake" not in verdicts(events(grid, entra)), "only Event Grid has its token"


@pytest.mark.parametrize(
    ("handler", "says"),
    [
        (answer(401), "refuses it (401)"),
        (answer(404), "there is no /events (404)"),
        (answer(502), "the server does not (502)"),
        (answer(302), "the answer is 302"),
    ],
)
def test_handshakes_that_fail(handler: Handler, says: str) -> None:
    found = events(handler)
    for what in ("CloudEvents handshake", "Event Grid handshake"):
        assert only(found, what).verdict == "wrong"
        assert says in only(found, what).says
        assert only(found, what).fix


def test_somebody_else_who_says_yes_to_everything() -> None:
    found = events(answer(200, {"validationResponse": "something"}))
    assert only(found, "Event Grid handshake").verdict == "wrong"
    assert "does not return the code" in only(found, "Event Grid handshake").says
    assert only(found, "CloudEvents handshake").verdict == "wrong"


@pytest.mark.parametrize(
    ("handler", "more", "verdict", "says"),
    [
        (answer(401, {"error": "not authorised"}), "", "ok", "those without a token are refused"),
        (answer(401), "", "wrong", "refuses it"),
        (answer(503, {"error": "try again"}), "", "wrong", "no keys"),
        (answer(200), "", "wrong", "without a token is taken"),
        (answer(404), "", "wrong", "there is no /callbacks"),
        (answer(502), "", "wrong", "the proxy answers"),
        (answer(404, {"error": "no such call"}), "[callbacks]\nverify = false\n", "warning", "from anybody"),
    ],
)
def test_the_way_of_callbacks(handler: Handler, more: str, verdict: str, says: str) -> None:
    async def ask(base: str) -> list[Finding]:
        async with open_session(None, 5.0) as session:
            return await check_callbacks(at(base, more), session)

    found = only(against(handler, ask), "way of callbacks")
    assert (found.verdict, says in found.says) == (verdict, True), found


# --------------------------------------------------------------------------------------------------------------------
# Tokens


def tokens(handler: Handler, text: str) -> list[Finding]:
    async def ask(base: str) -> list[Finding]:
        async with open_session(None, 5.0) as session:
            return await check_tokens(site(text.replace("BASE", base)), session)

    return against(handler, ask)


CALLBACKS = (
    f'[service]\nresource_id = "{TENANT}"\n[callbacks]\nopenid_configuration = "BASE/openid"\nissuer = "https://i"\n'
)


def described(request: web.Request, issuer: str = "https://i") -> web.Response:
    return web.json_response({"issuer": issuer, "jwks_uri": f"http://{request.host}/keys"})


def test_keys_that_are_there() -> None:
    made = Emulator(Config())

    async def handle(request: web.Request) -> web.StreamResponse:
        return described(request) if request.path == "/openid" else web.json_response(made.tokens.key_set())

    found = tokens(handle, CALLBACKS)
    assert verdicts(found) == {"keys for callbacks": "ok"}
    assert "1 key from 127.0.0.1" in found[0].says


async def _other_issuer(request: web.Request) -> web.StreamResponse:
    return described(request, "https://elsewhere")


async def _no_keys(request: web.Request) -> web.StreamResponse:
    return described(request) if request.path == "/openid" else web.json_response({"keys": []})


@pytest.mark.parametrize(
    ("handler", "says"),
    [
        (answer(404), "answers 404"),
        (answer(200, {"hello": 1}), "names no jwks_uri"),
        (answer(200, "text"), "something else than an object"),
        (_other_issuer, "tokens come from https://elsewhere"),
        (_no_keys, "no RSA key"),
    ],
)
def test_keys_that_are_not_there(handler: Handler, says: str) -> None:
    [found] = tokens(handler, CALLBACKS)
    assert (found.verdict, says in found.says) == ("wrong", True), found
    assert found.fix


def test_whose_tokens_and_whether_at_all() -> None:
    found = tokens(answer(404), "")
    assert any("resource_id is missing" in each.says for each in found)
    assert only(tokens(answer(404), "[callbacks]\nverify = false"), "keys for callbacks").verdict == "warning"
    tenant = '[desktop]\nentra_tenant = "{t}"\naudience = "a"\nentra_authority = "BASE"\n'.replace("{t}", TENANT)
    found = tokens(answer(400), CALLBACKS + tenant)
    assert only(found, "keys for desktop").verdict == "wrong"


# --------------------------------------------------------------------------------------------------------------------
# Speech

VOICES = [
    {"ShortName": "en-US-AvaNeural", "Locale": "en-US"}, {"ShortName": "es-ES-ElviraNeural", "Locale": "es-ES"},
    {"ShortName": "en-US-Ava:DragonHDLatestNeural", "Locale": "en-US"},
]  # fmt: skip


def speech(handler: Handler, programs: Sequence[Program], key: str = "a speech key") -> list[Finding]:
    async def ask(base: str) -> list[Finding]:
        async with open_session(None, 5.0) as session:
            text = f'[service]\ncognitive_services_endpoint = "{base}"\n'
            text += f'cognitive_services_key = "{key}"\n' if key else ""
            return await check_speech(site(text), session, programs, no_token)

    return against(handler, ask)


def test_voices_and_languages_of_the_scripts() -> None:
    found = speech(answer(200, VOICES), [program()])
    assert verdicts(found) == {
        "speech service": "ok", "language en-US": "ok", "language es-ES": "ok", "voice en-US-AvaNeural": "ok",
        "link": "cannot tell",
    }  # fmt: skip
    assert "a speech key" not in str(found)
    found = speech(answer(200, VOICES), [program("en-US-AvvaNeural", "en-US, fi-FI")])
    assert only(found, "voice en-US-AvvaNeural").fix == "did you mean en-US-AvaNeural?"
    assert only(found, "language fi-FI").verdict == "wrong"
    hd = speech(answer(200, VOICES), [program("en-US-Ava:DragonHDLatestNeural")])
    assert only(hd, "voice en-US-Ava:DragonHDLatestNeural").verdict == "warning"


@pytest.mark.parametrize(
    ("handler", "key", "verdict", "says"),
    [
        (answer(401), "k", "wrong", "does not take our key"),
        (answer(401), "", "cannot tell", "only to those whom it knows"),
        (answer(404), "k", "wrong", "not as a speech service"),
        (answer(200, {"no": "list"}), "k", "wrong", "not as a speech service"),
    ],
)
def test_a_speech_service_that_does_not_say(handler: Handler, key: str, verdict: str, says: str) -> None:
    found = only(speech(handler, [program()], key), "speech service")
    assert (found.verdict, says in found.says) == (verdict, True)
    assert found.fix


def test_without_a_speech_service_nothing_is_said() -> None:
    async def run() -> list[Finding]:
        async with open_session(None, 5.0) as session:
            return await check_speech(site(""), session, [program()], no_token)

    [found] = asyncio.run(run())
    assert found.verdict == "wrong"


# --------------------------------------------------------------------------------------------------------------------
# Keeping, and others


def keeping(text: str, folder: Path) -> list[Finding]:
    async def run() -> list[Finding]:
        async with open_session(None, 5.0) as session:
            return await check_keeping(site(text, folder), session)

    return asyncio.run(run())


def test_what_can_be_written_and_what_cannot(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert verdicts(keeping("", tmp_path)) == {"store": "ok", "recordings": "ok", "messages": "ok"}
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["messages", "recordings"], "nothing is left behind"
    (tmp_path / "file").write_text("in the way")
    text = '[store]\npath = "none/ivr.db"\n[recording]\nfolder = "file/rec"\n[voicemail]\nfolder = "file/msg"\n'
    found = keeping(text, tmp_path)
    assert verdicts(found) == {"store": "wrong", "recordings": "wrong", "messages": "wrong"}
    assert "there is no folder" in only(found, "store").says
    assert "Not a directory" in only(found, "recordings").says
    assert "file/msg" in only(found, "messages").says
    assert "Not a directory" in caplog.text


@pytest.mark.parametrize(
    ("handler", "verdict", "says"),
    [
        (answer(401), "cannot tell", "whether the service may write"),
        (answer(404, {}, None, **{"x-ms-error-code": "ContainerNotFound"}), "wrong", "no such container"),
        (answer(200), "wrong", "anybody can read it"),
    ],
)
def test_a_container_of_our_own(handler: Handler, verdict: str, says: str, authority: Any, tmp_path: Path) -> None:
    async def run() -> list[Finding]:
        tls = context(tmp_path, signed("a", authority, names=HERE))
        async with answering(handler, tls) as base, open_session(None, 5.0) as session:
            made = site(f'[recording]\ncontainer = "{base}/calls?sig=s3cret"\n', tmp_path)
            return await check_keeping(made, session)

    found = only(asyncio.run(run()), "recording container")
    assert (found.verdict, says in found.says) == (verdict, True)
    assert "s3cret" not in str(found)


def test_a_container_that_cannot_be(tmp_path: Path) -> None:
    for place, says in (("http://st.example/c", "only over https"), ("https://st.invalid/c", "is not known")):
        found = only(keeping(f'[recording]\ncontainer = "{place}"\n', tmp_path), "recording container")
        assert (found.verdict, says in found.says) == ("wrong", True)


def others(handler: Handler, text: str) -> list[Finding]:
    async def ask(base: str) -> list[Finding]:
        async with open_session(None, 5.0) as session:
            return await check_others(site(text.replace("BASE", base)), session, CLOCK)

    return against(handler, ask)


def here(request: object, amount: object) -> dict[str, str]:
    """A card service of a module."""
    return {"outcome": "paid"}


OTHERS = f"""
[data.crm.there]
url = "BASE/customers/{{phone}}?key=s3cret"
headers = {{ Authorization = "s3cret" }}
[data.crm.away]
url = "https://crm.invalid/{{phone}}"
[data.crm.module]
python = "{__name__}:here"
[data.crm.no_module]
python = "no_such_module:x"
[data.crm.no_name]
python = "{__name__}:nothing"
[data.crm.no_function]
python = "{__name__}:CLOCK"
[card_services.cards]
url = "http://127.0.0.1:{closed_port()}/charges"
[notify.team]
url = "BASE/hook?token=s3cret"
[understanding.chat]
url = "https://models.invalid/v1"
model = "small"
[audio]
hold = "BASE/hold.wav"
"""


def test_everybody_else(tmp_path: Path) -> None:
    asked: list[str] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(body=b"RIFF....WAVE", content_type="audio/wav")

    found = others(handle, OTHERS)
    assert verdicts(found) == {
        "data crm.there": "ok", "data crm.away": "wrong", "data crm.module": "ok", "data crm.no_module": "wrong",
        "data crm.no_name": "wrong", "data crm.no_function": "wrong", "card service cards": "wrong",
        "notify team": "ok", "audio hold": "ok", "understanding": "wrong",
    }  # fmt: skip
    assert asked == ["/hold.wav"], "other people's systems are not asked for anything"
    assert "s3cret" not in str(found)


@pytest.mark.parametrize(
    ("handler", "says"), [(answer(404), "answers 404"), (answer(200, {"no": "sound"}), "neither WAV nor MP3")]
)
def test_audio_that_is_none(handler: Handler, says: str) -> None:
    found = only(others(handler, '[audio]\nhold = "BASE/hold.wav?sig=s3cret"\n'), "audio hold")
    assert (found.verdict, says in found.says) == ("wrong", True)
    assert "s3cret" not in str(found)


def test_mail_and_presence() -> None:
    text = f'[mail]\nserver = "127.0.0.1"\nport = {closed_port()}\n[notify.desk]\nmail = "desk@contoso.com"\n'
    assert only(others(answer(200), text), "mail").verdict == "wrong"

    presence = f'[presence]\nclient_id = "{AGENT}"\ntenant = "{TENANT}"\nsecret = "s3cret"\n'
    presence += 'authority = "BASE"\ngraph = "BASE"\n'
    granted = others(answer(200, {"access_token": "t", "expires_in": 3600}), presence)
    assert only(granted, "presence").verdict == "ok"
    denied = others(answer(401, {"error": "invalid_client"}), presence)
    assert only(denied, "presence").verdict == "wrong"
    assert "s3cret" not in str(denied)


def test_a_mail_server_that_is_there() -> None:
    async def run() -> list[Finding]:
        async with dumb(b"220 mail\r\n") as where, open_session(None, 5.0) as session:
            host, _, port = where.partition(":")
            text = f'[mail]\nserver = "{host}"\nport = {port}\n[notify.desk]\nmail = "desk@contoso.com"\n'
            return await check_others(site(text), session, CLOCK)

    assert only(asyncio.run(run()), "mail").verdict == "ok"


# --------------------------------------------------------------------------------------------------------------------
# The whole


def test_a_site_on_the_emulator_has_nothing_wrong_but_our_own_absence(tmp_path: Path) -> None:
    async def run() -> list[Finding]:
        emulator = Emulator(Config(lines=(Line("+18005550100", ACCOUNT),), tenant=TENANT))
        await emulator.start()
        try:
            text = f"""
            [service]
            endpoint = "{emulator.url}"
            key = "{emulator.config.access_key}"
            resource_id = "{emulator.config.resource_id}"
            cognitive_services_endpoint = "{emulator.url}"
            cognitive_services_key = "any"
            [server]
            callback_base = "http://127.0.0.1:{closed_port()}"
            [callbacks]
            openid_configuration = "{emulator.openid_url}"
            [lines]
            "28:orgid:{ACCOUNT}" = "a.ivr"
            [desktop]
            entra_tenant = "{TENANT}"
            audience = "a"
            entra_authority = "{emulator.url}"
            """
            return await check_site(site(text, tmp_path), [program()], CLOCK)
        finally:
            await emulator.stop()

    found = asyncio.run(run())
    assert [each.what for each in found if each.verdict == "wrong"] == ["callback_base", "keys for desktop"]
    assert only(found, "key").verdict == only(found, "resource account").verdict == "ok"
    assert only(found, "voice en-US-AvaNeural").verdict == "ok"
    topics = [each.topic for each in found]
    assert topics == sorted(topics, key=topics.index), "each topic in one place"


def test_a_check_with_a_fault_spoils_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> list[Finding]:
        raise KeyError("a fault of ours")

    monkeypatch.setattr("interpreter.hostcheck.run.check_tokens", broken)
    found = asyncio.run(check_site(site("", tmp_path), [], CLOCK))
    assert only(found, "tokens").verdict == "cannot tell"
    assert "a fault of ours" in caplog.text
    assert only(found, "store").verdict == "ok"


def test_the_emulator_keeps_consent() -> None:
    async def run() -> list[int]:
        emulator = Emulator(Config())
        await emulator.start()
        try:
            text = f'[service]\nendpoint = "{emulator.url}"\nkey = "{emulator.config.access_key}"\n'
            path = f"/access/teamsExtension/tenants/{TENANT}/assignments/{ACCOUNT}?api-version=2025-06-30"
            from interpreter.azure.downloads import sign

            found = []
            async with open_session(None, 5.0) as session:
                consent = json.dumps({"principalType": "teamsResourceAccount"}).encode()
                wrong = json.dumps({"principalType": "robot"}).encode()
                steps = [("GET", b""), ("PUT", wrong), ("PUT", consent), ("PUT", consent), ("GET", b"")]
                steps += [("DELETE", b""), ("GET", b"")]
                host = emulator.url.partition("//")[2]
                for method, body in steps:
                    headers = sign(emulator.config.access_key, method, host, path, body)
                    async with session.request(method, emulator.url + path, headers=headers, data=body or None) as said:
                        found.append(said.status)
                async with session.get(emulator.url + path) as said:
                    found.append(said.status)
                assert site(text).service.access() is not None
            return found
        finally:
            await emulator.stop()

    assert asyncio.run(run()) == [404, 400, 201, 200, 200, 204, 404, 401]
