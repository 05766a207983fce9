"""Speech recognised by us in the audio of calls, where the service's own transcript is not on.

Each speaker has a `Listener` of their own, from the first sound on, since a recogniser that hears two at once joins
what they say. What is heard before a moment at which nothing may be heard, and what is heard behind it, never reach
the same listener: it is let go, with whatever it still has to say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeAlias

import structlog

from dsl import Program
from interpreter.azure.listening import SpeechListener
from interpreter.azure.sdk import NoSpeechSdk, load
from interpreter.engine import ScriptUnusable
from interpreter.listening import Broke, Heard, Listener
from interpreter.listening.phrases import candidates, expected
from interpreter.ports import Clock
from interpreter.prompts.wav import BYTES, CHANNELS, RATE
from interpreter.site_speech import Speech
from interpreter.store import Store, StoreUnavailable
from interpreter.telemetry import Metrics

_log = structlog.get_logger(__name__)

Made: TypeAlias = Callable[[Sequence[str], Sequence[str]], Listener]
"""Makes a listener for these languages (at least one), with these phrases in mind. Called in a thread."""
Compile: TypeAlias = Callable[[str, str], Program]
Said: TypeAlias = Callable[[str, str, str, Heard], Awaitable[bool]]
"""Told the call, the raw id of who speaks, a name of the sentence unlike any other, and the sentence. Whether it is
kept."""
ListenerEvent: TypeAlias = Literal["started", "broken", "too_many"]
"""The label of the counter."""

MOST_SPEAKERS = 8
"""Of a call."""
MOST_LISTENERS = 200
"""Of a server: as many connections to the speech service, each with some megabytes of the SDK."""
AGAIN_AFTER = 30.0
"""Seconds after which it is tried again with a speaker whose listener broke, or for whom there was none left."""
MOST_WAITING = 10 * RATE * BYTES * CHANNELS
"""Bytes of sound that wait while a listener is being made; of more, the oldest are lost."""
MOST_SCRIPTS = 32
"""Versions of scripts whose languages and phrases are kept."""


def recogniser(speech: Speech) -> Made | None:
    """What listens to calls by the site file, ``None`` where nothing does. Raises `ValueError` where the site wants it
    and it cannot be."""
    if not speech.listens:
        return None
    try:
        sdk = load()
    except NoSpeechSdk as error:
        raise ValueError(f"[speech] listens: {error}") from error
    return partial(_listener, speech, sdk)


def _listener(speech: Speech, sdk: object, languages: Sequence[str], phrases: Sequence[str]) -> Listener:
    return SpeechListener(speech, languages, phrases, sdk)


class _Broken(Exception):  # noqa: N818 - raised and caught here only
    """A listener hears nothing any more, and why."""


@dataclass(slots=True, eq=False)
class _Ear:
    """One speaker. ``waiting`` is sound for a listener that is not there yet."""

    call: str
    who: str
    name: str
    listener: Listener | None = None
    waiting: bytearray = field(default_factory=bytearray)
    task: asyncio.Task[None] | None = None
    busy: bool = False
    """It makes its listener, keeps a sentence, or takes leave: that is not broken off."""
    gone: bool = False

    def feed(self, pcm: bytes) -> None:
        if self.listener is not None:
            self.listener.feed(pcm)
        else:
            self.waiting += pcm
            del self.waiting[:-MOST_WAITING]


@dataclass(slots=True)
class _Speakers:
    """Those of a call. ``again``: when it may be tried again with one who has no listener (epoch seconds)."""

    ears: dict[str, _Ear] = field(default_factory=dict)
    again: dict[str, float] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)


class Ears:
    """All listeners of a server. ``said`` is set by whoever keeps sentences."""

    def __init__(self, made: Made, store: Store, compile: Compile, clock: Clock, metrics: Metrics) -> None:
        self._made, self._store, self._compile, self._clock, self._metrics = made, store, compile, clock, metrics
        self._calls: dict[str, _Speakers] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._known: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._count = 0
        self._closed = False
        self.said: Said = _nobody

    def hear(self, call: str, who: str, script: str, pcm: bytes, *, silent: bool) -> None:
        """A piece of sound that may be heard. ``script`` is the version (its hash) that the call runs. Never waits."""
        if self._closed:
            return
        speakers = self._calls.setdefault(call, _Speakers())
        ear = speakers.ears.get(who)
        if ear is None and not silent:  # silence wakes nobody: those who only listen cost nothing
            ear = self._begun(call, who, script, speakers)
        if ear is None:
            return
        try:
            ear.feed(pcm)
        except RuntimeError as error:  # what the SDK raises
            self._broke(ear, type(error).__name__, error)
            self._end(ear)

    def _begun(self, call: str, who: str, script: str, speakers: _Speakers) -> _Ear | None:
        now = self._clock.now()
        if now < speakers.again.get(who, now):
            return None
        if len(speakers.ears) >= MOST_SPEAKERS:
            self._tell(call, speakers, f"more than {MOST_SPEAKERS} speak: the others are not listened to")
            return None
        if len(self._tasks) >= MOST_LISTENERS:
            speakers.again[who] = now + AGAIN_AFTER
            self._metrics.listeners.labels("too_many").inc()
            self._tell(call, speakers, f"{MOST_LISTENERS} listeners are at work: there is none left")
            return None
        self._count += 1
        ear = speakers.ears[who] = _Ear(call, who, f"{now:.6f}-{self._count}")
        ear.task = task = asyncio.get_running_loop().create_task(self._listen(ear, script))
        self._tasks.add(task)
        self._metrics.listeners_open.inc()
        task.add_done_callback(self._over)
        return ear

    def let_go(self, call: str) -> None:
        """Nothing of a call may be heard now, or there is nothing to hear: no sentence is kept from here on."""
        speakers = self._calls.pop(call, None)
        for ear in speakers.ears.values() if speakers is not None else ():
            self._end(ear)

    def _end(self, ear: _Ear) -> None:
        ear.gone = True
        ear.waiting.clear()
        if ear.task is not None and not ear.busy:
            ear.task.cancel()  # which finishes the listener and closes it

    async def close(self) -> None:
        """The server ends. Every listener is let go, and waited for."""
        self._closed = True
        for call in tuple(self._calls):
            self.let_go(call)
        await self.idle()

    async def idle(self) -> None:
        """Wait until nobody listens who was listening to a call that is let go."""
        kept = {ear.task for speakers in self._calls.values() for ear in speakers.ears.values()}
        await asyncio.gather(*(self._tasks - kept), return_exceptions=True)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._metrics.listeners_open.dec()

    async def _listen(self, ear: _Ear, script: str) -> None:
        try:
            await self._hear_out(ear, script)
        except (_Broken, NoSpeechSdk, ScriptUnusable, StoreUnavailable) as error:
            self._broke(ear, str(error) or type(error).__name__)
        except Exception as error:  # noqa: BLE001 - whatever a recogniser raises, its call goes on
            self._broke(ear, type(error).__name__, error)

    async def _hear_out(self, ear: _Ear, script: str) -> None:
        languages, phrases = await self._expected(script)
        ear.busy = True  # a thread is not broken off, and what it makes has to be closed
        listener = await asyncio.to_thread(self._made, languages, phrases)
        ear.busy = False
        try:
            if ear.gone:
                return
            await listener.start()
            listener.feed(bytes(ear.waiting))
            ear.waiting.clear()
            ear.listener = listener
            self._metrics.listeners.labels("started").inc()
            count = 0
            async for sound in listener.heard():
                if isinstance(sound, Broke):
                    raise _Broken(sound.reason)
                if sound.final and sound.text.strip():
                    count += 1
                    await self._keep(ear, f"heard-{ear.name}-{count}", sound)
                if ear.gone:
                    return
            raise _Broken("the recogniser has ended by itself")
        finally:
            ear.busy = True
            listener.finish()
            await listener.close()

    async def _keep(self, ear: _Ear, name: str, sound: Heard) -> None:
        if ear.gone:
            return
        ear.busy = True
        try:
            await self.said(ear.call, ear.who, name, sound)
        finally:
            ear.busy = False

    async def _expected(self, script: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The languages and phrases of a version of a script. Raises `ScriptUnusable` and `StoreUnavailable`."""
        known = self._known.get(script)
        if known is None:
            row = await self._store.script(script)
            if row is None:
                raise ScriptUnusable(f"script {script} is not in the store")
            program = await asyncio.to_thread(self._compile, row.name, row.text)
            known = candidates(program), expected(program)
            if len(self._known) >= MOST_SCRIPTS:
                del self._known[next(iter(self._known))]
            self._known[script] = known
        return known

    def _broke(self, ear: _Ear, reason: str, error: Exception | None = None) -> None:
        speakers = self._calls.get(ear.call)
        if ear.gone or speakers is None:
            return  # it was let go, and what it says of that is of no interest
        del speakers.ears[ear.who]
        speakers.again[ear.who] = self._clock.now() + AGAIN_AFTER
        self._metrics.listeners.labels("broken").inc()
        self._tell(ear.call, speakers, reason, error)

    def _tell(self, call: str, speakers: _Speakers, reason: str, error: Exception | None = None) -> None:
        """Once for each reason while a call is listened to."""
        if reason not in speakers.told:
            speakers.told.add(reason)
            _log.warning("speech of a call is not recognised", call=call, reason=reason, exc_info=error)


async def _nobody(call: str, who: str, name: str, sound: Heard) -> bool:
    raise AssertionError("nobody keeps what is heard")
