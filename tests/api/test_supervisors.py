"""What supervisors do: they see the team, hear calls, and come into them."""

from __future__ import annotations

import pytest
from api_rig import Center, address, on_center
from wire_center import nobody_is_left


async def watched(center: Center) -> tuple[str, str]:
    """A call in which maria talks, and her caller's phone."""
    maria, caller = await center.talking()
    return (await maria.get())["calls"][0]["call"], caller


def heard_by(center: Center, caller: str) -> dict[str, set[str]]:
    """Who hears whom, of those who talk or listen."""
    rig = center.rig
    names = {rig.emulator.call(caller).me.label: "caller"}
    names |= {address(rig, name): name for name in ("maria", "sofia")}
    found = {names[who]: whom for who, whom in rig.emulator.hearing(caller).items() if who in names}
    return {who: {names[each] for each in whom if each in names} for who, whom in found.items()}


def test_a_supervisor_listens_unheard_and_unseen_and_leaves() -> None:
    async def story(center: Center) -> None:
        call, caller = await watched(center)
        sofia = center.desktop("sofia")
        status, view = await sofia.ask("POST", f"/calls/{call}/monitor")
        assert (status, view["you"], view["muted"]) == (200, "ringing", True)
        await center.picks_up("sofia")
        assert heard_by(center, caller) == {"caller": {"maria"}, "maria": {"caller"}, "sofia": {"caller", "maria"}}
        [mine] = (await center.desktop("maria").get())["calls"]
        assert [each["name"] for each in mine["people"]][1:] == ["maria"], "who listens is not shown"
        status, view = await sofia.ask("POST", f"/calls/{call}/leave")
        assert (status, view["you"]) == (200, "leaving")
        assert [each["part"] for each in view["people"]] == ["caller", "agent", "supervisor"]
        await center.rig.advance(2.0)
        assert heard_by(center, caller) == {"caller": {"maria"}, "maria": {"caller"}}
        assert (await sofia.ask("POST", f"/calls/{call}/leave"))[0] == 409
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)
        await center.rig.advance(60.0)
        nobody_is_left(center.rig)

    on_center(story)


def test_a_supervisor_comes_into_a_call_and_is_seen() -> None:
    async def story(center: Center) -> None:
        call, caller = await watched(center)
        sofia = center.desktop("sofia")
        status, view = await sofia.ask("POST", f"/calls/{call}/barge")
        assert (status, view["you"], view["muted"]) == (200, "ringing", False)
        await center.picks_up("sofia")
        everybody = {"caller", "maria", "sofia"}
        assert heard_by(center, caller) == {each: everybody - {each} for each in everybody}
        [mine] = (await center.desktop("maria").get())["calls"]
        assert [each["name"] for each in mine["people"]][1:] == ["maria", "sofia"]
        status, view = await sofia.ask("POST", f"/calls/{call}/monitor")
        assert (status, view["you"], view["muted"]) == (200, "in", True)
        await center.rig.advance(1.0)
        assert heard_by(center, caller)["caller"] == {"maria"}
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)

    on_center(story)


@pytest.mark.parametrize("wanted", [True, False])
def test_a_soft_tone_when_a_supervisor_comes_to_be_heard_is_the_choice_of_the_site(wanted: bool) -> None:
    async def story(center: Center) -> None:
        call, caller = await watched(center)
        assert (await center.desktop("sofia").ask("POST", f"/calls/{call}/barge"))[0] == 200
        await center.picks_up("sofia")
        await center.rig.advance(2.0)
        heard = [each.text for each in center.rig.emulator.transcript(caller)]
        assert len([each for each in heard if each.endswith("/tones/join.wav")]) == int(wanted)
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)

    on_center(story, desktop={"barge_tone": wanted})


def test_what_cannot_be_heard() -> None:
    async def story(center: Center) -> None:
        sofia = center.desktop("sofia")
        for verb in ("monitor", "barge", "leave"):
            answer = await sofia.ask("POST", f"/calls/none/{verb}")
            assert answer == (404, {"error": "no such call: it may have ended"})
        await center.desktop("maria").sign_in()
        caller = center.dial()
        await center.ringing("maria")
        [offer] = (await center.desktop("maria").get())["offers"]
        for verb in ("monitor", "barge"):
            answer = await sofia.ask("POST", f"/calls/{offer['call']}/{verb}")
            assert answer == (409, {"error": "no agent talks in this call"})
        answer = await sofia.ask("POST", f"/calls/{offer['call']}/leave")
        assert answer == (409, {"error": "you are not in this call as a supervisor"})
        await center.picks_up("maria")
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)
        await center.rig.advance(60.0)
        assert (await sofia.ask("POST", f"/calls/{offer['call']}/monitor"))[0] == 404
        assert center.rig.emulator.ringing() == []

    on_center(story)


def test_a_supervisor_who_takes_calls_is_not_rung_into_another_one() -> None:
    async def story(center: Center) -> None:
        call, _ = await watched(center)
        sofia, _ = await center.talking("sofia")
        for verb in ("monitor", "barge"):
            answer = await sofia.ask("POST", f"/calls/{call}/{verb}")
            assert answer == (409, {"error": "you are in another call, or rung for one"})
        own = (await sofia.get())["calls"][0]["call"]
        answer = await sofia.ask("POST", f"/calls/{own}/monitor")
        assert answer == (409, {"error": "you talk in this call yourself"})
        assert not center.rig.emulator.rung_while_talking()

    from api_rig import agent, sections

    agents = {**sections()["agents"], "sofia": agent(3, "sofia", supervisor=True)}
    on_center(story, agents=agents)


def test_coaching_is_refused_with_what_is_possible() -> None:
    async def story(center: Center) -> None:
        call, _ = await watched(center)
        status, answer = await center.desktop("sofia").ask("POST", f"/calls/{call}/coach")
        assert (status, answer["error"]) == (
            501,
            "the host has no selective listening (Call Automation 1.6): use monitor or barge",
        )
        assert center.rig.emulator.ringing() == []

    on_center(story)


def test_a_supervisor_sees_the_team() -> None:
    async def story(center: Center) -> None:
        call, _ = await watched(center)
        status, team = await center.desktop("sofia").ask("GET", "/team")
        assert status == 200
        seen = {each["agent"]: (each["state"], [c["call"] for c in each["calls"]]) for each in team["agents"]}
        assert seen == {"maria": ("talking", [call]), "tom": ("offline", []), "sofia": ("offline", [])}

    on_center(story)
