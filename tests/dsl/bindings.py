"""A site file for tests: names and values of a TOML text, with their places. Simple tables only."""

from __future__ import annotations

import re
import tomllib

from dsl import Binding, Bindings, Source, Span


def bind(source: Source) -> Bindings:
    """The bindings of a site file; the span of each is its value, quotes included."""
    tables = tomllib.loads(source.text)
    names: dict[str, dict[str, Binding]] = {}
    for section, values in tables.items():
        for name, value in values.items():
            match = re.search(rf'^"?{re.escape(name)}"?\s*=\s*(.+)$', source.text, re.M)
            assert match is not None, f"{name} stands on no line of its own"
            names.setdefault(section, {})[name] = Binding(name, str(value), Span(match.start(1), match.end(1)))
    return Bindings(source, names)
