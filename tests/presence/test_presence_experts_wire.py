"""People who are asked into calls and are no agents: who is busy in Teams is not rung, over the wire."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from graph_stub import ANA, BEN, Fault
from presence_office import DND, FREE, OURS, Office, agent, at_the_office
from wire_center import details, let, nobody_is_left, phones
from wire_rig import SCRIPTS

S13 = (SCRIPTS / "s13_expert.ivr").read_text("utf-8")
EXPERT = "network_expert"
SITE: dict[str, dict[str, object]] = {
    "experts": {EXPERT: {"teams_user": BEN}},
    "audio": {"hold": "https://audio.contoso.com/hold.wav"},
}
BUSY = "Our expert is busy."
AWAY = {
    "declined: in another call": ("Busy", "InACall"),
    "declined: busy": ("Busy", "Busy"),
    "declined: in a meeting": ("Busy", "InAMeeting"),
    "declined: away": ("Away", "Away"),
    "not allowed: do not disturb": DND,
}


async def asks(o: Office) -> str:
    """A caller for whom the script asks the expert."""
    await o.after(1)
    phone = o.rig.people.dial(o.rig.lines[0], "wait 3000s")
    await o.after(8)
    return phone


def heard(o: Office, phone: str) -> list[str]:
    return [each.text for each in o.rig.emulator.transcript(phone)]


def at_support(story: Any, **agents: Any) -> None:
    people = agents or {"ana": agent(ANA, queues=["line"])}
    at_the_office(story, script=S13, more=SITE, **people)


@pytest.mark.parametrize("expected", AWAY)
def test_an_expert_who_is_busy_in_teams_is_skipped(expected: str) -> None:
    async def story(o: Office) -> None:
        outcome, _, reason = expected.partition(": ")
        o.tenant.teams[BEN] = AWAY[expected]
        let(o.rig, EXPERT, "accept after 2 s")
        let(o.rig, "ana", "accept after 2 s, hang up after 20 s")
        phone = await asks(o)
        assert phones(o.rig, EXPERT) == [], "no phone rings"
        assert (BUSY in heard(o, phone)) == (outcome == "declined")
        await o.rig.finish(phone)
        assert len(phones(o.rig, "ana")) == 1, "the caller goes on"
        await o.after(60)
        [skipped] = [each for each in await details(o.rig) if each["kind"] == "guest"]
        assert (skipped["outcome"], skipped["reason"]) == (outcome, f"Teams: {reason}")
        assert (skipped["rang"], skipped["answered"]) == (0.0, None)
        assert o.rig.metric("consultations", by="script", outcome="declined") == (1 if outcome == "declined" else 0)
        nobody_is_left(o.rig)

    at_support(story)


def test_an_expert_who_is_free_is_rung_and_nothing_is_shown_of_them() -> None:
    async def story(o: Office) -> None:
        let(o.rig, EXPERT, "accept after 2 s, hang up after 40 s")
        phone = await asks(o)
        assert len(phones(o.rig, EXPERT)) == 1
        await o.rig.finish(phone)
        assert o.rig.state(phone).result == "helped"
        await o.after(10)
        assert not [each for each in o.tenant.asked("setPresence") if BEN in each.path]
        # Teams is slow to take back what it has shown of our own call.
        o.tenant.teams[BEN] = OURS
        await o.after(15)
        second = await asks(o)
        assert len(phones(o.rig, EXPERT)) == 2
        await o.rig.finish(second)

    at_support(story)


def test_an_expert_in_another_call_of_ours_is_skipped() -> None:
    async def story(o: Office) -> None:
        let(o.rig, EXPERT, "accept after 2 s")
        let(o.rig, "ana", "ignore")
        await asks(o)
        second = await asks(o)
        assert len(phones(o.rig, EXPERT)) == 1
        assert BUSY in heard(o, second)
        [skipped] = [each for each in await details(o.rig) if each["kind"] == "guest"]
        assert skipped["reason"] == "in another call of ours"

    at_support(story)


@pytest.mark.parametrize("why", ["not known to Graph", "Graph does not answer", "a new word"])
def test_an_expert_of_whom_nothing_is_known_is_rung(why: str) -> None:
    async def story(o: Office) -> None:
        if why == "not known to Graph":
            del o.tenant.teams[BEN]
        elif why == "a new word":
            o.tenant.teams[BEN] = ("PresenceUnknown", "PresenceUnknown")
        else:
            o.tenant.teams[BEN] = DND
            o.tenant.fault = lambda seen: Fault(503)
        let(o.rig, EXPERT, "accept after 2 s, hang up after 5 s")
        phone = await asks(o)
        assert len(phones(o.rig, EXPERT)) == 1
        await o.rig.finish(phone)

    at_support(story)


def test_an_agent_is_told_why_somebody_is_not_rung() -> None:
    async def story(o: Office) -> None:
        o.tenant.teams[BEN] = ("Busy", "InAMeeting")
        let(o.rig, "ana", "accept after 2 s")
        let(o.rig, EXPERT, "accept after 2 s")
        phone = await asks(o)
        await o.after(5)
        [leg] = [each for each in o.rig.runtime.floors.floor.legs.values() if each.agent == "ana"]
        target = {"target": {"expert": EXPERT}}
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer token-of-ana"}) as session:
            for verb in ("consult", "add", "transfer"):
                url = f"{o.rig.server_url}/agents/me/calls/{leg.call}/{verb}"
                async with session.post(url, json=target) as answer:
                    assert (answer.status, await answer.json()) == (
                        409,
                        {"error": "is not rung now: Teams: in a meeting"},
                    )
            assert not o.rig.runtime.floors.floor.held, "the caller is not put on hold for nobody"
            o.tenant.teams[BEN] = FREE
            await o.after(11)
            async with session.post(f"{o.rig.server_url}/agents/me/calls/{leg.call}/consult", json=target) as answer:
                assert answer.status == 200, await answer.text()
        await o.after(5)
        assert len(phones(o.rig, EXPERT)) == 1
        o.rig.emulator.hang_up(phone)
        await o.rig.finish(phone)

    at_support(story, ana=agent(ANA, queues=["line"], token="token-of-ana"))
