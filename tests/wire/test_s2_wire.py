"""Scenario S2 over the wire: a card is paid with, and nothing of it is recorded, kept, logged or said."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import pytest
from wire_rig import SCRIPTS, Heard, Wire, play, wire

from emulator import Fault, Misbehaviour
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
