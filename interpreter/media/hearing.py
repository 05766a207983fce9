"""What may be heard of a call at this moment, and what becomes of what is heard.

The script says whether a call is transcribed, and nothing of a secret is: so each frame is judged by the state of its
call as it is kept, from the moment on in which it is kept. What may not be heard is thrown away unread; no log and no
metric tells what was in it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, cast

from interpreter.assessing import NOTHING, Assessment, AssessmentFailed, Assessor, Sentiment, Spoken
from interpreter.azure.frames import Audio, Said
from interpreter.engine import EngineStopped, Incoming
from interpreter.journal import CALLS, JournalError
from interpreter.listening import Heard
from interpreter.machine import Call
from interpreter.media.ears import Ears
from interpreter.media.transcripts import lines
from interpreter.media.voice import Voice, loudness
from interpreter.ports import Clock
from interpreter.protocol import Assessed, SocketBroke, Utterance, VoiceHeard
from interpreter.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

FeedName: TypeAlias = Literal["transcription", "audio"]
Deliver: TypeAlias = Callable[[str, Sequence[Incoming]], Awaitable[None]]

LONGEST_UTTERANCE = 4_000
"""Characters of what is kept of one utterance: minutes of speech without a breath."""
MOST_SAID = 200
"""Utterances that are looked at for mood and topic."""
DELIVERIES = (0.05, 0.5, 2.0)
"""Seconds between tries to keep something when the store does not answer."""


@dataclass(slots=True)
class Audience:
    """What is known of a call whose socket is open. ``sockets`` are how many."""

    caller: str = ""
    connection: str = ""
    script: str = ""
    """The version of the script, by its hash."""
    transcript: bool = False
    audio: bool = False
    live: bool = False
    interruptible: bool = False
    """Something is being said that a voice may interrupt."""
    voice: Voice = field(default_factory=Voice)
    said: list[Spoken] = field(default_factory=list)
    """What was said so far, the latest last."""
    known: Assessment = NOTHING
    """What was made of it last."""
    sockets: int = 0
    stepped: bool = False
    """The call has moved since the socket was opened: what was loaded before is old."""

    def may_hear(self, feed: FeedName) -> bool:
        """Whether what comes now may be looked at."""
        return self.live and (self.transcript if feed == "transcription" else self.audio)

    @property
    def listened_to(self) -> bool:
        """Whether sentences may be recognised by us: in audio, and not beside the service's own transcript."""
        return self.live and self.audio and not self.transcript

    def see(self, call: Call) -> None:
        """The call as it is now."""
        self.live = not call.finished
        self.transcript = call.transcript.state == "on"
        self.known = Assessment(cast(Sentiment, call.heard_sentiment), call.heard_topic)
        self.audio = call.audio.state == "on"
        waiting = call.waiting
        self.interruptible = waiting is not None and waiting.kind == "prompt" and waiting.interruptible

    def is_caller(self, raw: str) -> bool:
        """Whether a raw id is the caller's: numbers stand without their prefix in what we keep."""
        known = raw.removeprefix("4:")
        return bool(raw) and (known == self.caller or (not self.caller and known == "anonymous"))


