"""Transcripts and audio of a call: agreed on when it is set up, started and stopped by requests, sent over a web socket
to which the service connects as a client. [contract 1.2, 5, 8]"""

from __future__ import annotations

import base64
import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from emulator import fields
from emulator.config import Config
from emulator.identifiers import Json
from emulator.model import Call, Echo, Feed, FeedName, Participant, Sound
from emulator.results import FEED_BROKE, FEED_STOPPED, FEED_UNREACHABLE, Result, invalid, of_failure
from emulator.tape import samples_of
from emulator.world import World, timestamp

log = logging.getLogger("emulator.feeds")

FRAME_SECONDS = 0.02
RATES = {"pcm16kmono": 16_000, "pcm24kmono": 24_000}
TICKS = 10_000_000
RECONNECT_SECONDS = 1.0
SILENT_TAIL = 10
"""Frames of silence behind each sound, where frames are not sent all the time."""
CONFIDENCE = 0.92
_EVENTS = {"transcription": "Transcription", "audio": "MediaStreaming"}
_REQUESTS: dict[str, FeedName] = {"mediaStreamingOptions": "audio", "transcriptionOptions": "transcription"}


def read(config: Config, body: Json) -> dict[FeedName, Feed]:
    """What create or answer agrees on. Refuses what the service does not take."""
    found: dict[FeedName, Feed] = {}
    for key, name in _REQUESTS.items():
        options = fields.mapping(body, key)
        if not options:
            continue
        if fields.text(options, "transportType").lower() != "websocket":
            raise invalid(f"The field {key}.transportType must be websocket.")
        url = fields.text(options, "transportUrl")
        schemes = ("wss", "ws") if config.allow_http_callbacks else ("wss",)
        if urlsplit(url).scheme not in schemes or not urlsplit(url).hostname:
            raise invalid(f"The field {key}.transportUrl is invalid.")
        found[name] = _transcription(url, options) if name == "transcription" else _audio(url, options)
    return found


def _transcription(url: str, options: Json) -> Feed:
    return Feed(
        "transcription",
        url,
        at_once=fields.flag(options, "startTranscription"),
        locale=fields.text(options, "locale"),
        intermediate=fields.flag(options, "enableIntermediateResults"),
    )


def _audio(url: str, options: Json) -> Feed:
    if fields.text(options, "contentType").lower() != "audio":
        raise invalid("The field mediaStreamingOptions.contentType must be audio.")
    channels = fields.text(options, "audioChannelType").lower()
    form = fields.text(options, "audioFormat", default="pcm16KMono").lower()
    if channels not in ("mixed", "unmixed") or form not in RATES:
        raise invalid("The field mediaStreamingOptions.audioChannelType or audioFormat is invalid.")
    return Feed(
        "audio",
        url,
        at_once=fields.flag(options, "startMediaStreaming"),
        unmixed=channels == "unmixed",
        rate=RATES[form],
        keys=fields.flag(options, "enableDtmfTones"),
        bidirectional=fields.flag(options, "enableBidirectional"),
    )


def call_connected(world: World, call: Call) -> None:
    """What was to start by itself does."""
    for feed in call.feeds.values():
        if feed.at_once and feed.state == "inactive":
            start(world, call, feed, call.echo)


def wanted(call: Call, name: FeedName) -> Feed:
    """The feed that a request is about. Refuses one that was not agreed on when the call was set up."""
    feed = call.feeds.get(name)
    if feed is None:
        options = next(key for key, about in _REQUESTS.items() if about == name)
        raise invalid(f"The call was set up without {options}.")
    return feed


def start(world: World, call: Call, feed: Feed, echo: Echo) -> None:
    """Connect to the application. An event tells what has become of it."""
    if feed.state != "inactive":
        raise invalid(f"The {feed.name} of this call has been started already.")
    feed.state, feed.echo, feed.stopped = "connecting", echo, False
    feed.subscription = str(uuid.uuid4())
    operation = "startTranscription" if feed.name == "transcription" else "startMediaStreaming"
    if (failure := world.mischief.failure(operation)) is not None:
        failed(world, call, feed, of_failure(failure), "unspecifiedError")
        return
    world.outbox.connect(call, feed)


def stop(world: World, call: Call, feed: Feed, echo: Echo) -> None:
    """Close the connection."""
    if feed.state != "active":
        raise invalid(f"The {feed.name} of this call is not in progress.")
    operation = "stopTranscription" if feed.name == "transcription" else "stopMediaStreaming"
    if (failure := world.mischief.failure(operation)) is not None:
        _tell(world, call, feed, "Failed", of_failure(failure), "unspecifiedError", echo)
        return
    feed.state, feed.stopped = "inactive", True
    world.outbox.disconnect(feed)
    _tell(world, call, feed, "Stopped", FEED_STOPPED, "subscriptionStopped", echo)


