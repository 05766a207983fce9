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
                whole = f"{table}.{name}" if of_functions else name
                line = rf'^"?{re.escape(name)}"?\s*=\s*(.+)$|^\[{section}\.({re.escape(whole)})\]$'
                match = re.search(line, source.text, re.M)
                assert match is not None, f"{name} stands on no line of its own"
                span = Span(*match.span(1)) if match[1] else Span(match.start(), match.end())
                plain = " ".join(value) if section == "attached" else str(value)
                text = str(value[name].get("url", "")) if of_functions else plain
                names.setdefault(section, {})[whole] = Binding(whole, text, span)
    return Bindings(source, names)