class Hearing:
    """Follows the calls of open sockets. ``stepped`` is told each step of each call once it is kept. ``ears``
    recognise speech in their audio, where the site wants that."""

    def __init__(
        self, store: Store, clock: Clock, deliver: Deliver, assessor: Assessor, ears: Ears | None = None
    ) -> None:
        self._store, self._clock, self._deliver, self._assessor = store, clock, deliver, assessor
        self._ears = ears
        if ears is not None:
            ears.said = self.heard
        self._assessing: dict[str, asyncio.Task[None]] = {}
        self._calls: dict[str, Audience] = {}
        self.on_end: Callable[[str], None] = lambda call_id: None
        """Told that a call is over whose sockets are open."""

    async def open(self, call_id: str) -> Audience | None:
        """A socket of a call is about to be opened: give it back to `close`. ``None``: there is no such call, or it is
        over. Raises `StoreUnavailable`."""
        audience = self._calls.setdefault(call_id, Audience())
        audience.sockets += 1
        try:
            known = (await self._store.load([call_id])).get(call_id)
            if known is not None and known.call.status == "live":
                audience.caller, audience.connection = known.call.caller, known.call.connection_id
                audience.script = known.call.script
                if not audience.stepped:
                    audience.see(CALLS.decode(known.call.state))
                if audience.live:
                    if not audience.said:
                        rows = await self._store.journal(call_id)
                        audience.said += [Spoken(each.said.who == "caller", each.said.text) for each in lines(rows)]
                    return audience
        except JournalError as error:
            log.error("call %s cannot be heard: %s", call_id, error)
        except StoreUnavailable:
            self.close(call_id)
            raise
        self.close(call_id)
        return None

    def close(self, call_id: str) -> None:
        """A socket is closed."""
        audience = self._calls[call_id]
        audience.sockets -= 1
        if not audience.sockets:
            del self._calls[call_id]

    def stepped(self, call_id: str, call: object) -> None:
        """A step of a call is kept."""
        audience = self._calls.get(call_id)
        if audience is None or not isinstance(call, Call):
            return
        audience.stepped = True
        audience.see(call)
        if not audience.listened_to:
            self.deaf(call_id)
        if call.finished:
            self.on_end(call_id)

    async def said(self, call_id: str, subscription: str, locale: str, frame: Said) -> bool:
        """Keep an utterance in the journal of its call, once, however often it comes. Whether it was kept."""
        audience = self._calls[call_id]
        if not audience.may_hear("transcription"):
            return False
        return await self._utter(
            call_id, f"said-{subscription}-{frame.offset}-{frame.who}", frame.who, frame.text, locale
        )

    async def heard(self, call_id: str, who: str, name: str, sentence: Heard) -> bool:
        """Keep a sentence that we have recognised in the audio of a call. Whether it was kept: what gets final while
        nothing may be heard is thrown away."""
        audience = self._calls.get(call_id)
        if audience is None or not audience.listened_to:
            return False
        return await self._utter(call_id, name, who, sentence.text, sentence.language)

    async def _utter(self, call_id: str, name: str, raw: str, text: str, locale: str) -> bool:
        audience = self._calls[call_id]
        who = "caller" if audience.is_caller(raw) else raw
        utterance = Utterance(self._clock.now(), who, text[:LONGEST_UTTERANCE], locale)
        kept = await self._keep(call_id, [(name, "", utterance)])
        if kept:
            audience.said = [*audience.said[1 - MOST_SAID :], Spoken(who == "caller", utterance.text)]
            await self._judge(call_id, audience, locale)
        return kept

    async def _judge(self, call_id: str, audience: Audience, locale: str) -> None:
        """Have what was said judged. Who has to ask somebody does it beside, one question a call at a time."""
        if self._assessor.at_once:
            await self._assess(call_id, audience, locale)
        elif call_id not in self._assessing:
            task = asyncio.get_running_loop().create_task(self._assess(call_id, audience, locale))
            self._assessing[call_id] = task
            task.add_done_callback(lambda _: self._assessing.pop(call_id, None))

    async def _assess(self, call_id: str, audience: Audience, locale: str) -> None:
        """Until it has been judged as it stands."""
        judged: list[Spoken] = []
        while judged is not audience.said and audience.live:
            judged = audience.said
            try:
                found = await self._assessor.assess(tuple(judged), locale)
            except AssessmentFailed as error:
                log.warning("call %s: mood and topic are not known: %s", call_id, error)
                return
            if found != audience.known:
                audience.known = found
                told = Assessed(self._clock.now(), found.sentiment, found.topic)
                await self._keep(call_id, [("", "", told)])

    async def idle(self) -> None:
        """Wait until nothing is being judged: for tests, and at the end."""
        while self._assessing:
            await asyncio.gather(*self._assessing.values(), return_exceptions=True)

    async def sounded(self, call_id: str, audience: Audience, frame: Audio) -> None:
        """A piece of sound of somebody in a call. Only the caller interrupts, and only what may be."""
        if self._ears is not None and audience.listened_to:
            self._ears.hear(call_id, frame.who, audience.script, frame.pcm, silent=frame.silent)
        if not audience.is_caller(frame.who):
            return
        begins = audience.voice.hear(0.0 if frame.silent else loudness(frame.pcm))
        if begins and audience.interruptible:
            await self._keep(call_id, [("", "", VoiceHeard(self._clock.now()))])

    def deaf(self, call_id: str) -> None:
        """What was being recognised in the audio of a call is not any more: it may not be heard, or has ended."""
        if self._ears is not None:
            self._ears.let_go(call_id)

    async def broke(self, call_id: str, feed: FeedName, name: str, reason: str) -> None:
        """Tell the journal that a socket has broken. ``name`` is the socket's own, unlike any other."""
        await self._keep(call_id, [(f"broke-{name}", "", SocketBroke(self._clock.now(), feed, reason))])

    async def _keep(self, call_id: str, events: Sequence[Incoming]) -> bool:
        for pause in (*DELIVERIES, None):
            try:
                await self._deliver(call_id, events)
                return True
            except StoreUnavailable:
                if pause is None:
                    break
                await asyncio.sleep(pause)
            except EngineStopped:
                break
        log.error("call %s: %s is lost, for it could not be kept", call_id, type(events[0][2]).__name__)
        return False
