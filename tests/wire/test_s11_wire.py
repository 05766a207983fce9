"""Scenario S11 over the wire: a specialist hears who calls and decides; the caller hears music and none of it."""

from __future__ import annotations

import re

import pytest
from wire_center import connected, ended, heard, let, nobody_is_left, phones, silence, times
from wire_rig import SCRIPTS, Wire, play, wire

S11 = SCRIPTS / "s11_warm_transfer.ivr"
WHISPER = "Call from Contoso billing. Ana, invoice dispute, waited 2 seconds. Press 1 to accept, 2 to decline."
BUSY = "Our specialists are busy. To wait in line, press 1. To leave a message, press 2."


def by_phone(number: str) -> dict[str, str]:
    return {"name": "Ana"}


SITE: dict[str, dict[str, object]] = {"data": {"crm": {"by_phone": {"python": f"{__name__}:by_phone"}}}}
TEAM = ("anna", "ben", "duty_phone")


async def called(rig: Wire, plan: str = "wait 600s") -> str:
    """The caller's phone, once its call is answered."""
    phone = rig.people.dial(rig.lines[0], plan)
    await rig.run_until(lambda: bool(times(rig, phone, "connected")))
    return phone


def test_a_specialist_who_accepts_has_the_caller() -> None:
    async def run() -> None:
        async with wire(S11, sections=SITE) as rig:
            let(rig, "anna", "accept after 3 s, hang up after 60 s", plan=[{"press": "1", "after": 2}])
            phone = await called(rig)
            await rig.run_until(lambda: rig.emulator.call(phone).finished)
            await rig.advance(5.0)
            [anna] = phones(rig, "anna")
            assert heard(rig, anna.id)[0] == WHISPER
            assert WHISPER not in heard(rig, phone)
            assert "I will ask our specialist." in heard(rig, phone)
            assert not phones(rig, "ben")
            assert rig.state(phone).result == "handled"
            joined = connected(rig, anna.id)
            accepted = times(rig, anna.id, "pressed")[0]
            for who in (phone, anna.id):
                [chime] = [e for e in rig.emulator.transcript(who) if e.text.endswith("/tones/join.wav")]
                assert 0.0 < chime.t - accepted <= 1.0
            assert silence(rig, phone, connected(rig, phone), joined) <= 2.0
            nobody_is_left(rig)

    play(run)


def said(rig: Wire, phone: str, text: str = WHISPER) -> list[float]:
    """When a phone began to hear a sentence."""
    return [entry.t for entry in rig.emulator.transcript(phone) if entry.text == text]


@pytest.mark.parametrize("first", ["silence", "a wrong key"])
def test_a_specialist_is_asked_twice(first: str) -> None:
    async def run() -> None:
        async with wire(S11, sections=SITE) as rig:
            let(rig, "anna", "accept after 3 s, hang up after 90 s")
            phone = await called(rig)
            await rig.run_until(lambda: bool(phones(rig, "anna")) and bool(said(rig, phones(rig, "anna")[0].id)))
            [anna] = phones(rig, "anna")
            if first == "a wrong key":
                await rig.advance(1.0)
                rig.emulator.press(anna.id, "7")
            await rig.run_until(lambda: len(said(rig, anna.id)) == 2)
            [one, two] = [e for e in rig.emulator.transcript(anna.id) if e.text == WHISPER]
            if first == "silence":
                assert one.end is not None
                assert two.t - one.end == pytest.approx(6.0, abs=1.5)
            await rig.advance(1.0)
            rig.emulator.press(anna.id, "1")
            await rig.run_until(lambda: rig.emulator.call(phone).finished)
            await rig.advance(5.0)
            assert rig.state(phone).result == "handled"
            assert not phones(rig, "ben")
            nobody_is_left(rig)

    play(run)


