"""Speech in streamed audio over the wire: recognised by a listener that the test gives, and read as a transcript."""

from __future__ import annotations

from typing import Any

import aiohttp
from given_listener import Counting, Maker, until
from test_audio_wire import SITE, STREAMED
from wire_rig import Wire, play, wire

from emulator.feeds import FRAME_SECONDS

FIRST, SECRET, LAST = "Yes, yes, I know all that.", "one two three four", "And that was it."
TOKEN = "token-of-sofia"
WITH_SUPERVISOR: dict[str, dict[str, object]] = {
    **SITE,
    "speech": {"key": "key-of-a-test", "region": "westeurope", "listens": True},
    "agents": {
        "sofia": {
            "teams_user": "9f6b1a40-0001-4222-8333-123456789abc",
            "queues": [],
            "supervisor": True,
            "token": TOKEN,
        }
    },
}


def frames(rig: Wire, words: str) -> str:
    """What the listener makes of these words of a phone: it counts frames."""
    seconds = rig.emulator.config.seconds_per_word * len(words.split())
    return f"{round(seconds / FRAME_SECONDS)} frames of speech"


async def transcript(rig: Wire, phone: str) -> dict[str, Any]:
    """As a supervisor reads it."""
    url = f"{rig.server_url}/calls/{rig.state(phone).call_id}/transcript"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        assert response.status == 200
        found: dict[str, Any] = await response.json()
        return found


def test_what_is_said_in_streamed_audio_is_read_and_nothing_of_a_secret_is() -> None:
    maker = Maker(Counting)

    async def run() -> None:
        async with wire(STREAMED, sections=WITH_SUPERVISOR, listener=maker) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 300s")
            await rig.run_until(lambda: rig.state(phone).audio.state == "on")
            await rig.advance(1.0)
            rig.emulator.speak(phone, FIRST)
            await rig.advance(2.8)
            await until(lambda: bool(maker.made) and bool(maker.made[0].fed))
            # Another sentence, of which the recogniser knows only when the secret is asked for.
            before = maker.made[0]
            assert isinstance(before, Counting)
            await rig.settle()
            before.slow = True
            rig.emulator.speak(phone, "Well then.")
            await rig.run_until(lambda: rig.state(phone).block == "pin" and rig.state(phone).visit is not None)
            assert before.kept_back == [frames(rig, "Well then.")]
            before.late()
            rig.emulator.speak(phone, SECRET)
            rig.emulator.press(phone, "1234")
            await rig.run_until(lambda: rig.state(phone).block == "more")
            await until(lambda: before.closed)
            await rig.run_until(lambda: rig.state(phone).audio.state == "on")
            rig.emulator.speak(phone, LAST)
            await rig.advance(3.0)
            await until(lambda: len(maker.made) == 2 and bool(maker.made[1].fed))
            for _ in range(50):
                await rig.settle()
            told = await transcript(rig, phone)
            assert told["running"] is True, "there may be more of it"
            assert [(line["who"], line["text"]) for line in told["lines"]] == [
                ("caller", frames(rig, FIRST)),
                ("caller", frames(rig, LAST)),
            ]
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            await until(lambda: maker.made[1].closed)
            assert rig.runtime.desk.metrics.registry.get_sample_value("ivr_listeners_open") == 0.0
            assert rig.metric("listeners", what="started") == 2.0

    play(run)


def test_a_restart_lets_go_and_listens_again() -> None:
    maker = Maker(Counting)

    async def run() -> None:
        async with wire(STREAMED, sections=WITH_SUPERVISOR, listener=maker) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 300s")
            await rig.run_until(lambda: rig.state(phone).audio.state == "on")
            await rig.advance(1.0)
            rig.emulator.speak(phone, FIRST)
            await rig.advance(3.0)
            await until(lambda: bool(maker.made) and bool(maker.made[0].fed))
            await rig.restart()
            assert maker.made[0].closed
            await rig.advance(1.5)
            rig.emulator.speak(phone, LAST)
            await rig.advance(2.0)
            await until(lambda: len(maker.made) == 2 and bool(maker.made[1].fed))

    play(run)
