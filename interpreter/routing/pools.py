"""Waiting callers and free agents, each in groups of those that are alike, so that finding a pair does not look at all.

Callers of one queue with the same needs are a class; agents with the same queues and skills are a profile. Whether a
profile serves a class is worked out once for each pair of them. So the cost of a match grows with the number of groups,
and hardly with the numbers of callers and of agents: each group is one sorted list.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from interpreter.routing.protocol import Serves, Skills, Strategy

Class: TypeAlias = tuple[str, Skills]
"""A queue, and what is needed there."""
Key: TypeAlias = tuple[float, str]
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Profile:
    """What makes agents alike."""

    queues: tuple[Serves, ...]
    skills: Skills

    def place(self, wanted: Class) -> Serves | None:
        """The queue of this profile through which an agent may take a caller of this class; ``None`` for none."""
        have = dict(self.skills)
        if any(have.get(skill, 0) < level for skill, level in wanted[1]):
            return None
        return next((each for each in self.queues if each.queue == wanted[0]), None)


@dataclass
class Waiting:
    """Callers who wait, in order of their rank. A caller's rank changes once at the most while it waits, when the
    priority grows no more, so nothing is ever sorted anew."""

    ranks: dict[str, float] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    _lists: dict[Class, list[Key]] = field(default_factory=dict)
    _order: dict[str, list[Key]] = field(default_factory=dict)

    def add(self, entry: str, wanted: Class, rank: float) -> None:
        """A caller waits."""
        self.ranks[entry], self.classes[entry] = rank, wanted
        insort(self._lists.setdefault(wanted, []), (rank, entry))
        insort(self._order.setdefault(wanted[0], []), (rank, entry))

    def drop(self, entry: str) -> None:
        """A caller waits no more."""
        wanted, rank = self.classes.pop(entry, None), self.ranks.pop(entry, 0.0)
        if wanted is None:
            return
        _discard(self._lists, wanted, (rank, entry))
        _discard(self._order, wanted[0], (rank, entry))

    def groups(self) -> Iterator[Class]:
        """The classes that have callers."""
        return iter(self._lists)

    def first(self, wanted: Class, passed_over: Collection[str], before: float, begun: dict[str, float]) -> Key | None:
        """The first caller of a class who came at ``before`` or earlier, but for those of ``passed_over``."""
        for key in self._lists.get(wanted, ()):
            if key[1] not in passed_over and begun[key[1]] <= before:
                return key
        return None

    def place(self, entry: str) -> int:
        """How many callers of the same queue go first, and one."""
        wanted = self.classes[entry]
        return bisect_left(self._order[wanted[0]], (self.ranks[entry], entry)) + 1

    def place_of(self, queue: str, rank: float) -> int:
        """The place that somebody with this rank would have."""
        return bisect_left(self._order.get(queue, []), (rank, "")) + 1

    def count(self, queue: str) -> int:
        """Callers who wait in a queue."""
        return len(self._order.get(queue, ()))

    def of(self, queue: str) -> list[str]:
        """The callers of a queue in order."""
        return [entry for _, entry in self._order.get(queue, ())]


@dataclass
class Free:
    """Agents who can take a call, by profile, in the order of each strategy."""

    keys: dict[str, tuple[Profile, dict[Strategy, Key]]] = field(default_factory=dict)
    _lists: dict[tuple[Strategy, Profile], list[Key]] = field(default_factory=dict)
    _profiles: dict[Profile, int] = field(default_factory=dict)

    def add(self, agent: str, profile: Profile, keys: dict[Strategy, Key]) -> None:
        """An agent is free."""
        self.drop(agent)
        self.keys[agent] = profile, keys
        self._profiles[profile] = self._profiles.get(profile, 0) + 1
        for strategy, key in keys.items():
            insort(self._lists.setdefault((strategy, profile), []), key)

    def drop(self, agent: str) -> None:
        """An agent is not free any more."""
        known = self.keys.pop(agent, None)
        if known is None:
            return
        profile, keys = known
        self._profiles[profile] -= 1
        if not self._profiles[profile]:
            del self._profiles[profile]
        for strategy, key in keys.items():
            _discard(self._lists, (strategy, profile), key)

    def best(self, wanted: Class, strategy: Strategy, passed_over: Collection[str], waited: float) -> str | None:
        """The agent whose turn it is for a caller of this class who has waited so long."""
        found: Key | None = None
        for profile in self._profiles:
            place = serves(profile, wanted)
            if place is None or place.delay > waited:
                continue
            for key in self._lists[strategy, profile]:
                if key[1] not in passed_over:
                    found = key if found is None else min(found, key)
                    break
        return found[1] if found is not None else None

    def all(self, wanted: Class, passed_over: Collection[str], waited: float) -> list[str]:
        """Everybody who can take a caller of this class, those who are idle for longest first."""
        found: list[Key] = []
        for profile in self._profiles:
            place = serves(profile, wanted)
            if place is not None and place.delay <= waited:
                found += (key for key in self._lists["longest idle", profile] if key[1] not in passed_over)
        return [agent for _, agent in sorted(found)]


def _discard(lists: dict[K, list[Key]], name: K, key: Key) -> None:
    keys = lists[name]
    del keys[bisect_left(keys, key)]
    if not keys:
        del lists[name]


_KNOWN: dict[tuple[Profile, Class], Serves | None] = {}
_MOST = 100_000


def serves(profile: Profile, wanted: Class) -> Serves | None:
    """Through which queue agents of a profile may take callers of a class; worked out once for each pair."""
    key = (profile, wanted)
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST:
            _KNOWN.clear()
        _KNOWN[key] = profile.place(wanted)
    return _KNOWN[key]