def test_a_long_sentence_is_heard_to_its_end_twice() -> None:
    """Longer than the ring and the twenty seconds behind it, in which something has to be known of who rings."""
    text = S11.read_text(encoding="utf-8")
    long = "Call from Contoso billing. " + "This caller has a long story that has to be told whole. " * 20
    text = re.sub(r'accept "[^"]*"', f'accept "{long}"', text)

    async def run() -> None:
        async with wire(text, sections=SITE) as rig:
            let(rig, "anna", "accept after 3 s, hang up after 600 s")
            phone = await called(rig)
            await rig.run_until(
                lambda: bool(phones(rig, "anna")) and len(said(rig, phones(rig, "anna")[0].id, long)) == 2
            )
            [anna] = phones(rig, "anna")
            await rig.advance(60.0)
            rig.emulator.press(anna.id, "1")
            await rig.advance(5.0)
            assert rig.state(phone).ending == "transferred"
            assert not phones(rig, "ben")
            rig.emulator.hang_up(phone)
            await rig.advance(5.0)
            nobody_is_left(rig)

    play(run)


REFUSALS = {
    "declines by key": ("accept after 2 s", [{"press": "2", "after": 1}]),
    "presses something else, twice": ("accept after 2 s", [{"press": "7", "after": 1}, {"press": "7", "after": 1}]),
    "says nothing": ("accept after 2 s", []),
    "hangs up": ("accept after 2 s, hang up after 3 s", []),
    "declines the call": ("decline", []),
    "is busy": ("busy", []),
    "does not answer": ("ignore", []),
    "cannot be called": ("fail", []),
    "has a voicemail": ("voicemail after 5 s", []),
}


@pytest.mark.parametrize("how", REFUSALS)
def test_whoever_does_not_accept_is_followed_by_the_next_one(how: str) -> None:
    async def run() -> None:
        async with wire(S11, sections=SITE) as rig:
            behaviour, plan = REFUSALS[how]
            let(rig, "anna", behaviour, plan=plan)
            let(rig, "ben", "accept after 2 s, hang up after 30 s", plan=[{"press": "1", "after": 2}])
            phone = await called(rig)
            await rig.run_until(lambda: rig.emulator.call(phone).finished)
            await rig.advance(60.0)
            [ben] = phones(rig, "ben")
            assert len(phones(rig, "anna")) == 1
            assert not phones(rig, "duty_phone")
            assert rig.state(phone).result == "handled"
            assert WHISPER not in heard(rig, phone)
            assert silence(rig, phone, connected(rig, phone), connected(rig, ben.id)) <= 2.0
            nobody_is_left(rig)

    play(run)


def test_three_who_do_not_answer_lead_to_a_choice_within_ninety_seconds() -> None:
    async def run() -> None:
        async with wire(S11, sections=SITE) as rig:
            for name in TEAM:
                let(rig, name, "ignore")
            phone = await called(rig)
            await rig.run_until(lambda: BUSY in heard(rig, phone))
            asked = next(e.t for e in rig.emulator.transcript(phone) if e.text == BUSY)
            assert asked - connected(rig, phone) <= 90.0
            for name in TEAM:
                [rung] = phones(rig, name)
                assert rung.state == "ended"
            assert silence(rig, phone, connected(rig, phone), asked) <= 2.0
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            nobody_is_left(rig)

    play(run)


@pytest.mark.parametrize("moment", ["while it rings", "during the whisper"])
def test_a_caller_who_hangs_up_leaves_nobody_on_a_line(moment: str) -> None:
    async def run() -> None:
        async with wire(S11, sections=SITE) as rig:
            let(rig, "anna", "ignore" if moment == "while it rings" else "accept after 3 s")
            phone = await called(rig)
            await rig.run_until(lambda: bool(phones(rig, "anna")))
            await rig.advance(5.0)
            gone = rig.clock.now()
            rig.emulator.hang_up(phone)
            await rig.advance(5.0)
            [anna] = phones(rig, "anna")
            assert ended(rig, anna.id).t - gone <= 2.0
            if moment == "during the whisper":
                assert heard(rig, anna.id)[-1] == "The caller has left."
            assert rig.state(phone).ending == "abandoned"
            nobody_is_left(rig)

    play(run)
