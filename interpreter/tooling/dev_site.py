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
from datetime import date, time
from pathlib import Path
from typing import Any

from dsl import Program, parse
from dsl.ast import Consult, Queue, Transfer
from dsl.bundle import bundle
from dsl.lint.uses import SECTION, uses
from interpreter.data.stand_ins import PLAIN
from interpreter.tooling.files import CannotRun, beside, read

FIRST_LINE = 18005550100
FIRST_TARGET = 14255550140
"""Numbers kept for fiction: nobody is ever called by mistake."""
MADE = ("numbers", "teams_users", "teams_apps", "agents", "audio", "switches", "attached")
"""Sections whose names are made up where nothing binds them."""
OF_FUNCTIONS = ("data", "stand_in")
PASSED_ON = ("queues", "experts")
"""Sections that hold as they are. Nobody is told anything from a laptop, so ``notify`` is not among them."""
SKILLED = 10
_WORK = ("queues", "skills")
"""What an agent serves, which may differ from one site file to the other."""
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
    tables: dict[str, dict[str, Any]] = {kind: {} for kind in (*MADE, *PASSED_ON, *OF_FUNCTIONS)}
    wholes = {path: bundle(read(path), beside(path)) for path in scripts}
    programs = {path: Program(whole, parse(whole).script) for path, whole in wholes.items()}
    for path in scripts:
        _merge(tables, path.with_suffix(".toml"))
    next_number = FIRST_TARGET
    for use in (use for program in programs.values() for each in program.declarations() for use in uses(each)):
        if use.section in MADE and use.name not in tables[use.section]:
            tables[use.section][use.name] = _made(use.section, use.name, next_number)
            next_number += use.section == "numbers"
    for program in programs.values():
        _stand_in(tables, program)
    _staff(tables, list(programs.values()))
    lines = []
    taking = {path: each for path, each in programs.items() if each.flow is None or not each.flow.outbound}
    for offset, (path, program) in enumerate(taking.items()):
        targets = tuple(dict.fromkeys(_targets(program, tables)))
        lines.append(DevLine(f"+{FIRST_LINE + offset}", path, targets))
    tables["lines"] = {line.number: str(line.script.resolve()) for line in lines}
    _prefer_stand_ins(tables)
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
    for kind in (*MADE, *PASSED_ON):
        _add(tables[kind], found.get(kind, {}), site, kind)
    for kind in OF_FUNCTIONS:
        for group, functions in found.get(kind, {}).items():
            _add(tables[kind].setdefault(group, {}), functions, site, f"{kind}.{group}")


def _add(table: dict[str, Any], found: Mapping[str, Any], site: Path, section: str) -> None:
    for name, value in found.items():
        known = table.setdefault(name, value)
        if section == "agents" and _who(known) == _who(value):
            table[name] = _together(known, value)
        elif known != value:
            raise CannotRun(f"{site} binds `{name}` under [{section}] to something else than another site file here")


def _who(agent: Any) -> Any:
    """Who an agent of a site file is, whatever it serves there."""
    return {key: value for key, value in agent.items() if key not in _WORK} if isinstance(agent, dict) else agent


