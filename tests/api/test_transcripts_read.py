"""Who may read what is said in a call: the agent who talks in it, and supervisors."""

from __future__ import annotations

from typing import Any

from api_rig import SCRIPT, Center, address, on_center

TRANSCRIBED = SCRIPT.replace("step welcome\n", "step welcome\n    transcribe call start\n")
OPERATOR: dict[str, dict[str, object]] = {"operator": {"token": "operator-token"}}


async def talk(center: Center) -> tuple[str, str, str]:
    """Two who talk, and what they say; the call's id, the caller's phone, and the caller's number."""
    maria, caller = await center.talking()
    rig = center.rig
    await rig.advance(2.0)
    number = rig.emulator.call(caller).me.label
    rig.emulator.converse(
        caller, [{"text": "My parcel is lost."}, {"text": "I am so sorry.", "after": 3, "who": address(rig, "maria")}]
    )
    await rig.advance(8.0)
    return (await maria.get())["calls"][0]["call"], caller, number


def told(answer: Any) -> list[tuple[str, str]]:
    return [(line["who"], line["text"]) for line in answer["lines"]]


WORDS = [("caller", "My parcel is lost."), ("maria", "I am so sorry.")]


def test_the_agent_in_the_call_reads_it_while_it_lasts() -> None:
    async def story(center: Center) -> None:
        call, caller, _ = await talk(center)
        maria = center.desktop("maria")
        whole = await maria.get(f"/agents/me/calls/{call}/transcript")
        assert told(whole) == WORDS
        assert whole["running"] is True
        rest = await maria.get(f"/agents/me/calls/{call}/transcript?after={whole['lines'][0]['n']}")
        assert told(rest) == WORDS[1:]
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)
        status, answer = await maria.ask("GET", f"/agents/me/calls/{call}/transcript")
        assert (status, answer["error"]) == (403, "you do not talk in this call")

    on_center(story, TRANSCRIBED)


def test_a_supervisor_reads_any_and_nobody_else_does() -> None:
    async def story(center: Center) -> None:
        call, caller, _ = await talk(center)
        sofia, tom = center.desktop("sofia"), center.desktop("tom")
        assert told(await sofia.get(f"/calls/{call}/transcript")) == WORDS
        assert (await tom.ask("GET", f"/calls/{call}/transcript"))[0] == 403
        assert (await tom.ask("GET", f"/agents/me/calls/{call}/transcript"))[0] == 403
        assert (await center.ask("GET", f"/calls/{call}/transcript"))[0] == 401
        assert (await center.ask("GET", f"/calls/{call}/transcript", bearer="operator-token"))[0] == 401
        assert (await sofia.ask("GET", "/calls/nobody/transcript"))[0] == 404
        center.rig.emulator.hang_up(caller)
        await center.rig.finish(caller)
        ended = await sofia.get(f"/calls/{call}/transcript")
        assert told(ended) == WORDS
        assert ended["running"] is False
        status, details = await center.ask("GET", f"/calls/{call}", bearer="operator-token")
        assert status == 200
        assert "parcel" not in str(details)

    on_center(story, TRANSCRIBED, **OPERATOR)


def test_a_call_that_is_not_transcribed_has_nothing_to_read() -> None:
    async def story(center: Center) -> None:
        maria, caller = await center.talking()
        center.rig.emulator.speak(caller, "My parcel is lost.")
        await center.rig.advance(5.0)
        call = (await maria.get())["calls"][0]["call"]
        nothing = await maria.get(f"/agents/me/calls/{call}/transcript")
        assert (nothing["running"], nothing["lines"]) == (False, [])

    on_center(story)
