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
        for table, value in values.items():
            of_functions = section in ("data", "stand_in")
            for name in value if of_functions else (table,):
                match = re.search(rf'^"?{re.escape(name)}"?\s*=\s*(.+)$', source.text, re.M)
                assert match is not None, f"{name} stands on no line of its own"
                whole = f"{table}.{name}" if of_functions else name
                binding = Binding(whole, "" if of_functions else str(value), Span(match.start(1), match.end(1)))
                names.setdefault(section, {})[whole] = binding
    return Bindings(source, names)
