"""Our own tones, as the service plays sounds: WAV, mono, 16 bit, 16 kHz."""

from __future__ import annotations

import io
import math
import struct
import wave

RATE = 16_000
HERTZ, SECONDS, LOUDNESS = 1_000.0, 0.5, 0.5
"""ITU-T E.180 leaves the tone of answering machines open; 1 kHz for half a second is what people know."""
FADE = 0.01
"""Seconds at both ends in which it grows and fades, so that it does not click."""


def tone(hertz: float = HERTZ, seconds: float = SECONDS, loudness: float = LOUDNESS) -> bytes:
    """A sine as a WAV file."""
    frames = round(RATE * seconds)
    samples = [
        loudness * min(1.0, n / (RATE * FADE), (frames - n) / (RATE * FADE)) * math.sin(2 * math.pi * hertz * n / RATE)
        for n in range(frames)
    ]
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(struct.pack(f"<{frames}h", *(round(each * 32_767) for each in samples)))
    return file.getvalue()


RECORD_TONE = tone()
JOIN_TONE = tone(440.0, 0.3, 0.15)
"""Somebody has joined: soft, so that it covers nobody's words."""

SOON_TONE = tone(660.0, 0.2, 0.15)
"""A message is almost as long as it may be: soft, for it is heard by somebody who speaks."""

TONES = {"record": RECORD_TONE, "join": JOIN_TONE, "soon": SOON_TONE}
"""What is served under ``/tones``."""
