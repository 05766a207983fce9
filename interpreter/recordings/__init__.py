"""The recordings of calls: what the host calls them and whose they are; and, in the modules here, their files.

`fetching` brings a file here when the host says that it is there, `shelf` keeps it with what is known of it, and
`pauses` says whether a pause has held.
"""

from __future__ import annotations

import logging

from interpreter.ports import Clock
from interpreter.store import Kept, Store, StoreUnavailable

log = logging.getLogger(__name__)

BY_CALL, BY_NAME = "recording of call", "call of recording"
REMEMBERED = 7 * 86_400.0
"""Seconds for which a recording's name is known: the host keeps its file for one day."""


class RecordingNotes:
    """Remembers, in the store, the host's names for recordings, both ways."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def begun(self, call_id: str, recording: str) -> None:
        """A recording of this call was accepted under this name. Raises `StoreUnavailable`."""
        until = self._clock.now() + REMEMBERED
        await self._store.keep(Kept(BY_NAME, recording, "", call_id, until))
        await self._store.keep(Kept(BY_CALL, call_id, "", recording, until))

    async def reported(self, call_id: str, recording: str) -> None:
        """The host has reported a state of this recording: where the answer to its start was lost, this is its name.
        Never raises: what cannot be kept now comes again with the next report."""
        try:
            if recording and not await self.call_of(recording):
                await self.begun(call_id, recording)
        except StoreUnavailable as error:
            log.error("call %s: the name of its recording is not kept: %s", call_id, error)

    async def recording_of(self, call_id: str) -> str:
        """The name of the call's latest recording, empty where there is none. Raises `StoreUnavailable`."""
        return await self._store.kept(BY_CALL, call_id, "", self._clock.now()) or ""

    async def call_of(self, recording: str) -> str:
        """Whose recording it is, empty where it is none of ours. Raises `StoreUnavailable`."""
        return await self._store.kept(BY_NAME, recording, "", self._clock.now()) or ""
