"""What is known of a recording beside its sound: whose it is, who is on which channel, and its pauses with the proof
that they held. It is gathered from our own store and from what the service writes beside the file."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from interpreter.azure.eventgrid import epoch
from interpreter.journal import PROTOCOL, JournalError
from interpreter.protocol import RecordingChanged, Request
from interpreter.recordings.pauses import Moment, Pause, held, pauses_of, stretches
from interpreter.site import Site
from interpreter.staff import somebody
from interpreter.store import Store
from interpreter.telemetry import masked

log = logging.getLogger(__name__)

_REQUEST, _REPORT = (f'{{"$":"{each.__name__}"' for each in (Request, RecordingChanged))


@dataclass(frozen=True, slots=True)
class Job:
    """One chunk of a recording that is to be fetched. Times are epoch seconds; ``started`` and ``seconds`` are those of
    the whole recording, as it was announced."""

    call: str
    recording: str
    index: int
    chunks: int
    address: str
    metadata: str
    started: float
    seconds: float
    ended: str
    unmixed: bool
    announced: float
    tries: int = 0
    due: float = 0.0

    @property
    def name(self) -> str:
        """The recording's name here: the same whenever it is announced. The host's own is too long for a file."""
        return f"{self.call}.{hashlib.sha256(self.recording.encode()).hexdigest()[:8]}.{self.index}"

    @property
    def key(self) -> tuple[str, str]:
        return self.recording, str(self.index)


@dataclass(frozen=True, slots=True)
class Sound:
    """The file: its length, its channels, and what it can be known by again."""

    seconds: float
    tracks: int
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What the service writes beside the file: when it begins (epoch seconds, 0.0 where it is not said), its pauses
    (from when on, how many seconds), and the raw ids of who was there with their channels."""

    started: float
    pauses: tuple[tuple[float, float], ...]
    people: tuple[tuple[str, int | None], ...]


def read_beside(content: bytes) -> Beside:
    """Raises `ValueError` for what is not of the documented shape. Durations are in milliseconds there.
    https://learn.microsoft.com/azure/communication-services/quickstarts/voice-video-calling/get-started-call-recording"""
    try:
        found = json.loads(content)
        listed = found.get("pauseResumeIntervals") or ()
        pauses = [(epoch(each["startTime"]), float(each["duration"]) / 1000) for each in listed]
        people = [(str(each["participantId"]), each.get("channel")) for each in found.get("participants") or ()]
        return Beside(epoch(str(found.get("chunkStartTime", ""))), tuple(pauses), tuple(people))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"not what the service writes beside a recording: {type(error).__name__}: {error}") from None


class Witness:
    """What this server knows of a call's recording."""

    def __init__(self, site: Site, store: Store) -> None:
        self._store = store
        self._names = _names(site)

    async def moments(self, job: Job) -> tuple[Moment, ...]:
        """What was asked of the recording, and what was reported of it. Raises `StoreUnavailable`."""
        found: list[Moment] = []
        for row in await self._store.outbox(job.call):
            if row.action.startswith(_REQUEST) and row.state != "cancelled":
                action = _decoded(row.action)
                if isinstance(action, Request) and action.verb == "record":
                    found.append(Moment(row.first_sent, "pause" if action.name == "pause" else "go on"))
        for event_row in await self._store.journal(job.call):
            if event_row.event.startswith(_REPORT):
                event = _decoded(event_row.event)
                if (
                    isinstance(event, RecordingChanged)
                    and event.state != "failed"
                    and event.recording in ("", job.recording)
                ):
                    found.append(Moment(event.at, event.state))
        return tuple(found)

    async def caller(self, call: str) -> str:
        """The raw id of the caller, empty when the call is not known any more. Raises `StoreUnavailable`."""
        row = (await self._store.load([call])).get(call)
        return _raw(row.call.caller) if row is not None and row.call.caller else ""

    def who(self, raw_id: str, caller: str) -> str:
        """A participant as a person calls it: ``caller``, a name of the site file, or what is left of a number."""
        if raw_id.lower() == caller.lower():
            return "caller"
        return self._names.get(raw_id.lower()) or masked(raw_id.removeprefix("4:"))


def _names(site: Site) -> Mapping[str, str]:
    """Names of the site file by raw id, in lower case. An agent's name goes before that of a number."""
    settings = site.settings
    every = (*settings.teams_users, *settings.numbers, *settings.experts, *settings.agents)
    people = ((name, somebody(site, name)) for name in every)
    return {person.address.lower(): name for name, person in people if person is not None}


def _raw(party: str) -> str:
    return f"4:{party}" if party.startswith("+") else party


def _decoded(text: str) -> object:
    try:
        return PROTOCOL.decode(text)
    except JournalError as error:
        log.warning("something of a recording was written by a newer version: %s", error)
        return None


def describe(
    job: Job, sound: Sound | None, place: str, beside: Beside | None, moments: tuple[Moment, ...], people: list[Any]
) -> dict[str, Any]:
    """What is kept beside the sound: see docs/operating.md. ``place`` is where the file is when it is not here."""
    started = (beside.started if beside is not None else 0.0) or job.started
    seconds = sound.seconds if sound is not None else job.seconds
    recorded = stretches(started, seconds, beside.pauses) if beside is not None and sound is not None else None
    pauses = tuple(each for each in pauses_of(moments) if each.until is None or each.until > started)
    return {
        "recording": job.name,
        "call": job.call,
        "at": round(started, 3),
        "seconds": round(seconds, 3),
        "channels": "unmixed" if job.unmixed else "mixed",
        "participants": people,
        "chunk": job.index,
        "chunks": job.chunks,
        "ended": job.ended,
        **(asdict(sound) if sound is not None else {"place": place}),
        "pauses": [_told(each) for each in pauses],
        "service_pauses": [{"from": round(b, 3), "seconds": s} for b, s in beside.pauses] if beside else None,
        "held": held(pauses, recorded) if recorded is not None else None,
    }


def _told(pause: Pause) -> dict[str, float | None]:
    return {
        name: None if value is None else round(value, 3)
        for name, value in (("asked", pause.asked), ("confirmed", pause.confirmed), ("until", pause.until))
    }
