"""What is special about a folder: whole files, and disks that fail."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path
from typing import Any

import pytest

from interpreter.messages import MessagesUnavailable
from interpreter.messages.folder import Folder

ABOUT = {"message": "a", "at": 1.0}


def test_callers_voices_are_nobody_else_s_to_hear(tmp_path: Path) -> None:
    asyncio.run(Folder(tmp_path / "m").save("a", b"sound", ABOUT))
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "m").iterdir()} == {
        "a.wav": 0o600,
        "a.json": 0o600,
    }


@pytest.mark.parametrize("full", [".wav.part", ".json.part"])
def test_a_full_disk_leaves_no_half_and_what_was_there_stays(
    full: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path)
    asyncio.run(folder.save("a", b"first", ABOUT))
    fsync, opened = os.fsync, os.open
    filling: set[int] = set()

    def watched(path: Any, *args: Any) -> int:
        number = opened(path, *args)
        if str(path).endswith(full):
            filling.add(number)
        return number

    def no_room(number: int) -> None:
        if number in filling:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(number)

    monkeypatch.setattr(os, "open", watched)
    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(MessagesUnavailable, match="No space left on device"):
        asyncio.run(folder.save("b", b"second", {"message": "b", "at": 2.0}))
    monkeypatch.undo()
    assert [each["message"] for each in asyncio.run(folder.list())] == ["a"]
    assert not list(tmp_path.glob("*.part"))
    assert asyncio.run(folder.open("b")) is None


def test_a_folder_that_cannot_be_made(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_bytes(b"")
    folder = Folder(tmp_path / "file" / "messages")
    assert asyncio.run(folder.usable()) is False
    assert "messages cannot be kept" in caplog.text
    with pytest.raises(MessagesUnavailable):
        asyncio.run(folder.save("a", b"", ABOUT))


def test_asking_leaves_nothing_behind(tmp_path: Path) -> None:
    assert asyncio.run(Folder(tmp_path / "m").usable()) is True
    assert list((tmp_path / "m").iterdir()) == []


def test_a_part_that_a_crash_has_left_is_cleared(tmp_path: Path) -> None:
    for name in ("a.wav.part", "b.json.part"):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (10.0, 10.0))
    assert asyncio.run(Folder(tmp_path).list()) == []
    assert asyncio.run(Folder(tmp_path).forget(9.0)) == 0
    assert len(list(tmp_path.iterdir())) == 2
    asyncio.run(Folder(tmp_path).forget(11.0))
    assert list(tmp_path.iterdir()) == []
