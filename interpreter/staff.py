"""The people of a site file as the floor knows them."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.routing import Floor, QueueRules
from interpreter.routing.protocol import Person, Serves, SignedIn, Wanted
from interpreter.routing.state import Agent as FloorAgent
from interpreter.site import Site
from interpreter.site_center import Agent

RETURNS = 120.0
"""Seconds after which somebody without a desktop, who has missed a call, is rung for others again."""


def person_of(agent: Agent) -> Person:
    """An agent's identity: that of the client which rings. One of Teams Phone extensibility has its resource filled in
    (`Site.agent`)."""
    if agent.user and agent.client == "teams":
        return teams_user(agent.user)
    if agent.user:
        return Person(f"8:acs:{agent.resource}_{agent.tenant}_{agent.user}", "agent")
    if agent.teams_user:
        return teams_user(agent.teams_user)
    if agent.number:
        return number(agent.number)
    return Person(agent.acs_user or "", "acs_user")


def teams_user(user: str) -> Person:
    """Somebody in Teams, by object id."""
    return Person(f"8:orgid:{user}", "teams_user")


def number(e164: str) -> Person:
    """Somebody at a telephone."""
    return Person(f"4:{e164}", "number")


def somebody(site: Site, name: str) -> Person | None:
    """Whoever this name of the site file stands for: an agent, an expert, a number or a user of Teams."""
    if (agent := site.agent(name)) is not None:
        return person_of(agent)
    if (found := expert(site, name)) is not None:
        return found
    if (bound := site.number(name)) is not None:
        return number(bound)
    user = site.teams_user(name)
    return teams_user(user) if user is not None else None


def caller_address(caller: str) -> str:
    """A caller as the host reports it among those in a call. Who withholds the number is there as well."""
    if not caller:
        return "4:anonymous"
    return f"4:{caller}" if caller.startswith("+") else caller


def queue_rules(site: Site) -> dict[str, QueueRules]:
    """How the queues work here. One that the site file does not name works in the usual way."""
    return {
        name: QueueRules(
            name,
            queue.strategy,
            queue.ring_seconds,
            queue.wrap_up_seconds,
            queue.service_seconds,
            queue.whisper,
            queue.language,
        )
        for name, queue in site.settings.queues.items()
    }


def sign_in(site: Site, name: str, at: float) -> SignedIn | None:
    """What it means that an agent signs in; ``None`` for a name that the site file does not have."""
    agent = site.agent(name)
    if agent is None:
        return None
    queues = tuple(
        Serves(each) if isinstance(each, str) else Serves(each.queue, each.priority, each.delay_seconds)
        for each in agent.queues
    )
    returns = RETURNS if agent.signed_in == "always" else 0.0
    skills = tuple(agent.skills.items())
    return SignedIn(at, name, person_of(agent), skills, queues, agent.order, agent.capacity, returns)


def at_start(site: Site, floor: Floor, at: float) -> Iterator[SignedIn | Wanted]:
    """What a site file changes about a floor that goes on: who is always there signs in, who has other skills or queues
    now gets them, and who is no longer in it is not there any more."""
    for name, agent in floor.agents.items():
        if agent.wanted != "offline" and name not in site.settings.agents:
            yield Wanted(at, name, "offline", "not in the site file")
    for name, named in site.settings.agents.items():
        event, known = sign_in(site, name, at), floor.agents.get(name)
        if event is None:
            continue
        there = known is not None and known.wanted != "offline"
        missing = named.signed_in == "always" and not (known is not None and known.staffs)
        if missing or (known is not None and there and _differs(event, known)):
            yield event


def _differs(event: SignedIn, known: FloorAgent) -> bool:
    now = event.person, event.queues, tuple(sorted(event.skills)), event.order, event.capacity, event.returns
    profile = known.profile
    return now != (known.person, profile.queues, profile.skills, known.order, known.capacity, known.returns)


def expert(site: Site, name: str) -> Person | None:
    """Who is asked under this name."""
    found = site.settings.experts.get(name)
    if found is None:
        return None
    if found.teams_user:
        return teams_user(found.teams_user)
    if found.number:
        return number(found.number)
    agent = site.agent(found.agent or "")
    return person_of(agent) if agent is not None else None


def target(site: Site, kind: str, name: str) -> Person | None:
    """Whom a script means by ``to number NAME`` and the like; ``None`` where the site file does not say."""
    match kind:
        case "number":
            found = site.number(name)
            return number(found) if found else None
        case "teams_user" | "teams user":
            found = site.teams_user(name)
            return teams_user(found) if found else None
        case "agent":
            agent = site.agent(name)
            return person_of(agent) if agent is not None else None
        case _:
            return None
