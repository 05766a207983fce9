"""What agents do with a call: hold, consult, add, drop, hand over, leave; and what they may not."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from api_rig import DOCTOR, Center, Desktop, address, let, on_center, phones
from wire_center import nobody_is_left

ME = "/agents/me"
VERBS = ("hold", "unhold", "consult", "add", "drop", "transfer", "leave")
TOM = {"target": {"agent": "tom"}}


def body(verb: str) -> dict[str, Any]:
    return TOM if verb in ("consult", "add", "transfer") else {}


def hears(center: Center, caller: str) -> dict[str, set[str]]:
    """Whom everybody in the call hears, by names."""
    rig = center.rig
    names = {rig.emulator.call(caller).me.label: "caller", DOCTOR: "doctor"}
    names |= {address(rig, name): name for name in ("maria", "tom", "sofia")}
    found = {names[who]: whom for who, whom in rig.emulator.hearing(caller).items() if who in names}
    return {who: {names[each] for each in whom if each in names} for who, whom in found.items()}


async def people(desktop: Desktop) -> list[tuple[str, str]]:
    """Who is in the only call, with their states."""
    [call] = (await desktop.get())["calls"]
    return [(each["name"] if each["part"] != "caller" else "caller", each["state"]) for each in call["people"]]


async def ends(center: Center, caller: str) -> None:
    """Everybody leaves, and nobody is left behind."""
    if not center.rig.emulator.call(caller).finished:
        center.rig.emulator.hang_up(caller)
    await center.rig.finish(caller)
    await center.rig.advance(60.0)
    nobody_is_left(center.rig)


def test_a_call_is_shown_with_its_caller_and_what_was_handed_over() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        now = await maria.get()
        assert (now["state"], now["offers"]) == ("talking", [])
        [call] = now["calls"]
        assert call["caller"] == center.rig.emulator.call(caller).me.label
        assert (call["queue"], call["held"], call["leaving"], call["call_back"]) == ("support", False, False, False)
        assert [each["name"] for each in call["brief"]] == ["topic", "summary"]
        assert await people(maria) == [("caller", "in"), ("maria", "in")]
        await ends(center, caller)

    on_center(story)


def test_a_caller_is_put_on_hold_and_taken_back() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        status, now = await maria.does("hold")
        assert (status, now["calls"][0]["held"]) == (200, True)
        await center.rig.advance(1.0)
        assert hears(center, caller).get("maria", set()) == set()
        assert (await maria.does("hold"))[0] == 200, "once more changes nothing"
        status, now = await maria.does("unhold")
        assert (status, now["calls"][0]["held"]) == (200, False)
        await center.rig.advance(1.0)
        assert hears(center, caller) == {"caller": {"maria"}, "maria": {"caller"}}
        await maria.does("hold")
        await center.rig.advance(181.0)
        assert (await maria.get())["calls"][0]["held"] is False, "nobody is left on hold"
        await ends(center, caller)

    on_center(story)


def test_somebody_is_asked_while_the_caller_holds_and_then_all_three_talk() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        let(center.rig, "doctor", "accept after 3 s")
        status, now = await maria.does("consult", {"target": {"expert": "doctor"}, "ring_seconds": 20.0})
        assert (status, now["calls"][0]["held"]) == (200, True)
        assert await people(maria) == [("caller", "in"), ("maria", "in"), (DOCTOR, "ringing")]
        await center.rig.advance(5.0)
        assert await people(maria) == [("caller", "in"), ("maria", "in"), (DOCTOR, "in")]
        await maria.does("unhold")
        await center.rig.advance(1.0)
        everybody = {"caller", "maria", "doctor"}
        assert hears(center, caller) == {each: everybody - {each} for each in everybody}
        again = await maria.does("add", {"target": {"expert": "doctor"}})
        assert again == (409, {"error": "is in the call already, or rung for it"})
        assert (await maria.does("drop", {"target": {"expert": "doctor"}}))[0] == 200
        await center.rig.advance(2.0)
        assert await people(maria) == [("caller", "in"), ("maria", "in")]
        await ends(center, caller)

    on_center(story)


MUSIC = "https://audio.contoso.com/hold.wav"
ONE_MOMENT = "One moment, I am checking with a colleague."
SORRY = "We are sorry for the wait."


def test_on_hold_there_is_music_a_sentence_every_half_minute_and_an_apology_after_three_minutes() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        begun = center.rig.clock.now()
        await maria.does("hold")
        await center.rig.advance(200.0)
        assert (await maria.get())["calls"][0]["held"] is False
        heard = [e for e in center.rig.emulator.transcript(caller) if e.kind == "heard" and e.t >= begun]
        said = [(round(e.t - begun), e.text) for e in heard if e.text != MUSIC]
        assert said == [*((t, ONE_MOMENT) for t in (30, 60, 90, 120, 150)), (180, SORRY)]
        for one, two in itertools.pairwise(heard):
            assert one.end is not None
            assert two.t - one.end <= 2.0, "there is no silence"
        assert heard[0].text == MUSIC
        [phone] = [each for each in phones(center.rig, "maria") if each.state == "connected"]
        mine = {e.text for e in center.rig.emulator.transcript(phone.id) if e.kind == "heard"}
        assert not mine & {MUSIC, ONE_MOMENT, SORRY}, "the agent hears nothing of it"
        await center.rig.advance(2.0)
        assert hears(center, caller) == {"caller": {"maria"}, "maria": {"caller"}}
        await ends(center, caller)

    on_center(story)


def test_music_that_cannot_be_played_is_left_out_and_the_caller_is_held_all_the_same() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        await maria.does("hold")
        await center.rig.advance(2.0)
        assert hears(center, caller) == {"caller": set(), "maria": set()}
        assert (await maria.get())["calls"][0]["held"] is True
        await maria.does("unhold")
        await ends(center, caller)

    on_center(story, audio={"hold": "https://audio.invalid/hold.wav"})


@pytest.mark.parametrize("unhold", ["automatically", "by agent"])
def test_who_takes_the_caller_off_hold_is_said_when_somebody_is_consulted(unhold: str) -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        let(center.rig, "doctor", "accept after 3 s")
        await maria.does("consult", {"target": {"expert": "doctor"}, "unhold": unhold})
        await center.rig.advance(2.0)
        assert (await maria.get())["calls"][0]["held"] is True
        await center.rig.advance(5.0)
        assert (await maria.get())["calls"][0]["held"] is (unhold == "by agent")
        together = hears(center, caller)
        assert together["maria"] >= {"doctor"}
        assert ("caller" in together["doctor"]) is (unhold == "automatically")
        await maria.does("unhold")
        await ends(center, caller)

    on_center(story)


def test_who_still_rings_is_taken_out_again() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        error = {"error": "nobody of that name was asked into the call"}
        assert await maria.does("drop") == (409, error)
        assert (await maria.does("add", {"target": {"expert": "doctor"}}))[0] == 200
        assert await maria.does("drop", {"target": {"number": "front_desk"}}) == (409, error)
        assert (await maria.does("drop"))[0] == 200
        await center.rig.advance(12.0)
        assert center.rig.emulator.ringing() == []
        assert await people(maria) == [("caller", "in"), ("maria", "in")]
        await ends(center, caller)

    on_center(story)


def test_a_caller_is_handed_over() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        let(center.rig, "front_desk", "accept after 3 s")
        status, now = await maria.does("transfer", {"target": {"number": "front_desk"}})
        assert (status, now["calls"][0]["leaving"]) == (200, True)
        await center.rig.advance(6.0)
        assert (await maria.get())["state"] == "wrap-up"
        [phone] = phones(center.rig, "front_desk")
        label = center.rig.emulator.call(caller).me.label
        assert phone.me.label in center.rig.emulator.hearing(caller)[label]
        center.rig.emulator.hang_up(phone.id)
        await center.rig.finish(caller)
        assert center.rig.state(caller).result == "handled"
        await ends(center, caller)

    on_center(story)


def test_an_agent_leaves_and_the_script_goes_on() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        assert (await maria.does("leave"))[0] == 200
        await center.rig.finish(caller)
        assert center.rig.state(caller).result == "handled"
        assert (await maria.get())["calls"] == []
        await ends(center, caller)

    on_center(story)


def test_nobody_does_anything_with_the_calls_of_others() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        tom = center.desktop("tom")
        await tom.sign_in(state="not ready")
        call = (await maria.get())["calls"][0]["call"]
        before = center.rig.runtime.floors.entries
        for verb in VERBS:
            answer = await tom.ask("POST", f"{ME}/calls/{call}/{verb}", body(verb))
            assert answer == (403, {"error": "you do not talk in this call"}), verb
            answer = await center.desktop("sofia").ask("POST", f"{ME}/calls/{call}/{verb}", body(verb))
            assert answer[0] == 403, "a supervisor neither"
            answer = await maria.ask("POST", f"{ME}/calls/no-such-call/{verb}", body(verb))
            assert answer == (404, {"error": "no such call: it may have ended"}), verb
        assert center.rig.runtime.floors.entries == before
        await ends(center, caller)
        for verb in VERBS:
            answer = await maria.ask("POST", f"{ME}/calls/{call}/{verb}", body(verb))
            assert answer == (404, {"error": "no such call: it may have ended"}), verb

    on_center(story)


def test_a_call_that_is_offered_is_not_the_agents_yet() -> None:
    async def story(center: Center) -> None:
        await center.desktop("maria").sign_in()
        caller = center.dial()
        await center.ringing("maria")
        [offer] = (await center.desktop("maria").get())["offers"]
        for verb in VERBS:
            path = f"{ME}/calls/{offer['call']}/{verb}"
            assert (await center.desktop("maria").ask("POST", path, body(verb)))[0] == 403
        await ends(center, caller)

    on_center(story)


def test_who_is_busy_is_not_asked_into_another_call() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        tom, other = await center.talking("tom")
        for verb in ("consult", "add", "transfer"):
            assert await maria.does(verb, TOM) == (409, {"error": "is in another call, or rung for one"})
        assert (await maria.get())["calls"][0]["held"] is False
        assert not center.rig.emulator.rung_while_talking()
        center.rig.emulator.hang_up(other)
        await ends(center, caller)
        assert (await tom.get())["calls"] == []

    on_center(story)


@pytest.mark.parametrize(
    ("target", "field", "problem"),
    [
        ({"agent": "tim"}, "target.agent", "no such name in the site file; did you mean tom?"),
        ({"expert": "x"}, "target.expert", "no such name in the site file"),
        ({"teams_user": "x"}, "target.teams_user", "no such name in the site file"),
        ({"number": "front_dask"}, "target.number", "no such name in the site file; did you mean front_desk?"),
        ({"number": "+14255550123"}, "target.number", "the site file does not let agents dial it: [desktop] may_dial"),
        ({"number": "+1206"}, "target.number", "expected: a number in E.164 form, such as +14255550123"),
        ({"number": "+12069999999999"}, "target.number", "no country has such a number"),
        (
            {"number": "+19002345678"},
            "target.number",
            "numbers of this kind are dialled only where the site file names them",
        ),
        ({}, "target", "exactly one of agent, expert, teams_user and number"),
        ({"agent": "tom", "number": "x"}, "target", "exactly one of agent, expert, teams_user and number"),
        ({"agent": None}, "target", "exactly one of agent, expert, teams_user and number"),
        ("tom", "target", "expected: an object"),
    ],
)
def test_somebody_who_cannot_be_meant(target: object, field: str, problem: str) -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        status, answer = await maria.does("add", {"target": target})
        assert (status, answer["problems"]) == (422, [{"field": field, "problem": problem}])
        assert await people(maria) == [("caller", "in"), ("maria", "in")]
        await ends(center, caller)

    on_center(story)


def test_a_number_that_the_site_allows_is_dialled() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        for ring in (4.0, 121.0, "30"):
            status, answer = await maria.does("add", {"target": {"number": "+12065550123"}, "ring_seconds": ring})
            assert (status, answer["problems"][0]["field"]) == (422, "ring_seconds")
        status, _ = await maria.does("add", {"target": {"number": "+12062345678"}})
        assert status == 200
        await center.rig.advance(1.0)
        assert [each.me.label for each in center.rig.emulator.ringing()] == ["+12062345678"]
        await ends(center, caller)

    on_center(story)
