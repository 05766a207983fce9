"""Event Grid: the real handshake, then incoming calls and recorded files delivered at least once. [contract 4]"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from emulator.activity import Activity
from emulator.clock import Clock
from emulator.config import Config, Schema
from emulator.identifiers import Json
from emulator.misbehave import Mischief
from emulator.model import Offer
from emulator.recordings import file_updated
from emulator.tape import Recording
from emulator.world import timestamp

log = logging.getLogger("emulator.eventgrid")

ORIGIN = "eventgrid.azure.net"
TIMEOUT = aiohttp.ClientTimeout(total=30)
RETRY_SECONDS = (10.0, 30.0)
"""Pauses of the delivery schedule; later ones are of no use to a call that rings 30 s."""
SUCCESS = range(200, 205)
FINAL = (400, 401, 403, 413)
"""Statuses that are not retried."""


class SubscriptionError(Exception):
    """The endpoint did not complete the validation handshake."""


@dataclass(frozen=True, slots=True)
class Subscription:
    url: str
    schema: Schema
    name: str


@dataclass(slots=True)
class Grid:
    """The subscriptions of one emulator."""

    config: Config
    clock: Clock
    activity: Activity
    mischief: Callable[[], Mischief]
    session: Callable[[], aiohttp.ClientSession]
    subscriptions: list[Subscription] = field(default_factory=list)
    attempts: list[tuple[str, int]] = field(default_factory=list)
    """Event id and status of every delivery attempt; status 0 when nobody answered."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    subscribed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def topic(self) -> str:
        return (
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/emulator/providers/"
            "microsoft.communication/communicationservices/emulator"
        )

    async def subscribe(self, url: str, schema: Schema) -> None:
        """Validate the endpoint, then deliver to it. Raises SubscriptionError."""
        subscription = Subscription(url, schema, f"emulator-{len(self.subscriptions) + 1}")
        with self.activity:
            try:
                await (self._validate_grid(subscription) if schema == "eventgrid" else self._validate_cloud(url))
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                raise SubscriptionError(f"{url} did not complete the handshake: {error!r}") from error
        self.subscriptions.append(subscription)
        self.subscribed.set()

    async def _validate_grid(self, subscription: Subscription) -> None:
        code = str(uuid.uuid4()).upper()
        event = {
            "id": str(uuid.uuid4()),
            "topic": self.topic,
            "subject": "",
            "data": {"validationCode": code, "validationUrl": f"https://rp-emulator.{ORIGIN}:553/validate?id={code}"},
            "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
            "eventTime": timestamp(self.clock.now()),
            "metadataVersion": "1",
            "dataVersion": "2",
        }
        headers = {"aeg-event-type": "SubscriptionValidation", "aeg-subscription-name": subscription.name.upper()}
        async with self.session().post(subscription.url, json=[event], headers=headers, timeout=TIMEOUT) as response:
            # 202 is refused by the service too.
            if response.status != 200:
                raise SubscriptionError(f"{subscription.url} answered the validation with {response.status}, not 200")
            answer = await response.json(content_type=None)
        if not isinstance(answer, dict) or answer.get("validationResponse") != code:
            raise SubscriptionError(f"{subscription.url} did not return the validation code")

    async def _validate_cloud(self, url: str) -> None:
        headers = {"WebHook-Request-Origin": ORIGIN, "WebHook-Request-Rate": "120"}
        async with self.session().options(url, headers=headers, timeout=TIMEOUT) as response:
            allowed = response.headers.get("WebHook-Allowed-Origin", "")
            if response.status != 200 or allowed not in ("*", ORIGIN):
                raise SubscriptionError(f"{url} answered {response.status} and allowed {allowed!r} to deliver")

    def incoming(self, offer: Offer) -> None:
        """Announce a call to every subscription."""
        if not self.subscriptions:
            log.warning("a call to %s rings, but nobody subscribed to incoming calls", offer.number)
        subject = f"/caller/{offer.phone.me.raw_id}/recipient/{offer.to.raw_id}"
        self._announce("IncomingCall", subject, incoming_call(offer, self.config.callee_at))

    def recorded(self, recording: Recording, base_url: str) -> None:
        """Announce the file of a recording to every subscription."""
        self._announce("RecordingFileStatusUpdated", *file_updated(recording, base_url))

    def _announce(self, name: str, subject: str, data: Json) -> None:
        event_id = str(uuid.uuid4())
        copies = 2 if self.mischief().strikes("duplicate_incoming", name) else 1
        for subscription in self.subscriptions:
            body = self._envelope(subscription.schema, event_id, f"Microsoft.Communication.{name}", subject, data)
            for _ in range(copies):
                self._attempt(subscription, event_id, body, 0)

    def _envelope(self, schema: Schema, event_id: str, kind: str, subject: str, data: Json) -> Json | list[Json]:
        now = timestamp(self.clock.now())
        if schema == "cloudevents":
            return {
                "id": event_id, "source": self.topic, "subject": subject, "type": kind,
                "time": now, "specversion": "1.0", "data": data,
            }  # fmt: skip
        return [{
            "id": event_id, "topic": self.topic, "subject": subject, "data": data, "eventType": kind,
            "dataVersion": "1.0", "metadataVersion": "1", "eventTime": now,
        }]  # fmt: skip

    def _attempt(self, subscription: Subscription, event_id: str, body: Json | list[Json], tries: int) -> None:
        self.later(self._deliver(subscription, event_id, body, tries))

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that counts as under way until it is done."""
        self.activity.begin()
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        self.activity.end()

    async def _deliver(self, subscription: Subscription, event_id: str, body: Json | list[Json], tries: int) -> None:
        cloud = subscription.schema == "cloudevents"
        headers = {
            "aeg-event-type": "Notification",
            "aeg-subscription-name": subscription.name.upper(),
            "aeg-delivery-count": str(tries),
            "aeg-data-version": "" if cloud else "1.0",
            "aeg-metadata-version": "1",
            "Content-Type": f"application/{'cloudevents+' if cloud else ''}json; charset=utf-8",
        }
        try:
            async with self.session().post(subscription.url, json=body, headers=headers, timeout=TIMEOUT) as response:
                await response.read()
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("nobody answered at %s: %s", subscription.url, error)
            status = 0
        self.attempts.append((event_id, status))
        if status in SUCCESS:
            return
        log.warning("an event was answered %s by %s", status, subscription.url)
        if status not in FINAL and tries < len(RETRY_SECONDS):
            self.clock.call_later(RETRY_SECONDS[tries], lambda: self._attempt(subscription, event_id, body, tries + 1))

    async def close(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def incoming_call(offer: Offer, callee_at: str = "data") -> Json:
    """`data` of the event. `customContext` is absent when the caller sent none. Of a call on behalf of the line, the
    place of the field that names the callee is a guess, so it can be put at each. [contract 4.2, 7.3]"""
    data: Json = {
        "to": offer.to.to_json(),
        "from": offer.phone.me.to_json(),
        "serverCallId": offer.server_call_id,
        "callerDisplayName": "",
        "incomingCallContext": offer.token,
        "correlationId": offer.correlation_id,
    }
    if offer.phone.context:
        data["customContext"] = {"sipHeaders": {}, "voipHeaders": {}, **offer.phone.context}
    if (callee := offer.phone.callee) is not None:
        context: Json = data.setdefault("customContext", {"sipHeaders": {}, "voipHeaders": {}})
        match callee_at:
            case "data":
                data["onBehalfOfCallee"] = callee.to_json()
            case "customContext":
                context["onBehalfOfCallee"] = callee.to_json()
            case _:
                context["voipHeaders"] = {**context["voipHeaders"], "onBehalfOfCallee": callee.raw_id}
    return data
