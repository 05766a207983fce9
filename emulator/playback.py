"""Prompts: play sources read from a request, and played into the ears of phones."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit

from emulator import fields
from emulator.config import Config
from emulator.identifiers import Json
from emulator.model import Operation, Phone, Playback, Segment, Sound
from emulator.results import EMPTY_TEXT, FILE_FORMAT, FILE_MISSING, Result, invalid
from emulator.world import World

TEXT_LIMIT = 4000
# A prompt of no length would let a looped one run for ever without time passing.
SHORTEST = 0.05


def read_sources(config: Config, sources: list[Json]) -> tuple[Segment, ...]:
    """The segments of play sources. Refuses what the service refuses at once; the rest fails when it is played."""
    return tuple(_read(config, source) for source in sources)


def _read(config: Config, source: Json) -> Segment:
    if isinstance(text_source := source.get("text"), dict):
        text = fields.text(text_source, "text", default="")
        if len(text) > TEXT_LIMIT:
            raise invalid(f"The text of a play source is limited to {TEXT_LIMIT} characters; use SSML for more.")
        return _spoken(config, text, text)
    if isinstance(ssml_source := source.get("ssml"), dict):
        ssml = fields.text(ssml_source, "ssmlText", default="")
        return _spoken(config, " ".join(unescape(re.sub(r"<[^>]*>", " ", ssml)).split()), ssml)
    if isinstance(file_source := source.get("file"), dict):
        return _file(config, fields.text(file_source, "uri"))
    raise invalid("A play source needs one of text, ssml or file.")


def _spoken(config: Config, heard: str, sent: str) -> Segment:
    fault = None if sent.strip() else EMPTY_TEXT
    return Segment(heard, max(config.seconds_per_word * len(heard.split()), SHORTEST), fault)


def _file(config: Config, uri: str) -> Segment:
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("The field Uri of a file source is invalid.")
    name = parts.path.rpartition("/")[2]
    # A name under .invalid resolves nowhere by definition (RFC 2606), so this needs no look-up.
    if parts.hostname.endswith(".invalid"):
        return Segment(uri, SHORTEST, FILE_MISSING)
    if "." in name and not name.lower().endswith((".wav", ".mp3")):
        return Segment(uri, SHORTEST, FILE_FORMAT)
    told = parse_qs(parts.query).get("seconds", [""])[0]
    try:
        return Segment(uri, max(float(told), SHORTEST))
    except ValueError:
        return Segment(uri, config.audio_seconds, uri=uri if config.fetch_audio else None)


def prepare(world: World, segments: tuple[Segment, ...], then: Callable[[tuple[Segment, ...]], None]) -> None:
    """Give the segments with their files fetched to `then`: at once when there is nothing to fetch."""
    if any(segment.uri is not None and segment.fault is None for segment in segments):
        world.fetch(segments, then)
    else:
        then(segments)


def start(
    world: World,
    segments: tuple[Segment, ...],
    phones: Callable[[], tuple[Phone, ...]],
    sounds: list[Sound] | None,
    on_done: Callable[[], None],
    on_fault: Callable[[int, Result], None],
    loop: bool = False,
) -> Playback:
    """Begin to play; exactly one of `on_done` and `on_fault` follows, unless it is stopped.

    Who hears a segment is asked when it begins: whoever has come meanwhile does, whoever has gone does not."""
    playback = Playback(segments, phones, sounds, on_done, on_fault, loop)
    _segment(world, playback)
    return playback


def _segment(world: World, playback: Playback) -> None:
    if playback.index >= len(playback.segments):
        if not playback.loop:
            playback.stopped = True
            playback.on_done()
            return
        playback.index = 0
    segment = playback.segments[playback.index]
    if segment.fault is not None:
        playback.stopped = True
        playback.on_fault(playback.index, segment.fault)
        return
    playback.heard = [(phone, world.note(phone, "heard", segment.text)) for phone in playback.phones()]
    if playback.sounds is not None:
        playback.sound = Sound(world.clock.now(), "prompt", "", segment.text)
        playback.sounds.append(playback.sound)
    playback.handle = world.clock.call_later(segment.seconds, lambda: _next(world, playback))


def _next(world: World, playback: Playback) -> None:
    _close(world, playback, interrupted=False)
    playback.index += 1
    _segment(world, playback)


def stop(world: World, playback: Playback) -> None:
    """Silence it: what was being heard is marked as interrupted. Neither outcome follows."""
    if playback.stopped:
        return
    playback.stopped = True
    if playback.handle is not None:
        playback.handle.cancel()
    _close(world, playback, interrupted=True)


def _close(world: World, playback: Playback, *, interrupted: bool) -> None:
    for phone, place in playback.heard:
        _end(world, phone, place, interrupted)
    playback.heard = []
    if playback.sound is not None:
        playback.sound.end = world.clock.now()
        playback.sound = None


def _end(world: World, phone: Phone, place: int, interrupted: bool) -> None:
    phone.transcript[place] = replace(phone.transcript[place], end=world.clock.now(), interrupted=interrupted)
    world.tell(phone)


def drop(world: World, playback: Playback, phone: Phone) -> None:
    """This phone hears no more of it, the others do."""
    for listener, place in playback.heard:
        if listener is phone:
            _end(world, phone, place, True)
    playback.heard = [(listener, place) for listener, place in playback.heard if listener is not phone]


def playback_of(operation: Operation) -> Playback | None:
    """The prompt that an operation is playing."""
    return getattr(operation, "playback", None)
