"""Scenario S2 over the wire: a card is paid with, and nothing of it is recorded, kept, logged or said."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest
from wire_rig import SCRIPTS, Heard, Wire, play, wire
from wire_tones import keys_in

from emulator import Failure, Fault, Misbehaviour
from emulator.tape import Recording

S2 = SCRIPTS / "s2_card_payment.ivr"
CARD, EXPIRY, CODE = "4242424242424242", "1230", "921"
TYPED = f"press {CARD}#; press {EXPIRY}; press {CODE}#; press 1"
SAYS: dict[str, object] = {}
ASKED: list[Mapping[str, str]] = []


def open_invoice(number: str) -> dict[str, object]:
    return {"amount": "35.00 USD"}


def charge(**order: str) -> object:
    """The card service."""
    ASKED.append(order)
    if "raises" in SAYS:
        raise RuntimeError(f"{order['card']} could not be charged")
    return dict(SAYS)


SITE: dict[str, dict[str, object]] = {
    "data": {"billing": {"open_invoice": {"python": f"{__name__}:open_invoice"}}},
    "card_services": {"card_service": {"python": f"{__name__}:charge"}},
}


@pytest.fixture(autouse=True)
def card_service() -> None:
    ASKED.clear()
    SAYS.clear()
    SAYS.update(outcome="paid", reference="4711")


def the(rig: Wire) -> Recording:
    [recording] = rig.emulator.recordings()
    return recording


def test_a_card_is_paid_with_and_nothing_of_it_is_recorded(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def run() -> tuple[Heard, Recording, bytes]:
        async with wire(S2, sections=SITE) as rig:
            heard = await rig.call(TYPED)
            rows = await rig.store.journal(heard.state.call_id)
            assert rows
            assert CARD not in f"{rows} {heard.state} {caplog.text}"
            await rig.store.close()
            return heard, the(rig), (rig.folder / "ivr.db").read_bytes()

    heard, recording, database = play(run)
    assert heard.texts[-1] == "Your reference is 4 7 1 1. Once more: 4 7 1 1. Goodbye."
    assert heard.end[:2] == ("hung_up", "paid")
    assert [
        {
            "request": ASKED[0]["request"], "amount": "35.00", "currency": "USD", "card": CARD, "expires": EXPIRY,
            "code": CODE,
        }
    ] == ASKED  # fmt: skip
    # The card service answers at once here: the key that agrees to the amount still sounds when the recording goes on.
    said = [text for text in recording.texts() if text != "1"]
    assert said == ["This call may be recorded.", "Your open amount is 35 dollars.", heard.texts[-1]]
    assert CARD.encode() not in database


def test_nothing_is_asked_before_the_host_has_confirmed_the_pause() -> None:
    async def run() -> None:
        async with wire(S2, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], TYPED)
            await rig.finish(phone)
            [(paused, resumed)] = the(rig).pauses()
            heard = rig.emulator.transcript(phone)
            [asked] = [e.t for e in heard if e.kind == "heard" and "card number" in e.text]
            [receipt] = [e.t for e in heard if e.kind == "heard" and "reference" in e.text]
            assert paused <= asked < resumed <= receipt

    play(run)


def test_a_caller_whose_recording_is_not_known_to_be_paused_is_asked_for_nothing() -> None:
    async def run() -> None:
        async with wire(S2, sections=SITE) as rig:
            lost = Fault("drop", "RecordingStateChanged")  # that it runs, and that it is paused
            rig.emulator.misbehave(Misbehaviour(faults=(lost, lost)))
            phone = rig.people.dial(rig.lines[0], "wait 60s")
            await rig.run_until(lambda: rig.state(phone).block == "agent")
            heard = [e.text for e in rig.emulator.transcript(phone) if e.kind == "heard"]
            assert "We cannot take your payment by phone right now." in heard
            assert not [text for text in heard if "card number" in text]

    play(run)


def test_a_recording_of_which_nothing_was_heard_yet_is_paused_all_the_same() -> None:
    async def run() -> None:
        async with wire(S2, sections=SITE) as rig:
            rig.emulator.misbehave(Misbehaviour(faults=(Fault("drop", "RecordingStateChanged"),)))
            heard = await rig.call(TYPED)
            assert heard.end[1] == "paid"
            assert len(the(rig).pauses()) == 1

    play(run)


OUTCOMES: dict[str, tuple[dict[str, object], str]] = {
    "declined": ({"outcome": "declined"}, "Your card was declined."),
    "cancelled": ({"outcome": "cancelled"}, "We cannot take your payment by phone right now."),
    "without a reference": ({"outcome": "paid"}, "We could not confirm your payment."),
    "nonsense": ({"result": True}, "We could not confirm your payment."),
    "an error": ({"raises": True}, "We could not confirm your payment."),
}


@pytest.mark.parametrize("says", OUTCOMES)
def test_what_becomes_of_a_payment_is_said_and_nothing_is_paid_twice(
    says: str, caplog: pytest.LogCaptureFixture
) -> None:
    SAYS.clear()
    answer, sentence = OUTCOMES[says]
    SAYS.update(answer)

    async def run() -> None:
        async with wire(S2, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], f"{TYPED}; wait 60s")
            await rig.run_until(
                lambda: any(e.text == sentence for e in rig.emulator.transcript(phone) if e.kind == "heard")
            )
            await rig.advance(5.0)
            assert len(ASKED) == 1
            assert the(rig).state == "active", "the recording goes on, whatever became of the payment"
            assert CARD not in caplog.text

    play(run)


def test_whoever_hangs_up_in_the_middle_is_not_recorded_again() -> None:
    async def run() -> None:
        async with wire(S2, sections=SITE) as rig:
            heard = await rig.call(f"press {CARD}#; hang up")
            recording = the(rig)
            assert heard.end[0] == "abandoned"
            assert recording.stopped is not None
            assert recording.texts() == ["This call may be recorded.", "Your open amount is 35 dollars."]
            assert ASKED == []

    play(run)


def test_a_restart_between_card_and_payment_takes_no_money() -> None:
    async def run() -> None:
        async with wire(S2, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], f"press {CARD}#; press {EXPIRY}; press {CODE}#; wait 60s")
            await rig.run_until(lambda: rig.state(phone).block == "sure")
            await rig.restart()
            rig.emulator.press(phone, "1")
            await rig.run_until(lambda: rig.state(phone).block == "agent")
            heard = [e.text for e in rig.emulator.transcript(phone) if e.kind == "heard"]
            assert "We cannot take your payment by phone right now." in heard
            assert ASKED == []

    play(run)


# what goes wrong, what the caller does -> the keys that are in the recording's file, whether the pause held in it, and
# whether the card was asked for
FILES: dict[str, tuple[Misbehaviour, str, str, bool | None, bool]] = {
    "all is well": (Misbehaviour(), TYPED, "1", True, True),
    "the caller hangs up while it is paused": (Misbehaviour(), f"wait 2s; press {CARD}#; hang up", "", True, True),
    "the pause is refused": (Misbehaviour(failures=(Failure("pauseRecording"),) * 9), "wait 30s", "", None, False),
    "the pause is not allowed in this state": (
        Misbehaviour(failures=(Failure("pauseRecording", 400, 8573, "not now"),)), "wait 30s", "", None, False,
    ),
    "the first pause meets another change": (
        Misbehaviour(failures=(Failure("pauseRecording", 409, 8571, "a conflict"),)), TYPED, "1", True, True,
    ),
    "the answer to the pause is lost": (
        Misbehaviour(faults=(Fault("fail_after", "pauseRecording"),)), TYPED, "1", True, True,
    ),
    "the confirmation comes late": (
        Misbehaviour(delay_seconds=8.0, faults=(Fault("delay", "RecordingStateChanged"),) * 2),
        "wait 30s", "", None, False,
    ),
    "the confirmation comes twice": (
        Misbehaviour(faults=(Fault("duplicate", "RecordingStateChanged"),) * 3), TYPED, "1", True, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_no_key_of_the_card_is_in_the_file(case: str) -> None:
    """The file as it is in the folder, listened to with a decoder of its own."""
    misbehaviour, plan, keys, held, asked = FILES[case]

    async def run() -> tuple[bytes, dict[str, Any], list[str]]:
        async with wire(S2, sections=SITE) as rig:
            rig.emulator.misbehave(misbehaviour)
            phone = rig.people.dial(rig.lines[0], f"{plan}; hang up")
            await rig.finish(phone)
            await rig.advance(30.0)
            [sound] = (rig.folder / "recordings").glob("*.wav")
            heard = [e.text for e in rig.emulator.transcript(phone) if e.kind == "heard"]
            return sound.read_bytes(), json.loads(sound.with_suffix(".json").read_bytes()), heard

    sound, about, heard = play(run)
    assert keys_in(sound) == keys
    assert about["held"] is held
    assert any("card number" in text for text in heard) is asked
    if not asked:
        assert "We cannot take your payment by phone right now." in heard


def test_a_pause_that_comes_true_too_late_is_taken_back() -> None:
    async def run() -> None:
        async with wire(S2, sections=SITE) as rig:
            rig.emulator.misbehave(FILES["the confirmation comes late"][0])
            phone = rig.people.dial(rig.lines[0], "wait 60s")
            heard = rig.emulator.transcript
            await rig.run_until(lambda: any("by phone right now" in e.text for e in heard(phone)))
            assert rig.state(phone).block == "private", "it has not been paused in time"
            await rig.advance(1.0)
            assert the(rig).state == "active"
            assert [round(end - start, 1) for start, end in the(rig).pauses()] == [3.0]
            await rig.finish(phone)
            assert rig.state(phone).recording == "on", "what was reported late has changed nothing"

    play(run)
