"""Keys that hold anywhere, over the wire: in a queue, while a target decides, and while an expert is rung."""

from __future__ import annotations

import pytest
from wire_center import connected, doing, heard, let, nobody_is_left, phones
from wire_rig import play, wire

HEAD = """\
ivr 1
flow main for "Keys"
    timezone "America/New_York"
    language en-US
    press 9 anywhere -> opt_out
    on caller hangup -> finish abandoned
    on system error  -> opt_out

"""
TAIL = """
step opt_out
    say "You are removed."
    finish opted_out
"""
QUEUE = """\
queue line
    music "hold"
    answered                                  -> finish handled
    waited 10m or no agents or full or failed -> opt_out
"""
ACCEPT = """\
transfer ask
    to teams user anna
    accept "A call. Press 1 to accept, 2 to decline."
    music "hold"
    answered                                -> finish handled
    no answer or busy or declined or failed -> opt_out
"""
CONSULT = """\
consult colleague
    with expert doctor
    music "hold"
    joined                                         -> finish handled
    declined or no answer or not allowed or failed -> opt_out
"""
SITE: dict[str, dict[str, object]] = {
    "agents": {"maria": {"number": "+14255550171", "queues": ["line"], "signed_in": "always"}},
    "experts": {"doctor": {"number": "+14255550172"}},
    "teams_users": {"anna": "0d7c9d3a-52b4-4c5e-8a57-8c7f9d0e1a2b"},
    "audio": {"hold": "https://audio.contoso.com/hold.wav"},
}
REMOVED = "You are removed."


@pytest.mark.parametrize(("block", "who"), [(QUEUE, "maria"), (ACCEPT, "anna"), (CONSULT, "doctor")])
def test_the_key_leads_away_and_whoever_rings_is_let_alone(block: str, who: str) -> None:
    async def run() -> None:
        async with wire(HEAD + block + TAIL, sections=SITE) as rig:
            let(rig, who, "ignore")
            phone = rig.people.dial(rig.lines[0], "wait 600s")
            await rig.run_until(lambda: bool(phones(rig, who)))
            await rig.advance(5.0)
            rig.emulator.press(phone, "9")
            await rig.finish(phone)
            assert heard(rig, phone)[-1] == REMOVED
            assert rig.state(phone).result == "opted_out"
            await rig.advance(10.0)
            [rung] = phones(rig, who)
            assert rung.state == "ended"
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


def test_the_key_means_nothing_while_an_agent_talks() -> None:
    async def run() -> None:
        async with wire(HEAD + QUEUE + TAIL, sections=SITE) as rig:
            let(rig, "maria", "accept after 2 s")
            phone = rig.people.dial(rig.lines[0], "wait 600s")
            await rig.run_until(lambda: bool(phones(rig, "maria")) and doing(rig, "maria") == "talking")
            assert connected(rig, phones(rig, "maria")[0].id)
            rig.emulator.press(phone, "9")
            await rig.advance(10.0)
            assert doing(rig, "maria") == "talking"
            assert REMOVED not in heard(rig, phone)
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)
