"""What a site file binds, as far as the language needs to know: names, values to check, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class Binding:
    """One bound name. ``value`` is what a check may look at (a number, the address of a data function); it is never a
    secret."""

    name: str
    value: str
    span: Span


KINDS = (
    "numbers",
    "teams_users",
    "teams_apps",
    "agents",
    "audio",
    "switches",
    "data",
    "queues",
    "experts",
    "card_services",
    "notify",
    "attached",
)
"""The sections of a site file that a script can name. Those of ``data`` are functions: ``crm.by_phone``."""

OPTIONAL = frozenset({"queues", "experts", "card_services", "notify"})
"""Sections whose names are looked for only in a site file that has the section: one that is all tests has none."""

OTHERS = ("lines", "stand_in", "service", "redirects")
"""Sections that a script does not name and rules look at: which script a number runs, what stands in for data, which
lines are passed on, and of ``service``, which holds secrets, only ``caller_id``."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """The bound names of each kind of `KINDS`. Spans lie in ``source``, the text of the site file."""

    source: Source
    names: Mapping[str, Mapping[str, Binding]] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, Binding]:
        """The bindings of a kind, empty when the site file has no such section."""
        return self.names.get(kind, {})
