"""Keeps Teams in step with our calls, and tells the floor what Teams says of the agents.

Time comes from the clock alone; `once` does whatever is due by it.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from interpreter.ports import Clock
from interpreter.presence.errors import DeniedError, GraphError, ThrottledError, UnavailableError
from interpreter.presence.graph import Presence, Presences
from interpreter.presence.pause import Pause
from interpreter.presence.policy import GRACE, RULES, Rule, Verdict, decide

EVERY = 10.0
"""Seconds from one reading of presence to the next."""
RENEW = 240.0
"""Seconds after which what we show is shown again: Teams ends it after five minutes, whatever was asked for."""
AT_ONCE = 16
"""Users of whom something is shown at a time."""
BROKEN = 3
"""Users in a row of whom no answer comes, after which the others are left for the next time."""
TICK = 1.0
"""Seconds between two looks at what is due."""
QUIET = 60.0
"""Seconds for which the same kind of trouble is not logged again."""

OnPresence: TypeAlias = Callable[[str, bool, str], Awaitable[object]]
"""Is told of an agent: whether calls may be offered, and why. When it raises, it is told again."""

log = logging.getLogger(__name__)


class Service(Protocol):
    """What the keeper needs of `Graph`."""

    @property
    def lasts(self) -> float: ...

    async def presences(self, user_ids: Iterable[str]) -> Presences: ...

    async def set_in_call(self, user_id: str) -> None: ...

    async def clear(self, user_id: str) -> None: ...


@dataclass(slots=True)
class _Agent:
    user_id: str
    held: bool = False
    ours: float = -math.inf
    """When a call of ours could last be seen."""
    told: Verdict | None = None


@dataclass(slots=True)
class _Mark:
    """Something that we show, or may be showing: a request without an answer may have worked."""

    tried: float = -math.inf
    shown: float = -math.inf
    """When it was last shown for certain."""
    pause: Pause = field(default_factory=Pause)


class Keeper:
    """Knows which agent is which user, and who is in a call of ours. One `once` at a time."""

    def __init__(
        self,
        graph: Service,
        clock: Clock,
        on_presence: OnPresence,
        *,
        every: float = EVERY,
        grace: float = GRACE,
        rules: Sequence[Rule] = RULES,
        tick: float = TICK,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        """``every``, ``grace`` and ``tick`` are seconds. ``look`` is called before anything that is due is done: to say
        what the floor has to say."""
        self._graph, self._clock, self._on_presence = graph, clock, on_presence
        self._every, self._grace, self._rules, self._tick = every, grace, rules, tick
        self._look = look
        self._logged: dict[str, float] = {}
        self._agents: dict[str, _Agent] = {}
        self._others: dict[str, float] = {}
        """Users who are no agents, and when a call of ours could last be seen of each."""
        self._marks: dict[str, _Mark] = {}
        self._seen: dict[str, tuple[float, Presence]] = {}
        self._unread: dict[str, Pause] = {}
        self._read_at = -math.inf
        self._reading, self._writing = Pause(longest=30.0), Pause()

    # ----------------------------------------------------------------------------------------------------------------
    # What the floor says

    def watch(self, agent: str, user_id: str) -> None:
        """An agent is there, who is this user in Teams (an object id). Known agents are told of afresh."""
        known = self._agents.get(agent)
        if known is None or known.user_id != user_id:
            self._agents[agent] = _Agent(user_id, known is not None and known.held)
        self.tell_again(agent)

    def follow(self, user_id: str) -> None:
        """Read presence of somebody who is no agent. Nothing is shown of them, and nobody is told."""
        self._others.setdefault(user_id, -math.inf)

    def has_call(self, user_id: str) -> None:
        """Somebody who is followed is in a call of ours now: Teams says so of them itself, for a while longer."""
        if user_id in self._others:
            self._others[user_id] = self._clock.now()

    def forget(self, agent: str) -> None:
        """An agent is gone. What we show of them is taken back."""
        self._agents.pop(agent, None)

    def hold(self, agent: str) -> None:
        """An agent is in a call of ours: shown as ``Busy/InACall`` from the next `once` on."""
        if (known := self._agents.get(agent)) is not None:
            known.held = True
            self._seen.pop(known.user_id, None)

    def release(self, agent: str) -> None:
        """The call is over: what we show is taken back."""
        if (known := self._agents.get(agent)) is not None and known.held:
            known.held, known.ours, known.told = False, self._clock.now(), None

    def tell_again(self, agent: str) -> None:
        """Whoever was told of the agent has not taken it in."""
        if (known := self._agents.get(agent)) is not None:
            known.told = None

    def verdict(self, agent: str) -> Verdict | None:
        """What presence says of an agent now; ``None`` for one who is not watched."""
        known = self._agents.get(agent)
        if known is None:
            return None
        released = 0.0 if known.user_id in self._marks else self._clock.now() - known.ours
        return self._decide(known.user_id, known.held, released)

    def verdict_of(self, user_id: str) -> Verdict | None:
        """What presence says now of somebody who is followed; ``None`` for anybody else."""
        ours = self._others.get(user_id)
        return self._decide(user_id, False, self._clock.now() - ours) if ours is not None else None

    def _decide(self, user_id: str, held: bool, released: float) -> Verdict:
        at, presence = self._seen.get(user_id, (-math.inf, Presence("", "")))
        return decide(
            presence.availability,
            presence.activity,
            self._clock.now() - at,
            held=held,
            released=released,
            rules=self._rules,
            grace=self._grace,
        )

    # ----------------------------------------------------------------------------------------------------------------
    # What is due

    async def run(self, stop: asyncio.Event) -> None:
        """Do what is due until ``stop``. What we show then stays: calls go on without us, or it ends by itself."""
        stopping = asyncio.ensure_future(stop.wait())
        work: asyncio.Task[None] | None = None
        try:
            while not stop.is_set():
                work = asyncio.ensure_future(self._once_logged())
                await asyncio.wait((work, stopping), return_when=asyncio.FIRST_COMPLETED)
                if work.done():
                    await asyncio.wait((stopping,), timeout=self._tick)
        finally:
            for task in (stopping, work):
                if task is not None:
                    task.cancel()
            await asyncio.gather(stopping, *([work] if work else ()), return_exceptions=True)

    async def _once_logged(self) -> None:
        try:
            await self.once()
        except Exception:
            log.exception("presence could not be kept")

    async def once(self) -> None:
        """Show what is to be shown, read what is to be read, and tell what has changed. Does not raise for what Graph
        answers."""
        self._look()
        await asyncio.gather(self._show(), self._read())
        await self._tell()

    def _warn(self, kind: str, text: str, *about: object) -> None:
        """Log trouble, of each kind once a minute: Graph may be away for long, and calls go on."""
        now = self._clock.now()
        if not 0.0 <= now - self._logged.get(kind, -math.inf) < QUIET:
            self._logged[kind] = now
            log.warning(text, *about)

    # ----------------------------------------------------------------------------------------------------------------
    # Showing

    async def _show(self) -> None:
        round_ = _Round(self._to_show())
        if self._writing.over(self._clock.now()):
            await asyncio.gather(*(self._work(round_) for _ in range(min(AT_ONCE, len(round_.users)))))

    def _to_show(self) -> list[str]:
        """The users of whom something is to be shown or taken back now, those first who have waited longest."""
        now = self._clock.now()
        wanted = self._held_users()
        for user_id in wanted:
            self._marks.setdefault(user_id, _Mark())
        for user_id, mark in list(self._marks.items()):
            # What was never tried need not be taken back; what Teams has ended by itself is gone.
            if user_id not in wanted and not 0.0 <= now - mark.tried < self._graph.lasts:
                self._gone(user_id, now)
        due = [
            (mark.tried, user_id)
            for user_id, mark in self._marks.items()
            if mark.pause.over(now) and not (user_id in wanted and 0.0 <= now - mark.shown < RENEW)
        ]
        return [user_id for _, user_id in sorted(due)]

    def _held_users(self) -> set[str]:
        return {agent.user_id for agent in self._agents.values() if agent.held}

    async def _work(self, round_: _Round) -> None:
        while round_.users and not round_.over:
            user_id = round_.users.pop(0)
            mark = self._marks[user_id]
            try:
                await self._write(user_id, mark)
            except GraphError as error:
                self._not_shown(round_, user_id, mark, error)
            except Exception:
                log.exception("presence of %s could not be shown", user_id)
                mark.pause.failed(self._clock.now())
            else:
                round_.silent = 0
                mark.pause.passed()
                self._writing.passed()

    async def _write(self, user_id: str, mark: _Mark) -> None:
        now = self._clock.now()
        if user_id in self._held_users():
            mark.tried = now
            await self._graph.set_in_call(user_id)
            mark.shown = now
        else:
            await self._graph.clear(user_id)
            self._gone(user_id, self._clock.now())

    def _gone(self, user_id: str, now: float) -> None:
        """Nothing of ours is shown any more."""
        mark = self._marks.pop(user_id)
        for agent in self._agents.values():
            if agent.user_id == user_id and mark.tried > -math.inf:
                agent.ours = now

    def _not_shown(self, round_: _Round, user_id: str, mark: _Mark, error: GraphError) -> None:
        now = self._clock.now()
        if isinstance(error, (ThrottledError, DeniedError)):
            if not round_.over:
                self._writing.failed(now, error.after)
                self._warn("show", "presence cannot be shown for now: %s", error)
            round_.over = True
            return
        self._warn("user", "presence of %s could not be shown: %s", user_id, error)
        mark.pause.failed(now, error.after)
        silent = isinstance(error, UnavailableError) and error.status == 0
        round_.silent = round_.silent + 1 if silent else 0
        round_.over = round_.over or round_.silent >= BROKEN

    # ----------------------------------------------------------------------------------------------------------------
    # Reading

    async def _read(self) -> None:
        now = self._clock.now()
        if not self._reading.over(now) or 0.0 <= now - self._read_at < self._every:
            return
        users = self._to_read(now)
        if not users:
            return
        self._read_at = now
        try:
            found = await self._graph.presences(users)
        except GraphError as error:
            self._not_read(error)
            return
        except Exception:
            log.exception("presence could not be read")
            self._reading.failed(self._clock.now())
            return
        self._take(now, found)
        if isinstance(found.error, (ThrottledError, DeniedError)):
            self._not_read(found.error)
            return
        if found.error is not None:
            self._warn("some", "presence of some could not be read: %s", found.error)
        self._reading.passed()

    def _to_read(self, now: float) -> list[str]:
        """Everybody who is not in a call of ours, nor unknown to Graph."""
        known = {agent.user_id for agent in self._agents.values()} | self._others.keys()
        self._seen = {user_id: seen for user_id, seen in self._seen.items() if user_id in known}
        self._unread = {user_id: pause for user_id, pause in self._unread.items() if user_id in known}
        refused = {user_id for user_id, pause in self._unread.items() if not pause.over(now)}
        return sorted(known - self._held_users() - refused)

    def _take(self, now: float, found: Presences) -> None:
        held = self._held_users()
        for user_id, presence in found.items():
            if user_id not in held:
                self._seen[user_id] = (now, presence)
            self._unread.pop(user_id, None)
        for user_id in found.refused:
            if user_id not in self._unread:
                self._warn("unknown", "Graph knows no presence of %s", user_id)
            self._unread.setdefault(user_id, Pause(longest=600.0)).failed(now, 60.0)

    def _not_read(self, error: GraphError) -> None:
        self._warn("read", "presence cannot be read for now: %s", error)
        # The pause alone says when it is tried again.
        self._reading.failed(self._clock.now(), error.after)
        self._read_at = -math.inf

    # ----------------------------------------------------------------------------------------------------------------
    # Telling

    async def _tell(self) -> None:
        """Tell what has changed: the verdict, or why calls may not be offered. Of an agent in a call of ours there is
        nothing to tell."""
        for name, agent in list(self._agents.items()):
            verdict = self.verdict(name)
            if agent.held or self._agents.get(name) is not agent or verdict is None:
                continue
            if agent.told == verdict or (agent.told is not None and agent.told.offer and verdict.offer):
                continue
            agent.told = verdict
            try:
                await self._on_presence(name, verdict.offer, verdict.reason)
            except Exception:
                log.exception("nobody could be told of the presence of %s", name)
                agent.told = None


class _Round:
    """The users of one round of showing. ``silent``: of how many in a row no answer has come."""

    def __init__(self, users: list[str]) -> None:
        self.users, self.silent, self.over = users, 0, False
