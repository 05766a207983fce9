"""Tokens for an application with a secret, by the client credentials grant.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
from pydantic import SecretStr

from interpreter.ports import Clock
from interpreter.presence.errors import DeniedError, GraphError, MalformedError
from interpreter.presence.wire import as_object, failure, post

LOGIN = "https://login.microsoftonline.com"
SCOPE = "https://graph.microsoft.com/.default"
MARGIN = 300.0
"""Seconds before its end at which a token is replaced."""
BETWEEN = 1.0
"""Seconds for which a failure is the answer to everybody, so that a hundred who wait do not all try in turn."""
UNSAID = 600.0
"""Seconds that a token is taken to be good for when the answer does not say (RFC 6749, 5.1 lets it)."""


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    got: float
    lifetime: float

    def good(self, now: float, margin: float) -> bool:
        """Whether it ends later than ``margin`` seconds from now. One with a short life is used for half of it."""
        return 0.0 <= now - self.got < self.lifetime - min(margin, self.lifetime / 2)


class ClientCredentials:
    """Gives bearer tokens for Graph, each kept until five minutes before its end."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        clock: Clock,
        tenant: str,
        client_id: str,
        secret: SecretStr,
        *,
        authority: str = LOGIN,
        scope: str = SCOPE,
        timeout: float = 10.0,
    ) -> None:
        """``timeout`` is seconds."""
        self._session, self._clock, self._timeout = session, clock, timeout
        self._address = f"{authority.rstrip('/')}/{quote(tenant, safe='')}/oauth2/v2.0/token"
        self._client_id, self._secret, self._scope = client_id, secret, scope
        self._kept: _Kept | None = None
        self._failed: tuple[float, DeniedError] | None = None
        self._one = asyncio.Lock()

    async def __call__(self, refused: str = "") -> str:
        """A token, never ``refused``, which Graph has not taken. Raises `DeniedError`."""
        async with self._one:
            now, kept = self._clock.now(), self._kept
            if kept is not None and kept.token == refused:
                kept = self._kept = None
            if kept is not None and kept.good(now, MARGIN):
                return kept.token
            if self._failed is None or not 0.0 <= now - self._failed[0] < BETWEEN:
                await self._replace(now)
            if self._failed is None and self._kept is not None:
                return self._kept.token
            if kept is not None and kept.good(now, 0.0):
                return kept.token
            assert self._failed is not None
            raise self._failed[1].with_traceback(None)

    async def _replace(self, now: float) -> None:
        try:
            self._kept, self._failed = await self._get(now), None
        except GraphError as error:
            self._failed = (now, DeniedError(f"no token: {error}", after=error.after))

    async def _get(self, now: float) -> _Kept:
        form = {
            "client_id": self._client_id,
            "scope": self._scope,
            "client_secret": self._secret.get_secret_value(),
            "grant_type": "client_credentials",
        }
        reply = await post(self._session, self._address, self._timeout, {}, json=None, form=form)
        if (error := failure("token", reply)) is not None:
            raise error
        answer = as_object(reply.body)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise MalformedError("the answer has no access_token")
        return _Kept(token, now, _lifetime(answer))


def _lifetime(answer: Mapping[str, Any]) -> float:
    """Seconds of ``expires_in``, which is a number, and a text with some issuers."""
    try:
        seconds = float(answer["expires_in"])
    except (KeyError, TypeError, ValueError):
        return UNSAID
    return seconds if 0.0 < seconds < float("inf") else UNSAID
