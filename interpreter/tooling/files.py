"""Scripts and site files on disk."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from dsl import Bindings, Source
from dsl.bundle import Read
from dsl.syntax.parser import keep_tables
from interpreter.site_bindings import bindings_from

SCRIPT = ".ivr"


class CannotRun(Exception):  # noqa: N818 - what it says, not a mistake in a script
    """The command could not do its work at all: exit code 2. The text says why and what to do."""


def find_scripts(paths: Iterable[Path]) -> list[Path]:
    """Every script named or below a folder, each once: those of a folder before those of its folders. Raises
    `CannotRun` when a path holds none."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = sorted((p for p in path.rglob(f"*{SCRIPT}") if p.is_file()), key=lambda p: (p.parent, p.name))
            if not below:
                raise CannotRun(f"there is no {SCRIPT} file in the folder {path}")
            found.update(dict.fromkeys(below))
        elif path.exists():
            found[path] = None
        else:
            raise CannotRun(f"there is no file {path}")
    return list(found)


def read(path: Path) -> Source:
    """The text of a file. Raises `CannotRun`."""
    if path.is_dir():
        raise CannotRun(f"{path} is a folder; name a file in it")
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return Source(str(path), file.read())
    except UnicodeDecodeError as error:
        raise CannotRun(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}") from None


def beside(script: Path) -> Read:
    """How the files that a script uses are read: from its own folder. What cannot be read is not there."""

    def read_beside(name: str) -> str | None:
        try:
            with (script.parent / name).open(encoding="utf-8", newline="") as file:
                return file.read()
        except (OSError, UnicodeDecodeError):
            return None

    return read_beside


def keep_grammar(folder: Path) -> None:
    """Keep the tables of the grammar in the user's own cache folder: half a second less at every start.

    Where the folder cannot be had, they are made anew each time."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return
    owned = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    if owned and os.access(folder, os.W_OK):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        keep_tables(str(folder / f"grammar-{version}.tables"))


def write(path: Path, text: str) -> None:
    """Replace the text of a file. Raises `CannotRun`."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}") from None


def read_bindings(path: Path | None) -> Bindings | None:
    """What a site file binds; ``None`` without one. Raises `CannotRun`."""
    if path is None:
        return None
    source = read(path)
    try:
        return bindings_from(source)
    except tomllib.TOMLDecodeError as error:
        raise CannotRun(f"{path} is not a site file: {error}") from None
