"""The site file as the language sees it: which names are bound, and where.

Made from the text alone, without loading the site: the linter points at what is wrong in a file that would not load.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from dsl import Binding, Bindings, Source, Span
from dsl.bindings import KINDS, OTHERS
from interpreter import site_text

_OF_FUNCTIONS = ("data", "stand_in")
"""Sections with a table for each ``data`` of a script and an entry in it for each function."""


def bindings_from(source: Source) -> Bindings:
    """The bindings of a site file. Raises `tomllib.TOMLDecodeError` when it is not TOML."""
    tables = tomllib.loads(source.text)
    places = site_text.scan(source.text)
    names: dict[str, dict[str, Binding]] = {}
    for kind in (*KINDS, *OTHERS):
        section = tables.get(kind)
        if kind == "service" and isinstance(section, dict):  # it holds secrets
            section = {name: value for name, value in section.items() if name == "caller_id"}
        if isinstance(section, dict):
            names[kind] = {
                ".".join(path): _binding(source, places, (kind, *path), value)
                for path, value in _entries(section, 2 if kind in _OF_FUNCTIONS else 1)
            }
    for agent, queue in _served(tables.get("agents")):
        place = names["agents"].get(agent)
        if place is not None:
            names.setdefault("queues", {}).setdefault(queue, Binding(queue, "", place.span))
    return Bindings(source, names)


def _served(agents: Any) -> Iterator[tuple[str, str]]:
    """The queues that agents serve: a queue that somebody serves needs no table of its own."""
    for name, agent in agents.items() if isinstance(agents, dict) else ():
        queues = agent.get("queues") if isinstance(agent, dict) else None
        for each in queues if isinstance(queues, list) else ():
            queue = each.get("queue") if isinstance(each, dict) else each
            if isinstance(queue, str):
                yield name, queue


def _entries(section: dict[str, Any], depth: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The entries of a section, ``depth`` tables below it."""
    for name, value in section.items():
        if depth == 1:
            yield (name,), value
        elif isinstance(value, dict):
            yield from (((name, *path), below) for path, below in _entries(value, depth - 1))


def _binding(source: Source, places: site_text.Places, path: tuple[str, ...], value: Any) -> Binding:
    line, column = places.find(path)
    name = ".".join(path[1:])
    start = source.line_start(line) + column - 1
    if path[0] == "attached" and isinstance(value, dict):
        return Binding(name, " ".join(value), Span(start, start + len(path[-1])))
    if source.text[start] == "[":
        url = value.get("url") if path[0] == "data" and isinstance(value, dict) else None
        return Binding(name, url if isinstance(url, str) else "", Span(start, source.text.index("]", start) + 1))
    text = value if isinstance(value, str) else ""
    at = source.text.find(text, start, source.line_start(line) + len(source.line_text(line))) if text else -1
    quoted = at > start and source.text[at - 1] in "\"'"
    span = Span(at - 1, at + len(text) + 1) if quoted else Span(start, start + len(path[-1]))
    return Binding(name, text, span)
