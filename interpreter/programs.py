"""The scripts of a site, as they are on disk now: read, linted, and read again when they change.

A script that does not lint takes no calls. When it linted before, the last good version goes on taking them, and the
findings are logged. A call keeps the version that it began with; the engine has that version's text in its store.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import structlog
from watchfiles import Change, awatch

from dsl import Diagnostic, Program, Source, check
from dsl.bundle import bundle, is_inside, used_names
from dsl.report import render
from interpreter.engine import Script, ScriptUnusable, script_hash
from interpreter.prompts.files import PromptFolder
from interpreter.prompts.texts import static_texts
from interpreter.site import Site
from interpreter.site_bindings import bindings_from

_log = structlog.get_logger(__name__)

SCRIPT = ".ivr"
LOOK_AGAIN = 30.0
"""Seconds after which scripts are read again although nothing told of a change."""

NUMBER = "number"
"""The parameter of an outbound flow that says whom to call."""

Problems: TypeAlias = Mapping[Path, str]
"""Per script that cannot take calls as it is on disk, why: findings, one a line, or that it cannot be read."""


class SiteScripts:
    """The scripts that the site's ``[lines]`` and ``[outbound]`` name, checked against what the site binds."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._bindings = bindings_from(Source(str(site.path or "the site"), site.text)) if site.text else None
        self._current: dict[Path, Script[Program]] = {}
        self._refused: dict[Path, _Refused] = {}
        self._used: dict[Path, tuple[str, ...]] = {}
        self._desks: dict[tuple[str, str], Script[Program]] = {}

    def for_line(self, called: str) -> Script[Program] | None:
        """The current script of the line; None when it has none, or none that was ever fit to take calls."""
        path = self._site.script_for(called)
        return None if path is None else self._current.get(path)

    def for_flow(self, name: str) -> Script[Program] | None:
        """The current script of an outbound flow by its name under ``[outbound]``; None when it has none, or none that
        was ever fit to make calls."""
        path = self._site.outbound_scripts().get(name)
        return None if path is None else self._current.get(path)

    def for_emergency_center(self, called: str) -> Script[Program] | None:
        """The script that takes a call of an emergency center straight to the line's desk; None where the site names
        none. It is the server's own, so that no script of the site can be in its way."""
        desk = self._site.settings.emergency.desk_of(called)
        return None if desk is None else self._desks.setdefault(desk.target, _to_desk(*desk.target))

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

    @property
    def flows_without_script(self) -> tuple[str, ...]:
        """The outbound flows whose script was never fit to make calls."""
        return tuple(name for name, path in self._site.outbound_scripts().items() if path not in self._current)

    def _paths(self) -> frozenset[Path]:
        return frozenset((*self._site.scripts().values(), *self._site.outbound_scripts().values()))

    async def load(self) -> Problems:
        """Reads every script again and says which are unfit. Good ones take calls from now on."""
        # In a thread: a long script takes longer to check than calls may wait.
        for path in sorted(self._paths()):
            await asyncio.to_thread(self._read, path)
        return {path: refused.why for path, refused in self._refused.items()}

    async def watch(self, stop: asyncio.Event) -> None:
        """Loads whenever a file beside the scripts changes, and every `LOOK_AGAIN` seconds, until ``stop`` is set.

        Looking again finds what no watch tells: a folder that was replaced, a disk of another machine, and systems
        that have no more watches to give.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._notice(stop))
            tasks.create_task(self._look_again(stop))

    async def _notice(self, stop: asyncio.Event) -> None:
        try:
            while not stop.is_set() and (folders := self._folders()):
                async with aclosing(self._changes(folders, stop)) as changes:
                    async for _ in changes:
                        await self.load()
                        if self._folders() != folders:
                            break  # a script uses a file of another folder now
        except (OSError, RuntimeError) as error:
            _log.warning("changes of scripts are noticed only now and then", every=LOOK_AGAIN, reason=str(error))

    async def _changes(self, folders: frozenset[Path], stop: asyncio.Event) -> AsyncGenerator[None]:
        def concerns(change: Change, path: str) -> bool:
            # Names that begin with two dots are how a mounted configuration map changes all its files at once.
            return (name := Path(path).name) in self._names() or name.startswith("..") or name.endswith(SCRIPT)

        async for _ in awatch(*folders, watch_filter=concerns, stop_event=stop, recursive=False):
            yield

    def _files(self) -> Iterator[Path]:
        """The scripts and the files that they use, also those that are not there."""
        for path in self._paths():
            yield path
            yield from (path.parent / name for name in self._used.get(path, ()) if is_inside(name))

    def _folders(self) -> frozenset[Path]:
        return frozenset(path.parent for path in self._files() if path.parent.is_dir())

    def _names(self) -> frozenset[str]:
        return frozenset(path.name for path in self._files())

    async def _look_again(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_AGAIN)
            await self.load()

    def _read(self, path: Path) -> None:
        try:
            text = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "not UTF-8 text"
            self._refuse(path, _Refused(why, why))
            return
        text = bundle(Source(str(path), text), partial(_beside, path.parent)).text
        self._used[path] = used_names(text)
        digest = script_hash(text)
        before, refused = self._current.get(path), self._refused.get(path)
        if refused is not None and refused.version == digest:
            return
        if before is None or before.hash != digest:
            checked = check(Source(str(path), text), self._bindings)
            if checked.program is None:
                self._refuse(path, _Refused(digest, _listed(checked.errors)))
                return
            if why := wrong_way(self._site, path, checked.program):
                self._refuse(path, _Refused(digest, why))
                return
            self._current[path] = Script(digest, path.name, text, checked.program)
            _log.info("script loaded", script=path.name, version=digest[:12], replaced=before is not None)
            self._tell_prompts(path.name, checked.program)
        self._refused.pop(path, None)

    def _tell_prompts(self, script: str, program: Program) -> None:
        """How much of a script is played from files, and what is paid for each time."""
        folder = self._site.prompts_path()
        if folder is None:
            return
        statics, changing = static_texts(program)
        missing = PromptFolder(folder).missing(statics)
        told = _log.warning if missing else _log.info
        told(
            "prompts of a script",
            script=script,
            in_files=len(statics) - len(missing),
            without_file=len(missing),
            with_values=len(changing),
        )

    def _refuse(self, path: Path, refused: _Refused) -> None:
        if self._refused.get(path) != refused:
            keeps = path in self._current
            _log.error("script refused", script=path.name, keeps_last_good=keeps, findings=refused.why)
        self._refused[path] = refused


@dataclass(frozen=True, slots=True)
class _Refused:
    """A script as it is on disk is unfit. ``version`` is the hash of its text, or why it has none."""

    version: str
    why: str


def wrong_way(site: Site, path: Path, program: Program) -> str:
    """Why a script cannot do what the site file wants of it, ``""`` when it can: take calls, or make them."""
    flow = program.flow
    outbound = flow is not None and flow.outbound
    if path in site.scripts().values():
        return "its flow is outbound: it makes calls, and takes none of `[lines]`" if outbound else ""
    if flow is None or not outbound:
        return "its flow is not outbound: it takes calls, and makes none of `[outbound]`"
    if not any(each.name.text == NUMBER and each.type.name == "phone" for each in flow.parameters):
        return f"its flow has no parameter `{NUMBER} phone`: whom to call could not be told"
    return ""


def _to_desk(kind: str, name: str) -> Script[Program]:
    """A script that rings somebody three times, and says so when nobody is there."""
    text = _DESK.format(target=f"{kind} {name}")
    program = check(Source("emergency desk", text)).program
    if program is None:
        raise AssertionError("the script of the emergency desk is not one")
    return Script(script_hash(text), "emergency desk", text, program)


_DESK = """\
ivr 1

flow emergency_call_back
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> second

transfer first
    to {target}
    answered                                -> finish at_the_desk
    no answer or busy or declined or failed -> second

transfer second
    to {target}
    answered                                -> finish at_the_desk
    no answer or busy or declined or failed -> third

transfer third
    to {target}
    answered                                -> finish at_the_desk
    no answer or busy or declined or failed -> nobody

step nobody
    say "Nobody answers at the emergency desk. Please call this number again."
    finish nobody_at_the_desk
"""


def _beside(folder: Path, name: str) -> str | None:
    """The text of a file that a script uses."""
    try:
        return (folder / name).read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None


def _listed(findings: tuple[Diagnostic, ...]) -> str:
    return render(findings, "concise").rstrip("\n")
