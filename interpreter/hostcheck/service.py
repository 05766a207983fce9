"""The communication resource: is it there, does it know us, and are the accounts of Teams bound to it?"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

import aiohttp

from interpreter.azure.downloads import sign
from interpreter.hostcheck import Finding, Topic, Verdict
from interpreter.hostcheck.reach import Answer, Trouble, ask
from interpreter.ports import Clock
from interpreter.site import Site
from interpreter.site_values import is_private

CALLS_VERSION, ACCOUNTS_VERSION = "2026-03-12", "2025-06-30"
"""Versions of the two interfaces (wire contract, sections 1 and 7.1)."""
SKEW, MOST_SKEW = 60.0, 300.0
"""Seconds by which our clock may differ: from the first on it is told, from the second on signatures are too old."""
_NAME = ".communication.azure.com"

Token = Callable[[], Awaitable[str]]


class Resource:
    """Asks the site's resource, signed with its key or with a token. ``token`` raises `ValueError`."""

    def __init__(self, site: Site, session: aiohttp.ClientSession, token: Token) -> None:
        access = site.service.access()
        self.endpoint, key = access if access is not None else ("", None)
        self._key = key.get_secret_value() if key is not None else ""
        self._session, self._token = session, token

    async def get(self, path: str) -> Answer | Trouble:
        """A reading request. Raises `ValueError` when it cannot be signed."""
        host = urlsplit(self.endpoint).netloc
        if self._key:
            try:
                headers = sign(self._key, "GET", host, path)
            except ValueError:  # of base64, which may quote it
                raise ValueError("the key is not base64") from None
        else:
            headers = {"Authorization": f"Bearer {await self._token()}"}
        return await ask(self._session, "GET", self.endpoint + path, headers)


async def check_resource(site: Site, resource: Resource, clock: Clock) -> list[Finding]:
    """A reading request for a call that does not exist: whoever is told so is known."""
    if not resource.endpoint:
        return [
            _finding(
                "resource", "wrong", "the site file names no resource",
                "set endpoint with key or credential, or connection_string, under [service]",
            )
        ]  # fmt: skip
    found = list(_of_name(resource.endpoint))
    try:
        answer = await resource.get(f"/calling/callConnections/{uuid.uuid4()}?api-version={CALLS_VERSION}")
    except ValueError as error:
        fix = "copy the key from the portal again; with credential, see that this machine has an identity (az login)"
        return [*found, _finding("key", "wrong", str(error), fix)]
    if isinstance(answer, Trouble):
        unknown = _finding("key", "cannot tell", "nobody has answered", "put the endpoint right first")
        return [*found, _finding("endpoint", "wrong", answer.says, answer.fix), unknown]
    return [*found, *_of_answer(site, resource.endpoint, answer), *_of_clock(answer, clock)]


def _of_name(endpoint: str) -> Iterator[Finding]:
    host = urlsplit(endpoint).hostname or ""
    if not host.endswith(_NAME) and not is_private_host(host):
        says = f"{host} is not the name of a communication resource"
        yield _finding("endpoint", "warning", says, f"copy the endpoint from the portal: NAME{_NAME}")


def _of_answer(site: Site, endpoint: str, answer: Answer) -> Iterator[Finding]:
    host, code = urlsplit(endpoint).netloc, _code(answer)
    knows = site.service.credential == "entra"
    way = "identity" if knows else "key"
    if answer.status == 404 and code:
        yield _finding("endpoint", "ok", f"{host} answers")
        yield _finding(way, "ok", f"the resource takes our {way}")
    elif answer.status == 401:
        fix = (
            "give this machine's identity a role on the resource, such as Contributor"
            if knows
            else "copy the key from the portal (Settings, Keys); was it regenerated?"
        )
        yield _finding("endpoint", "ok", f"{host} answers")
        yield _finding(way, "wrong", f"the resource does not take our {way} (401{f' {code}' if code else ''})", fix)
    elif answer.status == 403:
        yield _finding("endpoint", "ok", f"{host} answers")
        says = f"our {way} may not do this (403{f' {code}' if code else ''})"
        yield _finding(way, "wrong", says, "give it a role on this very resource, such as Contributor")
    elif answer.status == 429 or answer.status >= 500:
        yield _finding("endpoint", "warning", f"{host} answers {answer.status}", "try again in a minute")
        yield _finding(way, "cannot tell", "the resource was too busy to say")
    else:
        says = f"{host} answers {answer.status}, and not as Call Automation does"
        yield _finding("endpoint", "wrong", says, f"copy the endpoint from the portal: NAME{_NAME}")


