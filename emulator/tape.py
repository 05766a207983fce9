"""What a recording holds: the sound of a call while it was not paused, and a WAV file of it. [contract 9]"""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from emulator.model import Call

RATE = 16_000
MOST_CHANNELS = 5
LOUDNESS = 6_000
# Samples of one wave: what the application says and what people say are told apart by ear.
PERIODS = {"prompt": 32, "speech": 40}
LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
KEYS = ("123A", "456B", "789C", "*0#D")
"""Frequencies (Hz) of the rows and columns of the keys (ITU-T Q.23): a key in a recording can be read out of it."""

State = Literal["active", "inactive"]


@dataclass(frozen=True, slots=True)
class Piece:
    """What is in a recording, `start` and `end` in seconds of the file. `who` is empty for the application's prompts;
    `whole` is false when a pause, the beginning or the end of the recording cut it."""

    start: float
    end: float
    kind: Literal["prompt", "speech", "keys"]
    who: str
    text: str
    whole: bool


@dataclass(slots=True, eq=False)
class Recording:
    """One recording. Its file has the time in which it was active, and no other."""

    id: str
    call: Call
    document: str
    callback_uri: str | None
    channel_type: Literal["mixed", "unmixed"]
    started: float
    channels: dict[str, int] = field(default_factory=dict)
    """The channels that the request gave to participants; the others take those that are left."""
    stretches: list[tuple[float, float]] = field(default_factory=list)
    since: float | None = None
    """When it was begun or resumed, while it is active."""
    stopped: float | None = None
    end_reason: str = ""
    present: list[str] = field(default_factory=list)
    """Who was in the call while it was active."""
    deleted: bool = False
    container: str | None = None
    """The storage of the customer's own that its file goes to."""

    @property
    def state(self) -> State:
        return "inactive" if self.since is None else "active"

    @property
    def folder(self) -> str:
        """Where its files go in that storage: a folder a day, in it one for the call, in it one for the recording."""
        day = datetime.fromtimestamp(self.started, UTC).strftime("%Y%m%d")
        place = f"{day}/{self.call.correlation_id}/{self.id[:8]}-{self.document[-12:]}"
        return f"{(self.container or '').rstrip('/')}/{place}"

    def resume(self, now: float) -> None:
        self.since = now
        self.meet()

    def pause(self, now: float) -> None:
        if self.since is not None:
            self.stretches.append((self.since, now))
            self.since = None

    def meet(self) -> None:
        """Remember who is in the call."""
        for one in self.call.remotes():
            if one.who.label not in self.present:
                self.present.append(one.who.label)

    def seconds(self) -> float:
        """How long the file is, of a recording that is not active now."""
        return sum(end - start for start, end in self.stretches)

    def pauses(self) -> list[tuple[float, float]]:
        """When it was paused, in seconds of the clock, up to when it was stopped."""
        edges = [self.started, *(edge for stretch in self.stretches for edge in stretch)]
        if self.since is not None or self.stopped is not None:
            edges.append(self.since or self.stopped or 0.0)
        pairs = zip(edges[::2], edges[1::2], strict=False)
        return [(start, end) for start, end in pairs if end > start]

    def pieces(self) -> list[Piece]:
        """What is heard in it, in order; a sound that a pause divides comes twice."""
        return sorted(self._pieces(), key=lambda piece: (piece.start, piece.end))

    def _pieces(self) -> Iterator[Piece]:
        offset = 0.0
        open_end = [] if self.since is None else [(self.since, math.inf)]
        for begin, finish in [*self.stretches, *open_end]:
            for sound in self.call.sounds:
                ends = finish if sound.end is None else sound.end
                start, end = max(sound.t, begin), min(ends, finish)
                if start < end:
                    whole = begin <= sound.t and sound.end is not None and sound.end <= finish
                    yield Piece(offset + start - begin, offset + end - begin, sound.kind, sound.who, sound.text, whole)
            offset += finish - begin

    def texts(self) -> list[str]:
        """Every prompt, word and key that is in it, even in part."""
        return [piece.text for piece in self.pieces()]

    def voices(self) -> list[str]:
        """The participants that are heard in it, in the order of their first sound."""
        return list(dict.fromkeys(piece.who for piece in self.pieces() if piece.who))

    def channel_map(self) -> dict[str, int]:
        """Whose sound is on which channel; the application's, named by an empty text, comes last. [contract 9]"""
        if self.channel_type == "mixed":
            return dict.fromkeys(["", *self.voices()], 0)
        made = dict(self.channels)
        prompts = [""] if any(not piece.who for piece in self.pieces()) else []
        free = [number for number in range(MOST_CHANNELS) if number not in made.values()]
        rest = [who for who in [*self.voices(), *prompts] if who not in made]
        return {**made, **dict(zip(rest, free, strict=False))}

    def wav(self) -> bytes:
        """The file: 16 bits at 16 kHz, a tone wherever somebody was heard and silence elsewhere."""
        places = self.channel_map()
        count = max([*places.values(), 0]) + 1
        length = round(self.seconds() * RATE)
        tracks = [array("h", bytes(2 * length)) for _ in range(count)]
        for piece in self.pieces():
            if (place := places.get(piece.who)) is not None:
                begin, end = (min(round(second * RATE), length) for second in (piece.start, piece.end))
                _mix(tracks[place], begin, _sound(piece, end - begin))
        frames = array("h", bytes(2 * length * count))
        for place, track in enumerate(tracks):
            frames[place::count] = track
        return _file(frames, count)


def _sound(piece: Piece, samples: int) -> array[int]:
    return _key(piece.text, samples) if piece.kind == "keys" else _tone(PERIODS[piece.kind], samples)


def _mix(track: array[int], begin: int, sound: array[int]) -> None:
    """Add a sound to what is heard there already."""
    there = track[begin : begin + len(sound)]
    if any(there):
        sound = array("h", [max(-32_768, min(32_767, one + two)) for one, two in zip(there, sound, strict=True)])
    track[begin : begin + len(sound)] = sound


def samples_of(kind: Literal["speech", "keys"], text: str, samples: int) -> bytes:
    """So many samples of what words, or a key, are in a file."""
    return (_key(text, samples) if kind == "keys" else _tone(PERIODS[kind], samples)).tobytes()


def _tone(period: int, samples: int) -> array[int]:
    one = array("h", [int(LOUDNESS * math.sin(2 * math.pi * place / period)) for place in range(period)])
    return (one * (samples // period + 1))[:samples]


def _key(key: str, samples: int) -> array[int]:
    """The two frequencies of a key."""
    row = next(place for place, line in enumerate(KEYS) if key in line)
    low, high = (2 * math.pi * each / RATE for each in (LOW[row], HIGH[KEYS[row].index(key)]))
    return array("h", [int(LOUDNESS * (math.sin(low * at) + math.sin(high * at))) for at in range(samples)])


def _file(frames: array[int], channels: int) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as audio:
        audio.setnchannels(channels)
        audio.setsampwidth(2)
        audio.setframerate(RATE)
        audio.writeframes(frames.tobytes())
    return content.getvalue()
