"""Files of prompts: their names, the folder that they lie in, and the files of a text."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
import time
from functools import lru_cache
from pathlib import Path

from interpreter.prompts.texts import Static

FORMAT = "riff-16khz-16bit-mono-pcm"
"""The one sound that the telephone service plays for certain: WAV, mono, 16 bit, 16 kHz.
https://learn.microsoft.com/azure/communication-services/how-tos/call-automation/play-action"""
SUFFIX = ".wav"
NAME = re.compile(r"[0-9a-f]{32}")
"""A file's name without its suffix."""
MOST_PIECES = 12
"""A text of more sentences than this is spoken: putting it together would cost more than it saves."""
SETTLED = 2_000_000_000
"""Nanoseconds after which a folder's time tells of every change before it."""
_CUT = re.compile(r"(?<=[.!?,;:…。！？\"'”’)\]])\s+")
"""Where a text that was put together of several may be cut: behind a sign, at a space."""


def name_of(text: str, language: str, voice: str, ssml: bool = False) -> str:
    """The name of a text's file, without suffix."""
    facts = ["ssml", text, FORMAT] if ssml else [text, language, voice, FORMAT]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:32]


def name_of_static(static: Static) -> str:
    """As `name_of`, of a text of a script."""
    return name_of(static.text, static.language, static.voice, static.ssml)


class PromptFolder:
    """A folder with files of prompts, of which another program may add and delete some at any time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._read: tuple[int, frozenset[str]] = (-1, frozenset())

    def path(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"

    def names(self) -> frozenset[str]:
        """The names of the files that are there now; none where the folder cannot be read. The folder is read again
        when it has changed."""
        try:
            changed = self.folder.stat().st_mtime_ns
            with self._lock:
                if changed != self._read[0]:
                    names = frozenset(_names_in(self.folder))
                    # Disks tell times in steps: what comes in the same step as this reading would never be seen.
                    settled = time.time_ns() - changed > SETTLED
                    self._read = (changed if settled else -1, names)
                return self._read[1]
        except OSError:
            return frozenset()

    def missing(self, statics: list[Static]) -> list[Static]:
        """Those that have no file."""
        there = self.names()
        return [each for each in statics if name_of_static(each) not in there]

    def keep(self, name: str, sound: bytes) -> None:
        """Write a file, whole or not at all. Raises `OSError`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        half = self.folder / f".{name}.{os.getpid()}.part"
        try:
            half.write_bytes(sound)
            half.replace(self.path(name))
        finally:
            half.unlink(missing_ok=True)

    def of_text(self, text: str, language: str, voice: str, ssml: bool = False) -> tuple[str, ...] | None:
        """The names of the files in which exactly this is heard; ``None`` when some of it has no file. A call says
        several texts of a script as one ("That is wrong. Press 1."), so a text may have several files."""
        there = self.names()
        if not there:
            return None
        whole = name_of(text, language, voice, ssml)
        if whole in there:
            return (whole,)
        return None if ssml else _together(text, language, voice, there)


def _names_in(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        found = [entry.name.removesuffix(SUFFIX) for entry in entries if entry.name.endswith(SUFFIX)]
    return [name for name in found if NAME.fullmatch(name)]


@lru_cache(maxsize=4096)
def _together(text: str, language: str, voice: str, there: frozenset[str]) -> tuple[str, ...] | None:
    """The fewest files that make up a text, cut between its sentences."""
    cuts = [(match.start(), match.end()) for match in _CUT.finditer(text)]
    if not cuts or len(cuts) >= MOST_PIECES:
        return None
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    best: list[tuple[str, ...] | None] = [()]
    for last, end in enumerate(ends):
        ways = [
            (*before, name)
            for first in range(last + 1)
            if (before := best[first]) is not None
            and (name := name_of(text[starts[first] : end], language, voice)) in there
        ]
        best.append(min(ways, key=len, default=None))
    return best[-1]
