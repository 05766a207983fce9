"""The world: all state of one emulator, and how its events leave it."""

from __future__ import annotations

import base64
import itertools
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from emulator.clock import Clock
from emulator.config import Config, Line
from emulator.identifiers import Identifier, Json, from_address
from emulator.misbehave import Mischief
from emulator.model import Call, Echo, Entry, EntryKind, Feed, Moment, Offer, Phone, PhoneState, Ring, Segment
from emulator.plans import Behaviour
from emulator.results import Result
from emulator.tape import Recording

DIVERTED_NEVER: frozenset[str] = frozenset({"PlayStarted"})


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody was rung who was on the phone: `busy` is the id of the phone in use, which was `connected` or still
    `ringing`; `rung` that of the new ring."""

    t: float
    who: str
    busy: str
    rung: str
    state: PhoneState


class Outbox(Protocol):
    """Where callback events, incoming calls, the news of recorded files, and frames of web sockets go."""

    def callback(self, call: Call, name: str, uri: str, event: Json) -> None: ...

    def incoming(self, offer: Offer) -> None: ...

    def recorded(self, recording: Recording) -> None: ...

    def connect(self, call: Call, feed: Feed, again: bool = False) -> None: ...

    def disconnect(self, feed: Feed) -> None: ...

    def frame(self, feed: Feed, frame: Json) -> None: ...


Fetch = Callable[[tuple[Segment, ...], Callable[[tuple[Segment, ...]], None]], None]
Watcher = Callable[[Json], None]


@dataclass(slots=True)
class World:
    """Everything that one emulator knows. `on_moment` is called when a planned caller could act, and
    says whether its plan spent an item on it; `on_answer` when its call was answered."""

    config: Config
    clock: Clock
    mischief: Mischief
    outbox: Outbox
    fetch: Fetch
    phones: dict[str, Phone] = field(default_factory=dict)
    people: dict[str, list[Phone]] = field(default_factory=dict)
    """The phones of each person that were in use when one was last added."""
    knocks: list[Knock] = field(default_factory=list)
    offers: dict[str, Offer] = field(default_factory=dict)
    rings: dict[str, Ring] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)
    taping: dict[str, Recording] = field(default_factory=dict)
    """The recording in progress of each call, by connection id."""
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    watchers: list[Watcher] = field(default_factory=list)
    on_moment: Callable[[Phone, Moment], bool] = lambda phone, moment: False
    on_answer: Callable[[Phone], None] = lambda phone: None
    counter: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    # Connections of one service instance share the first group of their ids.
    instance: str = field(default_factory=lambda: f"{random.getrandbits(32):08x}")

    def connection_id(self) -> str:
        return f"{self.instance}-{str(uuid.uuid4()).partition('-')[2]}"

    def server_call_id(self) -> str:
        path = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        url = f"https://api.flightproxy.skype.com/api/v2/cp/conv-emulator.conv.skype.com/conv/{path}"
        return base64.b64encode(url.encode()).decode()

    def app_identity(self) -> Identifier:
        user = str(uuid.uuid4())
        return Identifier("communicationUser", f"8:acs:{self.config.resource_id}_{user}")

    def line(self, address: str) -> Line | None:
        """The line of that number, raw id or resource account."""
        wanted = address.strip().lower().removeprefix("4:").removeprefix("28:orgid:")
        for line in self.config.lines:
            if wanted in (line.number.lower(), (line.resource_account or line.number).lower()):
                return line
        return None

    def line_identity(self, line: Line) -> Identifier:
        """Whom an incoming call on this line is addressed to; a bound resource account is of kind `unknown`."""
        if line.resource_account is None:
            return from_address(line.number)
        return Identifier("unknown", f"28:orgid:{line.resource_account}")

    def add(self, phone: Phone) -> None:
        """A phone dials or is rung. Whoever is on the phone already notices being rung."""
        busy = [one for one in self.people.get(phone.me.key, []) if one.state != "ended"]
        self.people[phone.me.key] = [*busy, phone]
        self.phones[phone.id] = phone
        for one in busy:
            if phone.role == "target":
                self.knocks.append(Knock(self.clock.now(), phone.me.label, one.id, phone.id, one.state))
                self.note(one, "knocked", phone.other.label)

    def note(self, phone: Phone, kind: EntryKind, text: str = "", end: float | None = None) -> int:
        """Add a line to a phone's transcript; returns its place."""
        phone.transcript.append(Entry(self.clock.now(), kind, text, end))
        self.tell(phone)
        return len(phone.transcript) - 1

    def tell(self, phone: Phone) -> None:
        """Show a phone's news to everyone who watches."""
        if self.watchers:
            news = {**phone.to_json(), "now": self.clock.now()}
            news["transcript"] = [entry.to_json() for entry in phone.transcript]
            for watcher in list(self.watchers):
                watcher(news)

    def emit(
        self,
        call: Call,
        name: str,
        result: Result | None,
        echo: Echo | None = None,
        extra: Json | None = None,
        place: str | None = None,
    ) -> None:
        """Send a callback event of a call, to the request's own address when that diverts it (section 6.2).

        `place` is the event's source when that is not the connection."""
        body: Json = dict(extra or {})
        body["version"] = call.version
        if echo is not None and echo.operation_context is not None:
            body["operationContext"] = echo.operation_context
        if result is not None:
            body["resultInformation"] = result.to_json()
        body["callConnectionId"] = call.id
        body["serverCallId"] = call.server_call_id
        body["correlationId"] = call.correlation_id
        body["publicEventType"] = f"Microsoft.Communication.{name}"
        diverted = echo.callback_uri if echo is not None and name not in DIVERTED_NEVER else None
        event = envelope(name, place or f"calling/callConnections/{call.id}", body, self.clock.now())
        self.outbox.callback(call, name, diverted or call.callback_uri, event)
        if place is None:
            call.last_event = (name, event)


def envelope(name: str, place: str, body: Json, now: float) -> dict[str, Any]:
    """A CloudEvent in the captured shape, its keys in the captured order."""
    return {
        "id": str(uuid.uuid4()),
        "source": place,
        "type": f"Microsoft.Communication.{name}",
        "data": body,
        "time": timestamp(now),
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "subject": place,
    }


def timestamp(now: float) -> str:
    """`2026-09-15T11:36:07.9937574+00:00`: up to seven digits of fraction, trailing zeros dropped."""
    moment = datetime.fromtimestamp(now, UTC)
    fraction = f"{moment.microsecond:06d}".rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{'.' + fraction if fraction else ''}+00:00"
