"""Calls that are passed on before anybody answers, where the site file says so.

The service then rings somebody else in our place, and tells us nothing more: no script runs, nothing is recorded,
counted or queued. That is no contact center, and the service refuses it for calls on behalf of a line (wire contract,
section 7.2).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import structlog

from interpreter.azure.eventgrid import Incoming
from interpreter.ports import Performance, Performed, Refused, TryLater
from interpreter.protocol import Transfer
from interpreter.site import Site
from interpreter.telemetry import masked

_log = structlog.get_logger(__name__)

TRIES = 2
"""A call rings for 30 s, and one request may take some of them."""
_TAKEN = 409

Redirect = Callable[[str, Transfer], Awaitable[Performance]]
"""Passes the ringing call of a ticket on to the target of a transfer."""


class Redirects:
    """Passes calls on."""

    def __init__(self, site: Site, redirect: Redirect) -> None:
        self._site, self._redirect = site, redirect

    async def passed_on(self, call: Incoming, switches: Mapping[str, bool], on_behalf: bool) -> bool:
        """Whether a ringing call is somebody else's now. Where passing on fails, it is ours, and the script of its line
        takes it."""
        bound = self._site.settings.redirects.get(call.called)
        if bound is None or (bound.switch is not None and not switches.get(bound.switch, False)):
            return False
        if on_behalf:
            _log.warning("a call on behalf of a line cannot be passed on", called=call.called)
            return False
        target = Transfer("redirect", *bound.target)
        for _ in range(TRIES):
            done = await self._redirect(call.incoming_context, target)
            if not isinstance(done, TryLater):
                break
        # Event Grid tells of a call more than once: the one that was told first has passed it on, or it is over.
        passed = isinstance(done, Performed) or (isinstance(done, Refused) and (done.gone or done.status == _TAKEN))
        if passed:
            _log.info("call passed on", called=call.called, caller=masked(call.caller), to=target.name)
        else:
            reason = done.reason if isinstance(done, Refused | TryLater) else ""
            _log.error("a call could not be passed on, and is answered", called=call.called, why=reason)
        return passed
