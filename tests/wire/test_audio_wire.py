"""Audio over the wire: streamed to the server, listened to for a voice, stopped for a secret."""

from __future__ import annotations

from pathlib import Path

from test_prompt_files import wav
from wire_rig import Wire, play, wire

from emulator import Entry
from emulator.feeds import STREAMED as STREAMED_TEXT
from interpreter.journal import decode_event
from interpreter.prompts.files import PromptFolder, name_of
from interpreter.protocol import VoiceHeard

SCRIPT = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    {stream}
    say "There is a lot to be said about our opening hours, about our shops, and about everything that we sell."
    say "This has to be heard by everybody, to its very end, before anything else is said here." cannot be interrupted
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
    prompt "Press 2 to end."
    press 2 -> sorry
    no match "That is not one of the choices."
    after 1 silence -> sorry
    after 2 tries   -> sorry

step sorry
    say "Goodbye."
    finish done

data crm
    check pin_ok(id text, pin secret)
"""
STREAMED, SILENT = SCRIPT.format(stream="stream audio start"), SCRIPT.format(stream='say "Hello."')
SITE: dict[str, dict[str, object]] = {"data": {"crm": {"pin_ok": {"python": f"{__name__}:pin_ok"}}}}


def pin_ok(id: str, pin: str) -> bool:
    return True


async def voices(rig: Wire, phone: str) -> int:
    rows = await rig.store.journal(rig.state(phone).call_id)
    return sum(isinstance(decode_event(row.event), VoiceHeard) for row in rows)


def interrupted(rig: Wire, phone: str, begin: str) -> bool:
    """Whether the sentence that begins so was cut off."""
    return next(e.interrupted for e in rig.emulator.transcript(phone) if e.kind == "heard" and e.text.startswith(begin))


def test_a_caller_who_speaks_interrupts_what_may_be_interrupted() -> None:
    async def run() -> None:
        async with wire(STREAMED, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 300s")
            await rig.run_until(lambda: rig.state(phone).audio.state == "on")
            await rig.advance(1.0)
            began = rig.clock.now()
            rig.emulator.speak(phone, "Yes, yes, I know all that.")
            await rig.advance(1.0)
            assert interrupted(rig, phone, "There is a lot")
            [cut] = [e.end for e in rig.emulator.transcript(phone) if e.kind == "heard" and e.interrupted]
            assert cut is not None
            assert round(cut - began, 2) <= 0.2, "seven frames of 20 ms are enough"
            assert await voices(rig, phone) == 1
            await rig.advance(2.0)
            rig.emulator.speak(phone, "I said that I know.")
            await rig.advance(3.0)
            assert await voices(rig, phone) == 1, "what has to be heard is, and nothing is told"
            assert not interrupted(rig, phone, "This has to be heard")

    play(run)


VOICE = "en-US-AvaMultilingualNeural"
STREAMED_IN_VOICE = STREAMED.replace("    language en-US\n", f'    language en-US\n    voice "{VOICE}"\n').replace(
    "stream audio start\n", "stream audio start\n    wait 1s\n"
)
LONG = "There is a lot to be said about our opening hours, about our shops, and about everything that we sell."


def test_a_sentence_with_a_file_is_streamed_and_cut_off_by_one_frame(tmp_path: Path) -> None:
    PromptFolder(tmp_path).keep(name_of(LONG, "en-US", VOICE), wav(6 * 16_000))

    async def run() -> None:
        async with wire(STREAMED_IN_VOICE, sections={**SITE, "prompts": {"folder": str(tmp_path)}}) as rig:
            cut = rig.people.dial(rig.lines[0], "wait 300s")
            await rig.run_until(lambda: rig.state(cut).audio.state == "on")
            await rig.run_until(lambda: bool(streamed(rig, cut)))
            await rig.advance(1.0)
            rig.emulator.speak(cut, "Yes, yes, I know all that.")
            await rig.advance(1.0)
            [entry] = streamed(rig, cut)
            assert entry.interrupted
            assert entry.end is not None
            assert entry.end - entry.t < 1.5
            rig.emulator.hang_up(cut)
            await rig.finish(cut)

    play(run)


def test_a_sentence_that_is_streamed_takes_its_time(tmp_path: Path) -> None:
    PromptFolder(tmp_path).keep(name_of(LONG, "en-US", VOICE), wav(6 * 16_000))

    async def run() -> None:
        async with wire(STREAMED_IN_VOICE, sections={**SITE, "prompts": {"folder": str(tmp_path)}}) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 300s")
            await rig.run_until(lambda: any("heard by everybody" in e.text for e in rig.emulator.transcript(phone)))
            [entry] = streamed(rig, phone)
            assert not entry.interrupted
            assert entry.end is not None
            assert round(entry.end - entry.t, 2) == 6.0
            [behind] = [e.t for e in rig.emulator.transcript(phone) if "heard by everybody" in e.text]
            assert round(behind - entry.t, 2) == 6.0, "the next sentence neither waits nor cuts it off"

    play(run)


def test_what_cannot_be_streamed_is_played_by_the_service(tmp_path: Path) -> None:
    PromptFolder(tmp_path).keep(name_of(LONG, "en-US", VOICE), b"no sound at all")

    async def run() -> None:
        async with wire(STREAMED_IN_VOICE, sections={**SITE, "prompts": {"folder": str(tmp_path)}}) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 300s")
            await rig.run_until(lambda: any("heard by everybody" in e.text for e in rig.emulator.transcript(phone)))
            assert streamed(rig, phone) == []
            heard = [e.text for e in rig.emulator.transcript(phone) if e.kind == "heard"]
            assert heard[0].startswith(f"{rig.server_url}/prompts/"), "it is fetched, as without a stream"

    play(run)


def streamed(rig: Wire, phone: str) -> list[Entry]:
    """What the server has sent into the call itself."""
    return [e for e in rig.emulator.transcript(phone) if e.kind == "heard" and e.text == STREAMED_TEXT]


def test_a_call_that_is_not_streamed_is_not_listened_to() -> None:
    async def run() -> None:
        async with wire(SILENT, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 300s")
            await rig.run_until(lambda: any("There is a lot" in e.text for e in rig.emulator.transcript(phone)))
            rig.emulator.speak(phone, "Yes, yes, I know all that.")
            await rig.advance(4.0)
            assert not interrupted(rig, phone, "There is a lot")
            assert rig.emulator.frames_sent == 0

    play(run)


def test_nothing_of_a_secret_is_streamed_and_it_goes_on_behind() -> None:
    async def run() -> None:
        async with wire(STREAMED, sections=SITE) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 300s")
            await rig.run_until(lambda: rig.state(phone).block == "pin" and rig.state(phone).visit is not None)
            names = [each.name for each in rig.emulator.deliveries if each.name.startswith("MediaStreaming")]
            assert names == ["MediaStreamingStarted", "MediaStreamingStopped"]
            sent = rig.emulator.frames_sent
            rig.emulator.speak(phone, "one two three four")
            rig.emulator.press(phone, "1234")
            await rig.run_until(lambda: rig.state(phone).block == "more")
            await rig.advance(0.1)
            assert rig.state(phone).audio.state == "on"
            # The metadata of the new connection, and one silent frame.
            assert rig.emulator.frames_sent - sent == 2

    play(run)
