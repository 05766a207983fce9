"""Actions as requests: the bytes of the wire contract's appendix B, the answers, and what is not repeated."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from pathlib import Path
from typing import Any

import azure.identity.aio
import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure_stub import RESOURCE, Answer, Seen, Service, running, site_for
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from interpreter import protocol
from interpreter.azure.commands import connect
from interpreter.azure.speech import pieces
from interpreter.ports import Line, Performance, Performed, Refused, Request, TryLater
from interpreter.protocol import (
    CancelMedia,
    Choice,
    HangUp,
    HostAction,
    Play,
    PlayAudio,
    Recognize,
    Reject,
    SayText,
    StartTones,
    Transfer,
)
from interpreter.site import Site

LINE = Line("call-1", 17, "cc-1", "TICKET", "+15551230001", "+18005550100")
TEAMS_LINE = Line("call-1", 17, "cc-1", "TICKET", "+15551230001", "28:orgid:aaaa")
REQUEST = Request("0f8fad5b-d9cb-469f-a165-70867728950e", 1_764_000_000.9, 1)
FIRST_SENT = "Mon, 24 Nov 2025 16:00:00 GMT"
CALL = "/calling/callConnections/cc-1"
CALLER = {"rawId": "4:+15551230001", "phoneNumber": {"value": "+15551230001"}}
DESK = {"rawId": "4:+14255550111", "phoneNumber": {"value": "+14255550111"}}
AGENT = {
    "userId": "33333333-3333-4333-8333-333333333333",
    "tenantId": "44444444-4444-4444-8444-444444444444",
    "resourceId": RESOURCE,
    "cloud": "PUBLIC",
}
NANCY = "en-US-NancyNeural"


def said(text: str) -> dict[str, Any]:
    return {"kind": "text", "text": {"text": text, "sourceLocale": "en-US", "voiceKind": "female"}}


def nancy(text: str) -> dict[str, Any]:
    return {"kind": "text", "text": {"text": text, "sourceLocale": "en-US", "voiceName": NANCY}}


def played(*sources: dict[str, Any]) -> dict[str, Any]:
    return {
        "playSources": list(sources),
        "playTo": [],
        "interruptCallMediaOperation": False,
        "playOptions": {"loop": False},
        "operationContext": "o",
    }


HOLD = {"kind": "file", "file": {"uri": "https://audio.example/hold.wav"}}


def recognize(kind: str = "tones", **more: Any) -> Recognize:
    values: dict[str, Any] = {
        "prompts": (SayText("p"),),
        "barge_in": True,
        "first": 5.0,
        "between": 3.0,
        "max_tones": 4,
        "stop_tones": "#",
        "choices": (),
        "language": "en-US",
    }
    return Recognize(op="o", kind=kind, **{**values, **more})  # type: ignore[arg-type]


def listened(kind: str, options: dict[str, Any], **prompts: Any) -> dict[str, Any]:
    return {
        "recognizeInputType": kind,
        **prompts,
        "interruptCallMediaOperation": False,
        "recognizeOptions": {"targetParticipant": CALLER, **options},
        "operationContext": "o",
    }


YES = Choice("Yes", "1", ("yes", "y"))
NO = Choice("No", "*", ())

# What is asked for, on which line: the path, whether it carries repeatability headers, and the body.
CASES: list[tuple[str, Line, HostAction, str, bool, dict[str, Any] | None]] = [
    (
        "answer",
        LINE,
        protocol.Answer("o"),
        "/calling/callConnections:answer",
        True,
        {
            "incomingCallContext": "TICKET",
            "callbackUri": "https://ivr.example/x/callbacks/17/call-1",
            "operationContext": "o",
            "callIntelligenceOptions": {"cognitiveServicesEndpoint": "https://speech.example"},
        },
    ),
    *(
        (
            f"reject {reason}",
            LINE,
            Reject("o", reason),
            "/calling/callConnections:reject",
            True,
            {"incomingCallContext": "TICKET", "callRejectReason": reason},
        )
        for reason in ("none", "busy", "forbidden")
    ),
    (
        "play",
        LINE,
        Play("o", (SayText("hi"), PlayAudio("hold")), "en-US", NANCY),
        f"{CALL}:play",
        False,
        played(nancy("hi"), HOLD),
    ),
    ("play, any voice", LINE, Play("o", (SayText("hi"),), "en-US"), f"{CALL}:play", False, played(said("hi"))),
    ("play nothing", LINE, Play("o", (SayText(" "),), "en-US"), f"{CALL}:play", False, played(said("."))),
    (
        "play more than a source may hold",
        LINE,
        Play("o", (SayText("A b. " * 1000),), "en-US"),
        f"{CALL}:play",
        False,
        played(said(("A b. " * 800).strip()), said(("A b. " * 200).strip())),
    ),
    (
        "tones",
        LINE,
        recognize(),
        f"{CALL}:recognize",
        False,
        listened(
            "dtmf",
            {
                "interruptPrompt": True,
                "initialSilenceTimeoutInSeconds": 5,
                "dtmfOptions": {"interToneTimeoutInSeconds": 3, "maxTonesToCollect": 4, "stopTones": ["pound"]},
            },
            playPrompt=said("p"),
        ),
    ),
    (
        "tones, fractions and limits, prompt that cannot be interrupted, several prompts",
        LINE,
        recognize(first=400.0, between=0.2, stop_tones="", barge_in=False, prompts=(SayText("p"), PlayAudio("hold"))),
        f"{CALL}:recognize",
        False,
        listened(
            "dtmf",
            {
                "interruptPrompt": False,
                "initialSilenceTimeoutInSeconds": 300,
                "dtmfOptions": {"interToneTimeoutInSeconds": 1, "maxTonesToCollect": 4, "stopTones": []},
            },
            playPrompts=[said("p"), HOLD],
        ),
    ),
    (
        "choices without a prompt",
        LINE,
        recognize("choices", choices=(YES, NO), prompts=(), first=30.0),
        f"{CALL}:recognize",
        False,
        listened(
            "choices",
            {
                "interruptPrompt": True,
                "initialSilenceTimeoutInSeconds": 20,
                "speechLanguage": "en-US",
                "choices": [
                    {"label": "Yes", "phrases": ["yes", "y"], "tone": "one"},
                    {"label": "No", "phrases": [], "tone": "asterisk"},
                ],
            },
        ),
    ),
    (
        "speech or tones",
        LINE,
        recognize("speech_or_tones", max_tones=1, stop_tones="*D", first=4.2, between=2.5),
        f"{CALL}:recognize",
        False,
        listened(
            "speechOrDtmf",
            {
                "interruptPrompt": True,
                "initialSilenceTimeoutInSeconds": 5,
                "speechLanguage": "en-US",
                "dtmfOptions": {"interToneTimeoutInSeconds": 3, "maxTonesToCollect": 1, "stopTones": ["asterisk", "d"]},
                "speechOptions": {},
            },
            playPrompt=said("p"),
        ),
    ),
    (
        "continuous tones",
        LINE,
        StartTones("o"),
        f"{CALL}:startContinuousDtmfRecognition",
        False,
        {"targetParticipant": CALLER, "operationContext": "o"},
    ),
    (
        "continuous tones of a caller who withholds the number",
        Line("call-1", 17, "cc-1", "", "", "+18005550100"),
        StartTones("o"),
        f"{CALL}:startContinuousDtmfRecognition",
        False,
        {
            "targetParticipant": {
                "rawId": "4:anonymous",
                "phoneNumber": {"value": "anonymous", "isAnonymous": True},
            },
            "operationContext": "o",
        },
    ),
    ("cancel", LINE, CancelMedia("o"), f"{CALL}:cancelAllMediaOperations", False, None),
    ("hang up", LINE, HangUp("o"), f"{CALL}:terminate", True, None),
    (
        "transfer to a number, showing the line's own",
        LINE,
        Transfer("o", "number", "front_desk"),
        f"{CALL}:transferToParticipant",
        True,
        {"targetParticipant": DESK, "operationContext": "o", "sourceCallerIdNumber": {"value": "+18005550100"}},
    ),
    (
        "transfer to a number, showing what the script says",
        LINE,
        Transfer("o", "number", "front_desk", caller_id="front_desk"),
        f"{CALL}:transferToParticipant",
        True,
        {"targetParticipant": DESK, "operationContext": "o", "sourceCallerIdNumber": {"value": "+14255550111"}},
    ),
    (
        "transfer to a number from a Teams line, which shows its own",
        TEAMS_LINE,
        Transfer("o", "number", "front_desk", caller_id="main"),
        f"{CALL}:transferToParticipant",
        True,
        {"targetParticipant": DESK, "operationContext": "o"},
    ),
    (
        "transfer to a Teams user",
        LINE,
        Transfer("o", "teams_user", "ana", caller_id="main"),
        f"{CALL}:transferToParticipant",
        True,
        {
            "targetParticipant": {
                "rawId": "8:orgid:11111111-1111-4111-8111-111111111111",
                "microsoftTeamsUser": {
                    "userId": "11111111-1111-4111-8111-111111111111",
                    "isAnonymous": False,
                    "cloud": "PUBLIC",
                },
            },
            "operationContext": "o",
        },
    ),
    (
        "transfer to a Teams app",
        TEAMS_LINE,
        Transfer("o", "teams_app", "support"),
        f"{CALL}:transferToParticipant",
        True,
        {
            "targetParticipant": {
                "rawId": "28:orgid:22222222-2222-4222-8222-222222222222",
                "microsoftTeamsApp": {"appId": "22222222-2222-4222-8222-222222222222", "cloud": "PUBLIC"},
            },
            "operationContext": "o",
        },
    ),
    (
        "transfer to an agent, with details that arrive",
        TEAMS_LINE,
        Transfer("o", "agent", "maria"),
        f"{CALL}:transferToParticipant",
        True,
        {
            "targetParticipant": {
                "rawId": f"8:acs:{RESOURCE}_{AGENT['tenantId']}_{AGENT['userId']}",
                "teamsExtensionUser": AGENT,
            },
            "operationContext": "o",
            "customCallingContext": {
                "voipHeaders": {"call": "call-1"},
                "teamsPhoneCallDetails": {
                    "teamsPhoneCallerDetails": {
                        "caller": CALLER,
                        "name": "+15551230001",
                        "phoneNumber": "+15551230001",
                    },
                    "sessionId": "call-1",
                },
            },
        },
    ),
]


def perform(
    *actions: tuple[Line, HostAction, Request], answers: list[Answer] | None = None, service: str = ""
) -> tuple[list[Performance], list[Seen]]:
    async def run() -> tuple[list[Performance], list[Seen]]:
        async with running() as stub:
            stub.answers = answers or []
            host = await connect(site_for(stub.base, service=service))
            try:
                return [await host.perform(*action) for action in actions], stub.seen
            finally:
                await host.close()

    return asyncio.run(run())


STATUS = {"answer": 200, "reject": 204, "terminate": 204, "startContinuousDtmfRecognition": 200}


@pytest.mark.parametrize(
    ("line", "action", "path", "repeatable", "body"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_request_of_an_action(
    line: Line, action: HostAction, path: str, repeatable: bool, body: dict[str, Any] | None
) -> None:
    verb = path.rpartition(":")[2]
    payload = {"callConnectionId": "cc-new"} if verb == "answer" else {} if verb == "transferToParticipant" else None
    (result,), (seen,) = perform((line, action, REQUEST), answers=[Answer(STATUS.get(verb, 202), payload)])
    assert result == Performed("cc-new" if verb == "answer" else "")
    assert (seen.method, seen.path, seen.version) == ("POST", path, "2026-03-12")
    assert seen.signed
    assert seen.body == body
    sent = (seen.headers.get("repeatability-request-id"), seen.headers.get("repeatability-first-sent"))
    assert sent == ((REQUEST.request_id, FIRST_SENT) if repeatable else (None, None))


def test_the_site_s_caller_id_goes_before_the_line_s_own() -> None:
    action = Transfer("o", "number", "main")
    _, (seen,) = perform((LINE, action, REQUEST), answers=[Answer(202, {})], service='caller_id = "front_desk"')
    assert seen.body["sourceCallerIdNumber"] == {"value": "+14255550111"}


PLAY = Play("o", (SayText("hi"),), "en-US")


def error(code: str, message: str = "m", **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, **more}}


OUTCOMES: list[tuple[str, Answer, Performance]] = [
    ("unknown call", Answer(404, error("8522", "Call not found.")), Refused(404, "8522", "Call not found.", gone=True)),
    ("wrong endpoint", Answer(404, text="<html>"), Refused(404, "", "Not Found")),
    ("invalid argument", Answer(400, error("8523")), Refused(400, "8523", "m")),
    (
        "inner error",
        Answer(400, error("BadRequest", innererror={"code": "8501"})),
        Refused(400, "BadRequest", "m (8501)"),
    ),
    (
        "bad key",
        Answer(401, error("7509")),
        Refused(401, "7509", "m; the service does not accept our key or identity, or this machine's clock is wrong"),
    ),
    (
        "no permission",
        Answer(403, error("7504")),
        Refused(403, "7504", "m; our key or identity may not do this on this resource"),
    ),
    ("conflict", Answer(409, error("8519")), Refused(409, "8519", "m")),
    ("incompatible action", Answer(412, error("8583")), Refused(412, "8583", "m")),
    (
        "a redirect is not followed",
        Answer(307, headers={"Location": "/elsewhere"}),
        Refused(307, "", "Temporary Redirect"),
    ),
    ("throttled", Answer(429, error("8516"), {"Retry-After": "7"}), TryLater(7.0, "HTTP 429 8516 m")),
    ("throttled without a wish", Answer(429, error("8516")), TryLater(0.0, "HTTP 429 8516 m")),
    (
        "throttled until a date",
        Answer(
            503,
            headers={"Retry-After": "Mon, 24 Nov 2025 16:00:30 GMT", "Date": "Mon, 24 Nov 2025 16:00:00 GMT"},
        ),
        TryLater(30.0, "HTTP 503  Service Unavailable"),
    ),
    ("a nonsensical wish", Answer(503, headers={"Retry-After": "nan"}), TryLater(0.0, "HTTP 503  Service Unavailable")),
    ("broken", Answer(500, error("9999")), TryLater(0.0, "HTTP 500 9999 m")),
    ("gateway", Answer(502, text="no"), TryLater(0.0, "HTTP 502  Bad Gateway")),
    ("time-out of a gateway", Answer(408), TryLater(0.0, "HTTP 408  Request Timeout")),
]


@pytest.mark.parametrize(("answer", "expected"), [case[1:] for case in OUTCOMES], ids=[case[0] for case in OUTCOMES])
@pytest.mark.parametrize("action", [PLAY, HangUp("o")], ids=["play", "hang up"])
def test_an_error_is_sent_once_and_sorted(action: HostAction, answer: Answer, expected: Performance) -> None:
    (result,), seen = perform((LINE, action, REQUEST), answers=[answer])
    assert result == expected
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("answer", "reason"), [(Answer(hang=True), "no answer within 0.3 s"), (Answer(drop=True), "ServiceRe")]
)
def test_a_lost_answer_is_for_later_and_not_repeated_here(answer: Answer, reason: str) -> None:
    (result, after), seen = perform(
        (LINE, PLAY, REQUEST), (LINE, PLAY, REQUEST), answers=[answer], service="timeout_seconds = 0.3"
    )
    assert isinstance(result, TryLater)
    assert result.reason.startswith(reason)
    assert after == Performed()
    assert len(seen) == 2


JSON = {"Content-Type": "application/json"}
GARBAGE: list[tuple[str, HostAction, Answer, Performance | str]] = [
    ("an empty answer", protocol.Answer("o"), Answer(200), "could not be read"),
    ("null", protocol.Answer("o"), Answer(200, text="null", headers=JSON), "could not be read"),
    ("a page", protocol.Answer("o"), Answer(200, text="<html>"), "could not be read"),
    ("a list", protocol.Answer("o"), Answer(200, body=[]), "could not be read"),
    ("half of it", protocol.Answer("o"), Answer(200, text="{", headers=JSON), "HTTP 200"),
    ("no connection", protocol.Answer("o"), Answer(200, body={}), Performed()),
    ("a page for a prompt", PLAY, Answer(200, text="<html>"), "HTTP 200"),
    ("not compressed", PLAY, Answer(202, text="plain", headers={"Content-Encoding": "gzip"}), "could not be read"),
    ("an error of another shape", PLAY, Answer(400, body={"error": "x"}), Refused(400, "", "Bad Request")),
]


@pytest.mark.parametrize(
    ("action", "answer", "expected"), [case[1:] for case in GARBAGE], ids=[case[0] for case in GARBAGE]
)
def test_garbage_is_an_answer_too(action: HostAction, answer: Answer, expected: Performance | str) -> None:
    """What became of the request is unknown then; asking again under the same name finds out."""
    (result,), _ = perform((LINE, action, REQUEST), answers=[answer])
    if isinstance(expected, str):
        assert isinstance(result, TryLater)
        assert expected in result.reason
    else:
        assert result == expected


def test_a_repetition_carries_the_same_identity() -> None:
    again = Request(REQUEST.request_id, REQUEST.first_sent, 2)
    _, seen = perform((LINE, HangUp("o"), REQUEST), (LINE, HangUp("o"), again), answers=[Answer(500), Answer(204)])
    assert len({each.headers["repeatability-request-id"] for each in seen}) == 1
    assert len({each.headers["repeatability-first-sent"] for each in seen}) == 1


def test_an_unreachable_service_is_for_later() -> None:
    async def run() -> Performance:
        async with running() as stub:
            base = stub.base
        host = await connect(site_for(base))
        try:
            return await host.perform(LINE, PLAY, REQUEST)
        finally:
            await host.close()

    result = asyncio.run(run())
    assert isinstance(result, TryLater)
    assert result.reason.startswith("ServiceRequestError")


UNSENT: list[tuple[str, Line, HostAction, type[Performance]]] = [
    ("no such number", LINE, Transfer("o", "number", "nowhere"), Refused),
    ("no such user", LINE, Transfer("o", "teams_user", "nowhere"), Refused),
    ("no such app", LINE, Transfer("o", "teams_app", "nowhere"), Refused),
    ("no such agent", LINE, Transfer("o", "agent", "nowhere"), Refused),
    ("no such caller id", LINE, Transfer("o", "number", "main", caller_id="nowhere"), Refused),
    ("no such recording", LINE, Play("o", (PlayAudio("nowhere"),), "en-US"), Refused),
    ("no connection yet", Line("c", 1, "", "T", "+15551230001", "+18005550100"), PLAY, TryLater),
]


@pytest.mark.parametrize(("line", "action", "kind"), [case[1:] for case in UNSENT], ids=[case[0] for case in UNSENT])
def test_what_cannot_be_sent_is_not(line: Line, action: HostAction, kind: type[Performance]) -> None:
    (result,), seen = perform((line, action, REQUEST))
    assert isinstance(result, kind)
    assert not seen


def test_the_site_must_say_where_the_service_is_and_where_we_are() -> None:
    for text in ('[server]\ncallback_base = "https://x"', '[service]\nendpoint = "https://x"\nkey = "a2V5"'):
        with pytest.raises(ValueError, match=r"service|callback_base"):
            asyncio.run(connect(Site.parse(text, Path.cwd())))


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server certificate for 127.0.0.1 that only its own file vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, key_pem = folder / "ca.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key_pem)
    return context, pem


def test_tls_trusts_the_authority_of_the_site_file_and_no_stranger(tmp_path: Path) -> None:
    context, pem = certificate(tmp_path)

    async def run(service: Service, more: str) -> Performance:
        host = await connect(site_for(service.base, service=more))
        try:
            return await host.perform(LINE, PLAY, REQUEST)
        finally:
            await host.close()

    async def both() -> tuple[Performance, Performance]:
        async with running(context) as stub:
            return await run(stub, f'ca_file = "{pem}"'), await run(stub, "")

    trusted, foreign = asyncio.run(both())
    assert trusted == Performed()
    assert isinstance(foreign, TryLater)
    assert "certificate" in foreign.reason.lower()


TEXTS: list[tuple[str, str, int, list[str]]] = [
    ("short", " Hello. ", 10, ["Hello."]),
    ("nothing", " \n ", 10, []),
    ("after a sentence", "One two. Three four.", 12, ["One two.", "Three four."]),
    ("a quotation ends with its mark", 'He said "no." Then', 15, ['He said "no."', "Then"]),
    ("at a space", "aaa bbb ccc", 8, ["aaa bbb", "ccc"]),
    ("anywhere", "abcdefgh", 3, ["abc", "def", "gh"]),
    ("a decimal point ends nothing", "pay 3.50 now", 8, ["pay 3.50", "now"]),
]


@pytest.mark.parametrize(("text", "longest", "expected"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_long_texts_are_cut_where_a_voice_would_pause(text: str, longest: int, expected: list[str]) -> None:
    assert pieces(text, longest) == expected


class Identity:
    """Stands for the machine's own identity."""

    closed = 0

    async def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        assert scopes == ("https://communication.azure.com//.default",)
        return AccessToken("entra-token", 4_000_000_000)

    async def close(self) -> None:
        Identity.closed += 1


class NoIdentity(Identity):
    async def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        raise ClientAuthenticationError("nobody is logged on")


def entra_site(base: str, pem: Path) -> Site:
    text = f'''
        [service]
        endpoint = "{base}"
        credential = "entra"
        ca_file = "{pem}"
        [server]
        callback_base = "https://ivr.example"
    '''
    return Site.parse(text, Path.cwd())


def test_the_machine_s_own_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, pem = certificate(tmp_path)
    monkeypatch.setattr(azure.identity.aio, "DefaultAzureCredential", Identity)

    async def run() -> tuple[Performance, Seen]:
        async with running(context) as stub:
            host = await connect(entra_site(stub.base, pem))
            try:
                return await host.perform(LINE, PLAY, REQUEST), stub.seen[0]
            finally:
                await host.close()

    result, seen = asyncio.run(run())
    assert result == Performed()
    assert seen.headers["authorization"] == "Bearer entra-token"
    assert Identity.closed == 1
    monkeypatch.setattr(azure.identity.aio, "DefaultAzureCredential", NoIdentity)
    with pytest.raises(ValueError, match="nobody is logged on"):
        asyncio.run(connect(entra_site("https://127.0.0.1:1", pem)))
    assert Identity.closed == 2
