"""Sounds as the telephone service plays them."""

from __future__ import annotations

import io
import wave

RATE, BYTES, CHANNELS = 16_000, 2, 1
"""Samples a second, bytes a sample, channels."""


def seconds_of(sound: bytes) -> float:
    """How long a WAV lasts. Raises `ValueError`, saying why, for what the telephone service would not play."""
    try:
        with wave.open(io.BytesIO(sound)) as opened:
            found = (opened.getframerate(), opened.getsampwidth(), opened.getnchannels())
            frames = len(opened.readframes(opened.getnframes())) // (BYTES * CHANNELS)
    except (wave.Error, EOFError) as error:
        raise ValueError(f"it is no WAV file: {error or 'it is cut off'}") from None
    if found != (RATE, BYTES, CHANNELS):
        has = f"{found[0]} Hz, {found[1] * 8} bit and {found[2]} channels"
        raise ValueError(f"it has {has}, not 16000 Hz, 16 bit and one")
    if not frames:
        raise ValueError("there is no sound in it")
    return frames / RATE