def _code(answer: Answer) -> str:
    found = answer.json
    error = found.get("error") if isinstance(found, dict) else None
    return str(error.get("code") or "") if isinstance(error, dict) else ""


def _of_clock(answer: Answer, clock: Clock) -> Iterator[Finding]:
    try:
        theirs = parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return
    differs = clock.now() - theirs
    if abs(differs) < SKEW:
        yield _finding("clock", "ok", "our clock agrees with the service's")
        return
    says = f"our clock is {abs(differs):.0f} s {'ahead of' if differs > 0 else 'behind'} the service's"
    fix = "switch on time synchronisation (NTP) on this machine"
    yield _finding("clock", "wrong" if abs(differs) >= MOST_SKEW else "warning", says, fix)


def is_private_host(host: str) -> bool:
    """Whether this is our own machine, where only an emulator can be."""
    return is_private(f"http://{host}")


def _finding(what: str, verdict: Verdict, says: str, fix: str = "", topic: Topic = "service") -> Finding:
    return Finding(topic, what, verdict, says, fix)


# --------------------------------------------------------------------------------------------------------------------
# Accounts of Teams


async def check_accounts(site: Site, resource: Resource) -> list[Finding]:
    """Whether the resource accounts of lines, and the agents of Teams Phone extensibility, have been allowed to use
    this resource (wire contract, section 7.1)."""
    asked = list(_people(site))
    if not asked or not resource.endpoint:
        return []
    return list(await asyncio.gather(*(_assignment(resource, *each) for each in asked)))


def _people(site: Site) -> Iterator[tuple[str, str, str, str]]:
    """What it is, its kind, its tenant (empty where the site file has none or several), and its object id."""
    tenants = {agent.tenant for agent in site.settings.agents.values() if agent.tenant}
    tenants |= {each for each in (site.desktop.entra_tenant, site.events.entra_tenant) if each}
    tenant = next(iter(tenants)) if len(tenants) == 1 else ""
    for line in site.settings.every_line:
        if line.startswith("28:"):
            yield "resource account", "teamsResourceAccount", tenant, line.rpartition(":")[2]
    for name, agent in site.settings.agents.items():
        if agent.user and agent.tenant:
            yield f"agent {name}", "user", agent.tenant, agent.user


async def _assignment(resource: Resource, what: str, kind: str, tenant: str, account: str) -> Finding:
    cmdlet = "Get-CsOnlineUser" if kind == "user" else "Get-CsOnlineApplicationInstance"
    look = f"look with PowerShell: {cmdlet} -Identity {account}"
    if not tenant:
        return _account(what, "cannot tell", f"the site file does not say of which tenant {account} is", look)
    path = f"/access/teamsExtension/tenants/{quote(tenant)}/assignments/{quote(account)}?api-version={ACCOUNTS_VERSION}"
    try:
        answer = await resource.get(path)
    except ValueError as error:
        return _account(what, "cannot tell", str(error), "put the key right first")
    if isinstance(answer, Trouble):
        return _account(what, "cannot tell", answer.says, answer.fix)
    consent = f'allow it: PUT {path.partition("?")[0]} {{"principalType": "{kind}"}}'
    if answer.status == 404:
        return _account(what, "wrong", f"{account} has not been allowed to use this resource", consent)
    if answer.status != 200:
        return _account(what, "cannot tell", f"the resource answers {answer.status}", look)
    found = answer.json
    bound = found.get("principalType") if isinstance(found, dict) else None
    if bound != kind:
        return _account(what, "wrong", f"{account} is allowed as {bound}, not as {kind}", consent)
    return _account(what, "ok", f"{account} may use this resource")


def _account(what: str, verdict: Verdict, says: str, fix: str = "") -> Finding:
    return _finding(what, verdict, says, fix, "accounts")
