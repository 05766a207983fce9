"""Who may speak: tokens of the service, of Event Grid, of agents and of the operator.

Whatever is refused is counted by endpoint and reason, and told in the log once a minute.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from interpreter.api.frame import NOBODY, Asker, Who
from interpreter.azure.guards import Guard
from interpreter.azure.keys import PublishedKeys
from interpreter.azure.tokens import Accepted, Rejected, secret_matches
from interpreter.ports import Clock
from interpreter.site import Site
from interpreter.telemetry import Metrics

_log = structlog.get_logger(__name__)

_TELL_AGAIN = 60.0
"""Seconds between two log entries about requests refused for the same reason; the counter counts them all."""


@dataclass(slots=True)
class Gate:
    """Judges requests. A guard is None where such tokens are not asked for, or not taken."""

    site: Site
    clock: Clock
    metrics: Metrics
    callbacks: Guard | None = None
    events: Guard | None = None
    desktop: Guard | None = None
    _told: dict[str, float] = field(default_factory=dict)

    def key_sets(self) -> tuple[PublishedKeys, ...]:
        """The key sets that tokens are verified with."""
        return tuple(guard.keys for guard in (self.callbacks, self.events, self.desktop) if guard is not None)

    async def admit(self, request: Request, who: Who) -> Asker:
        """Who it is that asks for something that ``who`` may ask for. Raises `HTTPException` 401, 403 and 503."""
        match who:
            case "anyone":
                return NOBODY
            case "host":
                await self._admit_service(request, "callbacks", self.callbacks)
                return NOBODY
            case "event grid":
                self.admit_secret(request)
                # The documentation promises no token with the handshake, which grants nothing.
                if request.method != "OPTIONS":
                    await self._admit_service(request, "events", self.events)
                return NOBODY
            case "operator":
                self._admit_operator(request)
                return NOBODY
            case "agent" | "supervisor":
                asker = await self._agent(request)
                if who == "supervisor" and not asker.supervisor:
                    raise HTTPException(403, "only a supervisor may do this: supervisor = true under [agents]")
                return asker

    async def admit_socket(self, connection: HTTPConnection) -> None:
        """The service, which connects to a web socket of ours with a token like those of its callbacks. Raises
        `HTTPException` 401 and 503."""
        await self._admit_service(connection, "media", self.callbacks)

    async def _admit_service(self, request: HTTPConnection, endpoint: str, guard: Guard | None) -> None:
        if guard is None:
            return
        result = await guard.verifier.verify(request.headers.get("Authorization"))
        if isinstance(result, Rejected):
            raise self._refused(endpoint, result.reason, result.status)

    def admit_secret(self, request: Request) -> None:
        """The secret of Event Grid's address. Raises `HTTPException` 401."""
        secret = self.site.events.secret
        if secret is not None and not secret_matches(secret.get_secret_value(), request.query_params.get("secret")):
            raise self._refused("events", "wrong_secret", 401)

    def _admit_operator(self, request: Request) -> None:
        token = self.site.operator.token
        if token is None:
            raise HTTPException(403, "the site file has no operator token")
        if not secret_matches(token.get_secret_value(), _bearer(request)):
            raise self._refused("operator", "wrong_secret", 401)

    async def _agent(self, request: Request) -> Asker:
        tokens = {
            name: agent.token.get_secret_value() for name, agent in self.site.settings.agents.items() if agent.token
        }
        if not tokens and self.desktop is None:
            raise HTTPException(403, "the site file has neither tokens under [agents] nor a [desktop]")
        given = _bearer(request)
        if given is None:
            raise self._refused("agents", "missing", 401)
        if (name := _whose(tokens, given)) is not None:
            return self._asker(name)
        # What has the form of a JWT is judged as one; else it was meant for a token of the site's own.
        if self.desktop is None or given.count(".") != 2:
            raise self._refused("agents", "wrong_secret", 401)
        result = await self.desktop.verifier.verify(request.headers.get("Authorization"))
        if isinstance(result, Rejected):
            raise self._refused("agents", result.reason, result.status)
        return self._of_entra(result)

    def _of_entra(self, token: Accepted) -> Asker:
        """The agent who is the user of a token of Entra. An application of its own has no user: it is nobody."""
        user = str(token.claims.get("oid", "")).lower()
        for name, agent in self.site.settings.agents.items():
            if user and user in ((agent.user or "").lower(), (agent.teams_user or "").lower()):
                return self._asker(name, float(token.claims["exp"]))
        self.metrics.tokens_refused.labels("agents", "no_agent").inc()
        raise HTTPException(403, "no agent of the site file is the user of this token")

    def _asker(self, name: str, until: float | None = None) -> Asker:
        return Asker(name, self.site.settings.agents[name].supervisor, until)

    def _refused(self, endpoint: str, reason: str, status: int) -> HTTPException:
        self.metrics.tokens_refused.labels(endpoint, reason).inc()
        now = self.clock.now()
        # Strangers may knock as often as they like; they do not get to fill the log.
        if now - self._told.get(reason, -_TELL_AGAIN) >= _TELL_AGAIN:
            self._told[reason] = now
            _log.warning("request refused", endpoint=endpoint, reason=reason)
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "5"}
        return HTTPException(status, "not authorised" if status == 401 else "try again", headers)


def _bearer(request: Request) -> str | None:
    """What stands behind ``Bearer``, if anything does."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip() or None if scheme.lower() == "bearer" else None


def _whose(tokens: Mapping[str, str], given: str) -> str | None:
    """Whose token it is. All are compared, each in a time that tells nothing of how much was right."""
    found: str | None = None
    told = given.encode("utf-8", "surrogatepass")
    for name, token in tokens.items():
        if hmac.compare_digest(token.encode(), told):
            found = name
    return found
