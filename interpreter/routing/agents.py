"""Agents: there or not, ready or not, and what becomes of them when a leg of theirs has ended."""

from __future__ import annotations

from interpreter.routing.pools import Profile
from interpreter.routing.protocol import Beat, Seen, SignedIn, Wanted
from interpreter.routing.protocol.facts import SetAside, WrapUpOver
from interpreter.routing.state import Agent, Floor, Leg

STAFFED_WITHIN = 30.0
"""Seconds without anybody who could take a caller, after which the caller is told so (scenario S6)."""
MISSED = "missed"
"""Why an agent is not ready who has let a call ring."""
UNREACHABLE = "unreachable"
"""Why an agent is not ready who could not be rung `FAILURES` times in a row."""
FAILURES = 3
BACK_OFF = 10.0
"""Seconds in which nobody is offered to an agent who was busy elsewhere or could not be rung."""


def signed_in(floor: Floor, event: SignedIn) -> None:
    """An agent has come, or has come again with another profile; a call that goes on goes on."""
    profile = Profile(event.queues, tuple(sorted(event.skills)))
    agent = floor.agents.get(event.agent)
    if agent is None:
        agent = floor.agents[event.agent] = Agent(event.agent, event.person, profile)
    before = agent.profile
    staffed(floor, agent, -1)
    floor.free.drop(agent.name)
    agent.person, agent.profile, agent.order, agent.capacity = event.person, profile, event.order, event.capacity
    agent.returns = event.returns
    agent.lost = agent.lost and bool(agent.legs)
    agent.silent = False
    if agent.wanted == "offline":
        agent.wanted, agent.reason, agent.since, agent.changed = "available", "", event.at, event.at
        agent.back, agent.failures = "", 0
    staffed(floor, agent, 1)
    if before != profile:
        left_behind(floor, before, event.at)
    floor.freed.append(agent.name)


def staffed(floor: Floor, agent: Agent, by: int) -> None:
    """Count an agent among those who may be hoped for, or no more."""
    if not agent.staffs:
        return
    count = floor.staff.get(agent.profile, 0) + by
    if count > 0:
        floor.staff[agent.profile] = count
    else:
        floor.staff.pop(agent.profile, None)
    if count == by == 1:  # who waits is to be looked at again when such agents take it
        floor.queued += (n for each in agent.profile.queues if each.delay for n in floor.waiting.of(each.queue))


def wanted(floor: Floor, event: Wanted) -> None:
    """An agent asks to be something else. A call that goes on goes on."""
    agent = floor.agents.get(event.agent)
    if agent is None:
        return
    change(floor, agent, event.at, event.state, event.reason)
    if event.state == "offline":
        floor.clear(f"lease:{agent.name}")
        agent.silent = False
    if agent.wraps:
        floor.clear(*[name for name in floor.timers if name.startswith(f"wrap:{agent.name}:")])
        agent.wraps = 0
        agent.since = event.at
        floor.facts += (WrapUpOver(queue, event.at - since) for _, queue, since in agent.wrapping)
        agent.wrapping = ()


def change(floor: Floor, agent: Agent, at: float, state: str, reason: str) -> None:
    """Take over what an agent is to be."""
    staffed(floor, agent, -1)
    if state == "available" and agent.wanted != "available":
        agent.since, agent.failures, agent.back = at, 0, ""
        agent.lost = agent.lost and bool(agent.legs)
    if agent.wanted != state:
        agent.changed = at
    agent.wanted, agent.reason = state, reason  # type: ignore[assignment]
    staffed(floor, agent, 1)
    if state != "available":
        floor.free.drop(agent.name)
    if not agent.staffs:
        left_behind(floor, agent.profile, at)
    floor.freed.append(agent.name)


def beat(floor: Floor, event: Beat) -> None:
    """The desktop of an agent who is signed in is there."""
    agent = floor.agents.get(event.agent)
    if agent is None or agent.wanted == "offline":
        return
    if event.lease > 0:
        floor.timer(f"lease:{agent.name}", event.at + event.lease)
    else:
        floor.clear(f"lease:{agent.name}")
    if agent.silent:
        agent.silent = False
        staffed(floor, agent, 1)
        floor.freed.append(agent.name)


def fallen_silent(floor: Floor, name: str, at: float) -> None:
    """No sign of life came in time: no call is offered until one comes. A call that goes on goes on."""
    agent = floor.agents.get(name)
    if agent is None or agent.silent or agent.wanted == "offline":
        return
    staffed(floor, agent, -1)
    agent.silent = True
    floor.facts.append(SetAside("silent"))
    floor.free.drop(agent.name)
    left_behind(floor, agent.profile, at)


def seen(floor: Floor, event: Seen) -> None:
    """What is known of an agent from elsewhere; while it is in a call of ours, that is our own echo."""
    agent = floor.agents.get(event.agent)
    if agent is None or agent.legs:
        return
    agent.elsewhere = "" if event.offerable else event.reason or "busy"
    floor.freed.append(agent.name)


