"""What is due when: a heap with one entry a key, in memory only. The rows in the store are the truth."""

from __future__ import annotations

import heapq
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Agenda(Generic[K, V]):
    """A value a key, with the time at which it is due. Setting a key again replaces it.

    Replaced and cleared entries stay in the heap until they surface or outnumber the others.
    """

    __slots__ = ("_count", "_heap", "_set")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, K]] = []
        self._set: dict[K, tuple[float, int, V]] = {}
        self._count = 0

    def set(self, key: K, due: float, value: V) -> None:
        self._count += 1
        self._set[key] = (due, self._count, value)
        heapq.heappush(self._heap, (due, self._count, key))
        if len(self._heap) > 2 * len(self._set) + 1000:
            self._heap = [(due, number, key) for key, (due, number, _) in self._set.items()]
            heapq.heapify(self._heap)

    def clear(self, key: K) -> None:
        self._set.pop(key, None)

    def __contains__(self, key: K) -> bool:
        return key in self._set

    def next_due(self) -> float | None:
        """The earliest time at which something is due; None when nothing is set."""
        self._drop_stale()
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: float) -> list[tuple[K, V]]:
        """Remove and return what is due, earliest first; what is due at the same time, in the order it was set."""
        taken = []
        while (due := self.next_due()) is not None and due <= now:
            key = heapq.heappop(self._heap)[2]
            taken.append((key, self._set.pop(key)[2]))
        return taken

    def _drop_stale(self) -> None:
        heap = self._heap
        while heap:
            _, number, key = heap[0]
            entry = self._set.get(key)
            if entry is not None and entry[1] == number:
                return
            heapq.heappop(heap)
