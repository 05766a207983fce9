"""Presence in Microsoft Graph: read it for many users, show a call of ours, and take that back.

https://learn.microsoft.com/graph/api/cloudcommunications-getpresencesbyuserid (permission Presence.Read.All),
https://learn.microsoft.com/graph/api/presence-setpresence and
https://learn.microsoft.com/graph/api/presence-clearpresence (permission Presence.ReadWrite.All), all of them for an
application.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import aiohttp

from interpreter.presence.errors import DeniedError, GraphError, MalformedError, RefusedError, ThrottledError
from interpreter.presence.wire import Reply, as_object, failure, post

BASE = "https://graph.microsoft.com/v1.0"
BATCH = 650
"""Users of a request. https://learn.microsoft.com/graph/api/cloudcommunications-getpresencesbyuserid"""
AT_ONCE = 4
"""Requests of one reading at a time."""
SPLITS = 40
"""Halves of refused batches that one reading tries: enough to find two wrong ids among 650."""
BROKEN = 3
"""Failed batches after which a reading stops."""
UNKNOWN = "PresenceUnknown"


class TokenProvider(Protocol):
    """Gives a bearer token, never one equal to ``refused``, which Graph has not taken. Raises `GraphError`."""

    async def __call__(self, refused: str = "") -> str: ...


@dataclass(frozen=True, slots=True)
class Presence:
    """What Teams says of a user, in Graph's words; there may be new ones.
    https://learn.microsoft.com/graph/api/resources/presence"""

    availability: str
    activity: str


class Presences(dict[str, Presence]):
    """Presence by user id as it was asked for. Who is missing was not in the answer. ``error``: why a part could not
    be read; ``refused``: the ids that Graph takes offence at."""

    def __init__(self) -> None:
        super().__init__()
        self.error: GraphError | None = None
        self.refused: set[str] = set()


class Graph:
    """One application at Graph. ``app_id`` is the application's id, which names its presence sessions."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: TokenProvider,
        app_id: str,
        *,
        base: str = BASE,
        minutes: int = 5,
        timeout: float = 10.0,
    ) -> None:
        """``minutes``: how long what we show lasts unless it is renewed; ``timeout``: seconds of a request. Raises
        `ValueError` for minutes that Graph does not take."""
        if not 5 <= minutes <= 240:
            raise ValueError("a presence session lasts from 5 to 240 minutes")
        self._session, self._token, self._app_id = session, token, app_id
        self._base, self._minutes, self._timeout = base.rstrip("/"), minutes, timeout

    @property
    def lasts(self) -> float:
        """Seconds after which what we show is gone by itself."""
        return self._minutes * 60.0

    async def presences(self, user_ids: Iterable[str]) -> Presences:
        """What Teams says of these users. Raises `GraphError` when nothing at all could be read; else the answer has
        what could be, and says what is wrong with the rest."""
        reading = _Reading(self, list(dict.fromkeys(user_ids)))
        await asyncio.gather(*(reading.work() for _ in range(min(AT_ONCE, len(reading.batches)))))
        found = reading.found
        if found.error is not None and not found and not found.refused:
            raise found.error
        return found

    async def set_in_call(self, user_id: str) -> None:
        """Show the user as ``Busy/InACall``, from now for `lasts` seconds. Raises `GraphError`."""
        body = {
            "sessionId": self._app_id,
            "availability": "Busy",
            "activity": "InACall",
            "expirationDuration": f"PT{self._minutes}M",
        }
        await self._write(user_id, "setPresence", body)

    async def clear(self, user_id: str) -> None:
        """Show nothing of ours any more; it is well when there was nothing (404). Raises `GraphError`."""
        try:
            await self._write(user_id, "clearPresence", {"sessionId": self._app_id})
        except RefusedError as error:
            if error.status != 404:
                raise

    async def read(self, user_ids: Sequence[str]) -> Mapping[str, Presence]:
        """One request, for at the most `BATCH` users. Raises `GraphError`."""
        what = "getPresencesByUserId"
        reply = await self._send(f"{self._base}/communications/{what}", what, {"ids": list(user_ids)})
        return _presences(reply.body, user_ids)

    async def _write(self, user_id: str, what: str, body: Mapping[str, str]) -> None:
        if user_id in ("", ".", ".."):
            raise RefusedError(f"{what}: there is no such user id", status=400)
        await self._send(f"{self._base}/users/{quote(user_id, safe='')}/presence/{what}", what, body)

    async def _send(self, address: str, what: str, body: Mapping[str, Any]) -> Reply:
        """POST with a token, once more with a fresh one when it is not taken."""
        token = await self._bearer("")
        reply = await self._post(address, token, body)
        if reply.status == 401:
            reply = await self._post(address, await self._bearer(token), body)
            if reply.status == 401:
                raise DeniedError(f"{what}: HTTP 401, with a fresh token, too")
        if (error := failure(what, reply)) is not None:
            raise error
        return reply

    async def _post(self, address: str, token: str, body: Mapping[str, Any]) -> Reply:
        headers = {"Authorization": f"Bearer {token}"}
        return await post(self._session, address, self._timeout, headers, json=body, form=None)

    async def _bearer(self, refused: str) -> str:
        try:
            return await self._token(refused)
        except GraphError:
            raise
        except Exception as error:
            raise DeniedError(f"no token: {type(error).__name__}") from error


class _Reading:
    """Batches, four at a time. One that is refused is halved until the ids that are to blame stand alone."""

    def __init__(self, graph: Graph, ids: list[str]) -> None:
        self._graph, self.found = graph, Presences()
        self.batches = deque(ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
        self._splits, self._broken, self._over = SPLITS, 0, False

    async def work(self) -> None:
        while self.batches and not self._over:
            batch = self.batches.popleft()
            try:
                self.found.update(await self._graph.read(batch))
            except RefusedError as error:
                self._refused(batch, error)
            except GraphError as error:
                self.found.error = self.found.error or error
                self._broken += 1
                self._over = isinstance(error, (ThrottledError, DeniedError)) or self._broken >= BROKEN

    def _refused(self, batch: list[str], error: RefusedError) -> None:
        if error.status not in (400, 404):  # 403: a permission is missing, whoever is asked for
            self.found.error, self._over = error, True
        elif len(batch) == 1:
            self.found.refused.add(batch[0])
        elif self._splits >= 2:
            self._splits -= 2
            half = len(batch) // 2
            self.batches.extendleft((batch[half:], batch[:half]))
        else:
            self.found.error = self.found.error or error


def _presences(body: bytes, user_ids: Sequence[str]) -> Mapping[str, Presence]:
    """The entries of an answer that can be read and were asked for. Raises `MalformedError` for one without a list."""
    entries = as_object(body).get("value")
    if not isinstance(entries, list):
        raise MalformedError("the answer has no list of presences")
    asked = {user_id.casefold(): user_id for user_id in user_ids}
    found: dict[str, Presence] = {}
    for entry in entries:
        name = entry.get("id") if isinstance(entry, dict) else None
        user_id = asked.get(name.casefold()) if isinstance(name, str) else None
        if user_id is not None:
            found[user_id] = Presence(_word(entry.get("availability")), _word(entry.get("activity")))
    return found


def _word(value: object) -> str:
    return value if isinstance(value, str) and value else UNKNOWN