def end(world: World, call: Call) -> None:
    """The call is over: its last event is CallDisconnected, and none of these."""
    for feed in call.feeds.values():
        feed.state, feed.stopped = "inactive", True
        _silence(world, feed, interrupted=True)
        world.outbox.disconnect(feed)


def connected(world: World, call: Call, feed: Feed, *, again: bool = False) -> None:
    """The application has accepted the connection."""
    if feed.stopped:
        return
    feed.state, feed.since = "active", world.clock.now()
    world.outbox.frame(feed, _metadata(call, feed))
    details = "streamConnectionReestablished" if again else "subscriptionStarted"
    _tell(world, call, feed, "Started", FEED_STOPPED, details, feed.echo)
    if feed.name == "audio":
        _silent(world, call, feed, 1)
        if world.config.audio_frames == "always":
            _tick(world, call, feed)


def unreachable(world: World, call: Call, feed: Feed) -> None:
    """The application cannot be reached, or refuses the connection."""
    details = "initialWebSocketConnectionFailed" if feed.name == "audio" else "streamConnectionUnsuccessful"
    failed(world, call, feed, FEED_UNREACHABLE, details)


def failed(world: World, call: Call, feed: Feed, result: Result, details: str) -> None:
    """It has not come about, or goes on no longer."""
    if not feed.stopped:
        feed.state = "inactive"
        _tell(world, call, feed, "Failed", result, details, feed.echo)


def lost(world: World, call: Call, feed: Feed, *, again: bool) -> None:
    """The connection broke, or the application has closed it. ``again``: the service connects once more."""
    if feed.stopped or feed.state != "active":
        return
    if again:
        feed.state = "connecting"
        subscription = feed.subscription

        def once_more() -> None:
            if feed.state == "connecting" and feed.subscription == subscription:
                world.outbox.connect(call, feed, again=True)

        world.clock.call_later(RECONNECT_SECONDS, once_more)
        return
    failed(world, call, feed, FEED_BROKE[feed.name], "streamConnectionInterrupted")


def update(world: World, call: Call, feed: Feed, locale: str, echo: Echo) -> None:
    """Go on in another language."""
    if feed.state != "active":
        raise invalid("The transcription of this call is not in progress.")
    feed.locale = locale
    _tell(world, call, feed, "Updated", FEED_STOPPED, "transcriptionLocaleUpdated", echo)


def _tell(world: World, call: Call, feed: Feed, what: str, result: Result, details: str, echo: Echo) -> None:
    word = "transcription" if feed.name == "transcription" else "mediaStreaming"
    told: Json = {f"{word}Status": f"{word}{what}", f"{word}StatusDetails": details}
    if feed.name == "audio":
        told = {"contentType": "Audio", **told}
    world.emit(call, f"{_EVENTS[feed.name]}{what}", result, echo, {f"{word}Update": told})


# --------------------------------------------------------------------------------------------------------------------
# Frames


def _metadata(call: Call, feed: Feed) -> Json:
    if feed.name == "transcription":
        about: Json = {
            "subscriptionId": feed.subscription,
            "locale": feed.locale,
            "callConnectionId": call.id,
            "correlationId": call.correlation_id,
            "speechRecognitionModelEndpointId": None,
        }
        return {"kind": "TranscriptionMetadata", "transcriptionMetadata": about}
    about = {"subscriptionId": feed.subscription, "encoding": "PCM", "sampleRate": feed.rate, "channels": 1}
    return {"kind": "AudioMetadata", "audioMetadata": {**about, "length": _bytes(feed)}}


def sound(world: World, call: Call, participant: Participant, kind: str, text: str, seconds: float) -> None:
    """A participant is heard from now on for so many seconds: words, or a key."""
    for feed in call.feeds.values():
        if feed.state != "active":
            continue
        if feed.name == "audio":
            _sound(world, call, feed, participant, kind, text, seconds)
        elif kind == "speech" and text:
            _words(world, call, feed, participant, text, seconds)


def key(world: World, call: Call, key_name: str) -> None:
    """A key was pressed: told where the application has asked for it."""
    feed = call.feeds.get("audio")
    if feed is not None and feed.state == "active" and feed.keys:
        world.outbox.frame(feed, {"kind": "DtmfData", "dtmfData": {"data": key_name}})


def _words(world: World, call: Call, feed: Feed, participant: Participant, text: str, seconds: float) -> None:
    began, since = world.clock.now(), feed.since

    def data(said: str, status: str, words: list[Json] | None) -> Json:
        told: Json = {
            "text": said,
            "format": "display",
            "confidence": CONFIDENCE,
            "offset": round((began - since) * TICKS),
            "duration": round(seconds * TICKS),
            "words": words,
            "participantRawID": participant.who.raw_id,
            "resultStatus": status,
        }
        return {"kind": "TranscriptionData", "transcriptionData": told}

    def whole() -> None:
        if feed.state == "active" and feed.since == since:
            world.outbox.frame(feed, data(text, "Final", list(_timed(text, round((began - since) * TICKS), seconds))))

    if feed.intermediate and " " in text:
        world.outbox.frame(feed, data(text.split()[0], "Intermediate", None))
    world.clock.call_later(seconds, whole)


