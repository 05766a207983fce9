"""A call's own recording over the wire: begun with the call, set aside for a message, going on behind it."""

from __future__ import annotations

import pytest
from wire_center import heard
from wire_rig import play, wire

SCRIPT = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    record call notice "This call may be recorded."
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
{first}
    say "Thank you for calling."
    go to mailbox

voicemail mailbox
    greeting "Speak after the tone, then press pound."
    up to 3m, stop on # or 4s of silence
    saved -> behind
    empty -> behind
    failed "That did not work." -> behind

step behind
{then}
    say "There is one more question."
    go to more

menu more
    prompt "Press 1 for yes, 2 for no."
    press 1 or 2 -> sorry
    no match "That is not one of the choices."
    after 1 silence -> sorry
    after 2 tries   -> sorry

step sorry
    say "Goodbye."
    finish done
"""
QUESTION, LAST, GOODBYE = "There is one more question.", "Press 1 for yes, 2 for no.", "Goodbye."


def recordings(first: str, then: str) -> list[list[str]]:
    """What is in each recording of such a call."""

    async def run() -> list[list[str]]:
        async with wire(
            SCRIPT.format(first=first, then=then).replace("\n\n\n", "\n"),
            sections={"voicemail": {"folder": "messages"}},
        ) as rig:
            phone = rig.people.dial(rig.lines[0], 'say "Hello, it is me, Ana."')
            await rig.finish(phone)
            await rig.advance(60.0)
            assert "That did not work." not in heard(rig, phone)
            return [each.texts() for each in rig.emulator.recordings()]

    return play(run)


def test_a_message_is_none_of_the_calls_recording() -> None:
    before, message, after = recordings("", "")
    assert before == ["This call may be recorded.", "Thank you for calling.", "Speak after the tone, then press pound."]
    assert "Hello, it is me, Ana." in message
    assert after == [LAST, GOODBYE], "it goes on where the caller is asked something again"


@pytest.mark.parametrize("then", ["    record call resume", "    record call start"])
def test_a_script_that_resumes_records_at_once(then: str) -> None:
    _, _, after = recordings("", then)
    assert after == [QUESTION, LAST, GOODBYE]


def test_a_script_that_stops_is_obeyed_behind_a_message() -> None:
    assert len(recordings("", "    record call stop")) == 2


def test_what_is_so_already_is_not_asked_for_again() -> None:
    before, _, after = recordings("    record call resume\n    record call start", "")
    assert before[-1] == "Speak after the tone, then press pound."
    assert after == [LAST, GOODBYE]


def test_a_recording_that_the_script_has_paused_stays_paused_for_a_message() -> None:
    found = recordings("    record call pause", "")
    assert found[0] == ["This call may be recorded."]
    assert len(found) == 2, "whoever has paused says when it goes on"
