"""Recordings in a folder: whole or not at all, and nothing outside of it."""

from __future__ import annotations

import asyncio
import os
import stat
import time
import wave
from pathlib import Path

import pytest

from interpreter.recordings.about import Beside, read_beside
from interpreter.recordings.shelf import RecordingsUnavailable, Shelf, is_name, length


def put(shelf: Shelf, name: str, at: float) -> None:
    async def run() -> None:
        part = await shelf.part(name)
        part.write_bytes(b"RIFF" + name.encode())
        await shelf.keep(name, {"recording": name, "call": name.partition(".")[0], "at": at}, part)

    asyncio.run(run())


def names(shelf: Shelf, limit: int = 9, call: str = "") -> list[str]:
    return [str(each["recording"]) for each in asyncio.run(shelf.latest(limit, call))]


def test_the_latest_come_first_and_only_so_many(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "made when needed")
    assert names(shelf) == []
    for number, at in enumerate((30.0, 10.0, 20.0)):
        put(shelf, f"call-{number}.1.0", at)
    assert names(shelf) == ["call-0.1.0", "call-2.1.0", "call-1.1.0"]
    assert names(shelf, 1) == ["call-0.1.0"]
    assert names(shelf, call="call-2") == ["call-2.1.0"]
    assert names(shelf, call="call") == [], "a call is not another whose id it begins"
    sound = asyncio.run(shelf.sound("call-0.1.0"))
    assert sound is not None
    assert sound.read_bytes() == b"RIFFcall-0.1.0"


def test_nobody_else_may_read_what_is_known(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    put(shelf, "a.1.0", 1.0)
    assert stat.S_IMODE((tmp_path / "a.1.0.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "", ".hidden", "a/b", "a" * 300, "a\0b"])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('{"recording": "secret", "at": 1}')
    (tmp_path / "secret.wav").write_bytes(b"RIFF")
    shelf = Shelf(tmp_path / "inside")
    assert not is_name(name)
    assert asyncio.run(shelf.about(name)) is None
    assert asyncio.run(shelf.sound(name)) is None
    assert asyncio.run(shelf.delete(name)) is False
    assert (tmp_path / "secret.wav").exists()


def test_a_description_that_is_none_is_told_and_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf(tmp_path)
    put(shelf, "good.1.0", 1.0)
    wrong = ("{", "[]", '{"recording": "x"}', '{"recording": "../x", "at": 1}', '{"at": "soon"}')
    for number, text in enumerate(wrong):
        (tmp_path / f"bad-{number}.json").write_text(text)
    assert names(shelf) == ["good.1.0"]
    assert caplog.text.count("is no description of a recording") == 5


def test_what_is_half_or_without_a_description_goes_when_it_is_old(tmp_path: Path) -> None:
    shelf, now = Shelf(tmp_path), time.time()
    put(shelf, "old.1.0", now - 100)
    put(shelf, "new.1.0", now)
    for name in ("half.1.0.wav.part", "alone.1.0.wav"):
        (tmp_path / name).write_bytes(b"RIFF")
    assert asyncio.run(shelf.forget(now - 50)) == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "alone.1.0.wav", "half.1.0.wav.part", "new.1.0.json", "new.1.0.wav",
    ]  # fmt: skip
    for name in ("half.1.0.wav.part", "alone.1.0.wav"):
        os.utime(tmp_path / name, (now - 100, now - 100))
    assert asyncio.run(shelf.forget(now - 50)) == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new.1.0.json", "new.1.0.wav"]


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    shelf = Shelf(tmp_path / "file")
    with pytest.raises(RecordingsUnavailable):
        asyncio.run(shelf.part("a.1.0"))
    assert names(shelf) == []


def test_the_length_of_a_file_and_what_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as made:
        made.setnchannels(2)
        made.setsampwidth(2)
        made.setframerate(16_000)
        made.writeframes(bytes(2 * 2 * 8_000))
    assert length(path) == (0.5, 2)
    path.write_bytes(b"<html>")
    with pytest.raises(ValueError, match="not a WAV file"):
        length(path)


def test_what_the_service_writes_beside_a_file() -> None:
    content = b"""{"chunkStartTime": "2026-07-15T18:15:10.3Z", "chunkDuration": 6620,
        "pauseResumeIntervals": [{"startTime": "2026-07-15T18:15:12Z", "duration": 2500}],
        "participants": [{"participantId": "4:+15551230001", "channel": 0}, {"participantId": "8:acs:x"}]}"""
    assert read_beside(content) == Beside(
        1784139310.3, ((1784139312.0, 2.5),), (("4:+15551230001", 0), ("8:acs:x", None))
    )
    assert read_beside(b"{}") == Beside(0.0, (), ())
    for wrong in (b"", b"[]", b'{"pauseResumeIntervals": [{}]}', b'{"pauseResumeIntervals": 7}', b"\xff"):
        with pytest.raises(ValueError, match="not what the service writes"):
            read_beside(wrong)
