"""What the tests of the contact center over the wire share: the people who are rung, and what became of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from wire_rig import Wire

from emulator import Entry, Phone
from interpreter import staff
from interpreter.routing.state import Agent, state_of


def address(rig: Wire, name: str) -> str:
    """The host's raw id of somebody whom the site names."""
    site = rig.runtime.desk.site
    agent = site.agent(name)
    if agent is not None:
        return staff.person_of(agent).address
    expert = staff.expert(site, name)
    if expert is not None:
        return expert.address
    for kind in ("teams_user", "number"):
        found = staff.target(site, kind, name)
        if found is not None:
            return found.address
    raise AssertionError(f"the site knows no {name}")


def let(rig: Wire, name: str, behaviour: str, *, plan: Sequence[dict[str, Any]] = ()) -> None:
    """What somebody does whenever it rings: `accept after 3 s`, `decline`, `ignore`, `voicemail`."""
    rig.emulator.behave(address(rig, name), behaviour, plan=plan)


def phones(rig: Wire, name: str) -> list[Phone]:
    """Every ringing of somebody, in order."""
    wanted = address(rig, name).removeprefix("4:")
    return [phone for phone in rig.emulator.calls() if phone.me.label == wanted]


def heard(rig: Wire, phone: str) -> list[str]:
    """What a phone has heard, whole or in part, without music."""
    return [e.text for e in rig.emulator.transcript(phone) if e.kind == "heard" and "hold.wav" not in e.text]


def times(rig: Wire, phone: str, kind: str) -> list[float]:
    """When something of this kind happened to a phone."""
    return [entry.t for entry in rig.emulator.transcript(phone) if entry.kind == kind]


def connected(rig: Wire, phone: str) -> float:
    """When a phone was answered, or put through."""
    return times(rig, phone, "connected")[0]


def ended(rig: Wire, phone: str) -> Entry:
    """How a phone's call ended."""
    return next(entry for entry in rig.emulator.transcript(phone) if entry.kind == "ended")


def agent(rig: Wire, name: str) -> Agent:
    return rig.runtime.floors.floor.agents[name]


def doing(rig: Wire, name: str) -> str:
    """What an agent does, by the floor."""
    return state_of(rig.runtime.floors.floor, agent(rig, name))


async def details(rig: Wire) -> list[dict[str, Any]]:
    """The call detail records of legs, in order."""
    rows = await rig.store.floor.details(0.0, 1000)
    return [json.loads(row.text) for row in rows]


def nobody_is_left(rig: Wire) -> None:
    """Neither here nor at the host is anybody left on a line, and nobody was ever rung while talking."""
    floor = rig.runtime.floors.floor
    assert not rig.emulator.legs_left_behind()
    assert not rig.emulator.rung_while_talking()
    assert not floor.legs
    assert not floor.callers
    assert not floor.guests


def silence(rig: Wire, phone: str, since: float, until: float) -> float:
    """The longest time in which a phone heard nothing at all between two moments."""
    sounds = sorted(
        (entry.t, entry.end if entry.end is not None else until)
        for entry in rig.emulator.transcript(phone)
        if entry.kind == "heard"
    )
    longest, at = 0.0, since
    for begin, end in sounds:
        if end <= since or begin >= until:
            continue
        longest, at = max(longest, begin - at), max(at, end)
    return max(longest, until - at)
