"""The address under which the service reaches us: its certificate, Event Grid's handshake, and the way of callbacks.

All of it is seen from this machine. Whether the way from outside is open, too, only a request from outside shows; that
is said.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import ssl
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from interpreter.hostcheck import Finding, Verdict
from interpreter.hostcheck.reach import Trouble, ask, connect
from interpreter.hostcheck.service import is_private_host
from interpreter.ports import Clock
from interpreter.site import Site

DAY = 86_400.0
SOON = 14.0
"""Days before its end from which on a certificate is told of."""
_ORIGIN = "eventgrid.azure.net"
_FIRST = "put `callbacks` right first"


async def check_address(site: Site, clock: Clock) -> list[Finding]:
    """Whether the address is one that the service calls back to."""
    base = site.server.callback_base
    if base is None:
        fix = "write the public https address under [server] callback_base"
        return [_finding("callback_base", "wrong", "the service would not know where to report to", fix)]
    host = urlsplit(base).hostname or ""
    if not base.startswith("https:"):
        if is_private_host(host):
            reached = await connect(base)
            if isinstance(reached, Trouble):
                return [_finding("callback_base", "wrong", reached.says, _start(reached))]
            says = "plain http on this machine: only an emulator calls back there"
            return [_finding("callback_base", "warning", says, "for the live service write a public https address")]
        says = "the service refuses addresses that are not https"
        return [
            _finding("callback_base", "wrong", says, "put a reverse proxy with TLS before the server, and write https")
        ]
    return [*await asyncio.to_thread(lambda: list(_of_place(host))), *await _of_certificate(site, base, clock)]


def _of_place(host: str) -> Iterator[Finding]:
    """Whether the name leads to a place that the world can reach."""
    try:
        found = {str(each[4][0]) for each in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    except OSError:
        return  # told by the connection
    inside = sorted(each for each in found if not ipaddress.ip_address(each.partition("%")[0]).is_global)
    if inside:
        says = f"{host} leads to {inside[0]}, which nobody outside can reach"
        fix = "unless another name server tells the world otherwise, let the name lead to the public address"
        yield _finding("callback_base", "warning", says, fix)


async def _of_certificate(site: Site, base: str, clock: Clock) -> list[Finding]:
    found = await connect(base)
    own = site.ca_path()
    if isinstance(found, Trouble) and found.kind == "certificate" and own is not None:
        context = ssl.create_default_context()
        try:
            context.load_verify_locations(cafile=own)
        except OSError:
            return [_finding("certificate", "wrong", found.says, found.fix)]
        trusted = await connect(base, context)
        if not isinstance(trusted, Trouble):
            says = "only [service] ca_file makes its certificate good: the live service does not know that authority"
            return [
                _finding("certificate", "warning", says, "for the live service have it signed by a public authority"),
                *_of_days(trusted, clock),
            ]
    if isinstance(found, Trouble):
        what = "certificate" if found.kind in ("certificate", "tls") else "callback_base"
        return [_finding(what, "wrong", found.says, _start(found))]
    return list(_of_days(found, clock))


def _start(trouble: Trouble) -> str:
    started = "start the server (ivr serve --site FILE), and the proxy before it"
    return started if trouble.kind == "refused" else trouble.fix


def _of_days(certificate: dict[str, Any], clock: Clock) -> Iterator[Finding]:
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    day = datetime.fromtimestamp(ends, UTC).date().isoformat()
    left = (ends - clock.now()) / DAY
    if left < SOON:
        says = f"the certificate ends in {max(left, 0):.0f} days ({day})"
        yield _finding("certificate", "warning", says, "renew it, and look why that was not done by itself")
    else:
        yield _finding("certificate", "ok", f"the name and the chain are right, and it is good until {day}")


# --------------------------------------------------------------------------------------------------------------------
# What answers there


async def check_events(site: Site, session: aiohttp.ClientSession) -> list[Finding]:
    """Event Grid's two handshakes, as a subscription would perform them."""
    base = site.server.callback_base
    if base is None:
        return []
    secret = site.events.secret.get_secret_value() if site.events.secret is not None else ""
    address = f"{base}/events" + (f"?secret={quote(secret, safe='')}" if secret else "")
    found = [
        await _options(session, address),
        *([] if site.events.entra_tenant else [await _validation(session, address)]),
    ]
    if not secret and not site.events.entra_tenant:
        says = "anybody can make this server answer calls"
        found.append(_event("secret", "warning", says, "set [events] secret, and write it into the webhook's address"))
    subscribe = "look with: az eventgrid event-subscription list --source-resource-id RESOURCE"
    says = "whether Event Grid has a subscription for this address is not to be seen from here"
    return [*found, _event("subscription", "cannot tell", says, subscribe)]


