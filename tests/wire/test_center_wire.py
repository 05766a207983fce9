"""The contact center of `scripts/center` over the wire, with no system behind it: everybody reaches a person, or leaves
a message that is kept, in every language."""

from __future__ import annotations

import json

import pytest
from wire_center import details, heard, let, nobody_is_left, phones, times
from wire_rig import Wire, play, wire
from wire_stories import SCRIPTS

from emulator import Fault, Misbehaviour
from interpreter.routing.protocol import Wanted

PATH = SCRIPTS / "center" / "main.ivr"
TEAM = ("maria", "tom", "lucia", "pablo")
SITE: dict[str, dict[str, object]] = {"voicemail": {"folder": "messages"}}

STORIES = {
    "english": ("press 1; press 12345678; press 3; wait 600s", "pablo", "Thank you for calling Contoso."),
    "spanish": (
        "press 2; silent; silent; press 2; press 445566; press 1; wait 600s",
        "lucia",
        "Gracias por llamar a Contoso.",
    ),
    "french": ("press 3; silent; silent; press 0; wait 600s", "maria", "Je vous mets en communication."),
    "silence": (
        "press 1; silent; silent; silent; silent; silent; wait 600s",
        "maria",
        "One moment, I will connect you.",
    ),
}


async def nobody_is_there(rig: Wire) -> None:
    for name in TEAM:
        await rig.runtime.floors.post(Wanted(rig.clock.now(), name, "not ready"))


@pytest.mark.parametrize("story", STORIES)
def test_everybody_reaches_an_agent_who_can_help(story: str) -> None:
    async def run() -> None:
        plan, name, sentence = STORIES[story]
        async with wire(PATH, sections=SITE) as rig:
            for each in TEAM:
                let(rig, each, "accept after 3 s, hang up after 60 s")
            phone = rig.people.dial(rig.lines[0], plan)
            await rig.finish(phone)
            await rig.advance(120.0)
            assert sentence in heard(rig, phone)
            assert [each for each in TEAM if phones(rig, each)] == [name]
            [agent] = phones(rig, name)
            assert times(rig, agent.id, "connected")
            [leg] = await details(rig)
            assert (leg["agent"], leg["outcome"], leg["talked"]) == (name, "answered", 60.0)
            nobody_is_left(rig)

    play(run)


@pytest.mark.parametrize("story", STORIES)
def test_where_nobody_is_there_a_message_is_kept(story: str) -> None:
    async def run() -> None:
        plan, _, _ = STORIES[story]
        async with wire(PATH, sections=SITE) as rig:
            await nobody_is_there(rig)
            phone = rig.people.dial(rig.lines[0], plan.removesuffix("wait 600s") + "wait 1200s")
            await rig.run_until(lambda: rig.state(phone).block == "mailbox")
            await rig.run_until(lambda: any("/tones/record.wav" in text for text in heard(rig, phone)))
            await rig.advance(2.5)
            rig.emulator.speak(phone, "Please call me back.")
            await rig.finish(phone)
            await rig.advance(120.0)
            [about] = (rig.folder / "messages").glob("*.json")
            assert json.loads(about.read_text(encoding="utf-8"))["caller"] == rig.state(phone).caller
            of_call, of_message = (recording.texts() for recording in rig.emulator.recordings()[:2])
            assert "Please call me back." in of_message
            assert "Please call me back." not in of_call, "the call's own recording is set aside"
            nobody_is_left(rig)

    play(run)


def test_a_caller_who_hangs_up_is_gone_where_it_happened() -> None:
    async def run() -> None:
        async with wire(PATH) as rig:
            assert (await rig.call("press 3; hang up")).end == ("abandoned", "abandoned", "by_account")

    play(run)


@pytest.mark.parametrize("seed", range(4))
def test_a_host_that_repeats_delays_and_reorders_leaves_nobody_behind(seed: int) -> None:
    async def run() -> None:
        async with wire(PATH, sections=SITE) as rig:
            rig.emulator.misbehave(Misbehaviour(seed=seed, duplicate=0.2, delay=0.2, reorder=0.2))
            for each in TEAM:
                let(rig, each, "accept after 3 s, hang up after 60 s")
            dialled = [rig.people.dial(rig.lines[0], plan) for plan, _, _ in STORIES.values()]
            await rig.finish(*dialled)
            await rig.advance(300.0)
            nobody_is_left(rig)

    play(run)


def test_a_lost_report_of_an_answer_does_not_leave_an_agent_alone() -> None:
    async def run() -> None:
        async with wire(PATH, sections=SITE) as rig:
            rig.emulator.misbehave(Misbehaviour(faults=(Fault("drop", "AddParticipantSucceeded"),)))
            let(rig, "maria", "accept after 3 s, hang up after 60 s")
            phone = rig.people.dial(rig.lines[0], STORIES["french"][0])
            await rig.finish(phone)
            await rig.advance(120.0)
            [leg] = await details(rig)
            assert leg["outcome"] == "answered"
            nobody_is_left(rig)

    play(run)
