"""What must never be: by the phones, by what calls are told, and by the log as a reader folds it who is never late."""

from __future__ import annotations

from dataclasses import dataclass, field

from phones import Phones

from interpreter.engine import live
from interpreter.floor import ENTRIES, Ledger
from interpreter.protocol import Reported
from interpreter.routing import Floor, QueueRules
from interpreter.routing.pools import serves
from interpreter.routing.protocol import Aside, HostOrder, Ring, Wanted
from interpreter.routing.state import Caller
from interpreter.store.floor_log import FloorLog

ENDS = ("no agents", "full")


@dataclass
class Call:
    """A call as its script knows it. ``op`` is its latest request for the queue, ``fate`` what has become of that."""

    name: str
    op: int = 1
    fate: str = "waits"
    heard: bytes = b""
    told: list[str] = field(default_factory=list)

    @property
    def entry(self) -> str:
        """Its place in line."""
        return f"{self.name}/{self.op}"


@dataclass
class Judge:
    """``faults`` are what was found wrong, each once. ``ready``: until when the wrap-ups of agents last."""

    phones: Phones
    rules: QueueRules
    faults: list[str] = field(default_factory=list)
    ready: dict[str, float] = field(default_factory=dict)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(Floor({self.rules.name: self.rules}))

    @property
    def floor(self) -> Floor:
        """What is the case by the log."""
        return self.ledger.floor

    def wrong(self, what: str) -> None:
        """Something is the case that must never be."""
        if what not in self.faults:
            self.faults.append(what)

    # ----------------------------------------------------------------------------------------------------------------
    # Calls

    def tell(self, call: Call, event_id: str, event: Reported) -> None:
        """A call is told something. Its inbox leaves out what it has heard before, as that of the engine does."""
        mark = live.fingerprint(event_id)
        if live.is_seen(call.heard, mark):
            return
        call.heard = (call.heard + mark)[-live.FINGERPRINT * live.REMEMBERED :]
        if event.op != str(call.op) or call.fate in ("quit", "over") or event.outcome == "position":
            return  # the script is elsewhere
        call.told.append(event.outcome)
        match call.fate, event.outcome:
            case "waits", "connected":
                call.fate = "talks"
            case "talks", "answered":
                call.fate = "served"
            case "waits", outcome if outcome in ENDS:
                call.fate = "turned away"
            case fate, outcome:
                self.wrong(f"{call.entry}, which {fate}, is told {outcome}")

    # ----------------------------------------------------------------------------------------------------------------
    # Phones

    def ordered(self, order: HostOrder) -> None:
        """The host is about to do what it is asked for."""
        if isinstance(order, Ring | Aside) and order.leg in self.phones.phones:
            self.wrong(f"{order.person.address} is rung twice for {order.call}")

    def look(self, agents: int, calls: dict[str, Call]) -> None:
        """By the phones, whatever anybody believes. Where all are rung, two may pick up at the same moment."""
        for number in range(agents):
            busy = self.phones.busy(f"a{number}")
            if len(busy) > 1:
                self.wrong(f"a{number} rings for, or is in, {' and '.join(sorted(each.call for each in busy))}")
        if self.rules.strategy != "ring all":
            for name in calls:
                inside = self.phones.inside(name)
                if len(inside) > 1:
                    self.wrong(f"{name} has {' and '.join(sorted(inside))}")

    def settled(self, calls: dict[str, Call]) -> None:
        """When nothing is on its way, phones, calls and log are of one mind."""
        talks = {each.connected for each in self.floor.callers.values()}
        for phone in self.phones.phones.values():
            if phone.busy and phone.leg not in talks:
                self.wrong(f"{phone.who} is {phone.state} for {phone.call}, for nobody")
        for call in calls.values():
            inside = self.phones.inside(call.name)
            if call.fate == "talks" and len(inside) != 1:
                self.wrong(f"{call.name} talks, and with it are {len(inside)}")
            if call.fate == "waits" and call.entry not in self.floor.callers:
                self.wrong(f"{call.entry} waits, and nobody knows")

    # ----------------------------------------------------------------------------------------------------------------
    # The log

    async def follow(self, log: FloorLog) -> None:
        """Fold what has come to the log: whose turn it was, and whether anybody is idle beside a caller."""
        for row in await log.read(self.ledger.n):
            before = {leg.name: leg for leg in self.floor.legs.values() if leg.answered}
            entry = ENTRIES.decode(row.text)
            if isinstance(entry, Wanted):
                self.ready.pop(entry.agent, None)  # who asks to be something else has ended the wrap-up
            orders, _ = self.ledger.apply(row)
            for pending in orders:
                if isinstance(pending.order, Ring | Aside):
                    self._check_turn(pending.order)
            for name, leg in before.items():
                if name not in self.floor.legs and self.floor.agents[leg.agent].wanted != "offline":
                    self.ready[leg.agent] = entry.at + leg.wrap_up
            self._check_idle()

    def _check_turn(self, order: Ring | Aside) -> None:
        leg = self.floor.legs.get(order.leg)
        caller = self.floor.callers.get(leg.entry) if leg is not None else None
        if leg is None or caller is None:
            self.wrong(f"{order.person.address} is rung for nobody in {order.call}")
            return
        if self.floor.latest < self.ready.get(leg.agent, 0.0) - 0.001:
            self.wrong(f"{leg.agent} is rung while it writes up a call")
        for entry in self.floor.waiting.classes:
            other = self.floor.callers[entry]
            if self._may_take(leg.agent, other) and other.rank < caller.rank:
                self.wrong(f"{caller.entry} goes before {entry}")

    def _check_idle(self) -> None:
        waiting = [self.floor.callers[entry] for entry in self.floor.waiting.classes]
        for agent in self.floor.agents.values():
            if agent.can_take and any(self._may_take(agent.name, caller) for caller in waiting):
                self.wrong(f"{agent.name} is free and somebody waits")

    def _may_take(self, agent: str, caller: Caller) -> bool:
        profile = self.floor.agents[agent].profile
        return agent not in caller.declined and serves(profile, caller.wanted) is not None
