"""Keys in a WAV file, found as a telephone exchange finds them: by the two frequencies of each.

Written from ITU-T Q.23 and Goertzel's algorithm alone, so that it says what is in a file and not what somebody meant to
put there.
"""

from __future__ import annotations

import io
import math
import wave
from array import array

LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
KEYS = ("123A", "456B", "789C", "*0#D")
FRAME = 0.04
"""Seconds that are looked at at a time: the shortest key that counts (ITU-T Q.24)."""
SHARE = 0.2
"""How much of a frame's energy each of the two frequencies has to have: somebody may speak meanwhile."""


def keys_in(content: bytes) -> str:
    """The keys that are heard in a WAV file, in their order, on whichever channel. The same key twice needs a pause in
    between, as on a telephone."""
    with wave.open(io.BytesIO(content)) as audio:
        rate, channels = audio.getframerate(), audio.getnchannels()
        samples = array("h", audio.readframes(audio.getnframes()))
    size, found = round(rate * FRAME), list[tuple[int, str]]()
    for channel in range(channels):
        track, before = samples[channel::channels], ""
        for begin in range(0, len(track) - size + 1, size):
            key = _key(track[begin : begin + size], rate)
            if key and key != before:
                found.append((begin, key))
            before = key
    return "".join(key for _, key in sorted(found))


def _key(frame: array[int], rate: int) -> str:
    energy = sum(sample * sample for sample in frame)
    if energy < len(frame) * 10_000:
        return ""
    low, high = (max(band, key=lambda hertz: _power(frame, hertz, rate)) for band in (LOW, HIGH))
    total = energy * len(frame) / 2
    if min(_power(frame, low, rate), _power(frame, high, rate)) < SHARE * total:
        return ""
    return KEYS[LOW.index(low)][HIGH.index(high)]


def _power(frame: array[int], hertz: int, rate: int) -> float:
    """Goertzel: the squared magnitude of one frequency."""
    turn = 2 * math.cos(2 * math.pi * hertz / rate)
    one = two = 0.0
    for sample in frame:
        one, two = sample + turn * one - two, one
    return one * one + two * two - turn * one * two