async def _options(session: aiohttp.ClientSession, address: str) -> Finding:
    answer = await ask(session, "OPTIONS", address, {"WebHook-Request-Origin": _ORIGIN, "WebHook-Request-Rate": "120"})
    if isinstance(answer, Trouble):
        return _event("CloudEvents handshake", "cannot tell", answer.says, _FIRST)
    if answer.status == 200 and answer.headers.get("webhook-allowed-origin") in ("*", _ORIGIN):
        return _event("CloudEvents handshake", "ok", "the server lets Event Grid deliver")
    return _event("CloudEvents handshake", *_refusal(answer.status))


async def _validation(session: aiohttp.ClientSession, address: str) -> Finding:
    code = str(uuid.uuid4()).upper()
    event = {
        "id": str(uuid.uuid4()), "topic": "/ivr/host/check", "subject": "", "data": {"validationCode": code},
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "metadataVersion": "1", "dataVersion": "2",
        "eventTime": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    headers = {"Content-Type": "application/json; charset=utf-8", "aeg-event-type": "SubscriptionValidation"}
    answer = await ask(session, "POST", address, headers, json.dumps([event]).encode())
    what = "Event Grid handshake"
    if isinstance(answer, Trouble):
        return _event(what, "cannot tell", answer.says, _FIRST)
    said = answer.json
    if answer.status == 200 and isinstance(said, dict) and said.get("validationResponse") == code:
        return _event(what, "ok", "a subscription would be confirmed")
    if answer.status == 200:
        says = "somebody else answers there: it does not return the code"
        return _event(what, "wrong", says, "let the reverse proxy pass POST /events on to this server")
    return _event(what, *_refusal(answer.status))


def _refusal(status: int) -> tuple[Verdict, str, str]:
    """What an answer means that is no confirmation."""
    match status:
        case 401 | 403:
            return (
                "wrong",
                f"the server refuses it ({status})",
                "the running server has another [events] secret: restart it",
            )
        case 404 | 405:
            return "wrong", f"there is no /events ({status})", "let the reverse proxy pass /events on to this server"
        case 502 | 503 | 504:
            return "wrong", f"the proxy answers, the server does not ({status})", "start it: ivr serve --site FILE"
        case _:
            return "wrong", f"the answer is {status}", "look at the log of the server and of the proxy before it"


async def check_callbacks(site: Site, session: aiohttp.ClientSession) -> list[Finding]:
    """Whether callbacks come through, and whether those of strangers are refused."""
    base = site.server.callback_base
    if base is None:
        return []
    headers = {"Content-Type": "application/json"}
    answer = await ask(session, "POST", f"{base}/callbacks/0/host-check", headers, b"[]")
    what = "way of callbacks"
    if isinstance(answer, Trouble):
        return [_finding(what, "cannot tell", answer.says, _FIRST)]
    if answer.status in (401, 503) and "json" in answer.headers.get("content-type", "") and site.callbacks.verify:
        outside = "seen from this machine; that the world can reach it, too, the first call shows"
        if answer.status == 503:
            says = "callbacks come through, but the server has no keys to verify them with"
            return [_finding(what, "wrong", says, "see `tokens` below")]
        return [_finding(what, "ok", f"callbacks come through, and those without a token are refused ({outside})")]
    if not site.callbacks.verify and answer.status in (200, 400, 404):
        says = "callbacks are taken from anybody: [callbacks] verify = false"
        return [_finding(what, "warning", says, "take that line out of the site file of a real line")]
    if answer.status in (200, 400):
        says = f"a callback without a token is taken ({answer.status})"
        return [_finding(what, "wrong", says, "the running server has another site file, or another one answers: look")]
    if answer.status in (404, 405):
        fix = "let the reverse proxy pass /callbacks/ on to this server"
        return [_finding(what, "wrong", f"there is no /callbacks ({answer.status})", fix)]
    return [_finding(what, "wrong", *_refusal(answer.status)[1:])]


def _finding(what: str, verdict: Verdict, says: str, fix: str = "") -> Finding:
    return Finding("callbacks", what, verdict, says, fix)


def _event(what: str, verdict: Verdict, says: str, fix: str = "") -> Finding:
    return Finding("events", what, verdict, says, fix)
