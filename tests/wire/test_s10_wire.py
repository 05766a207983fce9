"""Scenario S10 over the wire: an appointment reminder; who answers may be a machine, and every call can be the last."""

from __future__ import annotations

from typing import Any

import pytest
from wire_center import let, nobody_is_left, times
from wire_center import phones as phones_of
from wire_outbound import ACCOUNT, ANA, AT_TEN, S10, VALUES, ask, attempts, order, over, phones, site
from wire_rig import Wire, play, wire

from emulator import Entry

HELLO = "Hello, this is Contoso Clinic with a message for Ana. Press 1 to hear it. Press 9 to stop these calls."
AGAIN = "I did not hear anything. Press 1 to hear the message, 9 to stop these calls."
APPOINTMENT = "Your appointment is Wednesday, March 4, 2026 at 10 a.m. Press 1 to confirm, 2 to move, 3 to cancel."
TO_A_MACHINE = (
    "This is Contoso Clinic. Please call us back, toll-free, at 800 555 0115. To stop these calls, press 9, or call the"
    " same number."
)
PRIVATE = ("appointment", "March", "10 a.m.")
SITE: dict[str, dict[str, object]] = {
    "stand_in": {},
    "data": {
        "clinic": {
            name: {"python": f"clinic_of_a_test:{name}"} for name in ("confirm", "cancel", "stop_calls")
        }
    },
}  # fmt: skip


def said(rig: Wire) -> list[Entry]:
    """What the one phone that was called heard."""
    [phone] = phones(rig)
    return [entry for entry in rig.emulator.transcript(phone.id) if entry.kind == "heard"]


@pytest.fixture(autouse=True)
def clinic(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The clinic's own functions: what they were told."""
    import sys
    import types

    done: list[tuple[str, dict[str, Any]]] = []
    module = types.ModuleType("clinic_of_a_test")
    for name in ("confirm", "cancel", "stop_calls"):

        def function(_name: str = name, **given: Any) -> None:
            done.append((_name, given))

        setattr(module, name, function)
    monkeypatch.setitem(sys.modules, "clinic_of_a_test", module)
    return done


async def called(rig: Wire, plan: list[dict[str, Any]]) -> tuple[str | None, str, str]:
    """A reminder from the order to its end, to somebody who does this."""
    rig.emulator.behave(ANA, "accept after 5 s", plan=plan)
    return await over(rig, await order(rig))


def test_a_person_confirms(clinic: list[tuple[str, dict[str, Any]]]) -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections={**site(), **SITE}) as rig:
            assert await called(rig, [{"press": "1"}, {"press": "1"}]) == ("hung_up", "confirmed", "confirmed")
            assert [each.text for each in said(rig)] == [HELLO, APPOINTMENT, "Thank you. Goodbye."]
            [(name, given)] = clinic
            assert (name, given["number"]) == ("confirm", ANA)
            nobody_is_left(rig)

    play(run)


def test_silence_at_the_appointment_keeps_it() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections={**site(), **SITE}) as rig:
            assert (await called(rig, [{"press": "1"}]))[1] == "kept"
            asked, again, kept = said(rig)[1:]
            assert asked.text == APPOINTMENT
            assert again.t - (asked.end or 0.0) == pytest.approx(5.0, abs=1.5)
            assert kept.text == "We will keep your appointment."

    play(run)


def test_neither_key_hears_nothing_private_and_how_to_stop_the_calls() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections={**site(), **SITE}) as rig:
            rig.emulator.behave(ANA, "voicemail after 5 s, hang up after 120 s")
            assert (await over(rig, await order(rig)))[:2] == ("hung_up", "message_left_uncertain")
            heard = said(rig)
            assert [each.text for each in heard] == [HELLO, AGAIN, TO_A_MACHINE, "Goodbye."]
            assert not [each for each in heard for word in PRIVATE if word in each.text]
            hello, again, message, *_ = heard
            assert again.t - (hello.end or 0.0) == pytest.approx(6.0, abs=1.5)
            assert message.t - (again.end or 0.0) == pytest.approx(6.0 + 2.0, abs=1.5)
            assert (message.end or 0.0) - message.t <= 30.0
            assert await attempts(rig, next(iter(rig.calls))) == ["answered"], "a machine that took the call is reached"

    play(run)


STATES: dict[str, list[dict[str, Any]]] = {
    "who_is_there": [{"press": "9"}],
    "appointment": [{"press": "1"}, {"press": "9"}],
    "leave_message": [{"silent": True}, {"silent": True}, {"press": "9"}],
}


@pytest.mark.parametrize("block", STATES)
def test_nine_ends_these_calls_wherever_it_is_pressed(block: str, clinic: list[tuple[str, dict[str, Any]]]) -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections={**site(), **SITE}) as rig:
            assert await called(rig, STATES[block]) == ("hung_up", "opted_out", "removed")
            assert said(rig)[-1].text == "You are removed."
            assert [name for name, _ in clinic] == ["stop_calls"]
            status, _ = await ask(
                rig, "POST", "/calls", {"flow": "reminder", "number": ANA, "key": "next", "with": VALUES}
            )
            assert status == 422
            assert (await ask(rig, "GET", f"/opt-outs/{ANA}"))[1]["opted_out"] is True

    play(run)


def test_who_wants_another_day_talks_to_an_agent() -> None:
    async def run() -> None:
        agents: dict[str, dict[str, object]] = {
            "agents": {
                "maria": {
                    "teams_user": "9f6b1a40-1111-4222-8333-123456789abc", "queues": ["scheduling"],
                    "signed_in": "always",
                }
            }
        }  # fmt: skip
        async with wire(S10, at=AT_TEN, sections={**site(), **SITE, **agents}) as rig:
            let(rig, "maria", "accept after 3 s, hang up after 30 s")
            assert (await called(rig, [{"press": "1"}, {"press": "2"}]))[:2] == ("hung_up", "moved")
            [maria], [phone] = phones_of(rig, "maria"), phones(rig)
            assert times(rig, maria.id, "connected")
            assert phone.other.label == ACCOUNT
            nobody_is_left(rig)

    play(run)


def test_who_hangs_up_has_hung_up() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections={**site(), **SITE}) as rig:
            ending = await called(rig, [{"press": "1"}, {"hang_up": True}])
            assert ending == ("abandoned", "abandoned", "appointment")
            assert len(phones(rig)) == 1, "who was reached is not called again"
            nobody_is_left(rig)

    play(run)
