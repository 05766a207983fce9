"""The keys that tokens are verified with: of callbacks, of Event Grid and of agents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import aiohttp

from interpreter.azure.keys import KeysUnavailableError, key_address, read_keys
from interpreter.hostcheck import Finding, Verdict
from interpreter.hostcheck.reach import Trouble, ask
from interpreter.site import Site


async def check_tokens(site: Site, session: aiohttp.ClientSession) -> list[Finding]:
    """Whether the keys are there, and whether they are of whom the site file expects."""
    found: list[Finding] = []
    if not site.callbacks.verify:
        says = "tokens of callbacks are not verified: [callbacks] verify = false"
        found.append(_finding("callbacks", "warning", says, "take that line out of the site file of a real line"))
    elif site.audience() is None:
        says = "nobody knows whose tokens to take: [service] resource_id is missing"
        fix = "copy `immutableResourceId` from the resource's JSON view in the portal"
        found.append(_finding("callbacks", "wrong", says, fix))
    if site.callbacks.verify:
        configuration, issuer = site.openid_configuration(), site.callbacks.issuer
        found.append(await _keys(session, "callbacks", configuration, site.callbacks.jwks, issuer))
    if site.settings.outbound and site.operator.token is None:
        says = "calls are ordered by POST /calls with the operator's token, and [operator] token is missing"
        found.append(Finding("tokens", "orders of calls", "wrong", says, "set [operator] token"))
    for what, authority, tenant in _tenants(site):
        address = f"{authority}/{tenant}/v2.0/.well-known/openid-configuration"
        found.append(await _keys(session, what, address, None, None))
    return found


def _tenants(site: Site) -> Iterator[tuple[str, str, str]]:
    if site.events.entra_tenant:
        yield "events", site.events.entra_authority, site.events.entra_tenant
    if site.desktop.entra_tenant:
        yield "desktop", site.desktop.entra_authority, site.desktop.entra_tenant


async def _keys(
    session: aiohttp.ClientSession, what: str, configuration: str | None, jwks: str | None, issuer: str | None
) -> Finding:
    """Follow the way to the keys as the server does. Without ``issuer`` any will do."""
    try:
        if jwks is None:
            assert configuration is not None
            described = await _read(session, configuration)
            jwks = key_address(described)
            named = json.loads(described).get("issuer")
            if issuer is not None and named is not None and named != issuer:
                says = f"tokens come from {named}, the site file expects {issuer}"
                return _finding(what, "wrong", says, "put [callbacks] issuer or openid_configuration right")
        keys = read_keys(await _read(session, jwks))
    except _NobodyThere as error:
        return _finding(what, "wrong", error.trouble.says, error.trouble.fix)
    except KeysUnavailableError as error:
        return _finding(what, "wrong", str(error), "look at the address (or the tenant) in the site file")
    return _finding(what, "ok", f"{len(keys)} {'key' if len(keys) == 1 else 'keys'} from {urlsplit(jwks).netloc}")


class _NobodyThere(Exception):  # noqa: N818 - what is the case
    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble


async def _read(session: aiohttp.ClientSession, address: str) -> bytes:
    answer = await ask(session, "GET", address)
    if isinstance(answer, Trouble):
        raise _NobodyThere(answer)
    if answer.status != 200:
        raise KeysUnavailableError(f"{address} answers {answer.status}")
    return answer.body


def _finding(what: str, verdict: Verdict, says: str, fix: str = "") -> Finding:
    return Finding("tokens", f"keys for {what}", verdict, says, fix)