def _timed(text: str, offset: int, seconds: float) -> Iterator[Json]:
    words = text.split()
    each = round(seconds * TICKS / max(len(words), 1))
    for place, word in enumerate(words):
        yield {"text": word.strip(".,!?"), "offset": offset + place * each, "duration": each}


def _sound(
    world: World, call: Call, feed: Feed, participant: Participant, kind: str, text: str, seconds: float
) -> None:
    count = max(1, round(seconds / FRAME_SECONDS))
    pcm = samples_of("keys" if kind == "keys" else "speech", text, _bytes(feed) // 2)
    since = feed.since
    feed.loud_until = max(feed.loud_until, world.clock.now() + seconds)

    def one(left: int) -> None:
        if feed.state != "active" or feed.since != since:
            return
        world.outbox.frame(feed, _data(world, feed, participant.who.raw_id, pcm))
        if left > 1:
            world.clock.call_later(FRAME_SECONDS, lambda: one(left - 1))
        elif world.config.audio_frames == "speech":
            _silent(world, call, feed, SILENT_TAIL, participant.who.raw_id)

    one(count)


def _silent(world: World, call: Call, feed: Feed, count: int, who: str = "") -> None:
    people = call.remotes()
    speaker = who or (people[0].who.raw_id if people else "")
    for _ in range(count):
        world.outbox.frame(feed, _data(world, feed, speaker, bytes(_bytes(feed)), silent=True))


def _tick(world: World, call: Call, feed: Feed) -> None:
    """A frame each 20 ms, also while nobody speaks."""
    since = feed.since

    def one() -> None:
        if feed.state == "active" and feed.since == since:
            if world.clock.now() >= feed.loud_until:
                _silent(world, call, feed, 1)
            world.clock.call_later(FRAME_SECONDS, one)

    world.clock.call_later(FRAME_SECONDS, one)


def _data(world: World, feed: Feed, who: str, pcm: bytes, *, silent: bool = False) -> Json:
    told: Json = {"timestamp": timestamp(world.clock.now()).replace("+00:00", "Z")}
    if feed.unmixed:
        told["participantRawID"] = who
    told |= {"data": base64.b64encode(pcm).decode(), "silent": silent}
    return {"kind": "AudioData", "audioData": told}


def _bytes(feed: Feed) -> int:
    """Of one frame: 16 bits a sample."""
    return round(feed.rate * FRAME_SECONDS) * 2


# --------------------------------------------------------------------------------------------------------------------
# What the application sends back

STREAMED = "[streamed]"
"""How sound that the application streams stands in a transcript."""


def from_application(world: World, call: Call, feed: Feed, text: str) -> None:
    """A frame of the application: sound to be played, or that it is to be silent. Names in any case of letters."""
    try:
        frame = json.loads(text)
    except ValueError:
        log.warning("a frame of the application is not JSON")
        return
    told = _plain(frame)
    kind = str(told.get("kind", "")).lower()
    if not feed.bidirectional or feed.name != "audio":
        log.warning("a frame of the application is ignored: the stream goes one way")
    elif kind == "stopaudio":
        _silence(world, feed, interrupted=True)
    elif kind == "audiodata":
        data = _plain(told.get("audiodata")).get("data")
        if isinstance(data, str):
            _play(world, call, feed, len(base64.b64decode(data)) / 2 / feed.rate)
    else:
        log.warning("a frame of the application of the unknown kind %r is ignored", kind)


def _plain(value: object) -> Json:
    return {str(name).lower(): inner for name, inner in value.items()} if isinstance(value, dict) else {}


def _play(world: World, call: Call, feed: Feed, seconds: float) -> None:
    """What comes is played behind what is still to be played."""
    now = world.clock.now()
    feed.got += seconds
    if not feed.heard:
        feed.heard = [(phone, world.note(phone, "heard", STREAMED)) for phone in call.listeners()]
        feed.sound = Sound(now, "prompt", "", STREAMED)
        call.sounds.append(feed.sound)
    feed.playing_until = until = max(feed.playing_until, now) + seconds

    def over() -> None:
        if feed.playing_until == until:
            _silence(world, feed, interrupted=False)

    world.clock.call_later(until - now, over)


def _silence(world: World, feed: Feed, *, interrupted: bool) -> None:
    now = world.clock.now()
    for phone, place in feed.heard:
        phone.transcript[place] = replace(phone.transcript[place], end=now, interrupted=interrupted)
        world.tell(phone)
    if feed.sound is not None:
        feed.sound.end = now
    feed.heard, feed.sound, feed.playing_until = [], None, 0.0
