"""A terminal for the manual's consoles: commands run as a reader would run them, with a real terminal under those that
ask for input."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60.0
"""Real seconds within which a command must say its next thing."""
_PROMPT = re.compile(r"(?:^|\n)((?:\w+ rings)?> )$")
_TYPED = re.compile(r"(?:\w+ rings)?> ?(.*)")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One command of a console and what the page says it prints."""

    command: str
    expected: str

    @property
    def typed(self) -> tuple[str, ...]:
        """What the page types at the command's prompts."""
        found = (_TYPED.fullmatch(line) for line in self.expected.splitlines())
        return tuple(match[1] for match in found if match)


def exchanges(text: str) -> Iterator[Exchange]:
    """The commands of a console block, in order."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, expected = part.partition("\n")
        yield Exchange(command, expected)


def run(exchange: Exchange, folder: Path, last: int) -> tuple[str, int]:
    """What a command prints, on both streams, and its exit code. ``last`` is the exit code before it."""
    words = shlex.split(exchange.command)
    if words == ["echo", "$?"]:
        return f"{last}\n", 0
    if words[0] == "cat":
        return "".join((folder / name).read_text(encoding="utf-8") for name in words[1:]), 0
    assert words[0] == "ivr", f"a console of the manual runs `ivr`, `cat` and `echo $?`: {exchange.command}"
    command = [str(Path(sys.executable).with_name("ivr")), *words[1:]]
    environment = {**os.environ, "COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}
    if exchange.typed:
        return _typing(command, folder, environment, exchange.typed)
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE
    )
    return done.stdout.decode(), done.returncode


def _typing(command: list[str], folder: Path, environment: dict[str, str], typed: tuple[str, ...]) -> tuple[str, int]:
    """Run a command on a terminal of its own and type a line at each of its prompts."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    left, said, seen = list(typed), "", 0
    deadline = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < deadline:
            ready, _, _ = select.select([ours], [], [], max(0.0, deadline - time.monotonic()))
            try:
                piece = os.read(ours, 4096) if ready else b""
            except OSError:  # Linux reports the end of a terminal so
                piece = b""
            if not piece:
                return said, process.wait(PATIENCE)
            said += piece.decode().replace("\r\n", "\n")
            if _PROMPT.search(said[seen:]):
                assert left, f"the command asks for more than the page types:\n{said}"
                seen = len(said)
                os.write(ours, f"{left.pop(0)}\n".encode())
        raise AssertionError(f"the command did not end:\n{said}")
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def matches(expected: str, said: str) -> bool:
    """Whether the page tells the truth. A line ``[...]`` stands for any number of lines; blanks at an end of a line do
    not count."""
    wanted, got = ("\n".join(line.rstrip() for line in text.splitlines()).strip("\n") for text in (expected, said))
    parts = (re.escape(part) for part in re.split(r"^\[\.\.\.\]$", wanted, flags=re.M))
    return re.fullmatch(r"[^\0]*?".join(parts), got) is not None
