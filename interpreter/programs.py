"""The scripts of a site, as they are on disk now: read, linted, and read again when they change.

A script that does not lint takes no calls. When it linted before, the last good version goes on taking them, and the
findings are logged. A call keeps the version that it began with; the engine has that version's text in its store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import structlog
from watchfiles import Change, awatch

from dsl import Diagnostic, Program, Source, check
from dsl.report import render
from interpreter.engine import Script, ScriptUnusable, script_hash
from interpreter.site import Site
from interpreter.site_bindings import bindings_from

_log = structlog.get_logger(__name__)

Problems: TypeAlias = Mapping[Path, str]
"""Per script that cannot take calls as it is on disk, why: findings, one a line, or that it cannot be read."""


class SiteScripts:
    """The scripts that the site's ``[lines]`` name, checked against what the site binds."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._bindings = bindings_from(Source(str(site.path or "the site"), site.text)) if site.text else None
        self._current: dict[Path, Script[Program]] = {}
        self._refused: dict[Path, str] = {}

    def for_line(self, called: str) -> Script[Program] | None:
        """The current script of the line; None when it has none, or none that was ever fit to take calls."""
        path = self._site.script_for(called)
        return None if path is None else self._current.get(path)

    def compile(self, name: str, text: str) -> Program:
        """The program of a version that the store kept. Raises `ScriptUnusable`.

        Without the site's bindings: a name that the site dropped since then is no reason to drop the call.
        """
        checked = check(Source(name, text))
        if checked.program is None:
            raise ScriptUnusable(_listed(checked.errors))
        return checked.program

    @property
    def lines_without_script(self) -> tuple[str, ...]:
        """The lines whose script was never fit to take calls."""
        return tuple(called for called, path in self._site.scripts().items() if path not in self._current)

    async def load(self) -> Problems:
        """Reads every script again and says which are unfit. Good ones take calls from now on."""
        paths = sorted(set(self._site.scripts().values()))
        # In a thread: a long script takes longer to check than calls may wait.
        self._refused = {}
        for path in paths:
            await asyncio.to_thread(self._read, path)
        return dict(self._refused)

    async def watch(self, stop: asyncio.Event) -> None:
        """Loads whenever a file beside the scripts changes, until ``stop`` is set."""
        folders = {path.parent for path in self._site.scripts().values() if path.parent.is_dir()}
        if not folders:
            await stop.wait()
            return
        names = {path.name for path in self._site.scripts().values()}

        def concerns(change: Change, path: str) -> bool:
            # Names that begin with two dots are how a mounted configuration map changes all its files at once.
            return (name := Path(path).name) in names or name.startswith("..")

        async for _ in awatch(*folders, watch_filter=concerns, stop_event=stop, recursive=False):
            await self.load()

    def _read(self, path: Path) -> None:
        try:
            text = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            self._refuse(path, getattr(error, "strerror", None) or "not UTF-8 text")
            return
        before = self._current.get(path)
        digest = script_hash(text)
        if before is not None and before.hash == digest:
            return
        checked = check(Source(str(path), text), self._bindings)
        if checked.program is None:
            self._refuse(path, _listed(checked.errors))
            return
        self._current[path] = Script(digest, path.name, text, checked.program)
        _log.info("script loaded", script=path.name, version=digest[:12], replaced=before is not None)

    def _refuse(self, path: Path, why: str) -> None:
        self._refused[path] = why
        _log.error("script refused", script=path.name, keeps_last_good=path in self._current, findings=why)


def _listed(findings: tuple[Diagnostic, ...]) -> str:
    return render(findings, "concise").rstrip("\n")
