"""What an event costs as a contact center grows: callers who wait, agents, and kinds of callers.

    python -m benchmarks.routing [--events 200]

The peer, in the same run, is the matcher that comes to mind first, as in Asterisk's app_queue: the caller walks all
agents, the agent walks all callers. It only matches; ours is the whole floor (legs, timers, counts, what is told). An
arrival is measured with agents free (who wait already need what nobody free has) and with none free.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from interpreter.routing import Floor, QueueRules, handle
from interpreter.routing.protocol import CallOver, Due, Entered, Event, Person, Serves, SignedIn, Skills, Wanted

NOW = 1_700_000_000.0
CALLERS, AGENTS, KINDS = (10, 1_000, 100_000), (10, 1_000, 10_000), (1, 20, 200)
EVENTS = ("arrival, some free", "arrival, none free", "agent becomes free", "caller hangs up", "needs are relaxed")
PRODUCT = 0.01
"""How much of the growth of callers times agents an event's cost may grow by at the most."""


@dataclass
class Walker:
    """The peer. Callers in their order; agents with since when they are idle."""

    callers: list[tuple[str, Skills]] = field(default_factory=list)
    agents: dict[str, tuple[float, bool, dict[str, int]]] = field(default_factory=dict)

    def arrives(self, entry: str, needs: Skills) -> str | None:
        """A caller walks all agents, and waits if nobody is free."""
        fit = (
            (since, name)
            for name, (since, free, skills) in self.agents.items()
            if free and all(skills.get(skill, 0) >= level for skill, level in needs)
        )
        found = min(fit, default=None)
        if found is None:
            self.callers.append((entry, needs))
            return None
        since, _, skills = self.agents[found[1]]
        self.agents[found[1]] = since, False, skills
        return found[1]

    def frees(self, name: str) -> str | None:
        """An agent walks the callers."""
        skills = self.agents[name][2]
        for place, (entry, needs) in enumerate(self.callers):
            if all(skills.get(skill, 0) >= level for skill, level in needs):
                del self.callers[place]
                return entry
        self.agents[name] = NOW, True, skills
        return None

    def leaves(self, entry: str) -> None:
        """A caller hangs up."""
        del self.callers[next(place for place, (name, _) in enumerate(self.callers) if name == entry)]

    def relaxes(self, entry: str) -> None:
        """A caller needs less, keeps the place and walks all agents."""
        place = next(place for place, (name, _) in enumerate(self.callers) if name == entry)
        self.callers[place] = entry, ()
        for _, free, _ in self.agents.values():
            if free:
                raise AssertionError("somebody is free who was to be busy")


