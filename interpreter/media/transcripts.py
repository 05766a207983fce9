"""Transcripts as they stand in the journals of calls: read, and forgotten when recordings are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from interpreter.journal import PROTOCOL, decode_event
from interpreter.protocol import Utterance
from interpreter.store import JournalRow, Store

_UTTERANCE = '{"$":"Utterance"'
"""How the text of an utterance begins: the others need not be decoded."""
_ASKED_BY = ("transcribe call", "stream audio")
"""What a script has one of that can have a call transcribed: by the service, or by us in its audio."""
TOGETHER = 200
"""Ended calls that are looked at in one reading."""


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance; ``n`` is its place in the journal and grows."""

    n: int
    said: Utterance


def lines(rows: Iterable[JournalRow], after: int = -1) -> list[Line]:
    """The utterances of a journal behind the place ``after``. Whose words are forgotten are none any more."""
    found = []
    for row in rows:
        if row.n > after and row.event.startswith(_UTTERANCE):
            said = decode_event(row.event)
            if isinstance(said, Utterance) and said.text:
                found.append(Line(row.n, said))
    return found


def _asks(script: str) -> bool:
    text = " ".join(script.split())
    return any(each in text for each in _ASKED_BY)


@dataclass(slots=True)
class Forgetting:
    """Takes the words out of journals that are kept for longer than recordings. What stays is that somebody spoke."""

    store: Store
    _until: float = 0.0
    """The calls that ended before this time have been looked at by this process."""
    _asks: dict[str, bool] = field(default_factory=dict)
    """Whether a version of a script can have a call transcribed."""

    async def forget(self, before: float) -> int:
        """Forget what was said in calls that ended before a time (epoch seconds). Returns in how many. Raises
        `StoreUnavailable`."""
        gone, since = 0, self._until
        edge: set[str] = set()
        while True:
            # Those of the very moment at which the last reading ended come again.
            rows = await self.store.ended(since, TOGETHER + len(edge))
            fresh = [row for row in rows if row.updated < before and row.id not in edge]
            for row in fresh:
                if await self._can_transcribe(row.script):
                    gone += await self._blank(row.id)
            if not fresh:
                self._until = max(self._until, before)
                return gone
            since = fresh[-1].updated
            edge = {row.id for row in rows if row.updated == since}

    async def _can_transcribe(self, version: str) -> bool:
        if version not in self._asks:
            script = await self.store.script(version)
            self._asks[version] = script is not None and _asks(script.text)
        return self._asks[version]

    async def _blank(self, call_id: str) -> bool:
        found = lines(await self.store.journal(call_id))
        if found:
            blank = [JournalRow(each.n, each.said.at, PROTOCOL.encode(replace(each.said, text=""))) for each in found]
            await self.store.rewrite(call_id, blank)
        return bool(found)
