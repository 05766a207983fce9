"""A call that the site makes is transcribed and listened to like one that it takes."""

from __future__ import annotations

from pathlib import Path

from wire_outbound import ACCOUNT, ANA, AT_TEN, S10, order, phones, site
from wire_rig import play, wire

from interpreter.journal import decode_event
from interpreter.protocol import Utterance

OPENING = "menu who_is_there\n"
LISTENS = """\
step listen
    transcribe call start
    stream audio start
    say "Hello, this is Contoso Clinic, and before anything else we have to tell you quite a lot about it."
    go to who_is_there

menu who_is_there
"""


def test_who_is_called_is_written_down_and_interrupts_by_voice(tmp_path: Path) -> None:
    text = S10.read_text(encoding="utf-8").replace(OPENING, LISTENS).replace("-> who_is_there\n", "-> listen\n", 1)
    script = tmp_path / "reminder.ivr"
    script.write_text(text, encoding="utf-8")
    sections: dict[str, dict[str, object]] = {
        **site(),
        "outbound": {"reminder": {"script": str(script), "line": ACCOUNT}},
    }

    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=sections) as rig:
            rig.emulator.behave(ANA, "accept after 3 s")
            call = await order(rig)
            await rig.run_until(lambda: call in rig.calls and rig.calls[call].audio.state == "on")
            await rig.run_until(lambda: rig.calls[call].transcript.state == "on")
            await rig.advance(0.5)
            [phone] = phones(rig)
            rig.emulator.speak(phone.id, "Who is this?")
            await rig.advance(2.0)
            events = [decode_event(row.event) for row in await rig.store.journal(call)]
            assert [(each.who, each.text) for each in events if isinstance(each, Utterance)] == [
                ("caller", "Who is this?")
            ]
            assert any(e.interrupted for e in rig.emulator.transcript(phone.id) if e.kind == "heard")
            rig.emulator.hang_up(phone.id)
            await rig.run_until(lambda: rig.calls[call].finished)

    play(run)
