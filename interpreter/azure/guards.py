"""Which tokens a site asks for, and whose keys they are verified with."""

from __future__ import annotations

from dataclasses import dataclass

from interpreter.azure.keys import Fetch, PublishedKeys
from interpreter.azure.tokens import Expected, TokenVerifier
from interpreter.ports import Clock
from interpreter.site import Site

# https://learn.microsoft.com/azure/event-grid/secure-webhook-delivery: the application that Event Grid is in Entra.
_EVENT_GRID = "4962773b-9cdb-44cf-a8bf-237846a00ab7"


@dataclass(frozen=True, slots=True)
class Guard:
    """A verifier and the keys that it asks."""

    verifier: TokenVerifier
    keys: PublishedKeys


def of_callbacks(site: Site, fetch: Fetch, clock: Clock) -> Guard | None:
    """For Call Automation's callbacks; None when the site does not verify them.

    Raises `ValueError` when the site does not say whose audience it is.
    """
    if not site.callbacks.verify:
        return None
    audience = site.audience()
    if audience is None:
        raise ValueError("[service] resource_id is missing: it is the audience that callback tokens must name")
    keys = PublishedKeys(fetch, clock, configuration=site.openid_configuration(), jwks=site.callbacks.jwks)
    expected = Expected(frozenset({site.callbacks.issuer}), audience, site.callbacks.leeway_seconds)
    return Guard(TokenVerifier(expected, keys, clock), keys)


def of_events(site: Site, fetch: Fetch, clock: Clock) -> Guard | None:
    """For Event Grid's deliveries; None when the site names no Entra tenant."""
    tenant, audience = site.events.entra_tenant, site.events.entra_audience
    if tenant is None or audience is None:
        return None
    authority = f"{site.events.entra_authority}/{tenant}/v2.0"
    return _of_entra(site, fetch, clock, authority, tenant, audience, frozenset({_EVENT_GRID}))


def of_desktop(site: Site, fetch: Fetch, clock: Clock) -> Guard | None:
    """For agents' desktops; None when the site names no Entra tenant for them."""
    tenant, audience = site.desktop.entra_tenant, site.desktop.audience
    if tenant is None or audience is None:
        return None
    authority = f"{site.desktop.entra_authority}/{tenant}/v2.0"
    return _of_entra(site, fetch, clock, authority, tenant, audience)


def _of_entra(
    site: Site,
    fetch: Fetch,
    clock: Clock,
    authority: str,
    tenant: str,
    audience: str,
    clients: frozenset[str] = frozenset(),
) -> Guard:
    keys = PublishedKeys(fetch, clock, configuration=f"{authority}/.well-known/openid-configuration")
    # Tokens of both versions come from the same keys; which version is the application's choice.
    issuers = frozenset({authority, f"https://sts.windows.net/{tenant}/"})
    expected = Expected(issuers, audience, site.callbacks.leeway_seconds, clients)
    return Guard(TokenVerifier(expected, keys, clock), keys)
