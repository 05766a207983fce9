"""How a race ends: whoever still waits is served, everybody hangs up, and nothing may be left."""

from __future__ import annotations

from race_rig import AGENTS, Race

from interpreter.routing.protocol import Wanted
from interpreter.routing.snapshot import snapshot

STEP = 10.0
QUIET = 15
"""Steps of time in which whatever was late has come to its end: longer than leases, patience and all questions."""
SERVED = 120
"""Steps of time in which whoever waits has to be served by agents who are there and pick up."""


async def settle(race: Race) -> None:
    """End a race."""
    race.stalled.clear()
    for _ in range(QUIET):
        await _pass(race)
    await race.judge.follow(race.store.floor)
    race.judge.settled(race.calls)
    await _serve(race)
    for call in race.live():
        race.hang_up(call)
    for _ in range(SERVED):
        await _pass(race)
        if not (race.judge.floor.legs or race.judge.floor.callers):
            break
    for _ in range(QUIET):
        await _pass(race)
    _look(race)


async def _pass(race: Race) -> None:
    """Whatever is on its way arrives, and time passes."""
    await race.rush()  # first what has been on its way: nothing is late here
    race.pass_time(STEP)
    for _ in range(3):
        race.poll(*race.workers)
        await race.rush()
    await race.judge.follow(race.store.floor)


async def _serve(race: Race) -> None:
    """Agents are there, pick up, and leave when they have talked: nobody may wait for ever."""
    for _ in range(SERVED):
        if not any(call.fate == "waits" for call in race.live()):
            return
        for number in range(AGENTS):
            agent = race.judge.floor.agents[f"a{number}"]
            if agent.wanted != "available":
                race.post(Wanted(0.0, agent.name, "available"))
        for what, leg in list(race.phones.people()):
            if what in ("answer", "press") or (what == "leave" and race.phones.phones[leg].state == "in"):
                race.phones.play((what, leg), race.clock.time)
        await _pass(race)
    for call in race.live():
        if call.fate == "waits":
            race.judge.wrong(f"{call.entry} waits for ever")


def _look(race: Race) -> None:
    for phone in race.phones.phones.values():
        if phone.busy:
            race.judge.wrong(f"{phone.who} is {phone.state} for {phone.call} for ever")
    floor = race.judge.floor
    for kind, left in (("legs", floor.legs), ("callers", floor.callers)):
        if left:
            race.judge.wrong(f"{kind} stay behind: {', '.join(left)}")
    orders = {name: each.orders for name, each in race.workers.items() if each.orders}
    if orders:
        race.judge.wrong(f"orders are not done: {orders}")
    images = {repr(snapshot(each.floor, each.entries)) for each in race.workers.values()}
    if len(images) > 1:
        race.judge.wrong("the workers do not agree")
