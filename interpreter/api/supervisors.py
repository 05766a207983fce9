"""What supervisors ask: who does what, and to hear a call."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel

from interpreter.api.errors import Error, Refused
from interpreter.api.frame import Asked, Operation
from interpreter.api.views import AgentView, Views, WatchedView
from interpreter.floor import Floors
from interpreter.ports import Clock
from interpreter.routing.protocol import Watch
from interpreter.site import Site
from interpreter.staff import person_of

Verb: TypeAlias = Literal["monitor", "barge", "leave"]
_CALL = {"call": "The call's id, from an agent's `calls`."}


class TeamView(BaseModel):
    """The agents of the site."""

    agents: list[AgentView]


class SupervisorsApi:
    """The operations of supervisors on one floor."""

    def __init__(self, site: Site, floors: Floors, clock: Clock) -> None:
        self._site, self._floors, self._clock = site, floors, clock
        self._views = Views(site)

    def operations(self) -> list[Operation]:
        over = {404: "No such call.", 409: "No agent talks in it, or the supervisor is busy."}
        return [
            Operation(
                "GET", "/team", "get_team", "What all agents do now", self._team, tag="supervisor", who="supervisor",
                answer=TeamView, answers="The agents of the site file, with their calls and offers.",
            ),
            self._watching("monitor", "Hear a call without being heard", over,
                "The supervisor's phone rings; who picks up is muted at once. From `barge`: muted from now on."),
            self._watching("barge", "Come into a call, to hear and to be heard", over,
                "The supervisor's phone rings. From `monitor`: the host cannot un-mute, so the supervisor's own client"
                " has to."),
            self._watching("leave", "Leave a call that was only heard, or barged into",
                {404: over[404], 409: "The supervisor is not in it."}, ""),
            Operation(
                "POST", "/calls/{call}/coach", "coach_call", "Speak to the agent alone: not possible",
                self._coach, tag="supervisor", who="supervisor", parameters=_CALL, status=501, answer=Error,
                answers="Always: the host has no selective listening.",
                description="Call Automation 1.6 lets everybody in a call hear everybody. Use `monitor` or `barge`.",
            ),
        ]  # fmt: skip

    def _watching(self, verb: Verb, summary: str, failures: dict[int, str], text: str) -> Operation:
        async def handle(asked: Asked) -> WatchedView:
            return await self._watch(asked, verb)

        return Operation(
            "POST", f"/calls/{{call}}/{verb}", f"{verb}_as_supervisor", summary, handle, tag="supervisor",
            who="supervisor", description=text, parameters=_CALL, answer=WatchedView,
            answers="The call, and the supervisor in it.", failures=failures,
        )  # fmt: skip

    async def _team(self, asked: Asked) -> TeamView:
        floor = self._floors.floor
        return TeamView(agents=[self._views.agent(floor, name) for name in self._site.settings.agents])

    async def _watch(self, asked: Asked, verb: Verb) -> WatchedView:
        call, name, floor = asked.path["call"], asked.asker.agent, self._floors.floor
        bound = self._site.agent(name)
        assert bound is not None, "the token's agent is in the site file"
        person = person_of(bound)
        if call not in floor.of_call:
            raise Refused(404, "no such call: it may have ended")
        present = [each for each in floor.legs_of(call) if each.person.address == person.address]
        mine = any(each.part == "supervisor" for each in present)
        own = floor.agents.get(name)
        if verb == "leave" and not mine:
            raise Refused(409, "you are not in this call as a supervisor")
        if verb != "leave" and present and not mine:
            raise Refused(409, "you talk in this call yourself")
        if verb != "leave" and not mine and own is not None and own.legs:
            raise Refused(409, "you are in another call, or rung for one")
        if verb != "leave" and not mine and not any(leg.agent and leg.state == "in" for leg in floor.legs_of(call)):
            raise Refused(409, "no agent talks in this call")
        tone = self._site.desktop.barge_tone
        await self._floors.post(Watch(self._clock.now(), name, person, call, verb, tone))
        view = self._views.watched(self._floors.floor, call, person.address)
        if verb != "leave" and view.you == "out":
            raise Refused(409, "the talk has ended meanwhile")
        return view

    async def _coach(self, asked: Asked) -> None:
        raise Refused(501, "the host has no selective listening (Call Automation 1.6): use monitor or barge")
