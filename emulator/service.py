"""The emulator as one object: its state, its control API, and its servers."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from starlette.applications import Starlette

from emulator import app, container, phones, queries, tls
from emulator.activity import Activity
from emulator.audio import Fetcher
from emulator.callbacks import Callbacks, Delivery
from emulator.clock import Clock, SystemClock
from emulator.config import Config, Schema
from emulator.connector import Connector
from emulator.eventgrid import Grid
from emulator.identifiers import Json, from_address
from emulator.misbehave import Misbehaviour, Mischief
from emulator.model import Call, Entry, Feed, FeedName, Offer, Phone
from emulator.plans import PlanItem, read_behaviour
from emulator.queries import Leg
from emulator.rest import Received, Rest
from emulator.servers import Listener
from emulator.tape import Recording
from emulator.tokens import Tokens
from emulator.world import Knock, World


class Emulator:
    """A local Call Automation resource. Use it from one event loop; every method but the async ones acts at once.

    Phone calls are named by the id that `dial` returns, or that `calls()` lists for ringing targets."""

    def __init__(self, config: Config | None = None, clock: Clock | None = None) -> None:
        self.config = config or Config()
        self.clock: Clock = clock or SystemClock()
        self.tokens = Tokens(self.config.issuer, self.config.resource_id)
        self._activity = Activity()
        self._session: aiohttp.ClientSession | None = None
        self._listener: Listener | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._mischief = Mischief(self.config.misbehaviour)
        self._fetcher = Fetcher(self._activity, self._client)
        self._callbacks = Callbacks(
            self.config, self.clock, self.tokens, self._activity, lambda: self._mischief, self._client
        )
        self._connector = Connector(self.config, self.tokens, self._activity, lambda: self.world)
        self.grid = Grid(self.config, self.clock, self._activity, lambda: self._mischief, self._client)
        self.world = World(self.config, self.clock, self._mischief, self, self._fetcher.fetch)
        self.world.on_moment = lambda phone, moment: phones.on_moment(self.world, phone, moment)
        self.world.on_answer = lambda phone: phones.on_answer(self.world, phone)
        self.rest = Rest(self.world, self._callbacks, self._activity)
        self.asgi: Starlette = app.build(self)
        self.certificates: tls.Certificates | None = None

    # --- its servers ---

    async def start(self, host: str = "127.0.0.1", port: int = 0, tls_port: int | None = None) -> None:
        """Serve plain HTTP on `port` (0: any free one) and, when `tls_port` is given, TLS beside it."""
        if tls_port is not None and self.certificates is None:
            self._folder = tempfile.TemporaryDirectory(prefix="call-automation-")
            self.certificates = tls.make(Path(self._folder.name))
        self._listener = Listener(self.asgi, host, port, tls_port, self.certificates)
        await self._listener.start()

    async def stop(self) -> None:
        """Close the servers, give up what is undelivered, and let time-keeping go."""
        if self._listener is not None:
            await self._listener.stop()
        await self._connector.close()
        await self._callbacks.close()
        await self.grid.close()
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self._folder is not None:
            self._folder.cleanup()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._session

    @property
    def url(self) -> str:
        """`http://host:port`, the endpoint of a client that may speak plain HTTP."""
        return self._listening().url

    @property
    def tls_url(self) -> str:
        """`https://host:port`; clients must trust `ca_file`."""
        return self._listening().tls_url

    @property
    def ca_file(self) -> Path:
        """PEM of the authority that signed the TLS certificate."""
        if self.certificates is None:
            raise RuntimeError("TLS was not started")
        return self.certificates.ca

    def _listening(self) -> Listener:
        if self._listener is None:
            raise RuntimeError("the emulator was not started")
        return self._listener

    @property
    def connection_string(self) -> str:
        """For plain HTTP: the doubled scheme is the only form that the Python client does not turn into https."""
        return f"endpoint=https://{self.url}/;accesskey={self.config.access_key}"

    @property
    def tls_connection_string(self) -> str:
        return f"endpoint={self.tls_url}/;accesskey={self.config.access_key}"

    @property
    def openid_url(self) -> str:
        return f"{self.url}/calling/.well-known/acsopenidconfiguration"

    @property
    def keys_url(self) -> str:
        return f"{self.url}/calling/keys"

    # --- the host's side ---

    async def subscribe(self, url: str, schema: Schema = "eventgrid") -> None:
        """Perform the validation handshake, then deliver incoming calls and recorded files there.

        Raises SubscriptionError."""
        await self.grid.subscribe(url, schema)

    def rotate_keys(self, *, forget: bool = False) -> None:
        """Sign callbacks with a new key; `forget` withdraws the old ones too."""
        self.tokens.rotate(forget=forget)

    def misbehave(self, misbehaviour: Misbehaviour) -> None:
        """Misbehave so from now on; `Misbehaviour()` is to behave."""
        self._mischief = Mischief(misbehaviour)
        self.world.mischief = self._mischief

    @property
    def misbehaviour(self) -> Misbehaviour:
        return self._mischief.plan

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """Every attempt to deliver a callback, oldest first, with the status that it got."""
        return self._callbacks.deliveries

    @property
    def requests(self) -> Sequence[Received]:
        """Every genuine request of the host, oldest first, with what became of it."""
        return self.rest.received

    async def idle(self) -> None:
        """Return when no request is being answered and no event is in flight, queued for now, or being retried.

        What waits for the clock (a delayed event, Event Grid's own retry) does not count."""
        await self._activity.idle()

    # --- phones ---

    def dial(
        self,
        from_number: str,
        to: str,
        *,
        plan: Sequence[PlanItem] = (),
        custom_context: Json | None = None,
        callee: str | None = None,
    ) -> str:
        """Dial a line; returns the id of the phone call. `custom_context` holds `sipHeaders` and `voipHeaders`;
        `callee` is whom an agent calls on behalf of the line."""
        return phones.dial(self.world, from_number, to, plan, custom_context, callee).id

    def press(self, call: str, keys: str, *, after: float = 0.0) -> None:
        """Press keys such as `12#`, the first after so many seconds."""
        phones.press(self.world, self.call(call), keys, after)

    def speak(self, call: str, text: str, *, after: float = 0.0) -> None:
        """Say something; an empty text is a noise."""
        phones.speak(self.world, self.call(call), text, after)

    def fail_speech(self, call: str) -> None:
        """Let the recogniser that listens to this phone break (8565); without one nothing happens."""
        phones.fail_speech(self.world, self.call(call))

    def hang_up(self, call: str, *, after: float = 0.0) -> None:
        phones.hang_up(self.world, self.call(call), after)

    def accept(self, call: str) -> None:
        phones.accept(self.world, self.call(call))

    def decline(self, call: str) -> None:
        phones.decline(self.world, self.call(call))

    def busy(self, call: str) -> None:
        phones.busy(self.world, self.call(call))

    def ignore(self, call: str) -> None:
        """Let it ring until the service gives up, whatever the target's behaviour."""
        phones.ignore(self.world, self.call(call))

    def behave(self, target: str, behaviour: str, *, plan: Sequence[PlanItem] = ()) -> None:
        """What a target (number or raw id) does whenever it rings: `accept after 3 s`, `decline`, `busy`, `no answer`,
        `fail`, `ask`, `voicemail after 20 s`, `accept after 3 s, hang up after 40 s`. `plan` is what it then does."""
        self.world.behaviours[from_address(target).key] = read_behaviour(behaviour, plan)

    def call(self, call: str) -> Phone:
        """The phone call of an id, alive: read it, do not change it. Raises NoSuchPhoneError."""
        return phones.find(self.world, call)

    def calls(self) -> list[Phone]:
        """All phone calls, callers and rung targets, oldest first."""
        return list(self.world.phones.values())

    def ringing(self, target: str | None = None) -> list[Phone]:
        """The targets that ring now, of that address or at all."""
        key = None if target is None else from_address(target).key
        return [one.phone for one in self.world.rings.values() if key in (None, one.phone.me.key)]

    def transcript(self, call: str) -> list[Entry]:
        """What a phone heard and did, in order."""
        return list(self.call(call).transcript)

    def mute(self, call: str) -> None:
        """A participant mutes itself. This and `unmute` raise WrongStateError outside of a call."""
        phones.set_muted(self.world, self.call(call), True)

    def unmute(self, call: str) -> None:
        """A participant speaks again, also one that the host muted: a host cannot undo that. [contract 1.1]"""
        phones.set_muted(self.world, self.call(call), False)

    # --- transcripts and audio ---

    def feed(self, call: str, name: FeedName) -> Feed:
        """The transcript or audio of a phone's call, alive: read it. Raises NoSuchPhoneError, WrongStateError."""
        return phones.feed_of(self.world, self.call(call), name)[1]

    def converse(self, call: str, lines: Sequence[Mapping[str, Any]]) -> None:
        """A scripted conversation of those in the call: `who` speaks `text` after so many seconds from now. Without
        `who` it is this phone. Raises PlanError, WrongStateError."""
        phones.converse(self.world, self.call(call), lines)

    def send_frame(self, call: str, name: FeedName, text: str) -> None:
        """Send a text on the web socket as it is, whatever it is."""
        self._connector.raw(self.feed(call, name), text)

    async def break_socket(self, call: str, name: FeedName, *, again: bool = False) -> bool:
        """Cut the web socket as a network does; `again`: the service then connects once more. Whether there was one."""
        return await self._connector.cut(self.feed(call, name), again=again)

    @property
    def frames_sent(self) -> int:
        """Frames that went out on web sockets."""
        return self._connector.frames

    @property
    def frames_received(self) -> int:
        """Frames that the application has sent on web sockets."""
        return self._connector.received

    @property
    def sockets_refused(self) -> Sequence[tuple[str, str, int]]:
        """Connections that the application refused: of what, with which token, and the HTTP status."""
        return self._connector.refused

    # --- what a test asks when it is over ---

    def rung_while_talking(self, *, or_ringing: bool = False) -> list[Knock]:
        """Everyone who was rung while talking, oldest first; `or_ringing`: or while another call rang there."""
        return [knock for knock in self.world.knocks if or_ringing or knock.state == "connected"]

    def legs_left_behind(self) -> list[Leg]:
        """Phones still ringing or connected although nobody is there for them. Ask when all calls ought to be over."""
        return queries.left_behind(self.world)

    def hearing(self, call: str) -> dict[str, set[str]]:
        """Who hears whom, in the call of a phone or connection: number or raw id (`application` for the host) -> the
        participants heard, and `hold audio`. Raises NoSuchPhoneError."""
        return queries.hearing(self.world.calls.get(call) or self.world.calls.get(self.call(call).connection_id or ""))

    def recordings(self) -> list[Recording]:
        """All recordings, oldest first, alive: read them, do not change them."""
        return list(self.world.recordings.values())

    def forget(self) -> int:
        """Drop the phone calls that have ended, for runs of many thousands; returns how many."""
        ended = [phone.id for phone in self.world.phones.values() if phone.state == "ended"]
        for phone_id in ended:
            del self.world.phones[phone_id]
        self.world.people.clear()
        for phone in self.world.phones.values():
            self.world.people.setdefault(phone.me.key, []).append(phone)
        spent = [token for token, offer in self.world.offers.items() if offer.phone.id not in self.world.phones]
        for token in spent:
            del self.world.offers[token]
        return len(ended)

    @contextlib.asynccontextmanager
    async def watch(self) -> AsyncIterator[Callable[[], Awaitable[Json]]]:
        """News of all phones while the block lasts: each call of the given function awaits one."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self.world.watchers.append(queue.put_nowait)
        try:
            yield queue.get
        finally:
            self.world.watchers.remove(queue.put_nowait)

    # --- the world's outbox ---

    def callback(self, call: Call, name: str, uri: str, event: Json) -> None:
        self._callbacks.send(call, name, uri, event)

    def incoming(self, offer: Offer) -> None:
        self.grid.incoming(offer)

    def connect(self, call: Call, feed: Feed, again: bool = False) -> None:
        self._connector.connect(call, feed, again)

    def disconnect(self, feed: Feed) -> None:
        self._connector.disconnect(feed)

    def frame(self, feed: Feed, frame: Json) -> None:
        self._connector.send(feed, frame)

    def recorded(self, recording: Recording) -> None:
        if recording.id not in self.world.recordings:
            return
        if recording.container is None:
            self.grid.recorded(recording, self.url)
        else:
            self.grid.later(self._write_out(recording))

    async def _write_out(self, recording: Recording) -> None:
        if await container.write(self._client, recording, self.config.resource_id):
            self.grid.recorded(recording, self.url)
