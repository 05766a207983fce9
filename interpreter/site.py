"""The site file: what a script's names mean in one place, and how the server runs there.

A script holds names only; the site file binds them to numbers, Teams ids, audio, switches and secrets. It is TOML. A
value may be written ``{ env = "NAME" }`` or ``{ file = "path" }`` to keep it out of the file, and any key can be set
from the environment as ``IVR_SECTION__KEY``. Mistakes are reported all together, each with its key and place.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from dsl.spell import listed, nearest
from interpreter import site_text
from interpreter.site_attached import Attached, Redirect
from interpreter.site_center import Agent, Expert, QueueOf, Told
from interpreter.site_dangling import dangling
from interpreter.site_model import (
    SERVICE_OPENID,
    Callbacks,
    DataFunction,
    Desktop,
    Events,
    Operator,
    Server,
    Service,
    Settings,
    Store,
)
from interpreter.site_outbound import Outbound
from interpreter.site_secrets import SECRETS, is_secret

Kind: TypeAlias = Literal["number", "teams_user", "teams_app", "agent", "audio", "switch", "secret"]
"""What a name of a script can stand for."""

_SECTION_OF: Mapping[Kind, str] = {
    "number": "numbers",
    "teams_user": "teams_users",
    "teams_app": "teams_apps",
    "agent": "agents",
    "audio": "audio",
    "switch": "switches",
    "secret": "secrets",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a site file. ``line`` is 0 for a value that comes from the environment."""

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else f"{self.file} (environment)"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class SiteError(Exception):
    """The site file cannot be used. ``problems`` holds every mistake that was found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Site:
    """A loaded site file. Paths in it are relative to ``folder``."""

    path: Path | None
    folder: Path
    settings: Settings
    places: site_text.Places = field(repr=False)
    text: str = field(default="", repr=False)
    """The file as it was read; empty for a site that was never one."""

    @property
    def service(self) -> Service:
        return self.settings.service

    @property
    def server(self) -> Server:
        return self.settings.server

    @property
    def callbacks(self) -> Callbacks:
        return self.settings.callbacks

    @property
    def events(self) -> Events:
        return self.settings.events

    @property
    def store(self) -> Store:
        return self.settings.store

    @property
    def operator(self) -> Operator:
        return self.settings.operator

    @property
    def desktop(self) -> Desktop:
        return self.settings.desktop

    @classmethod
    def load(cls, path: Path | str, *, need_secrets: bool = True) -> Site:
        """Reads a site file. Raises `SiteError` when it cannot be read or holds mistakes.

        Without ``need_secrets`` a secret whose variable or file is missing is no mistake: a build machine that lints
        scripts has none.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8 text"
            raise SiteError((Problem(str(path), 1, 1, "", f"the site file cannot be read: {reason}"),)) from error
        return cls.parse(text, folder=path.resolve().parent, path=path, need_secrets=need_secrets)

    @classmethod
    def parse(cls, text: str, folder: Path, path: Path | None = None, *, need_secrets: bool = True) -> Site:
        """As `load`, from text. Relative paths in it start at ``folder``."""
        name = str(path) if path is not None else "<site>"
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SiteError((_syntax_problem(name, text, error),)) from error
        places = site_text.scan(text)
        resolver = _References(name, folder, places, need_secrets)
        resolved = resolver.resolve(tables)
        if resolver.problems:
            raise SiteError(tuple(resolver.problems))
        try:
            settings = Settings(**resolved)
        except SettingsError as error:
            # A variable that stands for a whole section, such as IVR_STORE, has to be JSON.
            raise SiteError((Problem(name, 0, 0, "", str(error)),)) from error
        except ValidationError as error:
            raise SiteError(tuple(_problem(name, places, resolved, details) for details in error.errors())) from error
        site = cls(path, folder, settings, places, text)
        if problems := site._dangling(name):
            raise SiteError(problems)
        return site

    @classmethod
    def defaults_for_emulator(
        cls, *, emulator: str, access_key: str, server: str, lines: Mapping[str, Path], resource_id: str, store: Path
    ) -> Site:
        """A site for a local emulator at ``emulator`` (its base address) and a server at ``server``."""
        tables: dict[str, Any] = {
            "service": {
                "endpoint": emulator,
                "key": access_key,
                "resource_id": resource_id,
                "cognitive_services_endpoint": emulator,
            },
            "server": {"callback_base": server},
            "callbacks": {"openid_configuration": f"{emulator}/calling/.well-known/acsopenidconfiguration"},
            "store": {"path": str(store)},
            "lines": {called: str(script) for called, script in lines.items()},
        }
        settings = Settings(**tables)
        return cls(None, Path.cwd(), settings, site_text.Places({}))

    def names(self, kind: Kind) -> frozenset[str]:
        """The names that the site binds for this kind."""
        return frozenset(getattr(self.settings, _SECTION_OF[kind]))

    def bound(self) -> Mapping[Kind, frozenset[str]]:
        """All bound names by kind."""
        return {kind: self.names(kind) for kind in get_args(Kind)}

    def locate(self, section: str, key: str = "") -> tuple[int, int]:
        """Line and column, both from 1, of a key of a section in the file; (1, 1) when it is not there."""
        return self.places.find((section, key) if key else (section,))

    def number(self, name: str) -> str | None:
        return self.settings.numbers.get(name)

    def teams_user(self, name: str) -> str | None:
        return self.settings.teams_users.get(name)

    def teams_app(self, name: str) -> str | None:
        return self.settings.teams_apps.get(name)

    def agent(self, name: str) -> Agent | None:
        """The agent with its resource filled in from ``[service]``."""
        found = self.settings.agents.get(name)
        if found is None or found.resource:
            return found
        return found.model_copy(update={"resource": self.service.resource_id})

    def audio(self, name: str) -> str | None:
        return self.settings.audio.get(name)

    def functions(self) -> Mapping[str, DataFunction]:
        """The data functions by their whole names, such as ``crm.by_phone``."""
        return {f"{data}.{name}": bound for data, those in self.settings.data.items() for name, bound in those.items()}

    def stand_ins(self) -> Mapping[str, Mapping[str, Any]]:
        """What data functions answer on a laptop, by their whole names."""
        given = self.settings.stand_in
        return {f"{data}.{name}": answer for data, those in given.items() for name, answer in those.items()}

    def switches(self) -> Mapping[str, bool]:
        """The switches as they stand before anybody flips one."""
        return self.settings.switches

    def script_for(self, called: str) -> Path | None:
        """The script of a line: its own, else that of ``*``."""
        script = self.settings.lines.get(called) or self.settings.lines.get("*")
        return self.folder / script if script else None

    def scripts(self) -> Mapping[str, Path]:
        """Script paths by line."""
        return {called: self.folder / script for called, script in self.settings.lines.items()}

    def outbound_scripts(self) -> Mapping[str, Path]:
        """The scripts that make calls, by the names under which they are ordered."""
        return {name: self.folder / each.script for name, each in self.settings.outbound.items()}

    def store_path(self) -> Path:
        return self.folder / self.store.path

    def prompts_path(self) -> Path | None:
        """The folder with files of prompts; ``None`` where every prompt is spoken."""
        return self.folder / self.settings.prompts.folder if self.settings.prompts.folder else None

    def prompts_url(self) -> str:
        """Where the telephone service fetches them: the site's own address, else this server's."""
        return self.settings.prompts.url or f"{self.server.callback_base}/prompts"

    def ca_path(self) -> Path | None:
        return self.folder / self.service.ca_file if self.service.ca_file else None

    def audience(self) -> str | None:
        """The audience that callback tokens must name."""
        return self.callbacks.audience or self.service.resource_id

    def openid_configuration(self) -> str | None:
        """Where the callbacks' keys are described; ``None`` when ``jwks`` names the key set itself."""
        return None if self.callbacks.jwks else self.callbacks.openid_configuration or SERVICE_OPENID

    def _dangling(self, file: str) -> tuple[Problem, ...]:
        """Names inside the site file that lead nowhere."""
        return tuple(
            Problem(file, *self.locate(section, key), f"{section}.{key}", message)
            for section, key, message in dangling(self.settings)
        )


