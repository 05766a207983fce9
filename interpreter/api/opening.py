"""Setting up what tokens are verified with."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import structlog

from interpreter.api.gate import Gate
from interpreter.azure import guards
from interpreter.azure.transport import fetch_with, open_session
from interpreter.ports import Clock
from interpreter.site import Site
from interpreter.telemetry import Metrics

_log = structlog.get_logger(__name__)


async def open_gate(site: Site, clock: Clock, metrics: Metrics, stack: AsyncExitStack, token_clock: Clock) -> Gate:
    """The gate of a site; its connections are closed with the stack. What is left open is said loudly: that is for a
    laptop."""
    fetch = fetch_with(await stack.enter_async_context(open_session(site.ca_path(), site.service.timeout_seconds)))
    gate = Gate(
        site,
        clock,
        metrics,
        guards.of_callbacks(site, fetch, token_clock),
        guards.of_events(site, fetch, token_clock),
        guards.of_desktop(site, fetch, token_clock),
    )
    if gate.callbacks is None:
        _log.warning("callbacks are not verified: anyone who knows a call's address can move it")
    if gate.events is None and site.events.secret is None:
        _log.warning("incoming calls are not verified: set [events] secret or entra_tenant")
    await asyncio.gather(*(keys.refresh() for keys in gate.key_sets()))
    return gate