@dataclass
class Scene:
    """``kinds``: of callers and of agents; who is of a kind needs, or has, one skill of its own."""

    callers: int
    agents: int
    kinds: int
    free: bool
    floor: Floor = field(default_factory=lambda: Floor({"sales": QueueRules("sales")}))
    walker: Walker = field(default_factory=Walker)

    def __post_init__(self) -> None:
        self._send(SignedIn(NOW, "rare", Person("rare"), (("rare", 1),), (Serves("sales"),)))
        self._send(Wanted(NOW, "rare", "not ready"))
        for number in range(self.agents):
            name, skills = f"agent-{number}", self.needs(number)
            self._send(SignedIn(NOW, name, Person(name), skills, (Serves("sales"),)))
            if not self.free:
                self._send(Wanted(NOW, name, "not ready"))
            self.walker.agents[name] = NOW, self.free, dict(skills)
        for number in range(self.callers):
            needs = (("rare", 1),) if self.free else self.needs(number)
            relaxes = () if self.free else ((600.0, needs[0][0], 0),)
            self._send(Entered(NOW + number / self.callers, f"call-{number}/1", "sales", needs, relaxes))
            self.walker.callers.append((f"call-{number}/1", needs))
        assert len(self.floor.waiting.ranks) == self.callers

    def needs(self, number: int) -> Skills:
        """The skill of a kind."""
        return ((f"skill-{number % self.kinds}", 1),)

    def _send(self, event: Event) -> None:
        handle(self.floor, event)

    def measure(self, count: int) -> dict[str, tuple[float, float]]:
        """Median seconds of ours and of the peer's, by event."""
        at, names = NOW + 10, [f"new-{number}/1" for number in range(min(count, self.agents))]
        arrivals: list[Event] = [Entered(at, name, "sales", self.needs(n)) for n, name in enumerate(names)]
        walks: list[Callable[[], object]] = [
            lambda name=name, n=n: self.walker.arrives(name, self.needs(n))  # type: ignore[misc]
            for n, name in enumerate(names)
        ]
        if self.free:
            return {EVENTS[0]: (self._ours(arrivals), _median(walks))}
        found = {EVENTS[1]: (self._ours(arrivals), _median(walks))}
        # From the middle of the queue, each caller once; a place in the middle is what is usual.
        several = min(count, self.callers // 4)
        entries = [f"call-{self.callers // 2 + number}/1" for number in range(2 * several)]
        relaxed, gone = entries[:several], entries[several:]
        dues = [(f"relax:0:{entry}", self.floor.timers[f"relax:0:{entry}"][0]) for entry in relaxed]
        found[EVENTS[4]] = (
            self._ours(Due(at + 1, name, number) for name, number in dues),
            _median([lambda e=e: self.walker.relaxes(e) for e in relaxed]),  # type: ignore[misc]
        )
        found[EVENTS[3]] = (
            self._ours(CallOver(at + 2, entry.partition("/")[0]) for entry in gone),
            _median([lambda e=e: self.walker.leaves(e) for e in gone]),  # type: ignore[misc]
        )
        # The last agents first: with many kinds theirs is not the first caller's.
        ready = [f"agent-{self.agents - 1 - number}" for number in range(min(count, self.agents, self.callers // 2))]
        found[EVENTS[2]] = (
            self._ours(Wanted(at + 3, name, "available") for name in ready),
            _median([lambda n=n: self.walker.frees(n) for n in ready]),  # type: ignore[misc]
        )
        assert all(self.floor.agents[name].legs for name in ready)
        return found

    def _ours(self, events: Iterable[Event]) -> float:
        return _median([lambda event=event: handle(self.floor, event) for event in events])  # type: ignore[misc]


def _median(works: list[Callable[[], object]]) -> float:
    spent = []
    for work in works:
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def measured(callers: int, agents: int, kinds: int, count: int) -> dict[str, tuple[float, float]]:
    """Both scenes of one size."""
    found: dict[str, tuple[float, float]] = {}
    for free in (True, False):
        scene = Scene(callers, agents, kinds, free)
        gc.collect()
        gc.disable()  # a collection would walk the whole scene, once, in the middle of some event
        found |= scene.measure(count)
        gc.enable()
    return found


def show(console: Console, title: str, found: dict[tuple[int, int, int], dict[str, tuple[float, float]]]) -> None:
    """Print microseconds, and how often the peer's are ours."""
    first = next(iter(found.values()))
    table = Table("callers", "agents", "kinds", *EVENTS, title=title, title_justify="left")
    for size, costs in found.items():
        cells = []
        for event in EVENTS:
            ours, peer = costs[event]
            cells.append(f"{ours * 1e6:,.0f} ({ours / first[event][0]:.1f}x) | {peer * 1e6:,.0f} = {peer / ours:.2f}")
        table.add_row(*(f"{each:,}" for each in size), *cells)
    console.print(table)


def main() -> None:
    """Measure, and print. Raises `AssertionError` where the cost grows with callers times agents."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=int, default=200)
    count = options.parse_args().events
    console = Console(width=170)
    console.print("Microseconds of an event: ours (growth from the first row) | the peer's = so often ours.")
    sizes = {(c, a, 1): measured(c, a, 1, count) for c in CALLERS for a in AGENTS}
    show(console, "As callers and agents grow", sizes)
    kinds = {(10_000, 1_000, each): measured(10_000, 1_000, each, count) for each in KINDS}
    show(console, "As kinds of callers and of agents grow", kinds)
    small, large = sizes[CALLERS[0], AGENTS[0], 1], sizes[CALLERS[-1], AGENTS[-1], 1]
    product = CALLERS[-1] * AGENTS[-1] / CALLERS[0] / AGENTS[0]
    for event in EVENTS:
        growth, peer = large[event][0] / small[event][0], large[event][1] / small[event][1]
        console.print(f"{event}: {product:,.0f} times the pairs cost {growth:.1f} times as much; the peer {peer:,.1f}")
        assert growth < product * PRODUCT, f"{event} grows with the product"


if __name__ == "__main__":
    main()
