"""Presence and the floor: who is signed in is watched, who is in a call is shown as busy, and what Teams says is told.

The floor is read, not listened to: what has changed since the last look is what matters, and a call that begins and
ends between two looks leaves nothing to be shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import TypeVar

import aiohttp
from prometheus_client import CollectorRegistry, Counter

from interpreter.floor import Floors
from interpreter.ports import Clock
from interpreter.presence.credentials import ClientCredentials
from interpreter.presence.errors import (
    DeniedError,
    GraphError,
    MalformedError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from interpreter.presence.graph import Graph, Presences, TokenProvider
from interpreter.presence.identity import OwnIdentity
from interpreter.presence.keeper import Keeper, Service
from interpreter.presence.policy import UNDISTURBED
from interpreter.routing.protocol import Objection, Person, Seen
from interpreter.routing.state import Agent
from interpreter.site import Site
from interpreter.site_center import Presence
from interpreter.store import StoreUnavailable

T = TypeVar("T")

TEAMS_USER = "8:orgid:"
"""Before the object id of a user of Teams in a raw id of the service."""
CONNECTED = ("whispering", "joining", "in", "removing")
"""States of a leg whose person has picked up."""


class Teams:
    """Presence of the agents of one floor, and of the others whom calls may ask for. ``users`` are the object ids of
    the agents in Teams, by their names, ``others`` those of users who are no agents."""

    def __init__(
        self,
        graph: Service,
        floors: Floors,
        clock: Clock,
        users: Mapping[str, str],
        others: Iterable[str] = (),
        *,
        every: float,
    ) -> None:
        self._floors, self._clock, self.users = floors, clock, users
        self.keeper = Keeper(graph, clock, self._tell, every=every, look=self._look)
        for user in others:
            self.keeper.follow(user)
        self._known: dict[str, tuple[bool, bool]] = {}
        """Who is watched: whether there is any leg, and whether one is connected."""

    async def once(self) -> None:
        """Do what is due now. Does not raise for what Graph answers."""
        await self.keeper.once()

    async def run(self, stop: asyncio.Event) -> None:
        """Do what is due until ``stop``."""
        await self.keeper.run(stop)

    def objection(self, person: Person, call: str) -> Objection | None:
        """Why somebody who is no agent is not to be rung into a call now; ``None`` where nothing speaks against it.
        Presence that is not known speaks against nobody."""
        verdict = self.keeper.verdict_of(person.address.removeprefix(TEAMS_USER))
        if verdict is None:
            return None
        legs = self._floors.floor.legs.values()
        if any(leg.person.address == person.address and leg.call != call and leg.state in CONNECTED for leg in legs):
            return Objection("declined", "in another call of ours")
        if verdict.offer:
            return None
        return Objection("not allowed" if verdict.reason == UNDISTURBED else "declined", f"Teams: {verdict.reason}")

    def _look(self) -> None:
        """Say what has become of the agents, and who else is in a call of ours."""
        for leg in self._floors.floor.legs.values():
            if leg.state in CONNECTED:
                self.keeper.has_call(leg.person.address.removeprefix(TEAMS_USER))
        for name, user in self.users.items():
            agent = self._floors.floor.agents.get(name)
            if agent is None or (agent.wanted == "offline" and not agent.legs):
                if self._known.pop(name, None) is not None:
                    self.keeper.forget(name)
                continue
            before, now = self._known.get(name), self._of(agent)
            if before is None:
                self.keeper.watch(name, user)
            self._known[name] = now
            self._changed(name, before or (False, False), now)

    def _changed(self, name: str, before: tuple[bool, bool], now: tuple[bool, bool]) -> None:
        if now[1] and not before[1]:
            self.keeper.hold(name)
        elif before[1] and not now[1]:
            self.keeper.release(name)
        if before[0] and not now[0]:
            # What was told meanwhile the floor has taken for our own echo.
            self.keeper.tell_again(name)

    def _of(self, agent: Agent) -> tuple[bool, bool]:
        legs = [self._floors.floor.legs.get(leg) for leg in agent.legs]
        return bool(legs), any(leg is not None and leg.state in CONNECTED for leg in legs)

    async def _tell(self, name: str, offer: bool, reason: str) -> None:
        try:
            await self._floors.post(Seen(self._clock.now(), name, offer, "" if offer else f"Teams: {reason}"))
        except StoreUnavailable:
            # The floor has logged it; it is told again at the next look.
            self.keeper.tell_again(name)


class Counted:
    """Graph, whose answers are counted."""

    def __init__(self, graph: Service, registry: CollectorRegistry) -> None:
        self._graph = graph
        self._requests = Counter(
            "ivr_presence_requests",
            "What was asked of Microsoft Graph about presence, and what became of it",
            ("what", "outcome"),
            registry=registry,
        )

    @property
    def lasts(self) -> float:
        return self._graph.lasts

    async def presences(self, user_ids: Iterable[str]) -> Presences:
        found = await self._count("read", self._graph.presences(user_ids), lambda got: got.error)
        if found.refused:
            self._requests.labels("read", "refused").inc()
        return found

    async def set_in_call(self, user_id: str) -> None:
        await self._count("show", self._graph.set_in_call(user_id))

    async def clear(self, user_id: str) -> None:
        await self._count("clear", self._graph.clear(user_id))

    async def _count(
        self, what: str, asked: Awaitable[T], error_of: Callable[[T], GraphError | None] = lambda _: None
    ) -> T:
        try:
            got = await asked
        except GraphError as error:
            self._requests.labels(what, _outcome(error)).inc()
            raise
        self._requests.labels(what, _outcome(error_of(got))).inc()
        return got


def _outcome(error: GraphError | None) -> str:
    match error:
        case None:
            return "done"
        case ThrottledError():
            return "throttled"
        case DeniedError():
            return "denied"
        case RefusedError():
            return "refused"
        case UnavailableError():
            return "unavailable"
        case MalformedError():
            return "malformed"
        case _:
            return "failed"


def users_of(site: Site) -> dict[str, str]:
    """The agents who are users of Teams, with their object ids; those of another tenant are left out."""
    tenant = site.settings.presence.tenant if site.settings.presence is not None else None
    found = {}
    for name, agent in site.settings.agents.items():
        user = agent.user or agent.teams_user
        if user and (agent.tenant is None or tenant is None or agent.tenant == tenant):
            found[name] = user
    return found


def others_of(site: Site) -> frozenset[str]:
    """The object ids of the users of Teams who may be asked for and are no agents: of ``[experts]`` and
    ``[teams_users]``."""
    settings = site.settings
    named = {each.teams_user for each in settings.experts.values() if each.teams_user} | {
        *settings.teams_users.values()
    }
    agents = {each for agent in settings.agents.values() for each in (agent.user, agent.teams_user)}
    return frozenset(named - agents)


async def open_presence(
    site: Site,
    floors: Floors,
    clock: Clock,
    session: aiohttp.ClientSession,
    registry: CollectorRegistry,
    stack: AsyncExitStack,
    *,
    run: bool,
) -> Teams | None:
    """Presence as the site file wants it; ``None`` where it says nothing of presence. With ``run`` it is kept until the
    stack is left. What was seen of agents whom nobody watches any more does not keep calls from them. Raises
    `StoreUnavailable`."""
    wish = site.settings.presence
    users = users_of(site) if wish is not None else {}
    forgotten = [name for name, agent in floors.floor.agents.items() if agent.elsewhere and name not in users]
    if forgotten:
        await floors.post(*(Seen(clock.now(), name, offerable=True) for name in forgotten))
    if wish is None:
        return None
    graph = Graph(session, _token(wish, session, clock, stack), wish.client_id, base=wish.graph)
    teams = Teams(Counted(graph, registry), floors, clock, users, others_of(site), every=wish.poll_seconds)
    if run:
        stop = asyncio.Event()
        task = asyncio.create_task(teams.run(stop))

        async def end() -> None:
            stop.set()
            await task

        stack.push_async_callback(end)
    return teams


def _token(wish: Presence, session: aiohttp.ClientSession, clock: Clock, stack: AsyncExitStack) -> TokenProvider:
    if wish.secret is None:
        own = OwnIdentity(wish.scope)
        stack.push_async_callback(own.close)
        return own
    return ClientCredentials(
        session, clock, wish.tenant or "", wish.client_id, wish.secret, authority=wish.authority, scope=wish.scope
    )
