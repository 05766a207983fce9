"""Calls that an agent's own client makes on behalf of a line: they come in like any other, and say whom to call.

An agent dials in the client, the service rings the line's resource account, we answer, and add whom the agent wants to
speak with (wire contract, section 7.3). The script of the line decides what the agent hears; here is who may, and where
the service says whom to call.
"""

from __future__ import annotations

import structlog

from interpreter.azure.eventgrid import Incoming
from interpreter.site import Site
from interpreter.staff import person_of

_log = structlog.get_logger(__name__)

CLIENTS = ("contact center", "teams")
_TICKETS = ("incomingCallContext", "serverCallId")
"""What a call can be taken with: never logged."""


class OnBehalf:
    """Says of a ringing call whom it is for. A caller who is no agent is never called for: a header can be forged, the
    identity of a Teams agent cannot."""

    def __init__(self, site: Site) -> None:
        self._site, self._seen = site, False

    def callee(self, call: Incoming) -> str:
        """Whom an agent calls, ``""`` where it is no such call. What is no number that can be called, such as that of
        an emergency center, is told as it came: the agent then hears that it may not be called."""
        if not call.called.startswith("28:orgid:") or not self.is_agent(call.caller):
            return ""
        self._show_once(call)
        policy = self._site.settings.on_behalf_of
        if policy is None:
            if call.callees:
                _log.warning("an agent calls somebody, and the site file has no [on_behalf_of]", called=call.called)
            return ""
        found = call.callees.get(policy.callee_at, "")
        if not found and call.callees:
            _log.warning(
                "whom an agent calls stands elsewhere: set callee_at of [on_behalf_of]",
                callee_at=policy.callee_at,
                found=sorted(call.callees),
            )
        return found

    def is_agent(self, caller: str) -> bool:
        """Whether a caller is one who may, by identity. A telephone number is none: anybody can show one."""
        address, policy = caller.lower(), self._site.settings.on_behalf_of
        resource = (self._site.service.resource_id or "").lower()
        if policy is not None and policy.callers == "resource" and resource:
            return address.startswith(f"8:acs:{resource}_") and address.count("_") == 2
        agents = [each for name in self._site.settings.agents if (each := self._site.agent(name)) is not None]
        # Whichever of an agent's clients rings, either may dial.
        both = [each.model_copy(update={"client": client}) for each in agents if each.user for client in CLIENTS]
        known = {person_of(each).address.lower() for each in (*agents, *both) if not each.number}
        return address in known

    def _show_once(self, call: Incoming) -> None:
        """The first such call in full, but for what it could be taken with: no page says what it looks like."""
        if not self._seen:
            self._seen = True
            shown = {key: value for key, value in call.data.items() if key not in _TICKETS}
            _log.info("the first call of an agent's client, in full", data=shown)
