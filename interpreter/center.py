"""The contact center of a site, put together: floor, hands, messages, and people who are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import aiohttp

from interpreter.azure.commands import AzureHost
from interpreter.azure.recordings import MessageFiles
from interpreter.floor import Floors, Hands, NoHands
from interpreter.floor.asking import FloorDesk, line_of_promise
from interpreter.floor.observing import Observer
from interpreter.floor.service import Deliver
from interpreter.media.transcripts import Forgetting
from interpreter.messages import Messages
from interpreter.notify import Notifier
from interpreter.ports import Clock, Host, Line
from interpreter.recordings.about import Witness
from interpreter.recordings.fetching import RecordingFiles
from interpreter.recordings.shelf import Shelf
from interpreter.routing import Floor
from interpreter.routing.promises import PREFIX
from interpreter.site import Site
from interpreter.staff import at_start, queue_rules
from interpreter.store import Store

DAY = 86_400.0


async def nobody_judges(number: str) -> str:
    """Where nothing says whom the site may call, it calls nobody."""
    return "nothing says whom this site may call"


@dataclass(slots=True)
class Center:
    """``desk`` takes the requests of calls."""

    floors: Floors
    desk: FloorDesk
    messages: Messages
    notifier: Notifier
    recordings: RecordingFiles
    transcripts: Forgetting

    def forgetting(self, site: Site, store: Store, now: float) -> Mapping[str, Callable[[], Awaitable[int]]]:
        """What deletes what is older than the site keeps it, by what that is. Each returns how many files went, and may
        raise `StoreUnavailable`, `MessagesUnavailable` or `RecordingsUnavailable`."""
        settings = site.settings

        async def details() -> int:
            await store.floor.forget_details(now - settings.store.keep_days * DAY)
            return 0

        return {
            "details": details,
            "messages": lambda: self.messages.forget(now - settings.voicemail.keep_days * DAY),
            # What was said is as personal as how it sounds.
            "transcripts": lambda: self.transcripts.forget(now - settings.recording.keep_days * DAY),
            "recordings": lambda: self.recordings.shelf.forget(now - settings.recording.keep_days * DAY),
        }

    async def open(self, site: Site, clock: Clock) -> None:
        """Take up what is in the log, with what the site file says now. Raises `StoreUnavailable`, `JournalError`."""
        await self.recordings.start()
        await self.floors.start()
        changes = list(at_start(site, self.floors.floor, clock.now()))
        if changes:
            await self.floors.post(*changes)


def make(
    site: Site,
    store: Store,
    host: Host,
    clock: Clock,
    deliver: Deliver,
    session: Callable[[], aiohttp.ClientSession],
    messages: Messages,
    observer: Observer | None = None,
    objection: Callable[[str], Awaitable[str]] = nobody_judges,
) -> Center:
    """The center over the host of the calls. A host that knows nothing of other people's legs has no hands: then nobody
    is brought into a call, and says so."""
    endpoint, key = site.service.access() or ("", None)
    token = host.token if isinstance(host, AzureHost) else None
    files = MessageFiles(messages, session, endpoint, key.get_secret_value() if key is not None else "", token)
    notifier = Notifier(site, session)
    opened: list[Floors] = []

    def floor() -> Floor:
        return opened[0].floor

    async def line(call_id: str) -> Line | None:
        if call_id.startswith(PREFIX):
            return line_of_promise(floor(), call_id)
        found = (await store.load([call_id])).get(call_id)
        if found is None:
            return None
        row = found.call
        return Line(row.id, row.shard, row.connection_id, row.incoming_context, row.caller, row.called)

    hands: Hands = host.hands(line, floor, files) if isinstance(host, AzureHost) else NoHands()
    shelf, container = Shelf(site.folder / site.settings.recording.folder), site.settings.recording.container
    recordings = RecordingFiles(store, clock, shelf, files.downloads, Witness(site, store), container)
    if isinstance(host, AzureHost):
        host.captures(recordings.notes)
    floors = Floors(store.floor, hands, clock, queue_rules(site), deliver, tell=notifier.give, observer=observer)
    opened.append(floors)
    return Center(
        floors,
        FloorDesk(site, floors, clock, messages.usable, objection),
        messages,
        notifier,
        recordings,
        Forgetting(store),
    )