def visits(floor: Floor, leg: Leg) -> None:
    """Somebody who is called as an expert, a supervisor or the target of a transfer may be an agent: then it is in this
    call, and free for no other beyond its capacity."""
    agent = next((each for each in floor.agents.values() if each.person.address == leg.person.address), None)
    if agent is not None:
        leg.visitor = agent.name
        come(floor, leg)


def come(floor: Floor, leg: Leg) -> None:
    """The visit counts."""
    agent = floor.agents.get(leg.visitor)
    if agent is not None:
        agent.visits += 1
        floor.free.drop(agent.name)
        floor.freed.append(agent.name)


def gone(floor: Floor, leg: Leg) -> None:
    """The visit is over."""
    agent = floor.agents.get(leg.visitor)
    if agent is not None:
        agent.visits = max(agent.visits - 1, 0)
        floor.freed.append(agent.name)


def left_behind(floor: Floor, profile: Profile, at: float) -> None:
    """The last one who could take some callers may have left."""
    for each in profile.queues:
        if floor.waiting.count(each.queue):
            look_for_staff(floor, each.queue, at)


def look_for_staff(floor: Floor, queue: str, at: float) -> None:
    """Look in a while whether there are callers whom nobody can take."""
    if f"staff:{queue}" not in floor.timers:
        floor.timer(f"staff:{queue}", at + STAFFED_WITHIN)


def let_go(floor: Floor, leg: Leg, at: float) -> None:
    """A leg of an agent's has ended without a talk: what becomes of the agent depends on why."""
    agent = floor.agents.get(leg.agent)
    if agent is None:
        return
    agent.legs = tuple(name for name in agent.legs if name != leg.name)
    if not agent.legs:
        found(floor, agent)
    match leg.why:
        case "missed" | "no answer":
            if agent.wanted == "available":
                change(floor, agent, at, "not ready", MISSED)
                floor.facts.append(SetAside("missed"))
                if agent.returns:
                    floor.timer(f"back:{agent.name}", at + agent.returns)
        case "declined":
            agent.since = at
        case "busy" | "failed" | "not allowed" | "invalid":
            agent.failures += 1
            if agent.failures >= FAILURES and agent.wanted == "available":
                change(floor, agent, at, "not ready", UNREACHABLE)
                floor.facts.append(SetAside("unreachable"))
            agent.back = leg.why
            floor.timer(f"back:{agent.name}", at + BACK_OFF)
        case _:
            pass  # it was not the agent's doing: the idle time goes on
    floor.freed.append(agent.name)


def talked(floor: Floor, leg: Leg, at: float) -> None:
    """A talk has ended: wrap-up, then the next one."""
    agent = floor.agents.get(leg.agent)
    if agent is None:
        return
    agent.legs = tuple(name for name in agent.legs if name != leg.name)
    if not agent.legs:
        found(floor, agent)
    agent.since, agent.failures = at, 0
    if leg.wrap_up > 0 and agent.wanted != "offline":
        agent.wraps += 1
        agent.wrapping = (*agent.wrapping, (leg.name, leg.queue, at))
        floor.timer(f"wrap:{agent.name}:{leg.name}", at + leg.wrap_up)
    floor.freed.append(agent.name)


def wrapped_up(floor: Floor, name: str, leg: str, at: float) -> None:
    """The wrap-up of an agent after a talk is over."""
    agent = floor.agents.get(name)
    if agent is not None and agent.wraps:
        floor.facts += (WrapUpOver(queue, at - since) for of, queue, since in agent.wrapping if of == leg)
        agent.wrapping = tuple(each for each in agent.wrapping if each[0] != leg)
        agent.wraps -= 1
        agent.since = at
        floor.freed.append(name)


def back_again(floor: Floor, name: str, at: float) -> None:
    """An agent who was busy elsewhere, or has missed a call and has no desktop to say so, is offered callers again."""
    agent = floor.agents.get(name)
    if agent is not None:
        if agent.returns and agent.wanted == "not ready" and agent.reason in (MISSED, UNREACHABLE):
            change(floor, agent, at, "available", "")
        agent.back = ""
        floor.freed.append(name)


def lose(floor: Floor, leg: Leg, at: float) -> None:
    """Nobody knows whether the agent is in a call. It is set aside until the host says something, or the agent does."""
    agent = floor.agents.get(leg.agent)
    if agent is None or agent.lost:
        return
    staffed(floor, agent, -1)
    agent.lost = True
    floor.facts.append(SetAside("lost"))
    floor.free.drop(agent.name)
    left_behind(floor, agent.profile, at)


def found(floor: Floor, agent: Agent) -> None:
    """The host has said how things are: who was lost is there again."""
    if agent.lost:
        agent.lost = False
        staffed(floor, agent, 1)
