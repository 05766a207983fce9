"""The site of `ivr dev`: every script gets a line of its own, and every name that nothing binds gets a stand-in.

A designer has scripts and wants to call them; a site file comes later. Where a site file lies beside a script under
the same name, its bindings are used.
"""

from __future__ import annotations

import json
import tomllib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsl import Program, parse
from dsl.ast import Collect, Hours, Menu, PlayFile, Prompt, Step, Transfer, WhenSwitch
from dsl.bindings import KINDS
from dsl.bundle import bundle
from interpreter.tooling.files import CannotRun, beside, read

FIRST_LINE = 18005550100
FIRST_TARGET = 14255550140
"""Numbers kept for fiction: nobody is ever called by mistake."""
_SPACE = uuid.UUID("6f1c2a44-5d3b-4a3e-9a67-70a1f6f6a1c1")


@dataclass(frozen=True, slots=True)
class DevLine:
    """A number that can be dialled, the script that answers it, and what its transfers ring."""

    number: str
    script: Path
    targets: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DevSite:
    """The text of the site file, and what a person should know of it. ``targets`` are addresses as the host knows
    them."""

    text: str
    lines: tuple[DevLine, ...]


def make(scripts: Sequence[Path], service: Mapping[str, Any], at: float | None = None) -> DevSite:
    """A site that binds everything that the scripts name. Raises `CannotRun` when two site files disagree about a
    name."""
    tables: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    wholes = {path: bundle(read(path), beside(path)) for path in scripts}
    programs = {path: Program(whole, parse(whole).script) for path, whole in wholes.items()}
    for path in scripts:
        _merge(tables, path.with_suffix(".toml"))
    next_number = FIRST_TARGET
    for program in programs.values():
        for kind, name in _named(program):
            if name in tables[kind]:
                continue
            tables[kind][name] = _stand_in(kind, name, next_number)
            next_number += kind == "numbers"
    lines = []
    for offset, (path, program) in enumerate(programs.items()):
        targets = tuple(dict.fromkeys(_targets(program, tables)))
        lines.append(DevLine(f"+{FIRST_LINE + offset}", path, targets))
    tables["lines"] = {line.number: str(line.script.resolve()) for line in lines}
    for section, values in service.items():
        tables[section] = dict(values)
    return DevSite(_toml(tables), tuple(lines))


def _merge(tables: dict[str, dict[str, Any]], site: Path) -> None:
    if not site.exists():
        return
    try:
        found = tomllib.loads(read(site).text)
    except tomllib.TOMLDecodeError as error:
        raise CannotRun(f"{site} is not a site file: {error}") from None
    for kind in KINDS:
        for name, value in found.get(kind, {}).items():
            if tables[kind].setdefault(name, value) != value:
                raise CannotRun(f"{site} binds `{name}` under [{kind}] to something else than another site file here")


def _named(program: Program) -> Iterator[tuple[str, str]]:
    """Every name that a site file has to bind, by kind."""
    for declaration in program.declarations():
        match declaration:
            case Transfer():
                if declaration.target is not None:
                    yield f"{declaration.target.kind}s", declaration.target.name.text
                if declaration.caller_id is not None:
                    yield "numbers", declaration.caller_id.text
            case Hours():
                if declaration.emergency is not None:
                    yield "switches", declaration.emergency.text
            case Step():
                for statement in declaration.statements:
                    if isinstance(statement, PlayFile):
                        yield "audio", statement.file.plain
                    elif isinstance(statement, WhenSwitch):
                        yield "switches", statement.switch.text
            case Menu() | Collect():
                yield from (("audio", p.content.plain) for p in _prompts(declaration) if p.file)
            case _:
                pass


def _prompts(block: Menu | Collect) -> tuple[Prompt, ...]:
    return (*block.prompts, *block.reprompts)


def _stand_in(kind: str, name: str, number: int) -> Any:
    made = str(uuid.uuid5(_SPACE, f"{kind} {name}"))
    match kind:
        case "numbers":
            return f"+{number}"
        case "switches":
            return "off"
        case "audio":
            return f"https://audio.example/{name}"
        case "agents":
            return {"user": made, "tenant": str(uuid.uuid5(_SPACE, "tenant"))}
        case _:
            return made


def _targets(program: Program, tables: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The script's name of each transfer target, and its address on the host (the contract's raw ids)."""
    for declaration in program.declarations():
        if not isinstance(declaration, Transfer) or declaration.target is None:
            continue
        kind, name = declaration.target.kind, declaration.target.name.text
        value = tables[f"{kind}s"][name]
        match kind:
            case "number":
                yield name, value
            case "teams_user":
                yield name, f"8:orgid:{value}"
            case "teams_app":
                yield name, f"28:orgid:{value}"
            case "agent":
                resource = value.get("resource", "")
                yield name, f"8:acs:{resource}_{value['tenant']}_{value['user']}"


def _toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Sections of plain values. JSON's strings are TOML's basic strings."""
    parts = []
    for section, values in tables.items():
        rows = [f"{json.dumps(name)} = {_value(value)}" for name, value in values.items()]
        if rows:
            parts.append("\n".join([f"[{section}]", *rows, ""]))
    return "\n".join(parts)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items()) + " }"
    return json.dumps(value)
