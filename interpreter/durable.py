"""Files that are there whole or not at all, that survive a loss of power, and that nobody else may read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

PART = ".part"
"""What the name of a file ends with that is not whole yet."""


def create(path: Path) -> BinaryIO:
    """A new file for its owner alone, in the place of an old one. Raises `OSError`."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def write(path: Path, content: bytes) -> None:
    """Whole or not at all, and durable but for the name: see `flush`. Raises `OSError`."""
    part = path.with_suffix(path.suffix + PART)
    try:
        with create(part) as file:
            file.write(content)
            finish(file)
        part.replace(path)
    except OSError:
        # A disk that is full has no room for a half.
        part.unlink(missing_ok=True)
        raise


def finish(file: BinaryIO) -> None:
    """Make what was written durable."""
    file.flush()
    os.fsync(file.fileno())


def flush(folder: Path) -> None:
    """Make new names in a folder durable, where the system can do that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