class _References:
    """Replaces ``{ env = … }`` and ``{ file = … }`` by what they refer to."""

    def __init__(self, file: str, folder: Path, places: site_text.Places, need_secrets: bool) -> None:
        self._file, self._folder, self._places, self._need_secrets = file, folder, places, need_secrets
        self.problems: list[Problem] = []

    def resolve(self, tables: Mapping[str, Any]) -> dict[str, Any]:
        return {section: self._section(section, value) for section, value in tables.items()}

    def _section(self, section: str, value: Any) -> Any:
        # A section itself is never a reference: [audio] may well hold a recording called "file".
        if not isinstance(value, dict):
            return value
        return {key: self._value((section, key), inner) for key, inner in value.items()}

    def _value(self, path: tuple[str, ...], value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        match value:
            case {"env": str(name)} if len(value) == 1:
                if (found := os.environ.get(name)) is None:
                    return self._without(path, f"the environment has no variable `{name}`")
                return found
            case {"file": str(name)} if len(value) == 1:
                return self._read(path, name)
        return {key: self._value((*path, key), inner) for key, inner in value.items()}

    def _read(self, path: tuple[str, ...], name: str) -> str:
        try:
            return (self._folder / name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8 text"
            return self._without(path, f"the file `{name}` cannot be read: {reason}")

    def _without(self, path: tuple[str, ...], message: str) -> str:
        if self._need_secrets or not is_secret(path):
            self.problems.append(Problem(self._file, *self._places.find(path), ".".join(path), message))
        return SECRETS.get(path, "unresolved")


def _syntax_problem(file: str, text: str, error: tomllib.TOMLDecodeError) -> Problem:
    """tomllib tells its place only in words: ``… (at line 3, column 7)``."""
    message, _, place = str(error).rpartition(" (at ")
    digits = [int(word) for word in place.replace(",", " ").replace(")", " ").split() if word.isdigit()]
    line, column = digits if len(digits) == 2 else (text.count("\n") + 1, 1)
    return Problem(file, line, column, "", f"not TOML: {(message or str(error)).lower()}")


def _problem(file: str, places: site_text.Places, tables: Mapping[str, Any], details: ErrorDetails) -> Problem:
    """What pydantic found, in words that name what was found and what is allowed."""
    path = tuple(str(part) for part in details["loc"] if part != "[key]")
    line, column = places.find(path) if _holds(tables, path) else (0, 0)
    return Problem(file, line, column, ".".join(path), _message(path, details))


def _holds(tables: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether the file, and not the environment, is where the key (or the table that lacks it) comes from."""
    return not path or (path[0] in tables and (len(path) == 1 or path[1] in tables[path[0]] or len(path) > 2))


def _message(path: tuple[str, ...], details: ErrorDetails) -> str:
    kind = details["type"]
    if kind == "extra_forbidden":
        known = _known(path[:-1])
        guess = nearest(path[-1], known)
        return f"unknown key; did you mean `{guess}`?" if guess else f"unknown key; allowed: {listed(known, 'and')}"
    if kind == "missing":
        return "is missing"
    if kind == "value_error" and (len(path) == 1 or isinstance(details["input"], dict)):
        # About a table as a whole: what its keys mean together.
        return str(details["ctx"]["error"])
    if kind in ("model_type", "dict_type") and len(path) == 1:
        # Not the value itself: what was meant for the section may hold its secrets.
        return f"this kind of value is not allowed here; expected: a table, written [{path[0]}]"
    allowed = str(details["ctx"]["error"]) if kind == "value_error" else _lower_first(details["msg"])
    return f"{_found(path, details['input'])} is not allowed here; expected: {allowed}"


def _lower_first(text: str) -> str:
    text = text.removeprefix("Input should be ")
    return text[:1].lower() + text[1:]


def _found(path: tuple[str, ...], value: Any) -> str:
    """The value that was found; never a secret's."""
    if is_secret(path):
        return "the value"
    match value:
        case str() | int() | float():
            return f"`{value}`"
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return "this kind of value"


_TABLES: Mapping[str, type[BaseModel]] = {
    "agents": Agent,
    "attached": Attached,
    "redirects": Redirect,
    "data": DataFunction,
    "queues": QueueOf,
    "experts": Expert,
    "notify": Told,
    "outbound": Outbound,
}
"""What each entry of these sections is."""


def _known(path: tuple[str, ...]) -> list[str]:
    """The keys that a table may hold."""
    model: type[BaseModel] = Settings
    for part in path:
        annotation = model.model_fields[part].annotation if part in model.model_fields else None
        # The section itself, or the one of a section that may be left out.
        named = [each for each in (annotation, *get_args(annotation)) if isinstance(each, type)]
        if inner := next((each for each in named if issubclass(each, BaseModel)), None):
            model = inner
        elif path[0] in _TABLES:
            model = _TABLES[path[0]]
    return sorted(model.model_fields)
