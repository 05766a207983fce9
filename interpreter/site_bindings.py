"""The site file as the language sees it: which names are bound, and where.

Made from the text alone, without loading the site: the linter points at what is wrong in a file that would not load.
"""

from __future__ import annotations

import tomllib
from typing import Any

from dsl import Binding, Bindings, Source, Span
from dsl.bindings import KINDS
from interpreter import site_text


def bindings_from(source: Source) -> Bindings:
    """The bindings of a site file. Raises `tomllib.TOMLDecodeError` when it is not TOML."""
    tables = tomllib.loads(source.text)
    places = site_text.scan(source.text)
    names: dict[str, dict[str, Binding]] = {}
    for kind in KINDS:
        section = tables.get(kind)
        if isinstance(section, dict):
            names[kind] = {name: _binding(source, places, kind, name, value) for name, value in section.items()}
    return Bindings(source, names)


def _binding(source: Source, places: site_text.Places, kind: str, name: str, value: Any) -> Binding:
    line, column = places.find((kind, name))
    start = source.line_start(line) + column - 1
    text = value if isinstance(value, str) else ""
    at = source.text.find(text, start, source.line_start(line) + len(source.line_text(line))) if text else -1
    quoted = at > start and source.text[at - 1] in "\"'"
    span = Span(at - 1, at + len(text) + 1) if quoted else Span(start, start + len(name))
    return Binding(name, text, span)