def _together(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """An agent of several site files, who serves here what it serves in any of them."""
    queues = [*one.get("queues", []), *(each for each in other.get("queues", []) if each not in one.get("queues", []))]
    skills = {**one.get("skills", {}), **other.get("skills", {})}
    return {**one, "queues": queues, **({"skills": skills} if skills else {})}


def _stand_in(tables: Mapping[str, dict[str, Any]], program: Program) -> None:
    """Something plain for each function that nothing binds, so that the script takes calls."""
    for whole, function in program.functions.items():
        group, _, name = whole.partition(".")
        if name not in tables["data"].get(group, {}):
            tables["stand_in"].setdefault(group, {}).setdefault(name, {"outcome": PLAIN[function.use]})


def _staff(tables: Mapping[str, dict[str, Any]], programs: Sequence[Program]) -> None:
    """Somebody for each queue and each expert, and everybody at work: there is no desktop on a laptop."""
    blocks = [each for program in programs for each in program.declarations()]
    for expert in {each.expert.text for each in blocks if isinstance(each, Consult) and each.expert is not None}:
        tables["experts"].setdefault(expert, {"teams_user": _made("teams_users", expert, 0)})
    queues = list(dict.fromkeys(each.name.text for each in blocks if isinstance(each, Queue)))
    staffed = {q if isinstance(q, str) else q["queue"] for a in tables["agents"].values() for q in a.get("queues", [])}
    missing = [queue for queue in queues if queue not in staffed]
    if missing:
        skills = {need.skill.text for each in blocks if isinstance(each, Queue) for need in each.needs}
        tables["agents"]["agent"] = {
            **_made("agents", "agent", 0), "queues": missing, "skills": dict.fromkeys(sorted(skills), SKILLED),
        }  # fmt: skip
    for agent in tables["agents"].values():
        if agent.get("queues"):
            agent["signed_in"] = "always"
        agent.pop("token", None)


def _prefer_stand_ins(tables: Mapping[str, dict[str, Any]]) -> None:
    """A function with a stand-in is not called for real from a laptop."""
    for group, functions in tables["stand_in"].items():
        for name in functions:
            tables["data"].get(group, {}).pop(name, None)


def _made(kind: str, name: str, number: int) -> Any:
    made = str(uuid.uuid5(_SPACE, f"{kind} {name}"))
    match kind:
        case "numbers":
            return f"+{number}"
        case "switches":
            return "off"
        case "audio":
            return f"https://audio.example/{name}"
        case "attached":
            return {"sip": f"X-MS-Custom-{name}", "voip": name}
        case "agents":
            return {"user": made, "tenant": str(uuid.uuid5(_SPACE, "tenant"))}
        case _:
            return made


def _targets(program: Program, tables: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Whom the script can ring, by name, and their addresses on the host (the contract's raw ids)."""
    queues = {each.name.text for each in program.declarations() if isinstance(each, Queue)}
    for name, agent in tables["agents"].items():
        served = {each if isinstance(each, str) else each["queue"] for each in agent.get("queues", [])}
        if served & queues:
            yield name, _address("agents", agent)
    for declaration in program.declarations():
        if isinstance(declaration, Consult) and declaration.expert is not None:
            (kind, value), *_ = tables["experts"][declaration.expert.text].items()
            section = {"agent": "agents", "teams_user": "teams_users", "number": "numbers"}[kind]
            yield declaration.expert.text, _address(section, tables["agents"][value] if kind == "agent" else value)
        if not isinstance(declaration, Transfer) or declaration.target is None or declaration.target.literal:
            continue
        if declaration.target.kind not in SECTION:
            continue  # whom an agent calls is nobody of the site
        section, name = SECTION[declaration.target.kind], declaration.target.name.text
        yield name, _address(section, tables[section][name])


def _address(section: str, value: Any) -> str:
    match section:
        case "numbers":
            return str(value)
        case "teams_users":
            return f"8:orgid:{value}"
        case "teams_apps":
            return f"28:orgid:{value}"
        case _ if "teams_user" in value:
            return f"8:orgid:{value['teams_user']}"
        case _ if "number" in value or "acs_user" in value:
            return str(value.get("number") or value["acs_user"])
        case _:
            return f"8:acs:{value.get('resource', '')}_{value['tenant']}_{value['user']}"


def _toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Sections of values. JSON's strings are TOML's basic strings."""
    parts = []
    for section, values in tables.items():
        rows = [f"{json.dumps(name)} = {_value(value)}" for name, value in values.items()]
        if rows:
            parts.append("\n".join([f"[{section}]", *rows, ""]))
    return "\n".join(parts)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    if isinstance(value, date | time):
        return value.isoformat()
    return json.dumps(value)
