"""Transcripts over the wire: asked for by the script, taken over a web socket, kept in the journal, and never of a
secret."""

from __future__ import annotations

import logging

import pytest
from wire_rig import Wire, play, wire

from emulator import Failure, Fault, Misbehaviour
from emulator.connector import FORGED
from interpreter.journal import decode_event
from interpreter.protocol import Event, SocketBroke, Utterance

SCRIPT = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    transcribe call start
        started           -> talk
        refused or failed "Nothing is written down." -> talk

step talk
    say "How can we help you?"
    wait 20s
    go to pin

collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4
    check crm.pin_ok(caller.number, pin_entered) otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> more
    after 1 tries -> more

menu more
    prompt "Press 1 for more, 2 to end."
    press 1 -> again
    press 2 -> sorry
    no match "That is not one of the choices."
    after 1 silence -> sorry
    after 2 tries   -> sorry

step again
    wait 10s
    transcribe call stop
    wait 10s
    go to sorry

step sorry
    say "Goodbye."
    finish done

data crm
    check pin_ok(id text, pin secret)
"""
SITE: dict[str, dict[str, object]] = {"data": {"crm": {"pin_ok": {"python": f"{__name__}:pin_ok"}}}}
STARTED, STOPPED, FAILED = "TranscriptionStarted", "TranscriptionStopped", "TranscriptionFailed"


def pin_ok(id: str, pin: str) -> bool:
    return True


async def journal(rig: Wire, phone: str) -> list[Event]:
    return [decode_event(row.event) for row in await rig.store.journal(rig.state(phone).call_id)]


async def said(rig: Wire, phone: str) -> list[str]:
    return [each.text for each in await journal(rig, phone) if isinstance(each, Utterance)]


def names(rig: Wire) -> list[str]:
    """The callbacks about the transcript, in order."""
    return [each.name for each in rig.emulator.deliveries if each.name.startswith("Transcription")]


async def begun(rig: Wire) -> str:
    """A call that is transcribed, and asks how it can help."""
    phone = rig.people.dial(rig.lines[0], "wait 300s")
    await rig.run_until(lambda: rig.state(phone).block == "talk")
    await rig.advance(3.0)
    return phone


def test_what_a_caller_says_stands_in_the_journal_once() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SITE) as rig:
            phone = await begun(rig)
            rig.emulator.speak(phone, "My invoice is wrong, and nobody answers.")
            await rig.advance(5.0)
            utterances = [each for each in await journal(rig, phone) if isinstance(each, Utterance)]
            assert [(each.who, each.text, each.language) for each in utterances] == [
                ("caller", "My invoice is wrong, and nobody answers.", "en-US")
            ]
            assert rig.state(phone).transcript.state == "on"
            assert rig.emulator.feed(phone, "transcription").url.startswith("ws://")
            # The metadata, and one sentence.
            assert rig.metric("media_frames", feed="transcription", outcome="taken") == 2.0

    play(run)


def test_nothing_is_connected_before_the_script_asks() -> None:
    async def run() -> None:
        silent = SCRIPT.replace("    transcribe call start\n        started           -> talk\n", "")
        silent = silent.replace('        refused or failed "Nothing is written down." -> talk', "    go to talk")
        async with wire(silent, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 300s")
            await rig.run_until(lambda: rig.state(phone).block == "talk")
            rig.emulator.speak(phone, "Nobody writes this down.")
            await rig.advance(5.0)
            # The script has a `transcribe call stop`, so the service knows our address; and that is all.
            assert rig.emulator.feed(phone, "transcription").state == "inactive"
            assert names(rig) == []
            assert await said(rig, phone) == []

    play(run)


def test_a_call_is_asked_for_no_secret_before_the_transcript_is_known_to_have_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    async def run() -> None:
        async with wire(SCRIPT, sections=SITE) as rig:
            phone = await begun(rig)
            rig.emulator.speak(phone, "Before the secret.")
            await rig.run_until(lambda: rig.state(phone).block == "pin" and rig.state(phone).visit is not None)
            assert names(rig)[-1] == STOPPED
            assert rig.emulator.feed(phone, "transcription").state == "inactive"
            rig.emulator.speak(phone, "My PIN is one two three four.")
            rig.emulator.press(phone, "1234")
            await rig.run_until(lambda: rig.state(phone).block == "more")
            await rig.advance(1.0)
            assert names(rig)[-1] == STARTED, "it goes on behind the secret"
            rig.emulator.speak(phone, "Behind the secret.")
            await rig.advance(2.0)
            assert await said(rig, phone) == ["Before the secret.", "Behind the secret."]
            assert "one two three four" not in caplog.text

    play(run)


def test_what_still_arrives_in_the_middle_of_a_secret_is_thrown_away_unread(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    spoken = '{"kind":"TranscriptionData","transcriptionData":{"text":"four two","resultStatus":"Final"}}'

    async def run() -> None:
        async with wire(SCRIPT, sections=SITE) as rig:
            phone = await begun(rig)
            # The stop is accepted and never confirmed, and the service sends on.
            rig.emulator.misbehave(Misbehaviour(faults=(Fault("drop", STOPPED),)))
            await rig.run_until(lambda: rig.state(phone).paused)
            feed = rig.emulator.feed(phone, "transcription")
            assert rig.state(phone).transcript.state == "stopping"
            before = rig.metric("media_frames", feed="transcription", outcome="thrown_away")
            assert feed.state == "inactive"
            await rig.run_until(lambda: rig.state(phone).block == "sorry")
            heard = [e.text for e in rig.emulator.transcript(phone) if e.kind == "heard"]
            assert not [text for text in heard if "PIN" in text], "nobody knows whether it has stopped"
            assert before == 0.0

    async def late() -> None:
        async with wire(SCRIPT, sections=SITE) as rig:
            phone = await begun(rig)
            rig.emulator.misbehave(Misbehaviour(failures=(Failure("stopTranscription", 500, 8578),)))
            await rig.run_until(lambda: rig.state(phone).paused or rig.state(phone).block == "sorry")
            rig.emulator.send_frame(phone, "transcription", spoken)
            await rig.settle()
            assert "four two" not in caplog.text
            assert await said(rig, phone) in ([], ["four two"])

    play(run)
    play(late)


def test_a_transcript_that_does_not_come_about_takes_its_own_route() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SITE) as rig:
            rig.emulator.misbehave(Misbehaviour(failures=(Failure("startTranscription", 500, 8564),)))
            phone = rig.people.dial(rig.lines[0], "wait 300s")
            await rig.run_until(lambda: rig.state(phone).block == "talk")
            heard = [e.text for e in rig.emulator.transcript(phone) if e.kind == "heard"]
            assert heard[0] == "Nothing is written down."
            assert (rig.state(phone).transcribing, rig.state(phone).transcript.state) == (False, "off")

    play(run)


def test_forged_tokens_open_no_socket() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SITE) as rig:
            rig.emulator.misbehave(Misbehaviour(faults=tuple(Fault(kind, "socket") for kind in FORGED)))
            phone = await begun(rig)
            assert rig.emulator.sockets_refused == [("transcription", kind, 401) for kind in FORGED]
            assert rig.state(phone).transcript.state == "on", "the genuine one did"

    play(run)


def test_a_socket_that_breaks_is_told_in_the_journal_and_counted() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SITE) as rig:
            phone = await begun(rig)
            rig.emulator.speak(phone, "Before it broke.")
            await rig.advance(2.0)
            await rig.emulator.break_socket(phone, "transcription", again=True)
            await rig.run_until(lambda: rig.metric("media_sockets_ended", feed="transcription", how="broken") == 1.0)
            await rig.advance(1.0)
            assert [type(each) for each in await journal(rig, phone)].count(SocketBroke) == 1
            rig.emulator.speak(phone, "And it came back.")
            await rig.advance(3.0)
            assert await said(rig, phone) == ["Before it broke.", "And it came back."]

    play(run)


def test_the_script_ends_it() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SITE) as rig:
            phone = await begun(rig)
            await rig.run_until(lambda: rig.state(phone).block == "pin" and rig.state(phone).visit is not None)
            rig.emulator.press(phone, "1234")
            await rig.run_until(lambda: rig.state(phone).block == "more")
            rig.emulator.press(phone, "1")
            await rig.run_until(lambda: rig.state(phone).block == "again")
            await rig.advance(12.0)
            rig.emulator.speak(phone, "Nobody writes this down.")
            await rig.finish(phone)
            assert await said(rig, phone) == []
            assert names(rig) == [STARTED, STOPPED, STARTED, STOPPED]
            assert rig.metric("media_sockets_ended", feed="transcription", how="clean") == 2.0

    play(run)


def test_a_restart_hears_on() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SITE) as rig:
            phone = await begun(rig)
            await rig.restart()
            await rig.advance(2.0)
            rig.emulator.speak(phone, "After the restart.")
            await rig.advance(3.0)
            assert (await said(rig, phone))[-1] == "After the restart."

    play(run)
