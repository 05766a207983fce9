"""Transfers and their ends."""

from __future__ import annotations

from typing import Any

import pytest
from azure.communication.callautomation import (
    MicrosoftTeamsAppIdentifier,
    MicrosoftTeamsUserIdentifier,
    PhoneNumberIdentifier,
    TextSource,
)
from emulator_rig import CALLER, LINE, LINE_ID, Rig, run

from emulator import Config, Line

PHONE = ("+14255550199", PhoneNumberIdentifier("+14255550199"))
USER = ("8:orgid:aaaa-user", MicrosoftTeamsUserIdentifier("aaaa-user"))
QUEUE = ("28:orgid:bbbb-app", MicrosoftTeamsAppIdentifier("bbbb-app"))

# target, its behaviour -> result, SIP and Q.850 codes, second of the event
FAILURES: dict[str, tuple[tuple[str, Any], str, tuple[int, int], tuple[int, int] | None, float]] = {
    "declined": (PHONE, "decline after 4 s", (603, 560603), (603, 21), 4),
    "busy": (PHONE, "busy after 1 s", (486, 560486), (486, 17), 1),
    "no answer": (PHONE, "no answer", (480, 560480), (480, 19), 60),
    "nobody at the page": (PHONE, "ask", (480, 560480), (480, 19), 60),
    "not found": (PHONE, "fail after 1 s", (404, 560404), (404, 1), 1),
    "Teams user does not answer": (USER, "no answer", (408, 10057), None, 60),
    "Teams queue does not answer": (QUEUE, "no answer", (408, 10057), None, 60),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failed_transfer_leaves_the_call_to_the_host(name: str) -> None:
    (address, target), behaviour, result, details, at = FAILURES[name]

    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(address, behaviour)
        call, connection = await rig.answer()
        began = rig.clock.now()
        await connection.transfer_call_to_participant(target, operation_context="transfer")
        await connection.play_media(TextSource(text="please wait"))
        await rig.pass_time(61)
        data = rig.last("CallTransferFailed")
        information = data["resultInformation"]
        assert (information["code"], information["subCode"]) == result
        found = (information["sipDetails"]["code"], information["q850Details"]["code"]) if details else None
        assert found == details
        assert data["operationContext"] == "transfer"
        assert rig.hook.times[rig.names().index("CallTransferFailed")] - began == pytest.approx(at)
        assert "PlayCompleted" in rig.names()
        assert rig.emulator.call(call).state == "connected"
        await connection.play_media(TextSource(text="still here"))

    run(scenario)


@pytest.mark.parametrize(("address", "target"), [PHONE, USER, QUEUE])
def test_accepted_transfer_ends_the_host_s_part(address: str, target: Any) -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(address, "accept after 3 s")
        call, connection = await rig.answer()
        await connection.play_media(TextSource(text="music"), loop=True)
        await connection.transfer_call_to_participant(
            target, operation_context="transfer", voip_headers={"intent": "billing"}
        )
        await rig.emulator.idle()
        [ringing] = rig.emulator.ringing(address)
        assert (ringing.other.label, ringing.context) == (CALLER, {"voipHeaders": {"intent": "billing"}})
        await rig.pass_time(3)
        assert rig.names()[-3:] == ["CallTransferAccepted", "PlayCanceled", "CallDisconnected"]
        assert rig.last("CallTransferAccepted")["transferTarget"]["rawId"].endswith(address.removeprefix("4:"))
        assert rig.last("CallTransferAccepted")["transferee"]["phoneNumber"] == {"value": CALLER}
        assert rig.result("CallDisconnected") == (200, 7015)
        phone = rig.emulator.call(call)
        assert (phone.transferred_to, phone.state, phone.finished) == (address, "connected", True)
        count = len(rig.hook.events)
        rig.emulator.hang_up(ringing.id)
        await rig.pass_time(1)
        assert (phone.state, phone.ended_by) == ("ended", "target")
        assert len(rig.hook.events) == count

    run(scenario)


def test_second_transfer_conflicts_with_the_first() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        await connection.transfer_call_to_participant(PHONE[1], operation_context="first")
        await connection.transfer_call_to_participant(USER[1], operation_context="second")
        await rig.emulator.idle()
        assert rig.result("CallTransferFailed") == (409, 8607)
        assert rig.last("CallTransferFailed")["operationContext"] == "second"
        assert [phone.me.label for phone in rig.emulator.ringing()] == [PHONE[0]]

    run(scenario)


def test_caller_leaves_while_the_target_rings() -> None:
    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer(plan=[{"hang_up": True, "when": "transfer", "after": 2}])
        await connection.transfer_call_to_participant(PHONE[1])
        await rig.pass_time(3)
        assert rig.names()[-2:] == ["CallTransferFailed", "CallDisconnected"]
        assert rig.result("CallDisconnected") == (200, 540000)
        assert rig.emulator.ringing() == []
        target = rig.emulator.calls()[-1]
        assert (target.state, target.end_reason) == ("ended", "cancelled")
        assert rig.emulator.call(call).ended_by == "caller"

    run(scenario)


def test_transfer_out_of_a_group_takes_one_party_along() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave("+14255550177", "accept")
        rig.emulator.behave(PHONE[0], "accept")
        call, connection = await rig.answer()
        other = PhoneNumberIdentifier("+14255550177")
        await connection.add_participant(other, source_caller_id_number=LINE_ID)
        await rig.pass_time(2)
        await connection.transfer_call_to_participant(PHONE[1], transferee=other)
        await rig.pass_time(2)
        assert rig.names()[-2:] == ["CallTransferAccepted", "ParticipantsUpdated"]
        assert len(rig.last("ParticipantsUpdated")["participants"]) == 2
        assert rig.emulator.call(call).state == "connected"
        await connection.get_call_properties()

    run(scenario)


@pytest.mark.parametrize("answered", [True, False])
def test_transfer_to_another_line_is_a_new_incoming_call(answered: bool) -> None:
    second = "+18005550101"

    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        await connection.transfer_call_to_participant(PhoneNumberIdentifier(second))
        await rig.emulator.idle()
        offered = rig.hook.incoming[-1]
        assert offered["to"]["phoneNumber"] == {"value": second}
        if not answered:
            await rig.client.reject_call(offered["incomingCallContext"])
            await rig.emulator.idle()
            assert rig.result("CallTransferFailed")[0] == 603
            return
        made = await rig.client.answer_call(offered["incomingCallContext"], f"{rig.base}/second")
        await rig.emulator.idle()
        names = rig.names()
        assert names.index("CallTransferAccepted") < names.index("CallDisconnected")
        assert rig.emulator.call(call).connection_id == made.call_connection_id

    run(scenario, Config(lines=(Line(LINE), Line(second))))
